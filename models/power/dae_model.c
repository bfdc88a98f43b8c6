// SPDX-License-Identifier: Apache-2.0
// One machine with its controls as plain equations, block by block as in Sauer and Pai (ch. 6) and
// Kundur (ch. 8, 9 and 12). Written apart from the fast path's, so that each can check the other.
#include "models/power/dae_model.h"

#include <math.h>

static double
within(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

// (1 + a s) / (1 + b s) with its state at x[at]; without b there is no block.
static double
lead_lag(double a, double b, double in, size_t at, const double *x, double *dx)
{
    if (b == 0)
        return in;
    dx[at] = ((1 - a / b) * in - x[at]) / b;
    return a / b * in + x[at];
}

static double
stabiliser(const sw_power_pss *p, const double *x, double *dx)
{
    double w = x[SW_POWER_X_W];
    if (!p->present)
        return 0;
    dx[SW_POWER_X_WASHOUT] = (w - x[SW_POWER_X_WASHOUT]) / p->tw;
    double out = p->ks * (w - x[SW_POWER_X_WASHOUT]);
    out = lead_lag(p->t[0], p->t[1], out, SW_POWER_X_STAGE_1, x, dx);
    out = lead_lag(p->t[2], p->t[3], out, SW_POWER_X_STAGE_2, x, dx);
    return within(out, p->vsmin, p->vsmax);
}

// The field voltage.
static double
exciter(const sw_power_unit *u, const sw_power_start *s, int stop, const double *x,
        sw_power_local *to)
{
    const sw_power_avr *a = &u->avr;
    double *dx = to->out, measured = to->vt, feedback = 0;
    if (a->kind == SW_POWER_NO_EXCITER)
        return s->efd;
    if (a->tr > 0) {
        measured = x[SW_POWER_X_VM];
        dx[SW_POWER_X_VM] = (to->vt - measured) / a->tr;
    }
    if (a->kind == SW_POWER_ROTATING && a->kf != 0) {
        dx[SW_POWER_X_VF] = (x[SW_POWER_X_EFD] - x[SW_POWER_X_VF]) / a->tf;
        feedback = a->kf * dx[SW_POWER_X_VF];
    }
    double error = s->vref - measured + stabiliser(&u->pss, x, dx) - feedback;
    double vr = a->ka * lead_lag(a->tc, a->tb, error, SW_POWER_X_LEAD, x, dx);
    if (a->ta > 0) {
        to->push[0] = (vr - x[SW_POWER_X_VR]) / a->ta;
        dx[SW_POWER_X_VR] = stop ? 0 : to->push[0];
        vr = x[SW_POWER_X_VR];
    } else {
        vr = within(vr, a->vrmin, a->vrmax);
    }
    if (a->kind == SW_POWER_STATIC)
        return vr;
    double efd = x[SW_POWER_X_EFD];
    dx[SW_POWER_X_EFD] = (vr - (s->ke + sw_power_saturation_at(a, efd)) * efd) / a->te;
    return efd;
}

// The mechanical torque.
static double
turbine(const sw_power_gov *g, const sw_power_start *s, int stop, const double *x,
        sw_power_local *to)
{
    double w = x[SW_POWER_X_W];
    if (!g->present)
        return s->tm;
    to->push[1] = (s->tm - g->gain * w - x[SW_POWER_X_VALVE]) / g->t1;
    to->out[SW_POWER_X_VALVE] = stop ? 0 : to->push[1];
    return lead_lag(g->t2, g->t3, x[SW_POWER_X_VALVE], SW_POWER_X_TURBINE, x, to->out) - g->dt * w;
}

void
sw_power_local_at(const sw_power_unit *u, const sw_power_start *s, double w0, const int *stop,
                  const double *x, const double *v, sw_power_local *to)
{
    double sine = sin(x[SW_POWER_X_DELTA]), cosine = cos(x[SW_POWER_X_DELTA]);
    double vd = v[0] * sine - v[1] * cosine, vq = v[0] * cosine + v[1] * sine;
    double eq = x[SW_POWER_X_EQ], ed = x[SW_POWER_X_ED];
    double det = u->ra * u->ra + u->xdp * u->xqp;
    double id = (u->ra * (ed - vd) + u->xqp * (eq - vq)) / det;
    double iq = (u->ra * (eq - vq) - u->xdp * (ed - vd)) / det;
    *to = (sw_power_local){.vt = hypot(vd, vq)};
    to->te = ed * id + eq * iq + (u->xqp - u->xdp) * id * iq;
    to->efd = exciter(u, s, stop[0], x, to);
    to->tm = turbine(&u->gov, s, stop[1], x, to);
    to->out[SW_POWER_X_DELTA] = w0 * x[SW_POWER_X_W];
    to->out[SW_POWER_X_W] = (to->tm - to->te - u->d * x[SW_POWER_X_W]) / (2 * u->h);
    to->out[SW_POWER_X_EQ] = (to->efd - eq - (u->xd - u->xdp) * id) / u->td0p;
    to->out[SW_POWER_X_ED] = ((u->xq - u->xqp) * iq - ed) / u->tq0p;
    to->out[SW_POWER_X_STATES] = iq * cosine + id * sine;
    to->out[SW_POWER_X_STATES + 1] = iq * sine - id * cosine;
}

void
sw_power_local_start(const sw_power_unit *u, const sw_power_start *s, double *x)
{
    const sw_power_avr *a = &u->avr;
    for (size_t k = 0; k < SW_POWER_X_STATES; k++)
        x[k] = 0;
    x[SW_POWER_X_DELTA] = s->delta;
    x[SW_POWER_X_EQ] = s->eq;
    x[SW_POWER_X_ED] = s->ed;
    if (a->kind != SW_POWER_NO_EXCITER) {
        x[SW_POWER_X_VM] = s->vm;
        x[SW_POWER_X_LEAD] = a->tb > 0 ? (1 - a->tc / a->tb) * (s->vref - s->vm) : 0;
        x[SW_POWER_X_VR] = s->vr;
        x[SW_POWER_X_EFD] = x[SW_POWER_X_VF] = s->efd;
    }
    if (u->gov.present) {
        x[SW_POWER_X_VALVE] = s->tm;
        x[SW_POWER_X_TURBINE] = u->gov.t3 > 0 ? (1 - u->gov.t2 / u->gov.t3) * s->tm : 0;
    }
}

void
sw_power_local_slopes(const sw_power_unit *u, const sw_power_start *s, double w0, const int *stop,
                      const double *x, const double *v,
                      double slope[SW_POWER_LOCAL][SW_POWER_LOCAL])
{
    double z[SW_POWER_LOCAL];
    for (size_t k = 0; k < SW_POWER_LOCAL; k++)
        z[k] = k < SW_POWER_X_STATES ? x[k] : v[k - SW_POWER_X_STATES];
    for (size_t k = 0; k < SW_POWER_LOCAL; k++) {
        sw_power_local up, down;
        double was = z[k], step = 1e-6 * fmax(1, fabs(was));
        z[k] = was + step;
        sw_power_local_at(u, s, w0, stop, z, z + SW_POWER_X_STATES, &up);
        z[k] = was - step;
        sw_power_local_at(u, s, w0, stop, z, z + SW_POWER_X_STATES, &down);
        z[k] = was;
        for (size_t r = 0; r < SW_POWER_LOCAL; r++)
            slope[r][k] = (up.out[r] - down.out[r]) / (2 * step);
    }
}
