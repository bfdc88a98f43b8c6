// SPDX-License-Identifier: Apache-2.0
// Normal and lognormal laws.
#include "lib/base/normal.h"
#include "lib/study/laws.h"

static const sw_field normal_fields[] = {
    SW_LAW_P("mean", 0, "mean before truncation"),
    SW_LAW_POSITIVE("sd", 1, "standard deviation before truncation"),
    SW_LAW_MIN(false),
    SW_LAW_MAX(false),
    SW_LAW_END,
};

static double
normal_quantile(const sw_distribution *d, double p, double q)
{
    return d->p[0] + d->p[1] * sw_normal_quantile(p, q);
}

static double
normal_tail(const sw_distribution *d, double x, bool upper)
{
    return sw_normal_tail((x - d->p[0]) / d->p[1], upper);
}

const sw_distribution_ops sw_law_normal = {
    .name = "normal",
    .doc = "normal (Gaussian); truncated where min or max is given",
    .fields = normal_fields,
    .quantile = normal_quantile,
    .tail = normal_tail,
};

static const sw_field lognormal_fields[] = {
    SW_LAW_P("mean_log", 0, "mean of the natural logarithm"),
    SW_LAW_POSITIVE("sd_log", 1, "standard deviation of the natural logarithm"),
    SW_LAW_MIN(false),
    SW_LAW_MAX(false),
    SW_LAW_END,
};

static double
lognormal_quantile(const sw_distribution *d, double p, double q)
{
    return exp(d->p[0] + d->p[1] * sw_normal_quantile(p, q));
}

static double
lognormal_tail(const sw_distribution *d, double x, bool upper)
{
    return x > 0 ? sw_normal_tail((log(x) - d->p[0]) / d->p[1], upper) : upper;
}

const sw_distribution_ops sw_law_lognormal = {
    .name = "lognormal",
    .doc = "the logarithm is normal; truncated where min or max is given",
    .fields = lognormal_fields,
    .quantile = lognormal_quantile,
    .tail = lognormal_tail,
};
