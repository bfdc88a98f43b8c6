// SPDX-License-Identifier: Apache-2.0
// Two-axis machines, their controls and ZIP loads as a study asks for them: power/rotor-angle's
// parameters.
#include "models/power/power.h"
#include "tests/support/model_harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static sw_harness *
open_with(const char *line, const char *machines, const char *exciter, const char *outputs)
{
    static const char *lines[2]; // the harness looks at them until it is closed
    lines[0] = line;
    const sw_harness_texts texts[] = {{"line", lines}, {NULL, NULL}};
    sw_harness_setup setup = {.outputs = outputs, .texts = texts};
    char error[256];
    sw_harness *h = sw_harness_open_with(sw_harness_find(&sw_power_family, "power/rotor-angle"),
                                         &setup, error, sizeof error);
    if (!h)
        fail_msg("%s", error);
    sw_harness_set_text(h, "line", line);
    sw_harness_set_text(h, "machines", machines);
    sw_harness_set_text(h, "exciter", exciter);
    return h;
}

static void
run(sw_harness *h)
{
    const sw_result *r = sw_harness_run(h, 1);
    if (r->outcome != SW_DONE)
        fail_msg("%s", r->fail);
}

static void
refused(sw_harness *h, const char *why)
{
    const sw_result *r = sw_harness_run(h, 1);
    assert_int_equal(r->outcome, SW_ERROR);
    if (!strstr(r->fail, why))
        fail_msg("\"%s\" does not say \"%s\"", r->fail, why);
}

// An independent RK4 program's values for the same exciters and a constant torque, bisected to
// 1e-4 s at steps of 2 ms; tolerance 5e-4 s as stated with them. Constant field first.
static const struct {
    double bus;
    const char *line, *exciter;
    double cct;
} known[] = {
    {4, "4-5", "none", 0.1919}, {8, "8-9", "none", 0.2032}, {7, "7-8", "none", 0.1174},
    {4, "4-5", "sexs", 0.2633}, {8, "8-9", "sexs", 0.2604}, {7, "7-8", "sexs", 0.1537},
};

static void
critical_times_of_two_axis_machines_are_those_of_another_program(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        sw_harness *h = open_with(known[k].line, "two-axis", known[k].exciter, "cct");
        sw_harness_set(h, "fault-bus", known[k].bus);
        sw_harness_set(h, "governors", 0);
        run(h);
        double cct = sw_harness_value(h, "cct");
        if (!(fabs(cct - known[k].cct) <= 5e-4))
            fail_msg("bus %g, line %s, %s: %.5f s", known[k].bus, known[k].line, known[k].exciter,
                     cct);
        sw_harness_close(&h);
    }
}

static void
gains_of_controls_move_the_answer(void **state)
{
    (void)state;
    const char *const gains[] = {"avr-gain", "governor-gain"};
    sw_harness *h = open_with("8-9", "two-axis", "sexs", "spread,stable");
    sw_harness_set(h, "fault-bus", 8);
    run(h);
    double base = sw_harness_value(h, "spread");
    for (size_t k = 0; k < sizeof gains / sizeof *gains; k++) {
        sw_harness_set(h, gains[k], 0.5);
        run(h);
        assert_true(fabs(sw_harness_value(h, "spread") - base) > 1e-3);
        sw_harness_set(h, gains[k], 1);
    }
    run(h);
    assert_true(sw_harness_value(h, "spread") == base);
    sw_harness_close(&h);
}

// The two paths meet where the shares vanish: 1e-9 of the loads moves the spread by no more.
static void
loads_that_are_hardly_not_admittances_change_hardly_anything(void **state)
{
    (void)state;
    sw_harness *h = open_with("8-9", "two-axis", "rotating", "spread,stable,steps");
    sw_harness_set(h, "fault-bus", 8);
    run(h);
    double fast = sw_harness_value(h, "spread");
    sw_harness_set(h, "load-power", 1e-9);
    run(h);
    assert_true(fabs(sw_harness_value(h, "spread") - fast) < 0.005);
    sw_harness_set(h, "load-power", 0.5);
    run(h);
    assert_true(fabs(sw_harness_value(h, "spread") - fast) > 0.5);
    sw_harness_close(&h);
}

static void
loads_of_constant_current_have_a_critical_time_too(void **state)
{
    (void)state;
    sw_harness *h = open_with("8-9", "two-axis", "sexs", "cct,cct-censored");
    sw_harness_set(h, "fault-bus", 8);
    sw_harness_set(h, "load-current", 1);
    sw_harness_set(h, "scan-step", 0.05);
    sw_harness_set(h, "resolution", 0.001);
    sw_harness_set(h, "horizon", 2);
    run(h);
    assert_true(sw_harness_value(h, "cct-censored") == 0);
    assert_true(sw_harness_value(h, "cct") > 0.15 && sw_harness_value(h, "cct") < 0.4);
    sw_harness_close(&h);
}

static void
loads_that_cannot_be_are_errors(void **state)
{
    (void)state;
    sw_harness *h = open_with("5-7", "two-axis", "sexs", "stable");
    sw_harness_set(h, "load-power", 0.7);
    sw_harness_set(h, "load-current", 0.7);
    refused(h, "constant power");
    sw_harness_close(&h);
    h = open_with("5-7", "classical", "sexs", "stable");
    sw_harness_set(h, "load-power", 0.7);
    refused(h, "two-axis machines");
    sw_harness_close(&h);
}

// Classical, two-axis and ZIP runs as neighbours, some of which fail.
static void
mixed_batches_give_the_bits_of_single_runs(void **state)
{
    (void)state;
    enum { N = 24, MOST = 128 };
    static double points[N * MOST];
    static uint64_t seeds[N];
    size_t n = sw_harness_find(&sw_power_family, "power/rotor-angle")->n_parameters;
    assert_true(n <= MOST);
    sw_harness *h = open_with("8-9", "two-axis", "sexs", "spread,stable,steps");
    sw_harness_set(h, "fault-bus", 8);
    sw_harness_set(h, "horizon", 1);
    for (size_t i = 0; i < N; i++) {
        sw_harness_set_text(h, "machines", i % 5 == 4 ? "classical" : "two-axis");
        sw_harness_set_text(h, "exciter", i % 3 == 2 ? "rotating" : "sexs");
        sw_harness_set(h, "clearing-time", 0.02 * (double)i);
        sw_harness_set(h, "load-current", i % 4 == 3 ? 0.5 : 0);
        sw_harness_set(h, "load-level", i == 7 ? 9 : 1);
        memcpy(points + i * n, sw_harness_inputs(h), n * sizeof *points);
    }
    sw_harness_check_batch(h, N, points, seeds);
    sw_harness_close(&h);
}

static void
series_are_thinned_out_and_know_of_fields_and_voltages(void **state)
{
    (void)state;
    sw_harness *h =
        open_with("8-9", "two-axis", "sexs", "times,angles,voltages,fields,swing,stable");
    sw_harness_set(h, "fault-bus", 8);
    sw_harness_set(h, "clearing-time", 0.1);
    sw_harness_set(h, "every", 0.05);
    run(h);
    const sw_kept *times = sw_harness_kept(h, "times"), *v = sw_harness_kept(h, "voltages");
    const sw_kept *fields = sw_harness_kept(h, "fields");
    assert_int_equal(times->n_series, 101);
    assert_int_equal(v->n_series, 3 * 101);
    assert_int_equal(sw_harness_kept(h, "angles")->n_series, 3 * 101);
    assert_true(fabs(times->series[40] - 2) < 1e-9);
    // The case's voltages at the start; low at the machines near the fault while it lasts.
    assert_true(fabs(v->series[0] - 1.04) < 1e-9 && fabs(v->series[1] - 1.025) < 1e-9);
    assert_true(v->series[3 * 1 + 1] < 0.7);
    assert_true(fields->series[3 * 1 + 1] > fields->series[1]);
    assert_true(sw_harness_value(h, "swing") > 0);
    sw_harness_set_text(h, "machines", "classical");
    run(h);
    assert_int_equal(sw_harness_kept(h, "voltages")->n_series, 0);
    assert_int_equal(sw_harness_kept(h, "angles")->n_series, 3 * 101);
    sw_harness_close(&h);
}

// Less swings at the end with the stabiliser's full gain than with a tenth of it.
static void
a_stabiliser_shows_in_what_swings_at_the_end(void **state)
{
    (void)state;
    double swing[2];
    for (int k = 0; k < 2; k++) {
        sw_harness *h = open_with("8-9/1", "two-axis", "listed", "swing");
        sw_harness_set_text(h, "system", "kundur_2area");
        sw_harness_set(h, "fault-bus", 8);
        sw_harness_set(h, "clearing-time", 0.05);
        sw_harness_set(h, "pss-gain", k ? 1 : 0.1);
        sw_harness_set(h, "horizon", 10);
        run(h);
        swing[k] = sw_harness_value(h, "swing");
        sw_harness_close(&h);
    }
    if (!(swing[1] < 0.5 * swing[0]))
        fail_msg("%g degrees with a tenth, %g with all of it", swing[0], swing[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(critical_times_of_two_axis_machines_are_those_of_another_program),
        cmocka_unit_test(gains_of_controls_move_the_answer),
        cmocka_unit_test(loads_that_are_hardly_not_admittances_change_hardly_anything),
        cmocka_unit_test(loads_of_constant_current_have_a_critical_time_too),
        cmocka_unit_test(loads_that_cannot_be_are_errors),
        cmocka_unit_test(series_are_thinned_out_and_know_of_fields_and_voltages),
        cmocka_unit_test(a_stabiliser_shows_in_what_swings_at_the_end),
        cmocka_unit_test(mixed_batches_give_the_bits_of_single_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
