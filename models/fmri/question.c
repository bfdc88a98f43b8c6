// SPDX-License-Identifier: Apache-2.0
// One table of all parameters; a model shows those that mean something for its data.
#include "models/fmri/question.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// Where a parameter is offered.
enum { EVERYWHERE, DESIGNS, SIMULATED, DRAWN, STUDIES, GROUPS, COVARIATES, REGIONS };

typedef struct entry {
    const char *name, *unit, *doc;
    sw_kind kind;
    double min, max, value;
    const char *const *choices; // of texts; the first is the default
    size_t where, to;           // offset in the question
} entry;

#define TO(member) offsetof(sw_fmri_question, member)
#define TEXTS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

// Texts are read into an int, numbers into a double, integers into an int, booleans into a bool;
// the exceptions are in `put`.
static const entry table[] = {
    {"size", "voxel", "Voxels along the longest axis of the simulated head.", SW_INTEGER, 8, 128,
     32, NULL, DRAWN, TO(simulation.size)},
    {"simulated-subjects", "", "Subjects simulated.", SW_INTEGER, 2, 1000, 20, NULL, SIMULATED,
     TO(simulation.subjects)},
    {"effect", "d", "Effect in active voxels, in standard deviations between subjects.", SW_NUMBER,
     -10, 10, 0.8, NULL, SIMULATED, TO(simulation.effect)},
    {"active-share", "", "Share of the mask that is active.", SW_NUMBER, 0, 1, 0.05, NULL, DRAWN,
     TO(simulation.share)},
    {"foci", "", "Places around which the active voxels lie.", SW_INTEGER, 1, 64, 4, NULL, DRAWN,
     TO(simulation.foci)},
    {"shape", "", "Of the effect: level spheres, or Gaussians down to half their height.", SW_TEXT,
     0, 0, 0, TEXTS("spheres", "gaussians"), DRAWN, TO(simulation.bumps)},
    {"smoothness", "mm", "Full width at half maximum of the noise; 0: white.", SW_NUMBER, 0, 60, 10,
     NULL, SIMULATED, TO(simulation.smoothness)},
    {"tail", "", "Degrees of freedom of the noise, 3 or more; 0: normal.", SW_INTEGER, 0, 1000, 0,
     NULL, SIMULATED, TO(simulation.tail)},
    {"lacking", "", "Mean share of the head's height that a subject's images lack.", SW_NUMBER, 0,
     0.4, 0, NULL, SIMULATED, TO(simulation.lacking)},
    {"foci-seed", "", "Seed of the places; 0: that of the run.", SW_INTEGER, 0, 1e9, 0, NULL, DRAWN,
     TO(simulation.place)},

    {"studies", "", "Studies simulated, each of simulated-subjects.", SW_INTEGER, 2, 100, 8, NULL,
     STUDIES, TO(simulation.studies)},
    {"effect-spread", "d", "Standard deviation of the effect between studies.", SW_NUMBER, 0, 10,
     0.1, NULL, STUDIES, TO(simulation.spread)},

    {"fwhm", "mm", "Full width at half maximum of the smoothing of images; 0: none.", SW_NUMBER, 0,
     60, 0, NULL, EVERYWHERE, TO(fwhm)},
    {"region", "", "Label of the region that is tested; 0: the whole mask.", SW_INTEGER, 0, 0, 0,
     NULL, REGIONS, TO(region)},
    {"design", "", "What is compared.", SW_TEXT, 0, 0, 0, NULL, DESIGNS, TO(design)},
    {"group", "", "Whose images: a group, or all.", SW_TEXT, 0, 0, 0, NULL, GROUPS, TO(group)},
    {"against", "", "Two samples: the group that is subtracted.", SW_TEXT, 0, 0, 0, NULL, GROUPS,
     TO(against)},
    {"covariate", "", "Regression: the column whose slope is tested.", SW_TEXT, 0, 0, 0, NULL,
     COVARIATES, TO(covariate)},
    {"nuisance", "", "Regression: columns to adjust for.", SW_TEXT, 0, 0, 0, NULL, COVARIATES,
     TO(nuisance)},
    {"selection", "", "Which subjects: the first, random ones by the run's seed, or all but one.",
     SW_TEXT, 0, 0, 0, TEXTS("first", "random", "leave-one-out"), EVERYWHERE, TO(selection)},
    {"subjects", "", "How many subjects (of each group); 0: all.", SW_INTEGER, 0, 0, 0, NULL,
     EVERYWHERE, TO(subjects)},
    {"left-out", "", "Number of the subject that leave-one-out leaves out.", SW_INTEGER, 1, 0, 1,
     NULL, EVERYWHERE, TO(left_out)},
    {"flip-sign", "", "Turns the contrast's sign.", SW_BOOLEAN, 0, 1, 0, NULL, EVERYWHERE,
     TO(flip)},
    {"missing", "",
     "A voxel with a missing value is left out, or goes on with the subjects it has; zeros may be "
     "missing values.",
     SW_TEXT, 0, 0, 0, TEXTS("exclude", "drop", "drop-zeros"), EVERYWHERE, TO(missing)},

    {"scale-rule", "",
     "Prior scale: as given; corrected for the voxels tested (exactly, or as the published tool "
     "rounds); from an expected effect.",
     SW_TEXT, 0, 0, 0, TEXTS("fixed", "corrected", "corrected-as-tool", "expected"), EVERYWHERE,
     TO(rule)},
    {"scale", "d", "Scale of the Cauchy prior, before a correction.", SW_NUMBER, 1e-6, 1e3,
     0.70710678118654757, NULL, EVERYWHERE, TO(scale)},
    {"alpha", "", "Of the corrected scale, and the level of false discovery or family-wise error.",
     SW_NUMBER, 1e-9, 0.49, 0.05, NULL, EVERYWHERE, TO(alpha)},
    {"expected-contrast", "", "Expected difference of active and other voxels.", SW_NUMBER, 1e-9,
     1e9, 0.551915, NULL, EVERYWHERE, TO(contrast)},
    {"expected-noise", "", "Expected standard deviation of noise.", SW_NUMBER, 1e-9, 1e9, 0.32908,
     NULL, EVERYWHERE, TO(noise)},
    {"expected-share", "", "Expected share of active voxels.", SW_NUMBER, 1e-9, 1, 0.129174, NULL,
     EVERYWHERE, TO(share)},
    {"expected-quantile", "", "Quantile of the prior at which the expected effect lies.", SW_NUMBER,
     0.501, 0.9999, 0.8, NULL, EVERYWHERE, TO(quantile)},
    {"side", "", "Effects that the alternative allows.", SW_TEXT, 0, 0, 0,
     TEXTS("two-sided", "plus", "minus"), EVERYWHERE, TO(side)},
    {"hypothesis", "",
     "An effect against none; within (or outside of) lower to upper against none; beyond +-rope "
     "against within.",
     SW_TEXT, 0, 0, 0, TEXTS("point", "interval", "outside", "rope"), EVERYWHERE, TO(hypothesis)},
    {"lower", "d", "Lower end of the interval.", SW_NUMBER, -1e3, 1e3, -0.2, NULL, EVERYWHERE,
     TO(lower)},
    {"upper", "d", "Upper end of the interval.", SW_NUMBER, -1e3, 1e3, 0.2, NULL, EVERYWHERE,
     TO(upper)},
    {"rope", "d", "Half the width of the region of practical equivalence.", SW_NUMBER, 1e-6, 1e3,
     0.1, NULL, EVERYWHERE, TO(rope)},

    {"decision", "", "How a voxel is called active.", SW_TEXT, 0, 0, 0,
     TEXTS("bayes-factor", "bayes-fdr", "bh-fdr", "bonferroni", "max-t", "cluster-extent"),
     EVERYWHERE, TO(decision)},
    {"bf-threshold", "", "The Bayes factor from which a voxel is active.", SW_NUMBER, 1e-100, 1e100,
     3, NULL, EVERYWHERE, TO(threshold)},
    {"prior-active", "", "Prior probability of an effect; 0: estimated from all voxels.", SW_NUMBER,
     0, 0.999, 0, NULL, EVERYWHERE, TO(prior)},
    {"forming-p", "", "Cluster extent: the p-value below which voxels form clusters.", SW_NUMBER,
     1e-9, 0.5, 0.001, NULL, EVERYWHERE, TO(forming)},
    {"flips", "", "Sign flips; all of them are taken where there are no more.", SW_INTEGER, 16,
     1 << 20, 4096, NULL, EVERYWHERE, TO(flips)},
    {"min-cluster", "voxel", "Smaller clusters are not active.", SW_INTEGER, 1, 1e6, 1, NULL,
     EVERYWHERE, TO(least)},
    {"connectivity", "", "Voxels touch by faces (6), edges too (18), or corners too (26).", SW_TEXT,
     0, 0, 0, TEXTS("26", "18", "6"), EVERYWHERE, TO(neighbours)},
};

enum { N_TABLE = sizeof table / sizeof *table, CHOICES_MAX = SW_FMRI_GROUPS_MAX + 4 };

struct sw_fmri_form {
    sw_fmri_kind kind;
    const sw_fmri_folder *folder;
    size_t n;
    sw_parameter parameters[N_TABLE];
    const entry *entries[N_TABLE];
    // Choices that depend on the data.
    const char *designs[8], *groups[CHOICES_MAX], *against[CHOICES_MAX], *covariates[CHOICES_MAX],
        *nuisances[CHOICES_MAX];
};

// ---- the descriptor ----

static bool
is_offered(const sw_fmri_form *form, size_t where)
{
    const sw_fmri_folder *f = form->folder;
    switch (where) {
    case EVERYWHERE:
        return true;
    case DESIGNS:
        return form->kind != SW_FMRI_KIND_SIMULATED;
    case SIMULATED:
        return form->kind != SW_FMRI_KIND_DATA;
    case DRAWN:
        return form->kind != SW_FMRI_KIND_DATA && !f;
    case STUDIES:
        return form->kind == SW_FMRI_KIND_STUDIES;
    case GROUPS:
        return f && f->people.n_groups > 1;
    case COVARIATES:
        return f && f->people.n_covariates > 0;
    default:
        return f && f->n_regions > 0;
    }
}

static const char *const design_names[] = {"one-sample", "paired",     "two-sample",
                                           "regression", "meta-fixed", "meta-random"};

static void
list_choices(sw_fmri_form *form)
{
    const sw_fmri_people *p = &form->folder->people;
    size_t n = 0;
    if (sw_fmri_people_sizes(p, NULL)) {
        form->designs[n++] = "meta-fixed";
        form->designs[n++] = "meta-random";
    }
    form->designs[n++] = form->folder->paired ? "paired" : "one-sample";
    if (form->folder->paired)
        form->designs[n++] = "one-sample";
    if (p->n_groups > 1)
        form->designs[n++] = "two-sample";
    if (p->n_covariates > 0)
        form->designs[n++] = "regression";
    form->groups[0] = "all";
    form->against[0] = "none";
    form->nuisances[0] = "none";
    form->nuisances[1] = "all others";
    for (size_t g = 0; g < p->n_groups; g++)
        form->groups[g + 1] = form->against[g + 1] = p->group[g];
    for (size_t c = 0; c < p->n_covariates; c++)
        form->covariates[c] = form->nuisances[c + 2] = p->covariate[c];
}

static const char *const *
choices_of(const sw_fmri_form *form, const entry *e)
{
    switch (e->to) {
    case TO(design):
        return form->designs;
    case TO(group):
        return form->groups;
    case TO(against):
        return form->against;
    case TO(covariate):
        return form->covariates;
    case TO(nuisance):
        return form->nuisances;
    default:
        return e->choices;
    }
}

static double
max_of(const sw_fmri_form *form, const entry *e)
{
    double subjects = form->kind == SW_FMRI_KIND_DATA ? (double)form->folder->people.n : 1000;
    return e->to == TO(region) && form->folder              ? form->folder->n_regions
           : e->to == TO(subjects) || e->to == TO(left_out) ? subjects
                                                            : e->max;
}

sw_fmri_form *
sw_fmri_form_new(sw_fmri_kind kind, const sw_fmri_folder *folder)
{
    sw_fmri_form *form = sw_fmri_alloc(1, sizeof *form);
    form->kind = kind;
    form->folder = folder;
    assert(folder || kind != SW_FMRI_KIND_DATA);
    if (folder)
        list_choices(form);
    else
        memcpy(form->designs, design_names + SW_FMRI_META_FIXED, 2 * sizeof *design_names);
    for (size_t t = 0; t < N_TABLE; t++) {
        const entry *e = &table[t];
        if (!is_offered(form, e->where))
            continue;
        const char *const *choices = choices_of(form, e);
        form->entries[form->n] = e;
        form->parameters[form->n++] =
            (sw_parameter){e->name, e->unit,         e->doc,   e->kind,
                           e->min,  max_of(form, e), e->value, choices ? choices[0] : NULL,
                           choices};
    }
    return form;
}

void
sw_fmri_form_free(sw_fmri_form **form)
{
    free(*form);
    *form = NULL;
}

const sw_parameter *
sw_fmri_form_parameters(const sw_fmri_form *form, size_t *n)
{
    *n = form->n;
    return form->parameters;
}

// ---- one run ----

static int
index_of(const char *text, const char *const *list)
{
    int i = 0;
    while (list[i] && strcmp(list[i], text) != 0)
        i++;
    return i;
}

// The number that a text stands for in the question.
static int
meaning(const entry *e, const char *const *choices, const char *text)
{
    int i = index_of(text, choices);
    switch (e->to) {
    case TO(design):
        return index_of(text, design_names);
    case TO(group):
    case TO(against):
        return i - 1;
    case TO(nuisance):
        return i == 0 ? -1 : i == 1 ? -2 : i - 2;
    case TO(neighbours):
        return atoi(text);
    default:
        return i;
    }
}

static void
put(const entry *e, double value, int choice, sw_fmri_question *q)
{
    char *to = (char *)q + e->to;
    if (e->to == TO(simulation.subjects))
        q->simulation.subjects = (size_t)value;
    else if (e->to == TO(simulation.place))
        q->simulation.place = (uint64_t)value;
    else if (e->to == TO(simulation.bumps))
        q->simulation.bumps = choice == 1;
    else if (e->to == TO(side))
        q->side = (sw_fmri_side)choice;
    else if (e->kind == SW_TEXT)
        *(int *)to = choice;
    else if (e->kind == SW_INTEGER)
        *(int *)to = (int)value;
    else if (e->kind == SW_BOOLEAN)
        *(bool *)to = value != 0;
    else
        *(double *)to = value;
}

static bool
check(sw_fmri_question *q, sw_fmri_fault *fault)
{
    if (q->subjects == 1)
        return sw_fmri_wrong(fault, "subjects is 1: at least 2 are needed, 0 takes all");
    if (q->simulation.tail == 1 || q->simulation.tail == 2)
        return sw_fmri_wrong(fault, "tail is %d: it must be 0 or at least 3", q->simulation.tail);
    if (!(q->lower < q->upper))
        return sw_fmri_wrong(fault, "lower is %g: it must be below upper, %g", q->lower, q->upper);
    if (q->design == SW_FMRI_REGRESSION &&
        (q->hypothesis != SW_FMRI_POINT || q->side != SW_FMRI_TWO_SIDED))
        return sw_fmri_wrong(fault, "a regression has the hypothesis \"point\" and the side "
                                    "\"two-sided\" only");
    bool meta = q->design >= SW_FMRI_META_FIXED;
    if (meta && q->decision > SW_FMRI_BAYES_FDR)
        return sw_fmri_wrong(fault, "a meta analysis has the decisions bayes-factor and bayes-fdr");
    if (meta && q->hypothesis == SW_FMRI_ROPE)
        return sw_fmri_wrong(fault, "a meta analysis does not have the hypothesis \"rope\"");
    if (meta && q->hypothesis != SW_FMRI_POINT && q->side != SW_FMRI_TWO_SIDED)
        return sw_fmri_wrong(fault, "a meta analysis of a range of effects has no side");
    if (q->design == SW_FMRI_META_RANDOM &&
        (q->hypothesis != SW_FMRI_POINT || q->side != SW_FMRI_TWO_SIDED))
        return sw_fmri_wrong(fault, "meta-random has the hypothesis \"point\" and the side "
                                    "\"two-sided\" only");
    if (q->decision >= SW_FMRI_MAX_T &&
        (q->design >= SW_FMRI_TWO_SAMPLE || q->missing != SW_FMRI_EXCLUDE))
        return sw_fmri_wrong(fault, "sign flips (max-t, cluster-extent) need the design one-sample "
                                    "or paired, and missing \"exclude\"");
    if (q->design != SW_FMRI_ONE_SAMPLE && q->missing != SW_FMRI_EXCLUDE)
        return sw_fmri_wrong(fault, "missing \"drop\" needs the design one-sample");
    return true;
}

bool
sw_fmri_form_read(const sw_fmri_form *form, const sw_levels *levels, const double *in,
                  uint64_t seed, sw_fmri_question *q, sw_fmri_fault *fault)
{
    *q = (sw_fmri_question){.group = -1, .against = -1, .nuisance = -1, .seed = seed};
    for (size_t j = 0; j < form->n; j++) {
        const entry *e = form->entries[j];
        const char *const *choices = form->parameters[j].choices;
        int choice = 0;
        if (choices)
            choice = meaning(e, choices, levels[j].texts[(size_t)in[j]]);
        put(e, in[j], choice, q);
    }
    q->simulation.seed = seed;
    if (q->simulation.place == 0)
        q->simulation.place = seed;
    return check(q, fault);
}
