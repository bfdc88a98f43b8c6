// SPDX-License-Identifier: Apache-2.0
// PRIM on an output that is 1 in a known box and 0 elsewhere.
#include "sample.h"

enum { N = 2048, D = 3 };

static double columns[D][N], y[N];

static json_t *
result_of(const char *request, const uint8_t *state)
{
    const double *x[] = {columns[0], columns[1], columns[2]};
    double u[D];
    for (size_t i = 0; i < N; i++) {
        sobol_point(i, D, u);
        for (size_t j = 0; j < D; j++)
            columns[j][i] = u[j];
        y[i] = u[0] > 0.7 && u[1] < 0.4;
    }
    sw_frame frame = make_frame("sobol", "{}", D, N, 1);
    json_t *r = analyse(&frame, request, N, x, y, state, 100);
    free_frame(&frame);
    return r;
}

static bool
holds(const json_t *box, size_t i)
{
    for (size_t j = 0; j < D; j++) {
        double low = at(box, "low", j), high = at(box, "high", j);
        if (columns[j][i] < low || columns[j][i] > high)
            return false; // A limit that is not there is NaN, which is neither.
    }
    return true;
}

static void
coverage_density_and_mass_are_those_of_the_limits(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = result_of("{\"method\": \"prim\", \"threshold\": 0.5}", NULL);
    json_t *boxes = json_object_get(r, "trajectory"), *box;
    size_t k;
    assert_true(json_array_size(boxes) > 10);
    json_array_foreach (boxes, k, box) {
        double n = 0, positives = 0;
        for (size_t i = 0; i < N; i++) {
            n += holds(box, i);
            positives += holds(box, i) && y[i] > 0.5;
        }
        assert_near(number(box, "n_points"), n, 0);
        assert_near(number(box, "mass"), n / N, 1e-15);
        assert_near(number(box, "density"), positives / n, 1e-15);
        assert_near(number(box, "coverage"), positives / number(r, "n_positive"), 1e-15);
    }
}

// The true box has a mass of 0.12; a peel of 5 % is off by one at most on each of its two sides.
static void
a_box_is_found_and_the_idle_input_left_free(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r =
        result_of("{\"method\": \"prim\", \"threshold\": 0.5, \"density\": 0.9}", NULL);
    const json_t *box = json_object_get(r, "box");
    assert_true(number(box, "density") >= 0.9);
    assert_true(number(box, "coverage") >= 0.95);
    assert_near(at(box, "low", 0), 0.7, 0.05);
    assert_near(at(box, "high", 1), 0.4, 0.05);
    assert_true(isnan(at(box, "high", 0)) && isnan(at(box, "low", 1)));
    assert_true(isnan(at(box, "low", 2)) && isnan(at(box, "high", 2)));
    assert_int_equal(number(box, "n_restricted"), 2);
}

static void
a_failed_point_is_dropped_and_said(void **unused)
{
    (void)unused;
    static uint8_t state[N];
    state[5] = SW_ERROR;
    sw_auto(json) json_t *r = result_of("{\"method\": \"prim\", \"threshold\": 0.5}", state);
    assert_int_equal(number(r, "n"), N - 1);
    assert_int_equal(number(r, "n_dropped"), 1);
}

static void
the_other_side_is_what_is_below(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r =
        result_of("{\"method\": \"prim\", \"threshold\": 0.5, \"side\": \"below\"}", NULL);
    sw_auto(json) json_t *other = result_of("{\"method\": \"prim\", \"threshold\": 0.5}", NULL);
    assert_int_equal(number(r, "n_positive") + number(other, "n_positive"), N);
}

static void
a_threshold_that_no_point_reaches_is_a_fault(void **unused)
{
    (void)unused;
    assert_null(result_of("{\"method\": \"prim\", \"threshold\": 2}", NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coverage_density_and_mass_are_those_of_the_limits),
        cmocka_unit_test(a_box_is_found_and_the_idle_input_left_free),
        cmocka_unit_test(a_failed_point_is_dropped_and_said),
        cmocka_unit_test(the_other_side_is_what_is_below),
        cmocka_unit_test(a_threshold_that_no_point_reaches_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
