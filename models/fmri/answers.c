// SPDX-License-Identifier: Apache-2.0
// One table of all outputs.
#include "models/fmri/answers.h"

#include <math.h>
#include <string.h>

#include "models/fmri/bayes/multiplicity.h"
#include "models/fmri/bmap.h"
#include "models/fmri/maps.h"
#include "models/fmri/permute.h"
#include "models/fmri/truth.h"

typedef sw_fmri_answering answering;

// ---- counting voxels ----

static double
count_beyond(const answering *a, double log_threshold, int sign)
{
    size_t n = 0;
    for (size_t v = 0; v < a->r->t->n; v++)
        n += sign * a->r->b->logbf[v] > sign * log_threshold;
    return (double)n;
}

static double
tested(const answering *a)
{
    return (double)a->r->t->tested;
}

static double
untested(const answering *a)
{
    return (double)(a->r->t->n - a->r->t->tested);
}

static double
active(const answering *a)
{
    double n = 0;
    for (size_t k = 0; k < a->r->clusters->n; k++)
        n += (double)a->r->clusters->v[k].size;
    return n;
}

static double
active_share(const answering *a)
{
    return active(a) / tested(a);
}

#define COUNTS(name, threshold, sign)                                                              \
    static double name(const answering *a)                                                         \
    {                                                                                              \
        return count_beyond(a, threshold, sign);                                                   \
    }                                                                                              \
    static double name##_share(const answering *a)                                                 \
    {                                                                                              \
        return name(a) / tested(a);                                                                \
    }
COUNTS(above_3, 1.0986122886681098, 1)
COUNTS(above_10, 2.302585092994046, 1)
COUNTS(below_third, -1.0986122886681098, -1)
COUNTS(below_tenth, -2.302585092994046, -1)

// ---- the largest Bayes factor ----

static size_t
top_voxel(const answering *a)
{
    const double *b = a->r->b->logbf;
    size_t top = 0;
    for (size_t v = 1; v < a->r->t->n; v++)
        top = b[v] > b[top] || isnan(b[top]) ? v : top;
    return top;
}

static double
max_logbf(const answering *a)
{
    return a->r->b->logbf[top_voxel(a)];
}

static double
max_t(const answering *a)
{
    return a->r->t->t[top_voxel(a)];
}

static double
top_mm(const answering *a, int d)
{
    double mm[3];
    sw_fmri_grid_mm(&a->r->data->grid, a->r->masked.voxel[top_voxel(a)], mm);
    return mm[d];
}

static double
max_x(const answering *a)
{
    return top_mm(a, 0);
}

static double
max_y(const answering *a)
{
    return top_mm(a, 1);
}

static double
max_z(const answering *a)
{
    return top_mm(a, 2);
}

// ---- clusters, thresholds ----

static double
clusters(const answering *a)
{
    return (double)a->r->clusters->n;
}

static double
largest(const answering *a)
{
    return a->r->clusters->n ? (double)a->r->clusters->v[0].size : 0;
}

static double
scale_used(const answering *a)
{
    return a->r->b->scale;
}

static double
subjects(const answering *a)
{
    return (double)(a->r->t->n1 + a->r->t->n2);
}

// The t that reaches the threshold; no other hypothesis than the point null has one formula.
static double
t_critical(const answering *a)
{
    if (a->q->hypothesis != SW_FMRI_POINT || a->r->t->regression || a->r->t->studies)
        return NAN;
    sw_fmri_test test = sw_fmri_test_of(a->r->t, 0, a->r->b->scale, a->q->side);
    return sw_fmri_t_reaching(&test, log(a->q->threshold));
}

// ---- the classical corrections, beside any decision ----

static double
count_by(const answering *a, int decision)
{
    sw_fmri_question q = *a->q;
    if (a->r->t->studies && decision != SW_FMRI_BAYES_FDR)
        return NAN; // a meta analysis has no p-values here
    q.decision = decision;
    sw_fmri_decision *d = sw_fmri_decision_make(&q, NULL, &a->r->masked, a->r->t, a->r->b);
    double n = (double)d->n_active;
    sw_fmri_decision_free(d);
    return n;
}

static double
fdr_voxels(const answering *a)
{
    return count_by(a, SW_FMRI_BH);
}

static double
bonferroni_voxels(const answering *a)
{
    return count_by(a, SW_FMRI_BONFERRONI);
}

static double
bayes_fdr_voxels(const answering *a)
{
    return count_by(a, SW_FMRI_BAYES_FDR);
}

static double
prior_of(const answering *a)
{
    return a->q->prior > 0 ? a->q->prior
                           : sw_fmri_estimated_prior(a->r->t->n, a->r->b->logbf, 1e-6);
}

static double
decision_t(const answering *a)
{
    return a->r->decision->t;
}

static double
decision_size(const answering *a)
{
    return a->r->decision->size;
}

// ---- against a truth or a reference ----

// The flags of the data's mask at the voxels that are tested; *owned is freed by the caller.
static const uint8_t *
over_masked(const answering *a, const uint8_t *flags, uint8_t **owned)
{
    const sw_fmri_masked *m = &a->r->masked;
    *owned = NULL;
    if (!m->from)
        return flags;
    *owned = sw_fmri_alloc(m->n, 1);
    for (size_t v = 0; v < m->n; v++)
        (*owned)[v] = flags[m->from[v]];
    return *owned;
}

static sw_fmri_counts
counts_of(const answering *a, const uint8_t *flags)
{
    uint8_t *owned;
    const uint8_t *over = over_masked(a, flags, &owned);
    sw_fmri_counts c = sw_fmri_count(a->r->t->n, over, a->r->clusters->label);
    free(owned);
    return c;
}

static double
dice(const answering *a)
{
    return sw_fmri_dice(counts_of(a, a->r->data->reference));
}

static double
truth_dice(const answering *a)
{
    return sw_fmri_dice(counts_of(a, a->r->data->truth));
}

static double
sensitivity(const answering *a)
{
    sw_fmri_counts c = counts_of(a, a->r->data->truth);
    return c.hits / (c.hits + c.misses);
}

static double
specificity(const answering *a)
{
    sw_fmri_counts c = counts_of(a, a->r->data->truth);
    return c.rejections / (c.rejections + c.false_alarms);
}

// 0 where nothing was found, as in Benjamini and Hochberg's definition.
static double
false_discoveries(const answering *a)
{
    sw_fmri_counts c = counts_of(a, a->r->data->truth);
    return c.false_alarms / fmax(c.false_alarms + c.hits, 1);
}

static double
any_false_alarm(const answering *a)
{
    return counts_of(a, a->r->data->truth).false_alarms > 0;
}

static double
auc(const answering *a)
{
    uint8_t *owned;
    const uint8_t *truth = over_masked(a, a->r->data->truth, &owned);
    double area = sw_fmri_auc(a->r->t->n, truth, a->r->b->logbf);
    free(owned);
    return area;
}

static double
brier(const answering *a)
{
    uint8_t *owned;
    const uint8_t *truth = over_masked(a, a->r->data->truth, &owned);
    double score = sw_fmri_brier(a->r->t->n, truth, a->r->b->logbf, prior_of(a));
    free(owned);
    return score;
}

// ---- the table ----

enum { ALWAYS, TRUTH, REFERENCE };

typedef struct entry {
    const char *name, *unit, *doc;
    int needs;
    bool on_request;
    double (*number)(const answering *a);
    sw_output_kind kind; // of those that are no number
    bool (*give)(const answering *a, const sw_host *host, size_t k, sw_fmri_fault *fault);
} entry;

static const entry table[] = {
    {"voxels", "", "Voxels tested.", ALWAYS, false, tested, 0, NULL},
    {"untested", "", "Voxels of the mask left out: missing values, or none that vary.", ALWAYS,
     false, untested, 0, NULL},
    {"active", "", "Active voxels, small clusters left out.", ALWAYS, false, active, 0, NULL},
    {"active-share", "", "Active voxels of those tested.", ALWAYS, false, active_share, 0, NULL},
    {"bf-above-3", "", "Voxels with a Bayes factor above 3.", ALWAYS, false, above_3, 0, NULL},
    {"bf-above-10", "", "Voxels with a Bayes factor above 10.", ALWAYS, false, above_10, 0, NULL},
    {"bf-below-third", "", "Voxels with a Bayes factor below 1/3.", ALWAYS, false, below_third, 0,
     NULL},
    {"bf-below-tenth", "", "Voxels with a Bayes factor below 1/10.", ALWAYS, false, below_tenth, 0,
     NULL},
    {"share-above-3", "", "Share with a Bayes factor above 3.", ALWAYS, true, above_3_share, 0,
     NULL},
    {"share-above-10", "", "Share with a Bayes factor above 10.", ALWAYS, true, above_10_share, 0,
     NULL},
    {"share-below-third", "", "Share with a Bayes factor below 1/3.", ALWAYS, true,
     below_third_share, 0, NULL},
    {"share-below-tenth", "", "Share with a Bayes factor below 1/10.", ALWAYS, true,
     below_tenth_share, 0, NULL},
    {"max-log-bf", "", "The largest log Bayes factor (natural logarithm).", ALWAYS, false,
     max_logbf, 0, NULL},
    {"max-t", "", "Its t.", ALWAYS, false, max_t, 0, NULL},
    {"max-x", "mm", "Where it is, from left (-) to right.", ALWAYS, false, max_x, 0, NULL},
    {"max-y", "mm", "Where it is, from back (-) to front.", ALWAYS, false, max_y, 0, NULL},
    {"max-z", "mm", "Where it is, from below (-) to above.", ALWAYS, false, max_z, 0, NULL},
    {"clusters", "", "Clusters of active voxels.", ALWAYS, false, clusters, 0, NULL},
    {"largest-cluster", "voxel", "The largest of them.", ALWAYS, false, largest, 0, NULL},
    {"scale-used", "d", "The prior scale after its rule.", ALWAYS, false, scale_used, 0, NULL},
    {"subjects-used", "", "Subjects in the test.", ALWAYS, false, subjects, 0, NULL},
    {"t-critical", "", "The t that reaches bf-threshold.", ALWAYS, true, t_critical, 0, NULL},
    {"fdr-voxels", "", "Voxels found by Benjamini and Hochberg at alpha.", ALWAYS, true, fdr_voxels,
     0, NULL},
    {"bonferroni-voxels", "", "Voxels found by Bonferroni at alpha.", ALWAYS, true,
     bonferroni_voxels, 0, NULL},
    {"bayes-fdr-voxels", "", "Voxels found by Bayesian false discovery rate at alpha.", ALWAYS,
     true, bayes_fdr_voxels, 0, NULL},
    {"prior-used", "", "Prior probability of an effect: given, or estimated.", ALWAYS, true,
     prior_of, 0, NULL},
    {"decision-t", "", "The t that max-t asks for.", ALWAYS, true, decision_t, 0, NULL},
    {"decision-size", "voxel", "The size that cluster-extent asks a cluster to exceed.", ALWAYS,
     true, decision_size, 0, NULL},
    {"dice", "", "Overlap of the active voxels with the reference.", REFERENCE, false, dice, 0,
     NULL},
    {"sensitivity", "", "Share of truly active voxels that were found.", TRUTH, false, sensitivity,
     0, NULL},
    {"specificity", "", "Share of the others that were not.", TRUTH, false, specificity, 0, NULL},
    {"false-discoveries", "", "Share of found voxels that are not truly active.", TRUTH, false,
     false_discoveries, 0, NULL},
    {"any-false-alarm", "", "1 if any voxel was found that is not truly active.", TRUTH, false,
     any_false_alarm, 0, NULL},
    {"truth-dice", "", "Overlap of found and truly active voxels.", TRUTH, true, truth_dice, 0,
     NULL},
    {"auc", "", "Probability that an active voxel has the larger Bayes factor.", TRUTH, true, auc,
     0, NULL},
    {"brier", "", "Mean squared error of the posterior probabilities.", TRUTH, true, brier, 0,
     NULL},
    {SW_FMRI_MAP_LOGBF, "", "Map of log10 Bayes factors.", ALWAYS, true, NULL, SW_ARTIFACT,
     sw_fmri_give_logbf},
    {SW_FMRI_MAP_T, "", "Map of t.", ALWAYS, true, NULL, SW_ARTIFACT, sw_fmri_give_t},
    {SW_FMRI_MAP_EFFECT, "d", "Map of posterior medians of the effect size.", ALWAYS, true, NULL,
     SW_ARTIFACT, sw_fmri_give_effect},
    {SW_FMRI_MAP_CLUSTERS, "", "Map of clusters by their number; 0 is not active.", ALWAYS, true,
     NULL, SW_ARTIFACT, sw_fmri_give_clusters},
    {SW_FMRI_PEAKS, "", "Table of clusters and peaks.", ALWAYS, true, NULL, SW_ARTIFACT,
     sw_fmri_give_peaks},
    {"sidecar.json", "", "What the maps are, and what produced them.", ALWAYS, true, NULL,
     SW_ARTIFACT, sw_fmri_give_sidecar},
    {"provenance", "", "The stages with their parameters, and the hashes of the inputs, as JSON.",
     ALWAYS, true, NULL, SW_OUTPUT_TEXT, sw_fmri_give_provenance},
};

enum { N_TABLE = sizeof table / sizeof *table };

sw_output *
sw_fmri_answers_declare(sw_fmri_answerable what, size_t *n)
{
    sw_output *list = sw_fmri_alloc(N_TABLE, sizeof *list);
    *n = 0;
    for (size_t i = 0; i < N_TABLE; i++) {
        const entry *e = &table[i];
        if ((e->needs == TRUTH && !what.truth) || (e->needs == REFERENCE && !what.reference))
            continue;
        list[(*n)++] =
            (sw_output){e->name, e->unit, e->doc, e->number ? SW_SCALAR : e->kind, e->on_request};
    }
    return list;
}

bool
sw_fmri_answer(const sw_fmri_answering *a, const char *name, const sw_host *host, size_t k,
               double *out, sw_fmri_fault *fault)
{
    const entry *e = table;
    while (strcmp(e->name, name) != 0)
        e++;
    if (!e->number)
        return e->give(a, host, k, fault);
    *out = e->number(a);
    return true;
}
