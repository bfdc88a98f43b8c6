// SPDX-License-Identifier: Apache-2.0
// power/rotor-angle against independent critical clearing times, the equal-area criterion and a
// law of scale.
#include "models/power/power.h"
#include "tests/answers/power_cct.h"
#include "tests/support/model_harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static sw_harness *
open_with(const char *system, const char *line, const char *outputs)
{
    static const char *systems[2], *lines[2]; // the harness looks at them until it is closed
    systems[0] = system;
    lines[0] = line;
    const sw_harness_texts texts[] = {{"system", systems}, {"line", lines}, {NULL, NULL}};
    sw_harness_setup setup = {.outputs = outputs, .texts = texts};
    char error[256];
    sw_harness *h = sw_harness_open_with(sw_harness_find(&sw_power_family, "power/rotor-angle"),
                                         &setup, error, sizeof error);
    assert_non_null(h);
    sw_harness_set_text(h, "system", system);
    sw_harness_set_text(h, "line", line);
    return h;
}

static double
cct_of(sw_harness *h)
{
    const sw_result *r = sw_harness_run(h, 1);
    if (r->outcome != SW_DONE)
        fail_msg("%s", r->fail);
    return sw_harness_value(h, "cct");
}

// The reference's own resolution is 10 us and its step 5 ms; ours is the same step, so that 0.1 ms
// (the tolerance stated with the reference) leaves room for the refinement only.
static void
clearing_times_of_line_faults_equal_the_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof power_cct / sizeof *power_cct; i++) {
        char line[32];
        snprintf(line, sizeof line, "%d-%d", power_cct[i].from, power_cct[i].to);
        sw_harness *h = open_with(power_cct[i].system, line, "cct");
        sw_harness_set(h, "fault-bus", power_cct[i].bus);
        // Some losses are narrower than a millisecond (fault at 7, line 5-7: 161.1 to 161.9 ms).
        sw_harness_set(h, "scan-step", 0.0002);
        sw_harness_set(h, "longest", power_cct[i].cct + 0.01);
        double cct = cct_of(h);
        if (!(fabs(cct - power_cct[i].cct) <= 1e-4))
            fail_msg("%s, fault at %d, line %s: %.5f s, not %.5f s", power_cct[i].system,
                     power_cct[i].bus, line, cct, power_cct[i].cct);
        sw_harness_close(&h);
    }
}

// H times a and all times times the root of a: the swing equation is unchanged (no damping).
static void
inertia_scales_the_clearing_time_by_its_root(void **state)
{
    (void)state;
    for (double a = 0.5; a < 4; a *= 1.7) {
        sw_harness *h = open_with("wscc9", "5-7", "cct");
        sw_harness_set(h, "resolution", 1e-6);
        sw_harness_set(h, "scan-step", 0.01);
        double base = cct_of(h);
        sw_harness_set(h, "scan-step", 0.01 * sqrt(a));
        sw_harness_set(h, "inertia", a);
        sw_harness_set(h, "horizon", 5 * sqrt(a));
        sw_harness_set(h, "step", 0.005 * sqrt(a));
        double scaled = cct_of(h);
        assert_true(fabs(scaled / base - sqrt(a)) < 3e-5);
        sw_harness_close(&h);
    }
}

static void
below_the_clearing_time_it_is_stable_and_above_it_is_lost(void **state)
{
    (void)state;
    sw_harness *h = open_with("wscc9", "5-7", "stable,spread,cct");
    double cct = cct_of(h);
    sw_harness_set(h, "clearing-time", cct - 0.001);
    sw_harness_run(h, 1);
    assert_true(sw_harness_value(h, "stable") == 1);
    assert_true(sw_harness_value(h, "spread") < 360);
    sw_harness_set(h, "clearing-time", cct + 0.001);
    sw_harness_run(h, 1);
    assert_true(sw_harness_value(h, "stable") == 0);
    assert_true(sw_harness_value(h, "spread") >= 360);
    sw_harness_close(&h);
}

static void
what_does_not_fit_the_system_is_an_error_never_stable(void **state)
{
    (void)state;
    sw_harness *h = open_with("wscc9", "5-7", "stable");
    sw_harness_set(h, "fault-bus", 77);
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_ERROR);
    sw_harness_set(h, "fault-bus", 7);
    sw_harness_set(h, "inertia-4", 2);
    const sw_result *r = sw_harness_run(h, 1);
    assert_int_equal(r->outcome, SW_ERROR);
    assert_non_null(strstr(r->fail, "machine 4"));
    sw_harness_set(h, "inertia-4", 1);
    sw_harness_set(h, "load-level", 9);
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_ERROR);
    sw_harness_close(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clearing_times_of_line_faults_equal_the_reference),
        cmocka_unit_test(inertia_scales_the_clearing_time_by_its_root),
        cmocka_unit_test(below_the_clearing_time_it_is_stable_and_above_it_is_lost),
        cmocka_unit_test(what_does_not_fit_the_system_is_an_error_never_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
