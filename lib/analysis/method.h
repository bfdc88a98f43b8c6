// SPDX-License-Identifier: Apache-2.0
// What the methods of this folder share: the column of an output, one value a point, and the
// pieces of a result.
#ifndef SWEEPD_ANALYSIS_METHOD_H
#define SWEEPD_ANALYSIS_METHOD_H

#include "lib/analysis/analysis.h"
#include "lib/base/memory.h"

#include <math.h>
#include <sweepd/model.h>

// The most points that a method which keeps its output's column takes: 9 bytes each (13 with
// replicates), so about 0.6 GB.
#define SW_COLUMN_POINTS_MAX (UINT64_C(1) << 26)

// One output, averaged over the replicates of each point. Runs that failed and values that are not
// finite do not enter the average; both are counted.
typedef struct sw_column {
    const sw_frame *frame;
    double *y;       // [points]: after sw_column_finish the mean over replicates, or NaN
    uint8_t *seen;   // [points]: 1 if any run of the point was fed
    uint32_t *done;  // [points]: finite values of the point; NULL without replicates
    uint64_t n_runs; // fed
    uint64_t n_failed;
    uint64_t n_nan; // values of done runs that are NaN or infinite
} sw_column;

// A fault if the frame has more points than a column may hold.
bool sw_column_fits(const sw_frame *frame, sw_faults *faults);
// Memory is taken by the first feed, so that a request can be checked for nothing.
void sw_column_feed(sw_column *c, const sw_rows *rows);
void sw_column_finish(sw_column *c);
void sw_column_fini(sw_column *c);

// The number of whole groups of `stride` points, from the first point on, that were fed without a
// gap: what a paused or running study already has.
uint64_t sw_column_groups(const sw_column *c, uint64_t stride);

// Moves the groups of `stride` points that hold no NaN to the front of c->y, looking at the first
// `groups` groups; returns how many there are.
uint64_t sw_column_keep(sw_column *c, uint64_t stride, uint64_t groups);

// A number, or null when it is not finite.
json_t *sw_result_number(double v);
json_t *sw_result_vector(const double *v, size_t n);
// An upper triangular matrix from pairs in the order (0,1) (0,2) … (1,2) …; null elsewhere.
json_t *sw_result_triangle(const double *pairs, size_t d);
// {"method", "output", "names", "warnings": []}
json_t *sw_result_new(const sw_frame *frame, const char *method);
void sw_result_warn(json_t *result, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Sets n_failed and n_nan, with a warning for each that is not 0.
void sw_result_losses(json_t *result, uint64_t n_failed, uint64_t n_nan);

// An unsigned member of the frame's design options, or `otherwise`.
uint64_t sw_frame_integer(const sw_frame *frame, const char *key, uint64_t otherwise);
bool sw_frame_flag(const sw_frame *frame, const char *key);
bool sw_frame_design_is(const sw_frame *frame, const char *design, const char *method,
                        sw_faults *faults);

// Sets members of a json object, consuming the value.
static inline void
sw_put(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

#endif
