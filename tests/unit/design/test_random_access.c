// SPDX-License-Identifier: Apache-2.0
// Random access, for every design that there is: a run computed alone is the run of the whole, in
// natural and in interleaved order, and a study of a trillion runs answers any of them at once.
#include "lib/base/philox.h"
#include "tests/unit/study/fixture.h"

#include <malloc.h>
#include <time.h>

enum { PARAMETERS = 7, STRETCH = 37, PROBES = 2000, ROOM = 4 << 20 };

#define LARGE UINT64_C(900000000000) // of the trillion that a study may have
#define BOUNDED                                                                                    \
    "'x': {'distribution': 'triangular', 'min': -4, 'mode': 0, 'max': 9}, 'y': {'min': 0, 'max': " \
    "10}, 'z': {'distribution': 'loguniform', 'min': 0.01, 'max': 1}, 'count': {'min': 0, 'max': " \
    "9}, 'mode': {'values': ['a', 'c']}"

// Each design, small, and large: a trillion runs, or a billion replicates of what points it has.
// NULL: its points are stored with the study, or were uploaded.
static const struct {
    const char *name, *small, *large;
} designs[] = {
    {"list", "'points': [{'x': 1, 'mode': 'b'}, {'x': 2}, {'y': 3}]}, 'replicates': 5",
     "'points': [{'x': 1, 'mode': 'b'}, {'x': 2}, {'y': 3}]}, 'replicates': 1000000000"},
    {"oat", "'steps': 5}", "'steps': 1000000000}, 'replicates': 249"},
    {"grid", "'steps': {'x': 4, 'y': 3, 'z': 3}}", "'steps': {'x': 3600, 'y': 3600, 'z': 3600}}"},
    {"random", "'n': 300}", "'n': 1000000000000}"},
    {"lhs", "'n': 300}", "'n': 1000000000000}"},
    {"lhs_maximin", "'n': 50}", NULL},
    {"lhs_correlated", "'n': 100}, 'correlations': [['x', 'y', 0.5]]", NULL},
    {"sobol", "'n': 300}", "'n': 1000000000000}"},
    {"halton", "'n': 300}", "'n': 1000000000000}"},
    {"lattice", "'n': 300}", "'n': 1048576}, 'replicates': 950000"},
    {"saltelli", "'n': 30}", "'n': 83000000000}"},
    {"radial", "'n': 50}", "'n': 166000000000}"},
    {"morris", "'n': 50}", "'n': 166000000000}"},
    {"efast", "'n': 129}", "'n': 19000000, 'curves': 10000}"},
    {"rbd_fast", "'n': 300}", "'n': 1000000000000}"},
    {"dgsm", "'n': 50}", "'n': 166000000000}"},
    {"factorial", "'low': 0.1}", "'low': 0.1}, 'replicates': 1000000000"},
    {"fractional_factorial", "'resolution': 3}", "'resolution': 3}, 'replicates': 1000000000"},
    {"plackett_burman", "'low': 0.1}", "'low': 0.1}, 'replicates': 1000000000"},
    {"central_composite", "'centres': 3}", "'centres': 3}, 'replicates': 1000000000"},
    {"box_behnken", "'centres': 3}", "'centres': 3}, 'replicates': 1000000000"},
    {"given", NULL, NULL},
};

// A list says its values itself.
static made
make_of(const char *name, const char *rest)
{
    const char *parameters = strcmp(name, "list") == 0 ? "" : BOUNDED;
    sw_auto(free) char *text =
        sw_format("{'model': 'test/kinds', 'parameters': {%s}, 'design': {'method': '%s', %s}",
                  parameters, name, rest);
    return make(text);
}

static void
every_design_is_among_these(void **state)
{
    (void)state;
    for (const sw_design_ops *const *ops = sw_designs; *ops; ops++) {
        size_t k = 0;
        while (k < sw_countof(designs) && strcmp(designs[k].name, (*ops)->name) != 0)
            k++;
        if (k == sw_countof(designs))
            fail_msg("%s is not tested here", (*ops)->name);
    }
}

static void
check_stretch(const made *m, const char *name, const double *whole, uint64_t first, uint64_t n)
{
    uint64_t runs = sw_plan_runs(m->plan), seeds[STRETCH], all[STRETCH];
    sw_auto(free) double *part = inputs_of(m->plan, PARAMETERS, first, n);
    sw_plan_seeds(m->plan, first, n, seeds);
    for (uint64_t i = 0; i < n; i++)
        sw_plan_seeds(m->plan, first + i, 1, &all[i]);
    assert_memory_equal(seeds, all, n * sizeof *seeds);
    for (size_t j = 0; j < PARAMETERS; j++) {
        if (memcmp(part + j * n, whole + j * runs + first, n * sizeof *part) != 0)
            fail_msg("%s: runs %llu … %llu, parameter %zu", name, (unsigned long long)first,
                     (unsigned long long)(first + n - 1), j);
    }
}

// Stretches of all lengths at places in no order.
static void
check_access(const char *name, const char *rest)
{
    made m = make_of(name, rest);
    uint64_t runs = sw_plan_runs(m.plan);
    sw_auto(free) double *whole = inputs_of(m.plan, PARAMETERS, 0, runs);
    for (uint64_t k = 0; k < PROBES; k++) {
        uint64_t first = sw_philox(1, SW_STREAM_ANALYSIS, k, 0) % runs;
        uint64_t n = 1 + sw_philox(1, SW_STREAM_ANALYSIS, k, 1) % STRETCH;
        check_stretch(&m, name, whole, first, n < runs - first ? n : runs - first);
    }
    drop(&m);
}

static void
a_stretch_is_that_of_the_whole(void **state)
{
    (void)state;
    for (size_t k = 0; k < sw_countof(designs); k++) {
        if (designs[k].small)
            check_access(designs[k].name, designs[k].small);
    }
}

static void
so_it_is_in_interleaved_order(void **state)
{
    (void)state;
    for (size_t k = 0; k < sw_countof(designs); k++) {
        if (!designs[k].small)
            continue;
        sw_auto(free) char *rest = sw_format("'order': 'interleaved', %s", designs[k].small);
        check_access(designs[k].name, rest);
    }
}

static double
microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

// The time is told, not judged: a loaded machine is no fault of a design's.
static void
a_trillion_runs_cost_no_more_than_one(void **state)
{
    (void)state;
    double in[PARAMETERS], around[PARAMETERS][3], *one[PARAMETERS], *three[PARAMETERS];
    for (size_t j = 0; j < PARAMETERS; j++) {
        one[j] = &in[j];
        three[j] = around[j];
    }
    for (size_t k = 0; k < sw_countof(designs); k++) {
        if (!designs[k].large)
            continue;
        size_t before = mallinfo2().uordblks;
        made m = make_of(designs[k].name, designs[k].large);
        uint64_t runs = sw_plan_runs(m.plan);
        if (runs < LARGE && m.study->replicates < 1000000000)
            fail_msg("%s: %llu runs", designs[k].name, (unsigned long long)runs);
        double start = microseconds();
        for (uint64_t p = 0; p < PROBES; p++)
            sw_plan_inputs(m.plan, sw_philox(2, SW_STREAM_ANALYSIS, p, 0) % (runs - 2), 1, one);
        print_message("%-20s %8.2e runs, %6.2f us for any one\n", designs[k].name, (double)runs,
                      (microseconds() - start) / PROBES);
        for (uint64_t p = 0; p < PROBES; p++) {
            uint64_t run = sw_philox(2, SW_STREAM_ANALYSIS, p, 0) % (runs - 2);
            sw_plan_inputs(m.plan, run, 3, three);
            sw_plan_inputs(m.plan, run + 1, 1, one);
            for (size_t j = 0; j < PARAMETERS; j++)
                assert_memory_equal(&around[j][1], &in[j], sizeof *in);
        }
        assert_true(mallinfo2().uordblks < before + ROOM);
        drop(&m);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_design_is_among_these),
        cmocka_unit_test(a_stretch_is_that_of_the_whole),
        cmocka_unit_test(so_it_is_in_interleaved_order),
        cmocka_unit_test(a_trillion_runs_cost_no_more_than_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
