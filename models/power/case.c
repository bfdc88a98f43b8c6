// SPDX-License-Identifier: Apache-2.0
// What every reader of cases shares: linking bus numbers to indices, the checks that later steps
// rely on, and look-ups by the numbers that engineers use.
#include "models/power/case.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/memory.h"

static bool __attribute__((format(printf, 2, 3)))
refuse(sw_power_fault_of_case *fault, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
    return false;
}

typedef struct numbered {
    double number;
    size_t index;
} numbered;

static int
by_number(const void *a, const void *b)
{
    double x = ((const numbered *)a)->number, y = ((const numbered *)b)->number;
    return (x > y) - (x < y);
}

// The buses in order of number, for binary search.
static numbered *
number_order(const sw_power_case *c)
{
    numbered *order = sw_power_alloc(c->n_buses, sizeof *order);
    for (size_t i = 0; i < c->n_buses; i++)
        order[i] = (numbered){.number = c->bus[i].number, .index = i};
    qsort(order, c->n_buses, sizeof *order, by_number);
    return order;
}

static size_t
search(const numbered *order, size_t n, double number)
{
    numbered key = {.number = number};
    const numbered *hit = bsearch(&key, order, n, sizeof *order, by_number);
    return hit ? hit->index : SIZE_MAX;
}

size_t
sw_power_case_bus(const sw_power_case *c, double number)
{
    for (size_t i = 0; i < c->n_buses; i++)
        if (c->bus[i].number == number)
            return i;
    return SIZE_MAX;
}

size_t
sw_power_case_branch(const sw_power_case *c, double a, double b, size_t which)
{
    for (size_t i = 0; i < c->n_branches; i++) {
        const sw_power_branch *l = &c->branch[i];
        bool same = (l->from_number == a && l->to_number == b) ||
                    (l->from_number == b && l->to_number == a);
        if (same && l->status != 0 && --which == 0)
            return i;
    }
    return SIZE_MAX;
}

static size_t
root_of(size_t *parent, size_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static bool
is_listed(size_t n, const size_t *list, size_t i)
{
    for (size_t k = 0; k < n; k++)
        if (list[k] == i)
            return true;
    return false;
}

// A bus not connected to the reference bus once the listed branches are gone, or SIZE_MAX.
static size_t
unreached_bus(const sw_power_case *c, size_t n, const size_t *without)
{
    size_t *parent = sw_power_alloc(c->n_buses, sizeof *parent), lost = SIZE_MAX;
    for (size_t i = 0; i < c->n_buses; i++)
        parent[i] = i;
    for (size_t k = 0; k < c->n_branches; k++) {
        const sw_power_branch *l = &c->branch[k];
        if (l->status != 0 && !is_listed(n, without, k))
            parent[root_of(parent, l->from)] = root_of(parent, l->to);
    }
    for (size_t i = 0; i < c->n_buses && lost == SIZE_MAX; i++)
        if (c->bus[i].kind != SW_POWER_ISOLATED && root_of(parent, i) != root_of(parent, c->slack))
            lost = i;
    free(parent);
    return lost;
}

bool
sw_power_case_is_connected(const sw_power_case *c, size_t n, const size_t *without)
{
    return unreached_bus(c, n, without) == SIZE_MAX;
}

static bool
check_buses(sw_power_case *c, const numbered *order, sw_power_fault_of_case *fault)
{
    c->slack = SIZE_MAX;
    for (size_t i = 0; i < c->n_buses; i++) {
        const sw_power_bus *b = &c->bus[i];
        if (i && order[i].number == order[i - 1].number)
            return refuse(fault, "bus %.0f appears twice", order[i].number);
        if (!(b->number >= 1) || b->number != floor(b->number) || b->number > 1e9)
            return refuse(fault, "bus number %g is not a positive whole number", b->number);
        if (b->kind != 1 && b->kind != 2 && b->kind != 3 && b->kind != 4)
            return refuse(fault, "bus %.0f has type %g; 1, 2, 3 and 4 are known", b->number,
                          b->kind);
        if (!isfinite(b->pd + b->qd + b->gs + b->bs) || !(b->vm > 0) ||
            !isfinite(b->vm + b->va + b->area + b->base_kv))
            return refuse(fault, "bus %.0f has a load, shunt or voltage that is not a number",
                          b->number);
        if (b->kind == SW_POWER_SLACK && c->slack != SIZE_MAX)
            return refuse(fault, "buses %.0f and %.0f are both reference buses (type 3)",
                          c->bus[c->slack].number, b->number);
        if (b->kind == SW_POWER_SLACK)
            c->slack = i;
    }
    if (c->slack == SIZE_MAX)
        return refuse(fault, "no reference bus (type 3)");
    return true;
}

static bool
check_branches(sw_power_case *c, const numbered *order, sw_power_fault_of_case *fault)
{
    for (size_t k = 0; k < c->n_branches; k++) {
        sw_power_branch *l = &c->branch[k];
        l->from = search(order, c->n_buses, l->from_number);
        l->to = search(order, c->n_buses, l->to_number);
        if (l->from == SIZE_MAX || l->to == SIZE_MAX || l->from == l->to)
            return refuse(fault, "branch %zu joins %.0f and %.0f, which are not two buses", k + 1,
                          l->from_number, l->to_number);
        if (!isfinite(l->r + l->x + l->b + l->ratio + l->angle + l->status) || l->ratio < 0)
            return refuse(fault,
                          "branch %.0f-%.0f has a figure that is not a number, or a "
                          "negative ratio",
                          l->from_number, l->to_number);
        if (l->r * l->r + l->x * l->x < 1e-18)
            return refuse(fault, "branch %.0f-%.0f has zero impedance", l->from_number,
                          l->to_number);
        // What ends at an isolated bus is out of service.
        if (c->bus[l->from].kind == SW_POWER_ISOLATED || c->bus[l->to].kind == SW_POWER_ISOLATED)
            l->status = 0;
    }
    return true;
}

static bool
check_generators(sw_power_case *c, const numbered *order, sw_power_fault_of_case *fault)
{
    bool slack_has_one = false;
    for (size_t k = 0; k < c->n_generators; k++) {
        sw_power_generator *g = &c->generator[k];
        g->bus = search(order, c->n_buses, g->bus_number);
        if (g->bus == SIZE_MAX)
            return refuse(fault, "generator %zu is at bus %.0f, which does not exist", k + 1,
                          g->bus_number);
        if (!isfinite(g->pg + g->qg + g->vg + g->mbase + g->status) || !(g->vg > 0) ||
            isnan(g->qmax + g->pmax) || isnan(g->qmin + g->pmin))
            return refuse(fault, "the generator at bus %.0f has a figure that is not a number",
                          g->bus_number);
        if (c->bus[g->bus].kind == SW_POWER_ISOLATED)
            g->status = 0;
        slack_has_one |= g->bus == c->slack && g->status > 0;
    }
    if (!slack_has_one)
        return refuse(fault, "the reference bus %.0f has no generator", c->bus[c->slack].number);
    return true;
}

// The first generator at the machine's bus that no earlier machine took, or SIZE_MAX.
static size_t
generator_of(const sw_power_case *c, size_t machine)
{
    size_t skip = 0;
    for (size_t i = 0; i < machine; i++)
        skip += c->machine[i].bus_number == c->machine[machine].bus_number;
    for (size_t k = 0; k < c->n_generators; k++) {
        const sw_power_generator *g = &c->generator[k];
        if (g->bus_number == c->machine[machine].bus_number && g->status > 0 && skip-- == 0)
            return k;
    }
    return SIZE_MAX;
}

static bool
check_machines(sw_power_case *c, sw_power_fault_of_case *fault)
{
    for (size_t k = 0; k < c->n_machines; k++) {
        sw_power_machine *m = &c->machine[k];
        m->generator = generator_of(c, k);
        if (m->generator == SIZE_MAX)
            return refuse(fault, "machine %zu is at bus %.0f, which has no generator for it", k + 1,
                          m->bus_number);
        m->bus = c->generator[m->generator].bus;
        if (!(m->h > 0) || !(m->mbase > 0) || !(m->xdp > 0))
            return refuse(fault,
                          "the machine at bus %.0f has H = %g s, mBase = %g MVA, x'd = %g "
                          "pu; all must be positive",
                          m->bus_number, m->h, m->mbase, m->xdp);
        if (isnan(m->d))
            m->d = 0;
        if (isnan(m->ra))
            m->ra = 0;
        if (!isfinite(m->h + m->mbase + m->xdp + m->d + m->ra) ||
            isinf(m->xd + m->xq + m->xqp + m->td0p + m->tq0p))
            return refuse(fault, "the machine at bus %.0f has an infinite figure", m->bus_number);
    }
    return true;
}

static bool
has_machine(const sw_power_case *c, double bus_number)
{
    for (size_t k = 0; k < c->n_machines; k++)
        if (c->machine[k].bus_number == bus_number)
            return true;
    return false;
}

// A control without a machine to control is a slip of the pen.
static bool
check_controls(const sw_power_case *c, sw_power_fault_of_case *fault)
{
    const char *what = NULL;
    double bus = 0;
    for (size_t k = 0; k < c->n_exciters && !what; k++)
        if (!has_machine(c, bus = c->exciter[k].bus_number))
            what = "exciter";
    for (size_t k = 0; k < c->n_governors && !what; k++)
        if (!has_machine(c, bus = c->governor[k].bus_number))
            what = "governor";
    for (size_t k = 0; k < c->n_stabilisers && !what; k++)
        if (!has_machine(c, bus = c->stabiliser[k].bus_number))
            what = "stabiliser";
    return !what || refuse(fault, "there is a%s %s at bus %.0f, which has no machine",
                           *what == 'e' ? "n" : "", what, bus);
}

bool
sw_power_case_check(sw_power_case *c, sw_power_fault_of_case *fault)
{
    if (!(c->base_mva > 0) || !(c->freq_hz > 0) || !isfinite(c->base_mva + c->freq_hz))
        return refuse(fault, "baseMVA is %g and freq_hz %g; both must be positive", c->base_mva,
                      c->freq_hz);
    if (c->n_buses == 0 || c->n_branches == 0 || c->n_generators == 0)
        return refuse(fault, "a case needs buses, branches and generators");
    numbered *order = number_order(c);
    bool ok = check_buses(c, order, fault) && check_branches(c, order, fault) &&
              check_generators(c, order, fault) && check_machines(c, fault) &&
              check_controls(c, fault);
    free(order);
    if (!ok)
        return false;
    size_t lost = unreached_bus(c, 0, NULL);
    if (lost != SIZE_MAX)
        return refuse(fault,
                      "the network is islanded: bus %.0f is not connected to the reference "
                      "bus %.0f",
                      c->bus[lost].number, c->bus[c->slack].number);
    return true;
}

static void
hash_on(sw_power_case *c, uint64_t h, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 0x100000001b3u;
    snprintf(c->hash, sizeof c->hash, "%016llx", (unsigned long long)h);
}

void
sw_power_case_set_hash(sw_power_case *c, const void *bytes, size_t n)
{
    hash_on(c, 0xcbf29ce484222325u, bytes, n);
}

void
sw_power_case_add_hash(sw_power_case *c, const void *bytes, size_t n)
{
    hash_on(c, strtoull(c->hash, NULL, 16), bytes, n);
}

void
sw_power_case_free(sw_power_case **c)
{
    if (!*c)
        return;
    free((*c)->bus);
    free((*c)->generator);
    free((*c)->branch);
    free((*c)->machine);
    free((*c)->exciter);
    free((*c)->governor);
    free((*c)->stabiliser);
    free(*c);
    *c = NULL;
}
