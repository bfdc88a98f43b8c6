// SPDX-License-Identifier: Apache-2.0
// Power of single frequencies.
#include "lib/analysis/spectrum.h"

#include "lib/base/memory.h"

#include <math.h>

void
sw_spectrum_init(sw_spectrum *s, size_t n)
{
    s->n = n;
    s->cosine = sw_malloc(n * sizeof *s->cosine);
    s->sine = sw_malloc(n * sizeof *s->sine);
    for (size_t i = 0; i < n; i++) {
        s->cosine[i] = cos(2 * M_PI * (double)i / (double)n);
        s->sine[i] = sin(2 * M_PI * (double)i / (double)n);
    }
}

void
sw_spectrum_fini(sw_spectrum *s)
{
    free(s->cosine);
    free(s->sine);
}

double
sw_spectrum_power(const sw_spectrum *s, const double *y, size_t k)
{
    double re = 0, im = 0;
    k %= s->n;
    for (size_t i = 0, phase = 0; i < s->n; i++) {
        double v = y[i] - y[0]; // no harmonic sees a constant, but rounding would
        re += v * s->cosine[phase];
        im += v * s->sine[phase];
        phase += k;
        phase -= phase >= s->n ? s->n : 0;
    }
    return (re * re + im * im) / ((double)s->n * (double)s->n);
}
