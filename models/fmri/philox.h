// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers (Philox 4x32-10; Salmon, Moraes, Dror and Shaw 2011, SC11): each is
// a pure function of (seed, purpose, a, b), so that a simulated subject does not depend on how many
// others there are.
#ifndef SW_FMRI_PHILOX_H
#define SW_FMRI_PHILOX_H

#include <math.h>
#include <stdint.h>

// What numbers are for; those of different purposes never meet.
typedef enum sw_fmri_purpose {
    SW_FMRI_NOISE = 1, // a: subject, b: pair of voxels
    SW_FMRI_TAIL = 2,  // a: subject, b: degree of freedom
    SW_FMRI_FOCUS = 3, // a: focus, b: attempt
    SW_FMRI_COVERAGE = 4,
    SW_FMRI_SELECTION = 5,
    SW_FMRI_FLIP = 6,
    SW_FMRI_STUDY = 7,
} sw_fmri_purpose;

static inline void
sw_fmri_philox(uint64_t seed, sw_fmri_purpose purpose, uint32_t a, uint32_t b, uint32_t out[4])
{
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t x[4] = {b, a, (uint32_t)purpose, 0};
    for (int round = 0; round < 10; round++) {
        uint64_t p = (uint64_t)0xd2511f53 * x[0], q = (uint64_t)0xcd9e8d57 * x[2];
        uint32_t y[4] = {(uint32_t)(q >> 32) ^ x[1] ^ key[0], (uint32_t)q,
                         (uint32_t)(p >> 32) ^ x[3] ^ key[1], (uint32_t)p};
        for (int i = 0; i < 4; i++)
            x[i] = y[i];
        key[0] += 0x9e3779b9;
        key[1] += 0xbb67ae85;
    }
    for (int i = 0; i < 4; i++)
        out[i] = x[i];
}

// Two uniform numbers in (0, 1), 52 bits each.
static inline void
sw_fmri_uniform_pair(uint64_t seed, sw_fmri_purpose purpose, uint32_t a, uint32_t b, double u[2])
{
    uint32_t word[4];
    sw_fmri_philox(seed, purpose, a, b, word);
    for (int i = 0; i < 2; i++) {
        uint64_t bits = (uint64_t)word[2 * i] << 32 | word[2 * i + 1];
        u[i] = ((double)(bits >> 12) + 0.5) * 0x1p-52;
    }
}

// Two independent unit normals (Box and Muller 1958).
static inline void
sw_fmri_normal_pair(uint64_t seed, sw_fmri_purpose purpose, uint32_t a, uint32_t b, double z[2])
{
    double u[2];
    sw_fmri_uniform_pair(seed, purpose, a, b, u);
    double radius = sqrt(-2 * log(u[0]));
    z[0] = radius * cos(2 * M_PI * u[1]);
    z[1] = radius * sin(2 * M_PI * u[1]);
}

#endif
