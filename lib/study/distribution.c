// SPDX-License-Identifier: Apache-2.0
// The list of distributions, and truncation, which is the same for all of them: the place u is
// carried into the part of the law between min and max, on the side where the tail is exact.
#include "lib/study/distribution.h"

#include "lib/study/laws.h"

#include <float.h>

const sw_distribution_ops *const sw_distributions[] = {
    &sw_law_uniform,   &sw_law_loguniform,  &sw_law_triangular, &sw_law_normal,
    &sw_law_lognormal, &sw_law_exponential, &sw_law_weibull,    &sw_law_gumbel,
    &sw_law_gamma,     &sw_law_beta,        &sw_law_empirical,  NULL,
};

const sw_distribution_ops *
sw_distribution_find(const char *name)
{
    for (const sw_distribution_ops *const *d = sw_distributions; *d; d++) {
        if (strcmp((*d)->name, name) == 0)
            return *d;
    }
    return NULL;
}

bool
sw_distribution_read(const json_t *object, const char *pointer, const sw_distribution_ops *ops,
                     sw_distribution *d, sw_faults *faults)
{
    *d = (sw_distribution){.ops = ops, .min = -INFINITY, .max = INFINITY};
    if (ops->bounded) {
        d->min = ops->low;
        d->max = ops->high;
    }
    return sw_json_read_some(object, pointer, ops->fields, d, faults) &&
           sw_distribution_check(d, pointer, faults);
}

// Whether a part of a tail has digits enough for its quantiles: neither subnormal nor lost in what
// lies beyond it.
static bool
is_measurable(double share, double tail)
{
    return share >= DBL_MIN && share >= 1e-10 * tail;
}

static void
derive_truncation(sw_distribution *d, const char *pointer, sw_faults *faults)
{
    d->truncated = d->ops->tail && (isfinite(d->min) || isfinite(d->max));
    if (!d->truncated)
        return;
    bool low = isfinite(d->min), high = isfinite(d->max);
    d->lower[0] = low ? d->ops->tail(d, d->min, false) : 0;
    d->lower[1] = high ? d->ops->tail(d, d->max, false) : 1;
    d->upper[0] = low ? d->ops->tail(d, d->min, true) : 1;
    d->upper[1] = high ? d->ops->tail(d, d->max, true) : 0;
    if (!is_measurable(d->lower[1] - d->lower[0], d->lower[1]) &&
        !is_measurable(d->upper[0] - d->upper[1], d->upper[0]))
        sw_fault_add(faults, pointer,
                     "the distribution has no measurable share between min %.17g and max %.17g",
                     d->min, d->max);
}

bool
sw_distribution_check(sw_distribution *d, const char *pointer, sw_faults *faults)
{
    size_t before = faults->n + faults->dropped;
    if (d->ops->check)
        d->ops->check(d, pointer, faults);
    d->min += 0.0; // a negative zero would not survive a database
    d->max += 0.0;
    if (!(d->min < d->max)) {
        sw_auto(free) char *at = sw_json_pointer(pointer, "min");
        sw_fault_add(faults, at, "min must be less than max: min is %.17g, max is %.17g", d->min,
                     d->max);
    } else if (isfinite(d->min) && isfinite(d->max) && !isfinite(d->max - d->min)) {
        sw_fault_add(faults, pointer, "max - min must be a finite number");
    }
    if (faults->n + faults->dropped == before)
        derive_truncation(d, pointer, faults);
    return faults->n + faults->dropped == before;
}

// p = F(min) + u (F(max) - F(min)), and q = 1 - p the same way from the upper tails: whichever is
// small has lost nothing to cancellation.
static double
truncated_quantile(const sw_distribution *d, double u)
{
    double p = d->lower[0] * (1 - u) + d->lower[1] * u;
    double q = d->upper[0] * (1 - u) + d->upper[1] * u;
    // A share too small for a double is not the end of the law.
    if (u > 0 && u < 1 && p < DBL_MIN)
        p = DBL_MIN;
    if (u > 0 && u < 1 && q < DBL_MIN)
        q = DBL_MIN;
    return d->ops->quantile(d, p, q);
}

double
sw_quantile(const sw_distribution *d, double u)
{
    if (u <= 0 && isfinite(d->min))
        return d->min;
    if (u >= 1 && isfinite(d->max))
        return d->max;
    double x = d->truncated ? truncated_quantile(d, u) : d->ops->quantile(d, u, 1 - u);
    return x < d->min ? d->min : x > d->max ? d->max : x;
}

void
sw_quantile_column(const sw_distribution *d, double *u, size_t n)
{
    for (size_t i = 0; i < n; i++)
        u[i] = sw_quantile(d, u[i]);
}

void
sw_distribution_fini(sw_distribution *d)
{
    free(d->sample);
    d->sample = NULL;
}

bool
sw_distribution_unbounded(const sw_distribution *d)
{
    return !isfinite(sw_quantile(d, 0));
}
