// SPDX-License-Identifier: Apache-2.0
// The two halves of a double, in which the algorithms of fdlibm are written.
#ifndef SW_NETLOGO_NUMBERS_BITS_H
#define SW_NETLOGO_NUMBERS_BITS_H

#include <stdint.h>
#include <string.h>

static inline uint64_t
bits_of(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static inline double
double_of(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

// The high half: sign, exponent and the first 20 bits of the fraction.
static inline int32_t
high_word(double x)
{
    return (int32_t)(uint32_t)(bits_of(x) >> 32);
}

static inline uint32_t
low_word(double x)
{
    return (uint32_t)bits_of(x);
}

static inline double
with_high(double x, int32_t high)
{
    return double_of(((uint64_t)(uint32_t)high << 32) | low_word(x));
}

// The same number with the low half of its bits cleared: exact products of two of them fit a
// double's fraction with few bits lost.
static inline double
head_of(double x)
{
    return double_of(bits_of(x) & 0xffffffff00000000u);
}

#endif
