// SPDX-License-Identifier: Apache-2.0
// A study: one JSON document that says what is wanted, parsed and checked against the model's
// descriptor. Pure: no clock, no database, no design arithmetic (that is lib/design's).
//
// The parameters of a study stand in the order of the model's descriptor, never in that of the
// document, so that the order of JSON keys (which databases and clients change) can not change a
// design. "Varied" parameters are those that are neither bare values nor expressions nor left to
// their default.
#ifndef SWEEPD_STUDY_STUDY_H
#define SWEEPD_STUDY_STUDY_H

#include "lib/study/descriptor.h"
#include "lib/study/distribution.h"
#include "lib/study/expression.h"
#include "lib/study/stopping.h"

typedef enum sw_spread {
    SW_FIXED,   // one value
    SW_VALUES,  // a list of values, each equally likely unless weights are given
    SW_RANGE,   // a distribution
    SW_DERIVED, // an expression of other parameters; not varied
    SW_LISTED,  // one value for each point of a design that lists its points
} sw_spread;

typedef struct sw_study_parameter {
    const sw_parameter *declared; // in the descriptor
    sw_spread spread;
    double value; // SW_FIXED, and SW_LISTED where the list says nothing; texts: index into levels
    size_t n_values;              // SW_VALUES and SW_LISTED
    double *values;               // for texts: indices into levels
    double *weights;              // as given; NULL when all are equally likely
    double *cumulative;           // their running shares, the last is 1; NULL without weights
    sw_distribution distribution; // SW_RANGE
    bool integer; // only whole values: cells of equal share if uniform, rounded if of another law
    sw_expression *expression; // SW_DERIVED
    char *expression_text;
    size_t n_levels; // texts that occur; 0 unless declared->kind is SW_TEXT
    char **levels;
} sw_study_parameter;

// Limits on one study that the server's settings give; faults name them.
typedef struct sw_study_limits {
    uint64_t runs;      // points times replicates
    size_t dimensions;  // varied parameters
    size_t outputs;     // outputs asked for
    size_t list_points; // points of an explicit list
    double run_seconds; // the longest limits.run_seconds that may be asked for
    double memory_mb;   // likewise
} sw_study_limits;

extern const sw_study_limits sw_study_limits_default;

// How far a study had grown when it was submitted, and each time it was extended.
typedef struct sw_stage {
    uint64_t points, replicates;
} sw_stage;
enum { SW_STAGES_MAX = 32 };

typedef struct sw_study {
    char *description;
    char *name;
    const sw_descriptor *model; // borrowed
    size_t n_parameters;        // as many as the descriptor has, in its order
    sw_study_parameter *parameters;
    size_t n_varied;
    size_t *varied;  // indices into parameters, ascending
    size_t n_groups; // 0: every varied parameter moves by itself
    char **group_names;
    size_t *group;       // [n_varied]: the group of each; NULL without groups
    size_t n_correlated; // by a Gaussian copula
    size_t *correlated;  // [n_correlated]: indices into parameters
    double *factor;      // lower Cholesky factor of the correlations of normal scores
    json_t *correlations;
    size_t n_constraints; // expressions; a run where one is not true is rejected
    sw_expression **constraints;
    json_t *constraint_texts;
    json_t *design; // the member "design": at least {"method": …}; without "seed"
    const char *method;
    uint64_t seed;
    uint64_t replicates;
    bool common_random_numbers;
    bool interleaved; // the order of the points is random, instead of the design's own
    size_t n_stages;  // 0: never extended
    sw_stage stages[SW_STAGES_MAX]; // neither number ever falls
    size_t n_outputs;
    sw_output *outputs;   // in the order asked for; names owned by the study
    json_t *analyses;     // array, may be empty
    sw_stopping stopping; // when it grows until an answer is precise
    struct {
        double run_seconds; // 0: none
        double memory_mb;   // 0: none
        int64_t retries;
        double max_failed_fraction;
    } limits;
    int64_t priority; // -100 … 100
    json_t *tags;
} sw_study;

// Reads a document (as given, or resolved) against a descriptor that must outlive the study.
// Every fault is reported. Returns NULL if there is any.
sw_study *sw_study_parse(const json_t *document, const sw_descriptor *model,
                         const sw_study_limits *limits, sw_faults *faults);

// The name of the model that a document asks for, or NULL and a fault. Borrowed from the document.
// A document may also pin "model_version"; a resolved one does, so that a worker whose model has
// changed refuses it.
const char *sw_study_model_name(const json_t *document, sw_faults *faults);

// The document with every default filled in but the design's (see sw_plan_resolved), the model's
// version named and numbers normalised; sw_study_parse of it gives the same study. The caller owns
// the reference.
json_t *sw_study_resolved(const sw_study *study);

void sw_study_free(sw_study **study);

// The value of parameter p at u in [0, 1]: quantile, value or the fixed one.
double sw_study_value(const sw_study_parameter *p, double u);

// Replaces n places u by the values there: the same bits as sw_study_value one by one.
void sw_study_values(const sw_study_parameter *p, double *u, size_t n);

// The middle of the cell of (0, 1) that maps to values[k] of a SW_VALUES parameter.
double sw_study_cell(const sw_study_parameter *p, size_t k);

// Life cycle. The names are those of the API and of the database.
typedef enum sw_state {
    SW_QUEUED,
    SW_RUNNING,
    SW_PAUSED,
    SW_STATE_DONE,
    SW_FAILED,
    SW_CANCELLED,
    SW_STATE_COUNT,
} sw_state;

typedef enum sw_event {
    SW_EVENT_START, // first chunk leaves
    SW_EVENT_PAUSE,
    SW_EVENT_RESUME,
    SW_EVENT_CANCEL,
    SW_EVENT_FINISH, // nothing is missing, few enough runs failed
    SW_EVENT_FAIL,   // too many runs failed
    SW_EVENT_RETRY,  // failed runs are to be made again
    SW_EVENT_EXTEND, // runs were added to a study that is done, or that grows
    SW_EVENT_COUNT,
} sw_event;

// The state that an event leads to, or -1 if the event is not allowed in that state.
int sw_state_after(sw_state state, sw_event event);
const char *sw_state_name(sw_state state);
int sw_state_of(const char *name); // -1 for no state

#endif
