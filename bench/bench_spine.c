// SPDX-License-Identifier: Apache-2.0
// The whole line, from POST to answer, on the real thing: durable runs a second beside the bare
// binary COPY of the same columns, latency of a study of one run, many small studies, a very large
// plan, and the server's memory.
#include "lib/base/memory.h"
#include "lib/base/philox.h"
#include "server/store/copy.h"
#include "tests/support/service.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <unistd.h>

enum { CHUNK = 1024, COLUMNS = 14, COPY_CHUNKS = 2000, BATCH = 16, SMALL = 1000, LATENCIES = 200 };

static service s;

// ten outputs, three inputs, the wall time: what the study below stores.
#define NOOP(n)                                                                                    \
    "{\"model\": \"testfunctions/noop\", \"parameters\": {\"x1\": {\"min\": 0, \"max\": 1},"       \
    "\"x2\": {\"min\": 0, \"max\": 1}, \"x3\": {\"min\": 0, \"max\": 1}}, \"design\": "            \
    "{\"method\": \"random\", \"n\": " n ", \"seed\": 1}, \"outputs\": [\"y1\", \"y2\", \"y3\","   \
    "\"y4\", \"y5\", \"y6\", \"y7\", \"y8\", \"y9\", \"y10\"]}"

static int64_t
post_study(const char *document)
{
    reply r = post(&s, "/api/v1/studies", document);
    int64_t id = json_integer_value(json_object_get(r.json, "id"));
    if (r.status != 201)
        fprintf(stderr, "%s\n", r.body);
    reply_free(&r);
    return id;
}

// The study's end, by the API's own waiting.
static void
wait_done(int64_t id)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld?wait=300", (long long)id);
    reply r = get(&s, path);
    const char *state = json_string_value(json_object_get(r.json, "state"));
    if (!state || strcmp(state, "done") != 0)
        fprintf(stderr, "study %lld: %s\n", (long long)id, r.body ? r.body : "no answer");
    reply_free(&r);
}

static double
runs_a_second(const char *document, double runs)
{
    double start = seconds_now();
    wait_done(post_study(document));
    return runs / (seconds_now() - start);
}

// ---- the limit: the same columns by COPY alone ----

static void
fill_batch(sw_buffer *b, uint64_t first_chunk)
{
    double values[CHUNK];
    sw_buffer_clear(b);
    sw_copy_begin(b);
    for (uint64_t c = first_chunk; c < first_chunk + BATCH; c++) {
        for (int v = 0; v < COLUMNS; v++) {
            char name[8];
            for (uint64_t i = 0; i < CHUNK; i++)
                values[i] =
                    sw_unit_open(sw_philox(1, SW_STREAM_DESIGN, c * CHUNK + i, (uint64_t)v));
            sw_copy_row(b, 6);
            sw_copy_int8(b, 1);
            sw_copy_bytes(b, name, (size_t)snprintf(name, sizeof name, "v%d", v));
            sw_copy_int8(b, (int64_t)(c * CHUNK));
            sw_copy_float8s(b, values, CHUNK);
            sw_copy_null(b);
            sw_copy_null(b);
        }
    }
    sw_copy_end(b);
}

static void
statement(PGconn *db, const char *text)
{
    PGresult *r = PQexec(db, text);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_COPY_IN)
        fprintf(stderr, "%s: %s", text, PQerrorMessage(db));
    PQclear(r);
}

// Runs a second of COPY alone: making the data is not counted.
static double
bare_copy(void)
{
    PGconn *db = PQconnectdb(s.cluster.url);
    statement(db, "CREATE TABLE bare (LIKE columns INCLUDING ALL)");
    sw_buffer b = {0};
    double spent = 0;
    for (uint64_t c = 0; c < COPY_CHUNKS; c += BATCH) {
        fill_batch(&b, c);
        double start = seconds_now();
        statement(db, "BEGIN");
        statement(db, "COPY bare (study, variable, first_run, values, lengths, texts) FROM STDIN"
                      " (FORMAT binary)");
        PQputCopyData(db, b.data, (int)b.n);
        PQputCopyEnd(db, NULL);
        for (PGresult *r; (r = PQgetResult(db)) != NULL;)
            PQclear(r);
        statement(db, "COMMIT");
        spent += seconds_now() - start;
    }
    sw_buffer_fini(&b);
    statement(db, "DROP TABLE bare");
    PQfinish(db);
    return (double)COPY_CHUNKS * CHUNK / spent;
}

// ---- the rest ----

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double
median_latency_ms(void)
{
    double ms[LATENCIES];
    for (int i = 0; i < LATENCIES; i++) {
        double start = seconds_now();
        int64_t id = post_study(NOOP("1"));
        wait_done(id);
        sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/runs/0", (long long)id);
        reply r = get(&s, path);
        reply_free(&r);
        ms[i] = 1000 * (seconds_now() - start);
    }
    qsort(ms, LATENCIES, sizeof *ms, by_value);
    return ms[LATENCIES / 2];
}

static double
small_studies_a_second(void)
{
    double start = seconds_now();
    int64_t last = 0;
    for (int i = 0; i < SMALL; i++)
        last = post_study(NOOP("1"));
    wait_done(last);
    for (int64_t id = last - SMALL + 1; id < last; id++)
        wait_done(id);
    return SMALL / (seconds_now() - start);
}

static double
dry_run_ms(void)
{
    double best = 1e9;
    for (int i = 0; i < 20; i++) {
        double start = seconds_now();
        reply r = post(&s, "/api/v1/studies?dry_run=true", NOOP("1000000000"));
        reply_free(&r);
        double ms = 1000 * (seconds_now() - start);
        best = ms < best ? ms : best;
    }
    return best;
}

static long
server_peak_kb(void)
{
    sw_auto(free) char *path = sw_format("/proc/%d/status", (int)s.server.pid);
    FILE *f = fopen(path, "re");
    char line[256];
    long kb = 0;
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "VmHWM: %ld", &kb) == 1)
            break;
    }
    if (f)
        fclose(f);
    return kb;
}

int
main(void)
{
    service_start(&s, 2);
    runs_a_second(NOOP("200000"), 2e5); // warm
    double runs = runs_a_second(NOOP("10000000"), 1e7);
    double copy = bare_copy();
    printf("%-58s %12.0f\n", "durable runs a second, 10 outputs, 2 workers (10 million runs)",
           runs);
    printf("%-58s %12.0f\n", "bare binary COPY of the same columns, runs a second", copy);
    printf("%-58s %12.2f\n", "ratio to the limit", runs / copy);
    printf("%-58s %12.1f\n", "server's peak memory after that, MB",
           (double)server_peak_kb() / 1024);
    printf("%-58s %12.2f\n", "submit to result of one run over HTTP, median ms",
           median_latency_ms());
    printf("%-58s %12.0f\n", "studies of one run, submitted one by one, a second",
           small_studies_a_second());
    printf("%-58s %12.2f\n", "plan of a billion runs (dry run), best ms", dry_run_ms());
    service_stop(&s);
    return 0;
}
