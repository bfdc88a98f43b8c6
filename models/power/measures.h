// SPDX-License-Identifier: Apache-2.0
// What one simulation was like: frequency, its rate of change, voltages, each machine's farthest
// angle.
#ifndef SW_POWER_MEASURES_H
#define SW_POWER_MEASURES_H

#include "models/power/swing.h"

typedef struct sw_power_measures {
    // Asked for.
    double window;      // s: over which the rate of change of frequency is taken
    double low_voltage; // pu
    // Answers, up to the loss of synchronism. Frequency is that of the machines' centre of inertia.
    double frequency_low, frequency_high; // Hz
    double rocof;     // Hz/s: the largest change of frequency within any window, over the window;
                      // NaN if the simulation is shorter
    double *farthest; // per machine: the largest angle away from the centre of inertia, rad
    double voltage_low, voltage_high; // pu, over all terminals; NaN for classical machines
    double time_low;                  // s: how long any terminal was below low_voltage; likewise
    // Own.
    double *history; // time and frequency of each step
    size_t n, capacity, oldest;
    double last; // s: the step before
} sw_power_measures;

// For swings of n machines; window and low_voltage stay as the caller sets them.
void sw_power_measures_init(sw_power_measures *m, size_t n);

// Adds a step: to be called by the simulation's record.
void sw_power_measures_add(sw_power_measures *m, const sw_power_sim *sim, double t,
                           const double *angle, const double *speed);

void sw_power_measures_fini(sw_power_measures *m);

#endif
