// SPDX-License-Identifier: Apache-2.0
// Blocks of results, with the inputs that the plan gives, as the rows that analyses know: runs of
// consecutive points of one replicate.
#include "server/api/feeding.h"

// Values of a series that are read ahead.
enum { SERIES_VALUES = 4 << 20, SERIES_RUNS_MIN = 64 };

typedef struct feeding {
    const loaded *study;
    sw_analysis *analysis; // one of the two
    sw_series *series;
    bool inputs;
    double *values;        // n_parameters columns of capacity
    double **columns;      // all parameters
    const double **varied; // those that vary
    uint8_t *state;
    size_t capacity;
    size_t value; // the place of the stretch's first value in a block's series
    sw_prefix *prefix;
    uint64_t seen; // runs that were read
} feeding;

static void
feed_series(feeding *f, const sw_column *column, size_t from, const sw_rows *rows)
{
    sw_series_rows r = {.first = rows->first,
                        .n = rows->n,
                        .x = rows->x,
                        .values = column->values + f->value,
                        .lengths = column->lengths + from,
                        .state = rows->state};
    if (rows->n > 0)
        sw_series_feed(f->series, &r);
}

// How many of a stretch of n runs are fed.
static size_t
clip(feeding *f, uint64_t point, uint64_t replicate, size_t n)
{
    sw_prefix *p = f->prefix;
    if (!p)
        return n;
    uint64_t left = replicate < p->replicates && point < p->points ? p->points - point : 0;
    n = left < n ? (size_t)left : n;
    p->fed += n;
    return n;
}

// Runs of consecutive points of one replicate, under the numbers that a study has which was never
// extended: what methods know is run = replicate * points + point. Returns how many.
static size_t
feed_stretch(feeding *f, const sw_block *block, size_t from)
{
    const sw_plan *plan = f->study->plan;
    const sw_column *y = &block->columns[0];
    uint64_t point, replicate;
    size_t n = sw_plan_locate(plan, block->first + from, block->n - from, &point, &replicate);
    for (size_t v = 0; f->inputs && v < f->study->study->n_varied; v++)
        f->varied[v] = f->columns[f->study->study->varied[v]] + from;
    uint64_t points = f->prefix ? f->prefix->points : sw_plan_points(plan);
    sw_rows rows = {.first = replicate * points + point,
                    .n = clip(f, point, replicate, n),
                    .x = f->inputs ? f->varied : NULL,
                    .state = f->state + from};
    if (!f->series)
        rows.y = y->values + from;
    if (!f->series && rows.n > 0)
        sw_analysis_feed(f->analysis, &rows);
    else if (f->series && y->lengths)
        feed_series(f, y, from, &rows);
    for (size_t i = 0; f->series && y->lengths && i < n; i++)
        f->value += (size_t)y->lengths[from + i];
    return n;
}

static void
take_room(feeding *f, size_t n)
{
    if (n <= f->capacity)
        return;
    f->capacity = n;
    f->state = sw_realloc(f->state, n);
    f->values = sw_realloc(f->values, n * f->study->study->n_parameters * sizeof *f->values);
}

static void
feed_block(feeding *f, const sw_block *block)
{
    take_room(f, block->n);
    f->seen += block->n;
    f->value = 0;
    for (size_t i = 0; i < block->n; i++)
        f->state[i] = (uint8_t)block->columns[1].values[i];
    if (f->inputs) {
        for (size_t j = 0; j < f->study->study->n_parameters; j++)
            f->columns[j] = f->values + j * f->capacity;
        sw_plan_inputs(f->study->plan, block->first, block->n, f->columns);
    }
    for (size_t i = 0, n; i < block->n; i += n)
        n = feed_stretch(f, block, i);
}

static sw_error
feed_range(feeding *f, sw_store *store, const char *output, uint64_t first, uint64_t last)
{
    const char *variables[] = {output, "_state"};
    sw_reader *reader = sw_reader_new(f->study->row.id, variables, 2, first, last);
    sw_error e = SW_E_NONE;
    for (sw_block block; !(e = sw_reader_next(reader, store, &block)) && block.n > 0;)
        feed_block(f, &block);
    sw_reader_free(&reader);
    return e;
}

// In ranges of `at_once` runs, by which the reader's memory is bounded, until all that were made
// have been read: a study may have many more.
static sw_error
feed_all(feeding *f, sw_store *store, const char *output, uint64_t end, uint64_t at_once)
{
    uint64_t made = (uint64_t)f->study->row.made;
    if (f->prefix)
        f->prefix->fed = 0;
    f->columns = sw_calloc(f->study->study->n_parameters, sizeof *f->columns);
    f->varied = sw_calloc(f->study->study->n_varied, sizeof *f->varied);
    sw_error e = SW_E_NONE;
    for (uint64_t first = 0; !e && first < end && f->seen < made; first += at_once) {
        uint64_t n = end - first < at_once ? end - first : at_once;
        e = feed_range(f, store, output, first, first + n - 1);
    }
    free(f->columns);
    free(f->varied);
    free(f->values);
    free(f->state);
    return e;
}

sw_error
sw_feed(sw_store *store, const loaded *l, const char *output, uint64_t end, sw_prefix *prefix,
        sw_analysis *analysis)
{
    feeding f = {.study = l,
                 .analysis = analysis,
                 .inputs = sw_analysis_needs_inputs(analysis),
                 .prefix = prefix};
    return feed_all(&f, store, output, end, end);
}

sw_error
sw_feed_series(sw_store *store, const loaded *l, const char *output, uint64_t end, size_t length,
               sw_prefix *prefix, sw_series *series)
{
    feeding f = {
        .study = l, .series = series, .inputs = sw_series_needs_inputs(series), .prefix = prefix};
    uint64_t at_once = SERIES_VALUES / length;
    return feed_all(&f, store, output, end, at_once < SERIES_RUNS_MIN ? SERIES_RUNS_MIN : at_once);
}
