// SPDX-License-Identifier: Apache-2.0
// Trajectories, curves, Halton points and the classical designs, each by what defines it.
#include "lib/design/sobol_points.h"
#include "tests/unit/study/fixture.h"

#define UNIT(design)                                                                               \
    "{'model': 'test/unit', 'parameters': {'a': {'min': 0, 'max': 1}, 'b': {'min': 0, 'max': 1},"  \
    "'c': {'min': 0, 'max': 1}, 'd': {'min': 0, 'max': 1}, 'e': {'min': 0, 'max': 1}},"            \
    "'design': " design "}"

static const sw_descriptor *
unit_model(void)
{
    static const sw_descriptor *d;
    if (!d)
        d = model_of("{'name': 'test/unit', 'version': '1', 'parameters': ["
                     "{'name': 'a', 'kind': 'number', 'default': 0},"
                     "{'name': 'b', 'kind': 'number', 'default': 0},"
                     "{'name': 'c', 'kind': 'number', 'default': 0},"
                     "{'name': 'd', 'kind': 'number', 'default': 0},"
                     "{'name': 'e', 'kind': 'number', 'default': 0}],"
                     "'outputs': [{'name': 'y', 'kind': 'scalar'}]}");
    return d;
}

// The points of a design over five unit ranges, [v * n + i]; the caller frees them.
static double *
points_of(const char *text, uint64_t *n)
{
    sw_auto(json) json_t *document = json_of(text);
    made m = make_for(unit_model(), document);
    *n = sw_plan_points(m.plan);
    double *points = inputs_of(m.plan, 5, 0, *n);
    drop(&m);
    return points;
}

static void
halton_points_are_the_mirrored_digits(void **state)
{
    (void)state;
    static const double answers[7][4] = {
        {1 / 2., 1 / 3., 1 / 5., 1 / 7.}, {1 / 4., 2 / 3., 2 / 5., 2 / 7.},
        {3 / 4., 1 / 9., 3 / 5., 3 / 7.}, {1 / 8., 4 / 9., 4 / 5., 4 / 7.},
        {5 / 8., 7 / 9., .04, 5 / 7.},    {3 / 8., 2 / 9., .24, 6 / 7.},
        {7 / 8., 5 / 9., .44, 1 / 49.},
    };
    uint64_t n;
    sw_auto(free) double *x =
        points_of(UNIT("{'method': 'halton', 'n': 7, 'scramble': 'none'}"), &n);
    for (size_t i = 0; i < 7; i++) {
        for (size_t v = 0; v < 4; v++)
            assert_true(fabs(x[v * 7 + i] - answers[i][v]) < 1e-15);
    }
}

static void
a_trajectory_moves_each_parameter_once_by_delta(void **state)
{
    (void)state;
    uint64_t n;
    sw_auto(free) double *x = points_of(UNIT("{'method': 'morris', 'n': 200, 'levels': 4}"), &n);
    assert_int_equal(n, 1200);
    for (uint64_t t = 0; t < 200; t++) {
        int moved[5] = {0};
        for (uint64_t i = t * 6; i < t * 6 + 5; i++) {
            int in_step = 0;
            for (size_t v = 0; v < 5; v++) {
                double step = fabs(x[v * n + i + 1] - x[v * n + i]);
                double level = 3 * x[v * n + i];
                assert_true(fabs(level - nearbyint(level)) < 1e-12);
                assert_true(step == 0 || fabs(step - 2 / 3.) < 1e-12);
                moved[v] += step > 0;
                in_step += step > 0;
            }
            assert_int_equal(in_step, 1);
        }
        for (size_t v = 0; v < 5; v++)
            assert_int_equal(moved[v], 1);
    }
}

// With n = 1000, four harmonics and three parameters the frequencies are 124, 1 and 15.
static void
curves_have_the_published_frequencies(void **state)
{
    (void)state;
    sw_auto(json) json_t *document =
        json_of("{'model': 'test/unit', 'parameters': {'a': {'min': 0, 'max': 1},"
                "'b': {'min': 0, 'max': 1}, 'c': {'min': 0, 'max': 1}}, 'design':"
                "{'method': 'efast', 'n': 1000, 'random_phase': false, 'phase': 1}}");
    made m = make_for(unit_model(), document);
    static const double frequencies[3][3] = {{124, 1, 15}, {1, 124, 15}, {1, 15, 124}};
    sw_auto(free) double *x = inputs_of(m.plan, 5, 0, 3000);
    for (size_t i = 0; i < 3000; i++) {
        double s = 2 * M_PI * (double)(i % 1000) / 1000;
        for (size_t v = 0; v < 3; v++) {
            double wanted = 0.5 + asin(sin(frequencies[i / 1000][v] * s + 1)) / M_PI;
            assert_true(fabs(x[v * 3000 + i] - wanted) < 1e-14);
        }
    }
    drop(&m);
}

// Columns of low (0) and high (1) are balanced and orthogonal.
static void
expect_orthogonal(const char *text, uint64_t wanted)
{
    uint64_t n;
    sw_auto(free) double *x = points_of(text, &n);
    assert_int_equal(n, wanted);
    for (size_t a = 0; a < 5; a++) {
        double sum = 0;
        for (uint64_t i = 0; i < n; i++)
            sum += 2 * x[a * n + i] - 1;
        assert_true(sum == 0);
        for (size_t b = 0; b < a; b++) {
            double product = 0;
            for (uint64_t i = 0; i < n; i++)
                product += (2 * x[a * n + i] - 1) * (2 * x[b * n + i] - 1);
            assert_true(product == 0);
        }
    }
}

static void
two_level_designs_are_balanced_and_orthogonal(void **state)
{
    (void)state;
    expect_orthogonal(UNIT("{'method': 'factorial'}"), 32);
    expect_orthogonal(UNIT("{'method': 'fractional_factorial', 'resolution': 3}"), 8);
    expect_orthogonal(UNIT("{'method': 'fractional_factorial', 'resolution': 4}"), 16);
    expect_orthogonal(UNIT("{'method': 'fractional_factorial', 'resolution': 5}"), 16);
    expect_orthogonal(UNIT("{'method': 'plackett_burman'}"), 8);
}

static void
composite_and_box_designs_have_their_counts(void **state)
{
    (void)state;
    uint64_t n;
    free(points_of(UNIT("{'method': 'central_composite'}"), &n));
    assert_int_equal(n, 32 + 10 + 1);
    sw_auto(free) double *x = points_of(UNIT("{'method': 'box_behnken', 'centres': 6}"), &n);
    assert_int_equal(n, 46);
    for (uint64_t i = 0; i < n; i++) {
        int moved = 0;
        for (size_t v = 0; v < 5; v++)
            moved += x[v * n + i] != 0.5;
        assert_int_equal(moved, i < 40 ? 2 : 0);
    }
}

static void
a_difference_steps_one_parameter_and_stays_inside(void **state)
{
    (void)state;
    uint64_t n;
    sw_auto(free) double *x = points_of(UNIT("{'method': 'dgsm', 'n': 64, 'step': 0.3}"), &n);
    for (uint64_t i = 0; i < n; i++) {
        for (size_t v = 0; v < 5; v++) {
            double step = fabs(x[v * n + i] - x[v * n + i - i % 6]);
            assert_true(x[v * n + i] > 0 && x[v * n + i] < 1);
            assert_true(fabs(step - (i % 6 == v + 1 ? 0.3 : 0)) < 1e-12);
        }
    }
}

// Owen's scrambling keeps the balance of a digital net: 64 points in 64 cells of each dimension,
// and in each 8 by 8 grid of the first two.
static void
owens_scrambling_keeps_the_net(void **state)
{
    (void)state;
    uint64_t n;
    sw_auto(free) double *x =
        points_of(UNIT("{'method': 'sobol', 'n': 64, 'scramble': 'owen', 'seed': 4}"), &n);
    uint64_t plane = 0;
    for (size_t v = 0; v < 5; v++) {
        uint64_t cells = 0;
        for (uint64_t i = 0; i < 64; i++)
            cells |= UINT64_C(1) << (int)(64 * x[v * 64 + i]);
        assert_true(cells == UINT64_MAX);
    }
    for (uint64_t i = 0; i < 64; i++)
        plane |= UINT64_C(1) << (8 * (int)(8 * x[i]) + (int)(8 * x[64 + i]));
    assert_true(plane == UINT64_MAX);
}

// Of two points that part at digit j, the digits up to j are flipped alike, and those below by
// coins of their own: equal for half of the seeds, within 5 standard deviations.
static void
owens_coins_depend_on_the_digits_above_alone(void **state)
{
    (void)state;
    enum { SEEDS = 4096, MARGIN = 5 * 32 };
    static const uint64_t digits = UINT64_C(0x9e3779b97f4a7) & (UINT64_MAX >> 12);
    for (int j = 0; j < 32; j++) {
        size_t alike[SW_SOBOL_BITS] = {0}, flipped[SW_SOBOL_BITS] = {0};
        uint64_t other = digits ^ UINT64_C(1) << (SW_SOBOL_BITS - 1 - j);
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            sw_sobol *s = sw_sobol_new(3, SW_SCRAMBLE_OWEN, seed);
            uint64_t a = sw_sobol_owen(s, 2, digits) ^ digits;
            uint64_t b = sw_sobol_owen(s, 2, other) ^ other;
            sw_sobol_free(s);
            for (int k = 0; k < SW_SOBOL_BITS; k++) {
                flipped[k] += a >> (SW_SOBOL_BITS - 1 - k) & 1;
                alike[k] += ~(a ^ b) >> (SW_SOBOL_BITS - 1 - k) & 1;
            }
        }
        for (int k = 0; k < SW_SOBOL_BITS; k++) {
            assert_in_range(flipped[k], SEEDS / 2 - MARGIN, SEEDS / 2 + MARGIN);
            if (k <= j)
                assert_int_equal(alike[k], SEEDS);
            else
                assert_in_range(alike[k], SEEDS / 2 - MARGIN, SEEDS / 2 + MARGIN);
        }
    }
}

// Groups {a, c} and {b, e}, and d alone: rows A, AB of three groups, B.
static void
a_group_moves_as_one(void **state)
{
    (void)state;
    static const uint64_t group[5] = {0, 1, 0, 2, 1};
    uint64_t n;
    sw_auto(free) double *x =
        points_of(UNIT("{'method': 'saltelli', 'n': 32, 'second_order': false},"
                       "'groups': {'second': ['b', 'e'], 'first': ['a', 'c']}"),
                  &n);
    assert_int_equal(n, 32 * 5);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t row = i % 5, a = i - row, b = a + 4;
        for (size_t v = 0; v < 5; v++) {
            bool from_b = row == 4 || row == group[v] + 1;
            assert_true(x[v * n + i] == x[v * n + (from_b ? b : a)]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halton_points_are_the_mirrored_digits),
        cmocka_unit_test(a_trajectory_moves_each_parameter_once_by_delta),
        cmocka_unit_test(curves_have_the_published_frequencies),
        cmocka_unit_test(two_level_designs_are_balanced_and_orthogonal),
        cmocka_unit_test(composite_and_box_designs_have_their_counts),
        cmocka_unit_test(a_difference_steps_one_parameter_and_stays_inside),
        cmocka_unit_test(owens_scrambling_keeps_the_net),
        cmocka_unit_test(owens_coins_depend_on_the_digits_above_alone),
        cmocka_unit_test(a_group_moves_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
