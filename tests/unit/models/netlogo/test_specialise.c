// SPDX-License-Identifier: Apache-2.0
// Fast forms compute and draw what the long forms do. A long form keeps its set in a variable,
// which no fast form takes, so each pair runs the same code by two ways.
#include "models/netlogo/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char code[] = "breed [sheep a-sheep] breed [wolves wolf]\n"
                           "globals [g s] turtles-own [age] sheep-own [wool] patches-own [grass]\n"
                           "to prepare random-seed 17 create-sheep 60 create-wolves 30\n"
                           "ask turtles [ set age random 9 setxy random-xcor random-ycor ]\n"
                           "ask patches [ set grass random 5 ] end\n"
                           "to-report around report neighbors end\n"
                           "to-report around4 report neighbors4 end\n";

static sw_nl_session *
prepared(void)
{
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_open_code(code, SW_NL_DIALECT_7, NULL, &error);
    assert_non_null(s);
    assert_int_equal(sw_nl_session_command(s, SW_NL_O, "prepare", &error), 0);
    return s;
}

// The value of a reporter, with the random number that comes after it.
static void
value_and_draw(const char *reporter, char *text, size_t size)
{
    sw_nl_session *s = prepared();
    char both[1024];
    const char *value = NULL;
    sw_nl_error error = {0};
    snprintf(both, sizeof both, "(list (%s) (random 1000000))", reporter);
    if (sw_nl_session_report(s, both, &value, &error) != 0)
        fail_msg("%s: %s", reporter, error.message);
    snprintf(text, size, "%s", value);
    sw_nl_session_close(&s);
}

static void
same(const char *fast, const char *slow)
{
    static char a[65536], b[65536];
    value_and_draw(fast, a, sizeof a);
    value_and_draw(slow, b, sizeof b);
    assert_string_equal(a, b);
}

static void
sets_that_are_only_looked_at(void **state)
{
    (void)state;
    same("[one-of neighbors] of patches", "[one-of around] of patches");
    same("[one-of neighbors4] of turtles", "[one-of around4] of turtles");
    same("[count neighbors with [grass > 2]] of turtles",
         "[count around with [grass > 2]] of turtles");
    same("[any? neighbors4 with [grass = 0]] of patches",
         "[count around4 with [grass = 0] > 0] of patches");
    same("[max-one-of neighbors [grass]] of turtles", "[max-one-of around [grass]] of turtles");
    same("[min-one-of neighbors4 [grass]] of patches", "[min-one-of around4 [grass]] of patches");
    same("[one-of sheep-here] of patches", "[one-of (sheep-on self)] of patches");
    same("[one-of turtles-here] of patches", "[one-of (turtle-set turtles-here)] of patches");
    same("[any? sheep-here] of patches", "[count (turtle-set sheep-here) > 0] of patches");
    same("[any? other wolves-here] of turtles",
         "[count other (turtle-set wolves-here) > 0] of turtles");
    same("[any? turtles-on one-of neighbors] of turtles",
         "[count (turtle-set turtles-on one-of around) > 0] of turtles");
    same("[any? sheep-on neighbors] of turtles",
         "[count (turtle-set sheep-on around) > 0] of turtles");
    same("[count turtles-here] of patches", "[count (turtle-set turtles-here)] of patches");
}

static void
sets_made_afresh(void **state)
{
    (void)state;
    same("[count other turtles in-radius 3] of turtles",
         "[count (turtle-set other turtles in-radius 3)] of turtles");
    same("[[who] of other sheep in-radius 2] of turtles",
         "[[who] of (turtle-set other sheep in-radius 2)] of turtles");
    same("[sum [age] of turtles-on neighbors] of patches",
         "[sum [age] of (turtle-set turtles-on neighbors)] of patches");
    same("sort [who] of turtles with [age > 3] with [age < 7]",
         "sort [who] of turtles with [age > 3 and age < 7]");
}

static void
searches_reach_across_the_edges(void **state)
{
    (void)state;
    same("[sort patches in-radius 3.5] of patches",
         "[sort (patch-set patches with [distance myself <= 3.5])] of patches");
    same("[sort turtles in-radius 4] of patches",
         "[sort (turtle-set turtles with [distance myself <= 4])] of patches");
    same("[sort patches in-radius 30] of patch 0 0", "sort patches");
}

static void
simple_inputs_and_variables(void **state)
{
    (void)state;
    same("[age + 1] of turtles", "[(item 0 (list age)) + 1] of turtles");
    same("[grass * 2 < 5] of turtles", "[(item 0 (list grass)) * 2 < 5] of turtles");
    same("[ifelse-value (age = 3) [1] [grass]] of turtles",
         "[ifelse-value (age - 3 = 0) [1] [item 0 (list grass)]] of turtles");
}

static void
errors_of(const char *commands, const char *message)
{
    sw_nl_session *s = prepared();
    sw_nl_error error = {0};
    assert_int_equal(sw_nl_session_command(s, SW_NL_O, commands, &error), -1);
    assert_string_equal(error.message, message);
    sw_nl_session_close(&s);
}

static void
errors_stay(void **state)
{
    (void)state;
    errors_of("ask patches [ set grass \"a\" ] ask patches [ if grass < 1 [ ] ]",
              "The < operator can only be used on two numbers, two strings, or two agents of the "
              "same type, but not on a string and a number.");
    errors_of("ask wolves [ set wool 1 ]", "WOLVES breed does not own variable WOOL");
    errors_of("ask turtles [ set age [] ] ask turtles [ set age age + 1 ]",
              "+ expected input to be a number but got the list [] instead.");
    errors_of("ask patches [ set pcolor true ]",
              "can't set patch variable PCOLOR to non-number true");
    errors_of("ask patches [ set grass 3 ] ask patch 0 0 [ show count neighbors with [ grass ] ]",
              "WITH expected a true/false value from (patch 0 1), but got 3 instead.");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_that_are_only_looked_at),
        cmocka_unit_test(sets_made_afresh),
        cmocka_unit_test(searches_reach_across_the_edges),
        cmocka_unit_test(simple_inputs_and_variables),
        cmocka_unit_test(errors_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
