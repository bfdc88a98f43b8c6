// SPDX-License-Identifier: Apache-2.0
// Fewer points of a line, chosen so that it looks the same.
#include "server/view/bins.h"

#include <assert.h>
#include <math.h>

static double
value_at(const double *values, size_t i)
{
    return isfinite(values[i]) ? values[i] : 0;
}

// The mean point of the bucket from `from` to `to`, the latter not included.
static void
centre(const double *values, size_t from, size_t to, double *x, double *y)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += value_at(values, i) / (double)(to - from);
    *x = 0.5 * (double)(from + to - 1);
    *y = sum;
}

// The point of a bucket that spans the largest triangle with the last one kept and the mean of the
// next bucket.
static size_t
largest(const double *values, size_t last, size_t from, size_t to, double x, double y)
{
    size_t best = from;
    double most = -1;
    for (size_t i = from; i < to; i++) {
        double area = fabs(((double)last - x) * (value_at(values, i) - value_at(values, last)) -
                           ((double)last - (double)i) * (y - value_at(values, last)));
        if (area > most) {
            most = area;
            best = i;
        }
    }
    return best;
}

size_t
sw_downsample(const double *values, size_t n, size_t most, size_t *keep)
{
    assert(most >= 2);
    if (n <= most) {
        for (size_t i = 0; i < n; i++)
            keep[i] = i;
        return n;
    }
    size_t kept = 0, buckets = most - 2;
    keep[kept++] = 0;
    for (size_t b = 0; b < buckets; b++) {
        size_t from = 1 + b * (n - 2) / buckets, to = 1 + (b + 1) * (n - 2) / buckets;
        size_t after = b + 1 < buckets ? 1 + (b + 2) * (n - 2) / buckets : n;
        double x, y;
        centre(values, to, after, &x, &y);
        keep[kept] = largest(values, keep[kept - 1], from, to, x, y);
        kept++;
    }
    keep[kept++] = n - 1;
    return kept;
}
