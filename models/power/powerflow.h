// SPDX-License-Identifier: Apache-2.0
// Power flow by Newton's method in polar coordinates (Tinney and Hart 1967, "Power flow solution by
// Newton's method", IEEE Trans. PAS-86), sparse, with KLU. The pivot order is fixed by the case
// alone, so a solution does not depend on what was solved before it.
#ifndef SW_POWER_POWERFLOW_H
#define SW_POWER_POWERFLOW_H

#include "models/power/network.h"

typedef struct sw_power_flow sw_power_flow;

// What is wanted, in pu on base_mva. pg is per generator (the reference bus's is an answer, not
// used), pd and qd per bus.
typedef struct sw_power_demand {
    double *pd, *qd, *pg;
    bool reactive_limits; // hold each generator bus within its Qmin to Qmax, giving up its voltage
    bool flat_start;      // from 1 pu and 0 degrees rather than from the base case's solution
} sw_power_demand;

typedef struct sw_power_solution {
    double *vm, *va; // per bus: pu, radians
    double *pg, *qg; // per generator: pu
    int iterations;
    double mismatch; // largest of |dP|, |dQ|, pu
} sw_power_solution;

// Prepares the solver and solves the base case, from the case's own start or else a flat one. The
// network must outlive it.
sw_power_flow *sw_power_flow_new(const sw_power_network *net);
void sw_power_flow_free(sw_power_flow **flow);

// Solves to a mismatch of 1e-10 pu (or, on large cases, to where rounding stops it: 1e-8). False
// and a reason that names the bus of the largest mismatch if it does not converge.
bool sw_power_flow_solve(sw_power_flow *flow, const sw_power_demand *demand,
                         sw_power_solution *solution, char *reason, size_t size);

// Room for the two, sized for the case; demand starts as the base case.
void sw_power_demand_init(sw_power_demand *d, const sw_power_case *c);
void sw_power_demand_fini(sw_power_demand *d);
void sw_power_solution_init(sw_power_solution *s, const sw_power_case *c);
void sw_power_solution_fini(sw_power_solution *s);

#endif
