// SPDX-License-Identifier: Apache-2.0
// Studies: stored once, moved through their life cycle, listed, forgotten.
#include "lib/base/log.h"
#include "server/store/connection.h"

void
sw_study_row_fini(sw_study_row *row)
{
    char *texts[] = {row->name,     row->model,    row->model_version, row->method, row->hash,
                     row->document, row->resolved, row->reason,        row->tags,   row->created,
                     row->started,  row->finished, row->stop};
    for (size_t i = 0; i < sw_countof(texts); i++)
        free(texts[i]);
    *row = (sw_study_row){0};
}

#define STUDY_COLUMNS                                                                              \
    "id, name, model, model_version, method, hash, state, reason, points, runs, made, failed, "    \
    "priority, busy, array_to_json(tags), " SW_TIME("created") ", " SW_TIME(                       \
        "started") ", " SW_TIME("finished") ", stop, rejected"

static void
read_row(const PGresult *r, int i, sw_study_row *row)
{
    *row = (sw_study_row){
        .id = sw_store_integer(r, i, 0),
        .name = sw_store_text(r, i, 1),
        .model = sw_store_text(r, i, 2),
        .model_version = sw_store_text(r, i, 3),
        .method = sw_store_text(r, i, 4),
        .hash = sw_store_text(r, i, 5),
        .state = (sw_state)sw_state_of(PQgetvalue(r, i, 6)),
        .reason = sw_store_text(r, i, 7),
        .points = sw_store_integer(r, i, 8),
        .runs = sw_store_integer(r, i, 9),
        .made = sw_store_integer(r, i, 10),
        .failed = sw_store_integer(r, i, 11),
        .priority = sw_store_integer(r, i, 12),
        .busy = sw_store_real(r, i, 13),
        .tags = sw_store_text(r, i, 14),
        .created = sw_store_text(r, i, 15),
        .started = sw_store_text(r, i, 16),
        .finished = sw_store_text(r, i, 17),
        .stop = sw_store_text(r, i, 18),
        .rejected = sw_store_integer(r, i, 19),
    };
}

// The text[] literal of a JSON array of strings.
static char *
tags_literal(const json_t *tags)
{
    sw_buffer b = {0};
    sw_buffer_char(&b, '{');
    for (size_t i = 0; i < json_array_size(tags); i++) {
        sw_buffer_str(&b, i ? ",\"" : "\"");
        for (const char *s = json_string_value(json_array_get(tags, i)); *s; s++) {
            if (*s == '"' || *s == '\\')
                sw_buffer_char(&b, '\\');
            sw_buffer_char(&b, *s);
        }
        sw_buffer_char(&b, '"');
    }
    sw_buffer_char(&b, '}');
    return sw_buffer_text(&b);
}

// The study that an idempotency key was used for.
static sw_error
find_by_key(sw_store *store, const sw_new_study *study, int64_t *id)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e =
        sw_store_query(store, &r, false,
                       "SELECT id, idempotency_hash = $2 FROM studies"
                       " WHERE idempotency_key = $1",
                       2, (const char *[]){study->idempotency_key, study->idempotency_hash});
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    *id = sw_store_integer(r, 0, 0);
    return PQgetvalue(r, 0, 1)[0] == 't' ? SW_E_NONE : SW_E_IDEMPOTENCY;
}

sw_error
sw_store_study_insert(sw_store *store, const sw_new_study *study, int64_t *id, bool *existed)
{
    *existed = false;
    sw_auto(free) char *tags = tags_literal(study->tags);
    sw_digits points = sw_digits_of(study->points), runs = sw_digits_of(study->runs);
    sw_digits priority = sw_digits_of(study->priority);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(
        store, &r, false,
        "WITH s AS (INSERT INTO studies (name, model, model_version, method, document, resolved,"
        " hash, points, runs, priority, tags, idempotency_key, idempotency_hash, failures_allowed,"
        " growing)"
        " VALUES ($1, $2, $3, $4, $5::json, $6::json, $7, $8, $9, $10, $11::text[], $12, $13,"
        " floor($9::bigint * coalesce(($6::json->'limits'->>'max_failed_fraction')::float8, 1)),"
        " $6::json->'stop_when' IS NOT NULL)"
        " ON CONFLICT (idempotency_key) DO NOTHING RETURNING id, state),"
        " e AS (INSERT INTO events (study, kind, data)"
        " SELECT id, 'submitted', json_build_object('state', state, 'runs', $9::bigint) FROM s)"
        " SELECT id FROM s",
        13,
        (const char *[]){study->name, study->model, study->model_version, study->method,
                         study->document, study->resolved, study->hash, points.s, runs.s,
                         priority.s, tags, study->idempotency_key, study->idempotency_hash});
    if (e)
        return e;
    if (PQntuples(r) == 1) {
        *id = sw_store_integer(r, 0, 0);
        return SW_E_NONE;
    }
    *existed = true;
    return find_by_key(store, study, id);
}

sw_error
sw_store_study_get(sw_store *store, int64_t id, sw_study_row *row)
{
    sw_digits key = sw_digits_of(id);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT " STUDY_COLUMNS ", document, resolved FROM studies"
                                " WHERE id = $1 AND state <> 'deleted'",
                                1, (const char *[]){key.s});
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    read_row(r, 0, row);
    row->document = sw_store_text(r, 0, 20);
    row->resolved = sw_store_text(r, 0, 21);
    return SW_E_NONE;
}

sw_error
sw_store_study_list(sw_store *store, const sw_study_filter *filter, sw_study_row *rows, int *n)
{
    sw_digits before = sw_digits_of(filter->before ? filter->before : INT64_MAX);
    sw_digits limit = sw_digits_of(filter->limit + 1);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e =
        sw_store_query(store, &r, false,
                       "SELECT " STUDY_COLUMNS " FROM studies WHERE id < $1 AND state <> 'deleted'"
                       " AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR model = $3)"
                       " AND ($4::text IS NULL OR $4 = ANY (tags))"
                       " AND ($5::text IS NULL OR position(lower($5) IN lower(name)) > 0)"
                       " ORDER BY id DESC LIMIT $6",
                       6,
                       (const char *[]){before.s, filter->state, filter->model, filter->tag,
                                        filter->text, limit.s});
    if (e)
        return e;
    *n = PQntuples(r);
    for (int i = 0; i < *n; i++)
        read_row(r, i, &rows[i]);
    return SW_E_NONE;
}

// Reads the state under a row lock, asks the table, writes what it says and the event.
static sw_error
move_locked(sw_store *store, const char *id, sw_event event, const char *reason, sw_state *now)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT state FROM studies WHERE id = $1 AND state <> 'deleted'"
                                " FOR UPDATE",
                                1, (const char *[]){id});
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    *now = (sw_state)sw_state_of(PQgetvalue(r, 0, 0));
    int next = sw_state_after(*now, event);
    if (next < 0)
        return SW_E_CONFLICT;
    *now = (sw_state)next;
    e = sw_store_do(store, NULL,
                    "UPDATE studies SET state = $2, reason = $3, finished ="
                    " CASE WHEN $2 IN ('done', 'failed', 'cancelled') THEN now() END"
                    " WHERE id = $1",
                    3, (const char *[]){id, sw_state_name(*now), reason});
    if (e)
        return e;
    return sw_store_do(store, NULL,
                       "INSERT INTO events (study, kind, data) SELECT id, 'state',"
                       " json_build_object('state', state, 'made', made, 'failed', failed,"
                       " 'runs', runs) FROM studies WHERE id = $1",
                       1, (const char *[]){id});
}

static sw_error
extend_locked(sw_store *store, const char *id, const sw_study_growth *g, sw_state *now)
{
    int64_t changed = 0;
    sw_error e = move_locked(store, id, SW_EVENT_EXTEND, NULL, now);
    sw_digits points = sw_digits_of(g->points), runs = sw_digits_of(g->runs);
    if (!e)
        e = sw_store_do(store, &changed,
                        "UPDATE studies SET resolved = $3::json, hash = $4, points = $5,"
                        " runs = $6::bigint, failures_allowed = floor($6::bigint *"
                        " coalesce(($3::json->'limits'->>'max_failed_fraction')::float8, 1))"
                        " WHERE id = $1 AND hash = $2 AND growing = $7::boolean",
                        7,
                        (const char *[]){id, g->old_hash, g->resolved, g->hash, points.s, runs.s,
                                         g->growing ? "t" : "f"});
    bool expected = *now == (g->growing ? SW_RUNNING : SW_QUEUED);
    return !e && (changed == 0 || !expected) ? SW_E_CONFLICT : e;
}

sw_error
sw_store_study_extend(sw_store *store, int64_t id, const sw_study_growth *growth, sw_state *now)
{
    sw_digits key = sw_digits_of(id);
    sw_error e = sw_store_script(store, "BEGIN");
    if (e)
        return e;
    return sw_store_end(store, extend_locked(store, key.s, growth, now));
}

sw_error
sw_store_studies_grown(sw_store *store, int64_t ids[100], size_t *n)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT id FROM studies WHERE growing AND state = 'running'"
                                " AND made >= runs ORDER BY id LIMIT 100",
                                0, NULL);
    *n = e ? 0 : (size_t)PQntuples(r);
    for (size_t i = 0; i < *n; i++)
        ids[i] = sw_store_integer(r, (int)i, 0);
    return e;
}

sw_error
sw_store_study_settle(sw_store *store, int64_t id, const char *why)
{
    sw_digits key = sw_digits_of(id);
    sw_state now;
    sw_error e = sw_store_script(store, "BEGIN");
    if (e)
        return e;
    e = sw_store_do(store, NULL,
                    "UPDATE studies SET growing = false, stop = $2::json WHERE id = $1", 2,
                    (const char *[]){key.s, why});
    if (!e)
        e = move_locked(store, key.s, SW_EVENT_FINISH, NULL, &now);
    return sw_store_end(store, e);
}

sw_error
sw_store_study_move(sw_store *store, int64_t id, sw_event event, const char *reason, sw_state *now)
{
    sw_digits key = sw_digits_of(id);
    sw_error e = sw_store_script(store, "BEGIN");
    if (e)
        return e;
    return sw_store_end(store, move_locked(store, key.s, event, reason, now));
}

sw_error
sw_store_study_delete(sw_store *store, int64_t id)
{
    sw_digits key = sw_digits_of(id);
    int64_t changed = 0;
    sw_error e = sw_store_do(store, &changed,
                             "UPDATE studies SET state = 'deleted', idempotency_key = NULL"
                             " WHERE id = $1 AND state IN ('done', 'failed', 'cancelled')",
                             1, (const char *[]){key.s});
    if (e || changed)
        return e;
    sw_study_row row;
    e = sw_store_study_get(store, id, &row);
    if (e)
        return e;
    sw_study_row_fini(&row);
    return SW_E_CONFLICT;
}

sw_error
sw_store_studies_expire(sw_store *store, int64_t days, int64_t *n)
{
    sw_digits most = sw_digits_of(days);
    return sw_store_do(store, n,
                       "UPDATE studies SET state = 'deleted', idempotency_key = NULL"
                       " WHERE id IN (SELECT id FROM studies"
                       "  WHERE state IN ('done', 'failed', 'cancelled')"
                       "  AND finished < now() - $1::bigint * interval '1 day'"
                       "  AND NOT 'keep' = ANY (tags) LIMIT 1000)",
                       1, (const char *[]){most.s});
}

// One statement for each table with rows of studies; each removes a bounded number.
#define PURGE_ROWS 5000
#define PURGE(table)                                                                               \
    "DELETE FROM " table " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " table                        \
    " WHERE study = $1 LIMIT 5000))"

// Removes the next rows of one deleted study; *left: whether it still has some.
static sw_error
purge_study(sw_store *store, const char *id, bool *left)
{
    static const char *const sqls[] = {PURGE("columns"),   PURGE("chunks"),   PURGE("failures"),
                                       PURGE("artifacts"), PURGE("analyses"), PURGE("events")};
    for (size_t i = 0; i < sw_countof(sqls); i++) {
        int64_t changed = 0;
        sw_error e = sw_store_do(store, &changed, sqls[i], 1, (const char *[]){id});
        if (e)
            return e;
        if (changed == PURGE_ROWS) {
            *left = true;
            return SW_E_NONE;
        }
    }
    sw_auto(free) char *drop = sw_format("DROP VIEW IF EXISTS study_%s", id);
    sw_error e = sw_store_script(store, drop);
    return e ? e
             : sw_store_do(store, NULL, "DELETE FROM studies WHERE id = $1 AND state = 'deleted'",
                           1, (const char *[]){id});
}

sw_error
sw_store_purge(sw_store *store, bool *more)
{
    *more = false;
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT id FROM studies WHERE state = 'deleted' LIMIT 2", 0, NULL);
    if (e || PQntuples(r) == 0)
        return e;
    *more = PQntuples(r) > 1;
    return purge_study(store, PQgetvalue(r, 0, 0), more);
}

sw_error
sw_store_retry_failed(sw_store *store, int64_t id, const char *kind, const char *group, int64_t *n)
{
    sw_digits key = sw_digits_of(id);
    sw_error e = sw_store_script(store, "BEGIN");
    if (e)
        return e;
    sw_state now;
    e = move_locked(store, key.s, SW_EVENT_RETRY, NULL, &now);
    sw_auto(pgresult) PGresult *r = NULL;
    if (!e)
        e = sw_store_query(store, &r, false, "SELECT forget_failed_runs($1, $2, $3)", 3,
                           (const char *[]){key.s, kind, group});
    if (!e)
        *n = sw_store_integer(r, 0, 0);
    if (!e && *n == 0 && !kind && !group)
        return sw_store_script(store, "ROLLBACK");
    return sw_store_end(store, !e && *n == 0 ? SW_E_NOT_FOUND : e);
}

sw_error
sw_store_studies_active(sw_store *store, int64_t **ids, size_t *n)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT id FROM studies WHERE state IN"
                                " ('queued', 'running', 'paused') ORDER BY id",
                                0, NULL);
    if (e)
        return e;
    *n = (size_t)PQntuples(r);
    *ids = sw_malloc(*n * sizeof **ids);
    for (size_t i = 0; i < *n; i++)
        (*ids)[i] = sw_store_integer(r, (int)i, 0);
    return SW_E_NONE;
}

sw_error
sw_store_make_view(sw_store *store, int64_t id)
{
    sw_digits key = sw_digits_of(id);
    return sw_store_do(store, NULL, "SELECT make_study_view($1)", 1, (const char *[]){key.s});
}

sw_error
sw_store_totals_get(sw_store *store, sw_store_totals *totals)
{
    *totals = (sw_store_totals){0};
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT state, count(*), coalesce(sum(made), 0),"
                                " coalesce(sum(failed), 0) FROM studies"
                                " WHERE state <> 'deleted' GROUP BY state",
                                0, NULL);
    if (e)
        return e;
    for (int i = 0; i < PQntuples(r); i++) {
        int state = sw_state_of(PQgetvalue(r, i, 0));
        totals->studies[state] = sw_store_integer(r, i, 1);
        totals->made += sw_store_integer(r, i, 2);
        totals->failed += sw_store_integer(r, i, 3);
    }
    return SW_E_NONE;
}
