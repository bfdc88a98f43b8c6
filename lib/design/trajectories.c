// SPDX-License-Identifier: Apache-2.0
// Choosing trajectories that are far apart.
#include "lib/design/trajectories.h"

#include "lib/base/memory.h"

#include <math.h>

double
sw_trajectory_distance(const int *a, const int *b, size_t rows, size_t k)
{
    double sum = 0;
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < rows; j++) {
            int64_t square = 0;
            for (size_t v = 0; v < k; v++) {
                int64_t step = a[i * k + v] - b[j * k + v];
                square += step * step;
            }
            sum += sqrt((double)square);
        }
    }
    return sum;
}

// Starts are left out beyond so many steps of the search, about a second.
#define STEPS ((size_t)200000000)

// The distances from a set that grows: near[c] is the sum of squares from c to all members.
typedef struct set {
    const double *distance;
    size_t m, n, have;
    uint32_t *member;
    bool *taken;
    double *near, total;
} set;

static void
weigh(set *s, size_t c, double sign)
{
    for (size_t x = 0; x < s->m; x++)
        s->near[x] += sign * s->distance[c * s->m + x] * s->distance[c * s->m + x];
}

static void
add(set *s, size_t c)
{
    s->total += s->near[c];
    s->taken[c] = true;
    s->member[s->have++] = (uint32_t)c;
    weigh(s, c, 1);
}

static void
fill(set *s)
{
    while (s->have < s->n) {
        size_t best = SIZE_MAX;
        for (size_t c = 0; c < s->m; c++) {
            if (!s->taken[c] && (best == SIZE_MAX || s->near[c] > s->near[best]))
                best = c;
        }
        add(s, best);
    }
}

static void
start(set *s, const uint32_t *members, size_t n)
{
    s->have = 0;
    s->total = 0;
    memset(s->taken, 0, s->m * sizeof *s->taken);
    memset(s->near, 0, s->m * sizeof *s->near);
    for (size_t k = 0; k < n; k++)
        add(s, members[k]);
}

// Exchanges member k for the candidate that gains most; false if none gains.
static bool
exchange(set *s, size_t k)
{
    size_t old = s->member[k], best = SIZE_MAX;
    double gain = 1e-9 * s->total;
    for (size_t c = 0; c < s->m; c++) {
        double d = s->distance[c * s->m + old], by = s->near[c] - d * d - s->near[old];
        if (!s->taken[c] && by > gain) {
            best = c;
            gain = by;
        }
    }
    if (best == SIZE_MAX)
        return false;
    weigh(s, old, -1);
    weigh(s, best, 1);
    s->taken[old] = false;
    s->taken[best] = true;
    s->member[k] = (uint32_t)best;
    s->total += gain;
    return true;
}

static void
polish(set *s)
{
    enum { ROUNDS = 100 };
    bool again = true;
    for (int round = 0; again && round < ROUNDS; round++) {
        again = false;
        for (size_t k = 0; k < s->n; k++)
            again |= exchange(s, k);
    }
}

void
sw_trajectories_choose(const double *distance, size_t m, size_t n, size_t known, uint32_t *chosen)
{
    sw_auto(free) uint32_t *member = sw_calloc(n, sizeof *member);
    sw_auto(free) bool *taken = sw_calloc(m, sizeof *taken);
    sw_auto(free) double *near = sw_calloc(m, sizeof *near);
    set s = {.distance = distance, .m = m, .n = n, .member = member, .taken = taken, .near = near};
    double best = -1;
    size_t afford = STEPS / (n * m) + 1, starts = known ? 1 : m < afford ? m : afford;
    for (size_t t = 0; t < starts; t++) {
        const uint32_t first = (uint32_t)t;
        start(&s, known ? chosen : &first, known ? known : 1);
        fill(&s);
        if (!known)
            polish(&s);
        if (s.total > best * (1 + 1e-12)) {
            best = s.total;
            memcpy(chosen, s.member, n * sizeof *chosen);
        }
    }
}

bool
sw_trajectories_read(const json_t *given, size_t m, size_t n, uint32_t *chosen, size_t *known,
                     sw_faults *faults)
{
    sw_auto(free) bool *seen = sw_calloc(m, sizeof *seen);
    *known = json_array_size(given);
    if (*known > n)
        sw_fault_add(faults, "/design/trajectories", "must be at most n = %zu numbers, not %zu", n,
                     *known);
    for (size_t t = 0; *known <= n && t < *known; t++) {
        const json_t *item = json_array_get(given, t);
        json_int_t c = json_is_integer(item) ? json_integer_value(item) : -1;
        if (c < 0 || (size_t)c >= m || seen[c]) {
            sw_auto(free) char *at = sw_json_pointer_at("/design/trajectories", t);
            sw_fault_add(faults, at, "must be another whole number from 0 to %zu", m - 1);
            return false;
        }
        seen[c] = true;
        chosen[t] = (uint32_t)c;
    }
    return *known <= n;
}

json_t *
sw_trajectories_json(const uint32_t *chosen, size_t n)
{
    json_t *list = json_array();
    for (size_t t = 0; t < n; t++)
        json_array_append_new(list, json_integer(chosen[t]));
    return list;
}
