// SPDX-License-Identifier: Apache-2.0
// The functions with known answers: point values, moments, and the same bits alone and in batches.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/testfunctions/parts.h"
#include "models/testfunctions/testfunctions.h"
#include "tests/answers/testfunctions_values.h"
#include "tests/support/model_harness.h"

static void
assert_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g", value, expected);
}

static sw_harness *
start(const char *name)
{
    return sw_harness_open(sw_harness_find(&sw_testfunctions_family, name), NULL);
}

static double
value(sw_harness *h)
{
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_DONE);
    return sw_harness_value(h, "y");
}

// A point uniform over the bounds; unbounded parameters keep their defaults.
static void
draw(const sw_model *m, uint64_t i, double *x)
{
    for (size_t j = 0; j < m->n_parameters; j++) {
        const sw_parameter *p = &m->parameters[j];
        double u = sw_testfunctions_uniform(99, i * 64 + j);
        x[j] = isfinite(p->min) && isfinite(p->max) ? p->min + u * (p->max - p->min) : p->value;
        if (p->kind != SW_NUMBER)
            x[j] = round(x[j]);
    }
}

static void
every_descriptor_is_whole(void **state)
{
    (void)state;
    for (const sw_model *const *m = sw_testfunctions_family.models; *m; m++)
        sw_harness_check_descriptor(*m);
}

static void
ishigami_is_its_formula(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/ishigami");
    assert_true(value(h) == 0);
    sw_harness_set(h, "x1", M_PI / 2);
    sw_harness_set(h, "x2", M_PI / 2);
    sw_harness_set(h, "x3", 2);
    assert_near(value(h), 1 + 7 + 0.1 * 16, 1e-15);
    sw_harness_set(h, "a", 5);
    sw_harness_set(h, "b", 0.5);
    assert_near(value(h), 1 + 5 + 0.5 * 16, 1e-15);
    sw_harness_close(&h);
}

static void
sobol_g_has_the_published_values_at_the_origin(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/sobol-g");
    for (int j = 0; j < 10; j++)
        sw_harness_inputs(h)[j] = 0;
    assert_near(value(h), ANSWER_G_ORIGIN, 1e-12);
    sw_harness_set(h, "alpha", 2);
    assert_near(value(h), ANSWER_G_STAR_ORIGIN, 1e-5); // printed to six digits
    sw_harness_set(h, "alpha", 1);
    sw_harness_set(h, "dimensions", 2);
    assert_near(value(h), 3, 1e-15);
    sw_harness_set(h, "x3", 0.7); // takes no part
    assert_near(value(h), 3, 1e-15);
    sw_harness_close(&h);
}

static double
morris_at(sw_harness *h, double (*x)(int))
{
    for (int j = 0; j < 20; j++)
        sw_harness_inputs(h)[j] = x(j);
    return value(h);
}

static double
zero(int j)
{
    return 0 * j;
}

static double
one(int j)
{
    return 1 + 0 * j;
}

static double
half(int j)
{
    return 0.5 + 0 * j;
}

static double
ramp(int j)
{
    return j / 19.0;
}

static void
morris_has_the_reference_values(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/morris");
    double (*points[])(int) = {zero, one, half, ramp};
    for (int i = 0; i < 4; i++)
        assert_near(morris_at(h, points[i]), answer_morris[i], 1e-12);
    sw_harness_close(&h);
}

static void
morris_has_the_reference_elementary_effects(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/morris");
    const double delta = 2.0 / 3;
    const char *names[] = {"x8", "x11", "x7", "x7"};
    double from[] = {0, 0, 0, 1.0 / 3};
    double expected[] = {ANSWER_MORRIS_EFFECT_8_TO_10, 0, answer_morris_effect_7[0],
                         answer_morris_effect_7[1]};
    for (int e = 0; e < 4; e++) {
        morris_at(h, ramp);
        sw_harness_set(h, names[e], from[e]);
        double before = value(h);
        sw_harness_set(h, names[e], from[e] + delta);
        double effect = (value(h) - before) / delta;
        assert_true(fabs(effect - expected[e]) < 1e-10); // cancellation of numbers near 100
    }
    sw_harness_close(&h);
}

// With rest = 1 at the origin all w are -1: the linear rest cancels (ten terms of alternating
// sign), and the pairs add the number of even sums less that of odd ones outside the first six.
static void
morris_adds_the_rest_that_is_asked_for(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/morris");
    sw_harness_set(h, "rest", 1);
    // All pairs of 20: 90 even, 100 odd sums; of those within the first six: 6 even, 9 odd.
    assert_near(morris_at(h, zero), -320 + (90 - 6) - (100 - 9), 1e-12);
    sw_harness_close(&h);
}

static void
polynomials_are_their_formulas(void **state)
{
    (void)state;
    const char *names[] = {"linear", "product", "interaction"};
    double expected[] = {0.5 + 2 * 0.25 + 3 * 0.5, 0.125, 0.5 + 0.125 + 0.125};
    for (int m = 0; m < 3; m++) {
        char name[64] = "testfunctions/";
        sw_harness *h = start(strcat(name, names[m]));
        sw_harness_set(h, "x1", 0.5);
        sw_harness_set(h, "x2", 0.25);
        assert_true(value(h) == expected[m]);
        sw_harness_close(&h);
    }
}

// Mean and variance over uniform inputs by n plain draws.
static void
moments(const char *name, size_t n, double *mean, double *variance)
{
    const sw_model *m = sw_harness_find(&sw_testfunctions_family, name);
    sw_harness *h = sw_harness_open(m, NULL);
    double *points = malloc(n * m->n_parameters * sizeof *points), sum = 0, squares = 0;
    uint64_t *seeds = calloc(n, sizeof *seeds);
    for (size_t i = 0; i < n; i++)
        draw(m, i, points + i * m->n_parameters);
    const sw_result *r = sw_harness_batch(h, n, points, seeds);
    for (size_t i = 0; i < n; i++)
        sum += r[i].out[0];
    for (size_t i = 0; i < n; i++)
        squares += pow(r[i].out[0] - sum / (double)n, 2);
    *mean = sum / (double)n;
    *variance = squares / (double)n;
    free(points);
    free(seeds);
    sw_harness_close(&h);
}

static void
moments_agree_with_the_references(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double mean, variance;
    } all[] = {
        {"testfunctions/ishigami", ANSWER_ISHIGAMI_MEAN, ANSWER_ISHIGAMI_VARIANCE},
        {"testfunctions/borehole", ANSWER_BOREHOLE_MEAN, ANSWER_BOREHOLE_VARIANCE},
        {"testfunctions/wing-weight", ANSWER_WING_MEAN, ANSWER_WING_VARIANCE},
    };
    const size_t n = 100000;
    for (int m = 0; m < 3; m++) {
        double mean, variance;
        moments(all[m].name, n, &mean, &variance);
        // Four standard errors of the mean; 3 % of the variance is more than four of its own.
        assert_true(fabs(mean - all[m].mean) < 4 * sqrt(all[m].variance / (double)n));
        assert_near(variance, all[m].variance, 0.03);
    }
}

static void
noise_has_the_deviation_asked_for_and_follows_the_seed(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/stochastic");
    sw_harness_set(h, "x1", 0);
    sw_harness_set(h, "x2", 0);
    const int n = 20000;
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++) {
        sw_harness_run(h, (uint64_t)i);
        double y = sw_harness_value(h, "y");
        sum += y;
        squares += y * y;
    }
    assert_true(fabs(sum / n) < 4 * 0.3 / sqrt(n));
    assert_near(sqrt(squares / n), 0.3, 4 / sqrt(2.0 * n));
    sw_harness_set(h, "x1", 1);
    sw_harness_set(h, "x2", 1);
    sw_harness_set(h, "sd", 0);
    assert_true(value(h) == 1.5);
    sw_harness_close(&h);
}

static void
a_batch_gives_the_bits_of_single_runs(void **state)
{
    (void)state;
    for (const sw_model *const *m = sw_testfunctions_family.models; *m; m++) {
        if (!(*m)->run_batch)
            continue;
        double points[100 * 32];
        uint64_t seeds[100] = {0};
        for (size_t i = 0; i < 100; i++)
            draw(*m, i, points + i * (*m)->n_parameters);
        sw_harness *h = sw_harness_open(*m, NULL);
        sw_harness_check_batch(h, 100, points, seeds);
        sw_harness_close(&h);
    }
}

static void
one_output_cannot_be_asked_for_twice(void **state)
{
    (void)state;
    char error[200] = "";
    sw_harness_setup setup = {.outputs = "y,y"};
    const sw_model *m = sw_harness_find(&sw_testfunctions_family, "testfunctions/ishigami");
    assert_null(sw_harness_open_with(m, &setup, error, sizeof error));
    assert_string_equal(error, "testfunctions/ishigami has one output, 2 were asked for");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_descriptor_is_whole),
        cmocka_unit_test(ishigami_is_its_formula),
        cmocka_unit_test(sobol_g_has_the_published_values_at_the_origin),
        cmocka_unit_test(morris_has_the_reference_values),
        cmocka_unit_test(morris_has_the_reference_elementary_effects),
        cmocka_unit_test(morris_adds_the_rest_that_is_asked_for),
        cmocka_unit_test(polynomials_are_their_formulas),
        cmocka_unit_test(moments_agree_with_the_references),
        cmocka_unit_test(noise_has_the_deviation_asked_for_and_follows_the_seed),
        cmocka_unit_test(a_batch_gives_the_bits_of_single_runs),
        cmocka_unit_test(one_output_cannot_be_asked_for_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
