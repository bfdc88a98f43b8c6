// SPDX-License-Identifier: Apache-2.0
// The Zellner-Siow integral over g = n r² e^u by the trapezoid rule in u, as in ttest.c.
#include "models/fmri/bayes/regression.h"

#include <assert.h>
#include <math.h>

#define STEP 0.25
#define FIRST (-4.75)

// log ∫ (1 + g)^(up/2) (1 + g rest)^(-down/2) × prior of u; rest = 1 − R².
static double
integrate(double n_r2, double up, double down, double rest)
{
    double last = 120, top = -INFINITY, sum = 0; // the prior falls as e^(-u/2) at least
    if (rest > 0)
        last = fmax(last, 90 - log(rest) - log(n_r2));
    size_t n = (size_t)ceil((last - FIRST) / STEP);
    for (size_t i = 0; i < n; i++) {
        double u = FIRST + (double)i * STEP, e = exp(u), g = n_r2 * e;
        double l = 0.5 * up * log1p(g) - 0.5 * down * log1p(g * rest) - 0.91893853320467274178 -
                   0.5 * u - 0.5 / e;
        if (l > top) {
            sum *= exp(top - l);
            top = l;
        }
        sum += exp(l - top);
    }
    return top + log(sum * STEP);
}

double
sw_fmri_regression_logbf(size_t n, size_t p, double r2, double r)
{
    assert(p >= 1 && n > p + 1 && r2 >= 0 && r2 <= 1);
    double m = (double)n - 1;
    if (r2 == 1)
        return INFINITY; // the integrand grows without bound, as n > p + 1
    return integrate((double)n * r * r, m - (double)p, m, 1 - r2);
}

double
sw_fmri_covariate_logbf(size_t n, size_t n_nuisance, double t, double r)
{
    double nu = (double)n - 2 - (double)n_nuisance;
    assert(nu >= 1);
    if (isnan(t))
        return t;
    // m = n − n_nuisance − 1 = ν + 1; with R² = t²/(t² + ν) the rest is ν/(t² + ν).
    return integrate((double)n * r * r, nu, nu + 1, nu / (fmin(t * t, 1e200) + nu));
}
