// SPDX-License-Identifier: Apache-2.0
// A flip leaves the sum of squares as it is, so t is a growing function of the sum of the signed
// values over the root of that: only sums are made anew. All flips are walked in Gray code, one
// subject's sign at a time.
#include "models/fmri/permute.h"

#include <math.h>
#include <string.h>

#include "models/fmri/common.h"
#include "models/fmri/philox.h"

// y: values over sqrt(n sum of squares), so that their signed sum c gives
// t = c sqrt((n - 1) / (1 - c^2)).
typedef struct walk {
    const sw_fmri_flipping *f;
    size_t n_tested;
    uint32_t *tested; // voxels that take part
    double *y;        // subject-major
    double *sum;
    size_t flips;
    bool all;
} walk;

size_t
sw_fmri_flips_of(const sw_fmri_flipping *f, bool *all)
{
    *all = f->n_subjects < 31 && (size_t)1 << f->n_subjects <= f->flips;
    return *all ? (size_t)1 << f->n_subjects : f->flips;
}

static double
value_of(const sw_fmri_flipping *f, size_t s, size_t v)
{
    return f->first[s][v] - (f->second ? (double)f->second[s][v] : 0);
}

static void
walk_init(walk *w, const sw_fmri_flipping *f)
{
    *w = (walk){.f = f, .tested = sw_fmri_alloc(f->n_voxels, sizeof *w->tested)};
    w->flips = sw_fmri_flips_of(f, &w->all);
    for (size_t v = 0; v < f->n_voxels; v++) {
        if (!isnan(f->t[v]))
            w->tested[w->n_tested++] = (uint32_t)v;
    }
    w->y = sw_fmri_alloc(f->n_subjects * w->n_tested, sizeof *w->y);
    w->sum = sw_fmri_alloc(w->n_tested, sizeof *w->sum);
    for (size_t i = 0; i < w->n_tested; i++) {
        double squares = 0;
        for (size_t s = 0; s < f->n_subjects; s++)
            squares += value_of(f, s, w->tested[i]) * value_of(f, s, w->tested[i]);
        double scale = 1 / sqrt((double)f->n_subjects * squares);
        for (size_t s = 0; s < f->n_subjects; s++)
            w->y[s * w->n_tested + i] = scale * value_of(f, s, w->tested[i]);
    }
}

static void
walk_fini(walk *w)
{
    free(w->tested);
    free(w->y);
    free(w->sum);
}

static void
add(walk *w, size_t subject, double factor)
{
    const double *restrict y = w->y + subject * w->n_tested;
    double *restrict sum = w->sum;
    for (size_t i = 0; i < w->n_tested; i++)
        sum[i] += factor * y[i];
}

static bool
is_negative(const walk *w, size_t flip, size_t subject)
{
    uint32_t word[4];
    if (flip == 0)
        return false;
    sw_fmri_philox(w->f->seed, SW_FMRI_FLIP, (uint32_t)flip, (uint32_t)(subject / 128), word);
    return word[subject / 32 % 4] >> (subject % 32) & 1;
}

// Makes the sums of the next flip; flips come in the order 0, 1, ...
static void
go_to(walk *w, size_t flip)
{
    if (w->all && flip > 0) {
        size_t changed = (size_t)__builtin_ctzll(flip);
        size_t before = (flip - 1) ^ ((flip - 1) >> 1); // its bits: who is negative
        bool was_negative = before >> changed & 1;
        add(w, changed, was_negative ? 2 : -2);
        return;
    }
    memset(w->sum, 0, w->n_tested * sizeof *w->sum);
    for (size_t s = 0; s < w->f->n_subjects; s++)
        add(w, s, is_negative(w, flip, s) ? -1 : 1);
}

static double
t_of_sum(double c, size_t n)
{
    return c * sqrt((double)(n - 1) / fmax(1 - c * c, 1e-300));
}

static double
sum_of_t(double t, size_t n)
{
    return t / sqrt((double)(n - 1) + t * t);
}

// What is compared: larger means further from the null hypothesis on the side that is tested.
static double
extreme(const walk *w)
{
    double high = -INFINITY, low = INFINITY;
    for (size_t i = 0; i < w->n_tested; i++) {
        high = w->sum[i] > high ? w->sum[i] : high;
        low = w->sum[i] < low ? w->sum[i] : low;
    }
    return w->f->side == SW_FMRI_PLUS    ? high
           : w->f->side == SW_FMRI_MINUS ? -low
                                         : fmax(high, -low);
}

static int
descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

// The value that at most a share alpha of the n values exceed; INFINITY if no flip may.
static double
upper_quantile(size_t n, double *values, double alpha)
{
    size_t k = (size_t)floor(alpha * (double)n + 1e-9);
    qsort(values, n, sizeof *values, descending);
    return k == 0 ? INFINITY : values[k < n ? k : n - 1];
}

double
sw_fmri_max_t(const sw_fmri_flipping *f, double alpha)
{
    walk w;
    walk_init(&w, f);
    double *largest = sw_fmri_alloc(w.flips, sizeof *largest);
    for (size_t k = 0; k < w.flips; k++) {
        go_to(&w, k);
        largest[k] = extreme(&w);
    }
    double c = upper_quantile(w.flips, largest, alpha);
    free(largest);
    walk_fini(&w);
    return isfinite(c) ? t_of_sum(c, f->n_subjects) : INFINITY;
}

// The largest cluster of voxels beyond the forming value on one side.
static size_t
extent(const walk *w, double sign, double forming, const sw_fmri_lattice *lattice, int neighbours,
       uint8_t *work, uint32_t *stack)
{
    uint8_t *active = work, *mark = work + w->f->n_voxels;
    memset(active, 0, w->f->n_voxels);
    for (size_t i = 0; i < w->n_tested; i++)
        active[w->tested[i]] = sign * w->sum[i] > forming;
    return sw_fmri_clusters_largest(lattice, neighbours, active, mark, stack);
}

size_t
sw_fmri_max_extent(const sw_fmri_flipping *f, double t_forming, const sw_fmri_lattice *lattice,
                   int neighbours, double alpha)
{
    walk w;
    walk_init(&w, f);
    double *largest = sw_fmri_alloc(w.flips, sizeof *largest);
    uint8_t *work = sw_fmri_alloc(2 * f->n_voxels, 1);
    uint32_t *stack = sw_fmri_alloc(f->n_voxels, sizeof *stack);
    double forming = sum_of_t(t_forming, f->n_subjects);
    for (size_t k = 0; k < w.flips; k++) {
        size_t plus = 0, minus = 0;
        go_to(&w, k);
        if (f->side != SW_FMRI_MINUS)
            plus = extent(&w, 1, forming, lattice, neighbours, work, stack);
        if (f->side != SW_FMRI_PLUS)
            minus = extent(&w, -1, forming, lattice, neighbours, work, stack);
        largest[k] = (double)(plus > minus ? plus : minus);
    }
    double size = upper_quantile(w.flips, largest, alpha);
    free(largest);
    free(work);
    free(stack);
    walk_fini(&w);
    return isfinite(size) ? (size_t)size : f->n_voxels;
}
