// SPDX-License-Identifier: Apache-2.0
// The split of variance into parameters and noise, by hand and against exact shares.
#include "sample.h"

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
        cmocka_unit_test(points_with_one_value_are_left_out_and_one_replicate_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
