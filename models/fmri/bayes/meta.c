// SPDX-License-Identifier: Apache-2.0
// Studies that share an effect, exactly or on average.
#include "models/fmri/bayes/meta.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/fmri/bayes/delta.h"
#include "models/fmri/bayes/table.h"
#include "models/fmri/common.h"

// ---- fixed effect ----

// moments: tables of the likelihood's integral by q, NULL to take the integral itself.
typedef struct fixed {
    size_t k;
    const sw_fmri_study *studies;
    const sw_fmri_test *prior;
    sw_fmri_table *const *moments;
} fixed;

static double
log_likelihood(const fixed *f, size_t i, double delta)
{
    const sw_fmri_study *s = &f->studies[i];
    if (!f->moments)
        return sw_fmri_delta_log_likelihood(s->nu, s->n_eff, s->t, delta);
    double x = sqrt(s->n_eff) * delta, q = x * s->t / sqrt(s->t * s->t + s->nu), value;
    sw_fmri_table_eval(f->moments[i], 1, &q, &value);
    return value - 0.5 * x * x;
}

static double
log_joint(const void *context, double delta)
{
    const fixed *f = context;
    double sum = sw_fmri_delta_log_prior(f->prior, delta);
    for (size_t i = 0; i < f->k; i++)
        sum += log_likelihood(f, i, delta);
    return sum;
}

// The product of likelihoods is about normal: precisions add.
static sw_fmri_scales
scales_of(const fixed *f)
{
    double precision = 0, sum = 0;
    for (size_t i = 0; i < f->k; i++) {
        sw_fmri_test test = {f->studies[i].nu, f->studies[i].n_eff, f->prior->r, SW_FMRI_TWO_SIDED};
        sw_fmri_scales s = sw_fmri_delta_scales(&test, f->studies[i].t);
        precision += 1 / (s.width * s.width);
        sum += s.mode / (s.width * s.width);
    }
    return (sw_fmri_scales){sum / precision, 1 / sqrt(precision), f->prior->r};
}

static double
log_sum(double a, double b)
{
    double top = fmax(a, b);
    return isinf(top) ? top : top + log(exp(a - top) + exp(b - top));
}

static double
fixed_logbf(const fixed *f, const sw_fmri_interval *within)
{
    sw_fmri_scales s = scales_of(f);
    if (!within)
        return sw_fmri_delta_log_integral(log_joint, f, &s, -INFINITY, INFINITY);
    double prior = sw_fmri_interval_log_prior(f->prior, within);
    if (!within->complement)
        return sw_fmri_delta_log_integral(log_joint, f, &s, within->lower, within->upper) - prior;
    return log_sum(sw_fmri_delta_log_integral(log_joint, f, &s, -INFINITY, within->lower),
                   sw_fmri_delta_log_integral(log_joint, f, &s, within->upper, INFINITY)) -
           prior;
}

double
sw_fmri_meta_fixed(size_t k, const sw_fmri_study *studies, double r, const sw_fmri_interval *within)
{
    assert(k >= 1 && r > 0);
    sw_fmri_test prior = {1, 1, r, SW_FMRI_TWO_SIDED};
    return fixed_logbf(&(fixed){k, studies, &prior, NULL}, within);
}

// ---- random effects ----

double
sw_fmri_fisher_z(double t, double nu)
{
    return asinh(t / sqrt(nu)); // = atanh(t / √(t² + ν))
}

double
sw_fmri_fisher_se(double n)
{
    return 1 / sqrt(n - 3);
}

// log of ∫ N(m; δ, v) Cauchy(δ; r) dδ; *mean that of δ given m.
static double
log_voigt(double m, double v, double r, double *mean)
{
    double top = -INFINITY, sum = 0, shrunk = 0;
    double last = fmax(0, log(fmax(v, m * m)) - 2 * log(r)) + 44;
    size_t n = (size_t)ceil((last + 4.75) / 0.25);
    for (size_t i = 0; i < n; i++) {
        double u = -4.75 + 0.25 * (double)i, g = r * r * exp(u), all = v + g;
        double l = -0.5 * log(2 * M_PI * all) - 0.5 * m * m / all - 0.91893853320467274178 -
                   0.5 * u - 0.5 * exp(-u);
        if (l > top) {
            sum *= exp(top - l);
            shrunk *= exp(top - l);
            top = l;
        }
        sum += exp(l - top);
        shrunk += exp(l - top) * m * g / all;
    }
    *mean = shrunk / sum;
    return top + log(0.25 * sum);
}

// What one value of τ makes of the studies.
typedef struct pooled {
    double mean, variance; // of the weighted mean
    double log_rest;       // of the likelihood, without the weighted mean's
} pooled;

static pooled
pool(size_t k, const double *y, const double *se, double tau)
{
    double weights = 0, sum = 0, rest = 0, logs = 0;
    for (size_t i = 0; i < k; i++) {
        double w = 1 / (se[i] * se[i] + tau * tau);
        weights += w;
        sum += w * y[i];
        logs += 0.5 * log(w);
    }
    double m = sum / weights;
    for (size_t i = 0; i < k; i++)
        rest += (y[i] - m) * (y[i] - m) / (se[i] * se[i] + tau * tau);
    return (pooled){m, 1 / weights, logs - 0.5 * log(weights) - 0.5 * rest};
}

// Nodes of τ: panels that double from a fraction of the smallest standard error to 1. The weights
// are with the prior 2 (1 − τ).
enum { TAU_MAX = 40 * SW_FMRI_PANEL_NODES };

static size_t
tau_nodes(size_t k, const double *se, double *tau, double *weight)
{
    double least = INFINITY, from = 0;
    size_t n = 0;
    for (size_t i = 0; i < k; i++)
        least = fmin(least, se[i]);
    for (double to = fmax(least / 4, 1e-9); from < 1; to *= 2) {
        to = fmin(to, 1);
        sw_fmri_delta_panel(from, to, tau + n, weight + n);
        for (size_t i = 0; i < SW_FMRI_PANEL_NODES; i++, n++)
            weight[n] *= 2 * (1 - tau[n]);
        from = to;
    }
    return n;
}

static double
log_normal(double x, double variance)
{
    return -0.5 * log(2 * M_PI * variance) - 0.5 * x * x / variance;
}

sw_fmri_meta
sw_fmri_meta_random(size_t k, const double *y, const double *se, double r)
{
    double tau[TAU_MAX], weight[TAU_MAX], effect = -INFINITY, none = -INFINITY, sum = 0;
    size_t n = tau_nodes(k, se, tau, weight);
    for (size_t j = 0; j < n; j++) {
        pooled p = pool(k, y, se, tau[j]);
        double mean, base = log(weight[j]) + p.log_rest;
        double l = base + log_voigt(p.mean, p.variance, r, &mean);
        double after = log_sum(effect, l);
        sum = sum * exp(effect - after) + mean * exp(l - after);
        effect = after;
        none = log_sum(none, base + log_normal(p.mean, p.variance));
    }
    return (sw_fmri_meta){effect - none, sum};
}

// ---- many voxels ----

struct sw_fmri_meta_map {
    size_t k, n_tables;
    double r;
    bool random, cut;
    sw_fmri_interval within;
    double *nu, *n_eff, *se;
    sw_fmri_table **tables; // a study's likelihood by q, or a τ's mean by its value
    double *tau, *weight;
    struct voigt *voigts; // context of the tables of random effects
};

static double *
copy(size_t n, const double *from)
{
    double *to = sw_fmri_alloc(n, sizeof *to);
    memcpy(to, from, n * sizeof *to);
    return to;
}

static double
moment(const void *context, double q)
{
    return sw_fmri_delta_log_moment(*(const double *)context, q);
}

sw_fmri_meta_map *
sw_fmri_meta_map_fixed(size_t k, const double *nu, const double *n_eff, double r,
                       const sw_fmri_interval *within)
{
    sw_fmri_meta_map *m = sw_fmri_alloc(1, sizeof *m);
    m->k = m->n_tables = k;
    m->r = r;
    m->cut = within;
    if (within)
        m->within = *within;
    m->nu = copy(k, nu);
    m->n_eff = copy(k, n_eff);
    m->tables = sw_fmri_alloc(k, sizeof(sw_fmri_table *));
    for (size_t i = 0; i < k; i++)
        m->tables[i] = sw_fmri_table_of(moment, &m->nu[i], -1000, 1000, 1e-10);
    return m;
}

// Voigt's function for one τ, by the size of the weighted mean in its own standard errors, in which
// it is smooth.
typedef struct voigt {
    double variance, r;
} voigt;

static double
voigt_at(const void *context, double z)
{
    const voigt *v = context;
    double unused, mean = z * sqrt(v->variance);
    return log_voigt(mean, v->variance, v->r, &unused);
}

sw_fmri_meta_map *
sw_fmri_meta_map_random(size_t k, const double *se, double r)
{
    sw_fmri_meta_map *m = sw_fmri_alloc(1, sizeof *m);
    m->random = true;
    m->k = k;
    m->r = r;
    m->se = copy(k, se);
    m->tau = sw_fmri_alloc(TAU_MAX, sizeof *m->tau);
    m->weight = sw_fmri_alloc(TAU_MAX, sizeof *m->weight);
    m->n_tables = tau_nodes(k, se, m->tau, m->weight);
    m->tables = sw_fmri_alloc(m->n_tables, sizeof(sw_fmri_table *));
    m->voigts = sw_fmri_alloc(m->n_tables, sizeof *m->voigts);
    for (size_t j = 0; j < m->n_tables; j++) {
        voigt *v = &m->voigts[j];
        double weights = 0;
        for (size_t i = 0; i < k; i++)
            weights += 1 / (se[i] * se[i] + m->tau[j] * m->tau[j]);
        *v = (voigt){1 / weights, r};
        m->tables[j] = sw_fmri_table_of(voigt_at, v, 0, 4 * sqrt(weights), 1e-9);
    }
    return m;
}

static double
random_logbf(const sw_fmri_meta_map *m, const double *y)
{
    double effect = -INFINITY, none = -INFINITY;
    for (size_t j = 0; j < m->n_tables; j++) {
        pooled p = pool(m->k, y, m->se, m->tau[j]);
        double more, base = log(m->weight[j]) + p.log_rest;
        double z = fabs(p.mean) / sqrt(p.variance);
        sw_fmri_table_eval(m->tables[j], 1, &z, &more);
        effect = log_sum(effect, base + more);
        none = log_sum(none, base + log_normal(p.mean, p.variance));
    }
    return effect - none;
}

double
sw_fmri_meta_map_logbf(const sw_fmri_meta_map *m, const double *values)
{
    for (size_t i = 0; i < m->k; i++) {
        if (!isfinite(values[i]))
            return NAN;
    }
    if (m->random)
        return random_logbf(m, values);
    sw_fmri_study *studies = sw_fmri_alloc(m->k, sizeof *studies);
    sw_fmri_test prior = {1, 1, m->r, SW_FMRI_TWO_SIDED};
    for (size_t i = 0; i < m->k; i++)
        studies[i] = (sw_fmri_study){values[i], m->nu[i], m->n_eff[i]};
    double logbf_of =
        fixed_logbf(&(fixed){m->k, studies, &prior, m->tables}, m->cut ? &m->within : NULL);
    free(studies);
    return logbf_of;
}

void
sw_fmri_meta_map_free(sw_fmri_meta_map **map)
{
    sw_fmri_meta_map *m = *map;
    if (!m)
        return;
    for (size_t i = 0; i < m->n_tables; i++)
        sw_fmri_table_free(&m->tables[i]);
    free(m->tables);
    free(m->nu);
    free(m->n_eff);
    free(m->se);
    free(m->tau);
    free(m->weight);
    free(m->voigts);
    free(m);
    *map = NULL;
}
