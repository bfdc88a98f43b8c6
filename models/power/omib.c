// SPDX-License-Identifier: Apache-2.0
// From all machines to one: which are critical, where the equivalent passes or turns back, and what
// area is left.
#include "models/power/omib.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/memory.h"
#include "models/power/two_axis.h"

// ---- the trajectory ----

// The network in the step that follows t.
static size_t
topology_at(const sw_power_sim *sim, double t)
{
    size_t p = 0;
    while (p + 1 < sim->n_phases && t >= sim->phase[p].end - 1e-12)
        p++;
    return sim->phase[p].topology;
}

void
sw_power_trajectory_add(sw_power_trajectory *r, const sw_power_sim *sim, double t,
                        const double *angle, const double *speed)
{
    const sw_power_swing *s = sim->swing;
    size_t n = s->n, row = 1 + 3 * n;
    r->n = n;
    if (r->rows == r->capacity) {
        size_t most = SW_POWER_TRAJECTORY_MAX / n, capacity = r->capacity ? 2 * r->capacity : 1024;
        r->full = r->full || r->rows >= most;
        if (r->full)
            return;
        double *v = sw_power_doubles(capacity * row);
        if (r->rows)
            memcpy(v, r->v, r->rows * row * sizeof *v);
        free(r->v);
        r->v = v;
        r->capacity = capacity;
    }
    double *to = r->v + r->rows++ * row, *pa = to + 1 + 2 * n;
    to[0] = t;
    memcpy(to + 1, angle, n * sizeof *to);
    memcpy(to + 1 + n, speed, n * sizeof *to);
    if (sim->sample) {
        for (size_t i = 0; i < n; i++)
            pa[i] = sim->sample->tm[i] - sim->sample->te[i];
    } else {
        sw_power_swing_electric(s, topology_at(sim, t), angle, pa);
        for (size_t i = 0; i < n; i++)
            pa[i] = s->pm[i] - pa[i];
    }
}

void
sw_power_trajectory_fini(sw_power_trajectory *r)
{
    free(r->v);
    *r = (sw_power_trajectory){0};
}

static double
spread(const sw_power_trajectory *r, size_t row)
{
    const double *angle = r->v + row * (1 + 3 * r->n) + 1;
    double high = angle[0], low = angle[0];
    for (size_t i = 1; i < r->n; i++) {
        high = fmax(high, angle[i]);
        low = fmin(low, angle[i]);
    }
    return high - low;
}

static double
time_of(const sw_power_trajectory *r, size_t row)
{
    return r->v[row * (1 + 3 * r->n)];
}

// ---- the cluster ----

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Marks the machines above the largest gap between angles.
static void
cluster_at(const sw_power_trajectory *r, size_t row, bool *critical)
{
    const double *angle = r->v + row * (1 + 3 * r->n) + 1;
    double *sorted = sw_power_doubles(r->n), gap = -1, above = 0;
    memcpy(sorted, angle, r->n * sizeof *sorted);
    qsort(sorted, r->n, sizeof *sorted, ascending);
    for (size_t i = 1; i < r->n; i++) {
        if (sorted[i] - sorted[i - 1] > gap) {
            gap = sorted[i] - sorted[i - 1];
            above = sorted[i];
        }
    }
    for (size_t i = 0; i < r->n; i++)
        critical[i] = angle[i] >= above;
    free(sorted);
}

bool
sw_power_omib_same(const sw_power_omib *a, const sw_power_omib *b, size_t n)
{
    return memcmp(a->critical, b->critical, n * sizeof *a->critical) == 0;
}

// ---- the equivalent ----

typedef struct point {
    double t, delta, w, pa;
} point;

typedef struct equivalent {
    const sw_power_trajectory *r;
    const bool *critical;
    const double *accel; // w0 / 2H of each machine
    double mass_c, mass_n, mass;
} equivalent;

static equivalent
equivalent_of(const sw_power_trajectory *r, const sw_power_swing *s, const bool *critical)
{
    equivalent e = {.r = r, .critical = critical, .accel = s->accel};
    for (size_t i = 0; i < r->n; i++)
        *(critical[i] ? &e.mass_c : &e.mass_n) += 1 / s->accel[i];
    e.mass = e.mass_c * e.mass_n / (e.mass_c + e.mass_n);
    return e;
}

static point
point_at(const equivalent *e, size_t row)
{
    size_t n = e->r->n;
    const double *v = e->r->v + row * (1 + 3 * n);
    point p = {.t = v[0]};
    for (size_t i = 0; i < n; i++) {
        double share = e->critical[i] ? 1 / e->mass_c : -1 / e->mass_n, m = 1 / e->accel[i];
        p.delta += share * m * v[1 + i];
        p.w += share * m * v[1 + n + i];
        p.pa += share * v[1 + 2 * n + i];
    }
    p.pa *= e->mass;
    return p;
}

// Between a and b, at the share s of the way.
static point
between(point a, point b, double s)
{
    return (point){a.t + s * (b.t - a.t), a.delta + s * (b.delta - a.delta), a.w + s * (b.w - a.w),
                   a.pa + s * (b.pa - a.pa)};
}

// ---- margins ----

static void
none(sw_power_omib *o, const char *why)
{
    o->margin = NAN;
    o->why = why;
}

static void
unstable(const sw_power_trajectory *r, const sw_power_sim *sim, size_t first, sw_power_omib *o)
{
    size_t half = first, end = first;
    while (half + 1 < r->rows && spread(r, half) <= M_PI)
        half++;
    cluster_at(r, half, o->critical);
    while (end + 1 < r->rows && spread(r, end) <= 2 * M_PI)
        end++;
    equivalent e = equivalent_of(r, sim->swing, o->critical);
    o->mass = e.mass;
    bool found = false;
    point before = point_at(&e, first), at = before;
    for (size_t row = first + 1; row <= end; row++) {
        point now = point_at(&e, row);
        if (before.pa < 0 && now.pa >= 0 && now.w > 0) {
            at = between(before, now, before.pa / (before.pa - now.pa));
            found = true;
        }
        before = now;
    }
    if (!found) {
        none(o, "the critical machines accelerate all the time: there is no equilibrium to pass");
        return;
    }
    o->at = at.t;
    o->angle = o->beyond = at.delta;
    o->margin = -0.5 * e.mass * at.w * at.w;
    o->triangle = NAN;
}

// Solves the 3 x 3 normal equations (symmetric, in sums of powers s[0..4]) for a parabola.
static bool
parabola(const double s[5], const double b[3], double c[3])
{
    double m[3][4] = {{s[0], s[1], s[2], b[0]}, {s[1], s[2], s[3], b[1]}, {s[2], s[3], s[4], b[2]}};
    for (int k = 0; k < 3; k++) {
        if (!(fabs(m[k][k]) > 1e-14 * s[0]))
            return false;
        for (int i = k + 1; i < 3; i++) {
            double f = m[i][k] / m[k][k];
            for (int j = k; j < 4; j++)
                m[i][j] -= f * m[k][j];
        }
    }
    for (int k = 2; k >= 0; k--) {
        c[k] = m[k][3];
        for (int j = k + 1; j < 3; j++)
            c[k] -= m[k][j] * c[j];
        c[k] /= m[k][k];
    }
    return true;
}

// The parabola Pa(x), x = delta less its value at the turn, through the rows of the last 45 % of
// the angle from `first` to `last`, with weights that rise from 0.04 to 1. Nothing prescribes
// either; these keep within 1 % of the fits that the figures in the tests come from.
static bool
fit(const equivalent *e, size_t first, size_t last, double origin, double c[3])
{
    double s[5] = {0}, b[3] = {0}, start = point_at(e, first).delta;
    size_t from = last;
    while (from > first && point_at(e, from - 1).delta >= start + 0.55 * (origin - start))
        from--;
    if (last - from < 3)
        return false;
    for (size_t row = from; row <= last; row++) {
        point p = point_at(e, row);
        double x = p.delta - origin, k = (double)(row - from + 1) / (double)(last - from + 1),
               power = (0.2 + 0.8 * k) * (0.2 + 0.8 * k);
        for (int m = 0; m < 5; m++, power *= x) {
            s[m] += power;
            if (m < 3)
                b[m] += power * p.pa;
        }
    }
    return parabola(s, b, c);
}

// The first zero of c above 0; NaN if there is none.
static double
zero_ahead(const double c[3])
{
    double d = c[1] * c[1] - 4 * c[2] * c[0];
    if (d < 0)
        return NAN;
    double q = -0.5 * (c[1] + copysign(sqrt(d), c[1])), x1 = q / c[2], x2 = c[0] / q;
    double low = fmin(x1, x2), high = fmax(x1, x2);
    return low > 0 ? low : high > 0 && isfinite(high) ? high : NAN;
}

static void
stable(const sw_power_trajectory *r, const sw_power_sim *sim, size_t first, sw_power_omib *o)
{
    size_t widest = first;
    while (widest + 1 < r->rows && spread(r, widest + 1) >= spread(r, widest))
        widest++;
    cluster_at(r, widest, o->critical);
    equivalent e = equivalent_of(r, sim->swing, o->critical);
    o->mass = e.mass;
    size_t top = first;
    point turn = point_at(&e, first);
    while (top + 1 < r->rows && !(turn.w > 0 && point_at(&e, top + 1).w <= 0))
        turn = point_at(&e, ++top);
    if (top + 1 == r->rows) {
        none(o, "the critical machines do not swing forward and back within the horizon");
        return;
    }
    point p = point_at(&e, top + 1);
    turn = between(turn, p, turn.w / (turn.w - p.w));
    double c[3] = {0}, x = NAN;
    if (turn.pa < 0 && fit(&e, first, top, turn.delta, c))
        x = zero_ahead(c);
    o->at = turn.t;
    o->angle = turn.delta;
    if (isnan(x)) {
        none(o, "the accelerating power of the equivalent has no zero ahead");
        return;
    }
    o->beyond = turn.delta + x;
    o->margin = -(c[0] * x + c[1] * x * x / 2 + c[2] * x * x * x / 3);
    o->triangle = -0.5 * turn.pa * x;
}

void
sw_power_omib_margin(const sw_power_trajectory *r, const sw_power_sim *sim, double cleared,
                     sw_power_omib *o)
{
    bool *critical = o->critical;
    *o = (sw_power_omib){
        .critical = critical, .at = NAN, .angle = NAN, .beyond = NAN, .triangle = NAN};
    memset(critical, 0, r->n * sizeof *critical);
    size_t first = 0;
    // At the clearing itself a sample is still of the faulted network.
    while (first < r->rows && time_of(r, first) <= cleared + 1e-12)
        first++;
    if (r->full)
        none(o, "the simulation has too many steps to be looked at");
    else if (first + 2 >= r->rows)
        none(o, "the simulation ends with the fault");
    else if (sim->verdict == SW_POWER_LOST)
        unstable(r, sim, first, o);
    else
        stable(r, sim, first, o);
}
