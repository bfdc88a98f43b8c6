// SPDX-License-Identifier: Apache-2.0
// Order statistics.
#include "lib/analysis/moments.h"

#include "lib/base/memory.h"
#include "lib/base/philox.h"

enum { TIES = (1 << 30) + 1 }; // which of the seed's permutations

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

typedef struct indexed {
    double v;
    uint64_t tie; // what decides between equal values
    uint32_t i;
} indexed;

static int
by_indexed_value(const void *a, const void *b)
{
    const indexed *x = a, *y = b;
    if (x->v != y->v)
        return x->v > y->v ? 1 : -1;
    return (x->tie > y->tie) - (x->tie < y->tie);
}

static void
order_by(const double *v, size_t n, const uint64_t *seed, uint32_t *order)
{
    indexed *all = sw_malloc((n + 1) * sizeof *all);
    for (size_t i = 0; i < n; i++)
        all[i] =
            (indexed){.v = v[i], .tie = seed ? sw_permute(*seed, TIES, n, i) : i, .i = (uint32_t)i};
    if (n)
        qsort(all, n, sizeof *all, by_indexed_value);
    for (size_t i = 0; i < n; i++)
        order[i] = all[i].i;
    free(all);
}

void
sw_order(const double *v, size_t n, uint32_t *order)
{
    order_by(v, n, NULL, order);
}

void
sw_order_scattered(const double *v, size_t n, uint64_t seed, uint32_t *order)
{
    order_by(v, n, &seed, order);
}

void
sw_ranks(const double *v, size_t n, double *ranks)
{
    uint32_t *order = sw_malloc((n + 1) * sizeof *order);
    sw_order(v, n, order);
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && v[order[end]] == v[order[i]])
            end++;
        for (size_t k = i; k < end; k++)
            ranks[order[k]] = 0.5 * (double)(i + 1 + end);
        i = end;
    }
    free(order);
}

double
sw_mean(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    double mean = sum / (double)n, rest = 0;
    for (size_t i = 0; i < n; i++)
        rest += v[i] - mean;
    return isfinite(rest) ? mean + rest / (double)n : mean;
}

double
sw_variance(const double *v, size_t n, size_t ddof)
{
    double mean = sw_mean(v, n), squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (v[i] - mean) * (v[i] - mean);
    return squares / (double)(n - ddof);
}
