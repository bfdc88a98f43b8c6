// SPDX-License-Identifier: Apache-2.0
// `extra_trees`: scores of the inputs by a forest of extremely randomised trees (Geurts, Ernst and
// Wehenkel 2006, Machine Learning 63:3): by how much splits on an input reduce the output's
// variance (impurity importance), and by how much points that a tree has not seen are predicted
// worse when the input is shuffled (Breiman 2001, Machine Learning 45:5).
#include "lib/analysis/bootstrap.h"
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"
#include "lib/base/philox.h"

enum { LEAST_POINTS = 20, TREES_MAX = 1000 };
// Trees times points times parameters.
#define WORK_MAX (UINT64_C(1) << 28)

typedef struct options {
    int64_t trees, min_split;
} options;

typedef struct state {
    sw_given given;
    options options;
} state;

// A node splits its points by x[input] <= cut, or is a leaf (left 0) with their mean.
typedef struct node {
    size_t input;
    double cut, value;
    uint32_t left, right;
} node;

// Points first ... first + n - 1 of the order that a node has; still to be split.
typedef struct todo {
    uint32_t node;
    size_t first, n;
} todo;

typedef struct tree {
    const state *s;
    uint64_t which;
    size_t n; // points in all
    node *nodes;
    size_t n_nodes;
    uint32_t *order; // of its points, repeated as often as they were drawn
    size_t n_order;
    uint8_t *counts;   // how often each point was drawn
    double *reduction; // [d]: sums of squares that splits took away
} tree;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    uint64_t most = WORK_MAX / (uint64_t)o->trees;
    if (frame->n_parameters && sw_frame_held(frame) > most / frame->n_parameters) {
        sw_fault_add(faults, "/trees",
                     "takes trees × points × parameters up to %llu, not %lld × %llu × %zu",
                     (unsigned long long)WORK_MAX, (long long)o->trees,
                     (unsigned long long)sw_frame_held(frame), frame->n_parameters);
        return NULL;
    }
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (s)
        s->options = *o;
    return s;
}

// ---- growing ----

static double
sum_of_squares(const double *y, const uint32_t *order, size_t n, double *mean)
{
    double sum = 0, rest = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += y[order[i]];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        rest += y[order[i]] - *mean;
    *mean += rest / (double)n;
    for (size_t i = 0; i < n; i++) {
        double v = y[order[i]] - *mean;
        squares += v * v;
    }
    return squares;
}

// The cut of an input within a node: uniform between the least and the largest value there. NaN if
// the input does not vary.
static double
draw_cut(const tree *t, const todo *at, size_t j)
{
    const double *x = t->s->given.data.x[j];
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < at->n; i++) {
        double v = x[t->order[at->first + i]];
        low = v < low ? v : low;
        high = v > high ? v : high;
    }
    if (!(high > low))
        return NAN;
    uint64_t d = t->s->given.frame->n_parameters;
    double u = sw_unit_open(
        sw_philox(t->s->given.frame->seed, SW_STREAM_ANALYSIS, t->which, at->node * d + j));
    double cut = low + u * (high - low);
    return cut < high ? cut : low;
}

// What the two sides' sums of squares lack against the node's.
static double
gain_of(const tree *t, const todo *at, size_t j, double cut, double mean)
{
    const double *x = t->s->given.data.x[j], *y = t->s->given.data.column.y;
    double left = 0, right = 0;
    size_t n_left = 0;
    for (size_t i = 0; i < at->n; i++) {
        uint32_t p = t->order[at->first + i];
        bool is_left = x[p] <= cut;
        n_left += is_left;
        *(is_left ? &left : &right) += y[p] - mean;
    }
    double n_right = (double)(at->n - n_left);
    return left * left / (double)n_left + right * right / n_right;
}

// Puts the points at or below the cut first; returns how many they are.
static size_t
part(const tree *t, const todo *at, size_t j, double cut)
{
    const double *x = t->s->given.data.x[j];
    uint32_t *order = t->order + at->first;
    size_t n = 0;
    for (size_t i = 0; i < at->n; i++) {
        if (x[order[i]] <= cut) {
            uint32_t p = order[i];
            order[i] = order[n];
            order[n++] = p;
        }
    }
    return n;
}

// Makes the node a leaf, or splits it and puts its two sides on the stack.
static size_t
split(tree *t, todo at, todo *stack, size_t depth)
{
    const state *s = t->s;
    node *own = &t->nodes[at.node];
    double mean, squares = sum_of_squares(s->given.data.column.y, t->order + at.first, at.n, &mean);
    own->value = mean;
    double best = 0;
    if (at.n < (size_t)s->options.min_split || !(squares > 0))
        return depth;
    for (size_t j = 0; j < s->given.frame->n_parameters; j++) {
        double cut = draw_cut(t, &at, j);
        double gain = isnan(cut) ? 0 : gain_of(t, &at, j, cut, mean);
        if (gain > best) {
            best = gain;
            own->input = j;
            own->cut = cut;
        }
    }
    if (!(best > 1e-14 * squares))
        return depth;
    t->reduction[own->input] += best;
    size_t n_left = part(t, &at, own->input, own->cut);
    own->left = (uint32_t)t->n_nodes++;
    own->right = (uint32_t)t->n_nodes++;
    stack[depth++] = (todo){own->left, at.first, n_left};
    stack[depth++] = (todo){own->right, at.first + n_left, at.n - n_left};
    return depth;
}

static void
grow(tree *t)
{
    t->n_order = 0;
    sw_bootstrap_counts(t->s->given.frame->seed, t->which, t->n, t->counts);
    for (size_t i = 0; i < t->n; i++) {
        for (uint8_t k = 0; k < t->counts[i]; k++)
            t->order[t->n_order++] = (uint32_t)i;
    }
    memset(t->nodes, 0, 2 * t->n * sizeof *t->nodes);
    t->n_nodes = 1;
    todo *stack = sw_malloc((t->n + 1) * sizeof *stack);
    size_t depth = 1;
    stack[0] = (todo){0, 0, t->n_order};
    while (depth > 0) {
        depth--;
        depth = split(t, stack[depth], stack, depth);
    }
    free(stack);
}

// ---- predicting what it has not seen ----

// The tree's value at point i, with input `other` taken from point `from`.
static double
value_at(const tree *t, size_t i, size_t other, size_t from)
{
    const node *n = t->nodes;
    while (n->left) {
        double x = t->s->given.data.x[n->input][n->input == other ? from : i];
        n = &t->nodes[x <= n->cut ? n->left : n->right];
    }
    return n->value;
}

// Adds the squared errors of the points that were not drawn: as they are to error[d], and with
// input j shuffled among them to error[j]. Sums and counts of predictions go to `predicted` and
// `times`.
static void
test(const tree *t, double *error, double *predicted, uint32_t *times)
{
    const state *s = t->s;
    size_t d = s->given.frame->n_parameters, n = 0;
    const double *y = s->given.data.column.y;
    uint32_t *unseen = sw_malloc(t->n * sizeof *unseen);
    for (size_t i = 0; i < t->n; i++) {
        if (t->counts[i] == 0)
            unseen[n++] = (uint32_t)i;
    }
    for (size_t j = 0; j <= d; j++) {
        for (size_t k = 0; k < n; k++) {
            size_t i = unseen[k], from = i;
            if (j < d)
                from = unseen[sw_permute(s->given.frame->seed, t->which * d + j, n, k)];
            double v = value_at(t, i, j, from), off = v - y[i];
            error[j] += off * off / (double)n;
            if (j == d) {
                predicted[i] += v;
                times[i]++;
            }
        }
    }
    free(unseen);
}

// ---- the result ----

static double
r_squared(const double *y, const double *predicted, const uint32_t *times, size_t n)
{
    sw_moments all = {0};
    double off = 0;
    for (size_t i = 0; i < n; i++) {
        if (!times[i])
            continue;
        double v = predicted[i] / times[i] - y[i];
        off += v * v;
        sw_moments_add(&all, y[i]);
    }
    return all.n > 1 ? 1 - off / all.squares : NAN;
}

static void
put_scores(json_t *result, const state *s, size_t n, const double *reduction, const double *error)
{
    size_t d = s->given.frame->n_parameters;
    double sum = 0, variance = sw_variance(s->given.data.column.y, n, 0);
    double *v = sw_calloc(2 * d, sizeof *v);
    for (size_t j = 0; j < d; j++)
        sum += reduction[j];
    for (size_t j = 0; j < d; j++) {
        v[j] = sum > 0 ? reduction[j] / sum : 0;
        v[d + j] = variance > 0 ? (error[j] - error[d]) / (double)s->options.trees / variance : 0;
    }
    sw_put(result, "importance", sw_result_vector(v, d));
    sw_put(result, "permutation", sw_result_vector(v + d, d));
    free(v);
}

static void
put_forest(json_t *result, const state *s, size_t n)
{
    size_t d = s->given.frame->n_parameters;
    double *reduction = sw_calloc(d, sizeof *reduction), *error = sw_calloc(d + 1, sizeof *error);
    double *predicted = sw_calloc(n, sizeof *predicted);
    uint32_t *times = sw_calloc(n, sizeof *times);
    tree t = {.s = s, .n = n, .reduction = reduction};
    t.nodes = sw_malloc(2 * n * sizeof *t.nodes);
    t.order = sw_malloc(n * sizeof *t.order);
    t.counts = sw_malloc(n);
    for (int64_t k = 0; k < s->options.trees; k++) {
        t.which = (uint64_t)k;
        grow(&t);
        test(&t, error, predicted, times);
    }
    put_scores(result, s, n, reduction, error);
    double r2 = r_squared(s->given.data.column.y, predicted, times, n);
    sw_put(result, "R2", sw_result_number(r2));
    if (r2 < 0.5)
        sw_result_warn(result,
                       "the forest explains %.0f %% of the variance of points that it has "
                       "not seen: its scores say little",
                       100 * (r2 > 0 ? r2 : 0));
    free(t.nodes);
    free(t.order);
    free(t.counts);
    free(times);
    free(predicted);
    free(error);
    free(reduction);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n;
    json_t *result = sw_given_result(&s->given, "extra_trees", LEAST_POINTS, &n, faults);
    if (result)
        put_forest(result, s, n);
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.trees = 100, .min_split = 5};
}

static const sw_field fields[] = {
    {.name = "trees",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, trees),
     .min = 1,
     .max = TREES_MAX,
     .doc = "Trees in the forest."},
    {.name = "min_split",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, min_split),
     .min = 2,
     .max = 1000000,
     .doc = "The least points that a node must hold to be split."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_extra_trees = {
    .name = "extra_trees",
    .doc = "Scores of the inputs by a forest of extremely randomised trees.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
