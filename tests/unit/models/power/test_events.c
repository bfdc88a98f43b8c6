// SPDX-License-Identifier: Apache-2.0
// Trips, load steps, slack rules, renewable shares and what is measured: against the differential-
// algebraic path, against cases changed by hand, and against the series that a run records.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/power/dae.h"
#include "models/power/power.h"
#include "models/power/sime.h"
#include "random_case.h"
#include "tests/support/model_harness.h"

enum { BUSES = 8, MACHINES = 4 };

#define DEGREES (180 / M_PI)

// ---- events, both paths ----

typedef struct ends {
    size_t n;
    double angle[2 * MACHINES], speed[2 * MACHINES];
} ends;

static void
keep_last(sw_power_sim *sim, double t, const double *angle, const double *speed)
{
    (void)t;
    ends *e = sim->self;
    e->n = sim->swing->n;
    memcpy(e->angle, angle, e->n * sizeof *angle);
    memcpy(e->speed, speed, e->n * sizeof *speed);
}

// Three seconds of a scenario on a case, by the fast path or by IDA.
static ends
simulate(const sw_power_case *c, const sw_power_scenario *s, double clearing, bool by_ida)
{
    sw_power_context *x = sw_power_context_new(c);
    sw_power_swing swing;
    char reason[SW_POWER_REASON];
    ends e = {0};
    if (!sw_power_scenario_prepare(x, s, &swing, reason, sizeof reason))
        fail_msg("%s", reason);
    sw_power_search search = {
        .horizon = 3, .step = 0.002, .limit = 40 * M_PI, .second_at = s->second_line[0] ? 0.5 : 0};
    sw_power_sim sim = sw_power_sim_of(&swing, &search, clearing);
    sim.record = keep_last;
    sim.self = &e;
    if (by_ida) {
        sw_power_dae *d = sw_power_dae_of(x, 0, 0);
        sw_power_dae_run(d, &sim, 1e-9);
        sw_power_dae_free(&d);
    } else {
        sw_power_swing_run(&sim, 1);
    }
    assert_int_equal(sim.verdict, SW_POWER_STABLE);
    sw_power_swing_fini(&swing);
    sw_power_context_free(&x);
    return e;
}

static sw_power_case *
checked(uint64_t seed)
{
    sw_power_case *c = random_case(seed, BUSES, MACHINES);
    sw_power_fault_of_case fault;
    if (!sw_power_case_check(c, &fault))
        fail_msg("%s", fault.message);
    return c;
}

static sw_power_scenario
of_event(sw_power_event event)
{
    sw_power_scenario s;
    sw_power_scenario_init(&s);
    s.event = event;
    s.two_axis = 1;
    s.exciter = SW_POWER_EXCITER_SEXS;
    s.line[0] = 2;
    s.line[1] = 3;
    s.line[2] = 1;
    s.fault_bus = 2;
    s.fault_x = 0.05;
    s.trip = 3;
    s.step_bus = 6;
    s.step = 1.6;
    return s;
}

// Angles to the first machine's, after three seconds: 0.005 degrees as for faults.
static void
every_event_is_the_same_on_both_paths(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        sw_power_case *c = checked(seed);
        for (int event = SW_POWER_FAULT; event <= SW_POWER_LOAD_STEP; event++) {
            sw_power_scenario s = of_event((sw_power_event)event);
            s.renewable = seed % 2 ? 0 : 0.3;
            s.keeps_charging = seed > 2;
            if (seed == 4) {
                s.second_line[0] = 5;
                s.second_line[1] = 6;
                s.second_line[2] = 1;
            }
            double clearing = event == SW_POWER_FAULT ? 0.05 : 0;
            ends fast = simulate(c, &s, clearing, false), slow = simulate(c, &s, clearing, true);
            assert_int_equal(fast.n, event == SW_POWER_GENERATOR_TRIP ? MACHINES - 1 : MACHINES);
            for (size_t i = 0; i < fast.n; i++) {
                double apart = fast.angle[i] - fast.angle[0] - slow.angle[i] + slow.angle[0];
                if (!(fabs(apart) * DEGREES < 0.005))
                    fail_msg("seed %d, event %d, machine %zu: %.6f degrees apart", (int)seed, event,
                             i + 1, apart * DEGREES);
            }
        }
        sw_power_case_free(&c);
    }
}

// ---- against cases changed by hand ----

static void
same_ends(const ends *a, const ends *b, double tolerance)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        assert_true(fabs(a->angle[i] - a->angle[0] - b->angle[i] + b->angle[0]) < tolerance);
        assert_true(fabs(a->speed[i] - b->speed[i]) < tolerance);
    }
}

// What the generator at the reference bus makes, MW.
static double
power_of_reference(const sw_power_case *c, const sw_power_scenario *s)
{
    sw_power_context *x = sw_power_context_new(c);
    sw_power_swing swing;
    char reason[SW_POWER_REASON];
    assert_true(sw_power_scenario_prepare(x, s, &swing, reason, sizeof reason));
    double p = x->solution.pg[0] * c->base_mva;
    sw_power_swing_fini(&swing);
    sw_power_context_free(&x);
    return p;
}

// Machines of 70 % of their size beside generators without dynamics that make the other 30 %, of
// reactive power too (it is shared as the ranges are).
static void
a_renewable_share_is_a_smaller_machine_beside_a_static_injection(void **state)
{
    (void)state;
    for (int two_axis = 0; two_axis < 2; two_axis++) {
        sw_power_case *c = checked(7), *by_hand = checked(7);
        sw_power_scenario s = of_event(SW_POWER_LINE_TRIP), plain = s;
        by_hand->generator[0].pg = power_of_reference(c, &s);
        for (size_t k = 0; k < MACHINES; k++) {
            sw_power_generator *g = &by_hand->generator[k],
                               *other = &by_hand->generator[MACHINES + k];
            *other = *g;
            g->mbase *= 0.7;
            g->pg *= 0.7;
            g->pmax *= 0.7;
            g->qmax *= 0.7;
            g->qmin *= 0.7;
            other->pg *= 0.3;
            other->qmax *= 0.3;
            other->qmin *= 0.3;
            by_hand->machine[k].mbase *= 0.7;
        }
        by_hand->n_generators = 2 * MACHINES;
        sw_power_fault_of_case fault;
        assert_true(sw_power_case_check(by_hand, &fault));
        s.two_axis = plain.two_axis = two_axis;
        s.renewable = 0.3;
        ends share = simulate(c, &s, 0, false), hand = simulate(by_hand, &plain, 0, false);
        same_ends(&share, &hand, 1e-7);
        sw_power_case_free(&c);
        sw_power_case_free(&by_hand);
    }
}

// A line without charging between buses with as much of their own.
static void
kept_charging_is_that_of_shunts_at_the_ends(void **state)
{
    (void)state;
    sw_power_case *c = checked(5), *by_hand = checked(5);
    size_t k = sw_power_case_branch(c, 2, 3, 1);
    double half = c->branch[k].b / 2 * c->base_mva;
    by_hand->branch[k].b = 0;
    by_hand->bus[by_hand->branch[k].from].bs += half;
    by_hand->bus[by_hand->branch[k].to].bs += half;
    sw_power_scenario s = of_event(SW_POWER_LINE_TRIP), plain = s;
    s.keeps_charging = 1;
    ends kept = simulate(c, &s, 0, false), hand = simulate(by_hand, &plain, 0, false),
         removed = simulate(c, &plain, 0, false);
    same_ends(&kept, &hand, 1e-8);
    assert_true(fabs(kept.angle[1] - removed.angle[1]) > 1e-5);
    sw_power_case_free(&c);
    sw_power_case_free(&by_hand);
}

static void
loads_of_an_area_or_a_bus_are_scaled(void **state)
{
    (void)state;
    sw_power_case *c = checked(6), *by_hand = checked(6);
    for (size_t i = 0; i < BUSES; i++) {
        double factor =
            (by_hand->bus[i].area == 2 ? 1.15 : 1) * (by_hand->bus[i].number == 7 ? 0.8 : 1);
        by_hand->bus[i].pd *= factor;
        by_hand->bus[i].qd *= factor;
    }
    sw_power_scenario s = of_event(SW_POWER_LINE_TRIP), plain = s;
    s.proportional = 0;
    s.area = 2;
    s.area_load = 1.15;
    s.bus = 7;
    s.bus_load = 0.8;
    ends scaled = simulate(c, &s, 0, false), hand = simulate(by_hand, &plain, 0, false);
    same_ends(&scaled, &hand, 1e-8);
    char reason[SW_POWER_REASON];
    sw_power_swing swing;
    sw_power_context *x = sw_power_context_new(c);
    s.area = 9;
    assert_false(sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason));
    assert_string_equal(reason, "area is 9, which random does not have");
    sw_power_context_free(&x);
    sw_power_case_free(&c);
    sw_power_case_free(&by_hand);
}

// All generators grow by one factor, and together they make loads and losses.
static void
a_distributed_slack_keeps_the_proportions(void **state)
{
    (void)state;
    sw_power_case *c = checked(3);
    sw_power_context *x = sw_power_context_new(c);
    sw_power_swing swing;
    char reason[SW_POWER_REASON];
    sw_power_scenario s = of_event(SW_POWER_LINE_TRIP);
    s.load_level = 1.25;
    s.proportional = 0;
    s.distributed = 1;
    if (!sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason))
        fail_msg("%s", reason);
    double first = x->solution.pg[0] / c->generator[0].pg;
    assert_true(first * c->base_mva > 1.2);
    for (size_t k = 1; k < MACHINES; k++)
        assert_true(fabs(x->solution.pg[k] / c->generator[k].pg - first) < 1e-8);
    sw_power_swing_fini(&swing);
    sw_power_context_free(&x);
    sw_power_case_free(&c);
}

// ---- the model ----

static const sw_harness_texts texts[] = {
    {"event", (const char *const[]){"fault", "line-trip", "generator-trip", "load-step", NULL}},
    {"machines", (const char *const[]){"classical", "two-axis", NULL}},
    {"search", (const char *const[]){"scan", "sime", NULL}},
    {"second-line", (const char *const[]){"none", "16-17", NULL}},
    {"system", (const char *const[]){"wscc9", "ne39", NULL}},
    {"line", (const char *const[]){"5-7", "21-22", NULL}},
    {NULL, NULL}};

static sw_harness *
opened(const char *outputs)
{
    char error[500];
    sw_harness_setup setup = {.outputs = outputs, .texts = texts};
    sw_harness *h = sw_harness_open_with(sw_harness_find(&sw_power_family, "power/rotor-angle"),
                                         &setup, error, sizeof error);
    if (!h)
        fail_msg("%s", error);
    return h;
}

static void
ran(sw_harness *h)
{
    const sw_result *r = sw_harness_run(h, 1);
    if (r->outcome != SW_DONE)
        fail_msg("%s", r->fail);
}

// The extremes of a series that a run recorded.
static double
extreme(const sw_harness *h, const char *output, bool high)
{
    const sw_kept *v = sw_harness_kept(h, output);
    double x = v->series[0];
    for (size_t i = 1; i < v->n_series; i++)
        x = high ? fmax(x, v->series[i]) : fmin(x, v->series[i]);
    return x;
}

static void
measures_are_those_of_the_series(void **state)
{
    (void)state;
    sw_harness *h = opened("times,speeds,voltages,voltage-low,voltage-high,time-low,frequency-low,"
                           "frequency-high,rocof,farthest,tsi,spread,case-hash");
    sw_harness_set_text(h, "machines", "two-axis");
    sw_harness_set(h, "clearing-time", 0.05);
    ran(h);
    assert_true(sw_harness_value(h, "voltage-low") == extreme(h, "voltages", false));
    assert_true(sw_harness_value(h, "voltage-high") == extreme(h, "voltages", true));
    const sw_kept *times = sw_harness_kept(h, "times"), *v = sw_harness_kept(h, "voltages"),
                  *w = sw_harness_kept(h, "speeds");
    static const double inertia[3] = {23.64, 6.4, 3.01}; // on one base
    double low = 0, f_low = 99, f_high = 0, rocof = 0;
    double *f = sw_power_doubles(times->n_series);
    for (size_t i = 0; i < times->n_series; i++) {
        const double *vi = v->series + 3 * i, *wi = w->series + 3 * i;
        if (i > 0 && fmin(fmin(vi[0], vi[1]), vi[2]) < 0.8)
            low += times->series[i] - times->series[i - 1];
        f[i] = 60 * (1 + (inertia[0] * wi[0] + inertia[1] * wi[1] + inertia[2] * wi[2]) / 33.05);
        f_low = fmin(f_low, f[i]);
        f_high = fmax(f_high, f[i]);
        // Steps are of 5 ms from 0 on, so a window of 0.5 s is 100 of them.
        if (i >= 100)
            rocof = fmax(rocof, fabs(f[i] - f[i - 100]) / 0.5);
    }
    free(f);
    assert_true(fabs(sw_harness_value(h, "time-low") - low) < 1e-12 && low > 0.04);
    assert_true(fabs(sw_harness_value(h, "frequency-low") - f_low) < 1e-9);
    assert_true(fabs(sw_harness_value(h, "frequency-high") - f_high) < 1e-9);
    assert_true(fabs(sw_harness_value(h, "rocof") - rocof) < 1e-9 && rocof > 0);
    assert_int_equal(sw_harness_kept(h, "farthest")->n_series, 3);
    double spread = sw_harness_value(h, "spread");
    assert_true(fabs(sw_harness_value(h, "tsi") - 100 * (360 - spread) / (360 + spread)) < 1e-12);
    sw_harness_set_text(h, "machines", "classical");
    ran(h);
    assert_true(isnan(sw_harness_value(h, "voltage-low")));
    assert_true(isnan(sw_harness_value(h, "frequency-low")));
    assert_true(sw_harness_value(h, "rocof") > 0);
    sw_harness_close(&h);
}

static void
the_model_finds_limits_by_margins(void **state)
{
    (void)state;
    sw_harness *h = opened("cct,cct-simulations,cct-by-scan,margin,normalised-margin,"
                           "critical-machines,critical-cluster,stable");
    sw_harness_set(h, "clearing-time", 0.18);
    sw_harness_set(h, "horizon", 2);
    ran(h);
    double scan = sw_harness_value(h, "cct"), runs = sw_harness_value(h, "cct-simulations");
    assert_true(sw_harness_value(h, "cct-by-scan") == 1);
    assert_true(fabs(sw_harness_value(h, "margin") + 0.2189) < 1e-3);
    assert_true(sw_harness_value(h, "normalised-margin") < 20 * sw_harness_value(h, "margin"));
    assert_true(sw_harness_value(h, "critical-machines") == 2);
    assert_true(sw_harness_kept(h, "critical-cluster")->series[0] == 2);
    sw_harness_set_text(h, "search", "sime");
    ran(h);
    assert_true(fabs(sw_harness_value(h, "cct") - scan) < 2e-5);
    assert_true(sw_harness_value(h, "cct-by-scan") == 0);
    assert_true(10 * sw_harness_value(h, "cct-simulations") < runs);
    sw_harness_set_text(h, "event", "load-step");
    const sw_result *r = sw_harness_run(h, 1);
    assert_int_equal(r->outcome, SW_ERROR);
    assert_non_null(strstr(r->fail, "cct is of a fault"));
    sw_harness_close(&h);
}

// A machine that trips leaves a smaller system: runs of both kinds in one batch are as alone.
static void
systems_of_several_sizes_run_side_by_side(void **state)
{
    (void)state;
    enum { N = 8 };
    sw_power_case *c = checked(3);
    sw_power_context *x = sw_power_context_new(c);
    sw_power_swing swing[N];
    sw_power_sim sims[N], alone[N];
    sw_power_search search = {.horizon = 3, .step = 0.005, .limit = 40 * M_PI};
    char reason[SW_POWER_REASON];
    for (size_t k = 0; k < N; k++) {
        sw_power_scenario s = of_event(k % 3 ? SW_POWER_FAULT : SW_POWER_GENERATOR_TRIP);
        s.two_axis = 0;
        assert_true(sw_power_scenario_prepare(x, &s, &swing[k], reason, sizeof reason));
        assert_int_equal(swing[k].n, k % 3 ? MACHINES : MACHINES - 1);
        alone[k] = sims[k] = sw_power_sim_of(&swing[k], &search, 0.01 * (double)k);
        sw_power_swing_run(&alone[k], 1);
    }
    sw_power_swing_run(sims, N);
    for (size_t k = 0; k < N; k++) {
        assert_int_equal(sims[k].verdict, alone[k].verdict);
        assert_true(sims[k].largest == alone[k].largest && sims[k].steps == alone[k].steps);
        sw_power_swing_fini(&swing[k]);
    }
    sw_power_context_free(&x);
    sw_power_case_free(&c);
}

// A second line that opens with the first: as one that opens a microsecond later, and not as none.
static void
a_second_outage_may_come_at_once(void **state)
{
    (void)state;
    sw_harness *h = opened("spread,tsi");
    double spread[3];
    sw_harness_set_text(h, "system", "ne39");
    sw_harness_set_text(h, "line", "21-22");
    for (int k = 0; k < 3; k++) {
        sw_harness_set(h, "clearing-time", 0.05);
        sw_harness_set_text(h, "second-line", k == 2 ? "none" : "16-17");
        sw_harness_set(h, "second-after", k == 1 ? 1e-6 : 0);
        ran(h);
        spread[k] = sw_harness_value(h, "spread");
    }
    assert_true(fabs(spread[0] - spread[1]) < 1e-3);
    assert_true(fabs(spread[0] - spread[2]) > 1);
    sw_harness_close(&h);
}

static void
trips_that_do_not_fit_fail_with_the_reason(void **state)
{
    (void)state;
    sw_harness *h = opened("stable,rocof");
    sw_harness_set_text(h, "event", "generator-trip");
    const sw_result *r = sw_harness_run(h, 1);
    assert_int_equal(r->outcome, SW_ERROR);
    assert_non_null(strstr(r->fail, "trip-machine is 0: wscc9 has the machines 1 to 3"));
    sw_harness_set(h, "trip-machine", 2);
    ran(h);
    assert_true(sw_harness_value(h, "stable") == 1);
    sw_harness_set_text(h, "event", "load-step");
    sw_harness_set(h, "step-bus", 77);
    r = sw_harness_run(h, 1);
    assert_non_null(strstr(r->fail, "step-bus is 77, which wscc9 does not have"));
    sw_harness_close(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_is_the_same_on_both_paths),
        cmocka_unit_test(a_renewable_share_is_a_smaller_machine_beside_a_static_injection),
        cmocka_unit_test(kept_charging_is_that_of_shunts_at_the_ends),
        cmocka_unit_test(loads_of_an_area_or_a_bus_are_scaled),
        cmocka_unit_test(a_distributed_slack_keeps_the_proportions),
        cmocka_unit_test(measures_are_those_of_the_series),
        cmocka_unit_test(the_model_finds_limits_by_margins),
        cmocka_unit_test(systems_of_several_sizes_run_side_by_side),
        cmocka_unit_test(a_second_outage_may_come_at_once),
        cmocka_unit_test(trips_that_do_not_fit_fail_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
