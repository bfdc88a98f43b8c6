// SPDX-License-Identifier: Apache-2.0
// The inverse trigonometric functions: rational approximations on a reduced argument.
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
#include "models/netlogo/numbers/strict.h"

#include <math.h>

static const double PIO2_HI = 1.57079632679489655800e+00, PIO2_LO = 6.12323399573676603587e-17,
                    PIO4_HI = 7.85398163397448278999e-01, PI = 3.14159265358979311600e+00;

// (asin(x) − x) / x as a rational function of z = x².
static double
asin_rational(double z)
{
    static const double P0 = 1.66666666666666657415e-01, P1 = -3.25565818622400915405e-01,
                        P2 = 2.01212532134862925881e-01, P3 = -4.00555345006794114027e-02,
                        P4 = 7.91534994289814532176e-04, P5 = 3.47933107596021167570e-05,
                        Q1 = -2.40339491173441421878e+00, Q2 = 2.02094576023350569471e+00,
                        Q3 = -6.88283971605453293030e-01, Q4 = 7.70381505559019352791e-02;
    double p = z * (P0 + z * (P1 + z * (P2 + z * (P3 + z * (P4 + z * P5)))));
    double q = 1 + z * (Q1 + z * (Q2 + z * (Q3 + z * Q4)));
    return p / q;
}

double
sw_nl_asin(double x)
{
    int32_t hx = high_word(x);
    int32_t ix = hx & 0x7fffffff;
    if (ix >= 0x3ff00000) {
        if (fabs(x) == 1)
            return x * PIO2_HI + x * PIO2_LO;
        return NAN;
    }
    if (ix < 0x3e400000)
        return x;
    if (ix < 0x3fe00000)
        return x + x * asin_rational(x * x);
    double t = (1 - fabs(x)) * 0.5;
    double r = asin_rational(t);
    double s = sw_nl_sqrt(t);
    double angle;
    if (ix >= 0x3fef3333) {
        angle = PIO2_HI - (2.0 * (s + s * r) - PIO2_LO);
    } else {
        double w = head_of(s);
        double c = (t - w * w) / (s + w);
        double p = 2.0 * s * r - (PIO2_LO - 2.0 * c);
        angle = PIO4_HI - (p - (PIO4_HI - 2.0 * w));
    }
    return hx > 0 ? angle : -angle;
}

double
sw_nl_acos(double x)
{
    int32_t hx = high_word(x);
    int32_t ix = hx & 0x7fffffff;
    if (ix >= 0x3ff00000) {
        if (fabs(x) == 1)
            return hx > 0 ? 0.0 : PI + 2.0 * PIO2_LO;
        return NAN;
    }
    if (ix <= 0x3c600000)
        return PIO2_HI + PIO2_LO;
    if (ix < 0x3fe00000)
        return PIO2_HI - (x - (PIO2_LO - x * asin_rational(x * x)));
    if (hx < 0) {
        double z = (1 + x) * 0.5;
        double s = sw_nl_sqrt(z);
        double w = asin_rational(z) * s - PIO2_LO;
        return PI - 2.0 * (s + w);
    }
    double z = (1 - x) * 0.5;
    double s = sw_nl_sqrt(z);
    double head = head_of(s);
    double c = (z - head * head) / (s + head);
    double w = asin_rational(z) * s + c;
    return 2.0 * (head + w);
}

// The series of atan on |x| < 7/16: x·(s1 + s2) = x − atan(x).
static double
atan_series(double x)
{
    static const double T[] = {
        3.33333333333329318027e-01,  -1.99999999998764832476e-01, 1.42857142725034663711e-01,
        -1.11111104054623557880e-01, 9.09088713343650656196e-02,  -7.69187620504482999495e-02,
        6.66107313738753120669e-02,  -5.83357013379057348645e-02, 4.97687799461593236017e-02,
        -3.65315727442169155270e-02, 1.62858201153657823623e-02};
    double z = x * x;
    double w = z * z;
    double s1 = z * (T[0] + w * (T[2] + w * (T[4] + w * (T[6] + w * (T[8] + w * T[10])))));
    double s2 = w * (T[1] + w * (T[3] + w * (T[5] + w * (T[7] + w * T[9]))));
    return x * (s1 + s2);
}

double
sw_nl_atan(double x)
{
    static const double HI[] = {4.63647609000806093515e-01, 7.85398163397448278999e-01,
                                9.82793723247329054082e-01, 1.57079632679489655800e+00},
                        LO[] = {2.26987774529616870924e-17, 3.06161699786838301793e-17,
                                1.39033110312309984516e-17, 6.12323399573676603587e-17};
    int32_t hx = high_word(x);
    int32_t ix = hx & 0x7fffffff;
    if (x != x)
        return x + x;
    if (ix >= 0x44100000)
        return hx > 0 ? HI[3] + LO[3] : -HI[3] - LO[3];
    if (ix < 0x3e200000)
        return x;
    if (ix < 0x3fdc0000)
        return x - atan_series(x);
    double a = fabs(x), t;
    int id;
    if (ix < 0x3fe60000) {
        id = 0;
        t = (2.0 * a - 1) / (2.0 + a);
    } else if (ix < 0x3ff30000) {
        id = 1;
        t = (a - 1) / (a + 1);
    } else if (ix < 0x40038000) {
        id = 2;
        t = (a - 1.5) / (1 + 1.5 * a);
    } else {
        id = 3;
        t = -1.0 / a;
    }
    double angle = HI[id] - ((atan_series(t) - LO[id]) - t);
    return hx < 0 ? -angle : angle;
}

static double
atan2_infinite_x(double y, double x)
{
    double angle = isinf(y) ? (x > 0 ? PIO4_HI : 3.0 * PIO4_HI) : (x > 0 ? 0.0 : PI);
    return signbit(y) ? -angle : angle;
}

double
sw_nl_atan2(double y, double x)
{
    static const double PI_LO = 1.2246467991473531772e-16;
    if (x != x || y != y)
        return x + y;
    if (x == 1)
        return sw_nl_atan(y);
    if (y == 0) {
        if (!signbit(x))
            return y;
        return signbit(y) ? -PI : PI;
    }
    if (isinf(x))
        return atan2_infinite_x(y, x);
    if (x == 0 || isinf(y))
        return signbit(y) ? -PIO2_HI : PIO2_HI;
    int k = ((high_word(y) & 0x7fffffff) - (high_word(x) & 0x7fffffff)) >> 20;
    double z;
    if (k > 60)
        z = PIO2_HI + 0.5 * PI_LO;
    else if (x < 0 && k < -60)
        z = 0.0;
    else
        z = sw_nl_atan(fabs(y / x));
    if (x > 0)
        return signbit(y) ? -z : z;
    return signbit(y) ? (z - PI_LO) - PI : PI - (z - PI_LO);
}
