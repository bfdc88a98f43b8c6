// SPDX-License-Identifier: Apache-2.0
// The bootstrap as a product of weights and terms. Lanes of a vector are different sums, never
// parts of one, so every instruction set adds in the same order and gives the same bits.
#include "lib/analysis/bootstrap.h"

#include "lib/analysis/clones.h"
#include "lib/analysis/moments.h"
#include "lib/base/memory.h"
#include "lib/base/normal.h"
#include "lib/base/philox.h"

#include <math.h>

enum {
    LANES = 8,      // doubles in a vector
    TILE = 2,       // vectors of sums kept in registers
    GROUP = 16,     // resamples that share one pass over the rows
    STRIP = 64,     // rows whose terms are held at a time
    DRAW_BLOCK = 64 // Philox blocks computed at a time
};

typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));

// DRAW_BLOCK Philox 4x32-10 blocks side by side: the counters are (first + i, resample, stream).
// The same function as sw_philox_block, laid out for vectors.
SW_CLONES static void
draw_words(uint64_t seed, uint64_t b, uint64_t first, uint32_t out[4][DRAW_BLOCK])
{
    uint64_t tagged = b | (uint64_t)SW_STREAM_BOOTSTRAP << 56;
    uint32_t *c0 = out[0], *c1 = out[1], *c2 = out[2], *c3 = out[3];
    for (int i = 0; i < DRAW_BLOCK; i++) {
        c0[i] = (uint32_t)(first + (uint64_t)i);
        c1[i] = (uint32_t)((first + (uint64_t)i) >> 32);
        c2[i] = (uint32_t)tagged;
        c3[i] = (uint32_t)(tagged >> 32);
    }
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < DRAW_BLOCK; i++) {
            uint64_t p0 = (uint64_t)0xD2511F53U * c0[i];
            uint64_t p1 = (uint64_t)0xCD9E8D57U * c2[i];
            c0[i] = (uint32_t)(p1 >> 32) ^ c1[i] ^ k0;
            c1[i] = (uint32_t)p1;
            c2[i] = (uint32_t)(p0 >> 32) ^ c3[i] ^ k1;
            c3[i] = (uint32_t)p0;
        }
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
}

// A count of a byte can not overflow in practice: 256 draws of one row have a probability below
// 1 / 256! = 1e-507.
void
sw_bootstrap_counts(uint64_t seed, uint64_t b, size_t n, uint8_t *counts)
{
    uint32_t words[4][DRAW_BLOCK];
    memset(counts, 0, n);
    size_t drawn = 0;
    for (uint64_t first = 0; drawn < n; first += DRAW_BLOCK) {
        draw_words(seed, b, first, words);
        for (int w = 0; w < 4; w++) {
            for (int i = 0; i < DRAW_BLOCK && drawn < n; i++, drawn++)
                counts[(uint64_t)words[w][i] * n >> 32]++;
        }
    }
}

// acc[k] += sum over rows of weight[row] * terms[row][k], for TILE vectors of k.
static inline __attribute__((always_inline)) void
add_tile(size_t n_rows, const double *weight, const lanes *terms, size_t row_vectors, lanes *acc)
{
    lanes a0 = acc[0], a1 = acc[1];
    for (size_t i = 0; i < n_rows; i++, terms += row_vectors) {
        lanes w = weight[i] - (lanes){0};
        a0 += w * terms[0];
        a1 += w * terms[1];
    }
    acc[0] = a0;
    acc[1] = a1;
}

// All sums of one strip of rows for a group of resamples.
SW_CLONES static void
add_strip(size_t n_rows, size_t n_group, const double (*weights)[STRIP], const lanes *terms,
          size_t row_vectors, lanes *acc)
{
    for (size_t g = 0; g < n_group; g++) {
        for (size_t v = 0; v < row_vectors; v += TILE)
            add_tile(n_rows, weights[g], terms + v, row_vectors, acc + g * row_vectors + v);
    }
}

static size_t
vectors_for(size_t n_terms)
{
    size_t tile = (size_t)LANES * TILE;
    return (n_terms + tile - 1) / tile * TILE;
}

static lanes *
new_vectors(size_t n)
{
    void *p = aligned_alloc(sizeof(lanes), n * sizeof(lanes));
    if (!p)
        abort();
    memset(p, 0, n * sizeof(lanes));
    return p;
}

typedef struct group {
    size_t n; // resamples
    uint8_t *counts[GROUP];
    double weights[GROUP][STRIP];
    lanes *acc;
} group;

// One pass over the rows for the resamples of a group (or, without counts, for weights of 1).
static void
pass(group *g, size_t n_rows, size_t n_terms, sw_terms terms, const void *data, lanes *strip)
{
    size_t row_vectors = vectors_for(n_terms);
    memset(g->acc, 0, g->n * row_vectors * sizeof(lanes));
    for (size_t first = 0; first < n_rows; first += STRIP) {
        size_t n = n_rows - first < STRIP ? n_rows - first : STRIP;
        for (size_t i = 0; i < n; i++)
            terms(data, first + i, (double *)(strip + i * row_vectors));
        for (size_t b = 0; b < g->n; b++) {
            for (size_t i = 0; i < n; i++)
                g->weights[b][i] = g->counts[b] ? g->counts[b][first + i] : 1.0;
        }
        add_strip(n, g->n, (const double(*)[STRIP])g->weights, strip, row_vectors, g->acc);
    }
}

static void
copy_sums(const group *g, size_t n_terms, double *sums)
{
    size_t row_vectors = vectors_for(n_terms);
    for (size_t b = 0; b < g->n; b++)
        memcpy(sums + b * n_terms, g->acc + b * row_vectors, n_terms * sizeof *sums);
}

void
sw_sums(size_t n_rows, size_t n_terms, sw_terms terms, const void *data, double *sums)
{
    size_t row_vectors = vectors_for(n_terms);
    group *g = sw_calloc(1, sizeof *g);
    g->n = 1;
    g->acc = new_vectors(row_vectors);
    lanes *strip = new_vectors(row_vectors * STRIP);
    pass(g, n_rows, n_terms, terms, data, strip);
    copy_sums(g, n_terms, sums);
    free(strip);
    free(g->acc);
    free(g);
}

void
sw_bootstrap_sums(size_t n_rows, size_t n_terms, sw_terms terms, const void *data, size_t resamples,
                  uint64_t seed, double *sums)
{
    size_t row_vectors = vectors_for(n_terms);
    group *g = sw_calloc(1, sizeof *g);
    uint8_t *counts = sw_malloc(n_rows * GROUP + 1);
    g->acc = new_vectors(row_vectors * GROUP);
    lanes *strip = new_vectors(row_vectors * STRIP);
    for (size_t first = 0; first < resamples; first += GROUP) {
        g->n = resamples - first < GROUP ? resamples - first : GROUP;
        for (size_t b = 0; b < g->n; b++) {
            g->counts[b] = counts + b * n_rows;
            sw_bootstrap_counts(seed, first + b, n_rows, g->counts[b]);
        }
        pass(g, n_rows, n_terms, terms, data, strip);
        copy_sums(g, n_terms, sums + first * n_terms);
    }
    free(strip);
    free(g->acc);
    free(counts);
    free(g);
}

void
sw_bootstrap_half_widths(const double *values, size_t resamples, size_t n, double confidence,
                         double *half)
{
    double z = sw_normal_quantile(0.5 + confidence / 2, 0.5 - confidence / 2);
    for (size_t k = 0; k < n; k++) {
        sw_moments m = {0};
        for (size_t b = 0; b < resamples; b++)
            sw_moments_add(&m, values[b * n + k]);
        half[k] = z * sw_moments_sd(&m);
    }
}
