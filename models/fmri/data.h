// SPDX-License-Identifier: Apache-2.0
// The images of a group as one matrix over a mask, whether they were measured or simulated.
#ifndef SW_FMRI_DATA_H
#define SW_FMRI_DATA_H

#include "models/fmri/common.h"
#include "models/fmri/image/grid.h"

#include <stdint.h>

// Of all images of a group together.
enum { SW_FMRI_GB_MAX = 8 };

// How large a study was that an image is the t map of: n subjects, and its test's parameters.
typedef struct sw_fmri_size {
    double n, nu, n_eff;
} sw_fmri_size;

// Voxels of the mask are numbered 0 to n_voxels - 1. Arrays that a data set lacks are NULL.
typedef struct sw_fmri_data {
    sw_fmri_grid grid;
    size_t n_voxels, n_subjects;
    uint32_t *voxel;     // their index in the grid, ascending
    float *first;        // subject s has n_voxels values from s * n_voxels on; NaN: not measured
    float *second;       // of the second condition of a pair
    sw_fmri_size *sizes; // where images are t maps of studies
    uint8_t *truth;      // 1 where there is an effect
    float *pattern;      // of a truth map: what multiplies the effect of a simulation, voxel-wise
    uint8_t *reference;  // 1 where another analysis found one
    int32_t *region;     // label of the region a voxel belongs to
} sw_fmri_data;

// Arrays are allocated by whoever fills them.
static inline void
sw_fmri_data_free(sw_fmri_data **data)
{
    sw_fmri_data *d = *data;
    if (!d)
        return;
    free(d->voxel);
    free(d->first);
    free(d->second);
    free(d->sizes);
    free(d->truth);
    free(d->pattern);
    free(d->reference);
    free(d->region);
    free(d);
    *data = NULL;
}

#endif
