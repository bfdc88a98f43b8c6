// SPDX-License-Identifier: Apache-2.0
// The standard normal law, with both tails kept apart so that neither loses digits.
#ifndef SWEEPD_BASE_NORMAL_H
#define SWEEPD_BASE_NORMAL_H

#include <stdbool.h>

// The z that has probability p below it and q = 1 - p above: the smaller of the two decides.
double sw_normal_quantile(double p, double q);

// The probability above z (upper) or below it.
double sw_normal_tail(double z, bool upper);

#endif
