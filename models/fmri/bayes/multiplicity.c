// SPDX-License-Identifier: Apache-2.0
// Corrections for many voxels.
#include "models/fmri/bayes/multiplicity.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "models/fmri/bayes/student.h"
#include "models/fmri/bayes/ttest.h"
#include "models/fmri/common.h"

// ---- prior scales ----

static double
corrected_quantile(double n_voxels, double alpha)
{
    double m = floor(0.5 + sqrt(2 * n_voxels));
    while (m * (m - 1) / 2 >= n_voxels)
        m--;
    while (m * (m - 1) / 2 < n_voxels)
        m++;
    return pow(1 - alpha, 2 / m);
}

double
sw_fmri_corrected_scale(double n_voxels, double r, double alpha)
{
    return r * tan(M_PI * (0.5 - alpha)) / tan(M_PI * (corrected_quantile(n_voxels, alpha) - 0.5));
}

double
sw_fmri_corrected_scale_as_tool(double n_voxels, double r, double alpha)
{
    double quantile = corrected_quantile(n_voxels, alpha), x = r * tan(M_PI * (0.5 - alpha));
    double lo = 0, hi = r, scale = r;
    for (int k = 0; k < 200; k++) {
        scale = 0.5 * (lo + hi);
        double p = 0.5 + atan(x / scale) / M_PI;
        if (p >= quantile && p - quantile < 1e-4)
            break;
        if (p > quantile)
            lo = scale;
        else
            hi = scale;
    }
    return scale;
}

double
sw_fmri_expected_scale(double contrast, double noise, double share, double p)
{
    return contrast / noise * share / tan(M_PI * (p - 0.5));
}

// ---- posterior probabilities ----

static double
posterior_of(double logbf, double prior)
{
    return 1 / (1 + exp(-logbf) * (1 - prior) / prior);
}

void
sw_fmri_posterior_probabilities(size_t n, const double *logbf, double prior, double *p)
{
    for (size_t i = 0; i < n; i++)
        p[i] = posterior_of(logbf[i], prior);
}

// The derivative of the log likelihood of the mixture by the share, times share (1 - share): the
// mean posterior probability less the share. It is zero where EM would stand still.
static double
score(size_t n, const double *logbf, double share)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(logbf[i]))
            sum += posterior_of(logbf[i], share) - share;
    }
    return sum;
}

double
sw_fmri_estimated_prior(size_t n, const double *logbf, double floor_share)
{
    double lo = floor_share, hi = 1 - floor_share;
    if (!(score(n, logbf, lo) > 0))
        return lo;
    if (score(n, logbf, hi) > 0)
        return hi;
    for (int k = 0; k < 60 && hi - lo > 1e-12; k++) {
        double mid = 0.5 * (lo + hi);
        if (score(n, logbf, mid) > 0)
            lo = mid;
        else
            hi = mid;
    }
    return 0.5 * (lo + hi);
}

// ---- ranked lists ----

typedef struct ranked {
    double value;
    size_t index;
} ranked;

static int
ascending(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

// The values that are numbers, the smallest first; returns how many.
static size_t
rank(size_t n, const double *v, double sign, ranked **list)
{
    size_t m = 0;
    *list = sw_fmri_alloc(n, sizeof **list);
    for (size_t i = 0; i < n; i++) {
        if (!isnan(v[i]))
            (*list)[m++] = (ranked){sign * v[i], i};
    }
    qsort(*list, m, sizeof **list, ascending);
    return m;
}

static void
mark(size_t n, uint8_t *reject, size_t chosen, const ranked *list)
{
    for (size_t i = 0; i < n; i++)
        reject[i] = 0;
    for (size_t i = 0; i < chosen; i++)
        reject[list[i].index] = 1;
}

size_t
sw_fmri_bayesian_fdr(size_t n, const double *p, double q, uint8_t *reject)
{
    ranked *list;
    size_t m = rank(n, p, -1, &list), chosen = 0;
    double errors = 0;
    for (size_t i = 0; i < m; i++) {
        errors += 1 + list[i].value;
        if (errors > q * (double)(i + 1))
            break;
        chosen = i + 1;
    }
    mark(n, reject, chosen, list);
    free(list);
    return chosen;
}

size_t
sw_fmri_benjamini_hochberg(size_t n, const double *p, double q, uint8_t *reject, double *threshold)
{
    ranked *list;
    size_t m = rank(n, p, 1, &list), chosen = 0;
    for (size_t i = 0; i < m; i++) {
        if (list[i].value <= q * (double)(i + 1) / (double)m)
            chosen = i + 1;
    }
    if (threshold)
        *threshold = chosen ? list[chosen - 1].value : 0;
    mark(n, reject, chosen, list);
    free(list);
    return chosen;
}

size_t
sw_fmri_bonferroni(size_t n, const double *p, double alpha, uint8_t *reject)
{
    size_t tests = 0, chosen = 0;
    for (size_t i = 0; i < n; i++)
        tests += !isnan(p[i]);
    for (size_t i = 0; i < n; i++) {
        reject[i] = p[i] <= alpha / (double)tests;
        chosen += reject[i];
    }
    return chosen;
}

void
sw_fmri_p_values(size_t n, const double *t, double nu, int side, double *p)
{
    for (size_t i = 0; i < n; i++) {
        if (isnan(t[i]))
            p[i] = t[i];
        else if (side == SW_FMRI_TWO_SIDED)
            p[i] = sw_fmri_student_two_sided(nu, t[i]);
        else
            p[i] = sw_fmri_student_upper(nu, side == SW_FMRI_PLUS ? t[i] : -t[i]);
    }
}
