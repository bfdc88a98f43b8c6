// SPDX-License-Identifier: Apache-2.0
// Start, stop, and what every HTTP thread has to itself.
#include "server/api/ahead.h"
#include "server/api/clock.h"
#include "server/api/herald.h"
#include "server/api/pool.h"

#include <time.h>

struct cached_model {
    char *name, *text;
    sw_descriptor *descriptor;
};

enum { MODELS_CACHED = 64 };

sw_api *
sw_api_of(const sw_request *r)
{
    return sw_request_context(r);
}

sw_store *
sw_api_store(sw_request *r)
{
    return ((worker *)sw_request_thread(r))->store;
}

void *
sw_api_worker_new(void *context)
{
    const sw_api *api = context;
    worker *mine = sw_calloc(1, sizeof *mine);
    mine->store = sw_store_new(api->settings.database_url, api->settings.statement_seconds);
    return mine;
}

static void
drop_model(struct cached_model *m)
{
    free(m->name);
    free(m->text);
    sw_descriptor_free(&m->descriptor);
}

void
sw_api_worker_free(void *context)
{
    worker *mine = context;
    for (size_t i = 0; i < mine->n_models; i++)
        drop_model(&mine->models[i]);
    free(mine->models);
    sw_store_free(&mine->store);
    free(mine);
}

// The place of a model in the cache: its own, or a new one, or that of the oldest.
static struct cached_model *
cache_place(worker *mine, const char *name)
{
    for (size_t i = 0; i < mine->n_models; i++) {
        if (strcmp(mine->models[i].name, name) == 0)
            return &mine->models[i];
    }
    if (mine->n_models == MODELS_CACHED) {
        drop_model(&mine->models[0]);
        memmove(mine->models, mine->models + 1, --mine->n_models * sizeof *mine->models);
    }
    mine->models =
        sw_grow(mine->models, mine->n_models, &mine->models_capacity, sizeof *mine->models);
    struct cached_model *m = &mine->models[mine->n_models++];
    *m = (struct cached_model){.name = sw_strdup(name)};
    return m;
}

static sw_descriptor *
parse_descriptor(const char *text)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *json = sw_json_parse(text, strlen(text), &faults);
    sw_descriptor *d = json ? sw_descriptor_parse(json, &faults) : NULL;
    sw_faults_fini(&faults);
    return d;
}

sw_error
sw_api_descriptor(worker *mine, const char *name, const char *version,
                  const sw_descriptor **descriptor)
{
    sw_model_row row = {0};
    sw_error e = sw_store_model_get(mine->store, name, version, &row);
    if (e)
        return e;
    struct cached_model *m = cache_place(mine, name);
    if (!m->text || strcmp(m->text, row.descriptor) != 0) {
        free(m->text);
        sw_descriptor_free(&m->descriptor);
        m->text = sw_strdup(row.descriptor);
        m->descriptor = parse_descriptor(m->text);
    }
    sw_model_row_fini(&row);
    *descriptor = m->descriptor;
    return m->descriptor ? SW_E_NONE : SW_E_INTERNAL;
}

// ---- a study with its plan ----

// What is stored was checked against the limits of its time; they do not apply again.
static const sw_study_limits no_limits = {
    .runs = INT64_MAX,
    .dimensions = SIZE_MAX,
    .outputs = SIZE_MAX,
    .list_points = SIZE_MAX,
    .run_seconds = 1e300,
    .memory_mb = 1e300,
};

static sw_error
load_model(sw_store *store, loaded *l)
{
    sw_model_row model = {0};
    sw_error e = sw_store_model_get(store, l->row.model, l->row.model_version, &model);
    if (e)
        return e == SW_E_NOT_FOUND ? SW_E_INTERNAL : e;
    l->model = parse_descriptor(model.descriptor);
    sw_model_row_fini(&model);
    return l->model ? SW_E_NONE : SW_E_INTERNAL;
}

sw_error
sw_api_load(sw_store *store, int64_t id, loaded *l)
{
    *l = (loaded){0};
    sw_error e = sw_store_study_get(store, id, &l->row);
    if (!e)
        e = load_model(store, l);
    if (e)
        return e;
    sw_faults faults = {0};
    l->resolved = sw_json_parse(l->row.resolved, strlen(l->row.resolved), &faults);
    if (l->resolved)
        l->study = sw_study_parse(l->resolved, l->model, &no_limits, &faults);
    if (l->study)
        l->plan = sw_plan_new(l->study, &no_limits, &faults);
    sw_faults_fini(&faults);
    if (!l->plan)
        return SW_E_INTERNAL;
    return sw_plan_is_imported(l->plan) ? sw_api_load_given(store, l) : SW_E_NONE;
}

void
sw_api_unload(loaded *l)
{
    free(l->given);
    sw_plan_free(&l->plan);
    sw_study_free(&l->study);
    sw_descriptor_free(&l->model);
    json_decref(l->resolved);
    sw_study_row_fini(&l->row);
    *l = (loaded){0};
}

bool
sw_api_load_asked(sw_request *r, loaded *l)
{
    *l = (loaded){0};
    int64_t id = sw_request_id(r, "id");
    return sw_api_ok(r, id ? sw_api_load(sw_api_store(r), id, l) : SW_E_NOT_FOUND, "study");
}

bool
sw_api_row_asked(sw_request *r, sw_study_row *row)
{
    *row = (sw_study_row){0};
    int64_t id = sw_request_id(r, "id");
    return sw_api_ok(r, id ? sw_store_study_get(sw_api_store(r), id, row) : SW_E_NOT_FOUND,
                     "study");
}

// ---- start and stop ----

static void
start_parts(sw_api *api)
{
    const sw_api_settings *s = &api->settings;
    api->web = s->web_dir ? sw_static_load(s->web_dir) : NULL;
    api->uploads = sw_uploads_waiting_new();
    api->talk = sw_talk_new();
    api->analyst = sw_analyst_start(api);
    api->ahead = sw_ahead_new();
    api->tables = sw_pool_start(&(sw_pool_settings){.database_url = s->database_url,
                                                    .statement_seconds = s->statement_seconds,
                                                    .threads = 3,
                                                    .of_one_study = 2,
                                                    .waiting = 64});
}

// Answers what waits; requests may still come.
static void
drain_parts(sw_api *api)
{
    sw_pool_drain(api->analyst);
    sw_pool_drain(api->tables);
}

static void
free_parts(sw_api *api)
{
    sw_pool_free(&api->analyst);
    sw_pool_free(&api->tables);
    sw_ahead_free(&api->ahead);
    sw_uploads_waiting_free(&api->uploads);
    sw_talk_free(&api->talk);
    sw_static_free(&api->web);
    free(api);
}

sw_api *
sw_api_start(const sw_api_settings *settings)
{
    sw_api *api = sw_calloc(1, sizeof *api);
    api->settings = *settings;
    api->started = (double)time(NULL);
    start_parts(api);
    sw_http_settings http = settings->http;
    http.routes = sw_api_routes;
    http.context = api;
    http.thread_new = sw_api_worker_new;
    http.thread_free = sw_api_worker_free;
    http.token_allows = sw_api_token_allows;
    api->http = sw_http_start(&http);
    if (!api->http) {
        drain_parts(api);
        free_parts(api);
        return NULL;
    }
    api->grower = sw_grower_start(api);
    api->live = sw_live_start(api);
    api->clock = sw_clock_start(api);
    api->herald = sw_herald_start(api);
    return api;
}

int
sw_api_port(const sw_api *api)
{
    return sw_http_port(api->http);
}

void
sw_api_notify(sw_api *api, int64_t study)
{
    sw_http_wake(api->http, study);
}

void
sw_api_stop(sw_api **slot)
{
    sw_api *api = *slot;
    if (!api)
        return;
    sw_herald_stop(&api->herald);
    sw_clock_stop(&api->clock);
    sw_live_stop(&api->live);
    sw_grower_stop(&api->grower);
    drain_parts(api);
    sw_http_stop(&api->http);
    free_parts(api);
    *slot = NULL;
}
