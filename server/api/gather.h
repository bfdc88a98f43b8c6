// SPDX-License-Identifier: Apache-2.0
// Some variables over the runs of a study, as arrays, for charts. Of a study larger than the limit
// it takes stretches at equal distances, and says so: the answer stays as quick.
#ifndef SWEEPD_API_GATHER_H
#define SWEEPD_API_GATHER_H

#include "server/api/internal.h"

enum { SW_GATHER_MAX = 16 };

// A variable by name: an input, an output that is a number, or a measured one.
typedef struct sw_gather_variable {
    const char *name;
    size_t input;  // index of the study's parameter, or SIZE_MAX
    size_t column; // index among what the reader reads, or SIZE_MAX
} sw_gather_variable;

typedef struct sw_gather {
    const loaded *study;
    size_t n_variables;
    sw_gather_variable variables[SW_GATHER_MAX];
    uint64_t limit;  // the most runs that are looked at
    bool failed_too; // measured variables have values for failed runs as well
    // Filled by sw_gather_run:
    uint64_t looked; // runs in the stretches
    uint64_t found;  // of these, with an outcome
    uint64_t failed; // of these, failed (and left out unless failed_too)
    size_t n;
    double *columns[SW_GATHER_MAX];
    double *runs; // their numbers
} sw_gather;

// The index of a parameter by name, or SIZE_MAX.
size_t sw_gather_input(const sw_study *s, const char *name);

// Whether results hold one number a run under this name: an output, or something measured.
bool sw_gather_is_number(const sw_study *s, const char *name);

// Adds a variable; false and a fault at `pointer` if the study has none of this name that is a
// number, or too many were added.
bool sw_gather_add(sw_gather *g, const char *name, const char *pointer, sw_faults *faults);

sw_error sw_gather_run(sw_gather *g, sw_store *store);
void sw_gather_fini(sw_gather *g);

// Appends `"runs":…,"looked":…,"shown":…,"failed":…,"missing":…,"not_finite":…` without braces.
void sw_gather_json(const sw_gather *g, size_t not_finite, sw_buffer *b);

// Appends {"name","levels"}: the levels are those of a text or truth, else null.
void sw_gather_variable_json(const sw_gather *g, size_t v, sw_buffer *b);

// How many levels a variable has; 0 if it is a number.
size_t sw_gather_levels(const sw_gather *g, size_t v);

#endif
