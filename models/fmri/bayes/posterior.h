// SPDX-License-Identifier: Apache-2.0
// The posterior of the effect size δ under the alternative of a t-test (Rouder et al. 2009; the
// model of ttest.h), by deterministic quadrature: no sampling, the same figures every time.
// Absolute error below 1e-9 posterior standard deviations for quantiles and moments, 1e-10 for
// probabilities.
#ifndef SW_FMRI_BAYES_POSTERIOR_H
#define SW_FMRI_BAYES_POSTERIOR_H

#include "models/fmri/bayes/ttest.h"

typedef struct sw_fmri_posterior sw_fmri_posterior;

// The posterior given a finite t; freed by _free, which nulls the caller's pointer. A few
// kilobytes, some hundred microseconds; every question below then costs little.
sw_fmri_posterior *sw_fmri_posterior_new(const sw_fmri_test *test, double t);
void sw_fmri_posterior_free(sw_fmri_posterior **posterior);

double sw_fmri_posterior_mean(const sw_fmri_posterior *posterior);
double sw_fmri_posterior_sd(const sw_fmri_posterior *posterior);

// P(δ <= x).
double sw_fmri_posterior_cdf(const sw_fmri_posterior *posterior, double x);

// P(δ > 0); 1 and 0 for the one-sided alternatives. P(|δ| < eps), eps >= 0.
double sw_fmri_posterior_positive(const sw_fmri_posterior *posterior);
double sw_fmri_posterior_within(const sw_fmri_posterior *posterior, double eps);

// The x with P(δ <= x) = p, 0 < p < 1: the median is 0.5, the 95 % interval 0.025 and 0.975.
double sw_fmri_posterior_quantile(const sw_fmri_posterior *posterior, double p);

#endif
