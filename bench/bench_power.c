// SPDX-License-Identifier: Apache-2.0
// Rates of the power family on one core, beside what a plain multiply-add loop reaches in the same
// minute on the same core. All times are the processor's, so that company does not count.
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
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static sw_power_swing
prepared(const char *system, const char *line, bool two_axis)
{
    sw_power_context *x = sw_power_context_new(sw_power_builtin_case(system));
    sw_power_scenario s;
    sw_power_swing swing;
    char reason[SW_POWER_REASON];
    sw_power_scenario_init(&s);
    sw_power_parse_line(line, s.line);
    s.two_axis = two_axis;
    s.exciter = SW_POWER_EXCITER_SEXS;
    s.stabiliser = 0;
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

// The same with two axes, SEXS and TGOV1: four evaluations a step, each n sines, cosines and
// machines with their controls, pairs, the elimination and the substitutions.
static double
detailed_operations(size_t n, double steps)
{
    double m = (double)n;
    return 4 * steps * (m * 130 + m * (m - 1) / 2 * 38 + m * m * m * 2 / 3 + m * m * 4);
}

static void
simulations(const char *system, const char *line, double clearing, double step, bool two_axis)
{
    enum { N = 1024 };
    sw_power_swing swing = prepared(system, line, two_axis);
    sw_power_search search = {.horizon = 5, .step = step, .limit = 2 * M_PI};
    sw_power_sim *sims = sw_power_alloc(N, sizeof *sims);
    double done = 0, flops = 0, start = now();
    do {
        for (size_t i = 0; i < N; i++)
            sims[i] = sw_power_sim_of(&swing, &search, clearing * (double)i / N);
        sw_power_swing_run(sims, N);
        for (size_t i = 0; i < N; i++)
            flops += (two_axis ? detailed_operations : operations)(swing.n, (double)sims[i].steps);
        done += N;
    } while (now() - start < 0.5);
    double took = now() - start;
    printf("%-10s %-13s h = %4.1f ms  %10.0f simulations of 5 s/s  %6.1f GFLOP/s\n", system,
           two_axis ? "SEXS + TGOV1" : "classical", step * 1e3, done / took, flops / took * 1e-9);
    free(sims);
    sw_power_swing_fini(&swing);
}

// With constant power in a third of the loads: the whole network, IDA.
static void
whole_network(const char *system, const char *line)
{
    sw_power_context *x = sw_power_context_new(sw_power_builtin_case(system));
    sw_power_scenario s;
    sw_power_swing swing;
    char reason[SW_POWER_REASON];
    sw_power_scenario_init(&s);
    sw_power_parse_line(line, s.line);
    s.two_axis = 1;
    s.exciter = SW_POWER_EXCITER_SEXS;
    s.stabiliser = 0;
    s.load_power = 1.0 / 3;
    if (!sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason)) {
        fprintf(stderr, "%s: %s\n", system, reason);
        exit(1);
    }
    sw_power_search search = {.horizon = 5, .step = 0.01, .limit = 2 * M_PI};
    double done = 0, start = now();
    do {
        sw_power_sim sim = sw_power_sim_of(&swing, &search, 0.05);
        sw_power_swing_run(&sim, 1);
        done++;
    } while (now() - start < 0.5);
    printf("%-10s %-13s %-11s %10.0f simulations of 5 s/s\n", system, "SEXS + TGOV1", "ZIP, IDA",
           done / (now() - start));
    sw_power_swing_fini(&swing);
    sw_power_context_free(&x);
}

// Both ends of every branch of New England that can be opened without islanding it.
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
    printf("ne39: %zu line faults, %zu simulations, all classical critical times in %.2f s\n",
           found, sims, now() - start);
    sw_power_context_free(&x);
}

// The power flow of a 2383-bus case of $SWEEPD_REFERENCE from a flat start, if it is there.
static void
power_flow(void)
{
    const char *root = getenv("SWEEPD_REFERENCE");
    char path[512], reason[SW_POWER_REASON];
    snprintf(path, sizeof path, "%s/power/case2383wp.json", root ? root : "../shared/data");
    FILE *f = fopen(path, "rb");
    if (!f)
        return;
    enum { MOST = 1 << 20, ROUNDS = 20 };
    char *bytes = sw_power_alloc(MOST, 1);
    size_t n = fread(bytes, 1, MOST, f);
    fclose(f);
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_json(bytes, n, &fault);
    free(bytes);
    if (!c) {
        fprintf(stderr, "%s: %s\n", path, fault.message);
        exit(1);
    }
    sw_power_context *x = sw_power_context_new(c);
    x->demand.flat_start = true;
    double start = now();
    for (int k = 0; k < ROUNDS; k++)
        if (!sw_power_flow_solve(x->flow, &x->demand, &x->solution, reason, sizeof reason)) {
            fprintf(stderr, "%s\n", reason);
            exit(1);
        }
    printf("%s: power flow of %zu buses from a flat start in %.1f ms, %d iterations\n", c->name,
           c->n_buses, (now() - start) / ROUNDS * 1e3, x->solution.iterations);
    sw_power_context_free(&x);
    sw_power_case_free(&c);
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
    simulations("wscc9", "7-5", 0.16, 0.01, false);
    simulations("wscc9", "7-5", 0.16, 0.005, false);
    simulations("ne39", "16-17", 0.12, 0.01, false);
    simulations("ieee145", "7-6", 0.1, 0.01, false);
    simulations("wscc9", "7-5", 0.16, 0.01, true);
    simulations("ne39", "16-17", 0.12, 0.01, true);
    whole_network("wscc9", "7-5");
    whole_network("ne39", "16-17");
    new_england();
    power_flow();
    plain();
    return 0;
}
