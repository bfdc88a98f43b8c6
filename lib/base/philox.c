// SPDX-License-Identifier: Apache-2.0
// Philox 4x32-10 and what is built on it: run seeds and keyed permutations.
#include "lib/base/philox.h"

#include <assert.h>

void
sw_philox_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53U * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57U * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

uint64_t
sw_philox(uint64_t seed, sw_stream stream, uint64_t a, uint64_t b)
{
    assert(b < (UINT64_C(1) << 56));
    uint64_t tagged = b | (uint64_t)stream << 56;
    uint32_t counter[4] = {(uint32_t)a, (uint32_t)(a >> 32), (uint32_t)tagged,
                           (uint32_t)(tagged >> 32)};
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t out[4];
    sw_philox_block(counter, key, out);
    return (uint64_t)out[1] << 32 | out[0];
}

uint64_t
sw_run_seed(uint64_t study_seed, uint64_t point, uint64_t replicate)
{
    return sw_philox(study_seed, SW_STREAM_RUN_SEED, point, replicate);
}

static int
bits_for(uint64_t n)
{
    return n <= 1 ? 0 : 64 - __builtin_clzll(n - 1);
}

// One pass of the network over 2*half bits.
static uint64_t
feistel(uint64_t seed, uint64_t which, int half, uint64_t x)
{
    uint64_t mask = (UINT64_C(1) << half) - 1;
    uint64_t left = x >> half, right = x & mask;
    for (uint64_t round = 0; round < 6; round++) {
        uint64_t f = sw_philox(seed, SW_STREAM_PERMUTE, right, which << 4 | round) & mask;
        uint64_t next = left ^ f;
        left = right;
        right = next;
    }
    return left << half | right;
}

static uint64_t
feistel_inverse(uint64_t seed, uint64_t which, int half, uint64_t x)
{
    uint64_t mask = (UINT64_C(1) << half) - 1;
    uint64_t left = x >> half, right = x & mask;
    for (uint64_t round = 6; round-- > 0;) {
        uint64_t f = sw_philox(seed, SW_STREAM_PERMUTE, left, which << 4 | round) & mask;
        uint64_t before = right ^ f;
        right = left;
        left = before;
    }
    return left << half | right;
}

uint64_t
sw_permute(uint64_t seed, uint64_t which, uint64_t n, uint64_t i)
{
    assert(n >= 1 && i < n);
    if (n == 1)
        return 0;
    int half = (bits_for(n) + 1) / 2;
    // The walk ends: the network permutes at most 4n values, and i is one of the n below n.
    do {
        i = feistel(seed, which, half, i);
    } while (i >= n);
    return i;
}

uint64_t
sw_unpermute(uint64_t seed, uint64_t which, uint64_t n, uint64_t k)
{
    assert(n >= 1 && k < n);
    if (n == 1)
        return 0;
    int half = (bits_for(n) + 1) / 2;
    do {
        k = feistel_inverse(seed, which, half, k);
    } while (k >= n);
    return k;
}
