// SPDX-License-Identifier: Apache-2.0
// For a fixed test every result is a smooth function of t alone. A table holds it on equal steps in
// asinh(t), as one polynomial of degree 5 a step through the six nearest values, and evaluates it
// at hundreds of voxels a microsecond. A table never guesses: outside of what it covers (and where
// its error would exceed what was asked for) it calls the function itself.
#ifndef SW_FMRI_BAYES_TABLE_H
#define SW_FMRI_BAYES_TABLE_H

#include "models/fmri/bayes/ttest.h"

typedef struct sw_fmri_table sw_fmri_table;

// A function of t to be tabulated: smooth, finite for finite t, pure. context must outlive the
// table.
typedef double (*sw_fmri_function)(const void *context, double t);

// Tabulates f between lo and hi (finite, lo <= hi, |.| <= 1e8): steps are halved until the values
// in the middle between the previous ones are within tolerance of what the table would say there.
// The step is never below 1/1024: then error() says how far it got.
sw_fmri_table *sw_fmri_table_of(sw_fmri_function f, const void *context, double lo, double hi,
                                double tolerance);

// The table of sw_fmri_logbf(test, t), tolerance SW_FMRI_TABLE_ERROR. The test is copied.
#define SW_FMRI_TABLE_ERROR 1e-9
sw_fmri_table *sw_fmri_table_new(const sw_fmri_test *test, double lo, double hi);

// The range of the finite values of t, cut to what a table may cover; 0 to 0 if there is none.
void sw_fmri_table_range(size_t n, const double *t, double *lo, double *hi);

// Nulls the caller's pointer.
void sw_fmri_table_free(sw_fmri_table **table);

// The largest difference found between the table and the function, at points between its nodes.
double sw_fmri_table_error(const sw_fmri_table *table);

// Number of values it holds.
size_t sw_fmri_table_size(const sw_fmri_table *table);

// out[i] = f(t[i]); NaN for a NaN or an infinity. out may be t. Bit-equal for every batch and
// instruction set.
void sw_fmri_table_eval(const sw_fmri_table *table, size_t n, const double *t, double *out);

// log BF of n voxels from their t: makes a table over their range if n is large, or else calls
// sw_fmri_logbf. Agrees with it to SW_FMRI_TABLE_ERROR. out may be t.
void sw_fmri_logbf_batch(const sw_fmri_test *test, size_t n, const double *t, double *out);

#endif
