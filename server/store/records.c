// SPDX-License-Identifier: Apache-2.0
// What belongs to a study beside its columns: failures, analyses, events, artifacts.
#include "server/store/connection.h"

void
sw_failure_row_fini(sw_failure_row *row)
{
    free(row->kind);
    free(row->message);
    free(row->group);
    free(row->log);
    *row = (sw_failure_row){0};
}

void
sw_event_row_fini(sw_event_row *row)
{
    free(row->kind);
    free(row->data);
    free(row->at);
    *row = (sw_event_row){0};
}

// The one text field of the one row that a query gives.
static sw_error
one_text(sw_store *store, char **text, const char *sql, int n, const char *const *params)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false, sql, n, params);
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    *text = sw_store_text(r, 0, 0);
    return SW_E_NONE;
}

sw_error
sw_store_failure_list(sw_store *store, int64_t study, int64_t after, const char *kind,
                      const char *group, int limit, sw_failure_row *rows, int *n)
{
    sw_digits id = sw_digits_of(study), from = sw_digits_of(after), most = sw_digits_of(limit + 1);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT run, kind, message, log, attempts, pattern FROM failures"
                                " WHERE study = $1 AND run > $2"
                                " AND ($3::text IS NULL OR kind = $3)"
                                " AND ($5::text IS NULL OR pattern = $5) ORDER BY run LIMIT $4",
                                5, (const char *[]){id.s, from.s, kind, most.s, group});
    if (e)
        return e;
    *n = PQntuples(r);
    for (int i = 0; i < *n; i++)
        rows[i] = (sw_failure_row){
            .run = sw_store_integer(r, i, 0),
            .kind = sw_store_text(r, i, 1),
            .message = sw_store_text(r, i, 2),
            .log = sw_store_text(r, i, 3),
            .attempts = (int)sw_store_integer(r, i, 4),
            .group = sw_store_text(r, i, 5),
        };
    return SW_E_NONE;
}

sw_error
sw_store_failure_groups(sw_store *store, int64_t study, int limit, char **json)
{
    sw_digits id = sw_digits_of(study), most = sw_digits_of(limit);
    return one_text(store, json,
                    "SELECT coalesce(json_agg(json_build_object('kind', g.kind, 'group', g.pattern,"
                    " 'message', f.message, 'count', g.count, 'first_run', g.first_run)"
                    " ORDER BY g.count DESC, g.first_run), '[]')"
                    " FROM (SELECT kind, pattern, count(*), min(run) AS first_run FROM failures"
                    "  WHERE study = $1 GROUP BY kind, pattern"
                    "  ORDER BY count(*) DESC, min(run) LIMIT $2) AS g"
                    " JOIN failures f ON f.study = $1 AND f.run = g.first_run",
                    2, (const char *[]){id.s, most.s});
}

sw_error
sw_store_analysis_get(sw_store *store, int64_t study, const char *request, int64_t made,
                      char **result)
{
    sw_digits id = sw_digits_of(study), at = sw_digits_of(made);
    return one_text(store, result,
                    "SELECT result FROM analyses WHERE study = $1 AND request = $2 AND made = $3",
                    3, (const char *[]){id.s, request, at.s});
}

sw_error
sw_store_analysis_put(sw_store *store, int64_t study, const char *request, int64_t made,
                      const char *result)
{
    sw_digits id = sw_digits_of(study), at = sw_digits_of(made);
    return sw_store_do(store, NULL,
                       "INSERT INTO analyses (study, request, made, result)"
                       " VALUES ($1, $2, $3, $4) ON CONFLICT (study, request) DO UPDATE"
                       " SET made = excluded.made, result = excluded.result, computed = now()",
                       4, (const char *[]){id.s, request, at.s, result});
}

sw_error
sw_store_analysis_list(sw_store *store, int64_t study, char **json)
{
    sw_digits id = sw_digits_of(study);
    return one_text(store, json,
                    "SELECT coalesce(json_agg(json_build_object('request', request::json,"
                    " 'result', result, 'made', made, 'computed', " SW_TIME(
                        "computed") ")"
                                    " ORDER BY computed), '[]') FROM analyses WHERE study = $1",
                    1, (const char *[]){id.s});
}

sw_error
sw_store_event_list(sw_store *store, int64_t study, int64_t after, int limit, sw_event_row *rows,
                    int *n)
{
    sw_digits id = sw_digits_of(study), from = sw_digits_of(after), most = sw_digits_of(limit);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e =
        study ? sw_store_query(store, &r, false,
                               "SELECT id, study, kind, data, " SW_TIME(
                                   "at") " FROM events"
                                         " WHERE study = $1 AND id > $2 ORDER BY id LIMIT $3",
                               3, (const char *[]){id.s, from.s, most.s})
              : sw_store_query(store, &r, false,
                               "SELECT id, study, kind, data, " SW_TIME(
                                   "at") " FROM events"
                                         " WHERE id > $1 ORDER BY id LIMIT $2",
                               2, (const char *[]){from.s, most.s});
    if (e)
        return e;
    *n = PQntuples(r);
    for (int i = 0; i < *n; i++)
        rows[i] = (sw_event_row){
            .id = sw_store_integer(r, i, 0),
            .study = sw_store_integer(r, i, 1),
            .kind = sw_store_text(r, i, 2),
            .data = sw_store_text(r, i, 3),
            .at = sw_store_text(r, i, 4),
        };
    return SW_E_NONE;
}

sw_error
sw_store_event_put(sw_store *store, int64_t study, const char *kind, const char *data)
{
    sw_digits id = sw_digits_of(study);
    return sw_store_do(store, NULL, "INSERT INTO events (study, kind, data) VALUES ($1, $2, $3)", 3,
                       (const char *[]){id.s, kind, data});
}

sw_error
sw_store_event_last(sw_store *store, int64_t *id)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e =
        sw_store_query(store, &r, false, "SELECT coalesce(max(id), 0) FROM events", 0, NULL);
    if (!e)
        *id = sw_store_integer(r, 0, 0);
    return e;
}

sw_error
sw_store_studies_live(sw_store *store, sw_live_row *rows, size_t most, size_t *n)
{
    sw_digits limit = sw_digits_of((int64_t)most);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(
        store, &r, false,
        "SELECT id, made, runs FROM studies WHERE made > 0 AND (state = 'running' OR"
        " (state = 'done' AND finished > now() - interval '1 minute')) ORDER BY id DESC LIMIT $1",
        1, (const char *[]){limit.s});
    *n = e ? 0 : (size_t)PQntuples(r);
    for (size_t i = 0; i < *n; i++)
        rows[i] = (sw_live_row){.study = sw_store_integer(r, (int)i, 0),
                                .made = sw_store_integer(r, (int)i, 1),
                                .runs = sw_store_integer(r, (int)i, 2)};
    return e;
}

sw_error
sw_store_event_told(sw_store *store, int64_t study, int64_t *runs)
{
    sw_digits id = sw_digits_of(study);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT coalesce(max((data->>'runs')::bigint), 0) FROM events"
                                " WHERE study = $1 AND kind = 'analysis'",
                                1, (const char *[]){id.s});
    if (!e)
        *runs = sw_store_integer(r, 0, 0);
    return e;
}

sw_error
sw_store_artifact_list(sw_store *store, int64_t study, int64_t run, char **json)
{
    sw_digits id = sw_digits_of(study), at = sw_digits_of(run);
    return one_text(store, json,
                    "SELECT coalesce(json_agg(json_build_object('name', name, 'media_type',"
                    " media_type, 'size', length(bytes)) ORDER BY name), '[]')"
                    " FROM artifacts WHERE study = $1 AND run = $2",
                    2, (const char *[]){id.s, at.s});
}

sw_error
sw_store_artifact_get(sw_store *store, int64_t study, int64_t run, const char *name,
                      char **media_type, void **bytes, size_t *n)
{
    sw_digits id = sw_digits_of(study), at = sw_digits_of(run);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, true,
                                "SELECT media_type, bytes FROM artifacts"
                                " WHERE study = $1 AND run = $2 AND name = $3",
                                3, (const char *[]){id.s, at.s, name});
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    *media_type = sw_store_text(r, 0, 0);
    *n = (size_t)PQgetlength(r, 0, 1);
    *bytes = sw_malloc(*n);
    memcpy(*bytes, PQgetvalue(r, 0, 1), *n);
    return SW_E_NONE;
}
