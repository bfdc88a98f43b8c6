// SPDX-License-Identifier: Apache-2.0
// Which voxels are called active: by their Bayes factors, or by one of the classical corrections
// that those are compared with.
#include <math.h>

#include "models/fmri/bayes/multiplicity.h"
#include "models/fmri/bayes/student.h"
#include "models/fmri/bmap.h"
#include "models/fmri/permute.h"

typedef struct decider {
    const sw_fmri_question *q;
    const sw_fmri_selection *selection;
    const sw_fmri_masked *masked;
    const sw_fmri_tmap *t;
    const sw_fmri_bmap *b;
    sw_fmri_decision *to;
} decider;

static void
by_bf(const decider *d)
{
    double least = log(d->q->threshold);
    for (size_t v = 0; v < d->t->n; v++)
        d->to->active[v] = d->b->logbf[v] >= least;
}

static void
by_bayes_fdr(const decider *d)
{
    double prior =
        d->q->prior > 0 ? d->q->prior : sw_fmri_estimated_prior(d->t->n, d->b->logbf, 1e-6);
    double *p = sw_fmri_alloc(d->t->n, sizeof *p);
    sw_fmri_posterior_probabilities(d->t->n, d->b->logbf, prior, p);
    sw_fmri_bayesian_fdr(d->t->n, p, d->q->alpha, d->to->active);
    free(p);
}

static void
by_p(const decider *d)
{
    double *p = sw_fmri_alloc(d->t->n, sizeof *p);
    sw_fmri_map_p(d->t, d->q->side, p);
    if (d->q->decision == SW_FMRI_BH)
        sw_fmri_benjamini_hochberg(d->t->n, p, d->q->alpha, d->to->active, NULL);
    else
        sw_fmri_bonferroni(d->t->n, p, d->q->alpha, d->to->active);
    free(p);
}

// ---- sign flips ----

// Calls f with the images of the selection; the contrast's sign does not matter to flips, but to
// the side of the test.
static void
with_flips(const decider *d, void (*f)(const decider *d, const sw_fmri_flipping *flips))
{
    const sw_fmri_selection *s = d->selection;
    const float **images = sw_fmri_alloc(2 * s->n1, sizeof *images);
    bool paired = d->q->design == SW_FMRI_PAIRED;
    for (size_t i = 0; i < s->n1; i++) {
        images[i] = d->masked->first + s->first[i] * d->masked->n;
        images[s->n1 + i] = paired ? d->masked->second + s->first[i] * d->masked->n : NULL;
    }
    const float *const *second = paired ? images + s->n1 : NULL;
    bool turned = d->q->flip && paired;
    sw_fmri_side side = d->q->side;
    if (d->q->flip && !paired && side != SW_FMRI_TWO_SIDED)
        side = side == SW_FMRI_PLUS ? SW_FMRI_MINUS : SW_FMRI_PLUS;
    sw_fmri_flipping flips = {
        s->n1,   d->masked->n, turned ? second : images, turned ? images : second,
        d->t->t, side,         (size_t)d->q->flips,      d->q->seed};
    f(d, &flips);
    free(images);
}

// How far a t is on the side that is tested.
static double
beyond(sw_fmri_side side, double t)
{
    return side == SW_FMRI_PLUS ? t : side == SW_FMRI_MINUS ? -t : fabs(t);
}

// The flips' statistic and t differ in their last digits; a t that is the threshold is not beyond.
static void
max_t(const decider *d, const sw_fmri_flipping *flips)
{
    d->to->t = sw_fmri_max_t(flips, d->q->alpha);
    for (size_t v = 0; v < d->t->n; v++)
        d->to->active[v] = beyond(d->q->side, d->t->t[v]) > d->to->t * (1 + 1e-9);
}

static void
keep_large(const decider *d, double sign, double forming)
{
    size_t n = d->t->n;
    uint8_t *found = sw_fmri_alloc(n, 1);
    for (size_t v = 0; v < n; v++)
        found[v] = sign * d->t->t[v] > forming;
    sw_fmri_clusters c = sw_fmri_clusters_find(d->masked->lattice, d->q->neighbours, found, d->t->t,
                                               (size_t)d->to->size + 1);
    for (size_t v = 0; v < n; v++)
        d->to->active[v] |= c.label[v] != 0;
    sw_fmri_clusters_fini(&c);
    free(found);
}

static void
cluster_extent(const decider *d, const sw_fmri_flipping *flips)
{
    double p = d->q->side == SW_FMRI_TWO_SIDED ? d->q->forming / 2 : d->q->forming;
    double forming = sw_fmri_student_upper_quantile((double)d->t->n1 - 1, log(p));
    d->to->size = (double)sw_fmri_max_extent(flips, forming, d->masked->lattice, d->q->neighbours,
                                             d->q->alpha);
    if (d->q->side != SW_FMRI_MINUS)
        keep_large(d, 1, forming);
    if (d->q->side != SW_FMRI_PLUS)
        keep_large(d, -1, forming);
}

static void
by_max_t(const decider *d)
{
    with_flips(d, max_t);
}

static void
by_extent(const decider *d)
{
    with_flips(d, cluster_extent);
}

static void (*const deciders[])(const decider *d) = {
    [SW_FMRI_BY_BF] = by_bf,    [SW_FMRI_BAYES_FDR] = by_bayes_fdr,
    [SW_FMRI_BH] = by_p,        [SW_FMRI_BONFERRONI] = by_p,
    [SW_FMRI_MAX_T] = by_max_t, [SW_FMRI_CLUSTER_EXTENT] = by_extent,
};

sw_fmri_decision *
sw_fmri_decision_make(const sw_fmri_question *q, const sw_fmri_selection *selection,
                      const sw_fmri_masked *masked, const sw_fmri_tmap *t, const sw_fmri_bmap *b)
{
    sw_fmri_decision *to = sw_fmri_alloc(1, sizeof *to);
    *to = (sw_fmri_decision){.active = sw_fmri_alloc(t->n, 1), .t = NAN, .size = NAN};
    deciders[q->decision](&(decider){q, selection, masked, t, b, to});
    for (size_t v = 0; v < t->n; v++)
        to->n_active += to->active[v];
    return to;
}

void
sw_fmri_decision_free(void *decision)
{
    sw_fmri_decision *d = decision;
    free(d->active);
    free(d);
}
