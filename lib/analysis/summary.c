// SPDX-License-Identifier: Apache-2.0
// `summary`: what an output looks like, over all runs and, on request, per point over replicates.
#include "lib/analysis/method.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

enum { POINTS_MAX = 10000, QUANTILES_MAX = 100, OUTCOMES = SW_REJECTED + 1 };

typedef struct options {
    bool per_point;
    const json_t *quantiles; // array of probabilities, or NULL for the usual ones
} options;

static const double usual_quantiles[] = {0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975};

static const char *const outcome_names[OUTCOMES] = {
    [SW_DONE] = "done",       [SW_ERROR] = "error",   [SW_CRASH] = "crash",
    [SW_TIMEOUT] = "timeout", [SW_MEMORY] = "memory", [SW_REJECTED] = "rejected",
};

typedef struct state {
    const sw_frame *frame;
    size_t n_quantiles;
    double quantiles[QUANTILES_MAX];
    uint64_t outcomes[OUTCOMES];
    uint64_t n_nan;
    sw_moments all;
    double *values; // finite ones, for the quantiles; at most SW_COLUMN_POINTS_MAX
    size_t n_values, capacity;
    sw_moments *points; // NULL unless per_point
} state;

static bool
read_quantiles(state *s, const json_t *array, sw_faults *faults)
{
    size_t i;
    json_t *item;
    json_array_foreach (array, i, item) {
        double p = json_number_value(item);
        if (!json_is_number(item) || p < 0 || p > 1) {
            sw_auto(free) char *at = sw_json_pointer_at("/quantiles", i);
            sw_fault_add(faults, at, "must be a probability, from 0 to 1");
            return false;
        }
        s->quantiles[s->n_quantiles++] = p;
    }
    return true;
}

static void
free_state(void *self)
{
    state *s = self;
    free(s->values);
    free(s->points);
    free(s);
}

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    state *s = sw_calloc(1, sizeof *s);
    s->frame = frame;
    bool ok = true;
    if (o->quantiles) {
        ok = read_quantiles(s, o->quantiles, faults);
    } else {
        s->n_quantiles = sw_countof(usual_quantiles);
        memcpy(s->quantiles, usual_quantiles, sizeof usual_quantiles);
    }
    if (o->per_point && sw_frame_places(frame) > POINTS_MAX) {
        sw_fault_add(faults, "/per_point", "is offered up to %d points, not %llu", POINTS_MAX,
                     (unsigned long long)sw_frame_places(frame));
        ok = false;
    }
    if (ok && o->per_point)
        s->points = sw_calloc(sw_frame_places(frame), sizeof *s->points);
    if (!ok) {
        free_state(s);
        return NULL;
    }
    return s;
}

static void
take_value(state *s, uint64_t run, double y)
{
    if (!isfinite(y)) {
        s->n_nan++;
        return;
    }
    sw_moments_add(&s->all, y);
    if (s->points)
        sw_moments_add(&s->points[run % s->frame->points], y);
    if (s->n_values < SW_COLUMN_POINTS_MAX) {
        s->values = sw_grow(s->values, s->n_values, &s->capacity, sizeof *s->values);
        s->values[s->n_values++] = y;
    }
}

static void
feed(void *self, const sw_rows *rows)
{
    state *s = self;
    for (size_t i = 0; i < rows->n; i++) {
        uint8_t outcome = rows->state[i] < OUTCOMES ? rows->state[i] : SW_ERROR;
        s->outcomes[outcome]++;
        if (outcome == SW_DONE)
            take_value(s, rows->first + i, rows->y[i]);
    }
}

static void
put_quantiles(json_t *result, state *s)
{
    json_t *list = json_array();
    sw_sort(s->values, s->n_values);
    for (size_t q = 0; q < s->n_quantiles; q++) {
        double v = sw_quantile_sorted(s->values, s->n_values, s->quantiles[q]);
        json_t *pair = json_object();
        sw_put(pair, "p", json_real(s->quantiles[q]));
        sw_put(pair, "value", sw_result_number(v));
        json_array_append_new(list, pair);
    }
    sw_put(result, "quantiles", list);
    if (s->n_values < s->all.n)
        sw_result_warn(result, "the quantiles are those of the first %zu values", s->n_values);
}

static uint64_t
put_outcomes(json_t *result, const state *s)
{
    uint64_t failed = 0;
    json_t *by = json_object();
    for (int k = SW_DONE + 1; k < OUTCOMES; k++) {
        failed += s->outcomes[k];
        sw_put(by, outcome_names[k], json_integer((json_int_t)s->outcomes[k]));
    }
    sw_put(result, "failed", by);
    return failed;
}

// Columns rather than objects: a chart or a data frame takes them as they are.
static json_t *
points_json(const state *s)
{
    static const char *const keys[] = {"n", "mean", "sd", "sem", "min", "max"};
    json_t *object = json_object();
    for (size_t k = 0; k < sw_countof(keys); k++)
        sw_put(object, keys[k], json_array());
    for (uint64_t i = 0; i < sw_frame_places(s->frame); i++) {
        const sw_moments *m = &s->points[i];
        double v[] = {(double)m->n,      m->n ? m->mean : NAN, sw_moments_sd(m),
                      sw_moments_sem(m), m->n ? m->min : NAN,  m->n ? m->max : NAN};
        json_array_append_new(json_object_get(object, "n"), json_integer((json_int_t)m->n));
        for (size_t k = 1; k < sw_countof(keys); k++)
            json_array_append_new(json_object_get(object, keys[k]), sw_result_number(v[k]));
    }
    return object;
}

static json_t *
finish(void *self, sw_faults *faults)
{
    (void)faults;
    state *s = self;
    json_t *result = sw_result_new(s->frame, "summary");
    const sw_moments *m = &s->all;
    bool any = m->n > 0;
    sw_put(result, "n", json_integer((json_int_t)m->n));
    sw_put(result, "mean", sw_result_number(any ? m->mean : NAN));
    sw_put(result, "sd", sw_result_number(sw_moments_sd(m)));
    sw_put(result, "sem", sw_result_number(sw_moments_sem(m)));
    sw_put(result, "min", sw_result_number(any ? m->min : NAN));
    sw_put(result, "max", sw_result_number(any ? m->max : NAN));
    put_quantiles(result, s);
    sw_result_unsquared(result, m->min < m->max ? m->squares : 1);
    sw_result_losses(result, put_outcomes(result, s), s->n_nan);
    sw_put(result, "n_dropped", json_integer(0));
    if (s->points)
        sw_put(result, "points", points_json(s));
    if (s->points && sw_frame_places(s->frame) < s->frame->points)
        sw_result_warn(result, "the study is not complete: its first %llu points of %llu are told",
                       (unsigned long long)sw_frame_places(s->frame),
                       (unsigned long long)s->frame->points);
    return result;
}

static const sw_field fields[] = {
    {.name = "per_point",
     .type = SW_FIELD_BOOLEAN,
     .offset = offsetof(options, per_point),
     .doc = "Also the statistics of each point over its replicates (up to 10,000 points)."},
    {.name = "quantiles",
     .type = SW_FIELD_ARRAY,
     .offset = offsetof(options, quantiles),
     .min = 1,
     .max = QUANTILES_MAX,
     .doc = "Probabilities of the quantiles wanted."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_summary = {
    .name = "summary",
    .doc = "Mean, standard deviation and quantiles over all runs, and per point over replicates.",
    .fields = fields,
    .options_size = sizeof(options),
    .by_run = true,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free_state = free_state,
};
