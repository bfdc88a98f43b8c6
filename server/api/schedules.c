// SPDX-License-Identifier: Apache-2.0
// /schedules: studies that are submitted by the clock.
#include "server/api/clock.h"

enum { PAGE = 100, PAGE_MAX = 1000, NAME_MAX_BYTES = 200 };

typedef struct wanted {
    const char *name, *cron, *zone;
    json_t *document;
    bool enabled, new_seed;
} wanted;

static const sw_field fields[] = {
    {"name", SW_FIELD_STRING, offsetof(wanted, name), false, 0, NAME_MAX_BYTES, NULL, "its name"},
    {"cron", SW_FIELD_STRING, offsetof(wanted, cron), true, 0, 0, NULL, "when it is due"},
    {"time_zone", SW_FIELD_STRING, offsetof(wanted, zone), false, 0, 0, NULL, "whose clocks"},
    {"document", SW_FIELD_OBJECT, offsetof(wanted, document), true, 0, 0, NULL, "the study"},
    {"enabled", SW_FIELD_BOOLEAN, offsetof(wanted, enabled), false, 0, 0, NULL, "whether it runs"},
    {"new_seed", SW_FIELD_BOOLEAN, offsetof(wanted, new_seed), false, 0, 0, NULL,
     "the time as the design's seed"},
    {NULL, SW_FIELD_ANY, 0, false, 0, 0, NULL, NULL},
};

// ---- making one ----

static sw_error
check_times(sw_store *store, const wanted *w, sw_minute *due, sw_faults *faults)
{
    sw_cron cron;
    char why[300];
    sw_minute now;
    sw_error e = sw_store_zone_now(store, w->zone, &now);
    if (e == SW_E_NOT_FOUND)
        sw_fault_add(faults, "/time_zone", "there is no time zone \"%.60s\"", w->zone);
    else if (e)
        return e;
    if (!sw_cron_parse(w->cron, &cron, why, sizeof why))
        sw_fault_add(faults, "/cron", "%s", why);
    else if (!e && !sw_cron_next(&cron, now, due))
        sw_fault_add(faults, "/cron", "names a day that never comes");
    return SW_E_NONE;
}

// The faults of the document, where it stands in the body.
static sw_error
check_document(sw_request *r, json_t *document, sw_faults *faults)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults within = {0};
    sw_auto(json) json_t *copy = json_deep_copy(document);
    sw_error e = sw_api_check(sw_api_of(r), sw_request_thread(r), copy, &within);
    for (size_t i = 0; i < within.n; i++) {
        sw_auto(free) char *pointer = sw_format("/document%s", within.v[i].pointer);
        sw_fault_add(faults, pointer, "%s", within.v[i].message);
    }
    return e == SW_E_INVALID_DOCUMENT ? SW_E_NONE : e;
}

static void
answer_one(sw_request *r, int status, int64_t id)
{
    sw_auto(free) char *json = NULL;
    sw_error e = id ? sw_store_schedule_get(sw_api_store(r), id, &json) : SW_E_NOT_FOUND;
    if (sw_api_ok(r, e, "schedule"))
        sw_answer_json(r, status, sw_api_json_of(json));
}

static void
store_one(sw_request *r, const wanted *w, sw_minute due)
{
    sw_auto(free) char *document = sw_json_text(w->document, false);
    sw_new_schedule s = {w->name, w->cron, w->zone, document, w->enabled, w->new_seed, due};
    int64_t id = 0;
    if (!sw_api_ok(r, sw_store_schedule_insert(sw_api_store(r), &s, &id), "schedule"))
        return;
    sw_auto(free) char *location = sw_format("/api/v1/schedules/%lld", (long long)id);
    sw_answer_header(r, "Location", location);
    answer_one(r, 201, id);
}

void
sw_api_schedules_create(sw_request *r)
{
    sw_auto(json) json_t *body = sw_api_body(r);
    if (!body)
        return;
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    wanted w = {.name = "", .zone = "UTC", .enabled = true};
    sw_minute due = {0};
    sw_error e = SW_E_NONE;
    if (sw_json_read(body, "", fields, &w, &faults)) {
        e = check_times(sw_api_store(r), &w, &due, &faults);
        if (!e)
            e = check_document(r, w.document, &faults);
    }
    if (!sw_api_ok(r, e, "model"))
        return;
    if (sw_faults_any(&faults))
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
    else
        store_one(r, &w, due);
}

// ---- looking ----

void
sw_api_schedules_list(sw_request *r)
{
    sw_api_list(r, sw_store_schedule_list);
}

void
sw_api_schedules_show(sw_request *r)
{
    answer_one(r, 200, sw_request_id(r, "id"));
}

void
sw_api_schedules_history(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    int limit = (int)sw_query_integer(r, "limit", 1, PAGE_MAX, PAGE, &faults);
    if (!sw_api_query_ok(r, &faults))
        return;
    sw_auto(free) char *json = NULL;
    int64_t id = sw_request_id(r, "id");
    sw_error e = id ? sw_store_schedule_history(sw_api_store(r), id, limit, &json) : SW_E_NOT_FOUND;
    if (sw_api_ok(r, e, "schedule"))
        sw_api_page(r, sw_api_json_of(json), NULL);
}

// ---- moving ----

void
sw_api_schedules_pause(sw_request *r)
{
    int64_t id = sw_request_id(r, "id");
    sw_error e = id ? sw_store_schedule_enable(sw_api_store(r), id, false) : SW_E_NOT_FOUND;
    if (sw_api_ok(r, e, "schedule"))
        answer_one(r, 200, id);
}

// What it missed while it was held is not made up for.
void
sw_api_schedules_resume(sw_request *r)
{
    int64_t id = sw_request_id(r, "id");
    sw_store *store = sw_api_store(r);
    sw_schedule_row row = {0};
    sw_error e = id ? sw_store_schedule_row(store, id, &row) : SW_E_NOT_FOUND;
    if (!e)
        e = sw_clock_move_on(store, &row);
    if (!e)
        e = sw_store_schedule_enable(store, id, true);
    if (sw_api_ok(r, e, "schedule"))
        answer_one(r, 200, id);
    sw_schedule_row_fini(&row);
}

void
sw_api_schedules_delete(sw_request *r)
{
    int64_t id = sw_request_id(r, "id");
    sw_error e = id ? sw_store_schedule_delete(sw_api_store(r), id) : SW_E_NOT_FOUND;
    if (sw_api_ok(r, e, "schedule"))
        sw_answer_empty(r);
}

void
sw_api_schedules_run(sw_request *r)
{
    int64_t id = sw_request_id(r, "id"), study = 0;
    sw_schedule_row row = {0};
    sw_error e = id ? sw_store_schedule_row(sw_api_store(r), id, &row) : SW_E_NOT_FOUND;
    if (!e)
        e = sw_clock_submit(sw_api_of(r), sw_request_thread(r), &row, true, &study);
    if (sw_api_ok(r, e, "schedule")) {
        if (study)
            sw_answer_json(r, 201, json_pack("{sI}", "study", (json_int_t)study));
        else
            sw_problem(r, SW_E_CONFLICT, NULL, "its document has faults: see the history");
    }
    sw_schedule_row_fini(&row);
}
