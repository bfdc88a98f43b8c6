// SPDX-License-Identifier: Apache-2.0
// Webhooks as readers of the table of events: each has a place up to which it was told.
#include "server/store/webhooks.h"

#include "server/store/connection.h"

// What an event is called for webhooks: the state that a study came to, or that it was submitted.
#define EVENT_NAME "CASE e.kind WHEN 'state' THEN e.data->>'state' ELSE e.kind END"

sw_error
sw_store_webhook_insert(sw_store *store, const char *url, const json_t *events, const char *secret,
                        int64_t *id)
{
    sw_auto(free) char *list = sw_json_text(events, false);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "INSERT INTO webhooks (url, events, secret, sent) VALUES ($1,"
                                " ARRAY(SELECT json_array_elements_text($2::json)), $3,"
                                " (SELECT coalesce(max(id), 0) FROM events)) RETURNING id",
                                3, (const char *[]){url, list, secret});
    if (!e)
        *id = sw_store_integer(r, 0, 0);
    return e;
}

#define WEBHOOK_JSON                                                                               \
    "json_build_object('id', w.id, 'url', w.url, 'events', w.events, 'signed',"                    \
    " w.secret IS NOT NULL, 'created', " SW_TIME("w.created") ", 'last_sent', " SW_TIME(           \
        "w.last_sent") ", 'failures', w.failures, 'error', w.error)"

sw_error
sw_store_webhook_get(sw_store *store, int64_t id, char **json)
{
    sw_digits key = sw_digits_of(id);
    return sw_store_one_text(store, json, "SELECT " WEBHOOK_JSON " FROM webhooks w WHERE w.id = $1",
                             1, (const char *[]){key.s});
}

sw_error
sw_store_webhook_list(sw_store *store, int64_t after, int limit, char **json)
{
    sw_digits from = sw_digits_of(after), most = sw_digits_of(limit);
    return sw_store_one_text(store, json,
                             "SELECT coalesce(json_agg(" WEBHOOK_JSON
                             " ORDER BY w.id), '[]') FROM (SELECT * FROM webhooks WHERE id > $1"
                             " ORDER BY id LIMIT $2) AS w",
                             2, (const char *[]){from.s, most.s});
}

sw_error
sw_store_webhook_delete(sw_store *store, int64_t id)
{
    sw_digits key = sw_digits_of(id);
    return sw_store_change(store, "DELETE FROM webhooks WHERE id = $1", 1, (const char *[]){key.s});
}

// ---- what is to be told ----

void
sw_message_fini(sw_message *m)
{
    free(m->url);
    free(m->secret);
    free(m->body);
    *m = (sw_message){0};
}

sw_error
sw_store_fence_look(sw_store *store, sw_fence *f)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT (SELECT coalesce(max(id), 0) FROM events),"
                                " pg_snapshot_xmin(pg_current_snapshot())::text,"
                                " pg_snapshot_xmax(pg_current_snapshot())::text",
                                0, NULL);
    if (e)
        return e;
    if (f->until && sw_store_integer(r, 0, 1) >= f->until) {
        f->safe = f->pending;
        f->until = 0;
    }
    // A number that was given out before the last look belongs to a transaction that is counted
    // now.
    if (!f->until) {
        f->pending = f->seen;
        f->until = sw_store_integer(r, 0, 2);
    }
    f->seen = sw_store_integer(r, 0, 0);
    return SW_E_NONE;
}

// What nobody asked for needs not be looked at again.
static sw_error
skip_unwanted(sw_store *store, const char *safe)
{
    return sw_store_do(store, NULL,
                       "UPDATE webhooks w SET sent = n.id FROM (SELECT v.id AS webhook,"
                       "  coalesce((SELECT min(e.id) - 1 FROM events e WHERE e.id > v.sent"
                       "   AND e.id <= $1::bigint AND " EVENT_NAME " = ANY (v.events)), $1::bigint)"
                       "  AS id FROM webhooks v) AS n"
                       " WHERE n.webhook = w.id AND n.id > w.sent",
                       1, (const char *[]){safe});
}

sw_error
sw_store_webhooks_due(sw_store *store, int64_t safe, sw_message messages[SW_MESSAGES_MAX],
                      size_t *n)
{
    *n = 0;
    sw_digits last = sw_digits_of(safe);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(
        store, &r, false,
        "SELECT w.id, e.id, w.url, w.secret, json_build_object('event', e.id, 'kind', " EVENT_NAME
        ", 'at', " SW_TIME(
            "e.at") ", 'study', json_build_object('id', s.id, 'name', s.name, 'model', s.model,"
                    "  'state', s.state, 'runs', s.runs, 'made', s.made, 'failed', s.failed,"
                    "  'reason', s.reason, 'tags', s.tags))"
                    " FROM webhooks w JOIN LATERAL (SELECT * FROM events e WHERE e.id > w.sent"
                    "  AND e.id <= $1::bigint AND " EVENT_NAME
                    " = ANY (w.events) ORDER BY e.id LIMIT 1) AS e ON true"
                    " JOIN studies s ON s.id = e.study WHERE w.retry <= now() ORDER BY w.retry"
                    " LIMIT 100",
        1, (const char *[]){last.s});
    if (e)
        return e;
    *n = (size_t)PQntuples(r);
    for (size_t i = 0; i < *n; i++)
        messages[i] = (sw_message){
            .webhook = sw_store_integer(r, (int)i, 0),
            .event = sw_store_integer(r, (int)i, 1),
            .url = sw_store_text(r, (int)i, 2),
            .secret = sw_store_text(r, (int)i, 3),
            .body = sw_store_text(r, (int)i, 4),
        };
    return *n ? SW_E_NONE : skip_unwanted(store, last.s);
}

sw_error
sw_store_webhook_note(sw_store *store, const sw_message *m, const char *error)
{
    sw_digits key = sw_digits_of(m->webhook), event = sw_digits_of(m->event);
    if (!error)
        return sw_store_do(store, NULL,
                           "UPDATE webhooks SET sent = $2, last_sent = now(), failures = 0,"
                           " error = NULL, retry = now() WHERE id = $1",
                           2, (const char *[]){key.s, event.s});
    return sw_store_do(store, NULL,
                       "UPDATE webhooks SET failures = failures + 1, error = $2,"
                       " retry = now() + least(3600, 2 ^ least(failures, 12)) * interval '1 second'"
                       " WHERE id = $1",
                       2, (const char *[]){key.s, error});
}
