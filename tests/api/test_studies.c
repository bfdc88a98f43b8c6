// SPDX-License-Identifier: Apache-2.0
// Studies over HTTP: from document to indices, and the life cycle in between.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

#define PI "3.141592653589793"
#define ISHIGAMI                                                                                   \
    "{\"name\": \"ishigami\", \"model\": \"testfunctions/ishigami\", \"parameters\": {"            \
    "\"x1\": {\"min\": -" PI ", \"max\": " PI "}, \"x2\": {\"min\": -" PI ", \"max\": " PI "},"    \
    "\"x3\": {\"min\": -" PI ", \"max\": " PI "}}, \"design\": {\"method\": \"saltelli\","         \
    "\"n\": 8192, \"seed\": 7}, \"outputs\": [\"y\"], \"analyses\": [{\"method\": \"sobol\"}]}"

static json_t *
get_study_part(int64_t id, const char *rest)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld%s", (long long)id, rest);
    return get_json(&s, path);
}

static int
post_status(int64_t id, const char *rest)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld%s", (long long)id, rest);
    reply r = post(&s, path, NULL);
    int status = r.status;
    reply_free(&r);
    return status;
}

static double
at(const json_t *result, const char *key, size_t i)
{
    return json_number_value(json_array_get(json_object_get(result, key), i));
}

// Analytic indices for a = 7, b = 0.1 (Ishigami and Homma 1990). 0.01 is about four times the
// error of scrambled Sobol' points at n = 8192.
static void
ishigami_indices_equal_the_analytic_ones(void **state)
{
    (void)state;
    static const double s1[] = {0.313905191147811, 0.442411144790041, 0};
    static const double st[] = {0.557588855209959, 0.442411144790041, 0.243683664062148};
    int64_t id = submit(&s, ISHIGAMI);
    wait_for_state(&s, id, "done", 60);
    sw_auto(json) json_t *r = get_study_part(id, "/analyses/sobol?output=y");
    for (size_t j = 0; j < 3; j++) {
        assert_true(fabs(at(r, "S1", j) - s1[j]) < 0.01);
        assert_true(fabs(at(r, "ST", j) - st[j]) < 0.01);
        assert_true(at(r, "S1_conf", j) > 0 && at(r, "S1_conf", j) < 0.1);
    }
    sw_auto(json) json_t *all = get_study_part(id, "/analyses");
    const json_t *first = json_array_get(json_object_get(all, "items"), 0);
    assert_true(at(first, "ST", 0) == at(r, "ST", 0));
}

static void
a_dry_run_counts_a_billion_runs_and_stores_nothing(void **state)
{
    (void)state;
    reply r = post(&s, "/api/v1/studies?dry_run=true",
                   "{\"model\": \"testfunctions/linear\", \"parameters\": {\"x1\": {\"min\": 0, "
                   "\"max\": 1}}, \"design\": {\"method\": \"random\", \"n\": 1000000000}}");
    assert_int_equal(r.status, 200);
    assert_int_equal(json_integer_value(json_object_get(r.json, "runs")), 1000000000);
    assert_int_equal(json_array_size(json_object_get(r.json, "first_points")), 5);
    assert_null(json_object_get(r.json, "id"));
    reply_free(&r);
}

static void
the_same_idempotency_key_makes_one_study(void **state)
{
    (void)state;
    const char *key[] = {"Idempotency-Key: only-once", NULL};
    reply a = request(&s, "POST", "/api/v1/studies", ISHIGAMI, key);
    reply b = request(&s, "POST", "/api/v1/studies", ISHIGAMI, key);
    assert_int_equal(a.status, 201);
    assert_int_equal(b.status, 200);
    assert_int_equal(json_integer_value(json_object_get(a.json, "id")),
                     json_integer_value(json_object_get(b.json, "id")));
    reply c = request(&s, "POST", "/api/v1/studies", "{\"model\": \"testfunctions/linear\"}", key);
    assert_true(c.status == 422);
    reply_free(&a);
    reply_free(&b);
    reply_free(&c);
}

static void
a_paused_study_stands_still_and_goes_on(void **state)
{
    (void)state;
    int64_t id = submit(&s, "{\"model\": \"testfunctions/sleep\", \"parameters\": {\"x\": "
                            "{\"min\": 0, \"max\": 1}, \"seconds\": 0.005}, \"design\": "
                            "{\"method\": \"random\", \"n\": 400, \"seed\": 1}}");
    assert_int_equal(post_status(id, "/pause"), 200);
    assert_int_equal(post_status(id, "/pause"), 200); // it is what was wanted
    wait_for_state(&s, id, "paused", 10);
    assert_int_equal(post_status(id, "/resume"), 200);
    wait_for_state(&s, id, "done", 60);
    assert_int_equal(post_status(id, "/cancel"), 409);
}

static void
a_cancelled_study_ends_and_can_be_deleted(void **state)
{
    (void)state;
    int64_t id = submit(&s, "{\"model\": \"testfunctions/sleep\", \"parameters\": {\"x\": "
                            "{\"min\": 0, \"max\": 1}, \"seconds\": 30}, \"design\": "
                            "{\"method\": \"random\", \"n\": 4, \"seed\": 1}}");
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld", (long long)id);
    reply early = request(&s, "DELETE", path, NULL, NULL);
    assert_int_equal(early.status, 409);
    reply_free(&early);
    assert_int_equal(post_status(id, "/cancel"), 200);
    wait_for_state(&s, id, "cancelled", 10);
    reply gone = request(&s, "DELETE", path, NULL, NULL);
    assert_int_equal(gone.status, 204);
    reply_free(&gone);
    reply after = get(&s, path);
    assert_int_equal(after.status, 404);
    reply_free(&after);
    // The executor that was in the long run works again.
    int64_t next = submit(&s, ISHIGAMI);
    wait_for_state(&s, next, "done", 60);
}

static void
runs_come_as_json_csv_and_ndjson(void **state)
{
    (void)state;
    int64_t id = submit(&s, "{\"model\": \"testfunctions/linear\", \"parameters\": {\"x1\": "
                            "{\"values\": [0, 0.5, 1]}}, \"design\": {\"method\": \"grid\"}}");
    wait_for_state(&s, id, "done", 60);
    sw_auto(json) json_t *page = get_study_part(id, "/runs?limit=2");
    assert_int_equal(json_array_size(json_object_get(page, "items")), 2);
    assert_true(json_is_string(json_object_get(page, "next")));
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/runs", (long long)id);
    const char *csv[] = {"Accept: text/csv", NULL}, *nd[] = {"Accept: application/x-ndjson", NULL};
    reply c = request(&s, "GET", path, NULL, csv), n = request(&s, "GET", path, NULL, nd);
    assert_int_equal(c.status, 200);
    assert_non_null(strstr(c.body, "run,point,replicate,seed,state"));
    size_t lines = 0;
    for (const char *p = c.body; (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    assert_int_equal(lines, 4);
    assert_int_equal(n.status, 200);
    assert_int_equal(n.body[0], '{');
    reply_free(&c);
    reply_free(&n);
    sw_auto(json) json_t *one = get_study_part(id, "/runs/2");
    assert_true(json_number_value(json_object_get(json_object_get(one, "inputs"), "x1")) == 1);
}

static void
replicates_have_seeds_of_their_own_and_the_same_bits_again(void **state)
{
    (void)state;
    const char *document =
        "{\"model\": \"testfunctions/stochastic\", \"parameters\": {\"x1\": {\"min\": 0, "
        "\"max\": 1}}, \"design\": {\"method\": \"lhs\", \"n\": 50, \"seed\": 5}, \"replicates\": "
        "20}";
    int64_t a = submit(&s, document), b = submit(&s, document);
    wait_for_state(&s, a, "done", 60);
    wait_for_state(&s, b, "done", 60);
    sw_auto(json) json_t *first = get_study_part(a, "/columns/y");
    sw_auto(json) json_t *second = get_study_part(b, "/columns/y");
    const json_t *v = json_object_get(first, "values"), *w = json_object_get(second, "values");
    assert_int_equal(json_array_size(v), 1000);
    assert_true(json_equal(v, w));
    assert_false(json_equal(json_array_get(v, 0), json_array_get(v, 50)));
}

static void
the_sql_view_has_a_column_for_each_variable(void **state)
{
    (void)state;
    int64_t id = submit(&s, "{\"model\": \"testfunctions/linear\", \"parameters\": {\"x1\": "
                            "{\"values\": [0, 1]}}, \"design\": {\"method\": \"grid\"}}");
    wait_for_state(&s, id, "done", 60);
    assert_int_equal(post_status(id, "/view"), 200);
    sw_auto(free) char *query =
        sw_format("SELECT run, _state, x1 FROM study_%lld ORDER BY run", (long long)id);
    sw_auto(free) char *rows = sql(&s, query);
    assert_string_equal(rows, "0|0|0\n1|0|1");
    sw_auto(free) char *runs = sw_format(
        "SELECT count(*) FROM runs WHERE study = %lld AND variable = 'x1'", (long long)id);
    sw_auto(free) char *n = sql(&s, runs);
    assert_string_equal(n, "2");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ishigami_indices_equal_the_analytic_ones),
        cmocka_unit_test(a_dry_run_counts_a_billion_runs_and_stores_nothing),
        cmocka_unit_test(the_same_idempotency_key_makes_one_study),
        cmocka_unit_test(a_paused_study_stands_still_and_goes_on),
        cmocka_unit_test(a_cancelled_study_ends_and_can_be_deleted),
        cmocka_unit_test(runs_come_as_json_csv_and_ndjson),
        cmocka_unit_test(replicates_have_seeds_of_their_own_and_the_same_bits_again),
        cmocka_unit_test(the_sql_view_has_a_column_for_each_variable),
    };
    service_group(&s, 2);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
