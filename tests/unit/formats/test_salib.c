// SPDX-License-Identifier: Apache-2.0
// SALib problems as study documents: its conventions for distributions, groups, and faults that
// name the field of the problem.
#include "lib/formats/formats.h"
#include "tests/unit/study/fixture.h"

#define PROBLEM(members)                                                                           \
    "{'model': 'test/kinds', 'design': {'method': 'list'}, 'problem': {" members "}}"

static json_t *
expand(const char *text)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *document = json_of(text);
    json_t *got = sw_salib_expand(document, &faults);
    if (!got)
        fail_msg("%s %s", faults.v[0].pointer, faults.v[0].message);
    return got;
}

// All faults, those of the study included, as "pointer message" lines.
static char *
problem_faults(const char *text)
{
    sw_faults faults = {0};
    sw_buffer lines = {0};
    sw_auto(json) json_t *document = json_of(text);
    sw_auto(json) json_t *got = sw_salib_expand(document, &faults);
    sw_study *study =
        got ? sw_study_parse(got, kinds_model(), &sw_study_limits_default, &faults) : NULL;
    sw_salib_point(document, &faults);
    for (size_t i = 0; i < faults.n; i++)
        sw_buffer_printf(&lines, "%s %s\n", faults.v[i].pointer, faults.v[i].message);
    sw_study_free(&study);
    sw_faults_fini(&faults);
    return sw_buffer_text(&lines);
}

static void
expect_problem_fault(const char *text, const char *line)
{
    sw_auto(free) char *lines = problem_faults(text);
    if (!strstr(lines, line))
        fail_msg("no fault \"%s\" in:\n%s", line, lines);
}

// Quantiles at 0.01, 0.25, 0.5 and 0.9 as SALib's conventions have them; the figures were computed
// with SciPy from the definitions of the laws, to 12 digits.
static void
distributions_follow_salibs_conventions(void **state)
{
    (void)state;
    static const struct {
        const char *dist, *bounds;
        double q[4];
    } cases[] = {
        {"norm", "[1, 2]", {-3.65269574808, -0.348979500392, 1, 3.56310313109}},
        {"lognorm", "[1, 0.2]", {1.70698801926, 2.37524846762, 2.71828182846, 3.5124377536}},
        {"truncnorm", "[-1, 2, 0.5, 1.5]", {-0.958260080886, -0.16265582003, 0.5, 1.62352189845}},
        {"triang", "[1, 3, 0.25]", {1.1, 1.5, 1.77525512861, 2.45227744249}},
        {"logunif", "[0.001, 10]", {.00109647819614, .01, .1, 3.98107170553}},
        {"unif", "[2, 6]", {2.04, 3, 4, 5.6}},
    };
    static const double at[] = {0.01, 0.25, 0.5, 0.9};
    for (size_t c = 0; c < sw_countof(cases); c++) {
        sw_auto(free) char *text =
            sw_format(PROBLEM("'num_vars': 1, 'names': ['x'], 'bounds': [%s], 'dists': ['%s']"),
                      cases[c].bounds, cases[c].dist);
        sw_faults faults = {0};
        sw_auto(json) json_t *got = expand(text);
        json_object_set_new(got, "design", json_pack("{ss si}", "method", "random", "n", 2));
        sw_study *study = sw_study_parse(got, kinds_model(), &sw_study_limits_default, &faults);
        assert_non_null(study);
        for (size_t k = 0; k < 4; k++) {
            double v = sw_study_value(&study->parameters[0], at[k]);
            if (fabs(v - cases[c].q[k]) > 1e-10 * fabs(cases[c].q[k]))
                fail_msg("%s at %g: %.12g, not %.12g", cases[c].dist, at[k], v, cases[c].q[k]);
        }
        sw_study_free(&study);
    }
}

static void
two_bounds_of_a_triangle_begin_at_zero(void **state)
{
    (void)state;
    sw_auto(json) json_t *got =
        expand(PROBLEM("'names': ['x'], 'bounds': [[4, 0.25]], 'dists': ['triang']"));
    const json_t *x = json_object_get(json_object_get(got, "parameters"), "x");
    assert_true(json_number_value(json_object_get(x, "min")) == 0);
    assert_true(json_number_value(json_object_get(x, "max")) == 4);
    assert_true(json_number_value(json_object_get(x, "mode")) == 1);
}

static void
groups_of_salib_are_a_name_for_each_parameter(void **state)
{
    (void)state;
    sw_auto(json) json_t *got =
        expand(PROBLEM("'names': ['x', 'y', 'z'], 'bounds': [[0, 1], [0, 1], [0, 1]],"
                       "'groups': ['a', 'b', 'a'], 'outputs': ['out']"));
    sw_auto(json) json_t *expected = json_of("{'a': ['x', 'z'], 'b': ['y']}");
    assert_true(json_equal(json_object_get(got, "groups"), expected));
    assert_int_equal(json_array_size(json_object_get(got, "outputs")), 1);
    sw_auto(json) json_t *alone =
        expand(PROBLEM("'names': ['x', 'y'], 'bounds': [[0, 1], [0, 1]], 'groups': ['a', 'b']"));
    assert_null(json_object_get(alone, "groups"));
}

static void
fixed_parameters_may_stand_beside_a_problem(void **state)
{
    (void)state;
    sw_auto(json) json_t *got =
        expand("{'model': 'test/kinds', 'parameters': {'z': 5}, 'problem': "
               "{'names': ['x'], 'bounds': [[0, 1]], 'dists': null, 'groups': null}}");
    assert_int_equal(json_object_size(json_object_get(got, "parameters")), 2);
    assert_null(json_object_get(got, "problem"));
}

static void
a_document_without_a_problem_is_left_alone(void **state)
{
    (void)state;
    sw_auto(json) json_t *document = json_of("{'model': 'test/kinds'}");
    sw_auto(json) json_t *got = expand("{'model': 'test/kinds'}");
    assert_true(json_equal(got, document));
}

static void
faults_name_the_field_of_the_problem(void **state)
{
    (void)state;
    expect_problem_fault("{'model': 'test/kinds', 'problem': 3}", "/problem must be an object");
    expect_problem_fault(PROBLEM("'num_vars': 2, 'names': ['x'], 'bounds': [[0, 1]]"),
                         "/problem/num_vars is 2, and names has 1");
    expect_problem_fault(PROBLEM("'names': ['x']"), "/problem/bounds is required");
    expect_problem_fault(PROBLEM("'names': ['x', 'y'], 'bounds': [[0, 1]]"),
                         "/problem/bounds has 1");
    expect_problem_fault(PROBLEM("'names': ['x', 'x'], 'bounds': [[0, 1], [0, 1]]"),
                         "/problem/names/1 \"x\" is named twice");
    expect_problem_fault(PROBLEM("'names': ['x'], 'bounds': [[0, 1, 2]]"),
                         "/problem/bounds/0 must be an array of 2");
    expect_problem_fault(PROBLEM("'names': ['x'], 'bounds': [['a', 1]]"),
                         "/problem/bounds/0/0 must be a number");
    expect_problem_fault(PROBLEM("'names': ['x'], 'bounds': [[0, 1]], 'dists': ['cauchy']"),
                         "/problem/dists/0 must be unif");
    expect_problem_fault(PROBLEM("'names': ['x'], 'bounds': [[0, 1, 2]], 'dists': ['triang']"),
                         "/problem/bounds/0/2 must be from 0 to 1");
    expect_problem_fault(PROBLEM("'names': ['x'], 'bounds': [[0, 1]], 'groups': [7]"),
                         "/problem/groups/0 must be a text");
    expect_problem_fault(PROBLEM("'names': [4], 'bounds': [[0, 1]]"), "/problem/names/0 must be");
    expect_problem_fault(PROBLEM("'names': ['x'], 'bounds': [[0, 1]], 'nams': 1"),
                         "/problem/nams is not known");
}

// What only the study's own checks find points into the problem all the same.
static void
faults_of_the_study_point_into_the_problem(void **state)
{
    (void)state;
    expect_problem_fault(PROBLEM("'names': ['z', 'w'], 'bounds': [[0, 1], [0, 1]]"),
                         "/problem/names/1 test/kinds has no parameter");
    expect_problem_fault(PROBLEM("'names': ['z', 'x'], 'bounds': [[0, 1], [2, 1]]"),
                         "/problem/bounds/1/0 min must be less");
    expect_problem_fault(PROBLEM("'names': ['x'], 'bounds': [[0, -1]], 'dists': ['norm']"),
                         "/problem/bounds/0/1 ");
    expect_problem_fault(PROBLEM("'names': ['y'], 'bounds': [[0, 11]]"), "/problem/bounds/0/1 ");
}

static void
a_problem_is_a_file_too(void **state)
{
    (void)state;
    static const char text[] = "{\"num_vars\": 1, \"names\": [\"x\"], \"bounds\": [[0, 1]]}";
    sw_faults faults = {0};
    sw_imported got = {0};
    const sw_format_row *f = sw_format_guess(text, sizeof text - 1);
    assert_string_equal(f->name, "salib");
    sw_import how = {.model = "test/kinds"};
    assert_true(f->read(text, sizeof text - 1, &how, &got, &faults));
    const json_t *document = json_array_get(got.documents, 0);
    assert_string_equal(json_string_value(json_object_get(document, "model")), "test/kinds");
    assert_non_null(json_object_get(json_object_get(document, "parameters"), "x"));
    json_decref(got.documents);
    json_decref(got.warnings);
}

static void
results_have_salibs_keys_only(void **state)
{
    (void)state;
    sw_auto(json) json_t *sobol =
        json_of("{'method': 'sobol', 'output': 'y', 'names': ['a', 'b'], 'S1': [0.1, 0.2],"
                "'S1_conf': [0, 0], 'ST': [0.3, 0.4], 'ST_conf': [0, 0], 'mean': 3}");
    sw_auto(json) json_t *got = sw_salib_result(sobol);
    sw_auto(json) json_t *expected =
        json_of("{'names': ['a', 'b'], 'S1': [0.1, 0.2], 'S1_conf': [0, 0], 'ST': [0.3, 0.4],"
                "'ST_conf': [0, 0]}");
    assert_true(json_equal(got, expected));
    sw_auto(json) json_t *delta =
        json_of("{'method': 'delta', 'names': ['a'], 'delta': [0.1], 'S1': [0.2]}");
    sw_auto(json) json_t *made_delta = sw_salib_result(delta);
    assert_true(json_is_null(json_object_get(made_delta, "delta_conf")));
    sw_auto(json) json_t *hdmr =
        json_of("{'method': 'hdmr', 'names': ['a', 'b', 'c'], 'S1': [1, 2, 3], 'S1a': [4, 5, 6],"
                "'S1b': [7, 8, 9], 'S2': [[null, 10, 11], [null, null, 12], [null, null, null]],"
                "'S2a': [[null, 13, 14], [null, null, 15], [null, null, null]], 'ST': [0, 0, 0],"
                "'S2b': [[null, 16, 17], [null, null, 18], [null, null, null]], 'explained': 1}");
    sw_auto(json) json_t *got_hdmr = sw_salib_result(hdmr);
    sw_auto(json) json_t *expected_hdmr =
        json_of("{'names': ['a', 'b', 'c'], 'Term': ['a', 'b', 'c', 'a/b', 'a/c', 'b/c'],"
                "'Sa': [4, 5, 6, 13, 14, 15], 'Sb': [7, 8, 9, 16, 17, 18],"
                "'S': [1, 2, 3, 10, 11, 12], 'ST': [0, 0, 0]}");
    assert_true(json_equal(got_hdmr, expected_hdmr));
    sw_auto(json) json_t *series = json_of("{'method': 'sobol', 'names': ['a'], 'indices': {}}");
    assert_null(sw_salib_result(series));
    sw_auto(json) json_t *summary = json_of("{'method': 'summary'}");
    assert_null(sw_salib_result(summary));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions_follow_salibs_conventions),
        cmocka_unit_test(two_bounds_of_a_triangle_begin_at_zero),
        cmocka_unit_test(groups_of_salib_are_a_name_for_each_parameter),
        cmocka_unit_test(fixed_parameters_may_stand_beside_a_problem),
        cmocka_unit_test(a_document_without_a_problem_is_left_alone),
        cmocka_unit_test(faults_name_the_field_of_the_problem),
        cmocka_unit_test(faults_of_the_study_point_into_the_problem),
        cmocka_unit_test(a_problem_is_a_file_too),
        cmocka_unit_test(results_have_salibs_keys_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
