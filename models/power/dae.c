// SPDX-License-Identifier: Apache-2.0
// The differential-algebraic system of machines and network: assembling its residual and Jacobian,
// Newton's method for the voltages after a switch, and driving IDA from event to event.
#include "models/power/dae.h"

#include <assert.h>
#include <ida/ida.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <suitesparse/klu.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#include "models/power/dae_model.h"
#include "models/power/memory.h"
#include "models/power/two_axis.h"

enum { X = SW_POWER_X_STATES };

struct sw_power_dae {
    const sw_power_network *net;
    size_t n, n_x; // machines; all their states
    int buses;
    double w0, current, power;
    sw_power_unit *unit;
    sw_power_start *start;
    double complex *v0, *fixed, *load;
    size_t n_topologies;
    sw_power_topology *topology;
    double complex *y; // the network at present
    bool *grounded;
    int (*stop)[SW_POWER_LIMITED]; // of each machine, see sw_power_local_at
    sw_power_local *local;         // scratch, one a machine
    double (*slope)[SW_POWER_LOCAL][SW_POWER_LOCAL];
    int *vp, *vi; // columns of the voltages' own equations, for Newton
    double *values, *step;
    klu_common common;
    klu_symbolic *symbolic;
    SUNContext context;
    N_Vector state, rate, kind;
    SUNMatrix jacobian;
    SUNLinearSolver solver;
    void *ida;
};

static void *
copy(const void *from, size_t n, size_t size)
{
    void *to = sw_power_alloc(n, size);
    if (n > 0)
        memcpy(to, from, n * size);
    return to;
}

// ---- loads ----

// What a load's admittance is multiplied with at r = V / V0, and its derivative by r.
static double
load_factor(const sw_power_dae *d, double r, double *slope)
{
    double low = 0.7, at = fmax(r, low), z = 1 - d->current - d->power;
    *slope = r > low ? -d->current / (at * at) - 2 * d->power / (at * at * at) : 0;
    return z + d->current / at + d->power / (at * at);
}

static double complex
load_current(const sw_power_dae *d, int bus, double complex v)
{
    double slope, r = cabs(v) / cabs(d->v0[bus]);
    return (d->fixed[bus] + d->load[bus] * load_factor(d, r, &slope)) * v;
}

// ---- residual ----

static void
locals(sw_power_dae *d, const double *state)
{
    for (size_t k = 0; k < d->n; k++)
        sw_power_local_at(&d->unit[k], &d->start[k], d->w0, d->stop[k], state + X * k,
                          state + d->n_x + 2 * d->unit[k].bus, &d->local[k]);
}

// Current balance of every bus at these states and voltages, into r (2 a bus).
static void
balance(sw_power_dae *d, const double *state, double *r)
{
    const sw_power_network *net = d->net;
    const double *v = state + d->n_x;
    memset(r, 0, 2 * (size_t)d->buses * sizeof *r);
    for (size_t k = 0; k < d->n; k++) {
        r[2 * d->unit[k].bus] += d->local[k].out[X];
        r[2 * d->unit[k].bus + 1] += d->local[k].out[X + 1];
    }
    for (int i = 0; i < d->buses; i++) {
        double complex drawn = load_current(d, i, CMPLX(v[2 * i], v[2 * i + 1]));
        r[2 * i] = d->grounded[i] ? 0 : r[2 * i] - creal(drawn);
        r[2 * i + 1] = d->grounded[i] ? 0 : r[2 * i + 1] - cimag(drawn);
    }
    for (int j = 0; j < d->buses; j++) {
        double complex vj = CMPLX(v[2 * j], v[2 * j + 1]);
        for (int s = net->ap[j]; s < net->ap[j + 1]; s++) {
            double complex drawn = d->y[s] * vj;
            r[2 * net->ai[s]] -= creal(drawn);
            r[2 * net->ai[s] + 1] -= cimag(drawn);
        }
    }
}

static int
residual(realtype t, N_Vector state, N_Vector rate, N_Vector out, void *self)
{
    sw_power_dae *d = self;
    double *r = N_VGetArrayPointer(out);
    const double *dx = N_VGetArrayPointer(rate);
    (void)t;
    locals(d, N_VGetArrayPointer(state));
    for (size_t k = 0; k < d->n; k++)
        for (size_t s = 0; s < X; s++)
            r[X * k + s] = dx[X * k + s] - d->local[k].out[s];
    balance(d, N_VGetArrayPointer(state), r + d->n_x);
    return 0;
}

// ---- Jacobian ----

static void
slopes(sw_power_dae *d, const double *state)
{
    for (size_t k = 0; k < d->n; k++)
        sw_power_local_slopes(&d->unit[k], &d->start[k], d->w0, d->stop[k], state + X * k,
                              state + d->n_x + 2 * d->unit[k].bus, d->slope[k]);
}

// The derivative of bus j's load current by its voltage's real (part 0) or imaginary part.
static double complex
load_slope(const sw_power_dae *d, int j, double complex v, int part)
{
    double slope, size = cabs(v), v0 = cabs(d->v0[j]);
    double factor = load_factor(d, size / v0, &slope);
    double along = size > 0 ? (part ? cimag(v) : creal(v)) / (size * v0) : 0;
    double complex unit = part ? CMPLX(0, 1) : 1;
    return (d->fixed[j] + d->load[j] * factor) * unit + d->load[j] * slope * along * v;
}

// The derivatives of all balances by bus j's voltage: 2 values an entry of the network's column.
static void
voltage_column(const sw_power_dae *d, const double *state, int j, int part, double *out)
{
    const sw_power_network *net = d->net;
    const double *v = state + d->n_x + 2 * j;
    for (int s = net->ap[j]; s < net->ap[j + 1]; s++, out += 2) {
        double complex y = d->y[s] * (part ? CMPLX(0, 1) : 1);
        if (net->ai[s] == j && !d->grounded[j]) {
            y += load_slope(d, j, CMPLX(v[0], v[1]), part);
            for (size_t k = 0; k < d->n; k++)
                if (d->unit[k].bus == (size_t)j)
                    y -= CMPLX(d->slope[k][X][X + part], d->slope[k][X + 1][X + part]);
        }
        out[0] = -creal(y);
        out[1] = -cimag(y);
    }
}

static int
jacobian(realtype t, realtype cj, N_Vector state, N_Vector rate, N_Vector r, SUNMatrix to,
         void *self, N_Vector a, N_Vector b, N_Vector c)
{
    sw_power_dae *d = self;
    const double *x = N_VGetArrayPointer(state);
    sunindextype *start = SUNSparseMatrix_IndexPointers(to), *row = SUNSparseMatrix_IndexValues(to);
    double *value = SUNSparseMatrix_Data(to);
    sunindextype at = 0, column = 0;
    (void)t, (void)rate, (void)r, (void)a, (void)b, (void)c;
    slopes(d, x);
    for (size_t k = 0; k < d->n; k++) {
        bool shorted = d->grounded[d->unit[k].bus];
        for (size_t s = 0; s < X; s++) {
            start[column++] = at;
            for (size_t i = 0; i < SW_POWER_LOCAL; i++, at++) {
                bool own = i < X;
                row[at] = (sunindextype)(own ? X * k + i : d->n_x + 2 * d->unit[k].bus + i - X);
                value[at] = own ? -d->slope[k][i][s] : shorted ? 0 : d->slope[k][i][s];
                value[at] += i == s ? cj : 0;
            }
        }
    }
    for (int j = 0; j < d->buses; j++) {
        for (int part = 0; part < 2; part++) {
            start[column++] = at;
            for (size_t k = 0; k < d->n; k++)
                for (size_t i = 0; i < X && d->unit[k].bus == (size_t)j; i++, at++) {
                    row[at] = (sunindextype)(X * k + i);
                    value[at] = -d->slope[k][i][X + part];
                }
            voltage_column(d, x, j, part, value + at);
            for (int s = d->net->ap[j]; s < d->net->ap[j + 1]; s++)
                for (int q = 0; q < 2; q++)
                    row[at++] = (sunindextype)d->n_x + 2 * d->net->ai[s] + q;
        }
    }
    start[column] = at;
    return 0;
}

// ---- voltages after a switch ----

static double
largest(size_t n, const double *v)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fabs(v[i]) > most || isnan(v[i]) ? fabs(v[i]) : most;
    return most;
}

// The balance at the state plus share of the step in its voltages, which stay if it is smaller.
static bool
smaller_balance(sw_power_dae *d, double *state, const double *step, double share, double *r)
{
    size_t n = 2 * (size_t)d->buses;
    double before = largest(n, r);
    double *trial = copy(state, d->n_x + n, sizeof *trial), *got = sw_power_doubles(n);
    for (size_t i = 0; i < n; i++)
        trial[d->n_x + i] -= share * step[i];
    locals(d, trial);
    balance(d, trial, got);
    bool better = largest(n, got) < before || before < 1e-9;
    if (better) {
        memcpy(state, trial, (d->n_x + n) * sizeof *state);
        memcpy(r, got, n * sizeof *r);
    }
    free(trial);
    free(got);
    return better;
}

// One step of Newton's method, halved until the balance improves. Returns the largest change, 0
// where rounding leaves no room for a better one, or NaN if there is no way on.
static double
newton_step(sw_power_dae *d, double *state, double *r)
{
    size_t n = 2 * (size_t)d->buses;
    slopes(d, state);
    for (int j = 0; j < d->buses; j++)
        for (int part = 0; part < 2; part++)
            voltage_column(d, state, j, part, d->values + d->vp[2 * j + part]);
    klu_numeric *numeric = klu_factor(d->vp, d->vi, d->values, d->symbolic, &d->common);
    memcpy(d->step, r, n * sizeof *r);
    bool ok = numeric && klu_solve(d->symbolic, numeric, (int)n, 1, d->step, &d->common);
    klu_free_numeric(&numeric, &d->common);
    if (!ok)
        return NAN;
    double share = 1, change = largest(n, d->step);
    while (share > 1e-4 && !smaller_balance(d, state, d->step, share, r))
        share /= 2;
    return share > 1e-4 ? share * change : change < 1e-9 ? 0 : NAN;
}

// Voltages that balance the currents at the machines' present states. False if none are found.
static bool
solve_voltages(sw_power_dae *d)
{
    enum { MOST = 50 };
    double *state = N_VGetArrayPointer(d->state), *r = sw_power_doubles(2 * (size_t)d->buses);
    double change = INFINITY;
    locals(d, state);
    balance(d, state, r);
    for (int k = 0; k < MOST && change > 1e-12; k++)
        change = newton_step(d, state, r);
    free(r);
    return change <= 1e-12;
}

// ---- limits as events ----

// Limits of VR or the valve of a machine; false if it has no such state.
static bool
limits(const sw_power_dae *d, size_t k, int which, double *low, double *high)
{
    const sw_power_avr *avr = &d->unit[k].avr;
    *low = which ? d->start[k].vmin : avr->vrmin;
    *high = which ? d->start[k].vmax : avr->vrmax;
    return which ? d->unit[k].gov.present : avr->kind != SW_POWER_NO_EXCITER && avr->ta > 0;
}

static size_t
limited_state(size_t k, int which)
{
    return X * k + (which ? SW_POWER_X_VALVE : SW_POWER_X_VR);
}

// Two functions a limited state, positive while nothing changes: free, the distances to its limits;
// held, the push against the limit. The small numbers keep them off zero at the change itself.
static int
roots(realtype t, N_Vector state, N_Vector rate, realtype *g, void *self)
{
    sw_power_dae *d = self;
    const double *x = N_VGetArrayPointer(state);
    (void)t, (void)rate;
    locals(d, x);
    for (size_t k = 0; k < d->n; k++)
        for (int q = 0; q < SW_POWER_LIMITED; q++, g += 2) {
            double low, high, at = x[limited_state(k, q)];
            g[0] = g[1] = 1;
            if (!limits(d, k, q, &low, &high))
                continue;
            if (d->stop[k][q] != 0) {
                g[0] = d->stop[k][q] * d->local[k].push[q] + 1e-8;
            } else {
                g[0] = isfinite(high) ? high - at + 1e-10 : 1;
                g[1] = isfinite(low) ? at - low + 1e-10 : 1;
            }
        }
    return 0;
}

// Puts states that arrived at a limit exactly there.
static void
arrive(sw_power_dae *d)
{
    double *x = N_VGetArrayPointer(d->state);
    int *crossed = sw_power_alloc(2 * SW_POWER_LIMITED * d->n, sizeof *crossed);
    IDAGetRootInfo(d->ida, crossed);
    for (size_t k = 0; k < d->n; k++)
        for (int q = 0; q < SW_POWER_LIMITED; q++) {
            const int *c = crossed + 2 * (SW_POWER_LIMITED * k + (size_t)q);
            double low, high;
            if (limits(d, k, q, &low, &high) && d->stop[k][q] == 0 && (c[0] || c[1]))
                x[limited_state(k, q)] = c[0] ? high : low;
        }
    free(crossed);
}

// Holds the states that stand at a limit and are not pushed inwards, and frees all others. A push
// that just crossed zero inwards is -1e-8 (see roots).
static void
find_limits(sw_power_dae *d)
{
    const double *x = N_VGetArrayPointer(d->state);
    memset(d->stop, 0, d->n * sizeof *d->stop);
    locals(d, x);
    for (size_t k = 0; k < d->n; k++)
        for (int q = 0; q < SW_POWER_LIMITED; q++) {
            double low, high, at = x[limited_state(k, q)], push = d->local[k].push[q];
            if (!limits(d, k, q, &low, &high))
                continue;
            if (at >= high && push > -5e-9)
                d->stop[k][q] = 1;
            else if (at <= low && push < 5e-9)
                d->stop[k][q] = -1;
        }
}

// ---- making ----

static void
make_newton(sw_power_dae *d)
{
    const sw_power_network *net = d->net;
    int n = 2 * d->buses, at = 0;
    d->vp = sw_power_alloc((size_t)n + 1, sizeof *d->vp);
    d->vi = sw_power_alloc(4 * (size_t)sw_power_network_entries(net), sizeof *d->vi);
    d->values = sw_power_doubles(4 * (size_t)sw_power_network_entries(net));
    d->step = sw_power_doubles((size_t)n);
    for (int j = 0; j < d->buses; j++)
        for (int part = 0; part < 2; part++) {
            d->vp[2 * j + part] = at;
            for (int s = net->ap[j]; s < net->ap[j + 1]; s++) {
                d->vi[at++] = 2 * net->ai[s];
                d->vi[at++] = 2 * net->ai[s] + 1;
            }
        }
    d->vp[n] = at;
    klu_defaults(&d->common);
    d->symbolic = klu_analyze(n, d->vp, d->vi, &d->common);
}

static void
make_ida(sw_power_dae *d)
{
    sunindextype size = (sunindextype)(d->n_x + 2 * (size_t)d->buses);
    size_t entries =
        d->n * X * SW_POWER_LOCAL + 2 * d->n * X + 4 * (size_t)sw_power_network_entries(d->net);
    SUNContext_Create(NULL, &d->context);
    d->state = N_VNew_Serial(size, d->context);
    d->rate = N_VNew_Serial(size, d->context);
    d->kind = N_VNew_Serial(size, d->context);
    for (sunindextype i = 0; i < size; i++)
        N_VGetArrayPointer(d->kind)[i] = i < (sunindextype)d->n_x;
    d->jacobian = SUNSparseMatrix(size, size, (sunindextype)entries, CSC_MAT, d->context);
    d->solver = SUNLinSol_KLU(d->state, d->jacobian, d->context);
    d->ida = IDACreate(d->context);
    assert(d->ida && d->solver);
}

sw_power_dae *
sw_power_dae_new(const sw_power_dae_setup *s)
{
    const sw_power_case *c = s->net->c;
    size_t n = s->n;
    sw_power_dae *d = sw_power_alloc(1, sizeof *d);
    *d = (sw_power_dae){.net = s->net,
                        .n = n,
                        .n_x = n * X,
                        .buses = s->net->n,
                        .w0 = 2 * M_PI * c->freq_hz,
                        .current = s->current,
                        .power = s->power,
                        .n_topologies = s->n_topologies};
    d->unit = copy(s->unit, n, sizeof *d->unit);
    d->start = copy(s->start, n, sizeof *d->start);
    d->v0 = copy(s->v0, c->n_buses, sizeof *d->v0);
    d->fixed = copy(s->fixed, c->n_buses, sizeof *d->fixed);
    d->load = copy(s->load, c->n_buses, sizeof *d->load);
    d->topology = copy(s->topology, s->n_topologies, sizeof *d->topology);
    d->y = sw_power_alloc((size_t)sw_power_network_entries(s->net), sizeof *d->y);
    d->grounded = sw_power_alloc(c->n_buses, sizeof *d->grounded);
    d->stop = sw_power_alloc(n, sizeof *d->stop);
    d->local = sw_power_alloc(n, sizeof *d->local);
    d->slope = sw_power_alloc(n, sizeof *d->slope);
    make_newton(d);
    make_ida(d);
    return d;
}

sw_power_dae *
sw_power_dae_of(const sw_power_context *x, double current, double power)
{
    size_t n = x->c->n_buses;
    double complex *v0 = sw_power_alloc(3 * n, sizeof *v0), *load = v0 + n, *fixed = load + n;
    for (size_t i = 0; i < n; i++) {
        double vm = x->solution.vm[i];
        v0[i] = vm * cexp(CMPLX(0, x->solution.va[i]));
        load[i] = CMPLX(x->demand.pd[i], -x->demand.qd[i]) / (vm * vm);
        fixed[i] = x->load[i] - load[i];
    }
    sw_power_dae_setup setup = {.net = x->net,
                                .n = x->n_running,
                                .unit = x->unit,
                                .start = x->start,
                                .v0 = v0,
                                .fixed = fixed,
                                .load = load,
                                .current = current,
                                .power = power,
                                .n_topologies = x->n_topologies,
                                .topology = x->topology};
    sw_power_dae *d = sw_power_dae_new(&setup);
    free(v0);
    return d;
}

void
sw_power_dae_free(sw_power_dae **at)
{
    sw_power_dae *d = *at;
    if (!d)
        return;
    IDAFree(&d->ida);
    SUNLinSolFree(d->solver);
    SUNMatDestroy(d->jacobian);
    N_VDestroy(d->state);
    N_VDestroy(d->rate);
    N_VDestroy(d->kind);
    SUNContext_Free(&d->context);
    klu_free_symbolic(&d->symbolic, &d->common);
    void *owned[] = {d->unit,     d->start, d->v0,       d->fixed,  d->load,
                     d->topology, d->y,     d->grounded, d->stop,   d->local,
                     d->slope,    d->vp,    d->vi,       d->values, d->step};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    free(d);
    *at = NULL;
}

// ---- running ----

// Starts IDA afresh at time t from the present states, with voltages that fit them.
static bool
restart(sw_power_dae *d, double t)
{
    double *dx = N_VGetArrayPointer(d->rate);
    if (!solve_voltages(d))
        return false;
    find_limits(d);
    locals(d, N_VGetArrayPointer(d->state));
    N_VConst(0, d->rate);
    for (size_t k = 0; k < d->n; k++)
        memcpy(dx + X * k, d->local[k].out, X * sizeof *dx);
    return IDAReInit(d->ida, t, d->state, d->rate) == IDA_SUCCESS;
}

static void
set_topology(sw_power_dae *d, size_t k)
{
    sw_power_network_fill(d->net, d->y);
    sw_power_topology_apply(d->net, &d->topology[k], d->y, d->grounded);
}

static void
set_start(sw_power_dae *d)
{
    double *x = N_VGetArrayPointer(d->state);
    for (size_t k = 0; k < d->n; k++)
        sw_power_local_start(&d->unit[k], &d->start[k], x + X * k);
    for (int i = 0; i < d->buses; i++) {
        x[d->n_x + 2 * (size_t)i] = creal(d->v0[i]);
        x[d->n_x + 2 * (size_t)i + 1] = cimag(d->v0[i]);
    }
}

// Keeps the largest spread and tells the callback. True if synchronism is lost.
static bool
observe(sw_power_dae *d, sw_power_sim *sim, double t)
{
    enum { KINDS = 8 };
    const double *x = N_VGetArrayPointer(d->state);
    double high = -INFINITY, low = INFINITY, *p = sw_power_doubles(KINDS * d->n);
    size_t n = d->n;
    locals(d, x);
    for (size_t k = 0; k < n; k++) {
        const sw_power_local *l = &d->local[k];
        const double from[KINDS] = {x[X * k + SW_POWER_X_DELTA],
                                    d->w0 * x[X * k + SW_POWER_X_W],
                                    x[X * k + SW_POWER_X_EQ],
                                    x[X * k + SW_POWER_X_ED],
                                    l->efd,
                                    l->tm,
                                    l->te,
                                    l->vt};
        for (size_t q = 0; q < KINDS; q++)
            p[q * n + k] = from[q];
        high = fmax(high, p[k]);
        low = fmin(low, p[k]);
    }
    sw_power_sample sample = {p + 2 * n, p + 3 * n, p + 4 * n, p + 5 * n, p + 6 * n, p + 7 * n};
    sim->sample = &sample;
    if (sim->record)
        sim->record(sim, t, p, p + n);
    sim->sample = NULL;
    free(p);
    if (high - low > sim->largest) {
        sim->largest = high - low;
        sim->largest_at = t;
    }
    return high - low > sim->limit;
}

static bool
give_up(sw_power_sim *sim, double t, const char *why)
{
    sim->end = t;
    sim->why = why;
    return false;
}

// Integrates to time t, through all changes at limits.
static bool
go_to(sw_power_dae *d, sw_power_sim *sim, double t)
{
    double now = sim->end;
    while (now < t - 1e-10) {
        int flag = IDASolve(d->ida, t, &now, d->state, d->rate, IDA_NORMAL);
        if (flag < 0)
            return give_up(sim, now, "the equations of machines and network have no solution");
        if (flag == IDA_ROOT_RETURN) {
            arrive(d);
            if (!restart(d, now))
                return give_up(sim, now, "the network has no solution");
        }
    }
    return true;
}

// One phase, from time `from`. False when the simulation is over.
static bool
run_phase(sw_power_dae *d, sw_power_sim *sim, size_t phase, double from)
{
    double length = sim->phase[phase].end - from;
    size_t count = (size_t)fmax(1, ceil(length / sim->step - 1e-9));
    set_topology(d, sim->phase[phase].topology);
    if (!restart(d, from))
        return give_up(sim, from, "the network has no solution after the switch");
    IDASetStopTime(d->ida, sim->phase[phase].end);
    for (size_t k = 1; k <= count; k++) {
        double t = k < count ? from + (double)k * (length / (double)count) : sim->phase[phase].end;
        if (!go_to(d, sim, t))
            return false;
        sim->steps++;
        sim->end = t;
        if (observe(d, sim, t)) {
            sim->verdict = SW_POWER_LOST;
            return false;
        }
    }
    return true;
}

static void
set_up_ida(sw_power_dae *d, double tolerance)
{
    IDAFree(&d->ida);
    d->ida = IDACreate(d->context);
    IDASetErrFile(d->ida, NULL);
    IDAInit(d->ida, residual, 0, d->state, d->rate);
    IDASStolerances(d->ida, tolerance, tolerance * 1e-2);
    IDASetUserData(d->ida, d);
    IDASetLinearSolver(d->ida, d->solver, d->jacobian);
    IDASetJacFn(d->ida, jacobian);
    IDASetId(d->ida, d->kind);
    IDASetSuppressAlg(d->ida, SUNTRUE);
    IDASetMaxNumSteps(d->ida, 20000); // between two rows: far more than any sound one takes
    IDARootInit(d->ida, (int)(2 * SW_POWER_LIMITED * d->n), roots);
}

void
sw_power_dae_run(sw_power_dae *d, sw_power_sim *sim, double tolerance)
{
    double from = 0;
    sim->verdict = SW_POWER_FAILED;
    sim->why = NULL;
    sim->steps = 0;
    sim->largest = sim->largest_at = sim->end = 0;
    set_start(d);
    observe(d, sim, 0);
    set_up_ida(d, tolerance);
    for (size_t k = 0; k < sim->n_phases; k++) {
        if (!(sim->phase[k].end > from))
            continue;
        assert(sim->phase[k].topology < d->n_topologies);
        if (!run_phase(d, sim, k, from))
            return;
        from = sim->phase[k].end;
    }
    sim->verdict = SW_POWER_STABLE;
}
