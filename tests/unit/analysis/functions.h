// SPDX-License-Identifier: Apache-2.0
// Test functions of a point of the unit cube, written from their formulas and not from the models
// of the product, so that an error in one of them can not hide here.
#ifndef TESTS_UNIT_ANALYSIS_FUNCTIONS_H
#define TESTS_UNIT_ANALYSIS_FUNCTIONS_H

#include <math.h>
#include <stddef.h>

typedef double (*unit_function)(const double *u, size_t d);

static inline double
ishigami_of(const double *u, double b)
{
    double x1 = M_PI * (2 * u[0] - 1), x2 = M_PI * (2 * u[1] - 1), x3 = M_PI * (2 * u[2] - 1);
    return sin(x1) + 7 * sin(x2) * sin(x2) + b * x3 * x3 * x3 * x3 * sin(x1);
}

static inline double
f_ishigami(const double *u, size_t d)
{
    (void)d;
    return ishigami_of(u, 0.1);
}

static inline double
f_ishigami_low(const double *u, size_t d)
{
    (void)d;
    return ishigami_of(u, 0.05);
}

static inline double
g_of(const double *u, size_t d, const double *a, double alpha)
{
    double y = 1;
    for (size_t j = 0; j < d; j++)
        y *= ((1 + alpha) * pow(fabs(2 * u[j] - 1), alpha) + a[j]) / (1 + a[j]);
    return y;
}

static inline double
f_g(const double *u, size_t d)
{
    return g_of(u, d, (const double[]){0, 1, 4.5, 9, 99, 99, 99, 99}, 1);
}

static inline double
f_g_six(const double *u, size_t d)
{
    return g_of(u, d, (const double[]){78, 12, 0.5, 2, 97, 33}, 1);
}

static inline double
f_g_one(const double *u, size_t d)
{
    return g_of(u, d, (const double[]){0, 0, 9, 9, 9, 9, 9, 9, 9, 9}, 1);
}

static inline double
f_g_half(const double *u, size_t d)
{
    return g_of(u, d, (const double[]){0, 0, 9, 9, 9, 9, 9, 9, 9, 9}, 0.5);
}

static inline double
f_linear(const double *u, size_t d)
{
    (void)d;
    return u[0] + 2 * u[1] + 3 * u[2];
}

static inline double
f_interaction(const double *u, size_t d)
{
    (void)d;
    return u[0] + u[1] / 2 + u[0] * u[1];
}

static inline double
f_product(const double *u, size_t d)
{
    (void)d;
    return u[0] * u[1];
}

// Morris, Moore and McKay (2006) with p = 5 active inputs: V = 1.05 p.
static inline double
f_morris_2006(const double *u, size_t d)
{
    (void)d;
    double alpha = sqrt(12) - 6 * sqrt(0.1 * 4), beta = 12 / sqrt(10.0 * 4), y = 0;
    for (size_t j = 0; j < 5; j++) {
        y += alpha * u[j];
        for (size_t k = j + 1; k < 5; k++)
            y += beta * u[j] * u[k];
    }
    return y;
}

static inline double
between(double u, double low, double high)
{
    return low + u * (high - low);
}

// rw, r, Tu, Hu, Tl, Hl, L, Kw.
static inline double
f_borehole(const double *u, size_t d)
{
    (void)d;
    double rw = between(u[0], .05, .15), r = between(u[1], 100, 50000);
    double tu = between(u[2], 63070, 115600), hu = between(u[3], 990, 1110);
    double tl = between(u[4], 63.1, 116), hl = between(u[5], 700, 820);
    double l = between(u[6], 1120, 1680), kw = between(u[7], 9855, 12045), log_r = log(r / rw);
    return 2 * M_PI * tu * (hu - hl) /
           (log_r * (1 + 2 * l * tu / (log_r * rw * rw * kw) + tu / tl));
}

// Sw, Wfw, A, Lam, q, l, tc, Nz, Wdg, Wp.
static inline double
f_wing_weight(const double *u, size_t d)
{
    (void)d;
    double sw = between(u[0], 150, 200), wfw = between(u[1], 220, 300), a = between(u[2], 6, 10);
    double lam = between(u[3], -10, 10) * M_PI / 180, q = between(u[4], 16, 45);
    double l = between(u[5], .5, 1), tc = between(u[6], .08, .18), nz = between(u[7], 2.5, 6);
    double wdg = between(u[8], 1700, 2500), wp = between(u[9], .025, .08), c = cos(lam);
    return .036 * pow(sw, .758) * pow(wfw, .0035) * pow(a / (c * c), .6) * pow(q, .006) *
               pow(l, .04) * pow(100 * tc / c, -.3) * pow(nz * wdg, .49) +
           sw * wp;
}

static const unit_function exact_functions[] = {
    f_ishigami, f_ishigami_low, f_g,       f_g_six,       f_g_one,    f_g_half,
    f_linear,   f_interaction,  f_product, f_morris_2006, f_borehole, f_wing_weight,
};

#endif
