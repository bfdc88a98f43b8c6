// SPDX-License-Identifier: Apache-2.0
// Stored Latin hypercubes: in and out of the document, and their places; the designs lhs_maximin
// and lhs_correlated that are made of them.
#include "lib/design/strata.h"

#include "lib/design/parts.h"
#include "lib/study/correlations.h"

enum { MAXIMIN_POINTS = 1000, CORRELATED_POINTS = 10000, CELLS_MAX = 50000, PAIRS = 20000000 };

static sw_strata *
allocate(const sw_study *study, size_t n)
{
    sw_strata *s = sw_calloc(1, sizeof *s);
    s->n = n;
    s->k = study->n_varied;
    s->cell = sw_calloc(n * s->k, sizeof *s->cell);
    return s;
}

sw_strata *
sw_strata_new(const sw_study *study, size_t n)
{
    sw_strata *s = allocate(study, n);
    for (size_t v = 0; v < s->k; v++) {
        for (size_t i = 0; i < n; i++)
            s->cell[v * n + i] = (uint32_t)sw_permute(study->seed, v, n, i);
    }
    return s;
}

void
sw_strata_free(void *strata)
{
    sw_strata *s = strata;
    if (s)
        free(s->cell);
    free(s);
}

static bool
read_permutation(const json_t *given, size_t n, uint32_t *cell)
{
    sw_auto(free) bool *seen = sw_calloc(n, sizeof *seen);
    if (json_array_size(given) != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(given, i);
        json_int_t k = json_is_integer(item) ? json_integer_value(item) : -1;
        if (k < 0 || (size_t)k >= n || seen[k])
            return false;
        seen[k] = true;
        cell[i] = (uint32_t)k;
    }
    return true;
}

sw_strata *
sw_strata_read(const sw_study *study, size_t n, const json_t *given, sw_faults *faults)
{
    size_t before = faults->n + faults->dropped;
    sw_strata *s = allocate(study, n);
    if (json_array_size(given) != s->k)
        sw_fault_add(faults, "/design/strata", "must be %zu lists, one for each varied parameter",
                     s->k);
    for (size_t v = 0; v < s->k && v < json_array_size(given); v++) {
        sw_auto(free) char *at = sw_json_pointer_at("/design/strata", v);
        if (!read_permutation(json_array_get(given, v), n, s->cell + v * n))
            sw_fault_add(faults, at, "must hold each whole number from 0 to %zu once", n - 1);
    }
    if (faults->n + faults->dropped == before)
        return s;
    sw_strata_free(s);
    return NULL;
}

json_t *
sw_strata_json(const sw_strata *s)
{
    json_t *all = json_array();
    for (size_t v = 0; v < s->k; v++) {
        json_t *one = json_array();
        for (size_t i = 0; i < s->n; i++)
            json_array_append_new(one, json_integer(s->cell[v * s->n + i]));
        json_array_append_new(all, one);
    }
    return all;
}

void
sw_strata_places(const sw_design *d, const sw_range *range, const sw_strata *s, bool centred)
{
    for (size_t v = 0; v < s->k; v++) {
        double *u = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++) {
            uint64_t point = range->first + i;
            double within =
                centred ? 0.5 : sw_unit_open(sw_philox(d->study->seed, SW_STREAM_DESIGN, point, v));
            u[i] = sw_cell_place(s->cell[v * s->n + point], s->n, within);
        }
    }
}

// ---- the designs ----

typedef struct options {
    int64_t n, effort;
    bool centred, rank;
    json_t *strata;
} options;

#define CENTRED                                                                                    \
    {                                                                                              \
        "centred", SW_FIELD_BOOLEAN, offsetof(options, centred), false, 0, 0, NULL,                \
            "points in the middle of their strata instead of anywhere within"                      \
    }
#define STRATA                                                                                     \
    {                                                                                              \
        "strata", SW_FIELD_ARRAY, offsetof(options, strata), false, 0, INFINITY, NULL,             \
            "the hypercube itself, for each varied parameter the stratum of every point; found "   \
            "by a search when it is not given"                                                     \
    }

static const sw_field maximin_fields[] = {
    {"n", SW_FIELD_INTEGER, offsetof(options, n), true, 2, MAXIMIN_POINTS, NULL,
     "number of points, and of strata of each parameter"},
    CENTRED,
    {"effort", SW_FIELD_INTEGER, offsetof(options, effort), false, 1, 10, NULL,
     "how long to search, in units of about a tenth of a second"},
    STRATA,
    SW_DESIGN_END,
};

static const sw_field correlated_fields[] = {
    {"n", SW_FIELD_INTEGER, offsetof(options, n), true, 2, CORRELATED_POINTS, NULL,
     "number of points, and of strata of each parameter"},
    CENTRED,
    {"rank", SW_FIELD_BOOLEAN, offsetof(options, rank), false, 0, 0, NULL,
     "the study's correlations are Spearman's, of ranks, instead of normal scores'"},
    STRATA,
    SW_DESIGN_END,
};

static void
defaults(void *to)
{
    ((options *)to)->effort = 1;
}

static bool
fits(const sw_design *d, const char *method, sw_faults *faults)
{
    size_t cells = (size_t)((const options *)d->options)->n * d->study->n_varied;
    if (!sw_design_needs_varied(d->study, method, faults))
        return false;
    if (cells > CELLS_MAX)
        sw_fault_add(faults, "/design/n",
                     "%s is stored: n times the number of varied parameters may be %d, not %zu; "
                     "lhs has no such limit",
                     method, CELLS_MAX, cells);
    return cells <= CELLS_MAX;
}

static uint64_t
maximin_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    if (!fits(d, "lhs_maximin", faults))
        return 0;
    if (o->strata) {
        d->state = sw_strata_read(d->study, (size_t)o->n, o->strata, faults);
    } else {
        d->state = sw_strata_new(d->study, (size_t)o->n);
        sw_strata_spread(d->state, d->study->seed, (uint64_t)o->effort * PAIRS);
    }
    return d->state ? (uint64_t)o->n : 0;
}

// Pearson's correlation of normal scores for Spearman's (Pearson 1907).
static double
of_scores(double spearman)
{
    return 2 * sin(M_PI * spearman / 6);
}

// The correlations asked for, over the varied parameters: L L' for those that are correlated.
static void
fill_target(const sw_study *s, bool rank, double *target)
{
    size_t k = s->n_varied;
    sw_auto(free) size_t *place = sw_calloc(s->n_parameters, sizeof *place);
    for (size_t v = 0; v < k; v++) {
        place[s->varied[v]] = v;
        target[v * k + v] = 1;
    }
    for (size_t a = 0; a < s->n_correlated; a++) {
        for (size_t b = 0; b < a; b++) {
            size_t v = place[s->correlated[a]], w = place[s->correlated[b]];
            double r = 0;
            for (size_t c = 0; c <= b; c++)
                r += s->factor[a * SW_CORRELATED_MAX + c] * s->factor[b * SW_CORRELATED_MAX + c];
            target[v * k + w] = target[w * k + v] = rank ? of_scores(r) : r;
        }
    }
}

static void
search_correlated(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    size_t k = d->study->n_varied;
    sw_auto(free) double *target = sw_calloc(k * k, sizeof *target);
    fill_target(d->study, o->rank, target);
    d->state = sw_strata_new(d->study, (size_t)o->n);
    if ((size_t)o->n <= k + 1)
        sw_fault_add(faults, "/design/n", "must be at least %zu, the number of parameters plus two",
                     k + 2);
    else if (isinf(sw_strata_correlate(d->state, target)))
        sw_fault_add(faults, "/correlations",
                     "can not all hold at once with this n: the matrix is not positive definite");
}

static uint64_t
correlated_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    size_t before = faults->n + faults->dropped;
    if (!fits(d, "lhs_correlated", faults))
        return 0;
    if (o->strata)
        d->state = sw_strata_read(d->study, (size_t)o->n, o->strata, faults);
    else
        search_correlated(d, faults);
    return faults->n + faults->dropped > before ? 0 : (uint64_t)o->n;
}

static void
places(const sw_design *d, const sw_range *range)
{
    sw_strata_places(d, range, d->state, ((const options *)d->options)->centred);
}

static json_t *
maximin_resolved(const sw_design *d)
{
    const options *o = d->options;
    return json_pack("{sI sb sI so}", "n", (json_int_t)o->n, "centred", o->centred, "effort",
                     (json_int_t)o->effort, "strata", sw_strata_json(d->state));
}

static json_t *
correlated_resolved(const sw_design *d)
{
    const options *o = d->options;
    return json_pack("{sI sb sb so}", "n", (json_int_t)o->n, "centred", o->centred, "rank", o->rank,
                     "strata", sw_strata_json(d->state));
}

const sw_design_ops sw_design_lhs_maximin = {
    .name = "lhs_maximin",
    .doc = "Latin hypercube whose points keep apart: found by a search, and stored",
    .fields = maximin_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = maximin_plan,
    .places = places,
    .free_state = sw_strata_free,
    .resolved = maximin_resolved,
};

const sw_design_ops sw_design_lhs_correlated = {
    .name = "lhs_correlated",
    .doc = "Latin hypercube with the study's correlations, or with none at all: stored",
    .fields = correlated_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = correlated_plan,
    .places = places,
    .joint = true,
    .correlates = true,
    .free_state = sw_strata_free,
    .resolved = correlated_resolved,
};
