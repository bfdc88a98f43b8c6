// SPDX-License-Identifier: Apache-2.0
// Deciding what a case's machine data means, and the steady state from which machines start
// (Sauer and Pai, ch. 7; Kundur, ch. 13).
#include "models/power/machine.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool __attribute__((format(printf, 3, 4)))
refuse(char *reason, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(reason, size, format, args);
    va_end(args);
    return false;
}

// ---- exciters ----

// Models by the beginning of their name.
static const struct known {
    const char *prefix;
    sw_power_exciter_kind kind;
    bool lag_is_te; // the regulator's lag stands in the column TE
} known[] = {
    {"SEXS", SW_POWER_STATIC, true},      {"ESST1A", SW_POWER_STATIC, false},
    {"EXST1", SW_POWER_STATIC, false},    {"ST_", SW_POWER_STATIC, false},
    {"IEEET1", SW_POWER_ROTATING, false}, {"IEEEX1", SW_POWER_ROTATING, false},
    {"EXDC", SW_POWER_ROTATING, false},   {"DC_", SW_POWER_ROTATING, false},
};

static const struct known *
known_exciter(const char *model)
{
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strncmp(model, known[k].prefix, strlen(known[k].prefix)) == 0)
            return &known[k];
    return NULL;
}

static const sw_power_exciter typical_sexs = {.model = "SEXS",
                                              .saturation = "none",
                                              .ka = 200,
                                              .tc = 1,
                                              .tb = 10,
                                              .te = 0.05,
                                              .vrmax = 5,
                                              .vrmin = -5};

// The row of the bus that the choice means, or NULL.
static const sw_power_exciter *
exciter_row(const sw_power_case *c, double bus, sw_power_exciter_choice choice)
{
    if (choice == SW_POWER_EXCITER_SEXS)
        return &typical_sexs;
    for (size_t k = 0; k < c->n_exciters && choice != SW_POWER_EXCITER_NONE; k++) {
        const sw_power_exciter *e = &c->exciter[k];
        const struct known *m = known_exciter(e->model);
        sw_power_exciter_kind wanted =
            choice == SW_POWER_EXCITER_STATIC ? SW_POWER_STATIC : SW_POWER_ROTATING;
        if (e->bus_number == bus && (choice == SW_POWER_EXCITER_LISTED || (m && m->kind == wanted)))
            return e;
    }
    return NULL;
}

static double
otherwise(double x, double fallback)
{
    return isnan(x) ? fallback : x;
}

// The quadratic through two points of SE (PSS/E's form): SE Efd = b (Efd - a)^2.
static bool
fit_quadratic(const sw_power_exciter *e, sw_power_avr *avr)
{
    double p1 = e->e1 * e->se1, p2 = e->e2 * e->se2;
    double share = sqrt(p1 / p2);
    if (!(p1 >= 0) || !(p2 > p1) || !(e->e2 > e->e1))
        return false;
    avr->a = (e->e1 - share * e->e2) / (1 - share);
    avr->b = p2 / ((e->e2 - avr->a) * (e->e2 - avr->a));
    avr->saturation = SW_POWER_QUADRATIC;
    return true;
}

static bool
read_saturation(const sw_power_exciter *e, sw_power_avr *avr, char *reason, size_t size)
{
    if (strcmp(e->saturation, "none") == 0)
        return true;
    if (strcmp(e->saturation, "exp") == 0 && e->aex >= 0 && e->bex >= 0) {
        avr->saturation = SW_POWER_EXPONENTIAL;
        avr->a = e->aex;
        avr->b = e->bex;
        return true;
    }
    if (strcmp(e->saturation, "quad2pt") == 0 && fit_quadratic(e, avr))
        return true;
    return refuse(reason, size, "the saturation of the exciter at bus %.0f makes no sense",
                  e->bus_number);
}

static bool
check_lags(double bus, const char *what, size_t n, const double *t, char *reason, size_t size)
{
    for (size_t k = 0; k < n; k++)
        if (!(t[k] >= 0) || !isfinite(t[k]))
            return refuse(reason, size, "the %s at bus %.0f has a time constant of %g s", what, bus,
                          t[k]);
    return true;
}

static bool
read_exciter(const sw_power_case *c, const sw_power_controls *controls, double bus,
             sw_power_avr *avr, char *reason, size_t size)
{
    const sw_power_exciter *e = exciter_row(c, bus, controls->exciter);
    if (!e)
        return true;
    const struct known *m = known_exciter(e->model);
    if (!m)
        return refuse(reason, size, "bus %.0f has an exciter of the unknown model %s", bus,
                      e->model);
    *avr = (sw_power_avr){.kind = m->kind,
                          .tr = otherwise(e->tr, 0),
                          .tc = otherwise(e->tc, 0),
                          .tb = otherwise(e->tb, 0),
                          .ka = e->ka * controls->avr_gain,
                          .ta = otherwise(m->lag_is_te ? e->te : e->ta, 0),
                          .vrmax = otherwise(e->vrmax, INFINITY),
                          .vrmin = otherwise(e->vrmin, -INFINITY)};
    double lags[] = {avr->tr, avr->tc, avr->tb, avr->ta};
    if (!(avr->ka > 0) || !isfinite(avr->ka) || !(avr->vrmax > avr->vrmin))
        return refuse(reason, size, "the exciter at bus %.0f has KA = %g within %g to %g", bus,
                      avr->ka, avr->vrmin, avr->vrmax);
    if (avr->tb == 0)
        avr->tc = 0; // as the programs that these data come from: no lag means no lead
    if (m->kind == SW_POWER_STATIC)
        return check_lags(bus, "exciter", 4, lags, reason, size);
    avr->ke = e->ke;
    avr->te = e->te;
    avr->kf = otherwise(e->kf, 0);
    avr->tf = otherwise(e->tf, 0);
    if (!(avr->te > 0) || (avr->kf != 0 && !(avr->tf > 0)))
        return refuse(reason, size, "the exciter at bus %.0f has TE = %g s, KF = %g, TF = %g s",
                      bus, avr->te, avr->kf, avr->tf);
    return check_lags(bus, "exciter", 4, lags, reason, size) &&
           read_saturation(e, avr, reason, size);
}

double
sw_power_saturation_at(const sw_power_avr *avr, double efd)
{
    double e = fabs(efd);
    if (avr->saturation == SW_POWER_EXPONENTIAL)
        return avr->a * exp(avr->b * e);
    if (avr->saturation == SW_POWER_QUADRATIC && e > avr->a && e > 0)
        return avr->b * (e - avr->a) * (e - avr->a) / e;
    return 0;
}

// ---- governors and stabilisers ----

static bool
read_governor(const sw_power_case *c, double gain, sw_power_unit *unit, char *reason, size_t size)
{
    const sw_power_generator *made = &c->generator[unit->generator];
    for (size_t k = 0; k < c->n_governors; k++) {
        const sw_power_governor *g = &c->governor[k];
        if (g->bus_number != made->bus_number)
            continue;
        bool rated = isnan(g->vmax) && isfinite(made->pmax);
        double base = (rated ? made->pmax : made->mbase) / c->base_mva;
        if (strncmp(g->model, "TGOV1", 5) != 0)
            return refuse(reason, size, "bus %.0f has a governor of the unknown model %s",
                          g->bus_number, g->model);
        if (!(base > 0) || !isfinite(base) || !(g->r > 0) || !(g->t1 > 0) || !(g->t2 >= 0) ||
            !(g->t3 >= 0) || (g->t3 == 0 && g->t2 != 0))
            return refuse(reason, size,
                          "the governor at bus %.0f has R = %g on %g MVA, T1 = %g s, T2 = %g s, "
                          "T3 = %g s",
                          g->bus_number, g->r, base * c->base_mva, g->t1, g->t2, g->t3);
        unit->gov = (sw_power_gov){.present = true,
                                   .vmax_moves = isnan(g->vmax),
                                   .gain = gain * base / g->r,
                                   .t1 = g->t1,
                                   .t2 = g->t2,
                                   .t3 = g->t3,
                                   .vmax = otherwise(g->vmax, 1) * base,
                                   .vmin = otherwise(g->vmin, -INFINITY) * base,
                                   .dt = otherwise(g->dt, 0) * base};
        return true;
    }
    return true;
}

static bool
read_stabiliser(const sw_power_case *c, double bus, double gain, sw_power_pss *to, char *reason,
                size_t size)
{
    for (size_t k = 0; k < c->n_stabilisers; k++) {
        const sw_power_stabiliser *p = &c->stabiliser[k];
        if (p->bus_number != bus)
            continue;
        *to = (sw_power_pss){.present = true,
                             .ks = gain * p->ks,
                             .tw = p->tw,
                             .t = {p->t1, p->t2, p->t3, p->t4},
                             .vsmax = otherwise(p->vsmax, INFINITY),
                             .vsmin = otherwise(p->vsmin, -INFINITY)};
        if (!(p->tw > 0) || (p->t2 == 0 && p->t1 != 0) || (p->t4 == 0 && p->t3 != 0) ||
            !(to->vsmax >= 0) || !(to->vsmin <= 0))
            return refuse(reason, size,
                          "the stabiliser at bus %.0f has no washout, a lead without a lag, or "
                          "limits that 0 is not within",
                          bus);
        return check_lags(bus, "stabiliser", 4, to->t, reason, size);
    }
    return true;
}

// ---- machines ----

static bool
read_machine(const sw_power_case *c, const sw_power_machine *m, sw_power_unit *u, char *reason,
             size_t size)
{
    double base = m->mbase / c->base_mva;
    bool field = m->xd > 0 && m->td0p > 0, damper = field && m->xqp > 0 && m->tq0p > 0;
    *u = (sw_power_unit){.bus = m->bus,
                         .generator = m->generator,
                         .h = m->h * base,
                         .d = m->d * base,
                         .ra = field ? m->ra / base : 0,
                         .xd = (field ? m->xd : m->xdp) / base,
                         .xdp = m->xdp / base,
                         .td0p = field ? m->td0p : INFINITY,
                         .tq0p = damper ? m->tq0p : INFINITY};
    u->xq = field ? otherwise(m->xq, m->xd) / base : u->xdp;
    u->xqp = damper ? m->xqp / base : u->xq;
    if (!(u->xq > 0) || !(u->ra >= 0) || u->xd < u->xdp || u->xq < u->xqp)
        return refuse(reason, size,
                      "the machine at bus %.0f has xd = %g, x'd = %g, xq = %g, x'q = %g, ra = %g",
                      m->bus_number, m->xd, m->xdp, m->xq, m->xqp, m->ra);
    return true;
}

bool
sw_power_units(const sw_power_case *c, const sw_power_controls *controls, sw_power_unit *unit,
               char *reason, size_t size)
{
    for (size_t k = 0; k < c->n_machines; k++) {
        sw_power_unit *u = &unit[k];
        double bus = c->machine[k].bus_number;
        if (!read_machine(c, &c->machine[k], u, reason, size))
            return false;
        bool field = isfinite(u->td0p);
        if (field && !read_exciter(c, controls, bus, &u->avr, reason, size))
            return false;
        if (controls->governor && !read_governor(c, controls->governor_gain, u, reason, size))
            return false;
        if (controls->pss && u->avr.kind != SW_POWER_NO_EXCITER &&
            !read_stabiliser(c, bus, controls->pss_gain, &u->pss, reason, size))
            return false;
    }
    return true;
}

void
sw_power_unit_scale(sw_power_unit *u, double inertia, double damping, double xdp)
{
    u->h *= inertia;
    u->d += damping;
    if (isinf(u->td0p))
        u->xd = u->xq = u->xqp = u->xdp * xdp;
    u->xdp *= xdp;
}

void
sw_power_unit_resize(sw_power_unit *u, double share)
{
    double *const impedances[] = {&u->ra, &u->xd, &u->xq, &u->xdp, &u->xqp};
    double *const powers[] = {&u->h, &u->d, &u->gov.gain, &u->gov.vmax, &u->gov.vmin, &u->gov.dt};
    for (size_t k = 0; k < sizeof impedances / sizeof *impedances; k++)
        *impedances[k] /= share;
    for (size_t k = 0; k < sizeof powers / sizeof *powers; k++)
        *powers[k] *= share;
}

// ---- the steady state ----

static bool
start_exciter(const sw_power_unit *u, sw_power_start *s, char *reason, size_t size)
{
    const sw_power_avr *avr = &u->avr;
    s->vr = s->efd;
    if (avr->kind == SW_POWER_NO_EXCITER)
        return true;
    if (avr->kind == SW_POWER_ROTATING) {
        double se = sw_power_saturation_at(avr, s->efd);
        s->ke = isnan(avr->ke) ? -se : avr->ke;
        s->vr = (s->ke + se) * s->efd;
    }
    s->vref = s->vm + s->vr / avr->ka;
    return (s->vr <= avr->vrmax && s->vr >= avr->vrmin) ||
           refuse(reason, size,
                  "the regulator of a machine would start at %.4g pu, beyond its limits %g and %g",
                  s->vr, avr->vrmin, avr->vrmax);
}

static bool
start_governor(const sw_power_unit *u, sw_power_start *s, char *reason, size_t size)
{
    const sw_power_gov *gov = &u->gov;
    if (!gov->present)
        return true;
    s->vmin = gov->vmin;
    s->vmax = gov->vmax_moves ? fmax(gov->vmax, s->tm) : gov->vmax;
    return (s->tm <= s->vmax && s->tm >= s->vmin) ||
           refuse(reason, size,
                  "the valve of a machine would start at %.4g pu, beyond its limits %g and %g",
                  s->tm, s->vmin, s->vmax);
}

bool
sw_power_unit_start(const sw_power_unit *u, double complex v, double p, double q, sw_power_start *s,
                    char *reason, size_t size)
{
    double complex current = conj(CMPLX(p, q) / v);
    double complex behind = v + CMPLX(u->ra, u->xq) * current;
    *s = (sw_power_start){.vm = cabs(v), .delta = carg(behind)};
    // On the machine's axes: the real part is along q, the imaginary part against d.
    double complex turn = cexp(CMPLX(0, -s->delta));
    double complex i = current * turn, e = v * turn + u->ra * i;
    double iq = creal(i), id = -cimag(i);
    if (u->xdp > u->xd)
        return refuse(reason, size, "a machine's x'd = %g pu is beyond its xd = %g pu", u->xdp,
                      u->xd);
    s->eq = creal(e) + u->xdp * id;
    s->ed = -cimag(e) - u->xqp * iq;
    s->efd = s->eq + (u->xd - u->xdp) * id;
    s->tm = p + u->ra * (id * id + iq * iq);
    return start_exciter(u, s, reason, size) && start_governor(u, s, reason, size);
}
