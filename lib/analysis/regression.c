// SPDX-License-Identifier: Apache-2.0
// `regression`: correlation and regression coefficients of values and of ranks, from given data:
// Pearson, Spearman, SRC, SRRC, PCC, PRCC, and the share of variance that a linear model explains.
#include "lib/analysis/given.h"
#include "lib/analysis/linear.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

enum { PARAMETERS_MAX = 2000 };

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    (void)opts;
    if (frame->n_parameters <= PARAMETERS_MAX)
        return sw_given_new(frame, sizeof(sw_given), faults);
    sw_fault_add(faults, "/method", "takes up to %d varied parameters, not %zu", PARAMETERS_MAX,
                 frame->n_parameters);
    return NULL;
}

// Columns z[m][n], centred and of unit length; one that is constant has no place in the matrix.
static bool
normalise(double *v, size_t n)
{
    double mean = sw_mean(v, n), squares = 0;
    for (size_t i = 0; i < n; i++) {
        v[i] -= mean;
        squares += v[i] * v[i];
    }
    if (squares <= 1e-28 * mean * mean * (double)n)
        return false;
    double scale = 1 / sqrt(squares);
    for (size_t i = 0; i < n; i++)
        v[i] *= scale;
    return true;
}

static double
dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

// What one set of columns (values, or ranks) gives; NaN where it is not defined.
typedef struct coefficients {
    double *correlation, *standardised, *partial; // [d]
    double r2;
    bool dependent; // the inputs are linearly dependent
} coefficients;

// With the correlation matrix of inputs and output factored last in order, the standardised
// coefficients solve Rxx b = rxy, and the partial ones are -P[j][y] / sqrt(P[j][j] P[y][y]) of its
// inverse P. active[k]: which parameter column k of the matrix is; the output is the last row.
static void
solve(size_t m, const size_t *active, const double *matrix, coefficients *c)
{
    size_t w = m + 1;
    double *rxx = sw_malloc(m * m * sizeof *rxx), *b = sw_malloc(w * sizeof *b);
    for (size_t j = 0; j < m; j++) {
        memcpy(rxx + j * m, matrix + j * w, m * sizeof *rxx);
        b[j] = matrix[m * w + j];
    }
    c->dependent = !sw_cholesky(m, rxx);
    if (!c->dependent) {
        sw_cholesky_solve(m, rxx, b);
        c->r2 = 0;
        for (size_t j = 0; j < m; j++) {
            c->standardised[active[j]] = b[j];
            c->r2 += b[j] * matrix[m * w + j];
        }
    }
    free(b);
    free(rxx);
    double *factor = sw_malloc(w * w * sizeof *factor), *p = sw_malloc(w * w * sizeof *p);
    memcpy(factor, matrix, w * w * sizeof *factor);
    if (!c->dependent && sw_cholesky(w, factor)) {
        sw_cholesky_inverse(w, factor, p);
        for (size_t j = 0; j < m; j++)
            c->partial[active[j]] = -p[m * w + j] / sqrt(p[j * w + j] * p[m * w + m]);
    }
    free(p);
    free(factor);
}

// columns: d inputs and the output, n each, which are overwritten.
static void
coefficients_of(size_t d, size_t n, double *const *columns, coefficients *c)
{
    size_t m = 0, *active = sw_malloc((d + 1) * sizeof *active);
    double **z = sw_malloc((d + 1) * sizeof *z);
    for (size_t j = 0; j < d; j++) {
        c->correlation[j] = c->standardised[j] = c->partial[j] = NAN;
        if (normalise(columns[j], n)) {
            z[m] = columns[j];
            active[m++] = j;
        }
    }
    c->r2 = NAN;
    if (m > 0 && normalise(columns[d], n)) {
        z[m] = columns[d];
        double *matrix = sw_malloc((m + 1) * (m + 1) * sizeof *matrix);
        for (size_t j = 0; j <= m; j++) {
            for (size_t k = 0; k <= j; k++)
                matrix[j * (m + 1) + k] = matrix[k * (m + 1) + j] = dot(z[j], z[k], n);
        }
        for (size_t j = 0; j < m; j++)
            c->correlation[active[j]] = matrix[m * (m + 1) + j];
        solve(m, active, matrix, c);
        free(matrix);
    }
    free(z);
    free(active);
}

// Without a residual a partial correlation is 0 / 0.
static void
warn_of_exact_fit(json_t *result, const coefficients *c, size_t d, const char *partial)
{
    for (size_t j = 0; j < d && !c->dependent; j++) {
        if (isnan(c->correlation[j]) || !isnan(c->partial[j]))
            continue;
        sw_result_warn(result, "the inputs explain the output exactly: %s has no value", partial);
        return;
    }
}

static void
put_coefficients(json_t *result, const coefficients *c, size_t d, const char *const keys[4])
{
    warn_of_exact_fit(result, c, d, keys[2]);
    sw_put(result, keys[0], sw_result_vector(c->correlation, d));
    sw_put(result, keys[1], sw_result_vector(c->standardised, d));
    sw_put(result, keys[2], sw_result_vector(c->partial, d));
    sw_put(result, keys[3], sw_result_number(c->r2));
}

static void
put_all(json_t *result, sw_given *s, size_t n)
{
    static const char *const of_values[] = {"pearson", "SRC", "PCC", "R2"};
    static const char *const of_ranks[] = {"spearman", "SRRC", "PRCC", "R2_ranks"};
    size_t d = s->frame->n_parameters;
    double *room = sw_malloc(3 * d * sizeof *room), *ranks = sw_malloc(n * (d + 1) * sizeof *ranks);
    double **values = sw_malloc(2 * (d + 1) * sizeof *values), **ranked = values + d + 1;
    for (size_t j = 0; j <= d; j++) {
        values[j] = j < d ? s->data.x[j] : s->data.column.y;
        ranked[j] = ranks + j * n;
        sw_ranks(values[j], n, ranked[j]);
    }
    coefficients c = {.correlation = room, .standardised = room + d, .partial = room + 2 * d};
    coefficients_of(d, n, values, &c);
    put_coefficients(result, &c, d, of_values);
    if (c.dependent)
        sw_result_warn(result, "the inputs are linearly dependent: SRC and PCC are not defined");
    coefficients_of(d, n, ranked, &c);
    put_coefficients(result, &c, d, of_ranks);
    if (c.dependent)
        sw_result_warn(
            result,
            "the ranks of the inputs are linearly dependent: SRRC and PRCC are not defined");
    free(values);
    free(ranks);
    free(room);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    sw_given *s = self;
    size_t n;
    json_t *result = sw_given_result(s, "regression", s->frame->n_parameters + 2, &n, faults);
    if (!result)
        return NULL;
    double mean = sw_mean(s->data.column.y, n), variance = sw_variance(s->data.column.y, n, 1);
    sw_put(result, "mean", sw_result_number(mean));
    sw_put(result, "variance", sw_result_number(variance));
    put_all(result, s, n);
    return result;
}

const sw_analysis_ops sw_analysis_regression = {
    .name = "regression",
    .doc = "Pearson and Spearman correlation, SRC, SRRC, PCC and PRCC, from any points.",
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
