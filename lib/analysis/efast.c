// SPDX-License-Identifier: Apache-2.0
// `efast`: first-order and total indices from search curves, one a parameter, on which that
// parameter has a high frequency and all others low ones. Saltelli, Tarantola and Chan (1999),
// Technometrics 41:39. Intervals come from curves with other random phases, never from resampling a
// curve, whose order is what carries the information.
#include "lib/analysis/method.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"
#include "lib/analysis/spectrum.h"
#include "lib/base/student.h"

// The low frequencies of a curve are summed one by one.
enum { CURVE_MAX = 1 << 17 };

typedef struct options {
    double confidence;
} options;

// Curve c of parameter j holds the points (c * d + j) * n … + n - 1.
typedef struct state {
    const sw_frame *frame;
    options options;
    sw_column column;
    size_t n, d, curves;
    size_t harmonics;
    size_t omega; // the frequency of the curve's own parameter
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    if (!sw_frame_design_is(frame, "efast", "efast", faults) || !sw_column_fits(frame, faults))
        return NULL;
    state *s = sw_calloc(1, sizeof *s);
    s->frame = s->column.frame = frame;
    s->options = *(const options *)opts;
    s->d = frame->n_parameters;
    s->harmonics = sw_frame_integer(frame, "harmonics", 4);
    s->curves = sw_frame_integer(frame, "curves", 1);
    uint64_t blocks = s->d * s->curves;
    s->n = blocks && frame->points % blocks == 0 ? frame->points / blocks : 0;
    if (s->harmonics > 0 && s->n > 0)
        s->omega = (s->n - 1) / (2 * s->harmonics);
    if (s->omega > 0 && s->n > 4 * s->harmonics * s->harmonics && s->n <= CURVE_MAX)
        return s;
    sw_fault_add(faults, "/method",
                 "an efast design has curves of more than 4 × harmonics² and at "
                 "most %d points; %llu points on %zu curves of %zu parameters are not",
                 CURVE_MAX, (unsigned long long)frame->points, s->curves, s->d);
    free(s);
    return NULL;
}

static void
feed(void *self, const sw_rows *rows)
{
    sw_column_feed(&((state *)self)->column, rows);
}

static void
free_state(void *self)
{
    state *s = self;
    sw_column_fini(&s->column);
    free(s);
}

// The frequencies 1 … (n - 1) / 2 make up the variance; for even n the one at n / 2 is left out, as
// the curve's sine and cosine are not apart there.
static double
power_of_all(const double *y, size_t n)
{
    double alternating = 0;
    for (size_t i = 0; n % 2 == 0 && i < n; i++)
        alternating += i % 2 ? -y[i] : y[i];
    alternating /= (double)n;
    return sw_variance(y, n, 0) - alternating * alternating;
}

// Formulas (9) to (15) of the paper: the share of the harmonics of omega, and what is not below
// omega / 2.
static void
curve_indices(const state *s, const sw_spectrum *spectrum, const double *y, double *s1, double *st)
{
    double variance = power_of_all(y, s->n), own = 0, others = 0;
    *s1 = *st = 0;
    if (!(variance > 0))
        return;
    for (size_t p = 1; p <= s->harmonics; p++)
        own += 2 * sw_spectrum_power(spectrum, y, p * s->omega);
    for (size_t k = 1; k <= s->omega / 2; k++)
        others += 2 * sw_spectrum_power(spectrum, y, k);
    *s1 = own / variance;
    *st = 1 - others / variance;
}

static bool
is_whole(const double *y, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(y[i]))
            return false;
    }
    return true;
}

// Mean over the usable curves of parameter j, and as many standard errors of it as
// Student says for so few curves: v = S1, S1_conf, ST,
// ST_conf, each [d]. Returns how many curves were lost.
static size_t
parameter_indices(const state *s, const sw_spectrum *spectrum, size_t j, size_t curves, double *v)
{
    sw_moments first = {0}, total = {0};
    for (size_t c = 0; c < curves; c++) {
        const double *y = s->column.y + (c * s->d + j) * s->n;
        double s1, st;
        if (!is_whole(y, s->n))
            continue;
        curve_indices(s, spectrum, y, &s1, &st);
        sw_moments_add(&first, s1);
        sw_moments_add(&total, st);
    }
    double z = first.n > 1 ? sw_student_half(first.n - 1, s->options.confidence) : NAN;
    v[j] = first.n ? first.mean : NAN;
    v[s->d + j] = z * sw_moments_sem(&first);
    v[2 * s->d + j] = total.n ? total.mean : NAN;
    v[3 * s->d + j] = z * sw_moments_sem(&total);
    return curves - first.n;
}

// Curves are lost whole, but each for its own parameter only, so the column is not compacted.
static json_t *
result_of(state *s, const sw_usage *u, sw_faults *faults)
{
    static const char *const keys[] = {"S1", "S1_conf", "ST", "ST_conf"};
    size_t lost = 0, without = 0, curves = u->complete; // without: parameters without a curve
    double *v = sw_malloc(4 * s->d * sizeof *v);
    sw_spectrum spectrum;
    sw_spectrum_init(&spectrum, s->n);
    for (size_t j = 0; j < s->d; j++) {
        size_t lost_here = parameter_indices(s, &spectrum, j, curves, v);
        without += lost_here == curves;
        lost += lost_here;
    }
    sw_spectrum_fini(&spectrum);
    json_t *result = without < s->d ? sw_result_new(s->frame, "efast") : NULL;
    for (size_t k = 0; result && k < sw_countof(keys); k++)
        sw_put(result, keys[k], sw_result_vector(v + k * s->d, s->d));
    free(v);
    if (!result) {
        sw_fault_add(faults, "",
                     "every curve has a failed or NaN run; \"substitute\" gives such runs a value");
        return NULL;
    }
    sw_usage used = {.wanted = u->wanted, .complete = u->complete, .n = u->complete};
    sw_result_usage(result, &used, &s->column, "set of curves");
    sw_put(result, "n_dropped", json_integer((json_int_t)lost));
    sw_put(result, "confidence", json_real(s->options.confidence));
    sw_result_constant(result, s->column.y, u->complete * s->n * s->d);
    if (without)
        sw_result_warn(result, "%zu %s no curve without failures, and no indices", without,
                       without == 1 ? "parameter has" : "parameters have");
    if (lost)
        sw_result_warn(result, "%zu curves were dropped, with a failed or NaN run in each", lost);
    if (curves < 2)
        sw_result_warn(result, "intervals need at least 2 curves a parameter (design option "
                               "\"curves\"): indices depend on the phases of the one curve");
    return result;
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    sw_usage u = sw_column_whole(&s->column, s->n * s->d);
    return sw_usage_suffices(&u, 1, "set of curves", faults) ? result_of(s, &u, faults) : NULL;
}

static void
defaults(void *opts)
{
    ((options *)opts)->confidence = 0.95;
}

static const sw_field fields[] = {
    {.name = "confidence",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, confidence),
     .min = 0.01,
     .max = 0.9999,
     .doc = "Level of the intervals."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_efast = {
    .name = "efast",
    .doc = "First-order and total indices by frequencies, from an efast design.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free_state = free_state,
};
