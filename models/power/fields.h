// SPDX-License-Identifier: Apache-2.0
// Records of free format as PSS/E writes them: figures and quoted texts parted by commas or blanks,
// where an empty place between commas stands for the default and "/" ends what is read of a line.
#ifndef SW_POWER_FIELDS_H
#define SW_POWER_FIELDS_H

#include "models/power/case.h"

enum { SW_POWER_FIELDS_MAX = 96, SW_POWER_FIELD_BYTES = 24 };

// One record at a time. All pointers into the file's bytes, which must outlive it.
typedef struct sw_power_fields {
    const char *at, *end;
    size_t line; // of the record
    size_t next_line;
    size_t n;
    struct {
        const char *text;
        size_t n; // 0: left out
    } field[SW_POWER_FIELDS_MAX];
    bool slashed; // the record was ended by "/"
    sw_power_fault_of_case *fault;
} sw_power_fields;

void sw_power_fields_init(sw_power_fields *f, const char *bytes, size_t n,
                          sw_power_fault_of_case *fault);

// Whether nothing but blanks is left.
bool sw_power_fields_at_end(const sw_power_fields *f);

// Reads the next line that is not empty. False at the end of the file (no fault), or where a line
// has too many places or a text does not end (a fault).
bool sw_power_fields_next(sw_power_fields *f);

// Reads on until a "/": a record may go over several lines.
bool sw_power_fields_next_slashed(sw_power_fields *f);

// Skips a line, whatever it holds. False at the end.
bool sw_power_fields_skip_line(sw_power_fields *f);

// Field k as a number; `otherwise` where it is left out or lies beyond the record; NaN where it is
// no number.
double sw_power_field_number(const sw_power_fields *f, size_t k, double otherwise);

// Field k without its quotes and the blanks around it, cut to fit.
void sw_power_field_text(const sw_power_fields *f, size_t k, char *to, size_t size);

// Whether field k is this text.
bool sw_power_field_is(const sw_power_fields *f, size_t k, const char *text);

#endif
