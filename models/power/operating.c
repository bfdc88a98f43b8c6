// SPDX-License-Identifier: Apache-2.0
// Demand, dispatch and slack rule, then admittances at the solved voltages.
#include "models/power/operating.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/power/memory.h"

// The difference that the reference bus may be left with, pu, and how often it is shared out.
static const double slack_tolerance = 1e-9;
enum { SLACK_ROUNDS = 30 };

static bool
check_places(const sw_power_case *c, const sw_power_scenario *s, char *reason, size_t size)
{
    bool area = s->area == 0;
    for (size_t i = 0; i < c->n_buses && !area; i++)
        area = c->bus[i].area == s->area;
    const char *what = !area                                                     ? "area"
                       : s->bus != 0 && sw_power_case_bus(c, s->bus) == SIZE_MAX ? "bus"
                       : s->event == SW_POWER_LOAD_STEP && s->step_bus != 0 &&
                               sw_power_case_bus(c, s->step_bus) == SIZE_MAX
                           ? "step-bus"
                           : NULL;
    if (!what)
        return true;
    double number = !area ? s->area : what[0] == 'b' ? s->bus : s->step_bus;
    snprintf(reason, size, "%s is %.0f, which %s does not have", what, number, c->name);
    return false;
}

// Loads, and the factor by which their sum grew.
static double
set_loads(sw_power_context *x, const sw_power_scenario *s)
{
    const sw_power_case *c = x->c;
    double before = 0, after = 0;
    for (size_t i = 0; i < c->n_buses; i++) {
        const sw_power_bus *b = &c->bus[i];
        double factor = s->load_level;
        if (s->area != 0 && b->area == s->area)
            factor *= s->area_load;
        if (s->bus != 0 && b->number == s->bus)
            factor *= s->bus_load;
        x->demand.pd[i] = factor * b->pd / c->base_mva;
        x->demand.qd[i] = factor * b->qd / c->base_mva;
        before += b->pd;
        after += factor * b->pd;
    }
    bool even = s->area == 0 && s->bus == 0;
    return even || before == 0 ? s->load_level : after / before;
}

static double
factor_of(const sw_power_scenario *s, size_t machine)
{
    return machine < SW_POWER_NAMED_MACHINES ? s->machine_dispatch[machine] : 1;
}

static void
set_dispatch(sw_power_context *x, const sw_power_scenario *s, double follow)
{
    const sw_power_case *c = x->c;
    for (size_t k = 0; k < c->n_generators; k++)
        x->demand.pg[k] = follow * c->generator[k].pg / c->base_mva;
    for (size_t k = 0; k < c->n_machines; k++)
        x->demand.pg[c->machine[k].generator] *= factor_of(s, k);
}

static bool
shares(const sw_power_context *x, size_t k)
{
    return x->c->generator[k].status > 0 && x->demand.pg[k] > 0;
}

// Shares what the reference bus had to add among all generators, as their powers are to each other.
static double
share_slack(sw_power_context *x)
{
    const sw_power_case *c = x->c;
    double sum = 0, lacking = 0;
    for (size_t k = 0; k < c->n_generators; k++) {
        if (c->generator[k].status > 0 && c->generator[k].bus == c->slack)
            lacking += x->solution.pg[k] - x->demand.pg[k];
        sum += shares(x, k) ? x->demand.pg[k] : 0;
    }
    for (size_t k = 0; k < c->n_generators && sum > 0; k++)
        if (shares(x, k))
            x->demand.pg[k] += lacking * x->demand.pg[k] / sum;
    return sum > 0 ? fabs(lacking) : 0;
}

static bool
solve(sw_power_context *x, const sw_power_scenario *s, char *reason, size_t size)
{
    for (int round = 0; round < SLACK_ROUNDS; round++) {
        if (!sw_power_flow_solve(x->flow, &x->demand, &x->solution, reason, size))
            return false;
        if (s->distributed == 0 || share_slack(x) <= slack_tolerance)
            return true;
    }
    snprintf(reason, size, "the generators' shares of the difference did not settle");
    return false;
}

static void
step_loads(sw_power_context *x, const sw_power_scenario *s)
{
    for (size_t i = 0; i < x->c->n_buses && s->event == SW_POWER_LOAD_STEP; i++) {
        if (s->step_bus == 0 || x->c->bus[i].number == s->step_bus) {
            x->demand.pd[i] *= s->step;
            x->demand.qd[i] *= s->step;
        }
    }
}

// Loads as admittances at the solved voltages; a generator without a machine is a negative load,
// and so is the share of a machine that a static injection took the place of.
static void
admittances(sw_power_context *x, const sw_power_scenario *s)
{
    const sw_power_case *c = x->c;
    double *injected = sw_power_doubles(c->n_generators);
    for (size_t k = 0; k < c->n_generators; k++)
        injected[k] = c->generator[k].status > 0;
    for (size_t k = 0; k < c->n_machines; k++)
        injected[c->machine[k].generator] = s->renewable;
    if (s->event == SW_POWER_GENERATOR_TRIP)
        injected[c->machine[(size_t)s->trip - 1].generator] = 0;
    for (size_t i = 0; i < c->n_buses; i++)
        x->load[i] = CMPLX(x->demand.pd[i], -x->demand.qd[i]);
    for (size_t k = 0; k < c->n_generators; k++)
        if (injected[k] > 0)
            x->load[c->generator[k].bus] -=
                CMPLX(injected[k] * x->solution.pg[k], -injected[k] * x->solution.qg[k]);
    for (size_t i = 0; i < c->n_buses; i++)
        x->load[i] /= x->solution.vm[i] * x->solution.vm[i];
    free(injected);
}

bool
sw_power_operate(sw_power_context *x, const sw_power_scenario *s, char *reason, size_t size)
{
    if (!check_places(x->c, s, reason, size))
        return false;
    double grown = set_loads(x, s);
    set_dispatch(x, s, s->proportional != 0 ? grown : 1);
    x->demand.reactive_limits = s->reactive_limits != 0;
    if (!solve(x, s, reason, size))
        return false;
    step_loads(x, s);
    admittances(x, s);
    return true;
}
