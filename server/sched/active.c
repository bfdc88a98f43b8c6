// SPDX-License-Identifier: Apache-2.0
// Fair share and chunk sizes. A study's turn comes when it was served least for its weight.
#include "server/sched/active.h"

#include "lib/base/memory.h"
#include "lib/wire/wire.h"

#include <math.h>

#define CHUNK_SECONDS 0.5
#define SHORT_CHUNK_SECONDS 0.05 // below it, idle executors at the end do not matter
#define GROWTH 32                // a chunk at most so many times as large as one already answered
#define UNKNOWN_SECONDS 1e-3     // what a run counts for in fair share before it was measured

static void
drop(sw_active *study)
{
    free(study->model);
    free(study->hash);
    json_decref(study->document);
    json_decref(study->descriptor);
    sw_model_source_fini(&study->upload);
    sw_ranges_fini(&study->missing);
    free(study);
}

void
sw_active_list_fini(sw_active_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        drop(list->v[i]);
    free(list->v);
    *list = (sw_active_list){0};
}

sw_active *
sw_active_find(const sw_active_list *list, int64_t id)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i]->id == id)
            return list->v[i];
    }
    return NULL;
}

void
sw_active_update(sw_active *study, const sw_study_row *row)
{
    study->paused = row->state == SW_PAUSED;
    study->weight = exp2((double)row->priority / 10);
}

sw_active *
sw_active_add(sw_active_list *list, const sw_study_row *row)
{
    sw_active *study = sw_calloc(1, sizeof *study);
    study->id = row->id;
    study->model = sw_format("%s@%s", row->model, row->model_version);
    study->hash = sw_strdup(row->hash);
    study->document = json_loads(row->resolved, 0, NULL);
    study->runs = (uint64_t)row->runs;
    sw_active_update(study, row);
    if (row->made > 0 && row->busy > 0)
        study->run_seconds = row->busy / (double)row->made;
    for (size_t i = 0; i < list->n; i++) {
        if (i == 0 || list->v[i]->served < study->served)
            study->served = list->v[i]->served;
    }
    list->v = sw_grow(list->v, list->n, &list->capacity, sizeof(sw_active *));
    list->v[list->n++] = study;
    return study;
}

void
sw_active_remove(sw_active_list *list, int64_t id)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i]->id != id)
            continue;
        drop(list->v[i]);
        sw_move(&list->v[i], &list->v[i + 1], (list->n - i - 1) * sizeof(sw_active *));
        list->n--;
        return;
    }
}

sw_active *
sw_active_next(const sw_active_list *list, bool (*can)(void *context, const sw_active *),
               void *context)
{
    sw_active *best = NULL;
    for (size_t i = 0; i < list->n; i++) {
        sw_active *s = list->v[i];
        if (s->paused || sw_ranges_is_empty(&s->missing) || (best && s->served >= best->served))
            continue;
        if (can(context, s))
            best = s;
    }
    return best;
}

sw_range
sw_active_cut(sw_active *study, size_t slots)
{
    uint64_t most = 1;
    if (study->last_cut > 0) {
        double by_time = CHUNK_SECONDS / fmax(study->run_seconds, 1e-9);
        most = by_time >= SW_CHUNK_MAX ? SW_CHUNK_MAX : by_time < 1 ? 1 : (uint64_t)by_time;
        if (most > GROWTH * study->last_cut)
            most = GROWTH * study->last_cut;
        uint64_t left = sw_ranges_count(&study->missing) / (2 * (slots ? slots : 1));
        bool worth_it = (double)most * study->run_seconds > SHORT_CHUNK_SECONDS;
        if (worth_it && most > left)
            most = left ? left : 1;
    }
    sw_range cut = {0, 0};
    sw_ranges_take(&study->missing, most, SW_CHUNK_MAX, &cut);
    uint64_t n = cut.end - cut.first;
    study->out += n;
    study->served +=
        (double)n * (study->run_seconds > 0 ? study->run_seconds : UNKNOWN_SECONDS) / study->weight;
    return cut;
}

void
sw_active_learn(sw_active *study, size_t n, double seconds)
{
    double each = seconds / (double)n;
    study->run_seconds = study->last_cut ? 0.7 * study->run_seconds + 0.3 * each : each;
    if (n > study->last_cut)
        study->last_cut = n;
}
