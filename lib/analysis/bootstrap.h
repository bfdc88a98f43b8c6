// SPDX-License-Identifier: Apache-2.0
// The bootstrap of statistics that are functions of sums over rows (Efron 1979, "Bootstrap methods:
// another look at the jackknife", Annals of Statistics 7:1): every index here is one, so a resample
// is a set of whole-number weights on the rows, and all resamples of all sums together are one
// matrix product. Weights are exactly multinomial (n draws of a row with replacement), drawn by
// Philox from (seed, resample, draw) alone.
#ifndef SWEEPD_ANALYSIS_BOOTSTRAP_H
#define SWEEPD_ANALYSIS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

// The terms that row i adds to the sums: out[0 … n_terms-1].
typedef void (*sw_terms)(const void *data, size_t i, double *out);

// sums[k] = sum over rows of term k.
void sw_sums(size_t n_rows, size_t n_terms, sw_terms terms, const void *data, double *sums);

// sums[b * n_terms + k] = the k-th sum of resample b of `resamples`. The bits depend on nothing but
// the arguments. Takes 16 bytes a row and a few hundred bytes a term.
void sw_bootstrap_sums(size_t n_rows, size_t n_terms, sw_terms terms, const void *data,
                       size_t resamples, uint64_t seed, double *sums);

// How often each of n rows stands in resample b: counts[0 … n-1], which add up to n.
void sw_bootstrap_counts(uint64_t seed, uint64_t b, size_t n, uint8_t *counts);

// Half-widths of confidence intervals: half[k] = z(confidence) times the standard deviation (n - 1)
// of column k of values[resamples][n]; NaN below two resamples.
void sw_bootstrap_half_widths(const double *values, size_t resamples, size_t n, double confidence,
                              double *half);

#endif
