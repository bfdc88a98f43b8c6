// SPDX-License-Identifier: Apache-2.0
// Matching pursuit on a matrix of basis values, with a QR factor that grows by a column a step.
#include "lib/analysis/chaos.h"

#include "lib/base/memory.h"

#include <math.h>
#include <stdbool.h>

enum {
    PATIENCE = 20, // steps without a better leave-one-out error before the search ends
    DEGREES = 32,  // 0 … 31
};

// Orthonormal polynomials p of x = 2u - 1: beta[k + 1] p[k + 1] = (x - alpha[k]) p[k] - beta[k]
// p[k - 1].
typedef struct sw_recurrence {
    double alpha[DEGREES], beta[DEGREES];
} sw_recurrence;

// Counts up like an odometer whose digit j moves only while the sum stays within the limit.
static bool
next_degrees(size_t d, uint8_t *degrees, const double *powers, double limit)
{
    for (size_t j = 0; j < d; j++) {
        double sum = 0;
        degrees[j]++;
        for (size_t k = 0; k < d; k++)
            sum += powers[degrees[k]];
        if (sum <= limit)
            return true;
        degrees[j] = 0;
    }
    return false;
}

// Legendre's.
static sw_recurrence
uniform(void)
{
    sw_recurrence r = {0};
    for (int k = 1; k < DEGREES; k++)
        r.beta[k] = k / sqrt(4.0 * k * k - 1);
    return r;
}

_Bool
sw_basis_init(sw_basis *b, size_t d, unsigned degree, double q, size_t most)
{
    double powers[DEGREES];
    for (unsigned k = 0; k < DEGREES; k++)
        powers[k] = k ? pow(k, q) : 0;
    double limit = powers[degree] * (1 + 1e-12);
    uint8_t *at = sw_calloc(d, 1);
    *b = (sw_basis){.d = d, .degrees = sw_calloc(most, d), .of = sw_calloc(d, sizeof *b->of)};
    for (size_t j = 0; j < d; j++)
        b->of[j] = uniform();
    do {
        if (b->n == most) {
            sw_basis_fini(b);
            break;
        }
        memcpy(b->degrees + b->n++ * d, at, d);
    } while (next_degrees(d, at, powers, limit));
    free(at);
    return b->degrees != NULL;
}

void
sw_basis_fini(sw_basis *b)
{
    free(b->degrees);
    free(b->of);
    *b = (sw_basis){0};
}

// out[0 … degree] at u.
static void
polynomials(const sw_recurrence *r, double u, unsigned degree, double *out)
{
    double x = 2 * u - 1;
    out[0] = 1;
    for (unsigned k = 0; k < degree; k++) {
        double before = k ? r->beta[k] * out[k - 1] : 0;
        out[k + 1] =
            r->beta[k + 1] > 0 ? ((x - r->alpha[k]) * out[k] - before) / r->beta[k + 1] : 0;
    }
}

// p[k * m + i], the polynomials at the places; returns the highest degree that there is.
static unsigned
stieltjes(sw_recurrence *r, size_t m, const double *u, const double *share, double *p)
{
    *r = (sw_recurrence){0};
    for (size_t i = 0; i < m; i++)
        p[i] = 1;
    for (unsigned k = 0; k + 1 < DEGREES && k + 1 < m; k++) {
        double *here = p + k * m, *next = here + m, square = 0;
        for (size_t i = 0; i < m; i++)
            r->alpha[k] += share[i] * (2 * u[i] - 1) * here[i] * here[i];
        for (size_t i = 0; i < m; i++) {
            next[i] = (2 * u[i] - 1 - r->alpha[k]) * here[i] - (k ? r->beta[k] * here[i - m] : 0);
            square += share[i] * next[i] * next[i];
        }
        if (!(square > 0))
            return k;
        r->beta[k + 1] = sqrt(square);
        for (size_t i = 0; i < m; i++)
            next[i] /= r->beta[k + 1];
    }
    return m < DEGREES ? (unsigned)m - 1 : DEGREES - 1;
}

// How far up the polynomials are orthonormal: the procedure loses that near m, where places are
// equally far apart.
static unsigned
orthonormal(unsigned highest, size_t m, const double *share, const double *p)
{
    for (unsigned k = 1; k <= highest; k++) {
        for (unsigned l = 0; l <= k; l++) {
            double product = 0;
            for (size_t i = 0; i < m; i++)
                product += share[i] * p[k * m + i] * p[l * m + i];
            if (!(fabs(product - (k == l)) < 1e-9))
                return k - 1;
        }
    }
    return highest;
}

void
sw_basis_set_levels(sw_basis *b, size_t j, size_t m, const double *u, const double *share)
{
    double *p = sw_malloc(DEGREES * m * sizeof *p);
    unsigned highest = orthonormal(stieltjes(&b->of[j], m, u, share, p), m, share, p);
    size_t n = 0;
    for (size_t t = 0; t < b->n; t++) {
        const uint8_t *degrees = b->degrees + t * b->d;
        if (degrees[j] <= highest)
            memmove(b->degrees + n++ * b->d, degrees, b->d);
    }
    b->n = n;
    free(p);
}

// values[term * n + i].
static double *
evaluate(const sw_basis *b, size_t n, double *const *u)
{
    unsigned degree = 0;
    for (size_t k = 0; k < b->n * b->d; k++)
        degree = b->degrees[k] > degree ? b->degrees[k] : degree;
    double *values = sw_malloc(b->n * n * sizeof *values), p[DEGREES];
    for (size_t k = 0; k < b->n * n; k++)
        values[k] = 1;
    for (size_t j = 0; j < b->d; j++) {
        for (size_t i = 0; i < n; i++) {
            polynomials(&b->of[j], u[j][i], degree, p);
            for (size_t t = 0; t < b->n; t++)
                values[t * n + i] *= p[b->degrees[t * b->d + j]];
        }
    }
    return values;
}

static double
dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

typedef struct pursuit {
    size_t n, n_terms, most, taken;
    const double *values;
    bool *used;
    size_t *term;
    double *q;        // [most][n], orthonormal columns
    double *r;        // [most][most], upper: column k is term k in the q
    double *z;        // [most], y in the q
    double *residual; // [n]
    double *left;     // [n], 1 - leverage
} pursuit;

// Takes a term: orthogonalised twice, which is enough (Giraud et al. 2005). False if it adds
// nothing to those taken.
static bool
take(pursuit *p, size_t term)
{
    size_t n = p->n, k = p->taken;
    const double *from = p->values + term * n;
    double *q = p->q + k * n, before = sqrt(dot(n, from, from));
    memcpy(q, from, n * sizeof *q);
    p->used[term] = true;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t j = 0; j < k; j++) {
            double part = dot(n, p->q + j * n, q);
            p->r[j * p->most + k] += part;
            for (size_t i = 0; i < n; i++)
                q[i] -= part * p->q[j * n + i];
        }
    }
    double norm = sqrt(dot(n, q, q));
    if (!(norm > 1e-8 * before)) {
        for (size_t j = 0; j < k; j++)
            p->r[j * p->most + k] = 0;
        return false;
    }
    p->r[k * p->most + k] = norm;
    for (size_t i = 0; i < n; i++)
        q[i] /= norm;
    p->z[k] = dot(n, q, p->residual);
    for (size_t i = 0; i < n; i++) {
        p->residual[i] -= p->z[k] * q[i];
        p->left[i] -= q[i] * q[i];
    }
    p->term[p->taken++] = term;
    return true;
}

// The term not yet tried that is most correlated with the residual; n_terms if none is.
static size_t
best_term(const pursuit *p)
{
    size_t best = p->n_terms;
    double most = 0;
    for (size_t t = 0; t < p->n_terms; t++) {
        if (p->used[t])
            continue;
        const double *v = p->values + t * p->n;
        double part = fabs(dot(p->n, v, p->residual)) / sqrt(dot(p->n, v, v));
        if (part > most) {
            most = part;
            best = t;
        }
    }
    return best;
}

// Mean of the squared residuals that each point would have, had it been left out of the fit.
static double
leave_one_out(const pursuit *p)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        double e = p->left[i] > 1e-10 ? p->residual[i] / p->left[i] : INFINITY;
        sum += e * e;
    }
    return sum / (double)p->n;
}

// Steps until all are taken or the error has stopped falling; returns how many terms were best.
static size_t
search(pursuit *p, double *error)
{
    take(p, 0);
    size_t best = 1;
    double variance = dot(p->n, p->residual, p->residual) / (double)p->n;
    double scale = variance + p->z[0] * p->z[0] / (double)p->n;
    *error = leave_one_out(p);
    while (p->taken < p->most && p->taken - best<PATIENCE && * error> 1e-28 * scale) {
        size_t term = best_term(p);
        if (term == p->n_terms)
            break;
        if (!take(p, term))
            continue;
        double e = leave_one_out(p);
        if (e < *error) {
            *error = e;
            best = p->taken;
        }
    }
    *error = variance > 1e-28 * scale ? *error / variance : NAN;
    return best;
}

// The coefficients of the first n terms, from the triangle.
static void
solve(const pursuit *p, size_t n, double *c)
{
    for (size_t k = n; k-- > 0;) {
        c[k] = p->z[k];
        for (size_t j = k + 1; j < n; j++)
            c[k] -= p->r[k * p->most + j] * c[j];
        c[k] /= p->r[k * p->most + k];
    }
}

void
sw_chaos_fit(sw_chaos *c, const sw_basis *b, size_t n, double *const *u, const double *y,
             size_t most)
{
    most = most > b->n ? b->n : most;
    most = most > n - 1 ? n - 1 : most;
    double *values = evaluate(b, n, u);
    pursuit p = {.n = n, .n_terms = b->n, .most = most, .values = values};
    p.used = sw_calloc(b->n, sizeof *p.used);
    p.term = sw_calloc(most, sizeof *p.term);
    p.q = sw_malloc(most * n * sizeof *p.q);
    p.r = sw_calloc(most * most, sizeof *p.r);
    p.z = sw_calloc(most, sizeof *p.z);
    p.residual = sw_malloc(2 * n * sizeof *p.residual);
    p.left = p.residual + n;
    memcpy(p.residual, y, n * sizeof *y);
    for (size_t i = 0; i < n; i++)
        p.left[i] = 1;
    c->n = search(&p, &c->leave_one_out);
    c->term = p.term;
    c->coefficient = sw_malloc(c->n * sizeof *c->coefficient);
    solve(&p, c->n, c->coefficient);
    free(p.residual);
    free(p.z);
    free(p.r);
    free(p.q);
    free(p.used);
    free(values);
}

void
sw_chaos_fini(sw_chaos *c)
{
    free(c->term);
    free(c->coefficient);
    *c = (sw_chaos){0};
}
