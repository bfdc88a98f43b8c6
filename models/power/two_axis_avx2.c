// SPDX-License-Identifier: Apache-2.0
// The integrator of two-axis machines for AVX2: 4 lanes. flags.mk has the compiler flags.
#ifdef __x86_64__
#define LANES 4
#define RUN sw_power_two_axis_run_avx2
#include "models/power/two_axis_kernel.inc"
#endif
