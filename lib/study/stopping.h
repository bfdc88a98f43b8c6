// SPDX-License-Identifier: Apache-2.0
// "stop_when": a study grows by doubling until an analysis is as precise as asked for.
#ifndef SWEEPD_STUDY_STOPPING_H
#define SWEEPD_STUDY_STOPPING_H

#include "lib/base/json.h"

typedef struct sw_stopping {
    json_t *analysis;  // the request whose intervals count; NULL: the study does not grow
    double half_width; // all of them must be at most so wide
    bool relative;     // to the value that each belongs to
    bool replicates;   // what is doubled: the replicates, or the design's n
    int64_t most;      // what it may become
} sw_stopping;

// The name of the analysis that is a design's own ("sobol" of "saltelli"); NULL if it has none, or
// design is NULL.
const char *sw_stopping_method(const char *design);

// What of the rest of a study "stop_when" fills in from.
typedef struct sw_stopping_of {
    const char *method; // of the design
    json_t *design;     // its options: "n" is lowered if the study is to grow to what it says
    const json_t *analyses;
    uint64_t *replicates; // lowered likewise
} sw_stopping_of;

// Reads the member (NULL: not there) into *stopping. Without an analysis it has the first one of
// the document, that of the design, or the summary. Without "most" the document's n (or replicates)
// is the most, and the study begins with a 2^k-th of it.
void sw_stopping_read(sw_stopping *stopping, const json_t *member, const sw_stopping_of *of,
                      sw_faults *faults);
void sw_stopping_fini(sw_stopping *stopping);

// The member as a resolved document has it; NULL without one. The caller owns the reference.
json_t *sw_stopping_json(const sw_stopping *stopping);

#endif
