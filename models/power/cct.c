// SPDX-License-Identifier: Apache-2.0
// The scan for critical clearing times: equally spaced clearing times, many side by side, then each
// bracket cut into eight until it is as narrow as asked.
#include "models/power/cct.h"

#include <math.h>
#include <stdlib.h>

#include "models/power/memory.h"
#include "models/power/scenario.h"

enum { AT_ONCE = 16, CUTS = 7 };

sw_power_sim
sw_power_sim_of(const sw_power_swing *swing, const sw_power_search *search, double clearing_time)
{
    sw_power_sim sim = {.swing = swing, .step = search->step, .limit = search->limit};
    sim.phase[0].end = fmin(clearing_time, search->horizon);
    sim.phase[0].topology = SW_POWER_FAULTED;
    sim.phase[1].end = search->horizon;
    sim.phase[1].topology = SW_POWER_CLEARED;
    sim.n_phases = 2;
    if (swing->n_topologies == SW_POWER_TOPOLOGIES) {
        sim.phase[1].end = fmin(clearing_time + search->second_at, search->horizon);
        sim.phase[2].end = search->horizon;
        sim.phase[2].topology = SW_POWER_SECOND;
        sim.n_phases = 3;
    }
    return sim;
}

// Simulates n clearing times from..., `apart`; verdicts into lost. False if one failed.
static bool
try_times(const sw_power_swing *swing, const sw_power_search *search, double from, double apart,
          size_t n, bool *lost, sw_power_cct *a)
{
    sw_power_sim sims[AT_ONCE];
    for (size_t k = 0; k < n; k++)
        sims[k] = sw_power_sim_of(swing, search, from + (double)k * apart);
    sw_power_swing_run(sims, n);
    a->simulations += n;
    for (size_t k = 0; k < n; k++) {
        lost[k] = sims[k].verdict == SW_POWER_LOST;
        if (sims[k].verdict == SW_POWER_FAILED && !a->failed) {
            a->failed = true;
            a->failed_at = from + (double)k * apart;
        }
    }
    return !a->failed;
}

// Narrows [low, high], across which the verdict changes from `was`, to the first change in it.
// Returns the end of the bracket that is stable.
static double
narrow(const sw_power_swing *swing, const sw_power_search *search, double low, double high,
       bool was, sw_power_cct *a)
{
    while (high - low > search->resolution) {
        bool lost[CUTS];
        double apart = (high - low) / (CUTS + 1);
        if (!try_times(swing, search, low + apart, apart, CUTS, lost, a))
            break;
        size_t k = 0;
        while (k < CUTS && lost[k] == was)
            k++;
        high = k < CUTS ? low + (double)(k + 1) * apart : high;
        low = low + (double)k * apart;
    }
    return was ? high : low;
}

static void
add_crossing(sw_power_cct *a, double t)
{
    if (a->n_crossings == 0)
        a->first_loss = t;
    if (a->n_crossings < SW_POWER_MAX_CROSSINGS)
        a->crossing[a->n_crossings++] = t;
}

// Longer than the last multiple of the scan's step: the tail up to the longest time asked for.
static void
scan_tail(const sw_power_swing *swing, const sw_power_search *search, double from, bool was,
          sw_power_cct *a)
{
    bool lost;
    if (search->longest - from <= 1e-9 * search->scan_step ||
        !try_times(swing, search, search->longest, 0, 1, &lost, a) || lost == was)
        return;
    add_crossing(a, narrow(swing, search, from, search->longest, was, a));
}

void
sw_power_cct_find(const sw_power_swing *swing, const sw_power_search *search, sw_power_cct *a)
{
    *a = (sw_power_cct){.first_loss = INFINITY};
    double apart = search->scan_step;
    size_t last = (size_t)floor(search->longest / apart + 1e-9);
    bool was = false;
    for (size_t at = 0; at <= last; at += AT_ONCE) {
        bool lost[AT_ONCE];
        size_t n = last - at + 1 < AT_ONCE ? last - at + 1 : AT_ONCE;
        if (!try_times(swing, search, (double)at * apart, apart, n, lost, a))
            return;
        for (size_t k = 0; k < n; k++) {
            if (lost[k] == was)
                continue;
            double t = (double)(at + k) * apart;
            add_crossing(a, at + k == 0 ? 0 : narrow(swing, search, t - apart, t, was, a));
            was = lost[k];
            if (a->failed || !search->all)
                return;
        }
    }
    scan_tail(swing, search, (double)last * apart, was, a);
}
