// SPDX-License-Identifier: Apache-2.0
// Scores of forests where the shares of the inputs are known.
#include "sample.h"

enum { N = 2048, D = 4 };

static double columns[D][N], y[N];

static json_t *
result_of(const char *request, function f, const uint8_t *state)
{
    const double *x[] = {columns[0], columns[1], columns[2], columns[3]};
    double u[D];
    for (size_t i = 0; i < N; i++) {
        sobol_point(i, D, u);
        for (size_t j = 0; j < D; j++)
            columns[j][i] = u[j];
        y[i] = f(u, D);
    }
    sw_frame frame = make_frame("sobol", "{}", D, N, 1);
    json_t *r = analyse(&frame, request, N, x, y, state, 100);
    free_frame(&frame);
    return r;
}

// Variances 9, 4, 1 and 0 of a sum of 14.
static double
weighted(const double *u, size_t d)
{
    (void)d;
    return 3 * u[0] + 2 * u[1] + u[2];
}

// Impurity importances are shares of variance; a forest of finite depth gives a little of it to
// inputs that do nothing. Shuffling an input of a sum costs twice its share of what is explained.
static void
scores_of_a_sum_are_its_shares(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = result_of("{\"method\": \"extra_trees\"}", weighted, NULL);
    static const double shares[] = {9 / 14.0, 4 / 14.0, 1 / 14.0, 0};
    double sum = 0;
    for (size_t j = 0; j < D; j++) {
        sum += at(r, "importance", j);
        assert_near(at(r, "importance", j), shares[j], 0.03);
        assert_near(at(r, "permutation", j), 2 * shares[j], 0.12);
    }
    assert_near(sum, 1, 1e-12);
    assert_true(number(r, "R2") > 0.97 && number(r, "R2") < 1);
}

static void
the_idle_input_of_ishigami_scores_least(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = result_of("{\"method\": \"extra_trees\"}", ishigami, NULL);
    for (size_t j = 0; j < 3; j++)
        assert_true(at(r, "importance", j) > 3 * at(r, "importance", 3));
    assert_true(fabs(at(r, "permutation", 3)) < 0.03);
    assert_true(number(r, "R2") > 0.8);
}

static void
the_same_seed_grows_the_same_forest(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *a =
        result_of("{\"method\": \"extra_trees\", \"trees\": 7}", ishigami, NULL);
    sw_auto(json) json_t *b =
        result_of("{\"method\": \"extra_trees\", \"trees\": 7}", ishigami, NULL);
    assert_true(json_equal(a, b));
}

static double
constant(const double *u, size_t d)
{
    (void)u;
    (void)d;
    return 4;
}

static double
noise(const double *u, size_t d)
{
    (void)d;
    return fmod(43758.5453 * sin(12.9898 * u[0] + 78.233 * u[1]), 1);
}

static void
a_forest_that_explains_nothing_says_so(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = result_of("{\"method\": \"extra_trees\"}", noise, NULL);
    assert_true(number(r, "R2") < 0.1);
    assert_int_equal(json_array_size(json_object_get(r, "warnings")), 1);
    sw_auto(json) json_t *flat = result_of("{\"method\": \"extra_trees\"}", constant, NULL);
    for (size_t j = 0; j < D; j++)
        assert_true(at(flat, "importance", j) == 0 && at(flat, "permutation", j) == 0);
}

static void
a_failed_point_is_dropped_and_said(void **unused)
{
    (void)unused;
    static uint8_t state[N];
    state[9] = SW_ERROR;
    sw_auto(json) json_t *r =
        result_of("{\"method\": \"extra_trees\", \"trees\": 3}", weighted, state);
    assert_int_equal(number(r, "n"), N - 1);
    assert_int_equal(number(r, "n_dropped"), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_of_a_sum_are_its_shares),
        cmocka_unit_test(the_idle_input_of_ishigami_scores_least),
        cmocka_unit_test(the_same_seed_grows_the_same_forest),
        cmocka_unit_test(a_forest_that_explains_nothing_says_so),
        cmocka_unit_test(a_failed_point_is_dropped_and_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
