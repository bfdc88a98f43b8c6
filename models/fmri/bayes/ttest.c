// SPDX-License-Identifier: Apache-2.0
// The JZS Bayes factor by a trapezoid rule in u = log g. With A = n_eff r² e^u the integrand is
//   (1 + A)^(-½) ((1 + t²/ν) / (1 + t²/(ν(1 + A))))^((ν+1)/2) × φ-like prior of u,
// analytic in a strip |Im u| < π/2, so equal steps converge exponentially: a step of 1/4 leaves
// 1e-13. One-sided tests multiply each node by twice the probability of the sign given g, which is
// Student's with ν + 1 degrees of freedom; in the wrong direction its falling factor cancels the
// growing one exactly (see log_wrong), so nothing large is formed and nothing is lost.
#include "models/fmri/bayes/ttest.h"

#include <assert.h>
#include <math.h>

#include "models/fmri/bayes/student.h"

#define STEP 0.25
#define FIRST (-4.75) // the prior is e^-55 of its maximum there
#define T_MAX 1e100

sw_fmri_test
sw_fmri_one_sample(size_t n, double r, sw_fmri_side side)
{
    return (sw_fmri_test){.nu = (double)n - 1, .n_eff = (double)n, .r = r, .side = side};
}

sw_fmri_test
sw_fmri_two_sample(size_t n1, size_t n2, double r, sw_fmri_side side)
{
    double a = (double)n1, b = (double)n2;
    return (sw_fmri_test){.nu = a + b - 2, .n_eff = a * b / (a + b), .r = r, .side = side};
}

bool
sw_fmri_test_is_valid(const sw_fmri_test *test)
{
    return test->nu >= 1 && test->nu <= 1e12 && test->n_eff >= 1e-6 && test->n_eff <= 1e12 &&
           test->r >= 1e-9 && test->r <= 1e9 && test->side <= SW_FMRI_MINUS;
}

// One node: the logarithm of the prior of u with (1 + A)^(-½), and what t adds.
typedef struct node {
    double prior;
    double shrink; // A / (1 + A)
    double rest;   // 1 / (1 + A)
} node;

static node
node_at(double n_r2, double u)
{
    double g = exp(u), a = n_r2 * g;
    const double half_log_2pi = 0.91893853320467274178;
    return (node){.prior = -0.5 * log1p(a) - half_log_2pi - 0.5 * u - 0.5 / g,
                  .shrink = a / (1 + a),
                  .rest = 1 / (1 + a)};
}

// (ν+1)/2 × log of (1 + t²/ν) / (1 + t²/(ν(1 + A))), which is −log(1 − x) with x below.
static double
log_growth(double nu, double t2, const node *k)
{
    double x = t2 / (nu + t2) * k->shrink;
    if (x < 0.5)
        return -0.5 * (nu + 1) * log1p(-x);
    return 0.5 * (nu + 1) * (log1p(t2 / nu) - log1p(t2 / nu * k->rest));
}

static double
log_two_sided(const sw_fmri_test *test, double t2, const node *k)
{
    return k->prior + log_growth(test->nu, t2, k);
}

// log Q(|z|) of the Student variable whose sign is that of δ.
static double
log_mills_of(const sw_fmri_test *test, double t2, const node *k)
{
    double m = test->nu + 1;
    double z2 = m * (t2 * k->shrink / (test->nu + t2 * k->rest));
    return sw_fmri_student_log_mills(m, sqrt(z2));
}

// A one-sided test with t in the other direction: growth × P(sign) is Q(z) alone.
static double
log_wrong(const sw_fmri_test *test, double t2, const node *k)
{
    return k->prior + M_LN2 + log_mills_of(test, t2, k);
}

static double
log_right(const sw_fmri_test *test, double t2, const node *k)
{
    double grow = log_growth(test->nu, t2, k);
    return k->prior + grow + M_LN2 + log1p(-exp(log_mills_of(test, t2, k) - grow));
}

typedef double (*integrand)(const sw_fmri_test *test, double t2, const node *k);

// Beyond log of (t² ∨ 1)/(n r²) the integrand falls as e^-u; before, at least as e^(-u/2) from 0
// on.
static double
integrate(const sw_fmri_test *test, double t2, integrand f)
{
    double n_r2 = test->n_eff * test->r * test->r;
    double last = fmax(0, log(fmax(1, t2)) - log(n_r2)) + 42;
    double top = -INFINITY, sum = 0;
    size_t n = (size_t)ceil((last - FIRST) / STEP);
    for (size_t i = 0; i < n; i++) {
        node k = node_at(n_r2, FIRST + (double)i * STEP);
        double l = f(test, t2, &k);
        if (l <= top) {
            sum += exp(l - top);
        } else {
            sum = sum * exp(top - l) + 1;
            top = l;
        }
    }
    return top + log(sum * STEP);
}

double
sw_fmri_logbf(const sw_fmri_test *test, double t)
{
    assert(sw_fmri_test_is_valid(test));
    if (isnan(t))
        return t;
    double size = fmin(fabs(t), T_MAX), t2 = size * size;
    if (test->side == SW_FMRI_TWO_SIDED)
        return integrate(test, t2, log_two_sided);
    return integrate(test, t2, (t >= 0) == (test->side == SW_FMRI_PLUS) ? log_right : log_wrong);
}

// Bisection in asinh(t): log BF grows with |t|, or with t in the direction of a one-sided test.
double
sw_fmri_t_reaching(const sw_fmri_test *test, double logbf)
{
    double sign = test->side == SW_FMRI_MINUS ? -1 : 1;
    double lo = test->side == SW_FMRI_TWO_SIDED ? 0 : -asinh(1e6), hi = asinh(1e6);
    if (!(sw_fmri_logbf(test, sign * sinh(lo)) <= logbf &&
          sw_fmri_logbf(test, sign * 1e6) >= logbf))
        return NAN;
    while (hi - lo > 1e-14) {
        double mid = 0.5 * (lo + hi);
        if (sw_fmri_logbf(test, sign * sinh(mid)) < logbf)
            lo = mid;
        else
            hi = mid;
    }
    return sign * sinh(0.5 * (lo + hi));
}
