// SPDX-License-Identifier: Apache-2.0
// `hsic`: the Hilbert-Schmidt independence criterion (Gretton, Bousquet, Smola and Schoelkopf 2005,
// ALT 2005) as a sensitivity index (Da Veiga 2015, J. Stat. Comput. Simul. 85:1283): how dependent
// the output is on an input in any manner, means, spread or shape; with tests of independence.
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"
#include "lib/base/philox.h"
#include "lib/base/special.h"

enum { LEAST_POINTS = 20, SAMPLE_MAX = 2000, PERMUTATIONS_MAX = 10000, SUBSAMPLE = 1 << 30 };
// Parameters times permutations times sample squared: some 20 seconds.
#define WORK_MAX 2e10

typedef struct options {
    int64_t sample, permutations;
} options;

typedef struct state {
    sw_given given;
    options options;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    double m = (double)(sw_frame_held(frame) < (uint64_t)o->sample ? (int64_t)sw_frame_held(frame)
                                                                   : o->sample);
    double work = (double)frame->n_parameters * (double)(o->permutations + 1) * m * m;
    if (work > WORK_MAX) {
        sw_fault_add(faults, "/permutations",
                     "takes parameters × permutations × sample² up to %g, not %g", WORK_MAX, work);
        return NULL;
    }
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (s)
        s->options = *o;
    return s;
}

// ---- kernels ----

// The Gaussian kernel of m values with their standard deviation as its width, into k (m x m).
static void
gaussian(const double *v, size_t m, double *k)
{
    double width = 2 * sw_variance(v, m, 1);
    for (size_t i = 0; i < m; i++) {
        k[i * m + i] = 1;
        for (size_t j = i + 1; j < m; j++) {
            double apart = v[i] - v[j];
            k[i * m + j] = k[j * m + i] = width > 0 ? exp(-apart * apart / width) : 1;
        }
    }
}

// Mean of the values off the diagonal: what the limit law of the criterion needs.
static double
mean_off_diagonal(const double *k, size_t m)
{
    double sum = 0;
    for (size_t i = 0; i < m * m; i++)
        sum += k[i];
    return (sum - (double)m) / ((double)m * (double)(m - 1));
}

// Takes the means of rows and columns off: H k H with H = 1 - 1/m.
static void
centre(double *k, size_t m)
{
    double *row = sw_calloc(m, sizeof *row), all = 0;
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < m; j++)
            row[i] += k[i * m + j];
        row[i] /= (double)m;
        all += row[i] / (double)m;
    }
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < m; j++)
            k[i * m + j] += all - row[i] - row[j];
    }
    free(row);
}

// The biased estimate, the mean of the products of two centred kernels.
static double
criterion(const double *k, const double *l, size_t m)
{
    double sum = 0;
    for (size_t i = 0; i < m * m; i++)
        sum += k[i] * l[i];
    return sum / ((double)m * (double)m);
}

// ---- tests ----

// The probability of a criterion at least as large under independence, by a gamma law with the mean
// and variance of Gretton et al. (2008), NIPS 20, theorems 3 and 4.
static double
p_of_gamma(double hsic, double mean_k, double mean_l, const double *k, const double *l, size_t n)
{
    double m = (double)n, squares = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double v = k[i * n + j] * l[i * n + j] / 6;
            squares += i == j ? 0 : v * v;
        }
    }
    double mean = (1 + mean_k * mean_l - mean_k - mean_l) / m;
    double variance = squares / m / (m - 1);
    variance *= 72 * (m - 4) * (m - 5) / (m * (m - 1) * (m - 2) * (m - 3));
    if (!(mean > 0) || !(variance > 0))
        return NAN;
    return sw_gamma_tail(mean * mean / variance, hsic * mean / variance, true);
}

// The share of permutations of the outputs whose criterion is as large, the identity included.
static double
p_of_permutations(const state *s, size_t j, double hsic, const double *k, const double *l, size_t m)
{
    uint32_t *order = sw_malloc(m * sizeof *order);
    int64_t as_large = 1;
    for (int64_t b = 0; b < s->options.permutations; b++) {
        uint64_t which = (uint64_t)b * s->given.frame->n_parameters + j;
        for (size_t i = 0; i < m; i++)
            order[i] = (uint32_t)sw_permute(s->given.frame->seed, which, m, i);
        double sum = 0;
        for (size_t i = 0; i < m; i++) {
            const double *row = l + (size_t)order[i] * m;
            for (size_t c = 0; c < m; c++)
                sum += k[i * m + c] * row[order[c]];
        }
        as_large += sum / ((double)m * (double)m) >= hsic * (1 - 1e-12);
    }
    free(order);
    return (double)as_large / (double)(s->options.permutations + 1);
}

// ---- the result ----

// m of n values, the same ones at random for every column. (Equally spaced ones of a
// low-discrepancy sequence would all lie in one corner.)
static void
take(const state *s, const double *from, size_t n, size_t m, double *to)
{
    for (size_t i = 0; i < m; i++)
        to[i] = from[m < n ? sw_permute(s->given.frame->seed, SUBSAMPLE, n, i) : i];
}

static void
one_input(const state *s, size_t j, size_t n, size_t m, const double *l, double own_l,
          double mean_l, double *v)
{
    double *x = sw_malloc(m * sizeof *x), *k = sw_malloc(m * m * sizeof *k);
    size_t d = s->given.frame->n_parameters;
    take(s, s->given.data.x[j], n, m, x);
    gaussian(x, m, k);
    double mean_k = mean_off_diagonal(k, m);
    centre(k, m);
    double hsic = criterion(k, l, m), own_k = criterion(k, k, m);
    v[j] = hsic;
    v[d + j] = own_k > 0 && own_l > 0 ? hsic / sqrt(own_k * own_l) : 0;
    v[2 * d + j] = p_of_gamma(hsic, mean_k, mean_l, k, l, m);
    v[3 * d + j] = s->options.permutations ? p_of_permutations(s, j, hsic, k, l, m) : NAN;
    free(k);
    free(x);
}

static void
put_indices(json_t *result, const state *s, size_t n)
{
    static const char *const names[] = {"hsic", "R2", "p_asymptotic", "p_permutation"};
    size_t d = s->given.frame->n_parameters;
    size_t m = n < (size_t)s->options.sample ? n : (size_t)s->options.sample;
    double *v = sw_calloc(4 * d, sizeof *v), *y = sw_malloc(m * sizeof *y);
    double *l = sw_malloc(m * m * sizeof *l);
    take(s, s->given.data.column.y, n, m, y);
    gaussian(y, m, l);
    double mean_l = mean_off_diagonal(l, m);
    centre(l, m);
    double own = criterion(l, l, m);
    for (size_t j = 0; j < d; j++)
        one_input(s, j, n, m, l, own, mean_l, v);
    for (size_t k = 0; k < 4; k++)
        sw_put(result, names[k], sw_result_vector(v + k * d, d));
    sw_put(result, "n_sample", json_integer((json_int_t)m));
    if (m < n)
        sw_result_warn(result, "computed from %zu of the %zu points, chosen at random", m, n);
    free(l);
    free(y);
    free(v);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n;
    json_t *result = sw_given_result(&s->given, "hsic", LEAST_POINTS, &n, faults);
    if (result)
        put_indices(result, s, n);
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.sample = 500, .permutations = 200};
}

static const sw_field fields[] = {
    {.name = "sample",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, sample),
     .min = LEAST_POINTS,
     .max = SAMPLE_MAX,
     .doc = "Points used, at random where there are more: time and memory go with its square."},
    {.name = "permutations",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, permutations),
     .min = 0,
     .max = PERMUTATIONS_MAX,
     .doc = "For the exact test of independence; 0: the asymptotic one only."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_hsic = {
    .name = "hsic",
    .doc = "Dependence of any kind on each input (HSIC), with tests of independence.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
