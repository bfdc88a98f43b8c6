// SPDX-License-Identifier: Apache-2.0
// Forms of answers that resources share.
#include "server/api/internal.h"

enum { PAGE = 100, PAGE_MAX = 1000 };

void
sw_api_tell(sw_request *r, int64_t study)
{
    const sw_api *api = sw_api_of(r);
    api->settings.ring(api->settings.context, study);
    sw_http_wake(sw_request_http(r), study);
}

bool
sw_api_ok(sw_request *r, sw_error e, const char *what)
{
    if (e == SW_E_NONE)
        return true;
    if (e == SW_E_NOT_FOUND)
        sw_problem(r, e, NULL, "there is no such %s", what);
    else if (e == SW_E_DATABASE)
        sw_problem(r, e, NULL, "nothing was changed as far as is known; try again");
    else
        sw_problem(r, e, NULL, NULL);
    return false;
}

bool
sw_api_query_ok(sw_request *r, const sw_faults *faults)
{
    if (!sw_faults_any(faults))
        return true;
    sw_problem(r, SW_E_INVALID_REQUEST, faults, NULL);
    return false;
}

void
sw_api_page(sw_request *r, json_t *items, const char *next)
{
    json_t *body = json_object();
    json_object_set_new(body, "items", items);
    json_object_set_new(body, "next", next ? json_string(next) : json_null());
    sw_answer_json(r, 200, body);
}

void
sw_api_items_text(sw_request *r, const char *text)
{
    sw_buffer b = {0};
    sw_buffer_printf(&b, "{\"items\":%s}\n", text);
    sw_answer(r, 200, "application/json", &b);
}

void
sw_api_list(sw_request *r, sw_error (*list)(sw_store *, int64_t, int, char **))
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    int64_t after = sw_query_integer(r, "after", 0, INT64_MAX, 0, &faults);
    int limit = (int)sw_query_integer(r, "limit", 1, PAGE_MAX, PAGE, &faults);
    if (!sw_api_query_ok(r, &faults))
        return;
    // One more than is answered says whether there is a next page.
    sw_auto(free) char *json = NULL;
    if (!sw_api_ok(r, list(sw_api_store(r), after, limit + 1, &json), "thing"))
        return;
    json_t *items = sw_api_json_of(json);
    size_t n = json_array_size(items);
    sw_auto(free) char *next = NULL;
    if (n > (size_t)limit) {
        json_array_remove(items, n - 1);
        const json_t *last = json_array_get(items, n - 2);
        next = sw_format("%lld", (long long)json_integer_value(json_object_get(last, "id")));
    }
    sw_api_page(r, items, next);
}

json_t *
sw_api_body(sw_request *r)
{
    const char *bytes;
    size_t n;
    sw_request_body(r, &bytes, &n);
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    json_t *json = sw_json_parse(bytes, n, &faults);
    if (!json)
        sw_problem(r, SW_E_INVALID_JSON, &faults, NULL);
    return json;
}

json_t *
sw_api_json_of(const char *text)
{
    json_t *json = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return json ? json : json_null();
}

static json_t *
text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

json_t *
sw_api_study_json(const sw_study_row *row, bool whole)
{
    json_t *j =
        json_pack("{sI ss ss ss ss ss ss sI sI sI sI sI sf}", "id", (json_int_t)row->id, "name",
                  row->name, "state", sw_state_name(row->state), "model", row->model,
                  "model_version", row->model_version, "design", row->method, "hash", row->hash,
                  "points", (json_int_t)row->points, "runs", (json_int_t)row->runs, "made",
                  (json_int_t)row->made, "failed", (json_int_t)row->failed, "priority",
                  (json_int_t)row->priority, "busy_seconds", row->busy);
    json_object_set_new(j, "rejected", json_integer((json_int_t)row->rejected));
    json_object_set_new(j, "reason", text_or_null(row->reason));
    json_object_set_new(j, "tags", sw_api_json_of(row->tags));
    json_object_set_new(j, "created", text_or_null(row->created));
    json_object_set_new(j, "started", text_or_null(row->started));
    json_object_set_new(j, "finished", text_or_null(row->finished));
    json_object_set_new(j, "stop", sw_api_json_of(row->stop));
    if (whole) {
        json_object_set_new(j, "document", sw_api_json_of(row->document));
        json_object_set_new(j, "resolved", sw_api_json_of(row->resolved));
    }
    return j;
}
