// SPDX-License-Identifier: Apache-2.0
// Iman and Conover's reordering: scores with the sample correlations T = Q Q' become scores with
// the target C = P P' by r* = P Q^-1 r, and each parameter takes the order of its r*.
#include "lib/design/strata.h"

#include "lib/base/normal.h"
#include "lib/design/parts.h"

enum { ROUNDS = 30 };

typedef struct scored {
    double score;
    uint32_t point;
} scored;

// Lower Cholesky factor in place; false if the matrix is not positive definite.
static bool
factorise(double *m, size_t k)
{
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b <= a; b++) {
            double sum = m[a * k + b];
            for (size_t c = 0; c < b; c++)
                sum -= m[a * k + c] * m[b * k + c];
            if (a == b && !(sum > 1e-10))
                return false;
            m[a * k + b] = a == b ? sqrt(sum) : sum / m[b * k + b];
        }
    }
    return true;
}

// Correlations of scores; score[c] is that of stratum c, with mean 0 over the strata.
static void
correlations(const sw_strata *s, const double *score, double *m)
{
    double square = 0;
    for (size_t i = 0; i < s->n; i++)
        square += score[i] * score[i];
    for (size_t a = 0; a < s->k; a++) {
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
            for (size_t i = 0; i < s->n; i++)
                sum += score[s->cell[a * s->n + i]] * score[s->cell[b * s->n + i]];
            m[a * s->k + b] = m[b * s->k + a] = sum / square;
        }
    }
}

static double
worst(const double *m, const double *target, size_t k)
{
    double error = 0;
    for (size_t c = 0; c < k * k; c++)
        error = fmax(error, fabs(m[c] - target[c]));
    return error;
}

// One row of new scores: solves Q z = r, then writes P z.
static void
turn(const double *q, const double *p, size_t k, double *row, double *out)
{
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b < a; b++)
            row[a] -= q[a * k + b] * row[b];
        row[a] /= q[a * k + a];
        out[a] = 0;
        for (size_t b = 0; b <= a; b++)
            out[a] += p[a * k + b] * row[b];
    }
}

static int
by_score(const void *a, const void *b)
{
    const scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return x->point < y->point ? -1 : x->point > y->point;
}

static void
reorder(sw_strata *s, const double *score, const double *q, const double *p)
{
    size_t n = s->n, k = s->k;
    sw_auto(free) double *row = sw_calloc(2 * k, sizeof *row);
    sw_auto(free) scored *all = sw_calloc(n * k, sizeof *all);
    for (size_t i = 0; i < n; i++) {
        for (size_t v = 0; v < k; v++)
            row[v] = score[s->cell[v * n + i]];
        turn(q, p, k, row, row + k);
        for (size_t v = 0; v < k; v++)
            all[v * n + i] = (scored){row[k + v], (uint32_t)i};
    }
    for (size_t v = 0; v < k; v++) {
        qsort(all + v * n, n, sizeof *all, by_score);
        for (size_t c = 0; c < n; c++)
            s->cell[v * n + all[v * n + c].point] = (uint32_t)c;
    }
}

double
sw_strata_correlate(sw_strata *s, const double *target)
{
    size_t n = s->n, k = s->k, matrix = k * k * sizeof(double);
    sw_auto(free) double *score = sw_calloc(n, sizeof *score);
    sw_auto(free) double *p = sw_malloc(matrix);
    sw_auto(free) double *q = sw_malloc(matrix);
    sw_auto(free) uint32_t *best = sw_calloc(n * k, sizeof *best);
    double error = INFINITY;
    for (size_t c = 0; c < n; c++)
        score[c] = sw_normal_quantile((double)(c + 1) / (double)(n + 1),
                                      (double)(n - c) / (double)(n + 1));
    memcpy(p, target, matrix);
    if (!factorise(p, k))
        return INFINITY;
    for (int round = 0; round <= ROUNDS; round++) {
        correlations(s, score, q);
        double now = worst(q, target, k);
        if (now < error) {
            error = now;
            memcpy(best, s->cell, n * k * sizeof *best);
        }
        if (!factorise(q, k))
            return INFINITY;
        reorder(s, score, q, p);
    }
    memcpy(s->cell, best, n * k * sizeof *best);
    return error;
}
