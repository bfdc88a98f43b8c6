// SPDX-License-Identifier: Apache-2.0
// Bayes factors of linear regression with the Zellner-Siow prior (Liang, Paulo, Molina, Clyde and
// Berger 2008, JASA 103:410; the scale as in Rouder and Morey 2012, Multivar Behav Res 47:877):
// the p slopes are multivariate Cauchy with scale r in units of σ and of the standardised columns,
// that is g ~ inverse gamma(1/2, n r²/2). Natural logarithms; absolute error below 1e-12 plus 1e-13
// of the value.
#ifndef SW_FMRI_BAYES_REGRESSION_H
#define SW_FMRI_BAYES_REGRESSION_H

#include <stddef.h>

// All p slopes against intercept only: n observations, r2 the share of variance explained,
// 0 <= r2 <= 1 (at 1 the result is +INFINITY when n > p + 1 does not bound it). Needs p >= 1 and
// n > p + 1. r: 1e-9 ... 1e9.
double sw_fmri_regression_logbf(size_t n, size_t p, double r2, double r);

// One covariate, added to an intercept and n_nuisance other columns, against the model without it;
// t is that of its slope, with n − 2 − n_nuisance >= 1 degrees of freedom. The nuisance columns
// have flat priors, so they cost degrees of freedom and nothing else: this is the formula above for
// the residuals on them, n − n_nuisance observations in its powers and n in the scale of its prior.
double sw_fmri_covariate_logbf(size_t n, size_t n_nuisance, double t, double r);

#endif
