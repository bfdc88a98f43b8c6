// SPDX-License-Identifier: Apache-2.0
// The rows of a study, from the database and the plan to an analysis.
#ifndef SWEEPD_API_FEEDING_H
#define SWEEPD_API_FEEDING_H

#include "lib/analysis/series.h"
#include "server/api/internal.h"

// Feeds the runs below `end` that there are, or those of a prefix of them, in ascending order.
// Memory is that of a few chunks. prefix: NULL for all; its `fed` is set.
sw_error sw_feed(sw_store *store, const loaded *l, const char *output, uint64_t end,
                 sw_prefix *prefix, sw_analysis *analysis);

// One pass over an output that is a series; length: that of the longest.
sw_error sw_feed_series(sw_store *store, const loaded *l, const char *output, uint64_t end,
                        size_t length, sw_prefix *prefix, sw_series *series);

#endif
