// SPDX-License-Identifier: Apache-2.0
// MT19937 and NetLogo's draws from it; see random.h.
#include "models/netlogo/numbers/random.h"

#include "models/netlogo/numbers/strict.h"
#include "models/netlogo/numbers/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define N SW_NL_RANDOM_WORDS
#define M 397
#define MATRIX_A 0x9908b0dfu

// The numbers with which an exported state opens; the third is MATRIX_A as a signed integer.
#define STATE_HEAD "0 0 -1727483681 "

void
sw_nl_random_seed(sw_nl_random *r, int64_t seed)
{
    r->word[0] = (uint32_t)seed;
    for (uint32_t i = 1; i < N; i++)
        r->word[i] = 1812433253u * (r->word[i - 1] ^ (r->word[i - 1] >> 30)) + i;
    r->index = N;
    r->have_gaussian = false;
    r->gaussian = 0;
}

// Seeding forgets that a second deviate waits, but its value stays, and shows in exports.
static void
reseed(sw_nl_random *r, int64_t seed)
{
    double gaussian = r->gaussian;
    sw_nl_random_seed(r, seed);
    r->gaussian = gaussian;
}

void
sw_nl_streams_reseed(sw_nl_streams *s, int64_t seed)
{
    reseed(&s->main, seed);
    reseed(&s->plot, seed);
}

void
sw_nl_streams_seed(sw_nl_streams *s, int64_t seed)
{
    sw_nl_random_seed(&s->main, seed);
    s->aux = s->plot = s->main;
}

static uint32_t
twist(uint32_t high, uint32_t low)
{
    return (((high & 0x80000000u) | (low & 0x7fffffffu)) >> 1) ^ (-(low & 1u) & MATRIX_A);
}

void
sw_nl_random_refill(sw_nl_random *r)
{
    uint32_t *w = r->word;
    for (size_t i = 0; i < N - M; i++)
        w[i] = w[i + M] ^ twist(w[i], w[i + 1]);
    for (size_t i = N - M; i < N - 1; i++)
        w[i] = w[i + M - N] ^ twist(w[i], w[i + 1]);
    w[N - 1] = w[M - 1] ^ twist(w[N - 1], w[0]);
    r->index = 0;
}

// Up to 6.4 the low word is added with its sign, so that the high word may come out one smaller.
static uint64_t
long_bits(sw_nl_random *r, sw_nl_dialect dialect)
{
    uint64_t y = sw_nl_random_word(r);
    uint64_t z = sw_nl_random_word(r);
    if (dialect == SW_NL_DIALECT_6)
        z = (uint64_t)(int64_t)(int32_t)(uint32_t)z;
    return ((y << 32) + z) >> 1;
}

int64_t
sw_nl_random_long(sw_nl_random *r, int64_t n, sw_nl_dialect dialect)
{
    assert(n > 0);
    uint64_t bits, value;
    do {
        bits = long_bits(r, dialect);
        value = bits % (uint64_t)n;
    } while ((int64_t)(bits - value + ((uint64_t)n - 1)) < 0);
    return (int64_t)value;
}

double
sw_nl_random_double(sw_nl_random *r)
{
    uint64_t y = sw_nl_random_word(r) >> 6;
    uint64_t z = sw_nl_random_word(r) >> 5;
    return (double)((y << 27) + z) / 9007199254740992.0;
}

double
sw_nl_random_gaussian(sw_nl_random *r)
{
    if (r->have_gaussian) {
        r->have_gaussian = false;
        return r->gaussian;
    }
    double u, v, s;
    do {
        u = 2 * sw_nl_random_double(r) - 1;
        v = 2 * sw_nl_random_double(r) - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    double scale = sw_nl_sqrt(-2 * sw_nl_log(s) / s);
    r->gaussian = v * scale;
    r->have_gaussian = true;
    return u * scale;
}

// ---- State as text ------------------------------------------------------------------------------

size_t
sw_nl_random_export(const sw_nl_random *r, char text[SW_NL_RANDOM_TEXT_SIZE])
{
    char gaussian[SW_NL_NUMBER_TEXT_SIZE];
    sw_nl_java_text(r->gaussian, gaussian);
    size_t n = (size_t)snprintf(text, SW_NL_RANDOM_TEXT_SIZE, STATE_HEAD "%u %s %s", r->index,
                                gaussian, r->have_gaussian ? "true" : "false");
    for (size_t i = 0; i < N; i++)
        n += (size_t)snprintf(text + n, SW_NL_RANDOM_TEXT_SIZE - n, " %d", (int32_t)r->word[i]);
    return n;
}

// Takes the next word, which single spaces end. Returns its length, 0 when there is none.
static size_t
next_field(const char **at, const char *end, const char **field)
{
    while (*at < end && **at == ' ')
        (*at)++;
    *field = *at;
    while (*at < end && **at != ' ')
        (*at)++;
    return (size_t)(*at - *field);
}

static int
read_integer(const char **at, const char *end, int64_t *value)
{
    const char *field;
    size_t n = next_field(at, end, &field);
    bool negative = n > 0 && *field == '-';
    size_t i = negative;
    if (n == i || n > 11)
        return -1;
    int64_t v = 0;
    for (; i < n; i++) {
        if (field[i] < '0' || field[i] > '9')
            return -1;
        v = v * 10 + (field[i] - '0');
    }
    *value = negative ? -v : v;
    return *value < INT32_MIN || *value > UINT32_MAX ? -1 : 0;
}

static int
read_gaussian(const char **at, const char *end, sw_nl_random *r)
{
    const char *field;
    size_t n = next_field(at, end, &field);
    if (sw_nl_number_read(field, n, &r->gaussian) != SW_NL_NUMBER_OK)
        return -1;
    n = next_field(at, end, &field);
    r->have_gaussian = n == 4 && memcmp(field, "true", 4) == 0;
    return r->have_gaussian || (n == 5 && memcmp(field, "false", 5) == 0) ? 0 : -1;
}

int
sw_nl_random_import(sw_nl_random *r, const char *text, size_t n)
{
    const char *at = text + strlen(STATE_HEAD), *end = text + n;
    if (n < strlen(STATE_HEAD) || memcmp(text, STATE_HEAD, strlen(STATE_HEAD)) != 0)
        return -1;
    sw_nl_random read;
    int64_t value;
    if (read_integer(&at, end, &value) || value < 0 || value > N)
        return -1;
    read.index = (uint32_t)value;
    if (read_gaussian(&at, end, &read))
        return -1;
    for (size_t i = 0; i < N; i++) {
        if (read_integer(&at, end, &value))
            return -1;
        read.word[i] = (uint32_t)value;
    }
    const char *rest;
    if (next_field(&at, end, &rest) > 0)
        return -1;
    *r = read;
    return 0;
}
