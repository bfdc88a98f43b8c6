// SPDX-License-Identifier: Apache-2.0
// `sobol`: variance-based indices from the radial design of Saltelli: first order, total, second
// order, with bootstrap intervals over base rows. Formulas and papers: docs/methods/analysis-sobol.
#include "lib/analysis/bootstrap.h"
#include "lib/analysis/estimators.h"
#include "lib/analysis/method.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

typedef struct options {
    sw_interval interval;
    const char *estimator;
} options;

// Rows of outputs in the order A, AB_1 … AB_d, [BA_1 … BA_d,] B, standardised.
typedef struct table {
    const double *y;
    size_t d;
    size_t stride;
    bool second_order;
    const sw_estimator *estimator;
} table;

typedef struct state {
    const sw_frame *frame;
    options options;
    sw_column column;
    size_t d, stride;
    bool second_order;
} state;

static size_t
count_pairs(size_t d, bool second_order)
{
    return second_order ? d * (d - 1) / 2 : 0;
}

static size_t
count_indices(size_t d, bool second_order)
{
    return 2 * d + count_pairs(d, second_order);
}

// The sums of one resample: the estimator's own, then those of S2.
static size_t
count_terms(const table *t)
{
    return t->estimator->shared + t->estimator->own * t->d + count_pairs(t->d, t->second_order);
}

// S2: BA_j AB_k - A B, Saltelli (2002).
static void
row_terms(const void *data, size_t i, double *out)
{
    const table *t = data;
    const double *row = t->y + i * t->stride;
    const double *ab = row + 1, *ba = row + 1 + t->d;
    double a = row[0], b = row[t->stride - 1];
    double *s2 = out + t->estimator->shared + t->estimator->own * t->d;
    t->estimator->terms(t->d, a, b, ab, out);
    for (size_t j = 0; t->second_order && j < t->d; j++) {
        for (size_t k = j + 1; k < t->d; k++)
            *s2++ = ba[j] * ab[k] - a * b;
    }
}

// From sums over n base rows, which become means, to S1[d], ST[d], S2[pairs]. The variance is that
// of A and B together.
static void
indices_of_sums(const table *t, double *sums, double n, double *out)
{
    size_t d = t->d, n_terms = count_terms(t);
    for (size_t k = 0; k < n_terms; k++)
        sums[k] /= n;
    double mean = sums[0] / 2, variance = sums[1] / 2 - mean * mean;
    if (!(variance > 0)) {
        memset(out, 0, count_indices(d, t->second_order) * sizeof *out);
        return;
    }
    t->estimator->indices(d, variance, sums, out, out + d);
    const double *s2 = sums + t->estimator->shared + t->estimator->own * d;
    double *to = out + 2 * d;
    for (size_t j = 0; t->second_order && j < d; j++) {
        for (size_t k = j + 1; k < d; k++)
            *to++ = *s2++ / variance - out[j] - out[k];
    }
}

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    if (!sw_frame_design_is(frame, "saltelli", "sobol", faults) || !sw_column_fits(frame, faults))
        return NULL;
    const options *o = opts;
    bool second_order = sw_frame_flag(frame, "second_order");
    size_t d = sw_frame_factors(frame);
    size_t stride = second_order ? 2 * d + 2 : d + 2;
    if (d == 0 || frame->points % stride != 0) {
        sw_fault_add(faults, "/method",
                     "a saltelli design of %zu parameters has whole rows of %zu "
                     "points; %llu points are not",
                     d, stride, (unsigned long long)frame->points);
        return NULL;
    }
    if (!sw_interval_fits(&o->interval, count_indices(d, second_order) + 2 * d + 6, faults))
        return NULL;
    state *s = sw_calloc(1, sizeof *s);
    s->frame = frame;
    s->options = *o;
    s->column.frame = frame;
    s->d = d;
    s->stride = stride;
    s->second_order = second_order;
    return s;
}

static void
feed(void *self, const sw_rows *rows)
{
    sw_column_feed(&((state *)self)->column, rows);
}

static void
free_state(void *self)
{
    state *s = self;
    sw_column_fini(&s->column);
    free(s);
}

enum { SCALED = 600 };

// A power of two by which values must be divided that they can be squared; 1 of almost all.
static double
scale_of(const double *y, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fabs(y[i]) > largest ? fabs(y[i]) : largest;
    bool small = largest > 0 && largest < 1e-145;
    return largest > 1e145 ? ldexp(1, SCALED) : small ? ldexp(1, -SCALED) : 1;
}

// Mean and variance (n in the denominator) of all values, which are then standardised by them.
// A constant output becomes all zeros, so that rounding does not look like variance; then false.
static bool
standardise(double *y, size_t n, double *mean, double *variance)
{
    double squares = 0, scale = scale_of(y, n);
    for (size_t i = 0; scale != 1 && i < n; i++)
        y[i] = ldexp(y[i], scale > 1 ? -SCALED : SCALED);
    *mean = sw_mean(y, n);
    for (size_t i = 0; i < n; i++)
        squares += (y[i] - *mean) * (y[i] - *mean);
    *variance = squares / (double)n;
    double sd = sqrt(*variance);
    bool constant = sd <= 1e-14 * fabs(*mean) || sd == 0;
    if (constant)
        *variance = 0;
    for (size_t i = 0; i < n; i++)
        y[i] = constant ? 0 : (y[i] - *mean) / sd;
    *mean *= scale;
    *variance = constant ? 0 : *variance * scale * scale;
    return !constant;
}

// Index values of every resample, and from them the half-widths.
static void
half_widths(const state *s, const table *t, size_t n, double *half)
{
    size_t n_indices = count_indices(s->d, s->second_order), n_terms = count_terms(t);
    size_t resamples = (size_t)s->options.interval.resamples;
    double *sums = sw_malloc(resamples * n_terms * sizeof *sums);
    double *values = sw_malloc(resamples * n_indices * sizeof *values);
    sw_bootstrap_sums(n, n_terms, row_terms, t, resamples, s->frame->seed, sums);
    for (size_t b = 0; b < resamples; b++)
        indices_of_sums(t, sums + b * n_terms, (double)n, values + b * n_indices);
    sw_bootstrap_half_widths(values, resamples, n_indices, s->options.interval.confidence, half);
    free(values);
    free(sums);
}

static void
put_indices(json_t *result, const state *s, const double *v, const double *half)
{
    size_t d = s->d;
    sw_put(result, "S1", sw_result_vector(v, d));
    sw_put(result, "S1_conf", sw_result_vector(half, d));
    sw_put(result, "ST", sw_result_vector(v + d, d));
    sw_put(result, "ST_conf", sw_result_vector(half + d, d));
    if (s->second_order) {
        sw_put(result, "S2", sw_result_triangle(v + 2 * d, d));
        sw_put(result, "S2_conf", sw_result_triangle(half + 2 * d, d));
    }
}

static void
estimate(json_t *result, const state *s, size_t n)
{
    size_t n_indices = count_indices(s->d, s->second_order);
    table t = {.y = s->column.y,
               .d = s->d,
               .stride = s->stride,
               .second_order = s->second_order,
               .estimator = sw_estimator_find(s->options.estimator)};
    double *sums = sw_malloc(count_terms(&t) * sizeof *sums);
    double *v = sw_malloc(2 * n_indices * sizeof *v);
    sw_sums(n, count_terms(&t), row_terms, &t, sums);
    indices_of_sums(&t, sums, (double)n, v);
    half_widths(s, &t, n, v + n_indices);
    put_indices(result, s, v, v + n_indices);
    free(v);
    free(sums);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    sw_usage u = sw_column_take(&s->column, s->stride);
    if (!sw_usage_suffices(&u, 2, "base row", faults))
        return NULL;
    json_t *result = sw_result_new_grouped(s->frame, "sobol");
    double mean, variance;
    bool varies = standardise(s->column.y, u.n * s->stride, &mean, &variance);
    estimate(result, s, u.n);
    sw_put(result, "confidence", json_real(s->options.interval.confidence));
    sw_put(result, "estimator", json_string(s->options.estimator));
    sw_put(result, "mean", sw_result_number(mean));
    sw_put(result, "variance", sw_result_number(variance));
    sw_result_usage(result, &u, &s->column, "base row");
    if (!varies)
        sw_result_warn(result, "the output is constant: all indices are zero");
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.interval = {.resamples = 100, .confidence = 0.95},
                                 .estimator = sw_estimator_names[0]};
}

static const sw_field fields[] = {
    SW_INTERVAL_FIELDS(options, interval),
    {.name = "estimator",
     .type = SW_FIELD_STRING,
     .offset = offsetof(options, estimator),
     .one_of = sw_estimator_names,
     .doc = "Formulas of S1 and ST."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_sobol = {
    .name = "sobol",
    .doc = "Sobol' indices S1, ST and S2 with bootstrap intervals, from a saltelli design.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free_state = free_state,
};
