// SPDX-License-Identifier: Apache-2.0
// Extremes are kept step by step; the frequency's history only as far back as its window.
#include "models/power/measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/memory.h"
#include "models/power/two_axis.h"

void
sw_power_measures_init(sw_power_measures *m, size_t n)
{
    *m = (sw_power_measures){.window = m->window,
                             .low_voltage = m->low_voltage,
                             .frequency_low = INFINITY,
                             .frequency_high = -INFINITY,
                             .rocof = NAN,
                             .voltage_low = NAN,
                             .voltage_high = NAN,
                             .time_low = NAN};
    m->farthest = sw_power_doubles(n);
}

static void
remember(sw_power_measures *m, double t, double frequency)
{
    if (m->n == m->capacity) {
        // What lies before the window makes room first.
        size_t kept = m->n - m->oldest;
        size_t capacity =
            kept > m->capacity / 2 || !m->capacity ? 2 * m->capacity + 256 : m->capacity;
        double *history = sw_power_doubles(2 * capacity);
        if (kept)
            memcpy(history, m->history + 2 * m->oldest, 2 * kept * sizeof *history);
        free(m->history);
        m->history = history;
        m->capacity = capacity;
        m->n = kept;
        m->oldest = 0;
    }
    m->history[2 * m->n] = t;
    m->history[2 * m->n++ + 1] = frequency;
}

// The frequency one window ago, between steps.
static void
compare(sw_power_measures *m, double t, double frequency)
{
    double then = t - m->window;
    const double *h = m->history;
    while (m->oldest + 1 < m->n && h[2 * (m->oldest + 1)] <= then + 1e-12)
        m->oldest++;
    const double *a = h + 2 * m->oldest, *b = a + (m->oldest + 1 < m->n ? 2 : 0);
    if (a[0] > then + 1e-12)
        return;
    double share = b > a ? (then - a[0]) / (b[0] - a[0]) : 0;
    double was = a[1] + share * (b[1] - a[1]);
    m->rocof = fmax(m->rocof, fabs(frequency - was) / m->window);
}

static void
watch_voltages(sw_power_measures *m, size_t n, double t, const double *vt)
{
    double low = vt[0], high = vt[0];
    for (size_t i = 1; i < n; i++) {
        low = fmin(low, vt[i]);
        high = fmax(high, vt[i]);
    }
    m->voltage_low = fmin(m->voltage_low, low);
    m->voltage_high = fmax(m->voltage_high, high);
    // A step counts as low if it ends so: the first one, at time 0, is before the event.
    m->time_low = fmax(m->time_low, 0) + (low < m->low_voltage ? t - m->last : 0);
}

void
sw_power_measures_add(sw_power_measures *m, const sw_power_sim *sim, double t, const double *angle,
                      const double *speed)
{
    const sw_power_swing *s = sim->swing;
    double mass = 0, centre = 0, w = 0;
    for (size_t i = 0; i < s->n; i++) {
        mass += 1 / s->accel[i];
        centre += angle[i] / s->accel[i];
        w += speed[i] / s->accel[i];
    }
    centre /= mass;
    for (size_t i = 0; i < s->n; i++)
        m->farthest[i] = fmax(m->farthest[i], fabs(angle[i] - centre));
    double frequency = (s->w0 + w / mass) / (2 * M_PI);
    m->frequency_low = fmin(m->frequency_low, frequency);
    m->frequency_high = fmax(m->frequency_high, frequency);
    remember(m, t, frequency);
    compare(m, t, frequency);
    if (sim->sample)
        watch_voltages(m, s->n, t, sim->sample->vt);
    m->last = t;
}

void
sw_power_measures_fini(sw_power_measures *m)
{
    free(m->farthest);
    free(m->history);
    *m = (sw_power_measures){0};
}
