// SPDX-License-Identifier: Apache-2.0
// The table of workers: replaced as a whole, as one JSON document.
#include "server/store/workers.h"

#include "server/store/connection.h"

sw_error
sw_store_workers_write(sw_store *store, const sw_worker_row *rows, size_t n)
{
    sw_auto(json) json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        const sw_worker_row *w = &rows[i];
        json_array_append_new(
            list, json_pack("{ss ss si si si ss sI sI sO sf sf}", "id", w->id, "host", w->host,
                            "pid", w->pid, "slots", w->slots, "busy", w->busy, "state", w->state,
                            "chunks", (json_int_t)w->chunks, "runs", (json_int_t)w->runs, "models",
                            w->models, "joined", w->joined, "heard", w->heard));
    }
    sw_auto(free) char *text = sw_json_text(list, false);
    return sw_store_do(
        store, NULL,
        "WITH fresh AS (SELECT w.* FROM json_to_recordset($1::json) AS w (id text, host text,"
        " pid int, slots int, busy int, state text, chunks bigint, runs bigint, models json,"
        " joined float8, heard float8)),"
        " gone AS (DELETE FROM workers WHERE id NOT IN (SELECT id FROM fresh))"
        " INSERT INTO workers SELECT id, host, pid, slots, busy, state, chunks, runs,"
        " ARRAY(SELECT json_array_elements_text(models)), to_timestamp(joined),"
        " to_timestamp(heard) FROM fresh ON CONFLICT (id) DO UPDATE SET busy = excluded.busy,"
        " slots = excluded.slots, state = excluded.state, chunks = excluded.chunks,"
        " runs = excluded.runs, models = excluded.models, heard = excluded.heard",
        1, (const char *[]){text});
}

sw_error
sw_store_worker_list(sw_store *store, char **json)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(
        store, &r, false,
        "SELECT coalesce(json_agg(json_build_object('id', id, 'host', host, 'pid', pid,"
        " 'slots', slots, 'busy', busy, 'state', state, 'chunks', chunks, 'runs', runs,"
        " 'models', models, 'joined', " SW_TIME("joined") ", 'heard', " SW_TIME(
            "heard") ")"
                     " ORDER BY joined, id), '[]') FROM workers",
        0, NULL);
    if (!e)
        *json = sw_store_text(r, 0, 0);
    return e;
}
