// SPDX-License-Identifier: Apache-2.0
// The swing integrator for AVX2: 4 lanes. flags.mk has the compiler flags.
#ifdef __x86_64__
#define LANES 4
#define RUN sw_power_swing_run_avx2
#include "models/power/swing_kernel.inc"
#endif
