// SPDX-License-Identifier: Apache-2.0
// Corrections for many voxels by their definitions, and t statistics at the edges.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "models/fmri/bayes/columns.h"
#include "models/fmri/bayes/multiplicity.h"
#include "models/fmri/bayes/ttest.h"
#include "models/fmri/truth.h"

// V = 51,560, r0 = .7071, alpha = .05: the exact scale, and the one that the tool used for its
// maps.
static void
the_corrected_scale_is_the_published_one(void **state)
{
    (void)state;
    assert_true(fabs(sw_fmri_corrected_scale(51560, 0.7071, 0.05) - 0.0044677) < 5e-8);
    assert_true(fabs(sw_fmri_corrected_scale_as_tool(51560, 0.7071, 0.05) - 0.0041432) < 5e-8);
    assert_true(fabs(sw_fmri_corrected_scale(1, 0.7, 0.05) - 0.7) < 1e-12); // m = 2: nothing to do
    double before = INFINITY;
    for (int v = 1; v < 100000; v = 2 * v + 1) {
        double scale = sw_fmri_corrected_scale(v, 0.7, 0.05);
        assert_true(scale <= before);
        before = scale;
    }
}

static void
the_scale_of_an_expected_effect_puts_it_at_its_quantile(void **state)
{
    (void)state;
    double r = sw_fmri_expected_scale(0.551915, 0.32908, 0.129174, 0.8);
    double x = 0.551915 / 0.32908 * 0.129174;
    assert_true(fabs(0.5 + atan(x / r) / M_PI - 0.8) < 1e-14);
}

// The example of Benjamini and Hochberg (1995), section 3: four rejected at .05, three by
// Bonferroni.
static void
the_example_of_benjamini_and_hochberg(void **state)
{
    (void)state;
    static const double p[16] = {0.0344, 0.0001, 1.0,    0.0004, NAN,    0.0019, 0.0095, 0.0201,
                                 0.0278, 0.0298, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590};
    uint8_t reject[16];
    double threshold;
    assert_int_equal(sw_fmri_benjamini_hochberg(16, p, 0.05, reject, &threshold), 4);
    assert_true(threshold == 0.0095);
    assert_int_equal(reject[6], 1);
    assert_int_equal(reject[7] + reject[4], 0);
    assert_int_equal(sw_fmri_bonferroni(16, p, 0.05, reject), 3);
    assert_int_equal(reject[1] + reject[3] + reject[5], 3);
}

static void
bayesian_fdr_keeps_the_mean_error_below_its_level(void **state)
{
    (void)state;
    static const double p[6] = {0.99, 0.5, NAN, 0.97, 0.93, 0.90};
    uint8_t reject[6];
    // Errors .01, .03, .07, .10, .5: their means are .01, .02, .0367, .0525.
    assert_int_equal(sw_fmri_bayesian_fdr(6, p, 0.05, reject), 3);
    assert_int_equal(reject[0] + reject[3] + reject[4], 3);
    assert_int_equal(sw_fmri_bayesian_fdr(6, p, 0.005, reject), 0);
}

static void
the_estimated_prior_is_the_share_of_clear_effects(void **state)
{
    (void)state;
    double logbf_of[100], p[100];
    for (int i = 0; i < 100; i++)
        logbf_of[i] = i < 20 ? 200 : i < 99 ? -200 : NAN;
    assert_true(fabs(sw_fmri_estimated_prior(100, logbf_of, 1e-6) - 20.0 / 99) < 1e-9);
    sw_fmri_posterior_probabilities(100, logbf_of, 0.3, p);
    assert_true(p[0] == 1 && p[50] < 1e-80 && isnan(p[99]));
}

// Three degrees of freedom: P(T > t) = 1/2 - (atan(t/sqrt 3) + sqrt 3 t / (3 + t^2)) / pi.
static void
p_values_have_their_sides(void **state)
{
    (void)state;
    static const double t[2] = {2.5, NAN};
    double p[2], upper = 0.5 - (atan(2.5 / sqrt(3)) + sqrt(3) * 2.5 / (3 + 6.25)) / M_PI;
    sw_fmri_p_values(2, t, 3, SW_FMRI_PLUS, p);
    assert_true(fabs(p[0] - upper) < 1e-14 && isnan(p[1]));
    sw_fmri_p_values(1, t, 3, SW_FMRI_MINUS, p);
    assert_true(fabs(p[0] - (1 - upper)) < 1e-14);
    sw_fmri_p_values(1, t, 3, SW_FMRI_TWO_SIDED, p);
    assert_true(fabs(p[0] - 2 * upper) < 1e-14);
}

static void
voxels_that_do_not_vary_or_lack_values_have_no_t(void **state)
{
    (void)state;
    static const float a[5] = {0.1f, 1, NAN, 0, 1e30f}, b[5] = {0.1f, 2, 1, 0, INFINITY};
    static const float c[5] = {0.1f, 4, 2, 0, 3};
    const float *images[3] = {a, b, c};
    double t[5];
    uint16_t count[5];
    sw_fmri_t_one_sample(3, images, 5, t);
    assert_true(isnan(t[0]) && isfinite(t[1]) && isnan(t[2]) && isnan(t[3]) && isnan(t[4]));
    sw_fmri_t_observed(3, images, 5, 1, t, count);
    assert_int_equal(count[2], 2);
    assert_int_equal(count[3], 0);
    assert_true(fabs(t[2] - 3) < 1e-12 && isnan(t[3]) && isfinite(t[4]));
    sw_fmri_t_two_sample(2, images, 1, images + 2, 5, t);
    assert_true(isnan(t[0]) && isnan(t[2]) && isfinite(t[1]));
}

static void
designs_that_depend_on_each_other_are_refused(void **state)
{
    (void)state;
    static const double x[10] = {1, 2, 3, 4, 5, 2, 4, 6, 8, 10}, constant[5] = {1, 1, 1, 1, 1};
    assert_null(sw_fmri_design_new(5, 2, x));
    assert_null(sw_fmri_design_new(5, 1, constant));
    sw_fmri_design *d = sw_fmri_design_new(5, 1, x);
    assert_non_null(d);
    sw_fmri_design_free(&d);
}

static void
the_area_under_the_curve_counts_ties_half(void **state)
{
    (void)state;
    static const uint8_t truth[6] = {1, 0, 1, 0, 0, 1};
    static const double value[6] = {3, 1, 2, 2, NAN, 0};
    // Pairs of active and other: 3>1, 3>2, 2>1, 2=2, 0<1, 0<2: 3.5 of 6.
    assert_true(fabs(sw_fmri_auc(6, truth, value) - 3.5 / 6) < 1e-15);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corrected_scale_is_the_published_one),
        cmocka_unit_test(the_scale_of_an_expected_effect_puts_it_at_its_quantile),
        cmocka_unit_test(the_example_of_benjamini_and_hochberg),
        cmocka_unit_test(bayesian_fdr_keeps_the_mean_error_below_its_level),
        cmocka_unit_test(the_estimated_prior_is_the_share_of_clear_effects),
        cmocka_unit_test(p_values_have_their_sides),
        cmocka_unit_test(voxels_that_do_not_vary_or_lack_values_have_no_t),
        cmocka_unit_test(designs_that_depend_on_each_other_are_refused),
        cmocka_unit_test(the_area_under_the_curve_counts_ties_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
