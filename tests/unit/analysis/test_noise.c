// SPDX-License-Identifier: Apache-2.0
// The split of variance into parameters and noise, by hand and against exact shares.
#include "tests/unit/analysis/through.h"

#include "lib/base/normal.h"

static void
the_split_is_that_computed_by_hand(void **unused)
{
    (void)unused;
    // Points with values {0, 2} and {10, 14}: variances 2 and 8, means 1 and 12.
    double y[] = {0, 10, 2, 14};
    sw_frame frame = make_frame("list", "{}", 1, 2, 2);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"noise\"}", 4, NULL, y, NULL, 3);
    assert_near(number(r, "variance_noise"), 5, 1e-14);
    assert_near(number(r, "variance_parameters"), 60.5 - 2.5, 1e-12);
    assert_near(number(r, "noise_share"), 5 / 63., 1e-14);
    assert_near(number(r, "noise_share_of_means"), 2.5 / 60.5, 1e-14);
    free_frame(&frame);
}

static void
shares_of_a_replicated_model_are_the_exact_ones(void **unused)
{
    (void)unused;
    // y = x1 + x2 / 2 + e, e of deviation 0.3, ten replicates. With 8192 points the shares have
    // deviations of 0.005 and 0.002: four of them are allowed.
    enum { POINTS = 8192, R = 10 };
    static double y[POINTS * R];
    for (uint64_t i = 0; i < POINTS * R; i++) {
        double u[2], p = sw_unit_open(sw_philox(9, SW_STREAM_RUN_SEED, i, 0));
        for (uint64_t j = 0; j < 2; j++)
            u[j] = sw_unit_open(sw_philox(9, SW_STREAM_DESIGN, i % POINTS, j));
        y[i] = u[0] + u[1] / 2 + 0.3 * sw_normal_quantile(p, 1 - p);
    }
    sw_frame frame = make_frame("random", "{}", 2, POINTS, R);
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"noise\"}", POINTS * R, NULL, y, NULL, 1000);
    assert_near(number(r, "noise_share"), 0.463519, 0.02);
    assert_near(number(r, "noise_share_of_means"), 0.079529, 0.008);
    free_frame(&frame);
}

// y = x1 + x2 / 2 + c x1 x2 + e, e of deviation 0.3: with c = 0 the exact shares are 0.429185,
// 0.107296 and 0.463519 of noise; with c = 1 variances are 27 / 144, 12 / 144, 1 / 144 together and
// 0.09 of noise.
static void
parameters_alone_together_and_noise_have_their_exact_shares(void **unused)
{
    (void)unused;
    enum { SEEDS = 16, R = 4 };
    static const double exact[2][4] = {
        {0.429185, 0.107296, 0, 0.463519},
        {27 / 52.96, 12 / 52.96, 1 / 52.96, 12.96 / 52.96},
    };
    for (int c = 0; c < 2; c++) {
        double sum[4] = {0}, squares[4] = {0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            through t = through_make(2, "{'method': 'saltelli', 'n': 2048}", seed, R);
            for (uint64_t i = 0; i < t.n; i++) {
                double p = sw_unit_open(sw_philox(seed, SW_STREAM_RUN_SEED, i, 0));
                double x1 = t.columns[0][i], x2 = t.columns[1][i];
                t.y[i] = x1 + x2 / 2 + c * x1 * x2 + 0.3 * sw_normal_quantile(p, 1 - p);
            }
            sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"noise\"}");
            double v[4] = {at(r, "S1", 0), at(r, "S1", 1), number(r, "interactions"),
                           number(r, "noise_share")};
            assert_near(v[0] + v[1] + v[2] + v[3], 1, 1e-12);
            for (size_t k = 0; k < 4; k++) {
                sum[k] += v[k];
                squares[k] += v[k] * v[k];
            }
            through_drop(&t);
        }
        // 5.2 standard errors: once in 10,000 times.
        for (size_t k = 0; k < 4; k++) {
            double mean = sum[k] / SEEDS;
            double se = sqrt(fmax(0, squares[k] / SEEDS - mean * mean) / (SEEDS - 1));
            assert_true(se < 0.01);
            assert_near(mean, exact[c][k], 5.2 * se + 1. / 2048);
        }
    }
}

static void
points_with_one_value_are_left_out_and_one_replicate_is_refused(void **unused)
{
    (void)unused;
    double y[] = {0, 10, 5, 2, 14, NAN};
    sw_frame frame = make_frame("list", "{}", 1, 3, 2);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"noise\"}", 6, NULL, y, NULL, 6);
    assert_near(number(r, "variance_noise"), 5, 1e-14);
    assert_int_equal(number(r, "n_dropped"), 1);
    assert_int_equal(number(r, "n_nan"), 1);
    frame.replicates = 1;
    assert_null(analyse(&frame, "{\"method\": \"noise\"}", 3, NULL, y, NULL, 3));
    free_frame(&frame);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_split_is_that_computed_by_hand),
        cmocka_unit_test(shares_of_a_replicated_model_are_the_exact_ones),
        cmocka_unit_test(parameters_alone_together_and_noise_have_their_exact_shares),
        cmocka_unit_test(points_with_one_value_are_left_out_and_one_replicate_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
