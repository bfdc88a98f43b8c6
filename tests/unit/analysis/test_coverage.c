// SPDX-License-Identifier: Apache-2.0
// How often the intervals of each method hold the exact value, over repeated seeds. SEEDS=200 in
// the environment measures it (`make coverage`); the test takes fewer and tells only gross errors.
#include "tests/unit/analysis/through.h"

#include <stdlib.h>

#include "tests/answers/sensitivity_exact.h"

enum { TEST_SEEDS = 40, SEEDS_MAX = 10000, D_MAX = 3 };

static const double s1[] = {.313905191147811, .442411144790041, 0};
static const double st[] = {.557588855209959, .442411144790041, .243683664062148};
// Exact by enumeration of all trajectories on four levels, in units of the unit cube.
static const double mu_star[] = {7.704054111593103, 7.875, 6.248796103333118};
// E[(df/du)²] in the unit cube: (2 pi)² times that in physical units.
static const double vi[] = {7.71958794071926 * 4 * M_PI * M_PI, 24.5 * 4 * M_PI *M_PI,
                            10.9873050694321 * 4 * M_PI *M_PI};
static const double bound[] = {2.23035542083984, 7.07857831664065, 3.17446936419582};
// (x1, x2), (x1, x3), (x2, x3).
static const double s2[] = {0, .243683664062148, 0};
static const double mean[] = {3.5};

// exact: NULL for the mean of the estimates over all seeds. level: the least coverage that is
// claimed of every index; 0 where none is, since the method has a bias that its intervals do not
// know.
typedef struct measured {
    const char *what, *design, *request, *key;
    const double *exact;
    double level;
} measured;

#define RANDOM_BASE "{'method': 'saltelli', 'n': 512, 'base': 'random', 'second_order': false}"
#define SOBOL(estimator)                                                                           \
    "{\"method\": \"sobol\", \"resamples\": 100, \"estimator\": \"" estimator "\"}"

static const measured cases[] = {
    {"sobol, saltelli", RANDOM_BASE, SOBOL("saltelli"), "S1", s1, 0.91},
    {"sobol, saltelli", RANDOM_BASE, SOBOL("saltelli"), "ST", st, 0.91},
    {"sobol, saltelli", "{'method': 'saltelli', 'n': 512, 'base': 'random'}", SOBOL("saltelli"),
     "S2", s2, 0.9},
    {"sobol, jansen", RANDOM_BASE, SOBOL("jansen"), "S1", s1, 0.91},
    {"sobol, jansen", RANDOM_BASE, SOBOL("jansen"), "ST", st, 0.91},
    {"sobol, martinez", RANDOM_BASE, SOBOL("martinez"), "S1", s1, 0.91},
    {"sobol, martinez", RANDOM_BASE, SOBOL("martinez"), "ST", st, 0.91},
    {"sobol, janon", RANDOM_BASE, SOBOL("janon"), "S1", s1, 0.91},
    {"sobol, janon", RANDOM_BASE, SOBOL("janon"), "ST", st, 0.91},
    {"sobol, Sobol' points", "{'method': 'saltelli', 'n': 512, 'second_order': false}",
     SOBOL("saltelli"), "S1", s1, 0.95},
    {"sobol, Sobol' points", "{'method': 'saltelli', 'n': 512, 'second_order': false}",
     SOBOL("saltelli"), "ST", st, 0.95},
    {"morris", "{'method': 'morris', 'n': 100}", "{\"method\": \"morris\", \"resamples\": 200}",
     "mu_star", mu_star, 0.91},
    {"efast, 10 curves", "{'method': 'efast', 'n': 500, 'curves': 10}", "{\"method\": \"efast\"}",
     "S1", s1, 0},
    {"efast, 10 curves", "{'method': 'efast', 'n': 500, 'curves': 10}", "{\"method\": \"efast\"}",
     "ST", st, 0},
    {"efast, its own mean", "{'method': 'efast', 'n': 500, 'curves': 10}",
     "{\"method\": \"efast\"}", "S1", NULL, 0.92},
    {"efast, its own mean", "{'method': 'efast', 'n': 500, 'curves': 10}",
     "{\"method\": \"efast\"}", "ST", NULL, 0.92},
    {"rbd_fast", "{'method': 'rbd_fast', 'n': 1000}", "{\"method\": \"rbd_fast\"}", "S1", s1, 0},
    {"rbd_fast", "{'method': 'random', 'n': 1000}", "{\"method\": \"rbd_fast\"}", "S1", s1, 0},
    {"rank", "{'method': 'random', 'n': 1000}", "{\"method\": \"rank\"}", "S1", s1, 0.91},
    {"rank", "{'method': 'lhs', 'n': 1000}", "{\"method\": \"rank\"}", "S1", s1, 0.91},
    {"dgsm", "{'method': 'dgsm', 'n': 500}", "{\"method\": \"dgsm\"}", "vi", vi, 0.9},
    {"dgsm", "{'method': 'dgsm', 'n': 500}", "{\"method\": \"dgsm\"}", "dgsm", bound, 0.9},
    {"delta, its own mean", "{'method': 'random', 'n': 200}",
     "{\"method\": \"delta\", \"resamples\": 50}", "delta", NULL, 0.9},
    {"delta, its own mean", "{'method': 'random', 'n': 200}",
     "{\"method\": \"delta\", \"resamples\": 50}", "S1", NULL, 0.9},
    {"summary", "{'method': 'random', 'n': 300}", "{\"method\": \"summary\"}", "mean", mean, 0.92},
    {"summary", "{'method': 'lhs', 'n': 300}", "{\"method\": \"summary\"}", "mean", mean, 0.95},
};

static size_t
count_seeds(void)
{
    const char *wanted = getenv("SEEDS");
    long n = wanted ? strtol(wanted, NULL, 10) : TEST_SEEDS;
    return n > 0 && n <= SEEDS_MAX ? (size_t)n : TEST_SEEDS;
}

// Estimates and their half-widths, [seed][j].
typedef struct estimates {
    double v[SEEDS_MAX][D_MAX], half[SEEDS_MAX][D_MAX];
} estimates;

static void
take(const json_t *r, const measured *c, size_t d, double *v, double *half)
{
    if (strcmp(c->key, "mean") == 0) {
        v[0] = number(r, "mean");
        half[0] = 1.959963984540054 * number(r, "sem");
        return;
    }
    sw_auto(free) char *key = sw_format("%s_conf", c->key);
    if (strcmp(c->key, "S2") == 0) {
        for (size_t p = 0; p < D_MAX; p++) {
            v[p] = at2(r, c->key, p / 2, 1 + (p + 1) / 2);
            half[p] = at2(r, key, p / 2, 1 + (p + 1) / 2);
        }
        return;
    }
    for (size_t j = 0; j < d; j++) {
        v[j] = at(r, c->key, j);
        half[j] = at(r, key, j);
    }
}

static void
estimate(const measured *c, size_t seeds, size_t d, estimates *e)
{
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        through t = through_make(3, c->design, seed, 1);
        through_run(&t, f_ishigami);
        sw_auto(json) json_t *r = through_analyse(&t, c->request);
        assert_non_null(r);
        take(r, c, d, e->v[seed - 1], e->half[seed - 1]);
        through_drop(&t);
    }
}

static size_t
count_covered(const measured *c, const estimates *e, size_t seeds, size_t j)
{
    double exact = 0;
    size_t covered = 0;
    for (size_t i = 0; i < seeds; i++)
        exact += e->v[i][j] / (double)seeds;
    exact = c->exact ? c->exact[j] : exact;
    // mu* of x2 is exact at each trajectory, with an interval of no width.
    for (size_t i = 0; i < seeds; i++)
        covered += fabs(e->v[i][j] - exact) <= e->half[i][j] + 1e-9;
    return covered;
}

// Four standard deviations below the level, which a sound interval misses once in 30,000 times.
static void
check(const measured *c, size_t j, size_t covered, size_t seeds)
{
    double share = (double)covered / (double)seeds;
    double allowed = c->level - 4 * sqrt(c->level * (1 - c->level) / (double)seeds);
    if (share < allowed)
        fail_msg("%s, %s of input %zu: %.3f covered, %.3f allowed", c->what, c->key, j + 1, share,
                 allowed);
}

static void
intervals_hold_the_exact_value_as_often_as_is_claimed(void **unused)
{
    (void)unused;
    size_t seeds = count_seeds();
    print_message("Ishigami, level 0.95, %zu seeds: share of intervals that hold the exact value\n",
                  seeds);
    static estimates e;
    for (size_t i = 0; i < sw_countof(cases); i++) {
        const measured *c = &cases[i];
        size_t covered[D_MAX] = {0}, d = strcmp(c->key, "mean") == 0 ? 1 : D_MAX;
        estimate(c, seeds, d, &e);
        print_message("| %-20s | %-7s |", c->what, c->key);
        for (size_t j = 0; j < d; j++) {
            covered[j] = count_covered(c, &e, seeds, j);
            print_message(" %5.3f", (double)covered[j] / (double)seeds);
        }
        print_message(" |\n");
        for (size_t j = 0; j < d; j++)
            check(c, j, covered[j], seeds);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_hold_the_exact_value_as_often_as_is_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
