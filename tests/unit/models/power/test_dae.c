// SPDX-License-Identifier: Apache-2.0
// The differential-algebraic path and the fast one check each other: they share the machines' data
// and their steady states, but neither the equations' code, nor the network, nor the integrator.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/cct.h"
#include "models/power/dae.h"
#include "models/power/memory.h"
#include "models/power/two_axis.h"

#define DEGREES (180 / M_PI)

typedef struct setup {
    const char *system, *line;
    double bus, clearing, second_after;
    const char *second;
    sw_power_exciter_choice exciter;
    bool governor, pss;
} setup;

static sw_power_scenario
scenario_of(const setup *u)
{
    sw_power_scenario s;
    sw_power_scenario_init(&s);
    s.two_axis = 1;
    s.exciter = u->exciter;
    s.governor = u->governor;
    s.stabiliser = u->pss;
    s.fault_bus = u->bus;
    sw_power_parse_line(u->line, s.line);
    s.opens = s.line[0] != 0;
    if (u->second)
        sw_power_parse_line(u->second, s.second_line);
    return s;
}

// What a simulation recorded: rows of angle, speed, Eq', Ed', Efd, Tm, Te, V for n machines.
enum { KINDS = 8 };
typedef struct trace {
    size_t n, rows;
    double *v;
} trace;

static void
keep(sw_power_sim *sim, double t, const double *angle, const double *speed)
{
    trace *r = sim->self;
    const double *from[KINDS] = {
        angle,           speed,           sim->sample->eq, sim->sample->ed, sim->sample->efd,
        sim->sample->tm, sim->sample->te, sim->sample->vt};
    (void)t;
    r->v = realloc(r->v, (r->rows + 1) * KINDS * r->n * sizeof *r->v);
    for (size_t k = 0; k < KINDS; k++)
        memcpy(r->v + (r->rows * KINDS + k) * r->n, from[k], r->n * sizeof *r->v);
    r->rows++;
}

static sw_power_sim
sim_of(const setup *u, const sw_power_swing *swing, double step, trace *to)
{
    sw_power_search search = {
        .horizon = 3, .step = step, .limit = 2 * M_PI, .second_at = u->second_after};
    sw_power_sim sim = sw_power_sim_of(swing, &search, u->clearing);
    *to = (trace){.n = swing->n};
    sim.record = keep;
    sim.self = to;
    return sim;
}

static const double *
at(const trace *r, size_t row, size_t kind)
{
    return r->v + (row * KINDS + kind) * r->n;
}

// The largest difference of the angles about the first machine's, in degrees, every 10 ms.
static double
difference(const trace *a, const trace *b)
{
    double worst = 0;
    for (size_t row = 0; row < a->rows; row++)
        for (size_t i = 1; i < a->n; i++) {
            const double *p = at(a, row, 0), *q = at(b, row, 0);
            worst = fmax(worst, fabs((p[i] - p[0]) - (q[i] - q[0])) * DEGREES);
        }
    return worst;
}

static double
compare_on(const sw_power_case *c, const setup *u, double step)
{
    sw_power_context *x = sw_power_context_new(c);
    sw_power_scenario s = scenario_of(u);
    sw_power_swing swing;
    char reason[SW_POWER_REASON] = "";
    trace fast, slow;
    if (!sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason))
        fail_msg("%s", reason);
    sw_power_dae *d = sw_power_dae_of(x, 0, 0);
    sw_power_sim a = sim_of(u, &swing, step, &fast), b = sim_of(u, &swing, step, &slow);
    sw_power_swing_run(&a, 1);
    sw_power_dae_run(d, &b, 1e-9);
    if (b.verdict != SW_POWER_STABLE)
        fail_msg("%s at %g s: %s", c->name, b.end, b.why);
    assert_int_equal(a.verdict, SW_POWER_STABLE);
    assert_int_equal(fast.rows, slow.rows);
    double worst = difference(&fast, &slow);
    free(fast.v);
    free(slow.v);
    sw_power_dae_free(&d);
    sw_power_swing_fini(&swing);
    sw_power_context_free(&x);
    return worst;
}

static void
check(const char *what, const setup *u, double step, double tolerance)
{
    double worst = compare_on(sw_power_builtin_case(u->system), u, step);
    print_message("%-60s %.6f degrees apart\n", what, worst);
    if (!(worst <= tolerance))
        fail_msg("%s: %.6f degrees apart", what, worst);
}

// Without limits reached, only the fast path's step of 2 ms is between the two.
static void
both_paths_agree_with_a_constant_field(void **state)
{
    (void)state;
    check("9-bus, constant field",
          &(setup){.system = "wscc9", .bus = 8, .line = "8-9", .clearing = 0.15}, 0.002, 1e-4);
    check("New England, constant field",
          &(setup){.system = "ne39", .bus = 16, .line = "16-17", .clearing = 0.05}, 0.002, 1e-4);
    check("two areas, armature resistance",
          &(setup){.system = "kundur_2area", .bus = 8, .line = "8-9", .clearing = 0.03}, 0.002,
          1e-4);
}

// The fast path meets a limit within a step, the other path exactly: hence the shorter steps here.
static void
both_paths_agree_with_ieee_type_1_exciters_and_saturation(void **state)
{
    (void)state;
    check("9-bus, IEEET1 with exponential saturation, TGOV1",
          &(setup){.system = "wscc9",
                   .bus = 8,
                   .line = "8-9",
                   .clearing = 0.15,
                   .exciter = SW_POWER_EXCITER_ROTATING,
                   .governor = true},
          0.002, 1e-3);
    check("New England, IEEET1 with quadratic saturation, TGOV1",
          &(setup){.system = "ne39",
                   .bus = 16,
                   .line = "16-17",
                   .clearing = 0.1,
                   .exciter = SW_POWER_EXCITER_ROTATING,
                   .governor = true},
          0.0005, 1e-3);
}

static void
both_paths_agree_with_static_exciters_and_stabilisers(void **state)
{
    (void)state;
    check("two areas, static exciters, TGOV1, PSS",
          &(setup){.system = "kundur_2area",
                   .bus = 8,
                   .line = "8-9",
                   .clearing = 0.05,
                   .exciter = SW_POWER_EXCITER_LISTED,
                   .governor = true,
                   .pss = true},
          0.001, 0.005);
    check("Kundur's example 13.2, exciter and PSS, infinite bus",
          &(setup){.system = "smib_kundur_13_2",
                   .bus = 2,
                   .line = "2-3/2",
                   .clearing = 0.07,
                   .exciter = SW_POWER_EXCITER_LISTED,
                   .pss = true},
          0.001, 0.01);
    check("New England, ESST1A, TGOV1, PSS, a second line",
          &(setup){.system = "ne39",
                   .bus = 26,
                   .line = "25-26",
                   .clearing = 0.08,
                   .second = "16-17",
                   .second_after = 0.5,
                   .exciter = SW_POWER_EXCITER_STATIC,
                   .governor = true,
                   .pss = true},
          0.001, 0.02);
    check("9-bus, SEXS, TGOV1",
          &(setup){.system = "wscc9",
                   .bus = 7,
                   .line = "5-7",
                   .clearing = 0.05,
                   .exciter = SW_POWER_EXCITER_SEXS,
                   .governor = true},
          0.001, 0.01);
}

// ---- any machines ----

static double
uniform(uint64_t *state, double low, double high)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * (double)(*state >> 11) * 0x1p-53;
}

// Salient either way, with and without a winding on the q axis, with resistance: the elimination
// without pivoting must hold for all. Rates are kept below the step's.
static void
both_paths_agree_on_random_machines(void **state)
{
    (void)state;
    const sw_power_case *c = sw_power_builtin_case("wscc9");
    setup u = {.system = "wscc9",
               .bus = 8,
               .line = "8-9",
               .clearing = 0.05,
               .exciter = SW_POWER_EXCITER_ROTATING,
               .governor = true};
    sw_power_machine m[3];
    sw_power_case any = *c;
    any.machine = m;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint64_t r = seed;
        for (size_t k = 0; k < 3; k++) {
            m[k] = c->machine[k];
            m[k].xdp = uniform(&r, 0.03, 0.3);
            m[k].xqp = uniform(&r, 0.03, 0.3);
            m[k].xd = m[k].xdp + uniform(&r, 0, 1);
            m[k].xq = m[k].xqp + uniform(&r, 0, 1);
            m[k].ra = uniform(&r, 0, 0.02);
            m[k].td0p = uniform(&r, 2, 10);
            m[k].tq0p = uniform(&r, 0, 1) < 0.3 ? NAN : uniform(&r, 0.3, 2);
            m[k].h *= uniform(&r, 1, 3);
        }
        double worst = compare_on(&any, &u, 0.001);
        if (!(worst <= 0.001))
            fail_msg("seed %d: %.6f degrees apart", (int)seed, worst);
    }
}

// ---- loads ----

static const struct {
    double current, power;
} shares[] = {{0, 0}, {1, 0}, {0, 1}, {0.3, 0.3}};

static sw_power_dae *
nine_bus(const setup *u, sw_power_swing *swing, sw_power_context **x, double current, double power)
{
    char reason[SW_POWER_REASON];
    sw_power_scenario s = scenario_of(u);
    *x = sw_power_context_new(sw_power_builtin_case("wscc9"));
    if (!sw_power_scenario_prepare(*x, &s, swing, reason, sizeof reason))
        fail_msg("%s", reason);
    return sw_power_dae_of(*x, current, power);
}

// Nothing happens: the second topology is the network as it was.
static void
a_steady_state_stays_whatever_the_loads(void **state)
{
    (void)state;
    setup u = {.system = "wscc9",
               .bus = 7,
               .line = "none",
               .exciter = SW_POWER_EXCITER_ROTATING,
               .governor = true};
    for (size_t k = 0; k < sizeof shares / sizeof *shares; k++) {
        sw_power_swing swing;
        sw_power_context *x;
        trace t;
        sw_power_dae *d = nine_bus(&u, &swing, &x, shares[k].current, shares[k].power);
        sw_power_sim sim = sim_of(&u, &swing, 0.01, &t);
        sw_power_dae_run(d, &sim, 1e-9);
        assert_int_equal(sim.verdict, SW_POWER_STABLE);
        for (size_t i = 0; i < t.n; i++)
            assert_true(fabs(at(&t, t.rows - 1, 0)[i] - at(&t, 0, 0)[i]) * DEGREES < 1e-6);
        free(t.v);
        sw_power_dae_free(&d);
        sw_power_swing_fini(&swing);
        sw_power_context_free(&x);
    }
}

// The 9-bus machines are lossless, so what they make just after the fault less the losses of the
// lines is what the loads draw: constant power draws its 3.15 pu whatever the voltage, unless it is
// below 0.7; admittances draw less at the lower voltages, constant currents something between.
static void
loads_of_constant_power_draw_it_at_lower_voltages_too(void **state)
{
    (void)state;
    setup u = {.system = "wscc9", .bus = 8, .line = "8-9", .clearing = 0.1};
    double drawn[3];
    for (size_t k = 0; k < 3; k++) {
        sw_power_swing swing;
        sw_power_context *x;
        trace t;
        sw_power_dae *d = nine_bus(&u, &swing, &x, shares[k].current, shares[k].power);
        sw_power_sim sim = sim_of(&u, &swing, 0.01, &t);
        sw_power_dae_run(d, &sim, 1e-8);
        const double *te = at(&t, 11, 6);
        drawn[k] = te[0] + te[1] + te[2];
        free(t.v);
        sw_power_dae_free(&d);
        sw_power_swing_fini(&swing);
        sw_power_context_free(&x);
    }
    print_message("admittance %.4f, current %.4f, power %.4f pu\n", drawn[0], drawn[1], drawn[2]);
    assert_true(drawn[0] < drawn[1] && drawn[1] < drawn[2]);
    assert_true(drawn[2] > 3.15 && drawn[2] < 3.35);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_paths_agree_with_a_constant_field),
        cmocka_unit_test(both_paths_agree_with_ieee_type_1_exciters_and_saturation),
        cmocka_unit_test(both_paths_agree_with_static_exciters_and_stabilisers),
        cmocka_unit_test(both_paths_agree_on_random_machines),
        cmocka_unit_test(a_steady_state_stays_whatever_the_loads),
        cmocka_unit_test(loads_of_constant_power_draw_it_at_lower_voltages_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
