// SPDX-License-Identifier: Apache-2.0
// Counts, means and deviations in bins of one axis or two.
#include "server/view/bins.h"

#include "lib/base/memory.h"

#include <math.h>

sw_axis
sw_axis_over(const double *values, size_t n, size_t bins)
{
    double min = INFINITY, max = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            min = fmin(min, values[i]);
            max = fmax(max, values[i]);
        }
    }
    if (min > max)
        return (sw_axis){0, 1, bins};
    if (min == max)
        return (sw_axis){min - 0.5, max + 0.5, bins};
    return (sw_axis){min, max, bins};
}

size_t
sw_axis_bin(const sw_axis *axis, double v)
{
    if (!(v >= axis->min && v <= axis->max))
        return SIZE_MAX;
    // Halves, since the width itself may overflow.
    double share = (v / 2 - axis->min / 2) / (axis->max / 2 - axis->min / 2);
    size_t bin = (size_t)(share * (double)axis->n);
    return bin < axis->n ? bin : axis->n - 1;
}

void
sw_cells_init(sw_cells *cells, size_t n, int with_z)
{
    *cells = (sw_cells){.n = n, .counts = sw_calloc(n, sizeof *cells->counts)};
    if (with_z) {
        cells->mean = sw_calloc(n, sizeof *cells->mean);
        cells->sd = sw_calloc(n, sizeof *cells->sd);
    }
}

void
sw_cells_fini(sw_cells *cells)
{
    free(cells->counts);
    free(cells->mean);
    free(cells->sd);
    *cells = (sw_cells){0};
}

// Running moments (Welford 1962); sd holds the sum of squares until the end.
static void
take(sw_cells *cells, size_t cell, double z)
{
    double n = (double)++cells->counts[cell];
    double delta = z - cells->mean[cell];
    cells->mean[cell] += delta / n;
    cells->sd[cell] += delta * (z - cells->mean[cell]);
}

static void
settle(sw_cells *cells)
{
    for (size_t c = 0; c < cells->n; c++) {
        double n = (double)cells->counts[c];
        cells->sd[c] = n > 1 ? sqrt(cells->sd[c] / (n - 1)) : NAN;
        if (n == 0)
            cells->mean[c] = NAN;
    }
}

size_t
sw_cells_fill(sw_cells *cells, const sw_axis *x, const double *xs, const sw_axis *y,
              const double *ys, const double *zs, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        size_t ix = sw_axis_bin(x, xs[i]), iy = y ? sw_axis_bin(y, ys[i]) : 0;
        if (ix == SIZE_MAX || iy == SIZE_MAX || (zs && !isfinite(zs[i])))
            out++;
        else if (zs)
            take(cells, ix + iy * x->n, zs[i]);
        else
            cells->counts[ix + iy * x->n]++;
    }
    if (zs)
        settle(cells);
    return out;
}
