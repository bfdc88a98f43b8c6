// SPDX-License-Identifier: Apache-2.0
// Quantiles against independent reference values and exact identities, far tails included.
#include "tests/unit/study/fixture.h"

#include "lib/base/normal.h"
#include "lib/base/special.h"
#include "tests/answers/distribution_quantiles.h"

static sw_distribution
law(const char *name, const char *members)
{
    sw_faults faults = {0};
    sw_distribution d;
    sw_auto(json) json_t *json = json_of(members);
    if (!sw_distribution_read(json, "", sw_distribution_find(name), &d, &faults))
        fail_msg("%s %s: %s", name, members, faults.v[0].message);
    return d;
}

static void
expect_close(double got, double wanted, double tolerance, const char *what, double u)
{
    double error = fabs(got - wanted) / (fabs(wanted) > 0 ? fabs(wanted) : 1);
    if (!(error <= tolerance))
        fail_msg("%s at %.17g: %.17g, expected %.17g, error %.2g", what, u, got, wanted, error);
}

static void
central_quantiles_are_those_of_the_reference(void **state)
{
    (void)state;
    for (size_t k = 0; k < sw_countof(central_quantiles); k++) {
        sw_distribution d = law(central_quantiles[k].law, central_quantiles[k].members);
        for (size_t i = 0; i < 4; i++)
            expect_close(sw_quantile(&d, central_places[i]), central_quantiles[k].x[i], 5e-12,
                         central_quantiles[k].members, central_places[i]);
    }
}

static void
tail_quantiles_are_exact_to_1e_10(void **state)
{
    (void)state;
    for (size_t k = 0; k < sw_countof(tail_quantiles); k++) {
        sw_distribution d = law(tail_quantiles[k].law, tail_quantiles[k].members);
        expect_close(sw_quantile(&d, tail_quantiles[k].u), tail_quantiles[k].x, 1e-12,
                     tail_quantiles[k].members, tail_quantiles[k].u);
    }
}

// Laws with closed forms at special shapes, for every p and q down to 1e-150.
static void
special_shapes_have_their_closed_forms(void **state)
{
    (void)state;
    for (double p = 1e-150; p < 0.5; p *= 7.3) {
        double q = 1 - p, z = sw_normal_quantile(p / 2, 1 - p / 2);
        expect_close(sw_gamma_inverse(1, p, q), -log1p(-p), 1e-12, "gamma(1) low", p);
        expect_close(sw_gamma_inverse(1, q, p), -log(p), 1e-12, "gamma(1) high", p);
        expect_close(sw_gamma_inverse(0.5, q, p), z * z / 2, 1e-12, "gamma(1/2) high", p);
        expect_close(sw_beta_inverse(3, 1, p, q), cbrt(p), 1e-12, "beta(3, 1)", p);
        expect_close(sw_beta_inverse(1, 4, p, q), -expm1(log1p(-p) / 4), 1e-12, "beta(1, 4)", p);
        double s = sin(M_PI_2 * p);
        expect_close(sw_beta_inverse(0.5, 0.5, p, q), s * s, 1e-12, "beta(1/2, 1/2)", p);
    }
}

static void
the_normal_tail_undoes_its_quantile(void **state)
{
    (void)state;
    for (double p = 1e-300; p < 0.5; p *= 3.7) {
        // A relative error e of z is z² e of the tail: 1400 e at 1e-300.
        expect_close(sw_normal_tail(sw_normal_quantile(p, 1 - p), false), p, 1e-12, "low", p);
        expect_close(sw_normal_tail(sw_normal_quantile(1 - p, p), true), p, 1e-12, "high", p);
    }
}

static void
every_law_ascends_and_stays_within_its_bounds(void **state)
{
    (void)state;
    for (size_t k = 0; k < sw_countof(central_quantiles); k++) {
        sw_distribution d = law(central_quantiles[k].law, central_quantiles[k].members);
        double last = -INFINITY;
        for (int i = 0; i <= 1000; i++) {
            double x = sw_quantile(&d, i / 1000.0);
            assert_true(x >= last && x >= d.min && x <= d.max);
            last = x;
        }
    }
}

// At a quarter and three quarters of a symmetric triangle: half the square root of a half.
static void
triangles_of_any_width_keep_their_shape(void **state)
{
    (void)state;
    static const double scales[] = {1e-200, 1e-20, 1, 1e200};
    for (size_t k = 0; k < sw_countof(scales); k++) {
        sw_auto(free) char *members =
            sw_format("{'min': %g, 'max': %g, 'mode': 0}", -scales[k], scales[k]);
        sw_distribution d = law("triangular", members);
        expect_close(sw_quantile(&d, 0.25) / scales[k], sqrt(0.5) - 1, 1e-14, "low", 0.25);
        expect_close(sw_quantile(&d, 0.75) / scales[k], 1 - sqrt(0.5), 1e-14, "high", 0.75);
    }
}

static void
a_sample_is_read_between_its_ordered_values(void **state)
{
    (void)state;
    sw_distribution d = law("empirical", "{'sample': [3, 1, 2, 10]}");
    assert_true(sw_quantile(&d, 0) == 1 && sw_quantile(&d, 1) == 10);
    expect_close(sw_quantile(&d, 1 / 3.0), 2, 1e-15, "third", 1 / 3.0);
    expect_close(sw_quantile(&d, 0.5), 2.5, 1e-15, "median", 0.5);
    expect_close(sw_quantile(&d, 5 / 6.0), 6.5, 1e-15, "upper", 5 / 6.0);
    sw_distribution_fini(&d);
}

static void
weights_give_each_value_its_share(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'parameters': {'z': {'values': [5, -3, 8],"
                  "'weights': [1, 2, 5]}}, 'design': {'method': 'lhs', 'n': 8000}}");
    sw_auto(free) double *in = inputs_of(m.plan, 7, 0, 8000);
    int count[3] = {0};
    for (int i = 0; i < 8000; i++) {
        double v = in[2 * 8000 + i];
        count[v == 5 ? 0 : v == -3 ? 1 : 2]++;
    }
    assert_int_equal(count[0], 1000);
    assert_int_equal(count[1], 2000);
    assert_int_equal(count[2], 5000);
    drop(&m);
}

static void
whole_numbers_of_a_uniform_range_have_equal_shares(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'parameters': {'z': {'min': -2, 'max': 2, 'integer': "
                  "true}}, 'design': {'method': 'lhs', 'n': 5000}}");
    sw_auto(free) double *in = inputs_of(m.plan, 7, 0, 5000);
    int count[5] = {0};
    for (int i = 0; i < 5000; i++)
        count[(int)in[2 * 5000 + i] + 2]++;
    for (int k = 0; k < 5; k++)
        assert_int_equal(count[k], 1000);
    drop(&m);
}

static void
impossible_truncations_are_refused(void **state)
{
    (void)state;
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'distribution': 'normal', 'mean': 0,"
                 "'sd': 1, 'min': 50, 'max': 51}}, 'design': {'method': 'random', 'n': 1}}",
                 "/parameters/x", "no measurable share");
    // A share of 2e-13 of the tail beyond it has three digits left, a subnormal one hardly any.
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'distribution': 'normal', 'mean': 0,"
                 "'sd': 1, 'min': 30, 'max': 30.000000000000007}},"
                 "'design': {'method': 'random', 'n': 1}}",
                 "/parameters/x", "no measurable share");
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'distribution': 'normal', 'mean': 0,"
                 "'sd': 1, 'min': 38.3, 'max': 39}}, 'design': {'method': 'random', 'n': 1}}",
                 "/parameters/x", "no measurable share");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(central_quantiles_are_those_of_the_reference),
        cmocka_unit_test(tail_quantiles_are_exact_to_1e_10),
        cmocka_unit_test(special_shapes_have_their_closed_forms),
        cmocka_unit_test(the_normal_tail_undoes_its_quantile),
        cmocka_unit_test(every_law_ascends_and_stays_within_its_bounds),
        cmocka_unit_test(triangles_of_any_width_keep_their_shape),
        cmocka_unit_test(a_sample_is_read_between_its_ordered_values),
        cmocka_unit_test(weights_give_each_value_its_share),
        cmocka_unit_test(whole_numbers_of_a_uniform_range_have_equal_shares),
        cmocka_unit_test(impossible_truncations_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
