// SPDX-License-Identifier: Apache-2.0
// The analysts: threads with a database connection each that compute analyses, streaming the
// columns they need. A result of a study that is over is kept.
#include "server/api/feeding.h"

#include "lib/analysis/series.h"
#include "lib/formats/formats.h"
#include "server/api/pool.h"

#include <math.h>

enum { WAITING_MAX = 64, THREADS = 4 };

typedef struct job {
    int64_t study;
    json_t *asked; // one analysis; NULL: all that the document names
    bool salib;    // answer under SALib's keys
} job;

// ---- one analysis ----

static const sw_output *
first_of_kind(const sw_study *study, sw_output_kind kind)
{
    for (size_t k = 0; k < study->n_outputs; k++) {
        if (study->outputs[k].kind == kind)
            return &study->outputs[k];
    }
    return NULL;
}

// Fills in and checks the output that is meant: the first number, or series if there is no number.
// NULL and a fault if it can not be analysed.
static const sw_output *
output_of(const sw_study *study, json_t *asked, sw_faults *faults)
{
    if (!json_object_get(asked, "output")) {
        const sw_output *first = first_of_kind(study, SW_SCALAR);
        first = first ? first : first_of_kind(study, SW_SERIES);
        if (first)
            json_object_set_new(asked, "output", json_string(first->name));
    }
    const char *name = json_string_value(json_object_get(asked, "output"));
    for (size_t k = 0; name && k < study->n_outputs; k++) {
        if (strcmp(study->outputs[k].name, name) != 0)
            continue;
        if (study->outputs[k].kind == SW_SCALAR || study->outputs[k].kind == SW_SERIES)
            return &study->outputs[k];
        sw_fault_add(faults, "/output", "\"%.60s\" is neither a number nor a series", name);
        return NULL;
    }
    sw_fault_add(faults, "/output", "\"%.60s\" is not among the study's outputs", name ? name : "");
    return NULL;
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

// One of the two.
typedef struct computing {
    sw_analysis *number;
    sw_series *series;
    sw_prefix *prefix; // NULL: the whole study
    uint64_t end;      // runs below it are looked at
} computing;

static bool
is_there(const sw_prefix *p)
{
    return !p || p->fed == p->points * p->replicates;
}

static json_t *
result_of_number(sw_store *store, const loaded *l, const char *output, const computing *m,
                 sw_faults *faults, sw_error *e)
{
    *e = sw_feed(store, l, output, m->end, m->prefix, m->number);
    return *e || !is_there(m->prefix) ? NULL : sw_analysis_finish(m->number, faults);
}

static json_t *
result_of_series(sw_store *store, const loaded *l, const char *output, const computing *m,
                 sw_faults *faults, sw_error *e)
{
    sw_series *series = m->series;
    size_t length;
    *e = sw_store_series_length(store, l->row.id, output, &length);
    if (*e || !sw_series_begin(series, length, faults))
        return NULL;
    do
        *e = sw_feed_series(store, l, output, m->end, length, m->prefix, series);
    while (!*e && is_there(m->prefix) && sw_series_next(series));
    return *e || !is_there(m->prefix) ? NULL : sw_series_finish(series, faults);
}

static json_t *
compute_afresh(sw_store *store, const loaded *l, const char *output, const computing *m,
               sw_faults *faults, sw_error *e)
{
    json_t *result = m->series ? result_of_series(store, l, output, m, faults, e)
                               : result_of_number(store, l, output, m, faults, e);
    if (!result)
        *e = *e ? *e : SW_E_NOT_READY;
    return result;
}

// Computes what was not computed before; the result, or NULL with faults or an error.
static json_t *
compute(sw_store *store, const loaded *l, const char *output, const computing *m, sw_faults *faults,
        sw_error *e)
{
    if (m->prefix)
        return compute_afresh(store, l, output, m, faults, e);
    sw_auto(json) json_t *canonical =
        m->series ? sw_series_resolved(m->series) : sw_analysis_resolved(m->number);
    sw_auto(free) char *key = sw_json_text(canonical, true);
    sw_auto(free) char *known = NULL;
    *e = sw_store_analysis_get(store, l->row.id, key, l->row.made, &known);
    if (*e != SW_E_NOT_FOUND)
        return *e ? NULL : sw_api_json_of(known);
    json_t *result = compute_afresh(store, l, output, m, faults, e);
    if (!result)
        return NULL;
    json_object_set_new(result, "runs_made", json_integer(l->row.made));
    if (is_over(l)) {
        sw_auto(free) char *text = sw_json_text(result, false);
        *e = sw_store_analysis_put(store, l->row.id, key, l->row.made, text);
    }
    return result;
}

// The design's options as a study has them that is no more than the prefix.
static json_t *
options_of(const loaded *l, const sw_prefix *prefix)
{
    json_t *options = json_copy(l->study->design);
    json_t *n = json_object_get(options, "n");
    uint64_t points = sw_plan_points(l->plan);
    if (prefix && json_is_integer(n) && points > 0) {
        double share = (double)prefix->points / (double)points;
        json_object_set_new(options, "n", json_integer(llround(share * json_number_value(n))));
    }
    return options;
}

// One past the last run that is there: of a study of a great many of which few were made, what is
// refused and what memory is taken is of these. 1 if there is none.
static sw_error
end_of(sw_store *store, const loaded *l, uint64_t *end)
{
    *end = (uint64_t)l->row.runs;
    sw_error e = SW_E_NONE;
    if (l->row.made < l->row.runs)
        e = sw_store_runs_end(store, l->row.id, end);
    *end += *end == 0;
    return e;
}

json_t *
sw_analyst_compute(sw_store *store, const loaded *l, json_t *asked, sw_faults *faults, sw_error *e)
{
    return sw_analyst_compute_prefix(store, l, asked, NULL, faults, e);
}

json_t *
sw_analyst_compute_prefix(sw_store *store, const loaded *l, json_t *asked, sw_prefix *prefix,
                          sw_faults *faults, sw_error *e)
{
    const sw_study *s = l->study;
    computing m = {.prefix = prefix};
    *e = end_of(store, l, &m.end);
    if (*e)
        return NULL;
    sw_auto(json) json_t *options = options_of(l, prefix);
    const sw_output *output = output_of(s, asked, faults);
    const char **names = sw_calloc(s->n_varied, sizeof *names);
    for (size_t v = 0; v < s->n_varied; v++)
        names[v] = s->parameters[s->varied[v]].declared->name;
    bool *is_text = sw_calloc(s->n_varied, sizeof *is_text);
    for (size_t v = 0; v < s->n_varied; v++)
        is_text[v] = s->parameters[s->varied[v]].declared->kind == SW_TEXT;
    sw_frame frame = {.design = s->method,
                      .options = options,
                      .n_parameters = s->n_varied,
                      .names = names,
                      .is_text = is_text,
                      .points = prefix ? prefix->points : sw_plan_points(l->plan),
                      .replicates = prefix ? prefix->replicates : s->replicates,
                      .reach = m.end,
                      .seed = s->seed,
                      .interleaved = s->interleaved,
                      .output = output ? output->name : NULL,
                      .n_groups = s->n_groups,
                      .group_names = (const char *const *)s->group_names,
                      .group = s->group,
                      .quantile = quantile,
                      .context = s};
    if (output && output->kind == SW_SERIES)
        m.series = sw_series_new(asked, "", &frame, faults);
    else if (output)
        m.number = sw_analysis_new(asked, "", &frame, faults);
    json_t *result = NULL;
    *e = SW_E_INVALID_DOCUMENT;
    if (m.number || m.series)
        result = compute(store, l, output->name, &m, faults, e);
    sw_analysis_free(&m.number);
    sw_series_free(&m.series);
    free(names);
    free(is_text);
    return result;
}

// ---- answering ----

// A result in the form asked for; takes the reference over. NULL and a fault if it has none.
static json_t *
formed(json_t *result, bool salib, sw_faults *faults, sw_error *e)
{
    if (!result || !salib)
        return result;
    bool series = json_object_get(result, "at");
    json_t *made = series ? NULL : sw_salib_result(result);
    if (series) {
        *e = SW_E_INVALID_REQUEST;
        sw_fault_add(faults, "?format", "SALib has no analysis of a series");
    } else if (!made) {
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
