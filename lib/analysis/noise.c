// SPDX-License-Identifier: Apache-2.0
// `noise`: how much of a stochastic model's variance is its seed's and how much its parameters', by
// the one-way random-effects split over replicates (Searle, Casella and McCulloch 1992, ch. 3);
// and, of a Saltelli design, how much each parameter has alone and how much they have together.
#include "lib/analysis/method.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

#define POINTS_MAX (UINT64_C(1) << 24)

typedef struct state {
    const sw_frame *frame;
    sw_moments *points; // over replicates; taken by the first feed
    uint64_t n_failed, n_nan;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    (void)opts;
    if (frame->replicates < 2 || sw_frame_places(frame) > POINTS_MAX) {
        sw_fault_add(faults, "/method",
                     "needs at least 2 replicates and at most %llu points, not "
                     "%llu and %llu",
                     (unsigned long long)POINTS_MAX, (unsigned long long)frame->replicates,
                     (unsigned long long)sw_frame_places(frame));
        return NULL;
    }
    state *s = sw_calloc(1, sizeof *s);
    s->frame = frame;
    return s;
}

static void
feed(void *self, const sw_rows *rows)
{
    state *s = self;
    if (!s->points)
        s->points = sw_calloc(sw_frame_places(s->frame), sizeof *s->points);
    for (size_t i = 0; i < rows->n; i++) {
        bool done = rows->state[i] == SW_DONE;
        s->n_failed += !done;
        s->n_nan += done && !isfinite(rows->y[i]);
        if (done && isfinite(rows->y[i]))
            sw_moments_add(&s->points[(rows->first + i) % s->frame->points], rows->y[i]);
    }
}

static void
free_state(void *self)
{
    state *s = self;
    free(s->points);
    free(s);
}

// ---- each parameter alone, from the base rows of a Saltelli design ----

static size_t
stride_of(const sw_frame *f)
{
    size_t d = sw_frame_factors(f);
    return sw_frame_flag(f, "second_order") ? 2 * d + 2 : d + 2;
}

static bool
has_row(const sw_moments *row, size_t stride)
{
    for (size_t k = 0; k < stride; k++) {
        if (row[k].n == 0)
            return false;
    }
    return true;
}

// v[j] = mean of (B - mean) (AB_j - A) over base rows (Saltelli et al. 2010, table 2 b): the noises
// of different points are independent, so they add nothing to it. Returns the number of rows.
static uint64_t
first_order(const state *s, double mean, double *v)
{
    size_t d = sw_frame_factors(s->frame), stride = stride_of(s->frame);
    uint64_t rows = 0;
    for (uint64_t i = 0; i + stride <= sw_frame_places(s->frame); i += stride) {
        const sw_moments *row = s->points + i;
        if (!has_row(row, stride))
            continue;
        for (size_t j = 0; j < d; j++)
            v[j] += (row[stride - 1].mean - mean) * (row[1 + j].mean - row[0].mean);
        rows++;
    }
    for (size_t j = 0; j < d; j++)
        v[j] = rows ? v[j] / (double)rows : NAN;
    return rows;
}

// Shares of a single run's variance: those of the parameters alone, and what they have together.
static void
put_alone(json_t *result, const state *s, double mean, double between, double total)
{
    size_t d = sw_frame_factors(s->frame);
    if (strcmp(s->frame->design, "saltelli") != 0)
        return;
    double *v = sw_calloc(d, sizeof *v), rest = between;
    if (first_order(s, mean, v) < 2)
        sw_result_warn(result, "no two base rows are complete: parameters alone have no share");
    for (size_t j = 0; j < d; j++) {
        rest -= v[j];
        v[j] = total > 0 ? v[j] / total : 0;
    }
    sw_put(result, "S1", sw_result_vector(v, d));
    sw_put(result, "interactions", sw_result_number(total > 0 ? rest / total : 0));
    free(v);
}

// Within: mean of the points' variances. Of means: the variance of the points' means, in which the
// noise is still there by a share of one over the replicates.
static json_t *
split(const state *s)
{
    sw_moments means = {0}, within = {0}, left = {0};
    double largest = 0; // difference of two values
    for (uint64_t i = 0; s->points && i < sw_frame_places(s->frame); i++) {
        const sw_moments *p = &s->points[i];
        if (p->n < 2)
            continue;
        double variance = p->squares / (double)(p->n - 1);
        sw_moments_add(&means, p->mean);
        largest = fmax(largest, p->max - p->min);
        sw_moments_add(&within, variance);
        sw_moments_add(&left, variance / (double)p->n);
    }
    if (means.n < 2)
        return NULL;
    double of_means = means.squares / (double)(means.n - 1), between = of_means - left.mean;
    between = between > 0 ? between : 0;
    double total = between + within.mean;
    bool rows = strcmp(s->frame->design, "saltelli") == 0;
    json_t *result =
        rows ? sw_result_new_grouped(s->frame, "noise") : sw_result_new(s->frame, "noise");
    sw_put(result, "variance_parameters", sw_result_number(between));
    sw_put(result, "variance_noise", sw_result_number(within.mean));
    sw_put(result, "variance", sw_result_number(total));
    sw_put(result, "noise_share", sw_result_number(total > 0 ? within.mean / total : 0));
    sw_put(result, "noise_share_of_means",
           sw_result_number(of_means > 0 ? left.mean / of_means : 0));
    put_alone(result, s, means.mean, between, total);
    sw_put(result, "n", json_integer((json_int_t)means.n));
    sw_put(result, "n_dropped", json_integer((json_int_t)(s->frame->points - means.n)));
    sw_result_unsquared(result, largest > 0 ? total : 1);
    sw_result_losses(result, s->n_failed, s->n_nan);
    if (means.n < s->frame->points)
        sw_result_warn(result, "%llu points with fewer than 2 values were left out",
                       (unsigned long long)(s->frame->points - means.n));
    return result;
}

static json_t *
finish(void *self, sw_faults *faults)
{
    json_t *result = split(self);
    if (!result)
        sw_fault_add(faults, "", "needs at least 2 points with 2 values each");
    return result;
}

const sw_analysis_ops sw_analysis_noise = {
    .name = "noise",
    .doc = "The shares of parameters and of random seeds in the variance, from replicates.",
    .by_run = true,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free_state = free_state,
};
