// SPDX-License-Identifier: Apache-2.0
// `hdmr`: a high-dimensional model representation from given points (Li, Wang and Rabitz 2002, J.
// Phys. Chem. A 106:8721): the output as a sum of functions of one input and of two, fitted by
// least squares, and the shares of the variance that they explain, parted into a structural and a
// correlative part where inputs are correlated (Li and Rabitz 2010, J. Phys. Chem. A 114:6022).
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"
#include "lib/base/special.h"

enum {
    LEAST_POINTS = 64,
    ROUNDS_MAX = 100,
    DEGREE_MAX = 20,
    PAIR_DEGREE_MAX = 6,
    COEFFICIENTS_MAX = PAIR_DEGREE_MAX * PAIR_DEGREE_MAX, // of one term; more than DEGREE_MAX
};
// Points times values that are kept of each: polynomials, and functions of pairs.
#define KEPT_MAX (UINT64_C(1) << 26)

typedef struct options {
    int64_t degree, pair_degree;
} options;

typedef struct state {
    sw_given given;
    options options;
} state;

static size_t
pairs_of(size_t d, const options *o)
{
    return o->pair_degree ? d * (d - 1) / 2 : 0;
}

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    size_t d = frame->n_parameters;
    uint64_t kept = d * (uint64_t)(o->degree + 1) + (d ? pairs_of(d, o) : 0);
    if (kept && sw_frame_held(frame) > KEPT_MAX / kept) {
        sw_fault_add(
            faults, "/method",
            "takes points × (parameters × (degree + 1) + pairs) up to %llu, not %llu × %llu",
            (unsigned long long)KEPT_MAX, (unsigned long long)sw_frame_held(frame),
            (unsigned long long)kept);
        return NULL;
    }
    if (o->pair_degree > o->degree) {
        sw_fault_add(faults, "/pair_degree", "is %lld, above degree, %lld",
                     (long long)o->pair_degree, (long long)o->degree);
        return NULL;
    }
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (s)
        s->options = *o;
    return s;
}

// ---- terms ----

// A function of one or two inputs: its coefficients' number, the Cholesky factor of its normal
// equations, its values at the points.
typedef struct term {
    size_t j, k;                     // inputs; equal for a function of one
    size_t p;                        // coefficients
    double *factor;                  // p x p, lower
    double *f;                       // [n], of mean 0
    double centre[COEFFICIENTS_MAX]; // means of its basis functions over the points
} term;

typedef struct model {
    size_t n, d, degree, pair_degree, n_terms;
    double **legendre; // [d][n * degree]: orthonormal on (0, 1), degrees 1, 2, ...
    term *terms;       // of one input each, then of pairs
    double *rest;      // [n]: y less its mean and all functions
} model;

static void
fill_legendre(double u, size_t degree, double *out)
{
    double x = 2 * u - 1, before = 1, now = x;
    for (size_t k = 1; k <= degree; k++) {
        out[k - 1] = now * sqrt(2 * (double)k + 1);
        double next = ((2 * (double)k + 1) * x * now - (double)k * before) / ((double)k + 1);
        before = now;
        now = next;
    }
}

// Input j on (0, 1): by its distribution, or by ranks where that is not known.
static double *
unit_column(const state *s, size_t j, size_t n)
{
    double *u = sw_malloc(n * sizeof *u);
    if (s->given.frame->quantile) {
        for (size_t i = 0; i < n; i++)
            u[i] = sw_frame_probability(s->given.frame, j, s->given.data.x[j][i]);
        return u;
    }
    sw_ranks(s->given.data.x[j], n, u);
    for (size_t i = 0; i < n; i++)
        u[i] = (u[i] - 0.5) / (double)n;
    return u;
}

// The p basis functions of a term at point i, less their means.
static void
basis(const model *m, const term *t, size_t i, double *out)
{
    const double *a = m->legendre[t->j] + i * m->degree;
    const double *b = m->legendre[t->k] + i * m->degree;
    for (size_t r = 0; r < t->p; r++) {
        double value = t->j == t->k ? a[r] : a[r / m->pair_degree] * b[r % m->pair_degree];
        out[r] = value - t->centre[r];
    }
}

// Factors the normal equations in place. A ridge of 1e-9 of the mean square keeps them regular
// where an input takes few values.
static void
factorise(double *g, size_t p)
{
    double ridge = 0;
    for (size_t r = 0; r < p; r++)
        ridge += 1e-9 * g[r * p + r] / (double)p;
    for (size_t r = 0; r < p; r++)
        g[r * p + r] += ridge > 0 ? ridge : 1;
    for (size_t c = 0; c < p; c++) {
        for (size_t k = 0; k < c; k++)
            g[c * p + c] -= g[c * p + k] * g[c * p + k];
        g[c * p + c] = sqrt(g[c * p + c]);
        for (size_t r = c + 1; r < p; r++) {
            for (size_t k = 0; k < c; k++)
                g[r * p + c] -= g[r * p + k] * g[c * p + k];
            g[r * p + c] /= g[c * p + c];
        }
    }
}

static void
solve(const double *l, size_t p, double *b)
{
    for (size_t r = 0; r < p; r++) {
        for (size_t k = 0; k < r; k++)
            b[r] -= l[r * p + k] * b[k];
        b[r] /= l[r * p + r];
    }
    for (size_t r = p; r-- > 0;) {
        for (size_t k = r + 1; k < p; k++)
            b[r] -= l[k * p + r] * b[k];
        b[r] /= l[r * p + r];
    }
}

static void
prepare(const model *m, term *t)
{
    double row[COEFFICIENTS_MAX];
    t->factor = sw_calloc(t->p * t->p, sizeof *t->factor);
    t->f = sw_calloc(m->n, sizeof *t->f);
    double mean[COEFFICIENTS_MAX] = {0};
    for (size_t i = 0; i < m->n; i++) {
        basis(m, t, i, row);
        for (size_t r = 0; r < t->p; r++)
            mean[r] += row[r] / (double)m->n;
    }
    memcpy(t->centre, mean, sizeof mean);
    for (size_t i = 0; i < m->n; i++) {
        basis(m, t, i, row);
        for (size_t r = 0; r < t->p; r++) {
            for (size_t c = 0; c <= r; c++)
                t->factor[r * t->p + c] += row[r] * row[c];
        }
    }
    factorise(t->factor, t->p);
}

// Fits the term anew to what the others leave; returns by how much it changed, as a sum of squares.
static double
refit(model *m, term *t)
{
    double row[COEFFICIENTS_MAX], b[COEFFICIENTS_MAX] = {0};
    double change = 0;
    for (size_t i = 0; i < m->n; i++) {
        basis(m, t, i, row);
        m->rest[i] += t->f[i];
        for (size_t r = 0; r < t->p; r++)
            b[r] += row[r] * m->rest[i];
    }
    solve(t->factor, t->p, b);
    for (size_t i = 0; i < m->n; i++) {
        basis(m, t, i, row);
        double value = 0, was = t->f[i];
        for (size_t r = 0; r < t->p; r++)
            value += b[r] * row[r];
        change += (value - was) * (value - was);
        t->f[i] = value;
        m->rest[i] -= value;
    }
    return change;
}

// Backfitting (Friedman and Stuetzle 1981) of terms from ... to - 1 until nothing changes.
static void
backfit(model *m, size_t from, size_t to, double squares)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        double change = 0;
        for (size_t k = from; k < to; k++)
            change += refit(m, &m->terms[k]);
        if (change <= 1e-16 * squares)
            return;
    }
}

// ---- building ----

static void
add_term(model *m, size_t j, size_t k)
{
    term *t = &m->terms[m->n_terms++];
    *t = (term){.j = j, .k = k};
    t->p = j == k ? m->degree : m->pair_degree * m->pair_degree;
    prepare(m, t);
}

static model *
build(const state *s, size_t n)
{
    model *m = sw_calloc(1, sizeof *m);
    size_t d = s->given.frame->n_parameters;
    const double *y = s->given.data.column.y;
    *m = (model){.n = n,
                 .d = d,
                 .degree = (size_t)s->options.degree,
                 .pair_degree = (size_t)s->options.pair_degree};
    m->legendre = sw_malloc(d * sizeof *m->legendre);
    for (size_t j = 0; j < d; j++) {
        double *u = unit_column(s, j, n);
        m->legendre[j] = sw_malloc(n * m->degree * sizeof **m->legendre);
        for (size_t i = 0; i < n; i++)
            fill_legendre(u[i], m->degree, m->legendre[j] + i * m->degree);
        free(u);
    }
    m->rest = sw_malloc(n * sizeof *m->rest);
    double mean = sw_mean(y, n), squares = 0;
    for (size_t i = 0; i < n; i++) {
        m->rest[i] = y[i] - mean;
        squares += m->rest[i] * m->rest[i];
    }
    m->terms = sw_calloc(d + pairs_of(d, &s->options) + 1, sizeof *m->terms);
    for (size_t j = 0; j < d; j++)
        add_term(m, j, j);
    backfit(m, 0, d, squares);
    for (size_t j = 0; j < d && m->pair_degree; j++) {
        for (size_t k = j + 1; k < d; k++)
            add_term(m, j, k);
    }
    backfit(m, d, m->n_terms, squares);
    backfit(m, 0, m->n_terms, squares); // the sample's inputs are not quite orthogonal
    return m;
}

static void
drop(model *m)
{
    for (size_t j = 0; j < m->d; j++)
        free(m->legendre[j]);
    for (size_t k = 0; k < m->n_terms; k++) {
        free(m->terms[k].factor);
        free(m->terms[k].f);
    }
    free(m->legendre);
    free(m->terms);
    free(m->rest);
    free(m);
}

// ---- the result ----

static double
product(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

// The probability of as large an F of a term that is not there (Fisher's test of nested models).
static double
p_of(const model *m, const term *t, double squares_left, size_t coefficients)
{
    double without = 0, d1 = (double)t->p, d2 = (double)(m->n - coefficients - 1);
    for (size_t i = 0; i < m->n; i++)
        without += (m->rest[i] + t->f[i]) * (m->rest[i] + t->f[i]);
    if (!(without > squares_left))
        return 1;
    double f = (without - squares_left) / d1 / (squares_left / d2);
    double x = d2 / (d2 + d1 * f);
    return isfinite(f) ? sw_beta_lower(d2 / 2, d1 / 2, x, 1 - x) : 0;
}

// Members of each term: S, Sa, Sb, p.
enum { S, SA, SB, P, FIGURES };

static void
shares(const model *m, double squares, size_t coefficients, double *v)
{
    double *sum = sw_calloc(m->n, sizeof *sum), left = product(m->rest, m->rest, m->n);
    for (size_t k = 0; k < m->n_terms; k++) {
        for (size_t i = 0; i < m->n; i++)
            sum[i] += m->terms[k].f[i];
    }
    for (size_t k = 0; k < m->n_terms; k++) {
        const term *t = &m->terms[k];
        double own = product(t->f, t->f, m->n), all = product(t->f, sum, m->n);
        v[S * m->n_terms + k] = (all + product(t->f, m->rest, m->n)) / squares;
        v[SA * m->n_terms + k] = own / squares;
        v[SB * m->n_terms + k] = (all - own) / squares;
        v[P * m->n_terms + k] = p_of(m, t, left, coefficients);
    }
    free(sum);
}

static void
put_total(json_t *result, const model *m, const double *v)
{
    double *total = sw_malloc(m->d * sizeof *total);
    memcpy(total, v, m->d * sizeof *total);
    for (size_t k = m->d; k < m->n_terms; k++) {
        total[m->terms[k].j] += v[k];
        total[m->terms[k].k] += v[k];
    }
    sw_put(result, "ST", sw_result_vector(total, m->d));
    free(total);
}

static void
put_shares(json_t *result, const state *s, size_t n, size_t coefficients)
{
    static const char *const first[] = {"S1", "S1a", "S1b", "p1"};
    static const char *const second[] = {"S2", "S2a", "S2b", "p2"};
    double squares = sw_variance(s->given.data.column.y, n, 0) * (double)n;
    model *m = build(s, n);
    double *v = sw_calloc(FIGURES * m->n_terms, sizeof *v), explained = 0;
    if (squares > 0)
        shares(m, squares, coefficients, v);
    for (size_t k = 0; k < m->n_terms; k++)
        explained += v[k];
    for (size_t g = 0; g < FIGURES; g++) {
        sw_put(result, first[g], sw_result_vector(v + g * m->n_terms, m->d));
        if (m->pair_degree)
            sw_put(result, second[g], sw_result_triangle(v + g * m->n_terms + m->d, m->d));
    }
    put_total(result, m, v);
    sw_put(result, "explained", sw_result_number(explained));
    if (squares > 0 && explained < 0.8)
        sw_result_warn(result, "functions of one and two inputs explain %.0f %% of the variance",
                       100 * explained);
    free(v);
    drop(m);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n, d = s->given.frame->n_parameters;
    size_t coefficients =
        d * (size_t)s->options.degree +
        pairs_of(d, &s->options) * (size_t)(s->options.pair_degree * s->options.pair_degree);
    uint64_t least = 2 * coefficients > LEAST_POINTS ? 2 * coefficients : LEAST_POINTS;
    json_t *result = sw_given_result(&s->given, "hdmr", least, &n, faults);
    if (result)
        put_shares(result, s, n, coefficients);
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.degree = 8, .pair_degree = 4};
}

static const sw_field fields[] = {
    {.name = "degree",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, degree),
     .min = 1,
     .max = DEGREE_MAX,
     .doc = "Of the polynomials in one input."},
    {.name = "pair_degree",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, pair_degree),
     .min = 0,
     .max = PAIR_DEGREE_MAX,
     .doc = "Of those in each of two inputs; 0: no pairs."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_hdmr = {
    .name = "hdmr",
    .doc = "Functions of one and two inputs, and their shares of the variance, correlated or not.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
