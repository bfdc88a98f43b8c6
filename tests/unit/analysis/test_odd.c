// SPDX-License-Identifier: Apache-2.0
// Outputs of which there is nothing to explain, or nothing at all: every method says so.
#include "tests/unit/analysis/through.h"

enum { D = 3 };

#define OF_POINTS "{'method': 'random', 'n': 600}"
static const struct {
    const char *design, *request;
    bool refused; // when the output is constant
} cases[] = {
    {"{'method': 'saltelli', 'n': 64}", "{\"method\": \"sobol\"}", false},
    {"{'method': 'morris', 'n': 20}", "{\"method\": \"morris\"}", false},
    {"{'method': 'dgsm', 'n': 64}", "{\"method\": \"dgsm\"}", false},
    {"{'method': 'efast', 'n': 129, 'curves': 2}", "{\"method\": \"efast\"}", false},
    {OF_POINTS, "{\"method\": \"rbd_fast\"}", false},
    {OF_POINTS, "{\"method\": \"rank\"}", false},
    {OF_POINTS, "{\"method\": \"regression\"}", false},
    {OF_POINTS, "{\"method\": \"pawn\"}", false},
    {OF_POINTS, "{\"method\": \"delta\"}", false},
    {OF_POINTS, "{\"method\": \"regional\"}", false},
    {OF_POINTS, "{\"method\": \"pce\"}", false},
    {OF_POINTS, "{\"method\": \"hsic\"}", false},
    {OF_POINTS, "{\"method\": \"extra_trees\"}", false},
    {OF_POINTS, "{\"method\": \"shapley\"}", false},
    {OF_POINTS, "{\"method\": \"hdmr\"}", false},
    {OF_POINTS, "{\"method\": \"prim\"}", true},
    {OF_POINTS, "{\"method\": \"convergence\", \"of\": {\"method\": \"regression\"}, \"steps\": 3}",
     false},
};

// 0.1, whose sum over 600 points is not 60.
static double
the_same(const double *u, size_t d)
{
    (void)u, (void)d;
    return 0.1;
}

static double
far_out(const double *u, size_t d)
{
    (void)d;
    return 1e12 + u[0] + 2 * u[1];
}

static bool
warns(const json_t *result, const char *words)
{
    sw_auto(free) char *warnings = json_dumps(json_object_get(result, "warnings"), 0);
    return strstr(warnings, words);
}

static void
a_constant_output_is_said_or_refused(void **unused)
{
    (void)unused;
    for (size_t c = 0; c < sw_countof(cases); c++) {
        through t = through_make(D, cases[c].design, 1, 1);
        through_run(&t, the_same);
        sw_auto(json) json_t *r = through_analyse(&t, cases[c].request);
        if (cases[c].refused ? r != NULL : !r || !warns(r, "the output is constant"))
            fail_msg("%s: a constant output is not said", cases[c].request);
        through_drop(&t);
    }
}

// A mean of 1e12 rounds outputs of about 1 to multiples of 1.2e-4, and means of 600 of them to
// 5e-6; now and then that makes a tree split elsewhere.
static void
a_large_mean_does_not_drown_the_indices(void **unused)
{
    (void)unused;
    static const struct {
        const char *design, *request, *key;
        double tolerance;
    } of[] = {
        {"{'method': 'saltelli', 'n': 1024}", "{\"method\": \"sobol\"}", "S1", 1e-5},
        {OF_POINTS, "{\"method\": \"extra_trees\"}", "importance", 1e-3},
        {OF_POINTS, "{\"method\": \"rbd_fast\"}", "S1", 1e-5},
        {"{'method': 'efast', 'n': 257, 'curves': 2}", "{\"method\": \"efast\"}", "S1", 1e-5}};
    for (size_t c = 0; c < sw_countof(of); c++) {
        through t = through_make(D, of[c].design, 1, 1);
        through_run(&t, far_out);
        sw_auto(json) json_t *far = through_analyse(&t, of[c].request);
        for (uint64_t i = 0; i < t.n; i++)
            t.y[i] -= 1e12;
        sw_auto(json) json_t *near = through_analyse(&t, of[c].request);
        for (size_t j = 0; j < D; j++)
            assert_near(at(far, of[c].key, j), at(near, of[c].key, j), of[c].tolerance);
        through_drop(&t);
    }
}

// Nearly all outputs in a thousandth of their range: densities on a hundred places are no areas.
static double
mostly_narrow(const double *u, size_t d)
{
    (void)d;
    return u[2] > 0.998 ? 1 + u[0] : 1e-5 * u[0];
}

static void
delta_without_resolution_is_null_and_said(void **unused)
{
    (void)unused;
    through t = through_make(D, "{'method': 'random', 'n': 4000}", 1, 1);
    through_run(&t, mostly_narrow);
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"delta\"}");
    size_t n_null = 0;
    for (size_t j = 0; j < D; j++) {
        double delta = at(r, "delta", j);
        n_null += isnan(delta);
        assert_true(isnan(delta) || (delta >= 0 && delta <= 1));
        assert_false(isnan(at(r, "S1", j)));
    }
    assert_true(n_null > 0 && warns(r, "delta has no value"));
    through_drop(&t);
}

// All failed, all NaN, all infinite.
static void
no_value_at_all_is_refused(void **unused)
{
    (void)unused;
    static const double values[] = {0, NAN, INFINITY};
    for (size_t c = 0; c < sw_countof(cases); c++) {
        through t = through_make(D, cases[c].design, 1, 1);
        sw_auto(free) uint8_t *state = sw_calloc(t.n, 1);
        for (size_t k = 0; k < sw_countof(values); k++) {
            memset(state, k == 0 ? SW_CRASH : SW_DONE, t.n);
            for (uint64_t i = 0; i < t.n; i++)
                t.y[i] = values[k];
            if (analyse(&t.frame, cases[c].request, t.n, t.columns, t.y, state, 100))
                fail_msg("%s has a result without a value", cases[c].request);
        }
        through_drop(&t);
    }
}

// A curve of x1 in each set is lost: x2 and x3 have theirs.
static void
a_parameter_that_lost_all_curves_is_said(void **unused)
{
    (void)unused;
    through t = through_make(D, "{'method': 'efast', 'n': 129, 'curves': 2}", 1, 1);
    through_run(&t, f_ishigami);
    t.y[5] = t.y[D * 129 + 5] = NAN;
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"efast\"}");
    assert_true(isnan(at(r, "S1", 0)) && at(r, "S1", 1) > 0.3);
    assert_true(warns(r, "1 parameter has no curve"));
    through_drop(&t);
}

static void
indices_without_a_value_have_not_converged(void **unused)
{
    (void)unused;
    through t = through_make(D, OF_POINTS, 1, 1);
    through_run(&t, the_same);
    sw_auto(json) json_t *r = through_analyse(
        &t, "{\"method\": \"convergence\", \"of\": {\"method\": \"regression\"}, \"steps\": 3}");
    assert_true(json_is_null(json_object_get(r, "last_change")));
    assert_string_equal(json_string_value(json_object_get(r, "verdict")), "more runs needed");
    through_drop(&t);
}

// A mean moves, too.
static void
numbers_that_are_no_vectors_converge(void **unused)
{
    (void)unused;
    static const char request[] =
        "{\"method\": \"convergence\", \"of\": {\"method\": \"summary\"}, \"steps\": 3, "
        "\"tolerance\": 1e-6}";
    through t = through_make(D, OF_POINTS, 1, 1);
    through_run(&t, f_ishigami);
    sw_auto(json) json_t *r = through_analyse(&t, request);
    assert_true(number(r, "last_change") > 0.01);
    assert_string_equal(json_string_value(json_object_get(r, "verdict")), "more runs needed");
    through_drop(&t);
}

// Values of which the squares are infinite or zero: Sobol' indices do not know, and who knows says
// it.
static void
values_that_can_not_be_squared_are_said(void **unused)
{
    (void)unused;
    static const double scales[] = {0x1p1000, 0x1p-1000};
    for (size_t c = 0; c < sw_countof(cases); c++) {
        through t = through_make(D, cases[c].design, 1, 1);
        through_run(&t, f_ishigami);
        sw_auto(json) json_t *usual = through_analyse(&t, cases[c].request);
        for (size_t k = 0; k < 2; k++) {
            through_run(&t, f_ishigami);
            for (uint64_t i = 0; i < t.n; i++)
                t.y[i] *= scales[k];
            sw_auto(json) json_t *r = through_analyse(&t, cases[c].request);
            if (!r || !warns(r, k ? "too small to be squared" : "too large to be squared") ||
                warns(r, "constant"))
                fail_msg("%s: values near %g are not said", cases[c].request, scales[k]);
            for (size_t j = 0; c == 0 && j < D; j++)
                assert_near(at(r, "ST", j), at(usual, "ST", j), 1e-12);
        }
        through_drop(&t);
    }
}

// Levels of a text are numbers to most methods; those of variances do not look at the numbers.
static void
texts_that_are_taken_for_numbers_are_said(void **unused)
{
    (void)unused;
    static const bool is_text[D] = {false, true, false};
    for (size_t c = 0; c < sw_countof(cases); c++) {
        through t = through_make(D, cases[c].design, 1, 1);
        through_run(&t, f_ishigami);
        t.frame.is_text = is_text;
        sw_auto(json) json_t *r = through_analyse(&t, cases[c].request);
        bool of_variances = strstr(cases[c].request, "sobol") || strstr(cases[c].request, "efast");
        assert_non_null(r);
        if (warns(r, "u02 is a text") == of_variances || warns(r, "u01 is a text"))
            fail_msg("%s: that an input is a text", cases[c].request);
        through_drop(&t);
    }
}

static void
a_summary_without_a_deviation_says_why(void **unused)
{
    (void)unused;
    static const double values[][4] = {{1e300, 2e300, 3e300, 4e300},
                                       {1e-300, 2e-300, 3e-300, 4e-300}};
    sw_frame frame = make_frame("list", "{}", 1, 2, 2);
    for (size_t k = 0; k < 2; k++) {
        sw_auto(json) json_t *r =
            analyse(&frame, "{\"method\": \"summary\"}", 4, NULL, values[k], NULL, 4);
        assert_true(warns(r, "be squared"));
        sw_auto(json) json_t *noise =
            analyse(&frame, "{\"method\": \"noise\"}", 4, NULL, values[k], NULL, 4);
        assert_true(warns(noise, "be squared"));
    }
    free_frame(&frame);
}

// A derivative of what stands in for a value is of no function.
static void
slopes_to_substituted_values_are_refused(void **unused)
{
    (void)unused;
    through t = through_make(D, "{'method': 'dgsm', 'n': 64}", 1, 1);
    through_run(&t, f_ishigami);
    t.y[5] = NAN;
    assert_null(through_analyse(&t, "{\"method\": \"dgsm\", \"substitute\": \"mean\"}"));
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"dgsm\"}");
    assert_int_equal(number(r, "n_dropped"), 1);
    through_drop(&t);
}

static double
truth(const double *u, size_t d)
{
    (void)d;
    return u[0] > 0.5;
}

static void
two_values_are_too_few_for_classes_and_that_is_said(void **unused)
{
    (void)unused;
    through t = through_make(D, OF_POINTS, 1, 1);
    through_run(&t, truth);
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"regional\"}");
    assert_true(warns(r, "of 10 classes of the output have no points"));
    assert_null(through_analyse(&t, "{\"method\": \"prim\"}"));
    sw_auto(json) json_t *box = through_analyse(&t, "{\"method\": \"prim\", \"threshold\": 0.5}");
    assert_true(number(json_object_get(box, "box"), "density") >= 0.8);
    through_drop(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_constant_output_is_said_or_refused),
        cmocka_unit_test(a_large_mean_does_not_drown_the_indices),
        cmocka_unit_test(delta_without_resolution_is_null_and_said),
        cmocka_unit_test(no_value_at_all_is_refused),
        cmocka_unit_test(a_parameter_that_lost_all_curves_is_said),
        cmocka_unit_test(indices_without_a_value_have_not_converged),
        cmocka_unit_test(numbers_that_are_no_vectors_converge),
        cmocka_unit_test(values_that_can_not_be_squared_are_said),
        cmocka_unit_test(texts_that_are_taken_for_numbers_are_said),
        cmocka_unit_test(a_summary_without_a_deviation_says_why),
        cmocka_unit_test(slopes_to_substituted_values_are_refused),
        cmocka_unit_test(two_values_are_too_few_for_classes_and_that_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
