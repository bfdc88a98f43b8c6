// SPDX-License-Identifier: Apache-2.0
// Critical clearing times by a scan. Stability is not monotone in the clearing time: a system may
// be stable again beyond its first loss, and bisection then finds one of several crossings. The
// scan finds the first loss, and all crossings if asked.
#ifndef SW_POWER_CCT_H
#define SW_POWER_CCT_H

#include "models/power/swing.h"

typedef struct sw_power_search {
    double horizon;    // s, from the fault on
    double step;       // s
    double limit;      // rad
    double longest;    // s: the last clearing time tried
    double scan_step;  // s: a loss narrower than this can be missed
    double resolution; // s
    double second_at;  // s after clearing: when the second outage comes, if the swing has one
    bool all;          // look for crossings beyond the first loss
} sw_power_search;

enum { SW_POWER_MAX_CROSSINGS = 64 };

typedef struct sw_power_cct {
    // s: the longest clearing time found stable below the first loss. 0: lost even when cleared at
    // once. INFINITY: stable up to search.longest.
    double first_loss;
    double crossing[SW_POWER_MAX_CROSSINGS]; // s: where stability changes, from the first on
    size_t n_crossings;
    size_t simulations;
    bool failed; // a simulation failed at failed_at: no answer
    double failed_at;
} sw_power_cct;

// The simulation of one clearing time.
sw_power_sim sw_power_sim_of(const sw_power_swing *swing, const sw_power_search *search,
                             double clearing_time);

void sw_power_cct_find(const sw_power_swing *swing, const sw_power_search *search,
                       sw_power_cct *answer);

#endif
