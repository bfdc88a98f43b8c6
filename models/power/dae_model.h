// SPDX-License-Identifier: Apache-2.0
// The equations of dae.h: states of machines, then real and imaginary voltages of the buses.
#ifndef SW_POWER_DAE_MODEL_H
#define SW_POWER_DAE_MODEL_H

#include "models/power/dae.h"

// States of each machine; those that it lacks stay 0.
enum {
    SW_POWER_X_DELTA, // rad
    SW_POWER_X_W,     // pu
    SW_POWER_X_EQ,
    SW_POWER_X_ED,
    SW_POWER_X_VM,
    SW_POWER_X_LEAD,
    SW_POWER_X_VR,
    SW_POWER_X_EFD,
    SW_POWER_X_VF,
    SW_POWER_X_VALVE,
    SW_POWER_X_TURBINE,
    SW_POWER_X_WASHOUT,
    SW_POWER_X_STAGE_1,
    SW_POWER_X_STAGE_2,
    SW_POWER_X_STATES,
    SW_POWER_LOCAL = SW_POWER_X_STATES + 2, // and the voltage of the machine's bus
    SW_POWER_LIMITED = 2,                   // VR and the valve
};

// What a machine does at its states and the voltage of its bus.
typedef struct sw_power_local {
    double out[SW_POWER_LOCAL];    // derivatives of the states, then the current into the network
    double push[SW_POWER_LIMITED]; // derivatives of VR and the valve as if there were no limits
    double efd, tm, te, vt;
} sw_power_local;

// stop: for VR and the valve, 1 held at the upper limit, -1 at the lower one, 0 free.
void sw_power_local_at(const sw_power_unit *unit, const sw_power_start *start, double w0,
                       const int *stop, const double *x, const double *v, sw_power_local *to);

// The states at the steady state.
void sw_power_local_start(const sw_power_unit *unit, const sw_power_start *start, double *x);

// Derivatives of out (rows) by the states and the voltage (columns), by central differences.
void sw_power_local_slopes(const sw_power_unit *unit, const sw_power_start *start, double w0,
                           const int *stop, const double *x, const double *v,
                           double slope[SW_POWER_LOCAL][SW_POWER_LOCAL]);

#endif
