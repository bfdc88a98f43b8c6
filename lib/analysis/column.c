// SPDX-License-Identifier: Apache-2.0
// The column of an output with one value a point: replicates are averaged in run order, so that
// the result has the same bits whatever the blocks that it was fed in.
#include "lib/analysis/method.h"
#include "lib/analysis/moments.h"

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
        c->largest = fabs(y) > c->largest ? fabs(y) : c->largest;
        c->seen[point] = 1;
        take_value(c, point, y);
        if (++point == c->frame->points)
            point = 0;
    }
    c->n_runs += rows->n;
}

static void
average(sw_column *c)
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

static uint64_t
complete_rows(const sw_column *c, uint64_t stride)
{
    uint64_t i = 0;
    while (c->y && i < c->frame->points && c->seen[i])
        i++;
    return i / stride;
}

static bool
all_seen(const sw_column *c, uint64_t first, uint64_t n)
{
    for (uint64_t i = first; i < first + n; i++) {
        if (!c->seen[i])
            return false;
    }
    return true;
}

// Of an interleaved study: moves all complete rows to the front, whatever was not seen between
// them, and returns how many.
static uint64_t
gather_rows(sw_column *c, uint64_t stride, size_t n_x, double *const *x)
{
    uint64_t n = 0;
    for (uint64_t g = 0; c->y && g < c->frame->points / stride; g++) {
        if (!all_seen(c, g * stride, stride))
            continue;
        memmove(c->y + n * stride, c->y + g * stride, stride * sizeof *c->y);
        for (size_t j = 0; j < n_x; j++)
            memmove(x[j] + n * stride, x[j] + g * stride, stride * sizeof *x[j]);
        n++;
    }
    return n;
}

// The values of the points that have one, in the order of points; returns how many.
static uint64_t
gather_values(const sw_column *c, uint64_t points, double *values)
{
    uint64_t n = 0;
    for (uint64_t i = 0; i < points; i++) {
        if (isfinite(c->y[i]))
            values[n++] = c->y[i];
    }
    return n;
}

static double
mean_of(const double *values, uint64_t n)
{
    double sum = 0;
    for (uint64_t i = 0; i < n; i++)
        sum += values[i];
    return sum / (double)n;
}

// Points without a value within the complete rows get the mean or the median of those that have
// one.
static void
substitute(sw_column *c, uint64_t points)
{
    if (!c->frame->substitute || points == 0)
        return;
    double *values = sw_malloc(points * sizeof *values);
    uint64_t n = gather_values(c, points, values);
    bool median = strcmp(c->frame->substitute, "median") == 0;
    if (median)
        sw_sort(values, n);
    if (n > 0)
        c->substitute = median ? sw_quantile_sorted(values, n, 0.5) : mean_of(values, n);
    for (uint64_t i = 0; n > 0 && i < points; i++) {
        if (!isfinite(c->y[i])) {
            c->y[i] = c->substitute;
            c->n_substituted++;
        }
    }
    free(values);
}

static bool
all_finite(const double *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(y[i]))
            return false;
    }
    return true;
}

// Moves usable rows to the front of the column, and of n_x further columns likewise.
static sw_usage
take(sw_column *c, size_t stride, size_t n_x, double *const *x)
{
    average(c);
    sw_usage u = {.wanted = c->frame->points / stride};
    u.complete = c->frame->interleaved ? gather_rows(c, stride, n_x, x) : complete_rows(c, stride);
    substitute(c, u.complete * stride);
    for (uint64_t g = 0; g < u.complete; g++) {
        if (!all_finite(c->y + g * stride, stride))
            continue;
        if (u.n != g) {
            memmove(c->y + u.n * stride, c->y + g * stride, stride * sizeof *c->y);
            for (size_t j = 0; j < n_x; j++)
                memmove(x[j] + u.n * stride, x[j] + g * stride, stride * sizeof *x[j]);
        }
        u.n++;
    }
    return u;
}

sw_usage
sw_column_take(sw_column *c, size_t stride)
{
    return take(c, stride, 0, NULL);
}

sw_usage
sw_column_whole(sw_column *c, size_t stride)
{
    average(c);
    uint64_t complete = complete_rows(c, stride);
    substitute(c, complete * stride);
    return (sw_usage){.wanted = c->frame->points / stride, .complete = complete, .n = complete};
}

bool
sw_data_fits(const sw_frame *frame, sw_faults *faults)
{
    uint64_t most = SW_COLUMN_POINTS_MAX / (frame->n_parameters + 1);
    if (frame->points <= most)
        return true;
    sw_fault_add(faults, "",
                 "this method keeps %zu inputs and an output a point in memory: at most "
                 "%llu points, not %llu",
                 frame->n_parameters, (unsigned long long)most, (unsigned long long)frame->points);
    return false;
}

static void
take_input_memory(sw_data *d)
{
    const sw_frame *f = d->column.frame;
    d->x = sw_calloc(f->n_parameters + 1, sizeof *d->x);
    for (size_t j = 0; j < f->n_parameters; j++)
        d->x[j] = sw_calloc(f->points, sizeof **d->x);
}

// Replicates have the inputs of their point, so it does not matter which of them is kept.
void
sw_data_feed(sw_data *d, const sw_rows *rows)
{
    if (!d->x)
        take_input_memory(d);
    uint64_t points = d->column.frame->points;
    for (size_t j = 0; j < d->column.frame->n_parameters; j++) {
        uint64_t point = rows->first % points;
        for (size_t i = 0; i < rows->n; i++) {
            d->x[j][point] = rows->x[j][i];
            if (++point == points)
                point = 0;
        }
    }
    sw_column_feed(&d->column, rows);
}

sw_usage
sw_data_take(sw_data *d, size_t stride)
{
    return take(&d->column, stride, d->x ? d->column.frame->n_parameters : 0, d->x);
}

void
sw_data_fini(sw_data *d)
{
    for (size_t j = 0; d->x && j < d->column.frame->n_parameters; j++)
        free(d->x[j]);
    free(d->x);
    sw_column_fini(&d->column);
    *d = (sw_data){0};
}

bool
sw_usage_suffices(const sw_usage *u, uint64_t least, const char *row, sw_faults *faults)
{
    if (u->n >= least)
        return true;
    sw_fault_add(faults, "",
                 "needs at least %llu %ss without failures; of %llu there are %llu "
                 "complete and %llu usable",
                 (unsigned long long)least, row, (unsigned long long)u->wanted,
                 (unsigned long long)u->complete, (unsigned long long)u->n);
    return false;
}
