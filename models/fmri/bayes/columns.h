// SPDX-License-Identifier: Apache-2.0
// t statistics of every voxel from subjects' images. An image is a column of float32, one value a
// voxel of the mask; a data set is an array of pointers to images, so that a subset of subjects is
// a shorter array. Sums are taken in double precision, in two passes (mean, then squared
// deviations), subject by subject: the same bits whatever the instruction set. A voxel whose values
// are not all finite, or are all equal (no variance), gets NaN. Nothing is allocated.
#ifndef SW_FMRI_BAYES_COLUMNS_H
#define SW_FMRI_BAYES_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

// One sample: t[v] = mean / (sd / √n), ν = n − 1. n >= 2 images of n_voxels values. For pairs see
// sw_fmri_t_paired.
void sw_fmri_t_one_sample(size_t n, const float *const *images, size_t n_voxels, double *t);

// Paired: the one-sample t of a[s] − b[s] (differences taken in double precision).
void sw_fmri_t_paired(size_t n, const float *const *a, const float *const *b, size_t n_voxels,
                      double *t);

// Two samples with pooled variance: mean of a less mean of b. n_a, n_b >= 1, n_a + n_b >= 3.
void sw_fmri_t_two_sample(size_t n_a, const float *const *a, size_t n_b, const float *const *b,
                          size_t n_voxels, double *t);

// One sample where values are missing: NaN and infinities, and zeros too if zero_is_missing. A
// voxel's t is that of its remaining values, count[v] of them; NaN if fewer than 2 remain or they
// are equal.
void sw_fmri_t_observed(size_t n, const float *const *images, size_t n_voxels, int zero_is_missing,
                        double *t, uint16_t *count);

// A linear model y = X β + e prepared for t of its first column: made by sw_fmri_design_new.
typedef struct sw_fmri_design sw_fmri_design;

// n observations; x: n_columns columns of n values each, one after another, the first being the
// covariate of interest; an intercept is added. n_columns >= 1, n >= n_columns + 2. NULL if a
// value is not finite or the columns (with the intercept) are linearly dependent.
sw_fmri_design *sw_fmri_design_new(size_t n, size_t n_columns, const double *x);
void sw_fmri_design_free(sw_fmri_design **design);

// t[v] of the first column's slope, ν = n − n_columns − 1.
void sw_fmri_t_regression(const sw_fmri_design *design, const float *const *images, size_t n_voxels,
                          double *t);

#endif
