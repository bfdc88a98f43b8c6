// SPDX-License-Identifier: Apache-2.0
// Intervals, posteriors, regressions and tables of log BF against the reference tables.
#include "tests/unit/models/fmri/reference.h"

#include "models/fmri/bayes/interval.h"
#include "models/fmri/bayes/posterior.h"
#include "models/fmri/bayes/regression.h"
#include "models/fmri/bayes/table.h"

static double
end_of(const reference_table *table, const char *name)
{
    const char *text = reference_text(table, name);
    return strcmp(text, "Inf") == 0    ? INFINITY
           : strcmp(text, "-Inf") == 0 ? -INFINITY
                                       : strtod(text, NULL);
}

// The gold column is itself off by up to 4e-4 where n = 2 and |t| = 40, and where the range has
// next to no probability (log BF below -200): there a range and its complement do not sum to the
// whole, as they do below.
static int
is_gold(const reference_table *table)
{
    return reference_number(table, "logbf_gold") > -200 &&
           !(reference_number(table, "n1") == 2 && fabs(reference_number(table, "t")) >= 40);
}

static void
intervals_are_gold(void **state)
{
    (void)state;
    reference_table table;
    worst w = {0}, rest = {0};
    reference_open(&table, "ttest_onesample_interval.csv");
    while (reference_next(&table)) {
        sw_fmri_test test =
            sw_fmri_one_sample((size_t)reference_number(&table, "n1"),
                               reference_number(&table, "rscale"), SW_FMRI_TWO_SIDED);
        sw_fmri_interval i = {end_of(&table, "lower"), end_of(&table, "upper"),
                              reference_number(&table, "complement") != 0};
        worst_add(is_gold(&table) ? &w : &rest,
                  sw_fmri_interval_logbf(&test, &i, reference_number(&table, "t")),
                  reference_number(&table, "logbf_gold"));
    }
    worst_within(&w, 1e-8, 2774 - rest.rows);
    worst_within(&rest, 1e-3, rest.rows);
    assert_in_range(rest.rows, 1, 140);
}

static void
a_range_and_its_complement_have_probability_one(void **state)
{
    (void)state;
    static const double ns[] = {2, 3, 12, 200, 2000};
    for (int i = 0; i < 5; i++) {
        for (int t = -40; t <= 40; t += 8) {
            sw_fmri_test test = sw_fmri_one_sample((size_t)ns[i], 0.7, SW_FMRI_TWO_SIDED);
            sw_fmri_interval in = {-1, 0.5, false}, out = {-1, 0.5, true};
            double sum = exp(sw_fmri_interval_log_posterior(&test, &in, t)) +
                         exp(sw_fmri_interval_log_posterior(&test, &out, t));
            assert_true(fabs(sum - 1) < 1e-12);
        }
    }
}

static void
posteriors_are_those_of_the_table(void **state)
{
    (void)state;
    static const char *const columns[] = {"median", "q025", "q975", "mean", "sd", "p_delta_gt_0"};
    reference_table table;
    worst w = {0};
    size_t rows = 0;
    reference_open(&table, "posterior_delta.csv");
    while (reference_next(&table)) {
        const char *side = reference_text(&table, "side");
        sw_fmri_test test = sw_fmri_one_sample(
            (size_t)reference_number(&table, "n"), reference_number(&table, "rscale"),
            strcmp(side, "plus") == 0 ? SW_FMRI_PLUS : SW_FMRI_TWO_SIDED);
        sw_fmri_posterior *p = sw_fmri_posterior_new(&test, reference_number(&table, "t"));
        double got[6] = {sw_fmri_posterior_quantile(p, 0.5),
                         sw_fmri_posterior_quantile(p, 0.025),
                         sw_fmri_posterior_quantile(p, 0.975),
                         sw_fmri_posterior_mean(p),
                         sw_fmri_posterior_sd(p),
                         sw_fmri_posterior_positive(p)};
        for (size_t k = 0; k < 6; k++)
            worst_add(&w, got[k], reference_number(&table, columns[k]));
        sw_fmri_posterior_free(&p);
        rows++;
    }
    worst_within(&w, 1e-8, 6 * rows);
}

static void
regressions_are_gold(void **state)
{
    (void)state;
    reference_table table;
    worst w = {0};
    reference_open(&table, "linreg_R2stat.csv");
    while (reference_next(&table))
        worst_add(&w,
                  sw_fmri_regression_logbf(
                      (size_t)reference_number(&table, "N"), (size_t)reference_number(&table, "p"),
                      reference_number(&table, "R2"), reference_number(&table, "rscale")),
                  reference_number(&table, "logbf_gold"));
    worst_within(&w, 1e-8, 1568);
}

static void
one_covariate_alone_is_the_regression(void **state)
{
    (void)state;
    for (int i = -6; i <= 6; i++) {
        double t = 1.5 * i;
        double r2 = t * t / (t * t + 18);
        double a = sw_fmri_covariate_logbf(20, 0, t, 0.35);
        double b = sw_fmri_regression_logbf(20, 1, r2, 0.35);
        assert_true(fabs(a - b) < 1e-12 * fmax(1, fabs(b)));
    }
}

static void
the_table_agrees_with_the_function(void **state)
{
    (void)state;
    srand48(4);
    for (int k = 0; k < 60; k++) {
        sw_fmri_test test = {floor(exp(6 * drand48())) + 1, exp(6 * drand48()),
                             exp(6 * drand48() - 4), (sw_fmri_side)(k % 3)};
        enum { N = 1000 };
        double t[N], out[N];
        for (int i = 0; i < N; i++)
            t[i] = i == 5 ? NAN : i == 6 ? INFINITY : sinh(8 * drand48() - 4);
        sw_fmri_logbf_batch(&test, N, t, out);
        for (int i = 0; i < N; i++) {
            if (!isfinite(t[i])) {
                assert_true(isnan(out[i]));
                continue;
            }
            double direct = sw_fmri_logbf(&test, t[i]);
            if (!(fabs(out[i] - direct) <= 1.5e-9 * fmax(1, 1e-3 * fabs(direct))))
                fail_msg("nu %g n %g r %g side %d t %g: %.17g not %.17g", test.nu, test.n_eff,
                         test.r, test.side, t[i], out[i], direct);
        }
    }
}

static void
huge_t_are_taken_by_the_function_itself(void **state)
{
    (void)state;
    sw_fmri_test test = sw_fmri_one_sample(12, 0.7, SW_FMRI_PLUS);
    double t[300], out[300];
    for (int i = 0; i < 300; i++)
        t[i] = 1e12 * (i + 1);
    sw_fmri_logbf_batch(&test, 300, t, out);
    for (int i = 0; i < 300; i++)
        assert_true(out[i] == sw_fmri_logbf(&test, t[i]));
    for (int i = 0; i < 300; i++)
        t[i] = NAN;
    sw_fmri_logbf_batch(&test, 300, t, out);
    assert_true(isnan(out[0]) && isnan(out[299]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_gold),
        cmocka_unit_test(a_range_and_its_complement_have_probability_one),
        cmocka_unit_test(posteriors_are_those_of_the_table),
        cmocka_unit_test(regressions_are_gold),
        cmocka_unit_test(one_covariate_alone_is_the_regression),
        cmocka_unit_test(the_table_agrees_with_the_function),
        cmocka_unit_test(huge_t_are_taken_by_the_function_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
