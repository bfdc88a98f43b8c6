// SPDX-License-Identifier: Apache-2.0
// An executor that runs a model again and again stays as large as it was after the first runs, and
// one engine stays small.
#include "models/netlogo/session.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char code[] =
    "turtles-own [seen] links-own [w] globals [log-book]\n"
    "to setup clear-all set log-book [] crt 50 [ set seen [] fd 3 ]\n"
    "ask turtles [ create-link-with one-of other turtles [ set w word \"w\" end1 ] ] reset-ticks "
    "end\n"
    "to go ask turtles [ set seen lput patch-here seen rt random 90 fd 1\n"
    "if any? other turtles-here [ hatch 1 die ] ]\n"
    "set log-book lput (map [ t -> [who] of t ] sort turtles) log-book tick end\n";

static sw_nl_session *
opened(void)
{
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_open_code(code, SW_NL_DIALECT_7, NULL, &error);
    if (s == NULL)
        fail_msg("%s", error.message);
    return s;
}

static size_t
in_use(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

static void
run_once(int64_t seed)
{
    sw_nl_error error = {0};
    sw_nl_session *s = opened();
    sw_nl_session_seed(s, seed);
    assert_int_equal(sw_nl_session_command(s, SW_NL_O, "setup repeat 20 [ go ]", &error), 0);
    sw_nl_session_close(&s);
}

static void
many_sessions_leave_nothing_behind(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++)
        run_once(i);
    size_t before = in_use();
    for (int i = 0; i < 200; i++)
        run_once(i);
    size_t after = in_use();
    // What the C library keeps for itself varies by some kilobytes.
    assert_true(after <= before + 32768);
}

static void
one_session_stays_flat_over_many_runs(void **state)
{
    (void)state;
    sw_nl_error error = {0};
    sw_nl_session *s = opened();
    size_t most = 0;
    for (int i = 0; i < 300; i++) {
        assert_int_equal(sw_nl_session_command(s, SW_NL_O, "setup repeat 20 [ go ]", &error), 0);
        size_t bytes = sw_nl_heap_bytes(sw_nl_session_engine(s)->heap);
        most = bytes > most ? bytes : most;
    }
    assert_true(most < (size_t)15 << 20);
    sw_nl_session_close(&s);
}

static void
an_engine_is_small(void **state)
{
    (void)state;
    size_t before = in_use();
    sw_nl_error error = {0};
    sw_nl_session *s = opened();
    assert_int_equal(sw_nl_session_command(s, SW_NL_O, "setup repeat 20 [ go ]", &error), 0);
    assert_true(in_use() - before < (size_t)15 << 20);
    sw_nl_session_close(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_sessions_leave_nothing_behind),
        cmocka_unit_test(one_session_stays_flat_over_many_runs),
        cmocka_unit_test(an_engine_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
