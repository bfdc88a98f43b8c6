// SPDX-License-Identifier: Apache-2.0
// Clusters of active voxels and the peaks in them.
#ifndef SW_FMRI_IMAGE_CLUSTERS_H
#define SW_FMRI_IMAGE_CLUSTERS_H

#include "models/fmri/image/grid.h"

#include <stdint.h>

// Which voxels of a mask are neighbours. Voxels below are numbered within the mask, 0 to n - 1.
typedef struct sw_fmri_lattice sw_fmri_lattice;

// voxel: the n indices of the mask in the grid. The lattice keeps neither pointer; the caller frees
// it with _free.
sw_fmri_lattice *sw_fmri_lattice_new(const sw_fmri_grid *grid, size_t n, const uint32_t *voxel);
void sw_fmri_lattice_free(sw_fmri_lattice **lattice);

typedef struct sw_fmri_cluster {
    size_t size;   // voxels
    uint32_t peak; // its voxel with the largest value; the first of equals
} sw_fmri_cluster;

typedef struct sw_fmri_clusters {
    size_t n;
    sw_fmri_cluster *v; // by size, the largest first; of equal ones that with the earlier voxel
    int32_t *label;     // one a voxel of the mask: 0 for none, k + 1 for cluster v[k]
} sw_fmri_clusters;

// Voxels with active[i] != 0 that touch by faces (6 neighbours), edges as well (18) or corners as
// well (26) are one cluster. Clusters smaller than `least` are left out. value: one a voxel, for
// the peaks. Freed with _fini.
sw_fmri_clusters sw_fmri_clusters_find(const sw_fmri_lattice *lattice, int neighbours,
                                       const uint8_t *active, const double *value, size_t least);
void sw_fmri_clusters_fini(sw_fmri_clusters *clusters);

// The size of the largest cluster alone, without allocating: `mark` and `stack` have room for n.
size_t sw_fmri_clusters_largest(const sw_fmri_lattice *lattice, int neighbours,
                                const uint8_t *active, uint8_t *mark, uint32_t *stack);

typedef struct sw_fmri_peak {
    uint32_t voxel;
    int32_t cluster; // its label
} sw_fmri_peak;

// Local maxima: voxels of a cluster with no larger value among their 26 neighbours, at most `most`
// a cluster, the largest first, each at least `apart` millimetres from the larger ones of the same
// cluster. Ordered by cluster. Returns how many; *peaks is the caller's to free.
size_t sw_fmri_peaks_find(const sw_fmri_lattice *lattice, const sw_fmri_clusters *clusters,
                          const double *value, double apart, size_t most, sw_fmri_peak **peaks);

#endif
