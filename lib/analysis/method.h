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

// How many points the rows that are fed can have.
static inline uint64_t
sw_frame_held(const sw_frame *frame)
{
    return frame->reach && frame->reach < frame->points ? frame->reach : frame->points;
}

// True if these are anywhere among all points, and not the first ones.
static inline bool
sw_frame_is_scattered(const sw_frame *frame)
{
    return frame->interleaved && sw_frame_held(frame) < frame->points;
}

// How many places a method needs that keeps something at each point's own place.
static inline uint64_t
sw_frame_places(const sw_frame *frame)
{
    return frame->interleaved ? frame->points : sw_frame_held(frame);
}

// One output, averaged over the replicates of each point. Runs that failed and values that are not
// finite do not enter the average; both are counted. Places are those of the first points, or, of
// scattered ones, in the order in which their runs came until they are put in order.
typedef struct sw_column {
    const sw_frame *frame;
    uint64_t n;      // places
    double *y;       // [n]: after sw_column_take the mean over replicates, or NaN
    uint8_t *seen;   // [n]: 1 if any run of the point was fed
    uint32_t *done;  // [n]: finite values of the point; NULL without replicates
    double *point;   // [n]: whose place it is, below 2^53; NULL unless scattered
    size_t capacity; // of these, if scattered
    uint64_t n_runs; // fed
    uint64_t n_failed;
    uint64_t n_nan;         // values of done runs that are NaN or infinite
    uint64_t n_substituted; // points that were given the value below
    double substitute;
    double largest; // of all values, without their sign
} sw_column;

// A fault if more points are fed than a column may hold.
bool sw_column_fits(const sw_frame *frame, sw_faults *faults);
// Memory is taken by the first feed, so that a request can be checked for nothing.
void sw_column_feed(sw_column *c, const sw_rows *rows);
void sw_column_fini(sw_column *c);

// How much of a study a method could use, in rows that stand or fall together: a base row of a
// Saltelli design, a trajectory, or a single point.
typedef struct sw_usage {
    uint64_t wanted;   // rows that the design has
    uint64_t complete; // fed without a gap, from the first one on; interleaved: anywhere
    uint64_t n;        // complete ones without a failed run: what is used
} sw_usage;

// Averages over replicates, substitutes if the frame says so, and moves the usable rows of `stride`
// points to the column's front.
sw_usage sw_column_take(sw_column *c, size_t stride);
// Averages, substitutes and moves nothing: all complete rows count as usable, the caller looks for
// NaN.
sw_usage sw_column_whole(sw_column *c, size_t stride);

// A column together with its inputs.
typedef struct sw_data {
    sw_column column;
    double **x; // [parameter][place]
    size_t capacity;
} sw_data;

// A fault if the points times parameters are more than may be held.
bool sw_data_fits(const sw_frame *frame, sw_faults *faults);
void sw_data_feed(sw_data *d, const sw_rows *rows);
sw_usage sw_data_take(sw_data *d, size_t stride);
void sw_data_fini(sw_data *d);

// "base row" and "base rows"; "trajectory" and "trajectories".
const char *sw_usage_plural(const char *row, uint64_t n);

// True if at least `least` rows are usable; otherwise a fault that says what there is.
bool sw_usage_suffices(const sw_usage *u, uint64_t least, const char *row, sw_faults *faults);

// The options of every method with bootstrap intervals.
typedef struct sw_interval {
    int64_t resamples;
    double confidence;
} sw_interval;

enum { SW_RESAMPLES_MAX = 100000 };
// Indices times resamples are all held at once: at most so many, 16 bytes each.
#define SW_RESAMPLED_VALUES_MAX (UINT64_C(1) << 24)

#define SW_INTERVAL_FIELDS(T, member)                                                              \
    {.name = "resamples",                                                                          \
     .type = SW_FIELD_INTEGER,                                                                     \
     .offset = offsetof(T, member.resamples),                                                      \
     .min = 2,                                                                                     \
     .max = SW_RESAMPLES_MAX,                                                                      \
     .doc = "Bootstrap resamples for the intervals."},                                             \
    {                                                                                              \
        .name = "confidence", .type = SW_FIELD_NUMBER, .offset = offsetof(T, member.confidence),   \
        .min = 0.01, .max = 0.9999, .doc = "Level of the intervals."                               \
    }

// A fault if resamples times n_values are too many.
bool sw_interval_fits(const sw_interval *i, uint64_t n_values, sw_faults *faults);

// A number, or null when it is not finite.
json_t *sw_result_number(double v);
json_t *sw_result_vector(const double *v, size_t n);
// An upper triangular matrix from pairs in the order (0,1) (0,2) … (1,2) …; null elsewhere.
json_t *sw_result_triangle(const double *pairs, size_t d);
// {"method", "output", "names", "warnings": []}, names being those of the parameters, or of their
// groups where the method moves groups.
json_t *sw_result_new(const sw_frame *frame, const char *method);
json_t *sw_result_new_grouped(const sw_frame *frame, const char *method);
void sw_result_warn(json_t *result, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Sets n_failed and n_nan, with a warning for each that is not 0.
void sw_result_losses(json_t *result, uint64_t n_failed, uint64_t n_nan);
// Sets n, n_dropped, n_missing, n_failed, n_nan and n_substituted, with warnings. row: "base row",
// "trajectory".
void sw_result_usage(json_t *result, const sw_usage *u, const sw_column *c, const char *row);

// Warns if squares, which ought to be above zero, are not, or infinite.
void sw_result_unsquared(json_t *result, double squares);
// Warns of each parameter that is a text: the method takes its numbers for what they are not.
void sw_result_texts(json_t *result, const sw_frame *frame);
// Warns if all n values are the same: there is nothing to explain.
void sw_result_constant(json_t *result, const double *y, size_t n);

// An unsigned member of the frame's design options, or `otherwise`.
uint64_t sw_frame_integer(const sw_frame *frame, const char *key, uint64_t otherwise);
bool sw_frame_flag(const sw_frame *frame, const char *key);
// What a design that knows groups moves one at a time: groups, or parameters without groups.
static inline size_t
sw_frame_factors(const sw_frame *frame)
{
    return frame->n_groups ? frame->n_groups : frame->n_parameters;
}

// The probability of a value x of parameter j, by inverting the quantile function; the middle of
// the range of a value that has a share of its own. NaN when the frame has no quantile function.
double sw_frame_probability(const sw_frame *frame, size_t j, double x);

// The places of (0, 1) where sw_frame_probability puts the values of parameter j, ascending, and
// the share of each, if it takes at most `most` values (some of a share below 1e-9 are counted with
// their neighbours); u and share have room for those. 0 if it takes more or any value of a range.
size_t sw_frame_levels(const sw_frame *frame, size_t j, size_t most, double *u, double *share);

// A fault if the points of the design do not follow the distributions of the parameters, so that a
// method for samples would see a law that nobody asked for.
bool sw_frame_is_sample(const sw_frame *frame, const char *method, sw_faults *faults);
// A fault also if points that are near in one input differ in the others by plan, as those of
// sequences and of designs that change one input at a time.
bool sw_frame_is_drawn(const sw_frame *frame, const char *method, sw_faults *faults);
// A fault if the first half of the design's points is no design of its own.
bool sw_frame_has_prefixes(const sw_frame *frame, const char *method, sw_faults *faults);

bool sw_frame_design_is(const sw_frame *frame, const char *design, const char *method,
                        sw_faults *faults);

// Sets members of a json object, consuming the value.
static inline void
sw_put(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

#endif
