// SPDX-License-Identifier: Apache-2.0
// Power systems through the whole product: cases registered by `sweep data add` and over HTTP, what
// is wrong with them said with its place, and the critical clearing times of a registered case
// those of the same system built in.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ANSWERS "tests/answers/power/"

static service s;
static char dir[] = "/tmp/test_power_XXXXXX";

// ---- vocabulary ----

static int
start(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    service_start(&s, 2);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    service_stop(&s);
    sw_auto(free) char *command = sw_format("rm -r %s", dir);
    return system(command);
}

// Registers a folder with two files of tests/answers/power; 0 if `sweep data add` was content.
static int
register_case(const char *name, const char *network, const char *dynamics)
{
    sw_auto(free) char *command = sw_format(
        "mkdir -p %s/%s && cp " ANSWERS "%s " ANSWERS "%s %s/%s && "
        "%s/sweep data add %s/%s --url http://127.0.0.1:%d >%s/said 2>&1",
        dir, name, network, dynamics, dir, name, getenv("SWEEPD_BIN"), dir, name, s.port, dir);
    return system(command);
}

static char *
contents(const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char *text = sw_calloc(1, 1 << 16);
    assert_true(fread(text, 1, (1 << 16) - 1, f) > 0);
    fclose(f);
    return text;
}

// The one place of `find` in the text, replaced. Frees the text.
static char *
with(char *text, const char *find, const char *put)
{
    char *at = strstr(text, find);
    if (!at)
        fail_msg("\"%s\" is not there", find);
    char *all = sw_format("%.*s%s%s", (int)(at - text), text, put, at + strlen(find));
    free(text);
    return all;
}

static void
expect_refusal(const char *file, const char *body, const char *said)
{
    static const char *const headers[] = {"Content-Type: application/octet-stream", NULL};
    sw_auto(free) char *path = sw_format("/api/v1/models/power/bad?file=%s", file);
    reply r = request(&s, "PUT", path, body, headers);
    const char *type = strstr(r.headers, "application/problem+json");
    if (r.status != 422 || !type || !r.json || !strstr(r.body, said))
        fail_msg("%s: %d %s does not say \"%s\"", file, r.status, r.body, said);
    reply_free(&r);
}

// The values of one output of a study that is waited for; the caller owns the reference.
static json_t *
column_of(const char *document, const char *output)
{
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 60);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/columns/%s", (long long)id, output);
    sw_auto(json) json_t *column = get_json(&s, path);
    return json_incref(json_object_get(column, "values"));
}

// Critical clearing times of the 9-bus system's fault at bus 7, by load.
static json_t *
cct_by_load(const char *model, const char *more)
{
    sw_auto(free) char *document =
        sw_format("{\"model\": \"power/%s\", \"parameters\": {\"fault-bus\": 7, \"line\": \"5-7\", "
                  "%s \"load-level\": {\"min\": 0.8, \"max\": 1.1}}, "
                  "\"design\": {\"method\": \"grid\", \"steps\": 20}, \"outputs\": [\"cct\"]}",
                  model, more);
    return column_of(document, "cct");
}

// Within what the search resolves.
static void
expect_same(const json_t *got, const json_t *want)
{
    assert_int_equal(json_array_size(want), 20);
    assert_int_equal(json_array_size(got), 20);
    for (size_t i = 0; i < 20; i++) {
        double a = json_number_value(json_array_get(got, i));
        double b = json_number_value(json_array_get(want, i));
        if (!(fabs(a - b) <= 1.01e-5))
            fail_msg("point %zu: %.6f s, not %.6f s", i, a, b);
    }
}

// ---- tests ----

static void
twenty_clearing_times_of_the_built_in_system_fall_with_load(void **state)
{
    (void)state;
    sw_auto(json) json_t *cct = cct_by_load("rotor-angle", "\"system\": \"wscc9\",");
    assert_int_equal(json_array_size(cct), 20);
    for (size_t i = 1; i < 20; i++)
        assert_true(json_number_value(json_array_get(cct, i)) <
                    json_number_value(json_array_get(cct, i - 1)));
    // At the load of the case: 0.1611 s, an independent first loss (tests/answers/power_cct.h).
    sw_auto(json) json_t *one =
        column_of("{\"model\": \"power/rotor-angle\", \"parameters\": {\"scan-step\": 0.0005}, "
                  "\"outputs\": [\"cct\"]}",
                  "cct");
    assert_true(fabs(json_number_value(json_array_get(one, 0)) - 0.1611) < 1e-4);
}

static void
a_registered_case_has_the_clearing_times_of_the_built_in_one(void **state)
{
    (void)state;
    sw_auto(json) json_t *want = cct_by_load("rotor-angle", "\"system\": \"wscc9\",");
    assert_int_equal(register_case("nine-m", "nine.m", "nine.json"), 0);
    sw_auto(json) json_t *matpower = cct_by_load("nine-m", "");
    expect_same(matpower, want);
    assert_int_equal(register_case("nine-raw", "nine.raw", "nine.dyr"), 0);
    sw_auto(json) json_t *psse = cct_by_load("nine-raw", "");
    expect_same(psse, want);
}

static void
a_registered_case_says_what_it_is(void **state)
{
    (void)state;
    sw_auto(json) json_t *model = get_json(&s, "/api/v1/models/power/nine-raw");
    const char *doc = json_string_value(json_object_get(model, "doc"));
    assert_non_null(strstr(doc, "9 buses, 3 machines, 3 of them without their subtransients"));
    sw_auto(json) json_t *runs =
        column_of("{\"model\": \"power/nine-m\", \"outputs\": [\"stable\"]}", "stable");
    assert_int_equal(json_number_value(json_array_get(runs, 0)), 1);
}

static void
a_case_without_dynamic_data_is_refused(void **state)
{
    (void)state;
    sw_auto(free) char *m = contents(ANSWERS "nine.m");
    expect_refusal("nine.m", m, "no dynamic data: register a folder with a .json file");
    assert_int_not_equal(register_case("empty", "nine.raw", "../power_cct.h"), 0);
    sw_auto(free) char *json = contents(ANSWERS "complete.json");
    json = with(json, "\"machine\"", "\"machines\"");
    expect_refusal("bad.json", json, "at the buses 1, 2, 3 are generators without: give them rows");
}

static void
bad_cases_are_refused_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *find, *put, *said;
    } bad[] = {
        {"[9, 8, 0.0119, 0.1008, 0.209]", "[9, 8, 0, 0, 0.209]", "branch 9-8 has zero impedance"},
        {"[9, 8, 0.0119, 0.1008, 0.209]", "[9, 88, 0.01, 0.1, 0]", "branch 9 joins 9 and 88"},
        {"[9, 1, 0, 0]", "[8, 1, 0, 0]", "bus 8 appears twice"},
        {"[9, 1, 0, 0]", "[9, 1, 0, 0], [10, 1, 0, 0]", "islanded: bus 10 is not connected"},
        {"[1, 3, 0, 0]", "[1, 2, 0, 0]", "no reference bus"},
        {"23.64", "-23.64", "machine at bus 1 has H = -23.64 s"},
        {"[2, 100, 6.4", "[12, 100, 6.4", "machine 2 is at bus 12, which has no generator"},
        {"[9, 1, 0, 0]", "[9, 1, NaN, 0]", "not JSON"},
        {"[9, 1, 0, 0]", "[9, 1, 1e999, 0]", "not JSON"},
        {"[9, 1, 0, 0]", "[9e200, 1, 0, 0]", "is not a positive whole number"},
        {"\"baseMVA\": 100", "\"baseMVA\": 0", "baseMVA is 0"},
        {"]]}\n  }\n}", "", "line 25"},
    };
    for (size_t k = 0; k < sw_countof(bad); k++) {
        sw_auto(free) char *json = contents(ANSWERS "complete.json");
        json = with(json, bad[k].find, bad[k].put);
        expect_refusal("bad.json", json, bad[k].said);
    }
}

static void
files_of_other_tools_are_refused_where_they_are_wrong(void **state)
{
    (void)state;
    sw_auto(free) char *m = contents(ANSWERS "nine.m");
    m = with(m, "mpc.baseMVA = 100;", "mpc.baseMVA = str2num('100');");
    expect_refusal("bad.m", m, "line 9, column 15: ");
    m = with(m, "str2num('100')", "\xff\xfe");
    expect_refusal("bad.m", m, "??");
    m = with(m, "\xff\xfe", "100");
    *strstr(m, "mpc.gencost") = '\0';
    *strrchr(m, ']') = '\0';
    expect_refusal("bad.m", m, "the file ends within a matrix");
    sw_auto(free) char *raw = contents(ANSWERS "nine.raw");
    raw = with(raw, ", 33,", ", 30,");
    expect_refusal("bad.raw", raw, "revision (third figure) is 30; 32 and 33 are read");
    expect_refusal("bad.dyr", raw, "whose files end with .raw, .m, .json");
    reply r = get(&s, "/api/v1/models/power/bad");
    assert_int_equal(r.status, 404);
    reply_free(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_clearing_times_of_the_built_in_system_fall_with_load),
        cmocka_unit_test(a_registered_case_has_the_clearing_times_of_the_built_in_one),
        cmocka_unit_test(a_registered_case_says_what_it_is),
        cmocka_unit_test(a_case_without_dynamic_data_is_refused),
        cmocka_unit_test(bad_cases_are_refused_with_their_place),
        cmocka_unit_test(files_of_other_tools_are_refused_where_they_are_wrong),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
