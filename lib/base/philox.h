// SPDX-License-Identifier: Apache-2.0
// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as
// 1, 2, 3", SC11): a counter-based generator. Number i of a stream is a pure function of (key, i),
// which is what makes designs and seeds independent of who computes them and in which order.
#ifndef SWEEPD_BASE_PHILOX_H
#define SWEEPD_BASE_PHILOX_H

#include <stdint.h>

// What a stream is for: streams of one seed with different purposes never meet.
typedef enum sw_stream {
    SW_STREAM_RUN_SEED = 1, // seeds handed to models
    SW_STREAM_DESIGN = 2,   // random designs
    SW_STREAM_SCRAMBLE = 3, // digital shifts and scramblings
    SW_STREAM_PERMUTE = 4,  // keyed permutations
    SW_STREAM_BOOTSTRAP = 5,
    SW_STREAM_ANALYSIS = 6,
} sw_stream;

// The block function: 4 words from a 4-word counter and a 2-word key, 10 rounds.
void sw_philox_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

// 64 random bits at (stream; a, b) of a seed. a and b are any two indices, say point and parameter;
// b below 2^56.
uint64_t sw_philox(uint64_t seed, sw_stream stream, uint64_t a, uint64_t b);

// 64 bits as a double in (0, 1): 53 bits, midpoints of cells, never 0 and never 1.
static inline double
sw_unit_open(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

// The seed of one run. With common random numbers the caller passes point 0 for all.
uint64_t sw_run_seed(uint64_t study_seed, uint64_t point, uint64_t replicate);

// A keyed bijection of 0 … n-1 evaluated at i: a balanced Feistel network over the next even
// number of bits, with cycle walking (Black and Rogaway 2002). Constant memory; n >= 1, i < n.
uint64_t sw_permute(uint64_t seed, uint64_t which, uint64_t n, uint64_t i);
// Its inverse: the i that sw_permute takes to k.
uint64_t sw_unpermute(uint64_t seed, uint64_t which, uint64_t n, uint64_t k);

#endif
