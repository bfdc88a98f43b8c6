// SPDX-License-Identifier: Apache-2.0
// The frequency methods, eFAST and RBD-FAST, against reference figures and the rules on lost runs.
#include "sample.h"

enum { N = 1000, D = 3 };

// The three curves of Ishigami with n = 1000, 4 harmonics: own frequency 124, others 1 and 15, all
// with the same phase.
static void
curves(double phase, double *y)
{
    static const double omega[D][D] = {{124, 1, 15}, {1, 124, 15}, {1, 15, 124}};
    for (size_t j = 0; j < D; j++) {
        for (size_t i = 0; i < N; i++) {
            double s = 2 * M_PI * (double)i / N, u[D];
            for (size_t k = 0; k < D; k++)
                u[k] = 0.5 + asin(sin(omega[j][k] * s + phase)) / M_PI;
            y[j * N + i] = ishigami(u, D);
        }
    }
}

// SALib's formulas in double precision, frequencies as above.
static const struct {
    double phase, s1[D], st[D];
} answers[] = {
    {0, {0.307687418841, 0.44196592408, 0}, {0.550601471759, 0.469753825203, 0.239127486534}},
    {1, {0.324918182746, 0.442341071547, 0}, {0.5810799813, 0.469335200999, 0.23919975375}},
};

static void
efast_indices_are_the_reference_figures(void **unused)
{
    (void)unused;
    static double y[D * N];
    for (size_t a = 0; a < sw_countof(answers); a++) {
        curves(answers[a].phase, y);
        sw_frame frame = make_frame("efast", "{\"n\": 1000}", D, D * N, 1);
        sw_auto(json) json_t *r =
            analyse(&frame, "{\"method\": \"efast\"}", D * N, NULL, y, NULL, 77);
        for (size_t j = 0; j < D; j++) {
            assert_near(at(r, "S1", j), answers[a].s1[j], 1e-9);
            assert_near(at(r, "ST", j), answers[a].st[j], 1e-9);
            assert_true(isnan(at(r, "S1_conf", j)));
        }
        free_frame(&frame);
    }
}

static void
efast_curves_of_other_phases_give_mean_and_interval(void **unused)
{
    (void)unused;
    static double y[2 * D * N];
    curves(0, y);
    curves(1, y + D * N);
    sw_frame frame = make_frame("efast", "{\"curves\": 2}", D, 2 * D * N, 1);
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"efast\"}", 2 * D * N, NULL, y, NULL, 4096);
    double a = answers[0].st[0], b = answers[1].st[0];
    assert_near(at(r, "ST", 0), (a + b) / 2, 1e-9);
    // Student's quantile of one degree, which makes the error of the reference figures larger.
    double t = 12.706204736174696;
    assert_near(at(r, "ST_conf", 0), t * fabs(a - b) / 2, t * 1e-9);
    // A failed run on the second curve of x1 leaves x1 the first one, and x2 both.
    uint8_t *state = sw_calloc(2 * D * N, 1);
    state[D * N + 5] = SW_MEMORY;
    sw_auto(json) json_t *lost =
        analyse(&frame, "{\"method\": \"efast\"}", 2 * D * N, NULL, y, state, 4096);
    assert_near(at(lost, "ST", 0), a, 1e-9);
    assert_near(at(lost, "ST", 1), (answers[0].st[1] + answers[1].st[1]) / 2, 1e-9);
    assert_int_equal(number(lost, "n_dropped"), 1);
    free(state);
    free_frame(&frame);
}

static void
rbd_fast_indices_are_the_reference_figures(void **unused)
{
    (void)unused;
    static double x[D][1024], y[1024], u[D];
    for (size_t i = 0; i < 1024; i++) {
        sobol_point(i, D, u);
        y[i] = ishigami(u, D);
        for (size_t j = 0; j < D; j++)
            x[j][i] = u[j];
    }
    sw_frame frame = make_frame("sobol", "{}", D, 1024, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"rbd_fast\"}", 1024,
                                      (const double *const[]){x[0], x[1], x[2]}, y, NULL, 100);
    assert_near(at(r, "S1", 0), 0.3005930501, 1e-9);
    assert_near(at(r, "S1", 1), 0.433911993878, 1e-9);
    assert_near(at(r, "S1", 2), -0.0198387887249, 1e-9);
    assert_true(at(r, "S1_conf", 0) > 0.01 && at(r, "S1_conf", 0) < 0.1);
    free_frame(&frame);
}

static void
designs_that_are_no_curves_are_refused(void **unused)
{
    (void)unused;
    sw_faults faults = {0};
    sw_frame shorter = make_frame("efast", "{}", D, D * 64, 1);
    sw_frame ragged = make_frame("efast", "{}", D, D * N + 1, 1);
    sw_auto(json) json_t *request = json_pack("{s:s}", "method", "efast");
    assert_null(sw_analysis_new(request, "", &shorter, &faults));
    assert_null(sw_analysis_new(request, "", &ragged, &faults));
    assert_int_equal(faults.n, 2);
    sw_faults_fini(&faults);
    free_frame(&shorter);
    free_frame(&ragged);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(efast_indices_are_the_reference_figures),
        cmocka_unit_test(efast_curves_of_other_phases_give_mean_and_interval),
        cmocka_unit_test(rbd_fast_indices_are_the_reference_figures),
        cmocka_unit_test(designs_that_are_no_curves_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
