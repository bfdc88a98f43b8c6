// SPDX-License-Identifier: Apache-2.0
// Exponential, logarithms and square root.
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

static const double LN2_HI = 6.93147180369123816490e-01, LN2_LO = 1.90821492927058770002e-10;

// y · 2^k for a y in [1/2, 2]: the exponent is added in place; results below the normal range are
// scaled in two steps.
static double
scale(double y, int k)
{
    static const double TWOM1000 = 9.33263618503218878990e-302;
    if (k >= -1021)
        return with_high(y, (int32_t)((uint32_t)high_word(y) + ((uint32_t)k << 20)));
    return with_high(y, high_word(y) + (k + 1000) * 0x100000) * TWOM1000;
}

double
sw_nl_exp(double x)
{
    static const double OVERFLOW_AT = 7.09782712893383973096e+02,
                        UNDERFLOW_AT = -7.45133219101941108420e+02,
                        INVLN2 = 1.44269504088896338700e+00, P1 = 1.66666666666666019037e-01,
                        P2 = -2.77777777770155933842e-03, P3 = 6.61375632143793436117e-05,
                        P4 = -1.65339022054652515390e-06, P5 = 4.13813679705723846039e-08;
    if (x != x)
        return x + x;
    if (x > OVERFLOW_AT)
        return INFINITY;
    if (x < UNDERFLOW_AT)
        return 0;
    int32_t ix = high_word(x) & 0x7fffffff;
    double sign = signbit(x) ? -1 : 1;
    double hi = 0, lo = 0;
    int k = 0;
    if (ix > 0x3fd62e42) {
        k = ix < 0x3ff0a2b2 ? (int)sign : (int)(INVLN2 * x + 0.5 * sign);
        hi = x - k * LN2_HI;
        lo = k * LN2_LO;
        x = hi - lo;
    } else if (ix < 0x3e300000) {
        return 1 + x;
    }
    double t = x * x;
    double c = x - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
    if (k == 0)
        return 1 - ((x * c) / (c - 2.0) - x);
    return scale(1 - ((lo - (x * c) / (2.0 - c)) - hi), k);
}

// What a logarithm starts with: the cases without one. Returns 1 when *result is set.
static int
log_special(double x, double *result)
{
    if (x == 0)
        *result = -INFINITY;
    else if (x < 0)
        *result = NAN;
    else if (x != x || isinf(x))
        *result = x + x;
    else
        return 0;
    return 1;
}

// ln(1 + f) + k·ln 2 for |f| < 2⁻²⁰.
static double
log_near_one(double f, int k)
{
    double dk = k;
    if (f == 0)
        return k == 0 ? 0 : dk * LN2_HI + dk * LN2_LO;
    double r = f * f * (0.5 - 0.33333333333333333 * f);
    return k == 0 ? f - r : dk * LN2_HI - ((r - dk * LN2_LO) - f);
}

double
sw_nl_log(double x)
{
    static const double L1 = 6.666666666666735130e-01, L2 = 3.999999999940941908e-01,
                        L3 = 2.857142874366239149e-01, L4 = 2.222219843214978396e-01,
                        L5 = 1.818357216161805012e-01, L6 = 1.531383769920937332e-01,
                        L7 = 1.479819860511658591e-01;
    double special;
    if (log_special(x, &special))
        return special;
    int k = 0;
    if (high_word(x) < 0x00100000) {
        k = -54;
        x *= 0x1p54;
    }
    int32_t hx = high_word(x);
    k += (hx >> 20) - 1023;
    hx &= 0x000fffff;
    int32_t i = (hx + 0x95f64) & 0x100000;
    k += i >> 20;
    double f = with_high(x, hx | (i ^ 0x3ff00000)) - 1.0;
    if ((0x000fffff & (2 + hx)) < 3)
        return log_near_one(f, k);
    double s = f / (2.0 + f);
    double dk = k;
    double z = s * s;
    double w = z * z;
    double t1 = w * (L2 + w * (L4 + w * L6));
    double t2 = z * (L1 + w * (L3 + w * (L5 + w * L7)));
    double r = t2 + t1;
    if (((hx - 0x6147a) | (0x6b851 - hx)) > 0) {
        double half = 0.5 * f * f;
        if (k == 0)
            return f - (half - s * (half + r));
        return dk * LN2_HI - ((half - (s * (half + r) + dk * LN2_LO)) - f);
    }
    if (k == 0)
        return f - s * (f - r);
    return dk * LN2_HI - ((s * (f - r) - dk * LN2_LO) - f);
}

double
sw_nl_log10(double x)
{
    static const double IVLN10 = 4.34294481903251816668e-01, LOG10_2HI = 3.01029995663611771306e-01,
                        LOG10_2LO = 3.69423907715893078616e-13;
    double special;
    if (log_special(x, &special))
        return special;
    int k = 0;
    if (high_word(x) < 0x00100000) {
        k = -54;
        x *= 0x1p54;
    }
    k += (high_word(x) >> 20) - 1023;
    int negative = k < 0;
    double y = k + negative;
    x = with_high(x, (high_word(x) & 0x000fffff) | ((0x3ff - negative) << 20));
    double z = y * LOG10_2LO + IVLN10 * sw_nl_log(x);
    return z + y * LOG10_2HI;
}

// IEEE 754 demands the correctly rounded root, which the machine's instruction gives.
double
sw_nl_sqrt(double x)
{
    return sqrt(x);
}
