// SPDX-License-Identifier: Apache-2.0
// How precise a result is, whatever its method.
#ifndef SWEEPD_ANALYSIS_WIDTH_H
#define SWEEPD_ANALYSIS_WIDTH_H

#include "lib/base/json.h"

// The widest half-interval in a result: of every member "X_conf" (numbers, vectors or matrices), as
// it is or relative to the absolute value at the same place in "X"; and 1.96 times every "sem"
// (standard error of the mean) relative to "mean" likewise, those of single points included. NaN
// when the result has no intervals; infinite when one is not known.
double sw_result_half_width(const json_t *result, bool relative);

#endif
