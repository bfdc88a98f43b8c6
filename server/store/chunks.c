// SPDX-License-Identifier: Apache-2.0
// Writing results: several chunks, their failures and the progress of their studies in one
// transaction, by binary COPY. A chunk whose transaction is not committed does not exist.
#include "server/store/columns.h"

#include "lib/base/log.h"
#include "server/store/connection.h"
#include "server/store/copy.h"

#include <sweepd/model.h>

#define WRITER_LOCK "5793364102"

static const char *const outcome_names[] = {
    [SW_ERROR] = "error",   [SW_CRASH] = "crash",       [SW_TIMEOUT] = "timeout",
    [SW_MEMORY] = "memory", [SW_REJECTED] = "rejected",
};

sw_error
sw_store_become_writer(sw_store *store, double seconds)
{
    sw_error e = sw_store_connect(store);
    if (e)
        return e;
    // Session settings of the one writer: the wait below is its own timeout.
    sw_auto(free) char *wait = sw_format("SET statement_timeout = %ld", (long)(seconds * 1000) + 1);
    e = sw_store_script(store, wait);
    if (!e)
        e = sw_store_script(store, "SELECT pg_advisory_lock(" WRITER_LOCK ")");
    sw_auto(free) char *usual =
        sw_format("SET statement_timeout = %ld", (long)(store->statement_seconds * 1000));
    sw_error restored = store->conn ? sw_store_script(store, usual) : SW_E_DATABASE;
    if (e == SW_E_TIMEOUT)
        return SW_E_BUSY;
    return e ? e : restored;
}

// ---- one transaction ----

// A study that occurs in the transaction, its row locked.
typedef struct study_state {
    int64_t id, made, failed, rejected, runs, failures_allowed;
    double busy;
    sw_state state;
    bool exists, changed;
    bool growing; // whether it is done when all runs are made is decided elsewhere
} study_state;

static study_state *
find_study(study_state *studies, size_t n, int64_t id)
{
    for (size_t s = 0; s < n; s++) {
        if (studies[s].id == id)
            return &studies[s];
    }
    return NULL;
}

static size_t
collect_studies(const sw_chunk *const *chunks, size_t n, study_state *studies)
{
    size_t n_studies = 0;
    for (size_t c = 0; c < n; c++) {
        if (!find_study(studies, n_studies, chunks[c]->study))
            studies[n_studies++] = (study_state){.id = chunks[c]->study};
    }
    return n_studies;
}

// Locks the rows in order of id, so that two transactions never wait for each other.
static sw_error
lock_studies(sw_store *store, study_state *studies, size_t n)
{
    sw_buffer ids = {0};
    for (size_t s = 0; s < n; s++)
        sw_buffer_printf(&ids, "%c%lld", s ? ',' : '{', (long long)studies[s].id);
    sw_buffer_char(&ids, '}');
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT id, made, failed, runs, failures_allowed, state, growing,"
                                " rejected"
                                " FROM studies"
                                " WHERE id = ANY ($1::bigint[]) AND state <> 'deleted'"
                                " ORDER BY id FOR UPDATE",
                                1, (const char *[]){sw_buffer_text(&ids)});
    sw_buffer_fini(&ids);
    for (int i = 0; !e && i < PQntuples(r); i++) {
        study_state *s = find_study(studies, n, sw_store_integer(r, i, 0));
        s->exists = true;
        s->made = sw_store_integer(r, i, 1);
        s->failed = sw_store_integer(r, i, 2);
        s->runs = sw_store_integer(r, i, 3);
        s->failures_allowed = sw_store_integer(r, i, 4);
        s->state = (sw_state)sw_state_of(PQgetvalue(r, i, 5));
        s->growing = PQgetvalue(r, i, 6)[0] == 't';
        s->rejected = sw_store_integer(r, i, 7);
    }
    return e;
}

static sw_error
copy(sw_store *store, const char *sql, const sw_buffer *rows)
{
    sw_auto(pgresult) PGresult *start = PQexec(store->conn, sql);
    if (PQresultStatus(start) != PGRES_COPY_IN)
        return sw_store_failed(store, start, sql);
    bool sent = PQputCopyData(store->conn, rows->data, (int)rows->n) == 1;
    if (!sent || PQputCopyEnd(store->conn, NULL) != 1)
        return sw_store_failed(store, NULL, sql);
    sw_error e = SW_E_NONE;
    for (PGresult *r; (r = PQgetResult(store->conn)) != NULL; PQclear(r)) {
        if (!e && PQresultStatus(r) != PGRES_COMMAND_OK)
            e = sw_store_failed(store, r, sql);
        if (!store->conn) {
            PQclear(r);
            break;
        }
    }
    return e;
}

static void
add_columns(sw_buffer *b, const sw_chunk *chunk)
{
    for (size_t v = 0; v < chunk->n_columns; v++) {
        const sw_column *c = &chunk->columns[v];
        sw_copy_row(b, 6);
        sw_copy_int8(b, chunk->study);
        sw_copy_bytes(b, c->variable, strlen(c->variable));
        sw_copy_int8(b, (int64_t)chunk->first_run);
        if (c->texts)
            sw_copy_null(b);
        else
            sw_copy_float8s(b, c->values, c->n_values);
        if (c->lengths)
            sw_copy_int4s(b, c->lengths, chunk->n_runs);
        else
            sw_copy_null(b);
        if (c->texts)
            sw_copy_texts(b, c->texts, chunk->n_runs);
        else
            sw_copy_null(b);
    }
}

static void
add_chunk(sw_buffer *b, const sw_chunk *chunk)
{
    sw_copy_row(b, 6);
    sw_copy_int8(b, chunk->study);
    sw_copy_int8(b, (int64_t)chunk->first_run);
    sw_copy_int4(b, (int32_t)chunk->n_runs);
    sw_copy_bytes(b, chunk->worker, strlen(chunk->worker));
    sw_copy_int4(b, chunk->attempts);
    sw_copy_float8(b, chunk->busy);
}

static void
add_failures(sw_buffer *b, const sw_chunk *chunk)
{
    for (size_t i = 0; i < chunk->n_failures; i++) {
        const sw_failure *f = &chunk->failures[i];
        const char *kind = outcome_names[f->outcome];
        sw_copy_row(b, 6);
        sw_copy_int8(b, chunk->study);
        sw_copy_int8(b, (int64_t)f->run);
        sw_copy_bytes(b, kind, strlen(kind));
        sw_copy_bytes(b, f->message, strlen(f->message));
        sw_copy_bytes(b, f->log, strlen(f->log));
        sw_copy_int4(b, f->attempts);
    }
}

static void
add_artifacts(sw_buffer *b, const sw_chunk *chunk)
{
    for (size_t i = 0; i < chunk->n_artifacts; i++) {
        const sw_artifact_row *a = &chunk->artifacts[i];
        sw_copy_row(b, 5);
        sw_copy_int8(b, chunk->study);
        sw_copy_int8(b, (int64_t)a->run);
        sw_copy_bytes(b, a->name, strlen(a->name));
        sw_copy_bytes(b, a->media_type, strlen(a->media_type));
        sw_copy_bytes(b, a->bytes, a->n);
    }
}

// The tables that a chunk goes to, in the order written.
static const struct {
    const char *sql;
    void (*add)(sw_buffer *b, const sw_chunk *chunk);
} tables[] = {
    {"COPY columns (study, variable, first_run, values, lengths, texts) FROM STDIN (FORMAT binary)",
     add_columns},
    {"COPY chunks (study, first_run, n_runs, worker, attempts, busy) FROM STDIN (FORMAT binary)",
     add_chunk},
    {"COPY failures (study, run, kind, message, log, attempts) FROM STDIN (FORMAT binary)",
     add_failures},
    {"COPY artifacts (study, run, name, media_type, bytes) FROM STDIN (FORMAT binary)",
     add_artifacts},
};

static sw_error
copy_chunks(sw_store *store, const sw_chunk *const *chunks, size_t n, study_state *studies,
            size_t n_studies)
{
    sw_buffer rows = {0};
    sw_error e = SW_E_NONE;
    for (size_t t = 0; t < sw_countof(tables) && !e; t++) {
        sw_buffer_clear(&rows);
        sw_copy_begin(&rows);
        size_t head = rows.n;
        for (size_t c = 0; c < n; c++) {
            if (find_study(studies, n_studies, chunks[c]->study)->exists)
                tables[t].add(&rows, chunks[c]);
        }
        if (rows.n == head)
            continue;
        sw_copy_end(&rows);
        e = copy(store, tables[t].sql, &rows);
    }
    sw_buffer_fini(&rows);
    return e;
}

static void
count(const sw_chunk *const *chunks, size_t n, study_state *studies, size_t n_studies)
{
    for (size_t c = 0; c < n; c++) {
        study_state *s = find_study(studies, n_studies, chunks[c]->study);
        s->made += (int64_t)chunks[c]->n_runs;
        s->failed += (int64_t)chunks[c]->n_failures;
        for (size_t i = 0; i < chunks[c]->n_failures; i++)
            s->rejected += chunks[c]->failures[i].outcome == SW_REJECTED;
        s->busy += chunks[c]->busy;
    }
}

static void
move(study_state *s, sw_event event)
{
    int next = sw_state_after(s->state, event);
    s->changed |= next >= 0 && (sw_state)next != s->state;
    s->state = next >= 0 ? (sw_state)next : s->state;
}

// What the new counts mean for the life of the study. What its constraints reject has not failed;
// but a study of nothing else has no result.
static void
advance(study_state *s)
{
    if (s->state == SW_QUEUED)
        move(s, SW_EVENT_START);
    bool nothing = s->rejected > 0 && s->rejected == s->runs;
    if (s->failed - s->rejected > s->failures_allowed || nothing)
        move(s, SW_EVENT_FAIL);
    else if (s->made >= s->runs && !s->growing)
        move(s, SW_EVENT_FINISH);
}

static sw_error
save_progress(sw_store *store, const study_state *s)
{
    sw_digits id = sw_digits_of(s->id), made = sw_digits_of(s->made);
    sw_digits failed = sw_digits_of(s->failed), rejected = sw_digits_of(s->rejected);
    sw_auto(free) char *busy = sw_format("%.17g", s->busy);
    // One progress event a second and study; a change of state always has its own.
    return sw_store_do(
        store, NULL,
        "WITH s AS (UPDATE studies SET made = $2::bigint, failed = $3::bigint, rejected = "
        "$7::bigint,"
        " busy = busy + $4::float8, state = $5::text, started = coalesce(started, now()),"
        " reason = CASE WHEN $5::text <> 'failed' THEN reason WHEN $7::bigint = runs"
        " THEN coalesce(reason, 'every run was rejected before it began; see failures')"
        " ELSE coalesce(reason, ($3::bigint - $7::bigint) || ' of ' || runs"
        " || ' runs failed, at most ' || failures_allowed || ' may') END,"
        " finished = CASE WHEN $5::text IN ('done', 'failed', 'cancelled')"
        " THEN coalesce(finished, now()) END"
        " WHERE id = $1::bigint RETURNING id, runs)"
        " INSERT INTO events (study, kind, data) SELECT id,"
        " CASE WHEN $6::boolean THEN 'state' ELSE 'progress' END,"
        " json_build_object('state', $5::text, 'made', $2::bigint, 'failed', $3::bigint,"
        " 'runs', runs)"
        " FROM s WHERE $6::boolean OR coalesce((SELECT at < now() - interval '1 second'"
        " FROM events WHERE study = $1::bigint ORDER BY events.id DESC LIMIT 1), true)",
        7,
        (const char *[]){id.s, made.s, failed.s, busy, sw_state_name(s->state),
                         s->changed ? "t" : "f", rejected.s});
}

static sw_error
write_locked(sw_store *store, const sw_chunk *const *chunks, size_t n, study_state *studies,
             size_t n_studies)
{
    sw_error e = lock_studies(store, studies, n_studies);
    if (!e)
        e = copy_chunks(store, chunks, n, studies, n_studies);
    if (e)
        return e;
    count(chunks, n, studies, n_studies);
    for (size_t s = 0; s < n_studies && !e; s++) {
        if (!studies[s].exists)
            continue;
        advance(&studies[s]);
        e = save_progress(store, &studies[s]);
    }
    return e;
}

sw_error
sw_store_chunks_write(sw_store *store, const sw_chunk *const *chunks, size_t n,
                      sw_progress *progress, size_t *n_progress)
{
    study_state *studies = sw_malloc(n * sizeof *studies);
    size_t n_studies = collect_studies(chunks, n, studies);
    sw_error e = sw_store_script(store, "BEGIN");
    if (!e)
        e = sw_store_end(store, write_locked(store, chunks, n, studies, n_studies));
    *n_progress = e ? 0 : n_studies;
    for (size_t s = 0; s < *n_progress; s++)
        progress[s] = (sw_progress){studies[s].id, studies[s].made, studies[s].failed,
                                    studies[s].runs, studies[s].state};
    free(studies);
    return e;
}

static sw_error
import_within(sw_store *store, const sw_new_study *study, sw_chunk *chunks,
              const sw_chunk *const *list, size_t n, int64_t *id, bool *existed)
{
    sw_error e = sw_store_study_insert(store, study, id, existed);
    if (e || *existed)
        return e;
    for (size_t c = 0; c < n; c++)
        chunks[c].study = *id;
    study_state state = {.id = *id};
    return write_locked(store, list, n, &state, 1);
}

sw_error
sw_store_study_import(sw_store *store, const sw_new_study *study, sw_chunk *chunks,
                      const sw_chunk *const *list, size_t n, int64_t *id, bool *existed)
{
    sw_error e = sw_store_script(store, "BEGIN");
    if (e)
        return e;
    return sw_store_end(store, import_within(store, study, chunks, list, n, id, existed));
}

sw_error
sw_store_chunk_exists(sw_store *store, int64_t study, uint64_t first_run, bool *exists)
{
    sw_digits id = sw_digits_of(study), first = sw_digits_of((int64_t)first_run);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e =
        sw_store_query(store, &r, false, "SELECT 1 FROM chunks WHERE study = $1 AND first_run = $2",
                       2, (const char *[]){id.s, first.s});
    if (!e)
        *exists = PQntuples(r) > 0;
    return e;
}

// Chunks asked for at once: bounds the memory of a study with very many of them.
#define RANGES_PAGE 20000

sw_error
sw_store_chunk_ranges(sw_store *store, int64_t study,
                      void (*each)(void *context, uint64_t first, uint64_t n), void *context)
{
    sw_digits id = sw_digits_of(study), from = sw_digits_of(0);
    for (;;) {
        sw_auto(pgresult) PGresult *r = NULL;
        sw_error e = sw_store_query(store, &r, false,
                                    "SELECT first_run, n_runs FROM chunks WHERE study = $1"
                                    " AND first_run >= $2 ORDER BY first_run LIMIT 20000",
                                    2, (const char *[]){id.s, from.s});
        if (e)
            return e;
        int n = PQntuples(r);
        for (int i = 0; i < n; i++)
            each(context, (uint64_t)sw_store_integer(r, i, 0), (uint64_t)sw_store_integer(r, i, 1));
        if (n < RANGES_PAGE)
            return SW_E_NONE;
        from = sw_digits_of(sw_store_integer(r, n - 1, 0) + 1);
    }
}
