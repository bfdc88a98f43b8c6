// SPDX-License-Identifier: Apache-2.0
// Designs: which points a study visits. Point i is a pure function of (study, i), computed by
// whoever needs it, in constant memory. One file per design, behind one ops table.
#ifndef SWEEPD_DESIGN_DESIGN_H
#define SWEEPD_DESIGN_DESIGN_H

#include "lib/base/hash.h"
#include "lib/study/study.h"

// A design at work: the study, the options read, and what plan made of them.
typedef struct sw_design {
    const sw_study *study;
    const void *options;
    void *state;
    // Seeds are made as if points and replicates were counted from here: 0 unless plan says so.
    uint64_t first_point, first_replicate;
} sw_design;

// A stretch of points first … first+n-1 to be written at columns[j][offset + i].
typedef struct sw_range {
    uint64_t first;
    size_t n;
    double *const *columns;
    size_t offset;
} sw_range;

// Where the v-th varied parameter of a stretch goes.
static inline double *
sw_range_column(const sw_design *d, const sw_range *r, size_t v)
{
    return r->columns[d->study->varied[v]] + r->offset;
}

typedef struct sw_design_ops {
    const char *name; // "saltelli"
    const char *doc;
    const sw_field *fields; // its options beside "method" and "seed"; target is its own struct
    size_t options_size;    // of that struct, which starts zeroed
    void (*defaults)(void *options); // may be NULL
    // Checks the options against the study and returns the number of points, 0 with a fault. A
    // number above UINT64_MAX is returned as UINT64_MAX; the plan refuses what is above the limit.
    // May make d->state (bounded, independent of the number of points, except for stored designs).
    uint64_t (*plan)(sw_design *d, sw_faults *faults);
    // Places in the unit interval of the varied parameters for a stretch of points, column by
    // column: u in (0, 1), or in [0, 1] where plan has made sure that the ends have values. Point i
    // gets the same bits whatever stretch it is part of. No allocation.
    void (*places)(const sw_design *d, const sw_range *range);
    bool joint;                      // points are free, so that parameters may be correlated
    bool correlates;                 // places are already correlated as the study asks
    bool values;                     // places writes values of the parameters themselves
    bool imported;                   // the runs exist already: see sw_plan_given
    void (*free_state)(void *state); // may be NULL
    const char *grows; // the option that can be raised with all points so far unchanged, or NULL
    // The options with every default filled in, for the resolved document; NULL: from fields.
    json_t *(*resolved)(const sw_design *d);
    // What the design can and can not tell; may be NULL.
    json_t *(*report)(const sw_design *d);
} sw_design_ops;

const sw_design_ops *sw_design_find(const char *name);
extern const sw_design_ops *const sw_designs[]; // NULL-terminated

// Adds what is wrong with the design of a study's document by itself: its method, the names and the
// ranges of its options.
void sw_design_check(const json_t *design, sw_faults *faults);

// A study with its design checked and counted: maps run numbers to inputs and seeds.
typedef struct sw_plan sw_plan;

// NULL and faults if the design or the number of runs is not allowed. Keeps a pointer to study,
// which must outlive the plan. A billion runs cost no more than one.
sw_plan *sw_plan_new(const sw_study *study, const sw_study_limits *limits, sw_faults *faults);
void sw_plan_free(sw_plan **plan);

// Whether the study's runs were imported, so that none can be made; and then, where the values of
// its v-th varied parameter are: one a point, all owned by the caller, to be set before inputs are
// asked for (they are NaN until then).
bool sw_plan_is_imported(const sw_plan *plan);
void sw_plan_given(sw_plan *plan, size_t v, double *values);

uint64_t sw_plan_points(const sw_plan *plan);
uint64_t sw_plan_runs(const sw_plan *plan);

// Where a run is: its point and replicate. Returns how many runs from it on, at most n, have
// consecutive points in the same replicate (at least 1).
size_t sw_plan_locate(const sw_plan *plan, uint64_t run, size_t n, uint64_t *point,
                      uint64_t *replicate);

// Inputs of runs first … first+n-1 as columns, one for each of the study's n_parameters (fixed
// ones included): columns[j][i]. The range must lie within the plan. No allocation.
void sw_plan_inputs(const sw_plan *plan, uint64_t first, size_t n, double *const *columns);

// Which of those runs are rejected: outcome[i] becomes SW_REJECTED where a constraint is not true
// or a derived value is not one that the model accepts, and is left alone elsewhere. columns are
// what sw_plan_inputs wrote. Returns how many. Such runs are recorded and never started.
size_t sw_plan_reject(const sw_plan *plan, size_t n, double *const *columns, uint8_t *outcome);

// Their seeds: Philox(study seed, point, replicate), the point dropped under common random numbers.
void sw_plan_seeds(const sw_plan *plan, uint64_t first, size_t n, uint64_t *seeds);

// The design member of the resolved document, every default filled in; caller owns the reference.
json_t *sw_plan_resolved_design(const sw_plan *plan);

// What the design can and can not tell, or NULL if there is nothing to say: for a fraction of the
// corners {"resolution", "generators", "aliases"}. The caller owns the reference.
json_t *sw_plan_report(const sw_plan *plan);

// The whole resolved document: sw_study_resolved with the design's defaults filled in.
json_t *sw_plan_resolved(const sw_plan *plan);

// SHA-256 of its canonical text without name, tags and priority.
void sw_plan_hash(const sw_plan *plan, char out[SW_HASH_TEXT]);

#endif
