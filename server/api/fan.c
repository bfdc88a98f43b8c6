// SPDX-License-Identifier: Apache-2.0
// /studies/{id}/fan: an output that is a series, over runs: quantiles at each step, and some runs
// as lines with fewer points.
#include "server/api/internal.h"
#include "server/view/bins.h"

#include <math.h>

enum {
    STEPS = 200,
    STEPS_MAX = 1000,
    RUNS = 2000,
    RUNS_MAX = 20000,
    VALUES_MAX = 4 << 20, // doubles held at once
    LINES = 10,
    LINES_MAX = 50,
    STRETCHES = 16,
    SPREAD = -1, // of a row: its largest value less its least
    PARTS_MAX = 100000
};

// Series of the runs looked at, one after another.
typedef struct fan {
    const char *names[3]; // the output, _state, and the abscissa if there is one
    size_t n_names;
    uint64_t looked, failed;
    size_t n, capacity;        // runs held
    size_t n_values, room;     // values held
    double *values, *abscissa; // abscissa: of the longest run
    size_t *starts, *lengths;
    uint64_t *runs;
    size_t longest, n_abscissa;
    size_t width; // values in a row, where the series is longer than the abscissa
    int64_t part; // the one of them that is looked at, or SPREAD
    bool full;
} fan;

static void
fan_fini(fan *f)
{
    free(f->values);
    free(f->abscissa);
    free(f->starts);
    free(f->lengths);
    free(f->runs);
    *f = (fan){0};
}

static void
fan_room(fan *f, size_t length)
{
    if (f->n == f->capacity) {
        f->capacity = f->capacity ? 2 * f->capacity : 256;
        f->starts = sw_realloc(f->starts, f->capacity * sizeof *f->starts);
        f->lengths = sw_realloc(f->lengths, f->capacity * sizeof *f->lengths);
        f->runs = sw_realloc(f->runs, f->capacity * sizeof *f->runs);
    }
    if (f->n_values + length > f->room) {
        f->room = 2 * f->room + length;
        f->values = sw_realloc(f->values, f->room * sizeof *f->values);
    }
}

static double
part_of(const double *row, size_t width, int64_t part)
{
    if (part != SPREAD)
        return (size_t)part < width ? row[part] : NAN;
    double least = INFINITY, most = -INFINITY;
    for (size_t k = 0; k < width; k++) {
        least = row[k] < least ? row[k] : least;
        most = row[k] > most ? row[k] : most;
    }
    return least <= most ? most - least : NAN;
}

// A series that is `width` times as long as its abscissa has a row of values for each place.
static void
keep_run(fan *f, uint64_t run, const double *values, size_t length, size_t width)
{
    length /= width;
    if (f->n_values + length > VALUES_MAX) {
        f->full = true;
        return;
    }
    fan_room(f, length);
    f->runs[f->n] = run;
    f->starts[f->n] = f->n_values;
    f->lengths[f->n] = length;
    for (size_t k = 0; k < length; k++)
        f->values[f->n_values + k] =
            width == 1 ? values[k] : part_of(values + k * width, width, f->part);
    f->width = width > f->width ? width : f->width;
    f->n_values += length;
    f->n++;
    f->longest = length > f->longest ? length : f->longest;
}

// The abscissa of a longer run takes the place of that of a shorter one.
static void
keep_abscissa(fan *f, const double *values, size_t length)
{
    if (length <= f->n_abscissa)
        return;
    f->n_abscissa = length;
    f->abscissa = sw_realloc(f->abscissa, length * sizeof *f->abscissa);
    memcpy(f->abscissa, values, length * sizeof *values);
}

static size_t
length_of(const sw_column *c, size_t i)
{
    return c->lengths ? (size_t)c->lengths[i] : 0;
}

static void
keep_block(fan *f, const sw_block *block)
{
    size_t at = 0, x_at = 0;
    for (size_t i = 0; i < block->n && !f->full; i++) {
        const sw_column *y = &block->columns[0], *state = &block->columns[1];
        size_t length = length_of(y, i);
        size_t places = f->n_names == 3 ? length_of(&block->columns[2], i) : 0;
        size_t width = places && length % places == 0 && length ? length / places : 1;
        f->looked++;
        if (state->values[i] != 0)
            f->failed++;
        else
            keep_run(f, block->first + i, y->values + at, length, width);
        at += length;
        if (f->n_names == 3) {
            const sw_column *x = &block->columns[2];
            keep_abscissa(f, x->values + x_at, length_of(x, i));
            x_at += length_of(x, i);
        }
    }
}

static sw_error
read_runs(fan *f, sw_store *store, const loaded *l, uint64_t limit)
{
    uint64_t runs = (uint64_t)l->row.runs;
    uint64_t parts = runs <= limit || limit < STRETCHES ? 1 : STRETCHES;
    uint64_t size = runs < limit ? runs : limit / parts;
    sw_error e = SW_E_NONE;
    for (uint64_t k = 0; !e && k < parts && !f->full; k++) {
        uint64_t first = parts == 1 ? 0 : (runs - size) / (parts - 1) * k;
        sw_reader *reader = sw_reader_new(l->row.id, f->names, f->n_names, first, first + size - 1);
        sw_block block = {0};
        while (!f->full && !(e = sw_reader_next(reader, store, &block)) && block.n > 0)
            keep_block(f, &block);
        sw_reader_free(&reader);
    }
    return e;
}

// ---- the answer ----

static void
put_number(sw_buffer *b, size_t i, double v)
{
    if (i)
        sw_buffer_char(b, ',');
    sw_buffer_number(b, v, "null");
}

// Step s of n is at this place of the series.
static size_t
place_of(const fan *f, size_t s, size_t n)
{
    return n > 1 ? s * (f->longest - 1) / (n - 1) : 0;
}

static double
x_of(const fan *f, size_t place)
{
    return place < f->n_abscissa ? f->abscissa[place] : (double)place;
}

static void
put_bands(const fan *f, size_t steps, sw_buffer *b)
{
    double *bands = sw_calloc(steps * SW_BANDS + 1, sizeof *bands);
    double *there = sw_calloc(f->n + 1, sizeof *there);
    sw_buffer_str(b, ",\"x\":[");
    for (size_t s = 0; s < steps; s++) {
        size_t place = place_of(f, s, steps), n = 0;
        for (size_t i = 0; i < f->n; i++) {
            if (place < f->lengths[i] && isfinite(f->values[f->starts[i] + place]))
                there[n++] = f->values[f->starts[i] + place];
        }
        sw_bands_of(there, n, bands + s * SW_BANDS);
        put_number(b, s, x_of(f, place));
    }
    sw_buffer_str(b, "],\"levels\":[");
    for (size_t q = 0; q < SW_BANDS; q++)
        put_number(b, q, sw_band_levels[q]);
    sw_buffer_str(b, "],\"quantiles\":[");
    for (size_t q = 0; q < SW_BANDS; q++) {
        sw_buffer_str(b, q ? ",[" : "[");
        for (size_t s = 0; s < steps; s++)
            put_number(b, s, bands[s * SW_BANDS + q]);
        sw_buffer_char(b, ']');
    }
    sw_buffer_char(b, ']');
    free(bands);
    free(there);
}

static void
put_line(const fan *f, size_t i, size_t steps, size_t *keep, sw_buffer *b)
{
    const double *v = f->values + f->starts[i];
    size_t n = sw_downsample(v, f->lengths[i], steps < 2 ? 2 : steps, keep);
    sw_buffer_printf(b, "{\"run\":%llu,\"x\":[", (unsigned long long)f->runs[i]);
    for (size_t k = 0; k < n; k++)
        put_number(b, k, x_of(f, keep[k]));
    sw_buffer_str(b, "],\"values\":[");
    for (size_t k = 0; k < n; k++)
        put_number(b, k, v[keep[k]]);
    sw_buffer_str(b, "]}");
}

static void
fan_json(const fan *f, const loaded *l, size_t steps, size_t lines, sw_buffer *b)
{
    size_t n_steps = f->longest < steps ? f->longest : steps;
    sw_buffer_printf(b,
                     "{\"runs\":%lld,\"looked\":%llu,\"shown\":%zu,\"failed\":%llu,\"longest\":%zu,"
                     "\"width\":%zu",
                     (long long)l->row.runs, (unsigned long long)f->looked, f->n,
                     (unsigned long long)f->failed, f->longest, f->width);
    put_bands(f, n_steps, b);
    sw_buffer_str(b, ",\"lines\":[");
    size_t *keep = sw_calloc(steps + 2, sizeof *keep);
    size_t n = lines < f->n ? lines : f->n;
    for (size_t k = 0; k < n; k++) {
        if (k)
            sw_buffer_char(b, ',');
        put_line(f, k * f->n / n, steps, keep, b);
    }
    sw_buffer_str(b, "]}\n");
    free(keep);
}

static const char *
series_named(const sw_request *r, const char *query, const sw_study *s, sw_faults *faults)
{
    const char *name = sw_query(r, query);
    sw_auto(free) char *pointer = sw_format("?%s", query);
    for (size_t k = 0; name && k < s->n_outputs; k++) {
        if (strcmp(s->outputs[k].name, name) == 0 && s->outputs[k].kind == SW_SERIES)
            return s->outputs[k].name;
    }
    if (name)
        sw_fault_add(faults, pointer, "the study has no series \"%.60s\"", name);
    return NULL;
}

static int64_t
part_asked(const sw_request *r, sw_faults *faults)
{
    const char *part = sw_query(r, "part");
    if (part && strcmp(part, "spread") == 0)
        return SPREAD;
    return sw_query_integer(r, "part", 0, PARTS_MAX, 0, faults);
}

void
sw_api_views_fan(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    if (!sw_api_load_asked(r, &l))
        return;
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    __attribute__((cleanup(fan_fini))) fan f = {.n_names = 2, .width = 1};
    f.names[0] = series_named(r, "output", l.study, &faults);
    f.names[1] = "_state";
    f.names[2] = series_named(r, "x", l.study, &faults);
    f.n_names += f.names[2] != NULL;
    if (!f.names[0] && !sw_query(r, "output"))
        sw_fault_add(&faults, "?output", "is required: the name of a series");
    f.part = part_asked(r, &faults);
    size_t steps = (size_t)sw_query_integer(r, "steps", 2, STEPS_MAX, STEPS, &faults);
    size_t lines = (size_t)sw_query_integer(r, "lines", 0, LINES_MAX, LINES, &faults);
    int64_t limit = sw_query_integer(r, "limit", 1, RUNS_MAX, RUNS, &faults);
    if (!sw_api_query_ok(r, &faults) ||
        !sw_api_ok(r, read_runs(&f, sw_api_store(r), &l, (uint64_t)limit), "study"))
        return;
    sw_buffer b = {0};
    fan_json(&f, &l, steps, lines, &b);
    sw_answer(r, 200, "application/json", &b);
}
