// SPDX-License-Identifier: Apache-2.0
// Model files of both formats give the same struct; faults name their line; limits hold.
#include "models/netlogo/loader/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CORPUS "tests/fuzz/corpus/netlogo_loader/"

static char *
read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot open %s (run from the root of the tree)", path);
    char *bytes = malloc(1 << 20);
    assert_non_null(bytes);
    *n = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    return bytes;
}

static int
read_include(void *self, const char *name, const void **bytes, size_t *n)
{
    (void)self;
    *bytes = name[0] == 'a' ? "to helper end\r\n" : "__includes [\"a\"]";
    *n = strlen(*bytes);
    return 0;
}

static const sw_nl_includes includes = {read_include, NULL};

static sw_nl_file *
load_corpus(const char *path)
{
    size_t n;
    char *bytes = read_file(path, &n);
    sw_nl_file *file = NULL;
    sw_source_error error = {0};
    if (sw_nl_file_load(bytes, n, &includes, &file, &error) != 0)
        fail_msg("%s:%zu: %s", path, error.line, error.message);
    free(bytes);
    return file;
}

// Wraps widgets and more into a smallest .nlogox.
static int
load_xml(const char *view, const char *more, sw_nl_file **file, sw_source_error *error)
{
    char text[4096];
    int n = snprintf(text, sizeof text,
                     "<model version=\"NetLogo 7.0.4\">\n<code>to go end</code>\n<widgets>\n"
                     "%s\n%s</widgets>\n</model>\n",
                     view, more);
    *file = NULL;
    return sw_nl_file_load(text, (size_t)n, NULL, file, error);
}

static const char small_view[] =
    "<view minPxcor=\"-5\" maxPxcor=\"5\" minPycor=\"-5\" maxPycor=\"5\"/>";

static void
expect_fault(const char *view, const char *more, size_t line, const char *word)
{
    sw_nl_file *file;
    sw_source_error error = {0};
    assert_int_equal(load_xml(view, more, &file, &error), -1);
    assert_null(file);
    assert_int_equal(error.line, line);
    if (!strstr(error.message, word))
        fail_msg("'%s' does not say '%s'", error.message, word);
}

static void
sections_of_text_give_widgets_with_their_globals(void **state)
{
    (void)state;
    sw_nl_file *f = load_corpus(CORPUS "small.nlogo");
    assert_false(f->xml);
    assert_int_equal(f->dialect, SW_NL_DIALECT_6);
    assert_int_equal(f->view.min_pxcor, -35);
    assert_int_equal(f->n_controls, 4);
    assert_string_equal(f->controls[0].variable, "population");
    assert_string_equal(f->controls[0].value, "300");
    assert_string_equal(f->controls[0].max, "max-pxcor * 10");
    assert_string_equal(f->controls[1].value, "false");
    assert_string_equal(f->controls[2].value, "[1 \"b\" [2]]");
    assert_string_equal(f->controls[3].value, "\"history\\n\\\"x\\\".csv\"");
    assert_int_equal(f->n_plots, 1);
    assert_string_equal(f->plots[0].setup, "set a \"b\"");
    assert_int_equal(f->plots[0].n_pens, 2);
    assert_string_equal(f->plots[0].pens[1].update, "plot 1\nplot 2");
    assert_int_equal(f->n_turtle_shapes, 2);
    assert_string_equal(f->turtle_shapes[1], "wolf");
    assert_int_equal(f->n_experiments, 1);
    assert_int_equal(f->experiments[0].time_limit, 2);
    assert_string_equal(f->experiments[0].exit_condition, "ticks > 2");
    assert_string_equal(f->experiments[0].constants[1].first, "0.1");
    sw_nl_file_free(&f);
    assert_null(f);
}

static void
xml_gives_the_same_parts(void **state)
{
    (void)state;
    sw_nl_file *f = load_corpus(CORPUS "small.nlogox");
    assert_true(f->xml);
    assert_int_equal(f->dialect, SW_NL_DIALECT_7);
    assert_true(f->view.wrap_x && !f->view.wrap_y);
    assert_int_equal(f->n_controls, 4);
    assert_string_equal(f->controls[0].units, "%");
    assert_string_equal(f->controls[2].choices[0], "\"a \\\"b\\\"\"");
    assert_string_equal(f->controls[2].value, "[\"hello\" 6.5 []]");
    assert_string_equal(f->controls[2].choices[2], "2");
    assert_int_equal(f->controls[3].input, SW_NL_INPUT_COLOR);
    assert_int_equal(f->plots[0].pens[0].mode, SW_NL_PEN_BAR);
    assert_true(f->has_output);
    assert_int_equal(f->sources[0].line, 3);
    assert_string_equal(f->preview_commands, "setup");
    assert_int_equal(f->experiments[0].n_subs, 1);
    assert_string_equal(f->experiments[0].subs[0].sets[0].last, "50");
    assert_false(f->experiments[0].sequential);
    sw_nl_file_free(&f);
}

static void
system_dynamics_become_procedures_in_both_formats(void **state)
{
    (void)state;
    sw_nl_file *f = load_corpus(CORPUS "small.nlogo");
    assert_string_equal(f->sources[1].name, "System Dynamics");
    assert_non_null(strstr(f->sources[1].code, "let new-sheep max( list 0 ( sheep + local-births"));
    assert_non_null(strstr(f->sources[1].code, "set rate 0.04"));
    sw_nl_file_free(&f);
    f = load_corpus(CORPUS "small.nlogox");
    assert_true(f->system_dynamics_dt == 0.1);
    assert_non_null(strstr(f->sources[1].code, "let new-y ( y + local-f )"));
    sw_nl_file_free(&f);
}

static void
included_files_are_read_once_and_in_order(void **state)
{
    (void)state;
    sw_nl_file *f = load_corpus(CORPUS "small.nlogo");
    assert_int_equal(f->n_sources, 4);
    assert_string_equal(f->sources[2].name, "a");
    assert_string_equal(f->sources[2].code, "to helper end\n");
    assert_string_equal(f->sources[3].name, "b.nls");
    sw_nl_file_free(&f);
}

static void
an_include_without_a_reader_is_refused_with_its_line(void **state)
{
    (void)state;
    size_t n;
    char *bytes = read_file(CORPUS "small.nlogo", &n);
    sw_nl_file *file = NULL;
    sw_source_error error = {0};
    assert_int_equal(sw_nl_file_load(bytes, n, NULL, &file, &error), -1);
    assert_int_equal(error.line, 1);
    assert_non_null(strstr(error.message, "'a'"));
    free(bytes);
}

static void
faults_name_their_line(void **state)
{
    (void)state;
    expect_fault(small_view, "<slider variable=\"n\" min=\"0\" max=\"1\" step=\"1\"/>", 5,
                 "default");
    expect_fault(small_view, "<switch variable=\"n\" on=\"maybe\"/>", 5, "maybe");
    expect_fault(small_view,
                 "<chooser variable=\"c\" current=\"3\"><choice type=\"double\" "
                 "value=\"1\"/></chooser>",
                 5, "no choice number 3");
    expect_fault(small_view, "<oops", 5, "not well-formed");
    expect_fault("", "", 3, "no view");
}

static void
worlds_without_the_origin_or_too_large_are_refused(void **state)
{
    (void)state;
    expect_fault("<view minPxcor=\"1\" maxPxcor=\"5\" minPycor=\"0\" maxPycor=\"5\"/>", "", 4,
                 "patch 0 0");
    expect_fault("<view minPxcor=\"0\" maxPxcor=\"99999\" minPycor=\"0\" maxPycor=\"99999\"/>", "",
                 4, "too large");
}

static void
documents_may_not_declare_entities(void **state)
{
    (void)state;
    static const char bomb[] = "<?xml version=\"1.0\"?>\n<!DOCTYPE model [<!ENTITY a \"x\">]>\n"
                               "<model version=\"NetLogo 7.0.4\">&a;</model>";
    sw_nl_file *file = NULL;
    sw_source_error error = {0};
    assert_int_equal(sw_nl_file_load(bomb, strlen(bomb), NULL, &file, &error), -1);
    assert_non_null(strstr(error.message, "not allowed"));
}

// Every prefix either loads or is refused; with the sanitizer this also finds reads past the end.
static void
every_cut_file_is_loaded_or_refused(void **state)
{
    (void)state;
    static const char *const names[] = {CORPUS "small.nlogo", CORPUS "small.nlogox"};
    for (size_t k = 0; k < 2; k++) {
        size_t n;
        char *bytes = read_file(names[k], &n);
        for (size_t cut = 0; cut < n; cut++) {
            sw_nl_file *file = NULL;
            sw_source_error error = {0};
            if (sw_nl_file_load(bytes, cut, &includes, &file, &error) != 0)
                assert_true(error.message[0] != 0);
            sw_nl_file_free(&file);
        }
        free(bytes);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_of_text_give_widgets_with_their_globals),
        cmocka_unit_test(xml_gives_the_same_parts),
        cmocka_unit_test(system_dynamics_become_procedures_in_both_formats),
        cmocka_unit_test(included_files_are_read_once_and_in_order),
        cmocka_unit_test(an_include_without_a_reader_is_refused_with_its_line),
        cmocka_unit_test(faults_name_their_line),
        cmocka_unit_test(worlds_without_the_origin_or_too_large_are_refused),
        cmocka_unit_test(documents_may_not_declare_entities),
        cmocka_unit_test(every_cut_file_is_loaded_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
