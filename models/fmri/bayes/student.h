// SPDX-License-Identifier: Apache-2.0
// Student's t distribution with m > 0 degrees of freedom (need not be whole), in logarithms, so
// that tails far beyond the smallest double keep their digits. Pure functions, safe from any
// thread. Source: the incomplete beta function's continued fraction, DLMF 8.17.22; for m > 1e5 and
// small z Hill (1970), CACM 13:617. Relative error of the tail below 1e-13 (m <= 1e5), 1e-11
// beyond.
#ifndef SW_FMRI_BAYES_STUDENT_H
#define SW_FMRI_BAYES_STUDENT_H

// log Q(z), Q(z) = P(T > z) (1 + z²/m)^(m/2) for z >= 0: the tail without its falling factor, as
// Mills' ratio is to the normal law. Smooth, between log 1/2 and a slow decline like -log z.
double sw_fmri_student_log_mills(double m, double z);

// log P(T <= z), any z; the upper tail is log_cdf(m, -z). NaN for a NaN.
double sw_fmri_student_log_cdf(double m, double z);

// P(T > z), P(|T| > |z|): p-values.
double sw_fmri_student_upper(double m, double z);
double sw_fmri_student_two_sided(double m, double z);

// The z that is exceeded with probability exp(log_p), 0 <= exp(log_p) <= 1: the inverse of the
// upper tail, to 1e-12 relative. ±INFINITY at the ends.
double sw_fmri_student_upper_quantile(double m, double log_p);

#endif
