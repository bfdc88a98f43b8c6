// SPDX-License-Identifier: Apache-2.0
// The grid of an image: how many voxels along each axis, and where they lie in the head.
#ifndef SW_FMRI_IMAGE_GRID_H
#define SW_FMRI_IMAGE_GRID_H

#include <stdbool.h>
#include <stddef.h>

// Voxel (i, j, k) has the index i + n[0] (j + n[1] k), and its centre lies at
// to_mm[d][0] i + to_mm[d][1] j + to_mm[d][2] k + to_mm[d][3], d = 0 right, 1 anterior, 2 superior,
// in millimetres.
typedef struct sw_fmri_grid {
    int n[3];
    double to_mm[3][4];
    int space; // NIfTI's code of the space: 1 scanner, 2 aligned, 3 Talairach, 4 MNI; 0 unknown
} sw_fmri_grid;

size_t sw_fmri_grid_count(const sw_fmri_grid *g);

// The place of a voxel, by index.
void sw_fmri_grid_mm(const sw_fmri_grid *g, size_t voxel, double mm[3]);

// Length in millimetres of a step along axis d.
double sw_fmri_grid_step(const sw_fmri_grid *g, int d);

// The same number of voxels, and every corner within a thousandth of a millimetre: affines that
// were once written as quaternions differ in their last digits.
bool sw_fmri_grid_same(const sw_fmri_grid *a, const sw_fmri_grid *b);

#endif
