// SPDX-License-Identifier: Apache-2.0
// From what a run asks for (load, inertias, a fault and how it is cleared) to swing equations ready
// to integrate: power flow, machines' inner voltages, reduced networks.
#ifndef SW_POWER_SCENARIO_H
#define SW_POWER_SCENARIO_H

#include "models/power/machine.h"
#include "models/power/powerflow.h"
#include "models/power/reduce.h"
#include "models/power/swing.h"

enum { SW_POWER_NAMED_MACHINES = 10, SW_POWER_REASON = 256 };

// What happens at time 0. A line trip, generator trip or load step has no faulted network: its
// simulations begin in SW_POWER_CLEARED.
typedef enum sw_power_event {
    SW_POWER_FAULT,
    SW_POWER_LINE_TRIP,
    SW_POWER_GENERATOR_TRIP,
    SW_POWER_LOAD_STEP,
} sw_power_event;

// Networks of a prepared swing.
enum { SW_POWER_FAULTED, SW_POWER_CLEARED, SW_POWER_SECOND, SW_POWER_TOPOLOGIES };

// A case with its prepared solvers. One thread at a time.
typedef struct sw_power_context {
    const sw_power_case *c;
    sw_power_network *net;
    sw_power_flow *flow;
    sw_power_reducer *reducer;
    sw_power_demand demand;
    sw_power_solution solution;
    double complex *load;    // per bus: admittance
    double complex *reduced; // machines squared
    double *e;               // per running machine, as what follows: inner voltage
    size_t n_running;        // machines that are simulated: all but one that is lost
    size_t *running;         // their indices in the case
    sw_power_source *source;
    sw_power_unit *unit;   // if machines have two axes
    sw_power_start *start; // likewise
    size_t n_topologies;   // of the scenario prepared last
    sw_power_topology topology[SW_POWER_TOPOLOGIES];
} sw_power_context;

sw_power_context *sw_power_context_new(const sw_power_case *c);
void sw_power_context_free(sw_power_context **x);

// Everything that fixes an operating point and its networks; plain numbers only, so that two
// scenarios are the same if their bytes are.
typedef struct sw_power_scenario {
    double event;            // sw_power_event
    double load_level;       // factor on all loads
    double area, area_load;  // a factor on the loads of one area; area 0: none
    double bus, bus_load;    // and on that of one bus, by number; 0: none
    double proportional;     // 1: generation follows the load level; 0: the reference bus does
    double reactive_limits;  // 1: generators stay within Qmin to Qmax
    double distributed;      // 1: all generators share what the loads lack, as their powers are to
                             // each other; 0: the reference bus alone
    double renewable;        // share of each machine that a static injection takes the place of
    double inertia;          // factor on all inertias
    double damping;          // added to every machine's D, pu on its own base
    double xdp;              // factor on all transient reactances
    double fault_bus;        // number; 0: on the line, at position
    double line[3];          // from and to bus numbers, which of parallel circuits; 0: none
    double position;         // 0 at the line's first-named end to 1
    double fault_r, fault_x; // pu; both 0: solid
    double opens;            // 1: the line is opened at clearing; 0: the fault vanishes by itself
    double keeps_charging;   // 1: half of an opened line's charging stays at each end
    double trip;             // which machine is lost (from 1), with SW_POWER_GENERATOR_TRIP
    double step_bus, step;   // bus (0: all) and factor, with SW_POWER_LOAD_STEP
    double second_line[3];   // a further outage, as line; 0: none
    double two_axis;         // 1: two-axis machines with the controls below; 0: classical ones
    double exciter;          // sw_power_exciter_choice
    double governor, stabiliser;              // 1: as the case says; 0: none
    double avr_gain, governor_gain, pss_gain; // factors
    double load_current, load_power; // shares in all loads; not 0: two-axis only, and slow (dae.h)
    double machine_inertia[SW_POWER_NAMED_MACHINES]; // factors, in the order of the case's machines
    double machine_xdp[SW_POWER_NAMED_MACHINES];
    double machine_dispatch[SW_POWER_NAMED_MACHINES];
} sw_power_scenario;

// All factors 1, no fault.
void sw_power_scenario_init(sw_power_scenario *s);

// Reads "5-7", "5-7/2" (the second of parallel circuits) or "none". False if it is neither.
bool sw_power_parse_line(const char *text, double line[3]);

// Prepares the swing (freed by sw_power_swing_fini). False and the reason if the scenario does not
// fit the case, the power flow has no solution, or an opened line islands the network.
bool sw_power_scenario_prepare(sw_power_context *x, const sw_power_scenario *s,
                               sw_power_swing *swing, char *reason, size_t size);

#endif
