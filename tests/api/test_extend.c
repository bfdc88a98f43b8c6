// SPDX-License-Identifier: Apache-2.0
// Studies that grow in place: the runs that were there keep their bits, and an extended study is
// the study that was submitted whole.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

#define STUDY(n, replicates)                                                                       \
    "{\"model\": \"testfunctions/stochastic\", \"parameters\": {"                              \
    "\"x1\": {\"min\": 0, \"max\": 1}, \"x2\": {\"min\": 0, \"max\": 1}}, "                      \
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

// point, replicate, seed and values of every run, in the order of replicates and points.
static char *
rows_of(int64_t id)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/runs?format=csv", (long long)id);
    reply r = get(&s, path);
    assert_int_equal(r.status, 200);
    sw_auto(free) char *file = sw_format("%s/rows.csv", s.dir);
    FILE *f = fopen(file, "w");
    fputs(r.body, f);
    fclose(f);
    reply_free(&r);
    sw_auto(free) char *command =
        sw_format("tail -n +2 %s | cut -d, -f2- | sort -t, -k2,2n -k1,1n | md5sum", file);
    FILE *p = popen(command, "r");
    char line[64] = "";
    assert_non_null(fgets(line, sizeof line, p));
    pclose(p);
    return sw_strdup(line);
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
    sw_auto(free) char *a = rows_of(grown);
    sw_auto(free) char *b = rows_of(whole);
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
    sw_auto(free) char *a = rows_of(grown);
    sw_auto(free) char *b = rows_of(whole);
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

static int
begin(void **state)
{
    (void)state;
    service_start(&s, 1);
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
        cmocka_unit_test(an_extended_study_is_the_whole_study),
        cmocka_unit_test(it_survives_a_restart_in_the_middle),
        cmocka_unit_test(refusals_name_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
