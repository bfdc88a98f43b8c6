// SPDX-License-Identifier: Apache-2.0
// Submitting by the clock, and deleting by it. The study is stored first, under a key made of
// schedule and time, then the schedule moves on: whatever happens in between, each time makes one
// study. What was missed while no server ran is made up for once.
#include "server/api/clock.h"

#include "lib/base/log.h"
#include "server/api/rounds.h"

enum { LOOK_MS = 1000, EXPIRE_LOOKS = 60, AT_ONCE = 10, REPEATS = 200 };

struct sw_clock {
    sw_api *api;
    worker *mine;
    unsigned looks;
    sw_rounds rounds;
};

// The text to be submitted. The document itself is not what is changed.
static char *
text_of(const sw_schedule_row *row, int64_t at, json_t **document)
{
    *document = sw_api_json_of(row->document);
    json_t *design = json_object_get(*document, "design");
    if (!row->new_seed || !json_is_object(design))
        return sw_strdup(row->document);
    json_object_set_new(design, "seed", json_integer(at));
    return sw_json_text(*document, false);
}

sw_error
sw_clock_submit(const sw_api *api, worker *mine, const sw_schedule_row *row, bool by_hand,
                int64_t *id)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    int64_t at = by_hand ? (int64_t)time(NULL) : row->due;
    sw_auto(json) json_t *document = NULL;
    sw_auto(free) char *text = text_of(row, at, &document);
    sw_auto(free) char *key = sw_format("schedule-%lld-%lld", (long long)row->id, (long long)at);
    *id = 0;
    sw_error e = sw_api_submit(api, mine, document, text, by_hand ? NULL : key, id, &faults);
    if (e == SW_E_DATABASE || e == SW_E_TIMEOUT)
        return e;
    sw_auto(free) char *why = NULL;
    if (e && faults.n)
        why = sw_format("%s %s", faults.v[0].pointer, faults.v[0].message);
    else if (e)
        why = sw_strdup(sw_error_about(e)->title);
    if (!e) {
        api->settings.ring(api->settings.context, *id);
        sw_http_wake(api->http, *id);
    }
    return sw_store_schedule_note(mine->store, row->id, by_hand ? 0 : row->due, *id, why);
}

// Clocks that are put back pass through an hour twice.
sw_error
sw_clock_move_on(sw_store *store, const sw_schedule_row *row)
{
    sw_cron cron;
    char why[200];
    sw_minute at;
    sw_error e = sw_store_zone_now(store, row->zone, &at);
    if (e || !sw_cron_parse(row->cron, &cron, why, sizeof why))
        return e;
    bool passed = true;
    for (int i = 0; i < REPEATS && passed && !e; i++) {
        if (!sw_cron_next(&cron, at, &at))
            return sw_store_schedule_enable(store, row->id, false);
        e = sw_store_schedule_due(store, row->id, at, &passed);
    }
    return e;
}

static void
submit_due(sw_clock *c)
{
    sw_schedule_row rows[AT_ONCE];
    size_t n = 0;
    if (sw_store_schedules_due(c->mine->store, rows, &n) != SW_E_NONE)
        return; // It is tried again at the next look.
    for (size_t i = 0; i < n; i++) {
        int64_t id;
        sw_error e = sw_clock_submit(c->api, c->mine, &rows[i], false, &id);
        if (!e)
            e = sw_clock_move_on(c->mine->store, &rows[i]);
        if (!e && id)
            sw_info("clock", "schedule %lld: study %lld", (long long)rows[i].id, (long long)id);
        else if (!e)
            sw_warn("clock", "schedule %lld: its document has faults", (long long)rows[i].id);
        sw_schedule_row_fini(&rows[i]);
    }
}

// Deletes what has been kept for long enough.
static void
expire(const sw_clock *c)
{
    int64_t n = 0;
    long days = c->api->settings.keep_days;
    if (days > 0 && sw_store_studies_expire(c->mine->store, days, &n) == SW_E_NONE && n > 0)
        sw_info("clock", "%lld studies over for %ld days were deleted", (long long)n, days);
}

static void
look(void *owner)
{
    sw_clock *c = owner;
    submit_due(c);
    if (c->looks++ % EXPIRE_LOOKS == 0)
        expire(c);
}

sw_clock *
sw_clock_start(sw_api *api)
{
    sw_clock *c = sw_calloc(1, sizeof *c);
    c->api = api;
    c->mine = sw_api_worker_new(api);
    sw_rounds_start(&c->rounds, LOOK_MS, look, c);
    return c;
}

void
sw_clock_stop(sw_clock **slot)
{
    sw_clock *c = *slot;
    if (!c)
        return;
    sw_rounds_stop(&c->rounds);
    sw_api_worker_free(c->mine);
    free(c);
    *slot = NULL;
}
