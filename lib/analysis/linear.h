// SPDX-License-Identifier: Apache-2.0
// The little linear algebra that the methods need: symmetric positive definite systems by
// Cholesky factors (Golub and Van Loan, "Matrix computations", 4.2).
#ifndef SWEEPD_ANALYSIS_LINEAR_H
#define SWEEPD_ANALYSIS_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

// Factors the symmetric matrix a[n][n] in place into its lower Cholesky factor; only the lower half
// is read and written. False if it is not positive definite, to 1e-12 of its diagonal.
bool sw_cholesky(size_t n, double *a);

// Solves for b in place with a factor of sw_cholesky.
void sw_cholesky_solve(size_t n, const double *factor, double *b);

// The inverse, full, from a factor.
void sw_cholesky_inverse(size_t n, const double *factor, double *inverse);

#endif
