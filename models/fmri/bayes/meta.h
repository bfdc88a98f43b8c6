// SPDX-License-Identifier: Apache-2.0
// Bayes factors over several studies of one effect. Natural logarithms.
#ifndef SW_FMRI_BAYES_META_H
#define SW_FMRI_BAYES_META_H

#include "models/fmri/bayes/interval.h"

// A study in a fixed-effect meta analysis; nu and n_eff as in sw_fmri_test.
typedef struct sw_fmri_study {
    double t, nu, n_eff;
} sw_fmri_study;

// Fixed effect (Rouder and Morey 2011, Psychon Bull Rev 18:682): one δ, Cauchy with scale r, shared
// by k studies, against δ = 0. within: the range the alternative is cut to, NULL for all δ. k >= 1.
// Absolute error below 1e-10 plus 1e-13 of the value.
double sw_fmri_meta_fixed(size_t k, const sw_fmri_study *studies, double r,
                          const sw_fmri_interval *within);

typedef struct sw_fmri_meta {
    double logbf; // δ Cauchy against δ = 0, heterogeneity in both
    double mean;  // of δ under the alternative
} sw_fmri_meta;

// Random effects (Gronau, Heck, Berkhout, Haaf and Wagenmakers 2021, AMPPS 4:3, with the priors of
// Han 2021): estimates y[i] with standard errors se[i] > 0 of effects that are normal around δ with
// standard deviation τ ~ Beta(1, 2); δ Cauchy with scale r. The integral over δ is that of a normal
// law over the Cauchy's mixture of normal ones, that over τ Gauss-Legendre panels. k >= 1.
sw_fmri_meta sw_fmri_meta_random(size_t k, const double *y, const double *se, double r);

// Fisher's transformation of a t with nu degrees of freedom, atanh(t / √(t² + ν)), and the standard
// error 1/√(n − 3) that goes with it: how a study enters the random-effects model. Needs n > 3.
double sw_fmri_fisher_z(double t, double nu);
double sw_fmri_fisher_se(double n);

// ---- many voxels of the same studies ----

// What does not depend on the voxel, tabulated once; agrees with the functions above to 1e-8.
typedef struct sw_fmri_meta_map sw_fmri_meta_map;

// Fixed effect: nu and n_eff of the studies; within as above.
sw_fmri_meta_map *sw_fmri_meta_map_fixed(size_t k, const double *nu, const double *n_eff, double r,
                                         const sw_fmri_interval *within);

// Random effects: the standard errors of the studies' Fisher z.
sw_fmri_meta_map *sw_fmri_meta_map_random(size_t k, const double *se, double r);

// log BF of one voxel: the studies' t for fixed effects, Fisher z for random ones. NaN if any is.
double sw_fmri_meta_map_logbf(const sw_fmri_meta_map *map, const double *values);
void sw_fmri_meta_map_free(sw_fmri_meta_map **map);

#endif
