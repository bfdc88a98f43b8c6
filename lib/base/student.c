// SPDX-License-Identifier: Apache-2.0
// Student's t by the finite sums of Abramowitz and Stegun (1964), 26.7.3 and 26.7.4: with t =
// sqrt(n) tan(theta), the probability of |T| <= t is a polynomial in sin(theta) and cos(theta).
#include "lib/base/student.h"

#include "lib/base/normal.h"

#include <assert.h>
#include <math.h>

enum { EXACT_MAX = 1000 };

// The sum 1 + a_1 c² + a_2 c⁴ + …, a_k of falling ratios (first + 2k) / (first + 2k + 1).
static double
falling_sum(uint64_t terms, double first, double square)
{
    double term = 1, sum = 0;
    for (uint64_t k = 0; k < terms; k++) {
        sum += term;
        term *= square * (first + 2 * (double)k) / (first + 2 * (double)k + 1);
    }
    return sum;
}

static double
probability(uint64_t degrees, double theta)
{
    double s = sin(theta), c = cos(theta);
    if (degrees % 2 == 0)
        return s * falling_sum(degrees / 2, 1, c * c);
    return M_2_PI * (theta + s * c * falling_sum(degrees / 2, 2, c * c));
}

static double
expansion(double n, double z)
{
    double z2 = z * z;
    double g1 = z * (z2 + 1) / 4, g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
    double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
    return z + g1 / n + g2 / (n * n) + g3 / (n * n * n);
}

double
sw_student_half(uint64_t degrees, double level)
{
    assert(degrees >= 1 && level > 0 && level < 1);
    if (degrees > EXACT_MAX)
        return expansion((double)degrees, sw_normal_quantile(0.5 + level / 2, 0.5 - level / 2));
    double low = 0, high = M_PI_2;
    for (int step = 0; step < 100; step++) {
        double theta = 0.5 * (low + high);
        if (probability(degrees, theta) < level)
            low = theta;
        else
            high = theta;
    }
    return sqrt((double)degrees) * tan(0.5 * (low + high));
}
