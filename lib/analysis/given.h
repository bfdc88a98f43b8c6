// SPDX-License-Identifier: Apache-2.0
// The frame of a method that takes any points with their outputs: a state that opens with a
// sw_given is fed and freed here, and the method's file holds its formulas only.
#ifndef SWEEPD_ANALYSIS_GIVEN_H
#define SWEEPD_ANALYSIS_GIVEN_H

#include "lib/analysis/method.h"

// First member of the state of such a method.
typedef struct sw_given {
    const sw_frame *frame;
    sw_data data;
} sw_given;

// A zeroed state of `size` bytes that opens with a sw_given, or NULL and a fault when the study has
// no varied parameter or too many points. Freed by sw_given_free.
void *sw_given_new(const sw_frame *frame, size_t size, sw_faults *faults);
void sw_given_feed(void *state, const sw_rows *rows);
void sw_given_free(void *state);

// Takes the usable points and opens the result, or NULL and a fault below `least` points.
json_t *sw_given_result(sw_given *g, const char *method, uint64_t least, size_t *n,
                        sw_faults *faults);

#endif
