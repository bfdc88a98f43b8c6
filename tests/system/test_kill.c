// SPDX-License-Identifier: Apache-2.0
// Killing each process in the middle of a study, at random moments: every run is there exactly
// once afterwards, with the bits of an undisturbed study.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { RUNS = 1000000, KILLS = 3 };

#define DOCUMENT                                                                                   \
    "{\"name\": \"kill\", \"model\": \"testfunctions/noop\", \"parameters\": {"                    \
    "\"x1\": {\"min\": 0, \"max\": 1}, \"x2\": {\"min\": 0, \"max\": 1}},"                         \
    "\"design\": {\"method\": \"lhs\", \"n\": 1000000, \"seed\": 11}, \"outputs\": [\"y1\", "      \
    "\"y2\"]}"

static service s;
static reply expected_y1, expected_x2;

static reply
column(int64_t id, const char *name)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/columns/%s", (long long)id, name);
    const char *octets[] = {"Accept: application/octet-stream", NULL};
    reply r = request(&s, "GET", path, NULL, octets);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.n, (size_t)RUNS * sizeof(double));
    return r;
}

static void
pause_at_random(void)
{
    long ms = 50 + rand() % 500;
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

// Chunks cover 0 … RUNS-1 without gap or overlap, and so do the columns.
static void
check_cover(int64_t id)
{
    sw_auto(free) char *query =
        sw_format("SELECT sum(n_runs), bool_and(first_run = before) FROM (SELECT first_run, n_runs,"
                  " coalesce(lag(first_run + n_runs) OVER (ORDER BY first_run), 0) AS before"
                  " FROM chunks WHERE study = %lld) AS c",
                  (long long)id);
    sw_auto(free) char *cover = sql(&s, query);
    assert_string_equal(cover, "1000000|t");
    sw_auto(free) char *values =
        sw_format("SELECT variable, sum(array_length(values, 1)) FROM columns WHERE study = %lld"
                  " AND variable IN ('x1', 'x2', 'y1', 'y2') GROUP BY 1 ORDER BY 1",
                  (long long)id);
    sw_auto(free) char *counts = sql(&s, values);
    assert_string_equal(counts, "x1|1000000\nx2|1000000\ny1|1000000\ny2|1000000");
}

static void
check_same(int64_t id)
{
    wait_for_state(&s, id, "done", 180);
    check_cover(id);
    reply y1 = column(id, "y1"), x2 = column(id, "x2");
    assert_memory_equal(y1.body, expected_y1.body, y1.n);
    assert_memory_equal(x2.body, expected_x2.body, x2.n);
    reply_free(&y1);
    reply_free(&x2);
    json_t *end = study(&s, id);
    assert_int_equal(json_integer_value(json_object_get(end, "made")), RUNS);
    assert_int_equal(json_integer_value(json_object_get(end, "failed")), 0);
    json_decref(end);
}

static void
a_killed_worker_costs_nothing(void **state)
{
    (void)state;
    int64_t id = submit(&s, DOCUMENT);
    for (int i = 0; i < KILLS; i++) {
        pause_at_random();
        kill_worker(&s, i % 2);
        start_worker(&s, i % 2);
    }
    check_same(id);
}

static void
a_killed_executor_costs_nothing(void **state)
{
    (void)state;
    int64_t id = submit(&s, DOCUMENT);
    for (int i = 0; i < KILLS; i++) {
        pause_at_random();
        pid_t victim = executor_of(&s, i % 2);
        if (victim > 0)
            kill(victim, SIGKILL);
    }
    check_same(id);
}

static void
a_killed_server_costs_nothing(void **state)
{
    (void)state;
    int64_t id = submit(&s, DOCUMENT);
    for (int i = 0; i < KILLS; i++) {
        pause_at_random();
        kill_server(&s);
        start_server(&s);
    }
    check_same(id);
}

static void
a_killed_database_costs_nothing(void **state)
{
    (void)state;
    int64_t id = submit(&s, DOCUMENT);
    for (int i = 0; i < KILLS; i++) {
        pause_at_random();
        kill_database(&s);
        start_database(&s);
    }
    check_same(id);
}

static void
while_the_database_is_away_a_submission_is_told_to_come_back(void **state)
{
    (void)state;
    int64_t id = submit(&s, DOCUMENT);
    pause_at_random();
    kill_database(&s);
    reply r = post(&s, "/api/v1/studies", DOCUMENT);
    assert_int_equal(r.status, 503);
    assert_non_null(strcasestr(r.headers, "Retry-After:"));
    reply_free(&r);
    reply ready = get(&s, "/readyz");
    assert_int_equal(ready.status, 503);
    reply_free(&ready);
    start_database(&s);
    check_same(id);
}

static void
one_worker_gives_the_bits_of_two(void **state)
{
    (void)state;
    kill_worker(&s, 1);
    check_same(submit(&s, DOCUMENT));
    start_worker(&s, 1);
}

static int
start_all(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    printf("random moments from seed %u\n", seed);
    srand(seed);
    service_start(&s, 2);
    int64_t id = submit(&s, DOCUMENT);
    wait_for_state(&s, id, "done", 120);
    expected_y1 = column(id, "y1");
    expected_x2 = column(id, "x2");
    check_cover(id);
    return 0;
}

static int
stop_all(void **state)
{
    (void)state;
    reply_free(&expected_y1);
    reply_free(&expected_x2);
    service_stop(&s);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_worker_gives_the_bits_of_two),
        cmocka_unit_test(a_killed_worker_costs_nothing),
        cmocka_unit_test(a_killed_executor_costs_nothing),
        cmocka_unit_test(a_killed_server_costs_nothing),
        cmocka_unit_test(a_killed_database_costs_nothing),
        cmocka_unit_test(while_the_database_is_away_a_submission_is_told_to_come_back),
    };
    return cmocka_run_group_tests(tests, start_all, stop_all);
}
