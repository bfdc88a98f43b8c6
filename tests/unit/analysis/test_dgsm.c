// SPDX-License-Identifier: Apache-2.0
// Derivative-based measures of Ishigami against reference figures and exact values.
#include "sample.h"

#include "lib/base/normal.h"

enum { N = 1024, D = 3, POINTS = N * (D + 1) };

static double x[D][POINTS], y[POINTS];

static double
evaluate(const double *v)
{
    return ishigami((double[]){(v[0] / M_PI + 1) / 2, (v[1] / M_PI + 1) / 2, (v[2] / M_PI + 1) / 2},
                    D);
}

static double
uniform(const void *context, size_t j, double u)
{
    (void)context, (void)j;
    return M_PI * (2 * u - 1);
}

// Base points from Sobol' points skip …, and steps of `step` (a share of x itself if relative, as
// in SALib, otherwise absolute, back from the upper bound).
static json_t *
dgsm(double step, bool relative)
{
    for (size_t i = 0; i < N; i++) {
        double u[D], v[D];
        sobol_point(N + i, D, u);
        for (size_t r = 0; r <= D; r++) {
            for (size_t j = 0; j < D; j++)
                v[j] = M_PI * (2 * u[j] - 1);
            if (r > 0 && relative)
                v[r - 1] = fmax(-M_PI, fmin(M_PI, v[r - 1] * (1 + step)));
            else if (r > 0)
                v[r - 1] += v[r - 1] + step > M_PI ? -step : step;
            for (size_t j = 0; j < D; j++)
                x[j][i * (D + 1) + r] = v[j];
            y[i * (D + 1) + r] = evaluate(v);
        }
    }
    sw_frame frame = make_frame("dgsm", "{}", D, POINTS, 1);
    frame.quantile = uniform;
    json_t *r = analyse(&frame, "{\"method\": \"dgsm\"}", POINTS,
                        (const double *const[]){x[0], x[1], x[2]}, y, NULL, 99);
    free_frame(&frame);
    return r;
}

static void
squared_derivatives_are_the_reference_figures(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = dgsm(0.01, true);
    assert_near(at(r, "vi", 0), 7.75850279162, 1e-9);
    assert_near(at(r, "vi", 1), 24.3756433633, 1e-9);
    assert_near(at(r, "vi", 2), 11.3101347475, 1e-9);
}

static void
bounds_are_the_exact_ones_within_their_intervals_and_above_st(void **unused)
{
    (void)unused;
    static const double exact[D] = {2.23035542083984, 7.07857831664065, 3.17446936419582};
    static const double st[D] = {0.557588855209959, 0.442411144790041, 0.243683664062148};
    sw_auto(json) json_t *r = dgsm(1e-6, false);
    for (size_t j = 0; j < D; j++) {
        assert_near(at(r, "dgsm", j), exact[j], at(r, "dgsm_conf", j));
        assert_true(at(r, "dgsm", j) > st[j]);
    }
}

// Normal laws of deviations 1, 2 and 3; the last is log-normal instead.
static double
normal_or_not(const void *context, size_t j, double u)
{
    (void)context;
    double z = sw_normal_quantile(u, 1 - u);
    return j == 2 ? exp(z) : 5 + (double)(j + 1) * z;
}

// For a linear function of normal inputs the bound is ST itself: C nu = (slope × deviation)².
static void
normal_inputs_have_their_bound_and_heavy_tails_none(void **unused)
{
    (void)unused;
    static const double slope[D] = {4, -1, 2};
    for (size_t i = 0; i < N; i++) {
        double u[D];
        sobol_point(N + i, D, u);
        for (size_t r = 0; r <= D; r++) {
            double sum = 0;
            for (size_t j = 0; j < D; j++) {
                double v = normal_or_not(NULL, j, u[j]) + (r == j + 1 ? 0.01 : 0);
                x[j][i * (D + 1) + r] = v;
                sum += slope[j] * v;
            }
            y[i * (D + 1) + r] = sum;
        }
    }
    sw_frame frame = make_frame("dgsm", "{}", D, POINTS, 1);
    frame.quantile = normal_or_not;
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"dgsm\"}", POINTS,
                                      (const double *const[]){x[0], x[1], x[2]}, y, NULL, 99);
    free_frame(&frame);
    double variance = number(r, "variance");
    assert_near(at(r, "dgsm", 0) * variance, 16, 1e-8);
    assert_near(at(r, "dgsm", 1) * variance, 4, 1e-8);
    assert_true(isnan(at(r, "dgsm", 2)));
    assert_near(at(r, "vi", 2), 4, 1e-8);
}

// Exponential of mean 2, logistic of scale 3 (whose Cheeger constant is that of its middle:
// 0.5 / (1 / 12) = 6), and one that takes two values.
static double
other_laws(const void *context, size_t j, double u)
{
    (void)context;
    return j == 0 ? -2 * log1p(-u) : j == 1 ? 3 * log(u / (1 - u)) : u > 0.3;
}

// The exponential law's own constant, 4 mean², is its Cheeger bound (Lamboni et al. 2013, table 1).
static void
other_continuous_laws_have_cheegers_bound(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < N; i++) {
        double u[D];
        sobol_point(N + i, D, u);
        for (size_t r = 0; r <= D; r++) {
            y[i * (D + 1) + r] = 0;
            for (size_t j = 0; j < D; j++) {
                x[j][i * (D + 1) + r] = other_laws(NULL, j, u[j]) + (r == j + 1 ? 0.01 : 0);
                y[i * (D + 1) + r] += x[j][i * (D + 1) + r];
            }
        }
    }
    sw_frame frame = make_frame("dgsm", "{}", D, POINTS, 1);
    frame.quantile = other_laws;
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"dgsm\"}", POINTS,
                                      (const double *const[]){x[0], x[1], x[2]}, y, NULL, 99);
    free_frame(&frame);
    double variance = number(r, "variance");
    // Differences of quantiles over a thousandth of the probability: 1e-6.
    assert_near(at(r, "dgsm", 0) * variance, 4 * 4, 1e-4);
    assert_near(at(r, "dgsm", 1) * variance, 4 * 36, 1e-3);
    assert_true(isnan(at(r, "dgsm", 2)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(squared_derivatives_are_the_reference_figures),
        cmocka_unit_test(bounds_are_the_exact_ones_within_their_intervals_and_above_st),
        cmocka_unit_test(normal_inputs_have_their_bound_and_heavy_tails_none),
        cmocka_unit_test(other_continuous_laws_have_cheegers_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
