// SPDX-License-Identifier: Apache-2.0
// Critical clearing times by SIME: the margin of an unstable run is nearly linear in the clearing
// time, so two of them with the same critical cluster point at the limit (Pavella, Ernst and
// Ruiz-Vega 2000, ch. 3).
#ifndef SW_POWER_SIME_H
#define SW_POWER_SIME_H

#include "models/power/cct.h"
#include "models/power/omib.h"

typedef struct sw_power_sime {
    // first_loss, one crossing, simulations (those of a scan included), failed.
    sw_power_cct cct;
    // Why the scan (cct.h) had to answer instead: the critical cluster changes between the runs, or
    // they have no margins; NULL if SIME answered.
    const char *refused;
} sw_power_sime;

// Extrapolates, runs at the estimate, and so on until a stable and an unstable run are within
// search.resolution. That is one change from stable to unstable; whether it is the first one only
// the scan can tell. search.all is not looked at.
void sw_power_sime_find(const sw_power_swing *swing, const sw_power_search *search,
                        sw_power_sime *answer);

#endif
