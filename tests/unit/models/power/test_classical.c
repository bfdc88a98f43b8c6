// SPDX-License-Identifier: Apache-2.0
// Classical machines against published figures and independent results (tests/answers and
// $SWEEPD_REFERENCE), through the model's public interface.
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
#include "models/power/memory.h"
#include "models/power/power.h"
#include "models/power/scenario.h"
#include "tests/support/model_harness.h"

static void
assert_near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        fail_msg("%.9g is not within %g of %.9g", got, tolerance, want);
}

static json_t *
reference(const char *name)
{
    const char *root = getenv("SWEEPD_REFERENCE");
    char path[512];
    snprintf(path, sizeof path, "%s/power/reference/%s", root ? root : "../shared/data", name);
    json_t *doc = json_load_file(path, 0, NULL);
    if (!doc)
        skip();
    return doc;
}

static sw_power_swing
prepared(const char *system, double bus, double from, double to)
{
    sw_power_context *x = sw_power_context_new(sw_power_builtin_case(system));
    sw_power_scenario s;
    sw_power_swing swing;
    char reason[SW_POWER_REASON];
    sw_power_scenario_init(&s);
    s.fault_bus = bus;
    s.line[0] = from;
    s.line[1] = to;
    s.line[2] = 1;
    s.opens = from != 0;
    if (!sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason))
        fail_msg("%s", reason);
    sw_power_context_free(&x);
    return swing;
}

static double
cct_of(const sw_power_swing *swing, double step)
{
    sw_power_search search = {.horizon = 5,
                              .step = step,
                              .limit = 2 * M_PI,
                              .longest = 2,
                              .scan_step = 0.00025,
                              .resolution = 1e-5};
    sw_power_cct a;
    sw_power_cct_find(swing, &search, &a);
    assert_false(a.failed);
    return a.first_loss;
}

// Tolerance 1e-4 s: the references were bisected to 1e-5 s with RK4 at 5 ms. Two of the first
// losses (9-bus 5-7 at bus 7, New England 26-27 at bus 27) last less than 1 ms: hence the fine
// scan.
static void
check_line_faults(const char *system, const char *file)
{
    json_t *doc = reference(file), *row;
    size_t i, wrong = 0;
    json_array_foreach (json_object_get(doc, "line_faults"), i, row) {
        json_t *want = json_object_get(row, "cct_first_T5_360");
        double bus = json_number_value(json_object_get(row, "fault_bus"));
        double from = json_number_value(json_object_get(row, "fbus"));
        double to = json_number_value(json_object_get(row, "tbus"));
        if (!json_is_number(want))
            continue;
        sw_power_swing swing = prepared(system, bus, from, to);
        double got = cct_of(&swing, 0.005);
        if (!(fabs(got - json_number_value(want)) <= 1e-4)) {
            print_message("%s bus %g line %g-%g: %.5f, reference %.5f\n", system, bus, from, to,
                          got, json_number_value(want));
            wrong++;
        }
        sw_power_swing_fini(&swing);
    }
    json_decref(doc);
    assert_int_equal(wrong, 0);
}

static void
nine_bus_line_faults_have_the_reference_critical_times(void **state)
{
    (void)state;
    check_line_faults("wscc9", "cct_classical_wscc9.json");
}

static void
new_england_line_faults_have_the_reference_critical_times(void **state)
{
    (void)state;
    check_line_faults("ne39", "cct_classical_ne39.json");
}

// Anderson and Fouad, example 2.6, print four decimals and the angles of a rounded power flow.
static void
nine_bus_machines_start_at_anderson_and_fouads_angles(void **state)
{
    (void)state;
    sw_power_swing swing = prepared("wscc9", 7, 5, 7);
    const double degrees[] = {2.2717, 19.7315, 13.1752};
    for (size_t i = 0; i < 3; i++)
        assert_near(swing.angle0[i] * 180 / M_PI, degrees[i], 0.01);
    sw_power_swing_fini(&swing);
}

// Equal area criterion: arccos gives 0.0868 s (Kundur, example 13.1: stable at 0.086, not 0.087).
static void
kundurs_single_machine_loses_synchronism_between_86_and_87_ms(void **state)
{
    (void)state;
    const char *lines[] = {"2-3/2", NULL};
    sw_harness_setup setup = {.outputs = "cct,cct-censored",
                              .texts = (sw_harness_texts[]){{"line", lines}, {NULL, NULL}}};
    char error[200];
    sw_harness *h = sw_harness_open_with(sw_harness_find(&sw_power_family, "power/rotor-angle"),
                                         &setup, error, sizeof error);
    sw_harness_set_text(h, "system", "smib_kundur_13_1");
    sw_harness_set_text(h, "line", "2-3/2");
    sw_harness_set(h, "fault-bus", 2);
    sw_harness_set(h, "resolution", 1e-6);
    sw_harness_set(h, "step", 0.005);
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_DONE);
    assert_near(sw_harness_value(h, "cct"), 0.08683, 5e-5);
    sw_harness_close(&h);
}

typedef struct recorder {
    const sw_power_swing *swing;
    json_t *angles; // [machine][sample]
    double worst;
} recorder;

static void
compare(sw_power_sim *sim, double t, const double *angle, const double *speed)
{
    recorder *r = sim->self;
    double sample = t / 0.01, coi = 0, mass = 0;
    (void)speed;
    if (fabs(sample - round(sample)) > 1e-6)
        return;
    for (size_t i = 0; i < r->swing->n; i++) {
        coi += angle[i] / r->swing->accel[i];
        mass += 1 / r->swing->accel[i];
    }
    for (size_t i = 0; i < r->swing->n; i++) {
        json_t *want = json_array_get(json_array_get(r->angles, i), (size_t)round(sample));
        if (want)
            r->worst = fmax(r->worst,
                            fabs((angle[i] - coi / mass) * 180 / M_PI - json_number_value(want)));
    }
}

static void
check_trajectory(const char *file)
{
    json_t *doc = reference(file), *trip = json_object_get(doc, "trip");
    sw_power_swing swing = prepared(json_string_value(json_object_get(doc, "system")),
                                    json_number_value(json_object_get(doc, "fault_bus")),
                                    json_number_value(json_array_get(trip, 0)),
                                    json_number_value(json_array_get(trip, 1)));
    recorder r = {&swing, json_object_get(doc, "delta_coi_deg"), 0};
    sw_power_search search = {
        .horizon = json_number_value(json_object_get(doc, "T")), .step = 0.002, .limit = 2 * M_PI};
    sw_power_sim sim =
        sw_power_sim_of(&swing, &search, json_number_value(json_object_get(doc, "tc")));
    sim.record = compare;
    sim.self = &r;
    sw_power_swing_run(&sim, 1);
    assert_int_equal(json_array_size(r.angles), swing.n);
    if (r.worst > 0.01)
        fail_msg("%s: %.4f degrees off", file, r.worst);
    sw_power_swing_fini(&swing);
    json_decref(doc);
}

// Tolerance 0.01 degrees, as the references state for stable trajectories.
static void
trajectories_follow_the_references(void **state)
{
    (void)state;
    check_trajectory("traj_classical_wscc9_f7_l5-7_tc150.json");
    check_trajectory("traj_classical_wscc9_f7_self_tc200.json");
    check_trajectory("traj_classical_kundur_2area_f8_l8-9_tc200.json");
    check_trajectory("traj_classical_ne39_f16_l16-17_tc100.json");
    check_trajectory("traj_classical_ne39_f26_self_tc120.json");
    check_trajectory("traj_classical_ne39_pai_f16_l16-21_tc120.json");
}

// H x a and T x sqrt(a) make the critical time x sqrt(a), exactly.
static void
inertia_scales_the_critical_time_by_its_square_root(void **state)
{
    (void)state;
    sw_power_swing swing = prepared("wscc9", 7, 5, 7);
    sw_power_search search = {.horizon = 5,
                              .step = 0.005,
                              .limit = 2 * M_PI,
                              .longest = 1,
                              .scan_step = 0.001,
                              .resolution = 1e-6};
    sw_power_cct one, four;
    sw_power_cct_find(&swing, &search, &one);
    for (size_t i = 0; i < swing.n; i++)
        swing.accel[i] /= 4;
    search = (sw_power_search){.horizon = 10,
                               .step = 0.01,
                               .limit = 2 * M_PI,
                               .longest = 2,
                               .scan_step = 0.002,
                               .resolution = 2e-6};
    sw_power_cct_find(&swing, &search, &four);
    assert_near(four.first_loss, 2 * one.first_loss, 1e-5);
    sw_power_swing_fini(&swing);
}

static void
every_instruction_set_and_every_company_gives_the_same_bits(void **state)
{
    (void)state;
    enum { N = 40 };
    const char *systems[] = {"wscc9", "ne39"};
    for (int c = 0; c < 2; c++) {
        sw_power_swing swing = c == 0 ? prepared("wscc9", 7, 5, 7) : prepared("ne39", 16, 16, 17);
        sw_power_search search = {.horizon = 5, .step = 0.01, .limit = 2 * M_PI};
        sw_power_sim want[N], got[N];
        print_message("%s\n", systems[c]);
        for (int i = 0; i < N; i++) {
            want[i] = sw_power_sim_of(&swing, &search, 0.0071 * i);
            sw_power_swing_run_as(SW_POWER_BASE, &want[i], 1);
        }
        for (int isa = 0; isa <= (int)sw_power_isa_best(); isa++) {
            for (int i = 0; i < N; i++)
                got[i] = sw_power_sim_of(&swing, &search, 0.0071 * i);
            sw_power_swing_run_as((sw_power_isa)isa, got, N);
            for (int i = 0; i < N; i++) {
                assert_int_equal(got[i].verdict, want[i].verdict);
                assert_true(got[i].largest == want[i].largest && got[i].end == want[i].end &&
                            got[i].largest_at == want[i].largest_at);
            }
        }
        sw_power_swing_fini(&swing);
    }
}

static void
a_scenario_that_does_not_fit_fails_with_its_reason(void **state)
{
    (void)state;
    const char *lines[] = {"5-7", "7-4", "seven", NULL};
    sw_harness_setup setup = {.texts = (sw_harness_texts[]){{"line", lines}, {NULL, NULL}}};
    char error[200];
    sw_harness *h = sw_harness_open_with(sw_harness_find(&sw_power_family, "power/rotor-angle"),
                                         &setup, error, sizeof error);
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_DONE);
    assert_true(sw_harness_value(h, "stable") == 1);
    sw_harness_set_text(h, "line", "7-4");
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_ERROR);
    sw_harness_set_text(h, "line", "seven");
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_ERROR);
    sw_harness_set_text(h, "line", "5-7");
    sw_harness_set(h, "load-level", 8);
    const sw_result *r = sw_harness_run(h, 1);
    assert_int_equal(r->outcome, SW_ERROR);
    assert_non_null(strstr(r->fail, "did not converge"));
    sw_harness_set(h, "load-level", 1);
    sw_harness_set(h, "inertia-4", 2);
    r = sw_harness_run(h, 1);
    assert_int_equal(r->outcome, SW_ERROR);
    assert_non_null(strstr(r->fail, "machine 4"));
    sw_harness_close(&h);
}

// A mixture of operating points, clearing times, systems and runs that fail.
static void
a_batch_gives_the_bits_of_single_runs(void **state)
{
    (void)state;
    enum { N = 150 };
    const sw_model *model = sw_harness_find(&sw_power_family, "power/rotor-angle");
    const char *wanted[] = {NULL, "stable,lost-at", "cct"};
    static double points[N * 96];
    static uint64_t seeds[N];
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
        sw_harness *h = sw_harness_open(model, wanted[w]);
        for (size_t i = 0; i < N; i++) {
            sw_harness_set(h, "load-level", i % 31 == 30 ? 9 : 0.8 + 0.01 * (double)(i / 4));
            sw_harness_set(h, "clearing-time", 0.05 + 0.003 * (double)(i % 50));
            sw_harness_set(h, "scan-step", 0.02);
            assert_true(model->n_parameters <= 96);
            memcpy(points + i * model->n_parameters, sw_harness_inputs(h),
                   model->n_parameters * sizeof *points);
        }
        sw_harness_check_batch(h, N, points, seeds);
        sw_harness_close(&h);
    }
}

// The 9-bus system with room for one more branch, to be changed.
static sw_power_case *
copy_of_nine_bus(void)
{
    const sw_power_case *from = sw_power_builtin_case("wscc9");
    sw_power_case *c = sw_power_alloc(1, sizeof *c);
    *c = *from;
    c->exciter = NULL;
    c->governor = NULL;
    c->stabiliser = NULL;
    c->n_exciters = c->n_governors = c->n_stabilisers = 0;
    c->bus = sw_power_alloc(c->n_buses, sizeof *c->bus);
    c->branch = sw_power_alloc(c->n_branches + 1, sizeof *c->branch);
    c->generator = sw_power_alloc(c->n_generators, sizeof *c->generator);
    c->machine = sw_power_alloc(c->n_machines, sizeof *c->machine);
    memcpy(c->bus, from->bus, c->n_buses * sizeof *c->bus);
    memcpy(c->branch, from->branch, c->n_branches * sizeof *c->branch);
    memcpy(c->generator, from->generator, c->n_generators * sizeof *c->generator);
    memcpy(c->machine, from->machine, c->n_machines * sizeof *c->machine);
    return c;
}

static void
renumber(sw_power_case *c)
{
    for (size_t i = 0; i < c->n_buses; i++)
        c->bus[i].number = 100 - c->bus[i].number;
    for (size_t k = 0; k < c->n_branches; k++) {
        c->branch[k].from_number = 100 - c->branch[k].from_number;
        c->branch[k].to_number = 100 - c->branch[k].to_number;
    }
    for (size_t k = 0; k < c->n_machines; k++) {
        c->generator[k].bus_number = 100 - c->generator[k].bus_number;
        c->machine[k].bus_number = 100 - c->machine[k].bus_number;
    }
}

static void
change_base(sw_power_case *c)
{
    c->base_mva *= 2.5;
    for (size_t k = 0; k < c->n_branches; k++) {
        c->branch[k].r *= 2.5;
        c->branch[k].x *= 2.5;
        c->branch[k].b /= 2.5;
    }
}

// Line 8-9 as two parallel circuits of twice its impedance and half its charging.
static void
split_line(sw_power_case *c)
{
    sw_power_branch *l = &c->branch[c->n_branches - 1];
    l->r *= 2;
    l->x *= 2;
    l->b /= 2;
    c->branch[c->n_branches++] = *l;
}

static double
cct_after(void (*change)(sw_power_case *c), double from, double to)
{
    sw_power_case *c = copy_of_nine_bus();
    sw_power_fault_of_case fault;
    sw_power_scenario s;
    sw_power_swing swing;
    char reason[SW_POWER_REASON];
    if (change)
        change(c);
    assert_true(sw_power_case_check(c, &fault));
    sw_power_context *x = sw_power_context_new(c);
    sw_power_scenario_init(&s);
    s.line[0] = from;
    s.line[1] = to;
    s.line[2] = 1;
    if (!sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason))
        fail_msg("%s", reason);
    double cct = cct_of(&swing, 0.005);
    sw_power_swing_fini(&swing);
    sw_power_context_free(&x);
    sw_power_case_free(&c);
    return cct;
}

// Exact to 1e-5 s, as bisected.
static void
numbering_base_and_split_lines_do_not_matter(void **state)
{
    (void)state;
    double want = cct_after(NULL, 7, 5);
    assert_near(cct_after(renumber, 93, 95), want, 1e-5);
    assert_near(cct_after(change_base, 7, 5), want, 1e-5);
    assert_near(cct_after(split_line, 7, 5), want, 1e-5);
}

// The last multiple of the scan's step lies 1 ms before the loss, the longest time 2 ms behind it.
static void
a_loss_in_the_tail_of_the_scan_is_found(void **state)
{
    (void)state;
    sw_power_swing swing = prepared("wscc9", 7, 7, 5);
    double cct = cct_of(&swing, 0.005);
    sw_power_search search = {.horizon = 5,
                              .step = 0.005,
                              .limit = 2 * M_PI,
                              .longest = cct + 0.002,
                              .scan_step = (cct - 0.001) / 3,
                              .resolution = 1e-5};
    sw_power_cct a;
    sw_power_cct_find(&swing, &search, &a);
    assert_near(a.first_loss, cct, 2e-5);
    search.longest = cct - 0.0005;
    sw_power_cct_find(&swing, &search, &a);
    assert_true(isinf(a.first_loss));
    sw_power_swing_fini(&swing);
}

static void
the_descriptor_is_whole(void **state)
{
    (void)state;
    sw_harness_check_descriptor(sw_harness_find(&sw_power_family, "power/rotor-angle"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nine_bus_machines_start_at_anderson_and_fouads_angles),
        cmocka_unit_test(nine_bus_line_faults_have_the_reference_critical_times),
        cmocka_unit_test(new_england_line_faults_have_the_reference_critical_times),
        cmocka_unit_test(kundurs_single_machine_loses_synchronism_between_86_and_87_ms),
        cmocka_unit_test(trajectories_follow_the_references),
        cmocka_unit_test(inertia_scales_the_critical_time_by_its_square_root),
        cmocka_unit_test(every_instruction_set_and_every_company_gives_the_same_bits),
        cmocka_unit_test(a_scenario_that_does_not_fit_fails_with_its_reason),
        cmocka_unit_test(a_batch_gives_the_bits_of_single_runs),
        cmocka_unit_test(numbering_base_and_split_lines_do_not_matter),
        cmocka_unit_test(a_loss_in_the_tail_of_the_scan_is_found),
        cmocka_unit_test(the_descriptor_is_whole),
    };
    return cmocka_run_group_tests_name("power/classical", tests, NULL, NULL);
}
