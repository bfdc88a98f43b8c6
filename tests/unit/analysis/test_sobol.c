// SPDX-License-Identifier: Apache-2.0
// Sobol' indices against reference figures, exact values and the rules on lost runs.
#include "sample.h"

#include "tests/answers/analysis_sobol.h"

static json_t *
ishigami_result(const struct ishigami_answer *w, const char *request, size_t block)
{
    sw_frame frame = make_frame("saltelli", "{\"second_order\": true}", 3, 8 * w->n, 1);
    double *y = saltelli_outputs(ishigami, 3, w->n, w->skip, true);
    json_t *result = analyse(&frame, request, 8 * w->n, NULL, y, NULL, block);
    free(y);
    free_frame(&frame);
    return result;
}

static void
ishigami_indices_are_the_reference_figures(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sw_countof(ishigami_answers); i++) {
        const struct ishigami_answer *w = &ishigami_answers[i];
        sw_auto(json) json_t *r = ishigami_result(w, "{\"method\": \"sobol\"}", 1000);
        assert_near(number(r, "mean"), w->mean, 1e-9);
        assert_near(number(r, "variance"), w->variance, 2e-9);
        for (size_t j = 0; j < 3; j++) {
            assert_near(at(r, "S1", j), w->s1[j], w->tolerance);
            assert_near(at(r, "ST", j), w->st[j], w->tolerance);
        }
        assert_near(at2(r, "S2", 0, 1), w->s2[0], w->tolerance);
        assert_near(at2(r, "S2", 0, 2), w->s2[1], w->tolerance);
        assert_near(at2(r, "S2", 1, 2), w->s2[2], w->tolerance);
        assert_true(isnan(at2(r, "S2", 1, 0)));
    }
}

static void
intervals_have_the_width_of_the_reference(void **unused)
{
    (void)unused;
    static const double s1[] = {.059, .047, .056}, st[] = {.083, .036, .027};
    sw_auto(json) json_t *r =
        ishigami_result(&ishigami_answers[1], "{\"method\": \"sobol\", \"resamples\": 1000}", 1000);
    for (size_t j = 0; j < 3; j++) {
        // Ten resamples' worth of noise in the source: a fifth either way.
        assert_near(at(r, "S1_conf", j), s1[j], 0.2 * s1[j]);
        assert_near(at(r, "ST_conf", j), st[j], 0.2 * st[j]);
    }
}

static void
the_blocks_that_rows_come_in_change_no_bit(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *whole =
        ishigami_result(&ishigami_answers[0], "{\"method\": \"sobol\"}", 100000);
    sw_auto(json) json_t *single =
        ishigami_result(&ishigami_answers[0], "{\"method\": \"sobol\"}", 1);
    sw_auto(json) json_t *odd =
        ishigami_result(&ishigami_answers[0], "{\"method\": \"sobol\"}", 37);
    assert_true(json_equal(whole, single));
    assert_true(json_equal(whole, odd));
}

static void
linear_and_g_are_the_reference_figures(void **unused)
{
    (void)unused;
    sw_frame frame = make_frame("saltelli", "{}", 3, 5 * 1024, 1);
    sw_auto(free) double *y = saltelli_outputs(linear_123, 3, 1024, 0, false);
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"sobol\"}", 5 * 1024, NULL, y, NULL, 99);
    for (size_t j = 0; j < 3; j++) {
        assert_near(at(r, "S1", j), linear_s1[j], 1e-9);
        assert_near(at(r, "ST", j), linear_st[j], 1e-9);
    }
    assert_null(json_object_get(r, "S2"));
    free_frame(&frame);

    frame = make_frame("saltelli", "{}", 8, 10 * 1024, 1);
    sw_auto(free) double *g = saltelli_outputs(sobol_g, 8, 1024, 0, false);
    sw_auto(json) json_t *rg =
        analyse(&frame, "{\"method\": \"sobol\"}", 10 * 1024, NULL, g, NULL, 4096);
    for (size_t j = 0; j < 8; j++) {
        assert_near(at(rg, "S1", j), g8_s1[j], g8_tolerance[j]);
        assert_near(at(rg, "ST", j), g8_st[j], g8_tolerance[j]);
    }
    free_frame(&frame);
}

static void
other_estimators_are_the_reference_figures(void **unused)
{
    (void)unused;
    for (size_t e = 0; e < sw_countof(estimator_answers); e++) {
        const struct estimator_answer *w = &estimator_answers[e];
        sw_auto(free) char *request =
            sw_format("{\"method\": \"sobol\", \"estimator\": \"%s\"}", w->name);
        sw_auto(json) json_t *r = ishigami_result(&ishigami_answers[1], request, 500);
        for (size_t j = 0; j < 3; j++) {
            assert_near(at(r, "S1", j), w->s1[j], 1e-9);
            if (w->st[j] != 0)
                assert_near(at(r, "ST", j), w->st[j], 1e-9);
            assert_true(at(r, "S1_conf", j) > 0 && at(r, "S1_conf", j) < 0.2);
        }
    }
}

// The outputs of two groups from Ishigami's: group rows swap x1 and x3 together, or x2.
static void
groups_are_indices_of_their_own(void **unused)
{
    (void)unused;
    enum { N = 1024, STRIDE = 6 };
    static double y[N * STRIDE];
    for (size_t i = 0; i < N; i++) {
        double x[6], *a = x, *b = x + 3;
        sobol_point(N + i, 6, x);
        y[i * STRIDE] = ishigami(a, 3);
        y[i * STRIDE + 1] = y[i * STRIDE + 4] = ishigami((double[]){b[0], a[1], b[2]}, 3);
        y[i * STRIDE + 2] = y[i * STRIDE + 3] = ishigami((double[]){a[0], b[1], a[2]}, 3);
        y[i * STRIDE + 5] = ishigami(b, 3);
    }
    static const size_t group[] = {0, 1, 0};
    static const char *const group_names[] = {"outer", "inner"};
    sw_frame frame = make_frame("saltelli", "{\"second_order\": true}", 3, N * STRIDE, 1);
    frame.n_groups = 2;
    frame.group = group;
    frame.group_names = group_names;
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"sobol\"}", N * STRIDE, NULL, y, NULL, 1000);
    assert_int_equal(json_array_size(json_object_get(r, "names")), 2);
    for (size_t g = 0; g < 2; g++) {
        assert_near(at(r, "S1", g), group_s1[g], 1e-9);
        assert_near(at(r, "ST", g), group_st[g], 1e-9);
    }
    assert_near(at2(r, "S2", 0, 1), group_s12, 1e-9);
    free_frame(&frame);
}

static void
intervals_cover_the_exact_values_at_about_their_level(void **unused)
{
    (void)unused;
    enum { SEEDS = 200, N = 512, STRIDE = 5 };
    static const double s1[] = {0.313905191147811, 0.442411144790041, 0};
    static const double st[] = {0.557588855209959, 0.442411144790041, 0.243683664062148};
    static double y[N * STRIDE];
    size_t covered[6] = {0};
    sw_frame frame = make_frame("saltelli", "{}", 3, N * STRIDE, 1);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        frame.seed = seed;
        for (uint64_t i = 0; i < N; i++) {
            double x[6];
            for (uint64_t j = 0; j < 6; j++)
                x[j] = sw_unit_open(sw_philox(seed, SW_STREAM_DESIGN, i, j));
            saltelli_row(ishigami, 3, x, false, y + i * STRIDE);
        }
        sw_auto(json) json_t *r =
            analyse(&frame, "{\"method\": \"sobol\"}", N * STRIDE, NULL, y, NULL, N * STRIDE);
        for (size_t j = 0; j < 3; j++) {
            covered[j] += fabs(at(r, "S1", j) - s1[j]) <= at(r, "S1_conf", j);
            covered[3 + j] += fabs(at(r, "ST", j) - st[j]) <= at(r, "ST_conf", j);
        }
    }
    // 95 % of 200 is 190, with a standard deviation of 3.1: four of them either way.
    for (size_t k = 0; k < 6; k++) {
        print_message("coverage %zu: %.3f\n", k, (double)covered[k] / SEEDS);
        assert_in_range(covered[k], 177, 200);
    }
    free_frame(&frame);
}

static void
a_failed_run_costs_its_base_row_and_no_other(void **unused)
{
    (void)unused;
    enum { N = 256, STRIDE = 8 };
    sw_frame frame = make_frame("saltelli", "{\"second_order\": true}", 3, N * STRIDE, 1);
    sw_frame shorter = make_frame("saltelli", "{\"second_order\": true}", 3, (N - 2) * STRIDE, 1);
    sw_auto(free) double *y = saltelli_outputs(ishigami, 3, N, 0, true);
    sw_auto(free) uint8_t *state = sw_calloc(N * STRIDE, 1);
    // The first base row loses a run to a crash, the last one gives a NaN.
    state[3] = SW_CRASH;
    double whole = y[3];
    y[3] = NAN;
    y[(N - 1) * STRIDE + 1] = NAN;
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"sobol\"}", N * STRIDE, NULL, y, state, 100);
    sw_auto(json) json_t *expected =
        analyse(&shorter, "{\"method\": \"sobol\"}", (N - 2) * STRIDE, NULL, y + STRIDE, NULL, 100);
    y[3] = whole;
    assert_true(json_equal(json_object_get(r, "S1"), json_object_get(expected, "S1")));
    assert_true(json_equal(json_object_get(r, "S2"), json_object_get(expected, "S2")));
    assert_int_equal(number(r, "n"), N - 2);
    assert_int_equal(number(r, "n_dropped"), 2);
    assert_int_equal(number(r, "n_failed"), 1);
    assert_int_equal(number(r, "n_nan"), 1);
    assert_int_equal(json_array_size(json_object_get(r, "warnings")), 3);
    free_frame(&frame);
    free_frame(&shorter);
}

static void
an_incomplete_study_gives_the_indices_of_its_complete_rows(void **unused)
{
    (void)unused;
    enum { N = 128, STRIDE = 5, HAVE = 64 };
    sw_frame frame = make_frame("saltelli", "{}", 3, N * STRIDE, 1);
    sw_frame half = make_frame("saltelli", "{}", 3, HAVE * STRIDE, 1);
    sw_auto(free) double *y = saltelli_outputs(ishigami, 3, N, 0, false);
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"sobol\"}", HAVE * STRIDE + 3, NULL, y, NULL, 11);
    sw_auto(json) json_t *expected =
        analyse(&half, "{\"method\": \"sobol\"}", HAVE * STRIDE, NULL, y, NULL, 11);
    assert_true(json_equal(json_object_get(r, "ST"), json_object_get(expected, "ST")));
    assert_int_equal(number(r, "n_missing"), N - HAVE);
    assert_null(analyse(&frame, "{\"method\": \"sobol\"}", STRIDE, NULL, y, NULL, 11));
    free_frame(&frame);
    free_frame(&half);
}

static void
a_constant_output_has_zero_indices_and_a_warning(void **unused)
{
    (void)unused;
    double y[50];
    for (size_t i = 0; i < 50; i++)
        y[i] = 0.1;
    sw_frame frame = make_frame("saltelli", "{}", 3, 50, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"sobol\"}", 50, NULL, y, NULL, 50);
    for (size_t j = 0; j < 3; j++) {
        assert_true(at(r, "S1", j) == 0 && at(r, "ST", j) == 0);
        assert_true(at(r, "S1_conf", j) == 0 && at(r, "ST_conf", j) == 0);
    }
    assert_int_equal(json_array_size(json_object_get(r, "warnings")), 1);
    free_frame(&frame);
}

static void
replicates_are_averaged_before_the_indices(void **unused)
{
    (void)unused;
    enum { N = 64, STRIDE = 5, POINTS = N * STRIDE };
    sw_frame frame = make_frame("saltelli", "{}", 3, POINTS, 2);
    sw_frame one = make_frame("saltelli", "{}", 3, POINTS, 1);
    sw_auto(free) double *y = saltelli_outputs(ishigami, 3, N, 0, false);
    double both[2 * POINTS];
    for (size_t i = 0; i < POINTS; i++) {
        both[i] = y[i] + 1;
        both[POINTS + i] = y[i] - 1;
    }
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"sobol\"}", sw_countof(both), NULL, both, NULL, 77);
    sw_auto(json) json_t *expected =
        analyse(&one, "{\"method\": \"sobol\"}", POINTS, NULL, y, NULL, 77);
    for (size_t j = 0; j < 3; j++)
        assert_near(at(r, "S1", j), at(expected, "S1", j), 1e-12);
    free_frame(&frame);
    free_frame(&one);
}

static void
another_design_or_a_bad_option_is_a_fault_that_says_so(void **unused)
{
    (void)unused;
    sw_faults faults = {0};
    sw_frame grid = make_frame("grid", "{}", 3, 100, 1);
    sw_frame good = make_frame("saltelli", "{}", 3, 100, 1);
    sw_auto(json) json_t *plain = json_pack("{s:s}", "method", "sobol");
    sw_auto(json) json_t *odd = json_pack("{s:s, s:i, s:f, s:b}", "method", "sobol", "resamples", 1,
                                          "confidence", 1.5, "frob", 1);
    assert_null(sw_analysis_new(plain, "/analyses/2", &grid, &faults));
    assert_int_equal(faults.n, 1);
    assert_string_equal(faults.v[0].pointer, "/analyses/2/method");
    assert_null(sw_analysis_new(odd, "/analyses/2", &good, &faults));
    assert_int_equal(faults.n, 4);
    sw_faults_fini(&faults);
    free_frame(&grid);
    free_frame(&good);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ishigami_indices_are_the_reference_figures),
        cmocka_unit_test(intervals_have_the_width_of_the_reference),
        cmocka_unit_test(the_blocks_that_rows_come_in_change_no_bit),
        cmocka_unit_test(linear_and_g_are_the_reference_figures),
        cmocka_unit_test(other_estimators_are_the_reference_figures),
        cmocka_unit_test(groups_are_indices_of_their_own),
        cmocka_unit_test(intervals_cover_the_exact_values_at_about_their_level),
        cmocka_unit_test(a_failed_run_costs_its_base_row_and_no_other),
        cmocka_unit_test(an_incomplete_study_gives_the_indices_of_its_complete_rows),
        cmocka_unit_test(a_constant_output_has_zero_indices_and_a_warning),
        cmocka_unit_test(replicates_are_averaged_before_the_indices),
        cmocka_unit_test(another_design_or_a_bad_option_is_a_fault_that_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
