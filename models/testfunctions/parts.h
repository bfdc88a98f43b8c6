// SPDX-License-Identifier: Apache-2.0
// What the files of this family share: the list of models, the runner of plain functions, and the
// random numbers that a run's seed gives.
#ifndef SW_MODELS_TESTFUNCTIONS_PARTS_H
#define SW_MODELS_TESTFUNCTIONS_PARTS_H

#include <sweepd/model.h>

extern const sw_model sw_testfunctions_ishigami, sw_testfunctions_sobol_g, sw_testfunctions_morris,
    sw_testfunctions_borehole, sw_testfunctions_wing_weight, sw_testfunctions_linear,
    sw_testfunctions_product, sw_testfunctions_interaction, sw_testfunctions_stochastic,
    sw_testfunctions_noop, sw_testfunctions_series, sw_testfunctions_text, sw_testfunctions_sleep,
    sw_testfunctions_crash, sw_testfunctions_hang, sw_testfunctions_memory, sw_testfunctions_error;

// A deterministic function of all parameters, in the model's order; a model's `self` points to it.
typedef struct sw_testfunction {
    double (*value)(const double *x);
} sw_testfunction;

// For models with one output. The open keeps the model as its state; run and run_batch evaluate
// its sw_testfunction and write out[0].
int sw_testfunctions_open_one(const sw_opening *o, void **state);
sw_outcome sw_testfunctions_run(void *state, const sw_run *run);
void sw_testfunctions_run_batch(void *state, const sw_batch *batch);

// Number n of the seed's stream: the output function of SplitMix64 (Steele, Lea and Flood 2014,
// "Fast splittable pseudorandom number generators", OOPSLA, figure 15) at state
// seed + (n + 1) * golden gamma.
static inline uint64_t
sw_testfunctions_bits(uint64_t seed, uint64_t n)
{
    uint64_t z = seed + (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

// The same as a double in (0, 1), 52 bits, never an end.
static inline double
sw_testfunctions_uniform(uint64_t seed, uint64_t n)
{
    return ((double)(sw_testfunctions_bits(seed, n) >> 12) + 0.5) * 0x1p-52;
}

#endif
