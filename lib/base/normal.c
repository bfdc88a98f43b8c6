// SPDX-License-Identifier: Apache-2.0
// The standard normal law. The quantile is algorithm AS 241 (PPND16) of M. J. Wichura, "The
// percentage points of the normal distribution", Appl. Statist. 37 (1988) 477-484: relative
// accuracy about 1e-16.
#include "lib/base/normal.h"

#include <math.h>

static const double central[2][8] = {
    {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
     1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
     3.3430575583588128105e+4, 2.5090809287301226727e+3},
    {1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
     2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
     5.2264952788528545610e+3},
};
static const double middle[2][8] = {
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9},
};
static const double far_tail[2][8] = {
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15},
};

static double
ratio(const double c[2][8], double r)
{
    double above = c[0][7], below = c[1][7];
    for (int k = 6; k >= 0; k--) {
        above = above * r + c[0][k];
        below = below * r + c[1][k];
    }
    return above / below;
}

double
sw_normal_quantile(double p, double q)
{
    double from_median = p < q ? p - 0.5 : 0.5 - q;
    if (fabs(from_median) <= 0.425)
        return from_median * ratio(central, 0.180625 - from_median * from_median);
    double tail = p < q ? p : q;
    if (!(tail > 0))
        return p < q ? -INFINITY : INFINITY;
    double r = sqrt(-log(tail));
    double z = r <= 5 ? ratio(middle, r - 1.6) : ratio(far_tail, r - 5);
    return p < q ? -z : z;
}

double
sw_normal_tail(double z, bool upper)
{
    return 0.5 * erfc((upper ? z : -z) * M_SQRT1_2);
}
