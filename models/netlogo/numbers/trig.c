// SPDX-License-Identifier: Apache-2.0
// Sine, cosine and tangent: reduction to |x| <= pi/4, then a polynomial on the reduced argument
// and its tail.
//
// The algorithm is that of fdlibm 5.3, whose notice is:
//
// Copyright (C) 1993, 2004 by Sun Microsystems, Inc. All rights reserved.
//
// Developed at SunSoft, a Sun Microsystems, Inc. business.
// Permission to use, copy, modify, and distribute this
// software is freely granted, provided that this notice
// is preserved.
#include "models/netlogo/numbers/bits.h"
#include "models/netlogo/numbers/reduce.h"
#include "models/netlogo/numbers/strict.h"

#include <math.h>

// sin(x + y) for |x| <= pi/4, y the tail of x, or none.
static double
kernel_sin(double x, double y, int have_tail)
{
    static const double S1 = -1.66666666666666324348e-01, S2 = 8.33333333332248946124e-03,
                        S3 = -1.98412698298579493134e-04, S4 = 2.75573137070700676789e-06,
                        S5 = -2.50507602534068634195e-08, S6 = 1.58969099521155010221e-10;
    if ((high_word(x) & 0x7fffffff) < 0x3e400000)
        return x;
    double z = x * x;
    double v = z * x;
    double r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)));
    if (!have_tail)
        return x + v * (S1 + z * r);
    return x - ((z * (0.5 * y - v * r) - y) - v * S1);
}

// cos(x + y) for |x| <= pi/4.
static double
kernel_cos(double x, double y)
{
    static const double C1 = 4.16666666666666019037e-02, C2 = -1.38888888888741095749e-03,
                        C3 = 2.48015872894767294178e-05, C4 = -2.75573143513906633035e-07,
                        C5 = 2.08757232129817482790e-09, C6 = -1.13596475577881948265e-11;
    int32_t ix = high_word(x) & 0x7fffffff;
    if (ix < 0x3e400000)
        return 1;
    double z = x * x;
    double r = z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))));
    if (ix < 0x3fd33333)
        return 1 - (0.5 * z - (z * r - x * y));
    double qx = ix > 0x3fe90000 ? 0.28125 : with_high(0, ix - 0x00200000);
    double hz = 0.5 * z - qx;
    double a = 1 - qx;
    return a - (hz - (z * r - x * y));
}

// −1 / w where w = x + r, in more than double precision.
static double
negative_reciprocal(double w, double x, double r)
{
    double z = head_of(w);
    double v = r - (z - x);
    double a = -1.0 / w;
    double t = head_of(a);
    double s = 1.0 + t * z;
    return t + a * (s + t * v);
}

static double
tiny_tan(double x, double y, int sign)
{
    if (((bits_of(x) << 1) == 0) && sign == -1)
        return 1 / fabs(x);
    return sign == 1 ? x : negative_reciprocal(x + y, x, y);
}

// tan(x + y) for sign 1, −1/tan(x + y) for sign −1, |x| <= pi/4.
static double
kernel_tan(double x, double y, int sign)
{
    static const double T[] = {
        3.33333333333334091986e-01, 1.33333333333201242699e-01, 5.39682539762260521377e-02,
        2.18694882948595424599e-02, 8.86323982359930005737e-03, 3.59207910759131235356e-03,
        1.45620945432529025516e-03, 5.88041240820264096874e-04, 2.46463134818469906812e-04,
        7.81794442939557092300e-05, 7.14072491382608190305e-05, -1.85586374855275456654e-05,
        2.59073051863633712884e-05};
    static const double pio4 = 7.85398163397448278999e-01, pio4_tail = 3.06161699786838301793e-17;
    int32_t hx = high_word(x);
    int32_t ix = hx & 0x7fffffff;
    int near_pio4 = ix >= 0x3fe59428;
    if (ix < 0x3e300000)
        return tiny_tan(x, y, sign);
    if (near_pio4) {
        double head = pio4 - (hx < 0 ? -x : x);
        double tail = pio4_tail - (hx < 0 ? -y : y);
        x = head + tail;
        y = 0;
    }
    double z = x * x;
    double w = z * z;
    double r = T[1] + w * (T[3] + w * (T[5] + w * (T[7] + w * (T[9] + w * T[11]))));
    double v = z * (T[2] + w * (T[4] + w * (T[6] + w * (T[8] + w * (T[10] + w * T[12])))));
    double s = z * x;
    r = y + z * (s * (r + v) + y);
    r += T[0] * s;
    w = x + r;
    if (near_pio4) {
        v = sign;
        return (hx < 0 ? -1.0 : 1.0) * (v - 2.0 * (x - (w * w / (w + v) - r)));
    }
    return sign == 1 ? w : negative_reciprocal(w, x, r);
}

// True when x needs no reduction.
static int
is_small(double x)
{
    return (high_word(x) & 0x7fffffff) <= 0x3fe921fb;
}

static int
is_not_finite(double x)
{
    return (high_word(x) & 0x7fffffff) >= 0x7ff00000;
}

double
sw_nl_sin(double x)
{
    double y[2];
    if (is_small(x))
        return kernel_sin(x, 0, 0);
    if (is_not_finite(x))
        return x - x;
    switch (nl_reduce(x, y) & 3) {
    case 0:
        return kernel_sin(y[0], y[1], 1);
    case 1:
        return kernel_cos(y[0], y[1]);
    case 2:
        return -kernel_sin(y[0], y[1], 1);
    default:
        return -kernel_cos(y[0], y[1]);
    }
}

double
sw_nl_cos(double x)
{
    double y[2];
    if (is_small(x))
        return kernel_cos(x, 0);
    if (is_not_finite(x))
        return x - x;
    switch (nl_reduce(x, y) & 3) {
    case 0:
        return kernel_cos(y[0], y[1]);
    case 1:
        return -kernel_sin(y[0], y[1], 1);
    case 2:
        return -kernel_cos(y[0], y[1]);
    default:
        return kernel_sin(y[0], y[1], 1);
    }
}

double
sw_nl_tan(double x)
{
    double y[2];
    if (is_small(x))
        return kernel_tan(x, 0, 1);
    if (is_not_finite(x))
        return x - x;
    int n = nl_reduce(x, y);
    return kernel_tan(y[0], y[1], 1 - ((n & 1) << 1));
}
