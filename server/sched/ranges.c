// SPDX-License-Identifier: Apache-2.0
// A sorted array of disjoint ranges. Studies have few ranges missing at a time, so that insertion
// by moving is cheaper than a tree.
#include "server/sched/ranges.h"

#include "lib/base/memory.h"

void
sw_ranges_fini(sw_ranges *set)
{
    free(set->v);
    *set = (sw_ranges){0};
}

bool
sw_ranges_is_empty(const sw_ranges *set)
{
    return set->head == set->n;
}

uint64_t
sw_ranges_count(const sw_ranges *set)
{
    uint64_t total = 0;
    for (size_t i = set->head; i < set->n; i++)
        total += set->v[i].end - set->v[i].first;
    return total;
}

// The first live range that ends at or after `run`.
static size_t
find(const sw_ranges *set, uint64_t run)
{
    size_t low = set->head, high = set->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->v[middle].end < run)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Replaces ranges from … to-1 by n others.
static void
splice(sw_ranges *set, size_t from, size_t to, const sw_range *with, size_t n)
{
    while (set->n + n > set->capacity)
        set->v = sw_grow(set->v, set->capacity, &set->capacity, sizeof *set->v);
    sw_move(&set->v[from + n], &set->v[to], (set->n - to) * sizeof *set->v);
    if (n)
        memcpy(&set->v[from], with, n * sizeof *with);
    set->n += n - (to - from);
    if (set->head == set->n)
        set->head = set->n = 0;
}

void
sw_ranges_add(sw_ranges *set, uint64_t first, uint64_t end)
{
    if (first >= end)
        return;
    size_t from = find(set, first), to = from;
    sw_range merged = {first, end};
    for (; to < set->n && set->v[to].first <= end; to++) {
        merged.first = set->v[to].first < merged.first ? set->v[to].first : merged.first;
        merged.end = set->v[to].end > merged.end ? set->v[to].end : merged.end;
    }
    splice(set, from, to, &merged, 1);
}

void
sw_ranges_remove(sw_ranges *set, uint64_t first, uint64_t end)
{
    if (first >= end)
        return;
    size_t from = find(set, first + 1), to = from, n = 0;
    sw_range left[2];
    for (; to < set->n && set->v[to].first < end; to++) {
        sw_range r = set->v[to];
        if (r.first < first)
            left[n++] = (sw_range){r.first, first};
        if (r.end > end)
            left[n++] = (sw_range){end, r.end};
    }
    if (to > from)
        splice(set, from, to, left, n);
}

bool
sw_ranges_contains(const sw_ranges *set, uint64_t first, uint64_t end)
{
    size_t i = find(set, end);
    return i < set->n && set->v[i].first <= first;
}

bool
sw_ranges_take(sw_ranges *set, uint64_t most, uint64_t align, sw_range *taken)
{
    if (sw_ranges_is_empty(set))
        return false;
    sw_range *r = &set->v[set->head];
    uint64_t edge = (r->first / align + 1) * align;
    uint64_t end = r->end < edge ? r->end : edge;
    if (end - r->first > most)
        end = r->first + most;
    *taken = (sw_range){r->first, end};
    r->first = end;
    if (r->first == r->end && ++set->head == set->n)
        set->head = set->n = 0;
    return true;
}
