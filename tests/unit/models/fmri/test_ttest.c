// SPDX-License-Identifier: Apache-2.0
// JZS Bayes factors of t-tests against reference tables, by identities, and at the edges.
#include "tests/unit/models/fmri/reference.h"

#include "models/fmri/bayes/student.h"
#include "models/fmri/bayes/ttest.h"

static sw_fmri_test
test_of(const reference_table *table)
{
    double n1 = reference_number(table, "n1"), n2 = reference_number(table, "n2");
    double r = reference_number(table, "rscale");
    sw_fmri_side side = SW_FMRI_TWO_SIDED;
    if (*reference_text(table, "lower"))
        side = reference_number(table, "complement") ? SW_FMRI_MINUS : SW_FMRI_PLUS;
    return n2 > 0 ? sw_fmri_two_sample((size_t)n1, (size_t)n2, r, side)
                  : sw_fmri_one_sample((size_t)n1, r, side);
}

// The gold column agrees with 30 to 60 digit arithmetic to 5e-14 in 101 cases; 1e-9 is what is
// asked of this program.
static void
check_table(const char *name, size_t rows)
{
    reference_table table;
    worst w = {0};
    reference_open(&table, name);
    while (reference_next(&table)) {
        sw_fmri_test test = test_of(&table);
        worst_add(&w, sw_fmri_logbf(&test, reference_number(&table, "t")),
                  reference_number(&table, "logbf_gold"));
    }
    worst_within(&w, 1e-9, rows);
}

static void
one_sample_two_sided_is_gold(void **state)
{
    (void)state;
    check_table("ttest_onesample_twosided.csv", 1519);
}

static void
one_sample_one_sided_is_gold_in_both_tails(void **state)
{
    (void)state;
    check_table("ttest_onesample_onesided.csv", 1932);
}

static void
two_sample_two_sided_is_gold(void **state)
{
    (void)state;
    check_table("ttest_twosample_twosided.csv", 734);
}

static void
two_sample_one_sided_is_gold_in_both_tails(void **state)
{
    (void)state;
    check_table("ttest_twosample_onesided.csv", 769);
}

static void
voxels_of_the_faces_data_are_gold(void **state)
{
    (void)state;
    static const struct {
        const char *column;
        double r;
        sw_fmri_side side;
    } kinds[] = {{"logBF10_r.707", M_SQRT1_2, SW_FMRI_TWO_SIDED},
                 {"logBFplus0_r.707", M_SQRT1_2, SW_FMRI_PLUS},
                 {"logBFminus0_r.707", M_SQRT1_2, SW_FMRI_MINUS},
                 {"logBF10_r.2", 0.2, SW_FMRI_TWO_SIDED},
                 {"logBFplus0_r.157400149562590", 0.157400149562590, SW_FMRI_PLUS}};
    reference_table table;
    worst w = {0};
    reference_open(&table, "fixture_faces12_voxels.csv");
    while (reference_next(&table))
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            sw_fmri_test test = sw_fmri_one_sample(12, kinds[k].r, kinds[k].side);
            worst_add(&w, sw_fmri_logbf(&test, reference_number(&table, "t")),
                      reference_number(&table, kinds[k].column));
        }
    // t is given to 15 digits and the Bayes factors to 13 decimals.
    worst_within(&w, 1e-9, 72 * 5);
}

static void
the_t_that_reaches_a_bayes_factor_is_the_tables(void **state)
{
    (void)state;
    reference_table table;
    worst w = {0};
    reference_open(&table, "tcrit.csv");
    while (reference_next(&table)) {
        sw_fmri_side side =
            strcmp(reference_text(&table, "side"), "two") ? SW_FMRI_PLUS : SW_FMRI_TWO_SIDED;
        sw_fmri_test test = sw_fmri_one_sample((size_t)reference_number(&table, "n"),
                                               reference_number(&table, "rscale"), side);
        double t = sw_fmri_t_reaching(&test, log(reference_number(&table, "BF")));
        double want = reference_number(&table, "tcrit");
        worst_add(&w, t / want, 1);
    }
    worst_within(&w, 1e-8, 517); // the table has eight decimals
}

static double
random_between(double lo, double hi)
{
    return lo + (hi - lo) * drand48();
}

static sw_fmri_test
random_test(void)
{
    return (sw_fmri_test){.nu = floor(exp(random_between(0, 8))),
                          .n_eff = exp(random_between(0, 8)),
                          .r = exp(random_between(-6, 3))};
}

static void
plus_and_minus_sum_to_twice_the_two_sided(void **state)
{
    (void)state;
    srand48(20090401);
    for (int k = 0; k < 2000; k++) {
        sw_fmri_test test = random_test();
        double t = sinh(random_between(-5, 5)), two = sw_fmri_logbf(&test, t);
        test.side = SW_FMRI_PLUS;
        double plus = sw_fmri_logbf(&test, t);
        test.side = SW_FMRI_MINUS;
        double minus = sw_fmri_logbf(&test, t);
        double sum = exp(plus - two) + exp(minus - two);
        if (!(fabs(sum - 2) <= 1e-12))
            fail_msg("%.17g: t %g nu %g n %g r %g", sum, t, test.nu, test.n_eff, test.r);
        assert_true(minus ==
                    sw_fmri_logbf(&(sw_fmri_test){test.nu, test.n_eff, test.r, SW_FMRI_PLUS}, -t));
    }
}

static void
extremes_stay_finite_and_in_order(void **state)
{
    (void)state;
    static const double nus[] = {1, 2, 30, 1e4, 1e5, 1.1e5, 1e7, 1e9, 1e12};
    static const double ts[] = {0, 1e-300, 1e-8, 1, 40, 1e4, 1e6, 1e150, INFINITY};
    for (size_t k = 0; k < 9; k++)
        for (int power = -6; power <= 3; power++) {
            double r = pow(10, power);
            sw_fmri_test two = {nus[k], nus[k], r, SW_FMRI_TWO_SIDED}, plus = two;
            plus.side = SW_FMRI_PLUS;
            double before = -INFINITY, wrong_before = INFINITY;
            for (size_t i = 0; i < 9; i++) {
                double b = sw_fmri_logbf(&two, ts[i]), p = sw_fmri_logbf(&plus, ts[i]);
                double w = sw_fmri_logbf(&plus, -ts[i]);
                if (!(isfinite(b) && isfinite(p) && isfinite(w)))
                    fail_msg("nu %g r %g t %g: %g %g %g", nus[k], r, ts[i], b, p, w);
                if (!(b >= before - 1e-12 && w <= wrong_before + 1e-12 && p >= b - 1e-9 &&
                      p <= b + M_LN2 + 1e-9 && w <= b + 1e-9))
                    fail_msg("nu %g r %g t %g: %.17g %.17g %.17g", nus[k], r, ts[i], b, p, w);
                before = b;
                wrong_before = w;
            }
        }
    assert_true(isnan(sw_fmri_logbf(&(sw_fmri_test){11, 12, 1, SW_FMRI_PLUS}, NAN)));
}

// With ν without bound the variance is known: a normal test, whose one node e^u has a closed form.
static void
many_degrees_of_freedom_approach_the_normal_test(void **state)
{
    (void)state;
    sw_fmri_test huge = {1e12, 50, 0.7, SW_FMRI_PLUS}, large = {1e8, 50, 0.7, SW_FMRI_PLUS};
    for (int i = -16; i <= 16; i++) {
        double t = 0.5 * i;
        assert_true(fabs(sw_fmri_logbf(&huge, t) - sw_fmri_logbf(&large, t)) < 1e-4);
    }
}

// Exact tails: m = 1 is the Cauchy law, m = 2 has ½ − z / (2 √(2 + z²)).
static void
student_tails_have_their_closed_forms(void **state)
{
    (void)state;
    for (int i = 0; i < 70; i++) {
        double z = 1e-8 * pow(1.7, i);
        double one = log(atan(1 / z) / M_PI);
        double two = log(1 / (sqrt(2 + z * z) * (sqrt(2 + z * z) + z)));
        assert_true(fabs(sw_fmri_student_log_cdf(1, -z) - one) < 2e-14 * fmax(1, fabs(one)));
        assert_true(fabs(sw_fmri_student_log_cdf(2, -z) - two) < 2e-14 * fmax(1, fabs(two)));
    }
}

// Where the two methods for large m meet they agree, and so do neighbouring m.
static void
student_tails_do_not_jump_with_the_degrees_of_freedom(void **state)
{
    (void)state;
    for (int i = 0; i < 180; i++) {
        double z = 0.25 * i;
        double a = sw_fmri_student_log_mills(99999, z), b = sw_fmri_student_log_mills(100000, z);
        double c = sw_fmri_student_log_mills(100001, z);
        if (!(fabs(a - 2 * b + c) < 1e-11))
            fail_msg("z = %g: %.17g %.17g %.17g", z, a, b, c);
    }
}

static void
quantiles_invert_the_tail(void **state)
{
    (void)state;
    srand48(1908);
    for (int k = 0; k < 200; k++) {
        double m = exp(random_between(0, 7)), log_p = -exp(random_between(-3, 6));
        double z = sw_fmri_student_upper_quantile(m, log_p);
        assert_true(fabs(sw_fmri_student_log_cdf(m, -z) - log_p) < 1e-12 * fmax(1, fabs(log_p)));
    }
    assert_true(isinf(sw_fmri_student_upper_quantile(3, 0)));
    assert_true(isnan(sw_fmri_student_upper_quantile(3, 0.1)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_sample_two_sided_is_gold),
        cmocka_unit_test(one_sample_one_sided_is_gold_in_both_tails),
        cmocka_unit_test(two_sample_two_sided_is_gold),
        cmocka_unit_test(two_sample_one_sided_is_gold_in_both_tails),
        cmocka_unit_test(voxels_of_the_faces_data_are_gold),
        cmocka_unit_test(the_t_that_reaches_a_bayes_factor_is_the_tables),
        cmocka_unit_test(plus_and_minus_sum_to_twice_the_two_sided),
        cmocka_unit_test(extremes_stay_finite_and_in_order),
        cmocka_unit_test(many_degrees_of_freedom_approach_the_normal_test),
        cmocka_unit_test(student_tails_have_their_closed_forms),
        cmocka_unit_test(student_tails_do_not_jump_with_the_degrees_of_freedom),
        cmocka_unit_test(quantiles_invert_the_tail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
