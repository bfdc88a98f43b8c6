// SPDX-License-Identifier: Apache-2.0
// Estimators of first-order and total indices from a Saltelli design. Each is a set of terms that
// are summed over base rows, and a function of the sums, so that all share one bootstrap.
#ifndef SWEEPD_ANALYSIS_ESTIMATORS_H
#define SWEEPD_ANALYSIS_ESTIMATORS_H

#include <stddef.h>

typedef struct sw_estimator {
    const char *name;
    size_t shared; // sums of all parameters together; the first two are always A + B and A² + B²
    size_t own;    // sums of each parameter; all of the first kind stand before those of the next
    // Terms of one base row, standardised outputs a, b and ab[d].
    void (*terms)(size_t d, double a, double b, const double *ab, double *out);
    // s1[d] and st[d] from the means of the terms; variance is that of A and B together, above 0.
    void (*indices)(size_t d, double variance, const double *means, double *s1, double *st);
} sw_estimator;

// "saltelli", "jansen", "martinez", "janon"; the name must be one of sw_estimator_names.
const sw_estimator *sw_estimator_find(const char *name);
extern const char *const sw_estimator_names[]; // NULL-terminated, the default first

#endif
