// SPDX-License-Identifier: Apache-2.0
// Separable: three passes, one an axis. Sums run in a fixed order, so the bits depend on nothing
// but the values.
#include "models/fmri/image/smooth.h"

#include <math.h>
#include <string.h>

#include "models/fmri/common.h"

enum { REACH_MAX = 512 }; // a filter is cut there: half a thousand voxels

struct sw_fmri_smoother {
    sw_fmri_grid grid;
    size_t n_voxels;
    const uint32_t *voxel;
    int reach[3];
    double weight[3][REACH_MAX + 1]; // by distance in voxels
    double *sum, *passed, *missing;  // one value a voxel of the grid
    double *whole;                   // sum(w) when no value is missing
    double *along_x;                 // unit_factor of the first axis
};

static void
make_weights(sw_fmri_smoother *s, int axis, double fwhm)
{
    double sd = fwhm / sqrt(8 * M_LN2) / sw_fmri_grid_step(&s->grid, axis);
    double reach = fmin(ceil(4 * sd), REACH_MAX), total = 0;
    s->reach[axis] = (int)fmin(reach, s->grid.n[axis] - 1);
    for (int d = 0; d <= s->reach[axis]; d++) {
        s->weight[axis][d] = exp(-0.5 * (d / sd) * (d / sd));
        total += (d ? 2 : 1) * s->weight[axis][d];
    }
    for (int d = 0; d <= s->reach[axis]; d++)
        s->weight[axis][d] /= total;
}

// to += w * from for n values.
static void
add_scaled(size_t n, double w, const double *restrict from, double *restrict to)
{
    for (size_t i = 0; i < n; i++)
        to[i] += w * from[i];
}

// One axis: n planes of `inner` contiguous values, `outer` times.
static void
pass(const sw_fmri_smoother *s, int axis, const double *from, double *to)
{
    size_t inner = 1, total = sw_fmri_grid_count(&s->grid);
    for (int d = 0; d < axis; d++)
        inner *= (size_t)s->grid.n[d];
    int n = s->grid.n[axis];
    size_t block = inner * (size_t)n;
    memset(to, 0, total * sizeof *to);
    for (size_t at = 0; at < total; at += block) {
        for (int i = 0; i < n; i++) {
            double *target = to + at + (size_t)i * inner;
            for (int d = -s->reach[axis]; d <= s->reach[axis]; d++) {
                if (i + d >= 0 && i + d < n)
                    add_scaled(inner, s->weight[axis][abs(d)], from + at + (size_t)(i + d) * inner,
                               target);
            }
        }
    }
}

static void
filter(sw_fmri_smoother *s, double *values)
{
    pass(s, 0, values, s->passed);
    pass(s, 1, s->passed, values);
    pass(s, 2, values, s->passed);
    memcpy(values, s->passed, sw_fmri_grid_count(&s->grid) * sizeof *values);
}

// One over the root of the sum of squared weights that lie within the grid, voxel i of an axis.
static double
unit_factor(const sw_fmri_smoother *s, int axis, int i)
{
    double squares = 0;
    for (int d = -s->reach[axis]; d <= s->reach[axis]; d++) {
        double w = s->weight[axis][abs(d)];
        squares += i + d >= 0 && i + d < s->grid.n[axis] ? w * w : 0;
    }
    return 1 / sqrt(squares);
}

void
sw_fmri_make_field(sw_fmri_smoother *s, double *values)
{
    filter(s, values);
    for (int k = 0; k < s->grid.n[2]; k++) {
        double plane = unit_factor(s, 2, k);
        for (int j = 0; j < s->grid.n[1]; j++) {
            double row = plane * unit_factor(s, 1, j);
            for (int i = 0; i < s->grid.n[0]; i++)
                *values++ *= row * s->along_x[i];
        }
    }
}

sw_fmri_smoother *
sw_fmri_smoother_new(const sw_fmri_grid *grid, size_t n_voxels, const uint32_t *voxel, double fwhm)
{
    sw_fmri_smoother *s = sw_fmri_alloc(1, sizeof *s);
    size_t n = sw_fmri_grid_count(grid);
    s->grid = *grid;
    s->n_voxels = n_voxels;
    s->voxel = voxel;
    for (int axis = 0; axis < 3; axis++)
        make_weights(s, axis, fwhm);
    s->along_x = sw_fmri_alloc((size_t)grid->n[0], sizeof *s->along_x);
    for (int i = 0; i < grid->n[0]; i++)
        s->along_x[i] = unit_factor(s, 0, i);
    s->sum = sw_fmri_alloc(n, sizeof *s->sum);
    s->passed = sw_fmri_alloc(n, sizeof *s->passed);
    s->missing = sw_fmri_alloc(n, sizeof *s->missing);
    s->whole = sw_fmri_alloc(n, sizeof *s->whole);
    for (size_t v = 0; v < n_voxels; v++)
        s->whole[voxel[v]] = 1;
    filter(s, s->whole);
    return s;
}

void
sw_fmri_smoother_free(sw_fmri_smoother **smoother)
{
    sw_fmri_smoother *s = *smoother;
    if (!s)
        return;
    free(s->sum);
    free(s->passed);
    free(s->missing);
    free(s->whole);
    free(s->along_x);
    free(s);
    *smoother = NULL;
}

// sum(w) where values are missing: that of the whole mask would be too large.
static const double *
weights_of(sw_fmri_smoother *s, const float *in)
{
    memset(s->missing, 0, sw_fmri_grid_count(&s->grid) * sizeof *s->missing);
    for (size_t v = 0; v < s->n_voxels; v++)
        s->missing[s->voxel[v]] = isfinite(in[v]) ? 1 : 0;
    filter(s, s->missing);
    return s->missing;
}

void
sw_fmri_smooth(sw_fmri_smoother *s, const float *in, float *out)
{
    bool whole = true;
    memset(s->sum, 0, sw_fmri_grid_count(&s->grid) * sizeof *s->sum);
    for (size_t v = 0; v < s->n_voxels; v++) {
        bool there = isfinite(in[v]);
        s->sum[s->voxel[v]] = there ? in[v] : 0;
        whole = whole && there;
    }
    filter(s, s->sum);
    const double *weight = whole ? s->whole : weights_of(s, in);
    for (size_t v = 0; v < s->n_voxels; v++) {
        uint32_t at = s->voxel[v];
        out[v] = isfinite(in[v]) ? (float)(s->sum[at] / weight[at]) : NAN;
    }
}
