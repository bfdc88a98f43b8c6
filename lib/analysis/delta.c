// SPDX-License-Identifier: Apache-2.0
// `delta`: the moment-independent index of Borgonovo (2007), RESS 92:771, estimated from given data
// after Plischke, Borgonovo and Smith (2013), EJOR 226:536: half the mean area between the output's
// density and its density within classes of an input. Resampling, if it is asked for, is keyed by
// the study's seed, so that the same points always give the same figures.
#include "lib/analysis/bootstrap.h"
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

enum { GRID = 100, CLASSES_MAX = 48 };
// Points times parameters, each of which costs GRID exponentials.
#define WORK_MAX (UINT64_C(1) << 26)

// The same with resamples.
#define RESAMPLED_WORK_MAX (UINT64_C(1) << 28)

typedef struct options {
    int64_t resamples;
    double confidence;
} options;

typedef struct state {
    sw_given given;
    options options;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    uint64_t d = frame->n_parameters, most = RESAMPLED_WORK_MAX / (uint64_t)(o->resamples + 1);
    if (!sw_frame_is_sample(frame, "delta", faults))
        return NULL;
    if (d && sw_frame_held(frame) > WORK_MAX / d) {
        sw_fault_add(faults, "/method", "takes points × parameters up to %llu, not %llu × %zu",
                     (unsigned long long)WORK_MAX, (unsigned long long)sw_frame_held(frame),
                     frame->n_parameters);
        return NULL;
    }
    if (o->resamples == 1 || (o->resamples && d && sw_frame_held(frame) > most / d)) {
        sw_fault_add(faults, "/resamples",
                     "%lld: 0, or 2 and more, resamples × points × parameters up to %llu",
                     (long long)o->resamples, (unsigned long long)RESAMPLED_WORK_MAX);
        return NULL;
    }
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (s)
        s->options = *o;
    return s;
}

// Gaussian kernel density of n values on the grid, with Silverman's bandwidth. False where kernels
// are so narrow that they fall between the grid's places: sums over those are then no areas.
static bool
density(const double *y, size_t n, const double *grid, double *out)
{
    double factor = pow(0.75 * (double)n, -0.2);
    double width = factor * sqrt(sw_variance(y, n, 1));
    if (!(width >= 0.5 * (grid[1] - grid[0])))
        return false;
    memset(out, 0, GRID * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        for (size_t g = 0; g < GRID; g++) {
            double z = (grid[g] - y[i]) / width;
            out[g] += exp(-0.5 * z * z);
        }
    }
    for (size_t g = 0; g < GRID; g++)
        out[g] /= (double)n * width * sqrt(2 * M_PI);
    return true;
}

static double
area_between(const double *f, const double *g, const double *grid)
{
    double area = 0;
    for (size_t i = 1; i < GRID; i++)
        area += 0.5 * (grid[i] - grid[i - 1]) * (fabs(f[i] - g[i]) + fabs(f[i - 1] - g[i - 1]));
    return area;
}

// The number of classes after Plischke et al.: it grows slowly with n.
static size_t
count_classes(size_t n)
{
    double exponent = 2 / (7 + tanh((1500 - (double)n) / 500));
    double m = ceil(pow((double)n, exponent));
    return m > CLASSES_MAX ? CLASSES_MAX : (size_t)m;
}

static bool
is_constant(const double *y, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (y[i] != y[0])
            return false;
    }
    return true;
}

// Delta and the first-order index of one input: points in the order of it are cut into classes
// whose ranks lie in (k n / m, (k + 1) n / m]. Delta is NaN where the density of a class is too
// narrow for the grid; `all` NULL where that of the whole output is.
static void
one_input(const uint32_t *order, const double *y, size_t n, const double *grid, const double *all,
          double *delta, double *s1)
{
    double *inside = sw_malloc(n * sizeof *inside), f[GRID];
    size_t m = count_classes(n), first = 0;
    double mean = sw_mean(y, n), between = 0;
    *delta = all ? 0 : NAN;
    for (size_t k = 0; k < m; k++) {
        size_t end = n * (k + 1) / m, size = end - first;
        for (size_t i = 0; i < size; i++)
            inside[i] = y[order[first + i]];
        double share = (double)size / (double)n, shift = sw_mean(inside, size) - mean;
        between += share * shift * shift;
        // A class of one value has no density: it is all that differs from the whole.
        if (is_constant(inside, size))
            *delta += share;
        else if (all && density(inside, size, grid, f))
            *delta += 0.5 * share * area_between(all, f, grid);
        else
            *delta = NAN;
        first = end;
    }
    *s1 = between / sw_variance(y, n, 0);
    free(inside);
}

// Delta, then S1, of all inputs into v[2 d]; zeros if the output is constant.
static void
indices(const double *const *x, const double *y, size_t n, size_t d, uint64_t seed, double *v)
{
    double grid[GRID], all[GRID], low = y[0], high = y[0];
    for (size_t i = 1; i < n; i++) {
        low = y[i] < low ? y[i] : low;
        high = y[i] > high ? y[i] : high;
    }
    memset(v, 0, 2 * d * sizeof *v);
    if (low == high)
        return;
    for (size_t g = 0; g < GRID; g++)
        grid[g] = low + (high - low) * (double)g / (GRID - 1);
    bool is_resolved = density(y, n, grid, all);
    uint32_t *order = sw_malloc(n * sizeof *order);
    for (size_t j = 0; j < d; j++) {
        sw_order_scattered(x[j], n, seed, order);
        one_input(order, y, n, grid, is_resolved ? all : NULL, &v[j], &v[d + j]);
    }
    free(order);
}

// Points drawn with replacement, as columns: y, then the inputs.
static void
draw(const state *s, size_t n, uint64_t b, uint8_t *counts, double **columns)
{
    const sw_data *data = &s->given.data;
    size_t d = s->given.frame->n_parameters, to = 0;
    sw_bootstrap_counts(s->given.frame->seed, b, n, counts);
    for (size_t i = 0; i < n; i++) {
        for (uint8_t k = 0; k < counts[i]; k++, to++) {
            columns[0][to] = data->column.y[i];
            for (size_t j = 0; j < d; j++)
                columns[1 + j][to] = data->x[j][i];
        }
    }
}

// Half-widths by the bootstrap, and delta less the bias that the bootstrap shows: 2 delta - the
// resamples' mean (Plischke et al. 2013, eq. 30).
static void
put_intervals(json_t *result, const state *s, size_t n, const double *v)
{
    size_t d = s->given.frame->n_parameters, resamples = (size_t)s->options.resamples;
    double *values = sw_malloc(2 * d * resamples * sizeof *values);
    double *half = sw_malloc(3 * d * sizeof *half), *reduced = half + 2 * d;
    double **columns = sw_malloc((d + 1) * sizeof *columns);
    uint8_t *counts = sw_malloc(n);
    for (size_t k = 0; k <= d; k++)
        columns[k] = sw_malloc(n * sizeof **columns);
    for (size_t b = 0; b < resamples; b++) {
        draw(s, n, b, counts, columns);
        indices((const double *const *)columns + 1, columns[0], n, d, s->given.frame->seed,
                values + b * 2 * d);
    }
    sw_bootstrap_half_widths(values, resamples, 2 * d, s->options.confidence, half);
    for (size_t j = 0; j < d; j++) {
        reduced[j] = 2 * v[j];
        for (size_t b = 0; b < resamples; b++)
            reduced[j] -= values[b * 2 * d + j] / (double)resamples;
    }
    sw_put(result, "delta_conf", sw_result_vector(half, d));
    sw_put(result, "S1_conf", sw_result_vector(half + d, d));
    sw_put(result, "delta_reduced", sw_result_vector(reduced, d));
    sw_put(result, "confidence", json_real(s->options.confidence));
    for (size_t k = 0; k <= d; k++)
        free(columns[k]);
    free(columns);
    free(counts);
    free(half);
    free(values);
}

static void
warn_of_unresolved(json_t *result, const state *s, const double *delta)
{
    for (size_t j = 0; j < s->given.frame->n_parameters; j++) {
        if (isnan(delta[j]))
            sw_result_warn(result,
                           "%.60s: delta has no value: within a class the output spreads over less "
                           "than a hundredth of its range; analyse its logarithm",
                           s->given.frame->names[j]);
    }
}

static void
put_indices(json_t *result, const state *s, size_t n)
{
    const sw_data *data = &s->given.data;
    size_t d = s->given.frame->n_parameters;
    double *v = sw_malloc(2 * d * sizeof *v);
    indices((const double *const *)data->x, data->column.y, n, d, s->given.frame->seed, v);
    warn_of_unresolved(result, s, v);
    sw_put(result, "delta", sw_result_vector(v, d));
    sw_put(result, "S1", sw_result_vector(v + d, d));
    sw_put(result, "classes", json_integer((json_int_t)count_classes(n)));
    if (s->options.resamples)
        put_intervals(result, s, n, v);
    free(v);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n;
    json_t *result = sw_given_result(&s->given, "delta", 50, &n, faults);
    if (result)
        put_indices(result, s, n);
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.resamples = 0, .confidence = 0.95};
}

static const sw_field fields[] = {
    {.name = "resamples",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, resamples),
     .min = 0,
     .max = SW_RESAMPLES_MAX,
     .doc = "Bootstrap resamples for the intervals and the reduction of the bias; 0: none."},
    {.name = "confidence",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, confidence),
     .min = 0.01,
     .max = 0.9999,
     .doc = "Level of the intervals."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_delta = {
    .name = "delta",
    .doc = "Moment-independent index delta, and S1, from any points.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
