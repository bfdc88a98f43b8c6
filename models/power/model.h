// SPDX-License-Identifier: Apache-2.0
// The model of rotor-angle stability over the built-in systems; models of registered cases are
// copies of it with a case of their own as `self`.
#ifndef SW_POWER_MODEL_H
#define SW_POWER_MODEL_H

#include <sweepd/model.h>

// Changes whenever the same inputs may give other bits.
#define SW_POWER_ALGORITHM "4"

extern const sw_model sw_power_rotor_angle;

#endif
