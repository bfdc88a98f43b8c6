// SPDX-License-Identifier: Apache-2.0
// Analyses of an output that is a series: the method is applied to the output at each of some
// points of the series, and the results are put together as one, with the indices over the series.
// Not all points at once: as many as a memory budget has room for, in passes over the rows.
#ifndef SWEEPD_ANALYSIS_SERIES_H
#define SWEEPD_ANALYSIS_SERIES_H

#include "lib/analysis/analysis.h"

enum { SW_SERIES_POINTS = 256, SW_SERIES_POINTS_MAX = 1024 };

// Rows as sw_rows has them, but with a series a run: lengths[i] values each, one run's after the
// other's.
typedef struct sw_series_rows {
    uint64_t first;
    size_t n;
    const double *const *x; // [parameter][i]; NULL unless the method needs inputs
    const double *values;
    const int32_t *lengths;
    const uint8_t *state;
} sw_series_rows;

typedef struct sw_series sw_series;

// As sw_analysis_new; the request may also hold "series_points", the most points of the series that
// are analysed. Checks the request; takes memory with sw_series_begin only.
sw_series *sw_series_new(const json_t *request, const char *pointer, const sw_frame *frame,
                         sw_faults *faults);
bool sw_series_needs_inputs(const sw_series *s);
json_t *sw_series_resolved(const sw_series *s);

// length: that of the longest series. A run whose series is shorter has no value beyond its end.
// False and a fault if no run has a value.
bool sw_series_begin(sw_series *s, size_t length, sw_faults *faults);
// All rows are fed once in each pass: feed … feed, next; as long as next returns true.
void sw_series_feed(sw_series *s, const sw_series_rows *rows);
bool sw_series_next(sw_series *s);

// The result: what the method gives for a number, but {"length", "at": [t, …], "indices": {name:
// {key: [value at t, …]}}, "values": {key: [value at t, …]}}: `at` counts from 0, `indices` has the
// members with one value a parameter (those of pairs as {key: {other: […]}}), `values` the other
// members that are not the same at all points. NULL and a fault if there is a result at no point.
json_t *sw_series_finish(sw_series *s, sw_faults *faults);
void sw_series_free(sw_series **s);

#endif
