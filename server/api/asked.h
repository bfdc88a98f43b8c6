// SPDX-License-Identifier: Apache-2.0
// One analysis as it is asked of a study: what is wrong with it is known before any run is looked
// at, so that a document is refused for its analyses too.
#ifndef SWEEPD_API_ASKED_H
#define SWEEPD_API_ASKED_H

#include "server/api/internal.h"

#include "lib/analysis/series.h"

// The values of a list, ascending, and the share of all up to and with each. n 0: no list.
typedef struct sw_asked_list {
    size_t n;
    double *value, *reach;
} sw_asked_list;

// One of number and series; the rest is what they point to.
typedef struct sw_asked {
    sw_analysis *number;
    sw_series *series;
    const sw_output *output;
    json_t *options;
    const char **names;
    bool *is_text;
    const sw_study *study;
    sw_asked_list *lists; // [n_varied]
    sw_frame frame;
} sw_asked;

// Opens an analysis of the study, or of no more than the prefix (NULL: of all), whose runs below
// `reach` are there. Fills in the output that is meant: the first number, or series if there is no
// number. False and faults below `pointer` if it can not be; to be closed in any case.
bool sw_asked_open(sw_asked *a, const loaded *l, json_t *request, const char *pointer,
                   const sw_prefix *prefix, uint64_t reach, sw_faults *faults);
void sw_asked_close(sw_asked *a);

// Adds what is wrong with a request that stands at `pointer` of a study's document.
void sw_asked_check(const loaded *l, const json_t *request, const char *pointer, sw_faults *faults);

#endif
