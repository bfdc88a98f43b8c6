// SPDX-License-Identifier: Apache-2.0
// Sums over subjects, voxel by voxel, a block of voxels at a time so that sums stay in the cache
// while images stream by.
#include "models/fmri/bayes/columns.h"

#include <math.h>
#include <string.h>

#include "models/fmri/common.h"

enum { BLOCK = 512 };

// Value v of image s; the second image of a pair is subtracted.
typedef struct source {
    const float *const *a, *const *b;
    size_t n, from; // images; the block's first voxel
} source;

static void
read_block(const source *s, size_t image, size_t n, double *restrict x)
{
    const float *restrict a = s->a[image] + s->from;
    for (size_t v = 0; v < n; v++)
        x[v] = a[v];
    if (!s->b)
        return;
    const float *restrict b = s->b[image] + s->from;
    for (size_t v = 0; v < n; v++)
        x[v] -= b[v];
}

// Means and sums of squared deviations of one block.
static void
moments(const source *s, size_t n, double *restrict mean, double *restrict squares)
{
    double x[BLOCK];
    memset(mean, 0, n * sizeof *mean);
    memset(squares, 0, n * sizeof *squares);
    for (size_t image = 0; image < s->n; image++) {
        read_block(s, image, n, x);
        for (size_t v = 0; v < n; v++)
            mean[v] += x[v];
    }
    for (size_t v = 0; v < n; v++)
        mean[v] /= (double)s->n;
    for (size_t image = 0; image < s->n; image++) {
        read_block(s, image, n, x);
        for (size_t v = 0; v < n; v++)
            squares[v] += (x[v] - mean[v]) * (x[v] - mean[v]);
    }
}

// Whether the deviations are more than the rounding of equal values: those leave at most some ulp.
static bool
varies(double squares, double mean, size_t n)
{
    double rounding = 4e-16 * (double)n * fabs(mean);
    return squares > (double)n * rounding * rounding;
}

static void
one_sample(size_t n, const float *const *a, const float *const *b, size_t n_voxels, double *t)
{
    double mean[BLOCK], squares[BLOCK];
    for (size_t from = 0, now; from < n_voxels; from += now) {
        source s = {a, b, n, from};
        now = n_voxels - from < BLOCK ? n_voxels - from : BLOCK;
        moments(&s, now, mean, squares);
        for (size_t v = 0; v < now; v++) {
            double error = sqrt(squares[v] / (double)(n - 1) / (double)n);
            t[from + v] = varies(squares[v], mean[v], n) && isfinite(error) ? mean[v] / error : NAN;
        }
    }
}

void
sw_fmri_t_one_sample(size_t n, const float *const *images, size_t n_voxels, double *t)
{
    one_sample(n, images, NULL, n_voxels, t);
}

void
sw_fmri_t_paired(size_t n, const float *const *a, const float *const *b, size_t n_voxels, double *t)
{
    one_sample(n, a, b, n_voxels, t);
}

void
sw_fmri_t_two_sample(size_t n_a, const float *const *a, size_t n_b, const float *const *b,
                     size_t n_voxels, double *t)
{
    double mean_a[BLOCK], mean_b[BLOCK], squares_a[BLOCK], squares_b[BLOCK];
    double nu = (double)(n_a + n_b) - 2, weight = 1 / (double)n_a + 1 / (double)n_b;
    for (size_t from = 0, now; from < n_voxels; from += now) {
        source x = {a, NULL, n_a, from}, y = {b, NULL, n_b, from};
        now = n_voxels - from < BLOCK ? n_voxels - from : BLOCK;
        moments(&x, now, mean_a, squares_a);
        moments(&y, now, mean_b, squares_b);
        for (size_t v = 0; v < now; v++) {
            double error = sqrt((squares_a[v] + squares_b[v]) / nu * weight);
            bool good = isfinite(error) && (varies(squares_a[v], mean_a[v], n_a) ||
                                            varies(squares_b[v], mean_b[v], n_b));
            t[from + v] = good ? (mean_a[v] - mean_b[v]) / error : NAN;
        }
    }
}

// ---- missing values ----

static double
observed(size_t n, const float *const *images, size_t v, int zero_is_missing, uint16_t *count)
{
    double sum = 0, squares = 0;
    size_t m = 0;
    for (size_t s = 0; s < n; s++) {
        float x = images[s][v];
        if (isfinite(x) && (x != 0 || !zero_is_missing)) {
            sum += x;
            m++;
        }
    }
    double mean = m ? sum / (double)m : 0;
    for (size_t s = 0; s < n; s++) {
        float x = images[s][v];
        if (isfinite(x) && (x != 0 || !zero_is_missing))
            squares += (x - mean) * (x - mean);
    }
    *count = (uint16_t)m;
    return m >= 2 && varies(squares, mean, m) ? mean / sqrt(squares / (double)(m - 1) / (double)m)
                                              : NAN;
}

void
sw_fmri_t_observed(size_t n, const float *const *images, size_t n_voxels, int zero_is_missing,
                   double *t, uint16_t *count)
{
    for (size_t v = 0; v < n_voxels; v++)
        t[v] = observed(n, images, v, zero_is_missing, &count[v]);
}

// ---- regression ----

// An orthonormal basis of intercept and nuisance columns, and last the part of the covariate that
// they do not explain: its coefficient over the root of the residual variance is t (Frisch and
// Waugh 1933).
struct sw_fmri_design {
    size_t n, n_basis; // the covariate's included
    double *basis;     // n values each
};

static double
dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void
subtract(size_t n, double factor, const double *q, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] -= factor * q[i];
}

// Adds a column: what the basis leaves of it, normalised. False if next to nothing is left.
static bool
add_column(sw_fmri_design *d, const double *x)
{
    double *q = d->basis + d->n_basis * d->n, before = sqrt(dot(d->n, x, x));
    memcpy(q, x, d->n * sizeof *q);
    for (int round = 0; round < 2; round++) { // twice is enough (Kahan and Parlett)
        for (size_t k = 0; k < d->n_basis; k++)
            subtract(d->n, dot(d->n, d->basis + k * d->n, q), d->basis + k * d->n, q);
    }
    double left = sqrt(dot(d->n, q, q));
    if (!(left > 1e-10 * before) || !isfinite(left))
        return false;
    for (size_t i = 0; i < d->n; i++)
        q[i] /= left;
    d->n_basis++;
    return true;
}

sw_fmri_design *
sw_fmri_design_new(size_t n, size_t n_columns, const double *x)
{
    sw_fmri_design *d = sw_fmri_alloc(1, sizeof *d);
    double *ones = sw_fmri_alloc(n, sizeof *ones);
    d->n = n;
    d->basis = sw_fmri_alloc(n * (n_columns + 1), sizeof *d->basis);
    for (size_t i = 0; i < n; i++)
        ones[i] = 1;
    bool good = add_column(d, ones);
    for (size_t c = 1; c < n_columns && good; c++)
        good = add_column(d, x + c * n);
    good = good && add_column(d, x);
    free(ones);
    if (!good)
        sw_fmri_design_free(&d);
    return d;
}

void
sw_fmri_design_free(sw_fmri_design **design)
{
    if (!*design)
        return;
    free((*design)->basis);
    free(*design);
    *design = NULL;
}

static double
slope_t(const sw_fmri_design *d, double *y)
{
    double before = dot(d->n, y, y), last = 0;
    for (size_t k = 0; k < d->n_basis; k++) {
        last = dot(d->n, d->basis + k * d->n, y);
        subtract(d->n, last, d->basis + k * d->n, y);
    }
    double rest = dot(d->n, y, y);
    if (!(rest > 1e-28 * before) || !isfinite(rest))
        return NAN;
    return last / sqrt(rest / (double)(d->n - d->n_basis));
}

void
sw_fmri_t_regression(const sw_fmri_design *d, const float *const *images, size_t n_voxels,
                     double *t)
{
    double *y = sw_fmri_alloc(d->n, sizeof *y);
    for (size_t v = 0; v < n_voxels; v++) {
        for (size_t s = 0; s < d->n; s++)
            y[s] = images[s][v];
        t[v] = slope_t(d, y);
    }
    free(y);
}
