// SPDX-License-Identifier: Apache-2.0
// Order statistics.
#include "lib/analysis/moments.h"

#include <stdlib.h>

double
sw_quantile_sorted(const double *sorted, size_t n, double p)
{
    if (n == 0)
        return NAN;
    double at = p * (double)(n - 1);
    size_t below = (size_t)at;
    if (below + 1 >= n)
        return sorted[n - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void
sw_sort(double *v, size_t n)
{
    if (n)
        qsort(v, n, sizeof *v, by_value);
}
