// SPDX-License-Identifier: Apache-2.0
// The designs: one sample, pairs, two samples, regression.
#include "models/fmri/tmap.h"

#include <math.h>
#include <string.h>

#include "models/fmri/bayes/columns.h"
#include "models/fmri/philox.h"

// ---- who ----

// group -1: everybody but those of `but`.
static size_t
pool(const sw_fmri_people *people, size_t n, int group, int but, uint32_t *list)
{
    size_t found = 0;
    for (size_t s = 0; s < n; s++) {
        int g = people ? people->v[s].group : -1;
        if (group >= 0 ? g == group : but < 0 || g != but)
            list[found++] = (uint32_t)s;
    }
    return found;
}

static int
ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// Keeps k of n, each set of k equally probable (Fisher and Yates), in the old order.
static void
keep_random(uint64_t seed, uint32_t which, size_t n, size_t k, uint32_t *list)
{
    for (size_t i = 0; i < k; i++) {
        double u[2];
        sw_fmri_uniform_pair(seed, SW_FMRI_SELECTION, which, (uint32_t)i, u);
        size_t other = i + (size_t)(u[0] * (double)(n - i));
        uint32_t kept = list[other];
        list[other] = list[i];
        list[i] = kept;
    }
    qsort(list, k, sizeof *list, ascending);
}

static bool
choose(const sw_fmri_question *q, uint32_t which, size_t *n, uint32_t *list, sw_fmri_fault *fault)
{
    size_t k = q->subjects ? (size_t)q->subjects : *n;
    if (q->selection == SW_FMRI_LEAVE_ONE_OUT) {
        size_t out = (size_t)q->left_out - 1;
        if (out >= *n)
            return sw_fmri_wrong(fault, "left-out is %d, but there are %zu subjects", q->left_out,
                                 *n);
        memmove(list + out, list + out + 1, (*n - out - 1) * sizeof *list);
        *n -= 1;
        return true;
    }
    if (k > *n)
        return sw_fmri_wrong(fault, "subjects is %zu, but there are %zu", k, *n);
    if (q->selection == SW_FMRI_RANDOM)
        keep_random(q->seed, which, *n, k, list);
    *n = k;
    return true;
}

bool
sw_fmri_select(const sw_fmri_question *q, const sw_fmri_people *people, size_t n_subjects,
               sw_fmri_selection *s, sw_fmri_fault *fault)
{
    bool two = q->design == SW_FMRI_TWO_SAMPLE;
    int against = q->against;
    if (two && against < 0 && people->n_groups == 2)
        against = q->group == 1 ? 0 : 1;
    if (two && (against < 0 || against == q->group))
        return sw_fmri_wrong(fault, "against must name the group that is subtracted");
    s->n1 = pool(people, n_subjects, q->group, two ? against : -1, s->first);
    s->n2 = two ? pool(people, n_subjects, against, -1, s->second) : 0;
    if (!choose(q, 0, &s->n1, s->first, fault))
        return false;
    if (two && q->selection != SW_FMRI_LEAVE_ONE_OUT && !choose(q, 1, &s->n2, s->second, fault))
        return false;
    if (two && (s->n1 < 1 || s->n2 < 1 || s->n1 + s->n2 < 3))
        return sw_fmri_wrong(fault, "groups of %zu and %zu subjects have no t", s->n1, s->n2);
    return two || s->n1 >= 2 || sw_fmri_wrong(fault, "%zu subjects have no t", s->n1);
}

// ---- regression ----

static bool
is_column(const sw_fmri_question *q, int c, bool nuisance)
{
    if (!nuisance)
        return c == q->covariate;
    return c != q->covariate && (q->nuisance == -2 || q->nuisance == c);
}

// The covariate of interest, then the nuisance columns; returns how many.
static size_t
columns_of(const sw_fmri_question *q, const sw_fmri_people *people, const sw_fmri_selection *s,
           double *x)
{
    size_t n = 0;
    for (int nuisance = 0; nuisance < 2; nuisance++) {
        for (int c = 0; c < (int)people->n_covariates; c++) {
            if (!is_column(q, c, nuisance))
                continue;
            for (size_t i = 0; i < s->n1; i++)
                x[n * s->n1 + i] = people->v[s->first[i]].covariate[c];
            n++;
        }
    }
    return n;
}

static bool
regress(const sw_fmri_question *q, const sw_fmri_people *people, const sw_fmri_selection *s,
        const float *const *images, sw_fmri_tmap *m, sw_fmri_fault *fault)
{
    double *x = sw_fmri_alloc(s->n1 * SW_FMRI_COVARIATES_MAX, sizeof *x);
    size_t n = columns_of(q, people, s, x);
    sw_fmri_design *design = s->n1 >= n + 2 ? sw_fmri_design_new(s->n1, n, x) : NULL;
    free(x);
    m->regression = true;
    m->columns = n - 1;
    if (!design)
        return sw_fmri_wrong(fault,
                             "no regression of %zu subjects on %zu columns: too few subjects, a "
                             "missing covariate, or columns that depend on each other",
                             s->n1, n);
    sw_fmri_t_regression(design, images, m->n, m->t);
    sw_fmri_design_free(&design);
    return true;
}

// ---- the map ----

static const float **
columns(const float *matrix, size_t n_voxels, size_t n, const uint32_t *subjects)
{
    const float **list = sw_fmri_alloc(n, sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = matrix + subjects[i] * n_voxels;
    return list;
}

static void
one_sample(const sw_fmri_question *q, size_t n, const float *const *images, sw_fmri_tmap *m)
{
    if (q->missing == SW_FMRI_EXCLUDE) {
        sw_fmri_t_one_sample(n, images, m->n, m->t);
        return;
    }
    m->count = sw_fmri_alloc(m->n, sizeof *m->count);
    sw_fmri_t_observed(n, images, m->n, q->missing == SW_FMRI_DROP_ZEROS, m->t, m->count);
}

static bool
fill(const sw_fmri_question *q, const sw_fmri_people *people, const sw_fmri_selection *s,
     const sw_fmri_masked *k, sw_fmri_tmap *m, sw_fmri_fault *fault)
{
    bool good = true, paired = q->design == SW_FMRI_PAIRED;
    const float **a = columns(k->first, k->n, s->n1, s->first), **b = NULL;
    if (paired)
        b = columns(k->second, k->n, s->n1, s->first);
    else if (s->n2)
        b = columns(k->first, k->n, s->n2, s->second);
    if (q->design == SW_FMRI_REGRESSION)
        good = regress(q, people, s, a, m, fault);
    else if (paired)
        sw_fmri_t_paired(s->n1, a, b, m->n, m->t);
    else if (s->n2)
        sw_fmri_t_two_sample(s->n1, a, s->n2, b, m->n, m->t);
    else
        one_sample(q, s->n1, a, m);
    free(a);
    free(b);
    return good;
}

// ---- studies ----

static void
gather_studies(const sw_fmri_question *q, const sw_fmri_size *sizes, const sw_fmri_selection *s,
               const sw_fmri_masked *k, sw_fmri_tmap *m)
{
    float sign = q->flip ? -1 : 1;
    m->random = q->design == SW_FMRI_META_RANDOM;
    m->sizes = sw_fmri_alloc(s->n1, sizeof *m->sizes);
    m->studies = sw_fmri_alloc(s->n1 * k->n, sizeof *m->studies);
    double all = 0;
    for (size_t i = 0; i < s->n1; i++) {
        m->sizes[i] = sizes[s->first[i]];
        all += m->sizes[i].n_eff;
        for (size_t v = 0; v < k->n; v++)
            m->studies[i * k->n + v] = sign * k->first[s->first[i] * k->n + v];
    }
    for (size_t v = 0; v < k->n; v++) {
        m->t[v] = 0;
        for (size_t i = 0; i < s->n1; i++)
            m->t[v] += sqrt(m->sizes[i].n_eff / all) * m->studies[i * k->n + v];
        m->tested += !isnan(m->t[v]);
    }
}

sw_fmri_tmap *
sw_fmri_tmap_make(const sw_fmri_question *q, const sw_fmri_people *people,
                  const sw_fmri_size *sizes, const sw_fmri_selection *s, const sw_fmri_masked *k,
                  sw_fmri_fault *fault)
{
    sw_fmri_tmap *m = sw_fmri_alloc(1, sizeof *m);
    *m = (sw_fmri_tmap){.n = k->n, .n1 = s->n1, .n2 = s->n2};
    m->t = sw_fmri_alloc(k->n, sizeof *m->t);
    if (q->design >= SW_FMRI_META_FIXED) {
        gather_studies(q, sizes, s, k, m);
        return m;
    }
    if (!fill(q, people, s, k, m, fault)) {
        sw_fmri_tmap_free(m);
        return NULL;
    }
    for (size_t v = 0; v < m->n; v++) {
        m->tested += !isnan(m->t[v]);
        m->t[v] = q->flip ? -m->t[v] : m->t[v];
    }
    return m;
}

void
sw_fmri_tmap_free(void *map)
{
    sw_fmri_tmap *m = map;
    free(m->t);
    free(m->count);
    free(m->sizes);
    free(m->studies);
    free(m);
}
