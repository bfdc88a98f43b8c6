// SPDX-License-Identifier: Apache-2.0
// The representation of Ishigami's function, of polynomials, which it holds exactly, and of sums of
// correlated inputs, whose shares have closed forms.
#include "lib/base/normal.h"
#include "sample.h"

enum { N = 4096, D = 3 };

static double columns[D][N], y[N];
static double (*law)(const void *context, size_t j, double u);

static double
uniform(const void *context, size_t j, double u)
{
    (void)context, (void)j;
    return u;
}

static json_t *
result_of(const char *request, size_t n)
{
    const double *x[] = {columns[0], columns[1], columns[2]};
    sw_frame frame = make_frame("random", "{}", D, n, 1);
    frame.quantile = law;
    json_t *r = analyse(&frame, request, n, x, y, NULL, 100);
    free_frame(&frame);
    return r;
}

static void
draw(function f)
{
    law = uniform;
    for (size_t i = 0; i < N; i++) {
        double u[D];
        for (size_t j = 0; j < D; j++)
            columns[j][i] = u[j] = sw_unit_open(sw_philox(3, SW_STREAM_DESIGN, i, j));
        y[i] = f(u, D);
    }
}

static double
pair(const json_t *r, const char *key, size_t j, size_t k)
{
    return json_number_value(json_array_get(json_array_get(json_object_get(r, key), j), k));
}

// Degree 10 leaves some 1e-4 of Ishigami's sines; 4,096 random points have standard errors of
// 0.015.
static void
ishigami_is_parted_as_it_is_known(void **unused)
{
    (void)unused;
    draw(ishigami);
    sw_auto(json) json_t *r = result_of("{\"method\": \"hdmr\", \"degree\": 10}", N);
    static const double s1[D] = {0.313905191147811, 0.442411144790041, 0};
    for (size_t j = 0; j < D; j++)
        assert_near(at(r, "S1", j), s1[j], 0.03);
    assert_near(pair(r, "S2", 0, 2), 0.243683664062148, 0.03);
    assert_near(pair(r, "S2", 0, 1), 0, 0.01);
    assert_near(at(r, "ST", 2), 0.2437, 0.03);
    assert_true(number(r, "explained") > 0.98);
    assert_true(at(r, "p1", 0) < 1e-10 && pair(r, "p2", 0, 2) < 1e-10);
}

// x1 + 2 x1 x2 of uniform inputs: in orthonormal parts.
static double
polynomial(const double *u, size_t d)
{
    (void)d;
    return u[0] + 2 * (u[0] - 0.5) * (u[1] - 0.5);
}

// A polynomial is fitted exactly: the shares are those of the sample, and all is explained.
static void
a_polynomial_is_explained_to_the_last_digit(void **unused)
{
    (void)unused;
    draw(polynomial);
    sw_auto(json) json_t *r = result_of("{\"method\": \"hdmr\"}", N);
    double v1 = 1.0 / 12, v12 = 4.0 / 144;
    assert_near(at(r, "S1", 0), v1 / (v1 + v12), 0.02);
    assert_near(pair(r, "S2", 0, 1), v12 / (v1 + v12), 0.02);
    assert_near(number(r, "explained"), 1, 1e-6); // where backfitting ends
    assert_true(at(r, "S1", 2) < 0.005 && pair(r, "S2", 1, 2) < 0.01);
}

// x1 + 2 x2 of normal inputs with the correlation rho: structural shares b_j^2 / V, correlative
// ones rho b1 b2 / V each.
static void
correlated_inputs_have_structural_and_correlative_shares(void **unused)
{
    (void)unused;
    double rho = 0.6, v = 1 + 4 + 4 * rho;
    law = NULL;
    for (size_t i = 0; i < N; i++) {
        double u[D];
        for (size_t j = 0; j < D; j++)
            u[j] = sw_unit_open(sw_philox(5, SW_STREAM_DESIGN, i, j));
        double z1 = sw_normal_quantile(u[0], 1 - u[0]), z2 = sw_normal_quantile(u[1], 1 - u[1]);
        columns[0][i] = z1;
        columns[1][i] = rho * z1 + sqrt(1 - rho * rho) * z2;
        columns[2][i] = u[2];
        y[i] = columns[0][i] + 2 * columns[1][i];
    }
    sw_auto(json) json_t *r = result_of("{\"method\": \"hdmr\", \"pair_degree\": 0}", N);
    assert_near(at(r, "S1a", 0), 1 / v, 0.02);
    assert_near(at(r, "S1a", 1), 4 / v, 0.03);
    assert_near(at(r, "S1b", 0), 2 * rho / v, 0.02);
    assert_near(at(r, "S1b", 1), 2 * rho / v, 0.02);
    assert_near(at(r, "S1", 0) + at(r, "S1", 1), 1, 0.01);
    assert_null(json_object_get(r, "S2"));
}

// Of 40 samples of a function of the first input, p-values of the idle one below 0.1 are binomial:
// 4 +- 1.9.
static double
noisy(const double *u, size_t d)
{
    (void)d;
    return u[0] + fmod(43758.5453 * sin(12.9898 * u[0] + 78.233 * u[1]), 1);
}

static void
p_values_of_an_idle_input_are_uniform(void **unused)
{
    (void)unused;
    int small = 0;
    law = uniform;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        for (size_t i = 0; i < 200; i++) {
            double u[D];
            for (size_t j = 0; j < D; j++)
                columns[j][i] = u[j] = sw_unit_open(sw_philox(seed, SW_STREAM_DESIGN, i, j));
            y[i] = noisy(u, D);
        }
        sw_auto(json) json_t *r =
            result_of("{\"method\": \"hdmr\", \"degree\": 3, \"pair_degree\": 0}", 200);
        small += at(r, "p1", 2) < 0.1;
        assert_true(at(r, "p1", 0) < 0.1);
    }
    assert_true(small <= 11);
}

static void
too_few_points_for_the_coefficients_are_a_fault(void **unused)
{
    (void)unused;
    draw(ishigami);
    assert_null(result_of("{\"method\": \"hdmr\"}", 100));
    assert_null(result_of("{\"method\": \"hdmr\", \"degree\": 2, \"pair_degree\": 3}", N));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ishigami_is_parted_as_it_is_known),
        cmocka_unit_test(a_polynomial_is_explained_to_the_last_digit),
        cmocka_unit_test(correlated_inputs_have_structural_and_correlative_shares),
        cmocka_unit_test(p_values_of_an_idle_input_are_uniform),
        cmocka_unit_test(too_few_points_for_the_coefficients_are_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
