// SPDX-License-Identifier: Apache-2.0
// What the readers of both formats share: memory that lives as long as the file, lists that grow,
// and one place for the first fault. After a fault readers go on with defaults; whoever started
// them looks at `failed` in the end, so that no reader needs a path of its own for errors.
#ifndef SW_NETLOGO_LOADER_BUILD_H
#define SW_NETLOGO_LOADER_BUILD_H

#include "models/netlogo/loader/loader.h"

#include <stdarg.h>

typedef struct nl_memory nl_memory;

// A list of items of one size, in the file's memory.
typedef struct nl_list {
    void *items;
    size_t n, capacity;
} nl_list;

typedef struct nl_build {
    sw_nl_file *file;
    sw_source_error *error;
    bool failed;
    nl_list sources, controls, plots, monitors, buttons, turtle_shapes, link_shapes, experiments;
} nl_build;

// A run of text within a larger one.
typedef struct nl_span {
    const char *s;
    size_t n;
    size_t line; // where it starts
} nl_span;

// Starts with an empty file; nl_build_finish puts the lists into it, or frees it after a fault.
void nl_build_init(nl_build *b, sw_source_error *error);
int nl_build_finish(nl_build *b, sw_nl_file **file);

// Says what is wrong and where; only the first fault counts.
void nl_fail(nl_build *b, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Zeroed memory that lives as long as the file.
void *nl_alloc(nl_build *b, size_t n);

// Copies text with line ends made "\n" and bytes that are no UTF-8 replaced by U+FFFD, as Java
// reads files. The caller frees it.
char *nl_clean(nl_build *b, const void *bytes, size_t n);

// Copies n bytes of text and ends them with a zero.
char *nl_copy(nl_build *b, const char *s, size_t n);
char *nl_format(nl_build *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Adds one zeroed item of the given size. The items may move until the list is complete.
void *nl_add(nl_build *b, nl_list *list, size_t size);
void nl_add_name(nl_build *b, nl_list *list, const char *name);

// A NetLogo literal for a text: quoted and escaped.
const char *nl_string_literal(nl_build *b, const char *text);

// A NetLogo literal for a number given as text; a fault when it is none.
const char *nl_number_literal(nl_build *b, const char *text, size_t line, const char *what);

// A number, a whole number between min and max, given as text; 0, or min, after a fault.
double nl_number(nl_build *b, const char *text, size_t line, const char *what);
int64_t nl_integer(nl_build *b, const char *text, size_t line, const char *what, int64_t min,
                   int64_t max);

// Adds the literals of a chooser's line, as in `"a b" 5 [1 2]`, to list.
void nl_split_literals(nl_build *b, const char *text, size_t line, nl_list *list);

// What both formats do with what they have read.
void nl_set_version(nl_build *b, const char *version, size_t line);
void nl_set_view(nl_build *b, const sw_nl_view *view, size_t line);
void nl_add_control(nl_build *b, const sw_nl_control *control);
void nl_add_source(nl_build *b, const char *name, const char *code, size_t line);
void nl_add_shape(nl_build *b, nl_list *shapes, const char *name);
void nl_choose(nl_build *b, sw_nl_control *chooser, const nl_list *choices, size_t current);
// The type of an input box by its name in either format.
void nl_set_input(nl_build *b, sw_nl_control *input, const char *type, const char *text);

// A system-dynamics model, from which code is made.
typedef struct nl_stock {
    const char *name, *initial;
    bool may_be_negative;
} nl_stock;

typedef struct nl_converter {
    const char *name, *expression;
} nl_converter;

typedef struct nl_rate {
    const char *name, *expression;
    const char *from, *to; // stocks; NULL for a reservoir
} nl_rate;

typedef struct nl_dynamics {
    double dt;
    nl_list stocks, converters, rates;
} nl_dynamics;

void nl_add_dynamics(nl_build *b, const nl_dynamics *dynamics);

// Readers of the parts; text is UTF-8, ends with a zero and holds no other. They copy what they
// keep.
void nl_read_nlogo(nl_build *b, const char *text);
void nl_read_nlogox(nl_build *b, const char *text, size_t n);
void nl_read_experiments(nl_build *b, const char *text, size_t n, size_t line);
void nl_read_drawing(nl_build *b, nl_span text); // system dynamics of an .nlogo
void nl_read_includes(nl_build *b, const sw_nl_includes *includes);

#endif
