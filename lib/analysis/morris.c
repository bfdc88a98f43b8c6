// SPDX-License-Identifier: Apache-2.0
// `morris`: elementary effects from trajectories that change one parameter (or group) a step.
// Morris (1991), Technometrics 33:161; mu* and groups: Campolongo, Cariboni and Saltelli (2007).
#include "lib/analysis/bootstrap.h"
#include "lib/analysis/method.h"
#include "lib/analysis/methods.h"

typedef struct options {
    sw_interval interval;
    bool scaled;
} options;

typedef struct state {
    sw_data data;
    const sw_frame *frame;
    options options;
    size_t d; // factors: a trajectory has d + 1 points
    double delta;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    size_t d = sw_frame_factors(frame);
    if (!sw_frame_design_is(frame, "morris", "morris", faults) || !sw_data_fits(frame, faults) ||
        !sw_interval_fits(&o->interval, d, faults))
        return NULL;
    uint64_t levels = sw_frame_integer(frame, "levels", 4);
    if (d == 0 || levels < 2 || frame->points % (d + 1) != 0) {
        sw_fault_add(faults, "/method",
                     "a morris design of %zu factors has trajectories of %zu "
                     "points over at least 2 levels; %llu points over %llu levels are not",
                     d, d + 1, (unsigned long long)frame->points, (unsigned long long)levels);
        return NULL;
    }
    state *s = sw_calloc(1, sizeof *s);
    s->frame = s->data.column.frame = frame;
    s->options = *o;
    s->d = d;
    s->delta = (double)levels / (2 * ((double)levels - 1));
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

// The factor that changes from point i to the next, and the sign of its change (of its first
// parameter). Quantile functions rise, so values tell what happened in the unit cube. d if none
// changed: two levels may have the same value.
static size_t
changed_factor(const state *s, size_t i, double *sign)
{
    for (size_t j = 0; j < s->frame->n_parameters; j++) {
        double change = s->data.x[j][i + 1] - s->data.x[j][i];
        if (change == 0)
            continue;
        *sign = change > 0 ? 1 : -1;
        return s->frame->n_groups ? s->frame->group[j] : j;
    }
    *sign = 1;
    return s->d;
}

// The first factor that the trajectory has not moved yet: who made a step that shows in no value.
static size_t
first_unmoved(const bool *moved, size_t d)
{
    for (size_t j = 0; j < d; j++) {
        if (!moved[j])
            return j;
    }
    return d;
}

// Standard deviation (n) of the trajectory's outputs, and the factor of an effect that scales it as
// Sin and Gernaey (2009): that of the input within the trajectory, over that of the output.
// step counts from 0: the input has its old value in step + 1 of the d + 1 points.
static double
scale_of(const state *s, const double *y, size_t step)
{
    double n = (double)(s->d + 1), mean = 0, squares = 0;
    for (size_t i = 0; i <= s->d; i++)
        mean += y[i] / n;
    for (size_t i = 0; i <= s->d; i++)
        squares += (y[i] - mean) * (y[i] - mean) / n;
    double old = (double)(step + 1) / n;
    return squares > 0 ? s->delta * sqrt(old * (1 - old)) / sqrt(squares) : 0;
}

// Elementary effects of trajectory t, in units of the unit cube, into effects[d]. False if it does
// not move each factor once, as an uploaded trajectory may.
static bool
trajectory_effects(const state *s, size_t t, double *effects, bool *moved)
{
    size_t first = t * (s->d + 1);
    const double *y = s->data.column.y + first;
    double sign;
    memset(moved, 0, s->d * sizeof *moved);
    for (size_t step = 0; step < s->d; step++) {
        size_t j = changed_factor(s, first + step, &sign);
        if (j == s->d)
            continue;
        if (moved[j])
            return false;
        moved[j] = true;
        effects[j] = sign * (y[step + 1] - y[step]) / s->delta;
        effects[j] *= s->options.scaled ? scale_of(s, y, step) : 1;
    }
    // Steps that show in no value belong to the factors that are left, in any order: without a
    // change of value only noise is in them.
    for (size_t step = 0; step < s->d; step++) {
        if (changed_factor(s, first + step, &sign) < s->d)
            continue;
        size_t j = first_unmoved(moved, s->d);
        moved[j] = true;
        effects[j] = (y[step + 1] - y[step]) / s->delta;
        effects[j] *= s->options.scaled ? scale_of(s, y, step) : 1;
    }
    return true;
}

// Effects of all usable trajectories, [n][d]; returns how many there are.
static size_t
all_effects(const state *s, size_t trajectories, double *effects)
{
    bool *moved = sw_malloc(s->d * sizeof *moved);
    size_t n = 0;
    for (size_t t = 0; t < trajectories; t++)
        n += trajectory_effects(s, t, effects + n * s->d, moved);
    free(moved);
    return n;
}

typedef struct effects {
    size_t d;
    const double *v;
} effects;

static void
absolute_terms(const void *data, size_t i, double *out)
{
    const effects *e = data;
    for (size_t j = 0; j < e->d; j++)
        out[j] = fabs(e->v[i * e->d + j]);
}

// The standard deviation (n - 1) of factor j's effects.
static double
spread(const effects *e, size_t n, size_t j, double mean)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (e->v[i * e->d + j] - mean) * (e->v[i * e->d + j] - mean);
    return sqrt(squares / (double)(n - 1));
}

// A group has no direction, so only mu* is defined for one of several parameters.
static bool
is_single(const sw_frame *frame, size_t factor)
{
    size_t members = 0;
    for (size_t j = 0; frame->n_groups && j < frame->n_parameters; j++)
        members += frame->group[j] == factor;
    return !frame->n_groups || members == 1;
}

static void
put_statistics(json_t *result, const state *s, const effects *e, size_t n)
{
    size_t d = s->d, resamples = (size_t)s->options.interval.resamples;
    double *mu = sw_calloc(4 * d, sizeof *mu), *mu_star = mu + d, *sigma = mu + 2 * d;
    double *half = mu + 3 * d, *boot = sw_malloc(resamples * d * sizeof *boot);
    sw_sums(n, d, absolute_terms, e, mu_star);
    sw_bootstrap_sums(n, d, absolute_terms, e, resamples, s->frame->seed, boot);
    for (size_t k = 0; k < resamples * d; k++)
        boot[k] /= (double)n;
    sw_bootstrap_half_widths(boot, resamples, d, s->options.interval.confidence, half);
    for (size_t j = 0; j < d; j++) {
        mu_star[j] /= (double)n;
        for (size_t i = 0; i < n; i++)
            mu[j] += e->v[i * d + j] / (double)n;
        sigma[j] = spread(e, n, j, mu[j]);
        if (!is_single(s->frame, j))
            mu[j] = sigma[j] = NAN;
    }
    sw_put(result, "mu", sw_result_vector(mu, d));
    sw_put(result, "mu_star", sw_result_vector(mu_star, d));
    sw_put(result, "sigma", sw_result_vector(sigma, d));
    sw_put(result, "mu_star_conf", sw_result_vector(half, d));
    free(boot);
    free(mu);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    sw_usage u = sw_data_take(&s->data, s->d + 1);
    double *v = sw_malloc((u.n * s->d + 1) * sizeof *v);
    uint64_t whole = u.n;
    u.n = all_effects(s, u.n, v);
    json_t *result = NULL;
    if (sw_usage_suffices(&u, 2, "trajectory", faults)) {
        result = sw_result_new_grouped(s->frame, "morris");
        effects e = {.d = s->d, .v = v};
        put_statistics(result, s, &e, u.n);
        sw_put(result, "confidence", json_real(s->options.interval.confidence));
        sw_result_usage(result, &u, &s->data.column, "trajectory");
        sw_result_texts(result, s->frame);
        sw_result_constant(result, s->data.column.y, whole * (s->d + 1));
        if (whole > u.n)
            sw_result_warn(result, "%llu trajectories do not move each factor once",
                           (unsigned long long)(whole - u.n));
    }
    free(v);
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.interval = {.resamples = 1000, .confidence = 0.95}};
}

static const sw_field fields[] = {
    SW_INTERVAL_FIELDS(options, interval),
    {.name = "scaled",
     .type = SW_FIELD_BOOLEAN,
     .offset = offsetof(options, scaled),
     .doc = "Scale effects by the deviations of input and output within their trajectory."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_morris = {
    .name = "morris",
    .doc = "Elementary effects mu, mu* and sigma, from a morris design.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free_state = free_state,
};
