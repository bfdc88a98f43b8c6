// SPDX-License-Identifier: Apache-2.0
// /studies/{id}/failures: what failed and why.
#include "server/api/internal.h"

enum { PAGE = 100, PAGE_MAX = 1000, GROUPS = 100 };

static json_t *
failure_json(const sw_failure_row *row)
{
    return json_pack("{sI ss ss ss si}", "run", (json_int_t)row->run, "kind", row->kind, "message",
                     row->message, "log", row->log, "attempts", row->attempts);
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
    sw_error e =
        sw_store_failure_list(sw_api_store(r), row.id, after, sw_query(r, "kind"), limit, rows, &n);
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
