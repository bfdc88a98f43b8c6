// SPDX-License-Identifier: Apache-2.0
// `prim`: the patient rule induction method (Friedman and Fisher 1999, Statistics and Computing
// 9:123): a box of the inputs in which the output is mostly beyond a threshold, found by peeling
// thin slices off the whole; coverage and density after Bryant and Lempert (2010), TFSC 77:34.
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

enum { LEAST_POINTS = 20 };
// Points times parameters, each of which is sorted at every peel.
#define WORK_MAX (UINT64_C(1) << 22)

static const char *const sides[] = {"above", "below", NULL};

typedef struct options {
    double threshold; // NaN: the quantile that leaves a tenth of the points
    const char *side;
    double peel, min_mass, density;
} options;

typedef struct state {
    sw_given given;
    options options;
} state;

// The points in the box, and its edges, which are values of points in it; infinite where no peel
// has been.
typedef struct box {
    uint32_t *in;
    size_t n, positives;
    double *low, *high; // [d]
} box;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    if (frame->n_parameters && sw_frame_held(frame) > WORK_MAX / frame->n_parameters) {
        sw_fault_add(faults, "/method", "takes points × parameters up to %llu, not %llu × %zu",
                     (unsigned long long)WORK_MAX, (unsigned long long)sw_frame_held(frame),
                     frame->n_parameters);
        return NULL;
    }
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (s)
        s->options = *(const options *)opts;
    return s;
}

// One side of one input: points with x < low or x > high go.
typedef struct peel {
    size_t j;
    double low, high;
    size_t kept, positives;
} peel;

// Fills in the edges of a cut of about `share` of the box. sorted: the values in the box. Values
// that are equal go together, at least one of them; false if none would be left.
static bool
cut(peel *p, const double *sorted, size_t n, double share, bool from_below)
{
    size_t k = (size_t)((double)n * share);
    p->low = -INFINITY;
    p->high = INFINITY;
    if (from_below) {
        while (k < n && sorted[k] == sorted[0])
            k++;
        p->low = k < n ? sorted[k] : INFINITY;
    } else {
        while (k < n && sorted[n - 1 - k] == sorted[n - 1])
            k++;
        p->high = k < n ? sorted[n - 1 - k] : -INFINITY;
    }
    return k < n;
}

static void
count(peel *p, const box *b, const double *x, const uint8_t *positive)
{
    p->kept = p->positives = 0;
    for (size_t i = 0; i < b->n; i++) {
        double v = x[b->in[i]];
        if (v < p->low || v > p->high)
            continue;
        p->kept++;
        p->positives += positive[b->in[i]];
    }
}

// The peel that leaves the densest box of at least `least` points, of equally dense ones the
// largest; false if there is none.
static bool
best_peel(const state *s, const box *b, const uint8_t *positive, size_t least, peel *best)
{
    double *sorted = sw_malloc(b->n * sizeof *sorted);
    *best = (peel){0};
    for (size_t j = 0; j < s->given.frame->n_parameters; j++) {
        const double *x = s->given.data.x[j];
        for (size_t i = 0; i < b->n; i++)
            sorted[i] = x[b->in[i]];
        sw_sort(sorted, b->n);
        for (int side = 0; side < 2; side++) {
            peel p = {.j = j};
            if (!cut(&p, sorted, b->n, s->options.peel, side == 0))
                continue;
            count(&p, b, x, positive);
            if (p.kept < least)
                continue;
            double gain =
                (double)p.positives * (double)best->kept - (double)best->positives * (double)p.kept;
            if (best->kept == 0 || gain > 0 || (gain == 0 && p.kept > best->kept))
                *best = p;
        }
    }
    free(sorted);
    return best->kept > 0;
}

static void
apply(box *b, const peel *p, const double *x)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        double v = x[b->in[i]];
        if (v >= p->low && v <= p->high)
            b->in[n++] = b->in[i];
    }
    b->n = n;
    b->positives = p->positives;
    b->low[p->j] = p->low > b->low[p->j] ? p->low : b->low[p->j];
    b->high[p->j] = p->high < b->high[p->j] ? p->high : b->high[p->j];
}

static json_t *
box_json(const box *b, size_t d, size_t n, size_t positives)
{
    json_t *o = json_object();
    size_t restricted = 0;
    for (size_t j = 0; j < d; j++)
        restricted += isfinite(b->low[j]) || isfinite(b->high[j]);
    sw_put(o, "coverage", json_real((double)b->positives / (double)positives));
    sw_put(o, "density", json_real((double)b->positives / (double)b->n));
    sw_put(o, "mass", json_real((double)b->n / (double)n));
    sw_put(o, "n_points", json_integer((json_int_t)b->n));
    sw_put(o, "n_restricted", json_integer((json_int_t)restricted));
    sw_put(o, "low", sw_result_vector(b->low, d));
    sw_put(o, "high", sw_result_vector(b->high, d));
    return o;
}

// Peels until the box is pure or too small; every box on the way is kept.
static json_t *
trajectory(const state *s, size_t n, const uint8_t *positive, size_t positives)
{
    size_t d = s->given.frame->n_parameters, least = (size_t)ceil(s->options.min_mass * (double)n);
    box b = {.n = n, .positives = positives, .in = sw_malloc(n * sizeof *b.in)};
    b.low = sw_malloc(2 * d * sizeof *b.low);
    b.high = b.low + d;
    for (size_t i = 0; i < n; i++)
        b.in[i] = (uint32_t)i;
    for (size_t j = 0; j < d; j++) {
        b.low[j] = -INFINITY;
        b.high[j] = INFINITY;
    }
    json_t *boxes = json_array();
    peel p;
    json_array_append_new(boxes, box_json(&b, d, n, positives));
    while (b.positives < b.n && best_peel(s, &b, positive, least ? least : 1, &p)) {
        apply(&b, &p, s->given.data.x[p.j]);
        json_array_append_new(boxes, box_json(&b, d, n, positives));
    }
    free(b.low);
    free(b.in);
    return boxes;
}

// The first, so the largest, box that is dense enough; otherwise the densest.
static size_t
choose(const json_t *boxes, double enough)
{
    size_t best = 0;
    double most = -1;
    for (size_t k = 0; k < json_array_size(boxes) && most < enough; k++) {
        double density = json_real_value(json_object_get(json_array_get(boxes, k), "density"));
        if (density > most) {
            most = density;
            best = k;
        }
    }
    return best;
}

static size_t
mark(const state *s, size_t n, double threshold, uint8_t *positive)
{
    const double *y = s->given.data.column.y;
    bool above = strcmp(s->options.side, "above") == 0;
    size_t positives = 0;
    for (size_t i = 0; i < n; i++) {
        positive[i] = above ? y[i] > threshold : y[i] < threshold;
        positives += positive[i];
    }
    return positives;
}

static double
threshold_of(const state *s, size_t n)
{
    if (!isnan(s->options.threshold))
        return s->options.threshold;
    double *sorted = sw_malloc(n * sizeof *sorted);
    memcpy(sorted, s->given.data.column.y, n * sizeof *sorted);
    sw_sort(sorted, n);
    double t = sw_quantile_sorted(sorted, n, strcmp(s->options.side, "above") == 0 ? 0.9 : 0.1);
    free(sorted);
    return t;
}

static void
put_boxes(json_t *result, const state *s, size_t n, const uint8_t *positive, size_t positives)
{
    json_t *boxes = trajectory(s, n, positive, positives);
    size_t chosen = choose(boxes, s->options.density);
    sw_put(result, "chosen", json_integer((json_int_t)chosen));
    sw_put(result, "box", json_deep_copy(json_array_get(boxes, chosen)));
    sw_put(result, "trajectory", boxes);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n;
    json_t *result = sw_given_result(&s->given, "prim", LEAST_POINTS, &n, faults);
    if (!result)
        return NULL;
    uint8_t *positive = sw_malloc(n);
    double threshold = threshold_of(s, n);
    size_t positives = mark(s, n, threshold, positive);
    sw_put(result, "threshold", sw_result_number(threshold));
    sw_put(result, "side", json_string(s->options.side));
    sw_put(result, "n_positive", json_integer((json_int_t)positives));
    if (positives) {
        put_boxes(result, s, n, positive, positives);
    } else {
        sw_fault_add(faults, "/threshold", "no point is %s %.6g%s", s->options.side, threshold,
                     isnan(s->options.threshold)
                         ? ", beyond which there should be a tenth of them: "
                           "many values are equal, so say another one"
                         : "");
        json_decref(result);
        result = NULL;
    }
    free(positive);
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){
        .threshold = NAN, .side = sides[0], .peel = 0.05, .min_mass = 0.05, .density = 0.8};
}

static const sw_field fields[] = {
    {.name = "threshold",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, threshold),
     .doc = "Outputs beyond it are of interest; by default a tenth of the points is."},
    {.name = "side",
     .type = SW_FIELD_STRING,
     .offset = offsetof(options, side),
     .one_of = sides,
     .doc = "Which side of the threshold is of interest."},
    {.name = "peel",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, peel),
     .min = 0.001,
     .max = 0.5,
     .doc = "The share of the box that a peel takes."},
    {.name = "min_mass",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, min_mass),
     .min = 0.001,
     .max = 1,
     .doc = "The least share of all points that a box may hold."},
    {.name = "density",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, density),
     .min = 0.01,
     .max = 1,
     .doc = "The chosen box is the largest that is as dense as this."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_prim = {
    .name = "prim",
    .doc = "A box of the inputs in which the output is mostly beyond a threshold.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
