// SPDX-License-Identifier: Apache-2.0
// Any program is a model: a co-process that stays, and one process a run; failures of both kinds.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

static const char oneshot[] =
    "{\"name\": \"cube\", \"version\": \"1\", \"mode\": \"process\","
    "\"command\": [\"sh\", \"-c\", \"test \\\"$SWEEP_X\\\" != 3 || exit 7; echo thinking >&2;"
    " echo \\\"answer: $((SWEEP_X * SWEEP_X * SWEEP_X))\\\"\"],"
    "\"parameters\": [{\"name\": \"x\", \"kind\": \"integer\", \"default\": 0}],"
    "\"outputs\": [{\"name\": \"y\", \"pick\": {\"regex\": \"answer: ([0-9]+)\"}}]}";

// The examples of models/external/README.md, as they stand there.
static void
write_examples(void)
{
    sw_auto(free) char *command = sw_format(
        "awk -v dir=%s '/^```json / { file = dir \"/\" $2; next } /^```/ { file = \"\" } file "
        "{ print > file }' models/external/README.md",
        s.models);
    assert_int_equal(system(command), 0);
}

static void
write_model(const char *name, const char *manifest)
{
    sw_auto(free) char *path = sw_format("%s/%s.json", s.models, name);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs(manifest, f);
    fclose(f);
}

static char *
values(int64_t id)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/columns/y", (long long)id);
    sw_auto(json) json_t *column = get_json(&s, path);
    return json_dumps(json_object_get(column, "values"), JSON_COMPACT | JSON_REAL_PRECISION(6));
}

static void
a_coprocess_stays_between_runs(void **state)
{
    (void)state;
    int64_t id = submit(&s, "{\"model\": \"external/echo\", \"parameters\": {\"x\": {\"values\": "
                            "[1, 2, 3, 4.5]}}, \"design\": {\"method\": \"grid\"}}");
    wait_for_state(&s, id, "done", 30);
    sw_auto(free) char *y = values(id);
    assert_string_equal(y, "[1,2,3,4.5]");
}

static void
one_process_a_run_takes_arguments_and_a_pick(void **state)
{
    (void)state;
    int64_t id =
        submit(&s, "{\"model\": \"external/decay\", \"parameters\": {\"rate\": {\"values\": "
                   "[0, 0.5, 1]}, \"steps\": 3}, \"design\": {\"method\": \"grid\"}}");
    wait_for_state(&s, id, "done", 30);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/columns/left", (long long)id);
    sw_auto(json) json_t *column = get_json(&s, path);
    sw_auto(free) char *left = json_dumps(json_object_get(column, "values"), JSON_COMPACT);
    assert_string_equal(left, "[1,0.125,0]");
}

static void
one_process_a_run_that_fails_leaves_its_log(void **state)
{
    (void)state;
    int64_t id = submit(&s, "{\"model\": \"external/cube\", \"parameters\": {\"x\": {\"values\": "
                            "[1, 2, 3, 4]}}, \"design\": {\"method\": \"grid\"}, \"limits\": "
                            "{\"retries\": 0, \"max_failed_fraction\": 0.5}}");
    wait_for_state(&s, id, "done", 30);
    sw_auto(free) char *y = values(id);
    assert_string_equal(y, "[1,8,null,64]");
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/failures", (long long)id);
    sw_auto(json) json_t *list = get_json(&s, path);
    const json_t *first = json_array_get(json_object_get(list, "items"), 0);
    assert_int_equal(json_integer_value(json_object_get(first, "run")), 2);
    assert_non_null(strstr(json_string_value(json_object_get(first, "message")), "7"));
}

static void
runs_that_break_a_constraint_are_never_started(void **state)
{
    (void)state;
    int64_t id =
        submit(&s, "{\"model\": \"external/cube\", \"parameters\": {\"x\": {\"values\": "
                   "[1, 2, 3, 4]}}, \"constraints\": [\"x < 3\"], \"design\": {\"method\": "
                   "\"grid\"}, \"limits\": {\"max_failed_fraction\": 1}}");
    wait_for_state(&s, id, "done", 30);
    sw_auto(free) char *query =
        sw_format("SELECT run, kind FROM failures WHERE study = %lld ORDER BY run", (long long)id);
    sw_auto(free) char *rows = sql(&s, query);
    assert_string_equal(rows, "2|rejected\n3|rejected");
}

static int
start_all(void **state)
{
    (void)state;
    service_prepare(&s);
    write_examples();
    write_model("cube", oneshot);
    service_go(&s, 1);
    return 0;
}

static int
stop_all(void **state)
{
    (void)state;
    service_stop(&s);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_coprocess_stays_between_runs),
        cmocka_unit_test(one_process_a_run_takes_arguments_and_a_pick),
        cmocka_unit_test(one_process_a_run_that_fails_leaves_its_log),
        cmocka_unit_test(runs_that_break_a_constraint_are_never_started),
    };
    return cmocka_run_group_tests(tests, start_all, stop_all);
}
