// SPDX-License-Identifier: Apache-2.0
// Simulated groups have the truth, the moments and the independence that they promise.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "models/fmri/philox.h"
#include "models/fmri/simulate.h"

static const sw_fmri_simulation plain = {
    .size = 24, .subjects = 40, .foci = 3, .share = 0.1, .effect = 0.8, .seed = 11, .place = 5};

// Philox 4x32-10 by the known-answer file that comes with Random123 (philox4x32 10, zeros and
// ones).
static void
philox_gives_the_known_answers(void **state)
{
    (void)state;
    uint32_t out[4];
    sw_fmri_philox(0, 0, 0, 0, out);
    assert_int_equal(out[0], 0x6627e8d5);
    assert_int_equal(out[1], 0xe169c58d);
    assert_int_equal(out[2], 0xbc57ac4c);
    assert_int_equal(out[3], 0x9b00dbd8);
}

static void
the_active_share_is_exact(void **state)
{
    (void)state;
    static const double shares[] = {0, 0.01, 0.1, 0.5, 1};
    for (int i = 0; i < 5; i++) {
        sw_fmri_simulation s = plain;
        s.share = shares[i];
        s.subjects = 2;
        sw_fmri_data *d = sw_fmri_simulate(&s, NULL);
        double active = 0;
        for (size_t v = 0; v < d->n_voxels; v++)
            active += d->truth[v];
        // Voxels that are equally far from a focus go in together.
        assert_true(fabs(active - shares[i] * (double)d->n_voxels) <= 2);
        sw_fmri_data_free(&d);
    }
}

// Mean and variance over subjects and voxels, of active voxels and of the others.
static void
moments(const sw_fmri_data *d, int active, double *mean, double *variance)
{
    double n = 0, sum = 0, squares = 0;
    for (size_t s = 0; s < d->n_subjects; s++) {
        for (size_t v = 0; v < d->n_voxels; v++) {
            double x = d->first[s * d->n_voxels + v];
            if (d->truth[v] != active || isnan(x))
                continue;
            n += 1, sum += x, squares += x * x;
        }
    }
    *mean = sum / n;
    *variance = squares / n - *mean * *mean;
}

static void
white_noise_has_the_effect_as_its_mean_and_unit_variance(void **state)
{
    (void)state;
    double mean, variance;
    sw_fmri_data *d = sw_fmri_simulate(&plain, NULL);
    moments(d, 1, &mean, &variance); // some 23,000 values: standard errors 0.007 and 0.01
    assert_true(fabs(mean - 0.8) < 0.03 && fabs(variance - 1) < 0.04);
    moments(d, 0, &mean, &variance);
    assert_true(fabs(mean) < 0.01 && fabs(variance - 1) < 0.02);
    sw_fmri_data_free(&d);
}

// The correlation of neighbours a distance h apart in a field smoothed by a Gaussian is
// exp(-h^2 / (4 sd^2)).
static void
smooth_noise_is_correlated_as_a_gaussian_field(void **state)
{
    (void)state;
    sw_fmri_simulation s = plain;
    s.effect = 0;
    s.smoothness = 20;
    s.subjects = 200;
    sw_fmri_data *d = sw_fmri_simulate(&s, NULL);
    double both = 0, square = 0, step = sw_fmri_grid_step(&d->grid, 0), sd = 20 / 2.3548;
    for (size_t k = 0; k < d->n_subjects; k++) {
        const float *x = d->first + k * d->n_voxels;
        for (size_t v = 1; v < d->n_voxels; v++) {
            if (d->voxel[v] == d->voxel[v - 1] + 1)
                both += x[v] * x[v - 1], square += 0.5 * (x[v] * x[v] + x[v - 1] * x[v - 1]);
        }
    }
    assert_true(fabs(both / square - exp(-step * step / (4 * sd * sd))) < 0.01);
    sw_fmri_data_free(&d);
}

static void
a_larger_group_begins_with_the_smaller_one(void **state)
{
    (void)state;
    sw_fmri_simulation s = plain;
    s.smoothness = 10;
    s.tail = 4;
    s.lacking = 0.1;
    s.subjects = 5;
    sw_fmri_data *few = sw_fmri_simulate(&s, NULL);
    s.subjects = 9;
    sw_fmri_data *many = sw_fmri_simulate(&s, NULL);
    assert_memory_equal(few->first, many->first, 5 * few->n_voxels * sizeof(float));
    s.seed++;
    sw_fmri_data *other = sw_fmri_simulate(&s, NULL);
    assert_memory_not_equal(few->first, other->first, few->n_voxels * sizeof(float));
    assert_memory_equal(few->truth, other->truth, few->n_voxels);
    sw_fmri_data_free(&few);
    sw_fmri_data_free(&many);
    sw_fmri_data_free(&other);
}

static void
heavy_tails_keep_the_variance_and_have_outlying_subjects(void **state)
{
    (void)state;
    sw_fmri_simulation s = plain;
    s.size = 10;
    s.effect = 0;
    s.tail = 5;
    s.subjects = 4000;
    sw_fmri_data *d = sw_fmri_simulate(&s, NULL);
    double fourth = 0, second = 0, n = (double)(d->n_subjects * d->n_voxels);
    for (size_t i = 0; i < d->n_subjects * d->n_voxels; i++) {
        double square = (double)d->first[i] * d->first[i];
        second += square / n;
        fourth += square * square / n;
    }
    // Student's law of 5 degrees of freedom has kurtosis 9, slowly reached.
    assert_true(fabs(second - 1) < 0.15);
    assert_true(fourth > 4.5 * second * second);
    sw_fmri_data_free(&d);
}

static void
what_was_not_covered_is_missing_at_the_bottom(void **state)
{
    (void)state;
    sw_fmri_simulation s = plain;
    s.lacking = 0.2;
    sw_fmri_data *d = sw_fmri_simulate(&s, NULL);
    double lacking = 0, mm[3], lowest_seen = INFINITY;
    for (size_t i = 0; i < d->n_subjects * d->n_voxels; i++)
        lacking += isnan(d->first[i]);
    for (size_t v = 0; v < d->n_voxels; v++) {
        sw_fmri_grid_mm(&d->grid, d->voxel[v], mm);
        bool seen = true;
        for (size_t k = 0; k < d->n_subjects; k++)
            seen = seen && !isnan(d->first[k * d->n_voxels + v]);
        lowest_seen = seen ? fmin(lowest_seen, mm[2]) : lowest_seen;
        assert_true(!seen || mm[2] >= lowest_seen);
    }
    assert_true(lacking > 0 && lowest_seen > -75);
    sw_fmri_data_free(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_known_answers),
        cmocka_unit_test(the_active_share_is_exact),
        cmocka_unit_test(white_noise_has_the_effect_as_its_mean_and_unit_variance),
        cmocka_unit_test(smooth_noise_is_correlated_as_a_gaussian_field),
        cmocka_unit_test(a_larger_group_begins_with_the_smaller_one),
        cmocka_unit_test(heavy_tails_keep_the_variance_and_have_outlying_subjects),
        cmocka_unit_test(what_was_not_covered_is_missing_at_the_bottom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
