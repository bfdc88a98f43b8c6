// SPDX-License-Identifier: Apache-2.0
// Figures that OpenTURNS gives (Baudin, Dutfoy, Iooss and Popelin 2017), whose direction numbers
// and phases are not those of this product, so that no digit beyond the methods' own error can be
// the same: each must lie where that error puts it.
#include "tests/unit/analysis/through.h"

#include "lib/base/student.h"

enum { D = 3, CURVES = 64 };

// Saltelli's estimator on 10,000 points of another Sobol' sequence: quasi-random points of this
// number err by some thousandths, of one sequence as of the other.
static void
sobol_indices_are_those_of_other_direction_numbers(void **unused)
{
    (void)unused;
    enum { ROWS = 10000 };
    static const double s1[D] = {0.31427, 0.444138, 0.00146},
                        st[D] = {0.557129, 0.443124, 0.243082};
    sw_auto(free) double *y = saltelli_outputs(ishigami, D, ROWS, 0, false);
    sw_frame frame = make_frame("saltelli", "{\"second_order\": false}", D, ROWS * (D + 2), 1);
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"sobol\"}", ROWS * (D + 2), NULL, y, NULL, 4096);
    for (size_t j = 0; j < D; j++) {
        assert_near(at(r, "S1", j), s1[j], 0.005);
        assert_near(at(r, "ST", j), st[j], 0.005);
    }
    free_frame(&frame);
}

// One curve of 400 points an input, with a phase that is not said: the figure is one of those that
// phases give, whose mean and standard deviation are known from 64 of them. Four deviations, once
// in 16,000 times each, and two thousandths where all phases give nearly the same, for what the
// other program does differently with the frequencies of the other inputs.
static void
expect_among_phases(const json_t *r, const char *key, size_t j, double figure)
{
    sw_auto(free) char *conf = sw_format("%s_conf", key);
    double deviation = at(r, conf, j) / sw_student_half(CURVES - 1, 0.95) * sqrt(CURVES);
    double allowed = 4 * deviation + 0.002;
    if (allowed > 0.04 || fabs(at(r, key, j) - figure) > allowed)
        fail_msg("%s of input %zu is %g, not %g (allowed %g)", key, j, at(r, key, j), figure,
                 allowed);
}

static double
g_three(const double *u, size_t d)
{
    (void)d;
    return g_of(u, D, (const double[]){0, 0.5, 1}, 1);
}

static void
efast_indices_are_those_of_some_phase(void **unused)
{
    (void)unused;
    static const struct {
        unit_function f;
        double s1[D], st[D];
    } answers[] = {
        {f_ishigami, {0.30746126, 0.44252444, 0}, {0.55424701, 0.48710104, 0.23946403}},
        {g_three, {0.49826783, 0.22147229, 0.12248647}, {0.63490116, 0.32501154, 0.19722714}},
    };
    for (size_t a = 0; a < sw_countof(answers); a++) {
        through t = through_make(D, "{'method': 'efast', 'n': 400, 'curves': 64}", 1, 1);
        through_run(&t, answers[a].f);
        sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"efast\"}");
        for (size_t j = 0; j < D; j++) {
            expect_among_phases(r, "S1", j, answers[a].s1[j]);
            expect_among_phases(r, "ST", j, answers[a].st[j]);
        }
        through_drop(&t);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sobol_indices_are_those_of_other_direction_numbers),
        cmocka_unit_test(efast_indices_are_those_of_some_phase),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
