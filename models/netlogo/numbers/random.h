// SPDX-License-Identifier: Apache-2.0
// The random numbers of NetLogo: the Mersenne Twister MT19937 and the draws that NetLogo makes
// from it, bit for bit. A generator is a plain struct: copying it is cloning it, and nothing is
// shared between two of them, so a run may hold as many streams as it likes.
//
// Source: Matsumoto and Nishimura (1998), "Mersenne Twister", ACM TOMACS 8(1), with the
// initialisation of 2002; Marsaglia's polar method for normal deviates; the rejection test of
// java.util.Random (Java SE specification) for bounded integers.
#ifndef SW_NETLOGO_NUMBERS_RANDOM_H
#define SW_NETLOGO_NUMBERS_RANDOM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SW_NL_RANDOM_WORDS 624

// NetLogo changed random numbers, rounding and plot scaling with version 7.0. A model file's
// version chooses, an option may override, and results record which one they were made with.
typedef enum sw_nl_dialect {
    SW_NL_DIALECT_6 = 6, // up to 6.4
    SW_NL_DIALECT_7 = 7, // from 7.0
} sw_nl_dialect;

typedef struct sw_nl_random {
    uint32_t word[SW_NL_RANDOM_WORDS];
    uint32_t index;     // the next word to hand out; SW_NL_RANDOM_WORDS: refill first
    bool have_gaussian; // the second value of the last pair waits in `gaussian`
    double gaussian;    // kept, and exported, even when it has been handed out
} sw_nl_random;

// The three streams of a model. `main` is what the model draws from; `aux` is for monitors and
// slider bounds; `plot` for plot and pen code, which must not disturb the model.
typedef struct sw_nl_streams {
    sw_nl_random main;
    sw_nl_random aux;
    sw_nl_random plot;
} sw_nl_streams;

// Starts the generator from the low 32 bits of `seed` and forgets a waiting normal deviate.
// A generator must be seeded (or imported, or copied) before anything is drawn from it.
void sw_nl_random_seed(sw_nl_random *r, int64_t seed);

// What `random-seed` does to streams that were seeded before: seeds main and plot alike. The
// auxiliary stream is left as it is, and so are the values of the last normal deviates, which
// exports show although they do not wait any more.
void sw_nl_streams_reseed(sw_nl_streams *s, int64_t seed);

// Seeds all three streams alike and forgets everything else: the state in which a workspace opens
// for a reproducible run.
void sw_nl_streams_seed(sw_nl_streams *s, int64_t seed);

// Makes the next SW_NL_RANDOM_WORDS words. For sw_nl_random_word only.
void sw_nl_random_refill(sw_nl_random *r);

// One raw 32-bit word: the unit in which draws are counted.
static inline uint32_t
sw_nl_random_word(sw_nl_random *r)
{
    if (__builtin_expect(r->index >= SW_NL_RANDOM_WORDS, 0))
        sw_nl_random_refill(r);
    uint32_t y = r->word[r->index++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

// Uniform on 0 … n−1, n in 1 … 2³¹−1 (asserted): one word for a power of two, otherwise one or
// more. What one-of, n-of, shuffles, headings and random-pxcor draw.
//
// java.util.Random's rule: a draw from the incomplete last multiple of n overflows the signed sum
// and is thrown away. The sums are made unsigned, where overflow is defined.
static inline int32_t
sw_nl_random_int(sw_nl_random *r, int32_t n)
{
    assert(n > 0);
    if ((n & -n) == n)
        return (int32_t)(((uint64_t)n * (sw_nl_random_word(r) >> 1)) >> 31);
    uint32_t bits, value;
    do {
        bits = sw_nl_random_word(r) >> 1;
        value = bits % (uint32_t)n;
    } while ((int32_t)(bits - value + ((uint32_t)n - 1)) < 0);
    return (int32_t)value;
}

// Uniform on 0 … n−1, n in 1 … 2⁵³ (asserted: > 0): two words an attempt. What `random` draws.
int64_t sw_nl_random_long(sw_nl_random *r, int64_t n, sw_nl_dialect dialect);

// Uniform on [0, 1) with 53 bits: two words.
double sw_nl_random_double(sw_nl_random *r);

// Standard normal: four words an attempt for a pair, of which the second is handed out by the
// next call at no draw.
double sw_nl_random_gaussian(sw_nl_random *r);

// Large enough for any exported state and its terminating zero.
#define SW_NL_RANDOM_TEXT_SIZE 7680

// Writes the state as the RANDOM STATE section of export-world has it (without the quotes):
// "0 0 -1727483681 index gaussian have-gaussian" and the 624 words as signed integers, separated
// by one space. `text` takes SW_NL_RANDOM_TEXT_SIZE bytes. Returns the length without the zero.
size_t sw_nl_random_export(const sw_nl_random *r, char text[SW_NL_RANDOM_TEXT_SIZE]);

// Reads n bytes of such a text. Returns 0, or −1 when the text is not a complete state; then *r
// is unchanged.
int sw_nl_random_import(sw_nl_random *r, const char *text, size_t n);

#endif
