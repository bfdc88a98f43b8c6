// SPDX-License-Identifier: Apache-2.0
// /studies/{id}/histogram, /bands, /sample: what charts show, of studies of any size.
#include "server/api/gather.h"
#include "server/view/bins.h"

#include <math.h>

enum {
    LOOK = 200000,
    LOOK_MAX = 1000000,
    BINS = 40,
    BINS_MAX = 200,
    ROWS = 5000,
    ROWS_MAX = 50000
};

static inline void
cleanup_gather(sw_gather *g)
{
    sw_gather_fini(g);
}

static void
put_numbers(sw_buffer *b, const double *v, size_t n, size_t stride)
{
    for (size_t i = 0; i < n; i++) {
        sw_buffer_char(b, i ? ',' : '[');
        sw_buffer_number(b, v[i * stride], "null");
    }
    sw_buffer_str(b, n ? "]" : "[]");
}

static void
put_counts(sw_buffer *b, const int64_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sw_buffer_printf(b, "%c%lld", i ? ',' : '[', (long long)v[i]);
    sw_buffer_char(b, ']');
}

// The variable that the query names, if it does.
static void
add_asked(sw_gather *g, const sw_request *r, const char *query, bool required, sw_faults *faults)
{
    const char *name = sw_query(r, query);
    sw_auto(free) char *pointer = sw_format("?%s", query);
    if (name)
        sw_gather_add(g, name, pointer, faults);
    else if (required)
        sw_fault_add(faults, pointer, "is required: the name of a variable");
}

// One bin a level where there are levels.
static sw_axis
axis_of(const sw_gather *g, size_t v, size_t bins)
{
    size_t levels = sw_gather_levels(g, v);
    if (levels)
        return (sw_axis){-0.5, (double)levels - 0.5, levels};
    return sw_axis_over(g->columns[v], g->n, bins);
}

static void
put_axis(sw_buffer *b, const char *member, const sw_gather *g, size_t v, const sw_axis *axis)
{
    sw_buffer_printf(b, ",\"%s\":{\"variable\":", member);
    sw_gather_variable_json(g, v, b);
    sw_buffer_str(b, ",\"min\":");
    sw_buffer_number(b, axis->min, "null");
    sw_buffer_str(b, ",\"max\":");
    sw_buffer_number(b, axis->max, "null");
    sw_buffer_printf(b, ",\"bins\":%zu}", axis->n);
}

// ---- histogram of one variable or two, and of a third its mean in each cell ----

static void
histogram_json(const sw_gather *g, bool two, bool three, size_t bins, sw_buffer *b)
{
    sw_axis x = axis_of(g, 0, bins), y = two ? axis_of(g, 1, bins) : (sw_axis){0, 1, 1};
    const double *z = three ? g->columns[g->n_variables - 1] : NULL;
    sw_cells cells;
    sw_cells_init(&cells, x.n * y.n, three);
    size_t out = sw_cells_fill(&cells, &x, g->columns[0], two ? &y : NULL,
                               two ? g->columns[1] : NULL, z, g->n);
    sw_buffer_char(b, '{');
    sw_gather_json(g, out, b);
    put_axis(b, "x", g, 0, &x);
    if (two)
        put_axis(b, "y", g, 1, &y);
    sw_buffer_str(b, ",\"counts\":");
    put_counts(b, cells.counts, cells.n);
    if (three) {
        sw_buffer_str(b, ",\"mean\":");
        put_numbers(b, cells.mean, cells.n, 1);
        sw_buffer_str(b, ",\"sd\":");
        put_numbers(b, cells.sd, cells.n, 1);
    }
    sw_buffer_str(b, "}\n");
    sw_cells_fini(&cells);
}

void
sw_api_views_histogram(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    if (!sw_api_load_asked(r, &l))
        return;
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    __attribute__((cleanup(cleanup_gather))) sw_gather g = {.study = &l};
    add_asked(&g, r, "x", true, &faults);
    add_asked(&g, r, "y", false, &faults);
    add_asked(&g, r, "z", false, &faults);
    size_t bins = (size_t)sw_query_integer(r, "bins", 1, BINS_MAX, BINS, &faults);
    g.limit = (uint64_t)sw_query_integer(r, "limit", 1, LOOK_MAX, LOOK, &faults);
    // How long failed runs took counts as well.
    g.failed_too = sw_query(r, "x") && sw_query(r, "x")[0] == '_' && !sw_query(r, "y");
    if (!sw_api_query_ok(r, &faults) || !sw_api_ok(r, sw_gather_run(&g, sw_api_store(r)), "study"))
        return;
    sw_buffer b = {0};
    histogram_json(&g, sw_query(r, "y") != NULL, sw_query(r, "z") != NULL, bins, &b);
    sw_answer(r, 200, "application/json", &b);
}

// ---- bands: quantiles of y in bins of x ----

// Puts the y of each bin together: `sorted` by bin, `starts` where each begins (n + 1 of them).
static size_t
by_bin(const sw_gather *g, const sw_axis *x, double *sorted, size_t *starts)
{
    size_t out = 0;
    for (size_t i = 0; i < g->n; i++) {
        size_t bin = sw_axis_bin(x, g->columns[0][i]);
        bool good = bin != SIZE_MAX && isfinite(g->columns[1][i]);
        out += !good;
        if (good)
            starts[bin + 1]++;
    }
    for (size_t k = 0; k < x->n; k++)
        starts[k + 1] += starts[k];
    size_t *next = sw_calloc(x->n, sizeof *next);
    memcpy(next, starts, x->n * sizeof *next);
    for (size_t i = 0; i < g->n; i++) {
        size_t bin = sw_axis_bin(x, g->columns[0][i]);
        if (bin != SIZE_MAX && isfinite(g->columns[1][i]))
            sorted[next[bin]++] = g->columns[1][i];
    }
    free(next);
    return out;
}

static void
put_bands(sw_buffer *b, const double *bands, size_t n)
{
    sw_buffer_str(b, ",\"levels\":");
    put_numbers(b, sw_band_levels, SW_BANDS, 1);
    for (size_t q = 0; q < SW_BANDS; q++) {
        sw_buffer_str(b, q ? "," : ",\"quantiles\":[");
        put_numbers(b, bands + q, n, SW_BANDS);
    }
    sw_buffer_char(b, ']');
}

static void
bands_json(const sw_gather *g, size_t bins, sw_buffer *b)
{
    sw_axis x = axis_of(g, 0, bins);
    double *sorted = sw_calloc(g->n + 1, sizeof *sorted);
    size_t *starts = sw_calloc(x.n + 1, sizeof *starts);
    double *bands = sw_calloc(x.n * SW_BANDS, sizeof *bands);
    int64_t *counts = sw_calloc(x.n, sizeof *counts);
    size_t out = by_bin(g, &x, sorted, starts);
    for (size_t k = 0; k < x.n; k++) {
        counts[k] = (int64_t)(starts[k + 1] - starts[k]);
        sw_bands_of(sorted + starts[k], starts[k + 1] - starts[k], bands + k * SW_BANDS);
    }
    sw_buffer_char(b, '{');
    sw_gather_json(g, out, b);
    put_axis(b, "x", g, 0, &x);
    sw_buffer_str(b, ",\"y\":");
    sw_gather_variable_json(g, 1, b);
    sw_buffer_str(b, ",\"counts\":");
    put_counts(b, counts, x.n);
    put_bands(b, bands, x.n);
    sw_buffer_str(b, "}\n");
    free(sorted);
    free(starts);
    free(bands);
    free(counts);
}

void
sw_api_views_bands(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    if (!sw_api_load_asked(r, &l))
        return;
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    __attribute__((cleanup(cleanup_gather))) sw_gather g = {.study = &l};
    add_asked(&g, r, "x", true, &faults);
    add_asked(&g, r, "y", true, &faults);
    size_t bins = (size_t)sw_query_integer(r, "bins", 1, BINS_MAX, 20, &faults);
    g.limit = (uint64_t)sw_query_integer(r, "limit", 1, LOOK_MAX, LOOK, &faults);
    if (!sw_api_query_ok(r, &faults) || !sw_api_ok(r, sw_gather_run(&g, sw_api_store(r)), "study"))
        return;
    sw_buffer b = {0};
    bands_json(&g, bins, &b);
    sw_answer(r, 200, "application/json", &b);
}

// ---- sample: some variables of some runs, side by side ----

void
sw_api_views_sample(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    if (!sw_api_load_asked(r, &l))
        return;
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    __attribute__((cleanup(cleanup_gather))) sw_gather g = {.study = &l};
    const char *name, *value;
    for (size_t i = 0; sw_query_at(r, i, &name, &value); i++) {
        if (strcmp(name, "variable") == 0)
            sw_gather_add(&g, value, "?variable", &faults);
    }
    g.limit = (uint64_t)sw_query_integer(r, "limit", 1, ROWS_MAX, ROWS, &faults);
    if (!sw_api_query_ok(r, &faults) || !sw_api_ok(r, sw_gather_run(&g, sw_api_store(r)), "study"))
        return;
    sw_buffer b = {0};
    sw_buffer_char(&b, '{');
    sw_gather_json(&g, 0, &b);
    sw_buffer_str(&b, ",\"run\":");
    put_numbers(&b, g.runs, g.n, 1);
    sw_buffer_str(&b, ",\"variables\":[");
    for (size_t v = 0; v < g.n_variables; v++) {
        if (v)
            sw_buffer_char(&b, ',');
        sw_gather_variable_json(&g, v, &b);
    }
    sw_buffer_str(&b, "],\"columns\":[");
    for (size_t v = 0; v < g.n_variables; v++) {
        if (v)
            sw_buffer_char(&b, ',');
        put_numbers(&b, g.columns[v], g.n, 1);
    }
    sw_buffer_str(&b, "]}\n");
    sw_answer(r, 200, "application/json", &b);
}
