// SPDX-License-Identifier: Apache-2.0
// The analysts: threads with a database connection each that compute analyses, streaming the
// columns they need. A result of a study that is over is kept.
#include "server/api/asked.h"
#include "server/api/feeding.h"

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

static bool
is_over(const loaded *l)
{
    return l->row.state == SW_STATE_DONE || l->row.state == SW_FAILED ||
           l->row.state == SW_CANCELLED;
}

typedef struct computing {
    sw_asked asked;
    sw_prefix *prefix; // NULL: the whole study
    uint64_t end;      // runs below it are looked at
} computing;

static bool
is_there(const sw_prefix *p)
{
    return !p || p->fed == p->points * p->replicates;
}

static json_t *
result_of_number(sw_store *store, const loaded *l, const computing *m, sw_faults *faults,
                 sw_error *e)
{
    const sw_asked *a = &m->asked;
    *e = sw_feed(store, l, a->output->name, m->end, m->prefix, a->number);
    return *e || !is_there(m->prefix) ? NULL : sw_analysis_finish(a->number, faults);
}

static json_t *
result_of_series(sw_store *store, const loaded *l, const computing *m, sw_faults *faults,
                 sw_error *e)
{
    sw_series *series = m->asked.series;
    const char *output = m->asked.output->name;
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
compute_afresh(sw_store *store, const loaded *l, const computing *m, sw_faults *faults, sw_error *e)
{
    json_t *result = m->asked.series ? result_of_series(store, l, m, faults, e)
                                     : result_of_number(store, l, m, faults, e);
    if (!result)
        *e = *e ? *e : SW_E_NOT_READY;
    return result;
}

// Computes what was not computed before; the result, or NULL with faults or an error.
static json_t *
compute(sw_store *store, const loaded *l, const computing *m, sw_faults *faults, sw_error *e)
{
    const sw_asked *a = &m->asked;
    if (m->prefix)
        return compute_afresh(store, l, m, faults, e);
    sw_auto(json) json_t *canonical =
        a->series ? sw_series_resolved(a->series) : sw_analysis_resolved(a->number);
    sw_auto(free) char *key = sw_json_text(canonical, true);
    sw_auto(free) char *known = NULL;
    *e = sw_store_analysis_get(store, l->row.id, key, l->row.made, &known);
    if (*e != SW_E_NOT_FOUND)
        return *e ? NULL : sw_api_json_of(known);
    json_t *result = compute_afresh(store, l, m, faults, e);
    if (!result)
        return NULL;
    json_object_set_new(result, "runs_made", json_integer(l->row.made));
    if (is_over(l)) {
        sw_auto(free) char *text = sw_json_text(result, false);
        *e = sw_store_analysis_put(store, l->row.id, key, l->row.made, text);
    }
    return result;
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
    computing m = {.prefix = prefix};
    *e = end_of(store, l, &m.end);
    if (*e)
        return NULL;
    json_t *result = NULL;
    *e = SW_E_INVALID_DOCUMENT;
    if (sw_asked_open(&m.asked, l, asked, "", prefix, m.end, faults))
        result = compute(store, l, &m, faults, e);
    sw_asked_close(&m.asked);
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
