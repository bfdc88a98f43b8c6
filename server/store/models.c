// SPDX-License-Identifier: Apache-2.0
// Models that workers announced or users uploaded, by name and version.
#include "server/store/connection.h"

void
sw_model_row_fini(sw_model_row *row)
{
    char *texts[] = {row->name, row->version, row->family, row->descriptor, row->seen, row->file};
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

#define MODEL_COLUMNS "name, version, family, descriptor, " SW_TIME("seen") ", file"

static void
read_row(const PGresult *r, int i, sw_model_row *row)
{
    *row = (sw_model_row){
        .name = sw_store_text(r, i, 0),
        .version = sw_store_text(r, i, 1),
        .family = sw_store_text(r, i, 2),
        .descriptor = sw_store_text(r, i, 3),
        .seen = sw_store_text(r, i, 4),
        .file = sw_store_text(r, i, 5),
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
    sw_error e = sw_store_query(
        store, &r, false,
        "SELECT DISTINCT ON (name) " MODEL_COLUMNS " FROM models"
        " WHERE name > $1 AND family <> 'data' ORDER BY name, models.seen DESC LIMIT $2",
        2, (const char *[]){after, most.s});
    if (e)
        return e;
    *n = PQntuples(r);
    for (int i = 0; i < *n; i++)
        read_row(r, i, &rows[i]);
    return SW_E_NONE;
}

// ---- uploads ----

void
sw_model_source_fini(sw_model_source *s)
{
    free(s->name);
    free(s->version);
    free(s->file);
    free(s->bytes);
    *s = (sw_model_source){0};
}

sw_error
sw_store_model_source(sw_store *store, const char *name, const char *version, sw_model_source *s)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, true,
                                "SELECT file, source FROM models"
                                " WHERE name = $1 AND version = $2 AND source IS NOT NULL",
                                2, (const char *[]){name, version});
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    size_t n = (size_t)PQgetlength(r, 0, 1);
    *s = (sw_model_source){.name = sw_strdup(name),
                           .version = sw_strdup(version),
                           .file = sw_store_text(r, 0, 0),
                           .bytes = sw_malloc(n + 1),
                           .n = n};
    sw_move(s->bytes, PQgetvalue(r, 0, 1), n);
    return SW_E_NONE;
}

// The bytes travel as they are, which sw_store_query, whose parameters are texts, does not do.
sw_error
sw_store_model_upload(sw_store *store, const sw_descriptor *model, const sw_model_source *s,
                      bool *existed)
{
    sw_auto(json) json_t *json = sw_descriptor_json(model);
    sw_auto(free) char *text = sw_json_text(json, false);
    sw_auto(free) char *family = sw_strndup(model->name, strcspn(model->name, "/"));
    sw_error e = sw_store_connect(store);
    if (e)
        return e;
    const char *values[] = {model->name, model->version, family, text, s->file, s->bytes};
    const int lengths[] = {0, 0, 0, 0, 0, (int)s->n}, formats[] = {0, 0, 0, 0, 0, 1};
    sw_auto(pgresult) PGresult *r = PQexecParams(
        store->conn,
        "INSERT INTO models (name, version, family, descriptor, file, source)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name, version) DO UPDATE SET seen = now(),"
        " descriptor = excluded.descriptor, file = excluded.file, source = excluded.source"
        " RETURNING xmax <> 0",
        6, NULL, values, lengths, formats, 0);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return sw_store_failed(store, r, "storing a model");
    *existed = PQgetvalue(r, 0, 0)[0] == 't';
    return SW_E_NONE;
}

sw_error
sw_store_model_delete(sw_store *store, const char *name)
{
    int64_t changed = 0;
    sw_error e = sw_store_do(store, &changed,
                             "DELETE FROM models WHERE name = $1 AND source IS NOT NULL AND NOT"
                             " EXISTS (SELECT 1 FROM studies s WHERE s.model = models.name"
                             " AND s.model_version = models.version AND s.state <> 'deleted')",
                             1, &name);
    if (e || changed)
        return e;
    sw_auto(pgresult) PGresult *r = NULL;
    e = sw_store_query(store, &r, false,
                       "SELECT 1 FROM models WHERE name = $1 AND source IS NOT NULL LIMIT 1", 1,
                       &name);
    if (e)
        return e;
    return PQntuples(r) > 0 ? SW_E_CONFLICT : SW_E_NOT_FOUND;
}
