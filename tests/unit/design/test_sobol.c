// SPDX-License-Identifier: Apache-2.0
// Sobol' and Saltelli designs against published points and layout.
#include "tests/unit/study/fixture.h"

#include "lib/design/sobol_points.h"

// Joe and Kuo's example of ten points in three dimensions, index 0 the origin.
static const double ten_points[10][3] = {
    {0, 0, 0},
    {0.5, 0.5, 0.5},
    {0.75, 0.25, 0.25},
    {0.25, 0.75, 0.75},
    {0.375, 0.375, 0.625},
    {0.875, 0.875, 0.125},
    {0.625, 0.125, 0.875},
    {0.125, 0.625, 0.375},
    {0.1875, 0.3125, 0.9375},
    {0.6875, 0.8125, 0.4375},
};

static void
the_first_points_are_joe_and_kuos(void **state)
{
    (void)state;
    sw_sobol *s = sw_sobol_new(3, SW_SCRAMBLE_NONE, 0);
    for (uint64_t i = 0; i < 10; i++) {
        for (size_t v = 0; v < 3; v++)
            assert_true(sw_sobol_place(s, v, sw_sobol_digits(s, v, i)) == ten_points[i][v]);
    }
    sw_sobol_free(s);
}

static void
high_dimensions_are_joe_and_kuos(void **state)
{
    (void)state;
    // Index 1000 as computed by an independent implementation.
    static const size_t dimension[] = {1, 2, 3, 10, 50, 100, 500, 1000};
    static const double expected[] = {.2197265625, .0966796875, .5185546875, .0693359375,
                                      .4794921875, .1865234375, .2548828125, .2001953125};
    sw_sobol *s = sw_sobol_new(1000, SW_SCRAMBLE_NONE, 0);
    for (size_t k = 0; k < sw_countof(dimension); k++) {
        size_t v = dimension[k] - 1;
        assert_true(sw_sobol_place(s, v, sw_sobol_digits(s, v, 1000)) == expected[k]);
    }
    sw_sobol_free(s);
}

static void
every_dimension_is_balanced(void **state)
{
    (void)state;
    // 64 points fill 64 cells once each, in every one of the 4096 dimensions, shifted too.
    sw_sobol *s = sw_sobol_new(SW_SOBOL_DIMENSIONS, SW_SCRAMBLE_SHIFT, 3);
    for (size_t v = 0; v < SW_SOBOL_DIMENSIONS; v++) {
        uint64_t seen = 0;
        for (uint64_t i = 0; i < 64; i++)
            seen |= UINT64_C(1) << (int)(64 * sw_sobol_place(s, v, sw_sobol_digits(s, v, i)));
        assert_true(seen == UINT64_MAX);
    }
    sw_sobol_free(s);
}

static void
stepping_equals_random_access(void **state)
{
    (void)state;
    sw_sobol *s = sw_sobol_new(5, SW_SCRAMBLE_OWEN, 11);
    for (size_t v = 0; v < 5; v++) {
        uint64_t first = (UINT64_C(1) << 40) - 500, digits = sw_sobol_digits(s, v, first);
        for (uint64_t i = first; i < first + 1000; i++) {
            assert_true(digits == sw_sobol_digits(s, v, i));
            digits = sw_sobol_step(s, v, i, digits);
        }
    }
    sw_sobol_free(s);
}

// One base point of SALib's layout: A, AB_1 … AB_D, BA_1 … BA_D, B, from a base sequence of 2 D
// dimensions whose first D are A.
static double
expected_value(const sw_sobol *s, size_t dimensions, uint64_t base, uint64_t row, size_t v)
{
    bool b = row == 2 * dimensions + 1;
    if (row >= 1 && row <= dimensions)
        b = v == row - 1;
    else if (row > dimensions && row <= 2 * dimensions)
        b = v != row - 1 - dimensions;
    size_t dimension = b ? v + dimensions : v;
    return sw_sobol_place(s, dimension, sw_sobol_digits(s, dimension, base));
}

static void
saltelli_rows_stand_in_the_order_of_salib(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1},"
                  "'y': {'min': 0, 'max': 1}, 'z': {'min': 0, 'max': 1}}, 'design':"
                  "{'method': 'saltelli', 'n': 16, 'scramble': 'none', 'skip': 16}}");
    assert_int_equal(sw_plan_points(m.plan), 16 * 8);
    sw_auto(free) double *in = inputs_of(m.plan, 7, 0, 128);
    sw_sobol *s = sw_sobol_new(6, SW_SCRAMBLE_NONE, 0);
    for (uint64_t i = 0; i < 128; i++) {
        for (size_t v = 0; v < 3; v++)
            assert_true(in[v * 128 + i] == expected_value(s, 3, 16 + i / 8, i % 8, v));
    }
    sw_sobol_free(s);
    drop(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_points_are_joe_and_kuos),
        cmocka_unit_test(high_dimensions_are_joe_and_kuos),
        cmocka_unit_test(every_dimension_is_balanced),
        cmocka_unit_test(stepping_equals_random_access),
        cmocka_unit_test(saltelli_rows_stand_in_the_order_of_salib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
