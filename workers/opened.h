// SPDX-License-Identifier: Apache-2.0
// A study as a worker holds it: parsed against its model, its design planned. The supervisor and
// its executors each make it from the same document.
#ifndef SWEEPD_WORKERS_OPENED_H
#define SWEEPD_WORKERS_OPENED_H

#include "lib/design/design.h"
#include "workers/registry.h"

typedef struct sw_opened {
    int64_t id;
    const sw_model *model;   // NULL of an upload that was not made into one yet
    const sw_upload *upload; // NULL of a model that the worker has of itself
    sw_descriptor *descriptor;
    sw_study *study;
    sw_plan *plan;
    // Columns of the shared memory: varied inputs, then outputs (all of them, whatever their
    // kind), then the wall time.
    size_t n_columns, first_output, wall_column;
} sw_opened;

// NULL and a reason if this worker can not do the study.
sw_opened *sw_opened_new(int64_t id, const json_t *document, const sw_registry *registry, char *why,
                         size_t why_size);

// The message that tells an executor of the study: its document, and where its upload lies; and
// the executor's side of it. The caller frees the text.
char *sw_opened_message(const sw_opened *opened, const json_t *document);
sw_opened *sw_opened_receive(int64_t id, const json_t *message, sw_registry *registry, char *why,
                             size_t why_size);

void sw_opened_free(sw_opened **opened);

#endif
