// SPDX-License-Identifier: Apache-2.0
// Reading variables of single runs, wherever in a study they are: rows of a sorted table.
#include "server/store/copy.h"
#include "server/store/pieces.h"

#include <assert.h>

static char *
runs_literal(const uint64_t *runs, size_t n)
{
    sw_buffer b = {0};
    for (size_t i = 0; i < n; i++)
        sw_buffer_printf(&b, "%c%llu", i ? ',' : '{', (unsigned long long)runs[i]);
    sw_buffer_str(&b, n ? "}" : "{}");
    return sw_buffer_text(&b);
}

// One row for each run and variable that its chunk has. The parts of the arrays are cut out by the
// database, so that what comes is as little as is asked for. A run without a chunk gives no row,
// one whose chunk has none of the variables a row of nulls.
static const char sql[] =
    "SELECT w.i, c.variable,"
    " CASE WHEN c.lengths IS NULL THEN c.values[w.at : w.at] ELSE c.values["
    "  1 + (SELECT coalesce(sum(l), 0) FROM unnest(c.lengths[1 : w.at - 1]) AS l)"
    "  : (SELECT coalesce(sum(l), 0) FROM unnest(c.lengths[1 : w.at]) AS l)] END,"
    " c.lengths[w.at : w.at], c.texts[w.at : w.at]"
    " FROM (SELECT u.i, k.first_run, (u.run - k.first_run + 1)::int AS at"
    "  FROM unnest($2::bigint[]) WITH ORDINALITY AS u (run, i)"
    "  JOIN LATERAL (SELECT first_run, n_runs FROM chunks WHERE study = $1"
    "   AND first_run <= u.run ORDER BY first_run DESC LIMIT 1) AS k"
    "  ON u.run < k.first_run + k.n_runs) AS w"
    " LEFT JOIN columns c ON c.study = $1 AND c.first_run = w.first_run"
    "  AND c.variable = ANY ($3::text[])";

typedef struct picking {
    const char *const *variables;
    size_t n_variables, n_runs;
    sw_piece *pieces; // n = 0: the run has no outcome
} picking;

static bool
take_rows(picking *p, const PGresult *r, const uint64_t *runs)
{
    bool ok = true;
    for (int row = 0; ok && row < PQntuples(r); row++) {
        size_t i = (size_t)sw_copy_read_int8(PQgetvalue(r, row, 0)) - 1;
        assert(i < p->n_runs);
        sw_piece *piece = &p->pieces[i];
        if (piece->n == 0)
            sw_piece_init(piece, runs[i], 1, p->n_variables);
        if (PQgetisnull(r, row, 1))
            continue;
        size_t v = sw_piece_variable(p->variables, p->n_variables, PQgetvalue(r, row, 1));
        ok = v < p->n_variables && sw_piece_fill(piece, v, r, row);
    }
    return ok;
}

sw_error
sw_store_picked(sw_store *store, int64_t study, const char *const *variables, size_t n_variables,
                const uint64_t *runs, size_t n_runs,
                void (*each)(void *context, const sw_block *block), void *context)
{
    assert(n_runs <= SW_PICKED_MAX);
    sw_digits id = sw_digits_of(study);
    sw_auto(free) char *wanted = runs_literal(runs, n_runs);
    sw_auto(free) char *names = sw_piece_names(variables, n_variables);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, true, sql, 3, (const char *[]){id.s, wanted, names});
    if (e)
        return e;
    picking p = {variables, n_variables, n_runs, sw_calloc(n_runs, sizeof *p.pieces)};
    if (!take_rows(&p, r, runs))
        e = SW_E_CONFLICT;
    for (size_t i = 0; i < n_runs; i++) {
        sw_piece *piece = &p.pieces[i];
        if (piece->n == 0)
            continue;
        sw_piece_finish(piece, variables, n_variables);
        if (!e)
            each(context, &(sw_block){piece->first, 1, piece->columns});
        sw_piece_fini(piece, n_variables);
    }
    free(p.pieces);
    return e;
}
