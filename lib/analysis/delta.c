// SPDX-License-Identifier: Apache-2.0
// `delta`: the moment-independent index of Borgonovo (2007), RESS 92:771, estimated from given data
// after Plischke, Borgonovo and Smith (2013), EJOR 226:536: half the mean area between the output's
// density and its density within classes of an input. Computed from all points, without resampling,
// so that the same points always give the same figure.
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

enum { GRID = 100, CLASSES_MAX = 48 };
// Points times parameters, each of which costs GRID exponentials.
#define WORK_MAX (UINT64_C(1) << 26)

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    (void)opts;
    if (frame->n_parameters && frame->points > WORK_MAX / frame->n_parameters) {
        sw_fault_add(faults, "/method", "takes points × parameters up to %llu, not %llu × %zu",
                     (unsigned long long)WORK_MAX, (unsigned long long)frame->points,
                     frame->n_parameters);
        return NULL;
    }
    return sw_given_new(frame, sizeof(sw_given), faults);
}

// Gaussian kernel density of n values on the grid, with Silverman's bandwidth.
static void
density(const double *y, size_t n, const double *grid, double *out)
{
    double factor = pow(0.75 * (double)n, -0.2);
    double width = factor * sqrt(sw_variance(y, n, 1));
    memset(out, 0, GRID * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        for (size_t g = 0; g < GRID; g++) {
            double z = (grid[g] - y[i]) / width;
            out[g] += exp(-0.5 * z * z);
        }
    }
    for (size_t g = 0; g < GRID; g++)
        out[g] /= (double)n * width * sqrt(2 * M_PI);
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
// whose ranks lie in (k n / m, (k + 1) n / m].
static void
one_input(const sw_given *s, size_t j, size_t n, const double *grid, const double *all,
          double *delta, double *s1)
{
    const double *y = s->data.column.y;
    uint32_t *order = sw_malloc(n * sizeof *order);
    double *inside = sw_malloc(n * sizeof *inside), f[GRID];
    size_t m = count_classes(n), first = 0;
    double mean = sw_mean(y, n), between = 0;
    sw_order(s->data.x[j], n, order);
    *delta = 0;
    for (size_t k = 0; k < m; k++) {
        size_t end = n * (k + 1) / m, size = end - first;
        for (size_t i = 0; i < size; i++)
            inside[i] = y[order[first + i]];
        double share = (double)size / (double)n, shift = sw_mean(inside, size) - mean;
        between += share * shift * shift;
        // A class of one value has no density: it is all that differs from the whole.
        if (is_constant(inside, size)) {
            *delta += share;
        } else {
            density(inside, size, grid, f);
            *delta += 0.5 * share * area_between(all, f, grid);
        }
        first = end;
    }
    *s1 = between / sw_variance(y, n, 0);
    free(inside);
    free(order);
}

static void
put_indices(json_t *result, const sw_given *s, size_t n)
{
    size_t d = s->frame->n_parameters;
    const double *y = s->data.column.y;
    double *v = sw_calloc(2 * d, sizeof *v), grid[GRID], all[GRID];
    double low = y[0], high = y[0];
    for (size_t i = 1; i < n; i++) {
        low = y[i] < low ? y[i] : low;
        high = y[i] > high ? y[i] : high;
    }
    if (low == high) {
        sw_result_warn(result, "the output is constant: all indices are zero");
    } else {
        for (size_t g = 0; g < GRID; g++)
            grid[g] = low + (high - low) * (double)g / (GRID - 1);
        density(y, n, grid, all);
        for (size_t j = 0; j < d; j++)
            one_input(s, j, n, grid, all, &v[j], &v[d + j]);
    }
    sw_put(result, "delta", sw_result_vector(v, d));
    sw_put(result, "S1", sw_result_vector(v + d, d));
    sw_put(result, "classes", json_integer((json_int_t)count_classes(n)));
    free(v);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    sw_given *s = self;
    size_t n;
    json_t *result = sw_given_result(s, "delta", 50, &n, faults);
    if (result)
        put_indices(result, s, n);
    return result;
}

const sw_analysis_ops sw_analysis_delta = {
    .name = "delta",
    .doc = "Moment-independent index delta, and S1, from any points.",
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
