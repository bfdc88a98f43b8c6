// SPDX-License-Identifier: Apache-2.0
// Methods for given data, on Ishigami at the first 1024 unscrambled Sobol' points, against
// reference figures made with SALib's definitions in double precision.
#include "sample.h"

#include "lib/analysis/moments.h"

enum { N = 1024, D = 3 };

static double columns[D][N], y[N];

static double
evaluate(const double *x)
{
    return sin(x[0]) + 7 * pow(sin(x[1]), 2) + 0.1 * pow(x[2], 4) * sin(x[0]);
}

static json_t *
result_of(const char *request)
{
    const double *x[] = {columns[0], columns[1], columns[2]};
    double u[D];
    for (size_t i = 0; i < N; i++) {
        sobol_point(i, D, u);
        for (size_t j = 0; j < D; j++)
            columns[j][i] = u[j] = u[j] * (2 * M_PI) - M_PI;
        y[i] = evaluate(u);
    }
    sw_frame frame = make_frame("sobol", "{}", D, N, 1);
    json_t *r = analyse(&frame, request, N, x, y, NULL, 100);
    free_frame(&frame);
    return r;
}

static void
pawn_distances_are_the_reference_figures(void **unused)
{
    (void)unused;
    static const char *const keys[] = {"minimum", "mean", "median", "maximum", "CV", "stdev"};
    // The least of x3 is a multiple of 1 / (1024 × 102) and so known exactly; the source prints its
    // digits in another order (.06100634 for .06100643).
    static const double answers[D][6] = {
        {.162109375, .230536196578, .258766567914, .294596354167, .236746829573, .0545787136417},
        {.216969209559, .352626605481, .405656403186, .504308363971, .306562697177, .108102163273},
        {3186. / 52224, .103787065873, .0927734375, .216069240196, .463558590764, .0481113859957},
    };
    // Two points have the same output but for the last bit of a sine, and where x2's largest
    // distance of one slice lies between them it moves by 1 / 1024, the mean of ten by a tenth of
    // that.
    static const double of_x2[6] = {1e-9, 1e-4, 1e-9, 1e-9, 1e-3, 3e-4};
    sw_auto(json) json_t *r = result_of("{\"method\": \"pawn\"}");
    for (size_t j = 0; j < D; j++) {
        for (size_t k = 0; k < sw_countof(keys); k++)
            assert_near(at(r, keys[k], j), answers[j][k], j == 1 ? of_x2[k] : 1e-9);
    }
}

static void
delta_is_the_reference_figure(void **unused)
{
    (void)unused;
    static const double answers[D] = {0.18720473912, 0.258875983331, 0.149327352756};
    sw_auto(json) json_t *r = result_of("{\"method\": \"delta\"}");
    assert_int_equal(number(r, "classes"), 6);
    for (size_t j = 0; j < D; j++)
        assert_near(at(r, "delta", j), answers[j], 1e-9);
}

// Resampling leaves the estimate as it is and says how far it may be off.
static void
delta_has_intervals_and_a_reduced_bias(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *plain = result_of("{\"method\": \"delta\"}");
    sw_auto(json) json_t *r = result_of("{\"method\": \"delta\", \"resamples\": 50}");
    for (size_t j = 0; j < D; j++) {
        assert_true(at(r, "delta", j) == at(plain, "delta", j));
        double half = at(r, "delta_conf", j), reduced = at(r, "delta_reduced", j);
        assert_true(half > 0.005 && half < 0.08);
        assert_true(fabs(reduced - at(r, "delta", j)) < 2 * half);
        assert_true(at(r, "S1_conf", j) > 0);
    }
    assert_null(json_object_get(plain, "delta_conf"));
    assert_null(result_of("{\"method\": \"delta\", \"resamples\": 1}"));
}

static void
regional_statistics_are_the_reference_figures(void **unused)
{
    (void)unused;
    static const double answers[4][D] = {
        {17.52503713, 1.871083577, .3448384603},
        {.1241277059, .5690460205, .4402821859},
        {.2249272664, .7282511393, .5075276693},
        {18.65258026, 1.791325887, .4750417074},
    };
    sw_auto(json) json_t *r = result_of("{\"method\": \"regional\", \"bins\": 4}");
    // The source prints ten figures.
    for (size_t k = 0; k < 4; k++) {
        for (size_t j = 0; j < D; j++)
            assert_near(at2(r, "cramer_von_mises", k, j), answers[k][j], 6e-9);
    }
    assert_true(at2(r, "kolmogorov_smirnov", 0, 0) > at2(r, "kolmogorov_smirnov", 0, 2));
}

// The bins of equal share that two bins have are those of the median as the threshold.
static void
regional_takes_a_threshold(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *halves = result_of("{\"method\": \"regional\", \"bins\": 2}");
    double sorted[N];
    memcpy(sorted, y, sizeof sorted);
    sw_sort(sorted, N);
    double median = sw_quantile_sorted(sorted, N, 0.5);
    sw_auto(free) char *request =
        sw_format("{\"method\": \"regional\", \"threshold\": %.17g}", median);
    sw_auto(json) json_t *split = result_of(request);
    assert_int_equal(json_array_size(json_object_get(split, "cramer_von_mises")), 2);
    for (size_t j = 0; j < D; j++) {
        for (size_t k = 0; k < 2; k++) {
            assert_near(at2(split, "cramer_von_mises", k, j), at2(halves, "cramer_von_mises", k, j),
                        1e-12);
            assert_near(at2(split, "kolmogorov_smirnov", k, j),
                        at2(halves, "kolmogorov_smirnov", k, j), 1e-12);
        }
    }
    assert_null(result_of("{\"method\": \"regional\", \"threshold\": 1e6}"));
    assert_null(result_of("{\"method\": \"regional\", \"threshold\": -1e6}"));
}

static void
too_few_points_are_a_fault(void **unused)
{
    (void)unused;
    static const char *const methods[] = {"pawn", "delta", "regional", "regression"};
    for (size_t m = 0; m < sw_countof(methods); m++) {
        sw_auto(free) char *request = sw_format("{\"method\": \"%s\"}", methods[m]);
        sw_frame frame = make_frame("sobol", "{}", D, N, 1);
        const double *x[] = {columns[0], columns[1], columns[2]};
        assert_null(analyse(&frame, request, 3, x, y, NULL, 3));
        free_frame(&frame);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pawn_distances_are_the_reference_figures),
        cmocka_unit_test(delta_is_the_reference_figure),
        cmocka_unit_test(delta_has_intervals_and_a_reduced_bias),
        cmocka_unit_test(regional_statistics_are_the_reference_figures),
        cmocka_unit_test(regional_takes_a_threshold),
        cmocka_unit_test(too_few_points_are_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
