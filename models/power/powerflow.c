// SPDX-License-Identifier: Apache-2.0
// Newton's power flow. The unknowns of a bus are its angle (unless it is the reference) and its
// magnitude (unless its voltage is held); they and their equations lie side by side, which keeps
// the Jacobian's pattern close to that of the admittance matrix.
#include "models/power/powerflow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <suitesparse/klu.h>

#include "models/power/memory.h"

enum { MAX_ITERATIONS = 30, MAX_LIMIT_ROUNDS = 20 };

static const double TOLERANCE = 1e-10, STALLED = 1e-8;

// The linear system for one choice of which buses hold their voltage.
typedef struct newton {
    int n;             // unknowns
    int *angle, *size; // per bus: the unknown's index, or -1
    int *jp, *ji;
    double *jx, *step;
    klu_common common;
    klu_symbolic *symbolic;
    klu_numeric *numeric;
} newton;

struct sw_power_flow {
    const sw_power_network *net;
    double complex *y;
    newton base;
    double *vm0, *va0;                 // the base case's solution, or a flat profile
    double *vr, *vi, *p, *q, *ps, *qs; // per bus: voltage, injection, wanted injection
    sw_power_bus_kind *kind;           // as solved: limits may turn PV into PQ
    double *vset;                      // held magnitudes
};

static void
number_unknowns(newton *j, const sw_power_network *net, const sw_power_bus_kind *kind)
{
    j->n = 0;
    for (int i = 0; i < net->n; i++) {
        j->angle[i] = kind[i] == SW_POWER_PQ || kind[i] == SW_POWER_PV ? j->n++ : -1;
        j->size[i] = kind[i] == SW_POWER_PQ ? j->n++ : -1;
    }
}

// Adds the rows of one column: the equations of all neighbours of bus j. Returns the next slot.
static int
column_pattern(newton *j, const sw_power_network *net, int bus, int at)
{
    for (int s = net->ap[bus]; s < net->ap[bus + 1]; s++) {
        int i = net->ai[s];
        if (j->angle[i] >= 0)
            j->ji[at++] = j->angle[i];
        if (j->size[i] >= 0)
            j->ji[at++] = j->size[i];
    }
    return at;
}

static void
newton_init(newton *j, const sw_power_network *net, const sw_power_bus_kind *kind)
{
    size_t entries = 4 * (size_t)sw_power_network_entries(net), n = (size_t)net->n;
    *j = (newton){0};
    j->angle = sw_power_alloc(n, sizeof *j->angle);
    j->size = sw_power_alloc(n, sizeof *j->size);
    j->jp = sw_power_alloc(2 * n + 1, sizeof *j->jp);
    j->ji = sw_power_alloc(entries, sizeof *j->ji);
    j->jx = sw_power_doubles(entries);
    j->step = sw_power_doubles(2 * n);
    number_unknowns(j, net, kind);
    int at = 0, col = 0;
    for (int bus = 0; bus < net->n; bus++) {
        for (int k = 0; k < (j->angle[bus] >= 0) + (j->size[bus] >= 0); k++) {
            at = column_pattern(j, net, bus, at);
            j->jp[++col] = at;
        }
    }
    klu_defaults(&j->common);
    if (j->n > 0)
        j->symbolic = klu_analyze(j->n, j->jp, j->ji, &j->common);
}

static void
newton_fini(newton *j)
{
    klu_free_numeric(&j->numeric, &j->common);
    klu_free_symbolic(&j->symbolic, &j->common);
    free(j->angle);
    free(j->size);
    free(j->jp);
    free(j->ji);
    free(j->jx);
    free(j->step);
}

// Injections p, q of all buses from the voltages, and vr, vi.
static void
injections(sw_power_flow *f, const double *vm, const double *va)
{
    const sw_power_network *net = f->net;
    for (int i = 0; i < net->n; i++) {
        f->vr[i] = vm[i] * cos(va[i]);
        f->vi[i] = vm[i] * sin(va[i]);
        f->p[i] = f->q[i] = 0;
    }
    // First the currents, in p and q, then S = V conj(I).
    for (int col = 0; col < net->n; col++)
        for (int s = net->ap[col]; s < net->ap[col + 1]; s++) {
            double g = creal(f->y[s]), b = cimag(f->y[s]);
            f->p[net->ai[s]] += g * f->vr[col] - b * f->vi[col];
            f->q[net->ai[s]] += g * f->vi[col] + b * f->vr[col];
        }
    for (int i = 0; i < net->n; i++) {
        double ir = f->p[i], ii = f->q[i];
        f->p[i] = f->vr[i] * ir + f->vi[i] * ii;
        f->q[i] = f->vi[i] * ir - f->vr[i] * ii;
    }
}

// The right-hand side into j->step. Returns the largest mismatch and its bus.
static double
mismatches(const sw_power_flow *f, newton *j, int *worst)
{
    double largest = 0;
    *worst = 0;
    for (int i = 0; i < f->net->n; i++) {
        double dp = j->angle[i] >= 0 ? f->ps[i] - f->p[i] : 0;
        double dq = j->size[i] >= 0 ? f->qs[i] - f->q[i] : 0;
        if (j->angle[i] >= 0)
            j->step[j->angle[i]] = dp;
        if (j->size[i] >= 0)
            j->step[j->size[i]] = dq;
        double m = fmax(fabs(dp), fabs(dq));
        if (!(m <= largest)) {
            largest = m;
            *worst = i;
        }
    }
    return largest;
}

// One column of the Jacobian: derivatives by the angle (by_size false) or by the magnitude of bus
// `col`, the latter times the magnitude, so that both share their products.
static int
column_values(const sw_power_flow *f, newton *j, int col, bool by_size, int at)
{
    const sw_power_network *net = f->net;
    for (int s = net->ap[col]; s < net->ap[col + 1]; s++) {
        int i = net->ai[s];
        double g = creal(f->y[s]), b = cimag(f->y[s]);
        double cosine = f->vr[i] * f->vr[col] + f->vi[i] * f->vi[col];
        double sine = f->vi[i] * f->vr[col] - f->vr[i] * f->vi[col];
        double along = g * cosine + b * sine, across = g * sine - b * cosine;
        double dp = by_size ? along : across, dq = by_size ? across : -along;
        if (i == col) {
            dp += by_size ? f->p[i] : -f->q[i];
            dq += by_size ? f->q[i] : f->p[i];
        }
        if (j->angle[i] >= 0)
            j->jx[at++] = dp;
        if (j->size[i] >= 0)
            j->jx[at++] = dq;
    }
    return at;
}

static void
jacobian(const sw_power_flow *f, newton *j)
{
    int at = 0;
    for (int col = 0; col < f->net->n; col++) {
        if (j->angle[col] >= 0)
            at = column_values(f, j, col, false, at);
        if (j->size[col] >= 0)
            at = column_values(f, j, col, true, at);
    }
}

// Solves for the step, with the fixed pivot order unless fresh is asked for.
static bool
solve_step(newton *j, bool fresh)
{
    bool ok = false;
    if (!fresh && j->numeric)
        ok = klu_refactor(j->jp, j->ji, j->jx, j->symbolic, j->numeric, &j->common);
    if (ok && j->common.status == KLU_OK)
        return klu_solve(j->symbolic, j->numeric, j->n, 1, j->step, &j->common);
    klu_numeric *own = klu_factor(j->jp, j->ji, j->jx, j->symbolic, &j->common);
    ok = own && klu_solve(j->symbolic, own, j->n, 1, j->step, &j->common);
    klu_free_numeric(&own, &j->common);
    return ok;
}

static void
apply_step(const newton *j, int n, double *vm, double *va)
{
    for (int i = 0; i < n; i++) {
        if (j->angle[i] >= 0)
            va[i] += j->step[j->angle[i]];
        if (j->size[i] >= 0)
            vm[i] += vm[i] * j->step[j->size[i]];
    }
}

// Newton from the voltages in solution. True once converged.
static bool
iterate(sw_power_flow *f, newton *j, bool fresh, sw_power_solution *s, int *worst)
{
    double before = INFINITY;
    for (int k = 0; k <= MAX_ITERATIONS; k++) {
        injections(f, s->vm, s->va);
        s->mismatch = mismatches(f, j, worst);
        s->iterations = k;
        if (s->mismatch < TOLERANCE || (s->mismatch < STALLED && s->mismatch > before / 4))
            return true;
        if (!isfinite(s->mismatch) || k == MAX_ITERATIONS)
            return false;
        before = s->mismatch;
        jacobian(f, j);
        if (!solve_step(j, fresh))
            return false;
        apply_step(j, f->net->n, s->vm, s->va);
    }
    return false;
}

static void
start_at(const sw_power_flow *f, bool flat, sw_power_solution *s)
{
    for (int i = 0; i < f->net->n; i++) {
        s->vm[i] = flat ? 1 : f->vm0[i];
        s->va[i] = flat ? f->va0[f->net->c->slack] : f->va0[i];
        if (f->kind[i] != SW_POWER_PQ)
            s->vm[i] = f->vset[i];
    }
}

// Tries the fixed pivots first, then pivots of its own, each from the wanted start.
static bool
converge(sw_power_flow *f, newton *j, bool flat, sw_power_solution *s, int *worst)
{
    start_at(f, flat, s);
    if (iterate(f, j, false, s, worst))
        return true;
    start_at(f, flat, s);
    return iterate(f, j, true, s, worst);
}

static void
wanted_injections(sw_power_flow *f, const sw_power_demand *d)
{
    const sw_power_case *c = f->net->c;
    for (size_t i = 0; i < c->n_buses; i++) {
        f->ps[i] = -d->pd[i];
        f->qs[i] = -d->qd[i];
    }
    for (size_t k = 0; k < c->n_generators; k++) {
        const sw_power_generator *g = &c->generator[k];
        if (g->status <= 0)
            continue;
        f->ps[g->bus] += d->pg[k];
        if (f->kind[g->bus] == SW_POWER_PQ)
            f->qs[g->bus] += g->qg / c->base_mva;
    }
}

// The sum over the generators of a bus of their least or largest reactive power, pu.
static double
bus_limit(const sw_power_case *c, size_t bus, bool upper)
{
    double sum = 0;
    for (size_t k = 0; k < c->n_generators; k++)
        if (c->generator[k].bus == bus && c->generator[k].status > 0)
            sum += upper ? c->generator[k].qmax : c->generator[k].qmin;
    return sum / c->base_mva;
}

// Turns every generator bus beyond its reactive limits into a load bus at the limit, as MATPOWER
// does with pf.enforce_q_lims = 1. True if there was one.
static bool
hold_limits(sw_power_flow *f, const sw_power_demand *d)
{
    const sw_power_case *c = f->net->c;
    bool any = false;
    for (size_t i = 0; i < c->n_buses; i++) {
        if (f->kind[i] != SW_POWER_PV)
            continue;
        double made = f->q[i] + d->qd[i];
        double low = bus_limit(c, i, false), high = bus_limit(c, i, true);
        if (made <= high + TOLERANCE && made >= low - TOLERANCE)
            continue;
        f->kind[i] = SW_POWER_PQ;
        f->qs[i] = (made > high ? high : low) - d->qd[i];
        any = true;
    }
    return any;
}

// Shares a bus's reactive power among its generators in proportion to their ranges, or equally
// where the ranges say nothing, and gives the reference bus's first generator the rest of P.
static void
share_generation(const sw_power_flow *f, const sw_power_demand *d, sw_power_solution *s)
{
    const sw_power_case *c = f->net->c;
    bool first = true;
    double others = 0;
    for (size_t k = 0; k < c->n_generators; k++) {
        const sw_power_generator *g = &c->generator[k];
        s->pg[k] = g->status > 0 ? d->pg[k] : 0;
        s->qg[k] = 0;
        if (g->status <= 0)
            continue;
        double range = 0, low = 0, count = 0, made = f->q[g->bus] + d->qd[g->bus];
        for (size_t m = 0; m < c->n_generators; m++)
            if (c->generator[m].bus == g->bus && c->generator[m].status > 0) {
                range += (c->generator[m].qmax - c->generator[m].qmin) / c->base_mva;
                low += c->generator[m].qmin / c->base_mva;
                count++;
            }
        double own = (g->qmax - g->qmin) / c->base_mva;
        s->qg[k] = count == 1 ? made
                   : isfinite(range) && range > 0
                       ? g->qmin / c->base_mva + (made - low) * own / range
                       : made / count;
        others += g->bus == c->slack && !first ? s->pg[k] : 0;
        first &= g->bus != c->slack;
    }
    for (size_t k = 0; k < c->n_generators; k++)
        if (c->generator[k].bus == c->slack && c->generator[k].status > 0) {
            s->pg[k] = f->p[c->slack] + d->pd[c->slack] - others;
            return;
        }
}

static void
restore_kinds(sw_power_flow *f)
{
    const sw_power_case *c = f->net->c;
    for (size_t i = 0; i < c->n_buses; i++)
        f->kind[i] =
            c->bus[i].kind == SW_POWER_PV ? SW_POWER_PQ : (sw_power_bus_kind)c->bus[i].kind;
    for (size_t k = 0; k < c->n_generators; k++) {
        const sw_power_generator *g = &c->generator[k];
        if (g->status > 0 && c->bus[g->bus].kind == SW_POWER_PV)
            f->kind[g->bus] = SW_POWER_PV;
        if (g->status > 0)
            f->vset[g->bus] = g->vg;
    }
}

// Solves again and again with the buses at their limits freed, until none is beyond.
static bool
solve_with_limits(sw_power_flow *f, const sw_power_demand *d, sw_power_solution *s, int *worst)
{
    for (int round = 0; round < MAX_LIMIT_ROUNDS && hold_limits(f, d); round++) {
        newton own;
        newton_init(&own, f->net, f->kind);
        bool ok = own.symbolic && converge(f, &own, d->flat_start, s, worst);
        newton_fini(&own);
        if (!ok)
            return false;
    }
    return true;
}

bool
sw_power_flow_solve(sw_power_flow *f, const sw_power_demand *d, sw_power_solution *s, char *reason,
                    size_t size)
{
    int worst = 0;
    restore_kinds(f);
    wanted_injections(f, d);
    bool ok = f->base.n == 0 || converge(f, &f->base, d->flat_start, s, &worst);
    if (ok && d->reactive_limits)
        ok = solve_with_limits(f, d, s, &worst);
    if (ok)
        share_generation(f, d, s);
    else
        snprintf(reason, size,
                 "the power flow did not converge in %d iterations: the largest mismatch is %.3g "
                 "pu, at bus %.0f",
                 s->iterations, s->mismatch, f->net->c->bus[worst].number);
    return ok;
}

// Solves the base case once, which fixes the start of every later solution and the pivot order.
static void
solve_base(sw_power_flow *f)
{
    const sw_power_case *c = f->net->c;
    sw_power_demand d;
    sw_power_solution s;
    char reason[256];
    int worst;
    sw_power_demand_init(&d, c);
    sw_power_solution_init(&s, c);
    restore_kinds(f);
    wanted_injections(f, &d);
    start_at(f, false, &s);
    injections(f, s.vm, s.va);
    mismatches(f, &f->base, &worst);
    jacobian(f, &f->base);
    if (f->base.n > 0)
        f->base.numeric =
            klu_factor(f->base.jp, f->base.ji, f->base.jx, f->base.symbolic, &f->base.common);
    bool ok = sw_power_flow_solve(f, &d, &s, reason, sizeof reason);
    d.flat_start = true;
    if (ok || sw_power_flow_solve(f, &d, &s, reason, sizeof reason)) {
        memcpy(f->vm0, s.vm, c->n_buses * sizeof *s.vm);
        memcpy(f->va0, s.va, c->n_buses * sizeof *s.va);
    }
    sw_power_solution_fini(&s);
    sw_power_demand_fini(&d);
}

sw_power_flow *
sw_power_flow_new(const sw_power_network *net)
{
    sw_power_flow *f = sw_power_alloc(1, sizeof *f);
    size_t n = (size_t)net->n;
    f->net = net;
    f->y = sw_power_alloc((size_t)sw_power_network_entries(net), sizeof *f->y);
    sw_power_network_fill(net, f->y);
    double **arrays[] = {&f->vm0, &f->va0, &f->vr, &f->vi, &f->p, &f->q, &f->ps, &f->qs, &f->vset};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        *arrays[k] = sw_power_doubles(n);
    f->kind = sw_power_alloc(n, sizeof *f->kind);
    for (size_t i = 0; i < n; i++) {
        f->vm0[i] = f->vset[i] = net->c->bus[i].vm;
        f->va0[i] = net->c->bus[i].va * M_PI / 180;
    }
    restore_kinds(f);
    newton_init(&f->base, net, f->kind);
    solve_base(f);
    return f;
}

void
sw_power_flow_free(sw_power_flow **flow)
{
    sw_power_flow *f = *flow;
    if (!f)
        return;
    newton_fini(&f->base);
    double *arrays[] = {f->vm0, f->va0, f->vr, f->vi, f->p, f->q, f->ps, f->qs, f->vset};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        free(arrays[k]);
    free(f->kind);
    free(f->y);
    free(f);
    *flow = NULL;
}

void
sw_power_demand_init(sw_power_demand *d, const sw_power_case *c)
{
    *d = (sw_power_demand){.pd = sw_power_doubles(c->n_buses),
                           .qd = sw_power_doubles(c->n_buses),
                           .pg = sw_power_doubles(c->n_generators)};
    for (size_t i = 0; i < c->n_buses; i++) {
        d->pd[i] = c->bus[i].pd / c->base_mva;
        d->qd[i] = c->bus[i].qd / c->base_mva;
    }
    for (size_t k = 0; k < c->n_generators; k++)
        d->pg[k] = c->generator[k].pg / c->base_mva;
}

void
sw_power_demand_fini(sw_power_demand *d)
{
    free(d->pd);
    free(d->qd);
    free(d->pg);
    *d = (sw_power_demand){0};
}

void
sw_power_solution_init(sw_power_solution *s, const sw_power_case *c)
{
    *s = (sw_power_solution){.vm = sw_power_doubles(c->n_buses),
                             .va = sw_power_doubles(c->n_buses),
                             .pg = sw_power_doubles(c->n_generators),
                             .qg = sw_power_doubles(c->n_generators)};
}

void
sw_power_solution_fini(sw_power_solution *s)
{
    free(s->vm);
    free(s->va);
    free(s->pg);
    free(s->qg);
    *s = (sw_power_solution){0};
}
