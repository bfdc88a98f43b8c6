// SPDX-License-Identifier: Apache-2.0
// What comes back over HTTP, against the real thing: lists, waiting, pages, exports, columns,
// analyses, events, metrics.
#include "lib/base/buffer.h"
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <arpa/inet.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define V1 "/api/v1"

static service s;

// ---- vocabulary ----

#define ISHIGAMI(name, n, rest)                                                                    \
    "{\"name\": \"" name "\", \"model\": \"testfunctions/ishigami\", \"parameters\": {"            \
    "\"x1\": {\"min\": -3, \"max\": 3}, \"x2\": {\"min\": -3, \"max\": 3}}, "                      \
    "\"design\": {\"method\": \"random\", \"n\": " n ", \"seed\": 1}" rest "}"

#define SLEEPER(n)                                                                                 \
    "{\"model\": \"testfunctions/sleep\", \"parameters\": {\"seconds\": 0.05}, "                   \
    "\"design\": {\"method\": \"list\", \"points\": [{}]}, \"replicates\": " n "}"

static int64_t
number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *
text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

static int64_t
done(const char *document)
{
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 60);
    return id;
}

static char *
path_of(int64_t id, const char *rest)
{
    return sw_format(V1 "/studies/%lld%s", (long long)id, rest);
}

static reply
get_of(int64_t id, const char *rest)
{
    sw_auto(free) char *path = path_of(id, rest);
    return get(&s, path);
}

static json_t *
json_of(int64_t id, const char *rest)
{
    sw_auto(free) char *path = path_of(id, rest);
    return get_json(&s, path);
}

static int
move(int64_t id, const char *verb)
{
    sw_auto(free) char *path = path_of(id, verb);
    reply r = post(&s, path, "");
    int status = r.status;
    reply_free(&r);
    return status;
}

// ---- submitting ----

static void
a_key_submits_once(void **state)
{
    (void)state;
    const char *const headers[] = {"Idempotency-Key: abc-1", NULL};
    reply a = request(&s, "POST", V1 "/studies", ISHIGAMI("k", "3", ""), headers);
    reply b = request(&s, "POST", V1 "/studies", ISHIGAMI("k", "3", ""), headers);
    reply c = request(&s, "POST", V1 "/studies", ISHIGAMI("k", "4", ""), headers);
    assert_int_equal(a.status, 201);
    assert_int_equal(b.status, 200);
    assert_int_equal(number(a.json, "id"), number(b.json, "id"));
    assert_int_equal(c.status, 422);
    assert_non_null(strstr(text(c.json, "type"), "idempotency-conflict"));
    reply_free(&a);
    reply_free(&b);
    reply_free(&c);
}

static void
the_first_points_are_those_that_are_run(void **state)
{
    (void)state;
    reply dry = post(&s, V1 "/studies?dry_run=true", ISHIGAMI("d", "5", ""));
    int64_t id = done(ISHIGAMI("d", "5", ""));
    sw_auto(json) json_t *runs = json_of(id, "/runs");
    const json_t *points = json_object_get(dry.json, "first_points");
    const json_t *items = json_object_get(runs, "items");
    assert_int_equal(json_array_size(items), 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(json_equal(json_array_get(points, i),
                               json_object_get(json_array_get(items, i), "inputs")));
    sw_auto(json) json_t *study_now = study(&s, id);
    assert_string_equal(text(dry.json, "hash"), text(study_now, "hash"));
    reply_free(&dry);
}

// ---- the life cycle ----

static void
waiting_for_the_end_answers_at_the_end(void **state)
{
    (void)state;
    int64_t id = submit(&s, SLEEPER("4"));
    double begun = seconds_now();
    sw_auto(json) json_t *end = json_of(id, "?wait=30");
    assert_string_equal(text(end, "state"), "done");
    assert_true(seconds_now() - begun < 10);
    int64_t longer = submit(&s, SLEEPER("1000"));
    begun = seconds_now();
    sw_auto(json) json_t *not_yet = json_of(longer, "?wait=1");
    assert_string_not_equal(text(not_yet, "state"), "done");
    assert_true(seconds_now() - begun > 0.9);
    assert_int_equal(move(longer, "/cancel"), 200);
}

static void
lists_come_in_pages_newest_first(void **state)
{
    (void)state;
    int64_t ids[5];
    for (int i = 0; i < 5; i++)
        ids[i] = submit(&s, ISHIGAMI("paged", "2", ", \"tags\": [\"paged\"]"));
    sw_auto(free) char *next = sw_strdup("");
    for (int i = 4; i >= 0; i -= 2) {
        sw_auto(free) char *path =
            sw_format(V1 "/studies?tag=paged&text=PAG&limit=2%s%s", *next ? "&after=" : "", next);
        sw_auto(json) json_t *page = get_json(&s, path);
        const json_t *items = json_object_get(page, "items");
        assert_int_equal(json_array_size(items), i > 0 ? 2 : 1);
        for (size_t k = 0; k < json_array_size(items); k++)
            assert_int_equal(number(json_array_get(items, k), "id"), ids[i - (int)k]);
        free(next);
        next = sw_strdup(text(page, "next"));
    }
    assert_string_equal(next, "");
}

// ---- results ----

static void
runs_come_in_pages_and_one_by_one(void **state)
{
    (void)state;
    int64_t id = done(ISHIGAMI("runs", "250", ""));
    int64_t expected = 0;
    sw_auto(free) char *rest = sw_strdup("/runs?limit=100");
    while (*rest) {
        sw_auto(json) json_t *page = json_of(id, rest);
        size_t i;
        const json_t *run;
        json_array_foreach (json_object_get(page, "items"), i, run)
            assert_int_equal(number(run, "run"), expected++);
        free(rest);
        rest = *text(page, "next") ? sw_format("/runs?limit=100&after=%s", text(page, "next"))
                                   : sw_strdup("");
    }
    assert_int_equal(expected, 250);
    sw_auto(json) json_t *one = json_of(id, "/runs/249");
    double x1 = json_number_value(json_object_get(json_object_get(one, "inputs"), "x1"));
    assert_true(x1 >= -3 && x1 <= 3);
    assert_string_equal(text(one, "state"), "done");
    static const char *const none[] = {"/runs/250", "/runs/-1", "/runs/x", "/runs/00"};
    for (size_t i = 0; i < sw_countof(none); i++) {
        reply r = get_of(id, none[i]);
        assert_int_equal(r.status, 404);
        reply_free(&r);
    }
}

static size_t
lines(const char *body)
{
    size_t n = 0;
    for (; *body; body++)
        n += *body == '\n';
    return n;
}

static void
exports_hold_every_run_once(void **state)
{
    (void)state;
    int64_t id = done(ISHIGAMI("export", "20000", ""));
    reply csv = get_of(id, "/runs?format=csv"), ndjson = get_of(id, "/runs?format=ndjson");
    assert_int_equal(lines(csv.body), 20001);
    assert_int_equal(lines(ndjson.body), 20000);
    static const char head[] = "run,point,replicate,seed,state,x1,x2,";
    assert_memory_equal(csv.body, head, sizeof head - 1);
    const char *line = ndjson.body, *row = strchr(csv.body, '\n') + 1;
    for (int i = 0; i < 20000; i++) {
        assert_int_equal(atoi(row), i);
        assert_int_equal(atoi(line + strlen("{\"run\":")), i);
        row = strchr(row, '\n') + 1;
        line = strchr(line, '\n') + 1;
    }
    reply_free(&csv);
    reply_free(&ndjson);
    reply part = get_of(id, "/runs?format=csv&first=100&last=109");
    assert_int_equal(lines(part.body), 11);
    reply_free(&part);
}

static void
a_column_is_the_same_in_every_form(void **state)
{
    (void)state;
    int64_t id = done(ISHIGAMI("column", "3000", ""));
    sw_auto(json) json_t *column = json_of(id, "/columns/y?first=10");
    const json_t *values = json_object_get(column, "values");
    const char *const raw_type[] = {"Accept: application/octet-stream", NULL};
    sw_auto(free) char *path = path_of(id, "/columns/y?first=10");
    reply raw = request(&s, "GET", path, NULL, raw_type);
    assert_int_equal(json_array_size(values), 2990);
    assert_int_equal(raw.n, 2990 * sizeof(double));
    for (size_t i = 0; i < 2990; i++) {
        double v;
        memcpy(&v, raw.body + i * sizeof v, sizeof v);
        assert_true(v == json_number_value(json_array_get(values, i)));
    }
    reply_free(&raw);
    sw_auto(json) json_t *run = json_of(id, "/runs/10");
    assert_true(json_equal(json_array_get(values, 0),
                           json_object_get(json_object_get(run, "outputs"), "y")));
    reply none = get_of(id, "/columns/nothing");
    assert_int_equal(none.status, 404);
    reply_free(&none);
}

static void
runs_without_an_outcome_are_null_in_columns(void **state)
{
    (void)state;
    int64_t id = submit(&s, SLEEPER("500"));
    assert_int_equal(move(id, "/cancel"), 200);
    wait_for_state(&s, id, "cancelled", 10);
    sw_auto(json) json_t *column = json_of(id, "/columns/_state");
    const json_t *values = json_object_get(column, "values");
    assert_int_equal(json_array_size(values), 500);
    assert_true(json_is_null(json_array_get(values, 499)));
}

// ---- analyses ----

static void
analyses_are_computed_once_and_kept(void **state)
{
    (void)state;
    int64_t id = done("{\"model\": \"testfunctions/ishigami\", \"parameters\": {"
                      "\"x1\": {\"min\": -3.141592653589793, \"max\": 3.141592653589793},"
                      "\"x2\": {\"min\": -3.141592653589793, \"max\": 3.141592653589793},"
                      "\"x3\": {\"min\": -3.141592653589793, \"max\": 3.141592653589793}},"
                      "\"design\": {\"method\": \"saltelli\", \"n\": 1024, \"seed\": 2},"
                      "\"analyses\": [{\"method\": \"sobol\", \"output\": \"y\","
                      " \"resamples\": 50}]}");
    sw_auto(json) json_t *named = json_of(id, "/analyses");
    const json_t *sobol = json_array_get(json_object_get(named, "items"), 0);
    // Ishigami with a = 7, b = 0.1: S1 = 0.3139, 0.4424, 0.
    double s1 = json_number_value(json_array_get(json_object_get(sobol, "S1"), 0));
    double s2 = json_number_value(json_array_get(json_object_get(sobol, "S1"), 1));
    assert_true(fabs(s1 - 0.3139) < 0.06 && fabs(s2 - 0.4424) < 0.06);
    sw_auto(json) json_t *asked = json_of(id, "/analyses/sobol?output=y&resamples=50");
    assert_true(json_equal(asked, sobol));
    sw_auto(free) char *kept = sql(&s, "SELECT count(*) FROM analyses");
    assert_true(atoi(kept) >= 1);
}

static void
bad_analyses_are_refused(void **state)
{
    (void)state;
    int64_t id = done(ISHIGAMI("a", "50", ""));
    static const struct {
        const char *rest;
        int status;
    } cases[] = {
        {"/analyses/nothing", 404},
        {"/analyses/summary?output=nothing", 422},
        {"/analyses/sobol?output=y", 422}, // not its design
        {"/analyses/summary?output=y&colour=1", 422},
    };
    for (size_t i = 0; i < sw_countof(cases); i++) {
        reply r = get_of(id, cases[i].rest);
        if (r.status != cases[i].status)
            fail_msg("%s: %d expected, not %d: %s", cases[i].rest, cases[i].status, r.status,
                     r.body);
        reply_free(&r);
    }
}

// ---- events ----

// What a stream says until `last` occurs in it.
static char *
listen_until(const char *path, const char *more, const char *last)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)s.port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    struct timeval limit = {30, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sw_auto(free) char *ask = sw_format("GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, more);
    assert_int_equal(send(fd, ask, strlen(ask), 0), strlen(ask));
    sw_buffer b = {0};
    while (!b.n || !strstr(sw_buffer_text(&b), last)) {
        ssize_t n = recv(fd, sw_buffer_room(&b, 4096), 4096, 0);
        if (n <= 0)
            fail_msg("\"%s\" was not heard, but: %s", last, sw_buffer_text(&b));
        b.n += (size_t)n;
    }
    close(fd);
    return sw_buffer_text(&b);
}

static void
events_tell_the_whole_life_and_go_on_where_they_broke_off(void **state)
{
    (void)state;
    int64_t id = submit(&s, SLEEPER("10"));
    sw_auto(free) char *path = path_of(id, "/events");
    sw_auto(free) char *told = listen_until(path, "", "\"done\"");
    assert_non_null(strstr(told, "event: submitted"));
    assert_non_null(strstr(told, "text/event-stream"));
    const char *first = strstr(told, "id: ");
    sw_auto(free) char *header = sw_format("Last-Event-ID: %lld\r\n", atoll(first + 4));
    sw_auto(free) char *rest = listen_until(path, header, "\"done\"");
    assert_null(strstr(rest, "event: submitted"));
}

// ---- the service ----

static void
metrics_are_in_the_prometheus_form(void **state)
{
    (void)state;
    reply r = get(&s, "/metrics");
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.headers, "version=0.0.4"));
    static const char *const names[] = {
        "\nsweepd_workers 1\n", "\nsweepd_runs_written_total ", "\nsweepd_studies{state=\"done\"} ",
        "\nsweepd_database_up 1\n", "\nsweepd_http_requests_total{status=\"2xx\"} "};
    for (size_t i = 0; i < sw_countof(names); i++) {
        if (!strstr(r.body, names[i]))
            fail_msg("no %s in %s", names[i], r.body);
    }
    reply_free(&r);
}

static void
without_a_database_submitting_is_refused_for_now(void **state)
{
    (void)state;
    kill_database(&s);
    reply r = post(&s, V1 "/studies", ISHIGAMI("away", "5", ""));
    assert_int_equal(r.status, 503);
    assert_non_null(strcasestr(r.headers, "retry-after:"));
    reply_free(&r);
    reply live = get(&s, "/healthz"), ready = get(&s, "/readyz");
    assert_int_equal(live.status, 200);
    assert_int_equal(ready.status, 503);
    reply_free(&live);
    reply_free(&ready);
    start_database(&s);
    done(ISHIGAMI("back", "5", ""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_submits_once),
        cmocka_unit_test(the_first_points_are_those_that_are_run),
        cmocka_unit_test(waiting_for_the_end_answers_at_the_end),
        cmocka_unit_test(lists_come_in_pages_newest_first),
        cmocka_unit_test(runs_come_in_pages_and_one_by_one),
        cmocka_unit_test(exports_hold_every_run_once),
        cmocka_unit_test(a_column_is_the_same_in_every_form),
        cmocka_unit_test(runs_without_an_outcome_are_null_in_columns),
        cmocka_unit_test(analyses_are_computed_once_and_kept),
        cmocka_unit_test(bad_analyses_are_refused),
        cmocka_unit_test(events_tell_the_whole_life_and_go_on_where_they_broke_off),
        cmocka_unit_test(metrics_are_in_the_prometheus_form),
        cmocka_unit_test(without_a_database_submitting_is_refused_for_now),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
