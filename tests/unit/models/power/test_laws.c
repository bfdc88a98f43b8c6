// SPDX-License-Identifier: Apache-2.0
// What must not matter, on random systems: how buses are numbered, the base, whether a line is one
// or two, the order of time and inertia.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/power/cct.h"
#include "models/power/scenario.h"
#include "random_case.h"

enum { BUSES = 8, MACHINES = 4, SEEDS = 12 };

// Exact to 1e-5 s, as the laws are stated; the search itself is narrower by far.
static const double exact = 1e-5, resolution = 1e-7;

typedef struct setting {
    bool two_axis;
    double time; // factor on all times and, squared, on inertias
} setting;

// The critical clearing time of a fault at one end of the line between two buses.
static double
cct_of(sw_power_case *c, const setting *how, double from, double to)
{
    sw_power_fault_of_case fault;
    sw_power_scenario s;
    sw_power_swing swing;
    sw_power_cct cct;
    char reason[SW_POWER_REASON];
    if (!sw_power_case_check(c, &fault))
        fail_msg("%s", fault.message);
    sw_power_context *x = sw_power_context_new(c);
    sw_power_scenario_init(&s);
    s.fault_bus = from;
    s.line[0] = from;
    s.line[1] = to;
    s.line[2] = 1;
    s.two_axis = how->two_axis;
    s.exciter = how->two_axis ? SW_POWER_EXCITER_SEXS : SW_POWER_EXCITER_NONE;
    s.inertia = how->time * how->time;
    if (!sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason))
        fail_msg("%s", reason);
    sw_power_search search = {.horizon = 2 * how->time,
                              .step = 0.004 * how->time,
                              .limit = 2 * M_PI,
                              .longest = 1.5 * how->time,
                              .scan_step = 0.01 * how->time,
                              .resolution = resolution};
    sw_power_cct_find(&swing, &search, &cct);
    assert_false(cct.failed);
    sw_power_swing_fini(&swing);
    sw_power_context_free(&x);
    return cct.first_loss;
}

typedef struct change {
    const char *what;
    void (*make)(sw_power_case *c);
    double from, to; // the line between buses 2 and 3 is called so now
} change;

static void
nothing(sw_power_case *c)
{
    (void)c;
}

static void
renumber(sw_power_case *c)
{
    for (size_t i = 0; i < c->n_buses; i++)
        c->bus[i].number = 1000 - 7 * c->bus[i].number;
    for (size_t k = 0; k < c->n_branches; k++) {
        c->branch[k].from_number = 1000 - 7 * c->branch[k].from_number;
        c->branch[k].to_number = 1000 - 7 * c->branch[k].to_number;
    }
    for (size_t k = 0; k < c->n_generators; k++)
        c->generator[k].bus_number = 1000 - 7 * c->generator[k].bus_number;
    for (size_t k = 0; k < c->n_machines; k++)
        c->machine[k].bus_number = c->governor[k].bus_number = 1000 - 7 * c->machine[k].bus_number;
}

static void
reorder(sw_power_case *c)
{
    for (size_t i = 0; i < c->n_buses / 2; i++) {
        sw_power_bus b = c->bus[i];
        c->bus[i] = c->bus[c->n_buses - 1 - i];
        c->bus[c->n_buses - 1 - i] = b;
    }
    for (size_t k = 0; k < c->n_branches / 2; k++) {
        sw_power_branch l = c->branch[k];
        c->branch[k] = c->branch[c->n_branches - 1 - k];
        c->branch[c->n_branches - 1 - k] = l;
    }
}

static void
change_base(sw_power_case *c)
{
    c->base_mva *= 3.7;
    for (size_t k = 0; k < c->n_branches; k++) {
        c->branch[k].r *= 3.7;
        c->branch[k].x *= 3.7;
        c->branch[k].b /= 3.7;
    }
}

// The line between buses 5 and 6 as two of twice its impedance and half its charging.
static void
split_line(sw_power_case *c)
{
    size_t k = 0;
    while (c->branch[k].from_number != 5 || c->branch[k].to_number != 6)
        k++;
    c->branch[k].r *= 2;
    c->branch[k].x *= 2;
    c->branch[k].b /= 2;
    c->branch[c->n_branches++] = c->branch[k];
}

static double
after(const change *made, uint64_t seed, const setting *how)
{
    sw_power_case *c = random_case(seed, BUSES, MACHINES);
    made->make(c);
    double cct = cct_of(c, how, made->from, made->to);
    sw_power_case_free(&c);
    return cct;
}

static void
check_laws(bool two_axis)
{
    static const change as_it_is = {"nothing", nothing, 2, 3};
    static const change changes[] = {{"numbers", renumber, 986, 979},
                                     {"order", reorder, 2, 3},
                                     {"base", change_base, 2, 3},
                                     {"a split line", split_line, 2, 3}};
    size_t finite = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        setting how = {two_axis, 1};
        double want = after(&as_it_is, seed, &how);
        finite += isfinite(want) && want > 0;
        for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
            double got = after(&changes[k], seed, &how);
            if (!(got == want || fabs(got - want) <= exact))
                fail_msg("seed %d, %s: %.7f s instead of %.7f s", (int)seed, changes[k].what, got,
                         want);
        }
    }
    assert_true(finite >= SEEDS / 2); // else nothing was tested
}

static void
numbers_order_base_and_split_lines_do_not_matter_to_classical_machines(void **state)
{
    (void)state;
    check_laws(false);
}

static void
numbers_order_base_and_split_lines_do_not_matter_to_two_axis_machines(void **state)
{
    (void)state;
    check_laws(true);
}

// Inertias times a squared and times times a: all is the same, a times slower (no controls, no
// damping).
static void
inertia_and_time_go_together(void **state)
{
    (void)state;
    static const change as_it_is = {"nothing", nothing, 2, 3};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        setting once = {false, 1}, slower = {false, 1.7};
        double cct = after(&as_it_is, seed, &once), slow = after(&as_it_is, seed, &slower);
        assert_true(cct == slow || fabs(slow / 1.7 - cct) <= exact);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_order_base_and_split_lines_do_not_matter_to_classical_machines),
        cmocka_unit_test(numbers_order_base_and_split_lines_do_not_matter_to_two_axis_machines),
        cmocka_unit_test(inertia_and_time_go_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
