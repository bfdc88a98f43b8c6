// SPDX-License-Identifier: Apache-2.0
// What is done about testing many voxels at once: priors that grow sceptical with their number, and
// the classical corrections of p-values. Pure functions over arrays.
#ifndef SW_FMRI_BAYES_MULTIPLICITY_H
#define SW_FMRI_BAYES_MULTIPLICITY_H

#include <stddef.h>
#include <stdint.h>

// The prior scale corrected for n_voxels tests (Han 2020, Soc Neurosci 15:1; after Westfall,
// Johnson and Utts 1997, Biometrika 84:419): r' = r tan(π(½ − α)) / tan(π(p* − ½)), p* = (1 −
// α)^(2/m), m the smallest whole number with m(m − 1)/2 >= n_voxels. 0 < alpha < 0.5, r > 0,
// n_voxels >= 1.
double sw_fmri_corrected_scale(double n_voxels, double r, double alpha);

// The same as the BayesFactorFMRI tool finds it, which stops its bisection early: for comparison
// with its published maps. r is bisected between 0 and the given one until the Cauchy distribution
// function at r tan(π(½ − α)) is above p* by less than 1e-4, which gives the scale it published.
double sw_fmri_corrected_scale_as_tool(double n_voxels, double r, double alpha);

// The prior scale from an expected effect (Han 2021, Brain Sci 11:246): with contrast c between
// active and other voxels, noise n (its standard deviation) and share of active voxels in the
// expectation R, X = c / n × R lies at quantile p of the Cauchy: r = X / tan(π(p − ½)). 0.5 < p
// < 1.
double sw_fmri_expected_scale(double contrast, double noise, double share, double p);

// Posterior probabilities of an effect from log BFs and one prior probability of an effect,
// 0 < prior < 1.
void sw_fmri_posterior_probabilities(size_t n, const double *logbf, double prior, double *p);

// The share of active voxels that makes the log BFs most probable (empirical Bayes, Efron 2008,
// Statist Sci 23:1): the mixture's maximum likelihood by bisection of its concave score. In
// [floor, 1 - floor]. NaNs are left out; with none left the result is floor.
double sw_fmri_estimated_prior(size_t n, const double *logbf, double floor);

// Bayesian false discovery rate (Newton, Noueiry, Sarkar and Ahlquist 2004, Biostatistics 5:155):
// sorts voxels by posterior probability p and takes as many as keep the mean of 1 − p among them at
// or below q. Writes reject[i] (0 or 1); returns how many. NaN is never rejected.
size_t sw_fmri_bayesian_fdr(size_t n, const double *p, double q, uint8_t *reject);

// Benjamini and Hochberg (1995, JRSS B 57:289): the p-values rejected at false discovery rate q.
// NaNs are no tests: not counted, not rejected. Returns how many; *threshold (may be NULL) is the
// largest p rejected, 0 for none.
size_t sw_fmri_benjamini_hochberg(size_t n, const double *p, double q, uint8_t *reject,
                                  double *threshold);

// Bonferroni: rejects p <= alpha / (number of p-values that are not NaN). Returns how many.
size_t sw_fmri_bonferroni(size_t n, const double *p, double alpha, uint8_t *reject);

// p-values of t statistics with nu degrees of freedom; side as in ttest.h (SW_FMRI_PLUS is the
// upper tail). NaN stays NaN.
void sw_fmri_p_values(size_t n, const double *t, double nu, int side, double *p);

#endif
