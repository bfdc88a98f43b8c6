// SPDX-License-Identifier: Apache-2.0
// The analysts: threads with a database connection each that compute analyses, streaming the
// columns they need. A result of a study that is over is kept.
#include "server/api/internal.h"

#include "lib/analysis/analysis.h"
#include "lib/formats/formats.h"
#include "server/api/pool.h"

enum { WAITING_MAX = 64, THREADS = 4 };

typedef struct job {
    int64_t study;
    json_t *asked; // one analysis; NULL: all that the document names
    bool salib;    // answer under SALib's keys
} job;

// ---- one analysis ----

static const char *
first_scalar(const sw_study *study)
{
    for (size_t k = 0; k < study->n_outputs; k++) {
        if (study->outputs[k].kind == SW_SCALAR)
            return study->outputs[k].name;
    }
    return NULL;
}

// Fills in and checks the output that is meant; NULL and a fault if it can not be analysed.
static const char *
output_of(const sw_study *study, json_t *asked, sw_faults *faults)
{
    if (!json_object_get(asked, "output")) {
        const char *first = first_scalar(study);
        if (first)
            json_object_set_new(asked, "output", json_string(first));
    }
    const char *name = json_string_value(json_object_get(asked, "output"));
    for (size_t k = 0; name && k < study->n_outputs; k++) {
        if (strcmp(study->outputs[k].name, name) != 0)
            continue;
        if (study->outputs[k].kind == SW_SCALAR)
            return study->outputs[k].name;
        sw_fault_add(faults, "/output", "\"%.60s\" is not a number a run", name);
        return NULL;
    }
    sw_fault_add(faults, "/output", "\"%.60s\" is not among the study's outputs", name ? name : "");
    return NULL;
}

typedef struct feeding {
    const loaded *study;
    sw_analysis *analysis;
    bool inputs;
    double *values;        // n_parameters columns of capacity
    double **columns;      // all parameters
    const double **varied; // those that vary
    uint8_t *state;
    size_t capacity;
} feeding;

// Runs of consecutive points of one replicate, under the numbers that a study has which was never
// extended: what methods know is run = replicate * points + point. Returns how many.
static size_t
feed_stretch(feeding *f, const sw_block *block, size_t from)
{
    const sw_plan *plan = f->study->plan;
    uint64_t point, replicate;
    size_t n = sw_plan_locate(plan, block->first + from, block->n - from, &point, &replicate);
    for (size_t v = 0; f->inputs && v < f->study->study->n_varied; v++)
        f->varied[v] = f->columns[f->study->study->varied[v]] + from;
    sw_rows rows = {.first = replicate * sw_plan_points(plan) + point,
                    .n = n,
                    .x = f->inputs ? f->varied : NULL,
                    .y = block->columns[0].values + from,
                    .state = f->state + from};
    sw_analysis_feed(f->analysis, &rows);
    return n;
}

static void
feed_block(feeding *f, const sw_block *block)
{
    const sw_study *s = f->study->study;
    if (block->n > f->capacity) {
        f->capacity = block->n;
        f->state = sw_realloc(f->state, block->n);
        f->values = sw_realloc(f->values, block->n * s->n_parameters * sizeof *f->values);
    }
    for (size_t i = 0; i < block->n; i++)
        f->state[i] = (uint8_t)block->columns[1].values[i];
    if (f->inputs) {
        for (size_t j = 0; j < s->n_parameters; j++)
            f->columns[j] = f->values + j * f->capacity;
        sw_plan_inputs(f->study->plan, block->first, block->n, f->columns);
    }
    for (size_t i = 0, n; i < block->n; i += n)
        n = feed_stretch(f, block, i);
}

static sw_error
feed(sw_store *store, const loaded *l, const char *output, sw_analysis *analysis)
{
    feeding f = {.study = l, .analysis = analysis, .inputs = sw_analysis_needs_inputs(analysis)};
    f.columns = sw_calloc(l->study->n_parameters, sizeof *f.columns);
    f.varied = sw_calloc(l->study->n_varied, sizeof *f.varied);
    const char *variables[] = {output, "_state"};
    sw_reader *reader = sw_reader_new(l->row.id, variables, 2, 0, (uint64_t)l->row.runs - 1);
    sw_error e = SW_E_NONE;
    for (sw_block block; !(e = sw_reader_next(reader, store, &block)) && block.n > 0;)
        feed_block(&f, &block);
    sw_reader_free(&reader);
    free(f.columns);
    free(f.varied);
    free(f.values);
    free(f.state);
    return e;
}

static bool
is_over(const loaded *l)
{
    return l->row.state == SW_STATE_DONE || l->row.state == SW_FAILED ||
           l->row.state == SW_CANCELLED;
}

static double
quantile(const void *context, size_t j, double u)
{
    const sw_study *s = context;
    return sw_study_value(&s->parameters[s->varied[j]], u);
}

// Computes what was not computed before; the result, or NULL with faults or an error.
static json_t *
compute(sw_store *store, const loaded *l, const sw_frame *frame, sw_analysis *analysis,
        sw_faults *faults, sw_error *e)
{
    sw_auto(json) json_t *canonical = sw_analysis_resolved(analysis);
    sw_auto(free) char *key = sw_json_text(canonical, true);
    sw_auto(free) char *known = NULL;
    *e = sw_store_analysis_get(store, l->row.id, key, l->row.made, &known);
    if (*e != SW_E_NOT_FOUND)
        return *e ? NULL : sw_api_json_of(known);
    *e = feed(store, l, frame->output, analysis);
    if (*e)
        return NULL;
    json_t *result = sw_analysis_finish(analysis, faults);
    if (!result) {
        *e = SW_E_NOT_READY;
        return NULL;
    }
    json_object_set_new(result, "runs_made", json_integer(l->row.made));
    if (is_over(l)) {
        sw_auto(free) char *text = sw_json_text(result, false);
        *e = sw_store_analysis_put(store, l->row.id, key, l->row.made, text);
    }
    return result;
}

json_t *
sw_analyst_compute(sw_store *store, const loaded *l, json_t *asked, sw_faults *faults, sw_error *e)
{
    const sw_study *s = l->study;
    const char *output = output_of(s, asked, faults);
    const char **names = sw_calloc(s->n_varied, sizeof *names);
    for (size_t v = 0; v < s->n_varied; v++)
        names[v] = s->parameters[s->varied[v]].declared->name;
    sw_frame frame = {.design = s->method,
                      .options = s->design,
                      .n_parameters = s->n_varied,
                      .names = names,
                      .points = sw_plan_points(l->plan),
                      .replicates = s->replicates,
                      .seed = s->seed,
                      .output = output,
                      .n_groups = s->n_groups,
                      .group_names = (const char *const *)s->group_names,
                      .group = s->group,
                      .quantile = quantile,
                      .context = s};
    sw_analysis *analysis = output ? sw_analysis_new(asked, "", &frame, faults) : NULL;
    json_t *result = NULL;
    *e = SW_E_INVALID_DOCUMENT;
    if (analysis)
        result = compute(store, l, &frame, analysis, faults, e);
    sw_analysis_free(&analysis);
    free(names);
    return result;
}

// ---- answering ----

// A result in the form asked for; takes the reference over. NULL and a fault if it has none.
static json_t *
formed(json_t *result, bool salib, sw_faults *faults, sw_error *e)
{
    if (!result || !salib)
        return result;
    json_t *made = sw_salib_result(result);
    if (!made) {
        *e = SW_E_INVALID_REQUEST;
        sw_fault_add(faults, "?format", "SALib has no analysis \"%s\"",
                     json_string_value(json_object_get(result, "method")));
    }
    json_decref(result);
    return made;
}

static void
answer_one(sw_store *store, sw_request *r, const job *j, const loaded *l)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    sw_error e;
    json_t *result = sw_analyst_compute(store, l, j->asked, &faults, &e);
    result = formed(result, j->salib, &faults, &e);
    if (result)
        sw_answer_json(r, 200, result);
    else
        sw_problem(r, e, sw_faults_any(&faults) ? &faults : NULL, NULL);
}

// One that can not be computed does not keep the others back: its faults stand in its place.
static void
answer_all(sw_store *store, sw_request *r, const job *j, const loaded *l)
{
    json_t *items = json_array();
    for (size_t i = 0; i < json_array_size(l->study->analyses); i++) {
        __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
        sw_auto(json) json_t *asked = json_deep_copy(json_array_get(l->study->analyses, i));
        sw_error e;
        json_t *result = sw_analyst_compute(store, l, asked, &faults, &e);
        result = formed(result, j->salib, &faults, &e);
        if (!result) {
            const char *method = json_string_value(json_object_get(asked, "method"));
            result = json_pack("{ss ss so}", "method", method ? method : "", "error",
                               sw_error_about(e)->slug, "faults", sw_faults_json(&faults));
        }
        json_array_append_new(items, result);
    }
    sw_api_page(r, items, NULL);
}

static void
work(void *context, sw_store *store, sw_request *r)
{
    const job *j = context;
    loaded l;
    sw_error e = sw_api_load(store, j->study, &l);
    if (sw_api_ok(r, e, "study")) {
        if (j->asked)
            answer_one(store, r, j, &l);
        else
            answer_all(store, r, j, &l);
    }
    sw_api_unload(&l);
}

// ---- the threads ----

static void
job_free(void *context)
{
    job *j = context;
    json_decref(j->asked);
    free(j);
}

// A study has one thread at a time: what is asked twice is computed once and then known, and
// however long one study's analyses take, the others' go on.
pool *
sw_analyst_start(sw_api *api)
{
    const sw_api_settings *s = &api->settings;
    return sw_pool_start(&(sw_pool_settings){.database_url = s->database_url,
                                             .statement_seconds = s->statement_seconds,
                                             .threads = THREADS,
                                             .of_one_study = 1,
                                             .waiting = WAITING_MAX});
}

void
sw_analyst_ask(sw_request *r, int64_t study, json_t *request, bool salib)
{
    static const sw_task task = {work, job_free};
    job *j = sw_malloc(sizeof *j);
    *j = (job){study, request, salib};
    sw_pool_ask(sw_api_of(r)->analyst, r, study, &task, j);
}
