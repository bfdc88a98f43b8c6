// SPDX-License-Identifier: Apache-2.0
// Bad input: each fault is named with its place, what was given and what is allowed; nothing is
// stored; the server lives on.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static service s;

// Whether the faults name this place.
static bool
names(const json_t *problem, const char *pointer)
{
    size_t i;
    const json_t *fault;
    json_array_foreach (json_object_get(problem, "faults"), i, fault) {
        const char *at = json_string_value(json_object_get(fault, "pointer"));
        if (at && strcmp(at, pointer) == 0)
            return strlen(json_string_value(json_object_get(fault, "detail"))) > 5;
    }
    return false;
}

static void
refuses(const char *document, int status, const char *pointer)
{
    reply r = post(&s, "/api/v1/studies", document);
    if (r.status != status || (pointer && !names(r.json, pointer)))
        fail_msg("%s: %d %s", document, r.status, r.body ? r.body : "");
    assert_non_null(strcasestr(r.headers, "application/problem+json"));
    reply_free(&r);
}

#define WITH(parameter)                                                                            \
    "{\"model\": \"testfunctions/linear\", \"parameters\": {" parameter                            \
    "}, \"design\": {\"method\": \"random\", \"n\": 10}}"

static void
every_kind_of_fault_is_named(void **state)
{
    (void)state;
    refuses("{\"model\": \"no/such\", \"design\": {\"method\": \"random\", \"n\": 1}}", 422,
            "/model");
    refuses(WITH("\"nope\": 1"), 422, "/parameters/nope");
    refuses(WITH("\"x1\": {\"min\": 1, \"max\": 1}"), 422, "/parameters/x1/min");
    refuses(WITH("\"x1\": \"text\""), 422, "/parameters/x1");
    refuses("{\"model\": \"testfunctions/linear\", \"parameters\": {\"x1\": {\"min\": 0, \"max\": "
            "1}}, \"design\": {\"method\": \"random\", \"n\": -5}}",
            422, "/design/n");
    refuses("{\"model\": \"testfunctions/linear\", \"parameters\": {\"x1\": {\"min\": 0, \"max\": "
            "1}}, \"design\": {\"method\": \"telepathy\", \"n\": 5}}",
            422, "/design/method");
    refuses("[1, 2]", 422, NULL);
    refuses("{", 400, NULL);
    refuses("{\"a\": 1, \"a\": 2}", 400, NULL);
    refuses("{\"a\": \"\xff\xfe\"}", 400, NULL);
    refuses("{\"a\": NaN}", 400, NULL);
}

static void
all_faults_come_in_one_answer(void **state)
{
    (void)state;
    reply r = post(&s, "/api/v1/studies",
                   "{\"model\": \"testfunctions/linear\", \"parameters\": {\"x1\": {\"min\": 3, "
                   "\"max\": 1}, \"huh\": 2}, \"design\": {\"method\": \"random\", \"n\": 10}, "
                   "\"outputs\": [\"zz\"], \"replicates\": 0, \"tags\": 5}");
    assert_int_equal(r.status, 422);
    assert_true(names(r.json, "/parameters/huh"));
    assert_true(names(r.json, "/outputs/0"));
    assert_true(names(r.json, "/replicates"));
    assert_true(names(r.json, "/tags"));
    reply_free(&r);
}

// What the design and the analyses say of themselves comes with the faults of the parameters.
static void
designs_and_analyses_are_looked_at_in_any_case(void **state)
{
    (void)state;
    reply r =
        post(&s, "/api/v1/studies",
             "{\"model\": \"testfunctions/linear\", \"parameters\": {\"huh\": 2}, \"design\": "
             "{\"method\": \"saltelli\", \"n\": 0, \"seed\": 1, \"nn\": 1}, \"analyses\": "
             "[{\"method\": \"sobool\"}, {\"method\": \"sobol\", \"resamples\": -1}, \"sobol\"]}");
    assert_int_equal(r.status, 422);
    static const char *const at[] = {
        "/parameters/huh",       "/design/n",  "/design/nn", "/analyses/0/method",
        "/analyses/1/resamples", "/analyses/2"};
    for (size_t i = 0; i < sw_countof(at); i++)
        assert_true(names(r.json, at[i]));
    assert_false(names(r.json, "/design/seed"));
    reply_free(&r);
}

// An analysis that can have no answer is refused with the document, before anything has run.
static void
analyses_that_do_not_fit_are_refused(void **state)
{
    (void)state;
#define LINEAR(design, more)                                                                       \
    "{\"model\": \"testfunctions/linear\", \"parameters\": {\"x1\": {\"min\": 0, \"max\": 1}, "    \
    "\"x2\": "                                                                                     \
    "{\"min\": 0, \"max\": 1}}, \"design\": " design ", " more "}"
#define RANDOM "{\"method\": \"random\", \"n\": 10}"
    refuses(LINEAR(RANDOM, "\"analyses\": [{\"method\": \"sobol\"}]"), 422, "/analyses/0/method");
    refuses(LINEAR(RANDOM, "\"analyses\": [{\"method\": \"summary\", \"huh\": 1}]"), 422,
            "/analyses/0/huh");
    refuses(LINEAR(RANDOM, "\"analyses\": [{\"method\": \"summary\", \"output\": \"z\"}]"), 422,
            "/analyses/0/output");
    refuses(LINEAR(RANDOM, "\"stop_when\": {\"max_half_width\": 0.1, \"analysis\": {\"method\": "
                           "\"sobol\"}}"),
            422, "/stop_when/analysis/method");
    reply r = post(&s, "/api/v1/studies?dry_run=true",
                   LINEAR("{\"method\": \"saltelli\", \"n\": 16}",
                          "\"analyses\": [{\"method\": \"sobol\", \"output\": \"y\"}]"));
    assert_int_equal(r.status, 200);
    reply_free(&r);
}

static void
a_grid_beyond_the_limit_says_how_many_runs_it_would_be(void **state)
{
    (void)state;
    sw_auto(free) char *document = sw_format(
        "{\"model\": \"testfunctions/sobol-g\", \"parameters\": {%s}, \"design\": {\"method\": "
        "\"grid\", \"steps\": 1000}}",
        "\"x1\": {\"min\": 0, \"max\": 1}, \"x2\": {\"min\": 0, \"max\": 1}, \"x3\": {\"min\": 0, "
        "\"max\": 1}, \"x4\": {\"min\": 0, \"max\": 1}, \"x5\": {\"min\": 0, \"max\": 1}, "
        "\"x6\": {\"min\": 0, \"max\": 1}");
    reply r = post(&s, "/api/v1/studies", document);
    assert_int_equal(r.status, 422);
    assert_non_null(strstr(r.body, "1000000000000000000 points"));
    reply_free(&r);
}

static void
large_and_deep_bodies_are_refused(void **state)
{
    (void)state;
    size_t n = 10 << 20;
    char *body = sw_malloc(n + 1);
    memset(body, ' ', n);
    body[n] = '\0';
    body[0] = '"';
    reply r = post(&s, "/api/v1/studies", body);
    assert_int_equal(r.status, 413);
    reply_free(&r);
    memset(body, '[', 100000);
    body[100000] = '\0';
    r = post(&s, "/api/v1/studies", body);
    assert_int_equal(r.status, 400);
    reply_free(&r);
    free(body);
}

static void
unknown_paths_and_methods_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path;
        int status;
    } rows[] = {
        {"GET", "/api/v1/nothing", 404},       {"GET", "/api/v1/studies/999999", 404},
        {"GET", "/api/v1/studies/-1", 404},    {"GET", "/api/v1/studies/1e3", 404},
        {"PUT", "/api/v1/studies", 405},       {"GET", "/api/v1/studies?limit=x", 400},
        {"GET", "/api/v1/studies?huh=1", 400}, {"GET", "/../../etc/passwd", 404},
    };
    for (size_t i = 0; i < sw_countof(rows); i++) {
        reply r = request(&s, rows[i].method, rows[i].path, NULL, NULL);
        if (r.status != rows[i].status)
            fail_msg("%s %s: %d, not %d", rows[i].method, rows[i].path, r.status, rows[i].status);
        reply_free(&r);
    }
}

static void
a_foreign_host_or_origin_is_refused(void **state)
{
    (void)state;
    const char *host[] = {"Host: evil.example", NULL};
    const char *origin[] = {"Origin: https://evil.example", NULL};
    reply a = request(&s, "GET", "/api/v1/studies", NULL, host);
    reply b = request(&s, "POST", "/api/v1/studies", "{}", origin);
    assert_int_equal(a.status, 403);
    assert_int_equal(b.status, 403);
    reply_free(&a);
    reply_free(&b);
}

// Bytes that are no HTTP, and a client that says nothing.
static void
nonsense_on_the_socket_hurts_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in a = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)s.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
        char bytes[512];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (char)(k * 37 + (size_t)i * 11);
        if (i % 2)
            assert_true(send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) > 0);
        close(fd);
    }
    reply r = get(&s, "/healthz");
    assert_int_equal(r.status, 200);
    reply_free(&r);
}

static void
nothing_of_all_that_was_stored(void **state)
{
    (void)state;
    sw_auto(free) char *n = sql(&s, "SELECT count(*) FROM studies");
    assert_string_equal(n, "0");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_fault_is_named),
        cmocka_unit_test(all_faults_come_in_one_answer),
        cmocka_unit_test(designs_and_analyses_are_looked_at_in_any_case),
        cmocka_unit_test(analyses_that_do_not_fit_are_refused),
        cmocka_unit_test(a_grid_beyond_the_limit_says_how_many_runs_it_would_be),
        cmocka_unit_test(large_and_deep_bodies_are_refused),
        cmocka_unit_test(unknown_paths_and_methods_are_told_apart),
        cmocka_unit_test(a_foreign_host_or_origin_is_refused),
        cmocka_unit_test(nonsense_on_the_socket_hurts_nobody),
        cmocka_unit_test(nothing_of_all_that_was_stored),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
