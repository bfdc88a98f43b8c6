// SPDX-License-Identifier: Apache-2.0
// Powers: log2(x) in 53 + 24 bits, times y, then 2 to that.
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

// A number as the sum of a head, whose low bits are zero, and a tail.
typedef struct pair {
    double head, tail;
} pair;

enum parity { NOT_WHOLE, ODD, EVEN };

static enum parity
parity_of(double y)
{
    double a = fabs(y);
    if (a >= 0x1p53)
        return EVEN;
    if (a != floor(a))
        return NOT_WHOLE;
    return (int64_t)a & 1 ? ODD : EVEN;
}

// log2(ax) for |1 − ax| <= 2⁻²⁰, from its series; y is so large that the rest would overflow.
static pair
log2_near_one(double ax)
{
    static const double IVLN2 = 1.44269504088896338700e+00, IVLN2_H = 1.44269502162933349609e+00,
                        IVLN2_L = 1.92596299112661746887e-08;
    double t = ax - 1;
    double w = (t * t) * (0.5 - t * (0.3333333333333333333333 - t * 0.25));
    double u = IVLN2_H * t;
    double v = t * IVLN2_L - w * IVLN2;
    double head = head_of(u + v);
    return (pair){head, v - (head - u)};
}

// Brings ax into the interval around 1 or 3/2 and returns the power of two taken out; *k says
// which interval it is.
static int
normalise(double *ax, int *k)
{
    int n = 0;
    if (high_word(*ax) < 0x00100000) {
        *ax *= 0x1p53;
        n = -53;
    }
    int32_t ix = high_word(*ax);
    n += (ix >> 20) - 0x3ff;
    int32_t j = ix & 0x000fffff;
    ix = j | 0x3ff00000;
    *k = j > 0x3988e && j < 0xbb67a;
    if (j >= 0xbb67a) {
        n++;
        ix -= 0x00100000;
    }
    *ax = with_high(*ax, ix);
    return n;
}

static pair
log2_general(double ax)
{
    static const double BP[] = {1.0, 1.5}, DP_H[] = {0.0, 5.84962487220764160156e-01},
                        DP_L[] = {0.0, 1.35003920212974897128e-08}, L1 = 5.99999999999994648725e-01,
                        L2 = 4.28571428578550184252e-01, L3 = 3.33333329818377432918e-01,
                        L4 = 2.72728123808534006489e-01, L5 = 2.30660745775561754067e-01,
                        L6 = 2.06975017800338417784e-01, CP = 9.61796693925975554329e-01,
                        CP_H = 9.61796700954437255859e-01, CP_L = -7.02846165095275826516e-09;
    int k;
    double n = normalise(&ax, &k);

    // s = (ax − bp) / (ax + bp) in two parts.
    double u = ax - BP[k];
    double v = 1 / (ax + BP[k]);
    double ss = u * v;
    double s_h = head_of(ss);
    double t_h = with_high(0, ((high_word(ax) >> 1) | 0x20000000) + 0x00080000 + (k << 18));
    double t_l = ax - (t_h - BP[k]);
    double s_l = v * ((u - s_h * t_h) - s_h * t_l);

    // log(ax) = 2s + 2/3 s³ + …
    double s2 = ss * ss;
    double r = s2 * s2 * (L1 + s2 * (L2 + s2 * (L3 + s2 * (L4 + s2 * (L5 + s2 * L6)))));
    r += s_l * (s_h + ss);
    s2 = s_h * s_h;
    t_h = head_of(3.0 + s2 + r);
    t_l = r - ((t_h - 3.0) - s2);
    u = s_h * t_h;
    v = s_l * t_h + t_l * ss;
    double p_h = head_of(u + v);
    double p_l = v - (p_h - u);
    double z_h = CP_H * p_h;
    double z_l = CP_L * p_h + p_l * CP + DP_L[k];
    double head = head_of(((z_h + z_l) + DP_H[k]) + n);
    return (pair){head, z_l - (((head - n) - DP_H[k]) - z_h)};
}

// 2^(p_h + p_l), where z = p_h + p_l rounded is within the range of exponents.
static double
exp2_of(double p_h, double p_l, double z)
{
    static const double LG2 = 6.93147180559945286227e-01, LG2_H = 6.93147182464599609375e-01,
                        LG2_L = -1.90465429995776804525e-09, P1 = 1.66666666666666019037e-01,
                        P2 = -2.77777777770155933842e-03, P3 = 6.61375632143793436117e-05,
                        P4 = -1.65339022054652515390e-06, P5 = 4.13813679705723846039e-08;
    int32_t j = high_word(z);
    int32_t i = j & 0x7fffffff;
    int32_t n = 0;
    if (i > 0x3fe00000) {
        n = j + (0x00100000 >> ((i >> 20) - 0x3ff + 1));
        int k = ((n & 0x7fffffff) >> 20) - 0x3ff;
        p_h -= with_high(0, n & ~(0x000fffff >> k));
        n = ((n & 0x000fffff) | 0x00100000) >> (20 - k);
        if (j < 0)
            n = -n;
    }
    double t = head_of(p_l + p_h);
    double u = t * LG2_H;
    double v = (p_l - (t - p_h)) * LG2 + t * LG2_L;
    z = u + v;
    double w = v - (z - u);
    t = z * z;
    double t1 = z - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
    double r = (z * t1) / (t1 - 2) - (w + z * w);
    z = 1 - (r - z);
    int32_t high = (int32_t)((uint32_t)high_word(z) + ((uint32_t)n << 20));
    return (high >> 20) <= 0 ? ldexp(z, n) : with_high(z, high);
}

// |x|^y for finite x and y that no special case has taken.
static double
power(double ax, double y)
{
    static const double OVT = 8.0085662595372944372e-17; // −(1024 − log2(ovfl + 0.5ulp))
    int32_t ix = high_word(ax), iy = high_word(y) & 0x7fffffff;
    pair log2;
    if (iy > 0x41e00000) {
        if (ix < 0x3fefffff || (iy > 0x43f00000 && ix <= 0x3fefffff))
            return y < 0 ? INFINITY : 0;
        if (ix > 0x3ff00000 || iy > 0x43f00000)
            return y > 0 ? INFINITY : 0;
        log2 = log2_near_one(ax);
    } else {
        log2 = log2_general(ax);
    }
    double y1 = head_of(y);
    double p_l = (y - y1) * log2.head + y * log2.tail;
    double p_h = y1 * log2.head;
    double z = p_l + p_h;
    if (z > 1024 || (z == 1024 && p_l + OVT > z - p_h))
        return INFINITY;
    if (z < -1075 || (z == -1075 && p_l <= z - p_h))
        return 0;
    return exp2_of(p_h, p_l, z);
}

static double
power_infinite(double x, double y)
{
    double a = fabs(x);
    if (a == 1)
        return NAN;
    return (a > 1) == (y > 0) ? INFINITY : 0;
}

// x is ±0, ±infinity or ±1.
static double
power_of_special(double x, double y, enum parity parity)
{
    double z = fabs(x);
    if (y < 0)
        z = 1 / z;
    if (!signbit(x))
        return z;
    if (x == -1 && parity == NOT_WHOLE)
        return NAN;
    return parity == ODD ? -z : z;
}

double
sw_nl_pow(double x, double y)
{
    if (y == 0)
        return 1;
    if (x != x || y != y)
        return x + y;
    if (isinf(y))
        return power_infinite(x, y);
    if (fabs(y) == 1)
        return y < 0 ? 1 / x : x;
    if (y == 2)
        return x * x;
    if (y == 0.5 && !signbit(x))
        return sw_nl_sqrt(x);
    enum parity parity = parity_of(y);
    if (x == 0 || isinf(x) || fabs(x) == 1)
        return power_of_special(x, y, parity);
    if (x < 0 && parity == NOT_WHOLE)
        return NAN;
    double z = power(fabs(x), y);
    return x < 0 && parity == ODD ? -z : z;
}
