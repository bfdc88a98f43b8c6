// SPDX-License-Identifier: Apache-2.0
// What a chart needs of very many numbers: counts in bins, quantiles in bands, fewer points of a
// series. Pure: arrays in, arrays out.
#ifndef SWEEPD_VIEW_BINS_H
#define SWEEPD_VIEW_BINS_H

#include <stddef.h>
#include <stdint.h>

// n bins of equal width from min to max, both included.
typedef struct sw_axis {
    double min, max;
    size_t n;
} sw_axis;

// The axis over the finite values; a single value gets a width of one, none at all gives 0 to 1.
sw_axis sw_axis_over(const double *values, size_t n, size_t bins);

// The bin of a value; SIZE_MAX outside the axis and for what is not finite.
size_t sw_axis_bin(const sw_axis *axis, double v);

// What falls into each cell of one axis or two: cell = ix + iy * x->n. y may be NULL. Of z, which
// may be NULL, mean and sample deviation in each cell (NaN where there are too few).
typedef struct sw_cells {
    size_t n;
    int64_t *counts;
    double *mean, *sd; // NULL without z
} sw_cells;

void sw_cells_init(sw_cells *cells, size_t n, int with_z);
void sw_cells_fini(sw_cells *cells);

// Rows with a value that is not finite or outside are left out; returns how many.
size_t sw_cells_fill(sw_cells *cells, const sw_axis *x, const double *xs, const sw_axis *y,
                     const double *ys, const double *zs, size_t n);

// The levels at which bands are drawn.
enum { SW_BANDS = 5 };
extern const double sw_band_levels[SW_BANDS]; // 0.05, 0.25, 0.5, 0.75, 0.95

// Quantiles (type 7 of Hyndman and Fan 1996) of n finite values, which are put in order; NaN if n
// is 0.
void sw_bands_of(double *values, size_t n, double out[SW_BANDS]);

// Which of n points to keep so that a line through them looks the same: the largest triangles of
// three buckets (Steinarsson 2013, "Downsampling Time Series for Visual Representation", ch. 4.2).
// Writes at most `most` (>= 2) ascending indices and returns how many. Points are at 0, 1, 2, …;
// a value that is not finite counts as 0.
size_t sw_downsample(const double *values, size_t n, size_t most, size_t *keep);

#endif
