// SPDX-License-Identifier: Apache-2.0
// The JZS Bayes factor of a t-test (Rouder, Speckman, Sun, Morey and Iverson 2009, Psychon Bull Rev
// 16:225): the effect size δ = μ/σ is 0 under the null hypothesis and Cauchy distributed with scale
// r under the alternative; the variance has Jeffreys' prior. All Bayes factors of this folder are
// natural logarithms of alternative over null. Pure functions, safe from any thread.
#ifndef SW_FMRI_BAYES_TTEST_H
#define SW_FMRI_BAYES_TTEST_H

#include <stdbool.h>
#include <stddef.h>

// Which effects the alternative allows: all, or only positive or negative ones (the prior is then a
// half Cauchy).
typedef enum sw_fmri_side { SW_FMRI_TWO_SIDED, SW_FMRI_PLUS, SW_FMRI_MINUS } sw_fmri_side;

// A t-test before its data. What a Bayes factor depends on besides t.
typedef struct sw_fmri_test {
    double nu; // degrees of freedom of t, 1 ... 1e12
    double
        n_eff; // effective sample size: the variance of the estimate of δ is 1/n_eff; 1e-6 ... 1e12
    double r;  // prior scale, 1e-9 ... 1e9; 0.7071 is the usual "medium"
    sw_fmri_side side;
} sw_fmri_test;

// One sample of n (or n pairs): ν = n − 1, n_eff = n. Needs n >= 2.
sw_fmri_test sw_fmri_one_sample(size_t n, double r, sw_fmri_side side);

// Two independent samples: ν = n1 + n2 − 2, n_eff = n1 n2 / (n1 + n2). Needs ν >= 1.
sw_fmri_test sw_fmri_two_sample(size_t n1, size_t n2, double r, sw_fmri_side side);

// Whether all members are in the ranges above. The functions below and in the other headers assert
// it.
bool sw_fmri_test_is_valid(const sw_fmri_test *test);

// log BF of the alternative against δ = 0, by a trapezoid rule over u = log g (the Cauchy law being
// a mixture of normal ones with variance g r²). Absolute error below 1e-12, plus 1e-14 of |log BF|.
// NaN for a NaN; |t| above 1e100 is taken as 1e100. Costs microseconds: for many t see table.h.
double sw_fmri_logbf(const sw_fmri_test *test, double t);

// The t at which log BF is the given value: the positive one of a two-sided test, negative where
// only a negative t gives it. One-sided values below what t = 1e6 in the wrong direction reaches
// give NaN, as does a value below the minimum (at t = 0) of a two-sided one or beyond t = 1e6.
double sw_fmri_t_reaching(const sw_fmri_test *test, double logbf);

#endif
