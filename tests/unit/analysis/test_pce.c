// SPDX-License-Identifier: Apache-2.0
// Polynomial chaos: exact on polynomials, close on Ishigami, and its Shapley effects against the
// exact parts of the variance.
#include "sample.h"

enum { N_MAX = 1024, D = 3 };

static double columns[D][N_MAX], y[N_MAX];

static double
on_interval(const void *context, size_t j, double u)
{
    (void)context;
    (void)j;
    return 2 + 3 * u;
}

static json_t *
result_of(const char *request, function f, size_t d, size_t n, const uint8_t *state)
{
    const double *x[] = {columns[0], columns[1], columns[2]};
    double u[D];
    for (size_t i = 0; i < n; i++) {
        sobol_point(i + 1, d, u);
        y[i] = f(u, d);
        for (size_t j = 0; j < d; j++)
            columns[j][i] = on_interval(NULL, j, u[j]);
    }
    sw_frame frame = make_frame("sobol", "{}", d, n, 1);
    frame.quantile = on_interval;
    json_t *r = analyse(&frame, request, n, x, y, state, 100);
    free_frame(&frame);
    return r;
}

static double
with_product(const double *u, size_t d)
{
    (void)d;
    return u[0] + u[1] / 2 + u[0] * u[1];
}

static double
constant(const double *u, size_t d)
{
    (void)u;
    (void)d;
    return 3.5;
}

static void
assert_product_is_exact(const json_t *r)
{
    assert_near(number(r, "variance"), 40. / 144, 1e-9);
    assert_near(number(r, "leave_one_out_error"), 0, 1e-12);
    assert_near(at(r, "S1", 0), 27. / 40, 1e-9);
    assert_near(at(r, "S1", 1), 12. / 40, 1e-9);
    assert_near(at2(r, "S2", 0, 1), 1. / 40, 1e-9);
    assert_near(at(r, "ST", 0), 28. / 40, 1e-9);
    assert_near(at(r, "ST", 1), 13. / 40, 1e-9);
    assert_near(at(r, "shapley", 0), 27.5 / 40, 1e-9);
    assert_near(at(r, "shapley", 1), 12.5 / 40, 1e-9);
}

static void
a_polynomial_is_found_exactly_from_few_points(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = result_of("{\"method\": \"pce\"}", with_product, 2, 40, NULL);
    assert_product_is_exact(r);
}

static void
a_failed_run_is_dropped_and_said(void **unused)
{
    (void)unused;
    uint8_t state[41] = {0};
    state[7] = SW_ERROR;
    sw_auto(json) json_t *r = result_of("{\"method\": \"pce\"}", with_product, 2, 41, state);
    assert_product_is_exact(r);
    assert_int_equal(number(r, "n_dropped"), 1);
    assert_int_equal(number(r, "n_failed"), 1);
}

static void
a_linear_model_has_its_exact_shares(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = result_of("{\"method\": \"pce\"}", linear_123, 3, 64, NULL);
    for (size_t j = 0; j < D; j++) {
        double share = (double)((j + 1) * (j + 1)) / 14;
        assert_near(at(r, "S1", j), share, 1e-9);
        assert_near(at(r, "ST", j), share, 1e-9);
        assert_near(at(r, "shapley", j), share, 1e-9);
    }
}

// Exact values from the formulas of the function. The tolerance is that of a fit from 512 points.
static void
ishigami_is_close_to_its_exact_indices(void **unused)
{
    (void)unused;
    static const double s1[D] = {0.313905191147811, 0.442411144790041, 0};
    static const double st[D] = {0.557588855209959, 0.442411144790041, 0.243683664062148};
    static const double shapley[D] = {0.435747023178885, 0.442411144790041, 0.121841832031074};
    sw_auto(json) json_t *r =
        result_of("{\"method\": \"pce\", \"degree\": 12, \"q_norm\": 1}", ishigami, 3, 512, NULL);
    print_message("leave-one-out error %.3g with %g terms\n", number(r, "leave_one_out_error"),
                  number(r, "n_terms"));
    assert_true(number(r, "leave_one_out_error") < 1e-4);
    assert_near(number(r, "variance"), 13.8445879407193, 0.01);
    assert_near(at2(r, "S2", 0, 2), 0.243683664062148, 1e-3);
    for (size_t j = 0; j < D; j++) {
        assert_near(at(r, "S1", j), s1[j], 1e-3);
        assert_near(at(r, "ST", j), st[j], 1e-3);
        assert_near(at(r, "shapley", j), shapley[j], 1e-3);
    }
}

static void
a_poor_fit_and_a_constant_are_said(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *poor =
        result_of("{\"method\": \"pce\", \"degree\": 2}", ishigami, 3, 128, NULL);
    assert_int_equal(json_array_size(json_object_get(poor, "warnings")), 1);
    assert_true(number(poor, "leave_one_out_error") > 0.05);
    sw_auto(json) json_t *flat = result_of("{\"method\": \"pce\"}", constant, 3, 128, NULL);
    assert_int_equal(json_array_size(json_object_get(flat, "warnings")), 1);
    assert_near(at(flat, "ST", 0), 0, 0);
}

static void
too_high_a_degree_and_unknown_distributions_are_faults(void **unused)
{
    (void)unused;
    assert_null(
        result_of("{\"method\": \"pce\", \"degree\": 30, \"q_norm\": 1}", ishigami, 3, 64, NULL));
    sw_frame frame = make_frame("list", "{}", 2, 64, 1);
    const double *x[] = {columns[0], columns[1]};
    assert_null(analyse(&frame, "{\"method\": \"pce\"}", 64, x, y, NULL, 64));
    free_frame(&frame);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_polynomial_is_found_exactly_from_few_points),
        cmocka_unit_test(a_failed_run_is_dropped_and_said),
        cmocka_unit_test(a_linear_model_has_its_exact_shares),
        cmocka_unit_test(ishigami_is_close_to_its_exact_indices),
        cmocka_unit_test(a_poor_fit_and_a_constant_are_said),
        cmocka_unit_test(too_high_a_degree_and_unknown_distributions_are_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
