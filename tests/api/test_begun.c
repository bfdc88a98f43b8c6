// SPDX-License-Identifier: Apache-2.0
// Studies of a million million runs of which a few were made: analyses are of these, and as good as
// those of a study that is no more than them.
#include "lib/base/memory.h"
#include "tests/support/rows.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

enum { ENOUGH = 5000 };
#define HUGE_POINTS INT64_C(1000000000000)

// Some thousand runs a second: enough are soon made, and not too many.
#define STUDY(design)                                                                              \
    "{\"model\": \"testfunctions/sleep\", \"parameters\": {\"x\": {\"min\": 0, \"max\": 10}, "     \
    "\"seconds\": {\"min\": 0.0001, \"max\": 0.0003}}, \"outputs\": [\"y\"], \"design\": "         \
    "{\"seed\": 9, " design "}}"

static int64_t
count(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static bool
has_enough(void *id)
{
    sw_auto(json) json_t *now = study(&s, *(int64_t *)id);
    return count(now, "made") >= ENOUGH;
}

// Paused, with nothing under way any more: no run comes after this.
static bool
is_quiet(void *id)
{
    sw_auto(json) json_t *now = study(&s, *(int64_t *)id);
    sw_auto(free) char *before =
        sw_format("SELECT count(*) FROM chunks WHERE study = %lld AND written > now() - interval "
                  "'1 second'",
                  (long long)*(int64_t *)id);
    sw_auto(free) char *recent = sql(&s, before);
    return atoi(recent) == 0;
}

// A study of n: the design's name with what else it has.
static char *
of(const char *design, int64_t n)
{
    return sw_format(STUDY("\"method\": %s, \"n\": %lld"), design, (long long)n);
}

static int64_t
begun(const char *design, int64_t n)
{
    sw_auto(free) char *document = of(design, n);
    int64_t id = submit(&s, document);
    wait_until(has_enough, &id, 60, "some runs");
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/pause", (long long)id);
    reply r = post(&s, path, NULL);
    assert_int_equal(r.status, 200);
    reply_free(&r);
    wait_until(is_quiet, &id, 60, "the last of what was under way");
    return id;
}

static json_t *
analysis(int64_t id, const char *query)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses/%s", (long long)id, query);
    return get_json(&s, path);
}

#define SALTELLI "\"saltelli\", \"second_order\": false"
#define RANDOM "\"random\""

// What a study gives that is no more than the first runs of the great one.
static void
expect_as_of_small(const char *design, const char *query, const json_t *given, const char *key)
{
    sw_auto(free) char *document = of(design, count(given, "n"));
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 60);
    sw_auto(json) json_t *whole = analysis(id, query);
    if (!json_object_get(given, key) ||
        !json_equal(json_object_get(given, key), json_object_get(whole, key)))
        fail_msg("%s: not that of a study of %lld", query, (long long)count(given, "n"));
}

static void
the_base_rows_that_were_made_are_analysed(void **state)
{
    (void)state;
    int64_t id = begun(SALTELLI, INT64_C(1) << 37);
    sw_auto(json) json_t *r = analysis(id, "sobol");
    assert_true(count(r, "n") >= ENOUGH / 5 - 1);
    assert_true(count(r, "n_missing") > 137000000000);
    sw_auto(free) char *warnings = json_dumps(json_object_get(r, "warnings"), 0);
    assert_non_null(strstr(warnings, "base rows of 137438953472"));
    expect_as_of_small(SALTELLI, "sobol", r, "S1");
    expect_as_of_small(SALTELLI, "sobol", r, "ST_conf");
}

static const char *const queries[][2] = {
    {"regression", "SRC"}, {"pawn", "median"}, {"delta", "delta"},        {"pce?degree=4", "ST"},
    {"hdmr", "ST"},        {"hsic", "hsic"},   {"regional", "quantiles"}, {"rbd_fast", "S1"},
};

static void
the_points_that_were_made_are_analysed(void **state)
{
    (void)state;
    int64_t id = begun(RANDOM, HUGE_POINTS);
    for (size_t q = 0; q < sw_countof(queries); q++) {
        sw_auto(json) json_t *r = analysis(id, queries[q][0]);
        assert_true(count(r, "n") >= ENOUGH && count(r, "n") < 1000000);
        if (strcmp(queries[q][1], "quantiles") != 0)
            expect_as_of_small(RANDOM, queries[q][0], r, queries[q][1]);
    }
    sw_auto(json) json_t *r =
        analysis(id, "convergence?of=%7B%22method%22%3A%22regression%22%7D&steps=3");
    assert_int_equal(json_array_size(json_object_get(r, "points")), 3);
}

static void
points_in_a_random_order_are_analysed(void **state)
{
    (void)state;
    int64_t id = begun(RANDOM ", \"order\": \"interleaved\"", HUGE_POINTS);
    for (size_t q = 0; q < sw_countof(queries); q++) {
        sw_auto(json) json_t *r = analysis(id, queries[q][0]);
        assert_true(count(r, "n") >= ENOUGH && count(r, "n") < 1000000);
        assert_int_equal(count(r, "n") + count(r, "n_missing"), HUGE_POINTS);
    }
}

static int
begin(void **state)
{
    (void)state;
    service_prepare(&s);
    s.server_flags[0] = "--run-limit";
    s.server_flags[1] = "1000000000000";
    service_go(&s, 1);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    service_stop(&s);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_base_rows_that_were_made_are_analysed),
        cmocka_unit_test(the_points_that_were_made_are_analysed),
        cmocka_unit_test(points_in_a_random_order_are_analysed),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
