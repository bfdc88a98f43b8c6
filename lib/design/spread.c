// SPDX-License-Identifier: Apache-2.0
// The search for Latin hypercubes whose points keep apart. Distances are whole numbers and their
// powers are products, so that every machine finds the same hypercube.
#include "lib/design/strata.h"

#include "lib/design/parts.h"

// Draws are keyed apart from those of the places within strata.
#define DRAWS (UINT64_C(1) << 40)

typedef struct search {
    sw_strata *now;
    uint32_t *best;       // the best cells so far
    uint64_t *square;     // [a * n + b]: squared distances
    double *term;         // [a * n + b]: their d^-20
    double sum, best_sum; // of the terms of all pairs: φ_p^p
    uint64_t seed, draws, pairs, allowed;
} search;

typedef struct swap {
    size_t v, a, b;
    double sum; // after it
} swap;

static uint64_t
draw(search *s, uint64_t below)
{
    uint64_t bits = sw_philox(s->seed, SW_STREAM_DESIGN, s->draws++, DRAWS);
    return (bits >> 32) * below >> 32;
}

static double
term_of(uint64_t square)
{
    double r = 1 / (double)square, r2 = r * r, r4 = r2 * r2;
    return r4 * r4 * r2;
}

static uint64_t
square_of(const sw_strata *t, size_t a, size_t b)
{
    uint64_t sum = 0;
    for (size_t v = 0; v < t->k; v++) {
        int64_t d = (int64_t)t->cell[v * t->n + a] - (int64_t)t->cell[v * t->n + b];
        sum += (uint64_t)(d * d);
    }
    return sum;
}

static void
measure(search *s)
{
    size_t n = s->now->n;
    s->sum = 0;
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < a; b++) {
            uint64_t square = square_of(s->now, a, b);
            s->square[a * n + b] = s->square[b * n + a] = square;
            s->term[a * n + b] = s->term[b * n + a] = term_of(square);
            s->sum += s->term[a * n + b];
        }
    }
}

// What the squared distance of `a` from c becomes less what it is, if `a` takes b's stratum.
static int64_t
change(const uint32_t *cell, size_t a, size_t b, size_t c)
{
    int64_t now = (int64_t)cell[a] - cell[c], then = (int64_t)cell[b] - cell[c];
    return then * then - now * now;
}

static double
sum_after(search *s, size_t v, size_t a, size_t b)
{
    size_t n = s->now->n;
    const uint32_t *cell = s->now->cell + v * n;
    double sum = s->sum;
    for (size_t c = 0; c < n; c++) {
        if (c == a || c == b)
            continue;
        int64_t by = change(cell, a, b, c);
        sum += term_of(s->square[a * n + c] + (uint64_t)by) - s->term[a * n + c];
        sum += term_of(s->square[b * n + c] - (uint64_t)by) - s->term[b * n + c];
    }
    s->pairs += 2 * n;
    return sum;
}

static void
make_swap(search *s, const swap *w)
{
    size_t n = s->now->n;
    uint32_t *cell = s->now->cell + w->v * n, old = cell[w->a];
    for (size_t c = 0; c < n; c++) {
        if (c == w->a || c == w->b)
            continue;
        uint64_t by = (uint64_t)change(cell, w->a, w->b, c);
        size_t ac = w->a * n + c, bc = w->b * n + c;
        s->square[ac] = s->square[c * n + w->a] = s->square[ac] + by;
        s->square[bc] = s->square[c * n + w->b] = s->square[bc] - by;
        s->term[ac] = s->term[c * n + w->a] = term_of(s->square[ac]);
        s->term[bc] = s->term[c * n + w->b] = term_of(s->square[bc]);
    }
    cell[w->a] = cell[w->b];
    cell[w->b] = old;
    s->sum = w->sum;
}

// The best of a few random swaps within one parameter.
static swap
try_swaps(search *s, size_t v, size_t tries)
{
    swap best = {.sum = INFINITY};
    size_t n = s->now->n; // 1 or more
    for (size_t t = 0; t < tries; t++) {
        size_t a = draw(s, n), b = a + 1 + draw(s, n - 1);
        b = b < n ? b : b - n;
        double sum = sum_after(s, v, a, b);
        if (sum < best.sum)
            best = (swap){v, a, b, sum};
    }
    return best;
}

// φ may grow by a share of at most `threshold`, the less likely the more: in powers of φ.
static double
allowance(search *s, double threshold)
{
    double r = 1 + threshold * (double)draw(s, 1 << 20) * 0x1p-20, r2 = r * r, r4 = r2 * r2;
    double r16 = r4 * r4 * r4 * r4;
    return r16 * r4;
}

static void
keep_best(search *s, size_t *better)
{
    if (!(s->sum < s->best_sum * (1 - 1e-9)))
        return;
    s->best_sum = s->sum;
    memcpy(s->best, s->now->cell, s->now->n * s->now->k * sizeof *s->best);
    ++*better;
}

// Jin's rules: while it improves, the threshold stays low; otherwise it rises to leave the place
// and falls again.
static double
next_threshold(double threshold, size_t rounds, size_t accepted, size_t better, bool *warming)
{
    if (better)
        return 10 * accepted > rounds ? threshold * 0.8 : threshold / 0.8;
    if (10 * accepted < rounds)
        *warming = true;
    if (10 * accepted > 8 * rounds)
        *warming = false;
    return *warming ? threshold / 0.7 : threshold * 0.9;
}

static void
run(search *s)
{
    size_t n = s->now->n, k = s->now->k, most = n * (n - 1) / 10;
    size_t tries = most < 1 ? 1 : most > 50 ? 50 : most;
    double threshold = 0.005;
    bool warming = true;
    while (s->pairs < s->allowed) {
        size_t rounds = 0, accepted = 0, better = 0;
        for (; rounds < 100 && s->pairs < s->allowed; rounds++) {
            const swap w = try_swaps(s, rounds % k, tries);
            if (!(w.sum <= s->sum * allowance(s, threshold)))
                continue;
            make_swap(s, &w);
            accepted++;
            keep_best(s, &better);
        }
        threshold = next_threshold(threshold, rounds, accepted, better, &warming);
        measure(s); // the sum again from the start: no error builds up
    }
}

void
sw_strata_spread(sw_strata *strata, uint64_t seed, uint64_t pairs)
{
    size_t n = strata->n, cells = n * strata->k;
    search s = {.now = strata, .seed = seed, .allowed = pairs};
    if (n < 3 || strata->k < 2)
        return; // all hypercubes are alike
    s.best = sw_calloc(cells, sizeof *s.best);
    s.square = sw_calloc(n * n, sizeof *s.square);
    s.term = sw_calloc(n * n, sizeof *s.term);
    measure(&s);
    s.best_sum = s.sum;
    memcpy(s.best, strata->cell, cells * sizeof *s.best);
    run(&s);
    memcpy(strata->cell, s.best, cells * sizeof *s.best);
    free(s.best);
    free(s.square);
    free(s.term);
}
