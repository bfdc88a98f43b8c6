// SPDX-License-Identifier: Apache-2.0
// Results of one method, of the same study at several points of a series, as one result.
#ifndef SWEEPD_ANALYSIS_MERGE_H
#define SWEEPD_ANALYSIS_MERGE_H

#include "lib/base/json.h"

// results: an array of results and, where there is none, nulls; at least one is a result. Members
// with one value a name become indices[name][key], square matrices over names
// indices[name][key][other]; of the others those that differ become values[key]; each an array with
// an entry a result. The rest, and all warnings once each, stay where they are.
json_t *sw_merge(const json_t *results);

// How many values all the results hold.
size_t sw_merge_leaves(const json_t *value);

#endif
