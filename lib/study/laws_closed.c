// SPDX-License-Identifier: Apache-2.0
// Laws whose quantile is a closed formula: uniform, loguniform, triangular, exponential, Weibull,
// Gumbel.
#include "lib/study/laws.h"

static const sw_field range_fields[] = {SW_LAW_MIN(true), SW_LAW_MAX(true), SW_LAW_END};

static double
uniform_quantile(const sw_distribution *d, double p, double q)
{
    (void)q;
    return d->min + p * (d->max - d->min);
}

const sw_distribution_ops sw_law_uniform = {
    .name = "uniform",
    .doc = "every value from min to max equally likely",
    .fields = range_fields,
    .quantile = uniform_quantile,
};

static void
check_positive_min(sw_distribution *d, const char *pointer, sw_faults *faults)
{
    sw_auto(free) char *at = sw_json_pointer(pointer, "min");
    if (!(d->min > 0))
        sw_fault_add(faults, at, "min must be greater than 0, not %.17g", d->min);
}

static double
loguniform_quantile(const sw_distribution *d, double p, double q)
{
    return exp(q * log(d->min) + p * log(d->max));
}

const sw_distribution_ops sw_law_loguniform = {
    .name = "loguniform",
    .doc = "the logarithm is uniform: every decade from min to max equally likely",
    .fields = range_fields,
    .check = check_positive_min,
    .quantile = loguniform_quantile,
};

static const sw_field triangular_fields[] = {
    SW_LAW_MIN(true),
    SW_LAW_MAX(true),
    SW_LAW_P("mode", 0, "the most likely value"),
    SW_LAW_END,
};

static void
check_mode(sw_distribution *d, const char *pointer, sw_faults *faults)
{
    sw_auto(free) char *at = sw_json_pointer(pointer, "mode");
    if (d->min < d->max && !(d->p[0] >= d->min && d->p[0] <= d->max))
        sw_fault_add(faults, at, "mode must be from min %.17g to max %.17g, not %.17g", d->min,
                     d->max, d->p[0]);
}

static double
triangular_quantile(const sw_distribution *d, double p, double q)
{
    // Shares of the width, whose squares stay in range whatever the width is.
    double width = d->max - d->min, rise = (d->p[0] - d->min) / width;
    if (p < rise)
        return d->min + width * sqrt(p * rise);
    return d->max - width * sqrt(q * ((d->max - d->p[0]) / width));
}

const sw_distribution_ops sw_law_triangular = {
    .name = "triangular",
    .doc = "density rises from min to mode and falls to max",
    .fields = triangular_fields,
    .check = check_mode,
    .quantile = triangular_quantile,
};

static const sw_field exponential_fields[] = {
    SW_LAW_POSITIVE("scale", 0, "mean, the inverse of the rate"),
    SW_LAW_MIN(false),
    SW_LAW_MAX(false),
    SW_LAW_END,
};

// -log q, exact where p is small.
static double
minus_log_upper(double p, double q)
{
    return p < q ? -log1p(-p) : -log(q);
}

static double
exponential_quantile(const sw_distribution *d, double p, double q)
{
    return d->p[0] * minus_log_upper(p, q);
}

static double
exponential_tail(const sw_distribution *d, double x, bool upper)
{
    double t = fmax(x, 0) / d->p[0];
    return upper ? exp(-t) : -expm1(-t);
}

const sw_distribution_ops sw_law_exponential = {
    .name = "exponential",
    .doc = "waiting time with the mean scale; truncated where min or max is given",
    .fields = exponential_fields,
    .quantile = exponential_quantile,
    .tail = exponential_tail,
};

static const sw_field weibull_fields[] = {
    SW_LAW_POSITIVE("shape", 0, "shape"),
    SW_LAW_POSITIVE("scale", 1, "scale"),
    SW_LAW_MIN(false),
    SW_LAW_MAX(false),
    SW_LAW_END,
};

static double
weibull_quantile(const sw_distribution *d, double p, double q)
{
    return d->p[1] * pow(minus_log_upper(p, q), 1 / d->p[0]);
}

static double
weibull_tail(const sw_distribution *d, double x, bool upper)
{
    double t = pow(fmax(x, 0) / d->p[1], d->p[0]);
    return upper ? exp(-t) : -expm1(-t);
}

const sw_distribution_ops sw_law_weibull = {
    .name = "weibull",
    .doc = "Weibull of two parameters; truncated where min or max is given",
    .fields = weibull_fields,
    .quantile = weibull_quantile,
    .tail = weibull_tail,
};

static const sw_field gumbel_fields[] = {
    SW_LAW_P("location", 0, "the mode"),
    SW_LAW_POSITIVE("scale", 1, "scale"),
    SW_LAW_MIN(false),
    SW_LAW_MAX(false),
    SW_LAW_END,
};

// location - scale log(-log p), with -log p = -log1p(-q) where q is the exact one.
static double
gumbel_quantile(const sw_distribution *d, double p, double q)
{
    return d->p[0] - d->p[1] * log(minus_log_upper(q, p));
}

static double
gumbel_tail(const sw_distribution *d, double x, bool upper)
{
    double t = exp(-(x - d->p[0]) / d->p[1]);
    return upper ? -expm1(-t) : exp(-t);
}

const sw_distribution_ops sw_law_gumbel = {
    .name = "gumbel",
    .doc = "largest of many (right-skewed Gumbel); truncated where min or max is given",
    .fields = gumbel_fields,
    .quantile = gumbel_quantile,
    .tail = gumbel_tail,
};
