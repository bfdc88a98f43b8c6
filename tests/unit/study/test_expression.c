// SPDX-License-Identifier: Apache-2.0
// Expressions: values, faults, bounds; derived parameters and constraints in a plan.
#include "tests/unit/study/fixture.h"

// With x = 2, y = 3, z = -1.
static double
value(const char *text)
{
    sw_faults faults = {0};
    double x = 2, y = 3, z = -1, rest = 0, *columns[7] = {&x, &y, &z, &rest, &rest, &rest, &rest};
    sw_expression *e = sw_expression_new(text, kinds_model(), "", &faults);
    if (!e)
        fail_msg("%s: %s", text, faults.v[0].message);
    double v = sw_expression_value(e, columns, 0);
    sw_expression_free(e);
    return v;
}

static void
expressions_have_the_usual_precedence(void **state)
{
    (void)state;
    assert_true(value("1 + x * y") == 7);
    assert_true(value("10 - 3 - 2") == 5 && value("2 ^ 3 ^ 2") == 512);
    assert_true(value("-x ^ 2") == -4 && value("(-x) ^ 2") == 4 && value("2 ^ -x") == 0.25);
    assert_true(value("x <= y / 10") == 0 && value("x < y && !(z >= 0)") == 1);
    assert_true(value("x == 2 || x / 0 < 1") == 1 && value("x != 2") == 0);
    assert_true(value("min(x, y) + max(`z`, abs(z)) + sqrt(4) + floor(2.7)") == 7);
    assert_true(value("exp(log(y))") > 2.999999999 && isnan(value("sqrt(z)")));
}

static void
what_is_no_expression_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",    "1 +",       "(1",   "nix",    "1 2",
                                        "`x",  "1e",        "mode", "min(1)", "x = 1",
                                        "* 2", "x < y < z", "f(x",  "1e999",  "abs(1,2)"};
    for (size_t k = 0; k < sw_countof(wrong); k++) {
        sw_faults faults = {0};
        if (sw_expression_new(wrong[k], kinds_model(), "", &faults))
            fail_msg("accepted: %s", wrong[k]);
        assert_int_equal(faults.n, 1);
        sw_faults_fini(&faults);
    }
}

static void
depth_and_length_are_bounded(void **state)
{
    (void)state;
    static const char opening[] = "(-!^x+";
    for (size_t k = 0; k + 1 < sizeof opening; k++) {
        sw_faults faults = {0};
        char text[1500];
        memset(text, opening[k], sizeof text - 1);
        text[sizeof text - 1] = '\0';
        assert_null(sw_expression_new(text, kinds_model(), "", &faults));
        sw_faults_fini(&faults);
    }
}

static void
derived_parameters_follow_the_others_and_constraints_reject(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 8},"
                  "'y': {'expression': '2 * x'}}, 'constraints': ['x <= 6'],"
                  "'design': {'method': 'sobol', 'n': 64}}");
    sw_auto(free) double *in = inputs_of(m.plan, 7, 0, 64);
    double *columns[7];
    uint8_t outcome[64] = {0};
    size_t wanted = 0;
    for (size_t j = 0; j < 7; j++)
        columns[j] = in + j * 64;
    size_t rejected = sw_plan_reject(m.plan, 64, columns, outcome);
    for (size_t i = 0; i < 64; i++) {
        bool out = in[i] > 6 || in[64 + i] > 10;
        assert_true(in[64 + i] == 2 * in[i]);
        assert_int_equal(outcome[i], out ? SW_REJECTED : SW_DONE);
        wanted += out;
    }
    assert_int_equal(rejected, wanted);
    assert_int_equal(wanted, 24);
    sw_auto(json) json_t *resolved = sw_plan_resolved(m.plan);
    made again = make_for(kinds_model(), resolved);
    assert_int_equal(again.study->n_constraints, 1);
    drop(&again);
    drop(&m);
}

static void
faults_of_expressions_stand_at_their_place(void **state)
{
    (void)state;
    expect_fault("{'model': 'test/kinds', 'constraints': ['x < 1', 'x <']}", "/constraints/1",
                 "column 4");
    expect_fault("{'model': 'test/kinds', 'constraints': [3]}", "/constraints/0", "text");
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'expression': 'y'},"
                 "'y': {'expression': 'x'}}}",
                 "/parameters/x", "expression itself");
    expect_fault("{'model': 'test/kinds', 'parameters': {'mode': {'expression': 'x'}}}",
                 "/parameters/mode", "text");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_have_the_usual_precedence),
        cmocka_unit_test(what_is_no_expression_is_refused),
        cmocka_unit_test(depth_and_length_are_bounded),
        cmocka_unit_test(derived_parameters_follow_the_others_and_constraints_reject),
        cmocka_unit_test(faults_of_expressions_stand_at_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
