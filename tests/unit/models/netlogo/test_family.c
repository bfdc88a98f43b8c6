// SPDX-License-Identifier: Apache-2.0
// NetLogo files as models: parameters from widgets, outputs from reporters, errors with a place.
#include "models/netlogo/netlogo.h"
#include "tests/support/model_harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILE_OF(code, widgets)                                                                     \
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<model version=\"NetLogo 7.0.0\">\n"              \
    "<code><![CDATA[" code "]]></code>\n<widgets><view minPxcor=\"-5\" maxPxcor=\"5\" "            \
    "minPycor=\"-5\" maxPycor=\"5\" wrappingAllowedX=\"true\" "                                    \
    "wrappingAllowedY=\"true\"></view>\n" widgets "</widgets></model>\n"
#define SLIDER                                                                                     \
    "<slider variable=\"n\" min=\"0\" max=\"50\" step=\"1\" default=\"5\" "                        \
    "units=\"ants\"></slider>"
#define CHOOSER                                                                                    \
    "<chooser variable=\"mode\" current=\"1\"><choice type=\"string\" value=\"a b\"></choice>"     \
    "<choice type=\"string\" value=\"c\"></choice></chooser>"

static const char walk[] = FILE_OF("to setup clear-all create-turtles n reset-ticks end\n"
                                   "to go ask turtles [ fd random-float 1 ] tick end",
                                   SLIDER CHOOSER);

static sw_model *
load(const char *text, sw_source_error *error)
{
    sw_source source = {
        .name = "netlogo/test", .file = "t.nlogox", .bytes = text, .n = strlen(text)};
    sw_model *model = NULL;
    return sw_netlogo_family.load(&source, &model, error) == 0 ? model : NULL;
}

static sw_model *
loaded(const char *text)
{
    sw_source_error error = {0};
    sw_model *model = load(text, &error);
    if (!model)
        fail_msg("%zu:%zu %s", error.line, error.column, error.message);
    return model;
}

static const sw_parameter *
parameter(const sw_model *m, const char *name)
{
    for (size_t j = 0; j < m->n_parameters; j++)
        if (strcmp(m->parameters[j].name, name) == 0)
            return &m->parameters[j];
    fail_msg("no parameter %s", name);
    return NULL;
}

static void
widgets_are_parameters(void **state)
{
    (void)state;
    sw_model *m = loaded(walk);
    sw_harness_check_descriptor(m);
    const sw_parameter *n = parameter(m, "n"), *mode = parameter(m, "mode");
    assert_true(n->min == 0 && n->max == 50 && n->value == 5);
    assert_string_equal(n->unit, "ants");
    assert_int_equal(mode->kind, SW_TEXT);
    assert_string_equal(mode->text, "c");
    assert_string_equal(mode->choices[0], "a b");
    assert_null(mode->choices[2]);
    sw_netlogo_family.unload(m);
}

static void
a_run_depends_on_inputs_and_seed_alone(void **state)
{
    (void)state;
    sw_model *m = loaded(walk);
    sw_harness *h = sw_harness_open(m, "sum [ xcor ] of turtles,count turtles,ticks");
    sw_harness_set(h, "n", 20);
    sw_harness_set(h, "time-limit", 7);
    double a = NAN;
    for (int k = 0; k < 3; k++) {
        const sw_result *r = sw_harness_run(h, k == 1 ? 12 : 11);
        assert_int_equal(r->outcome, SW_DONE);
        assert_true(r->out[1] == 20 && r->out[2] == 7);
        if (k == 0)
            a = r->out[0];
        else
            assert_true((r->out[0] == a) == (k == 2));
    }
    sw_harness_set(h, "random-seed", 11);
    assert_true(sw_harness_run(h, 99)->out[0] == a);
    sw_harness_close(&h);
    sw_netlogo_family.unload(m);
}

static void
the_world_has_the_size_asked_for(void **state)
{
    (void)state;
    sw_model *m = loaded(walk);
    sw_harness *h = sw_harness_open(m, "count patches");
    assert_true(sw_harness_run(h, 1)->out[0] == 121);
    sw_harness_set(h, "max-pxcor", 10);
    assert_true(sw_harness_run(h, 1)->out[0] == 16 * 11);
    sw_harness_close(&h);
    sw_netlogo_family.unload(m);
}

static void
a_run_ends_when_it_is_told_to(void **state)
{
    (void)state;
    static const char *const texts[] = {"ticks >= 3", NULL};
    const sw_harness_texts given[] = {{"stop-if", texts}, {NULL, NULL}};
    const sw_harness_setup setup = {.outputs = "ticks", .texts = given};
    char error[500] = "";
    sw_model *m = loaded(walk);
    sw_harness *h = sw_harness_open_with(m, &setup, error, sizeof error);
    assert_non_null(h);
    assert_true(sw_harness_run(h, 1)->out[0] == 3);
    sw_harness_close(&h);
    sw_netlogo_family.unload(m);
}

static void
a_file_that_does_not_compile_is_refused_with_its_place(void **state)
{
    (void)state;
    sw_source_error error = {0};
    assert_null(load(FILE_OF("to go\n  fb 1\nend", ""), &error));
    assert_int_equal(error.line, 4);
    assert_int_equal(error.column, 3);
    assert_string_equal(error.message, "Nothing named FB has been defined.");
    assert_null(load("not a model", &error));
    sw_source folder = {.name = "netlogo/test", .dir = "/nowhere"};
    sw_model *model = NULL;
    assert_int_equal(sw_netlogo_family.load(&folder, &model, &error), -1);
}

static void
a_reporter_that_does_not_compile_is_refused_at_the_opening(void **state)
{
    (void)state;
    char error[500] = "";
    const sw_harness_setup setup = {.outputs = "count turtels"};
    sw_model *m = loaded(walk);
    assert_null(sw_harness_open_with(m, &setup, error, sizeof error));
    assert_non_null(strstr(error, "count turtels"));
    if (!strstr(error, "line 1, column 7"))
        fail_msg("%s", error);
    assert_non_null(strstr(error, "Nothing named TURTELS has been defined."));
    sw_netlogo_family.unload(m);
}

static void
a_runtime_error_fails_the_run_with_its_stack(void **state)
{
    (void)state;
    sw_model *m = loaded(FILE_OF("to setup clear-all reset-ticks end\nto go deeper end\n"
                                 "to deeper show 1 / 0 end",
                                 ""));
    sw_harness *h = sw_harness_open(m, "ticks");
    const sw_result *r = sw_harness_run(h, 1);
    assert_int_equal(r->outcome, SW_ERROR);
    assert_non_null(strstr(r->fail, "Division by zero."));
    assert_non_null(strstr(r->fail, "DEEPER"));
    sw_harness_close(&h);
    sw_netlogo_family.unload(m);
}

static void
a_run_has_files_of_its_own(void **state)
{
    (void)state;
    sw_model *m =
        loaded(FILE_OF("globals [ got ]\nto setup clear-all file-open \"a.txt\" file-print 7 "
                       "file-close file-open \"a.txt\" set got file-read file-close "
                       "reset-ticks end\nto go end\n"
                       "to out file-open \"../b.txt\" file-print 1 file-close end",
                       ""));
    sw_harness *h = sw_harness_open(m, "got");
    for (int k = 0; k < 2; k++) {
        const sw_result *r = sw_harness_run(h, 1);
        if (r->outcome != SW_DONE)
            fail_msg("%s", r->fail);
        assert_true(r->out[0] == 7);
    }
    sw_harness_close(&h);
    static const char *const out[] = {"out", NULL};
    const sw_harness_texts given[] = {{"go", out}, {NULL, NULL}};
    const sw_harness_setup setup = {.outputs = "got", .texts = given};
    char error[500] = "";
    h = sw_harness_open_with(m, &setup, error, sizeof error);
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_ERROR);
    sw_harness_close(&h);
    sw_netlogo_family.unload(m);
}

static void
what_never_ends_is_stopped(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        FILE_OF("to setup while [ true ] [ ] end\nto go end", ""),
        FILE_OF("to setup setup end\nto go end", ""),
        FILE_OF("to setup crt 1e9 end\nto go end", ""),
        FILE_OF("to setup let l [1 2 3] while [ true ] [ set l sentence l l ] end\nto go end", ""),
    };
    for (size_t k = 0; k < sizeof bodies / sizeof *bodies; k++) {
        const sw_harness_setup setup = {
            .outputs = "ticks", .run_seconds = 1, .memory_bytes = (size_t)64 << 20};
        char error[500] = "";
        sw_model *m = loaded(bodies[k]);
        sw_harness *h = sw_harness_open_with(m, &setup, error, sizeof error);
        const sw_result *r = sw_harness_run(h, 1);
        assert_int_not_equal(r->outcome, SW_DONE);
        assert_true(strlen(r->fail) > 10);
        sw_harness_close(&h);
        sw_netlogo_family.unload(m);
    }
}

static void
the_examples_run(void **state)
{
    (void)state;
    size_t n = 0;
    for (const sw_source *s = sw_netlogo_family.shipped; s->name; s++, n++) {
        sw_source_error error = {0};
        sw_model *m = NULL;
        if (sw_netlogo_family.load(s, &m, &error) != 0)
            fail_msg("%s %zu:%zu %s", s->name, error.line, error.column, error.message);
        sw_harness_check_descriptor(m);
        assert_true(m->n_outputs >= 1);
        sw_harness *h = sw_harness_open(m, m->outputs[0].name);
        sw_harness_set(h, "time-limit", 5);
        const sw_result *r = sw_harness_run(h, 3);
        if (r->outcome != SW_DONE)
            fail_msg("%s: %s", s->name, r->fail);
        assert_true(isfinite(r->out[0]));
        sw_harness_close(&h);
        sw_netlogo_family.unload(m);
    }
    assert_int_equal(n, 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widgets_are_parameters),
        cmocka_unit_test(a_run_depends_on_inputs_and_seed_alone),
        cmocka_unit_test(the_world_has_the_size_asked_for),
        cmocka_unit_test(a_run_ends_when_it_is_told_to),
        cmocka_unit_test(a_file_that_does_not_compile_is_refused_with_its_place),
        cmocka_unit_test(a_reporter_that_does_not_compile_is_refused_at_the_opening),
        cmocka_unit_test(a_runtime_error_fails_the_run_with_its_stack),
        cmocka_unit_test(a_run_has_files_of_its_own),
        cmocka_unit_test(what_never_ends_is_stopped),
        cmocka_unit_test(the_examples_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
