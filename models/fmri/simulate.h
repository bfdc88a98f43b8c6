// SPDX-License-Identifier: Apache-2.0
// Group data whose truth is known: contrast maps of subjects that share an effect in some voxels.
//
// The mask is an ellipsoid of 160 x 190 x 150 mm, centred at the origin. `foci` places are drawn in
// it; the active voxels are the given share of the mask that lies nearest to them (spheres of one
// common radius). Value of subject s at voxel v: effect(v) + noise(s, v), noise of unit variance,
// so that the effect is Cohen's d. Noise is a Gaussian random field of the given smoothness; with
// tail degrees of freedom each subject's field is scaled so that the whole is a multivariate t
// (outlying subjects). Coverage: each subject lacks a slab at the bottom of the mask.
//
// Instead of the ellipsoid and its foci a truth map may be given: its mask, and effect(v) = effect
// x its value at v.
#ifndef SW_FMRI_SIMULATE_H
#define SW_FMRI_SIMULATE_H

#include "models/fmri/data.h"

typedef struct sw_fmri_simulation {
    int size;          // voxels along the longest axis, 8 ... 128
    size_t subjects;   // 2 ... SW_FMRI_SUBJECTS_MAX
    int foci;          // 1 ... 64
    bool bumps;        // Gaussians, cut off where they reach half their height; or level spheres
    double share;      // of active voxels, 0 ... 1
    double effect;     // d, at the foci
    double smoothness; // full width at half maximum of the noise, mm; 0: white
    int tail;          // degrees of freedom, 3 or more; 0: normal
    double lacking;    // mean share of the mask's height that a subject lacks, 0 ... 0.4
    uint64_t seed;     // of the noise
    int studies;       // for sw_fmri_simulate_studies
    double spread;     // standard deviation of the effect between studies
    uint64_t place;    // of the foci
} sw_fmri_simulation;

// The mask, the truth and the subjects' maps; freed by sw_fmri_data_free. map: a truth map, with
// `truth` and `pattern`, whose grid, mask, reference and regions are taken too (size, foci, bumps,
// share and place are not looked at then); or NULL.
sw_fmri_data *sw_fmri_simulate(const sw_fmri_simulation *simulation, const sw_fmri_data *map);

// The t maps of `studies` such groups with the same truth, each with an effect of its own around
// `effect`. Voxels that a study lacks are missing in it.
sw_fmri_data *sw_fmri_simulate_studies(const sw_fmri_simulation *simulation);

#endif
