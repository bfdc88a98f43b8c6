// SPDX-License-Identifier: Apache-2.0
// Sobol' indices of functions whose indices are known, by every estimator, over repeated seeds: the
// mean over the seeds must be the exact value within its own error.
#include "tests/unit/analysis/through.h"

#include "lib/base/normal.h"
#include "tests/answers/sensitivity_exact.h"

enum { SEEDS = 16, N = 2048 };

// A mean of 16 estimates errs by more than 5.2 of its standard errors once in 10,000 times
// (Student, 15 degrees of freedom). The estimators themselves are ratios of means, and so wrong by
// something of the order 1 / n.
#define STANDARD_ERRORS 5.2
#define BIAS (1.0 / N)

typedef struct spread {
    double sum[2 * EXACT_D], squares[2 * EXACT_D];
} spread;

static void
add_indices(spread *s, const json_t *r, size_t d)
{
    for (size_t j = 0; j < d; j++) {
        double v[2] = {at(r, "S1", j), at(r, "ST", j)};
        for (size_t k = 0; k < 2; k++) {
            s->sum[2 * j + k] += v[k];
            s->squares[2 * j + k] += v[k] * v[k];
        }
    }
}

static void
check_mean(const exact_indices *e, const char *estimator, const spread *s, size_t j, size_t k)
{
    double mean = s->sum[2 * j + k] / SEEDS, exact = k ? e->st[j] : e->s1[j];
    double variance = fmax(0, s->squares[2 * j + k] / SEEDS - mean * mean) / (SEEDS - 1);
    double allowed = STANDARD_ERRORS * sqrt(variance) + BIAS + e->error;
    // Without this the test could pass by being too uncertain.
    if (allowed > 0.03)
        fail_msg("%s, %s: the estimates spread too much: %g", e->name, estimator, allowed);
    if (fabs(mean - exact) > allowed)
        fail_msg("%s, %s: %s of input %zu is %.6f, not %.6f (allowed %.6f)", e->name, estimator,
                 k ? "ST" : "S1", j + 1, mean, exact, allowed);
}

static const char *const estimators[] = {"saltelli", "jansen", "martinez", "janon"};
enum { ESTIMATORS = sizeof estimators / sizeof *estimators };

static void
check_function(size_t f)
{
    const exact_indices *e = &exact_answers[f];
    spread s[ESTIMATORS] = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        through t =
            through_make(e->d, "{'method': 'saltelli', 'n': 2048, 'second_order': false}", seed, 1);
        through_run(&t, exact_functions[f]);
        for (size_t i = 0; i < ESTIMATORS; i++) {
            sw_auto(free) char *request = sw_format(
                "{\"method\": \"sobol\", \"resamples\": 2, \"estimator\": \"%s\"}", estimators[i]);
            sw_auto(json) json_t *r = through_analyse(&t, request);
            add_indices(&s[i], r, e->d);
        }
        through_drop(&t);
    }
    for (size_t i = 0; i < ESTIMATORS; i++) {
        for (size_t jk = 0; jk < 2 * e->d; jk++)
            check_mean(e, estimators[i], &s[i], jk / 2, jk % 2);
    }
}

static void
every_estimator_has_the_exact_indices_of_every_function(void **unused)
{
    (void)unused;
    assert_int_equal(sw_countof(exact_functions), sw_countof(exact_answers));
    for (size_t f = 0; f < sw_countof(exact_answers); f++)
        check_function(f);
}

// y = x1 + x2 / 2 + e with e of deviation 0.3: on single runs, and on means of ten.
static void
indices_of_a_noisy_model_are_those_of_its_noise_share(void **unused)
{
    (void)unused;
    static const struct {
        uint64_t replicates;
        double s1[2];
    } cases[] = {{1, {.429185, .107296}}, {10, {.736377, .184094}}};
    for (size_t c = 0; c < sw_countof(cases); c++) {
        double sum[2] = {0}, squares[2] = {0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            through t = through_make(2, "{'method': 'saltelli', 'n': 2048, 'second_order': false}",
                                     seed, cases[c].replicates);
            for (uint64_t i = 0; i < t.n; i++) {
                double p = sw_unit_open(sw_philox(seed, SW_STREAM_RUN_SEED, i, 0));
                t.y[i] = t.columns[0][i] + t.columns[1][i] / 2 + 0.3 * sw_normal_quantile(p, 1 - p);
            }
            sw_auto(json) json_t *r =
                through_analyse(&t, "{\"method\": \"sobol\", \"resamples\": 2}");
            for (size_t j = 0; j < 2; j++) {
                sum[j] += at(r, "S1", j);
                squares[j] += at(r, "S1", j) * at(r, "S1", j);
            }
            through_drop(&t);
        }
        for (size_t j = 0; j < 2; j++) {
            double mean = sum[j] / SEEDS;
            double se = sqrt(fmax(0, squares[j] / SEEDS - mean * mean) / (SEEDS - 1));
            assert_near(mean, cases[c].s1[j], STANDARD_ERRORS * se + BIAS);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_estimator_has_the_exact_indices_of_every_function),
        cmocka_unit_test(indices_of_a_noisy_model_are_those_of_its_noise_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
