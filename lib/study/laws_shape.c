// SPDX-License-Identifier: Apache-2.0
// Laws whose quantile has no closed formula (gamma, beta), and the law of a sample.
#include "lib/base/special.h"
#include "lib/study/laws.h"

#define SHAPE_MIN 1e-3
#define SHAPE_MAX 1e6

static const sw_field gamma_fields[] = {
    {"shape", SW_FIELD_NUMBER, offsetof(sw_distribution, p[0]), true, SHAPE_MIN, SHAPE_MAX, NULL,
     "shape"},
    SW_LAW_POSITIVE("scale", 1, "scale; the mean is shape times scale"),
    SW_LAW_MIN(false),
    SW_LAW_MAX(false),
    SW_LAW_END,
};

static double
gamma_quantile(const sw_distribution *d, double p, double q)
{
    return d->p[1] * sw_gamma_inverse(d->p[0], p, q);
}

static double
gamma_tail(const sw_distribution *d, double x, bool upper)
{
    return sw_gamma_tail(d->p[0], x / d->p[1], upper);
}

const sw_distribution_ops sw_law_gamma = {
    .name = "gamma",
    .doc = "gamma; truncated where min or max is given",
    .fields = gamma_fields,
    .quantile = gamma_quantile,
    .tail = gamma_tail,
};

static const sw_field beta_fields[] = {
    {"alpha", SW_FIELD_NUMBER, offsetof(sw_distribution, p[0]), true, SHAPE_MIN, SHAPE_MAX, NULL,
     "first shape; large values lean to max"},
    {"beta", SW_FIELD_NUMBER, offsetof(sw_distribution, p[1]), true, SHAPE_MIN, SHAPE_MAX, NULL,
     "second shape; large values lean to min"},
    SW_LAW_MIN(false),
    SW_LAW_MAX(false),
    SW_LAW_END,
};

static double
beta_quantile(const sw_distribution *d, double p, double q)
{
    return d->min + (d->max - d->min) * sw_beta_inverse(d->p[0], d->p[1], p, q);
}

const sw_distribution_ops sw_law_beta = {
    .name = "beta",
    .doc = "beta, stretched from min (0 when unsaid) to max (1)",
    .fields = beta_fields,
    .low = 0,
    .high = 1,
    .bounded = true,
    .quantile = beta_quantile,
};

static const sw_field empirical_fields[] = {
    {"sample", SW_FIELD_ARRAY, offsetof(sw_distribution, given), true, 2, 100000, NULL,
     "observed values"},
    SW_LAW_END,
};

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
read_sample(sw_distribution *d, const char *pointer, sw_faults *faults)
{
    size_t n = json_array_size(d->given);
    sw_auto(free) char *at = sw_json_pointer(pointer, "sample");
    d->sample = sw_calloc(n, sizeof *d->sample);
    d->n_sample = n;
    for (size_t k = 0; k < n; k++) {
        const json_t *v = json_array_get(d->given, k);
        sw_auto(free) char *here = sw_json_pointer_at(at, k);
        if (!json_is_number(v))
            sw_fault_add(faults, here, "must be a number, not %s", sw_json_type_name(v));
        d->sample[k] = json_number_value(v) + 0.0;
    }
    qsort(d->sample, n, sizeof *d->sample, ascending);
    d->min = d->sample[0];
    d->max = d->sample[n - 1];
}

// Linear between the ordered observations: Hyndman and Fan (1996), definition 7.
static double
empirical_quantile(const sw_distribution *d, double p, double q)
{
    (void)q;
    double h = p * (double)(d->n_sample - 1), k = floor(h);
    size_t at = (size_t)k;
    if (at + 1 >= d->n_sample)
        return d->max;
    return d->sample[at] + (h - k) * (d->sample[at + 1] - d->sample[at]);
}

const sw_distribution_ops sw_law_empirical = {
    .name = "empirical",
    .doc = "as a given sample is spread, linear between its ordered values",
    .fields = empirical_fields,
    .check = read_sample,
    .quantile = empirical_quantile,
};
