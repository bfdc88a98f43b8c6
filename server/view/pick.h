// SPDX-License-Identifier: Apache-2.0
// The first few of very many rows in the order of a value, in one pass and bounded memory: pages of
// a sorted table. Pure.
#ifndef SWEEPD_VIEW_PICK_H
#define SWEEPD_VIEW_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A row's place: rows stand in ascending order of key, those of equal keys in that of run.
typedef struct sw_place {
    uint64_t key, run;
} sw_place;

// The key of a value: ascending keys are ascending values, or descending ones. NaN comes last in
// both orders; -0 and 0 are equal.
uint64_t sw_place_key(double value, bool descending);

static inline bool
sw_place_before(sw_place a, sw_place b)
{
    return a.key != b.key ? a.key < b.key : a.run < b.run;
}

// Keeps the `most` first places of those added that come after `after` (begun: only then).
typedef struct sw_picks {
    size_t most, n;
    sw_place *places; // a heap, the last place on top; after sw_picks_finish in order
    sw_place after;
    bool begun;
    uint64_t seen; // places added, also those that were not kept
} sw_picks;

// after: NULL for the beginning. most > 0.
void sw_picks_init(sw_picks *p, size_t most, const sw_place *after);
void sw_picks_fini(sw_picks *p);
void sw_picks_add(sw_picks *p, sw_place place);
void sw_picks_finish(sw_picks *p);

#endif
