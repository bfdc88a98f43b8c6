// SPDX-License-Identifier: Apache-2.0
// Bayes factors of whole maps. Every one is a function of t alone once the test is fixed, so that
// voxels go through a table; voxels with other numbers of subjects have other tests.
#include "models/fmri/bmap.h"

#include <math.h>

#include "models/fmri/bayes/interval.h"
#include "models/fmri/bayes/meta.h"
#include "models/fmri/bayes/multiplicity.h"
#include "models/fmri/bayes/regression.h"
#include "models/fmri/bayes/table.h"

sw_fmri_test
sw_fmri_test_of(const sw_fmri_tmap *m, size_t count, double scale, sw_fmri_side side)
{
    if (m->regression) {
        double n = (double)(m->n1);
        return (sw_fmri_test){n - 2 - (double)m->columns, n, scale, side};
    }
    if (m->n2)
        return sw_fmri_two_sample(m->n1, m->n2, scale, side);
    return sw_fmri_one_sample(count ? count : m->n1, scale, side);
}

// ---- voxels with the same test together ----

// Does something with n values of t that share a test.
typedef void (*many)(const sw_fmri_test *test, const void *context, size_t n, const double *t,
                     double *out);

// Gathers the voxels that have `count` subjects, and scatters the answers.
static void
do_count(const sw_fmri_tmap *m, size_t count, const sw_fmri_test *test, many f, const void *context,
         double *work, double *out)
{
    size_t n = 0;
    for (size_t v = 0; v < m->n; v++) {
        if (m->count[v] == count)
            work[n++] = m->t[v];
    }
    f(test, context, n, work, work);
    n = 0;
    for (size_t v = 0; v < m->n; v++) {
        if (m->count[v] == count)
            out[v] = work[n++];
    }
}

static void
by_test(const sw_fmri_tmap *m, double scale, sw_fmri_side side, many f, const void *context,
        double *out)
{
    if (!m->count) {
        sw_fmri_test test = sw_fmri_test_of(m, 0, scale, side);
        f(&test, context, m->n, m->t, out);
        return;
    }
    size_t *voxels = sw_fmri_alloc(m->n1 + 1, sizeof *voxels);
    double *work = sw_fmri_alloc(m->n, sizeof *work);
    for (size_t v = 0; v < m->n; v++) {
        voxels[m->count[v]]++;
        out[v] = NAN;
    }
    for (size_t count = 2; count <= m->n1; count++) {
        sw_fmri_test test = sw_fmri_test_of(m, count, scale, side);
        if (voxels[count])
            do_count(m, count, &test, f, context, work, out);
    }
    free(work);
    free(voxels);
}

// ---- any function of t ----

typedef struct of_t {
    sw_fmri_of_t f;
    const void *context;
    const sw_fmri_test *test;
} of_t;

static double
call(const void *self, double t)
{
    const of_t *x = self;
    return x->f(x->test, x->context, t);
}

static void
tabulated(const sw_fmri_test *test, const void *context, size_t n, const double *t, double *out)
{
    of_t x = *(const of_t *)context;
    double lo, hi;
    x.test = test;
    sw_fmri_table_range(n, t, &lo, &hi);
    sw_fmri_table *table = sw_fmri_table_of(call, &x, lo, hi, SW_FMRI_TABLE_ERROR);
    sw_fmri_table_eval(table, n, t, out);
    sw_fmri_table_free(&table);
}

void
sw_fmri_map_of_t(const sw_fmri_tmap *m, double scale, sw_fmri_side side, sw_fmri_of_t f,
                 const void *context, double *out)
{
    of_t x = {f, context, NULL};
    by_test(m, scale, side, tabulated, &x, out);
}

static void
p_values(const sw_fmri_test *test, const void *context, size_t n, const double *t, double *out)
{
    (void)context;
    sw_fmri_p_values(n, t, test->nu, test->side, out);
}

void
sw_fmri_map_p(const sw_fmri_tmap *m, sw_fmri_side side, double *p)
{
    by_test(m, 1, side, p_values, NULL, p);
}

// ---- hypotheses ----

static void
point(const sw_fmri_test *test, const void *context, size_t n, const double *t, double *out)
{
    (void)context;
    sw_fmri_logbf_batch(test, n, t, out);
}

static double
interval(const sw_fmri_test *test, const void *context, double t)
{
    return sw_fmri_interval_logbf(test, context, t);
}

static double
rope(const sw_fmri_test *test, const void *context, double t)
{
    return sw_fmri_rope_logbf(test, *(const double *)context, t);
}

static double
slope(const sw_fmri_test *test, const void *context, double t)
{
    const sw_fmri_tmap *m = context;
    return sw_fmri_covariate_logbf(m->n1, m->columns, t, test->r);
}

// ---- meta analysis ----

static sw_fmri_meta_map *
meta_map(const sw_fmri_question *q, const sw_fmri_tmap *m, double scale)
{
    double *a = sw_fmri_alloc(m->n1, sizeof *a), *b = sw_fmri_alloc(m->n1, sizeof *b);
    sw_fmri_interval within = {q->lower, q->upper, q->hypothesis == SW_FMRI_OUTSIDE};
    bool point_null = q->hypothesis == SW_FMRI_POINT, whole = point_null && !q->side;
    if (point_null)
        within = q->side == SW_FMRI_PLUS ? (sw_fmri_interval){0, INFINITY, false}
                                         : (sw_fmri_interval){-INFINITY, 0, false};
    for (size_t i = 0; i < m->n1; i++) {
        a[i] = m->random ? sw_fmri_fisher_se(m->sizes[i].n) : m->sizes[i].nu;
        b[i] = m->sizes[i].n_eff;
    }
    sw_fmri_meta_map *map =
        m->random ? sw_fmri_meta_map_random(m->n1, a, scale)
                  : sw_fmri_meta_map_fixed(m->n1, a, b, scale, whole ? NULL : &within);
    free(a);
    free(b);
    return map;
}

static void
meta(const sw_fmri_question *q, const sw_fmri_tmap *m, double scale, double *out)
{
    sw_fmri_meta_map *map = meta_map(q, m, scale);
    double *values = sw_fmri_alloc(m->n1, sizeof *values);
    for (size_t v = 0; v < m->n; v++) {
        for (size_t i = 0; i < m->n1; i++) {
            double t = m->studies[i * m->n + v];
            values[i] = m->random ? sw_fmri_fisher_z(t, m->sizes[i].nu) : t;
        }
        out[v] = sw_fmri_meta_map_logbf(map, values);
    }
    free(values);
    sw_fmri_meta_map_free(&map);
}

double
sw_fmri_scale_of(const sw_fmri_question *q, size_t tested)
{
    double voxels = fmax((double)tested, 1);
    switch (q->rule) {
    case SW_FMRI_CORRECTED:
        return sw_fmri_corrected_scale(voxels, q->scale, q->alpha);
    case SW_FMRI_CORRECTED_TOOL:
        return sw_fmri_corrected_scale_as_tool(voxels, q->scale, q->alpha);
    case SW_FMRI_EXPECTED:
        return sw_fmri_expected_scale(q->contrast, q->noise, q->share, q->quantile);
    default:
        return q->scale;
    }
}

bool
sw_fmri_bmap_check(const sw_fmri_question *q, const sw_fmri_tmap *m, sw_fmri_fault *fault)
{
    double scale = sw_fmri_scale_of(q, m->tested);
    if (!(scale >= 1e-9 && scale <= 1e9))
        return sw_fmri_wrong(fault, "the prior scale is %g after its rule: it must be 1e-9 to 1e9",
                             scale);
    sw_fmri_test test = sw_fmri_test_of(m, 0, scale, q->side);
    sw_fmri_interval within = {q->lower, q->upper, q->hypothesis == SW_FMRI_OUTSIDE};
    bool ranged = q->hypothesis == SW_FMRI_INTERVAL || q->hypothesis == SW_FMRI_OUTSIDE;
    if (ranged && !(sw_fmri_interval_log_prior(&test, &within) > -300))
        return sw_fmri_wrong(fault, "effects %s %g to %g have no prior probability on this side",
                             within.complement ? "outside of" : "from", q->lower, q->upper);
    return true;
}

sw_fmri_bmap *
sw_fmri_bmap_make(const sw_fmri_question *q, const sw_fmri_tmap *m)
{
    sw_fmri_bmap *b = sw_fmri_alloc(1, sizeof *b);
    sw_fmri_interval within = {q->lower, q->upper, q->hypothesis == SW_FMRI_OUTSIDE};
    b->scale = sw_fmri_scale_of(q, m->tested);
    b->logbf = sw_fmri_alloc(m->n, sizeof *b->logbf);
    if (m->studies)
        meta(q, m, b->scale, b->logbf);
    else if (m->regression)
        sw_fmri_map_of_t(m, b->scale, q->side, slope, m, b->logbf);
    else if (q->hypothesis == SW_FMRI_POINT)
        by_test(m, b->scale, q->side, point, NULL, b->logbf);
    else if (q->hypothesis == SW_FMRI_ROPE)
        sw_fmri_map_of_t(m, b->scale, q->side, rope, &q->rope, b->logbf);
    else
        sw_fmri_map_of_t(m, b->scale, q->side, interval, &within, b->logbf);
    return b;
}

void
sw_fmri_bmap_free(void *map)
{
    sw_fmri_bmap *b = map;
    free(b->logbf);
    free(b);
}
