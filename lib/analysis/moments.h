// SPDX-License-Identifier: Apache-2.0
// Running moments, after Welford (1962), "Note on a method for calculating corrected sums of
// squares and products", Technometrics 4:419: stable, and independent of how rows are cut.
#ifndef SWEEPD_ANALYSIS_MOMENTS_H
#define SWEEPD_ANALYSIS_MOMENTS_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

// Zero-initialise.
typedef struct sw_moments {
    uint64_t n;
    double mean;
    double squares; // sum of squared deviations from the mean
    double min, max;
} sw_moments;

static inline void
sw_moments_add(sw_moments *m, double v)
{
    m->min = m->n && m->min < v ? m->min : v;
    m->max = m->n && m->max > v ? m->max : v;
    double delta = v - m->mean;
    m->mean += delta / (double)++m->n;
    m->squares += delta * (v - m->mean);
}

// Standard deviation with n - 1; NaN below two values.
static inline double
sw_moments_sd(const sw_moments *m)
{
    return m->n > 1 ? sqrt(m->squares / (double)(m->n - 1)) : NAN;
}

// Standard error of the mean.
static inline double
sw_moments_sem(const sw_moments *m)
{
    return sw_moments_sd(m) / sqrt((double)m->n);
}

// Quantile of sorted values at probability p, type 7 of Hyndman and Fan (1996), "Sample quantiles
// in statistical packages", The American Statistician 50:361: linear between order statistics.
// NaN when there is none.
double sw_quantile_sorted(const double *sorted, size_t n, double p);

// Ascending; no NaN among them.
void sw_sort(double *v, size_t n);

// order[0 … n-1]: indices of v by ascending value, equal values in their first order. n < 2^32.
void sw_order(const double *v, size_t n, uint32_t *order);

// The same, but equal values in an order drawn by the seed: for methods that would otherwise see
// the order of the design within the values of a list.
void sw_order_scattered(const double *v, size_t n, uint64_t seed, uint32_t *order);

// Ranks from 1; equal values share the mean of their ranks.
void sw_ranks(const double *v, size_t n, double *ranks);

// Exact for equal values; the deviations from it sum to zero however large it is beside them.
double sw_mean(const double *v, size_t n);
// Variance with n - ddof.
double sw_variance(const double *v, size_t n, size_t ddof);

#endif
