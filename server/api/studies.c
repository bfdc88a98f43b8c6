// SPDX-License-Identifier: Apache-2.0
// /studies: list, show (also waiting for the end), and the moves of the life cycle.
#include "server/api/internal.h"

#include <time.h>

enum { PAGE = 50, PAGE_MAX = 500, WAIT_MAX = 300 };

static double
seconds_of(const char *rfc3339)
{
    struct tm tm = {0};
    const char *rest = rfc3339 ? strptime(rfc3339, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    return rest ? (double)timegm(&tm) + (*rest == '.' ? strtod(rest, NULL) : 0) : 0;
}

static double
now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Runs a second since the start, and seconds to the end at that rate: null when not known.
static void
add_progress(json_t *j, const sw_study_row *row)
{
    double started = seconds_of(row->started);
    double end = row->finished ? seconds_of(row->finished) : now_seconds();
    double rate = started > 0 && end > started ? (double)row->made / (end - started) : 0;
    bool runs = row->state == SW_RUNNING && rate > 0;
    json_object_set_new(j, "rate", rate > 0 ? json_real(rate) : json_null());
    json_object_set_new(j, "eta_seconds",
                        runs ? json_real((double)(row->runs - row->made) / rate) : json_null());
}

static bool
is_over(sw_state state)
{
    return state == SW_STATE_DONE || state == SW_FAILED || state == SW_CANCELLED;
}

void
sw_api_studies_show(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    double wait = (double)sw_query_integer(r, "wait", 0, WAIT_MAX, 0, &faults);
    if (!sw_api_query_ok(r, &faults))
        return;
    if (wait > 0 && sw_request_id(r, "id"))
        sw_request_watch(r, sw_request_id(r, "id"));
    __attribute__((cleanup(sw_cleanup_row))) sw_study_row row;
    if (!sw_api_row_asked(r, &row))
        return;
    if (wait > 0 && !is_over(row.state) && sw_request_waited(r) < wait) {
        sw_request_park(r, wait);
        return;
    }
    json_t *j = sw_api_study_json(&row, true);
    add_progress(j, &row);
    sw_answer_json(r, 200, j);
}

static void
answer_list(sw_request *r, sw_study_row *rows, int n, int limit)
{
    json_t *items = json_array();
    for (int i = 0; i < n && i < limit; i++) {
        json_t *j = sw_api_study_json(&rows[i], false);
        add_progress(j, &rows[i]);
        json_array_append_new(items, j);
    }
    sw_auto(free) char *next = n > limit ? sw_format("%lld", (long long)rows[limit - 1].id) : NULL;
    sw_api_page(r, items, next);
    for (int i = 0; i < n; i++)
        sw_study_row_fini(&rows[i]);
}

void
sw_api_studies_list(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    sw_study_filter filter = {
        .before = sw_query_integer(r, "after", 1, INT64_MAX, 0, &faults),
        .limit = (int)sw_query_integer(r, "limit", 1, PAGE_MAX, PAGE, &faults),
        .state = sw_query(r, "state"),
        .model = sw_query(r, "model"),
        .tag = sw_query(r, "tag"),
        .text = sw_query(r, "text"),
    };
    if (filter.state && sw_state_of(filter.state) < 0)
        sw_fault_add(&faults, "?state", "there is no state \"%.60s\"", filter.state);
    if (!sw_api_query_ok(r, &faults))
        return;
    sw_study_row *rows = sw_request_alloc(r, (size_t)(filter.limit + 1) * sizeof *rows);
    int n = 0;
    if (sw_api_ok(r, sw_store_study_list(sw_api_store(r), &filter, rows, &n), "study"))
        answer_list(r, rows, n, filter.limit);
}

// ---- moves ----

static void
answer_state(sw_request *r, int64_t id, sw_state now)
{
    sw_answer_json(r, 200, json_pack("{sI ss}", "id", (json_int_t)id, "state", sw_state_name(now)));
}

static void
move(sw_request *r, sw_event event, const char *verb)
{
    int64_t id = sw_request_id(r, "id");
    sw_state now = SW_QUEUED;
    sw_error e = id ? sw_store_study_move(sw_api_store(r), id, event, NULL, &now) : SW_E_NOT_FOUND;
    if (e == SW_E_CONFLICT) {
        sw_problem(r, e, NULL, "a study that is %s can not be %s", sw_state_name(now), verb);
    } else if (sw_api_ok(r, e, "study")) {
        sw_api_tell(r, id);
        answer_state(r, id, now);
    }
}

void
sw_api_studies_pause(sw_request *r)
{
    move(r, SW_EVENT_PAUSE, "paused");
}

void
sw_api_studies_resume(sw_request *r)
{
    move(r, SW_EVENT_RESUME, "resumed");
}

void
sw_api_studies_cancel(sw_request *r)
{
    move(r, SW_EVENT_CANCEL, "cancelled");
}

void
sw_api_studies_delete(sw_request *r)
{
    int64_t id = sw_request_id(r, "id");
    sw_error e = id ? sw_store_study_delete(sw_api_store(r), id) : SW_E_NOT_FOUND;
    if (e == SW_E_CONFLICT) {
        sw_problem(r, e, NULL, "the study is still to be run: cancel it first");
    } else if (sw_api_ok(r, e, "study")) {
        sw_api_tell(r, id);
        sw_answer_empty(r);
    }
}

void
sw_api_studies_retry(sw_request *r)
{
    sw_api_retry(r, NULL, NULL);
}

void
sw_api_studies_view(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_row))) sw_study_row row;
    if (!sw_api_row_asked(r, &row) ||
        !sw_api_ok(r, sw_store_make_view(sw_api_store(r), row.id), "study"))
        return;
    sw_auto(free) char *name = sw_format("study_%lld", (long long)row.id);
    sw_answer_json(r, 200, json_pack("{ss}", "view", name));
}
