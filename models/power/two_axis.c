// SPDX-License-Identifier: Apache-2.0
// From machines' units and steady states to the numbers and the layout of states that the
// integrator wants, and the choice of the instruction set.
#include "models/power/two_axis.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/memory.h"
#include "models/power/two_axis_kernels.h"

// ---- layout ----

static size_t
take(bool wanted, size_t *n)
{
    return wanted ? (*n)++ : SIZE_MAX;
}

static sw_power_shape
shape_of(const sw_power_unit *u, size_t *n_states)
{
    const sw_power_avr *avr = &u->avr;
    bool exciter = avr->kind != SW_POWER_NO_EXCITER, rotating = avr->kind == SW_POWER_ROTATING;
    sw_power_shape s = {.exciter = avr->kind,
                        .saturation = avr->saturation,
                        .tr = exciter && avr->tr > 0,
                        .tb = exciter && avr->tb > 0,
                        .ta = exciter && avr->ta > 0,
                        .kf = rotating && avr->kf != 0,
                        .governor = u->gov.present,
                        .t3 = u->gov.present && u->gov.t3 > 0,
                        .pss = u->pss.present,
                        .lag_1 = u->pss.present && u->pss.t[1] > 0,
                        .lag_2 = u->pss.present && u->pss.t[3] > 0};
    s.first = *n_states;
    *n_states += 4;
    s.vm = take(s.tr, n_states);
    s.lead = take(s.tb, n_states);
    s.vr = take(s.ta, n_states);
    s.efd = take(rotating, n_states);
    s.vf = take(s.kf, n_states);
    s.valve = take(s.governor, n_states);
    s.turbine = take(s.t3, n_states);
    s.washout = take(s.pss, n_states);
    s.stage_1 = take(s.lag_1, n_states);
    s.stage_2 = take(s.lag_2, n_states);
    return s;
}

bool
sw_power_two_axis_same_shape(const sw_power_two_axis *a, const sw_power_two_axis *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        const sw_power_shape *s = &a->shape[i], *t = &b->shape[i];
        if (s->exciter != t->exciter || s->saturation != t->saturation || s->vm != t->vm ||
            s->lead != t->lead || s->vr != t->vr || s->vf != t->vf || s->valve != t->valve ||
            s->turbine != t->turbine || s->washout != t->washout || s->stage_1 != t->stage_1 ||
            s->stage_2 != t->stage_2)
            return false;
    }
    return true;
}

// ---- figures ----

// 1 / t, or 0 where t says that nothing moves or that the block is algebraic.
static double
rate(double t)
{
    return t > 0 ? 1 / t : 0;
}

static void
machine_figures(const sw_power_unit *u, const sw_power_start *s, double w0, double *f)
{
    f[SW_POWER_ACCEL] = w0 / (2 * u->h);
    f[SW_POWER_DAMPING] = u->d / (2 * u->h);
    f[SW_POWER_RTD] = rate(u->td0p);
    f[SW_POWER_RTQ] = rate(u->tq0p);
    f[SW_POWER_XD_STEP] = u->xd - u->xdp;
    f[SW_POWER_XQ_STEP] = u->xq - u->xqp;
    f[SW_POWER_SALIENCY] = u->xqp - u->xdp;
    f[SW_POWER_RA] = u->ra;
    f[SW_POWER_XQP] = u->xqp;
    f[SW_POWER_EFD0] = s->efd;
    f[SW_POWER_TM0] = s->tm;
}

static void
exciter_figures(const sw_power_avr *avr, const sw_power_start *s, double *f)
{
    f[SW_POWER_RTR] = rate(avr->tr);
    f[SW_POWER_RTB] = rate(avr->tb);
    f[SW_POWER_TC_TB] = avr->tb > 0 ? avr->tc / avr->tb : 1;
    f[SW_POWER_KA] = avr->ka;
    f[SW_POWER_RTA] = rate(avr->ta);
    f[SW_POWER_VRMAX] = avr->vrmax;
    f[SW_POWER_VRMIN] = avr->vrmin;
    f[SW_POWER_VREF] = s->vref;
    f[SW_POWER_KE] = s->ke;
    f[SW_POWER_RTE] = rate(avr->te);
    f[SW_POWER_SAT_A] = avr->a;
    f[SW_POWER_SAT_B] = avr->b;
    f[SW_POWER_KF_TF] = avr->tf > 0 ? avr->kf / avr->tf : 0;
    f[SW_POWER_RTF] = rate(avr->tf);
}

static void
governor_figures(const sw_power_gov *gov, const sw_power_start *s, double w0, double *f)
{
    f[SW_POWER_GAIN] = gov->gain / w0;
    f[SW_POWER_RT1] = rate(gov->t1);
    f[SW_POWER_VALVE_MAX] = s->vmax;
    f[SW_POWER_VALVE_MIN] = s->vmin;
    f[SW_POWER_T2_T3] = gov->t3 > 0 ? gov->t2 / gov->t3 : 1;
    f[SW_POWER_RT3] = rate(gov->t3);
    f[SW_POWER_DT] = gov->dt / w0;
}

static void
stabiliser_figures(const sw_power_pss *pss, double w0, double *f)
{
    f[SW_POWER_KS] = pss->ks / w0;
    f[SW_POWER_RTW] = rate(pss->tw);
    f[SW_POWER_LEAD_1] = pss->t[1] > 0 ? pss->t[0] / pss->t[1] : 1;
    f[SW_POWER_RLAG_1] = rate(pss->t[1]);
    f[SW_POWER_LEAD_2] = pss->t[3] > 0 ? pss->t[2] / pss->t[3] : 1;
    f[SW_POWER_RLAG_2] = rate(pss->t[3]);
    f[SW_POWER_VSMAX] = pss->vsmax;
    f[SW_POWER_VSMIN] = pss->vsmin;
}

// The method is stable to 2.78 over the fastest rate; machines' own lags are faster by up to x / x'
// when they are shorted.
static double
longest_step(const sw_power_unit *u, const double *f)
{
    const double rates[] = {f[SW_POWER_RTD] * u->xd / u->xdp,
                            f[SW_POWER_RTQ] * u->xq / u->xqp,
                            f[SW_POWER_RTR],
                            f[SW_POWER_RTB],
                            f[SW_POWER_RTA],
                            f[SW_POWER_RTE],
                            f[SW_POWER_RTF],
                            f[SW_POWER_RT1],
                            f[SW_POWER_RT3],
                            f[SW_POWER_RTW],
                            f[SW_POWER_RLAG_1],
                            f[SW_POWER_RLAG_2]};
    double most = 0;
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++)
        most = fmax(most, rates[k]);
    return most > 0 ? 2.5 / most : INFINITY;
}

// ---- states at the start ----

static void
put(double *x, size_t at, double value)
{
    if (at != SIZE_MAX)
        x[at] = value;
}

static void
start_states(const sw_power_shape *s, const double *f, const sw_power_start *from, double *x)
{
    double error = from->vref - from->vm;
    x[s->first] = from->delta;
    x[s->first + 1] = 0;
    x[s->first + 2] = from->eq;
    x[s->first + 3] = from->ed;
    put(x, s->vm, from->vm);
    put(x, s->lead, (1 - f[SW_POWER_TC_TB]) * error);
    put(x, s->vr, from->vr);
    put(x, s->efd, from->efd);
    put(x, s->vf, from->efd);
    put(x, s->valve, from->tm);
    put(x, s->turbine, (1 - f[SW_POWER_T2_T3]) * from->tm);
}

sw_power_two_axis *
sw_power_two_axis_new(size_t n, size_t n_topologies, double w0, const sw_power_unit *unit,
                      const sw_power_start *start)
{
    sw_power_two_axis *d = sw_power_alloc(1, sizeof *d);
    *d = (sw_power_two_axis){.n = n, .n_topologies = n_topologies, .w0 = w0};
    d->longest_step = INFINITY;
    d->shape = sw_power_alloc(n, sizeof *d->shape);
    for (size_t i = 0; i < n; i++)
        d->shape[i] = shape_of(&unit[i], &d->n_states);
    d->figure = sw_power_doubles(n * SW_POWER_N_FIGURES);
    d->start = sw_power_doubles(d->n_states);
    d->vt = sw_power_doubles(n);
    d->g = sw_power_doubles(n * n * n_topologies);
    d->b = sw_power_doubles(n * n * n_topologies);
    for (size_t i = 0; i < n; i++) {
        double *f = d->figure + i * SW_POWER_N_FIGURES;
        machine_figures(&unit[i], &start[i], w0, f);
        exciter_figures(&unit[i].avr, &start[i], f);
        governor_figures(&unit[i].gov, &start[i], w0, f);
        stabiliser_figures(&unit[i].pss, w0, f);
        start_states(&d->shape[i], f, &start[i], d->start);
        d->vt[i] = start[i].vm;
        d->longest_step = fmin(d->longest_step, longest_step(&unit[i], f));
    }
    return d;
}

void
sw_power_two_axis_free(sw_power_two_axis **d)
{
    if (!*d)
        return;
    free((*d)->shape);
    free((*d)->figure);
    free((*d)->start);
    free((*d)->vt);
    free((*d)->g);
    free((*d)->b);
    free(*d);
    *d = NULL;
}

double complex
sw_power_two_axis_source(const sw_power_unit *u)
{
    return 1 / CMPLX(u->ra, u->xqp);
}

void
sw_power_two_axis_network(sw_power_two_axis *d, size_t k, const double complex *y)
{
    size_t nn = d->n * d->n;
    for (size_t i = 0; i < nn; i++) {
        d->g[k * nn + i] = creal(y[i]);
        d->b[k * nn + i] = cimag(y[i]);
    }
}

// ---- running ----

static const struct {
    void (*run)(sw_power_sim *sims, size_t n);
} kernels[] = {
    [SW_POWER_BASE] = {sw_power_two_axis_run_base},
#ifdef __x86_64__
    [SW_POWER_AVX2] = {sw_power_two_axis_run_avx2},
    [SW_POWER_AVX512] = {sw_power_two_axis_run_avx512},
#endif
};

void
sw_power_two_axis_run_as(sw_power_isa isa, sw_power_sim *sims, size_t n)
{
    assert(isa < sizeof kernels / sizeof *kernels && kernels[isa].run);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n; to++)
            if (!sw_power_two_axis_same_shape(sims[from].swing->detail, sims[to].swing->detail))
                break;
        kernels[isa].run(sims + from, to - from);
    }
}
