// SPDX-License-Identifier: Apache-2.0
// The line of shell that every run's answer holds makes the same run again, bit for bit: with its
// study, and without.
#include "lib/base/json.h"
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>

#include <cmocka.h>

static service s;

// Runs a command with this build's programs first; what it prints, and its exit code.
static char *
shell(const char *command, int *code)
{
    const char *bin = getenv("SWEEPD_BIN");
    sw_auto(free) char *whole =
        sw_format("PATH=\"$PWD/%s:$PATH\" SWEEPD_URL=http://127.0.0.1:%d; export PATH SWEEPD_URL\n"
                  "%s",
                  bin ? bin : "bin", s.port, command);
    FILE *f = popen(whole, "r");
    char *out = sw_calloc(1, 1 << 20);
    out[fread(out, 1, (1 << 20) - 1, f)] = 0;
    int status = pclose(f);
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return out;
}

static json_t *
run_of(int64_t id, int run)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/runs/%d", (long long)id, run);
    return get_json(&s, path);
}

static char *
outputs_of(const json_t *run)
{
    return sw_json_text(json_object_get(run, "outputs"), true);
}

// Reproduces a run both ways; its state.
static char *
expect_same(int64_t id, int run)
{
    int code;
    sw_auto(json) json_t *stored = run_of(id, run);
    sw_auto(free) char *printed =
        shell(json_string_value(json_object_get(stored, "reproduce")), &code);
    assert_int_equal(code, 0);
    sw_auto(json) json_t *again = json_loads(printed, 0, NULL);
    sw_auto(free) char *a = outputs_of(stored), *b = outputs_of(again);
    assert_string_equal(a, b);
    assert_true(json_equal(json_object_get(stored, "state"), json_object_get(again, "state")));
    sw_auto(free) char *command = sw_format("sweep run %lld %d 2>&1", (long long)id, run);
    sw_auto(free) char *said = shell(command, &code);
    assert_int_equal(code, 0);
    assert_non_null(strstr(said, "the same as stored, bit for bit"));
    return sw_strdup(json_string_value(json_object_get(stored, "state")));
}

static int64_t
done(const char *document)
{
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 120);
    return id;
}

static void
expect_done(const char *document, int runs)
{
    int64_t id = done(document);
    for (int run = 0; run < runs; run++) {
        sw_auto(free) char *state = expect_same(id, run);
        assert_string_equal(state, "done");
    }
}

static void
numbers_series_and_texts_are_the_same(void **state)
{
    (void)state;
    expect_done("{\"model\":\"testfunctions/stochastic\",\"parameters\":{\"x1\":{\"min\":0,"
                "\"max\":1}},\"design\":{\"method\":\"sobol\",\"n\":4,\"seed\":3},"
                "\"replicates\":2}",
                8);
    expect_done(
        "{\"model\":\"testfunctions/series\",\"parameters\":{"
        "\"amplitude\":{\"distribution\":\"normal\",\"mean\":5,\"sd\":1,\"min\":0,\"max\":99},"
        "\"points\":{\"min\":1,\"max\":9,\"integer\":true}},"
        "\"outputs\":[\"last\",\"y\",\"t\"],"
        "\"design\":{\"method\":\"lhs\",\"n\":3,\"seed\":3}}",
        3);
    expect_done("{\"model\":\"testfunctions/text\",\"parameters\":{"
                "\"colour\":{\"values\":[\"blue\",\"red\"]},\"bytes\":{\"values\":[0,11]}},"
                "\"outputs\":[\"note\",\"label\",\"length\"],\"design\":{\"method\":\"grid\"}}",
                4);
}

// Reporters with quotes in them, boolean and text inputs, the engine's own random numbers.
static void
netlogo_runs_are_the_same(void **state)
{
    (void)state;
    expect_done("{\"model\":\"netlogo/forest-fire\",\"parameters\":{\"density\":{\"min\":50,"
                "\"max\":70}},\"design\":{\"method\":\"random\",\"n\":2,\"seed\":3},"
                "\"outputs\":[\"count patches with [pcolor != black and \\\"'\\\" != \\\"\\\"]\","
                "\"random 1000000\"]}",
                2);
}

static void
an_uploaded_model_is_fetched_in_its_version(void **state)
{
    (void)state;
    static const char source[] =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<model version=\"NetLogo 7.0.0\"><code>"
        "<![CDATA[to setup clear-all create-turtles 10 reset-ticks end\n"
        "to go ask turtles [ fd random-float speed ] tick end]]></code><widgets>"
        "<view minPxcor=\"-10\" maxPxcor=\"10\" minPycor=\"-10\" maxPycor=\"10\"></view>"
        "<slider variable=\"speed\" min=\"0\" max=\"9\" step=\"0.1\" default=\"5\"></slider>"
        "</widgets></model>";
    static const char *const bytes[] = {"Content-Type: application/octet-stream", NULL};
    reply r = request(&s, "PUT", "/api/v1/models/netlogo/walk?file=walk.nlogox", source, bytes);
    assert_in_range(r.status, 200, 201);
    reply_free(&r);
    int64_t id = done("{\"model\":\"netlogo/walk\",\"parameters\":{\"speed\":{\"min\":1,\"max\":9},"
                      "\"time-limit\":20},\"design\":{\"method\":\"random\",\"n\":2,\"seed\":3},"
                      "\"outputs\":[\"mean [xcor] of turtles\"]}");
    sw_auto(free) char *changed = sw_strdup(source);
    memcpy(strstr(changed, "turtles 10"), "turtles 11", 10);
    r = request(&s, "PUT", "/api/v1/models/netlogo/walk?file=walk.nlogox", changed, bytes);
    assert_in_range(r.status, 200, 201);
    reply_free(&r);
    for (int run = 0; run < 2; run++) {
        sw_auto(free) char *outcome = expect_same(id, run);
        assert_string_equal(outcome, "done");
    }
    r = get(&s, "/api/v1/models/netlogo/walk/source");
    assert_int_equal(r.n, strlen(changed));
    assert_memory_equal(r.body, changed, r.n);
    reply_free(&r);
    r = get(&s, "/api/v1/models/testfunctions/linear/source");
    assert_int_equal(r.status, 404);
    reply_free(&r);
}

static void
failed_runs_fail_again_with_the_same_reason(void **state)
{
    (void)state;
    int64_t id = done("{\"model\":\"testfunctions/error\",\"parameters\":{\"share\":0.5,"
                      "\"x\":{\"min\":0,\"max\":1}},"
                      "\"constraints\":[\"x < 0.8\"],"
                      "\"design\":{\"method\":\"random\",\"n\":20,\"seed\":1},"
                      "\"limits\":{\"max_failed_fraction\":1,\"retries\":0}}");
    int failed = 0, rejected = 0;
    for (int run = 0; run < 20; run++) {
        sw_auto(json) json_t *stored = run_of(id, run);
        if (json_is_null(json_object_get(stored, "reproduce"))) {
            rejected++;
            continue;
        }
        sw_auto(free) char *outcome = failed < 3 ? expect_same(id, run) : sw_strdup("");
        failed += strcmp(outcome, "error") == 0;
    }
    assert_true(failed > 0 && rejected > 0);
}

static void
a_crash_crashes_again_and_says_so(void **state)
{
    (void)state;
    int code;
    sw_auto(free) char *said = shell(
        "sweep run '{\"model\":\"testfunctions/crash\",\"seed\":\"1\",\"inputs\":{\"share\":1}}' "
        "2>&1",
        &code);
    assert_int_not_equal(code, 0);
    assert_true(strstr(said, "ended by signal") || strstr(said, "AddressSanitizer"));
}

static void
what_can_not_be_run_is_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *words, *about;
    } wrong[] = {
        {"'{\"model\":\"testfunctions/linear\",\"inputs\":{\"x9\":1}}'", "x9"},
        {"'{\"model\":\"testfunctions/linear\",\"seed\":\"-\"}'", "/seed"},
        {"'{\"model\":\"nobody/knows\"}'", "no such model"},
        {"'{\"inputs\":{}}'", "/model"},
        {"'[1]'", "[1]"},
        {"1 999999", "run"},
    };
    for (size_t i = 0; i < sw_countof(wrong); i++) {
        int code;
        sw_auto(free) char *command = sw_format("sweep run %s 2>&1", wrong[i].words);
        sw_auto(free) char *said = shell(command, &code);
        assert_int_not_equal(code, 0);
        if (!strstr(said, wrong[i].about))
            fail_msg("%s: %s", wrong[i].words, said);
    }
    int code;
    sw_auto(free) char *left = shell("ls -d /tmp/sweep-run-* 2>/dev/null", &code);
    assert_string_equal(left, "");
}

// The writer of a model tries it from the folder where it lies.
static void
what_is_wrong_with_a_model_file_is_said_with_its_place(void **state)
{
    (void)state;
    int code;
    static const char model[] = "<model version=\"NetLogo 7.0.4\"><widgets><view minPxcor=\"-1\" "
                                "maxPxcor=\"1\" minPycor=\"-1\" maxPycor=\"1\"/></widgets><code>to "
                                "setup\\n  foo\\nend</code></model>";
    sw_auto(free) char *command =
        sw_format("cd %s && mkdir broken && printf '%s' > broken/mine.nlogox && "
                  "sweep run --models broken '{\"model\":\"netlogo/mine\"}' 2>&1",
                  s.dir, model);
    sw_auto(free) char *said = shell(command, &code);
    assert_int_not_equal(code, 0);
    if (!strstr(said, "mine.nlogox:2:3: Nothing named FOO has been defined"))
        fail_msg("%s", said);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_series_and_texts_are_the_same),
        cmocka_unit_test(netlogo_runs_are_the_same),
        cmocka_unit_test(an_uploaded_model_is_fetched_in_its_version),
        cmocka_unit_test(failed_runs_fail_again_with_the_same_reason),
        cmocka_unit_test(a_crash_crashes_again_and_says_so),
        cmocka_unit_test(what_can_not_be_run_is_refused_with_the_reason),
        cmocka_unit_test(what_is_wrong_with_a_model_file_is_said_with_its_place),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
