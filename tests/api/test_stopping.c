// SPDX-License-Identifier: Apache-2.0
// Studies that end by themselves: when indices or means are as precise as asked for, at the latest
// with what the document says; after a restart of the server as without one.
#include "lib/base/memory.h"
#include "tests/support/rows.h"
#include "tests/support/service.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

#define STUDY(design, replicates, more)                                                            \
    "{\"model\": \"testfunctions/stochastic\", \"parameters\": {"                                  \
    "\"x1\": {\"min\": 0, \"max\": 1}, \"x2\": {\"min\": 0, \"max\": 1}}, "                        \
    "\"replicates\": " replicates ", \"design\": {\"seed\": 1, " design "}" more "}"
#define SALTELLI(n) "\"method\": \"saltelli\", \"second_order\": false, \"n\": " n

#define UNTIL_01 ", \"stop_when\": {\"max_half_width\": 0.1}"
#define UNTIL_MEANS                                                                                \
    ", \"stop_when\": {\"max_half_width\": 0.05, \"relative\": true, \"raise\": \"replicates\"}"

static int64_t
done(const char *document)
{
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 60);
    return id;
}

static void
expect_reason(const json_t *study, const char *expected)
{
    const json_t *stop = json_object_get(study, "stop");
    assert_string_equal(json_string_value(json_object_get(stop, "reason")), expected);
}

static int64_t
count(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void
expect_the_same_rows(int64_t a, int64_t b)
{
    sw_auto(free) char *one = rows_of(&s, a);
    sw_auto(free) char *two = rows_of(&s, b);
    assert_string_equal(one, two);
}

static json_t *
analysis(int64_t id, const char *query)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses/%s", (long long)id, query);
    return get_json(&s, path);
}

// Every interval is as narrow as asked for, and the runs are those of a study of that size.
static void
a_study_ends_itself_when_its_indices_are_precise(void **state)
{
    (void)state;
    int64_t id = done(STUDY(SALTELLI("65536"), "1", UNTIL_01));
    sw_auto(json) json_t *ended = study(&s, id);
    expect_reason(ended, "half_width");
    int64_t n = count(ended, "points") / 4;
    assert_true(n > 16 && n < 65536);
    sw_auto(json) json_t *sobol = analysis(id, "sobol");
    static const char *const keys[] = {"S1_conf", "ST_conf"};
    for (size_t k = 0; k < 4; k++) {
        const json_t *half = json_array_get(json_object_get(sobol, keys[k / 2]), k % 2);
        assert_true(json_number_value(half) <= 0.1);
    }
    sw_auto(free) char *text = sw_format("%lld", (long long)n);
    sw_auto(free) char *document = sw_format(STUDY(SALTELLI("%s"), "1", ""), text);
    expect_the_same_rows(id, done(document));
}

static void
at_the_latest_it_is_what_the_document_says(void **state)
{
    (void)state;
    int64_t id = done(STUDY(SALTELLI("96"), "1", UNTIL_01)), whole;
    sw_auto(json) json_t *ended = study(&s, id);
    expect_reason(ended, "most");
    assert_int_equal(count(ended, "points"), 4 * 96);
    whole = done(STUDY(SALTELLI("96"), "1", ""));
    expect_the_same_rows(id, whole);
    sw_auto(json) json_t *a = analysis(id, "sobol");
    sw_auto(json) json_t *b = analysis(whole, "sobol");
    assert_true(json_equal(json_object_get(a, "S1"), json_object_get(b, "S1")));
    assert_true(json_equal(json_object_get(a, "ST_conf"), json_object_get(b, "ST_conf")));
}

// The first analysis of the document is the one that counts, if there are any.
static void
the_documents_own_analysis_counts(void **state)
{
    (void)state;
    int64_t id = done(STUDY("\"method\": \"random\", \"n\": 8192", "1",
                            ", \"analyses\": [{\"method\": \"summary\"}], \"stop_when\": "
                            "{\"max_half_width\": 0.02}"));
    sw_auto(json) json_t *ended = study(&s, id);
    expect_reason(ended, "half_width");
    sw_auto(json) json_t *summary = analysis(id, "summary");
    double half = 1.96 * json_number_value(json_object_get(summary, "sem"));
    assert_true(half <= 0.0201 && count(ended, "points") < 8192);
}

static void
replicates_are_added_until_every_mean_is_precise(void **state)
{
    (void)state;
    int64_t id = done(STUDY(SALTELLI("4"), "8192", UNTIL_MEANS));
    sw_auto(json) json_t *ended = study(&s, id);
    expect_reason(ended, "half_width");
    int64_t replicates = count(ended, "runs") / 16;
    assert_true(replicates >= 8 && replicates < 8192);
    sw_auto(json) json_t *r = analysis(id, "summary?per_point=true");
    const json_t *points = json_object_get(r, "points");
    const json_t *means = json_object_get(points, "mean"), *sems = json_object_get(points, "sem");
    assert_int_equal(json_array_size(means), 16);
    for (size_t i = 0; i < 16; i++) {
        double mean = json_number_value(json_array_get(means, i));
        assert_true(1.9599 * json_number_value(json_array_get(sems, i)) <= 0.05 * fabs(mean));
    }
    sw_auto(free) char *text = sw_format("%lld", (long long)replicates);
    sw_auto(free) char *document = sw_format(STUDY(SALTELLI("4"), "%s", ""), text);
    expect_the_same_rows(id, done(document));
}

static void
expect_the_same_after_restarts(const char *document)
{
    int64_t undisturbed = done(document), id = submit(&s, document);
    for (int k = 0; k < 3; k++) {
        kill_server(&s);
        start_server(&s);
    }
    wait_for_state(&s, id, "done", 60);
    sw_auto(json) json_t *a = study(&s, undisturbed);
    sw_auto(json) json_t *b = study(&s, id);
    assert_true(json_equal(json_object_get(a, "stop"), json_object_get(b, "stop")));
    expect_the_same_rows(undisturbed, id);
}

static void
restarts_change_nothing(void **state)
{
    (void)state;
    expect_the_same_after_restarts(
        STUDY(SALTELLI("65536"), "1", ", \"stop_when\": {\"max_half_width\": 0.04}"));
    expect_the_same_after_restarts(STUDY(SALTELLI("16"), "1024", UNTIL_MEANS));
}

static void
what_is_wrong_is_named(void **state)
{
    (void)state;
#define STOP(stop) STUDY(SALTELLI("64"), "1", ", \"stop_when\": " stop)
    static const struct {
        const char *document, *pointer;
    } cases[] = {
        {STOP("{}"), "/stop_when/max_half_width"},
        {STOP("{\"max_half_width\": 0}"), "/stop_when/max_half_width"},
        {STOP("{\"max_half_width\": 0.1, \"half_width\": 0.1}"), "/stop_when/max_half_width"},
        {STOP("{\"max_half_width\": 0.1, \"analysis\": {}}"), "/stop_when/analysis"},
        {STOP("{\"max_half_width\": 0.1, \"most\": 0}"), "/stop_when/most"},
        {STUDY("\"method\": \"grid\"", "1", ", \"stop_when\": {\"max_half_width\": 0.1}"),
         "/stop_when/most"},
        {STUDY("\"method\": \"efast\", \"n\": 129", "1",
               ", \"stop_when\": {\"max_half_width\": 0.1}"),
         "/stop_when/raise"},
    };
    for (size_t i = 0; i < sw_countof(cases); i++) {
        reply r = post(&s, "/api/v1/studies", cases[i].document);
        if (r.status != 422 || !strstr(r.body, cases[i].pointer))
            fail_msg("%s: %d %s", cases[i].document, r.status, r.body);
        reply_free(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_study_ends_itself_when_its_indices_are_precise),
        cmocka_unit_test(at_the_latest_it_is_what_the_document_says),
        cmocka_unit_test(the_documents_own_analysis_counts),
        cmocka_unit_test(replicates_are_added_until_every_mean_is_precise),
        cmocka_unit_test(restarts_change_nothing),
        cmocka_unit_test(what_is_wrong_is_named),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
