// SPDX-License-Identifier: Apache-2.0
// Memory, lists, faults and literals for the readers of model files; see build.h.
#include "models/netlogo/loader/build.h"

#include "models/netlogo/numbers/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- Memory -------------------------------------------------------------------------------------

#define BLOCK_BYTES ((size_t)64 << 10)

// Memory comes in blocks; what does not fit into one gets a block of its own. Its amount is a
// small multiple of the file's size, which is limited.
struct nl_memory {
    nl_memory *next;
    size_t used, size;
    _Alignas(16) char bytes[];
};

static nl_memory *
new_block(nl_memory *next, size_t size)
{
    nl_memory *block = malloc(sizeof *block + size);
    if (!block) {
        fputs("netlogo: out of memory\n", stderr);
        abort();
    }
    *block = (nl_memory){.next = next, .size = size};
    return block;
}

void *
nl_alloc(nl_build *b, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    nl_memory *block = b->file->memory;
    if (!block || block->size - block->used < n)
        block = b->file->memory = new_block(block, n > BLOCK_BYTES ? n : BLOCK_BYTES);
    void *p = block->bytes + block->used;
    block->used += n;
    return memset(p, 0, n);
}

char *
nl_copy(nl_build *b, const char *s, size_t n)
{
    char *copy = nl_alloc(b, n + 1);
    if (n > 0)
        memcpy(copy, s, n);
    return copy;
}

char *
nl_format(nl_build *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *text = nl_alloc(b, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void *
nl_add(nl_build *b, nl_list *list, size_t size)
{
    if (list->n == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 4;
        void *items = nl_alloc(b, capacity * size);
        if (list->n > 0)
            memcpy(items, list->items, list->n * size);
        list->items = items;
        list->capacity = capacity;
    }
    return (char *)list->items + list->n++ * size;
}

void
nl_add_name(nl_build *b, nl_list *list, const char *name)
{
    *(const char **)nl_add(b, list, sizeof name) = name;
}

// ---- Start and end ------------------------------------------------------------------------------

void
nl_build_init(nl_build *b, sw_source_error *error)
{
    *b = (nl_build){.error = error, .file = calloc(1, sizeof *b->file)};
    if (!b->file)
        abort();
    sw_nl_file *f = b->file;
    f->version = f->info = "";
    f->preview_commands = "setup repeat 75 [ go ]";
    f->view = (sw_nl_view){-5, 5, -5, 5, true, true, 13, 30, true, true, "ticks"};
}

// The shapes that every new model has.
static const char *const usual_shapes[] = {
    "default",   "airplane", "arrow",  "box",      "bug",        "butterfly",  "car",
    "circle",    "circle 2", "cow",    "cylinder", "dot",        "face happy", "face neutral",
    "face sad",  "fish",     "flag",   "flower",   "house",      "leaf",       "line",
    "line half", "pentagon", "person", "plant",    "sheep",      "square",     "square 2",
    "star",      "target",   "tree",   "triangle", "triangle 2", "truck",      "turtle",
    "wheel",     "wolf",     "x",
};

static bool
has_name(const nl_list *list, const char *name)
{
    const char *const *names = list->items;
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void
complete_shapes(nl_build *b)
{
    if (b->turtle_shapes.n == 0)
        for (size_t i = 0; i < sizeof usual_shapes / sizeof *usual_shapes; i++)
            nl_add_name(b, &b->turtle_shapes, usual_shapes[i]);
    if (!has_name(&b->turtle_shapes, "default"))
        nl_add_name(b, &b->turtle_shapes, "default");
    if (!has_name(&b->link_shapes, "default"))
        nl_add_name(b, &b->link_shapes, "default");
}

int
nl_build_finish(nl_build *b, sw_nl_file **file)
{
    sw_nl_file *f = b->file;
    if (b->failed) {
        sw_nl_file_free(&b->file);
        return -1;
    }
    complete_shapes(b);
    f->sources = b->sources.items, f->n_sources = b->sources.n;
    f->controls = b->controls.items, f->n_controls = b->controls.n;
    f->plots = b->plots.items, f->n_plots = b->plots.n;
    f->monitors = b->monitors.items, f->n_monitors = b->monitors.n;
    f->buttons = b->buttons.items, f->n_buttons = b->buttons.n;
    f->turtle_shapes = b->turtle_shapes.items, f->n_turtle_shapes = b->turtle_shapes.n;
    f->link_shapes = b->link_shapes.items, f->n_link_shapes = b->link_shapes.n;
    f->experiments = b->experiments.items, f->n_experiments = b->experiments.n;
    *file = f;
    return 0;
}

void
sw_nl_file_free(sw_nl_file **file)
{
    if (!*file)
        return;
    for (nl_memory *block = (*file)->memory; block;) {
        nl_memory *next = block->next;
        free(block);
        block = next;
    }
    free(*file);
    *file = NULL;
}

void
nl_fail(nl_build *b, size_t line, const char *format, ...)
{
    if (b->failed)
        return;
    b->failed = true;
    b->error->line = line;
    b->error->column = 0;
    va_list args;
    va_start(args, format);
    vsnprintf(b->error->message, sizeof b->error->message, format, args);
    va_end(args);
}

// ---- Literals and numbers -----------------------------------------------------------------------

static const char *
escape_of(char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

const char *
nl_string_literal(nl_build *b, const char *text)
{
    char *literal = nl_alloc(b, 2 * strlen(text) + 3), *to = literal;
    *to++ = '"';
    for (; *text; text++) {
        const char *escape = escape_of(*text);
        if (escape)
            *to++ = escape[0];
        *to++ = escape ? escape[1] : *text;
    }
    *to++ = '"';
    return literal;
}

double
nl_number(nl_build *b, const char *text, size_t line, const char *what)
{
    double x = 0;
    if (sw_nl_number_read(text, strlen(text), &x) != SW_NL_NUMBER_OK)
        nl_fail(b, line, "%s is no number: '%.60s'", what, text);
    return x;
}

const char *
nl_number_literal(nl_build *b, const char *text, size_t line, const char *what)
{
    char literal[SW_NL_NUMBER_TEXT_SIZE];
    size_t n = sw_nl_number_text(nl_number(b, text, line, what), literal);
    return nl_copy(b, literal, n);
}

int64_t
nl_integer(nl_build *b, const char *text, size_t line, const char *what, int64_t min, int64_t max)
{
    double x = nl_number(b, text, line, what);
    if (x == floor(x) && x >= (double)min && x <= (double)max)
        return (int64_t)x;
    nl_fail(b, line, "%s must be a whole number between %lld and %lld, not %.60s", what,
            (long long)min, (long long)max, text);
    return min;
}

// The end of the literal that starts at s: a string, a list, or anything up to a blank.
static const char *
literal_end(const char *s)
{
    int depth = 0;
    bool quoted = false;
    for (; *s; s++) {
        if (quoted && *s == '\\' && s[1])
            s++;
        else if (*s == '"')
            quoted = !quoted;
        else if (!quoted && *s == '[')
            depth++;
        else if (!quoted && *s == ']')
            depth--;
        else if (!quoted && depth <= 0 && isspace((unsigned char)*s))
            break;
    }
    return s;
}

void
nl_split_literals(nl_build *b, const char *text, size_t line, nl_list *list)
{
    for (;;) {
        while (isspace((unsigned char)*text))
            text++;
        if (!*text)
            return;
        const char *end = literal_end(text);
        if (list->n >= SW_NL_MAX_CONTROLS) {
            nl_fail(b, line, "more than %d choices", SW_NL_MAX_CONTROLS);
            return;
        }
        nl_add_name(b, list, nl_copy(b, text, (size_t)(end - text)));
        text = end;
    }
}

// ---- What both formats do -----------------------------------------------------------------------

void
nl_set_version(nl_build *b, const char *version, size_t line)
{
    const char *digits = version;
    if (strncmp(version, "NetLogo ", 8) == 0)
        digits += 8;
    if (strncmp(digits, "3D", 2) == 0) {
        nl_fail(b, line, "this is a model for NetLogo 3D, which is not supported");
        return;
    }
    if (digits == version || !isdigit((unsigned char)*digits)) {
        nl_fail(b, line, "the version must read like 'NetLogo 7.0.4', not '%.60s'", version);
        return;
    }
    b->file->version = version;
    b->file->dialect = strtol(digits, NULL, 10) >= 7 ? SW_NL_DIALECT_7 : SW_NL_DIALECT_6;
}

void
nl_set_view(nl_build *b, const sw_nl_view *v, size_t line)
{
    int64_t width = (int64_t)v->max_pxcor - v->min_pxcor + 1;
    int64_t height = (int64_t)v->max_pycor - v->min_pycor + 1;
    if (v->min_pxcor > 0 || v->max_pxcor < 0 || v->min_pycor > 0 || v->max_pycor < 0)
        nl_fail(b, line, "the world must contain the patch 0 0");
    else if (width > SW_NL_MAX_WORLD_SIDE || height > SW_NL_MAX_WORLD_SIDE ||
             width * height > SW_NL_MAX_WORLD_PATCHES)
        nl_fail(b, line, "a world of %lld by %lld patches is too large", (long long)width,
                (long long)height);
    else
        b->file->view = *v;
}

void
nl_add_control(nl_build *b, const sw_nl_control *control)
{
    if (b->controls.n >= SW_NL_MAX_CONTROLS)
        nl_fail(b, control->line, "more than %d sliders, switches, choosers and inputs",
                SW_NL_MAX_CONTROLS);
    else if (!*control->variable)
        nl_fail(b, control->line, "a widget that sets a variable does not name it");
    else
        *(sw_nl_control *)nl_add(b, &b->controls, sizeof *control) = *control;
}

void
nl_add_source(nl_build *b, const char *name, const char *code, size_t line)
{
    sw_nl_source *source = nl_add(b, &b->sources, sizeof *source);
    *source = (sw_nl_source){name, code, strlen(code), line};
}

void
nl_add_shape(nl_build *b, nl_list *shapes, const char *name)
{
    if (!has_name(shapes, name))
        nl_add_name(b, shapes, name);
}

void
nl_choose(nl_build *b, sw_nl_control *chooser, const nl_list *choices, size_t current)
{
    chooser->choices = choices->items;
    chooser->n_choices = choices->n;
    chooser->current = current;
    if (current < choices->n)
        chooser->value = chooser->choices[current];
    else if (choices->n > 0)
        nl_fail(b, chooser->line, "the chooser %.60s has no choice number %zu", chooser->variable,
                current);
    else
        chooser->value = "0"; // a variable that nothing was given to
}

static const struct {
    const char *nlogox, *nlogo;
    sw_nl_input_kind kind;
} input_types[] = {
    {"number", "Number", SW_NL_INPUT_NUMBER},
    {"string", "String", SW_NL_INPUT_STRING},
    {"color", "Color", SW_NL_INPUT_COLOR},
    {"reporter", "String (reporter)", SW_NL_INPUT_REPORTER},
    {"command", "String (commands)", SW_NL_INPUT_COMMAND},
};

void
nl_set_input(nl_build *b, sw_nl_control *input, const char *type, const char *text)
{
    size_t i = 0, n = sizeof input_types / sizeof *input_types;
    while (i < n && strcmp(type, input_types[i].nlogox) != 0 &&
           strcmp(type, input_types[i].nlogo) != 0)
        i++;
    input->value = "0";
    if (i == n) {
        nl_fail(b, input->line, "an input box has the unknown type '%.60s'", type);
        return;
    }
    input->input = input_types[i].kind;
    if (input->input == SW_NL_INPUT_NUMBER || input->input == SW_NL_INPUT_COLOR)
        input->value = nl_number_literal(b, text, input->line, "the value of an input box");
    else
        input->value = nl_string_literal(b, text);
}
