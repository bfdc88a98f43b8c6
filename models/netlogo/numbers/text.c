// SPDX-License-Identifier: Apache-2.0
// Numbers to text and back; see text.h.
#include "models/netlogo/numbers/text.h"

#include "models/netlogo/numbers/bits.h"
#include "models/netlogo/numbers/strict.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/netlogo/numbers/powers.inc"

// ---- Shortest decimal ---------------------------------------------------------------------------

#define MASK63 ((UINT64_C(1) << 63) - 1)

static const uint64_t tens[] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
};

static uint64_t
multiply_high(uint64_t a, uint64_t b)
{
    return (uint64_t)(((unsigned __int128)a * b) >> 64);
}

// The product with g(k), rounded to odd: exact as far as comparisons with 4·decimals go.
static uint64_t
scaled(int k, uint64_t c)
{
    uint64_t high = powers[k - POWERS_MIN].high, low = powers[k - POWERS_MIN].low;
    uint64_t z = ((high * c) >> 1) + multiply_high(low, c);
    uint64_t w = multiply_high(high, c) + (z >> 63);
    return w | (((z & MASK63) + MASK63) >> 63);
}

// The decimal for c · 2^q: digits · 10^*exponent, with zeros at the end where they come.
static uint64_t
schubfach(uint64_t c, int q, int *exponent)
{
    uint64_t odd = c & 1;
    int irregular = c == UINT64_C(1) << 52 && q > -1074;
    int64_t log = q * INT64_C(661971961083);
    int k = (int)((irregular ? log - INT64_C(274743187321) : log) >> 41);
    int h = q + (int)((-k * INT64_C(913124641741)) >> 38) + 2;
    uint64_t value = scaled(k, (c << 2) << h);
    uint64_t left = scaled(k, ((c << 2) - (irregular ? 1 : 2)) << h);
    uint64_t right = scaled(k, ((c << 2) + 2) << h);
    uint64_t s = value >> 2;
    *exponent = k;
    if (s >= 100) {
        uint64_t down = s / 10 * 10, up = down + 10;
        int down_fits = left + odd <= down << 2, up_fits = (up << 2) + odd <= right;
        if (down_fits != up_fits)
            return down_fits ? down : up;
    }
    uint64_t t = s + 1;
    int s_fits = left + odd <= s << 2, t_fits = (t << 2) + odd <= right;
    if (s_fits != t_fits)
        return s_fits ? s : t;
    int64_t from_middle = (int64_t)(value - ((s + t) << 1));
    return from_middle < 0 || (from_middle == 0 && (s & 1) == 0) ? s : t;
}

sw_nl_decimal
sw_nl_shortest(double x)
{
    assert(isfinite(x));
    uint64_t bits = bits_of(x);
    uint64_t c = bits & ((UINT64_C(1) << 52) - 1);
    int biased = (int)(bits >> 52) & 0x7ff;
    sw_nl_decimal d = {0, 0, bits >> 63};
    double size = fabs(x);
    if (size < 0x1p53 && size == floor(size)) {
        d.digits = (uint64_t)size;
    } else if (biased > 0) {
        d.digits = schubfach(c | UINT64_C(1) << 52, biased - 1075, &d.exponent);
    } else if (c < 3) {
        // Too few digits to be worth two: ten times as much, then shifted.
        d.digits = schubfach(c * 10, -1074, &d.exponent);
        d.exponent--;
    } else {
        d.digits = schubfach(c, -1074, &d.exponent);
    }
    if (d.digits == 0)
        return (sw_nl_decimal){0, 0, d.negative};
    while (d.digits % 10 == 0) {
        d.digits /= 10;
        d.exponent++;
    }
    return d;
}

double
sw_nl_decimal_value(sw_nl_decimal d)
{
    double value;
    if (d.digits <= UINT64_C(1) << 53 && d.exponent >= 0 && d.exponent <= 15) {
        value = (double)d.digits * (double)tens[d.exponent];
    } else if (d.digits <= UINT64_C(1) << 53 && d.exponent < 0 && d.exponent >= -15) {
        value = (double)d.digits / (double)tens[-d.exponent];
    } else {
        // No point is written, so that no locale has a say.
        char text[48];
        snprintf(text, sizeof text, "%llue%d", (unsigned long long)d.digits, d.exponent);
        value = strtod(text, NULL);
    }
    return d.negative ? -value : value;
}

// ---- To text ------------------------------------------------------------------------------------

static size_t
put_text(char *to, const char *from)
{
    size_t n = strlen(from);
    memcpy(to, from, n + 1);
    return n;
}

// Digits with the point after the first `before` of them; zeros are added on either side.
static char *
put_digits(char *to, const char *digits, int n, int before)
{
    int i = 0;
    if (before <= 0)
        *to++ = '0';
    for (; i < before; i++)
        *to++ = i < n ? digits[i] : '0';
    *to++ = '.';
    for (; before < 0; before++)
        *to++ = '0';
    if (i >= n)
        *to++ = '0';
    for (; i < n; i++)
        *to++ = digits[i];
    return to;
}

size_t
sw_nl_java_text(double x, char text[SW_NL_NUMBER_TEXT_SIZE])
{
    if (x != x)
        return put_text(text, "NaN");
    if (isinf(x))
        return put_text(text, x > 0 ? "Infinity" : "-Infinity");
    sw_nl_decimal d = sw_nl_shortest(x);
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)d.digits);
    int before = d.digits == 0 ? 1 : n + d.exponent;
    char *to = text;
    if (d.negative)
        *to++ = '-';
    if (before > -3 && before <= 7) {
        to = put_digits(to, digits, n, before);
        *to = 0;
    } else {
        to = put_digits(to, digits, n, 1);
        to += snprintf(to, 8, "E%d", before - 1);
    }
    return (size_t)(to - text);
}

size_t
sw_nl_number_text(double x, char text[SW_NL_NUMBER_TEXT_SIZE])
{
    if (fabs(x) <= SW_NL_LARGEST_EXACT && x == floor(x))
        return (size_t)snprintf(text, SW_NL_NUMBER_TEXT_SIZE, "%lld", (long long)x);
    return sw_nl_java_text(x, text);
}

// ---- From text ----------------------------------------------------------------------------------

// More digits than any decision between two doubles needs; what is cut off only says "above".
#define MAX_DIGITS 800
#define MAX_EXPONENT 100000

typedef struct scanned {
    char digits[MAX_DIGITS + 24];
    size_t n;
    int64_t exponent;
    bool rest; // a digit other than zero was cut off
    bool any;  // there was a digit
    bool integer;
} scanned;

static void
take_digit(scanned *s, char digit, bool fraction)
{
    s->any = true;
    s->exponent -= fraction;
    if (s->n == 0 && digit == '0')
        return;
    if (s->n < MAX_DIGITS) {
        s->digits[s->n++] = digit;
    } else {
        s->exponent++;
        s->rest |= digit != '0';
    }
}

// Reads "-12" after an E; false when it is no whole number.
static bool
take_exponent(scanned *s, const char *text, size_t n)
{
    size_t i = n > 0 && (*text == '-' || *text == '+');
    bool negative = n > 0 && *text == '-';
    int64_t e = 0;
    if (i == n)
        return false;
    for (; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        if (e < MAX_EXPONENT)
            e = e * 10 + (text[i] - '0');
    }
    s->exponent += negative ? -e : e;
    return true;
}

static bool
scan(scanned *s, const char *text, size_t n)
{
    s->integer = true;
    for (size_t i = 0; i < n; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            take_digit(s, text[i], !s->integer);
        } else if (text[i] == '.' && s->integer) {
            s->integer = false;
        } else {
            s->integer = false;
            return s->any && (text[i] == 'e' || text[i] == 'E') &&
                   take_exponent(s, text + i + 1, n - i - 1);
        }
    }
    return s->any;
}

static double
scanned_value(scanned *s)
{
    if (s->n == 0)
        return 0;
    if (s->rest) {
        s->digits[s->n++] = '1';
        s->exponent--;
    }
    int64_t e = s->exponent;
    if (e > MAX_EXPONENT)
        e = MAX_EXPONENT;
    if (e < -MAX_EXPONENT)
        e = -MAX_EXPONENT;
    snprintf(s->digits + s->n, 16, "e%d", (int)e);
    return strtod(s->digits, NULL);
}

sw_nl_number_error
sw_nl_number_read(const char *text, size_t n, double *value)
{
    bool negative = n > 0 && *text == '-';
    scanned s = {.n = 0};
    if (!scan(&s, text + negative, n - negative))
        return SW_NL_NUMBER_ILLEGAL;
    double x = scanned_value(&s);
    if (isinf(x) || (s.integer && (x > SW_NL_LARGEST_EXACT ||
                                   (x == SW_NL_LARGEST_EXACT && s.digits[15] != '2'))))
        return SW_NL_NUMBER_TOO_LARGE;
    *value = negative && (x != 0 || !s.integer) ? -x : x;
    return SW_NL_NUMBER_OK;
}

// ---- Rounding -----------------------------------------------------------------------------------

static double
precision_binary(double x, int64_t places)
{
    double unit = sw_nl_pow(10, (double)places);
    double result = floor(x * unit + 0.5) / unit;
    return places > 0 ? result : floor(result + 0.5);
}

double
sw_nl_precision(double x, int64_t places, sw_nl_dialect dialect)
{
    if (!isfinite(x))
        return x;
    places = places < -400 ? -400 : places > 400 ? 400 : places;
    if (dialect == SW_NL_DIALECT_6)
        return precision_binary(x, places);
    sw_nl_decimal d = sw_nl_shortest(x);
    if (places >= -d.exponent)
        return x + 0.0;
    if (-places - d.exponent > 18)
        return 0;
    int drop = (int)(-places - d.exponent);
    uint64_t rest = d.digits % tens[drop], half = tens[drop] / 2;
    d.digits /= tens[drop];
    d.exponent += drop;
    if (rest > half || (rest == half && !d.negative))
        d.digits++;
    return sw_nl_decimal_value(d) + 0.0;
}

// A double that is no tie has no tie as its shortest decimal either, so the comparison with one
// half may be made in binary, where it is exact.
double
sw_nl_round(double x, sw_nl_dialect dialect)
{
    if (dialect == SW_NL_DIALECT_6)
        return floor(x + 0.5);
    double below = floor(x);
    return (x - below >= 0.5 ? below + 1 : below) + 0.0;
}
