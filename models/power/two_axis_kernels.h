// SPDX-License-Identifier: Apache-2.0
// The integrator of two_axis_kernel.inc, compiled once for each instruction set.
#ifndef SW_POWER_TWO_AXIS_KERNELS_H
#define SW_POWER_TWO_AXIS_KERNELS_H

#include "models/power/two_axis.h"

void sw_power_two_axis_run_base(sw_power_sim *sims, size_t n);
void sw_power_two_axis_run_avx2(sw_power_sim *sims, size_t n);
void sw_power_two_axis_run_avx512(sw_power_sim *sims, size_t n);

#endif
