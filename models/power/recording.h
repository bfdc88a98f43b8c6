// SPDX-License-Identifier: Apache-2.0
// What a study may ask of a trajectory: series by machine, thinned out, and how much is still
// swinging at the end.
#ifndef SW_POWER_RECORDING_H
#define SW_POWER_RECORDING_H

#include "models/power/swing.h"

typedef enum sw_power_trace {
    SW_POWER_TIMES,    // s, one a row; the others: one a machine and row
    SW_POWER_ANGLES,   // degrees, to the mean of the machines
    SW_POWER_SPEEDS,   // pu, relative to synchronous
    SW_POWER_VOLTAGES, // pu at the terminals; this and what follows: two-axis machines only
    SW_POWER_FIELDS,   // Efd, pu
    SW_POWER_TORQUES,  // mechanical, pu of the case's base
    SW_POWER_TRACES
} sw_power_trace;

typedef struct sw_power_recording {
    // Asked for.
    bool wants[SW_POWER_TRACES];
    double every; // s: a row at the first step that is this much after the row before; 0: each step
    double tail;  // s: from when on the swing is measured
    // Answers.
    double *v[SW_POWER_TRACES]; // n values each; none where the machines have no such thing
    size_t n[SW_POWER_TRACES];
    double high, low; // rad: extremes of the spread of angles from tail on; high < low: none
    // Own.
    size_t capacity[SW_POWER_TRACES];
    double next;
} sw_power_recording;

// Prepares r, whose wants, every and tail are set and the rest zero.
void sw_power_recording_init(sw_power_recording *r);

// Adds a step: to be called by the simulation's record.
void sw_power_recording_add(sw_power_recording *r, const sw_power_sim *sim, double t,
                            const double *angle, const double *speed);

void sw_power_recording_fini(sw_power_recording *r);

#endif
