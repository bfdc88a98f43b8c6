// SPDX-License-Identifier: Apache-2.0
// Bins, bands and fewer points against what counting by hand gives.
#include "server/view/bins.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
every_finite_value_is_in_one_bin_and_the_ends_belong_to_it(void **state)
{
    (void)state;
    const double v[] = {0, 1, 2, 3, 4, 10, NAN, INFINITY};
    sw_axis x = sw_axis_over(v, 8, 5);
    assert_true(x.min == 0 && x.max == 10);
    sw_cells c;
    sw_cells_init(&c, 5, 0);
    assert_int_equal(sw_cells_fill(&c, &x, v, NULL, NULL, NULL, 8), 2);
    const int64_t expected[] = {2, 2, 1, 0, 1};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(c.counts[i], expected[i]);
    sw_cells_fini(&c);
}

static void
an_axis_over_one_value_or_none_has_a_width(void **state)
{
    (void)state;
    const double same[] = {3, 3}, none[] = {NAN};
    sw_axis a = sw_axis_over(same, 2, 4), b = sw_axis_over(none, 1, 4);
    assert_true(a.min == 2.5 && a.max == 3.5 && b.min == 0 && b.max == 1);
    const double far[] = {-1.7e308, 1.7e308};
    sw_axis wide = sw_axis_over(far, 2, 4);
    assert_int_equal(sw_axis_bin(&wide, 0), 2);
    assert_int_equal(sw_axis_bin(&wide, NAN), SIZE_MAX);
}

static void
cells_of_two_axes_have_mean_and_deviation(void **state)
{
    (void)state;
    const double xs[] = {0, 0, 0, 1}, ys[] = {0, 0, 1, 1}, zs[] = {1, 3, 5, NAN};
    sw_axis x = {0, 1, 2}, y = {0, 1, 2};
    sw_cells c;
    sw_cells_init(&c, 4, 1);
    assert_int_equal(sw_cells_fill(&c, &x, xs, &y, ys, zs, 4), 1);
    assert_int_equal(c.counts[0], 2);
    assert_int_equal(c.counts[2], 1);
    assert_float_equal(c.mean[0], 2, 1e-15);
    assert_float_equal(c.sd[0], sqrt(2), 1e-15);
    assert_float_equal(c.mean[2], 5, 1e-15);
    assert_true(isnan(c.sd[2]) && isnan(c.mean[3]));
    sw_cells_fini(&c);
}

static void
bands_are_quantiles_of_type_7(void **state)
{
    (void)state;
    double v[] = {5, 1, 4, 2, 3}, out[SW_BANDS];
    sw_bands_of(v, 5, out);
    const double expected[] = {1.2, 2, 3, 4, 4.8};
    for (size_t i = 0; i < SW_BANDS; i++)
        assert_float_equal(out[i], expected[i], 1e-14);
    sw_bands_of(v, 0, out);
    assert_true(isnan(out[0]) && isnan(out[4]));
}

static void
fewer_points_keep_the_ends_and_the_peak(void **state)
{
    (void)state;
    double v[1000] = {0};
    v[517] = 9;
    size_t keep[50];
    size_t n = sw_downsample(v, 1000, 50, keep);
    assert_int_equal(n, 50);
    assert_int_equal(keep[0], 0);
    assert_int_equal(keep[49], 999);
    int peak = 0;
    for (size_t i = 0; i < n; i++) {
        assert_true(i == 0 || keep[i] > keep[i - 1]);
        peak |= keep[i] == 517;
    }
    assert_true(peak);
    assert_int_equal(sw_downsample(v, 7, 50, keep), 7);
    assert_int_equal(sw_downsample(v, 1000, 2, keep), 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_finite_value_is_in_one_bin_and_the_ends_belong_to_it),
        cmocka_unit_test(an_axis_over_one_value_or_none_has_a_width),
        cmocka_unit_test(cells_of_two_axes_have_mean_and_deviation),
        cmocka_unit_test(bands_are_quantiles_of_type_7),
        cmocka_unit_test(fewer_points_keep_the_ends_and_the_peak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
