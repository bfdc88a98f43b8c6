// SPDX-License-Identifier: Apache-2.0
// `pce`: Sobol' indices and Shapley effects from a sparse polynomial chaos expansion, for few runs
// of a smooth model. Sudret (2008), RESS 93:964; Blatman and Sudret (2011), JCP 230:2345; Shapley
// effects of independent inputs from the same parts of the variance: Owen (2014), JUQ 2:245.
#include "lib/analysis/chaos.h"
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"

enum { BASIS_MAX = 5000, LEAST_POINTS = 10, LEVELS_MAX = 1024 };
// Basis values held at once, 8 bytes each; twice as many with the orthogonal columns.
#define VALUES_MAX (UINT64_C(1) << 24)

typedef struct options {
    int64_t degree;
    int64_t terms;
    double q_norm;
} options;

typedef struct state {
    sw_given given;
    options options;
    sw_basis basis;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    if (!frame->quantile) {
        sw_fault_add(faults, "/method", "needs the distributions of the parameters");
        return NULL;
    }
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (!s)
        return NULL;
    s->options = *o;
    if (sw_basis_init(&s->basis, frame->n_parameters, (unsigned)o->degree, o->q_norm, BASIS_MAX) &&
        sw_frame_held(frame) <= VALUES_MAX / s->basis.n)
        return s;
    sw_fault_add(faults, "/degree",
                 "gives too many polynomials for %zu parameters and %llu points: at most %d, and "
                 "%llu values",
                 frame->n_parameters, (unsigned long long)sw_frame_held(frame), BASIS_MAX,
                 (unsigned long long)VALUES_MAX);
    sw_basis_fini(&s->basis);
    sw_given_free(s);
    return NULL;
}

static void
free_state(void *self)
{
    sw_basis_fini(&((state *)self)->basis);
    sw_given_free(self);
}

// Inputs in place become their probabilities, which are uniform.
static void
to_unit(const state *s, size_t n)
{
    for (size_t j = 0; j < s->given.frame->n_parameters; j++) {
        double *x = s->given.data.x[j];
        for (size_t i = 0; i < n; i++)
            x[i] = sw_frame_probability(s->given.frame, j, x[i]);
    }
}

// Of an input that takes few values, those and not an interval have the share of 1.
static void
set_levels(state *s)
{
    double *u = sw_malloc(2 * LEVELS_MAX * sizeof *u), *share = u + LEVELS_MAX;
    for (size_t j = 0; j < s->basis.d; j++) {
        size_t m = sw_frame_levels(s->given.frame, j, LEVELS_MAX, u, share);
        if (m > 0)
            sw_basis_set_levels(&s->basis, j, m, u, share);
    }
    free(u);
}

typedef struct parts {
    double *s1, *st, *shapley; // [d]
    double *s2;                // [d][d], upper half
    double variance;
} parts;

// Adds one term's part of the variance to the indices of the inputs that it has.
static void
add_part(parts *p, size_t d, const uint8_t *degrees, double part)
{
    size_t in[2] = {0, 0}, size = 0;
    for (size_t j = 0; j < d; j++) {
        if (degrees[j] && size++ < 2)
            in[size - 1] = j;
    }
    for (size_t j = 0; j < d; j++) {
        p->st[j] += degrees[j] ? part : 0;
        p->shapley[j] += degrees[j] ? part / (double)size : 0;
    }
    if (size == 1)
        p->s1[in[0]] += part;
    if (size == 2)
        p->s2[in[0] * d + in[1]] += part;
    p->variance += part;
}

static void
put_parts(json_t *result, const parts *p, size_t d)
{
    double *pairs = sw_malloc(d * d * sizeof *pairs), *to = pairs;
    double scale = p->variance > 0 ? 1 / p->variance : 0;
    for (size_t j = 0; j < d; j++) {
        p->s1[j] *= scale;
        p->st[j] *= scale;
        p->shapley[j] *= scale;
        for (size_t k = j + 1; k < d; k++)
            *to++ = p->s2[j * d + k] * scale;
    }
    sw_put(result, "S1", sw_result_vector(p->s1, d));
    sw_put(result, "ST", sw_result_vector(p->st, d));
    sw_put(result, "S2", sw_result_triangle(pairs, d));
    sw_put(result, "shapley", sw_result_vector(p->shapley, d));
    free(pairs);
}

static void
put_indices(json_t *result, const state *s, const sw_chaos *c)
{
    size_t d = s->basis.d;
    double *v = sw_calloc((3 + d) * d, sizeof *v);
    parts p = {.s1 = v, .st = v + d, .shapley = v + 2 * d, .s2 = v + 3 * d};
    for (size_t k = 1; isfinite(c->leave_one_out) && k < c->n; k++)
        add_part(&p, d, s->basis.degrees + c->term[k] * d, c->coefficient[k] * c->coefficient[k]);
    put_parts(result, &p, d);
    sw_put(result, "mean", sw_result_number(c->coefficient[0]));
    sw_put(result, "variance", sw_result_number(p.variance));
    sw_put(result, "leave_one_out_error", sw_result_number(c->leave_one_out));
    sw_put(result, "n_terms", json_integer((json_int_t)c->n));
    sw_put(result, "n_candidates", json_integer((json_int_t)s->basis.n));
    if (isfinite(c->leave_one_out) && c->leave_one_out > 0.05)
        sw_result_warn(result,
                       "the expansion leaves %.1f %% of the variance unexplained: raise the "
                       "number of points or the degree",
                       100 * c->leave_one_out);
    free(v);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n;
    json_t *result = sw_given_result(&s->given, "pce", LEAST_POINTS, &n, faults);
    if (!result)
        return NULL;
    sw_chaos c;
    to_unit(s, n);
    set_levels(s);
    sw_chaos_fit(&c, &s->basis, n, s->given.data.x, s->given.data.column.y,
                 (size_t)s->options.terms);
    put_indices(result, s, &c);
    sw_chaos_fini(&c);
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.degree = 6, .terms = 200, .q_norm = 0.75};
}

static const sw_field fields[] = {
    {.name = "degree",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, degree),
     .min = 1,
     .max = 30,
     .doc = "Highest degree of a polynomial."},
    {.name = "terms",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, terms),
     .min = 2,
     .max = 300,
     .doc = "Most terms of the expansion."},
    {.name = "q_norm",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, q_norm),
     .min = 0.1,
     .max = 1,
     .doc = "Below 1, high degrees of several inputs together are left out."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_pce = {
    .name = "pce",
    .doc = "Sobol' indices and Shapley effects from a sparse polynomial chaos, from any points.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = free_state,
};
