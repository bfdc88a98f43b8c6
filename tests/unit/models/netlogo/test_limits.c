// SPDX-License-Identifier: Apache-2.0
// Models that would run, recurse or grow for ever are stopped within their limits, in words that
// say which limit it was, and the session can be used on.
#include "models/netlogo/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define MEMORY ((size_t)64 << 20)

static const char instructions[] = "The instruction limit was reached.";
static const char memory[] = "The memory limit was reached.";
static const char recursion[] = "stack overflow (recursion too deep)";
static const char turtles[] = "More turtles were asked for than memory can hold.";

static sw_nl_session *
open_code(const char *code, const sw_nl_limits *limits)
{
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_open_code(code, SW_NL_DIALECT_7, limits, &error);
    assert_non_null(s);
    return s;
}

static void
stops_with(const char *code, const char *commands, const char *message)
{
    static const sw_nl_limits limits = {.instructions = 3000000, .memory = MEMORY, .seconds = 30};
    sw_nl_session *s = open_code(code, &limits);
    sw_nl_error error = {0};
    int status = sw_nl_session_command(s, SW_NL_O, commands, &error);
    if (status != -1 || strcmp(error.message, message) != 0)
        fail_msg("%s: %s", commands, status == -1 ? error.message : "ran to its end");
    assert_true(sw_nl_heap_bytes(sw_nl_session_engine(s)->heap) <= MEMORY);
    double value = 0;
    assert_int_equal(sw_nl_session_number(s, "2 + 2", &value, &error), 0);
    assert_true(value == 4);
    sw_nl_session_close(&s);
}

static void
endless_loops_are_stopped(void **state)
{
    (void)state;
    stops_with("", "loop [ ]", instructions);
    stops_with("", "while [true] [ ]", instructions);
    stops_with("", "repeat 1e18 [ ]", instructions);
    stops_with("", "ask patches [ loop [ set pcolor red ] ]", instructions);
    stops_with("to-report endless loop [ ] end", "show [endless] of patches", instructions);
    stops_with("", "crt 1 loop [ ask turtles [ fd 1e15 ] ]", instructions);
}

static void
a_limit_is_not_caught_by_carefully(void **state)
{
    (void)state;
    stops_with("", "carefully [ loop [ ] ] [ print 1 ]", instructions);
    stops_with("globals [l]", "carefully [ set l [1] loop [ set l sentence l l ] ] [ ]", memory);
}

static void
time_is_limited(void **state)
{
    (void)state;
    static const sw_nl_limits limits = {.seconds = 0.05};
    sw_nl_session *s = open_code("", &limits);
    sw_nl_error error = {0};
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    assert_int_equal(sw_nl_session_command(s, SW_NL_O, "loop [ ]", &error), -1);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_string_equal(error.message, "The time limit was reached.");
    assert_true(end.tv_sec - begin.tv_sec < 5);
    sw_nl_session_close(&s);
}

static void
runaway_recursion_is_stopped(void **state)
{
    (void)state;
    stops_with("to deep deep end", "deep", recursion);
    stops_with("to-report deep report 1 + deep end", "show deep", recursion);
    stops_with("to deep foreach [1] [ -> deep ] end", "deep", recursion);
    stops_with("to deep ask patches [ deeper ] end to deeper ask neighbors [ deeper ] end", "deep",
               recursion);
    stops_with("to-report deep [x] report map [ y -> deep y ] [1] end", "show deep 1", recursion);
    stops_with("to deep run \"deep\" end", "deep", recursion);
    stops_with("to-report deep report sort-by [ [a b] -> deep ] [1 2] end", "show deep", recursion);
}

static void
crowds_are_refused(void **state)
{
    (void)state;
    stops_with("", "crt 1e9", turtles);
    stops_with("", "cro 1e9", turtles);
    stops_with("", "crt 1 ask turtles [ hatch 1e9 ]", turtles);
    stops_with("", "ask patch 0 0 [ sprout 1e9 ]", turtles);
    stops_with("", "crt 1e8", memory);
    stops_with("turtles-own [aa bb cc dd ee ff]", "crt 1 loop [ ask turtles [ hatch 1 ] ]", memory);
}

static void
growing_values_are_stopped(void **state)
{
    (void)state;
    stops_with("globals [l]", "set l [1] loop [ set l sentence l l ]", memory);
    stops_with("globals [l]", "set l [1] loop [ set l fput l l set l n-values 9999 [l] ]", memory);
    stops_with("globals [s]", "set s \"a\" loop [ set s word s s ]", memory);
    stops_with("globals [l]", "set l n-values 1e12 [ 1 ]", "This list is too long.");
    stops_with("globals [l]", "set l range 1e12", "This list is too long.");
}

static void
worlds_too_large_are_refused(void **state)
{
    (void)state;
    stops_with("", "resize-world -100000 100000 -100000 100000",
               "The world would have more patches than the limit of 20000000.");
    stops_with("", "resize-world -1500 1500 -1500 1500", memory);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endless_loops_are_stopped),
        cmocka_unit_test(a_limit_is_not_caught_by_carefully),
        cmocka_unit_test(time_is_limited),
        cmocka_unit_test(runaway_recursion_is_stopped),
        cmocka_unit_test(crowds_are_refused),
        cmocka_unit_test(growing_values_are_stopped),
        cmocka_unit_test(worlds_too_large_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
