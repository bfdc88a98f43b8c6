// SPDX-License-Identifier: Apache-2.0
// Quantiles for bands and fans.
#include "server/view/bins.h"

#include <math.h>
#include <stdlib.h>

const double sw_band_levels[SW_BANDS] = {0.05, 0.25, 0.5, 0.75, 0.95};

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void
sw_bands_of(double *values, size_t n, double out[SW_BANDS])
{
    if (n > 1)
        qsort(values, n, sizeof *values, ascending);
    for (size_t q = 0; q < SW_BANDS; q++) {
        if (n == 0) {
            out[q] = NAN;
            continue;
        }
        double at = sw_band_levels[q] * (double)(n - 1);
        size_t below = (size_t)at;
        size_t above = below + 1 < n ? below + 1 : below;
        out[q] = values[below] + (at - (double)below) * (values[above] - values[below]);
    }
}
