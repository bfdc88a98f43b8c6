// SPDX-License-Identifier: Apache-2.0
// What other tools get wrong, each with the case that shows it.
#include "tests/unit/analysis/through.h"

static double
f_slope(const double *u, size_t d)
{
    (void)d;
    return 3 * u[0] - 2 * u[1];
}

// A step that is a share of x is zero at x = 0, and one that is clamped at the end of the range is
// zero there: a derivative of 0/0. Here the first point is the origin, and others touch the end.
static void
derivatives_are_right_at_zero_and_at_the_ends(void **unused)
{
    (void)unused;
    through t =
        through_make(2, "{'method': 'dgsm', 'n': 256, 'scramble': 'none', 'step': 0.1}", 0, 1);
    assert_true(t.columns[0][0] == 0);
    through_run(&t, f_slope);
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"dgsm\"}");
    assert_near(at(r, "vi", 0), 9, 1e-12);
    assert_near(at(r, "vi", 1), 4, 1e-12);
    assert_near(at(r, "vi_conf", 0), 0, 1e-12);
    assert_int_equal(number(r, "n_dropped"), 0);
    through_drop(&t);
}

// The interval has the units of what it belongs to: scaling the output changes the bound not at
// all.
static void
the_interval_of_the_derivative_bound_is_in_its_own_units(void **unused)
{
    (void)unused;
    through t = through_make(3, "{'method': 'dgsm', 'n': 200}", 3, 1);
    through_run(&t, f_ishigami);
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"dgsm\"}");
    for (uint64_t i = 0; i < t.n; i++)
        t.y[i] *= 1000;
    sw_auto(json) json_t *scaled = through_analyse(&t, "{\"method\": \"dgsm\"}");
    for (size_t j = 0; j < 3; j++) {
        assert_near(at(scaled, "dgsm", j), at(r, "dgsm", j), 1e-9);
        assert_near(at(scaled, "dgsm_conf", j), at(r, "dgsm_conf", j), 1e-9);
        assert_near(at(scaled, "vi_conf", j), 1e6 * at(r, "vi_conf", j), 1e-3 * at(r, "vi", j));
    }
    through_drop(&t);
}

// Estimates come from all points, never from a resample: no seed and no option changes them.
static void
delta_is_the_same_at_each_call(void **unused)
{
    (void)unused;
    through t = through_make(3, "{'method': 'lhs', 'n': 300}", 3, 1);
    through_run(&t, f_ishigami);
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"delta\"}");
    t.frame.seed = 99;
    sw_auto(json) json_t *again = through_analyse(&t, "{\"method\": \"delta\"}");
    assert_true(json_equal(json_object_get(r, "delta"), json_object_get(again, "delta")));
    assert_true(json_equal(json_object_get(r, "S1"), json_object_get(again, "S1")));
    through_drop(&t);
}

// The total index of eFAST depends on the phase of its curve, so that is part of the study; one
// curve has no interval, and a warning says why.
static void
the_phase_of_a_curve_is_reported(void **unused)
{
    (void)unused;
    double st[2];
    for (int phase = 0; phase < 2; phase++) {
        sw_auto(free) char *design =
            sw_format("{'method': 'efast', 'n': 1000, 'random_phase': false, 'phase': %d}", phase);
        through t = through_make(3, design, 0, 1);
        assert_near(json_number_value(json_object_get(t.frame.options, "phase")), phase, 0);
        through_run(&t, f_ishigami);
        sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"efast\"}");
        st[phase] = at(r, "ST", 0);
        assert_true(isnan(at(r, "ST_conf", 0)));
        sw_auto(free) char *warnings = json_dumps(json_object_get(r, "warnings"), 0);
        assert_non_null(strstr(warnings, "depend on the phases"));
        through_drop(&t);
    }
    // The figures of one curve each, through the design as well.
    assert_near(st[0], 0.550601471759, 1e-9);
    assert_near(st[1], 0.5810799813, 1e-9);
}

static double
f_quartic(const double *u, size_t d)
{
    (void)d;
    return pow(4 * u[0] - 3, 4) + pow(4 * u[1] - 3, 4);
}

// A sequence of D dimensions used for both A and B correlates them: .127 and .651 instead of .5 and
// .5 for this function with 100 base points. The base is of 2 D dimensions.
static void
the_two_halves_of_a_base_point_are_not_correlated(void **unused)
{
    (void)unused;
    through t = through_make(2, "{'method': 'saltelli', 'n': 128, 'second_order': false}", 1, 1);
    through_run(&t, f_quartic);
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"sobol\"}");
    for (size_t j = 0; j < 2; j++) {
        assert_near(at(r, "S1", j), 0.5, 0.08);
        assert_near(at(r, "ST", j), 0.5, 0.08);
    }
    through_drop(&t);
}

// Two analyses under way at the same time share nothing.
static void
one_analysis_leaves_nothing_behind_for_the_next(void **unused)
{
    (void)unused;
    through small = through_make(2, "{'method': 'saltelli', 'n': 32, 'second_order': false}", 1, 1);
    through large = through_make(3, "{'method': 'saltelli', 'n': 64}", 1, 1);
    through_run(&small, f_product);
    through_run(&large, f_ishigami);
    sw_auto(json) json_t *first = through_analyse(&large, "{\"method\": \"sobol\"}");
    sw_auto(json) json_t *other = through_analyse(&small, "{\"method\": \"sobol\"}");
    sw_auto(json) json_t *again = through_analyse(&large, "{\"method\": \"sobol\"}");
    assert_int_equal(json_array_size(json_object_get(other, "S1")), 2);
    assert_true(json_equal(first, again));
    through_drop(&small);
    through_drop(&large);
}

// The interval of a mean by Student's t with 4 degrees of freedom is 3.02 ± 0.32139675707.
static void
the_standard_error_of_a_mean_is_the_reference_figure(void **unused)
{
    (void)unused;
    double y[] = {3.1, 2.9, 3.4, 3.0, 2.7};
    sw_frame frame = make_frame("list", "{}", 1, 5, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"summary\"}", 5, NULL, y, NULL, 5);
    assert_near(number(r, "mean"), 3.02, 1e-12);
    assert_near(2.7764451051977987 * number(r, "sem"), 3.34139675707 - 3.02, 1e-10);
    free_frame(&frame);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_are_right_at_zero_and_at_the_ends),
        cmocka_unit_test(the_interval_of_the_derivative_bound_is_in_its_own_units),
        cmocka_unit_test(delta_is_the_same_at_each_call),
        cmocka_unit_test(the_phase_of_a_curve_is_reported),
        cmocka_unit_test(the_two_halves_of_a_base_point_are_not_correlated),
        cmocka_unit_test(one_analysis_leaves_nothing_behind_for_the_next),
        cmocka_unit_test(the_standard_error_of_a_mean_is_the_reference_figure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
