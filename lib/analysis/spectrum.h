// SPDX-License-Identifier: Apache-2.0
// Power of single frequencies, by the definition of the discrete Fourier transform over a table of
// exact cosines: the methods need a few frequencies of a long series.
#ifndef SWEEPD_ANALYSIS_SPECTRUM_H
#define SWEEPD_ANALYSIS_SPECTRUM_H

#include <stddef.h>

typedef struct sw_spectrum {
    size_t n;
    double *cosine, *sine; // of 2 pi i / n
} sw_spectrum;

void sw_spectrum_init(sw_spectrum *s, size_t n);
void sw_spectrum_fini(sw_spectrum *s);

// |sum over i of y[i] exp(-2 pi I k i / n)|² / n².
double sw_spectrum_power(const sw_spectrum *s, const double *y, size_t k);

#endif
