// SPDX-License-Identifier: Apache-2.0
// Studies with failed runs, through the API: runs are retried, then the base row or trajectory of a
// failed run is dropped and the indices are those of the rest; or values are substituted; or the
// analysis is refused. Nothing of it is silent.
#include "lib/base/memory.h"
#include "tests/support/rows.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

// The seed of a run decides whether it fails: about one in ten.
#define STUDY(model, design)                                                                       \
    "{\"model\": \"testfunctions/" model "\", \"parameters\": {\"x\": {\"min\": 0, \"max\": 1},"   \
    " \"share\": 0.1}, \"limits\": {\"retries\": 1, \"max_failed_fraction\": 1},"                  \
    " \"design\": {\"seed\": 5, " design "}}"

static int64_t
done(const char *document)
{
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 60);
    return id;
}

static json_t *
analysis(int64_t id, const char *query)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses/%s", (long long)id, query);
    return get_json(&s, path);
}

static int64_t
count(const json_t *result, const char *key)
{
    const json_t *value = json_object_get(result, key);
    if (!json_is_integer(value))
        fail_msg("%s is no count", key);
    return json_integer_value(value);
}

// Rows of `stride` runs with a failed run, and failed runs, by the study's states.
static void
count_failures(int64_t id, size_t stride, size_t *rows, size_t *runs)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/columns/_state", (long long)id);
    sw_auto(json) json_t *column = get_json(&s, path);
    const json_t *values = json_object_get(column, "values");
    *rows = *runs = 0;
    for (size_t row = 0; row < json_array_size(values) / stride; row++) {
        size_t failed = 0;
        for (size_t i = 0; i < stride; i++)
            failed += json_number_value(json_array_get(values, row * stride + i)) != 0;
        *rows += failed > 0;
        *runs += failed;
    }
}

static void
no_index_is_null(const json_t *result, const char *key)
{
    const json_t *value = json_array_get(json_object_get(result, key), 0);
    if (!json_is_number(value))
        fail_msg("%s is not a number", key);
}

static void
a_failed_run_costs_its_row_and_it_is_said_how_many(void **state)
{
    (void)state;
    static const struct {
        const char *study, *query, *index;
        size_t stride, rows;
    } cases[] = {
        {STUDY("error", "\"method\": \"saltelli\", \"n\": 100, \"second_order\": false"),
         "sobol?output=y", "S1", 3, 100},
        {STUDY("error", "\"method\": \"morris\", \"n\": 60"), "morris?output=y", "mu_star", 2, 60},
        {STUDY("error", "\"method\": \"random\", \"n\": 200"), "regression?output=y", "SRC", 1,
         200},
    };
    for (size_t i = 0; i < sw_countof(cases); i++) {
        int64_t id = done(cases[i].study);
        size_t rows, runs;
        count_failures(id, cases[i].stride, &rows, &runs);
        assert_true(rows > 0);
        sw_auto(json) json_t *r = analysis(id, cases[i].query);
        assert_int_equal(count(r, "n_dropped"), rows);
        assert_int_equal(count(r, "n_failed"), runs);
        assert_int_equal(count(r, "n"), cases[i].rows - rows);
        no_index_is_null(r, cases[i].index);
        sw_auto(free) char *warnings = json_dumps(json_object_get(r, "warnings"), 0);
        assert_non_null(strstr(warnings, "with a failed or NaN run in each"));
    }
}

static void
values_are_substituted_when_that_is_asked_for(void **state)
{
    (void)state;
    int64_t id =
        done(STUDY("error", "\"method\": \"saltelli\", \"n\": 100, \"second_order\": false"));
    size_t rows, runs;
    count_failures(id, 3, &rows, &runs);
    sw_auto(json) json_t *r = analysis(id, "sobol?output=y&substitute=mean");
    assert_int_equal(count(r, "n_substituted"), runs);
    assert_int_equal(count(r, "n"), 100);
    assert_int_equal(count(r, "n_dropped"), 0);
    no_index_is_null(r, "S1");
    sw_auto(json) json_t *dropped = analysis(id, "sobol?output=y");
    assert_false(json_equal(json_object_get(r, "S1"), json_object_get(dropped, "S1")));
}

static void
an_analysis_is_refused_above_a_fraction(void **state)
{
    (void)state;
    int64_t id =
        done(STUDY("error", "\"method\": \"saltelli\", \"n\": 100, \"second_order\": false"));
    sw_auto(free) char *path = sw_format(
        "/api/v1/studies/%lld/analyses/sobol?output=y&max_failed_fraction=0.01", (long long)id);
    reply r = get(&s, path);
    assert_int_equal(r.status, 409);
    assert_non_null(strstr(r.body, "/max_failed_fraction"));
    assert_non_null(strstr(r.body, "of 300 runs failed or gave NaN"));
    reply_free(&r);
}

// The whole study is refused, too, when its document says so.
static void
a_study_fails_above_its_own_fraction(void **state)
{
    (void)state;
    int64_t id =
        submit(&s, "{\"model\": \"testfunctions/error\", \"parameters\": {\"x\": {\"min\":"
                   " 0, \"max\": 1}, \"share\": 0.5}, \"limits\": {\"max_failed_fraction\":"
                   " 0.1}, \"design\": {\"method\": \"random\", \"n\": 50}}");
    wait_for_state(&s, id, "failed", 60);
}

// Twice: a run that kills its process is tried again before its row is dropped.
static void
a_crashed_run_is_tried_again_first(void **state)
{
    (void)state;
    int64_t id =
        done(STUDY("crash", "\"method\": \"saltelli\", \"n\": 10, \"second_order\": false"));
    size_t rows, runs;
    count_failures(id, 3, &rows, &runs);
    assert_true(runs > 0);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/failures", (long long)id);
    sw_auto(json) json_t *failures = get_json(&s, path);
    size_t i;
    const json_t *failure;
    json_array_foreach (json_object_get(failures, "items"), i, failure)
        assert_int_equal(count(failure, "attempts"), 2);
    assert_int_equal(i, runs);
    sw_auto(json) json_t *r = analysis(id, "sobol?output=y");
    assert_int_equal(count(r, "n_dropped"), rows);
}

// The same runs fail, the same rows are dropped and the same values substituted, whatever happened
// to the server meanwhile; every run has its one outcome.
static void
expect_the_same_after_restarts(const char *document, const char *const *queries)
{
    int64_t undisturbed = done(document), id = submit(&s, document);
    for (int k = 0; k < 3; k++) {
        kill_server(&s);
        start_server(&s);
    }
    wait_for_state(&s, id, "done", 60);
    sw_auto(free) char *a = rows_of(&s, undisturbed);
    sw_auto(free) char *b = rows_of(&s, id);
    assert_string_equal(a, b);
    for (size_t i = 0; queries[i]; i++) {
        sw_auto(json) json_t *one = analysis(undisturbed, queries[i]);
        sw_auto(json) json_t *two = analysis(id, queries[i]);
        assert_true(count(one, "n_failed") > 0 || count(one, "n_substituted") > 0);
        if (!json_equal(one, two))
            fail_msg("%s is another one after restarts", queries[i]);
    }
}

static void
restarts_in_the_middle_change_nothing(void **state)
{
    (void)state;
    expect_the_same_after_restarts(
        STUDY("error", "\"method\": \"saltelli\", \"n\": 8192, \"second_order\": false"),
        (const char *const[]){"sobol?output=y", "sobol?output=y&substitute=median", NULL});
    expect_the_same_after_restarts(
        STUDY("error", "\"method\": \"morris\", \"n\": 10000"),
        (const char *const[]){"morris?output=y", "morris?output=y&substitute=mean", NULL});
    expect_the_same_after_restarts(
        STUDY("crash", "\"method\": \"saltelli\", \"n\": 30, \"second_order\": false"),
        (const char *const[]){"sobol?output=y", NULL});
}

// A study that grows has failed runs in each stage, and says how many rows they cost in all.
static void
a_growing_study_drops_the_rows_of_all_stages(void **state)
{
    (void)state;
    int64_t id = done("{\"model\": \"testfunctions/error\", \"parameters\": {\"x\": {\"min\": 0,"
                      " \"max\": 1}, \"share\": 0.05}, \"limits\": {\"max_failed_fraction\": 1},"
                      " \"design\": {\"seed\": 5, \"method\": \"saltelli\", \"n\": 4096,"
                      " \"second_order\": false}, \"stop_when\": {\"max_half_width\": 0.15}}");
    size_t rows, runs;
    count_failures(id, 3, &rows, &runs);
    sw_auto(json) json_t *now = study(&s, id);
    assert_true(count(now, "points") > 3 * 16);
    sw_auto(json) json_t *r = analysis(id, "sobol?output=y");
    assert_int_equal(count(r, "n_dropped"), rows);
    assert_int_equal(count(r, "n") + (int64_t)rows, count(now, "points") / 3);
    no_index_is_null(r, "S1");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_run_costs_its_row_and_it_is_said_how_many),
        cmocka_unit_test(values_are_substituted_when_that_is_asked_for),
        cmocka_unit_test(an_analysis_is_refused_above_a_fraction),
        cmocka_unit_test(a_study_fails_above_its_own_fraction),
        cmocka_unit_test(a_crashed_run_is_tried_again_first),
        cmocka_unit_test(restarts_in_the_middle_change_nothing),
        cmocka_unit_test(a_growing_study_drops_the_rows_of_all_stages),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
