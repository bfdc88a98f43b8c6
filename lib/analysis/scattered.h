// SPDX-License-Identifier: Apache-2.0
// Columns of a few points anywhere among a great many, as an interleaved study has that was only
// begun: the points' numbers are kept beside their values.
#ifndef SWEEPD_ANALYSIS_SCATTERED_H
#define SWEEPD_ANALYSIS_SCATTERED_H

#include "lib/analysis/method.h"

// Adds n places to a column, without values.
void sw_scattered_grow(sw_column *c, size_t n);

// Brings the places in the order of their points, and n_x further columns likewise, with one place
// a point: its value is the mean over its replicates, or NaN. c->n is how many are left.
void sw_scattered_order(sw_column *c, size_t n_x, double *const *x);

#endif
