// SPDX-License-Identifier: Apache-2.0
// Two-axis machines and their controls against independent results ($SWEEPD_REFERENCE), and what
// must hold whatever the figures: steady states stay, limits hold, bits do not depend on the
// instruction set or the company.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/cct.h"
#include "models/power/scenario.h"
#include "models/power/two_axis.h"

#define DEGREES (180 / M_PI)

static json_t *
load(const char *folder, const char *name)
{
    const char *root = getenv("SWEEPD_REFERENCE");
    char path[512];
    snprintf(path, sizeof path, "%s/power/%s%s", root ? root : "../shared/data", folder, name);
    json_t *doc = json_load_file(path, 0, NULL);
    if (!doc)
        skip();
    return doc;
}

static double
number(const json_t *o, const char *key)
{
    return json_number_value(json_object_get(o, key));
}

// ---- cases with the controls of a reference ----

static size_t
column_of(const json_t *table, const char *name)
{
    const json_t *columns = json_object_get(table, "columns");
    for (size_t k = 0; k < json_array_size(columns); k++)
        if (strcmp(json_string_value(json_array_get(columns, k)), name) == 0)
            return k;
    fail_msg("no column %s", name);
    return 0;
}

static void
set_column(json_t *tables, const char *which, const char *name, double value)
{
    json_t *table = json_object_get(tables, which), *rows = json_object_get(table, "rows"), *row;
    size_t k, at = column_of(table, name);
    json_array_foreach (rows, k, row)
        json_array_set_new(row, at, json_real(value));
}

// Gives every machine of the case the exciter that a reference describes (without saturation).
static void
set_exciters(json_t *tables, const json_t *reference)
{
    const json_t *p = json_object_get(reference, "avr_params");
    const char *model = json_string_value(json_object_get(reference, "avr"));
    bool sexs = strcmp(model, "SEXS") == 0;
    json_t *machines = json_object_get(json_object_get(tables, "machine"), "rows"), *row;
    json_t *rows = json_array();
    size_t k;
    json_array_foreach (machines, k, row) {
        double bus = json_number_value(json_array_get(row, 0));
        double ta = sexs ? number(p, "TATB") * number(p, "TB") : 0;
        json_array_append_new(
            rows,
            sexs ? json_pack("[f,s,f,f,f,f,f,f,f,f]", bus, "SEXS", number(p, "K"), 0.0,
                             number(p, "TB"), ta, number(p, "EMAX"), number(p, "EMIN"), 0.0,
                             number(p, "TE"))
                 : json_pack("[f,s,f,f,f,f,f,f,f,f,f,f]", bus, model, number(p, "KA"),
                             number(p, "TA"), 0.0, 0.0, number(p, "VRMAX"), number(p, "VRMIN"),
                             number(p, "KE"), number(p, "TE"), number(p, "KF"), number(p, "TF")));
    }
    json_object_set_new(tables, "exciter",
                        json_pack("{s:[s,s,s,s,s,s,s,s,s,s,s,s],s:o}", "columns", "bus", "model",
                                  "KA", "TA", "TB", "TC", "VRmax", "VRmin", "KE", "TE", "KF", "TF",
                                  "rows", rows));
}

// The case of a reference with its exciters and governors. Its governors are on the machines' base.
static sw_power_case *
case_of(const char *system, const json_t *reference)
{
    char file[80];
    snprintf(file, sizeof file, "%s.json", system);
    json_t *doc = load("", file), *tables = json_object_get(doc, "tables");
    const json_t *gov = json_object_get(reference, "gov_params");
    if (json_is_object(json_object_get(reference, "avr_params")))
        set_exciters(tables, reference);
    if (json_is_object(gov)) {
        set_column(tables, "gen", "mBase", 100);
        const char *names[][2] = {{"R", "R"},   {"T1", "T1"},     {"T2", "T2"},
                                  {"T3", "T3"}, {"Vmax", "VMAX"}, {"Vmin", "VMIN"}};
        for (size_t k = 0; k < 6; k++)
            set_column(tables, "governor", names[k][0], number(gov, names[k][1]));
    }
    char *text = json_dumps(doc, 0);
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_json(text, strlen(text), &fault);
    if (!c)
        fail_msg("%s", fault.message);
    free(text);
    json_decref(doc);
    return c;
}

static sw_power_scenario
scenario(double bus, double from, double to, bool exciter, bool governor, bool pss)
{
    sw_power_scenario s;
    sw_power_scenario_init(&s);
    s.two_axis = 1;
    s.exciter = exciter ? SW_POWER_EXCITER_LISTED : SW_POWER_EXCITER_NONE;
    s.governor = governor;
    s.stabiliser = pss;
    s.fault_bus = bus;
    s.line[0] = from;
    s.line[1] = to;
    s.line[2] = 1;
    s.opens = from != 0;
    return s;
}

static sw_power_swing
prepared(const sw_power_case *c, const sw_power_scenario *s)
{
    sw_power_context *x = sw_power_context_new(c);
    sw_power_swing swing;
    char reason[SW_POWER_REASON];
    if (!sw_power_scenario_prepare(x, s, &swing, reason, sizeof reason))
        fail_msg("%s: %s", c->name, reason);
    sw_power_context_free(&x);
    return swing;
}

// ---- critical clearing times ----

// Tolerance 5e-4 s, as the references state: bisection to 1e-4 s with RK4 at 2 ms. A bisection may
// land on any crossing, hence any of ours will do; the first is within the tolerance in most rows.
static void
check_critical_times(const char *file, bool exciter, bool governor)
{
    json_t *doc = load("reference/", file), *row;
    sw_power_case *c = case_of("wscc9", doc);
    sw_power_search search = {.horizon = 5,
                              .step = 0.004,
                              .limit = 2 * M_PI,
                              .longest = 1,
                              .scan_step = 0.001,
                              .resolution = 1e-5,
                              .all = true};
    size_t i, wrong = 0;
    json_array_foreach (json_object_get(doc, "results"), i, row) {
        sw_power_scenario s = scenario(number(row, "fault_bus"), number(row, "fbus"),
                                       number(row, "tbus"), exciter, governor, false);
        sw_power_swing swing = prepared(c, &s);
        sw_power_cct a;
        sw_power_cct_find(&swing, &search, &a);
        double nearest = INFINITY;
        for (size_t k = 0; k < a.n_crossings; k++)
            nearest = fmin(nearest, fabs(a.crossing[k] - number(row, "cct")));
        if (nearest > 5e-4) {
            print_message("%s bus %g line %g-%g: first loss %.5f, nearest %.5f, reference %.5f\n",
                          file, s.fault_bus, s.line[0], s.line[1], a.first_loss, nearest,
                          number(row, "cct"));
            wrong++;
        }
        sw_power_swing_fini(&swing);
    }
    sw_power_case_free(&c);
    json_decref(doc);
    assert_int_equal(wrong, 0);
}

static void
critical_times_with_a_constant_field_are_the_references(void **state)
{
    (void)state;
    check_critical_times("cct_twoaxis_wscc9_constEfd.json", false, false);
}

static void
critical_times_with_static_exciters_are_the_references(void **state)
{
    (void)state;
    check_critical_times("cct_twoaxis_wscc9_SEXS.json", true, false);
}

static void
critical_times_with_ieee_type_1_exciters_are_the_references(void **state)
{
    (void)state;
    check_critical_times("cct_twoaxis_wscc9_IEEET1.json", true, false);
}

static void
critical_times_with_static_exciters_and_governors_are_the_references(void **state)
{
    (void)state;
    check_critical_times("cct_twoaxis_wscc9_SEXS_TGOV1.json", true, true);
}

// ---- trajectories ----

typedef struct recorder {
    const sw_power_swing *swing;
    json_t *angles; // [machine][sample], the first at t0
    double worst;
} recorder;

static void
compare(sw_power_sim *sim, double t, const double *angle, const double *speed)
{
    recorder *r = sim->self;
    double sample = t / 0.01 - 1, coi = 0, mass = 0;
    (void)speed;
    if (fabs(sample - round(sample)) > 1e-6 || sample < -0.5)
        return;
    for (size_t i = 0; i < r->swing->n; i++) {
        coi += angle[i] / r->swing->accel[i];
        mass += 1 / r->swing->accel[i];
    }
    for (size_t i = 0; i < r->swing->n; i++) {
        json_t *want = json_array_get(json_array_get(r->angles, i), (size_t)round(sample));
        if (want)
            r->worst =
                fmax(r->worst, fabs((angle[i] - coi / mass) * DEGREES - json_number_value(want)));
    }
}

// Tolerance 0.05 degrees, as the references state away from the limit.
static void
check_trajectory(const char *file, double step)
{
    json_t *doc = load("reference/", file), *trip = json_object_get(doc, "trip");
    sw_power_case *c = case_of(json_string_value(json_object_get(doc, "system")), doc);
    sw_power_scenario s =
        scenario(number(doc, "fault_bus"), json_number_value(json_array_get(trip, 0)),
                 json_number_value(json_array_get(trip, 1)), true,
                 json_is_object(json_object_get(doc, "gov_params")), false);
    sw_power_swing swing = prepared(c, &s);
    recorder r = {&swing, json_object_get(doc, "delta_coi_deg"), 0};
    sw_power_search search = {.horizon = number(doc, "T"), .step = step, .limit = 2 * M_PI};
    sw_power_sim sim = sw_power_sim_of(&swing, &search, number(doc, "tc"));
    sim.record = compare;
    sim.self = &r;
    sw_power_swing_run(&sim, 1);
    assert_int_equal(sim.verdict, SW_POWER_STABLE);
    assert_int_equal(json_array_size(r.angles), swing.n);
    if (!(r.worst <= 0.05))
        fail_msg("%s: %.4f degrees off", file, r.worst);
    sw_power_swing_fini(&swing);
    sw_power_case_free(&c);
    json_decref(doc);
}

static void
nine_bus_trajectories_are_within_a_twentieth_of_a_degree(void **state)
{
    (void)state;
    check_trajectory("traj_twoaxis_wscc9_IEEET1_f7_l5-7_tc050.json", 0.005);
    check_trajectory("traj_twoaxis_wscc9_IEEET1_f8_l8-9_tc150.json", 0.005);
    check_trajectory("traj_twoaxis_wscc9_SEXS_TGOV1_f7_l5-7_tc050.json", 0.005);
}

static void
new_england_trajectories_are_within_a_twentieth_of_a_degree(void **state)
{
    (void)state;
    check_trajectory("traj_twoaxis_ne39_IEEET1_f16_l16-17_tc050.json", 0.005);
}

// ---- what must hold whatever the figures ----

static const struct {
    const char *system;
    double bus, from, to;
} faults[] = {
    {"wscc9", 7, 5, 7}, {"ne39", 16, 16, 17}, {"kundur_2area", 8, 8, 9}, {"ne39_pai", 26, 25, 26}};

enum { N_FAULTS = sizeof faults / sizeof *faults };

static sw_power_swing
fault_with(size_t k, sw_power_exciter_choice exciter)
{
    sw_power_scenario s = scenario(faults[k].bus, faults[k].from, faults[k].to, true, true, true);
    s.exciter = exciter;
    return prepared(sw_power_builtin_case(faults[k].system), &s);
}

// Networks before and after a fault that vanishes by itself are the same. 1e-6 degrees in 5 s is
// what the power flow's mismatch of 1e-10 pu allows.
static void
a_steady_state_stays(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_FAULTS; k++) {
        sw_power_scenario s = scenario(faults[k].bus, 0, 0, true, true, true);
        sw_power_swing swing = prepared(sw_power_builtin_case(faults[k].system), &s);
        sw_power_search search = {.horizon = 5, .step = 0.005, .limit = 2 * M_PI};
        sw_power_sim sim = sw_power_sim_of(&swing, &search, 0);
        double high = -INFINITY, low = INFINITY;
        for (size_t i = 0; i < swing.n; i++) {
            high = fmax(high, swing.angle0[i]);
            low = fmin(low, swing.angle0[i]);
        }
        sw_power_swing_run(&sim, 1);
        assert_int_equal(sim.verdict, SW_POWER_STABLE);
        if (!(fabs(sim.largest - (high - low)) * DEGREES < 1e-6))
            fail_msg("%s moves by %g degrees", faults[k].system,
                     (sim.largest - (high - low)) * DEGREES);
        sw_power_swing_fini(&swing);
    }
}

typedef struct extremes {
    double efd_max, efd_min, tm_max, tm_min;
    size_t at_max; // steps with Efd of machine 2 at its upper limit
} extremes;

static void
see_extremes(sw_power_sim *sim, double t, const double *angle, const double *speed)
{
    extremes *e = sim->self;
    (void)t, (void)angle, (void)speed;
    for (size_t i = 0; i < sim->swing->n; i++) {
        e->efd_max = fmax(e->efd_max, sim->sample->efd[i]);
        e->efd_min = fmin(e->efd_min, sim->sample->efd[i]);
        e->tm_max = fmax(e->tm_max, sim->sample->tm[i]);
        e->tm_min = fmin(e->tm_min, sim->sample->tm[i]);
    }
    e->at_max += sim->sample->efd[1] == 5;
}

// SEXS hits its ceiling of 5 pu during the fault and its floor of -5 pu after it, exactly.
static void
static_exciters_stop_at_their_limits(void **state)
{
    (void)state;
    sw_power_swing swing = fault_with(0, SW_POWER_EXCITER_SEXS);
    extremes e = {.tm_min = INFINITY};
    sw_power_search search = {.horizon = 5, .step = 0.005, .limit = 2 * M_PI};
    sw_power_sim sim = sw_power_sim_of(&swing, &search, 0.1);
    sim.record = see_extremes;
    sim.self = &e;
    sw_power_swing_run(&sim, 1);
    assert_true(e.efd_max == 5);
    assert_true(e.efd_min >= -5);
    assert_true(e.at_max > 10);
    sw_power_swing_fini(&swing);
}

// With a hundredfold gain the valves go from shut to wide open, 1.2 of 247.5 MVA at most. The
// lead-lag behind a valve, of fraction T2 / T3 < 1, never leaves the range of what it is given.
static void
governors_stop_at_their_limits(void **state)
{
    (void)state;
    sw_power_scenario s = scenario(0, 7, 8, true, true, false);
    s.position = 1;
    s.governor_gain = 100;
    sw_power_swing swing = prepared(sw_power_builtin_case("wscc9"), &s);
    extremes e = {.tm_min = INFINITY};
    sw_power_search search = {.horizon = 5, .step = 0.002, .limit = 20 * M_PI};
    sw_power_sim sim = sw_power_sim_of(&swing, &search, 0.1);
    sim.record = see_extremes;
    sim.self = &e;
    sw_power_swing_run(&sim, 1);
    assert_true(e.tm_min >= 0 && e.tm_min < 0.6);
    assert_true(e.tm_max <= 1.2 * 2.475);
    sw_power_swing_fini(&swing);
}

// New England's unit 10 has Tq0' = 0.01 s and xq / x'q = 2.3: steps of 20 ms would blow up.
static void
steps_are_cut_to_what_the_fastest_lag_allows(void **state)
{
    (void)state;
    sw_power_swing swing = fault_with(1, SW_POWER_EXCITER_SEXS);
    double spread[2];
    size_t steps[2];
    for (int k = 0; k < 2; k++) {
        sw_power_search search = {.horizon = 5, .step = k ? 0.02 : 0.002, .limit = 2 * M_PI};
        sw_power_sim sim = sw_power_sim_of(&swing, &search, 0.1);
        sw_power_swing_run(&sim, 1);
        assert_int_equal(sim.verdict, SW_POWER_STABLE);
        spread[k] = sim.largest * DEGREES;
        steps[k] = sim.steps;
    }
    assert_true(steps[1] > 5 / 0.0125 && steps[1] < 5 / 0.009);
    assert_true(fabs(spread[1] - spread[0]) < 0.3);
    sw_power_swing_fini(&swing);
}

// Every fault at 24 clearing times by every instruction set that this machine has, alone and in
// company: the same bits.
static void
results_are_the_same_bits_on_every_instruction_set(void **state)
{
    (void)state;
    enum { N = 24 };
    const sw_power_exciter_choice exciters[] = {SW_POWER_EXCITER_SEXS, SW_POWER_EXCITER_ROTATING,
                                                SW_POWER_EXCITER_LISTED, SW_POWER_EXCITER_NONE};
    for (size_t k = 0; k < N_FAULTS; k++) {
        sw_power_swing swing = fault_with(k, k == 2 ? SW_POWER_EXCITER_STATIC : exciters[k]);
        sw_power_search search = {.horizon = 1, .step = 0.005, .limit = 2 * M_PI};
        sw_power_sim one[N], sims[N];
        for (size_t i = 0; i < N; i++) {
            one[i] = sw_power_sim_of(&swing, &search, 0.013 * (double)i);
            sw_power_swing_run_as(SW_POWER_BASE, &one[i], 1);
        }
        for (sw_power_isa isa = SW_POWER_BASE; isa <= sw_power_isa_best(); isa++) {
            for (size_t i = 0; i < N; i++)
                sims[i] = sw_power_sim_of(&swing, &search, 0.013 * (double)i);
            sw_power_swing_run_as(isa, sims, N);
            for (size_t i = 0; i < N; i++) {
                assert_int_equal(sims[i].verdict, one[i].verdict);
                assert_int_equal(sims[i].steps, one[i].steps);
                assert_memory_equal(&sims[i].largest, &one[i].largest, sizeof(double));
                assert_memory_equal(&sims[i].largest_at, &one[i].largest_at, sizeof(double));
            }
        }
        sw_power_swing_fini(&swing);
    }
}

// H x a and D x a with time x sqrt(a) needs all time constants to follow; with constant E' in both
// axes nothing but H has one. A case without xd is classical on the two-axis path too.
static void
machines_without_two_axes_are_classical(void **state)
{
    (void)state;
    const sw_power_case *c = sw_power_builtin_case("ieee145");
    sw_power_scenario s = scenario(7, 7, 6, false, false, false);
    sw_power_case classical = *c;
    sw_power_machine *m = malloc(c->n_machines * sizeof *m);
    memcpy(m, c->machine, c->n_machines * sizeof *m);
    for (size_t k = 0; k < c->n_machines; k++)
        m[k].xd = NAN;
    classical.machine = m;
    sw_power_swing two = prepared(&classical, &s), one;
    s.two_axis = 0;
    one = prepared(&classical, &s);
    sw_power_search search = {.horizon = 2, .step = 0.002, .limit = 2 * M_PI};
    sw_power_sim a = sw_power_sim_of(&one, &search, 0.05), b = sw_power_sim_of(&two, &search, 0.05);
    sw_power_swing_run(&a, 1);
    sw_power_swing_run(&b, 1);
    assert_int_equal(a.verdict, b.verdict);
    assert_true(fabs(a.largest - b.largest) * DEGREES < 1e-4);
    sw_power_swing_fini(&one);
    sw_power_swing_fini(&two);
    free(m);
}

static void
refuses_with(const char *want, sw_power_scenario s, const char *system)
{
    sw_power_context *x = sw_power_context_new(sw_power_builtin_case(system));
    sw_power_swing swing;
    char reason[SW_POWER_REASON] = "";
    assert_false(sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason));
    if (!strstr(reason, want))
        fail_msg("\"%s\" does not say \"%s\"", reason, want);
    sw_power_context_free(&x);
}

static void
what_cannot_start_in_a_steady_state_is_refused_with_its_reason(void **state)
{
    (void)state;
    sw_power_scenario s = scenario(7, 5, 7, true, true, false);
    s.load_level = 1.8;
    refuses_with("the valve of a machine would start", s, "wscc9");
    s = scenario(7, 5, 7, true, false, false);
    s.xdp = 20;
    refuses_with("is beyond its xd", s, "wscc9");
}

// Bus n becomes 100 - n everywhere.
static void
renumber(sw_power_case *c)
{
#define ALL(table, n, field)                                                                       \
    for (size_t k = 0; k < c->n; k++)                                                              \
    c->table[k].field = 100 - c->table[k].field
    ALL(bus, n_buses, number);
    ALL(branch, n_branches, from_number);
    ALL(branch, n_branches, to_number);
    ALL(generator, n_generators, bus_number);
    ALL(machine, n_machines, bus_number);
    ALL(exciter, n_exciters, bus_number);
    ALL(governor, n_governors, bus_number);
    ALL(stabiliser, n_stabilisers, bus_number);
#undef ALL
}

static void
change_base(sw_power_case *c, double factor)
{
    c->base_mva *= factor;
    for (size_t k = 0; k < c->n_branches; k++) {
        c->branch[k].r *= factor;
        c->branch[k].x *= factor;
        c->branch[k].b /= factor;
    }
}

static void
split_first_line(sw_power_case *c)
{
    c->branch = realloc(c->branch, (c->n_branches + 1) * sizeof *c->branch);
    c->branch[0].r *= 2;
    c->branch[0].x *= 2;
    c->branch[0].b /= 2;
    c->branch[c->n_branches++] = c->branch[0];
}

static double
largest_spread(const sw_power_case *c, double bus, double to)
{
    sw_power_scenario s = scenario(bus, bus, to, true, true, true);
    s.exciter = SW_POWER_EXCITER_ROTATING;
    sw_power_swing swing = prepared(c, &s);
    sw_power_search search = {.horizon = 5, .step = 0.005, .limit = 2 * M_PI};
    sw_power_sim sim = sw_power_sim_of(&swing, &search, 0.08);
    sw_power_swing_run(&sim, 1);
    assert_int_equal(sim.verdict, SW_POWER_STABLE);
    sw_power_swing_fini(&swing);
    return sim.largest * DEGREES;
}

// Numbers, bases and how a line is counted are only names. Tolerance: what rounding and the power
// flow's mismatch of 1e-10 pu grow to.
static void
numbers_bases_and_split_lines_do_not_matter(void **state)
{
    (void)state;
    json_t *doc = load("", "ne39.json");
    char *text = json_dumps(doc, 0);
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_json(text, strlen(text), &fault);
    double before = largest_spread(c, 16, 17);
    renumber(c);
    change_base(c, 2.5);
    split_first_line(c);
    assert_true(sw_power_case_check(c, &fault));
    double after = largest_spread(c, 84, 83);
    if (!(fabs(after - before) < 1e-5))
        fail_msg("%.8f and %.8f degrees", before, after);
    sw_power_case_free(&c);
    free(text);
    json_decref(doc);
}

// Kundur's example 13.2 without the book's saturation: cleared after 70 ms, the machine is lost
// with a constant field, later with its fast exciter (which takes its damping away), and kept with
// the stabiliser.
static void
a_stabiliser_keeps_what_a_fast_exciter_alone_loses(void **state)
{
    (void)state;
    const sw_power_verdict want[] = {SW_POWER_LOST, SW_POWER_LOST, SW_POWER_STABLE};
    double lost_at[3];
    for (size_t k = 0; k < 3; k++) {
        sw_power_scenario s = scenario(2, 2, 3, k > 0, false, k > 1);
        s.line[2] = 2;
        sw_power_swing swing = prepared(sw_power_builtin_case("smib_kundur_13_2"), &s);
        sw_power_search search = {.horizon = 10, .step = 0.005, .limit = 2 * M_PI};
        sw_power_sim sim = sw_power_sim_of(&swing, &search, 0.07);
        sw_power_swing_run(&sim, 1);
        assert_int_equal(sim.verdict, want[k]);
        lost_at[k] = sim.end;
        sw_power_swing_fini(&swing);
    }
    assert_true(lost_at[0] < lost_at[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(critical_times_with_a_constant_field_are_the_references),
        cmocka_unit_test(critical_times_with_static_exciters_are_the_references),
        cmocka_unit_test(critical_times_with_ieee_type_1_exciters_are_the_references),
        cmocka_unit_test(critical_times_with_static_exciters_and_governors_are_the_references),
        cmocka_unit_test(nine_bus_trajectories_are_within_a_twentieth_of_a_degree),
        cmocka_unit_test(new_england_trajectories_are_within_a_twentieth_of_a_degree),
        cmocka_unit_test(a_steady_state_stays),
        cmocka_unit_test(static_exciters_stop_at_their_limits),
        cmocka_unit_test(governors_stop_at_their_limits),
        cmocka_unit_test(steps_are_cut_to_what_the_fastest_lag_allows),
        cmocka_unit_test(results_are_the_same_bits_on_every_instruction_set),
        cmocka_unit_test(numbers_bases_and_split_lines_do_not_matter),
        cmocka_unit_test(a_stabiliser_keeps_what_a_fast_exciter_alone_loses),
        cmocka_unit_test(machines_without_two_axes_are_classical),
        cmocka_unit_test(what_cannot_start_in_a_steady_state_is_refused_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
