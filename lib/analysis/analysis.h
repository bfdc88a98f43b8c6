// SPDX-License-Identifier: Apache-2.0
// Analyses: what the results mean. Arrays in, a JSON result out; no design code, no database. One
// file per method behind one ops table. A method is fed the rows of a study once, in ascending run
// order, so that the table never has to be in memory.
#ifndef SWEEPD_ANALYSIS_ANALYSIS_H
#define SWEEPD_ANALYSIS_ANALYSIS_H

#include "lib/base/json.h"

#include <stdint.h>

// What a study looks like to a method.
typedef struct sw_frame {
    const char *design;    // method name: "saltelli"
    const json_t *options; // the resolved design member: "n", "second_order", …
    size_t n_parameters;   // the varied ones
    const char *const *names;
    // Whether the values of parameter j are numbers of texts, in the order of the document, which
    // have neither an order nor a distance; NULL: none.
    const bool *is_text;
    uint64_t points;
    uint64_t replicates; // run = replicate * points + point
    // What is fed of a study that is not complete: runs of the first `reach` points or, if
    // interleaved, at most so many runs anywhere. Memory and work are bounded by it. 0: all points.
    uint64_t reach;
    uint64_t seed;
    // The points came in a random order: any whole rows are a sample of the design, not only the
    // first ones.
    bool interleaved;
    const char *output;
    // Groups of parameters, for designs that move groups as one: group[j] is the group of parameter
    // j, 0 … n_groups-1. n_groups = 0 for none.
    size_t n_groups;
    const char *const *group_names;
    const size_t *group;
    // The quantile function of parameter j at u in (0, 1), by which methods get from values back to
    // the unit cube; NULL if it is not known (uploaded data).
    double (*quantile)(const void *context, size_t j, double u);
    const void *context;
    // What stands in for a point without a value, "mean" or "median" of those that have one; NULL:
    // nothing, and the row that needs the point is dropped. Set by sw_analysis_new from the
    // request.
    const char *substitute;
} sw_frame;

// A stretch of rows; runs are first … first+n-1, numbered as replicate * points + point. A study
// that was extended, or whose order is interleaved, brings them in another order. state[i] is an
// sw_outcome (0 is done); y of a run that is not done is not looked at. Runs that are still missing
// are not fed: methods use what is complete from the first run on (of an interleaved study all
// whole rows), and say what they left out.
typedef struct sw_rows {
    uint64_t first;
    size_t n;
    const double *const *x; // [parameter][i]; NULL unless the method needs_inputs
    const double *y;
    const uint8_t *state;
} sw_rows;

typedef struct sw_analysis_ops {
    const char *name; // "sobol"
    const char *doc;
    const sw_field *fields; // options beside "method" and "output"
    size_t options_size;
    void (*defaults)(void *options); // may be NULL
    bool needs_inputs;
    bool by_run; // looks at single runs: nothing can be substituted
    // Checks the frame (is this a design I understand?) and makes the state, or adds faults and
    // returns NULL. Memory at most a small multiple of the output's column, as far as the frame's
    // reach.
    void *(*start)(const sw_frame *frame, const void *options, sw_faults *faults);
    void (*feed)(void *state, const sw_rows *rows);
    // The result: {"method", "output", "names", …, "n_failed", "n_dropped", "warnings"}; the caller
    // owns the reference. NULL and a fault if the rows do not suffice (said how many are missing).
    json_t *(*finish)(void *state, sw_faults *faults);
    void (*free_state)(void *state);
} sw_analysis_ops;

const sw_analysis_ops *sw_analysis_find(const char *name);
extern const sw_analysis_ops *const sw_analyses[]; // NULL-terminated

// One analysis under way: options read, state made.
typedef struct sw_analysis sw_analysis;

// Adds what is wrong with a request (see below) by itself: its method, the names and the ranges of
// its options.
void sw_analysis_check(const json_t *request, const char *pointer, sw_faults *faults);

// request: {"method": …, "output": …, "substitute": …, "max_failed_fraction": …, options…}, faults
// below pointer. frame must outlive it. Takes no memory for rows before the first of them is fed,
// so it serves to check a request.
sw_analysis *sw_analysis_new(const json_t *request, const char *pointer, const sw_frame *frame,
                             sw_faults *faults);
bool sw_analysis_needs_inputs(const sw_analysis *a);
void sw_analysis_feed(sw_analysis *a, const sw_rows *rows);
// NULL and a fault, too, if a larger part of the runs than max_failed_fraction failed or gave NaN.
json_t *sw_analysis_finish(sw_analysis *a, sw_faults *faults);
void sw_analysis_free(sw_analysis **a);

// The request with every default filled in (canonical: what results are cached under).
json_t *sw_analysis_resolved(const sw_analysis *a);

#endif
