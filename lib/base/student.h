// SPDX-License-Identifier: Apache-2.0
// Quantiles of Student's t distribution with a whole number of degrees of freedom.
#ifndef SWEEPD_BASE_STUDENT_H
#define SWEEPD_BASE_STUDENT_H

#include <stdint.h>

// The t > 0 for which |T| <= t with probability `level` in (0, 1); degrees >= 1. Accurate to 1e-12
// relative up to 1,000 degrees; above these the normal quantile with the first terms of the
// expansion of Abramowitz and Stegun, 26.7.5, accurate to 1e-9.
double sw_student_half(uint64_t degrees, double level);

#endif
