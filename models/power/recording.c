// SPDX-License-Identifier: Apache-2.0
// Collecting trajectories step by step.
#include "models/power/recording.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/power/memory.h"
#include "models/power/two_axis.h"

static void
push(sw_power_recording *r, sw_power_trace kind, size_t n, const double *from, double shift,
     double scale)
{
    if (!r->wants[kind] || !from)
        return;
    if (r->n[kind] + n > r->capacity[kind]) {
        r->capacity[kind] = 2 * r->capacity[kind] + n;
        r->v[kind] = realloc(r->v[kind], r->capacity[kind] * sizeof *r->v[kind]);
        if (!r->v[kind]) {
            fputs("power: out of memory\n", stderr);
            abort();
        }
    }
    for (size_t i = 0; i < n; i++)
        r->v[kind][r->n[kind]++] = (from[i] - shift) * scale;
}

static void
push_row(sw_power_recording *r, const sw_power_sim *sim, double t, const double *angle,
         const double *speed)
{
    const sw_power_swing *s = sim->swing;
    const sw_power_sample *more = sim->sample;
    double mean = 0;
    for (size_t i = 0; i < s->n; i++)
        mean += angle[i] / (double)s->n;
    push(r, SW_POWER_TIMES, 1, &t, 0, 1);
    push(r, SW_POWER_ANGLES, s->n, angle, mean, 180 / M_PI);
    push(r, SW_POWER_SPEEDS, s->n, speed, 0, 1 / s->w0);
    push(r, SW_POWER_VOLTAGES, s->n, more ? more->vt : NULL, 0, 1);
    push(r, SW_POWER_FIELDS, s->n, more ? more->efd : NULL, 0, 1);
    push(r, SW_POWER_TORQUES, s->n, more ? more->tm : NULL, 0, 1);
}

void
sw_power_recording_add(sw_power_recording *r, const sw_power_sim *sim, double t,
                       const double *angle, const double *speed)
{
    double high = -INFINITY, low = INFINITY;
    for (size_t i = 0; i < sim->swing->n; i++) {
        high = fmax(high, angle[i]);
        low = fmin(low, angle[i]);
    }
    if (t >= r->tail) {
        r->high = fmax(r->high, high - low);
        r->low = fmin(r->low, high - low);
    }
    if (t < r->next - 1e-9)
        return;
    r->next = t + r->every;
    push_row(r, sim, t, angle, speed);
}

void
sw_power_recording_init(sw_power_recording *r)
{
    r->high = -INFINITY;
    r->low = INFINITY;
}

void
sw_power_recording_fini(sw_power_recording *r)
{
    for (size_t k = 0; k < SW_POWER_TRACES; k++)
        free(r->v[k]);
    *r = (sw_power_recording){0};
}
