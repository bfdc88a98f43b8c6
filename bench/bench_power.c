// SPDX-License-Identifier: Apache-2.0
// Rates of the power family on one core, beside what a plain multiply-add loop reaches in the same
// minute on the same core.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "models/power/cct.h"
#include "models/power/memory.h"
#include "models/power/scenario.h"

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static sw_power_swing
prepared(const char *system, const char *line)
{
    sw_power_context *x = sw_power_context_new(sw_power_builtin_case(system));
    sw_power_scenario s;
    sw_power_swing swing;
    char reason[SW_POWER_REASON];
    sw_power_scenario_init(&s);
    sw_power_parse_line(line, s.line);
    if (!sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason)) {
        fprintf(stderr, "%s: %s\n", system, reason);
        exit(1);
    }
    sw_power_context_free(&x);
    return swing;
}

// Floating-point operations of one simulation: three evaluations a step, each n sines and cosines
// (about 36 operations) and n (n - 1) / 2 pairs (12 operations).
static double
operations(size_t n, double steps)
{
    return 3 * steps * ((double)n * 45 + (double)(n * (n - 1) / 2) * 12);
}

static void
simulations(const char *system, const char *line, double clearing, double step)
{
    enum { N = 1024 };
    sw_power_swing swing = prepared(system, line);
    sw_power_search search = {.horizon = 5, .step = step, .limit = 2 * M_PI};
    sw_power_sim *sims = sw_power_alloc(N, sizeof *sims);
    double done = 0, flops = 0, start = now();
    do {
        for (size_t i = 0; i < N; i++)
            sims[i] = sw_power_sim_of(&swing, &search, clearing * (double)i / N);
        sw_power_swing_run(sims, N);
        for (size_t i = 0; i < N; i++)
            flops += operations(swing.n, (double)sims[i].steps);
        done += N;
    } while (now() - start < 0.5);
    double took = now() - start;
    printf("%-24s h = %4.1f ms  %10.0f simulations of 5 s/s  %6.1f GFLOP/s\n", system, step * 1e3,
           done / took, flops / took * 1e-9);
    free(sims);
    sw_power_swing_fini(&swing);
}

// Both ends of every line of New England that can be opened.
static void
new_england(void)
{
    const sw_power_case *c = sw_power_builtin_case("ne39");
    sw_power_context *x = sw_power_context_new(c);
    sw_power_search search = {.horizon = 5,
                              .step = 0.01,
                              .limit = 2 * M_PI,
                              .longest = 2,
                              .scan_step = 0.001,
                              .resolution = 1e-4};
    size_t found = 0, sims = 0;
    double start = now();
    for (size_t k = 0; k < 2 * c->n_branches; k++) {
        sw_power_scenario s;
        sw_power_swing swing;
        sw_power_cct a;
        char reason[SW_POWER_REASON];
        const sw_power_branch *l = &c->branch[k / 2];
        if (l->ratio != 0)
            continue;
        sw_power_scenario_init(&s);
        s.line[0] = k % 2 ? l->to_number : l->from_number;
        s.line[1] = k % 2 ? l->from_number : l->to_number;
        s.line[2] = 1;
        if (!sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason))
            continue;
        sw_power_cct_find(&swing, &search, &a);
        sw_power_swing_fini(&swing);
        sims += a.simulations;
        found++;
    }
    printf("ne39: %zu line faults, %zu simulations, all critical times in %.2f s\n", found, sims,
           now() - start);
    sw_power_context_free(&x);
}

// 16 independent vectors of 8: enough to hide the latency of the units.
__attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3"))) static double
plain_loop(double *v, size_t rounds)
{
    for (size_t r = 0; r < rounds; r++)
        for (size_t i = 0; i < 128; i++)
            v[i] = v[i] * 0.999999 + 1e-6;
    return v[0];
}

static void
plain(void)
{
    double v[128] = {0}, rounds = 0, start = now(), sink = 0;
    do {
        sink += plain_loop(v, 100000);
        rounds += 100000;
    } while (now() - start < 0.5);
    printf("%-24s %47.1f GFLOP/s%s\n", "plain multiply-add loop",
           rounds * 256 / (now() - start) * 1e-9, sink < 0 ? "!" : "");
}

int
main(void)
{
    simulations("wscc9", "7-5", 0.16, 0.01);
    simulations("wscc9", "7-5", 0.16, 0.005);
    simulations("ne39", "16-17", 0.12, 0.01);
    simulations("ieee145", "7-6", 0.1, 0.01);
    new_england();
    plain();
    return 0;
}
