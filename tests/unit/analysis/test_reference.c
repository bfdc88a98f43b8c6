// SPDX-License-Identifier: Apache-2.0
// Reference figures that no other test holds: interactions of second order, means and variances,
// squared derivatives and their bounds, Shapley effects, elementary effects, delta on many points.
// Statistical ones are means over repeated seeds within 5.2 of their standard errors, which a right
// method misses once in 10,000 times (Student, 15 degrees of freedom), and a bias of 1 / n.
#include "tests/unit/analysis/through.h"

#include "tests/answers/sensitivity_reference.h"

#include "lib/base/student.h"

enum { SEEDS = 16 };
#define STANDARD_ERRORS 5.2

typedef struct sums {
    double n, sum, squares;
} sums;

static void
add(sums *s, double v)
{
    s->n++;
    s->sum += v;
    s->squares += v * v;
}

// least: what must be told apart at least, so that no test passes by being uncertain.
static void
expect_mean(const char *what, const sums *s, double exact, double bias, double least)
{
    double mean = s->sum / s->n;
    double allowed =
        STANDARD_ERRORS * sqrt(fmax(0, s->squares / s->n - mean * mean) / (s->n - 1)) + bias;
    if (allowed > least)
        fail_msg("%s: the estimates spread too much: %g", what, allowed);
    if (fabs(mean - exact) > allowed)
        fail_msg("%s is %.8g, not %.8g (allowed %.3g)", what, mean, exact, allowed);
}

// ---- moments, and indices of second order ----

static void
means_and_variances_are_the_exact_ones(void **unused)
{
    (void)unused;
    for (size_t f = 0; f < sw_countof(exact_moments); f++) {
        const exact_moment *e = &exact_moments[f];
        sums mean = {0}, variance = {0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            through t = through_make(
                e->d, "{'method': 'saltelli', 'n': 4096, 'second_order': false}", seed, 1);
            through_run(&t, exact_functions[e->function]);
            sw_auto(json) json_t *r =
                through_analyse(&t, "{\"method\": \"sobol\", \"resamples\": 2}");
            add(&mean, number(r, "mean"));
            add(&variance, number(r, "variance"));
            through_drop(&t);
        }
        // The variance is over A and B, the mean over all rows: their own errors are those of
        // the printed figures.
        expect_mean(e->name, &mean, e->mean, e->mean_error, 0.003 * e->scale);
        expect_mean(e->name, &variance, e->variance, e->variance / 4096 + e->variance_error,
                    0.02 * e->variance);
    }
}

static void
interactions_are_the_exact_ones(void **unused)
{
    (void)unused;
    for (size_t c = 0; c < sw_countof(exact_pairs); c++) {
        const exact_pair *e = &exact_pairs[c];
        sums s = {0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            through t = through_make(e->d, "{'method': 'saltelli', 'n': 2048}", seed, 1);
            through_run(&t, exact_functions[e->function]);
            sw_auto(json) json_t *r =
                through_analyse(&t, "{\"method\": \"sobol\", \"resamples\": 2}");
            add(&s, at2(r, "S2", e->j, e->k));
            through_drop(&t);
        }
        expect_mean(e->name, &s, e->s2, 1. / 2048, 0.04);
    }
}

// V1, V2 and V13 of Ishigami's function themselves, of which textbooks misprint the last.
static void
parts_of_the_variance_are_the_exact_ones(void **unused)
{
    (void)unused;
    static const double exact[2][3] = {{4.34588802389416, 6.125, 3.37369991682509},
                                       {1.94851746114355, 6.125, 0.843424979206273}};
    for (size_t f = 0; f < 2; f++) {
        sums parts[3] = {0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            through t = through_make(3, "{'method': 'saltelli', 'n': 4096}", seed, 1);
            through_run(&t, exact_functions[f]);
            sw_auto(json) json_t *r =
                through_analyse(&t, "{\"method\": \"sobol\", \"resamples\": 2}");
            double variance = number(r, "variance");
            add(&parts[0], variance * at(r, "S1", 0));
            add(&parts[1], variance * at(r, "S1", 1));
            add(&parts[2], variance * at2(r, "S2", 0, 2));
            through_drop(&t);
        }
        for (size_t k = 0; k < 3; k++)
            expect_mean("a part of the variance", &parts[k], exact[f][k], 14. / 4096, 0.25);
    }
}

// The coefficients that the paper misprints: 12 / sqrt(10 (p - 1)), for p = 5.
static void
coefficients_of_morris_moore_and_mckay_are_the_right_ones(void **unused)
{
    (void)unused;
    static const double alpha = -0.330631577064301, beta = 1.89736659610103;
    double one[6] = {1}, two[6] = {1, 1};
    assert_near(f_morris_2006(one, 6), alpha, 1e-14);
    assert_near(f_morris_2006(two, 6), 2 * alpha + beta, 1e-14);
}

// ---- derivatives ----

// In units of the unit cube: (2 pi)² times those of Ishigami's own range; the bound has no unit.
static void
derivatives_and_their_bounds_are_the_exact_ones(void **unused)
{
    (void)unused;
    for (size_t c = 0; c < 2; c++) {
        const exact_derivative *e = &exact_derivatives[c];
        sums vi[3] = {0}, bound[3] = {0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            through t = through_make(3, "{'method': 'dgsm', 'n': 2048, 'step': 1e-6}", seed, 1);
            through_run(&t, exact_functions[e->function]);
            sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"dgsm\"}");
            for (size_t j = 0; j < 3; j++) {
                add(&vi[j], at(r, "vi", j) / (4 * M_PI * M_PI));
                add(&bound[j], at(r, "dgsm", j));
            }
            through_drop(&t);
        }
        for (size_t j = 0; j < 3; j++) {
            expect_mean("vi", &vi[j], e->vi[j], e->vi[j] / 2048, 0.02 * e->vi[j]);
            expect_mean("dgsm", &bound[j], e->bound[j], e->bound[j] / 2048, 0.03 * e->bound[j]);
            // Another tool's, by its own random points: to its three digits, and one in fifty.
            static const double others[] = {2.229, 7.066, 3.180};
            if (c == 0)
                assert_near(bound[j].sum / bound[j].n, others[j], 0.02 * others[j]);
        }
    }
}

// Sobol' and Kucherenko (2009): ST is never above the bound. Smooth functions on the unit cube.
static void
the_bound_is_above_the_total_index_of_every_smooth_function(void **unused)
{
    (void)unused;
    for (size_t f = 0; f < sw_countof(exact_answers); f++) {
        const exact_indices *e = &exact_answers[f];
        if (strncmp(e->name, "g", 1) == 0)
            continue; // has a kink, and derivatives that say less
        through t = through_make(e->d, "{'method': 'dgsm', 'n': 1024, 'step': 1e-6}", 5, 1);
        through_run(&t, exact_functions[f]);
        sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"dgsm\"}");
        for (size_t j = 0; j < e->d; j++) {
            // Of a linear function both are the same up to the error of the variance.
            double bound = at(r, "dgsm", j), above = bound * 1.02 + 1e-12 + e->error;
            if (strcmp(e->name, "linear") == 0)
                assert_near(bound, e->st[j] * 12 / (M_PI * M_PI), 0.02 * bound);
            if (above < e->st[j])
                fail_msg("%s: %g is below ST %g of input %zu", e->name, bound, e->st[j], j + 1);
        }
        through_drop(&t);
    }
}

// ---- other methods ----

// A polynomial of high degree has Ishigami's function nearly exactly, and so its shares.
static void
shapley_effects_of_ishigami_are_the_exact_ones(void **unused)
{
    (void)unused;
    for (size_t c = 0; c < 2; c++) {
        const exact_shapley *e = &exact_shapleys[c];
        through t = through_make(3, "{'method': 'sobol', 'n': 4096}", 1, 1);
        through_run(&t, exact_functions[e->function]);
        sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"pce\", \"degree\": 14}");
        assert_true(number(r, "leave_one_out_error") < 1e-6);
        for (size_t j = 0; j < 3; j++) {
            assert_near(at(r, "shapley", j), e->v[j], 1e-4);
            assert_near(at(r, "ST", j), exact_answers[e->function].st[j], 1e-4);
        }
        assert_near(at2(r, "S2", 0, 2), e->s13, 1e-4);
        through_drop(&t);
        sums s[3] = {0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            through random = through_make(3, "{'method': 'random', 'n': 2048}", seed, 1);
            through_run(&random, exact_functions[e->function]);
            sw_auto(json) json_t *q =
                through_analyse(&random, "{\"method\": \"shapley\", \"anchors\": 2048}");
            for (size_t j = 0; j < 3; j++)
                add(&s[j], at(q, "shapley", j));
            through_drop(&random);
        }
        // Neighbours are not in one place: a bias of some hundredths, which is the method's own.
        for (size_t j = 0; j < 3; j++)
            expect_mean("shapley", &s[j], e->v[j], 0.02, 0.06);
    }
}

static void
many_trajectories_have_the_exact_mu_star(void **unused)
{
    (void)unused;
    static const double exact[] = {7.704054111593103, 7.875, 6.248796103333118};
    // Another tool's, of as many trajectories of its own: as uncertain as ours.
    static const double others[] = {7.682808, 7.875, 6.256295};
    through t = through_make(3, "{'method': 'morris', 'n': 10000}", 1, 1);
    through_run(&t, f_ishigami);
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"morris\"}");
    for (size_t j = 0; j < 3; j++) {
        // Half-widths of 95 %: 4 standard errors, once in 16,000 times.
        double half = at(r, "mu_star_conf", j);
        assert_true(half < 0.2);
        assert_near(at(r, "mu_star", j), exact[j], 4 / 1.96 * half + 1e-9);
        assert_near(at(r, "mu_star", j), others[j], 4 / 1.96 * sqrt(2) * half + 1e-9);
    }
    through_drop(&t);
}

// Plischke, Borgonovo and Smith's estimator on so many points that its classes are fine: figures of
// another implementation, to their three digits and its resampling.
static void
delta_of_many_points_is_that_of_others(void **unused)
{
    (void)unused;
    static const double raw[] = {0.210, 0.358, 0.155};
    through t = through_make(3, "{'method': 'sobol', 'n': 16384}", 1, 1);
    through_run(&t, f_ishigami);
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"delta\"}");
    for (size_t j = 0; j < 3; j++)
        assert_near(at(r, "delta", j), raw[j], 0.02);
    through_drop(&t);
}

// Tissot and Prieur (2012) subtract what a finite sample has of each harmonic: undone here.
static void
rbd_fast_before_its_correction_is_the_reference_figure(void **unused)
{
    (void)unused;
    static const double plain[] = {0.314253342091, 0.444968400248, 7.99376e-05};
    static double x[3][1024], y[1024], u[3];
    for (size_t i = 0; i < 1024; i++) {
        sobol_point(i, 3, u);
        y[i] = ishigami(u, 3);
        for (size_t j = 0; j < 3; j++)
            x[j][i] = u[j];
    }
    sw_frame frame = make_frame("sobol", "{}", 3, 1024, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"rbd_fast\"}", 1024,
                                      (const double *const[]){x[0], x[1], x[2]}, y, NULL, 100);
    free_frame(&frame);
    // S = s - q (1 - s) with q = l / (1 - l), l = 2 M / N, M = 10.
    double l = 20. / 1024, q = l / (1 - l);
    for (size_t j = 0; j < 3; j++)
        assert_near((at(r, "S1", j) + q) / (1 + q), plain[j], 1e-9);
}

static void
the_t_interval_of_a_mean_is_the_reference_interval(void **unused)
{
    (void)unused;
    double y[] = {3.1, 2.9, 3.4, 3.0, 2.7};
    sw_frame frame = make_frame("list", "{}", 1, 5, 1);
    sw_auto(json) json_t *r = analyse(&frame, "{\"method\": \"summary\"}", 5, NULL, y, NULL, 5);
    double half = sw_student_half(4, 0.95) * number(r, "sem");
    assert_near(number(r, "mean") - half, 2.69860324293, 1e-10);
    assert_near(number(r, "mean") + half, 3.34139675707, 1e-10);
    free_frame(&frame);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_and_variances_are_the_exact_ones),
        cmocka_unit_test(interactions_are_the_exact_ones),
        cmocka_unit_test(parts_of_the_variance_are_the_exact_ones),
        cmocka_unit_test(coefficients_of_morris_moore_and_mckay_are_the_right_ones),
        cmocka_unit_test(derivatives_and_their_bounds_are_the_exact_ones),
        cmocka_unit_test(the_bound_is_above_the_total_index_of_every_smooth_function),
        cmocka_unit_test(shapley_effects_of_ishigami_are_the_exact_ones),
        cmocka_unit_test(many_trajectories_have_the_exact_mu_star),
        cmocka_unit_test(delta_of_many_points_is_that_of_others),
        cmocka_unit_test(rbd_fast_before_its_correction_is_the_reference_figure),
        cmocka_unit_test(the_t_interval_of_a_mean_is_the_reference_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
