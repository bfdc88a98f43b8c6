// SPDX-License-Identifier: Apache-2.0
// Lattice points, by what a lattice is: closed under addition, each projection evenly spaced, and
// of a small worst-case error.
#include "lib/base/philox.h"
#include "tests/unit/study/fixture.h"

enum { D = 7, WIDE = 3 }; // parameters of the model, and those with a range below

#define STUDY(n, more)                                                                             \
    "{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1}, 'y': {'min': 0, 'max': 1}," \
    "'z': {'min': 0, 'max': 1}}, 'design': {'method': 'lattice', 'n': " n more "}}"

static double
fraction(double x)
{
    return x - floor(x);
}

// The worst-case error that the construction makes small, of points as columns [v * n + i].
static double
error_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double product = 1;
        for (size_t v = 0; v < WIDE; v++) {
            double u = fraction(x[v * n + i] - x[v * n]);
            product *= 1 + (u * u - u + 1.0 / 6) / (double)(v + 1);
        }
        sum += product / (double)n;
    }
    return sum - 1;
}

static void
every_prefix_of_a_power_of_two_is_evenly_spaced(void **state)
{
    (void)state;
    made m = make(STUDY("1024", ", 'seed': 3"));
    sw_auto(free) double *x = inputs_of(m.plan, D, 0, 1024);
    for (size_t n = 2; n <= 1024; n *= 2) {
        for (size_t v = 0; v < WIDE; v++) {
            bool seen[1024] = {false};
            for (size_t i = 0; i < n; i++) {
                size_t cell = (size_t)(x[v * 1024 + i] * (double)n);
                assert_false(seen[cell]);
                seen[cell] = true;
            }
        }
    }
    drop(&m);
}

// Without the shift the points are a group: the sum of two is a third.
static void
the_sum_of_two_points_is_a_point(void **state)
{
    (void)state;
    made m = make(STUDY("256", ", 'scramble': 'none'"));
    sw_auto(free) double *x = inputs_of(m.plan, D, 0, 256);
    for (size_t a = 0; a < 256; a += 7) {
        for (size_t b = 0; b < 256; b += 5) {
            bool found = false;
            for (size_t c = 0; c < 256 && !found; c++) {
                found = true;
                for (size_t v = 0; v < WIDE; v++) {
                    const double *u = x + v * 256;
                    found &= fraction(u[a] + u[b]) == u[c];
                }
            }
            assert_true(found);
        }
    }
    drop(&m);
}

// No random generating vector of sixty comes near.
static void
the_vector_beats_random_ones(void **state)
{
    (void)state;
    enum { N = 1024 };
    made m = make(STUDY("1024", ", 'scramble': 'none'"));
    sw_auto(free) double *x = inputs_of(m.plan, D, 0, N);
    double ours = error_of(x, N);
    assert_true(ours > 0);
    for (uint64_t k = 0; k < 60; k++) {
        double random[WIDE * N];
        for (size_t v = 0; v < WIDE; v++) {
            uint64_t z = sw_philox(k, SW_STREAM_DESIGN, v, 0) | 1;
            for (uint64_t i = 0; i < N; i++)
                random[v * N + i] = (double)(i * z % N) / N;
        }
        assert_true(ours < 1.2 * error_of(random, N));
    }
    drop(&m);
}

// prod (1 + (x_v - 1/2) / 2) has mean 1; with 2^14 points the error is far below 1/sqrt(n) = 8e-3.
static void
a_smooth_mean_converges_like_one_over_n(void **state)
{
    (void)state;
    enum { N = 1 << 14 };
    made m = make(STUDY("16384", ", 'seed': 11"));
    sw_auto(free) double *x = inputs_of(m.plan, D, 0, N);
    double mean = 0;
    for (size_t i = 0; i < N; i++) {
        double product = 1;
        for (size_t v = 0; v < WIDE; v++)
            product *= 1 + (x[v * N + i] - 0.5) / 2;
        mean += product / N;
    }
    assert_true(fabs(mean - 1) < 1e-4);
    drop(&m);
}

static void
what_the_vector_can_not_serve_is_refused(void **state)
{
    (void)state;
    expect_fault(STUDY("1048577", ""), "/design/n", "1048576");
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'distribution': 'normal', 'mean': 0,"
                 "'sd': 1}}, 'design': {'method': 'lattice', 'n': 4, 'scramble': 'none'}}",
                 "/parameters/x", "origin");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_prefix_of_a_power_of_two_is_evenly_spaced),
        cmocka_unit_test(the_sum_of_two_points_is_a_point),
        cmocka_unit_test(the_vector_beats_random_ones),
        cmocka_unit_test(a_smooth_mean_converges_like_one_over_n),
        cmocka_unit_test(what_the_vector_can_not_serve_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
