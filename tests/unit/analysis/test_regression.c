// SPDX-License-Identifier: Apache-2.0
// Correlation and regression coefficients against reference figures and cases solved by hand.
#include "sample.h"

enum { N = 256 };

static double x1[N], x2[N], x3[N], y[N];
static const double *const x[] = {x1, x2, x3};

// f = 2 x1 + exp(x2) - x3² x1 / 2 on the first 256 unscrambled Sobol' points.
static void
fill(void)
{
    for (size_t i = 0; i < N; i++) {
        double u[3];
        sobol_point(i, 3, u);
        x1[i] = u[0], x2[i] = u[1], x3[i] = u[2];
        y[i] = 2 * u[0] + exp(u[1]) - u[2] * u[2] * u[0] / 2;
    }
}

// Computed with numpy and scipy in double precision; tolerance for other orders of summation.
static const struct {
    const char *key;
    double v[3];
} answers[] = {
    {"SRC", {.72868175953, .669120525313, -.0985703550771}},
    {"SRRC", {.726607061855, .658048523959, -.093487947303}},
    {"PCC", {.989271865645, .987314759674, -.675473887095}},
    {"PRCC", {.972511924588, .966783099841, -.473350495555}},
    {"pearson", {.728689828596, .669149369964, -.098372940139}},
    {"spearman", {.726615787366, .658077506294, -.0932915140764}},
};

static void
coefficients_are_the_reference_figures(void **unused)
{
    (void)unused;
    fill();
    sw_frame frame = make_frame("sobol", "{}", 3, N, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"regression\"}", N, x, y, NULL, 100);
    assert_near(number(r, "mean"), 2.628490172782367, 1e-12);
    assert_near(number(r, "variance"), 0.5305788335824675, 1e-12);
    assert_near(number(r, "R2"), .988421220036, 1e-9);
    assert_near(number(r, "R2_ranks"), .969732726174, 1e-9);
    for (size_t k = 0; k < sw_countof(answers); k++) {
        for (size_t j = 0; j < 3; j++)
            assert_near(at(r, answers[k].key, j), answers[k].v[j], 1e-9);
    }
    free_frame(&frame);
}

static void
a_fixed_input_is_null_and_the_others_are_as_without_it(void **unused)
{
    (void)unused;
    fill();
    static double constant[N];
    for (size_t i = 0; i < N; i++)
        constant[i] = 0.3;
    const double *with[] = {x1, constant, x2, x3};
    sw_frame frame = make_frame("sobol", "{}", 4, N, 1);
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"regression\"}", N, with, y, NULL, 100);
    assert_true(isnan(at(r, "SRC", 1)) && isnan(at(r, "spearman", 1)));
    assert_near(at(r, "SRC", 2), answers[0].v[1], 1e-9);
    assert_near(at(r, "PRCC", 3), answers[3].v[2], 1e-9);
    free_frame(&frame);
}

static void
dependent_inputs_have_correlations_but_no_coefficients(void **unused)
{
    (void)unused;
    fill();
    static double twice[N];
    for (size_t i = 0; i < N; i++)
        twice[i] = 2 * x1[i] + 1;
    const double *with[] = {x1, twice, x2};
    sw_frame frame = make_frame("sobol", "{}", 3, N, 1);
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"regression\"}", N, with, y, NULL, 100);
    assert_near(at(r, "pearson", 1), answers[4].v[0], 1e-9);
    assert_true(isnan(at(r, "SRC", 0)) && isnan(number(r, "R2")));
    assert_true(json_array_size(json_object_get(r, "warnings")) > 0);
    free_frame(&frame);
}

// A monotone function of another input: its ranks are the same, its values are not.
static void
dependent_ranks_are_said(void **unused)
{
    (void)unused;
    fill();
    static double cube[N];
    for (size_t i = 0; i < N; i++)
        cube[i] = exp(x1[i]);
    const double *with[] = {x1, cube, x2};
    sw_frame frame = make_frame("sobol", "{}", 3, N, 1);
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"regression\"}", N, with, y, NULL, 100);
    assert_false(isnan(at(r, "SRC", 0)));
    assert_true(isnan(at(r, "SRRC", 0)));
    sw_auto(free) char *warnings = json_dumps(json_object_get(r, "warnings"), 0);
    assert_non_null(strstr(warnings, "SRRC and PRCC are not defined"));
    free_frame(&frame);
}

static void
ties_share_their_ranks(void **unused)
{
    (void)unused;
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: correlation 4.5 / sqrt(4.5 × 5).
    double a[] = {1, 2, 2, 3}, b[] = {1, 2, 3, 4};
    const double *one[] = {a};
    sw_frame frame = make_frame("list", "{}", 1, 4, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"regression\"}", 4, one, b, NULL, 4);
    assert_near(at(r, "spearman", 0), 4.5 / sqrt(22.5), 1e-14);
    free_frame(&frame);
}

static void
an_exact_fit_is_said(void **unused)
{
    (void)unused;
    enum { POINTS = 16 };
    double in[POINTS], out[POINTS];
    for (size_t i = 0; i < POINTS; i++) {
        in[i] = (double)i;
        out[i] = 3 * in[i] - 1;
    }
    sw_frame frame = make_frame("list", "{}", 1, POINTS, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"regression\"}", POINTS,
                                      (const double *const[]){in}, out, NULL, POINTS);
    assert_near(at(r, "SRC", 0), 1, 1e-12);
    assert_true(isnan(at(r, "PCC", 0)));
    sw_auto(free) char *warnings = json_dumps(json_object_get(r, "warnings"), 0);
    assert_non_null(strstr(warnings, "PCC has no value"));
    free_frame(&frame);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_are_the_reference_figures),
        cmocka_unit_test(a_fixed_input_is_null_and_the_others_are_as_without_it),
        cmocka_unit_test(dependent_inputs_have_correlations_but_no_coefficients),
        cmocka_unit_test(dependent_ranks_are_said),
        cmocka_unit_test(ties_share_their_ranks),
        cmocka_unit_test(an_exact_fit_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
