// SPDX-License-Identifier: Apache-2.0
// Reads the records of the arena once, keeps for each run and output the last one since the run's
// last start, and lays them out as columns.
#include "workers/report.h"

#include "lib/base/memory.h"

// Where the records of one chunk lie.
typedef struct index {
    size_t n, n_outputs;
    const sw_record **outputs; // [k * n + i]
    const sw_record **fails;   // [i]
    sw_buffer *logs;           // [i]
} index_t;

static const char *
bytes_of(const sw_record *r)
{
    return (const char *)(r + 1);
}

static void
forget_run(index_t *x, size_t i)
{
    for (size_t k = 0; k < x->n_outputs; k++)
        x->outputs[k * x->n + i] = NULL;
    x->fails[i] = NULL;
    sw_buffer_clear(&x->logs[i]);
}

// Keeps the end of a log that grew too long: the end is where it went wrong.
static void
add_log(sw_buffer *log, const sw_record *r)
{
    sw_buffer_add(log, bytes_of(r), r->n);
    sw_buffer_char(log, '\n');
    if (log->n <= SW_LOG_MAX)
        return;
    size_t cut = log->n - SW_LOG_MAX;
    // Not in the middle of a character.
    while (cut < log->n && ((unsigned char)log->data[cut] & 0xC0) == 0x80)
        cut++;
    sw_move(log->data, log->data + cut, log->n - cut);
    log->n -= cut;
}

static void
read_records(index_t *x, const sw_shared *shared, size_t n_chunk)
{
    const char *at = (const char *)shared + shared->arena_at;
    const char *end = at + atomic_load_explicit(&shared->arena_used, memory_order_acquire);
    while (at < end) {
        const sw_record *r = (const sw_record *)at;
        at += sizeof *r + ((r->n + 7u) & ~7u);
        if (r->i >= n_chunk)
            continue;
        if (r->type == SW_RECORD_START)
            forget_run(x, r->i);
        else if (r->type == SW_RECORD_FAIL)
            x->fails[r->i] = r;
        else if (r->type == SW_RECORD_LOG)
            add_log(&x->logs[r->i], r);
        else if (r->k < x->n_outputs)
            x->outputs[r->k * x->n + r->i] = r;
    }
}

// Everything that is allocated for one report.
typedef struct pages {
    void **v;
    size_t n, capacity;
} pages;

static void *
page(pages *p, size_t size)
{
    p->v = sw_grow(p->v, p->n, &p->capacity, sizeof *p->v);
    return p->v[p->n++] = sw_calloc(1, size ? size : 1);
}

typedef struct view {
    const sw_opened *opened;
    sw_shared *shared;
    index_t index;
    size_t from, n;
    uint64_t first; // run number of index `from`
    pages pages;
    sw_wire_column *columns;
    sw_wire_failure *failures;
    sw_wire_artifact *artifacts;
    size_t n_columns, n_failures, n_artifacts;
} view;

static bool
is_done(const view *v, size_t i)
{
    return v->shared->outcome[v->from + i] == SW_DONE;
}

// The record of output k of run i; none of a run that failed.
static const sw_record *
output_record(const view *v, size_t k, size_t i)
{
    return is_done(v, i) ? v->index.outputs[k * v->index.n + v->from + i] : NULL;
}

static void
add_scalar(view *v, const char *name, size_t column)
{
    v->columns[v->n_columns++] =
        (sw_wire_column){.name = name,
                         .kind = SW_COLUMN_SCALAR,
                         .n_values = v->n,
                         .values = sw_shared_column(v->shared, column) + v->from};
}

static void
add_series(view *v, const char *name, size_t k)
{
    int32_t *lengths = page(&v->pages, v->n * sizeof *lengths);
    size_t total = 0;
    for (size_t i = 0; i < v->n; i++) {
        const sw_record *r = output_record(v, k, i);
        lengths[i] = r ? (int32_t)(r->n / sizeof(double)) : 0;
        total += (size_t)lengths[i];
    }
    double *values = page(&v->pages, total * sizeof *values);
    size_t at = 0;
    for (size_t i = 0; i < v->n; i++) {
        const sw_record *r = output_record(v, k, i);
        if (r)
            memcpy(values + at, bytes_of(r), (size_t)lengths[i] * sizeof *values);
        at += (size_t)lengths[i];
    }
    v->columns[v->n_columns++] = (sw_wire_column){.name = name,
                                                  .kind = SW_COLUMN_SERIES,
                                                  .n_values = total,
                                                  .values = values,
                                                  .lengths = lengths};
}

static void
add_text(view *v, const char *name, size_t k)
{
    const char **texts = page(&v->pages, v->n * sizeof *texts);
    for (size_t i = 0; i < v->n; i++) {
        const sw_record *r = output_record(v, k, i);
        char *copy = page(&v->pages, r ? r->n + 1 : 1);
        if (r)
            memcpy(copy, bytes_of(r), r->n);
        texts[i] = copy;
    }
    v->columns[v->n_columns++] =
        (sw_wire_column){.name = name, .kind = SW_COLUMN_TEXT, .texts = texts};
}

static void
add_artifacts(view *v, const char *name, size_t k)
{
    for (size_t i = 0; i < v->n; i++) {
        const sw_record *r = output_record(v, k, i);
        if (!r)
            continue;
        const char *media_type = bytes_of(r);
        size_t head = strlen(media_type) + 1;
        v->artifacts[v->n_artifacts++] = (sw_wire_artifact){.run = v->first + i,
                                                            .name = name,
                                                            .media_type = media_type,
                                                            .bytes = media_type + head,
                                                            .n = r->n - head};
    }
}

static void
add_outputs(view *v)
{
    const sw_study *study = v->opened->study;
    for (size_t k = 0; k < study->n_outputs; k++) {
        const char *name = study->outputs[k].name;
        switch (study->outputs[k].kind) {
        case SW_SCALAR:
            add_scalar(v, name, v->opened->first_output + k);
            break;
        case SW_SERIES:
            add_series(v, name, k);
            break;
        case SW_OUTPUT_TEXT:
            add_text(v, name, k);
            break;
        case SW_ARTIFACT:
            add_artifacts(v, name, k);
            break;
        }
    }
}

// _state is there only where a run of the chunk was not done.
static void
add_failures(view *v)
{
    double *state = NULL;
    for (size_t i = 0; i < v->n; i++) {
        if (is_done(v, i))
            continue;
        state = state ? state : page(&v->pages, v->n * sizeof *state);
        state[i] = v->shared->outcome[v->from + i];
        const sw_record *why = v->index.fails[v->from + i];
        char *message = page(&v->pages, why ? why->n + 1 : 64);
        if (why)
            memcpy(message, bytes_of(why), why->n);
        else
            strcpy(message, "the model gave no reason");
        uint8_t attempts = v->shared->attempts[v->from + i];
        v->failures[v->n_failures++] =
            (sw_wire_failure){.run = v->first + i,
                              .outcome = v->shared->outcome[v->from + i],
                              .attempts = attempts ? attempts : 1,
                              .message = message,
                              .log = sw_buffer_text(&v->index.logs[v->from + i])};
    }
    if (state)
        v->columns[v->n_columns++] = (sw_wire_column){
            .name = "_state", .kind = SW_COLUMN_SCALAR, .n_values = v->n, .values = state};
}

static int
highest_attempts(const view *v)
{
    uint8_t most = 1;
    for (size_t i = 0; i < v->n; i++) {
        uint8_t a = v->shared->attempts[v->from + i];
        most = a > most ? a : most;
    }
    return most;
}

void
sw_report(const sw_opened *opened, sw_shared *shared, uint64_t first_run, size_t from, size_t n,
          sw_done *head, void (*done)(void *context, const sw_done *done), void *context)
{
    const sw_study *study = opened->study;
    size_t chunk = from + n;
    view v = {.opened = opened, .shared = shared, .from = from, .n = n, .first = first_run + from};
    v.index = (index_t){.n = chunk, .n_outputs = study->n_outputs};
    v.index.outputs = page(&v.pages, study->n_outputs * chunk * sizeof(sw_record *));
    v.index.fails = page(&v.pages, chunk * sizeof(sw_record *));
    v.index.logs = page(&v.pages, chunk * sizeof *v.index.logs);
    v.columns = page(&v.pages, (study->n_varied + study->n_outputs + 2) * sizeof *v.columns);
    v.failures = page(&v.pages, n * sizeof *v.failures);
    v.artifacts = page(&v.pages, n * study->n_outputs * sizeof *v.artifacts);
    read_records(&v.index, shared, chunk);
    for (size_t p = 0; p < study->n_varied; p++)
        add_scalar(&v, study->parameters[study->varied[p]].declared->name, p);
    add_outputs(&v);
    add_scalar(&v, "_wall_ms", opened->wall_column);
    add_failures(&v);
    head->first = v.first;
    head->n = n;
    head->attempts = highest_attempts(&v);
    head->n_columns = v.n_columns;
    head->columns = v.columns;
    head->n_failures = v.n_failures;
    head->failures = v.failures;
    head->n_artifacts = v.n_artifacts;
    head->artifacts = v.artifacts;
    done(context, head);
    for (size_t i = 0; i < chunk; i++)
        sw_buffer_fini(&v.index.logs[i]);
    for (size_t i = 0; i < v.pages.n; i++)
        free(v.pages.v[i]);
    free(v.pages.v);
}
