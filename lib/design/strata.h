// SPDX-License-Identifier: Apache-2.0
// Stored Latin hypercubes: which stratum of each parameter every point has. Found by a search when
// the study is submitted, kept in its resolved document, and only read from then on. Private to
// lib/design.
#ifndef SWEEPD_DESIGN_STRATA_H
#define SWEEPD_DESIGN_STRATA_H

#include "lib/design/design.h"

typedef struct sw_strata {
    size_t n, k;    // points, varied parameters
    uint32_t *cell; // [v * n + i]: a permutation of 0 … n-1 for each v
} sw_strata;

// The hypercube that the design `lhs` of the same n and seed has.
sw_strata *sw_strata_new(const sw_study *study, size_t n);
void sw_strata_free(void *strata);

// From the member "strata" of a document, a list of n strata for each varied parameter; NULL and
// faults if it is no Latin hypercube of this study.
sw_strata *sw_strata_read(const sw_study *study, size_t n, const json_t *given, sw_faults *faults);

json_t *sw_strata_json(const sw_strata *strata);

// Writes places; in the middle of the strata, or anywhere within by the seed.
void sw_strata_places(const sw_design *d, const sw_range *range, const sw_strata *strata,
                      bool centred);

// Makes the smallest distance between two points large (in strata, Euclidean), by swaps within
// parameters: enhanced stochastic evolutionary search for φ_p with p = 20 (R. Jin, W. Chen, A.
// Sudjianto, J. Stat. Plan. Inference 134 (2005) 268-287; M. D. Morris and T. J. Mitchell, ibid. 43
// (1995) 381-402). pairs: how many distances it may compute; about 5 ns each.
void sw_strata_spread(sw_strata *strata, uint64_t seed, uint64_t pairs);

// Reorders every parameter so that the correlations of normal scores come near target[a * k + b],
// a correlation matrix (R. L. Iman and W. J. Conover, Commun. Stat. B 11 (1982) 311-334, repeated
// while it helps). Returns the largest error left, or INFINITY if a matrix is not positive definite
// (too few points, or such a target).
double sw_strata_correlate(sw_strata *strata, const double *target);

#endif
