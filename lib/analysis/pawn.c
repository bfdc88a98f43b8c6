// SPDX-License-Identifier: Apache-2.0
// `pawn`: how far the output's distribution moves when an input is held in a slice of its range, by
// the Kolmogorov-Smirnov distance. Pianosi and Wagener (2015), EMS 67:1, and (2018), EMS 108:197.
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

typedef struct options {
    int64_t slices;
} options;

typedef struct state {
    sw_given given;
    size_t slices;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    if (!sw_frame_is_sample(frame, "pawn", faults))
        return NULL;
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (s)
        s->slices = (size_t)((const options *)opts)->slices;
    return s;
}

// The largest distance between the distribution functions of the m values marked by slice_of and of
// all n; values are visited in ascending order, equal ones together.
static double
distance(const double *y, const uint32_t *by_y, size_t n, const uint16_t *slice_of, size_t slice,
         size_t m)
{
    double largest = 0;
    size_t below = 0;
    for (size_t i = 0; i < n; i++) {
        below += slice_of[by_y[i]] == slice;
        if (i + 1 < n && y[by_y[i + 1]] == y[by_y[i]])
            continue;
        double gap = fabs((double)below / (double)m - (double)(i + 1) / (double)n);
        largest = gap > largest ? gap : largest;
    }
    return largest;
}

// Which slice each point lies in: slice k is from its k-th quantile up to, not including, the next,
// so that the largest value lies in none, as in SALib, with whose figures these can be compared.
static void
cut(const double *x, size_t n, size_t slices, double *sorted, uint16_t *slice_of, size_t *sizes)
{
    memcpy(sorted, x, n * sizeof *sorted);
    sw_sort(sorted, n);
    memset(sizes, 0, (slices + 1) * sizeof *sizes);
    for (size_t i = 0; i < n; i++) {
        size_t k = slices;
        while (k > 0 && x[i] < sw_quantile_sorted(sorted, n, (double)k / (double)slices))
            k--;
        slice_of[i] = (uint16_t)k;
        sizes[k]++;
    }
}

enum { STATISTICS = 6 };
static const char *const keys[STATISTICS] = {"minimum", "mean", "median", "maximum", "CV", "stdev"};

// The statistics of an input's distances over its slices that are not empty.
static void
statistics(double *ks, size_t n, double out[STATISTICS])
{
    sw_sort(ks, n);
    double mean = n ? sw_mean(ks, n) : NAN, sd = n ? sqrt(sw_variance(ks, n, 0)) : NAN;
    double v[STATISTICS] = {n ? ks[0] : NAN,     mean,      sw_quantile_sorted(ks, n, 0.5),
                            n ? ks[n - 1] : NAN, sd / mean, sd};
    memcpy(out, v, sizeof v);
}

static void
put_indices(json_t *result, const state *s, size_t n)
{
    size_t d = s->given.frame->n_parameters;
    uint32_t *by_y = sw_malloc(n * sizeof *by_y);
    uint16_t *slice_of = sw_malloc(n * sizeof *slice_of);
    double *sorted = sw_malloc(n * sizeof *sorted), *ks = sw_malloc(s->slices * sizeof *ks);
    size_t *sizes = sw_malloc((s->slices + 1) * sizeof *sizes);
    for (size_t k = 0; k < STATISTICS; k++)
        sw_put(result, keys[k], json_array());
    sw_order(s->given.data.column.y, n, by_y);
    for (size_t j = 0; j < d; j++) {
        size_t used = 0;
        double v[STATISTICS];
        cut(s->given.data.x[j], n, s->slices, sorted, slice_of, sizes);
        for (size_t k = 0; k < s->slices; k++) {
            if (sizes[k])
                ks[used++] = distance(s->given.data.column.y, by_y, n, slice_of, k, sizes[k]);
        }
        statistics(ks, used, v);
        for (size_t k = 0; k < STATISTICS; k++)
            json_array_append_new(json_object_get(result, keys[k]), sw_result_number(v[k]));
    }
    free(sizes);
    free(ks);
    free(sorted);
    free(slice_of);
    free(by_y);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n;
    json_t *result = sw_given_result(&s->given, "pawn", 2 * s->slices, &n, faults);
    if (result)
        put_indices(result, s, n);
    return result;
}

static void
defaults(void *opts)
{
    ((options *)opts)->slices = 10;
}

static const sw_field fields[] = {
    {.name = "slices",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, slices),
     .min = 2,
     .max = 100,
     .doc = "Slices of equal share that each input's range is cut into."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_pawn = {
    .name = "pawn",
    .doc = "Distances between conditional and unconditional distributions, from any points.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
