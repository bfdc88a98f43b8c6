// SPDX-License-Identifier: Apache-2.0
// Reading results in blocks, a batch of chunks at a time.
#include "server/store/columns.h"

#include "lib/base/log.h"
#include "server/store/copy.h"
#include "server/store/pieces.h"

// Values read ahead: some megabytes, whatever the study's size.
enum { BATCH_VALUES = 400000, BATCH_CHUNKS = 512 };

struct sw_reader {
    int64_t study;
    size_t n_variables;
    const char *const *variables;
    char *names; // text[] literal
    uint64_t next, last;
    sw_piece *pieces;
    size_t n_pieces, at;
    sw_column *clipped; // columns of a block that shows only part of its chunk
};

sw_reader *
sw_reader_new(int64_t study, const char *const *variables, size_t n, uint64_t first, uint64_t last)
{
    sw_reader *reader = sw_calloc(1, sizeof *reader);
    reader->study = study;
    reader->n_variables = n;
    reader->variables = variables;
    reader->names = sw_piece_names(variables, n);
    reader->next = first;
    reader->last = last;
    reader->clipped = sw_calloc(n, sizeof *reader->clipped);
    return reader;
}

static void
drop_pieces(sw_reader *reader)
{
    for (size_t p = 0; p < reader->n_pieces; p++)
        sw_piece_fini(&reader->pieces[p], reader->n_variables);
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
        sw_piece *p = &reader->pieces[reader->n_pieces++];
        sw_piece_init(p, (uint64_t)sw_store_integer(r, i, 0), (size_t)sw_store_integer(r, i, 1),
                      reader->n_variables);
        total += p->n;
    }
    return SW_E_NONE;
}

static sw_piece *
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
        size_t v = sw_piece_variable(reader->variables, reader->n_variables, PQgetvalue(r, i, 0));
        sw_piece *p = find_piece(reader, (uint64_t)sw_copy_read_int8(PQgetvalue(r, i, 1)));
        // A retry may split a chunk between the two queries: its pieces are then read as missing
        // here, which the caller sees as an error rather than as wrong numbers.
        if (!p || v == reader->n_variables || !sw_piece_fill(p, v, r, i)) {
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
    for (size_t p = 0; p < reader->n_pieces; p++)
        sw_piece_finish(&reader->pieces[p], reader->variables, reader->n_variables);
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

void
sw_block_part(const sw_block *block, size_t n_variables, size_t skip, size_t n, sw_column *columns,
              sw_block *part)
{
    for (size_t v = 0; v < n_variables; v++)
        columns[v] = clip(&block->columns[v], skip, n);
    *part = (sw_block){.first = block->first + skip, .n = n, .columns = columns};
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
    const sw_piece *p = &reader->pieces[reader->at++];
    uint64_t end = p->first + p->n;
    size_t skip = reader->next > p->first ? (size_t)(reader->next - p->first) : 0;
    size_t over = end - 1 > reader->last ? (size_t)(end - 1 - reader->last) : 0;
    sw_block whole = {.first = p->first, .n = p->n, .columns = p->columns};
    sw_block_part(&whole, reader->n_variables, skip, p->n - skip - over, reader->clipped, block);
    reader->next = end;
    return SW_E_NONE;
}

sw_error
sw_store_series_length(sw_store *store, int64_t study, const char *variable, size_t *length)
{
    sw_digits id = sw_digits_of(study);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT coalesce(max(l), 0) FROM columns, unnest(lengths) AS l"
                                " WHERE study = $1 AND variable = $2",
                                2, (const char *[]){id.s, variable});
    *length = e ? 0 : (size_t)strtoull(PQgetvalue(r, 0, 0), NULL, 10);
    return e;
}

sw_error
sw_store_runs_end(sw_store *store, int64_t study, uint64_t *end)
{
    sw_digits id = sw_digits_of(study);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT coalesce((SELECT first_run + n_runs FROM chunks WHERE "
                                "study = $1 ORDER BY first_run DESC LIMIT 1), 0)",
                                1, (const char *[]){id.s});
    *end = e ? 0 : strtoull(PQgetvalue(r, 0, 0), NULL, 10);
    return e;
}
