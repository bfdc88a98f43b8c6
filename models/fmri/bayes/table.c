// SPDX-License-Identifier: Apache-2.0
// Values at the multiples of a step h in asinh(t), and between two of them the polynomial of degree
// 5 through the three on either side.
#include "models/fmri/bayes/table.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/fmri/common.h"

enum { POINTS = 6, MARGIN = 2, BATCH_MIN = 200 };
static const double first_step = 0.25, last_step = 1.0 / 1024;

struct sw_fmri_table {
    sw_fmri_function f;
    const void *context;
    sw_fmri_test test;      // what context points at, for tables of log BF
    double per_unit, error; // per_unit: 1 / step, a power of two
    long first;             // the first interval begins at first / per_unit
    size_t n;               // intervals
    double (*c)[POINTS];    // coefficients of each, of the place within it, 0 to 1
};

// Node values from `first` - MARGIN on; n intervals have n + 1 + 2 MARGIN of them.
typedef struct nodes {
    long first;
    size_t n;
    double step;
    double *v;
} nodes;

static double
at(const sw_fmri_table *t, double s)
{
    return t->f(t->context, sinh(s));
}

// The middle of interval i of the polynomial through its six nodes.
static double
middle(const double *v)
{
    return (150 * (v[2] + v[3]) - 25 * (v[1] + v[4]) + 3 * (v[0] + v[5])) / 256;
}

// Halves the step: the values in the middles, of which those between known nodes also tell the
// error that the table had.
static double
halve(const sw_fmri_table *t, nodes *k)
{
    size_t old = k->n + 1 + 2 * MARGIN, room = 2 * old;
    double *v = sw_fmri_alloc(room, sizeof *v), worst = 0;
    for (size_t i = 0; i < old; i++) {
        double s = ((double)(k->first - MARGIN + (long)i) + 0.5) * k->step;
        v[2 * i] = k->v[i];
        v[2 * i + 1] = at(t, s);
        if (i >= MARGIN && i < MARGIN + k->n) {
            double apart = fabs(v[2 * i + 1] - middle(k->v + i - MARGIN));
            worst = apart <= worst ? worst : apart; // a NaN is the worst
        }
    }
    free(k->v);
    // The outer MARGIN nodes on each side are dropped again.
    memmove(v, v + MARGIN, (2 * k->n + 1 + 2 * MARGIN) * sizeof *v);
    *k = (nodes){2 * k->first, 2 * k->n, k->step / 2, v};
    return worst;
}

// Coefficients of the polynomial through v at -2, -1, 0, 1, 2, 3.
static void
polynomial(const double *v, double c[POINTS])
{
    double a = v[0], b = v[1], d = v[2], e = v[3], f = v[4], g = v[5];
    c[0] = d;
    c[1] = (3 * a - 30 * b - 20 * d + 60 * e - 15 * f + 2 * g) / 60;
    c[2] = (-a + 16 * b - 30 * d + 16 * e - f) / 24;
    c[3] = (-a - b + 10 * d - 14 * e + 7 * f - g) / 24;
    c[4] = (a - 4 * b + 6 * d - 4 * e + f) / 24;
    c[5] = (-a + 5 * b - 10 * d + 10 * e - 5 * f + g) / 120;
}

static nodes
first_nodes(const sw_fmri_table *t, double lo, double hi)
{
    long from = (long)floor(asinh(lo) / first_step), to = (long)ceil(asinh(hi) / first_step);
    nodes k = {from, (size_t)(to > from ? to - from : 1), first_step, NULL};
    size_t n = k.n + 1 + 2 * MARGIN;
    k.v = sw_fmri_alloc(n, sizeof *k.v);
    for (size_t i = 0; i < n; i++)
        k.v[i] = at(t, (double)(from - MARGIN + (long)i) * first_step);
    return k;
}

static void
fill(sw_fmri_table *t, double lo, double hi, double tolerance)
{
    nodes k = first_nodes(t, lo, hi);
    // The error at one step is known once the next is made; that one's is a sixty-fourth or less.
    do {
        t->error = halve(t, &k);
    } while (!(t->error <= tolerance) && k.step > last_step);
    t->first = k.first;
    t->n = k.n;
    t->per_unit = 1 / k.step;
    t->c = sw_fmri_alloc(k.n, sizeof *t->c);
    for (size_t i = 0; i < k.n; i++)
        polynomial(k.v + i, t->c[i]);
    free(k.v);
}

sw_fmri_table *
sw_fmri_table_of(sw_fmri_function f, const void *context, double lo, double hi, double tolerance)
{
    assert(lo <= hi && fabs(lo) <= 1e8 && fabs(hi) <= 1e8);
    sw_fmri_table *t = sw_fmri_alloc(1, sizeof *t);
    t->f = f;
    t->context = context;
    fill(t, lo, hi, tolerance);
    return t;
}

static double
direct(const void *context, double t)
{
    return sw_fmri_logbf(context, t);
}

sw_fmri_table *
sw_fmri_table_new(const sw_fmri_test *test, double lo, double hi)
{
    assert(lo <= hi && fabs(lo) <= 1e8 && fabs(hi) <= 1e8);
    sw_fmri_table *t = sw_fmri_alloc(1, sizeof *t);
    t->f = direct;
    t->test = *test;
    t->context = &t->test;
    fill(t, lo, hi, SW_FMRI_TABLE_ERROR);
    return t;
}

void
sw_fmri_table_free(sw_fmri_table **table)
{
    if (!*table)
        return;
    free((*table)->c);
    free(*table);
    *table = NULL;
}

double
sw_fmri_table_error(const sw_fmri_table *table)
{
    return table->error;
}

size_t
sw_fmri_table_size(const sw_fmri_table *table)
{
    return table->n;
}

// asinh to an absolute error of 1e-16, which is all that a place in the table needs.
static double
place_of(double t)
{
    return copysign(log(fabs(t) + sqrt(t * t + 1)), t);
}

static double
one(const sw_fmri_table *table, double t)
{
    if (!isfinite(t))
        return NAN;
    double x = place_of(t) * table->per_unit - (double)table->first;
    if (!(x >= 0 && x < (double)table->n))
        return table->f(table->context, t);
    size_t i = (size_t)x;
    double p = x - (double)i;
    const double *c = table->c[i];
    return c[0] + p * (c[1] + p * (c[2] + p * (c[3] + p * (c[4] + p * c[5]))));
}

void
sw_fmri_table_eval(const sw_fmri_table *table, size_t n, const double *t, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = one(table, t[i]);
}

void
sw_fmri_table_range(size_t n, const double *t, double *lo, double *hi)
{
    const double most = 1e8;
    *lo = INFINITY;
    *hi = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(t[i]))
            continue;
        double x = fmax(-most, fmin(most, t[i]));
        *lo = fmin(*lo, x);
        *hi = fmax(*hi, x);
    }
    if (*lo > *hi)
        *lo = *hi = 0;
}

void
sw_fmri_logbf_batch(const sw_fmri_test *test, size_t n, const double *t, double *out)
{
    double lo, hi;
    if (n < BATCH_MIN) {
        for (size_t i = 0; i < n; i++)
            out[i] = isfinite(t[i]) ? sw_fmri_logbf(test, t[i]) : NAN;
        return;
    }
    sw_fmri_table_range(n, t, &lo, &hi);
    sw_fmri_table *table = sw_fmri_table_new(test, lo, hi);
    sw_fmri_table_eval(table, n, t, out);
    sw_fmri_table_free(&table);
}
