// SPDX-License-Identifier: Apache-2.0
// Student's t distribution by the incomplete beta function, with the falling factor of the tail
// kept apart. With x = m / (m + z²):
//   P(T > z) = ½ I_x(m/2, ½),  I_x(a, b) = x^a (1 − x)^b / (a B(a, b)) × continued fraction.
// x^(m/2) is (1 + z²/m)^(-m/2) exactly, so Q(z) is the rest, and no large exponent is ever formed.
#include "models/fmri/bayes/student.h"

#include <assert.h>
#include <math.h>

// The continued fraction of DLMF 8.17.22 for I_x(a, b), by the modified Lentz algorithm. Needs
// x < (a + 1) / (a + b + 2); takes of the order of √max(a, b) steps at worst.
static double
beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double f = d;
    for (int k = 1; k < 1000000; k++) {
        double even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
        d = 1 / (1 + even * d);
        c = 1 + even / c;
        f *= d * c;
        double odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
        d = 1 / (1 + odd * d);
        c = 1 + odd / c;
        f *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return f;
}

// log B(m/2, ½); the difference of two large lgammas is taken by Stirling's series (DLMF 5.11.1)
// once they are large.
static double
log_beta_half(double m)
{
    double a = m / 2;
    int sign;
    if (a < 20)
        return lgamma_r(a, &sign) + 0.57236494292470008707 - lgamma_r(a + 0.5, &sign);
    // Γ(a + ½)/Γ(a) = √a × (1 − 1/8a + 1/128a² + 5/1024a³ − …): DLMF 5.11.13 in logarithms.
    double i = 1 / (a * a);
    double series =
        (-1. / 8 + i * (1. / 192 + i * (-1. / 640 + i * (17. / 14336 - i * 31. / 18432)))) / a;
    return 0.57236494292470008707 - 0.5 * log(a) - series;
}

// Hill (1970): the normal deviate with the same tail probability.
static double
normal_deviate(double m, double z)
{
    double a = m - 0.5, b = 48 * a * a, y = a * log1p(z * z / m);
    double top =
        ((((-0.4 * y - 3.3) * y - 24) * y - 85.5) / (0.8 * y * y + 100 + b) + y + 3) / b + 1;
    return top * sqrt(y);
}

// log Q(z) by the asymptotic series of the tail (Soms 1976, JASA 71:728), for z >= 30, where its
// eighth term is below 1e-17.
static double
log_mills_far(double m, double z)
{
    double term = 1, sum = 1;
    for (int k = 1; k <= 8; k++) {
        term *= -(2 * k - 1) * (m / (m + 2 * k)) / (z * z);
        sum += term;
    }
    return log(sum * sqrt(1 / z / z + 1 / m)) - 0.5 * log(m) - log_beta_half(m);
}

double
sw_fmri_student_log_mills(double m, double z)
{
    assert(m > 0 && !(z < 0));
    if (m > 1e5 && z >= 30)
        return log_mills_far(m, z);
    if (m > 1e5 && z < 30)
        return log(0.5 * erfc(normal_deviate(m, z) * M_SQRT1_2)) + 0.5 * m * log1p(z * z / m);
    double ratio = z / sqrt(m + z * z); // its square is 1 − x
    double y = ratio * ratio, x = m / (m + z * z);
    double a = m / 2, log_beta = log_beta_half(m);
    if (y * (a + 2.5) < 1.5) {
        double grow = 0.5 * m * log1p(z * z / m);
        double inside = ratio * exp(-grow - log_beta) / 0.5 * beta_fraction(0.5, a, y);
        return log(0.5 - 0.5 * inside) + grow;
    }
    return log(0.5 * ratio / a * beta_fraction(a, 0.5, x)) - log_beta;
}

double
sw_fmri_student_log_cdf(double m, double z)
{
    if (isnan(z))
        return z;
    double size = fabs(z);
    if (isinf(z))
        return z > 0 ? 0 : -INFINITY;
    double root = size / sqrt(m);
    double fall = size > 1e150 ? 2 * log(root) : log1p(root * root);
    double tail = sw_fmri_student_log_mills(m, fmin(size, 1e150)) - 0.5 * m * fall;
    return z <= 0 ? tail : log1p(-exp(tail));
}

double
sw_fmri_student_upper(double m, double z)
{
    return exp(sw_fmri_student_log_cdf(m, -z));
}

double
sw_fmri_student_two_sided(double m, double z)
{
    return fmin(1, 2 * exp(sw_fmri_student_log_cdf(m, -fabs(z))));
}

// Bisection in asinh(z): the logarithm of the tail falls steadily there.
double
sw_fmri_student_upper_quantile(double m, double log_p)
{
    if (isnan(log_p) || log_p > 0)
        return NAN;
    if (log_p == 0 || log_p == -INFINITY)
        return log_p == 0 ? -INFINITY : INFINITY;
    double lo = -700, hi = 700;
    for (int k = 0; k < 100 && hi - lo > 1e-15 * fmax(fabs(lo), 1e-3); k++) {
        double mid = 0.5 * (lo + hi);
        if (sw_fmri_student_log_cdf(m, -sinh(mid)) > log_p)
            lo = mid;
        else
            hi = mid;
    }
    return sinh(0.5 * (lo + hi));
}
