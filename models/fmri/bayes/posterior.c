// SPDX-License-Identifier: Apache-2.0
// Likelihood times prior at the nodes of panels; moments are sums over them, probabilities the sums
// of whole panels and one more panel for the rest.
#include "models/fmri/bayes/posterior.h"

#include <assert.h>
#include <math.h>

#include "models/fmri/bayes/delta.h"
#include "models/fmri/common.h"

struct sw_fmri_posterior {
    sw_fmri_test test;
    double t, top; // top: log of the largest density, taken out
    int n_breaks;
    double breaks[SW_FMRI_BREAKS_MAX + 2];
    double below[SW_FMRI_BREAKS_MAX + 2]; // P(δ <= break)
    double total, mean, sd;
};

static double
log_density(const sw_fmri_posterior *p, double delta)
{
    return sw_fmri_delta_log_likelihood(p->test.nu, p->test.n_eff, p->t, delta) +
           sw_fmri_delta_log_prior(&p->test, delta);
}

// Adds the integrals of 1, δ and δ² times the density from a to b.
static void
add_panel(const sw_fmri_posterior *p, double a, double b, double sum[3])
{
    double node[SW_FMRI_PANEL_NODES], weight[SW_FMRI_PANEL_NODES];
    sw_fmri_delta_panel(a, b, node, weight);
    for (int i = 0; i < SW_FMRI_PANEL_NODES; i++) {
        double mass = weight[i] * exp(log_density(p, node[i]) - p->top);
        double x = node[i] - p->mean;
        sum[0] += mass;
        sum[1] += mass * x;
        sum[2] += mass * x * x;
    }
}

sw_fmri_posterior *
sw_fmri_posterior_new(const sw_fmri_test *test, double t)
{
    assert(sw_fmri_test_is_valid(test) && isfinite(t));
    sw_fmri_posterior *p = sw_fmri_alloc(1, sizeof *p);
    sw_fmri_scales s = sw_fmri_delta_scales(test, t);
    double reach = sw_fmri_delta_reach(&s), sum[3] = {0};
    p->test = *test;
    p->t = t;
    p->top = sw_fmri_logbf(test, t);
    // Where the t is on the wrong side the posterior lies close to 0: panels from there.
    s.mode = (test->side == SW_FMRI_PLUS && t < 0) || (test->side == SW_FMRI_MINUS && t > 0)
                 ? 0
                 : s.mode;
    p->n_breaks = sw_fmri_delta_breaks(&s, test->side == SW_FMRI_PLUS ? 0 : -reach,
                                       test->side == SW_FMRI_MINUS ? 0 : reach, p->breaks);
    for (int k = 0; k + 1 < p->n_breaks; k++) {
        add_panel(p, p->breaks[k], p->breaks[k + 1], sum);
        p->below[k + 1] = sum[0];
    }
    p->total = sum[0];
    p->mean = sum[1] / sum[0];
    p->sd = sqrt(fmax(0, sum[2] / sum[0] - p->mean * p->mean));
    return p;
}

void
sw_fmri_posterior_free(sw_fmri_posterior **posterior)
{
    free(*posterior);
    *posterior = NULL;
}

double
sw_fmri_posterior_mean(const sw_fmri_posterior *p)
{
    return p->mean;
}

double
sw_fmri_posterior_sd(const sw_fmri_posterior *p)
{
    return p->sd;
}

double
sw_fmri_posterior_cdf(const sw_fmri_posterior *p, double x)
{
    int k = 0;
    double sum[3] = {0};
    if (!(x > p->breaks[0]))
        return isnan(x) ? x : 0;
    while (k + 1 < p->n_breaks && p->breaks[k + 1] <= x)
        k++;
    if (k + 1 == p->n_breaks)
        return 1;
    add_panel(p, p->breaks[k], x, sum);
    return fmin(1, (p->below[k] + sum[0]) / p->total);
}

double
sw_fmri_posterior_positive(const sw_fmri_posterior *p)
{
    return 1 - sw_fmri_posterior_cdf(p, 0);
}

double
sw_fmri_posterior_within(const sw_fmri_posterior *p, double eps)
{
    return sw_fmri_posterior_cdf(p, eps) - sw_fmri_posterior_cdf(p, -eps);
}

// The panel that holds the quantile, then false position with bisection within it (Illinois).
double
sw_fmri_posterior_quantile(const sw_fmri_posterior *p, double probability)
{
    int k = 0;
    while (k + 2 < p->n_breaks && p->below[k + 1] < probability * p->total)
        k++;
    double lo = p->breaks[k], hi = p->breaks[k + 1];
    double f_lo = p->below[k] / p->total - probability;
    double f_hi = p->below[k + 1] / p->total - probability;
    for (int i = 0; i < 100 && hi - lo > 1e-13 * (fabs(hi) + p->sd); i++) {
        double x = i % 3 == 2 ? 0.5 * (lo + hi) : lo - f_lo * (hi - lo) / (f_hi - f_lo);
        x = x > lo && x < hi ? x : 0.5 * (lo + hi);
        double f = sw_fmri_posterior_cdf(p, x) - probability;
        if (fabs(f) < 1e-15)
            return x;
        if (f < 0)
            lo = x, f_lo = f;
        else
            hi = x, f_hi = f;
    }
    return 0.5 * (lo + hi);
}
