// SPDX-License-Identifier: Apache-2.0
// Reading results in blocks, a batch of chunks at a time.
#include "server/store/columns.h"

#include "lib/base/log.h"
#include "server/store/connection.h"
#include "server/store/copy.h"

#include <math.h>

// Values read ahead: some megabytes, whatever the study's size.
enum { BATCH_VALUES = 400000, BATCH_CHUNKS = 512 };

// One chunk of the batch: its range, and one column for each variable.
typedef struct piece {
    uint64_t first;
    size_t n;
    sw_column *columns;
    void **owned; // 3 a variable: values, lengths, texts
} piece;

struct sw_reader {
    int64_t study;
    size_t n_variables;
    const char *const *variables;
    char *names; // text[] literal
    uint64_t next, last;
    piece *pieces;
    size_t n_pieces, at;
    sw_column *clipped; // columns of a block that shows only part of its chunk
};

static char *
names_literal(const char *const *names, size_t n)
{
    sw_buffer b = {0};
    sw_buffer_char(&b, '{');
    for (size_t i = 0; i < n; i++) {
        sw_buffer_str(&b, i ? ",\"" : "\"");
        for (const char *s = names[i]; *s; s++) {
            if (*s == '"' || *s == '\\')
                sw_buffer_char(&b, '\\');
            sw_buffer_char(&b, *s);
        }
        sw_buffer_char(&b, '"');
    }
    sw_buffer_char(&b, '}');
    return sw_buffer_text(&b);
}

sw_reader *
sw_reader_new(int64_t study, const char *const *variables, size_t n, uint64_t first, uint64_t last)
{
    sw_reader *reader = sw_calloc(1, sizeof *reader);
    reader->study = study;
    reader->n_variables = n;
    reader->variables = variables;
    reader->names = names_literal(variables, n);
    reader->next = first;
    reader->last = last;
    reader->clipped = sw_calloc(n, sizeof *reader->clipped);
    return reader;
}

static void
drop_pieces(sw_reader *reader)
{
    for (size_t p = 0; p < reader->n_pieces; p++) {
        piece *it = &reader->pieces[p];
        for (size_t v = 0; v < reader->n_variables; v++) {
            char **texts = it->owned[3 * v + 2];
            for (size_t i = 0; texts && i < it->n; i++)
                free(texts[i]);
            for (size_t k = 0; k < 3; k++)
                free(it->owned[3 * v + k]);
        }
        free(it->owned);
        free(it->columns);
    }
    free(reader->pieces);
    reader->pieces = NULL;
    reader->n_pieces = reader->at = 0;
}

void
sw_reader_free(sw_reader **reader)
{
    if (!*reader)
        return;
    drop_pieces(*reader);
    free((*reader)->names);
    free((*reader)->clipped);
    free(*reader);
    *reader = NULL;
}

// The ranges of the next batch of chunks, from the one that holds `next`.
static sw_error
read_ranges(sw_reader *reader, sw_store *store)
{
    size_t runs = BATCH_VALUES / (reader->n_variables ? reader->n_variables : 1);
    sw_digits id = sw_digits_of(reader->study), next = sw_digits_of((int64_t)reader->next);
    sw_digits last = sw_digits_of((int64_t)reader->last), most = sw_digits_of(BATCH_CHUNKS);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e =
        sw_store_query(store, &r, false,
                       "SELECT first_run, n_runs FROM chunks WHERE study = $1 AND first_run <= $3"
                       " AND first_run >= coalesce((SELECT first_run FROM chunks WHERE study = $1"
                       " AND first_run <= $2 ORDER BY first_run DESC LIMIT 1), $2)"
                       " AND first_run + n_runs > $2 ORDER BY first_run LIMIT $4",
                       4, (const char *[]){id.s, next.s, last.s, most.s});
    if (e)
        return e;
    int n = PQntuples(r);
    reader->pieces = sw_calloc((size_t)n, sizeof *reader->pieces);
    size_t total = 0;
    for (int i = 0; i < n && (i == 0 || total < runs); i++) {
        piece *p = &reader->pieces[reader->n_pieces++];
        p->first = (uint64_t)sw_store_integer(r, i, 0);
        p->n = (size_t)sw_store_integer(r, i, 1);
        p->columns = sw_calloc(reader->n_variables, sizeof *p->columns);
        p->owned = sw_calloc(3 * reader->n_variables, sizeof *p->owned);
        total += p->n;
    }
    return SW_E_NONE;
}

static piece *
find_piece(sw_reader *reader, uint64_t first)
{
    size_t low = 0, high = reader->n_pieces;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (reader->pieces[middle].first < first)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < reader->n_pieces && reader->pieces[low].first == first;
    return found ? &reader->pieces[low] : NULL;
}

static bool
fill_column(const PGresult *r, int row, piece *p, size_t v)
{
    sw_column *c = &p->columns[v];
    double *values;
    int32_t *lengths = NULL;
    char **texts = NULL;
    long n = PQgetisnull(r, row, 2)
                 ? 0
                 : sw_copy_read_float8s(PQgetvalue(r, row, 2), PQgetlength(r, row, 2), &values);
    p->owned[3 * v] = n > 0 ? values : NULL;
    long n_lengths = 0, n_texts = 0;
    if (!PQgetisnull(r, row, 3))
        n_lengths = sw_copy_read_int4s(PQgetvalue(r, row, 3), PQgetlength(r, row, 3), &lengths);
    p->owned[3 * v + 1] = lengths;
    if (!PQgetisnull(r, row, 4))
        n_texts = sw_copy_read_texts(PQgetvalue(r, row, 4), PQgetlength(r, row, 4), &texts);
    p->owned[3 * v + 2] = texts;
    c->values = p->owned[3 * v];
    c->n_values = n > 0 ? (size_t)n : 0;
    c->lengths = lengths;
    c->texts = (const char *const *)texts;
    bool scalar_ok = lengths || texts || n == (long)p->n;
    return n >= 0 && scalar_ok && (!lengths || n_lengths == (long)p->n) &&
           (!texts || n_texts == (long)p->n);
}

// A variable that the chunk does not have: NaN, or 0 for _state (all done).
static void
fill_missing(piece *p, size_t v, const char *variable)
{
    double value = strcmp(variable, "_state") == 0 ? 0 : NAN;
    double *values = sw_malloc(p->n * sizeof *values);
    for (size_t i = 0; i < p->n; i++)
        values[i] = value;
    p->owned[3 * v] = values;
    p->columns[v] = (sw_column){.values = values, .n_values = p->n};
}

static size_t
variable_index(const sw_reader *reader, const char *name)
{
    for (size_t v = 0; v < reader->n_variables; v++) {
        if (strcmp(reader->variables[v], name) == 0)
            return v;
    }
    return reader->n_variables;
}

static sw_error
read_columns(sw_reader *reader, sw_store *store)
{
    sw_digits id = sw_digits_of(reader->study);
    sw_digits from = sw_digits_of((int64_t)reader->pieces[0].first);
    sw_digits to = sw_digits_of((int64_t)reader->pieces[reader->n_pieces - 1].first);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, true,
                                "SELECT variable, first_run, values, lengths, texts FROM columns"
                                " WHERE study = $1 AND variable = ANY ($2::text[])"
                                " AND first_run BETWEEN $3 AND $4",
                                4, (const char *[]){id.s, reader->names, from.s, to.s});
    if (e)
        return e;
    for (int i = 0; i < PQntuples(r); i++) {
        size_t v = variable_index(reader, PQgetvalue(r, i, 0));
        piece *p = find_piece(reader, (uint64_t)sw_copy_read_int8(PQgetvalue(r, i, 1)));
        // A retry may split a chunk between the two queries: its pieces are then read as missing
        // here, which the caller sees as an error rather than as wrong numbers.
        if (!p || v == reader->n_variables || !fill_column(r, i, p, v)) {
            sw_warn("store", "study %s changed while it was read", id.s);
            return SW_E_CONFLICT;
        }
    }
    return SW_E_NONE;
}

static sw_error
read_batch(sw_reader *reader, sw_store *store)
{
    drop_pieces(reader);
    sw_error e = read_ranges(reader, store);
    if (e || reader->n_pieces == 0)
        return e;
    if (reader->n_variables)
        e = read_columns(reader, store);
    for (size_t p = 0; p < reader->n_pieces; p++) {
        for (size_t v = 0; v < reader->n_variables; v++) {
            sw_column *c = &reader->pieces[p].columns[v];
            if (!c->values && !c->lengths && !c->texts)
                fill_missing(&reader->pieces[p], v, reader->variables[v]);
            c->variable = reader->variables[v];
        }
    }
    return e;
}

// The part of a column from run skip on, n runs long.
static sw_column
clip(const sw_column *c, size_t skip, size_t n)
{
    sw_column part = *c;
    if (c->lengths) {
        size_t before = 0, inside = 0;
        for (size_t i = 0; i < skip; i++)
            before += (size_t)c->lengths[i];
        for (size_t i = skip; i < skip + n; i++)
            inside += (size_t)c->lengths[i];
        part.values = inside ? c->values + before : NULL;
        part.n_values = inside;
        part.lengths = c->lengths + skip;
    } else if (c->texts) {
        part.texts = c->texts + skip;
    } else {
        part.values = c->values + skip;
        part.n_values = n;
    }
    return part;
}

sw_error
sw_reader_next(sw_reader *reader, sw_store *store, sw_block *block)
{
    *block = (sw_block){0};
    if (reader->next > reader->last)
        return SW_E_NONE;
    if (reader->at == reader->n_pieces) {
        sw_error e = read_batch(reader, store);
        if (e || reader->n_pieces == 0)
            return e;
    }
    const piece *p = &reader->pieces[reader->at++];
    uint64_t end = p->first + p->n;
    size_t skip = reader->next > p->first ? (size_t)(reader->next - p->first) : 0;
    size_t over = end - 1 > reader->last ? (size_t)(end - 1 - reader->last) : 0;
    block->first = p->first + skip;
    block->n = p->n - skip - over;
    for (size_t v = 0; v < reader->n_variables; v++)
        reader->clipped[v] = clip(&p->columns[v], skip, block->n);
    block->columns = reader->clipped;
    reader->next = end;
    return SW_E_NONE;
}
