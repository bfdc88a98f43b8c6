// SPDX-License-Identifier: Apache-2.0
// Schedules: the database knows the time zones, so it turns the time of a wall into the time of the
// world.
#include "server/store/schedules.h"

#include "server/store/connection.h"

// A wall's time as a text that is a timestamp.
typedef struct wall {
    char s[80];
} wall;

static wall
wall_of(sw_minute m)
{
    wall w;
    snprintf(w.s, sizeof w.s, "%04d-%02d-%02d %02d:%02d", m.year, m.month, m.day, m.hour, m.minute);
    return w;
}

sw_error
sw_store_zone_now(sw_store *store, const char *zone, sw_minute *now)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT date_part('year', t), date_part('month', t),"
                                " date_part('day', t), date_part('hour', t), date_part('minute', t)"
                                " FROM (SELECT now() AT TIME ZONE name AS t FROM pg_timezone_names"
                                "  WHERE name = $1) AS z",
                                1, (const char *[]){zone});
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    int v[5];
    for (int i = 0; i < 5; i++)
        v[i] = (int)sw_store_integer(r, 0, i);
    *now = (sw_minute){v[0], v[1], v[2], v[3], v[4]};
    return SW_E_NONE;
}

sw_error
sw_store_schedule_insert(sw_store *store, const sw_new_schedule *s, int64_t *id)
{
    wall due = wall_of(s->due);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(
        store, &r, false,
        "INSERT INTO schedules (name, cron, zone, document, enabled, new_seed, due)"
        " VALUES ($1, $2, $3, $4, $5::boolean, $6::boolean, $7::timestamp AT TIME ZONE $3)"
        " RETURNING id",
        7,
        (const char *[]){s->name, s->cron, s->zone, s->document, s->enabled ? "t" : "f",
                         s->new_seed ? "t" : "f", due.s});
    if (!e)
        *id = sw_store_integer(r, 0, 0);
    return e;
}

// clang-format off
#define SCHEDULE_JSON \
    "json_build_object('id', s.id, 'name', s.name, 'cron', s.cron, 'time_zone', s.zone," \
    " 'enabled', s.enabled, 'new_seed', s.new_seed, 'created', " SW_TIME("s.created") "," \
    " 'next', CASE WHEN s.enabled THEN " SW_TIME("s.due") " END," \
    " 'last', (SELECT json_build_object('at', " SW_TIME("h.at") ", 'study', h.study," \
    "   'error', h.error, 'by_hand', h.by_hand)" \
    "  FROM schedule_history h WHERE h.schedule = s.id ORDER BY h.at DESC LIMIT 1)," \
    " 'document', s.document)"
// clang-format on

sw_error
sw_store_schedule_get(sw_store *store, int64_t id, char **json)
{
    sw_digits key = sw_digits_of(id);
    return sw_store_one_text(store, json,
                             "SELECT " SCHEDULE_JSON " FROM schedules s WHERE s.id = $1", 1,
                             (const char *[]){key.s});
}

sw_error
sw_store_schedule_list(sw_store *store, int64_t after, int limit, char **json)
{
    sw_digits from = sw_digits_of(after), most = sw_digits_of(limit);
    return sw_store_one_text(store, json,
                             "SELECT coalesce(json_agg(" SCHEDULE_JSON
                             " ORDER BY s.id), '[]') FROM (SELECT * FROM schedules WHERE id > $1"
                             " ORDER BY id LIMIT $2) AS s",
                             2, (const char *[]){from.s, most.s});
}

sw_error
sw_store_schedule_history(sw_store *store, int64_t id, int limit, char **json)
{
    sw_digits key = sw_digits_of(id), most = sw_digits_of(limit);
    return sw_store_one_text(
        store, json,
        "SELECT (SELECT coalesce(json_agg(json_build_object('at', " SW_TIME(
            "h.at") ", 'study', h.study, 'error', h.error, 'by_hand', h.by_hand)"
                    " ORDER BY h.at DESC), '[]') FROM (SELECT * FROM schedule_history"
                    "  WHERE schedule = s.id ORDER BY at DESC LIMIT $2) AS h)"
                    " FROM schedules s WHERE s.id = $1",
        2, (const char *[]){key.s, most.s});
}

sw_error
sw_store_schedule_enable(sw_store *store, int64_t id, bool enabled)
{
    sw_digits key = sw_digits_of(id);
    return sw_store_change(store, "UPDATE schedules SET enabled = $2::boolean WHERE id = $1", 2,
                           (const char *[]){key.s, enabled ? "t" : "f"});
}

sw_error
sw_store_schedule_delete(sw_store *store, int64_t id)
{
    sw_digits key = sw_digits_of(id);
    return sw_store_change(store, "DELETE FROM schedules WHERE id = $1", 1,
                           (const char *[]){key.s});
}

// ---- what is due ----

void
sw_schedule_row_fini(sw_schedule_row *row)
{
    free(row->cron);
    free(row->zone);
    free(row->document);
    *row = (sw_schedule_row){0};
}

#define ROW_COLUMNS "id, floor(extract(epoch FROM due))::bigint, cron, zone, document, new_seed"

static void
read_row(const PGresult *r, int i, sw_schedule_row *row)
{
    *row = (sw_schedule_row){
        .id = sw_store_integer(r, i, 0),
        .due = sw_store_integer(r, i, 1),
        .cron = sw_store_text(r, i, 2),
        .zone = sw_store_text(r, i, 3),
        .document = sw_store_text(r, i, 4),
        .new_seed = PQgetvalue(r, i, 5)[0] == 't',
    };
}

sw_error
sw_store_schedules_due(sw_store *store, sw_schedule_row rows[10], size_t *n)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT " ROW_COLUMNS " FROM schedules WHERE enabled"
                                " AND due <= now() ORDER BY due LIMIT 10",
                                0, NULL);
    *n = e ? 0 : (size_t)PQntuples(r);
    for (size_t i = 0; i < *n; i++)
        read_row(r, (int)i, &rows[i]);
    return e;
}

sw_error
sw_store_schedule_row(sw_store *store, int64_t id, sw_schedule_row *row)
{
    sw_digits key = sw_digits_of(id);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e =
        sw_store_query(store, &r, false, "SELECT " ROW_COLUMNS " FROM schedules WHERE id = $1", 1,
                       (const char *[]){key.s});
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    read_row(r, 0, row);
    return SW_E_NONE;
}

sw_error
sw_store_schedule_due(sw_store *store, int64_t id, sw_minute due, bool *passed)
{
    sw_digits key = sw_digits_of(id);
    wall w = wall_of(due);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "UPDATE schedules SET due = $2::timestamp AT TIME ZONE zone"
                                " WHERE id = $1 RETURNING due <= now()",
                                2, (const char *[]){key.s, w.s});
    *passed = !e && PQntuples(r) == 1 && PQgetvalue(r, 0, 0)[0] == 't';
    return e;
}

sw_error
sw_store_schedule_note(sw_store *store, int64_t id, int64_t at, int64_t study, const char *error)
{
    sw_digits key = sw_digits_of(id), when = sw_digits_of(at), made = sw_digits_of(study);
    return sw_store_do(store, NULL,
                       "INSERT INTO schedule_history (schedule, at, by_hand, study, error)"
                       " SELECT id, CASE WHEN $2::bigint = 0 THEN now() ELSE to_timestamp($2) END,"
                       " $2::bigint = 0, $3, $4 FROM schedules WHERE id = $1"
                       " ON CONFLICT (schedule, at) DO NOTHING",
                       4, (const char *[]){key.s, when.s, study ? made.s : NULL, error});
}
