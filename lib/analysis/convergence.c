// SPDX-License-Identifier: Apache-2.0
// `convergence`: any other analysis repeated on growing prefixes of the points, half as many, a
// quarter as many …, with the verdict whether the last doubling still changed its indices.
#include "lib/analysis/method.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/width.h"

typedef struct options {
    const json_t *of;
    int64_t steps;
    double tolerance;
} options;

// All rows as they came, at replicate * places + point; x only if the other analysis wants inputs.
typedef struct state {
    const sw_frame *frame;
    options options;
    bool needs_inputs;
    uint64_t places, runs;
    double *y, **x;
    uint8_t *seen; // outcome + 1; 0 for a run that was not fed
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    const char *method = json_string_value(json_object_get(o->of, "method"));
    if (method && strcmp(method, "convergence") == 0) {
        sw_fault_add(faults, "/of/method", "can not be convergence itself");
        return NULL;
    }
    if (!sw_frame_has_prefixes(frame, "convergence", faults))
        return NULL;
    sw_analysis *other = sw_analysis_new(o->of, "/of", frame, faults);
    if (!other)
        return NULL;
    bool needs_inputs = sw_analysis_needs_inputs(other);
    sw_analysis_free(&other);
    uint64_t columns = 1 + (needs_inputs ? frame->n_parameters : 0);
    if (sw_frame_places(frame) > SW_COLUMN_POINTS_MAX / frame->replicates / columns) {
        sw_fault_add(faults, "", "keeps all runs in memory: too many");
        return NULL;
    }
    state *s = sw_calloc(1, sizeof *s);
    s->frame = frame;
    s->options = *o;
    s->needs_inputs = needs_inputs;
    s->places = sw_frame_places(frame);
    s->runs = s->places * frame->replicates;
    return s;
}

static void
feed(void *self, const sw_rows *rows)
{
    state *s = self;
    size_t d = s->needs_inputs ? s->frame->n_parameters : 0;
    if (!s->y) {
        s->y = sw_calloc(s->runs, sizeof *s->y);
        s->seen = sw_calloc(s->runs, 1);
        s->x = sw_calloc(d + 1, sizeof *s->x);
        for (size_t j = 0; j < d; j++)
            s->x[j] = sw_calloc(s->runs, sizeof **s->x);
    }
    // Rows of several replicates come together only when there is a place for every point.
    uint64_t points = s->frame->points;
    uint64_t first = rows->first / points * s->places + rows->first % points;
    memcpy(s->y + first, rows->y, rows->n * sizeof *s->y);
    for (size_t j = 0; j < d; j++)
        memcpy(s->x[j] + first, rows->x[j], rows->n * sizeof **s->x);
    for (size_t i = 0; i < rows->n; i++)
        s->seen[first + i] = (uint8_t)(rows->state[i] + 1);
}

static void
free_state(void *self)
{
    state *s = self;
    for (size_t j = 0; s->x && s->needs_inputs && j < s->frame->n_parameters; j++)
        free(s->x[j]);
    free(s->x);
    free(s->seen);
    free(s->y);
    free(s);
}

// One run; single rows are slow but few beside what the analysis itself does.
static void
feed_run(const state *s, sw_analysis *other, uint64_t place, const double **at)
{
    uint8_t outcome = (uint8_t)(s->seen[place] - 1);
    uint64_t run = place / s->places * s->frame->points + place % s->places;
    for (size_t j = 0; s->needs_inputs && j < s->frame->n_parameters; j++)
        at[j] = s->x[j] + place;
    sw_rows row = {.first = run,
                   .n = 1,
                   .x = s->needs_inputs ? at : NULL,
                   .y = s->y + place,
                   .state = &outcome};
    sw_analysis_feed(other, &row);
}

// The other analysis on the first `points` points; NULL if they do not suffice.
static json_t *
prefix_result(const state *s, uint64_t points)
{
    sw_faults faults = {0};
    const double **at = sw_calloc(s->frame->n_parameters + 1, sizeof *at);
    sw_analysis *other = sw_analysis_new(s->options.of, "", s->frame, &faults);
    for (uint64_t run = 0; s->y && run < s->runs; run++) {
        if (run % s->places < points && s->seen[run])
            feed_run(s, other, run, at);
    }
    json_t *result = sw_analysis_finish(other, &faults);
    sw_analysis_free(&other);
    sw_faults_fini(&faults);
    free(at);
    return result;
}

// The leading points that have a run of the first replicate. A prefix of more points would be a
// smaller one under a larger name, and seem to have converged.
static uint64_t
complete_points(const state *s)
{
    uint64_t n = 0;
    while (s->y && n < s->places && s->seen[n])
        n++;
    return n;
}

// The last result's warnings are those of all, but for that its prefix is not the whole study; the
// others' would say the same again.
static void
take_warnings(json_t *result, json_t *results)
{
    static const char known[] = "the study is not complete";
    json_t *last = json_array_get(results, json_array_size(results) - 1), *one, *warning;
    size_t i;
    json_array_foreach (json_object_get(last, "warnings"), i, warning) {
        if (strncmp(json_string_value(warning), known, sizeof known - 1) != 0)
            json_array_append(json_object_get(result, "warnings"), warning);
    }
    json_array_foreach (results, i, one)
        json_object_del(one, "warnings");
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    json_t *points = json_array(), *results = json_array();
    uint64_t complete = complete_points(s), prefix = s->frame->points;
    while (prefix > complete)
        prefix /= 2;
    for (int64_t k = s->options.steps - 1; k >= 0; k--) {
        json_t *one = prefix >> k > 0 ? prefix_result(s, prefix >> k) : NULL;
        if (!one)
            continue;
        json_array_append_new(points, json_integer((json_int_t)(prefix >> k)));
        json_array_append_new(results, one);
    }
    size_t n = json_array_size(results);
    if (n < 2) {
        sw_fault_add(faults, "", "needs two prefixes of the points that the analysis can use");
        json_decref(points);
        json_decref(results);
        return NULL;
    }
    double change =
        sw_result_change(json_array_get(results, n - 2), json_array_get(results, n - 1));
    json_t *result = sw_result_new(s->frame, "convergence");
    if (complete < s->frame->points)
        sw_result_warn(result,
                       "the study is not complete: this is of its first %llu points of %llu",
                       (unsigned long long)complete, (unsigned long long)s->frame->points);
    take_warnings(result, results);
    sw_put(result, "points", points);
    sw_put(result, "results", results);
    sw_put(result, "last_change", sw_result_number(change));
    sw_put(result, "verdict",
           json_string(change <= s->options.tolerance ? "stable" : "more runs needed"));
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.steps = 6, .tolerance = 0.05};
}

static const sw_field fields[] = {
    {.name = "of",
     .type = SW_FIELD_OBJECT,
     .offset = offsetof(options, of),
     .required = true,
     .doc = "The analysis to repeat, as a request of its own."},
    {.name = "steps",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, steps),
     .min = 2,
     .max = 20,
     .doc = "Halvings of the number of points, the whole included."},
    {.name = "tolerance",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, tolerance),
     .min = 1e-12,
     .max = 1e12,
     .doc = "The largest change of an index that counts as stable."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_convergence = {
    .name = "convergence",
    .doc = "Another analysis on growing prefixes, and whether more runs are needed.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .by_run = true,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free_state = free_state,
};
