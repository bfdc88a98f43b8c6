// SPDX-License-Identifier: Apache-2.0
// Sobol' points by Joe and Kuo's direction numbers, in Gray-code order, at 52 bits; random access
// and stepping give the same bits. Private to lib/design.
#ifndef SWEEPD_DESIGN_SOBOL_POINTS_H
#define SWEEPD_DESIGN_SOBOL_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SW_SOBOL_BITS = 52, SW_SOBOL_DIMENSIONS = 4096 };

typedef enum sw_scramble { SW_SCRAMBLE_NONE, SW_SCRAMBLE_SHIFT, SW_SCRAMBLE_OWEN } sw_scramble;

typedef struct sw_sobol {
    size_t dimensions;
    sw_scramble scramble;
    uint64_t seed;
    uint64_t *directions; // [dimension][SW_SOBOL_BITS], highest bit of the fraction first
    uint64_t *shift;      // [dimension], zero when not shifted
} sw_sobol;

// dimensions at most SW_SOBOL_DIMENSIONS. Shift: every coordinate is XORed with 52 random bits of
// the seed (Matoušek 1998, digital shift). Owen: each bit is flipped by a coin that depends on all
// bits before it (Owen 1995, nested uniform scrambling). Both set coordinates in the middle of
// their cells, so that none is 0. None: point 0 is the origin.
sw_sobol *sw_sobol_new(size_t dimensions, sw_scramble scramble, uint64_t seed);
void sw_sobol_free(void *sobol);

// The digits of point i in one dimension: the XOR of the direction numbers of the bits of the Gray
// code of i (Antonov and Saleev 1979). i below 2^52.
uint64_t sw_sobol_digits(const sw_sobol *s, size_t dimension, uint64_t i);

// The digits of point i + 1 from those of point i.
static inline uint64_t
sw_sobol_step(const sw_sobol *s, size_t dimension, uint64_t i, uint64_t digits)
{
    int k = __builtin_ctzll(~i);
    return digits ^ s->directions[dimension * SW_SOBOL_BITS + (size_t)k];
}

// Owen's scrambling of one coordinate's digits.
uint64_t sw_sobol_owen(const sw_sobol *s, size_t dimension, uint64_t digits);

static inline double
sw_sobol_place(const sw_sobol *s, size_t dimension, uint64_t digits)
{
    double middle = s->scramble == SW_SCRAMBLE_NONE ? 0 : 0.5;
    if (s->scramble == SW_SCRAMBLE_OWEN)
        digits = sw_sobol_owen(s, dimension, digits);
    return ((double)(digits ^ s->shift[dimension]) + middle) * 0x1p-52;
}

#endif
