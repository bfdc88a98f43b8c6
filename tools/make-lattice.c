// SPDX-License-Identifier: Apache-2.0
// Writes lib/design/lattice.inc, the generating vector of the lattice design, by a component by
// component construction (D. Nuyens and R. Cools, Math. Comp. 75 (2006) 903-920: the sums over a
// lattice of 2^m points are cyclic correlations, done by FFT), good at every number of points
// 2^10 … 2^20 at once (R. Cools, F. Y. Kuo, D. Nuyens, SIAM J. Sci. Comput. 28 (2006) 2162-2188).
//
//     cc -O2 -o make-lattice tools/make-lattice.c -lm && ./make-lattice > lib/design/lattice.inc
//
// The space is the unanchored weighted Sobolev space of mixed first derivatives, averaged over
// random shifts: e^2 = (1/n) sum_i prod_j (1 + w_j B_2({i z_j / n})) - 1 with w_j = 1/j.
#include <assert.h>
#include <complex.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST = 10, MOST = 20, DIMENSIONS = 256, N = 1 << MOST, CANDIDATES = N / 4 };

static double product[N]; // prod over the components so far, at point i of n = 2^20
static double sums[MOST + 1]
                  [N / 4];         // [level][a]: what the points new at this level add for z = 5^a
static uint32_t power[CANDIDATES]; // 5^a mod 2^20: up to the sign all odd numbers
static bool taken[CANDIDATES];

static double
bernoulli(double x)
{
    return x * x - x + 1.0 / 6;
}

// In place, n a power of two; sign -1 forward, 1 backward without the factor 1/n.
static void
fft(double complex *x, size_t n, int sign)
{
    for (size_t i = 1, j = 0; i < n; i++) {
        size_t bit = n >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            double complex t = x[i];
            x[i] = x[j];
            x[j] = t;
        }
    }
    for (size_t half = 1; half < n; half *= 2) {
        for (size_t k = 0; k < half; k++) {
            double complex turn = cexp(I * sign * M_PI * (double)k / (double)half);
            for (size_t i = k; i < n; i += 2 * half) {
                double complex t = turn * x[i + half];
                x[i + half] = x[i] - t;
                x[i] += t;
            }
        }
    }
}

// Points i / 2^level with i odd. Up to the sign i = 5^b, and z = 5^a, so that the sum over them of
// product(i) B_2({i z / 2^level}) is a cyclic correlation of length 2^(level-2).
static void
sum_level(int level)
{
    size_t n = level < 2 ? 1 : (size_t)1 << (level - 2);
    uint32_t points = UINT32_C(1) << level, stride = N / points;
    double complex *p = calloc(n, sizeof *p), *b = calloc(n, sizeof *b);
    assert(p && b);
    for (size_t k = 0; k < n; k++) {
        uint32_t i = level ? power[k] % points : 0;
        p[k] = product[(size_t)i * stride];
        b[k] = bernoulli((double)i / points);
    }
    fft(p, n, -1);
    fft(b, n, -1);
    for (size_t k = 0; k < n; k++)
        b[k] *= conj(p[k]);
    fft(b, n, 1);
    double signs = level < 2 ? 1 : 2;
    for (size_t k = 0; k < n; k++)
        sums[level][k] = signs * creal(b[k]) / (double)n;
    free(p);
    free(b);
}

// The a of the candidate whose largest ratio, over the numbers of points, of e^2 to the least e^2
// that any candidate has there, is least. before[m]: e^2 of the components so far.
static size_t
choose(double weight, const double *before)
{
    static double ratio[CANDIDATES], running[CANDIDATES];
    memset(ratio, 0, sizeof ratio);
    memset(running, 0, sizeof running);
    for (int m = 0; m <= MOST; m++) {
        size_t n = m < 2 ? 1 : (size_t)1 << (m - 2);
        double least = INFINITY;
        for (size_t a = 0; a < CANDIDATES; a++) {
            running[a] += sums[m][a % n];
            double e = before[m] + weight * running[a] / (double)(1 << m);
            least = !taken[a] && e < least ? e : least;
        }
        for (size_t a = 0; m >= LEAST && a < CANDIDATES; a++) {
            double e = before[m] + weight * running[a] / (double)(1 << m);
            ratio[a] = fmax(ratio[a], e / least);
        }
    }
    size_t best = SIZE_MAX;
    for (size_t a = 0; a < CANDIDATES; a++) {
        if (!taken[a] && (best == SIZE_MAX || ratio[a] < ratio[best]))
            best = a;
    }
    return best;
}

static void
accept(size_t a, double weight, double *error)
{
    double running = 0;
    taken[a] = true;
    for (int m = 0; m <= MOST; m++) {
        running += sums[m][m < 2 ? 0 : a % ((size_t)1 << (m - 2))];
        error[m] += weight * running / (double)(1 << m);
    }
    for (uint64_t i = 0; i < N; i++)
        product[i] *= 1 + weight * bernoulli((double)(i * power[a] % N) / N);
}

int
main(void)
{
    static double error[MOST + 1];
    power[0] = 1;
    for (size_t a = 1; a < CANDIDATES; a++)
        power[a] = (uint32_t)((uint64_t)power[a - 1] * 5 % N);
    for (size_t i = 0; i < N; i++)
        product[i] = 1;
    printf("// Written by tools/make-lattice.c, which says how and after whom.\n"
           "// clang-format off\nenum { LATTICE_BITS = %d, LATTICE_DIMENSIONS = %d };\n"
           "static const uint32_t lattice_vector[LATTICE_DIMENSIONS] = {",
           MOST, DIMENSIONS);
    for (int j = 1; j <= DIMENSIONS; j++) {
        for (int level = 0; level <= MOST; level++)
            sum_level(level);
        size_t a = choose(1.0 / j, error);
        accept(a, 1.0 / j, error);
        uint32_t z = power[a] < N / 2 ? power[a] : N - power[a];
        printf("%s%u,", j % 10 == 1 ? "\n    " : " ", z);
        fflush(stdout);
    }
    printf("\n};\n");
    return 0;
}
