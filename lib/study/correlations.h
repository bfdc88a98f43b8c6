// SPDX-License-Identifier: Apache-2.0
// Correlated parameters by a Gaussian copula. Private to lib/study and lib/design.
#ifndef SWEEPD_STUDY_CORRELATIONS_H
#define SWEEPD_STUDY_CORRELATIONS_H

#include "lib/study/study.h"

enum { SW_CORRELATED_MAX = 64 };

// Reads [["x", "y", 0.5], …] (NULL: none) once the varied parameters are known: correlations of the
// normal scores of two parameters; pairs that are not named are 0. Faults if the matrix is not
// positive definite.
void sw_correlations_read(sw_study *study, const json_t *correlations, sw_faults *faults);

// Replaces the independent places of the correlated parameters in columns[parameter][0 … n-1] by
// correlated ones: z = Φ⁻¹(u), u' = Φ(L z), L the Cholesky factor. The first of them keeps its own.
void sw_correlations_apply(const sw_study *study, double *const *columns, size_t n);

void sw_correlations_free(sw_study *study);

#endif
