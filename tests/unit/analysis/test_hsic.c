// SPDX-License-Identifier: Apache-2.0
// HSIC against its definition by matrices, on dependence that correlation does not see, and under
// independence.
#include "sample.h"

enum { N = 300, D = 3 };

static double columns[D][N], y[N];

static json_t *
result_of(const char *request, size_t n, uint64_t seed)
{
    const double *x[] = {columns[0], columns[1], columns[2]};
    sw_frame frame = make_frame("random", "{}", D, n, 1);
    frame.seed = seed;
    json_t *r = analyse(&frame, request, n, x, y, NULL, 64);
    free_frame(&frame);
    return r;
}

static void
draw(size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < D; j++)
            columns[j][i] = sw_unit_open(sw_philox(seed, SW_STREAM_DESIGN, i, j));
        // The second input sets the mean by a parabola, the first the spread; the third nothing.
        double noise = sw_unit_open(sw_philox(seed, SW_STREAM_DESIGN, i, 9)) - 0.5;
        y[i] = pow(2 * columns[1][i] - 1, 2) + columns[0][i] * noise;
    }
}

// trace(K H L H) / n^2 with H = I - 1/n, written as it stands in Gretton et al. (2005), eq. 9.
static double
by_definition(const double *a, const double *b, size_t n)
{
    static double k[40][40], l[40][40], kh[40][40], lh[40][40];
    const double *v[2] = {a, b};
    for (int w = 0; w < 2; w++) {
        double mean = 0, squares = 0;
        for (size_t i = 0; i < n; i++)
            mean += v[w][i] / (double)n;
        for (size_t i = 0; i < n; i++)
            squares += (v[w][i] - mean) * (v[w][i] - mean) / (double)(n - 1);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                (w ? l : k)[i][j] = exp(-pow(v[w][i] - v[w][j], 2) / (2 * squares));
    }
    double trace = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            kh[i][j] = lh[i][j] = 0;
            for (size_t m = 0; m < n; m++) {
                double h = (m == j) - 1 / (double)n;
                kh[i][j] += k[i][m] * h;
                lh[i][j] += l[i][m] * h;
            }
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            trace += kh[i][j] * lh[j][i];
    return trace / (double)(n * n);
}

static void
the_criterion_is_that_of_its_definition(void **unused)
{
    (void)unused;
    draw(40, 3);
    sw_auto(json) json_t *r = result_of("{\"method\": \"hsic\", \"permutations\": 0}", 40, 1);
    for (size_t j = 0; j < D; j++) {
        double own = by_definition(columns[j], columns[j], 40), both = by_definition(y, y, 40);
        double want = by_definition(columns[j], y, 40);
        assert_near(at(r, "hsic", j), want, 1e-15);
        assert_near(at(r, "R2", j), want / sqrt(own * both), 1e-13);
        assert_true(isnan(at(r, "p_permutation", j)));
    }
}

static void
an_output_that_is_an_input_has_the_index_one(void **unused)
{
    (void)unused;
    draw(N, 5);
    memcpy(y, columns[2], sizeof y);
    sw_auto(json) json_t *r = result_of("{\"method\": \"hsic\"}", N, 1);
    assert_near(at(r, "R2", 2), 1, 1e-13);
    assert_near(at(r, "p_permutation", 2), 1.0 / 201, 1e-15);
    assert_true(at(r, "p_asymptotic", 2) < 1e-12);
}

// A parabola about the middle, and a spread: neither has a correlation with its input.
static void
dependence_without_correlation_is_found(void **unused)
{
    (void)unused;
    draw(N, 7);
    sw_auto(json) json_t *r = result_of("{\"method\": \"hsic\"}", N, 1);
    assert_true(at(r, "R2", 1) > 0.2 && at(r, "R2", 1) > 2 * at(r, "R2", 0));
    assert_true(at(r, "p_permutation", 0) < 0.05 && at(r, "p_permutation", 1) < 0.01);
    assert_true(at(r, "R2", 2) < 0.03);
}

// p-values of the idle input are uniform: of 200 samples those below 0.1 are binomial, 20 +- 4.2;
// both tests within four standard deviations, and close to each other.
static void
p_values_of_an_idle_input_are_uniform(void **unused)
{
    (void)unused;
    int small[2] = {0, 0};
    for (uint64_t seed = 1; seed <= 200; seed++) {
        draw(60, 1000 + seed);
        sw_auto(json) json_t *r =
            result_of("{\"method\": \"hsic\", \"permutations\": 99}", 60, seed);
        small[0] += at(r, "p_asymptotic", 2) <= 0.1;
        small[1] += at(r, "p_permutation", 2) <= 0.1;
        assert_true(fabs(at(r, "p_asymptotic", 2) - at(r, "p_permutation", 2)) < 0.25);
    }
    assert_true(small[0] > 3 && small[0] < 37);
    assert_true(small[1] > 3 && small[1] < 37);
}

static void
a_large_study_is_thinned_out_and_that_is_said(void **unused)
{
    (void)unused;
    draw(N, 8);
    sw_auto(json) json_t *r = result_of("{\"method\": \"hsic\", \"sample\": 100}", N, 1);
    assert_int_equal(number(r, "n_sample"), 100);
    assert_int_equal(json_array_size(json_object_get(r, "warnings")), 1);
    assert_null(
        result_of("{\"method\": \"hsic\", \"sample\": 2000, \"permutations\": 100000}", N, 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_criterion_is_that_of_its_definition),
        cmocka_unit_test(an_output_that_is_an_input_has_the_index_one),
        cmocka_unit_test(dependence_without_correlation_is_found),
        cmocka_unit_test(p_values_of_an_idle_input_are_uniform),
        cmocka_unit_test(a_large_study_is_thinned_out_and_that_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
