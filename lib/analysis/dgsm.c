// SPDX-License-Identifier: Apache-2.0
// `dgsm`: mean squared derivatives from finite differences, and the bound that they put on total
// indices. Sobol' and Kucherenko (2009), MCS 79:3009, with the bound for uniform and
// normal inputs.
#include "lib/analysis/bootstrap.h"
#include "lib/analysis/method.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"
#include "lib/base/normal.h"

typedef struct options {
    sw_interval interval;
} options;

// Rows of d + 1 points: the base, then one step in each parameter in turn.
typedef struct state {
    const sw_frame *frame;
    options options;
    sw_data data;
    size_t d;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    size_t d = frame->n_parameters;
    if (!sw_frame_design_is(frame, "dgsm", "dgsm", faults) || !sw_data_fits(frame, faults) ||
        !sw_interval_fits(&o->interval, d, faults))
        return NULL;
    if (frame->substitute) {
        sw_fault_add(
            faults, "/substitute",
            "between a substituted value and its neighbour, a small step away, there is no "
            "slope: rows can only be dropped");
        return NULL;
    }
    if (d == 0 || frame->points % (d + 1) != 0) {
        sw_fault_add(faults, "/method",
                     "a design of finite differences in %zu parameters has rows "
                     "of %zu points; %llu points are not",
                     d, d + 1, (unsigned long long)frame->points);
        return NULL;
    }
    state *s = sw_calloc(1, sizeof *s);
    s->frame = s->data.column.frame = frame;
    s->options = *o;
    s->d = d;
    return s;
}

static void
feed(void *self, const sw_rows *rows)
{
    sw_data_feed(&((state *)self)->data, rows);
}

static void
free_state(void *self)
{
    state *s = self;
    sw_data_fini(&s->data);
    free(s);
}

// Squared derivatives of row i, then, for each, whether there was a step at all.
static void
row_terms(const void *data, size_t i, double *out)
{
    const state *s = data;
    size_t base = i * (s->d + 1);
    const double *y = s->data.column.y + base;
    for (size_t j = 0; j < s->d; j++) {
        double step = s->data.x[j][base + 1 + j] - s->data.x[j][base];
        double slope = step != 0 ? (y[1 + j] - y[0]) / step : 0;
        out[j] = slope * slope;
        out[s->d + j] = step != 0;
    }
}

enum { PROBES = 5 };

// The scale of the law of which q are the quantiles at (k + 0.5) / PROBES, when those of the
// standard law are z; NaN if it is not that law.
static double
scale_of(const double *q, const double *z)
{
    double scale = (q[PROBES - 1] - q[0]) / (z[PROBES - 1] - z[0]);
    for (int k = 1; k < PROBES; k++) {
        if (fabs(q[k] - q[k - 1] - scale * (z[k] - z[k - 1])) > 1e-9 * fabs(scale))
            return NAN;
    }
    return scale;
}

// min(u, 1 - u) q'(u), the share beyond a quantile over the density there, at the probability u or,
// in the upper half, 1 - v; NaN where the law is not continuous.
static double
cheeger_at(const sw_frame *f, size_t j, double u, bool upper)
{
    double step = 1e-3 * u, a = u - step, b = u + step;
    double from = f->quantile(f->context, j, upper ? 1 - b : a);
    double to = f->quantile(f->context, j, upper ? 1 - a : b);
    double slope = (to - from) / (2 * step);
    return slope > 0 && isfinite(slope) ? u * slope : NAN;
}

// 4 sup (min(F, 1 - F) / density)^2, which bounds the constant of any continuous law (Lamboni,
// Iooss, Popelin and Gamboa 2013, MCS 87:45, after Cheeger): looser than the constant itself by up
// to pi^2. NaN where it grows on and on into a tail: there is no such bound for heavy ones.
static double
cheeger_bound(const sw_frame *f, size_t j)
{
    double most = 0;
    for (int tail = 0; tail < 2; tail++) {
        double last = 0, before = 0;
        // Down to 2^-24, where 1 - u still has digits to spare.
        for (int k = 16; k <= 24 * 16; k++) {
            double h = cheeger_at(f, j, exp2(-k / 16.0), tail == 1);
            if (isnan(h))
                return NAN;
            most = fmax(most, h);
            if (k == 20 * 16)
                before = h;
            last = h;
        }
        if (last > 1.02 * before && last >= most * (1 - 1e-6))
            return NAN;
    }
    return 4 * most * most;
}

// The constant C with ST <= C nu / V, of Poincare's inequality: (b - a)² / pi² for the uniform law,
// sd² for the normal one (Roustant, Barthe and Iooss 2017, EJS 11:3081), told by their
// quantiles; for others a bound on it.
static double
bound_constant(const sw_frame *f, size_t j)
{
    if (!f->quantile)
        return NAN;
    double q[PROBES], u[PROBES], z[PROBES];
    for (int k = 0; k < PROBES; k++) {
        u[k] = (k + 0.5) / PROBES;
        z[k] = sw_normal_quantile(u[k], 1 - u[k]);
        q[k] = f->quantile(f->context, j, u[k]);
    }
    double range = scale_of(q, u), sd = scale_of(q, z);
    if (!isnan(range))
        return range * range / (M_PI * M_PI);
    return isnan(sd) ? cheeger_bound(f, j) : sd * sd;
}

static double
base_variance(const state *s, size_t n)
{
    sw_moments m = {0};
    for (size_t i = 0; i < n; i++)
        sw_moments_add(&m, s->data.column.y[i * (s->d + 1)]);
    return m.squares / (double)n;
}

static void
put_indices(json_t *result, const state *s, size_t n)
{
    size_t d = s->d, resamples = (size_t)s->options.interval.resamples;
    double *nu = sw_malloc(6 * d * sizeof *nu), *half = nu + 2 * d, *bound = nu + 3 * d;
    double *bound_half = nu + 4 * d;
    double *sums = sw_malloc(2 * d * resamples * sizeof *sums);
    double *values = sw_malloc(d * resamples * sizeof *values), variance = base_variance(s, n);
    sw_sums(n, 2 * d, row_terms, s, nu);
    sw_bootstrap_sums(n, 2 * d, row_terms, s, resamples, s->frame->seed, sums);
    for (size_t b = 0; b < resamples; b++) {
        for (size_t j = 0; j < d; j++)
            values[b * d + j] = sums[b * 2 * d + j] / sums[b * 2 * d + d + j];
    }
    sw_bootstrap_half_widths(values, resamples, d, s->options.interval.confidence, half);
    for (size_t j = 0; j < d; j++) {
        double scale = variance > 0 ? bound_constant(s->frame, j) / variance : 0;
        if (nu[d + j] < (double)n)
            sw_result_warn(result, "%.60s: %.0f of %zu rows have no step", s->frame->names[j],
                           (double)n - nu[d + j], n);
        if (isnan(scale))
            sw_result_warn(result, "%.60s: no bound is known for its law: dgsm has no value",
                           s->frame->names[j]);
        nu[j] /= nu[d + j];
        bound[j] = nu[j] * scale;
        bound_half[j] = half[j] * scale;
    }
    sw_put(result, "vi", sw_result_vector(nu, d));
    sw_put(result, "vi_conf", sw_result_vector(half, d));
    sw_put(result, "dgsm", sw_result_vector(bound, d));
    sw_put(result, "dgsm_conf", sw_result_vector(bound_half, d));
    sw_put(result, "variance", sw_result_number(variance));
    free(values);
    free(sums);
    free(nu);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    sw_usage u = sw_data_take(&s->data, s->d + 1);
    if (!sw_usage_suffices(&u, 2, "row", faults))
        return NULL;
    json_t *result = sw_result_new(s->frame, "dgsm");
    put_indices(result, s, u.n);
    sw_put(result, "confidence", json_real(s->options.interval.confidence));
    sw_result_usage(result, &u, &s->data.column, "row");
    sw_result_texts(result, s->frame);
    sw_result_constant(result, s->data.column.y, u.n * (s->d + 1));
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.interval = {.resamples = 100, .confidence = 0.95}};
}

static const sw_field fields[] = {
    SW_INTERVAL_FIELDS(options, interval),
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_dgsm = {
    .name = "dgsm",
    .doc = "Mean squared derivatives and their bound on ST, from finite differences.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free_state = free_state,
};
