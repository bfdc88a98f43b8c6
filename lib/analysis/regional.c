// SPDX-License-Identifier: Apache-2.0
// `regional`: Monte Carlo filtering (Hornberger and Spear 1981). The output's range is cut into
// bins of equal share; an input matters for a bin when its values there are distributed otherwise
// than elsewhere: two-sample Cramér-von Mises T (Anderson 1962, equation 2) and Kolmogorov-Smirnov
// D.
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"

typedef struct options {
    int64_t bins;
    double threshold; // NaN for bins of equal share
} options;

typedef struct state {
    sw_given given;
    size_t bins;
    double threshold;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    if (!sw_frame_is_sample(frame, "regional", faults))
        return NULL;
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (!s)
        return NULL;
    const options *o = opts;
    s->threshold = o->threshold;
    s->bins = isnan(o->threshold) ? (size_t)o->bins : 2;
    return s;
}

// Which bin each output lies in: above the bin's lower quantile, up to its upper one; the smallest
// value is in the first.
static void
assign_bins(const double *y, size_t n, size_t bins, uint16_t *bin_of)
{
    double *sorted = sw_malloc(n * sizeof *sorted);
    memcpy(sorted, y, n * sizeof *sorted);
    sw_sort(sorted, n);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k + 1 < bins && y[i] > sw_quantile_sorted(sorted, n, (double)(k + 1) / (double)bins))
            k++;
        bin_of[i] = (uint16_t)k;
    }
    free(sorted);
}

// Two bins: up to the threshold, and above it. A fault if one of them is empty.
static bool
split_at(const double *y, size_t n, double threshold, uint16_t *bin_of, sw_faults *faults)
{
    size_t above = 0;
    for (size_t i = 0; i < n; i++)
        above += bin_of[i] = y[i] > threshold;
    if (above > 0 && above < n)
        return true;
    sw_fault_add(faults, "/threshold",
                 "%s of %zu points are above %.6g: there is nothing to compare",
                 above ? "all" : "none", n, threshold);
    return false;
}

// Both statistics of the points inside the bin against those outside. order: points by ascending
// value, rank: their ranks among all n, from 1.
static void
compare(const state *s, size_t j, size_t n, const uint32_t *order, const double *rank,
        const uint16_t *bin_of, size_t bin, double *cvm, double *ks)
{
    size_t m[2] = {0, 0}, seen[2] = {0, 0};
    const double *x = s->given.data.x[j];
    double u[2] = {0, 0};
    for (size_t i = 0; i < n; i++)
        m[bin_of[i] == bin]++;
    *cvm = *ks = NAN;
    if (m[0] == 0 || m[1] == 0)
        return;
    *ks = 0;
    for (size_t i = 0; i < n; i++) {
        bool inside = bin_of[order[i]] == bin;
        double shift = rank[order[i]] - (double)++seen[inside];
        u[inside] += shift * shift;
        if (i + 1 < n && x[order[i + 1]] == x[order[i]])
            continue;
        double gap = fabs((double)seen[1] / (double)m[1] - (double)seen[0] / (double)m[0]);
        *ks = gap > *ks ? gap : *ks;
    }
    double a = (double)m[1], b = (double)m[0], all = a + b, product = a * b;
    *cvm = (a * u[1] + b * u[0]) / (product * all) - (4 * product - 1) / (6 * all);
}

static json_t *
rows_of(const double *v, size_t bins, size_t d)
{
    json_t *matrix = json_array();
    for (size_t k = 0; k < bins; k++)
        json_array_append_new(matrix, sw_result_vector(v + k * d, d));
    return matrix;
}

static void
put_indices(json_t *result, const state *s, size_t n, const uint16_t *bin_of)
{
    size_t d = s->given.frame->n_parameters, cells = s->bins * d;
    uint32_t *order = sw_malloc(n * sizeof *order);
    double *rank = sw_malloc(n * sizeof *rank), *v = sw_malloc(2 * cells * sizeof *v);
    for (size_t j = 0; j < d; j++) {
        sw_order(s->given.data.x[j], n, order);
        sw_ranks(s->given.data.x[j], n, rank);
        for (size_t k = 0; k < s->bins; k++)
            compare(s, j, n, order, rank, bin_of, k, &v[k * d + j], &v[cells + k * d + j]);
    }
    sw_put(result, "cramer_von_mises", rows_of(v, s->bins, d));
    sw_put(result, "kolmogorov_smirnov", rows_of(v + cells, s->bins, d));
    free(v);
    free(rank);
    free(order);
}

static size_t
empty_bins(const state *s, size_t n, const uint16_t *bin_of)
{
    bool *used = sw_calloc(s->bins, sizeof *used);
    size_t empty = s->bins;
    for (size_t i = 0; i < n; i++) {
        empty -= !used[bin_of[i]];
        used[bin_of[i]] = true;
    }
    free(used);
    return empty;
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n;
    json_t *result = sw_given_result(&s->given, "regional", 2 * s->bins, &n, faults);
    if (!result)
        return NULL;
    uint16_t *bin_of = sw_malloc(n * sizeof *bin_of);
    bool split = true;
    if (isnan(s->threshold))
        assign_bins(s->given.data.column.y, n, s->bins, bin_of);
    else
        split = split_at(s->given.data.column.y, n, s->threshold, bin_of, faults);
    if (split)
        put_indices(result, s, n, bin_of);
    size_t empty = split ? empty_bins(s, n, bin_of) : 0;
    if (empty)
        sw_result_warn(result,
                       "%zu of %zu classes of the output have no points, since many values are "
                       "equal, and no statistics",
                       empty, s->bins);
    free(bin_of);
    if (split)
        return result;
    json_decref(result);
    return NULL;
}

static void
defaults(void *opts)
{
    *(options *)opts = (options){.bins = 10, .threshold = NAN};
}

static const sw_field fields[] = {
    {.name = "bins",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, bins),
     .min = 2,
     .max = 100,
     .doc = "Bins of equal share that the output's range is cut into."},
    {.name = "threshold",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, threshold),
     .doc = "Two bins instead: outputs up to it, and those above."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_regional = {
    .name = "regional",
    .doc = "Which inputs drive which range of the output, from any points.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
