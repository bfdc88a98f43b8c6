// SPDX-License-Identifier: Apache-2.0
// Bad cases are refused with a sentence that names what is wrong; the power flow agrees with
// MATPOWER and does not care how buses are numbered.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/powerflow.h"
#include "tests/unit/models/power/flow_of.h"

static const char good[] =
    "{\"name\":\"two\",\"baseMVA\":100,\"freq_hz\":60,\"tables\":{"
    "\"bus\":{\"columns\":[\"bus_i\",\"type\",\"Pd\",\"Qd\"],\"rows\":[[1,3,0,0],[2,1,50,10]]},"
    "\"gen\":{\"columns\":[\"bus\",\"Pg\",\"Vg\"],\"rows\":[[1,50,1.02]]},"
    "\"branch\":{\"columns\":[\"fbus\",\"tbus\",\"r\",\"x\"],\"rows\":[[1,2,0.01,0.1]]},"
    "\"machine\":{\"columns\":[\"bus\",\"mBase\",\"H\",\"xdp\"],\"rows\":[[1,100,5,0.2]]}}}";

// The good case with one text replaced.
static void
expect_refusal(const char *old, const char *by, const char *said)
{
    char text[2048];
    const char *at = strstr(good, old);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, by, at + strlen(old));
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_json(text, strlen(text), &fault);
    assert_null(c);
    if (!strstr(fault.message, said))
        fail_msg("\"%s\" does not say \"%s\"", fault.message, said);
}

static void
bad_cases_are_refused_by_name(void **state)
{
    (void)state;
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_json(good, strlen(good), &fault);
    assert_non_null(c);
    sw_power_case_free(&c);
    expect_refusal("[1,2,0.01,0.1]", "[1,2,0,0]", "zero impedance");
    expect_refusal("[2,1,50,10]", "[1,1,50,10]", "twice");
    expect_refusal("[1,3,0,0]", "[1,2,0,0]", "reference");
    expect_refusal("[1,100,5,0.2]", "[1,100,-5,0.2]", "H = -5");
    expect_refusal("[1,2,0.01,0.1]", "[1,7,0.01,0.1]", "two buses");
    expect_refusal("[2,1,50,10]", "[2,1,50,10],[3,1,0,0]", "islanded");
    expect_refusal("[2,1,50,10]", "[2,1,\"much\",10]", "Pd");
    expect_refusal("}}}", "", "JSON");
}

static sw_power_case *
read_system(const char *name)
{
    const char *root = getenv("SWEEPD_REFERENCE");
    static char bytes[2 << 20];
    char path[512];
    snprintf(path, sizeof path, "%s/power/%s.json", root ? root : "../shared/data", name);
    FILE *f = fopen(path, "rb");
    if (!f)
        skip();
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_json(bytes, n, &fault);
    if (!c)
        fail_msg("%s: %s", name, fault.message);
    return c;
}

static double
surplus(const sw_power_case *c, const sw_power_solution *s)
{
    double mw = 0;
    for (size_t k = 0; k < c->n_generators; k++)
        mw += s->pg[k] * c->base_mva;
    for (size_t i = 0; i < c->n_buses; i++)
        mw -= c->bus[i].pd;
    return mw;
}

// Tolerances 1e-8 pu and 1e-6 degrees, as the reference states; it is printed to 1e-10.
static void
check_voltages(const char *name)
{
    sw_power_case *c = read_system(name);
    sw_power_solution s = flow_of(c);
    const char *root = getenv("SWEEPD_REFERENCE");
    char path[512], row[512];
    snprintf(path, sizeof path, "%s/power/reference/powerflow/%s_bus.csv",
             root ? root : "../shared/data", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(row, sizeof row, f));
    for (size_t i = 0; fgets(row, sizeof row, f); i++) {
        double bus, type, vm, va;
        assert_int_equal(sscanf(row, "%lf,%lf,%lf,%lf", &bus, &type, &vm, &va), 4);
        if (bus != c->bus[i].number || fabs(s.vm[i] - vm) > 1e-8 ||
            fabs(s.va[i] * 180 / M_PI - va) > 1e-6)
            fail_msg("%s, bus %g: %.10f pu at %.8f, reference %.10f at %.8f", name, bus, s.vm[i],
                     s.va[i] * 180 / M_PI, vm, va);
    }
    fclose(f);
    sw_power_solution_fini(&s);
    sw_power_case_free(&c);
}

static void
voltages_equal_matpowers(void **state)
{
    (void)state;
    check_voltages("case9");
    check_voltages("case39");
    check_voltages("case118");
    check_voltages("case300");
}

// Generation less load, from the totals of MATPOWER's summary, printed to 1e-4 MW.
static void
totals_of_thousands_of_buses_equal_matpowers(void **state)
{
    (void)state;
    const struct {
        const char *name;
        double mw;
    } wanted[] = {{"case14", 13.3933},
                  {"case57", 27.8638},
                  {"case2383wp", 726.2304},
                  {"case2869pegase", 2793.3804}};
    for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
        sw_power_case *c = read_system(wanted[k].name);
        sw_power_solution s = flow_of(c);
        if (fabs(surplus(c, &s) - wanted[k].mw) > 1e-4)
            fail_msg("%s: %.5f MW, reference %.4f", c->name, surplus(c, &s), wanted[k].mw);
        sw_power_solution_fini(&s);
        sw_power_case_free(&c);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_cases_are_refused_by_name),
        cmocka_unit_test(voltages_equal_matpowers),
        cmocka_unit_test(totals_of_thousands_of_buses_equal_matpowers),
    };
    return cmocka_run_group_tests_name("power/case", tests, NULL, NULL);
}
