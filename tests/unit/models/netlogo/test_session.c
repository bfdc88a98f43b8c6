// SPDX-License-Identifier: Apache-2.0
// Sessions: models given as code run, answer, fail with NetLogo's words, and stop at their limits.
#include "models/netlogo/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static sw_nl_session *
open_code(const char *code)
{
    static const sw_nl_limits limits = {.instructions = 3000000, .memory = (size_t)64 << 20};
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_open_code(code, SW_NL_DIALECT_7, &limits, &error);
    assert_non_null(s);
    return s;
}

static void
check_value(sw_nl_session *s, const char *reporter, const char *value)
{
    const char *text = "";
    sw_nl_error error = {0};
    if (sw_nl_session_report(s, reporter, &text, &error) != 0)
        fail_msg("%s: %s", reporter, error.message);
    assert_string_equal(text, value);
}

static void
expect_error(sw_nl_session *s, const char *commands, const char *message)
{
    sw_nl_error error = {0};
    assert_int_equal(sw_nl_session_command(s, SW_NL_O, commands, &error), -1);
    assert_string_equal(error.message, message);
}

static void
expressions_follow_precedence(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("to-report twice [x] report x * 2 end");
    check_value(s, "1 + 2 * 3 ^ 2", "19");
    check_value(s, "map twice [1 2 3]", "[2 4 6]");
    check_value(s, "count patches with [pxcor = 0]", "11");
    check_value(s, "(word \"a\" 1 [\"b\"])", "\"a1[b]\"");
    sw_nl_session_close(&s);
}

static void
seeded_turtles_repeat_themselves(void **state)
{
    (void)state;
    sw_nl_session *a = open_code(""), *b = open_code("");
    sw_nl_error error;
    const char *run = "random-seed 7 crt 20 repeat 5 [ ask turtles [ rt random 90 fd 1 ] ]";
    assert_int_equal(sw_nl_session_command(a, SW_NL_O, run, &error), 0);
    assert_int_equal(sw_nl_session_command(b, SW_NL_O, run, &error), 0);
    const char *text;
    assert_int_equal(sw_nl_session_report(a, "sort [xcor] of turtles", &text, &error), 0);
    check_value(b, "sort [xcor] of turtles", text);
    sw_nl_session_close(&a);
    sw_nl_session_close(&b);
}

static void
errors_use_the_words_of_netlogo(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("");
    expect_error(s, "print 1 / 0", "Division by zero.");
    expect_error(s, "print foo", "Nothing named FOO has been defined.");
    expect_error(s, "ask patches [ fd 1 ]",
                 "You can't use FD in a patch context, because FD is turtle-only.");
    check_value(s, "1", "1");
    sw_nl_session_close(&s);
}

static void
runaway_programs_meet_their_limits(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("globals [l] to deep deep end");
    expect_error(s, "loop [ ]", "The instruction limit was reached.");
    expect_error(s, "deep", "stack overflow (recursion too deep)");
    expect_error(s, "crt 1e9", "More turtles were asked for than memory can hold.");
    expect_error(s, "set l [1] loop [ set l sentence l l ]", "The memory limit was reached.");
    check_value(s, "2 + 2", "4");
    sw_nl_session_close(&s);
}

static void
garbage_does_not_pile_up(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("");
    sw_nl_error error;
    const char *run = "repeat 10 [ crt 1000 [ die ] ] repeat 2000 [ let x n-values 100 [ i -> "
                      "(word i) ] ]";
    assert_int_equal(sw_nl_session_command(s, SW_NL_O, run, &error), 0);
    assert_true(sw_nl_heap_bytes(sw_nl_session_engine(s)->heap) < ((size_t)32 << 20));
    sw_nl_session_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_follow_precedence),
        cmocka_unit_test(seeded_turtles_repeat_themselves),
        cmocka_unit_test(errors_use_the_words_of_netlogo),
        cmocka_unit_test(runaway_programs_meet_their_limits),
        cmocka_unit_test(garbage_does_not_pile_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
