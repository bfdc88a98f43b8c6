// SPDX-License-Identifier: Apache-2.0
// Scattered columns: places are added as runs come, and put in order once.
#include "lib/analysis/scattered.h"

#include "lib/analysis/moments.h"

void
sw_scattered_grow(sw_column *c, size_t n)
{
    size_t wanted = c->n + n;
    if (wanted > c->capacity) {
        c->capacity = 2 * wanted;
        c->y = sw_realloc(c->y, c->capacity * sizeof *c->y);
        c->seen = sw_realloc(c->seen, c->capacity * sizeof *c->seen);
        c->point = sw_realloc(c->point, c->capacity * sizeof *c->point);
    }
    c->n = wanted;
}

static void
bring_in_order(double *v, const uint32_t *order, size_t n, double *room)
{
    for (size_t i = 0; i < n; i++)
        room[i] = v[order[i]];
    memcpy(v, room, n * sizeof *v);
}

// The mean of the values of n places that have one.
static double
mean_of_finite(const double *y, size_t n)
{
    double sum = 0;
    size_t finite = 0;
    for (size_t i = 0; i < n; i++) {
        sum += isfinite(y[i]) ? y[i] : 0;
        finite += isfinite(y[i]);
    }
    return finite ? sum / (double)finite : NAN;
}

// Places of the same point become one. Replicates have the inputs of their point.
static void
close_up(sw_column *c, size_t n_x, double *const *x)
{
    size_t kept = 0;
    for (size_t i = 0, next; i < c->n; i = next) {
        for (next = i + 1; next < c->n && c->point[next] == c->point[i];)
            next++;
        c->point[kept] = c->point[i];
        c->y[kept] = mean_of_finite(c->y + i, next - i);
        for (size_t j = 0; j < n_x; j++)
            x[j][kept] = x[j][i];
        kept++;
    }
    c->n = kept;
}

void
sw_scattered_order(sw_column *c, size_t n_x, double *const *x)
{
    uint32_t *order = sw_malloc((c->n + 1) * sizeof *order);
    double *room = sw_malloc((c->n + 1) * sizeof *room);
    sw_order(c->point, c->n, order);
    bring_in_order(c->point, order, c->n, room);
    bring_in_order(c->y, order, c->n, room);
    for (size_t j = 0; j < n_x; j++)
        bring_in_order(x[j], order, c->n, room);
    free(room);
    free(order);
    close_up(c, n_x, x);
}
