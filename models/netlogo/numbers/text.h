// SPDX-License-Identifier: Apache-2.0
// Numbers as text and back, and rounding by decimal digits, as NetLogo has them. The digits are
// the shortest that read back as the same double, as Java prints them since version 19.
//
// Source: R. Giulietti (2021), "The Schubfach way to render doubles"; the specification of
// Double.toString in Java SE 19.
#ifndef SW_NETLOGO_NUMBERS_TEXT_H
#define SW_NETLOGO_NUMBERS_TEXT_H

#include "models/netlogo/numbers/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The largest magnitude up to which NetLogo takes every whole number to be exact: 2⁵³.
#define SW_NL_LARGEST_EXACT 9007199254740992.0

// Large enough for either text below and its terminating zero.
#define SW_NL_NUMBER_TEXT_SIZE 32

// A finite double as decimal digits: |x| = digits · 10^exponent, where digits has no trailing
// zero (0 for x = 0, with exponent 0) and at most 17 places.
typedef struct sw_nl_decimal {
    uint64_t digits;
    int exponent;
    bool negative;
} sw_nl_decimal;

// The decimal nearest to x among the shortest that read back as x, where "shortest" counts at
// least two digits (so 2E23 is 2.0E23 and the smallest double is 4.9E-324). x is finite
// (asserted).
sw_nl_decimal sw_nl_shortest(double x);

// The double nearest to ±digits · 10^exponent, ties to even; infinity when too large.
double sw_nl_decimal_value(sw_nl_decimal d);

// As Java's Double.toString: "1.0", "-0.0", "1.0E-5", "1.2345E7", "NaN", "Infinity". Returns the
// length.
size_t sw_nl_java_text(double x, char text[SW_NL_NUMBER_TEXT_SIZE]);

// As NetLogo prints a number: whole numbers of magnitude up to 2⁵³ without a point ("3", "0" also
// for −0), everything else as sw_nl_java_text. Returns the length.
size_t sw_nl_number_text(double x, char text[SW_NL_NUMBER_TEXT_SIZE]);

typedef enum sw_nl_number_error {
    SW_NL_NUMBER_OK,
    // "TEXT is too large to be represented exactly as an integer in NetLogo"
    SW_NL_NUMBER_TOO_LARGE,
    // "Illegal number format"
    SW_NL_NUMBER_ILLEGAL,
} sw_nl_number_error;

// Reads n bytes that must be one number as NetLogo's reader has it: an optional minus sign, digits
// with at most one point (".5" and "5." are numbers), and an optional exponent. A number with
// neither point nor exponent is an integer and must not pass ±2⁵³; nor may the others be too large
// for a double. Never reads beyond n. *value is set only when SW_NL_NUMBER_OK is returned.
sw_nl_number_error sw_nl_number_read(const char *text, size_t n, double *value);

// `precision x places`: x rounded to `places` decimals, or to tens, hundreds … for negative
// places. Dialect 7 rounds the shortest decimal text of x, ties towards +infinity; dialect 6 is
// floor(x · 10^places + 0.5) / 10^places in doubles. Not finite: returned as it is. An infinite or
// NaN result is for the caller to refuse.
double sw_nl_precision(double x, int64_t places, sw_nl_dialect dialect);

// `round x`: the nearest whole number, ties towards +infinity.
double sw_nl_round(double x, sw_nl_dialect dialect);

#endif
