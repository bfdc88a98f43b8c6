// SPDX-License-Identifier: Apache-2.0
// Reduction of angles by pi/2: two or three steps of Cody and Waite for moderate angles, the
// method of Payne and Hanek for large ones.
//
// The algorithm is that of fdlibm 5.3, whose notice is:
//
// Copyright (C) 1993, 2004 by Sun Microsystems, Inc. All rights reserved.
//
// Developed at SunSoft, a Sun Microsystems, Inc. business.
// Permission to use, copy, modify, and distribute this
// software is freely granted, provided that this notice
// is preserved.
#include "models/netlogo/numbers/reduce.h"

#include "models/netlogo/numbers/bits.h"

#include <math.h>

#include "models/netlogo/numbers/pi.inc"

static const double TWO24 = 0x1p24, TWON24 = 0x1p-24;

// pi/2 in pieces of 33 bits, each with its tail.
static const double PIO2_1 = 1.57079632673412561417e+00, PIO2_1T = 6.07710050650619224932e-11,
                    PIO2_2 = 6.07710050630396597660e-11, PIO2_2T = 2.02226624879595063154e-21,
                    PIO2_3 = 2.02226624871116645580e-21, PIO2_3T = 8.47842766036889956997e-32;

// ---- Payne and Hanek ----------------------------------------------------------------------------

enum { JK = 4 }; // terms of 2/pi taken at first, for 53 bits of result

// What the product of x and 2/pi is made from. x = sum x[j] · 2^(24 · …), f the part of 2/pi that
// matters, q the product's terms, iq its 24-bit digits.
typedef struct product {
    const double *x;
    int jx, jv;
    int jz; // the last term
    int q0; // the exponent of q[jz]
    double f[20], q[20];
    int32_t iq[20];
} product;

static double
term(const product *p, int i)
{
    double sum = 0;
    for (int j = 0; j <= p->jx; j++)
        sum += p->x[j] * p->f[p->jx + i - j];
    return sum;
}

static void
start(product *p, const double *x, int e0, int nx)
{
    p->x = x;
    p->jx = nx - 1;
    p->jv = (e0 - 3) / 24 < 0 ? 0 : (e0 - 3) / 24;
    p->q0 = e0 - 24 * (p->jv + 1);
    for (int i = 0, j = p->jv - p->jx; i <= p->jx + JK; i++, j++)
        p->f[i] = j < 0 ? 0 : (double)two_over_pi[j];
    for (int i = 0; i <= JK; i++)
        p->q[i] = term(p, i);
    p->jz = JK;
}

// Distils q into iq and returns the fraction of the product; *n gets its whole part modulo 8.
static double
distil(product *p, int *n)
{
    double z = p->q[p->jz];
    for (int i = 0, j = p->jz; j > 0; i++, j--) {
        double carry = (double)(int32_t)(TWON24 * z);
        p->iq[i] = (int32_t)(z - TWO24 * carry);
        z = p->q[j - 1] + carry;
    }
    z = ldexp(z, p->q0);
    z -= 8.0 * floor(z * 0.125);
    *n = (int)z;
    return z - (double)*n;
}

// How the fraction stands to one half: 0 below, more above. Moves whole bits from iq to *n.
static int
above_half(product *p, double z, int *n)
{
    int last = p->jz - 1;
    if (p->q0 > 0) {
        int32_t i = p->iq[last] >> (24 - p->q0);
        *n += i;
        p->iq[last] -= i << (24 - p->q0);
        return p->iq[last] >> (23 - p->q0);
    }
    if (p->q0 == 0)
        return p->iq[last] >> 23;
    return z >= 0.5 ? 2 : 0;
}

// Replaces the fraction by one minus itself.
static double
complement(product *p, double z, int ih)
{
    int carry = 0;
    for (int i = 0; i < p->jz; i++) {
        int32_t j = p->iq[i];
        if (carry) {
            p->iq[i] = 0xffffff - j;
        } else if (j != 0) {
            carry = 1;
            p->iq[i] = 0x1000000 - j;
        }
    }
    if (p->q0 == 1 || p->q0 == 2)
        p->iq[p->jz - 1] &= p->q0 == 1 ? 0x7fffff : 0x3fffff;
    if (ih == 2) {
        z = 1 - z;
        if (carry)
            z -= ldexp(1, p->q0);
    }
    return z;
}

// True when cancellation left no digit: then further terms are added, and the product is distilled
// again.
static int
add_terms(product *p)
{
    int32_t any = 0;
    for (int i = p->jz - 1; i >= JK; i--)
        any |= p->iq[i];
    if (any != 0)
        return 0;
    int k = 1;
    while (p->iq[JK - k] == 0)
        k++;
    for (int i = p->jz + 1; i <= p->jz + k; i++) {
        p->f[p->jx + i] = (double)two_over_pi[p->jv + i];
        p->q[i] = term(p, i);
    }
    p->jz += k;
    return 1;
}

// Cuts zero digits off, or breaks z into digits.
static void
normalise(product *p, double z)
{
    if (z == 0) {
        p->jz--;
        p->q0 -= 24;
        while (p->iq[p->jz] == 0) {
            p->jz--;
            p->q0 -= 24;
        }
        return;
    }
    z = ldexp(z, -p->q0);
    if (z >= TWO24) {
        double carry = (double)(int32_t)(TWON24 * z);
        p->iq[p->jz] = (int32_t)(z - TWO24 * carry);
        p->jz++;
        p->q0 += 24;
        p->iq[p->jz] = (int32_t)carry;
    } else {
        p->iq[p->jz] = (int32_t)z;
    }
}

// y[0] + y[1] = the digits times pi/2.
static void
multiply_pio2(product *p, int negative, double y[2])
{
    static const double PIO2[] = {1.57079625129699707031e+00, 7.54978941586159635335e-08,
                                  5.39030252995776476554e-15, 3.28200341580791294123e-22,
                                  1.27065575308067607349e-29, 1.22933308981111328932e-36,
                                  2.73370053816464559624e-44, 2.16741683877804819444e-51};
    double fq[20] = {0};
    double unit = ldexp(1, p->q0);
    for (int i = p->jz; i >= 0; i--) {
        p->q[i] = unit * (double)p->iq[i];
        unit *= TWON24;
    }
    for (int i = p->jz; i >= 0; i--) {
        double sum = 0;
        for (int k = 0; k <= JK && k <= p->jz - i; k++)
            sum += PIO2[k] * p->q[i + k];
        fq[p->jz - i] = sum;
    }
    double sum = 0;
    for (int i = p->jz; i >= 0; i--)
        sum += fq[i];
    y[0] = negative ? -sum : sum;
    sum = fq[0] - sum;
    for (int i = 1; i <= p->jz; i++)
        sum += fq[i];
    y[1] = negative ? -sum : sum;
}

static int
payne_hanek(const double *x, int e0, int nx, double y[2])
{
    product p;
    int n, ih;
    double z;
    start(&p, x, e0, nx);
    do {
        z = distil(&p, &n);
        ih = above_half(&p, z, &n);
        if (ih > 0) {
            n++;
            z = complement(&p, z, ih);
        }
    } while (z == 0 && add_terms(&p));
    normalise(&p, z);
    multiply_pio2(&p, ih != 0, y);
    return n & 7;
}

static int
reduce_large(double x, int32_t ix, double y[2])
{
    int e0 = (ix >> 20) - 1046;
    double z = with_high(x, ix - e0 * 0x100000);
    double digits[3];
    for (int i = 0; i < 2; i++) {
        digits[i] = (double)(int32_t)z;
        z = (z - digits[i]) * TWO24;
    }
    digits[2] = z;
    int nx = 3;
    while (nx > 1 && digits[nx - 1] == 0)
        nx--;
    return payne_hanek(digits, e0, nx, y);
}

// ---- Cody and Waite -----------------------------------------------------------------------------

static int
exponent_of(double x)
{
    return (high_word(x) >> 20) & 0x7ff;
}

// |x| < 3·pi/4: n is one.
static int
reduce_once(double x, int32_t ix, double y[2])
{
    double z = x - PIO2_1;
    double tail = PIO2_1T;
    if (ix == 0x3ff921fb) {
        z -= PIO2_2;
        tail = PIO2_2T;
    }
    y[0] = z - tail;
    y[1] = (z - y[0]) - tail;
    return 1;
}

static int
reduce_medium(double x, int32_t ix, double y[2])
{
    static const double INVPIO2 = 6.36619772367581382433e-01;
    int n = (int)(x * INVPIO2 + 0.5);
    double fn = n;
    double r = x - fn * PIO2_1;
    double w = fn * PIO2_1T;
    y[0] = r - w;
    if (n >= 32 || ix == multiples_high[n - 1]) {
        int j = ix >> 20;
        if (j - exponent_of(y[0]) > 16) {
            double t = r;
            w = fn * PIO2_2;
            r = t - w;
            w = fn * PIO2_2T - ((t - r) - w);
            y[0] = r - w;
            if (j - exponent_of(y[0]) > 49) {
                t = r;
                w = fn * PIO2_3;
                r = t - w;
                w = fn * PIO2_3T - ((t - r) - w);
                y[0] = r - w;
            }
        }
    }
    y[1] = (r - y[0]) - w;
    return n;
}

int
nl_reduce(double x, double y[2])
{
    int32_t ix = high_word(x) & 0x7fffffff;
    double size = fabs(x);
    int n;
    if (ix <= 0x3fe921fb) {
        y[0] = x;
        y[1] = 0;
        return 0;
    }
    if (ix < 0x4002d97c)
        n = reduce_once(size, ix, y);
    else if (ix <= 0x413921fb)
        n = reduce_medium(size, ix, y);
    else
        n = reduce_large(size, ix, y);
    if (high_word(x) >= 0)
        return n;
    y[0] = -y[0];
    y[1] = -y[1];
    return -n;
}
