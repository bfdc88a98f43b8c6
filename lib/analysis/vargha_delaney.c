// SPDX-License-Identifier: Apache-2.0
// `vargha_delaney`: how many replicates a stochastic model needs, by the A test: replicates are
// taken in groups of a size, and when groups of that size can no longer be told apart, it is
// enough. Vargha and Delaney (2000), JEBS 25:101; used so by Alden et al. (2013), PLoS Comput Biol
// 9:e1002916.
#include "lib/analysis/method.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

// Values held, 8 bytes each.
#define VALUES_MAX (UINT64_C(1) << 24)
enum { GROUPS = 20, SIZES_MAX = 40 };

typedef struct options {
    double limit;
} options;

typedef struct state {
    const sw_frame *frame;
    options options;
    double *y; // [point][replicate], NaN where there is none
    uint64_t n_failed, n_nan;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    if (frame->replicates < 4 || sw_frame_places(frame) > VALUES_MAX / frame->replicates) {
        sw_fault_add(faults, "/method",
                     "needs at least 4 replicates and at most %llu runs, not %llu replicates of "
                     "%llu points",
                     (unsigned long long)VALUES_MAX, (unsigned long long)frame->replicates,
                     (unsigned long long)sw_frame_places(frame));
        return NULL;
    }
    state *s = sw_calloc(1, sizeof *s);
    s->frame = frame;
    s->options = *(const options *)opts;
    return s;
}

static void
take_memory(state *s)
{
    uint64_t n = sw_frame_places(s->frame) * s->frame->replicates;
    s->y = sw_malloc(n * sizeof *s->y);
    for (uint64_t i = 0; i < n; i++)
        s->y[i] = NAN;
}

static void
feed(void *self, const sw_rows *rows)
{
    state *s = self;
    if (!s->y)
        take_memory(s);
    for (size_t i = 0; i < rows->n; i++) {
        uint64_t run = rows->first + i, point = run % s->frame->points;
        bool done = rows->state[i] == SW_DONE;
        s->n_failed += !done;
        s->n_nan += done && !isfinite(rows->y[i]);
        if (done && isfinite(rows->y[i]))
            s->y[point * s->frame->replicates + run / s->frame->points] = rows->y[i];
    }
}

static void
free_state(void *self)
{
    state *s = self;
    free(s->y);
    free(s);
}

// The probability that a value of a is above one of b, ties counting a half: from the sum of a's
// ranks among all.
static double
a_measure(const double *a, size_t m, const double *b, size_t n)
{
    double *all = sw_malloc(2 * (m + n) * sizeof *all), *rank = all + m + n, sum = 0;
    memcpy(all, a, m * sizeof *a);
    memcpy(all + m, b, n * sizeof *b);
    sw_ranks(all, m + n, rank);
    for (size_t i = 0; i < m; i++)
        sum += rank[i];
    free(all);
    return (sum / (double)m - ((double)m + 1) / 2) / (double)n;
}

// Of the replicates of one point in groups of `size`, the first against each other one: the
// largest A, counted from a half upwards. Groups beyond GROUPS are not looked at.
static double
largest(const double *y, size_t n, size_t size)
{
    double most = 0.5;
    for (size_t g = 1; g < GROUPS && (g + 1) * size <= n; g++) {
        double a = a_measure(y, size, y + g * size, size);
        a = a < 0.5 ? 1 - a : a;
        most = a > most ? a : most;
    }
    return most;
}

// Finite values to the front; how many there are.
static size_t
close_up(double *y, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(y[i]))
            y[kept++] = y[i];
    }
    return kept;
}

// Sizes 1 … half of the replicates, thinned out to SIZES_MAX.
static size_t
next_size(size_t size, size_t replicates)
{
    size_t step = (replicates / 2 + SIZES_MAX - 1) / SIZES_MAX;
    return size + (step ? step : 1);
}

typedef struct curve {
    size_t n, size[SIZES_MAX + 1];
    double a[SIZES_MAX + 1];
} curve;

// The mean over points of each size's largest A; points with fewer than `replicates` are left out.
static uint64_t
measure(const state *s, curve *c)
{
    uint64_t used = 0;
    size_t r = s->frame->replicates;
    *c = (curve){0};
    for (size_t size = 1; size <= r / 2 && c->n <= SIZES_MAX; size = next_size(size, r))
        c->size[c->n++] = size;
    for (uint64_t i = 0; i < sw_frame_places(s->frame); i++) {
        double *y = s->y + i * r;
        if (close_up(y, r) < r)
            continue;
        used++;
        for (size_t k = 0; k < c->n; k++)
            c->a[k] += largest(y, r, c->size[k]);
    }
    for (size_t k = 0; used && k < c->n; k++)
        c->a[k] /= (double)used;
    return used;
}

// The least size from which on A stays within the limit; 0 if none does.
static size_t
enough(const curve *c, double limit)
{
    size_t k = c->n;
    while (k > 0 && c->a[k - 1] <= limit)
        k--;
    return k < c->n ? c->size[k] : 0;
}

static void
put_curve(json_t *result, const state *s, const curve *c)
{
    json_t *sizes = json_array();
    for (size_t k = 0; k < c->n; k++)
        json_array_append_new(sizes, json_integer((json_int_t)c->size[k]));
    sw_put(result, "replicates", sizes);
    sw_put(result, "A", sw_result_vector(c->a, c->n));
    size_t needed = enough(c, s->options.limit);
    sw_put(result, "replicates_needed", needed ? json_integer((json_int_t)needed) : json_null());
    sw_put(result, "limit", json_real(s->options.limit));
    if (!needed)
        sw_result_warn(result, "more than %zu replicates are needed: A is still %.3f",
                       c->size[c->n - 1], c->a[c->n - 1]);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    curve c;
    uint64_t used = s->y ? measure(s, &c) : 0;
    if (!used) {
        sw_fault_add(faults, "", "needs at least 1 point with all of its %llu replicates",
                     (unsigned long long)s->frame->replicates);
        return NULL;
    }
    json_t *result = sw_result_new(s->frame, "vargha_delaney");
    put_curve(result, s, &c);
    sw_put(result, "n", json_integer((json_int_t)used));
    sw_put(result, "n_dropped", json_integer((json_int_t)(s->frame->points - used)));
    sw_result_losses(result, s->n_failed, s->n_nan);
    if (used < s->frame->points)
        sw_result_warn(result, "%llu points without all of their replicates were left out",
                       (unsigned long long)(s->frame->points - used));
    return result;
}

static void
defaults(void *opts)
{
    ((options *)opts)->limit = 0.56;
}

static const sw_field fields[] = {
    {.name = "limit",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, limit),
     .min = 0.5,
     .max = 1,
     .doc = "Groups whose A is at most this count as alike: 0.56 is a small difference."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_vargha_delaney = {
    .name = "vargha_delaney",
    .doc = "How many replicates are enough, by the A test between groups of them.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .by_run = true,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free_state = free_state,
};
