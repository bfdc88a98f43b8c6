// SPDX-License-Identifier: Apache-2.0
// A set of run numbers as disjoint, sorted, non-touching ranges: what a study is still missing.
#ifndef SWEEPD_SCHED_RANGES_H
#define SWEEPD_SCHED_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sw_range {
    uint64_t first, end; // runs first … end-1
} sw_range;

// Zero-initialise. The live ranges are v[head … n-1]; taking from the front is constant time.
typedef struct sw_ranges {
    sw_range *v;
    size_t head, n, capacity;
} sw_ranges;

void sw_ranges_fini(sw_ranges *set);
bool sw_ranges_is_empty(const sw_ranges *set);
uint64_t sw_ranges_count(const sw_ranges *set);

// Adds first … end-1; what is there already stays.
void sw_ranges_add(sw_ranges *set, uint64_t first, uint64_t end);

// Removes what of first … end-1 is there.
void sw_ranges_remove(sw_ranges *set, uint64_t first, uint64_t end);

// Whether all of first … end-1 is there.
bool sw_ranges_contains(const sw_ranges *set, uint64_t first, uint64_t end);

// Takes up to `most` runs from the lowest range, never across a multiple of `align`, so that
// chunks that are cut anew tend to have the same edges. False if the set is empty.
bool sw_ranges_take(sw_ranges *set, uint64_t most, uint64_t align, sw_range *taken);

#endif
