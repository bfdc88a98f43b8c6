// SPDX-License-Identifier: Apache-2.0
// The A test for the number of replicates, by hand and on noise.
#include "sample.h"

static const char request[] = "{\"method\": \"vargha_delaney\", \"limit\": 0.6}";

static void
a_is_the_reference_figure(void **unused)
{
    (void)unused;
    // A([1..5], [3..7]) is 0.18, which counts as 0.82.
    static const double y[] = {1, 2, 3, 4, 5, 3, 4, 5, 6, 7};
    sw_frame frame = make_frame("list", "{}", 1, 1, 10);
    sw_auto(json) json_t *r = analyse(&frame, request, 10, NULL, y, NULL, 3);
    assert_near(at(r, "replicates", 4), 5, 0);
    assert_near(at(r, "A", 4), 0.82, 1e-14);
    assert_true(json_is_null(json_object_get(r, "replicates_needed")));
    assert_int_equal(json_array_size(json_object_get(r, "warnings")), 1);
    free_frame(&frame);
}

static void
a_model_without_noise_needs_one_replicate(void **unused)
{
    (void)unused;
    double y[3 * 8];
    for (size_t i = 0; i < 3 * 8; i++)
        y[i] = (double)(i % 3);
    sw_frame frame = make_frame("list", "{}", 1, 3, 8);
    sw_auto(json) json_t *r = analyse(&frame, request, 3 * 8, NULL, y, NULL, 5);
    assert_int_equal(number(r, "replicates_needed"), 1);
    for (size_t k = 0; k < 4; k++)
        assert_near(at(r, "A", k), 0.5, 0);
    free_frame(&frame);
}

// Single values are always told apart; A of larger groups of the same law falls towards a half.
static void
larger_groups_of_noise_are_more_alike(void **unused)
{
    (void)unused;
    enum { POINTS = 4, R = 400 };
    static double y[POINTS * R];
    for (uint64_t i = 0; i < POINTS * R; i++)
        y[i] = sw_unit_open(sw_philox(3, SW_STREAM_RUN_SEED, i, 0));
    sw_frame frame = make_frame("list", "{}", 1, POINTS, R);
    sw_auto(json) json_t *r = analyse(&frame, request, POINTS * R, NULL, y, NULL, 100);
    size_t n = json_array_size(json_object_get(r, "A"));
    assert_near(at(r, "A", 0), 1, 0);
    assert_true(at(r, "A", n - 1) < 0.6);
    assert_true(number(r, "replicates_needed") > 10);
    free_frame(&frame);
}

static void
a_point_with_a_failed_replicate_is_dropped_and_said(void **unused)
{
    (void)unused;
    double y[2 * 6] = {0};
    uint8_t state[2 * 6] = {[3] = SW_CRASH};
    sw_frame frame = make_frame("list", "{}", 1, 2, 6);
    sw_auto(json) json_t *r = analyse(&frame, request, 2 * 6, NULL, y, state, 12);
    assert_int_equal(number(r, "n"), 1);
    assert_int_equal(number(r, "n_dropped"), 1);
    assert_int_equal(number(r, "n_failed"), 1);
    free_frame(&frame);
}

static void
too_few_replicates_are_a_fault(void **unused)
{
    (void)unused;
    double y[3] = {0};
    sw_frame frame = make_frame("list", "{}", 1, 1, 3);
    assert_null(analyse(&frame, request, 3, NULL, y, NULL, 3));
    free_frame(&frame);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_is_the_reference_figure),
        cmocka_unit_test(a_model_without_noise_needs_one_replicate),
        cmocka_unit_test(larger_groups_of_noise_are_more_alike),
        cmocka_unit_test(a_point_with_a_failed_replicate_is_dropped_and_said),
        cmocka_unit_test(too_few_replicates_are_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
