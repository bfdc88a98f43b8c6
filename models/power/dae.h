// SPDX-License-Identifier: Apache-2.0
// Two-axis machines on the whole network as a differential-algebraic system, for loads that are not
// only admittances (ZIP), and as an independent check of two_axis.h. Every bus keeps its voltage;
// SUNDIALS' IDA (variable order and step) integrates with sparse Newton steps by KLU. Limits
// without wind-up are located as events.
//
// Loads (Kundur, ch. 7.1): with r = V / V0 the power is P0 (z r^2 + i r + p); below r = 0.7 the
// parts of i and p turn into the admittances that draw the same there, since constant power has no
// solution at low voltage.
#ifndef SW_POWER_DAE_H
#define SW_POWER_DAE_H

#include "models/power/machine.h"
#include "models/power/scenario.h"

typedef struct sw_power_dae_setup {
    const sw_power_network *net;
    size_t n;                    // machines
    const sw_power_unit *unit;   // n
    const sw_power_start *start; // likewise
    const double complex *v0;    // per bus: the power flow's voltages
    const double complex *fixed; // per bus: admittance, besides the loads
    const double complex *load;  // per bus: the load's admittance at v0
    double current, power;       // shares i and p of all loads; the rest is z
    size_t n_topologies;
    const sw_power_topology *topology;
} sw_power_dae_setup;

typedef struct sw_power_dae sw_power_dae;

// Copies all that it needs but the network.
sw_power_dae *sw_power_dae_new(const sw_power_dae_setup *setup);
void sw_power_dae_free(sw_power_dae **d);

// The same for the two-axis scenario that the context prepared last: its machines, network and
// events, with these shares of constant current and constant power in all loads. The context's case
// and network must outlive it.
sw_power_dae *sw_power_dae_of(const sw_power_context *x, double current, double power);

// Simulates sim as the fast path does: its phases name topologies, record and the watch over the
// spread of angles come every sim->step or less; speeds are rad/s. tolerance: relative, and
// absolute a hundredth of it. sim->verdict is SW_POWER_FAILED and sim->why a reason when the
// network has no solution after a switch or IDA gives up.
void sw_power_dae_run(sw_power_dae *d, sw_power_sim *sim, double tolerance);

#endif
