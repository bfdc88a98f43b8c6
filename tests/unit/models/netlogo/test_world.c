// SPDX-License-Identifier: Apache-2.0
// Worlds, files and extensions: what a model writes it reads back, and nothing outside of its
// folder; searches, cones, diffusion, ties and layouts give the figures of the reference tests.
#include "models/netlogo/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/netlogo-world-XXXXXX";

static sw_nl_session *
open_code(const char *code)
{
    static const sw_nl_limits limits = {.instructions = 3000000, .memory = (size_t)64 << 20};
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_open_code(code, SW_NL_DIALECT_7, &limits, &error);
    if (s == NULL)
        fail_msg("%s", error.message);
    assert_int_equal(sw_nl_session_folders(s, folder, NULL, ""), 0);
    return s;
}

static void
command(sw_nl_session *s, const char *text)
{
    sw_nl_error error = {0};
    if (sw_nl_session_command(s, SW_NL_O, text, &error) != 0)
        fail_msg("%s: %s", text, error.message);
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
check_fails(sw_nl_session *s, const char *commands)
{
    sw_nl_error error = {0};
    assert_int_equal(sw_nl_session_command(s, SW_NL_O, commands, &error), -1);
    assert_int_not_equal(error.message[0], 0);
}

static void
an_exported_world_comes_back_whole(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("globals [g] breed [wolves wolf] turtles-own [friend] "
                                 "undirected-link-breed [edges edge] edges-own [w]");
    const char *text;
    sw_nl_error error;
    command(s, "random-seed 5 crt 5 [ fd 2 ] create-wolves 3 [ fd 1 set friend one-of turtles ] "
               "ask turtle 1 [ die ] ask turtle 0 [ create-edges-with wolves [ set w [1 \"a\"] ] ] "
               "ask patches [ set pcolor pxcor * 7 ] reset-ticks tick "
               "set g (list patch 0 1 turtle 0 wolves (turtles with [who > 3]) edge 0 5)");
    assert_int_equal(sw_nl_session_export(s, &text, &error), 0);
    char *before = strdup(text);
    command(s, "export-world \"w.csv\" ca import-world \"w.csv\"");
    assert_int_equal(sw_nl_session_export(s, &text, &error), 0);
    assert_string_equal(text, before);
    free(before);
    sw_nl_session_close(&s);
}

static void
what_is_no_world_is_refused(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("");
    command(s, "file-open \"x.csv\" file-print \"\\\"TURTLES\\\"\" file-print \"1,2\" file-close");
    check_fails(s, "import-world \"x.csv\"");
    check_fails(s, "import-world \"absent.csv\"");
    sw_nl_session_close(&s);
}

static void
files_are_read_as_they_were_written(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("");
    command(s, "file-open \"a.txt\" file-print \"one line\" file-write [1 \"b\"] file-close");
    command(s, "file-open \"a.txt\"");
    check_value(s, "file-read-line", "\"one line\"");
    check_value(s, "file-read", "[1 \"b\"]");
    check_value(s, "file-at-end?", "true");
    command(s, "file-close file-delete \"a.txt\"");
    check_value(s, "file-exists? \"a.txt\"", "false");
    sw_nl_session_close(&s);
}

static void
no_path_leaves_the_folder(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("");
    char link[256];
    snprintf(link, sizeof link, "%s/out", folder);
    assert_int_equal(symlink("/etc", link), 0);
    check_fails(s, "file-open \"/etc/passwd\" __ignore file-read-line");
    check_fails(s, "file-open \"../../etc/passwd\" __ignore file-read-line");
    check_fails(s, "file-open \"out/passwd\" __ignore file-read-line");
    check_fails(s, "file-open \"out/x\" file-print 1");
    sw_nl_session_close(&s);
    unlink(link);
}

static void
tables_keep_the_order_of_insertion(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("extensions [table array] globals [t a]");
    command(s, "set t table:make foreach range 40 [ x -> table:put t x x * x ] table:remove t 3 "
               "table:put t \"k\" [1] table:put t 0 9");
    check_value(s, "table:length t", "40");
    check_value(s, "table:get t 39", "1521");
    check_value(s, "sublist table:keys t 0 4", "[0 1 2 4]");
    check_value(s, "table:get-or-default t 3 -1", "-1");
    check_value(s, "table:counts [2 1 2]", "{{table: [2 2] [1 1]}}");
    command(s, "set a array:from-list [1 2 3] array:set a 1 \"x\"");
    check_value(s, "array:to-list a", "[1 \"x\" 3]");
    check_fails(s, "array:set a 3 0");
    sw_nl_session_close(&s);
}

static void
rows_of_text_become_lists_and_back(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("extensions [csv]");
    check_value(s, "csv:from-row \"1, two ,\\\"a,b\\\",TRUE,\"", "[1 \"two\" \"a,b\" true \"\"]");
    check_value(s, "csv:to-row [1 \"a,b\" true]", "\"1,\\\"a,b\\\",true\"");
    check_value(s, "csv:from-string csv:to-string [[1 2] [\"x\" 4]]", "[[1 2] [\"x\" 4]]");
    sw_nl_session_close(&s);
}

static void
linear_systems_are_solved(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("extensions [matrix]");
    check_value(s,
                "matrix:to-row-list matrix:solve matrix:from-row-list [[2 1] [1 3]] "
                "matrix:from-column-list [[3 4]]",
                "[[1] [1]]");
    check_value(s, "matrix:det matrix:from-row-list [[2 1] [1 3]]", "5");
    check_fails(s, "print matrix:inverse matrix:make-constant 2 2 1");
    sw_nl_session_close(&s);
}

static void
weights_decide_and_zero_is_never_drawn(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("extensions [rnd]");
    check_value(s,
                "remove-duplicates n-values 50 [ rnd:weighted-one-of-list [0 1 2] [ x -> "
                "ifelse-value x = 1 [3] [0] ] ]",
                "[1]");
    check_value(s, "sort rnd:weighted-n-of-list 3 [0 1 2] [ x -> x ]", "[0 1 2]");
    sw_nl_session_close(&s);
}

// The orders are those of NetLogo 7.0.4, as its exported worlds show them.
static void
searches_and_sets_keep_their_order(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("globals [a b]");
    const char *text;
    sw_nl_error error;
    command(s, "set a patches with [pxcor = 0] set b [patches in-radius 1] of patch 5 5");
    assert_int_equal(sw_nl_session_export(s, &text, &error), 0);
    assert_non_null(strstr(text, "{patches [0 -5] [0 -4]"));
    assert_non_null(strstr(text, "{patches [5 5] [5 -5] [-5 5] [5 4] [4 5]}"));
    check_value(s, "[count patches in-radius 2] of patch 0 0", "13");
    sw_nl_session_close(&s);
}

static void
diffusion_is_symmetric_at_the_edges(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("patches-own [h]");
    command(s, "set-topology false false ask patch 0 0 [ set h 139 ] repeat 50 [ diffuse h 0.83 ]");
    check_value(s,
                "all? patches [ h = [h] of patch (0 - pxcor) pycor and h = [h] of patch pycor "
                "pxcor ]",
                "true");
    sw_nl_session_close(&s);
}

// From the language test TransitiveTieMovement.
static void
ties_carry_what_is_tied_to_the_tied(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("");
    command(s, "random-seed 0 crt 3 [fd 2] ask turtle 0 [create-link-with turtle 1 [tie]] "
               "ask turtle 2 [create-link-with turtle 1 [tie] rt 2]");
    check_value(s, "[precision xcor 10] of turtle 0", "-1.3273898428");
    check_value(s, "[precision ycor 10] of turtle 1", "-1.0719608428");
    sw_nl_session_close(&s);
}

// From the language test TestLayoutSpringLeaveSomeTurtlesOut.
static void
springs_move_to_the_reference_places(void **state)
{
    (void)state;
    sw_nl_session *s = open_code("");
    command(s, "random-seed 100 crt 20 [ setxy (random-xcor) (random-ycor) ] ask turtle 0 [ "
               "create-link-with turtle 1 ] layout-spring turtles with [ color = red ] links 0.1 1 "
               "0.1");
    check_value(s, "[(list precision xcor 2 precision ycor 2)] of turtle 3 != 0", "true");
    check_value(s, "mean map [t -> [xcor] of t] sort turtles < -0.4378", "true");
    sw_nl_session_close(&s);
}

static void
texts_read_but_do_not_change_locals(void **state)
{
    (void)state;
    sw_nl_session *s =
        open_code("to-report f [a] let b 2 run \"set b 9\" report runresult \"a * 10 + "
                  "b\" end to-report g report runresult \"nothing-here\" end");
    check_value(s, "f 4", "42");
    check_fails(s, "print g");
    sw_nl_session_close(&s);
}

static int
make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"w.csv", "x.csv", "a.txt", "out"};
    char path[256];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exported_world_comes_back_whole),
        cmocka_unit_test(what_is_no_world_is_refused),
        cmocka_unit_test(files_are_read_as_they_were_written),
        cmocka_unit_test(no_path_leaves_the_folder),
        cmocka_unit_test(tables_keep_the_order_of_insertion),
        cmocka_unit_test(rows_of_text_become_lists_and_back),
        cmocka_unit_test(linear_systems_are_solved),
        cmocka_unit_test(weights_decide_and_zero_is_never_drawn),
        cmocka_unit_test(searches_and_sets_keep_their_order),
        cmocka_unit_test(diffusion_is_symmetric_at_the_edges),
        cmocka_unit_test(ties_carry_what_is_tied_to_the_tied),
        cmocka_unit_test(springs_move_to_the_reference_places),
        cmocka_unit_test(texts_read_but_do_not_change_locals),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
