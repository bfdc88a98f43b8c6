// SPDX-License-Identifier: Apache-2.0
// Bayes factors of hypotheses that name a range of effect sizes (Morey and Rouder 2011, Psychol
// Methods 16:406): the prior of ttest.h cut to the range (and to the side of the test) and
// renormalised, against the point null δ = 0, or one range against another. Natural logarithms.
// Integrals over δ by Gauss-Legendre panels on the likelihood's own scale, no noncentral t
// distribution: absolute error below 1e-10 plus 1e-13 of the value.
#ifndef SW_FMRI_BAYES_INTERVAL_H
#define SW_FMRI_BAYES_INTERVAL_H

#include "models/fmri/bayes/ttest.h"

// Effects between lower and upper (either may be infinite), or all others.
typedef struct sw_fmri_interval {
    double lower, upper; // lower < upper, in units of δ
    bool complement;
} sw_fmri_interval;

// log of the prior probability of the interval under the test's prior (its side included).
// -INFINITY if they share nothing.
double sw_fmri_interval_log_prior(const sw_fmri_test *test, const sw_fmri_interval *interval);

// log of its posterior probability given t.
double sw_fmri_interval_log_posterior(const sw_fmri_test *test, const sw_fmri_interval *interval,
                                      double t);

// log BF of the interval against δ = 0. NaN if the interval has no prior probability.
double sw_fmri_interval_logbf(const sw_fmri_test *test, const sw_fmri_interval *interval, double t);

// log BF of an effect outside of the region of practical equivalence |δ| < eps against one inside:
// eps > 0.
double sw_fmri_rope_logbf(const sw_fmri_test *test, double eps, double t);

#endif
