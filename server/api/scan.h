// SPDX-License-Identifier: Apache-2.0
// Variables and conditions over blocks of runs: what tables are sorted and filtered by.
//
// Conditions stand apart by commas, and all must hold:
//
//     conditions: condition *("," condition)
//     condition:  variable ("=" | "==" | "!=" | "<" | "<=" | ">" | ">=") value
//     variable:   name | "`" any name "`"      ; a name with one of , < > = ! in it needs the
//     quotes value:      number | "true" | "false" | "null" | text | """ any text """
//
// A variable is an input, an output or a measured one that is a number a run, or `run`, `point`,
// `replicate`, `state`. `state` is compared with the names of outcomes, and with `failed`, which is
// all but done; an input of texts with its texts; `null` is what is not a number. A value that is
// not a number fulfils no other condition.
#ifndef SWEEPD_API_SCAN_H
#define SWEEPD_API_SCAN_H

#include "server/api/internal.h"

enum { SW_SCAN_VARIABLES = 32, SW_SCAN_CONDITIONS = 32 };

typedef enum sw_scan_from {
    SW_FROM_COLUMN, // stored
    SW_FROM_PLAN,   // an input that is the same in all runs, or follows from others
    SW_FROM_RUN,
    SW_FROM_POINT,
    SW_FROM_REPLICATE,
} sw_scan_from;

typedef struct sw_scan_variable {
    const char *name;
    sw_scan_from from;
    size_t input;  // index of the study's parameter; SIZE_MAX: not an input
    size_t column; // in the blocks
    const double *values;
    double *own; // room for values that are not in the block
} sw_scan_variable;

typedef struct sw_condition {
    size_t variable;
    int op;
    double value;
} sw_condition;

typedef struct sw_scan {
    const loaded *study;
    size_t n_variables, n_conditions;
    sw_scan_variable variables[SW_SCAN_VARIABLES];
    sw_condition conditions[SW_SCAN_CONDITIONS];
    size_t capacity;
    double *inputs, **input_columns; // of the plan, when it is needed
    uint8_t *keep;
} sw_scan;

// The index of a variable by its name (n bytes), added if need be; SIZE_MAX and a fault if the
// study has none that is a number a run.
size_t sw_scan_variable_of(sw_scan *s, const char *name, size_t n, const char *pointer,
                           sw_faults *faults);

// Adds the conditions of a text.
void sw_scan_where(sw_scan *s, const char *text, const char *pointer, sw_faults *faults);

// Appends what blocks must hold to the n names, unless it is among them; returns how many there are
// then. `names` has room for SW_SCAN_VARIABLES more.
size_t sw_scan_names(sw_scan *s, const char **names, size_t n);

// Looks at a block: each variable's `values`, and for each row whether all conditions hold. Valid
// until the next block.
const uint8_t *sw_scan_block(sw_scan *s, const sw_block *block);

void sw_scan_fini(sw_scan *s);

#endif
