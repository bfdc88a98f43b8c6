// SPDX-License-Identifier: Apache-2.0
// BF of a range = BF of the whole alternative × posterior probability of the range / its prior one.
#include "models/fmri/bayes/interval.h"

#include <assert.h>
#include <math.h>

#include "models/fmri/bayes/delta.h"

// The pieces of the real line that a hypothesis is made of, within the side of the test.
typedef struct pieces {
    int n;
    double from[2], to[2];
} pieces;

static void
add(pieces *p, double from, double to)
{
    if (from < to) {
        p->from[p->n] = from;
        p->to[p->n++] = to;
    }
}

static pieces
pieces_of(const sw_fmri_test *test, const sw_fmri_interval *i)
{
    pieces p = {0};
    double lo = test->side == SW_FMRI_PLUS ? 0 : -INFINITY;
    double hi = test->side == SW_FMRI_MINUS ? 0 : INFINITY;
    if (!i->complement) {
        add(&p, fmax(lo, i->lower), fmin(hi, i->upper));
        return p;
    }
    add(&p, lo, fmin(hi, i->lower));
    add(&p, fmax(lo, i->upper), hi);
    return p;
}

static double
log_sum(double a, double b)
{
    double top = fmax(a, b);
    return isinf(top) ? top : top + log(exp(a - top) + exp(b - top));
}

// The Cauchy probability of (a, b), without cancellation in the tails.
static double
prior_of(double a, double b, double r)
{
    if (a > 0)
        return (atan2(r, a) - atan2(r, b)) / M_PI;
    if (b < 0)
        return prior_of(-b, -a, r);
    return (atan(b / r) - atan(a / r)) / M_PI;
}

double
sw_fmri_interval_log_prior(const sw_fmri_test *test, const sw_fmri_interval *interval)
{
    pieces p = pieces_of(test, interval);
    double sum = 0, sides = test->side == SW_FMRI_TWO_SIDED ? 1 : 2;
    for (int k = 0; k < p.n; k++)
        sum += sides * prior_of(p.from[k], p.to[k], test->r);
    return log(sum);
}

typedef struct posterior_of {
    const sw_fmri_test *test;
    double t;
} posterior_of;

static double
log_joint(const void *context, double delta)
{
    const posterior_of *p = context;
    return sw_fmri_delta_log_likelihood(p->test->nu, p->test->n_eff, p->t, delta) +
           sw_fmri_delta_log_prior(p->test, delta);
}

// log of the integral of likelihood over that at 0, times prior.
static double
log_marginal(const sw_fmri_test *test, const sw_fmri_interval *interval, double t)
{
    posterior_of x = {test, t};
    pieces p = pieces_of(test, interval);
    sw_fmri_scales s = sw_fmri_delta_scales(test, t);
    double sum = -INFINITY;
    for (int k = 0; k < p.n; k++)
        sum = log_sum(sum, sw_fmri_delta_log_integral(log_joint, &x, &s, p.from[k], p.to[k]));
    return sum;
}

double
sw_fmri_interval_log_posterior(const sw_fmri_test *test, const sw_fmri_interval *interval, double t)
{
    return isnan(t) ? t : log_marginal(test, interval, t) - sw_fmri_logbf(test, t);
}

double
sw_fmri_interval_logbf(const sw_fmri_test *test, const sw_fmri_interval *interval, double t)
{
    assert(sw_fmri_test_is_valid(test) && interval->lower < interval->upper);
    double prior = sw_fmri_interval_log_prior(test, interval);
    return isnan(t) || isinf(prior) ? NAN : log_marginal(test, interval, t) - prior;
}

double
sw_fmri_rope_logbf(const sw_fmri_test *test, double eps, double t)
{
    assert(eps > 0);
    sw_fmri_interval in = {-eps, eps, false}, out = {-eps, eps, true};
    return sw_fmri_interval_logbf(test, &out, t) - sw_fmri_interval_logbf(test, &in, t);
}
