// SPDX-License-Identifier: Apache-2.0
// Gaussian smoothing within a mask. The value of a voxel becomes the mean of its neighbours of the
// mask, weighted by a Gaussian of the distance along the voxels' axes, cut at four standard
// deviations: sum(w x) / sum(w), so that nothing leaks over the edge of the mask. Missing values
// (NaN, infinities) weigh nothing and stay missing.
#ifndef SW_FMRI_IMAGE_SMOOTH_H
#define SW_FMRI_IMAGE_SMOOTH_H

#include "models/fmri/image/grid.h"

#include <stdint.h>

typedef struct sw_fmri_smoother sw_fmri_smoother;

// voxel: the n_voxels indices of the mask in the grid, ascending; fwhm > 0 in millimetres, the full
// width at half maximum, 2.3548 standard deviations. The caller frees it with _free.
sw_fmri_smoother *sw_fmri_smoother_new(const sw_fmri_grid *grid, size_t n_voxels,
                                       const uint32_t *voxel, double fwhm);
void sw_fmri_smoother_free(sw_fmri_smoother **smoother);

// in, out: n_voxels values; they may be the same array.
void sw_fmri_smooth(sw_fmri_smoother *smoother, const float *in, float *out);

// The filter alone, on all voxels of the grid and without a mask, and then each voxel divided by
// the root of its sum of squared weights: independent unit normals become a smooth field of unit
// variance, at the edge of the grid too. `values` is overwritten.
void sw_fmri_make_field(sw_fmri_smoother *smoother, double *values);

#endif
