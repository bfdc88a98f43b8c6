// SPDX-License-Identifier: Apache-2.0
// `shapley`: Shapley effects (Owen 2014, SIAM/ASA JUQ 2:245; Song, Nelson and Staum 2016, SIAM/ASA
// JUQ 4:1060): each input's share of the variance, interactions and correlations parted evenly
// among those that cause them, so that shares of correlated inputs too add up to 1. From given
// points, by nearest neighbours (Broto, Bachoc and Depecker 2020, SIAM/ASA JUQ 8:693).
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

#include "lib/base/philox.h"
#include <assert.h>

enum { LEAST_POINTS = 64, PARAMETERS_MAX = 16, NEIGHBOURS_MAX = 32, SUBSAMPLE = 1 << 30 };
// Anchors times subsets times points: some twenty seconds.
#define WORK_MAX (UINT64_C(1) << 34)

typedef struct options {
    int64_t anchors, neighbours;
} options;

typedef struct state {
    sw_given given;
    options options;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    size_t d = frame->n_parameters;
    uint64_t anchors =
        sw_frame_held(frame) < (uint64_t)o->anchors ? sw_frame_held(frame) : (uint64_t)o->anchors;
    if (d > PARAMETERS_MAX || (anchors && sw_frame_held(frame) > (WORK_MAX >> d) / anchors)) {
        sw_fault_add(faults, "/method",
                     "takes anchors × 2^parameters × points up to %llu and %d parameters, not %llu "
                     "× 2^%zu × %llu",
                     (unsigned long long)WORK_MAX, PARAMETERS_MAX, (unsigned long long)anchors, d,
                     (unsigned long long)sw_frame_held(frame));
        return NULL;
    }
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (s)
        s->options = *o;
    return s;
}

// ---- conditional variances ----

// What is left of the variance of y given the inputs of each subset (bit j: input j), as means over
// the anchors.
typedef struct search {
    size_t n, d, k;   // points, inputs, neighbours
    double **rank;    // [d][n]: ranks of the inputs, so that all have one scale
    double *y;        // [n]
    double *left;     // [2^d]: sums over the anchors
    double *distance; // [d + 1][n]: by depth of the walk, squared
} search;

// The variance of y over the k nearest points. Of equally near ones the first from the anchor on
// are taken, itself before all: each anchor takes others.
static double
variance_nearby(const search *s, size_t anchor, const double *distance)
{
    double nearest[NEIGHBOURS_MAX];
    size_t who[NEIGHBOURS_MAX], found = 0;
    assert(s->k > 0 && s->k <= NEIGHBOURS_MAX);
    for (size_t from = 0; from < s->n; from++) {
        size_t i = anchor + from < s->n ? anchor + from : anchor + from - s->n;
        if (found == s->k && distance[i] >= nearest[found - 1])
            continue;
        size_t at = found < s->k ? found++ : found - 1;
        for (; at > 0 && nearest[at - 1] > distance[i]; at--) {
            nearest[at] = nearest[at - 1];
            who[at] = who[at - 1];
        }
        nearest[at] = distance[i];
        who[at] = i;
    }
    sw_moments m = {0};
    for (size_t i = 0; i < found; i++)
        sw_moments_add(&m, s->y[who[i]]);
    return m.squares / (double)(found - 1);
}

// Walks all subsets: input j, then those behind it, are left out or taken in.
static void
walk(search *s, size_t anchor, size_t j, size_t depth, size_t subset)
{
    const double *distance = s->distance + depth * s->n;
    if (j == s->d) {
        if (depth > 0)
            s->left[subset] += variance_nearby(s, anchor, distance);
        return;
    }
    walk(s, anchor, j + 1, depth, subset);
    double *further = s->distance + (depth + 1) * s->n;
    const double *rank = s->rank[j];
    for (size_t i = 0; i < s->n; i++) {
        double apart = rank[i] - rank[anchor];
        further[i] = (depth ? distance[i] : 0) + apart * apart;
    }
    walk(s, anchor, j + 1, depth + 1, subset | (size_t)1 << j);
}

// A column in an order drawn by the seed: the first points of a low-discrepancy sequence would all
// lie in one corner as anchors, and the first of a list's equal values on one side as neighbours.
static double *
shuffled(const state *st, size_t n, const double *v)
{
    double *to = sw_malloc(n * sizeof *to);
    for (size_t i = 0; i < n; i++)
        to[i] = v[sw_permute(st->given.frame->seed, SUBSAMPLE, n, i)];
    return to;
}

// Fills left[subset] = E Var(y | inputs of the subset); the whole variance for none of them.
static void
conditional_variances(const state *st, size_t n, double *left)
{
    size_t d = st->given.frame->n_parameters;
    search s = {.n = n, .d = d, .k = (size_t)st->options.neighbours, .left = left};
    s.rank = sw_malloc(d * sizeof *s.rank);
    s.distance = sw_calloc((d + 1) * n, sizeof *s.distance);
    double *ranks = sw_malloc(n * sizeof *ranks);
    for (size_t j = 0; j < d; j++) {
        sw_ranks(st->given.data.x[j], n, ranks);
        s.rank[j] = shuffled(st, n, ranks);
    }
    s.y = shuffled(st, n, st->given.data.column.y);
    size_t anchors = n < (size_t)st->options.anchors ? n : (size_t)st->options.anchors;
    for (size_t a = 0; a < anchors; a++)
        walk(&s, a, 0, 0, 0);
    for (size_t u = 0; u < (size_t)1 << d; u++)
        left[u] /= (double)anchors;
    left[0] = sw_variance(s.y, n, 1);
    left[((size_t)1 << d) - 1] = 0; // the output is a function of all inputs
    for (size_t j = 0; j < d; j++)
        free(s.rank[j]);
    free(s.rank);
    free(ranks);
    free(s.y);
    free(s.distance);
}

// Neighbours in some inputs of a low-discrepancy sequence lie apart in the others by construction.
static void
warn_of_design(json_t *result, const char *design)
{
    static const char *const regular[] = {"sobol", "halton", "lattice", "grid", "saltelli"};
    for (size_t k = 0; k < sizeof regular / sizeof *regular; k++) {
        if (strcmp(design, regular[k]) == 0)
            sw_result_warn(result,
                           "the points of the design %s are no independent sample: shares are "
                           "biased; use random or lhs",
                           design);
    }
}

// ---- the shares ----

static double
binomial(size_t n, size_t k)
{
    double b = 1;
    for (size_t i = 1; i <= k; i++)
        b = b * (double)(n - k + i) / (double)i;
    return b;
}

// Input j's mean gain over all orders in which inputs become known.
static double
share_of(const double *left, size_t d, size_t j)
{
    double sum = 0;
    size_t bit = (size_t)1 << j;
    for (size_t u = 0; u < (size_t)1 << d; u++) {
        if (u & bit)
            continue;
        size_t known = (size_t)__builtin_popcountll(u);
        sum += (left[u] - left[u | bit]) / binomial(d - 1, known);
    }
    return sum / (double)d;
}

static void
put_shares(json_t *result, const state *s, size_t n)
{
    size_t d = s->given.frame->n_parameters, all = ((size_t)1 << d) - 1;
    double *left = sw_calloc(all + 1, sizeof *left), *v = sw_calloc(3 * d, sizeof *v);
    conditional_variances(s, n, left);
    double variance = left[0];
    for (size_t j = 0; j < d && variance > 0; j++) {
        size_t bit = (size_t)1 << j;
        v[j] = share_of(left, d, j) / variance;
        v[d + j] = 1 - left[bit] / variance;
        v[2 * d + j] = left[all & ~bit] / variance;
    }
    sw_put(result, "shapley", sw_result_vector(v, d));
    sw_put(result, "S1", sw_result_vector(v + d, d));
    sw_put(result, "ST", sw_result_vector(v + 2 * d, d));
    sw_put(result, "variance", sw_result_number(variance));
    free(v);
    free(left);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n;
    json_t *result = sw_given_result(&s->given, "shapley", LEAST_POINTS, &n, faults);
    if (result) {
        warn_of_design(result, s->given.frame->design);
        put_shares(result, s, n);
    }
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.anchors = 2000, .neighbours = 3};
}

static const sw_field fields[] = {
    {.name = "anchors",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, anchors),
     .min = 16,
     .max = 1000000,
     .doc = "Points around which conditional variances are taken, at random where there are more."},
    {.name = "neighbours",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, neighbours),
     .min = 2,
     .max = NEIGHBOURS_MAX,
     .doc = "Points in each of them, the anchor included."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_shapley = {
    .name = "shapley",
    .doc = "Shapley effects from any points, correlated inputs included.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
