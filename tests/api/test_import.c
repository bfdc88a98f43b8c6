// SPDX-License-Identifier: Apache-2.0
// Imported data through the real service: a CSV becomes a study that every analysis of given data
// can be asked of; what is wrong with it is named by line and column.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

static reply
import(const char *query, const char *csv)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/import?%s", query);
    const char *const headers[] = {"Content-Type: text/csv", NULL};
    return request(&s, "POST", path, csv, headers);
}

static int64_t
imported(const char *query, const char *csv)
{
    reply r = import(query, csv);
    if (r.status != 201)
        fail_msg("%d %s", r.status, r.body);
    int64_t id = json_integer_value(json_object_get(r.json, "id"));
    reply_free(&r);
    return id;
}

static json_t *
answer(int64_t id, const char *rest)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld%s", (long long)id, rest);
    return get_json(&s, path);
}

static void
expect_fault(const char *query, const char *csv, const char *part)
{
    reply r = import(query, csv);
    if (r.status < 400 || r.status >= 500 || !strstr(r.body, part))
        fail_msg("wanted %s, got %d %s", part, r.status, r.body);
    reply_free(&r);
}

// A study of a model, and its own export imported again.
static int64_t
made_and_imported(const char *study, const char *query, int64_t *made)
{
    *made = submit(&s, study);
    wait_for_state(&s, *made, "done", 60);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/runs?format=csv", (long long)*made);
    reply csv = get(&s, path);
    assert_int_equal(csv.status, 200);
    int64_t id = imported(query, csv.body);
    reply_free(&csv);
    return id;
}

#define ISHIGAMI(design)                                                                           \
    "{\"model\": \"testfunctions/ishigami\", \"parameters\": {"                                    \
    "\"x1\": {\"min\": -3.141592653589793, \"max\": 3.141592653589793}, "                          \
    "\"x2\": {\"min\": -3.141592653589793, \"max\": 3.141592653589793}, "                          \
    "\"x3\": {\"min\": -3.141592653589793, \"max\": 3.141592653589793}}, "                         \
    "\"design\": " design "}"

static const char *const laws =
    "&parameters=%7B%22x1%22:%7B%22min%22:-3.141592653589793,%22max%22:3.141592653589793%7D,"
    "%22x2%22:%7B%22min%22:-3.141592653589793,%22max%22:3.141592653589793%7D,"
    "%22x3%22:%7B%22min%22:-3.141592653589793,%22max%22:3.141592653589793%7D%7D";

// Members of two results that are lists of numbers must be equal.
static void
expect_same_numbers(const json_t *a, const json_t *b, const char *method)
{
    const char *key;
    json_t *value;
    size_t compared = 0;
    json_object_foreach ((json_t *)a, key, value) {
        const json_t *other = json_object_get(b, key);
        if (!json_is_array(value) || !json_is_number(json_array_get(value, 0)))
            continue;
        for (size_t k = 0; k < json_array_size(value); k++) {
            double x = json_number_value(json_array_get(value, k));
            double y = json_number_value(json_array_get(other, k));
            if (fabs(x - y) > 1e-9 * (1 + fabs(x)))
                fail_msg("%s %s[%zu]: %.17g made, %.17g imported", method, key, k, x, y);
        }
        compared++;
    }
    assert_true(compared > 0);
}

static void
imported_runs_have_the_indices_of_runs_that_were_made(void **state)
{
    (void)state;
    static const char *const methods[] = {"regression", "delta", "pawn", "rbd_fast", "pce", "hdmr"};
    sw_auto(free) char *query = sw_format("inputs=x1,x2,x3&outputs=y&name=ishigami%s", laws);
    int64_t made,
        id = made_and_imported(ISHIGAMI("{\"method\": \"sobol\", \"n\": 1024}"), query, &made);
    for (size_t k = 0; k < sizeof methods / sizeof *methods; k++) {
        sw_auto(free) char *rest = sw_format("/analyses/%s?output=y", methods[k]);
        sw_auto(json) json_t *ours = answer(made, rest);
        sw_auto(json) json_t *theirs = answer(id, rest);
        expect_same_numbers(ours, theirs, methods[k]);
    }
    sw_auto(json) json_t *prim = answer(id, "/analyses/prim?output=y");
    assert_non_null(json_object_get(prim, "box"));
}

#define TABLE "b,a,y,z\n1,10,1.5,\n2,20,NA,4\n3,30,-2e3,5\n"

static void
an_imported_study_is_done_and_shows_its_runs(void **state)
{
    (void)state;
    int64_t id = imported("inputs=a,b&outputs=y,z&name=small", TABLE);
    sw_auto(json) json_t *shown = study(&s, id);
    assert_string_equal(json_string_value(json_object_get(shown, "state")), "done");
    assert_int_equal(json_integer_value(json_object_get(shown, "made")), 3);
    assert_string_equal(json_string_value(json_object_get(shown, "model")), "data/small");
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/runs?format=csv", (long long)id);
    reply r = get(&s, path);
    assert_non_null(strstr(r.body, ",10,1,1.5,"));
    assert_non_null(strstr(r.body, ",30,3,-2000,5"));
    reply_free(&r);
    sw_auto(json) json_t *summary = answer(id, "/analyses/summary?output=z");
    assert_true(json_number_value(json_object_get(summary, "mean")) == 4.5);
}

static void
every_fault_has_its_line_and_column(void **state)
{
    (void)state;
    static const char *const wrong = "a,b,y\n1,2,3\nx,2,3\n1,,3\n1,2,?\n1,2\n1,2,3,4\n";
    static const char *const parts[] = {"\"line 3, column 1\"", "\"line 4, column 2\"",
                                        "\"line 5, column 3\"", "\"line 6, column 2\"",
                                        "\"line 7, column 4\""};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        expect_fault("outputs=y", wrong, parts[k]);
    expect_fault("outputs=q", TABLE, "no column \\\"q\\\"");
    expect_fault("inputs=a&outputs=a", TABLE, "named twice");
    expect_fault("inputs=a", TABLE, "?outputs");
    expect_fault("outputs=y", "a,a,y\n1,2,3\n", "line 1, column 2");
    expect_fault("outputs=y", "a,y\n", "no records");
    expect_fault("outputs=y", "", "header");
    expect_fault("outputs=y&name=a/b", TABLE, "?name");
    expect_fault("outputs=y&parameters=3", TABLE, "?parameters");
}

static void
nothing_can_be_run_of_imported_data(void **state)
{
    (void)state;
    int64_t id = imported("inputs=a,b&outputs=y&name=still", TABLE);
    sw_auto(free) char *extend = sw_format("/api/v1/studies/%lld/extend", (long long)id);
    reply r = post(&s, extend, "{\"replicates\": 3}");
    assert_true(r.status == 400 || r.status == 422);
    assert_non_null(strstr(r.body, "imported"));
    reply_free(&r);
    r = post(&s, "/api/v1/studies",
             "{\"model\": \"data/still\", \"design\": {\"method\": \"given\", \"n\": 3}}");
    assert_non_null(strstr(r.body, "nothing runs it"));
    reply_free(&r);
    r = post(&s, "/api/v1/studies", ISHIGAMI("{\"method\": \"given\", \"n\": 3}"));
    assert_non_null(strstr(r.body, "studies/import"));
    reply_free(&r);
    sw_auto(json) json_t *models = get_json(&s, "/api/v1/models");
    sw_auto(free) char *text = json_dumps(models, 0);
    assert_null(strstr(text, "data/still"));
}

static void
the_same_key_imports_once(void **state)
{
    (void)state;
    const char *const headers[] = {"Content-Type: text/csv", "Idempotency-Key: table-1", NULL};
    const char *path = "/api/v1/studies/import?outputs=y,z";
    reply a = request(&s, "POST", path, TABLE, headers);
    reply b = request(&s, "POST", path, TABLE, headers);
    assert_int_equal(a.status, 201);
    assert_int_equal(b.status, 200);
    assert_true(json_equal(json_object_get(a.json, "id"), json_object_get(b.json, "id")));
    reply_free(&a);
    reply_free(&b);
    reply c = request(&s, "POST", path, "a,y,z\n1,2,3\n2,3,4\n", headers);
    assert_true(c.status >= 400);
    reply_free(&c);
}

static void
imported_data_outlive_a_crash(void **state)
{
    (void)state;
    int64_t id = imported("inputs=a,b&outputs=y,z", TABLE);
    kill_server(&s);
    start_server(&s);
    sw_auto(json) json_t *column = answer(id, "/columns/a");
    sw_auto(free) char *text = json_dumps(json_object_get(column, "values"), JSON_COMPACT);
    assert_string_equal(text, "[10,20,30]");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imported_runs_have_the_indices_of_runs_that_were_made),
        cmocka_unit_test(an_imported_study_is_done_and_shows_its_runs),
        cmocka_unit_test(every_fault_has_its_line_and_column),
        cmocka_unit_test(nothing_can_be_run_of_imported_data),
        cmocka_unit_test(the_same_key_imports_once),
        cmocka_unit_test(imported_data_outlive_a_crash),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
