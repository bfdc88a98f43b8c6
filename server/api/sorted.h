// SPDX-License-Identifier: Apache-2.0
// Pages of runs in the order of a variable, or of those that fulfil conditions.
#ifndef SWEEPD_API_SORTED_H
#define SWEEPD_API_SORTED_H

#include "server/api/scan.h"

// What is asked for: runs first … last, where scan's conditions hold.
typedef struct sw_sorted {
    sw_scan scan;
    size_t sort; // variable of the scan
    bool descending;
    const char *sort_text, *where_text; // as asked, or NULL; for cursors and pages kept
    int64_t first, last, limit;
    bool varied;       // without the parameters that are the same in all runs
    const char *after; // the cursor, or NULL
} sw_sorted;

// Answers with a page, later, from another thread. Takes the study over. A cursor that is not one
// of this order becomes a fault at "?after": false then, and nothing is answered.
bool sw_sorted_answer(sw_request *r, loaded *l, sw_sorted *asked, sw_faults *faults);

// The conditions of ?where= (there may be several) and the order of ?sort=.
void sw_sorted_query(sw_request *r, sw_sorted *asked, sw_faults *faults);

#endif
