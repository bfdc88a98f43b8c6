// SPDX-License-Identifier: Apache-2.0
// Elementary effects: a textbook exercise, exact means by enumeration, Morris' own function.
#include "sample.h"

// Saltelli et al. (2008), "Global sensitivity analysis: the primer", exercises 3a and 4 of chapter
// 3: six trajectories of two parameters over four levels, and their outputs.
static const double exercise_x1[] = {0,      0, 2. / 3, 0,      2. / 3, 2. / 3, 2. / 3, 2. / 3, 0,
                                     1. / 3, 1, 1,      1. / 3, 1. / 3, 1,      1. / 3, 1. / 3, 1};
static const double exercise_x2[] = {1. / 3, 1, 1,      1. / 3, 1. / 3, 1, 0, 2. / 3, 2. / 3, 1, 1,
                                     1. / 3, 1, 1. / 3, 1. / 3, 2. / 3, 0, 0};
static const double exercise_y[] = {.97,  .71,  2.39, .97,  2.30, 2.39, 1.87, 2.40, .87,
                                    2.15, 1.71, 1.54, 2.15, 2.17, 1.54, 2.20, 1.87, 1.0};

static json_t *
exercise(const char *request, const uint8_t *state)
{
    sw_frame frame = make_frame("morris", "{\"levels\": 4}", 2, 18, 1);
    const double *x[] = {exercise_x1, exercise_x2};
    json_t *r = analyse(&frame, request, 18, x, exercise_y, state, 5);
    free_frame(&frame);
    return r;
}

static void
the_textbook_exercise_gives_the_textbook_figures(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = exercise("{\"method\": \"morris\"}", NULL);
    assert_near(at(r, "mu", 0), 0.65, 1e-12);
    assert_near(at(r, "mu", 1), 0.21, 1e-12);
    assert_near(at(r, "mu_star", 0), 1.62, 1e-12);
    assert_near(at(r, "mu_star", 1), 0.35, 1e-12);
    assert_near(at(r, "sigma", 0), 1.79410702022, 1e-9);
    assert_near(at(r, "sigma", 1), 0.411995145602, 1e-9);
}

static void
scaled_effects_are_the_reference_figures(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = exercise("{\"method\": \"morris\", \"scaled\": true}", NULL);
    assert_near(at(r, "mu", 0), 0.09038921609, 1e-9);
    assert_near(at(r, "mu", 1), 0.146679039092, 1e-9);
    assert_near(at(r, "mu_star", 0), 0.968041522894, 1e-9);
    assert_near(at(r, "mu_star", 1), 0.212760711959, 1e-9);
    assert_near(at(r, "sigma", 0), 1.06453684397, 1e-9);
    assert_near(at(r, "sigma", 1), 0.223856941678, 1e-9);
}

static void
a_failed_run_costs_its_trajectory(void **unused)
{
    (void)unused;
    uint8_t state[18] = {[4] = SW_TIMEOUT};
    sw_auto(json) json_t *r = exercise("{\"method\": \"morris\"}", state);
    assert_int_equal(number(r, "n"), 5);
    assert_int_equal(number(r, "n_dropped"), 1);
    assert_near(at(r, "mu", 0), (6 * 0.65 - 1.995) / 5, 1e-12);
}

// Trajectories of d parameters in order, from every corner of base levels and in every pattern of
// directions: 4 levels, so bases 0 and 1/3 with steps of 2/3 up, and their ends with steps down.
// The points' unit coordinates go to columns x[d][count * (d + 1)].
static void
add_trajectory(size_t t, size_t d, uint64_t base, uint64_t down, double *const *x)
{
    for (size_t step = 0; step <= d; step++) {
        for (size_t j = 0; j < d; j++) {
            double low = (base >> j & 1) / 3.0;
            bool high = (j < step) != (down >> j & 1);
            x[j][t * (d + 1) + step] = high ? low + 2 / 3.0 : low;
        }
    }
}

static void
means_over_all_trajectories_of_ishigami_are_exact(void **unused)
{
    (void)unused;
    enum { D = 3, TRAJECTORIES = 64, POINTS = TRAJECTORIES * (D + 1) };
    static double x1[POINTS], x2[POINTS], x3[POINTS], y[POINTS];
    double *x[] = {x1, x2, x3};
    for (uint64_t t = 0; t < TRAJECTORIES; t++)
        add_trajectory(t, D, t % 8, t / 8, x);
    for (size_t i = 0; i < POINTS; i++)
        y[i] = ishigami((double[]){x1[i], x2[i], x3[i]}, D);
    sw_frame frame = make_frame("morris", "{}", D, POINTS, 1);
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"morris\"}", POINTS, (const double *const *)x, y, NULL, 50);
    assert_near(at(r, "mu_star", 0), 7.704054111593103, 1e-12);
    assert_near(at(r, "mu_star", 1), 7.875, 1e-12);
    assert_near(at(r, "mu_star", 2), 6.248796103333118, 1e-12);
    // Every |effect| of x2 is the same, so its interval has no width.
    assert_near(at(r, "mu_star_conf", 1), 0, 1e-12);
    free_frame(&frame);
}

// Morris (1991), section 5, with the coefficients that the paper draws at random set to zero.
static double
morris_1991(const double *x)
{
    double w[20], y = 0;
    for (size_t i = 0; i < 20; i++) {
        bool bent = i == 2 || i == 4 || i == 6;
        w[i] = bent ? 2 * (1.1 * x[i] / (x[i] + 0.1) - 0.5) : 2 * (x[i] - 0.5);
        y += i < 10 ? 20 * w[i] : 0;
    }
    for (size_t i = 0; i < 6; i++) {
        for (size_t j = i + 1; j < 6; j++) {
            y -= 15 * w[i] * w[j];
            for (size_t l = j + 1; l < 5; l++)
                y -= 10 * w[i] * w[j] * w[l];
        }
    }
    return y + 5 * w[0] * w[1] * w[2] * w[3];
}

static void
morris_own_function_has_its_exact_effects(void **unused)
{
    (void)unused;
    enum { D = 20, TRAJECTORIES = 40, POINTS = TRAJECTORIES * (D + 1) };
    static double columns[D][POINTS], y[POINTS], point[D];
    double *x[D];
    for (size_t j = 0; j < D; j++)
        x[j] = columns[j];
    assert_near(morris_1991(point), -320, 1e-12);
    for (size_t j = 0; j < D; j++)
        point[j] = (double)j / 19;
    assert_near(morris_1991(point), -74.69775519172855, 1e-12);
    for (uint64_t t = 0; t < TRAJECTORIES; t++)
        add_trajectory(t, D, sw_philox(3, SW_STREAM_DESIGN, t, 0),
                       sw_philox(3, SW_STREAM_DESIGN, t, 1), x);
    for (size_t i = 0; i < POINTS; i++) {
        for (size_t j = 0; j < D; j++)
            point[j] = x[j][i];
        y[i] = morris_1991(point);
    }
    sw_frame frame = make_frame("morris", "{}", D, POINTS, 1);
    static const char *const names[D] = {"1",  "2",  "3",  "4",  "5",  "6",  "7",
                                         "8",  "9",  "10", "11", "12", "13", "14",
                                         "15", "16", "17", "18", "19", "20"};
    frame.names = names;
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"morris\"}", POINTS, (const double *const *)x, y, NULL, 64);
    for (size_t j = 7; j < 10; j++) {
        assert_near(at(r, "mu", j), 40, 1e-9);
        assert_near(at(r, "mu_star", j), 40, 1e-9);
        assert_near(at(r, "sigma", j), 0, 1e-9);
    }
    for (size_t j = 10; j < D; j++)
        assert_near(at(r, "mu_star", j), 0, 1e-9);
    // Input 7 has two effects only, so mean and deviation tell the share of each.
    double low = 9.230769230769232, high = 57.3913043478261;
    double share = (at(r, "mu", 6) - low) / (high - low);
    assert_near((low + high) / 2, 33.31103678929767, 1e-12); // the mean over all of them
    assert_near(share, 0.5, 4 * sqrt(0.25 / TRAJECTORIES));
    double sd = (high - low) * sqrt(share * (1 - share) * TRAJECTORIES / (TRAJECTORIES - 1));
    assert_near(at(r, "sigma", 6), sd, 1e-9);
    assert_near(share * TRAJECTORIES, round(share * TRAJECTORIES), 1e-9);
    free_frame(&frame);
}

static void
groups_have_mu_star_only(void **unused)
{
    (void)unused;
    // Two groups {x1, x3}, {x2}: trajectories of three points on y = x1 + x3 + 2 x2.
    enum { POINTS = 6 };
    double x1[] = {0, 2. / 3, 2. / 3, 1, 1, 1. / 3}, x3[] = {1, 1. / 3, 1. / 3, 0, 0, 2. / 3};
    double x2[] = {0, 0, 2. / 3, 1, 1. / 3, 1. / 3}, y[POINTS];
    for (size_t i = 0; i < POINTS; i++)
        y[i] = 2 * x1[i] + x3[i] + 2 * x2[i];
    static const size_t group[] = {0, 1, 0};
    static const char *const group_names[] = {"outer", "inner"};
    sw_frame frame = make_frame("morris", "{}", 3, POINTS, 1);
    frame.n_groups = 2;
    frame.group = group;
    frame.group_names = group_names;
    const double *x[] = {x1, x2, x3};
    sw_auto(json) json_t *r =
        analyse(&frame, "{\"method\": \"morris\"}", POINTS, x, y, NULL, POINTS);
    assert_int_equal(json_array_size(json_object_get(r, "names")), 2);
    assert_near(at(r, "mu_star", 0), 1, 1e-12);
    assert_true(isnan(at(r, "mu", 0)) && isnan(at(r, "sigma", 0)));
    assert_near(at(r, "mu", 1), 2, 1e-12);
    free_frame(&frame);
}

static void
levels_of_equal_value_have_no_effect(void **unused)
{
    (void)unused;
    // x2 is an integer whose two levels round to the same value: no step shows in its column.
    double x1[] = {0, 1, 1, 0, 0, 1}, x2[] = {5, 5, 5, 5, 5, 5}, y[] = {0, 3, 3, 0, 0, 3};
    sw_frame frame = make_frame("morris", "{\"levels\": 2}", 2, 6, 1);
    const double *x[] = {x1, x2};
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"morris\"}", 6, x, y, NULL, 6);
    assert_near(at(r, "mu", 0), 3, 1e-12);
    assert_near(at(r, "mu_star", 1), 0, 0);
    free_frame(&frame);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_textbook_exercise_gives_the_textbook_figures),
        cmocka_unit_test(scaled_effects_are_the_reference_figures),
        cmocka_unit_test(a_failed_run_costs_its_trajectory),
        cmocka_unit_test(means_over_all_trajectories_of_ishigami_are_exact),
        cmocka_unit_test(morris_own_function_has_its_exact_effects),
        cmocka_unit_test(groups_have_mu_star_only),
        cmocka_unit_test(levels_of_equal_value_have_no_effect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
