// SPDX-License-Identifier: Apache-2.0
// What concerns the service itself: health, metrics, workers, the contract, the front page.
#include "server/api/internal.h"

#include <time.h>

void
sw_api_healthz(sw_request *r)
{
    sw_answer_json(r, 200,
                   json_pack("{ss ss}", "status", "ok", "version", sw_api_of(r)->settings.version));
}

void
sw_api_readyz(sw_request *r)
{
    if (sw_api_ok(r, sw_store_ping(sw_api_store(r)), "database"))
        sw_answer_json(r, 200, json_pack("{ss}", "status", "ready"));
}

void
sw_api_workers_list(sw_request *r)
{
    sw_auto(free) char *json = NULL;
    if (sw_api_ok(r, sw_store_worker_list(sw_api_store(r), &json), "worker"))
        sw_api_items_text(r, json);
}

// ---- metrics: the Prometheus text format, version 0.0.4 ----

static void
metric(sw_buffer *b, const char *name, const char *type, const char *help, double value)
{
    sw_buffer_printf(b, "# HELP sweepd_%s %s\n# TYPE sweepd_%s %s\nsweepd_%s ", name, help, name,
                     type, name);
    sw_buffer_number(b, value, "NaN");
    sw_buffer_char(b, '\n');
}

static void
sched_metrics(sw_buffer *b, const sw_stats *s)
{
    const struct {
        const char *name, *type, *help;
        int64_t value;
    } rows[] = {
        {"workers", "gauge", "Workers heard of lately.", s->workers},
        {"worker_slots", "gauge", "Executors of these workers.", s->slots},
        {"leases", "gauge", "Chunks that are out.", s->leases},
        {"studies_active", "gauge", "Studies with runs to give out or out.", s->studies},
        {"chunks_written_total", "counter", "Chunks committed.", s->chunks_written},
        {"runs_written_total", "counter", "Runs committed.", s->runs_written},
        {"runs_failed_total", "counter", "Failed runs committed.", s->runs_failed},
        {"chunks_late_total", "counter", "Answers that came after another.", s->chunks_late},
        {"leases_expired_total", "counter", "Leases of silent workers.", s->leases_expired},
        {"messages_bad_total", "counter", "Messages that did not parse.", s->messages_bad},
        {"bytes_waiting", "gauge", "Finished chunks not yet committed.", s->bytes_waiting},
        {"commits_total", "counter", "Transactions of the writer.", s->commits},
        {"database_errors_total", "counter", "Reconnections of the writer.", s->database_errors},
    };
    for (size_t i = 0; i < sw_countof(rows); i++)
        metric(b, rows[i].name, rows[i].type, rows[i].help, (double)rows[i].value);
}

static void
http_metrics(sw_buffer *b, const sw_http_stats *s)
{
    int64_t all = 0;
    sw_buffer_str(b, "# HELP sweepd_http_requests_total Requests answered.\n"
                     "# TYPE sweepd_http_requests_total counter\n");
    for (int i = 1; i < 6; i++) {
        sw_buffer_printf(b, "sweepd_http_requests_total{status=\"%dxx\"} %lld\n", i,
                         (long long)s->requests[i]);
        all += s->requests[i];
    }
    sw_buffer_str(b, "# HELP sweepd_http_request_seconds Time to an answer.\n"
                     "# TYPE sweepd_http_request_seconds summary\n");
    sw_buffer_printf(b, "sweepd_http_request_seconds_sum %.6f\n", 1e-6 * (double)s->microseconds);
    sw_buffer_printf(b, "sweepd_http_request_seconds_count %lld\n", (long long)all);
    metric(b, "http_connections", "gauge", "Open connections.", (double)s->connections);
    metric(b, "http_waiting", "gauge", "Requests that wait, live streams among them.",
           (double)s->waiting);
}

static void
store_metrics(sw_buffer *b, sw_store *store)
{
    sw_store_totals totals;
    bool up = sw_store_totals_get(store, &totals) == SW_E_NONE;
    metric(b, "database_up", "gauge", "Whether the database answered this request.", up);
    if (!up)
        return;
    sw_buffer_str(b, "# HELP sweepd_studies Studies by state.\n# TYPE sweepd_studies gauge\n");
    for (int s = 0; s < SW_STATE_COUNT; s++)
        sw_buffer_printf(b, "sweepd_studies{state=\"%s\"} %lld\n", sw_state_name((sw_state)s),
                         (long long)totals.studies[s]);
    metric(b, "runs_stored", "gauge", "Runs that have an outcome.", (double)totals.made);
    metric(b, "runs_stored_failed", "gauge", "Of these, failed.", (double)totals.failed);
}

void
sw_api_metrics(sw_request *r)
{
    sw_api *api = sw_api_of(r);
    sw_buffer b = {0};
    sw_buffer_printf(&b,
                     "# HELP sweepd_info The program.\n# TYPE sweepd_info gauge\n"
                     "sweepd_info{version=\"%s\"} 1\n",
                     api->settings.version);
    metric(&b, "start_time_seconds", "gauge", "When the server started.", api->started);
    if (api->settings.stats)
        sched_metrics(&b, api->settings.stats);
    http_metrics(&b, sw_http_stats_of(sw_request_http(r)));
    store_metrics(&b, sw_api_store(r));
    sw_answer(r, 200, "text/plain; version=0.0.4; charset=utf-8", &b);
}

// ---- the contract, the self-check and the front page ----

// The files themselves become part of the program; the build runs at the root of the tree.
#define EMBED(name, file)                                                                          \
    __asm__(".section .rodata\n"                                                                   \
            ".global " #name "_begin\n" #name "_begin:\n.incbin \"" file "\"\n"                    \
            ".global " #name "_end\n" #name "_end:\n.byte 0\n.previous\n");                        \
    extern const char name##_begin[], name##_end[]

EMBED(sw_openapi, "docs/openapi.json");
EMBED(sw_checks, "docs/checks.json");

static void
answer_embedded(sw_request *r, const char *begin, const char *end)
{
    size_t n = (size_t)(end - begin);
    char etag[SW_HASH_TEXT];
    sw_hash(begin, n, etag);
    if (sw_answer_unchanged(r, etag))
        return;
    sw_buffer b = {0};
    sw_buffer_add(&b, begin, n);
    sw_answer(r, 200, "application/json", &b);
}

void
sw_api_openapi(sw_request *r)
{
    answer_embedded(r, sw_openapi_begin, sw_openapi_end);
}

void
sw_api_checks(sw_request *r)
{
    answer_embedded(r, sw_checks_begin, sw_checks_end);
}

void
sw_api_assets_show(sw_request *r)
{
    sw_auto(free) char *name = sw_format("assets/%s", sw_request_path(r, "file"));
    if (!sw_static_answer(sw_api_of(r)->web, r, name))
        sw_problem(r, SW_E_NOT_FOUND, NULL, "the dashboard has no such file");
}

void
sw_api_index(sw_request *r)
{
    static const char page[] =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>sweepd</title>"
        "</head>\n<body><h1>sweepd</h1>\n<p>Parameter sweeps and sensitivity analyses.</p>\n<ul>\n"
        "<li><a href=\"/api/v1/models\">models</a></li>\n"
        "<li><a href=\"/api/v1/studies\">studies</a></li>\n"
        "<li><a href=\"/api/v1/workers\">workers</a></li>\n"
        "<li><a href=\"/openapi.json\">the contract of the API</a></li>\n"
        "<li><a href=\"/metrics\">metrics</a></li>\n</ul></body></html>\n";
    if (sw_static_answer(sw_api_of(r)->web, r, "index.html"))
        return;
    sw_buffer b = {0};
    sw_buffer_str(&b, page);
    sw_answer(r, 200, "text/html; charset=utf-8", &b);
}
