// SPDX-License-Identifier: Apache-2.0
// Other tools' documents through the real service: in as studies, out in their words.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

#define PROBLEM                                                                                    \
    "{\"num_vars\": 3, \"names\": [\"x1\", \"x2\", \"x3\"], \"bounds\": "                          \
    "[[-3.14159265, 3.14159265], [-3.14159265, 3.14159265], [-3.14159265, 3.14159265]]}"
#define STUDY(design)                                                                              \
    "{\"model\": \"testfunctions/ishigami\", \"problem\": " PROBLEM ", \"design\": " design "}"

static json_t *
answer(int64_t id, const char *rest)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld%s", (long long)id, rest);
    return get_json(&s, path);
}

static void
a_salib_problem_is_a_study(void **state)
{
    (void)state;
    int64_t id =
        submit(&s, STUDY("{\"method\": \"saltelli\", \"n\": 1024, \"second_order\": true}"));
    wait_for_state(&s, id, "done", 60);
    sw_auto(json) json_t *ours = answer(id, "/analyses/sobol");
    sw_auto(json) json_t *theirs = answer(id, "/analyses/sobol?format=salib");
    static const char *const keys[] = {"S1", "S1_conf", "ST", "ST_conf", "S2", "S2_conf", "names"};
    assert_int_equal(json_object_size(theirs), sw_countof(keys));
    for (size_t k = 0; k < sw_countof(keys); k++)
        assert_true(json_equal(json_object_get(theirs, keys[k]), json_object_get(ours, keys[k])));
    double s1 = json_number_value(json_array_get(json_object_get(theirs, "S1"), 1));
    assert_true(fabs(s1 - 0.4424) < 0.05);
    sw_auto(free) char *path =
        sw_format("/api/v1/studies/%lld/analyses/summary?format=salib", (long long)id);
    reply r = get(&s, path);
    assert_int_equal(r.status, 400);
    assert_non_null(strstr(r.body, "SALib has no analysis"));
    reply_free(&r);
}

static void
the_media_type_chooses_as_the_format_does(void **state)
{
    (void)state;
    int64_t id = submit(&s, STUDY("{\"method\": \"morris\", \"n\": 10}"));
    wait_for_state(&s, id, "done", 60);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses/morris", (long long)id);
    const char *const headers[] = {"Accept: application/vnd.salib+json", NULL};
    reply r = request(&s, "GET", path, NULL, headers);
    assert_int_equal(r.status, 200);
    assert_non_null(json_object_get(r.json, "mu_star_conf"));
    assert_null(json_object_get(r.json, "method"));
    reply_free(&r);
}

static void
the_same_study_in_either_words_has_the_same_hash(void **state)
{
    (void)state;
    reply a = post(&s, "/api/v1/studies?dry_run=true", STUDY("{\"method\": \"lhs\", \"n\": 8}"));
    reply b = post(&s, "/api/v1/studies?dry_run=true",
                   "{\"model\": \"testfunctions/ishigami\", \"parameters\": {"
                   "\"x1\": {\"min\": -3.14159265, \"max\": 3.14159265}, "
                   "\"x2\": {\"min\": -3.14159265, \"max\": 3.14159265}, "
                   "\"x3\": {\"min\": -3.14159265, \"max\": 3.14159265}}, "
                   "\"design\": {\"method\": \"lhs\", \"n\": 8}}");
    assert_int_equal(a.status, 200);
    assert_true(json_equal(json_object_get(a.json, "hash"), json_object_get(b.json, "hash")));
    reply_free(&a);
    reply_free(&b);
}

static void
faults_of_a_problem_name_its_fields(void **state)
{
    (void)state;
    reply r = post(&s, "/api/v1/studies",
                   "{\"model\": \"testfunctions/ishigami\", \"design\": {\"method\": \"list\"},"
                   "\"problem\": {\"names\": [\"x1\", \"x9\"], \"bounds\": [[1, 0], [0, 1]]}}");
    assert_int_equal(r.status, 422);
    assert_non_null(strstr(r.body, "\"/problem/names/1\""));
    assert_non_null(strstr(r.body, "\"/problem/bounds/0/0\""));
    reply_free(&r);
}

static void
a_body_of_no_known_format_is_refused(void **state)
{
    (void)state;
    reply r = post(&s, "/api/v1/convert", "[1, 2]");
    assert_int_equal(r.status, 400);
    assert_non_null(strstr(r.body, "looks like none of"));
    reply_free(&r);
    r = post(&s, "/api/v1/convert?from=excel", "[1, 2]");
    assert_int_equal(r.status, 400);
    assert_non_null(strstr(r.body, "must be one of salib, behaviorspace, wandb"));
    reply_free(&r);
    r = post(&s, "/api/v1/convert?from=salib&design=7", PROBLEM);
    assert_int_equal(r.status, 400);
    assert_non_null(strstr(r.body, "?design"));
    reply_free(&r);
}

// A list of points from sub-experiments, for a model that comes with the product.
static void
sub_experiments_run(void **state)
{
    (void)state;
    reply r = post(
        &s, "/api/v1/convert?model=netlogo/forest-fire",
        "<experiments><experiment name=\"fires\" repetitions=\"2\" runMetricsEveryStep=\"true\">"
        "<setup>setup</setup><go>go</go><timeLimit steps=\"3\"/><metric>ticks</metric>"
        "<subExperiment><steppedValueSet variable=\"density\" first=\"50\" step=\"5\" last=\"60\"/>"
        "</subExperiment><subExperiment><enumeratedValueSet variable=\"density\">"
        "<value value=\"80\"/></enumeratedValueSet></subExperiment></experiment></experiments>");
    assert_int_equal(r.status, 200);
    sw_auto(free) char *document =
        json_dumps(json_array_get(json_object_get(r.json, "items"), 0), 0);
    reply_free(&r);
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 60);
    sw_auto(json) json_t *runs = answer(id, "/runs");
    const json_t *items = json_object_get(runs, "items");
    assert_int_equal(json_array_size(items), 8);
    const json_t *last = json_array_get(items, 3);
    assert_true(json_number_value(json_object_get(json_object_get(last, "inputs"), "density")) ==
                80);
    assert_int_equal(json_array_size(json_object_get(json_object_get(last, "outputs"), "ticks")),
                     4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_salib_problem_is_a_study),
        cmocka_unit_test(the_media_type_chooses_as_the_format_does),
        cmocka_unit_test(the_same_study_in_either_words_has_the_same_hash),
        cmocka_unit_test(faults_of_a_problem_name_its_fields),
        cmocka_unit_test(a_body_of_no_known_format_is_refused),
        cmocka_unit_test(sub_experiments_run),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
