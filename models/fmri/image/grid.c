// SPDX-License-Identifier: Apache-2.0
// Voxels and millimetres.
#include "models/fmri/image/grid.h"

#include <math.h>

size_t
sw_fmri_grid_count(const sw_fmri_grid *g)
{
    return (size_t)g->n[0] * (size_t)g->n[1] * (size_t)g->n[2];
}

static void
place(const sw_fmri_grid *g, const double ijk[3], double mm[3])
{
    for (int d = 0; d < 3; d++) {
        const double *row = g->to_mm[d];
        mm[d] = row[0] * ijk[0] + row[1] * ijk[1] + row[2] * ijk[2] + row[3];
    }
}

void
sw_fmri_grid_mm(const sw_fmri_grid *g, size_t voxel, double mm[3])
{
    size_t nx = (size_t)g->n[0], ny = (size_t)g->n[1];
    double ijk[3] = {(double)(voxel % nx), (double)(voxel / nx % ny), (double)(voxel / nx / ny)};
    place(g, ijk, mm);
}

double
sw_fmri_grid_step(const sw_fmri_grid *g, int d)
{
    return hypot(hypot(g->to_mm[0][d], g->to_mm[1][d]), g->to_mm[2][d]);
}

bool
sw_fmri_grid_same(const sw_fmri_grid *a, const sw_fmri_grid *b)
{
    for (int d = 0; d < 3; d++) {
        if (a->n[d] != b->n[d])
            return false;
    }
    for (int corner = 0; corner < 8; corner++) {
        double ijk[3], at_a[3], at_b[3];
        for (int d = 0; d < 3; d++)
            ijk[d] = corner >> d & 1 ? a->n[d] - 1 : 0;
        place(a, ijk, at_a);
        place(b, ijk, at_b);
        for (int d = 0; d < 3; d++) {
            if (!(fabs(at_a[d] - at_b[d]) <= 1e-3))
                return false;
        }
    }
    return true;
}
