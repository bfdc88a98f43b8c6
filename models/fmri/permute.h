// SPDX-License-Identifier: Apache-2.0
// Family-wise error by sign flips (Nichols and Holmes 2002, Hum Brain Mapp 15:1): under the null
// hypothesis of a symmetric distribution about zero each subject's map may as well have the other
// sign. All 2^n of them where that is no more than asked for, else the given number of random ones,
// the observed signs always being the first.
#ifndef SW_FMRI_PERMUTE_H
#define SW_FMRI_PERMUTE_H

#include "models/fmri/bayes/ttest.h"
#include "models/fmri/image/clusters.h"

typedef struct sw_fmri_flipping {
    size_t n_subjects, n_voxels;
    const float *const *first, *const *second; // second: what is subtracted, or NULL
    const double *t;                           // voxels that are NaN here take no part
    sw_fmri_side side;
    size_t flips;
    uint64_t seed; // of random flips
} sw_fmri_flipping;

// How many flips are taken, and whether that is all there are.
size_t sw_fmri_flips_of(const sw_fmri_flipping *f, bool *all);

// The t that the largest of all voxels exceeds in at most a share alpha of the flips: voxels beyond
// it are active at family-wise error alpha. INFINITY if alpha is less than one flip.
double sw_fmri_max_t(const sw_fmri_flipping *f, double alpha);

// The same for the size of the largest cluster of voxels beyond t_forming (of either sign, each for
// itself, where the test is two-sided): clusters larger than this are active.
size_t sw_fmri_max_extent(const sw_fmri_flipping *f, double t_forming,
                          const sw_fmri_lattice *lattice, int neighbours, double alpha);

#endif
