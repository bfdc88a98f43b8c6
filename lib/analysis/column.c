// SPDX-License-Identifier: Apache-2.0
// The column of an output with one value a point: replicates are averaged in run order, so that
// the result has the same bits whatever the blocks that it was fed in.
#include "lib/analysis/method.h"

bool
sw_column_fits(const sw_frame *frame, sw_faults *faults)
{
    if (frame->points <= SW_COLUMN_POINTS_MAX)
        return true;
    sw_fault_add(faults, "",
                 "this method keeps one number a point in memory: at most %llu, not %llu",
                 (unsigned long long)SW_COLUMN_POINTS_MAX, (unsigned long long)frame->points);
    return false;
}

static void
take_memory(sw_column *c)
{
    c->y = sw_calloc(c->frame->points, sizeof *c->y);
    c->seen = sw_calloc(c->frame->points, sizeof *c->seen);
    if (c->frame->replicates > 1)
        c->done = sw_calloc(c->frame->points, sizeof *c->done);
}

static void
take_value(sw_column *c, uint64_t point, double y)
{
    if (!c->done) {
        c->y[point] = y;
    } else if (isfinite(y)) {
        c->y[point] += y;
        c->done[point]++;
    }
}

void
sw_column_feed(sw_column *c, const sw_rows *rows)
{
    if (!c->y)
        take_memory(c);
    uint64_t point = rows->first % c->frame->points;
    for (size_t i = 0; i < rows->n; i++) {
        bool done = rows->state[i] == SW_DONE;
        double y = done && isfinite(rows->y[i]) ? rows->y[i] : NAN;
        c->n_failed += !done;
        c->n_nan += done && isnan(y);
        c->seen[point] = 1;
        take_value(c, point, y);
        if (++point == c->frame->points)
            point = 0;
    }
    c->n_runs += rows->n;
}

void
sw_column_finish(sw_column *c)
{
    for (uint64_t i = 0; c->done && i < c->frame->points; i++)
        c->y[i] = c->done[i] ? c->y[i] / c->done[i] : NAN;
}

void
sw_column_fini(sw_column *c)
{
    free(c->y);
    free(c->seen);
    free(c->done);
    *c = (sw_column){0};
}

uint64_t
sw_column_groups(const sw_column *c, uint64_t stride)
{
    uint64_t i = 0;
    while (c->y && i < c->frame->points && c->seen[i])
        i++;
    return i / stride;
}

static bool
all_finite(const double *y, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        if (!isfinite(y[i]))
            return false;
    }
    return true;
}

uint64_t
sw_column_keep(sw_column *c, uint64_t stride, uint64_t groups)
{
    uint64_t kept = 0;
    for (uint64_t g = 0; g < groups; g++) {
        if (!all_finite(c->y + g * stride, stride))
            continue;
        if (kept != g)
            memmove(c->y + kept * stride, c->y + g * stride, stride * sizeof *c->y);
        kept++;
    }
    return kept;
}
