// SPDX-License-Identifier: Apache-2.0
// Runs that fail: each cause is found out, costs that run alone, and can be made again.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

static int64_t
count(const json_t *study, const char *name)
{
    return json_integer_value(json_object_get(study, name));
}

static json_t *
failures(int64_t id)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/failures?limit=1000", (long long)id);
    return get_json(&s, path);
}

// Runs a document that must end as `state`; every failure must be of `kind`. Returns how many.
static size_t
run_and_check(const char *document, const char *state, const char *kind, int64_t *id)
{
    *id = submit(&s, document);
    wait_for_state(&s, *id, state, 120);
    sw_auto(json) json_t *end = study(&s, *id);
    sw_auto(json) json_t *list = failures(*id);
    const json_t *items = json_object_get(list, "items");
    assert_int_equal(count(end, "failed"), json_array_size(items));
    for (size_t i = 0; i < json_array_size(items); i++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(items, i), "kind")),
                            kind);
    return json_array_size(items);
}

#define STUDY(model, fixed, n, limits)                                                             \
    "{\"model\": \"testfunctions/" model                                                           \
    "\", \"parameters\": {\"x\": {\"min\": 0, \"max\": 1}" fixed                                   \
    "}, \"design\": {\"method\": \"random\", \"n\": " n ", \"seed\": 3}, \"limits\": {" limits     \
    "}}"

static void
crashing_runs_cost_only_themselves(void **state)
{
    (void)state;
    int64_t id;
    size_t n = run_and_check(
        STUDY("crash", ", \"share\": 0.02", "2000", "\"retries\": 0, \"max_failed_fraction\": 1"),
        "done", "crash", &id);
    // Two in a hundred, by the runs' own seeds: always the same ones.
    assert_in_range(n, 15, 70);
    int64_t again;
    assert_int_equal(run_and_check(STUDY("crash", ", \"share\": 0.02", "2000",
                                         "\"retries\": 0, \"max_failed_fraction\": 1"),
                                   "done", "crash", &again),
                     n);
}

static void
hanging_runs_are_ended_at_their_limit(void **state)
{
    (void)state;
    int64_t id;
    size_t n =
        run_and_check(STUDY("hang", ", \"share\": 0.02", "200",
                            "\"retries\": 0, \"run_seconds\": 0.2, \"max_failed_fraction\": 1"),
                      "done", "timeout", &id);
    assert_in_range(n, 1, 20);
}

static void
runs_that_need_too_much_memory_are_ended(void **state)
{
    (void)state;
    int64_t id;
    size_t n =
        run_and_check("{\"model\": \"testfunctions/memory\", \"parameters\": {\"mb\": {\"values\": "
                      "[1, 600]}}, \"design\": {\"method\": \"grid\"}, \"limits\": {\"memory_mb\": "
                      "256, \"retries\": 0, \"max_failed_fraction\": 1}}",
                      "done", "memory", &id);
    assert_int_equal(n, 1);
}

static void
errors_are_told_with_the_models_own_words(void **state)
{
    (void)state;
    int64_t id;
    size_t n = run_and_check(
        STUDY("error", ", \"share\": 0.1", "500", "\"retries\": 1, \"max_failed_fraction\": 1"),
        "done", "error", &id);
    assert_in_range(n, 20, 100);
    sw_auto(json) json_t *list = failures(id);
    const json_t *first = json_array_get(json_object_get(list, "items"), 0);
    assert_true(strlen(json_string_value(json_object_get(first, "message"))) > 10);
    assert_int_equal(count(first, "attempts"), 2);
}

static void
a_study_with_too_many_failures_fails(void **state)
{
    (void)state;
    int64_t id = submit(&s, STUDY("error", ", \"share\": 0.5", "500",
                                  "\"retries\": 0, \"max_failed_fraction\": 0.05"));
    wait_for_state(&s, id, "failed", 60);
    sw_auto(json) json_t *end = study(&s, id);
    assert_non_null(strstr(json_string_value(json_object_get(end, "reason")), "runs failed"));
}

static void
failed_runs_are_made_again_and_good_ones_kept(void **state)
{
    (void)state;
    int64_t id;
    size_t n = run_and_check(
        STUDY("error", ", \"share\": 0.1", "3000", "\"retries\": 0, \"max_failed_fraction\": 1"),
        "done", "error", &id);
    sw_auto(free) char *good = sw_format("SELECT sum(v) FROM (SELECT unnest(values) AS v FROM"
                                         " columns WHERE study = %lld AND variable = 'y') AS c"
                                         " WHERE v <> 'NaN'",
                                         (long long)id);
    sw_auto(free) char *before = sql(&s, good);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/retry", (long long)id);
    reply r = post(&s, path, NULL);
    assert_int_equal(r.status, 200);
    assert_int_equal(count(r.json, "runs"), n);
    reply_free(&r);
    // They fail again, for the model is a function of its seed: but they were made again.
    wait_for_state(&s, id, "done", 60);
    sw_auto(json) json_t *end = study(&s, id);
    assert_int_equal(count(end, "made"), 3000);
    assert_int_equal(count(end, "failed"), n);
    sw_auto(free) char *after = sql(&s, good);
    assert_string_equal(before, after);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crashing_runs_cost_only_themselves),
        cmocka_unit_test(hanging_runs_are_ended_at_their_limit),
        cmocka_unit_test(runs_that_need_too_much_memory_are_ended),
        cmocka_unit_test(errors_are_told_with_the_models_own_words),
        cmocka_unit_test(a_study_with_too_many_failures_fails),
        cmocka_unit_test(failed_runs_are_made_again_and_good_ones_kept),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
