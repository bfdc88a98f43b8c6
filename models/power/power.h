// SPDX-License-Identifier: Apache-2.0
// The family "power": transient rotor-angle stability.
#ifndef SW_POWER_POWER_H
#define SW_POWER_POWER_H

#include <sweepd/model.h>

extern const sw_family sw_power_family;

#endif
