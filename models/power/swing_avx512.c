// SPDX-License-Identifier: Apache-2.0
// The swing integrator for AVX-512: 8 lanes. flags.mk has the compiler flags.
#ifdef __x86_64__
#define LANES 8
#define RUN sw_power_swing_run_avx512
#include "models/power/swing_kernel.inc"
#endif
