// SPDX-License-Identifier: Apache-2.0
// The studies that have runs to give out: what each is missing, whose turn it is, how large its
// next chunk should be. Owned by the dispatcher's thread.
#ifndef SWEEPD_SCHED_ACTIVE_H
#define SWEEPD_SCHED_ACTIVE_H

#include "server/sched/ranges.h"
#include "server/store/columns.h"

typedef struct sw_active {
    int64_t id;
    char *model;            // "name@version"
    char *hash;             // of the document: another one once the study was extended
    json_t *document;       // resolved
    sw_model_source upload; // the files of its model, if it was uploaded; else no bytes
    json_t *descriptor;     // of an uploaded model
    bool upload_known;      // whether it was uploaded was looked up
    uint64_t runs;
    bool paused;
    double weight;      // share of the executors, from the priority
    double served;      // seconds of executors given to it, over its weight
    double run_seconds; // mean time of a run, 0 while unknown
    uint64_t last_cut;  // size of the largest chunk answered: sizes grow stepwise
    sw_ranges missing;  // neither stored, nor out, nor on its way into the database
    uint64_t out;       // runs leased or waiting for the writer
} sw_active;

typedef struct sw_active_list {
    sw_active **v;
    size_t n, capacity;
} sw_active_list;

void sw_active_list_fini(sw_active_list *list);
sw_active *sw_active_find(const sw_active_list *list, int64_t id);

// Adds a study from its row, with nothing missing yet. It starts level with the study that was
// served least, so that it neither waits for nor overtakes what came before.
sw_active *sw_active_add(sw_active_list *list, const sw_study_row *row);
void sw_active_remove(sw_active_list *list, int64_t id);

// Takes over what may change in a row: paused or not, the priority.
void sw_active_update(sw_active *study, const sw_study_row *row);

// The study whose turn it is among those that have something missing, are not paused, and for
// which `can` says yes; NULL if there is none.
sw_active *sw_active_next(const sw_active_list *list, bool (*can)(void *context, const sw_active *),
                          void *context);

// Cuts the next chunk: about half a second of work, one run if a run is long or its time unknown,
// a stored array's worth at most, and small enough at the end to keep `slots` executors busy.
sw_range sw_active_cut(sw_active *study, size_t slots);

// Learns from a chunk that took `seconds`.
void sw_active_learn(sw_active *study, size_t n, double seconds);

#endif
