// SPDX-License-Identifier: Apache-2.0
// The dispatcher and the database: which studies are active, what each is missing, what workers
// announced. When the database does not answer, what was wanted stays wanted.
#include "server/sched/dispatcher.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "server/store/workers.h"

#include <time.h>

int64_t
sw_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

void
sw_dispatch_want(sw_sched *s, int64_t study)
{
    for (size_t i = 0; i < s->n_to_load; i++) {
        if (s->to_load[i] == study)
            return;
    }
    s->to_load = sw_grow(s->to_load, s->n_to_load, &s->to_load_capacity, sizeof *s->to_load);
    s->to_load[s->n_to_load++] = study;
}

void
sw_dispatch_want_all(sw_sched *s)
{
    int64_t *ids = NULL;
    size_t n = 0;
    if (sw_store_studies_active(s->store, &ids, &n) != SW_E_NONE) {
        s->last_look_ms = 0; // Look again at the next chance.
        return;
    }
    for (size_t i = 0; i < s->studies.n; i++)
        sw_dispatch_want(s, s->studies.v[i]->id);
    for (size_t i = 0; i < n; i++)
        sw_dispatch_want(s, ids[i]);
    free(ids);
}

static void
remove_range(void *context, uint64_t first, uint64_t n)
{
    sw_ranges_remove(context, first, first + n);
}

// What is missing: all runs, less what is stored, out, or on its way. Chunks that were committed
// after this reads them are still among those on their way, so nothing can fall between.
static sw_error
find_missing(sw_sched *s, sw_active *study, const sw_study_row *row)
{
    sw_ranges missing = {0};
    sw_ranges_add(&missing, 0, study->runs);
    if (row->made > 0) {
        sw_error e = sw_store_chunk_ranges(s->store, study->id, remove_range, &missing);
        if (e) {
            sw_ranges_fini(&missing);
            return e;
        }
    }
    study->out = 0;
    for (size_t i = 0; i < s->peers.n_leases; i++) {
        const sw_lease *l = &s->peers.leases[i];
        if (l->study != study->id || l->dropped)
            continue;
        sw_ranges_remove(&missing, l->first, l->first + l->n);
        study->out += l->n;
    }
    for (size_t i = 0; i < s->n_pending; i++) {
        const sw_pending *p = &s->pending[i];
        if (p->study != study->id)
            continue;
        sw_ranges_remove(&missing, p->first, p->first + p->n);
        study->out += p->n;
    }
    sw_ranges_fini(&study->missing);
    study->missing = missing;
    return SW_E_NONE;
}

// The files of an uploaded model: they go to workers that do not have them.
static sw_error
find_upload(sw_sched *s, sw_active *study, const sw_study_row *row)
{
    if (study->upload.bytes || study->upload_known)
        return SW_E_NONE;
    sw_error e = sw_store_model_source(s->store, row->model, row->model_version, &study->upload);
    sw_model_row model = {0};
    if (!e)
        e = sw_store_model_get(s->store, row->model, row->model_version, &model);
    if (!e)
        study->descriptor = json_loads(model.descriptor, 0, NULL);
    study->upload_known = !e || e == SW_E_NOT_FOUND;
    sw_model_row_fini(&model);
    return study->upload_known ? SW_E_NONE : e;
}

static bool
is_active(sw_state state)
{
    return state == SW_QUEUED || state == SW_RUNNING || state == SW_PAUSED;
}

static sw_error
load(sw_sched *s, int64_t id)
{
    sw_study_row row = {0};
    sw_error e = sw_store_study_get(s->store, id, &row);
    sw_active *study = sw_active_find(&s->studies, id);
    if (study && !e && strcmp(study->hash, row.hash) != 0) {
        // Extended before this thread saw that it was done: workers have the old document.
        sw_dispatch_stop_study(s, id);
        sw_active_remove(&s->studies, id);
        study = NULL;
    }
    if (e == SW_E_NOT_FOUND || (!e && !is_active(row.state))) {
        if (study) {
            sw_dispatch_stop_study(s, id);
            sw_active_remove(&s->studies, id);
        }
        e = SW_E_NONE;
    } else if (!e) {
        if (!study)
            study = sw_active_add(&s->studies, &row);
        sw_active_update(study, &row);
        e = find_upload(s, study, &row);
        if (!e)
            e = find_missing(s, study, &row);
    }
    sw_study_row_fini(&row);
    return e;
}

void
sw_dispatch_load(sw_sched *s)
{
    size_t done = 0;
    while (done < s->n_to_load && load(s, s->to_load[done]) == SW_E_NONE)
        done++;
    sw_move(s->to_load, s->to_load + done, (s->n_to_load - done) * sizeof *s->to_load);
    s->n_to_load -= done;
    s->stats.studies = (int64_t)s->studies.n;
}

void
sw_dispatch_announce(sw_sched *s)
{
    while (json_array_size(s->to_announce) > 0) {
        sw_faults faults = {0};
        sw_descriptor *d = sw_descriptor_parse(json_array_get(s->to_announce, 0), &faults);
        sw_error e = SW_E_NONE;
        if (d)
            e = sw_store_model_put(s->store, d);
        else
            sw_warn("sched", "a worker announced a model that is not valid: %s",
                    faults.n ? faults.v[0].message : "");
        sw_descriptor_free(&d);
        sw_faults_fini(&faults);
        if (e == SW_E_DATABASE)
            return;
        json_array_remove(s->to_announce, 0);
    }
}

void
sw_dispatch_write_peers(sw_sched *s)
{
    int64_t now = sw_now_ms();
    if (!s->peers_changed && now - s->last_table_ms < 5000)
        return;
    if (now - s->last_table_ms < 1000 && s->last_table_ms)
        return;
    s->last_table_ms = now;
    sw_worker_row *rows = sw_calloc(s->peers.n, sizeof *rows);
    for (size_t i = 0; i < s->peers.n; i++) {
        const sw_peer *p = s->peers.v[i];
        rows[i] = (sw_worker_row){.id = p->id,
                                  .host = p->host,
                                  .pid = p->pid,
                                  .slots = (int)p->slots,
                                  .busy = (int)p->busy,
                                  .state = p->draining ? "draining" : "up",
                                  .chunks = p->chunks,
                                  .runs = p->runs,
                                  .models = p->models,
                                  .joined = p->joined,
                                  .heard = p->heard};
    }
    if (sw_store_workers_write(s->store, rows, s->peers.n) == SW_E_NONE)
        s->peers_changed = false;
    free(rows);
}
