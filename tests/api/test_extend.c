// SPDX-License-Identifier: Apache-2.0
// Studies that grow in place: the runs that were there keep their bits, and an extended study is
// the study that was submitted whole.
#include "lib/base/memory.h"
#include "tests/support/rows.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

#define STUDY(n, replicates)                                                                       \
    "{\"model\": \"testfunctions/stochastic\", \"parameters\": {"                                  \
    "\"x1\": {\"min\": 0, \"max\": 1}, \"x2\": {\"min\": 0, \"max\": 1}}, "                        \
    "\"replicates\": " replicates ", \"design\": {\"method\": \"saltelli\", \"n\": " n             \
    ", \"seed\": 1, \"second_order\": false}}"

static int64_t
done(const char *document)
{
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 60);
    return id;
}

static reply
extend(int64_t id, const char *body)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/extend", (long long)id);
    return post(&s, path, body);
}

static void
extend_ok(int64_t id, const char *body)
{
    reply r = extend(id, body);
    if (r.status != 200)
        fail_msg("extend %s: %d %s", body, r.status, r.body);
    reply_free(&r);
    wait_for_state(&s, id, "done", 60);
}

static int64_t
first_runs_sum(int64_t id, int64_t runs)
{
    sw_auto(free) char *statement = sw_format(
        "SELECT ('x' || substr(md5(string_agg(value::text, ',' ORDER BY run)), 1, 15))::bit(60)"
        "::bigint FROM runs WHERE study = %lld AND variable = 'y' AND run < %lld",
        (long long)id, (long long)runs);
    sw_auto(free) char *text = sql(&s, statement);
    return strtoll(text, NULL, 10);
}

static void
an_extended_study_is_the_whole_study(void **state)
{
    (void)state;
    int64_t grown = done(STUDY("16", "2")), whole = done(STUDY("64", "5"));
    int64_t before = first_runs_sum(grown, 128);
    extend_ok(grown, "{\"design\": {\"n\": 64}}");
    extend_ok(grown, "{\"replicates\": 5}");
    assert_int_equal(first_runs_sum(grown, 128), before);
    sw_auto(free) char *a = rows_of(&s, grown);
    sw_auto(free) char *b = rows_of(&s, whole);
    assert_string_equal(a, b);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses/sobol", (long long)grown);
    sw_auto(free) char *other = sw_format("/api/v1/studies/%lld/analyses/sobol", (long long)whole);
    sw_auto(json) json_t *one = get_json(&s, path);
    sw_auto(json) json_t *two = get_json(&s, other);
    assert_true(json_equal(json_object_get(one, "S1"), json_object_get(two, "S1")));
    assert_true(json_equal(json_object_get(one, "ST"), json_object_get(two, "ST")));
}

static void
it_survives_a_restart_in_the_middle(void **state)
{
    (void)state;
    int64_t grown = done(STUDY("16", "1")), whole = done(STUDY("4096", "10"));
    reply r = extend(grown, "{\"design\": {\"n\": 4096}, \"replicates\": 10}");
    assert_int_equal(r.status, 200);
    reply_free(&r);
    kill_server(&s);
    start_server(&s);
    wait_for_state(&s, grown, "done", 60);
    sw_auto(free) char *a = rows_of(&s, grown);
    sw_auto(free) char *b = rows_of(&s, whole);
    assert_string_equal(a, b);
}

static void
refusals_name_what_is_wrong(void **state)
{
    (void)state;
    int64_t id = done(STUDY("16", "2"));
    static const struct {
        const char *body, *pointer;
        int status;
    } cases[] = {
        {"{\"design\": {\"n\": 8}}", "/design/n", 422},
        {"{\"design\": {\"second_order\": true}}", "/design/second_order", 422},
        {"{\"replicates\": 0}", "/replicates", 422},
        {"{\"replicates\": 1}", "/replicates", 422},
        {"{\"n\": 64}", "/n", 422},
        {"{}", "\"\"", 422},
        {"[", "", 400},
    };
    for (size_t k = 0; k < sw_countof(cases); k++) {
        reply r = extend(id, cases[k].body);
        if (r.status != cases[k].status || !strstr(r.body, cases[k].pointer))
            fail_msg("%s: %d %s", cases[k].body, r.status, r.body);
        reply_free(&r);
    }
    sw_auto(json) json_t *after = study(&s, id);
    assert_int_equal(json_integer_value(json_object_get(after, "runs")), 128);
}

// ---- stop_when ----

#define GROWING(n, replicates, stop)                                                               \
    "{\"model\": \"testfunctions/stochastic\", \"parameters\": {"                                  \
    "\"x1\": {\"min\": 0, \"max\": 1}, \"x2\": {\"min\": 0, \"max\": 1}}, "                        \
    "\"replicates\": " replicates ", \"stop_when\": " stop                                         \
    ", \"design\": {\"method\": \"saltelli\", \"n\": " n                                           \
    ", \"seed\": 1, \"second_order\": false}}"

#define SOBOL "{\"analysis\": {\"method\": \"sobol\", \"resamples\": 100}, "

static const char *
stop_of(const json_t *study, const char *member)
{
    const char *text = json_string_value(json_object_get(json_object_get(study, "stop"), member));
    return text ? text : "";
}

static void
a_study_grows_until_its_indices_are_precise(void **state)
{
    (void)state;
    int64_t id = done(GROWING("16", "1", SOBOL "\"half_width\": 0.1, \"most\": 100000}"));
    sw_auto(json) json_t *grown = study(&s, id);
    assert_string_equal(stop_of(grown, "reason"), "half_width");
    double width = json_number_value(json_object_get(json_object_get(grown, "stop"), "half_width"));
    int64_t points = json_integer_value(json_object_get(grown, "points"));
    assert_true(width <= 0.1);
    assert_true(points > 64 && points % 64 == 0);
    // The stage before was not precise enough: stopping there is what "most" does.
    char most[64];
    snprintf(most, sizeof most, "%lld", (long long)points / 8);
    sw_auto(free) char *document =
        sw_format(GROWING("16", "1", SOBOL "\"half_width\": 0.1, \"most\": %s}"), most);
    sw_auto(json) json_t *before = study(&s, done(document));
    assert_string_equal(stop_of(before, "reason"), "most");
    assert_int_equal(json_integer_value(json_object_get(before, "points")), points / 2);
}

static void
replicates_grow_until_the_mean_is_precise(void **state)
{
    (void)state;
    int64_t id = done(GROWING("4", "2",
                              "{\"analysis\": {\"method\": \"summary\", \"per_point\": true}, "
                              "\"relative\": true, \"half_width\": 0.2, \"raise\": "
                              "\"replicates\", \"most\": 4096}"));
    sw_auto(json) json_t *grown = study(&s, id);
    assert_string_equal(stop_of(grown, "reason"), "half_width");
    assert_int_equal(json_integer_value(json_object_get(grown, "points")), 16);
    assert_true(json_integer_value(json_object_get(grown, "runs")) > 64);
}

static void
growth_goes_on_after_a_restart(void **state)
{
    (void)state;
    static const char document[] =
        GROWING("16", "1", SOBOL "\"half_width\": 0.02, \"most\": 100000}");
    int64_t undisturbed = done(document), id = submit(&s, document);
    for (int k = 0; k < 3; k++) {
        kill_server(&s);
        start_server(&s);
    }
    wait_for_state(&s, id, "done", 60);
    sw_auto(json) json_t *a = study(&s, undisturbed);
    sw_auto(json) json_t *b = study(&s, id);
    assert_string_equal(json_string_value(json_object_get(a, "hash")),
                        json_string_value(json_object_get(b, "hash")));
    assert_true(json_equal(json_object_get(a, "stop"), json_object_get(b, "stop")));
}

static void
what_can_not_grow_is_refused(void **state)
{
    (void)state;
    static const char document[] =
        "{\"model\": \"testfunctions/stochastic\", \"parameters\": {\"x1\": {\"min\": 0, \"max\":"
        " 1}}, \"design\": {\"method\": \"efast\", \"n\": 129}, \"stop_when\": {\"analysis\": "
        "{\"method\": \"sobbol\"}, \"half_width\": -1, \"most\": 4, \"colour\": 1}}";
    reply r = post(&s, "/api/v1/studies", document);
    assert_int_equal(r.status, 422);
    assert_non_null(strstr(r.body, "/stop_when/half_width"));
    assert_non_null(strstr(r.body, "/stop_when/colour"));
    reply_free(&r);
    static const char other[] =
        "{\"model\": \"testfunctions/stochastic\", \"parameters\": {\"x1\": {\"min\": 0, \"max\":"
        " 1}}, \"design\": {\"method\": \"efast\", \"n\": 129}, \"stop_when\": {\"analysis\": "
        "{\"method\": \"sobbol\"}, \"half_width\": 1, \"most\": 4}}";
    r = post(&s, "/api/v1/studies", other);
    assert_int_equal(r.status, 422);
    assert_non_null(strstr(r.body, "/stop_when/raise"));
    assert_non_null(strstr(r.body, "/stop_when/analysis/method"));
    reply_free(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_extended_study_is_the_whole_study),
        cmocka_unit_test(it_survives_a_restart_in_the_middle),
        cmocka_unit_test(refusals_name_what_is_wrong),
        cmocka_unit_test(a_study_grows_until_its_indices_are_precise),
        cmocka_unit_test(replicates_grow_until_the_mean_is_precise),
        cmocka_unit_test(growth_goes_on_after_a_restart),
        cmocka_unit_test(what_can_not_grow_is_refused),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
