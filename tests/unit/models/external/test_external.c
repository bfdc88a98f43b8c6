// SPDX-License-Identifier: Apache-2.0
// Programs that hang, die, flood, outgrow their memory or talk nonsense cost the run they are on,
// with the reason, and leave nothing behind.
#include "models/external/child.h"
#include "models/external/external.h"
#include "tests/support/model_harness.h"

#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct program {
    sw_model *model;
    sw_harness *h;
} program;

// A model whose command is `sh -c script`, opened with limits; x is its input, y its output.
static program
open_program(const char *mode, const char *script, double seconds, size_t memory_bytes)
{
    json_t *output = json_pack("{ss}", "name", "y");
    if (strcmp(mode, "process") == 0)
        json_object_set_new(output, "pick", json_pack("{ss}", "regex", "answer: ([-0-9.e+]+)"));
    json_t *manifest =
        json_pack("{ss ss ss s[sss] s[{ss sf}] s[o] s{sf}}", "name", "test", "version", "1", "mode",
                  mode, "command", "sh", "-c", script, "parameters", "name", "x", "default", 0.0,
                  "outputs", output, "limits", "output_mb", 1.0);
    char *text = json_dumps(manifest, 0), error[500] = "";
    json_decref(manifest);
    sw_source source = {
        .name = "external/test", .file = "test.json", .bytes = text, .n = strlen(text)};
    sw_source_error why = {0};
    sw_harness_setup setup = {.run_seconds = seconds, .memory_bytes = memory_bytes};
    program p = {0};
    if (sw_external_family.load(&source, &p.model, &why) != 0)
        fail_msg("%s", why.message);
    p.h = sw_harness_open_with(p.model, &setup, error, sizeof error);
    if (!p.h)
        fail_msg("%s", error);
    free(text);
    return p;
}

static void
close_program(program *p)
{
    sw_harness_close(&p->h);
    sw_external_family.unload(p->model);
}

static void
expect(const program *p, double x, sw_outcome outcome, const char *part)
{
    sw_harness_set(p->h, "x", x);
    const sw_result *r = sw_harness_run(p->h, 5);
    if (r->outcome != outcome || (part && !strstr(r->fail, part)))
        fail_msg("x = %g: outcome %d, \"%s\" instead of %d, \"%s\"", x, (int)r->outcome, r->fail,
                 (int)outcome, part ? part : "");
}

// One run of a one-shot program.
static void
expect_once(const char *script, sw_outcome outcome, const char *part)
{
    program p = open_program("process", script, 5, 0);
    expect(&p, 1, outcome, part);
    close_program(&p);
}

static void
expect_output(const char *mode, const char *script, double want)
{
    program p = open_program(mode, script, 5, 0);
    expect(&p, 1, SW_DONE, NULL);
    assert_true(sw_harness_run(p.h, 5)->out[0] == want);
    close_program(&p);
}

// ---- one process a run ----

static void
a_program_that_hangs_is_stopped_in_time(void **state)
{
    (void)state;
    program p = open_program("process", "sleep 30; echo answer: 1", 0.3, 0);
    double start = sw_external_child_now();
    expect(&p, 1, SW_TIMEOUT, NULL);
    assert_true(sw_external_child_now() - start < 5);
    close_program(&p);
}

static void
what_a_program_leaves_running_is_killed_with_it(void **state)
{
    (void)state;
    program p = open_program("process", "(sleep 0.7; touch left) & echo answer: 1", 5, 0);
    expect(&p, 1, SW_DONE, NULL);
    usleep(1200000);
    char path[4200];
    snprintf(path, sizeof path, "%s/run/left", sw_harness_scratch(p.h));
    assert_int_equal(access(path, F_OK), -1);
    close_program(&p);
}

static void
a_program_that_outgrows_its_memory_is_stopped(void **state)
{
    (void)state;
    program p = open_program(
        "process", "exec awk 'BEGIN { s = \"0123456789\"; while (1) s = s s }'", 20, 64 << 20);
    expect(&p, 1, SW_MEMORY, "memory");
    close_program(&p);
}

static void
a_program_that_floods_its_output_is_stopped(void **state)
{
    (void)state;
    expect_once("yes", SW_ERROR, "more than 1.0 MiB");
    // Its log is only its end.
    program p =
        open_program("process", "yes 12345678901234567 | head -c 3000000 >&2; exit 1", 20, 0);
    sw_harness_set(p.h, "x", 1);
    const sw_result *r = sw_harness_run(p.h, 5);
    assert_int_equal(r->outcome, SW_CRASH);
    assert_true(r->log && strlen(r->log) < 200000);
    close_program(&p);
}

// Beyond 64 bits too: JSON's numbers have no end.
static void
whole_numbers_of_any_size_are_numbers(void **state)
{
    (void)state;
    expect_output("process", "echo answer: 123456789012345678901234567890",
                  123456789012345678901234567890.);
    expect_output("jsonl",
                  "while read -r line; do echo '{\"outputs\": {\"y\": "
                  "123456789012345678901234567890}}'; done",
                  123456789012345678901234567890.);
}

static void
how_a_program_ended_is_said(void **state)
{
    (void)state;
    expect_once("echo answer: 2; exit 3", SW_CRASH, "3");
    expect_once("kill -SEGV $$", SW_CRASH, "11");
    expect_once("exec /no/such/program", SW_CRASH, "127");
}

static void
output_that_is_no_answer_fails_the_run(void **state)
{
    (void)state;
    expect_once("true", SW_ERROR, "output y");
    expect_once("echo nothing here", SW_ERROR, "output y");
    expect_once("echo answer: 1e", SW_ERROR, "output y");
    expect_once("head -c 100000 /dev/urandom", SW_ERROR, "output y");
    expect_once("printf 'answer: 3\\0answer: 4'", SW_DONE, NULL);
    // More than a double holds is infinite, as with a program that prints inf.
    expect_once("echo answer: 1e999", SW_DONE, NULL);
}

static void
a_cancelled_run_ends_early(void **state)
{
    (void)state;
    program p = open_program("process", "sleep 30", 0, 0);
    sw_harness_cancel(p.h, true);
    double start = sw_external_child_now();
    sw_harness_set(p.h, "x", 1);
    assert_int_not_equal(sw_harness_run(p.h, 5)->outcome, SW_DONE);
    assert_true(sw_external_child_now() - start < 5);
    close_program(&p);
}

// ---- a co-process ----

// What x asks for; anything else is answered rightly.
#define TALK                                                                                       \
    "while read -r line; do case \"$line\" in "                                                    \
    "*11*) echo nonsense;; "                                                                       \
    "*12*) echo '{\"outputs\": {\"y\": 1}}'; echo '{\"outputs\": {\"y\": 2}}';; "                  \
    "*13*) exit 4;; "                                                                              \
    "*14*) sleep 30;; "                                                                            \
    "*15*) echo '{\"outputs\": {\"z\": 1}}';; "                                                    \
    "*16*) echo '{\"outputs\": {\"y\": NaN}}';; "                                                  \
    "*17*) echo '{\"outputs\": {\"y\": \"1\"}}';; "                                                \
    "*18*) echo '{\"error\": \"too cold\"}';; "                                                    \
    "*19*) echo '{\"run\": 99, \"outputs\": {\"y\": 1}}';; "                                       \
    "*20*) tr '\\0' x < /dev/zero;; "                                                              \
    "*21*) echo '[1]';; "                                                                          \
    "*22*) exec >&-; sleep 30;; "                                                                  \
    "*) echo '{\"outputs\": {\"y\": 7}}';; esac; done"

static void
a_coprocess_that_goes_wrong_costs_one_run(void **state)
{
    (void)state;
    static const struct {
        double x;
        sw_outcome outcome;
        const char *part;
    } cases[] = {
        {11, SW_ERROR, "is not a JSON object: nonsense"},
        {13, SW_CRASH, "4"},
        {14, SW_TIMEOUT, NULL},
        {15, SW_ERROR, "output y is missing"},
        {16, SW_ERROR, "not a JSON object"},
        {17, SW_ERROR, "output y"},
        {18, SW_ERROR, "too cold"},
        {19, SW_ERROR, "another run"},
        {20, SW_ERROR, "more than 1.0 MiB"},
        {21, SW_ERROR, "not a JSON object"},
        {22, SW_TIMEOUT, NULL},
    };
    program p = open_program("jsonl", TALK, 1, 0);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        expect(&p, cases[c].x, cases[c].outcome, cases[c].part);
        expect(&p, 1, SW_DONE, NULL); // the next run is none the worse
        assert_true(sw_harness_value(p.h, "y") == 7);
    }
    close_program(&p);
}

// Two lines for one request: whichever way they arrive, the second never answers the next request.
static void
a_coprocess_that_says_too_much_is_never_out_of_step(void **state)
{
    (void)state;
    program p = open_program("jsonl", TALK, 2, 0);
    for (int i = 0; i < 20; i++) {
        sw_harness_set(p.h, "x", 12);
        const sw_result *r = sw_harness_run(p.h, 5);
        assert_true(r->outcome == SW_ERROR || r->out[0] == 1);
        usleep(3000);
        expect(&p, 1, SW_DONE, NULL);
        assert_true(sw_harness_value(p.h, "y") == 7);
    }
    close_program(&p);
}

static int
start(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_that_hangs_is_stopped_in_time),
        cmocka_unit_test(what_a_program_leaves_running_is_killed_with_it),
        cmocka_unit_test(a_program_that_outgrows_its_memory_is_stopped),
        cmocka_unit_test(a_program_that_floods_its_output_is_stopped),
        cmocka_unit_test(how_a_program_ended_is_said),
        cmocka_unit_test(output_that_is_no_answer_fails_the_run),
        cmocka_unit_test(a_cancelled_run_ends_early),
        cmocka_unit_test(whole_numbers_of_any_size_are_numbers),
        cmocka_unit_test(a_coprocess_that_goes_wrong_costs_one_run),
        cmocka_unit_test(a_coprocess_that_says_too_much_is_never_out_of_step),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
