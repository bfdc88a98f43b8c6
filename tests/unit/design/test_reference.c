// SPDX-License-Identifier: Apache-2.0
// Designs against the reference figures of other implementations: Sobol' points and their
// uniformity, Morris levels, a fraction of a factorial design.
#include "tests/unit/study/fixture.h"

#include "lib/design/sobol_points.h"
#include "tests/answers/sensitivity_points.h"

enum { N = 64, D = 3 };

static double
place(const sw_sobol *s, size_t v, uint64_t i)
{
    return sw_sobol_place(s, v, sw_sobol_digits(s, v, i));
}

static void
points_of_8_and_21_dimensions_are_the_reference_points(void **unused)
{
    (void)unused;
    sw_sobol *s = sw_sobol_new(21, SW_SCRAMBLE_NONE, 0);
    for (size_t k = 0; k < sw_countof(points_of_8); k++) {
        for (size_t v = 0; v < 8; v++)
            assert_true(place(s, v, points_of_8[k].index) == points_of_8[k].x[v]);
    }
    for (size_t v = 0; v < 21; v++)
        assert_true(place(s, v, 7) == point_7_of_21[v]);
    sw_sobol_free(s);
}

typedef struct discrepancy {
    double centred, wrap, mixture, star;
} discrepancy;

// Products over the dimensions of one point: Hickernell (1998), Math. Comp. 67:299; mixture: Zhou,
// Fang and Ning (2013), J. Complexity 29:283; L2 star: Warnock (1972).
static discrepancy
of_point(const double *x)
{
    discrepancy p = {1, 0, 1, 1};
    for (size_t v = 0; v < D; v++) {
        double z = fabs(x[v] - 0.5);
        p.centred *= 1 + z / 2 - z * z / 2;
        p.mixture *= 5 / 3. - z / 4 - z * z / 4;
        p.star *= 1 - x[v] * x[v];
    }
    return p;
}

static discrepancy
of_pair(const double *a, const double *b)
{
    discrepancy p = {1, 1, 1, 1};
    for (size_t v = 0; v < D; v++) {
        double za = fabs(a[v] - 0.5), zb = fabs(b[v] - 0.5), e = fabs(a[v] - b[v]);
        p.centred *= 1 + za / 2 + zb / 2 - e / 2;
        p.wrap *= 1.5 - e * (1 - e);
        p.mixture *= 15 / 8. - za / 4 - zb / 4 - 3 * e / 4 + e * e / 2;
        p.star *= 1 - fmax(a[v], b[v]);
    }
    return p;
}

static void
the_first_64_points_have_the_reference_discrepancies(void **unused)
{
    (void)unused;
    static double x[N][D];
    sw_sobol *s = sw_sobol_new(D, SW_SCRAMBLE_NONE, 0);
    for (size_t i = 0; i < N; i++) {
        for (size_t v = 0; v < D; v++)
            x[i][v] = place(s, v, i);
    }
    sw_sobol_free(s);
    discrepancy one = {0}, two = {0};
    for (size_t i = 0; i < N; i++) {
        discrepancy p = of_point(x[i]);
        one.centred += p.centred, one.mixture += p.mixture, one.star += p.star;
        for (size_t k = 0; k < N; k++) {
            discrepancy q = of_pair(x[i], x[k]);
            two.centred += q.centred, two.wrap += q.wrap, two.mixture += q.mixture;
            two.star += q.star;
        }
    }
    double n = N, nn = n * n;
    double star = pow(3, -D) - pow(2, 1 - D) * one.star / n + two.star / nn;
    double centred = pow(13 / 12., D) - 2 * one.centred / n + two.centred / nn;
    double mixture = pow(19 / 12., D) - 2 * one.mixture / n + two.mixture / nn;
    assert_true(fabs(centred - ANSWER_CENTRED) < 1e-12);
    assert_true(fabs(two.wrap / nn - pow(4 / 3., D) - ANSWER_WRAP_AROUND) < 1e-12);
    assert_true(fabs(mixture - ANSWER_MIXTURE) < 1e-12);
    assert_true(fabs(sqrt(star) - ANSWER_STAR) < 1e-12);
}

static void
a_quarter_circle_has_its_area(void **unused)
{
    (void)unused;
    sw_sobol *s = sw_sobol_new(2, SW_SCRAMBLE_NONE, 0);
    size_t inside = 0;
    for (uint64_t i = 0; i < 2048; i++)
        inside += hypot(place(s, 0, i), place(s, 1, i)) <= 1;
    assert_true(fabs((double)inside / 2048 - M_PI / 4) < 10. / 2048);
    sw_sobol_free(s);
}

// Rows of corners as a set of bit patterns.
static uint64_t
corners(const char *document, size_t d, uint64_t *n)
{
    static const sw_descriptor *model;
    if (!model)
        model = model_of("{'name': 'test/unit', 'version': '1', 'parameters': ["
                         "{'name': 'a', 'kind': 'number', 'default': 0},"
                         "{'name': 'b', 'kind': 'number', 'default': 0},"
                         "{'name': 'c', 'kind': 'number', 'default': 0},"
                         "{'name': 'd', 'kind': 'number', 'default': 0}],"
                         "'outputs': [{'name': 'y', 'kind': 'scalar'}]}");
    sw_auto(json) json_t *json = json_of(document);
    made m = make_for(model, json);
    *n = sw_plan_points(m.plan);
    sw_auto(free) double *x = inputs_of(m.plan, d, 0, (size_t)*n);
    uint64_t seen = 0;
    for (size_t i = 0; i < *n; i++) {
        unsigned row = 0;
        for (size_t v = 0; v < d; v++)
            row = 2 * row + (x[v * *n + i] > 0.5);
        seen |= UINT64_C(1) << row;
    }
    drop(&m);
    return seen;
}

static void
half_of_the_corners_of_four_factors_are_the_published_ones(void **unused)
{
    (void)unused;
    static const unsigned rows[] = {0xf, 0xa, 0xc, 0x9, 0x0, 0x5, 0x3, 0x6};
    uint64_t expected = 0, n;
    for (size_t i = 0; i < sw_countof(rows); i++)
        expected |= UINT64_C(1) << rows[i];
    uint64_t seen = corners("{'model': 'test/unit', 'parameters': {'a': {'min': 0, 'max': 1},"
                            "'b': {'min': 0, 'max': 1}, 'c': {'min': 0, 'max': 1},"
                            "'d': {'min': 0, 'max': 1}},"
                            "'design': {'method': 'fractional_factorial', 'resolution': 4}}",
                            4, &n);
    assert_int_equal(n, 8);
    assert_true(seen == expected);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_of_8_and_21_dimensions_are_the_reference_points),
        cmocka_unit_test(the_first_64_points_have_the_reference_discrepancies),
        cmocka_unit_test(a_quarter_circle_has_its_area),
        cmocka_unit_test(half_of_the_corners_of_four_factors_are_the_published_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
