// SPDX-License-Identifier: Apache-2.0
// From run numbers to points and replicates, through the stages in which a study grew.
#include "lib/design/segments.h"

#include "lib/base/philox.h"
#include "lib/design/parts.h"

#include <assert.h>

// Keyed apart from the permutations of the designs, which use small numbers.
#define ORDER (UINT64_C(1) << 48)

static void
add(sw_segments *s, uint64_t first_point, uint64_t points, uint64_t first_replicate,
    uint64_t replicates)
{
    if (points == 0 || replicates == 0)
        return;
    s->v[s->n] =
        (sw_segment){sw_segments_runs(s), first_point, points, first_replicate, replicates};
    s->n++;
}

// New points come with the replicates that the old ones have; then all get the new replicates.
static void
grow(sw_segments *s, const sw_stage *from, const sw_stage *to)
{
    add(s, from->points, to->points - from->points, 0,
        from->replicates ? from->replicates : to->replicates);
    if (from->replicates)
        add(s, 0, to->points, from->replicates, to->replicates - from->replicates);
}

void
sw_segments_make(sw_segments *s, const sw_study *study, uint64_t points, sw_faults *faults)
{
    sw_stage whole = {points, study->replicates}, before = {0};
    *s = (sw_segments){.interleaved = study->interleaved, .seed = study->seed};
    if (sw_times(points, study->replicates) == UINT64_MAX)
        return;
    const sw_stage *last = study->n_stages ? &study->stages[study->n_stages - 1] : &whole;
    if (last->points != whole.points || last->replicates != whole.replicates) {
        sw_fault_add(faults, "/stages", "must end with the study's %llu points and %llu replicates",
                     (unsigned long long)whole.points, (unsigned long long)whole.replicates);
        return;
    }
    for (size_t k = 0; k < study->n_stages; k++) {
        grow(s, &before, &study->stages[k]);
        before = study->stages[k];
    }
    if (study->n_stages == 0)
        grow(s, &before, &whole);
}

uint64_t
sw_segments_runs(const sw_segments *s)
{
    const sw_segment *last = s->n ? &s->v[s->n - 1] : NULL;
    return last ? last->first_run + last->points * last->replicates : 0;
}

size_t
sw_segments_locate(const sw_segments *s, uint64_t run, size_t n, uint64_t *point,
                   uint64_t *replicate)
{
    size_t k = s->n - 1;
    while (s->v[k].first_run > run)
        k--;
    const sw_segment *g = &s->v[k];
    uint64_t at = (run - g->first_run) % g->points;
    *replicate = g->first_replicate + (run - g->first_run) / g->points;
    assert(*replicate < g->first_replicate + g->replicates);
    if (s->interleaved) {
        *point = g->first_point + sw_permute(s->seed, ORDER + g->first_point, g->points, at);
        return 1;
    }
    *point = g->first_point + at;
    return n < g->points - at ? n : (size_t)(g->points - at);
}
