// SPDX-License-Identifier: Apache-2.0
// /studies/{id}/failures: what failed and why.
#include "server/api/internal.h"

enum { PAGE = 100, PAGE_MAX = 1000, GROUPS = 100 };

static json_t *
failure_json(const sw_failure_row *row)
{
    return json_pack("{sI ss ss ss ss si}", "run", (json_int_t)row->run, "kind", row->kind,
                     "message", row->message, "group", row->group, "log", row->log, "attempts",
                     row->attempts);
}

void
sw_api_failures_list(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    int64_t after = sw_query_integer(r, "after", 0, INT64_MAX, -1, &faults);
    int limit = (int)sw_query_integer(r, "limit", 1, PAGE_MAX, PAGE, &faults);
    __attribute__((cleanup(sw_cleanup_row))) sw_study_row row = {0};
    if (!sw_api_query_ok(r, &faults) || !sw_api_row_asked(r, &row))
        return;
    sw_failure_row *rows = sw_request_alloc(r, (size_t)(limit + 1) * sizeof *rows);
    int n = 0;
    sw_error e = sw_store_failure_list(sw_api_store(r), row.id, after, sw_query(r, "kind"),
                                       sw_query(r, "group"), limit, rows, &n);
    if (!sw_api_ok(r, e, "study"))
        return;
    json_t *items = json_array();
    for (int i = 0; i < n && i < limit; i++)
        json_array_append_new(items, failure_json(&rows[i]));
    sw_auto(free) char *next = n > limit ? sw_format("%lld", (long long)rows[limit - 1].run) : NULL;
    sw_api_page(r, items, next);
    for (int i = 0; i < n; i++)
        sw_failure_row_fini(&rows[i]);
}

void
sw_api_failures_groups(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    int limit = (int)sw_query_integer(r, "limit", 1, PAGE_MAX, GROUPS, &faults);
    __attribute__((cleanup(sw_cleanup_row))) sw_study_row row = {0};
    sw_auto(free) char *json = NULL;
    if (!sw_api_query_ok(r, &faults) || !sw_api_row_asked(r, &row))
        return;
    if (sw_api_ok(r, sw_store_failure_groups(sw_api_store(r), row.id, limit, &json), "study"))
        sw_api_items_text(r, json);
}

// ---- making them again ----

void
sw_api_retry(sw_request *r, const char *kind, const char *group)
{
    int64_t id = sw_request_id(r, "id"), n = 0;
    sw_error e = id ? sw_store_retry_failed(sw_api_store(r), id, kind, group, &n) : SW_E_NOT_FOUND;
    if (e == SW_E_CONFLICT) {
        sw_problem(r, e, NULL, "only a study that is done or failed has runs to retry");
    } else if (sw_api_ok(r, e,
                         id && (kind || group) ? "study, or no such failure of it" : "study")) {
        sw_api_tell(r, id);
        sw_answer_json(r, 200, json_pack("{sI sI}", "id", (json_int_t)id, "runs", (json_int_t)n));
    }
}

typedef struct which {
    const char *kind, *group;
} which;

static const char *const kinds[] = {"error", "crash", "timeout", "memory", "rejected", NULL};

static const sw_field fields[] = {
    {"kind", SW_FIELD_STRING, offsetof(which, kind), false, 0, 0, kinds, "the cause"},
    {"group", SW_FIELD_STRING, offsetof(which, group), false, 0, 0, NULL, "as groups name it"},
    {NULL, SW_FIELD_ANY, 0, false, 0, 0, NULL, NULL},
};

void
sw_api_failures_retry(sw_request *r)
{
    sw_auto(json) json_t *body = sw_api_body(r);
    if (!body)
        return;
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    which w = {0};
    if (sw_json_read(body, "", fields, &w, &faults) && !w.kind && !w.group)
        sw_fault_add(&faults, "/group", "or kind is needed: which failures to make again");
    if (sw_faults_any(&faults))
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
    else
        sw_api_retry(r, w.kind, w.group);
}
