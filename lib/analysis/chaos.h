// SPDX-License-Identifier: Apache-2.0
// Sparse polynomial chaos: a least-squares expansion of an output in products of polynomials of
// inputs on (0, 1), orthonormal for the law of each, its terms chosen one by one.
#ifndef SWEEPD_ANALYSIS_CHAOS_H
#define SWEEPD_ANALYSIS_CHAOS_H

#include <stddef.h>
#include <stdint.h>

// Products of polynomials whose degrees a satisfy sum(a_j^q) <= p^q (Blatman and Sudret 2011, JCP
// 230:2345), the constant first. degrees[term * d + j].
typedef struct sw_basis {
    size_t d, n;
    uint8_t *degrees;
    struct sw_recurrence *of; // [d]
} sw_basis;

// All inputs uniform on (0, 1). True if there are at most `most` terms; then the caller frees them
// by sw_basis_fini, otherwise nothing is held. degree: 1 … 30, q in (0, 1].
_Bool sw_basis_init(sw_basis *b, size_t d, unsigned degree, double q, size_t most);
void sw_basis_fini(sw_basis *b);

// Input j takes only m places u with those shares of 1: its polynomials become orthonormal over
// them (Stieltjes' procedure: Gautschi 2004, Orthogonal Polynomials, 2.2.3), and the terms leave
// that m places, or the precision of a double, can not tell apart.
void sw_basis_set_levels(sw_basis *b, size_t j, size_t m, const double *u, const double *share);

// The expansion that was chosen.
typedef struct sw_chaos {
    size_t n;            // terms, the constant among them
    size_t *term;        // which of the basis; the constant first
    double *coefficient; // the square of one is its part of the variance
    double
        leave_one_out; // mean squared error of prediction over the variance of y; NaN if that is 0
} sw_chaos;

// Fits y[n] at u[d][n]. Terms are taken by orthogonal matching pursuit (Pati, Rezaiifar and
// Krishnaprasad 1993): the one most correlated with the residual, then all coefficients anew by
// least squares. Of the expansions on the way the one with the least leave-one-out error, from the
// leverages, is kept. At most `most` terms. Freed by sw_chaos_fini.
void sw_chaos_fit(sw_chaos *c, const sw_basis *b, size_t n, double *const *u, const double *y,
                  size_t most);
void sw_chaos_fini(sw_chaos *c);

#endif
