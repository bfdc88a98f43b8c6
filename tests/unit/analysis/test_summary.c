// SPDX-License-Identifier: Apache-2.0
// The summary of a column by hand-computed values.
#include "sample.h"

static double
quantile_at(const json_t *result, double p)
{
    size_t i;
    json_t *pair;
    json_array_foreach (json_object_get(result, "quantiles"), i, pair) {
        if (number(pair, "p") == p)
            return number(pair, "value");
    }
    fail_msg("there is no quantile at %g", p);
    return NAN;
}

static void
moments_and_quantiles_are_those_computed_by_hand(void **unused)
{
    (void)unused;
    // t interval of the same sample in the literature: mean 3.02, sd 0.258844, sem 0.115758.
    double y[] = {3.1, 2.9, 3.4, 3.0, 2.7};
    sw_frame frame = make_frame("random", "{}", 1, 5, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"summary\"}", 5, NULL, y, NULL, 2);
    assert_near(number(r, "mean"), 3.02, 1e-14);
    assert_near(number(r, "sd"), 0.25884358211089570, 1e-14);
    assert_near(number(r, "sem"), 0.11575836902790225, 1e-14);
    assert_near(number(r, "min"), 2.7, 0);
    assert_near(number(r, "max"), 3.4, 0);
    assert_near(quantile_at(r, 0.5), 3.0, 0);
    // Type 7: 0.95 lies at index 3.8, between 3.1 and 3.4.
    assert_near(quantile_at(r, 0.95), 3.34, 1e-14);
    assert_int_equal(number(r, "n"), 5);
    free_frame(&frame);
}

static void
failed_runs_and_nan_are_counted_apart_and_left_out(void **unused)
{
    (void)unused;
    double y[] = {1, NAN, 3, NAN, INFINITY, NAN};
    uint8_t state[] = {SW_DONE, SW_CRASH, SW_DONE, SW_DONE, SW_DONE, SW_TIMEOUT};
    sw_frame frame = make_frame("random", "{}", 1, 6, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"summary\"}", 6, NULL, y, state, 4);
    assert_int_equal(number(r, "n"), 2);
    assert_int_equal(number(r, "n_failed"), 2);
    assert_int_equal(number(r, "n_nan"), 2);
    assert_int_equal(number(json_object_get(r, "failed"), "crash"), 1);
    assert_int_equal(number(json_object_get(r, "failed"), "timeout"), 1);
    assert_int_equal(number(json_object_get(r, "failed"), "memory"), 0);
    assert_near(number(r, "mean"), 2, 0);
    free_frame(&frame);
}

static void
points_are_summarised_over_their_replicates(void **unused)
{
    (void)unused;
    double y[] = {1, 10, 3, 10, 5, NAN}; // two points, three replicates
    sw_frame frame = make_frame("list", "{}", 1, 2, 3);
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"summary\", \"per_point\": true}", 6, NULL, y, NULL, 4);
    const json_t *points = json_object_get(r, "points");
    assert_near(at(points, "mean", 0), 3, 0);
    assert_near(at(points, "sd", 0), 2, 1e-15);
    assert_near(at(points, "n", 1), 2, 0);
    assert_near(at(points, "sd", 1), 0, 0);
    free_frame(&frame);
}

static void
no_value_at_all_gives_nulls_and_no_fault(void **unused)
{
    (void)unused;
    double y[] = {NAN};
    uint8_t state[] = {SW_ERROR};
    sw_frame frame = make_frame("list", "{}", 1, 1, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"summary\"}", 1, NULL, y, state, 1);
    assert_non_null(r);
    assert_true(isnan(number(r, "mean")) && isnan(number(r, "max")));
    assert_true(isnan(quantile_at(r, 0.5)));
    free_frame(&frame);
}

static void
wrong_quantiles_and_too_many_points_are_faults(void **unused)
{
    (void)unused;
    sw_faults faults = {0};
    sw_frame frame = make_frame("list", "{}", 1, 1000000, 1);
    sw_auto(json) json_t *q =
        json_pack("{s:s, s:[f, f]}", "method", "summary", "quantiles", .5, 1.5);
    sw_auto(json) json_t *p = json_pack("{s:s, s:b}", "method", "summary", "per_point", 1);
    assert_null(sw_analysis_new(q, "", &frame, &faults));
    assert_null(sw_analysis_new(p, "", &frame, &faults));
    assert_int_equal(faults.n, 2);
    assert_string_equal(faults.v[0].pointer, "/quantiles/1");
    assert_string_equal(faults.v[1].pointer, "/per_point");
    sw_faults_fini(&faults);
    free_frame(&frame);
}

static void
a_request_is_resolved_with_its_defaults(void **unused)
{
    (void)unused;
    sw_faults faults = {0};
    sw_frame frame = make_frame("saltelli", "{}", 3, 50, 1);
    sw_auto(json) json_t *request = json_pack("{s:s}", "method", "sobol");
    sw_analysis *a = sw_analysis_new(request, "", &frame, &faults);
    sw_auto(json) json_t *resolved = sw_analysis_resolved(a);
    assert_int_equal(number(resolved, "resamples"), 100);
    assert_near(number(resolved, "confidence"), 0.95, 0);
    assert_string_equal(json_string_value(json_object_get(resolved, "output")), "y");
    // What was resolved is a request that resolves to itself.
    sw_analysis *b = sw_analysis_new(resolved, "", &frame, &faults);
    sw_auto(json) json_t *again = sw_analysis_resolved(b);
    assert_true(json_equal(resolved, again));
    sw_analysis_free(&a);
    sw_analysis_free(&b);
    free_frame(&frame);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_and_quantiles_are_those_computed_by_hand),
        cmocka_unit_test(failed_runs_and_nan_are_counted_apart_and_left_out),
        cmocka_unit_test(points_are_summarised_over_their_replicates),
        cmocka_unit_test(no_value_at_all_gives_nulls_and_no_fault),
        cmocka_unit_test(wrong_quantiles_and_too_many_points_are_faults),
        cmocka_unit_test(a_request_is_resolved_with_its_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
