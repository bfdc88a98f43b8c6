// SPDX-License-Identifier: Apache-2.0
// Sweep configurations of Weights & Biases, and the YAML that they are written in.
#include "lib/formats/formats.h"
#include "lib/formats/yaml.h"
#include "tests/unit/study/fixture.h"

static json_t *
yaml_of(const char *text)
{
    sw_faults faults = {0};
    json_t *json = sw_yaml_read(text, strlen(text), &faults);
    if (!json)
        fail_msg("%s", faults.v[0].message);
    return json;
}

static void
expect_yaml(const char *text, const char *expected)
{
    sw_auto(json) json_t *got = yaml_of(text);
    sw_auto(json) json_t *wanted = json_of(expected);
    sw_auto(free) char *is = sw_json_text(got, true);
    sw_auto(free) char *should = sw_json_text(wanted, true);
    assert_string_equal(is, should);
}

static void
expect_no_yaml(const char *text, const char *part)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *json = sw_yaml_read(text, strlen(text), &faults);
    assert_null(json);
    assert_int_equal(faults.n, 1);
    if (!strstr(faults.v[0].message, part))
        fail_msg("\"%s\" instead of \"%s\"", faults.v[0].message, part);
    sw_faults_fini(&faults);
}

static void
yaml_is_read_as_json(void **state)
{
    (void)state;
    expect_yaml("a: 1\nb: -2.5\nc: yes\nd: true\ne: ~\nf: '3'\ng: [x, 1e3]\nh:\n  - 1\n  - i: .5\n",
                "{'a': 1, 'b': -2.5, 'c': 'yes', 'd': true, 'e': null, 'f': '3',"
                "'g': ['x', 1000.0], 'h': [1, {'i': 0.5}]}");
    expect_yaml("a: 1.2.3\nb: 0x10\nc: 1e999\nd: inf\ne: '-'\n",
                "{'a': '1.2.3', 'b': '0x10', 'c': '1e999', 'd': 'inf', 'e': '-'}");
}

static void
yaml_that_can_grow_or_mean_anything_is_refused(void **state)
{
    (void)state;
    expect_no_yaml("a: &x [1]\nb: *x\n", "line 1: anchors");
    expect_no_yaml("a: !!python/object 3\n", "line 1: anchors");
    expect_no_yaml("a: 1\na: 2\n", "line 2: a key stands twice");
    expect_no_yaml("[1]: 2\n", "a key must be");
    expect_no_yaml("a: [1\n", "line 2");
    expect_no_yaml("", "empty");
    char deep[200];
    memset(deep, '[', sizeof deep);
    deep[sizeof deep - 1] = 0;
    expect_no_yaml(deep, "nested too deeply");
}

static json_t *
study_of(const char *text, sw_imported *all)
{
    sw_faults faults = {0};
    sw_import how = {.model = "test/kinds"};
    const sw_format_row *f = sw_format_guess(text, strlen(text));
    assert_non_null(f);
    assert_string_equal(f->name, "wandb");
    if (!f->read(text, strlen(text), &how, all, &faults))
        fail_msg("%s %s", faults.v[0].pointer, faults.v[0].message);
    return json_array_get(all->documents, 0);
}

static void
a_sweep_is_a_study(void **state)
{
    (void)state;
    sw_imported all = {0};
    const json_t *got = study_of("program: train.py\n"
                                 "method: random\n"
                                 "run_cap: 40\n"
                                 "metric: {name: out, goal: minimize}\n"
                                 "parameters:\n"
                                 "  x: {min: 0.0, max: 1.0}\n"
                                 "  y: {distribution: log_uniform, min: 0, max: 1}\n"
                                 "  z: {distribution: normal, mu: 2, sigma: 0.5}\n"
                                 "  count: {min: 1, max: 6}\n"
                                 "  mode: {values: [a, b], probabilities: [0.25, 0.75]}\n"
                                 "  on: {value: true}\n",
                                 &all);
    sw_auto(json) json_t *wanted = json_of(
        "{'model': 'test/kinds', 'design': {'method': 'random', 'n': 40}, 'outputs': ['out'],"
        "'parameters': {'x': {'distribution': 'uniform', 'min': 0.0, 'max': 1.0},"
        "'y': {'distribution': 'loguniform', 'min': 1.0, 'max': 2.718281828459045},"
        "'z': {'distribution': 'normal', 'mean': 2.0, 'sd': 0.5},"
        "'count': {'distribution': 'uniform', 'min': 1.0, 'max': 6.0, 'integer': true},"
        "'mode': {'values': ['a', 'b'], 'weights': [0.25, 0.75]}, 'on': true}}");
    sw_auto(free) char *is = sw_json_text(got, true);
    sw_auto(free) char *should = sw_json_text(wanted, true);
    assert_string_equal(is, should);
    made m = make_for(kinds_model(), got);
    assert_int_equal(sw_plan_runs(m.plan), 40);
    drop(&m);
    json_decref(all.documents);
    json_decref(all.warnings);
}

static void
json_is_read_too(void **state)
{
    (void)state;
    sw_imported all = {0};
    const json_t *got = study_of("{\"method\": \"grid\", \"parameters\": {\"x\": "
                                 "{\"values\": [1, 2]}, \"y\": {\"values\": [1, 2, 3]}}}",
                                 &all);
    made m = make_for(kinds_model(), got);
    assert_int_equal(sw_plan_runs(m.plan), 6);
    drop(&m);
    json_decref(all.documents);
    json_decref(all.warnings);
}

// round(X / 0.5) 0.5 of X uniform on [0, 1.25]: 0 from [0, .25), .5 from [.25, .75), 1 from the
// rest up to 1.25.
static void
quantised_uniform_values_have_the_shares_of_rounding(void **state)
{
    (void)state;
    sw_imported all = {0};
    const json_t *got =
        study_of("method: random\nrun_cap: 3\nparameters: {x: {distribution: q_uniform, q: 0.5, "
                 "min: 0, max: 1.25}}\n",
                 &all);
    sw_auto(json) json_t *wanted =
        json_of("{'values': [0.0, 0.5, 1.0], 'weights': [0.25, 0.5, 0.5]}");
    sw_auto(free) char *is =
        sw_json_text(json_object_get(json_object_get(got, "parameters"), "x"), true);
    sw_auto(free) char *should = sw_json_text(wanted, true);
    assert_string_equal(is, should);
    json_decref(all.documents);
    json_decref(all.warnings);
}

static void
expect_refusal(const char *text, const char *pointer, const char *part)
{
    sw_faults faults = {0};
    sw_imported all = {0};
    sw_import how = {0};
    assert_false(sw_format_find("wandb")->read(text, strlen(text), &how, &all, &faults));
    if (strcmp(faults.v[0].pointer, pointer) != 0 || !strstr(faults.v[0].message, part))
        fail_msg("%s %s", faults.v[0].pointer, faults.v[0].message);
    sw_faults_fini(&faults);
}

static void
what_has_no_counterpart_is_refused(void **state)
{
    (void)state;
    expect_refusal("method: bayes\nparameters: {x: {min: 0, max: 1}}", "/method", "bayes chooses");
    expect_refusal("method: simplex\nparameters: {x: {min: 0, max: 1}}", "/method",
                   "grid or random");
    expect_refusal("parameters: {x: {min: 0, max: 1}}", "/method", "required");
    expect_refusal("method: grid\nparameters: {x: 3}", "/parameters/x", "must be an object");
    expect_refusal("method: grid\nparameters: {x: {}}", "/parameters/x", "must have value");
    expect_refusal("method: grid\nparameters: {x: {mim: 0}}", "/parameters/x/mim", "not known");
    expect_refusal("method: grid\nparameters: {x: {distribution: beta}}",
                   "/parameters/x/distribution", "no counterpart");
    expect_refusal("method: grid\nparameters: {x: {distribution: uniform, min: 0}}",
                   "/parameters/x/max", "must be a number");
    expect_refusal("method: random\nrun_cap: 3\nparameters: {x: {distribution: q_uniform, q: 1e-9, "
                   "min: 0, max: 1}}",
                   "/parameters/x/q", "at most");
    expect_refusal("method: random\nrun_cap: 3\nparameters: {x: {distribution: q_normal, q: 0.5}}",
                   "/parameters/x/q", "must be 1");
    expect_refusal("method: grid\nparameters: {o: {parameters: {x: {value: 1}}}}", "/parameters/o",
                   "nested");
    expect_refusal("- 1\n", "", "must be an object");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_is_read_as_json),
        cmocka_unit_test(yaml_that_can_grow_or_mean_anything_is_refused),
        cmocka_unit_test(a_sweep_is_a_study),
        cmocka_unit_test(json_is_read_too),
        cmocka_unit_test(quantised_uniform_values_have_the_shares_of_rounding),
        cmocka_unit_test(what_has_no_counterpart_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
