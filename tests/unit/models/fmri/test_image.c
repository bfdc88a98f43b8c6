// SPDX-License-Identifier: Apache-2.0
// Smoothing and clusters against slow and plain versions of themselves.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/fmri/common.h"
#include "models/fmri/image/clusters.h"
#include "models/fmri/image/smooth.h"

enum { NX = 9, NY = 7, NZ = 6, N = NX * NY * NZ };

static const sw_fmri_grid grid = {{NX, NY, NZ}, {{-2, 0, 0, 10}, {0, 3, 0, -5}, {0, 0, 2.5, 0}}, 4};

static uint64_t random_state;

static double
uniform(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (double)(random_state >> 11) * 0x1p-53;
}

// A mask of about `share` of the grid; returns how many voxels.
static size_t
random_mask(double share, uint32_t voxel[N])
{
    size_t n = 0;
    for (uint32_t v = 0; v < N; v++) {
        if (uniform() < share)
            voxel[n++] = v;
    }
    return n;
}

// ---- smoothing ----

// The definition: a weighted mean over all pairs of voxels.
static double
smoothed_plainly(size_t n, const uint32_t *voxel, const float *in, double fwhm, size_t v)
{
    double sum = 0, weight = 0, sd = fwhm / 2.3548200450309493, mm[2][3];
    sw_fmri_grid_mm(&grid, voxel[v], mm[0]);
    for (size_t u = 0; u < n; u++) {
        double squares = 0;
        bool near = true;
        sw_fmri_grid_mm(&grid, voxel[u], mm[1]);
        for (int d = 0; d < 3; d++) {
            double apart = fabs(mm[0][d] - mm[1][d]), step = sw_fmri_grid_step(&grid, d);
            near = near && round(apart / step) <= ceil(4 * sd / step);
            squares += apart * apart;
        }
        if (near && isfinite(in[u])) {
            weight += exp(-0.5 * squares / (sd * sd));
            sum += exp(-0.5 * squares / (sd * sd)) * in[u];
        }
    }
    return sum / weight;
}

static void
check_smoothing(double share, double missing, double fwhm)
{
    uint32_t voxel[N];
    float in[N], out[N];
    size_t n = random_mask(share, voxel);
    for (size_t v = 0; v < n; v++)
        in[v] = uniform() < missing ? NAN : (float)(10 * uniform());
    sw_fmri_smoother *s = sw_fmri_smoother_new(&grid, n, voxel, fwhm);
    sw_fmri_smooth(s, in, out);
    sw_fmri_smoother_free(&s);
    for (size_t v = 0; v < n; v++) {
        assert_int_equal(isnan(in[v]), isnan(out[v]));
        double plain = smoothed_plainly(n, voxel, in, fwhm, v);
        assert_true(isnan(in[v]) || fabs(out[v] - plain) <= 2e-6 * fabs(plain));
    }
}

static void
smoothing_is_the_weighted_mean_within_the_mask(void **state)
{
    (void)state;
    random_state = 1;
    check_smoothing(1, 0, 6);
    check_smoothing(0.6, 0, 6);
    check_smoothing(0.6, 0.2, 4);
    check_smoothing(0.3, 0.1, 20);
    check_smoothing(0.3, 0.1, 0.5);
}

static void
a_constant_image_stays_as_it_is(void **state)
{
    (void)state;
    uint32_t voxel[N];
    float values[N];
    random_state = 2;
    size_t n = random_mask(0.5, voxel);
    for (size_t v = 0; v < n; v++)
        values[v] = 7;
    sw_fmri_smoother *s = sw_fmri_smoother_new(&grid, n, voxel, 8);
    sw_fmri_smooth(s, values, values);
    sw_fmri_smoother_free(&s);
    for (size_t v = 0; v < n; v++)
        assert_true(values[v] == 7);
}

// The weight of each unit of noise in one voxel of the field: its response to it.
static void
a_field_has_unit_variance_everywhere(void **state)
{
    (void)state;
    uint32_t none = 0;
    double squares[N] = {0}, values[N];
    sw_fmri_smoother *s = sw_fmri_smoother_new(&grid, 0, &none, 7);
    for (size_t u = 0; u < N; u++) {
        memset(values, 0, sizeof values);
        values[u] = 1;
        sw_fmri_make_field(s, values);
        for (size_t v = 0; v < N; v++)
            squares[v] += values[v] * values[v];
    }
    for (size_t v = 0; v < N; v++)
        assert_true(fabs(squares[v] - 1) < 1e-12);
    sw_fmri_smoother_free(&s);
}

// ---- clusters ----

static bool
touch(uint32_t a, uint32_t b, int neighbours)
{
    int dx = abs((int)(a % NX) - (int)(b % NX));
    int dy = abs((int)(a / NX % NY) - (int)(b / NX % NY));
    int dz = abs((int)(a / NX / NY) - (int)(b / NX / NY));
    int most = neighbours == 6 ? 1 : neighbours == 18 ? 2 : 3;
    return dx <= 1 && dy <= 1 && dz <= 1 && dx + dy + dz <= most;
}

// Labels by spreading the smaller number until nothing changes.
static void
label_plainly(size_t n, const uint32_t *voxel, const uint8_t *active, int neighbours, int *label)
{
    for (size_t v = 0; v < n; v++)
        label[v] = active[v] ? (int)v + 1 : 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t a = 0; a < n; a++) {
            for (size_t b = 0; b < n; b++) {
                if (label[a] && label[b] && label[b] < label[a] &&
                    touch(voxel[a], voxel[b], neighbours)) {
                    label[a] = label[b];
                    changed = true;
                }
            }
        }
    }
}

static size_t
size_of(size_t n, const int *label, int which)
{
    size_t size = 0;
    for (size_t v = 0; v < n; v++)
        size += label[v] == which;
    return size;
}

static void
check_clusters(int neighbours, size_t least)
{
    uint32_t voxel[N], stack[N];
    uint8_t active[N], mark[N];
    int plain[N];
    double value[N];
    size_t n = random_mask(0.8, voxel), largest = 0, kept = 0;
    for (size_t v = 0; v < n; v++) {
        active[v] = uniform() < 0.25;
        value[v] = uniform();
    }
    sw_fmri_lattice *l = sw_fmri_lattice_new(&grid, n, voxel);
    sw_fmri_clusters c = sw_fmri_clusters_find(l, neighbours, active, value, least);
    label_plainly(n, voxel, active, neighbours, plain);
    for (size_t v = 0; v < n; v++) {
        size_t size = plain[v] ? size_of(n, plain, plain[v]) : 0;
        largest = size > largest ? size : largest;
        kept += plain[v] == (int)v + 1 && size >= least;
        assert_int_equal(c.label[v] != 0, size > 0 && size >= least);
        assert_true(!c.label[v] || c.v[c.label[v] - 1].size == size);
        assert_true(!c.label[v] || value[c.v[c.label[v] - 1].peak] >= value[v]);
    }
    assert_int_equal(c.n, kept);
    for (size_t k = 1; k < c.n; k++)
        assert_true(c.v[k].size <= c.v[k - 1].size);
    assert_int_equal(sw_fmri_clusters_largest(l, neighbours, active, mark, stack), largest);
    sw_fmri_clusters_fini(&c);
    sw_fmri_lattice_free(&l);
}

static void
clusters_are_those_of_a_plain_search(void **state)
{
    (void)state;
    random_state = 3;
    for (int round = 0; round < 4; round++) {
        check_clusters(6, 1);
        check_clusters(18, 2);
        check_clusters(26, 3);
    }
}

static void
peaks_are_local_maxima_and_apart(void **state)
{
    (void)state;
    uint32_t voxel[N];
    uint8_t active[N];
    double value[N];
    sw_fmri_peak *peaks;
    // Two bumps in one bar along x, at x = 1 and x = 7, 12 mm apart.
    for (uint32_t v = 0; v < N; v++) {
        int x = (int)(v % NX);
        voxel[v] = v;
        active[v] = v / NX == 0;
        value[v] = x < 4 ? 10 - abs(x - 1) : 9 - abs(x - 7);
    }
    sw_fmri_lattice *l = sw_fmri_lattice_new(&grid, N, voxel);
    sw_fmri_clusters c = sw_fmri_clusters_find(l, 6, active, value, 1);
    assert_int_equal(c.n, 1);
    assert_int_equal(sw_fmri_peaks_find(l, &c, value, 8, 3, &peaks), 2);
    assert_int_equal(peaks[0].voxel, 1);
    assert_int_equal(peaks[1].voxel, 7);
    free(peaks);
    assert_int_equal(sw_fmri_peaks_find(l, &c, value, 13, 3, &peaks), 1);
    free(peaks);
    assert_int_equal(sw_fmri_peaks_find(l, &c, value, 8, 1, &peaks), 1);
    free(peaks);
    sw_fmri_clusters_fini(&c);
    sw_fmri_lattice_free(&l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smoothing_is_the_weighted_mean_within_the_mask),
        cmocka_unit_test(a_constant_image_stays_as_it_is),
        cmocka_unit_test(a_field_has_unit_variance_everywhere),
        cmocka_unit_test(clusters_are_those_of_a_plain_search),
        cmocka_unit_test(peaks_are_local_maxima_and_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
