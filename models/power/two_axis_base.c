// SPDX-License-Identifier: Apache-2.0
// The integrator of two-axis machines for any machine: 2 lanes. flags.mk has the compiler flags.
#define LANES 2
#define RUN sw_power_two_axis_run_base
#include "models/power/two_axis_kernel.inc"
