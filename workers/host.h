// SPDX-License-Identifier: Apache-2.0
// What the executor offers models (sw_host): records written into the arena of the shared memory.
#ifndef SWEEPD_WORKERS_HOST_H
#define SWEEPD_WORKERS_HOST_H

#include "workers/shared.h"

typedef struct sw_recorder {
    sw_host host; // its self is the recorder
    int memory;   // the memfd
    size_t file_size;
    sw_shared *shared;
    size_t offset;              // index in the chunk of run 0 of the call under way
    size_t batch;               // runs of that call
    bool refused[SW_CHUNK_MAX]; // an output of the run was too large or not UTF-8
} sw_recorder;

// Maps the memory. Aborts if that is impossible.
void sw_recorder_init(sw_recorder *r, int memory);

// For the supervisor, once the executor is dead: records through a mapping of its own.
void sw_recorder_attach(sw_recorder *r, int memory, sw_shared *shared);

// An empty arena behind n_columns columns; gives back what an earlier chunk needed.
void sw_recorder_begin(sw_recorder *r, size_t n_columns);

// Says that a call starts for `batch` runs, the first of them at `offset` of the chunk.
void sw_recorder_mark(sw_recorder *r, size_t offset, size_t batch);

// Writes a record for the run at `index` of the chunk; false if it would outgrow the arena.
bool sw_recorder_add(sw_recorder *r, sw_record_type type, size_t index, size_t k, const void *bytes,
                     size_t n);

int64_t sw_recorder_now(void); // CLOCK_MONOTONIC, ns

#endif
