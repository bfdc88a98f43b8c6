// SPDX-License-Identifier: Apache-2.0
// Building a case row by row: for readers of files whose sizes are not known beforehand.
#ifndef SW_POWER_CASE_ROWS_H
#define SW_POWER_CASE_ROWS_H

#include "models/power/case.h"

// An empty case without a name, of 100 MVA; freed by sw_power_case_free.
sw_power_case *sw_power_case_new(void);

// A new row at the end of a table, all zero. NULL if the table has as many rows as are allowed.
// Valid until the next row of that table.
sw_power_bus *sw_power_add_bus(sw_power_case *c);
sw_power_generator *sw_power_add_generator(sw_power_case *c);
sw_power_branch *sw_power_add_branch(sw_power_case *c);
sw_power_machine *sw_power_add_machine(sw_power_case *c);
sw_power_exciter *sw_power_add_exciter(sw_power_case *c);
sw_power_governor *sw_power_add_governor(sw_power_case *c);
sw_power_stabiliser *sw_power_add_stabiliser(sw_power_case *c);

#endif
