// SPDX-License-Identifier: Apache-2.0
// The power flow of a case as it stands; no solution fails the test.
#ifndef SW_TESTS_POWER_FLOW_OF_H
#define SW_TESTS_POWER_FLOW_OF_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/power/powerflow.h"

static inline sw_power_solution
flow_of(const sw_power_case *c)
{
    sw_power_network *net = sw_power_network_new(c);
    sw_power_flow *flow = sw_power_flow_new(net);
    sw_power_demand d;
    sw_power_solution s;
    char reason[256];
    sw_power_demand_init(&d, c);
    sw_power_solution_init(&s, c);
    if (!sw_power_flow_solve(flow, &d, &s, reason, sizeof reason))
        fail_msg("%s: %s", c->name, reason);
    sw_power_demand_fini(&d);
    sw_power_flow_free(&flow);
    sw_power_network_free(&net);
    return s;
}

#endif
