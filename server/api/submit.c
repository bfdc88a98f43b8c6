// SPDX-License-Identifier: Apache-2.0
// Submitting a study: parse, check everything, plan, store; or only say what it would be.
#include "server/api/asked.h"

#include "lib/analysis/analysis.h"
#include "lib/formats/formats.h"

#include <assert.h>

enum { FIRST_POINTS = 5, FIRST_POINTS_MAX = 1000, KEY_MAX = 255 };

static void
check_stopping(const sw_study *study, sw_faults *faults)
{
    const sw_stopping *s = &study->stopping;
    const sw_design_ops *design = sw_design_find(study->method);
    if (s->analysis && !s->replicates && design && !design->grows)
        sw_fault_add(faults, "/stop_when/raise", "must be replicates: \"%s\" can not grow in place",
                     study->method);
}

// What can be said of the analyses where there is no plan to see them over.
static void
check_parts(const json_t *analyses, sw_faults *faults)
{
    size_t i;
    const json_t *request;
    json_array_foreach (analyses, i, request) {
        sw_auto(free) char *at = sw_json_pointer_at("/analyses", i);
        if (json_is_string(json_object_get(request, "method")))
            sw_analysis_check(request, at, faults);
    }
}

// The analyses that are named, over the runs that are planned.
static void
check_analyses(const loaded *l, sw_faults *faults)
{
    size_t i;
    const json_t *request;
    json_array_foreach (l->study->analyses, i, request) {
        sw_auto(free) char *at = sw_json_pointer_at("/analyses", i);
        sw_asked_check(l, request, at, faults);
    }
    if (l->study->stopping.analysis)
        sw_asked_check(l, l->study->stopping.analysis, "/stop_when/analysis", faults);
}

// The descriptor that a document asks for, or NULL and faults or an error.
static const sw_descriptor *
find_model(worker *mine, const json_t *document, sw_faults *faults, sw_error *e)
{
    const char *name = sw_study_model_name(document, faults);
    const char *version = json_string_value(json_object_get(document, "model_version"));
    const sw_descriptor *model = NULL;
    if (!name)
        return NULL;
    if (strncmp(name, "data/", 5) == 0) {
        sw_fault_add(faults, "/model", "\"%.200s\" is data that were imported: nothing runs it",
                     name);
        return NULL;
    }
    *e = sw_api_descriptor(mine, name, version, &model);
    if (*e != SW_E_NOT_FOUND)
        return model;
    *e = SW_E_NONE;
    if (version)
        sw_fault_add(faults, "/model", "no worker has announced \"%.200s\" in version \"%.80s\"",
                     name, version);
    else
        sw_fault_add(faults, "/model", "no worker has announced a model \"%.200s\"", name);
    return NULL;
}

static json_t *
first_points(const loaded *l, size_t wanted)
{
    uint64_t points = sw_plan_points(l->plan);
    size_t n = wanted < points ? wanted : (size_t)points;
    run_table t;
    sw_api_table_init(&t, l, false);
    sw_api_table_inputs(&t, 0, n);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        sw_buffer b = {0};
        sw_table_json_inputs(&b, &t.table, i);
        json_array_append_new(list, sw_api_json_of(sw_buffer_text(&b)));
        sw_buffer_fini(&b);
    }
    sw_api_table_fini(&t);
    return list;
}

static void
answer_dry(sw_request *r, const loaded *l, size_t points)
{
    char hash[SW_HASH_TEXT];
    assert(l->model);
    sw_plan_hash(l->plan, hash);
    json_t *body = json_pack("{ss ss sI sI ss}", "model", l->model->name, "model_version",
                             l->model->version, "points", (json_int_t)sw_plan_points(l->plan),
                             "runs", (json_int_t)sw_plan_runs(l->plan), "hash", hash);
    json_object_set_new(body, "first_points", first_points(l, points));
    json_object_set_new(body, "resolved", sw_plan_resolved(l->plan));
    json_t *report = sw_plan_report(l->plan);
    if (report)
        json_object_set_new(body, "design_report", report);
    sw_answer_json(r, 200, body);
}

void
sw_api_answer_submitted(sw_request *r, const sw_new_study *s, int64_t id, bool existed)
{
    sw_auto(free) char *location = sw_format("/api/v1/studies/%lld", (long long)id);
    sw_answer_header(r, "Location", location);
    json_t *body =
        json_pack("{sI ss ss ss ss sI sI ss}", "id", (json_int_t)id, "name", s->name, "model",
                  s->model, "model_version", s->model_version, "design", s->method, "points",
                  (json_int_t)s->points, "runs", (json_int_t)s->runs, "hash", s->hash);
    sw_answer_json(r, existed ? 200 : 201, body);
}

void
sw_api_stored_init(sw_api_stored *n, const loaded *l, const char *text, const char *key)
{
    assert(l->model && l->study);
    sw_auto(json) json_t *resolved = sw_plan_resolved(l->plan);
    n->resolved = sw_json_text(resolved, false);
    sw_plan_hash(l->plan, n->hash);
    sw_hash(text, strlen(text), n->body_hash);
    n->s = (sw_new_study){
        .name = l->study->name,
        .model = l->model->name,
        .model_version = l->model->version,
        .method = l->study->method,
        .document = text,
        .resolved = n->resolved,
        .hash = n->hash,
        .points = (int64_t)sw_plan_points(l->plan),
        .runs = (int64_t)sw_plan_runs(l->plan),
        .priority = l->study->priority,
        .tags = l->study->tags,
        .idempotency_key = key,
        .idempotency_hash = n->body_hash,
    };
}

static void
store_study(sw_request *r, const loaded *l)
{
    const char *bytes;
    size_t n;
    sw_request_body(r, &bytes, &n);
    sw_auto(free) char *document = sw_strndup(bytes, n);
    sw_api_stored new;
    sw_api_stored_init(&new, l, document, sw_request_header(r, "Idempotency-Key"));
    int64_t id = 0;
    bool existed = false;
    if (sw_api_ok(r, sw_store_study_insert(sw_api_store(r), &new.s, &id, &existed), "study")) {
        if (!existed)
            sw_api_tell(r, id);
        sw_api_answer_submitted(r, &new.s, id, existed);
    }
    free(new.resolved);
}

// Parses and plans; every fault is reported. The parts are freed by drop_parts.
static void
plan_expanded(const sw_api *api, const json_t *document, loaded *l, sw_faults *faults)
{
    l->study = sw_study_parse(document, l->model, &api->settings.limits, faults);
    if (!l->study) {
        sw_design_check(json_object_get(document, "design"), faults);
        check_parts(json_object_get(document, "analyses"), faults);
        return;
    }
    check_stopping(l->study, faults);
    l->plan = sw_plan_new(l->study, &api->settings.limits, faults);
    if (l->plan)
        check_analyses(l, faults);
    else
        check_parts(l->study->analyses, faults);
    if (l->plan && sw_plan_is_imported(l->plan))
        sw_fault_add(faults, "/design/method",
                     "\"given\" is for data: POST them to /api/v1/studies/import");
}

// A SALib problem in the document is rewritten first; faults still point at what was written.
static void
plan(const sw_api *api, json_t *document, loaded *l, sw_faults *faults)
{
    sw_auto(json) json_t *expanded = sw_salib_expand(document, faults);
    if (!expanded)
        return;
    plan_expanded(api, expanded, l, faults);
    sw_salib_point(document, faults);
}

static void
drop_parts(loaded *l)
{
    l->model = NULL; // the thread's
    sw_api_unload(l);
}

sw_error
sw_api_check(const sw_api *api, worker *mine, json_t *document, sw_faults *faults)
{
    return sw_api_submit(api, mine, document, NULL, NULL, NULL, faults);
}

sw_error
sw_api_submit(const sw_api *api, worker *mine, json_t *document, const char *text, const char *key,
              int64_t *id, sw_faults *faults)
{
    sw_error e = SW_E_NONE;
    __attribute__((cleanup(drop_parts))) loaded l = {0};
    l.model = (sw_descriptor *)find_model(mine, document, faults, &e);
    if (e)
        return e;
    if (l.model)
        plan(api, document, &l, faults);
    if (sw_faults_any(faults))
        return SW_E_INVALID_DOCUMENT;
    if (!text)
        return SW_E_NONE;
    sw_api_stored new;
    bool existed;
    sw_api_stored_init(&new, &l, text, key);
    e = sw_store_study_insert(mine->store, &new.s, id, &existed);
    free(new.resolved);
    return e;
}

bool
sw_api_key_ok(sw_request *r, sw_faults *query)
{
    const char *key = sw_request_header(r, "Idempotency-Key");
    size_t n = key ? strlen(key) : 1;
    bool ok = n > 0 && n <= KEY_MAX;
    for (size_t i = 0; key && ok && i < n; i++)
        ok = key[i] >= 0x21 && key[i] <= 0x7e;
    if (!ok)
        sw_fault_add(query, "", "Idempotency-Key must be 1 to %d visible ASCII characters",
                     KEY_MAX);
    return ok;
}

void
sw_api_studies_submit(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults query = {0}, faults = {0};
    bool dry = sw_query_flag(r, "dry_run", &query);
    size_t points =
        (size_t)sw_query_integer(r, "points", 0, FIRST_POINTS_MAX, FIRST_POINTS, &query);
    sw_api_key_ok(r, &query);
    if (!sw_api_query_ok(r, &query))
        return;
    sw_auto(json) json_t *document = sw_api_body(r);
    if (!document)
        return;
    sw_error e = SW_E_NONE;
    __attribute__((cleanup(drop_parts))) loaded l = {0};
    l.model = (sw_descriptor *)find_model(sw_request_thread(r), document, &faults, &e);
    if (!sw_api_ok(r, e, "model"))
        return;
    if (l.model)
        plan(sw_api_of(r), document, &l, &faults);
    if (sw_faults_any(&faults))
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
    else if (dry)
        answer_dry(r, &l, points);
    else
        store_study(r, &l);
}
