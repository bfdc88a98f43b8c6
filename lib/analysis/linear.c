// SPDX-License-Identifier: Apache-2.0
// Linear systems, plainly: the matrices here have as many rows as a study has parameters.
#include "lib/analysis/linear.h"

#include <math.h>
#include <string.h>

bool
sw_cholesky(size_t n, double *a)
{
    for (size_t j = 0; j < n; j++) {
        double before = a[j * n + j], d = before;
        for (size_t k = 0; k < j; k++)
            d -= a[j * n + k] * a[j * n + k];
        if (!(d > 1e-12 * before))
            return false;
        a[j * n + j] = d = sqrt(d);
        for (size_t i = j + 1; i < n; i++) {
            double v = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                v -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = v / d;
        }
    }
    return true;
}

void
sw_cholesky_solve(size_t n, const double *factor, double *b)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= factor[i * n + k] * b[k];
        b[i] /= factor[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= factor[k * n + i] * b[k];
        b[i] /= factor[i * n + i];
    }
}

// Row by row, which is column by column: the inverse is symmetric.
void
sw_cholesky_inverse(size_t n, const double *factor, double *inverse)
{
    memset(inverse, 0, n * n * sizeof *inverse);
    for (size_t j = 0; j < n; j++) {
        inverse[j * n + j] = 1;
        sw_cholesky_solve(n, factor, inverse + j * n);
    }
}
