// SPDX-License-Identifier: Apache-2.0
// Models that workers announced, by name and version.
#include "server/store/connection.h"

void
sw_model_row_fini(sw_model_row *row)
{
    char *texts[] = {row->name, row->version, row->family, row->descriptor, row->seen};
    for (size_t i = 0; i < sw_countof(texts); i++)
        free(texts[i]);
    *row = (sw_model_row){0};
}

sw_error
sw_store_model_put(sw_store *store, const sw_descriptor *model)
{
    sw_auto(json) json_t *json = sw_descriptor_json(model);
    sw_auto(free) char *text = sw_json_text(json, false);
    sw_auto(free) char *family = sw_strndup(model->name, strcspn(model->name, "/"));
    return sw_store_do(store, NULL,
                       "INSERT INTO models (name, version, family, descriptor)"
                       " VALUES ($1, $2, $3, $4) ON CONFLICT (name, version)"
                       " DO UPDATE SET seen = now(), descriptor = excluded.descriptor",
                       4, (const char *[]){model->name, model->version, family, text});
}

#define MODEL_COLUMNS "name, version, family, descriptor, " SW_TIME("seen") ", source IS NOT NULL"

static void
read_row(const PGresult *r, int i, sw_model_row *row)
{
    *row = (sw_model_row){
        .name = sw_store_text(r, i, 0),
        .version = sw_store_text(r, i, 1),
        .family = sw_store_text(r, i, 2),
        .descriptor = sw_store_text(r, i, 3),
        .seen = sw_store_text(r, i, 4),
        .uploaded = PQgetvalue(r, i, 5)[0] == 't',
    };
}

sw_error
sw_store_model_get(sw_store *store, const char *name, const char *version, sw_model_row *row)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT " MODEL_COLUMNS " FROM models WHERE name = $1"
                                " AND ($2::text IS NULL OR version = $2)"
                                " ORDER BY models.seen DESC LIMIT 1",
                                2, (const char *[]){name, version});
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    read_row(r, 0, row);
    return SW_E_NONE;
}

sw_error
sw_store_model_list(sw_store *store, const char *after, int limit, sw_model_row *rows, int *n)
{
    sw_digits most = sw_digits_of(limit + 1);
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false,
                                "SELECT DISTINCT ON (name) " MODEL_COLUMNS " FROM models"
                                " WHERE name > $1 ORDER BY name, models.seen DESC LIMIT $2",
                                2, (const char *[]){after, most.s});
    if (e)
        return e;
    *n = PQntuples(r);
    for (int i = 0; i < *n; i++)
        read_row(r, i, &rows[i]);
    return SW_E_NONE;
}
