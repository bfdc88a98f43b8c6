// SPDX-License-Identifier: Apache-2.0
// Tokens by their hash.
#include "server/store/tokens.h"

#include "server/store/connection.h"

sw_error
sw_store_token_insert(sw_store *store, const char *name, const char *hash, const json_t *scopes,
                      int64_t days, int64_t *id)
{
    sw_auto(free) char *list = sw_json_text(scopes, false);
    sw_digits until = sw_digits_of(days);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "INSERT INTO tokens (name, hash, scopes, expires) VALUES ($1, $2,"
                                " ARRAY(SELECT json_array_elements_text($3::json)),"
                                " now() + nullif($4::bigint, 0) * interval '1 day') RETURNING id",
                                4, (const char *[]){name, hash, list, until.s});
    if (!e)
        *id = sw_store_integer(r, 0, 0);
    return e;
}

// clang-format off
#define TOKEN_JSON \
    "json_build_object('id', t.id, 'name', t.name, 'scopes', t.scopes," \
    " 'created', " SW_TIME("t.created") ", 'expires', " SW_TIME("t.expires") "," \
    " 'last_used', " SW_TIME("t.last_used") ")"
// clang-format on

sw_error
sw_store_token_get(sw_store *store, int64_t id, char **json)
{
    sw_digits key = sw_digits_of(id);
    return sw_store_one_text(store, json, "SELECT " TOKEN_JSON " FROM tokens t WHERE t.id = $1", 1,
                             (const char *[]){key.s});
}

sw_error
sw_store_token_list(sw_store *store, int64_t after, int limit, char **json)
{
    sw_digits from = sw_digits_of(after), most = sw_digits_of(limit);
    return sw_store_one_text(store, json,
                             "SELECT coalesce(json_agg(" TOKEN_JSON
                             " ORDER BY t.id), '[]') FROM (SELECT * FROM tokens WHERE id > $1"
                             " ORDER BY id LIMIT $2) AS t",
                             2, (const char *[]){from.s, most.s});
}

sw_error
sw_store_token_delete(sw_store *store, int64_t id)
{
    sw_digits key = sw_digits_of(id);
    return sw_store_change(store, "DELETE FROM tokens WHERE id = $1", 1, (const char *[]){key.s});
}

sw_error
sw_store_token_use(sw_store *store, const char *hash, char **scopes)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT array_to_string(scopes, ' '), id,"
                                " last_used IS NULL OR last_used < now() - interval '1 minute'"
                                " FROM tokens WHERE hash = $1"
                                " AND (expires IS NULL OR expires > now())",
                                1, (const char *[]){hash});
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    *scopes = sw_store_text(r, 0, 0);
    if (PQgetvalue(r, 0, 2)[0] != 't')
        return SW_E_NONE;
    return sw_store_do(store, NULL, "UPDATE tokens SET last_used = now() WHERE id = $1", 1,
                       (const char *[]){PQgetvalue(r, 0, 1)});
}
