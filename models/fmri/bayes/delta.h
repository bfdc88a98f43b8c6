// SPDX-License-Identifier: Apache-2.0
// Integrals over the effect size δ: the likelihood of t given δ, and panels of Gauss-Legendre nodes
// that follow the scales of likelihood and prior. Private to this folder.
#ifndef SW_FMRI_BAYES_DELTA_H
#define SW_FMRI_BAYES_DELTA_H

#include "models/fmri/bayes/ttest.h"

// log of the density of t given δ over that given δ = 0, by the integral over the standard
// deviation.
double sw_fmri_delta_log_likelihood(double nu, double n_eff, double t, double delta);

// The part of it that is an integral: q = √n_eff δ t / √(t² + ν), and the rest is -n_eff δ²/2. 0 at
// q = 0.
double sw_fmri_delta_log_moment(double nu, double q);

// A function of δ in logarithms, to be integrated.
typedef double (*sw_fmri_log_density)(const void *context, double delta);

// Where it is large: `mode` and `width` of the likelihood, `scale` of the prior.
typedef struct sw_fmri_scales {
    double mode, width, scale;
} sw_fmri_scales;

// The breaks of panels for an integral from a to b (finite, a < b): at least 2, at most `room`.
enum { SW_FMRI_BREAKS_MAX = 160 };
int sw_fmri_delta_breaks(const sw_fmri_scales *s, double a, double b, double *breaks);

enum { SW_FMRI_PANEL_NODES = 16 };
// Nodes and weights of one panel.
void sw_fmri_delta_panel(double a, double b, double *node, double *weight);

// log of the integral of exp f from a to b; infinite ends are cut where f has vanished.
// -INFINITY for a >= b.
double sw_fmri_delta_log_integral(sw_fmri_log_density f, const void *context,
                                  const sw_fmri_scales *s, double a, double b);

// Where to cut an infinite end.
double sw_fmri_delta_reach(const sw_fmri_scales *s);

// The scales of one t-test's posterior.
sw_fmri_scales sw_fmri_delta_scales(const sw_fmri_test *test, double t);

// log of the Cauchy density of scale r, doubled on the allowed side of a one-sided test; no matter
// on which side δ is.
double sw_fmri_delta_log_prior(const sw_fmri_test *test, double delta);

#endif
