// SPDX-License-Identifier: Apache-2.0
// The estimators' formulas, see docs/methods/analysis-sobol.md.
#include "lib/analysis/estimators.h"

#include <math.h>
#include <string.h>

// S1: B (AB - A), Saltelli et al. (2010) table 2 (b). ST: (A - AB)², Jansen (1999), table 2 (f).
static void
saltelli_terms(size_t d, double a, double b, const double *ab, double *out)
{
    out[0] = a + b;
    out[1] = a * a + b * b;
    double *s1 = out + 2, *st = s1 + d;
    for (size_t j = 0; j < d; j++) {
        s1[j] = b * (ab[j] - a);
        st[j] = (a - ab[j]) * (a - ab[j]);
    }
}

static void
saltelli_indices(size_t d, double variance, const double *means, double *s1, double *st)
{
    for (size_t j = 0; j < d; j++) {
        s1[j] = means[2 + j] / variance;
        st[j] = 0.5 * means[2 + d + j] / variance;
    }
}

// Both after Jansen (1999): S1 = 1 - (B - AB)² / 2V.
static void
jansen_terms(size_t d, double a, double b, const double *ab, double *out)
{
    saltelli_terms(d, a, b, ab, out);
    for (size_t j = 0; j < d; j++)
        out[2 + j] = (b - ab[j]) * (b - ab[j]);
}

static void
jansen_indices(size_t d, double variance, const double *means, double *s1, double *st)
{
    saltelli_indices(d, variance, means, s1, st);
    for (size_t j = 0; j < d; j++)
        s1[j] = 1 - 0.5 * s1[j];
}

// The products that the correlations of AB with B and with A are made of.
enum { MOMENT_SHARED = 6, MOMENT_OWN = 4 };

static void
moment_terms(size_t d, double a, double b, const double *ab, double *out)
{
    double shared[MOMENT_SHARED] = {a + b, a * a + b * b, a, a * a, b, b * b};
    memcpy(out, shared, sizeof shared);
    double *own = out + MOMENT_SHARED;
    for (size_t j = 0; j < d; j++) {
        own[j] = ab[j];
        own[d + j] = ab[j] * ab[j];
        own[2 * d + j] = a * ab[j];
        own[3 * d + j] = b * ab[j];
    }
}

// Means and mean squares of two outputs, and the mean of their product.
typedef double (*correlation)(double x, double xx, double y, double yy, double xy);

// The plain correlation: Martinez (2011), Baudin et al. (2016).
static double
martinez(double x, double xx, double y, double yy, double xy)
{
    double product = (xx - x * x) * (yy - y * y);
    return product > 0 ? (xy - x * y) / sqrt(product) : 0;
}

// With the means and squares of both taken together: Janon et al. (2014), ESAIM PS 18:342, eq. 6;
// Monod, Naud and Makowski (2006).
static double
janon(double x, double xx, double y, double yy, double xy)
{
    double mean = 0.5 * (x + y), spread = 0.5 * (xx + yy) - mean * mean;
    return spread > 0 ? (xy - mean * mean) / spread : 0;
}

static void
moment_indices(size_t d, const double *means, correlation of, double *s1, double *st)
{
    const double *own = means + MOMENT_SHARED;
    for (size_t j = 0; j < d; j++) {
        double ab = own[j], squares = own[d + j];
        s1[j] = of(means[4], means[5], ab, squares, own[3 * d + j]);
        st[j] = 1 - of(means[2], means[3], ab, squares, own[2 * d + j]);
    }
}

static void
martinez_indices(size_t d, double variance, const double *means, double *s1, double *st)
{
    (void)variance;
    moment_indices(d, means, martinez, s1, st);
}

static void
janon_indices(size_t d, double variance, const double *means, double *s1, double *st)
{
    (void)variance;
    moment_indices(d, means, janon, s1, st);
}

static const sw_estimator estimators[] = {
    {"saltelli", 2, 2, saltelli_terms, saltelli_indices},
    {"jansen", 2, 2, jansen_terms, jansen_indices},
    {"martinez", MOMENT_SHARED, MOMENT_OWN, moment_terms, martinez_indices},
    {"janon", MOMENT_SHARED, MOMENT_OWN, moment_terms, janon_indices},
};

const char *const sw_estimator_names[] = {"saltelli", "jansen", "martinez", "janon", NULL};

const sw_estimator *
sw_estimator_find(const char *name)
{
    size_t e = 0;
    while (strcmp(estimators[e].name, name) != 0)
        e++;
    return &estimators[e];
}
