// SPDX-License-Identifier: Apache-2.0
// Incomplete gamma and beta functions and their inverses, accurate in both tails: relative error of
// the tails about 1e-13 for shapes up to 1e6. Private to lib/study.
#ifndef SWEEPD_BASE_SPECIAL_H
#define SWEEPD_BASE_SPECIAL_H

#include <stdbool.h>

// The regularised incomplete gamma function: P(a, x), or Q(a, x) = 1 - P if upper. a > 0, x >= 0.
double sw_gamma_tail(double a, double x, bool upper);

// x with P(a, x) = p and Q(a, x) = q, where p + q = 1 and the smaller one is exact.
double sw_gamma_inverse(double a, double p, double q);

// The regularised incomplete beta function I_x(a, b) at x = 1 - y; a, b > 0.
double sw_beta_lower(double a, double b, double x, double y);

// x with I_x(a, b) = p and 1 - I_x(a, b) = q, where p + q = 1 and the smaller one is exact.
double sw_beta_inverse(double a, double b, double p, double q);

#endif
