// SPDX-License-Identifier: Apache-2.0
// `rank`: first-order indices from any independent points, by ranks: of two points that are
// neighbours in an input the outputs agree as far as that input decides them. Chatterjee (2021),
// JASA 116:2009; as Sobol' indices: Gamboa, Gremaud, Klein and Lagnoux (2022), Bernoulli 28:2345.
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"
#include "lib/base/normal.h"

enum { LEAST = 20 };

typedef struct options {
    double confidence;
} options;

typedef struct state {
    sw_given given;
    options options;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    if (!sw_frame_is_drawn(frame, "rank", faults))
        return NULL;
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (s)
        s->options = *(const options *)opts;
    return s;
}

// About zero and within one, so that products neither overflow nor vanish.
static void
standardise(double *y, size_t n)
{
    double mean = 0, largest = 0;
    for (size_t i = 0; i < n; i++)
        mean += (y[i] - mean) / (double)(i + 1);
    for (size_t i = 0; i < n; i++) {
        y[i] -= mean;
        largest = fmax(largest, fabs(y[i]));
    }
    for (size_t i = 0; i < n && largest > 0; i++)
        y[i] /= largest;
}

// The output in the order of an input, about zero; the last point's neighbour is the first.
typedef struct ranked {
    const double *y;
    size_t n;
} ranked;

static double
near(const ranked *r, size_t i, size_t steps)
{
    return r->y[(i + steps) % r->n];
}

// With m for the mean of y given the input and e for y - m, the mean of y_i y_(i+1) differs from
// that of m^2 by terms of single points, 2 y m - m^2, and of pairs, e_i e_(i+1), which are
// uncorrelated; dividing by the variance V takes S y^2 from the former (delta method). Here n V^2
// times the variance of S. Powers of m are products of neighbours, each point once; e^2 is half the
// square of a difference.
static double
scaled_variance(const ranked *r, double s)
{
    double points = 0, pairs = 0;
    for (size_t i = 0; i < r->n; i++) {
        double a = near(r, i, 0), b = near(r, i, 1), y = near(r, i, 2), c = near(r, i, 3);
        double d = near(r, i, 4), m2 = b * c, y2 = y * y;
        points += (4 + 2 * s) * y2 * m2 + a * d * m2 + s * s * y2 * y2 - 4 * y * m2 * d -
                  4 * s * y2 * y * b;
        pairs += (a - b) * (a - b) * (y - c) * (y - c) / 4;
    }
    return (fmax(points, 0) + pairs) / (double)r->n;
}

static void
estimate_one(const ranked *r, double confidence, double *s1, double *half)
{
    double squares = 0, products = 0, n = (double)r->n;
    for (size_t i = 0; i < r->n; i++) {
        squares += r->y[i] * r->y[i];
        products += r->y[i] * near(r, i, 1);
    }
    *s1 = squares > 0 ? products / squares : 0;
    double variance = squares / n;
    *half = squares > 0 ? sw_normal_quantile((1 + confidence) / 2, (1 - confidence) / 2) *
                              sqrt(scaled_variance(r, *s1) / n) / variance
                        : 0;
}

static void
estimate(state *s, size_t n, double *s1, double *half)
{
    double *y = s->given.data.column.y, *sorted = sw_malloc(n * sizeof *sorted);
    uint32_t *order = sw_malloc(n * sizeof *order);
    ranked r = {.y = sorted, .n = n};
    standardise(y, n);
    for (size_t j = 0; j < s->given.frame->n_parameters; j++) {
        sw_order(s->given.data.x[j], n, order);
        for (size_t i = 0; i < n; i++)
            sorted[i] = y[order[i]];
        estimate_one(&r, s->options.confidence, &s1[j], &half[j]);
    }
    free(order);
    free(sorted);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n, d = s->given.frame->n_parameters;
    json_t *result = sw_given_result(&s->given, "rank", LEAST, &n, faults);
    if (!result)
        return NULL;
    double *s1 = sw_malloc(2 * d * sizeof *s1);
    estimate(s, n, s1, s1 + d);
    sw_put(result, "S1", sw_result_vector(s1, d));
    sw_put(result, "S1_conf", sw_result_vector(s1 + d, d));
    sw_put(result, "confidence", json_real(s->options.confidence));
    free(s1);
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.confidence = 0.95};
}

static const sw_field fields[] = {
    {.name = "confidence",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, confidence),
     .min = 0.01,
     .max = 0.9999,
     .doc = "Level of the intervals."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_rank = {
    .name = "rank",
    .doc = "First-order indices from any independent points, by neighbours in rank.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
