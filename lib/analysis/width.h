// SPDX-License-Identifier: Apache-2.0
// How precise a result is, and how far it moved, whatever its method.
#ifndef SWEEPD_ANALYSIS_WIDTH_H
#define SWEEPD_ANALYSIS_WIDTH_H

#include "lib/base/json.h"

// The widest half-interval in a result: of every member "X_conf" (numbers, vectors or matrices), as
// it is or relative to the absolute value at the same place in "X"; and 1.96 times every "sem"
// (standard error of the mean) relative to "mean" likewise, those of single points included. NaN
// when the result has no intervals; infinite when one is not known.
double sw_result_half_width(const json_t *result, bool relative);

// The largest change of an index from one result to another: over all vectors of numbers but
// half-widths, of a series those at all its points; of a result without any over its numbers that
// are no counts. NaN when there are none.
double sw_result_change(const json_t *before, const json_t *after);

#endif
