// SPDX-License-Identifier: Apache-2.0
// Preparing one scenario: dispatch, power flow, classical machines (E' behind x'd, Anderson and
// Fouad ch. 2), loads as admittances, and the networks during and after the fault.
#include "models/power/scenario.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/dae.h"
#include "models/power/memory.h"
#include "models/power/operating.h"
#include "models/power/two_axis.h"

static bool __attribute__((format(printf, 3, 4)))
refuse(char *reason, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(reason, size, format, args);
    va_end(args);
    return false;
}

sw_power_context *
sw_power_context_new(const sw_power_case *c)
{
    sw_power_context *x = sw_power_alloc(1, sizeof *x);
    x->c = c;
    x->net = sw_power_network_new(c);
    x->flow = sw_power_flow_new(x->net);
    x->reducer = sw_power_reducer_new(x->net);
    sw_power_demand_init(&x->demand, c);
    sw_power_solution_init(&x->solution, c);
    x->load = sw_power_alloc(c->n_buses, sizeof *x->load);
    x->reduced = sw_power_alloc(c->n_machines * c->n_machines, sizeof *x->reduced);
    x->e = sw_power_doubles(c->n_machines);
    x->running = sw_power_alloc(c->n_machines, sizeof *x->running);
    x->source = sw_power_alloc(c->n_machines, sizeof *x->source);
    x->unit = sw_power_alloc(c->n_machines, sizeof *x->unit);
    x->start = sw_power_alloc(c->n_machines, sizeof *x->start);
    return x;
}

void
sw_power_context_free(sw_power_context **x)
{
    if (!*x)
        return;
    sw_power_reducer_free(&(*x)->reducer);
    sw_power_flow_free(&(*x)->flow);
    sw_power_network_free(&(*x)->net);
    sw_power_demand_fini(&(*x)->demand);
    sw_power_solution_fini(&(*x)->solution);
    free((*x)->load);
    free((*x)->reduced);
    free((*x)->e);
    free((*x)->running);
    free((*x)->source);
    free((*x)->unit);
    free((*x)->start);
    free(*x);
    *x = NULL;
}

void
sw_power_scenario_init(sw_power_scenario *s)
{
    *s = (sw_power_scenario){.load_level = 1,
                             .area_load = 1,
                             .bus_load = 1,
                             .step = 1,
                             .proportional = 1,
                             .inertia = 1,
                             .xdp = 1,
                             .opens = 1,
                             .exciter = SW_POWER_EXCITER_LISTED,
                             .governor = 1,
                             .stabiliser = 1,
                             .avr_gain = 1,
                             .governor_gain = 1,
                             .pss_gain = 1};
    for (size_t k = 0; k < SW_POWER_NAMED_MACHINES; k++)
        s->machine_inertia[k] = s->machine_xdp[k] = s->machine_dispatch[k] = 1;
}

bool
sw_power_parse_line(const char *text, double line[3])
{
    unsigned a, b, which = 1;
    int read = 0;
    line[0] = line[1] = line[2] = 0;
    if (strcmp(text, "none") == 0)
        return true;
    if (sscanf(text, "%9u-%9u%n", &a, &b, &read) != 2 || a == 0 || b == 0)
        return false;
    text += read;
    read = 0;
    if (*text && (sscanf(text, "/%3u%n", &which, &read) != 1 || text[read] || which == 0))
        return false;
    line[0] = a;
    line[1] = b;
    line[2] = which;
    return true;
}

// A named factor beyond the case's machines is a mistake, not something to ignore.
static bool
check_factors(const sw_power_case *c, const sw_power_scenario *s, char *reason, size_t size)
{
    for (size_t k = c->n_machines; k < SW_POWER_NAMED_MACHINES; k++)
        if (s->machine_inertia[k] != 1 || s->machine_xdp[k] != 1 || s->machine_dispatch[k] != 1)
            return refuse(reason, size, "a factor is given for machine %zu, but %s has %zu", k + 1,
                          c->name, c->n_machines);
    if (s->load_current + s->load_power > 1)
        return refuse(reason, size, "%g of the loads is constant current and %g constant power",
                      s->load_current, s->load_power);
    if (s->load_current + s->load_power > 0 && s->two_axis == 0)
        return refuse(reason, size,
                      "loads that are not admittances need two-axis machines, not classical ones");
    if (c->n_machines < 2)
        return refuse(reason, size, "%s has %zu machines with dynamic data; two are needed",
                      c->name, c->n_machines);
    if (s->event != SW_POWER_GENERATOR_TRIP)
        return true;
    if (s->trip < 1 || s->trip > (double)c->n_machines)
        return refuse(reason, size, "trip-machine is %.0f: %s has the machines 1 to %zu", s->trip,
                      c->name, c->n_machines);
    return c->n_machines > 2 ||
           refuse(reason, size, "without machine %.0f %s has one left; two are needed", s->trip,
                  c->name);
}

// Which machines are simulated. One that is lost at time 0 is in the power flow only.
static void
choose_running(sw_power_context *x, const sw_power_scenario *s)
{
    x->n_running = 0;
    for (size_t k = 0; k < x->c->n_machines; k++)
        if (s->event != SW_POWER_GENERATOR_TRIP || s->trip != (double)(k + 1))
            x->running[x->n_running++] = k;
}

static double
named(const double *factors, size_t machine)
{
    return machine < SW_POWER_NAMED_MACHINES ? factors[machine] : 1;
}

// Inner voltages behind x'd and the constants of the swing equations, on the system's base.
static void
machines(sw_power_context *x, const sw_power_scenario *s, sw_power_swing *swing)
{
    const sw_power_case *c = x->c;
    swing->w0 = 2 * M_PI * c->freq_hz;
    double size = 1 - s->renewable;
    for (size_t k = 0; k < x->n_running; k++) {
        size_t index = x->running[k];
        const sw_power_machine *m = &c->machine[index];
        double base = size * m->mbase / c->base_mva;
        double h = m->h * base * s->inertia * named(s->machine_inertia, index);
        double xdp = m->xdp / base * s->xdp * named(s->machine_xdp, index);
        double vm = x->solution.vm[m->bus], va = x->solution.va[m->bus];
        double p = size * x->solution.pg[m->generator], q = size * x->solution.qg[m->generator];
        // E = V + j x'd (P - jQ) / conj(V), in the frame of V.
        double along = vm + xdp * q / vm, across = xdp * p / vm;
        x->e[k] = sqrt(along * along + across * across);
        x->source[k] = (sw_power_source){m->bus, CMPLX(0, -1 / xdp)};
        swing->angle0[k] = va + atan2(across, along);
        swing->pm[k] = p;
        swing->accel[k] = swing->w0 / (2 * h);
        swing->damping[k] = (m->d + s->damping) * base / (2 * h);
    }
}

// Two-axis machines and their steady states; what classical ones share with them (angles, powers,
// inertias) goes into the swing too.
static bool
detailed_machines(sw_power_context *x, const sw_power_scenario *s, size_t n_topologies,
                  sw_power_swing *swing, char *reason, size_t size)
{
    const sw_power_case *c = x->c;
    sw_power_controls controls = {.exciter = (sw_power_exciter_choice)s->exciter,
                                  .governor = s->governor != 0,
                                  .pss = s->stabiliser != 0,
                                  .avr_gain = s->avr_gain,
                                  .governor_gain = s->governor_gain,
                                  .pss_gain = s->pss_gain};
    if (!sw_power_units(c, &controls, x->unit, reason, size))
        return false;
    swing->w0 = 2 * M_PI * c->freq_hz;
    double share = 1 - s->renewable;
    for (size_t k = 0; k < x->n_running; k++) {
        size_t index = x->running[k];
        sw_power_unit *u = &x->unit[k];
        *u = x->unit[index]; // never before k
        double base = c->machine[index].mbase / c->base_mva;
        sw_power_unit_scale(u, s->inertia * named(s->machine_inertia, index), s->damping * base,
                            s->xdp * named(s->machine_xdp, index));
        sw_power_unit_resize(u, share);
        double complex v = x->solution.vm[u->bus] * cexp(CMPLX(0, x->solution.va[u->bus]));
        double p = share * x->solution.pg[u->generator], q = share * x->solution.qg[u->generator];
        if (!sw_power_unit_start(u, v, p, q, &x->start[k], reason, size))
            return false;
        x->source[k] = (sw_power_source){u->bus, sw_power_two_axis_source(u)};
        swing->angle0[k] = x->start[k].delta;
        swing->pm[k] = x->start[k].tm;
        swing->accel[k] = swing->w0 / (2 * u->h);
        swing->damping[k] = u->d / (2 * u->h);
    }
    swing->detail = sw_power_two_axis_new(x->n_running, n_topologies, swing->w0, x->unit, x->start);
    return true;
}

static bool
find_branch(const sw_power_case *c, const double line[3], size_t *branch, char *reason, size_t size)
{
    *branch = sw_power_case_branch(c, line[0], line[1], (size_t)line[2]);
    if (*branch != SIZE_MAX)
        return true;
    if (line[2] > 1)
        return refuse(reason, size, "%s has no line %.0f-%.0f/%.0f", c->name, line[0], line[1],
                      line[2]);
    return refuse(reason, size, "%s has no line %.0f-%.0f", c->name, line[0], line[1]);
}

static void
fault_bus(const sw_power_scenario *s, size_t bus, sw_power_topology *t)
{
    if (s->fault_r == 0 && s->fault_x == 0)
        t->change[t->n++] = (sw_power_change){.kind = SW_POWER_GROUND, .index = bus};
    else
        t->change[t->n++] = (sw_power_change){
            .kind = SW_POWER_SHUNT, .index = bus, .y = {1 / CMPLX(s->fault_r, s->fault_x)}};
}

// A fault within a line, at a share `at` of its length from its from end: two pi sections whose
// common node is eliminated (exactly zero volts if the fault is solid).
static bool
fault_within(const sw_power_scenario *s, const sw_power_case *c, size_t branch, double at,
             sw_power_topology *t, char *reason, size_t size)
{
    const sw_power_branch *l = &c->branch[branch];
    if ((l->ratio != 0 && l->ratio != 1) || l->angle != 0)
        return refuse(reason, size,
                      "%.0f-%.0f is a transformer: a fault along it needs position "
                      "0 or 1",
                      l->from_number, l->to_number);
    double complex series = 1 / CMPLX(l->r, l->x), ya = series / at, yb = series / (1 - at);
    double complex ends = CMPLX(0, l->b / 2);
    double complex y[4] = {ya + ends * at, 0, 0, yb + ends * (1 - at)};
    if (s->fault_r != 0 || s->fault_x != 0) {
        double complex middle = ya + yb + ends + 1 / CMPLX(s->fault_r, s->fault_x);
        y[0] -= ya * ya / middle;
        y[1] = y[2] = -ya * yb / middle;
        y[3] -= yb * yb / middle;
    }
    sw_power_change *change = &t->change[t->n++];
    *change = (sw_power_change){.kind = SW_POWER_BLOCK, .index = branch};
    memcpy(change->y, y, sizeof y);
    return true;
}

static bool
fault(const sw_power_scenario *s, const sw_power_case *c, size_t branch, sw_power_topology *t,
      char *reason, size_t size)
{
    if (s->fault_bus != 0) {
        size_t bus = sw_power_case_bus(c, s->fault_bus);
        if (bus == SIZE_MAX)
            return refuse(reason, size, "%s has no bus %.0f to be faulted", c->name, s->fault_bus);
        fault_bus(s, bus, t);
        return true;
    }
    if (branch == SIZE_MAX)
        return refuse(reason, size, "no fault is given: neither fault-bus nor line");
    const sw_power_branch *l = &c->branch[branch];
    double at = l->from_number == s->line[0] ? s->position : 1 - s->position;
    if (at <= 0 || at >= 1) {
        fault_bus(s, at <= 0 ? l->from : l->to, t);
        return true;
    }
    return fault_within(s, c, branch, at, t, reason, size);
}

static bool
open_branch(const sw_power_scenario *s, const sw_power_case *c, sw_power_topology *t, size_t branch,
            char *reason, size_t size)
{
    size_t opened[SW_POWER_MAX_CHANGES], n = 0;
    const sw_power_branch *b = &c->branch[branch];
    t->change[t->n++] = (sw_power_change){.kind = SW_POWER_OPEN, .index = branch};
    if (s->keeps_charging != 0) {
        size_t ends[2] = {b->from, b->to};
        double tap = b->ratio != 0 ? b->ratio : 1;
        for (int e = 0; e < 2; e++)
            t->change[t->n++] =
                (sw_power_change){.kind = SW_POWER_SHUNT,
                                  .index = ends[e],
                                  .y = {CMPLX(0, b->b / 2 / (e == 0 ? tap * tap : 1))}};
    }
    for (size_t k = 0; k < t->n; k++)
        if (t->change[k].kind == SW_POWER_OPEN)
            opened[n++] = t->change[k].index;
    return sw_power_case_is_connected(c, n, opened) ||
           refuse(reason, size, "opening line %.0f-%.0f islands the network",
                  c->branch[branch].from_number, c->branch[branch].to_number);
}

// The networks of a fault: during it, and after it.
static bool
fault_topologies(const sw_power_scenario *s, const sw_power_case *c, size_t branch,
                 sw_power_topology *t, char *reason, size_t size)
{
    if (s->opens != 0 && branch == SIZE_MAX)
        return refuse(reason, size,
                      "the fault is to be cleared by opening a line, but none is "
                      "named");
    return fault(s, c, branch, &t[SW_POWER_FAULTED], reason, size) &&
           (s->opens == 0 || open_branch(s, c, &t[SW_POWER_CLEARED], branch, reason, size));
}

static bool
topologies(const sw_power_scenario *s, const sw_power_case *c, sw_power_topology *t, char *reason,
           size_t size)
{
    size_t branch = SIZE_MAX, second;
    if (s->line[0] != 0 && !find_branch(c, s->line, &branch, reason, size))
        return false;
    if (s->event == SW_POWER_FAULT && !fault_topologies(s, c, branch, t, reason, size))
        return false;
    if (s->event == SW_POWER_LINE_TRIP && branch == SIZE_MAX)
        return refuse(reason, size, "a line is to trip, but none is named");
    if (s->event == SW_POWER_LINE_TRIP &&
        !open_branch(s, c, &t[SW_POWER_CLEARED], branch, reason, size))
        return false;
    t[SW_POWER_SECOND] = t[SW_POWER_CLEARED];
    if (s->second_line[0] == 0)
        return true;
    if (!find_branch(c, s->second_line, &second, reason, size))
        return false;
    if (second == branch)
        return refuse(reason, size, "second-line is the line that has opened already");
    return open_branch(s, c, &t[SW_POWER_SECOND], second, reason, size);
}

bool
sw_power_scenario_prepare(sw_power_context *x, const sw_power_scenario *s, sw_power_swing *swing,
                          char *reason, size_t size)
{
    const sw_power_case *c = x->c;
    sw_power_topology *t = x->topology;
    memset(t, 0, sizeof x->topology);
    if (!check_factors(c, s, reason, size) || !topologies(s, c, t, reason, size) ||
        !sw_power_operate(x, s, reason, size))
        return false;
    choose_running(x, s);
    size_t n = s->second_line[0] != 0 ? SW_POWER_TOPOLOGIES : SW_POWER_SECOND;
    x->n_topologies = n;
    sw_power_swing_init(swing, x->n_running, n);
    if (s->two_axis == 0) {
        machines(x, s, swing);
    } else if (!detailed_machines(x, s, n, swing, reason, size)) {
        sw_power_swing_fini(swing);
        return false;
    }
    for (size_t k = 0; k < n; k++) {
        if (!sw_power_reduce(x->reducer, x->load, x->n_running, x->source, &t[k], x->reduced)) {
            sw_power_swing_fini(swing);
            return refuse(reason, size, "the network %s is singular",
                          k == SW_POWER_FAULTED ? "during the fault" : "after the fault");
        }
        if (swing->detail)
            sw_power_two_axis_network(swing->detail, k, x->reduced);
        else
            sw_power_swing_network(swing, k, x->reduced, x->e);
    }
    if (s->load_current + s->load_power > 0)
        swing->whole = sw_power_dae_of(x, s->load_current, s->load_power);
    return true;
}
