// SPDX-License-Identifier: Apache-2.0
// Results while a study runs: each time that twice as many points are there as at the last time,
// the analyses of its document are computed from that prefix, and told as an event. A prefix is a
// study of its own, so that the same study always tells the same; all of it together costs about
// twice the last one.
#include "server/api/internal.h"

#include "lib/analysis/analysis.h"
#include "lib/analysis/width.h"
#include "server/api/rounds.h"

#include <math.h>

enum {
    LOOK_MS = 300,
    WATCHED = 64,
    POINTS_LEAST = 16,
    ANALYSES_MOST = 8,
    SERIES_POINTS = 32,
    TEXT_MOST = 64 << 10 // of a result in an event
};

typedef struct watched {
    int64_t study;
    int64_t told;    // runs of the prefix that was told last
    int64_t tried;   // runs that there were when one was not complete
    json_t *results; // of that prefix, for the change since
} watched;

struct sw_live {
    sw_api *api;
    sw_store *store;
    sw_rounds rounds;
    watched studies[WATCHED];
};

// ---- what is told ----

// The document's analyses; without any that by which it stops, or that of its design.
static json_t *
analyses_of(const sw_study *s)
{
    if (json_array_size(s->analyses) > 0)
        return json_deep_copy(s->analyses);
    if (s->stopping.analysis)
        return json_pack("[o]", json_deep_copy(s->stopping.analysis));
    const char *own = sw_stopping_method(s->method);
    return own ? json_pack("[{ss}]", "method", own) : json_array();
}

static bool
is_series(const sw_study *s, const json_t *asked)
{
    const char *output = json_string_value(json_object_get(asked, "output"));
    for (size_t k = 0; k < s->n_outputs; k++) {
        if (!output || strcmp(s->outputs[k].name, output) == 0)
            return s->outputs[k].kind == SW_SERIES;
    }
    return false;
}

static json_t *
number_or_null(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

// The event of one result; `before` is that of the last prefix, or NULL.
static char *
event_of(size_t i, const json_t *result, const json_t *before, const sw_prefix *p)
{
    sw_auto(free) char *text = sw_json_text(result, false);
    bool fits = strlen(text) <= TEXT_MOST;
    double change = before ? sw_result_change(before, result) : NAN;
    sw_auto(json) json_t *event =
        json_pack("{sI sO sO sI sI sI so so sO?}", "analysis", (json_int_t)i, "method",
                  json_object_get(result, "method"), "output", json_object_get(result, "output"),
                  "points", (json_int_t)p->points, "replicates", (json_int_t)p->replicates, "runs",
                  (json_int_t)(p->points * p->replicates), "half_width",
                  number_or_null(sw_result_half_width(result, false)), "change",
                  number_or_null(change), "result", fits ? result : NULL);
    return sw_json_text(event, false);
}

// One analysis of the prefix; its result, also when nothing could be told.
static json_t *
tell_one(sw_live *live, const loaded *l, size_t i, json_t *asked, const json_t *before,
         sw_prefix *p, sw_error *e)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    if (is_series(l->study, asked) && !json_object_get(asked, "series_points"))
        json_object_set_new(asked, "series_points", json_integer(SERIES_POINTS));
    bool whole = p->points == sw_plan_points(l->plan) && p->replicates == l->study->replicates;
    json_t *result = whole && l->row.made >= l->row.runs
                         ? sw_analyst_compute(live->store, l, asked, &faults, e)
                         : sw_analyst_compute_prefix(live->store, l, asked, p, &faults, e);
    if (!result)
        return json_null();
    sw_auto(free) char *text = event_of(i, result, before, p);
    *e = sw_store_event_put(live->store, l->row.id, "analysis", text);
    return result;
}

// False if the prefix is not complete, the database away, or the server about to stop.
static bool
tell(sw_live *live, const loaded *l, watched *w, sw_prefix *p)
{
    sw_auto(json) json_t *analyses = analyses_of(l->study);
    json_t *results = json_array();
    size_t n = json_array_size(analyses);
    uint64_t runs = p->points * p->replicates;
    bool ok = true, complete = (uint64_t)l->row.made >= (uint64_t)l->row.runs;
    for (size_t i = 0; ok && i < n && i < ANALYSES_MOST; i++) {
        sw_error e = SW_E_NONE;
        p->fed = complete ? runs : 0;
        const json_t *before = json_array_get(w->results, i);
        json_array_append_new(results, tell_one(live, l, i, json_array_get(analyses, i),
                                                json_is_object(before) ? before : NULL, p, &e));
        bool away = e == SW_E_DATABASE || e == SW_E_TIMEOUT;
        // A method that has no answer yet is no reason to wait, but missing runs are.
        ok = !away && sw_rounds_go_on(&live->rounds) && (complete || p->fed == 0 || p->fed == runs);
    }
    if (ok) {
        json_decref(w->results);
        w->results = results;
        w->told = (int64_t)runs;
        sw_http_wake(live->api->http, l->row.id);
    } else {
        json_decref(results);
    }
    return ok;
}

// ---- which prefix ----

// The largest prefix that may be there and was not told: all, or the first replicates by halves, or
// the first points by halves of n. 0 points if there is none.
static sw_prefix
choose(const loaded *l, int64_t told)
{
    const sw_study *s = l->study;
    const sw_design_ops *design = sw_design_find(s->method);
    sw_prefix p = {.points = sw_plan_points(l->plan), .replicates = s->replicates};
    if (l->row.made >= l->row.runs)
        return p;
    uint64_t made = (uint64_t)l->row.made;
    for (; p.replicates > 1 && p.points * p.replicates > made;)
        p.replicates /= 2;
    uint64_t n = (uint64_t)json_integer_value(json_object_get(s->design, "n"));
    bool halves = design && design->grows && !s->interleaved && n > 0 && p.points % n == 0;
    uint64_t stride = halves ? p.points / n : p.points;
    for (; n > 0 && stride * n * p.replicates > made; n /= 2)
        ;
    p.points = halves ? stride * n : p.points;
    bool there = p.points * p.replicates <= made && p.points >= POINTS_LEAST;
    return there && (int64_t)(p.points * p.replicates) > told ? p : (sw_prefix){0};
}

static void
look_at(sw_live *live, const sw_live_row *row, watched *w)
{
    bool complete = row->made >= row->runs;
    if (complete ? w->told >= row->runs : row->made < 2 * w->told || row->made <= w->tried)
        return;
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    if (sw_api_load(live->store, row->study, &l) != SW_E_NONE)
        return; // It is looked at again.
    sw_prefix p = choose(&l, w->told);
    if (p.points > 0 && (complete || p.points * p.replicates >= 2 * (uint64_t)w->told) &&
        tell(live, &l, w, &p))
        return;
    // Nothing new before there are some more runs.
    w->tried = row->made + row->made / 16;
}

// ---- the studies that are watched ----

static void
forget(watched *w)
{
    json_decref(w->results);
    *w = (watched){0};
}

static void
forget_others(sw_live *live, const sw_live_row *rows, size_t n)
{
    for (size_t k = 0; k < WATCHED; k++) {
        bool listed = false;
        for (size_t i = 0; i < n; i++)
            listed |= rows[i].study == live->studies[k].study;
        if (!listed)
            forget(&live->studies[k]);
    }
}

// NULL while the database is away.
static watched *
find(sw_live *live, int64_t study)
{
    watched *unused = NULL;
    for (size_t k = 0; k < WATCHED; k++) {
        watched *w = &live->studies[k];
        if (w->study == study)
            return w;
        if (w->study == 0)
            unused = w;
    }
    int64_t told = 0;
    if (!unused || sw_store_event_told(live->store, study, &told) != SW_E_NONE)
        return NULL;
    *unused = (watched){.study = study, .told = told};
    return unused;
}

static void
look(void *owner)
{
    sw_live *live = owner;
    sw_live_row rows[WATCHED];
    size_t n = 0;
    if (sw_store_studies_live(live->store, rows, WATCHED, &n) != SW_E_NONE)
        return;
    forget_others(live, rows, n);
    for (size_t i = 0; i < n && sw_rounds_go_on(&live->rounds); i++) {
        watched *w = find(live, rows[i].study);
        if (w)
            look_at(live, &rows[i], w);
    }
}

sw_live *
sw_live_start(sw_api *api)
{
    sw_live *live = sw_calloc(1, sizeof *live);
    live->api = api;
    live->store = sw_store_new(api->settings.database_url, api->settings.statement_seconds);
    sw_rounds_start(&live->rounds, LOOK_MS, look, live);
    return live;
}

void
sw_live_stop(sw_live **slot)
{
    sw_live *live = *slot;
    if (!live)
        return;
    sw_rounds_stop(&live->rounds);
    for (size_t k = 0; k < WATCHED; k++)
        forget(&live->studies[k]);
    sw_store_free(&live->store);
    free(live);
    *slot = NULL;
}
