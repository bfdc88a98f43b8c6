// SPDX-License-Identifier: Apache-2.0
// BehaviorSpace experiments as studies: both layouts, files that hold them, sub-experiments, and
// the run lists of NetLogo's own experiments.
#include "lib/formats/formats.h"
#include "tests/unit/study/fixture.h"

#include <unistd.h>

// Reads with an experiment's name or NULL; the caller frees both parts.
static sw_imported
import(const char *text, const char *experiment)
{
    sw_faults faults = {0};
    sw_imported got = {0};
    sw_import how = {.model = "netlogo/test", .experiment = experiment};
    const sw_format_row *f = sw_format_guess(text, strlen(text));
    assert_non_null(f);
    assert_string_equal(f->name, "behaviorspace");
    if (!f->read(text, strlen(text), &how, &got, &faults))
        fail_msg("%s %s", faults.v[0].pointer, faults.v[0].message);
    return got;
}

static void
drop_imported(sw_imported *m)
{
    json_decref(m->documents);
    json_decref(m->warnings);
}

// One experiment must become this study ('quotes' for "quotes").
static void
expect_study(const char *text, const char *expected)
{
    sw_imported m = import(text, NULL);
    sw_auto(json) json_t *wanted = json_of(expected);
    const json_t *document = json_array_get(m.documents, 0);
    sw_auto(free) char *is = sw_json_text(document, true);
    sw_auto(free) char *should = sw_json_text(wanted, true);
    assert_string_equal(is, should);
    drop_imported(&m);
}

static void
expect_refusal(const char *text, const char *part)
{
    sw_faults faults = {0};
    sw_imported got = {0};
    sw_import how = {0};
    assert_false(sw_format_find("behaviorspace")->read(text, strlen(text), &how, &got, &faults));
    if (!strstr(faults.v[0].message, part))
        fail_msg("\"%s\" instead of \"%s\"", faults.v[0].message, part);
    sw_faults_fini(&faults);
}

#define STUDY                                                                                      \
    "{'model': 'netlogo/test', 'name': 'fire', 'replicates': 3, 'design': {'method': 'grid'},"     \
    "'outputs': ['burned', 'ticks'], 'parameters': {'density': {'first': 0.1, 'step': 0.1,"        \
    "'last': 0.5}, 'wind?': {'values': [true, false]}, 'mode': {'values': ['a b', 'c']},"          \
    "'size': 7, 'setup': 'setup-fire', 'stop-if': 'burned > 3', 'time-limit': 50}}"

static void
the_layout_of_version_7_is_read(void **state)
{
    (void)state;
    expect_study("<?xml version=\"1.0\"?><experiments><experiment name=\"fire\" repetitions=\"3\" "
                 "sequentialRunOrder=\"true\" runMetricsEveryStep=\"false\" timeLimit=\"50\">"
                 "<setup>setup-fire</setup><go>go</go>"
                 "<exitCondition><![CDATA[burned > 3]]></exitCondition>"
                 "<metrics><metric>burned</metric><metric>ticks</metric><metric>burned</metric>"
                 "</metrics><constants>"
                 "<steppedValueSet variable=\"density\" first=\"0.1\" step=\"0.1\" last=\"0.5\"/>"
                 "<enumeratedValueSet variable=\"wind?\"><value value=\"true\"/>"
                 "<value value=\"false\"/></enumeratedValueSet>"
                 "<enumeratedValueSet variable=\"mode\"><value value=\"&quot;a b&quot;\"/>"
                 "<value value=\"&quot;c&quot;\"/></enumeratedValueSet>"
                 "<enumeratedValueSet variable=\"size\"><value value=\"7\"/></enumeratedValueSet>"
                 "</constants></experiment></experiments>",
                 STUDY);
}

#define OLD                                                                                        \
    "<experiments><experiment name=\"fire\" repetitions=\"3\" runMetricsEveryStep=\"false\">"      \
    "<setup>setup-fire\n</setup><go>go</go><timeLimit steps=\"50\"/>"                              \
    "<exitCondition>burned &gt; 3</exitCondition>"                                                 \
    "<metric>burned</metric><metric>ticks</metric>"                                                \
    "<steppedValueSet variable=\"density\" first=\"0.1\" step=\"0.1\" last=\"0.5\"/>"              \
    "<enumeratedValueSet variable=\"wind?\"><value value=\"true\"/>"                               \
    "<value value=\"false\"/></enumeratedValueSet>"                                                \
    "<enumeratedValueSet variable=\"mode\"><value value=\"&quot;a b&quot;\"/>"                     \
    "<value value=\"&quot;c&quot;\"/></enumeratedValueSet>"                                        \
    "<enumeratedValueSet variable=\"size\"><value value=\"7\"/></enumeratedValueSet>"              \
    "</experiment></experiments>"

static void
the_layout_of_version_6_is_read(void **state)
{
    (void)state;
    expect_study(OLD, STUDY);
}

static void
experiments_are_found_in_model_files(void **state)
{
    (void)state;
#define NEXT "\n@#$#@#$#@\n"
    expect_study("to go\nend" NEXT "interface" NEXT "info <b>" NEXT "shapes" NEXT
                 "NetLogo 6.4.0" NEXT "preview" NEXT "dynamics" NEXT OLD NEXT "hubnet" NEXT
                 "links" NEXT "1" NEXT,
                 STUDY);
    expect_study("<model version=\"NetLogo 7\"><code>to go end</code><widgets/>" OLD "</model>",
                 STUDY);
    expect_refusal("a" NEXT "b" NEXT "c" NEXT "d" NEXT "e" NEXT "f" NEXT "g" NEXT NEXT "h" NEXT,
                   "holds no experiments");
}

static void
metrics_of_every_step_are_series(void **state)
{
    (void)state;
    expect_study("<experiments><experiment name=\"s\" repetitions=\"1\" "
                 "runMetricsEveryStep=\"true\" timeLimit=\"5\"><setup>setup</setup><go>go</go>"
                 "<metric>m</metric></experiment></experiments>",
                 "{'model': 'netlogo/test', 'name': 's', 'replicates': 1,"
                 "'design': {'method': 'grid'}, 'parameters': {'time-limit': 5},"
                 "'outputs': [{'name': 'm', 'kind': 'series'}]}");
    expect_study("<experiments><experiment name=\"s\" repetitions=\"1\" "
                 "runMetricsEveryStep=\"false\" timeLimit=\"5\"><go>step</go>"
                 "<runMetricsCondition>ticks mod 5 = 0</runMetricsCondition>"
                 "<metric>m</metric></experiment></experiments>",
                 "{'model': 'netlogo/test', 'name': 's', 'replicates': 1,"
                 "'design': {'method': 'grid'}, 'parameters': {'time-limit': 5, 'setup': '',"
                 "'go': 'step', 'measure-if': 'ticks mod 5 = 0'},"
                 "'outputs': [{'name': 'm', 'kind': 'series'}]}");
}

#define SUB_EXPERIMENTS(constants, subs)                                                           \
    "<experiments><experiment name=\"s\" repetitions=\"1\" timeLimit=\"1\" "                       \
    "runMetricsEveryStep=\"false\"><setup>setup</setup><go>go</go><metric>m</metric>"              \
    "<constants>" constants "</constants><subExperiments>" subs "</subExperiments></experiment>"   \
    "</experiments>"
#define VALUES(variable, values)                                                                   \
    "<enumeratedValueSet variable=\"" variable "\">" values "</enumeratedValueSet>"
#define SUB(sets) "<subExperiment>" sets "</subExperiment>"
#define A_AND_B                                                                                    \
    "<steppedValueSet variable=\"a\" first=\"1\" step=\"1\" last=\"2\"/>" VALUES(                  \
        "b", "<value value=\"5\"/>")

// Constants that a sub-experiment does not name stay.
static void
sub_experiments_are_grids(void **state)
{
    (void)state;
    expect_study(SUB_EXPERIMENTS(A_AND_B VALUES("c", "<value value=\"true\"/>"),
                                 SUB(VALUES("a", "<value value=\"9\"/>"))
                                     SUB(VALUES("b", "<value value=\"6\"/><value value=\"7\"/>"))),
                 "{'model': 'netlogo/test', 'name': 's', 'replicates': 1, 'outputs': ['m'],"
                 "'parameters': {'time-limit': 1, 'a': {'values': [9, 1, 2]},"
                 "'b': {'values': [5, 6, 7]}, 'c': true},"
                 "'design': {'method': 'grid', 'sub_experiments': ["
                 "{'a': 9, 'b': 5}, {'a': [1, 2], 'b': [6, 7]}]}}");
}

// The last variable varies fastest; what a point does not name, the model decides.
static void
sub_experiments_of_different_variables_are_listed(void **state)
{
    (void)state;
    expect_study(SUB_EXPERIMENTS(A_AND_B, SUB(VALUES("c", "<value value=\"9\"/>")) SUB(VALUES(
                                              "b", "<value value=\"6\"/><value value=\"7\"/>"))),
                 "{'model': 'netlogo/test', 'name': 's', 'replicates': 1, 'outputs': ['m'],"
                 "'parameters': {'time-limit': 1}, 'design': {'method': 'list', 'points': ["
                 "{'a': 1, 'b': 5, 'c': 9}, {'a': 2, 'b': 5, 'c': 9}, {'a': 1, 'b': 6},"
                 "{'a': 1, 'b': 7}, {'a': 2, 'b': 6}, {'a': 2, 'b': 7}]}}");
}

static void
what_has_no_place_in_a_study_is_said(void **state)
{
    (void)state;
    sw_imported m = import("<experiments><experiment name=\"e\" repetitions=\"1\">"
                           "<postRun>beep</postRun></experiment></experiments>",
                           NULL);
    sw_auto(free) char *text = sw_json_text(m.warnings, false);
    assert_non_null(strstr(text, "neither a time limit nor an exit condition"));
    assert_non_null(strstr(text, "postRun"));
    assert_non_null(strstr(text, "no metrics"));
    drop_imported(&m);
}

static void
the_kind_of_a_parameter_decides_about_its_values(void **state)
{
    (void)state;
    sw_faults faults = {0};
    sw_imported got = {0};
    sw_import how = {.model = "test/kinds", .descriptor = kinds_model()};
    static const char text[] =
        "<experiments><experiment name=\"e\" repetitions=\"1\" timeLimit=\"1\"><metric>m</metric>"
        "<enumeratedValueSet variable=\"label\"><value value=\"5\"/><value value=\"[1 2]\"/>"
        "</enumeratedValueSet></experiment></experiments>";
    assert_true(sw_format_find("behaviorspace")->read(text, sizeof text - 1, &how, &got, &faults));
    sw_auto(json) json_t *expected = json_of("{'values': ['5', '[1 2]']}");
    assert_true(json_equal(
        json_object_get(json_object_get(json_array_get(got.documents, 0), "parameters"), "label"),
        expected));
    drop_imported(&got);
}

static void
faults_say_what_is_wrong(void **state)
{
    (void)state;
#define EXPERIMENT(inside)                                                                         \
    "<experiments><experiment name=\"e\" timeLimit=\"1\">" inside "</experiment></experiments>"
    expect_refusal("<experiments><experiment>", "line 1: not well-formed XML");
    expect_refusal("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "declares something of its own");
    expect_refusal("<experiments></experiments>", "holds no experiments");
    expect_refusal(EXPERIMENT("<timeLimit steps=\"many\"/>"), "timeLimit must be a whole number");
    expect_refusal(EXPERIMENT("<enumeratedValueSet variable=\"a\"/>"), "a has no values");
    expect_refusal(
        EXPERIMENT("<steppedValueSet variable=\"a\" first=\"0\" step=\"0\" last=\"1\"/>"),
        "must be numbers and give 1 to 100000 values");
    expect_refusal(
        EXPERIMENT("<steppedValueSet variable=\"a\" first=\"0\" step=\"1e-9\" last=\"1\"/>"),
        "must be numbers and give 1 to 100000 values");
#define MANY "<steppedValueSet variable=\"a\" first=\"1\" step=\"1\" last=\"90000\"/>"
    expect_refusal(EXPERIMENT("<subExperiments><subExperiment>" MANY "</subExperiment>"
                              "<subExperiment>" VALUES("b", "<value value=\"1\"/>") MANY
                              "</subExperiment></subExperiments>"),
                   "of different variables, have more than 100000 points");
}

// A million sets of many values each must not be spelt out before they are counted.
static void
hostile_sets_are_bounded(void **state)
{
    (void)state;
    sw_buffer b = {0};
    sw_buffer_str(&b, "<experiments><experiment name=\"e\"><subExperiment>");
    for (int i = 0; i < 20000; i++)
        sw_buffer_str(&b, MANY);
    sw_buffer_str(&b, "</subExperiment></experiment></experiments>");
    expect_refusal(sw_buffer_text(&b), "more than 1000000 values");
    sw_buffer_fini(&b);
}

static void
one_experiment_can_be_chosen(void **state)
{
    (void)state;
    static const char two[] = "<experiments><experiment name=\"a\" timeLimit=\"1\"/>"
                              "<experiment name=\"b\" timeLimit=\"2\"/></experiments>";
    sw_imported both = import(two, NULL), b = import(two, "b");
    assert_int_equal(json_array_size(both.documents), 2);
    assert_int_equal(json_array_size(b.documents), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(b.documents, 0), "name")),
                        "b");
    drop_imported(&both);
    drop_imported(&b);
}

// ---- NetLogo's own experiments ----

static char *
read_reference(const char *name)
{
    const char *dir = getenv("SWEEPD_REFERENCE");
    sw_auto(free) char *path = sw_format("%s/netlogo/lab/%s", dir ? dir : "../shared/data", name);
    FILE *f = fopen(path, "r");
    sw_buffer b = {0};
    if (!f)
        return NULL;
    for (size_t got; (got = fread(sw_buffer_room(&b, 65536), 1, 65536, f)) > 0;)
        b.n += got;
    fclose(f);
    return sw_buffer_text(&b);
}

// How many values a parameter of a grid takes.
static size_t
values_of(const json_t *p)
{
    double step = json_number_value(json_object_get(p, "step"));
    if (step > 0)
        return (size_t)((json_number_value(json_object_get(p, "last")) -
                         json_number_value(json_object_get(p, "first"))) /
                            step +
                        1.000001);
    const json_t *values = json_is_array(p) ? p : json_object_get(p, "values");
    return values ? json_array_size(values) : 1;
}

// Points of a grid, of which `part` says some parameters anew.
static size_t
points_of(const json_t *parameters, const json_t *part)
{
    size_t n = 1;
    const char *name;
    json_t *p;
    json_object_foreach ((json_t *)parameters, name, p) {
        const json_t *said = json_object_get(part, name);
        n *= values_of(said ? said : p);
    }
    return n;
}

// Runs of a document: points times replicates.
static size_t
runs_of(const json_t *document)
{
    const json_t *design = json_object_get(document, "design");
    const json_t *parameters = json_object_get(document, "parameters");
    const json_t *points = json_object_get(design, "points");
    const json_t *parts = json_object_get(design, "sub_experiments");
    size_t n = points ? json_array_size(points) : parts ? 0 : points_of(parameters, NULL);
    for (size_t k = 0; k < json_array_size(parts); k++)
        n += points_of(parameters, json_array_get(parts, k));
    return n * (size_t)json_integer_value(json_object_get(document, "replicates"));
}

// The highest run number of a table; its first line is the header.
static size_t
runs_in_table(const char *table)
{
    size_t most = 0, line = 0;
    for (const char *at = table; at && *at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
        if (++line > 1 && *at == '"' && (size_t)atol(at + 1) > most)
            most = (size_t)atol(at + 1);
    }
    return most;
}

static void
netlogos_own_experiments_have_as_many_runs_as_its_tables(void **state)
{
    (void)state;
    static const char *const files[] = {"protocols.xml", "protocols-64.xml"};
    size_t compared = 0;
    for (size_t f = 0; f < sw_countof(files); f++) {
        sw_auto(free) char *text = read_reference(files[f]);
        if (!text)
            skip();
        sw_imported m = import(text, NULL);
        assert_true(json_array_size(m.documents) >= 49);
        size_t i;
        json_t *d;
        json_array_foreach (m.documents, i, d) {
            const char *name = json_string_value(json_object_get(d, "name"));
            sw_auto(free) char *file = sw_format("%s-table.csv", name);
            sw_auto(free) char *table = read_reference(file);
            // Runs that fail leave no lines.
            if (!table || runs_in_table(table) == 0 || strstr(name, "Boom"))
                continue;
            compared++;
            if (runs_of(d) != runs_in_table(table))
                fail_msg("%s: %zu runs, not %zu", name, runs_of(d), runs_in_table(table));
        }
        drop_imported(&m);
    }
    assert_true(compared > 50);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layout_of_version_7_is_read),
        cmocka_unit_test(the_layout_of_version_6_is_read),
        cmocka_unit_test(experiments_are_found_in_model_files),
        cmocka_unit_test(metrics_of_every_step_are_series),
        cmocka_unit_test(sub_experiments_are_grids),
        cmocka_unit_test(sub_experiments_of_different_variables_are_listed),
        cmocka_unit_test(what_has_no_place_in_a_study_is_said),
        cmocka_unit_test(the_kind_of_a_parameter_decides_about_its_values),
        cmocka_unit_test(faults_say_what_is_wrong),
        cmocka_unit_test(hostile_sets_are_bounded),
        cmocka_unit_test(one_experiment_can_be_chosen),
        cmocka_unit_test(netlogos_own_experiments_have_as_many_runs_as_its_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
