// SPDX-License-Identifier: Apache-2.0
// Series and continued fractions of DLMF 8.7, 8.9 and 8.17 (the latter in the form of Didonato and
// Morris, ACM TOMS 18 (1992) 360-373), with prefactors after C. Loader (2000), "Fast and accurate
// computation of binomial probabilities": the cancelling exponents are never formed. Inverses by
// Newton's method on the logarithm of the tail, kept within a bracket.
#include "lib/base/special.h"

#include <float.h>
#include <math.h>

enum { TERMS_MAX = 100000, NEWTON_MAX = 200 };

#define TINY 1e-300
#define LOG_TINIEST (-745.0) // exp of less is 0

// ---- prefactors ----

// log(ratio) - t at ratio = 1 + t without cancellation: with r = t / (2 + t), log(1 + t) is
// 2 atanh(r). Both are passed since 1 + t has lost a ratio that is tiny.
static double
log_minus(double ratio, double t)
{
    if (fabs(t) > 0.4)
        return log(ratio) - t;
    double r = t / (2 + t), rr = r * r, power = rr, sum = 0;
    for (int k = 3; k < 60 && power > 1e-18; k += 2) {
        sum += power / k;
        power *= rr;
    }
    return r * (2 * sum - t);
}

// The remainder of Stirling's formula: log Γ(z + 1) - (z + 1/2) log z + z - log(2 pi) / 2.
static double
stirling_rest(double z)
{
    if (z < 12)
        return lgamma(z + 1) - (z + 0.5) * log(z) + z - 0.5 * log(2 * M_PI);
    double w = 1 / (z * z);
    static const double c[] = {1. / 12,   -1. / 360,      1. / 1260, -1. / 1680,
                               1. / 1188, -691. / 360360, 1. / 156};
    double sum = 0;
    for (int k = 6; k >= 0; k--)
        sum = sum * w + c[k];
    return sum / z;
}

// x^a exp(-x) / Γ(a + 1).
static double
gamma_prefix(double a, double x)
{
    double scale = exp(-stirling_rest(a)) / sqrt(2 * M_PI * a);
    return scale * exp(a * log_minus(x / a, (x - a) / a));
}

// x^a y^b / (a B(a, b)) with y = 1 - x.
static double
beta_prefix(double a, double b, double x, double y)
{
    double n = a + b, rest = stirling_rest(n) - stirling_rest(a) - stirling_rest(b);
    double excess = n * x - a; // = b - n y
    if (x > 0.5)
        excess = b - n * y;
    double exponent = a * log_minus(n * x / a, excess / a) + b * log_minus(n * y / b, -excess / b);
    return sqrt(b / (2 * M_PI * a * n)) * exp(rest + exponent);
}

// ---- tails ----

// P(a, x) / prefix = 1 + x/(a+1) + x²/((a+1)(a+2)) + …  (DLMF 8.7.1)
static double
gamma_series(double a, double x)
{
    double term = 1, sum = 1;
    for (int k = 1; k < TERMS_MAX && term > sum * DBL_EPSILON / 4; k++) {
        term *= x / (a + k);
        sum += term;
    }
    return sum;
}

// One step of the modified Lentz algorithm (Thompson and Barnett 1986); returns the factor.
static double
lentz(double *c, double *d, double numerator, double denominator)
{
    *d = denominator + numerator * *d;
    *d = 1 / (fabs(*d) < TINY ? TINY : *d);
    *c = denominator + numerator / *c;
    *c = fabs(*c) < TINY ? TINY : *c;
    return *c * *d;
}

// Q(a, x) / (a prefix) by the continued fraction DLMF 8.9.2 contracted.
static double
gamma_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / TINY, d = 1 / b, h = d;
    for (int k = 1; k < TERMS_MAX; k++) {
        b += 2;
        double factor = lentz(&c, &d, -k * (k - a), b);
        h *= factor;
        if (fabs(factor - 1) < DBL_EPSILON)
            break;
    }
    return h;
}

double
sw_gamma_tail(double a, double x, bool upper)
{
    if (!(x > 0))
        return upper;
    if (isinf(x))
        return !upper;
    bool series = x < a + 1;
    double prefix = gamma_prefix(a, x);
    double part = series ? prefix * gamma_series(a, x) : a * prefix * gamma_fraction(a, x);
    return upper == series ? 1 - part : part;
}

// I_x(a, b) / prefix by the continued fraction DLMF 8.17.22.
static double
beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < TINY ? TINY : d);
    double h = d;
    for (int k = 1; k < TERMS_MAX; k++) {
        double m = k, even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        h *= lentz(&c, &d, even, 1);
        double factor = lentz(&c, &d, odd, 1);
        h *= factor;
        if (fabs(factor - 1) < DBL_EPSILON)
            break;
    }
    return h;
}

double
sw_beta_lower(double a, double b, double x, double y)
{
    if (!(x > 0) || !(y > 0))
        return x > 0;
    if (x < (a + 1) / (a + b + 2))
        return beta_prefix(a, b, x, y) * beta_fraction(a, b, x);
    return 1 - beta_prefix(b, a, y, x) * beta_fraction(b, a, y);
}

// ---- inverses ----

// A tail as a function of t = log x: its value, and the density times x.
typedef struct tail {
    double a, b; // b: beta only
    bool upper;  // gamma only; falls with t
    double (*value)(const struct tail *, double t);
    double (*slope)(const struct tail *, double t);
} tail;

static double
gamma_value(const tail *f, double t)
{
    return sw_gamma_tail(f->a, exp(t), f->upper);
}

static double
gamma_slope(const tail *f, double t)
{
    return f->a * gamma_prefix(f->a, exp(t));
}

static double
beta_value(const tail *f, double t)
{
    return sw_beta_lower(f->a, f->b, exp(t), -expm1(t));
}

static double
beta_slope(const tail *f, double t)
{
    double y = -expm1(t);
    return f->a * beta_prefix(f->a, f->b, exp(t), y) / y;
}

// Newton on log(tail) = log(target) from t, by halves of low … high where it would leave them.
static double
solve(const tail *f, double target, double t, double low, double high)
{
    double log_target = log(target);
    for (int k = 0; k < NEWTON_MAX; k++) {
        double value = f->value(f, t), excess = log(value) - log_target;
        if (f->upper ? excess > 0 : excess < 0)
            low = t;
        else
            high = t;
        double step = excess * value / f->slope(f, t);
        double next = f->upper ? t + step : t - step;
        if (!(next >= low && next <= high))
            next = 0.5 * (low + high);
        if (fabs(next - t) <= 1e-16 * fabs(t) + 1e-17)
            return exp(next);
        t = next;
    }
    return exp(t);
}

// Where the leading term of the lower tail, x^a / (a Γ…), reaches p.
static double
leading_term(double log_p, double log_coefficient, double a)
{
    double t = (log_p + log_coefficient) / a;
    return t < LOG_TINIEST ? LOG_TINIEST : t;
}

double
sw_gamma_inverse(double a, double p, double q)
{
    if (!(p > 0) || !(q > 0))
        return p > 0 ? INFINITY : 0;
    tail f = {.a = a, .upper = q < p, .value = gamma_value, .slope = gamma_slope};
    double t = leading_term(log(p), lgamma(a + 1), a);
    if (f.upper && a > 0.5)
        t = log(a);
    return solve(&f, f.upper ? q : p, t, LOG_TINIEST, log(DBL_MAX));
}

static double
beta_inverse_lower(double a, double b, double p)
{
    tail f = {.a = a, .b = b, .value = beta_value, .slope = beta_slope};
    double log_beta = lgamma(a) + lgamma(b) - lgamma(a + b);
    double t = leading_term(log(p), log(a) + log_beta, a);
    return solve(&f, p, t < 0 ? t : log(a / (a + b)), LOG_TINIEST, 0);
}

double
sw_beta_inverse(double a, double b, double p, double q)
{
    if (!(p > 0) || !(q > 0))
        return p > 0;
    return p <= q ? beta_inverse_lower(a, b, p) : 1 - beta_inverse_lower(b, a, q);
}
