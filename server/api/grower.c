// SPDX-License-Identifier: Apache-2.0
// Studies with "stop_when": each time all their runs are made, the analysis that they name is
// computed; then they are done, or doubled. What is decided depends on the runs of a whole stage
// alone, so that the same study always stops at the same run. After a crash the database says which
// studies wait for a decision.
#include "server/api/internal.h"
#include "server/api/rounds.h"

#include "lib/analysis/width.h"
#include "lib/design/extend.h"

#include <math.h>

enum { LOOK_MS = 200, AT_ONCE = 100 };

struct grower {
    sw_api *api;
    sw_store *store;
    sw_rounds rounds;
};

// What the analysis says of the present stage.
typedef struct verdict {
    double half_width; // NaN if it could not be computed
    const char *why;   // to stop; NULL to go on
    char *detail;      // of a fault
} verdict;

static int64_t
present(const sw_study *s)
{
    return s->stopping.replicates ? (int64_t)s->replicates
                                  : (int64_t)json_integer_value(json_object_get(s->design, "n"));
}

static verdict
judge(sw_store *store, const loaded *l, sw_error *e)
{
    const sw_stopping *stop = &l->study->stopping;
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    sw_auto(json) json_t *asked = json_deep_copy(stop->analysis);
    sw_auto(json) json_t *result = sw_analyst_compute(store, l, asked, &faults, e);
    verdict v = {.half_width = result ? sw_result_half_width(result, stop->relative) : NAN};
    bool database = *e == SW_E_DATABASE || *e == SW_E_TIMEOUT;
    if (!result && database)
        return v;
    *e = SW_E_NONE;
    if (!result || isnan(v.half_width))
        v.why = "analysis";
    else if (v.half_width <= stop->half_width)
        v.why = "half_width";
    else if (2 * present(l->study) > stop->most)
        v.why = "most";
    if (!result && faults.n)
        v.detail = sw_format("%s %s", faults.v[0].pointer, faults.v[0].message);
    else if (v.why && strcmp(v.why, "analysis") == 0)
        v.detail = sw_strdup("the analysis has no intervals");
    return v;
}

static sw_error
settle(sw_store *store, const loaded *l, const verdict *v)
{
    sw_auto(json) json_t *stop =
        json_pack("{ss sI}", "reason", v->why, "at", (json_int_t)present(l->study));
    json_object_set_new(stop, "half_width",
                        isfinite(v->half_width) ? json_real(v->half_width) : json_null());
    if (v->detail)
        json_object_set_new(stop, "detail", json_string(v->detail));
    sw_auto(free) char *text = sw_json_text(stop, false);
    return sw_store_study_settle(store, l->row.id, text);
}

static sw_error
grow(grower *g, const loaded *l, verdict *v)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    int64_t next = 2 * present(l->study);
    sw_auto(json) json_t *request = l->study->stopping.replicates
                                        ? json_pack("{sI}", "replicates", (json_int_t)next)
                                        : json_pack("{s{sI}}", "design", "n", (json_int_t)next);
    const sw_study_limits *limits = &g->api->settings.limits;
    sw_auto(json) json_t *document = sw_extend(l->study, l->plan, limits, request, &faults);
    sw_state now;
    sw_error e = SW_E_INVALID_DOCUMENT;
    if (document)
        e = sw_api_extend(g->api, g->store, l, document, true, &now, &faults);
    if (e != SW_E_INVALID_DOCUMENT)
        return e;
    v->why = "limit";
    v->detail = sw_format("%s %s", faults.n ? faults.v[0].pointer : "",
                          faults.n ? faults.v[0].message : "");
    return settle(g->store, l, v);
}

static void
decide(grower *g, int64_t id)
{
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    sw_error e = sw_api_load(g->store, id, &l);
    if (e)
        return; // It is tried again at the next look.
    verdict v = judge(g->store, &l, &e);
    if (!e)
        e = v.why ? settle(g->store, &l, &v) : grow(g, &l, &v);
    free(v.detail);
    if (!e) {
        g->api->settings.ring(g->api->settings.context, id);
        sw_http_wake(g->api->http, id);
    }
}

static void
look(void *owner)
{
    grower *g = owner;
    int64_t ids[AT_ONCE];
    size_t n = 0;
    if (sw_store_studies_grown(g->store, ids, &n) != SW_E_NONE)
        return; // It is tried again at the next look.
    for (size_t i = 0; i < n; i++)
        decide(g, ids[i]);
}

grower *
sw_grower_start(sw_api *api)
{
    grower *g = sw_calloc(1, sizeof *g);
    g->api = api;
    g->store = sw_store_new(api->settings.database_url, api->settings.statement_seconds);
    sw_rounds_start(&g->rounds, LOOK_MS, look, g);
    return g;
}

void
sw_grower_stop(grower **slot)
{
    grower *g = *slot;
    if (!g)
        return;
    sw_rounds_stop(&g->rounds);
    sw_store_free(&g->store);
    free(g);
    *slot = NULL;
}
