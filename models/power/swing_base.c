// SPDX-License-Identifier: Apache-2.0
// The swing integrator for any machine: 2 lanes. flags.mk has the compiler flags.
#define LANES 2
#define RUN sw_power_swing_run_base
#include "models/power/swing_kernel.inc"
