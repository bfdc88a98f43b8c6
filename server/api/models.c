// SPDX-License-Identifier: Apache-2.0
// /models: what workers announced and users uploaded.
#include "server/api/internal.h"

enum { PAGE_MAX = 1000, PAGE = 100 };

static json_t *
model_json(const sw_model_row *row, bool whole)
{
    json_t *j = json_pack("{ss ss ss ss}", "name", row->name, "version", row->version, "family",
                          row->family, "seen", row->seen);
    json_object_set_new(j, "file", row->file ? json_string(row->file) : json_null());
    sw_auto(json) json_t *d = sw_api_json_of(row->descriptor);
    if (whole) {
        json_object_update_missing(j, d);
        return j;
    }
    json_object_set(j, "doc", json_object_get(d, "doc"));
    json_object_set_new(
        j, "n_parameters",
        json_integer((json_int_t)json_array_size(json_object_get(d, "parameters"))));
    json_object_set_new(j, "n_outputs",
                        json_integer((json_int_t)json_array_size(json_object_get(d, "outputs"))));
    return j;
}

void
sw_api_models_list(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    int limit = (int)sw_query_integer(r, "limit", 1, PAGE_MAX, PAGE, &faults);
    const char *after = sw_query(r, "after");
    if (!sw_api_query_ok(r, &faults))
        return;
    sw_model_row *rows = sw_request_alloc(r, (size_t)(limit + 1) * sizeof *rows);
    int n = 0;
    sw_error e = sw_store_model_list(sw_api_store(r), after ? after : "", limit, rows, &n);
    if (!sw_api_ok(r, e, "model"))
        return;
    json_t *items = json_array();
    for (int i = 0; i < n && i < limit; i++)
        json_array_append_new(items, model_json(&rows[i], false));
    sw_api_page(r, items, n > limit ? rows[limit - 1].name : NULL);
    for (int i = 0; i < n; i++)
        sw_model_row_fini(&rows[i]);
}

void
sw_api_models_show(sw_request *r)
{
    sw_auto(free) char *name =
        sw_format("%s/%s", sw_request_path(r, "family"), sw_request_path(r, "model"));
    sw_model_row row = {0};
    sw_error e = sw_store_model_get(sw_api_store(r), name, sw_query(r, "version"), &row);
    if (sw_api_ok(r, e, "model"))
        sw_answer_json(r, 200, model_json(&row, true));
    sw_model_row_fini(&row);
}

void
sw_api_models_source(sw_request *r)
{
    sw_auto(free) char *name =
        sw_format("%s/%s", sw_request_path(r, "family"), sw_request_path(r, "model"));
    sw_store *store = sw_api_store(r);
    sw_model_row row = {0};
    sw_model_source source = {0};
    sw_error e = sw_store_model_get(store, name, sw_query(r, "version"), &row);
    if (!e)
        e = sw_store_model_source(store, name, row.version, &source);
    if (sw_api_ok(r, e, "uploaded model")) {
        // What a user uploaded must never run as a page of this server.
        sw_answer_header(r, "Content-Disposition", "attachment");
        sw_buffer b = {.data = source.bytes, .n = source.n, .capacity = source.n};
        source.bytes = NULL;
        sw_answer(r, 200, "application/octet-stream", &b);
    }
    sw_model_source_fini(&source);
    sw_model_row_fini(&row);
}
