// SPDX-License-Identifier: Apache-2.0
// Results of a study that still runs, as server-sent events: those of complete prefixes, each the
// result of the study that is no more than it.
#include "lib/base/buffer.h"
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

static service s;

// Four runs a base row, of some milliseconds each.
#define SLEEPER(n)                                                                                 \
    "{\"model\": \"testfunctions/sleep\", \"parameters\": {\"x\": {\"min\": 0, \"max\": 10},"      \
    " \"seconds\": {\"min\": 0.001, \"max\": 0.003}}, \"design\": {\"seed\": 3, \"method\":"       \
    " \"saltelli\", \"n\": " n ", \"second_order\": false}}"

enum { ROW = 4, WHOLE = 256 };

static bool
has_whole_event(const char *text, const char *marked)
{
    const char *at = strstr(text, marked);
    return at && strstr(at, "\n\n");
}

// What the stream of a study says until the end of an event with `last` in it. A stream that tells
// nothing new still says that it is there, so the deadline is one of the whole.
static char *
listen_until(int64_t id, const char *last)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)s.port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){60, 0}, sizeof(struct timeval));
    double deadline = seconds_now() + 120;
    sw_auto(free) char *ask = sw_format(
        "GET /api/v1/studies/%lld/events HTTP/1.1\r\nHost: localhost\r\n\r\n", (long long)id);
    assert_int_equal(send(fd, ask, strlen(ask), 0), strlen(ask));
    sw_buffer b = {0};
    while (!b.n || !has_whole_event(sw_buffer_text(&b), last)) {
        ssize_t n = recv(fd, sw_buffer_room(&b, 4096), 4096, 0);
        if (n <= 0 || seconds_now() > deadline)
            fail_msg("\"%s\" was not heard, but: %s", last, sw_buffer_text(&b));
        b.n += (size_t)n;
    }
    close(fd);
    return sw_buffer_text(&b);
}

// The data of all analyses told in the stream of a study up to that of `runs` runs.
static json_t *
told_until(int64_t id, int64_t runs)
{
    sw_auto(free) char *last = sw_format("\"replicates\":1,\"runs\":%lld,", (long long)runs);
    sw_auto(free) char *text = listen_until(id, last);
    json_t *all = json_array();
    static const char kind[] = "event: analysis\ndata: ";
    for (char *at = strstr(text, kind); at; at = strstr(at, kind)) {
        at += sizeof kind - 1;
        json_t *event = json_loads(at, JSON_DISABLE_EOF_CHECK, NULL);
        if (event)
            json_array_append(all, json_object_get(event, "data"));
        json_decref(event);
    }
    return all;
}

static int64_t
count(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static json_t *
indices_of(int64_t id)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses/sobol", (long long)id);
    return get_json(&s, path);
}

static void
expect_the_same(const json_t *told, const json_t *whole)
{
    static const char *const keys[] = {"S1", "S1_conf", "ST", "ST_conf"};
    for (size_t k = 0; k < sw_countof(keys); k++) {
        const json_t *a = json_object_get(told, keys[k]), *b = json_object_get(whole, keys[k]);
        assert_true(json_is_array(a) && json_equal(a, b));
    }
}

static void
what_is_told_of_a_prefix_is_the_result_of_that_study(void **state)
{
    (void)state;
    int64_t id = submit(&s, SLEEPER("256"));
    sw_auto(json) json_t *told = told_until(id, WHOLE * ROW);
    size_t n = json_array_size(told);
    assert_true(n >= 3);
    int64_t before = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *event = json_array_get(told, i), *result = json_object_get(event, "result");
        int64_t rows = count(event, "points") / ROW;
        assert_true(rows >= 2 * before && count(result, "n") == rows);
        before = rows;
        sw_auto(free) char *text = sw_format("%lld", (long long)rows);
        sw_auto(free) char *document = sw_format(SLEEPER("%s"), text);
        int64_t alone = submit(&s, document);
        wait_for_state(&s, alone, "done", 60);
        sw_auto(json) json_t *whole = indices_of(alone);
        expect_the_same(result, whole);
        assert_true(json_is_real(json_object_get(event, "half_width")));
        assert_true(json_is_real(json_object_get(event, "change")) == (i > 0));
    }
}

static bool
is_told(void *id)
{
    sw_auto(free) char *statement = sw_format("SELECT count(*) FROM events WHERE study = %lld"
                                              " AND kind = 'analysis'",
                                              (long long)*(int64_t *)id);
    sw_auto(free) char *text = sql(&s, statement);
    return atoi(text) > 0;
}

static void
it_goes_on_after_a_restart_and_tells_nothing_twice(void **state)
{
    (void)state;
    int64_t id = submit(&s, SLEEPER("256"));
    wait_until(is_told, &id, 30, "a first result");
    kill_server(&s);
    start_server(&s);
    sw_auto(json) json_t *told = told_until(id, WHOLE * ROW);
    size_t n = json_array_size(told);
    assert_true(n >= 2);
    for (size_t i = 1; i < n; i++)
        assert_true(count(json_array_get(told, i), "runs") >
                    count(json_array_get(told, i - 1), "runs"));
    sw_auto(json) json_t *whole = indices_of(id);
    expect_the_same(json_object_get(json_array_get(told, n - 1), "result"), whole);
}

// The analyses of the document, of a series as well.
static void
the_documents_analyses_are_told(void **state)
{
    (void)state;
    int64_t id = submit(
        &s, "{\"model\": \"testfunctions/series\", \"parameters\": {\"points\": 12,"
            " \"amplitude\": {\"min\": 1, \"max\": 2}, \"damping\": {\"min\": 0, \"max\": 2}},"
            " \"outputs\": [\"y\"], \"design\": {\"method\": \"lhs\", \"n\": 64}, \"analyses\":"
            " [{\"method\": \"regression\"}]}");
    sw_auto(json) json_t *told = told_until(id, 64);
    const json_t *event = json_array_get(told, json_array_size(told) - 1);
    assert_int_equal(count(event, "analysis"), 0);
    const json_t *indices = json_object_get(json_object_get(event, "result"), "indices");
    const json_t *src = json_object_get(json_object_get(indices, "amplitude"), "SRC");
    assert_int_equal(json_array_size(src), 12);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_told_of_a_prefix_is_the_result_of_that_study),
        cmocka_unit_test(it_goes_on_after_a_restart_and_tells_nothing_twice),
        cmocka_unit_test(the_documents_analyses_are_told),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
