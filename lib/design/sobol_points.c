// SPDX-License-Identifier: Apache-2.0
// Direction numbers from the primitive polynomials and initial numbers of Joe and Kuo (2008), by
// the recurrence of Sobol' as in P. Bratley and B. L. Fox, ACM TOMS 14 (1988) 88-100.
#include "lib/design/sobol_points.h"

#include "lib/base/memory.h"
#include "lib/base/philox.h"

#include <assert.h>

#include "lib/design/joe_kuo.inc"

_Static_assert((int)SW_SOBOL_DIMENSIONS == (int)JOE_KUO_DIMENSIONS, "the table's length");

static int
degree_of(uint32_t polynomial)
{
    return 31 - __builtin_clz(polynomial);
}

// m_k = XOR over j of 2^j a_j m_{k-j}, XOR m_{k-d}; the direction number is m_k / 2^(k+1).
static void
fill_directions(uint32_t polynomial, const uint32_t *initial, uint64_t *directions)
{
    int degree = degree_of(polynomial);
    uint64_t m[SW_SOBOL_BITS];
    for (int k = 0; k < SW_SOBOL_BITS; k++) {
        if (degree == 0 || k < degree) {
            m[k] = degree == 0 ? 1 : initial[k];
        } else {
            m[k] = m[k - degree];
            for (int j = 1; j <= degree; j++) {
                if (polynomial >> (degree - j) & 1)
                    m[k] ^= m[k - j] << j;
            }
        }
        directions[k] = m[k] << (SW_SOBOL_BITS - 1 - k);
    }
}

sw_sobol *
sw_sobol_new(size_t dimensions, sw_scramble scramble, uint64_t seed)
{
    assert(dimensions <= SW_SOBOL_DIMENSIONS);
    sw_sobol *s = sw_calloc(1, sizeof *s);
    s->dimensions = dimensions;
    s->scramble = scramble;
    s->seed = seed;
    s->directions = sw_calloc(dimensions, SW_SOBOL_BITS * sizeof *s->directions);
    s->shift = sw_calloc(dimensions, sizeof *s->shift);
    size_t at = 0;
    for (size_t v = 0; v < dimensions; v++) {
        uint32_t polynomial = joe_kuo_polynomial[v];
        int degree = degree_of(polynomial);
        fill_directions(polynomial, &joe_kuo_initial[at], &s->directions[v * SW_SOBOL_BITS]);
        at += degree ? (size_t)degree : 1;
        if (scramble == SW_SCRAMBLE_SHIFT)
            s->shift[v] = sw_philox(seed, SW_STREAM_SCRAMBLE, v, 0) >> (64 - SW_SOBOL_BITS);
    }
    return s;
}

void
sw_sobol_free(void *sobol)
{
    sw_sobol *s = sobol;
    if (!s)
        return;
    free(s->directions);
    free(s->shift);
    free(s);
}

uint64_t
sw_sobol_digits(const sw_sobol *s, size_t dimension, uint64_t i)
{
    const uint64_t *directions = &s->directions[dimension * SW_SOBOL_BITS];
    uint64_t digits = 0;
    for (uint64_t gray = i ^ i >> 1; gray; gray &= gray - 1)
        digits ^= directions[__builtin_ctzll(gray)];
    return digits;
}

// The coins of the first 36 bits are those of a tree each; by then two points that differ have
// parted (up to 2^36 points), so that one draw serves all bits below. The 63 coins of a tree of six
// levels are bits 1 to 63 of one draw: node k has the children 2 k and 2 k + 1.
uint64_t
sw_sobol_owen(const sw_sobol *s, size_t dimension, uint64_t digits)
{
    enum { DEPTH = 6, NESTED = 6 * DEPTH, REST = SW_SOBOL_BITS - NESTED };
    uint64_t flips = 0;
    for (uint64_t k = 0; k < NESTED; k += DEPTH) {
        uint64_t prefix = digits >> (SW_SOBOL_BITS - k);
        uint64_t coins = sw_philox(s->seed, SW_STREAM_SCRAMBLE, prefix, dimension << 6 | k);
        uint64_t node = 1;
        for (uint64_t bit = SW_SOBOL_BITS - 1 - k; bit >= SW_SOBOL_BITS - k - DEPTH; bit--) {
            flips = flips << 1 | (coins >> node & 1);
            node = node << 1 | (digits >> bit & 1);
        }
    }
    uint64_t rest = sw_philox(s->seed, SW_STREAM_SCRAMBLE, digits >> REST, dimension << 6 | NESTED);
    return digits ^ flips << REST ^ rest >> (64 - REST);
}
