// SPDX-License-Identifier: Apache-2.0
// The search: estimates from margins, kept within a bracket of a stable and an unstable run.
#include "models/power/sime.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/memory.h"

enum { MOST_RUNS = 48 };

// One unstable run: its normalised margin and critical cluster.
typedef struct unstable_run {
    double t, margin; // margin NaN: none
    bool *critical;
} unstable_run;

typedef struct walk {
    const sw_power_swing *swing;
    const sw_power_search *search;
    sw_power_sime *answer;
    double low, high; // s: the longest stable and shortest unstable run; -1 and INFINITY: none
    unstable_run near, far; // the two shortest unstable ones
    double stride;          // s: the last step up from a stable estimate
} walk;

static void
keep(sw_power_sim *sim, double t, const double *angle, const double *speed)
{
    sw_power_trajectory_add(sim->self, sim, t, angle, speed);
}

static unstable_run
run_of(const walk *w, double t, const sw_power_omib *omib)
{
    unstable_run u = {t, omib->margin / omib->mass, NULL};
    u.critical = sw_power_alloc(w->swing->n, sizeof *u.critical);
    memcpy(u.critical, omib->critical, w->swing->n * sizeof *u.critical);
    return u;
}

// Simulates the clearing time t and books what it tells. False if the simulation failed.
static bool
try(walk *w, double t)
{
    sw_power_trajectory r = {0};
    bool *critical = sw_power_alloc(w->swing->n, sizeof *critical);
    sw_power_omib omib = {.critical = critical};
    sw_power_sim sim = sw_power_sim_of(w->swing, w->search, t);
    sim.record = keep;
    sim.self = &r;
    sw_power_swing_run(&sim, 1);
    w->answer->cct.simulations++;
    if (sim.verdict == SW_POWER_FAILED) {
        w->answer->cct.failed = true;
        w->answer->cct.failed_at = t;
    } else if (sim.verdict == SW_POWER_STABLE) {
        w->low = t;
    } else {
        sw_power_omib_margin(&r, &sim, t, &omib);
        w->high = t;
        free(w->far.critical);
        w->far = w->near;
        w->near = run_of(w, t, &omib);
    }
    sw_power_trajectory_fini(&r);
    free(critical);
    return !w->answer->cct.failed;
}

// Whether the two shortest unstable runs have margins and are of one cluster.
static bool
points(const walk *w)
{
    return w->near.critical && w->far.critical && isfinite(w->near.margin) &&
           isfinite(w->far.margin) && w->near.margin != w->far.margin &&
           memcmp(w->near.critical, w->far.critical, w->swing->n * sizeof *w->near.critical) == 0;
}

static double
estimate(const walk *w)
{
    const unstable_run *a = &w->near, *b = &w->far;
    return a->t - a->margin * (b->t - a->t) / (b->margin - a->margin);
}

// The next clearing time to try while there is no bracket yet.
static double
outward(const walk *w)
{
    if (isinf(w->high))
        return fmin(2 * w->low + 0.05, w->search->longest);
    double t = points(w) ? estimate(w) : NAN;
    return t > 0.1 * w->high && t < 0.98 * w->high ? t : 0.5 * w->high;
}

// Within the bracket: the estimate; from a stable estimate on upwards in growing strides; the
// middle where margins are no guide (synchronism that is lost late has a margin that does not
// vanish at the limit, since the limit is the horizon's).
static double
inward(walk *w)
{
    double least = 0.9 * w->search->resolution, middle = 0.5 * (w->low + w->high);
    double t = points(w) ? estimate(w) : middle;
    if (t <= w->low) {
        w->stride = w->stride > 0 ? 4 * w->stride : least;
        t = fmin(w->low + w->stride, middle);
    } else {
        w->stride = 0;
        t = t < w->high ? t : middle;
    }
    t = fmin(t, w->high - least);
    return fmax(t, w->low + fmin(least, 0.5 * (w->high - w->low)));
}

static bool
is_bracketed(const walk *w)
{
    return w->low >= 0 && w->high - w->low <= w->search->resolution;
}

// The reason to give up, or NULL. Near the limit the margins must exist and be of one cluster.
static const char *
refusal(const walk *w)
{
    if (w->answer->cct.simulations >= MOST_RUNS)
        return "the margins do not lead to the limit";
    if (w->low < 0 || w->high - w->low > 10 * w->search->scan_step || points(w))
        return NULL;
    bool margins = isfinite(w->near.margin) && isfinite(w->far.margin);
    return margins ? "the critical cluster changes near the limit"
                   : "unstable runs near the limit have no margin";
}

// True once the bracket is narrow, or there is no loss at all.
static bool
walk_on(walk *w)
{
    double first = fmin(0.2, w->search->longest);
    for (double t = first; try(w, t);) {
        if (isinf(w->high) && w->low >= w->search->longest)
            return true;
        if (is_bracketed(w))
            return true;
        if (w->low < 0 && w->high <= w->search->resolution) {
            w->low = 0; // lost even when it is cleared at once, as far as can be told
            return true;
        }
        w->answer->refused = refusal(w);
        if (w->answer->refused)
            return false;
        t = w->low < 0 || isinf(w->high) ? outward(w) : inward(w);
    }
    return false;
}

void
sw_power_sime_find(const sw_power_swing *swing, const sw_power_search *search, sw_power_sime *a)
{
    *a = (sw_power_sime){.cct.first_loss = INFINITY};
    walk w = {.swing = swing, .search = search, .answer = a, .low = -1, .high = INFINITY};
    bool found = walk_on(&w);
    free(w.near.critical);
    free(w.far.critical);
    if (found && isfinite(w.high)) {
        a->cct.first_loss = a->cct.crossing[0] = w.low;
        a->cct.n_crossings = 1;
    } else if (a->refused) {
        size_t before = a->cct.simulations;
        sw_power_search scan = *search;
        scan.all = false;
        sw_power_cct_find(swing, &scan, &a->cct);
        a->cct.simulations += before;
    }
}
