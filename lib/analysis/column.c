// SPDX-License-Identifier: Apache-2.0
// The column of an output with one value a point: replicates are averaged in run order, so that
// the result has the same bits whatever the blocks that it was fed in.
#include "lib/analysis/method.h"
#include "lib/analysis/moments.h"
#include "lib/analysis/scattered.h"

#include <assert.h>

bool
sw_column_fits(const sw_frame *frame, sw_faults *faults)
{
    if (sw_frame_held(frame) <= SW_COLUMN_POINTS_MAX)
        return true;
    sw_fault_add(
        faults, "", "this method keeps one number a point in memory: at most %llu, not %llu",
        (unsigned long long)SW_COLUMN_POINTS_MAX, (unsigned long long)sw_frame_held(frame));
    return false;
}

static void
take_memory(sw_column *c)
{
    c->n = sw_frame_held(c->frame);
    c->y = sw_calloc(c->n, sizeof *c->y);
    c->seen = sw_calloc(c->n, sizeof *c->seen);
    if (c->frame->replicates > 1)
        c->done = sw_calloc(c->n, sizeof *c->done);
}

// place: of the point or, of a scattered column, of the run.
static void
take_value(sw_column *c, uint64_t place, uint64_t point, double y)
{
    c->seen[place] = 1;
    if (c->point)
        c->point[place] = (double)point;
    if (!c->done) {
        c->y[place] = y;
    } else if (isfinite(y)) {
        c->y[place] += y;
        c->done[place]++;
    }
}

void
sw_column_feed(sw_column *c, const sw_rows *rows)
{
    bool scattered = sw_frame_is_scattered(c->frame);
    uint64_t point = rows->first % c->frame->points, from = c->n;
    if (scattered)
        sw_scattered_grow(c, rows->n);
    else if (!c->y)
        take_memory(c);
    for (size_t i = 0; i < rows->n; i++) {
        bool done = rows->state[i] == SW_DONE;
        double y = done && isfinite(rows->y[i]) ? rows->y[i] : NAN;
        c->n_failed += !done;
        c->n_nan += done && isnan(y);
        c->largest = fabs(y) > c->largest ? fabs(y) : c->largest;
        assert(scattered || point < c->n);
        take_value(c, scattered ? from + i : point, point, y);
        if (++point == c->frame->points)
            point = 0;
    }
    c->n_runs += rows->n;
}

// One value a point, in their order; n_x further columns go along.
static void
average(sw_column *c, size_t n_x, double *const *x)
{
    for (uint64_t i = 0; c->done && i < c->n; i++)
        c->y[i] = c->done[i] ? c->y[i] / c->done[i] : NAN;
    if (c->point)
        sw_scattered_order(c, n_x, x);
}

void
sw_column_fini(sw_column *c)
{
    free(c->y);
    free(c->seen);
    free(c->done);
    free(c->point);
    *c = (sw_column){0};
}

static double
point_at(const sw_column *c, uint64_t place)
{
    return c->point ? c->point[place] : (double)place;
}

static uint64_t
complete_rows(const sw_column *c, uint64_t stride)
{
    uint64_t i = 0;
    while (i < c->n && c->seen[i] && point_at(c, i) == (double)i)
        i++;
    return i / stride;
}

// Whether a row of `stride` points begins at a place, and is there as a whole.
static bool
is_row(const sw_column *c, uint64_t first, uint64_t stride)
{
    double point = point_at(c, first);
    if (first + stride > c->n || (uint64_t)point % stride != 0)
        return false;
    for (uint64_t k = 0; k < stride; k++) {
        if (!c->seen[first + k] || point_at(c, first + k) != point + (double)k)
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
    for (uint64_t i = 0; i < c->n; i++) {
        if (!is_row(c, i, stride))
            continue;
        memmove(c->y + n * stride, c->y + i, stride * sizeof *c->y);
        for (size_t j = 0; j < n_x; j++)
            memmove(x[j] + n * stride, x[j] + i, stride * sizeof *x[j]);
        n++;
        i += stride - 1;
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
    average(c, n_x, x);
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
    average(c, 0, NULL);
    uint64_t complete = complete_rows(c, stride);
    substitute(c, complete * stride);
    return (sw_usage){.wanted = c->frame->points / stride, .complete = complete, .n = complete};
}

bool
sw_data_fits(const sw_frame *frame, sw_faults *faults)
{
    uint64_t most = SW_COLUMN_POINTS_MAX / (frame->n_parameters + 1), held = sw_frame_held(frame);
    if (held <= most)
        return true;
    sw_fault_add(faults, "",
                 "this method keeps %zu inputs and an output a point in memory: at most "
                 "%llu points, not %llu",
                 frame->n_parameters, (unsigned long long)most, (unsigned long long)held);
    return false;
}

// Room for the inputs of n more runs; they have places of their own if they are scattered.
static void
take_input_memory(sw_data *d, size_t n)
{
    const sw_frame *f = d->column.frame;
    bool scattered = sw_frame_is_scattered(f);
    size_t wanted = scattered ? d->column.n + n : sw_frame_held(f);
    if (d->x && wanted <= d->capacity)
        return;
    if (!d->x)
        d->x = sw_calloc(f->n_parameters + 1, sizeof *d->x);
    d->capacity = scattered ? 2 * wanted : wanted;
    for (size_t j = 0; j < f->n_parameters; j++)
        d->x[j] = sw_realloc(d->x[j], d->capacity * sizeof **d->x);
}

// Replicates have the inputs of their point, so it does not matter which of them is kept.
void
sw_data_feed(sw_data *d, const sw_rows *rows)
{
    take_input_memory(d, rows->n);
    const sw_frame *f = d->column.frame;
    bool scattered = sw_frame_is_scattered(f);
    for (size_t j = 0; j < f->n_parameters; j++) {
        uint64_t place = scattered ? d->column.n : rows->first % f->points;
        for (size_t i = 0; i < rows->n; i++) {
            d->x[j][place++] = rows->x[j][i];
            if (!scattered && place == f->points)
                place = 0;
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
                 "needs at least %llu %s without failures; of %llu there are %llu "
                 "complete and %llu usable",
                 (unsigned long long)least, sw_usage_plural(row, least),
                 (unsigned long long)u->wanted, (unsigned long long)u->complete,
                 (unsigned long long)u->n);
    return false;
}
