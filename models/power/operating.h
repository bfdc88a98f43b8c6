// SPDX-License-Identifier: Apache-2.0
// The operating point of a scenario: loads, dispatch and who makes up the difference; power flow;
// what is not a running machine as admittances.
#ifndef SW_POWER_OPERATING_H
#define SW_POWER_OPERATING_H

#include "models/power/scenario.h"

// Sets the context's demand, solution and load. A load step comes after the power flow: demand and
// load are those behind it. False and the reason if a named area or bus is not in the case, or the
// power flow has no solution.
bool sw_power_operate(sw_power_context *x, const sw_power_scenario *s, char *reason, size_t size);

#endif
