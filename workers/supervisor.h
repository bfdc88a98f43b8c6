// SPDX-License-Identifier: Apache-2.0
// The supervisor: a queue of chunks, and one executor process a slot that works on them. A run
// that crashes, hangs or outgrows its memory costs that run alone: it is recorded with its cause,
// a new executor goes on with the rest of the chunk.
#ifndef SWEEPD_WORKERS_SUPERVISOR_H
#define SWEEPD_WORKERS_SUPERVISOR_H

#include "workers/child.h"
#include "workers/opened.h"

typedef struct sw_supervisor sw_supervisor;

// A chunk that was sent to this worker.
typedef struct sw_work {
    int64_t study, lease;
    uint64_t first;
    size_t n;
} sw_work;

typedef struct sw_supervisor_settings {
    size_t slots;
    sw_child_settings child;
    const sw_registry *registry;
    // A chunk, or its first part, is finished; `done` is valid during the call. done->credit is 1
    // when the slot of the chunk is free again.
    void (*done)(void *context, const sw_done *done);
    // A chunk that this worker gives back.
    void (*failed)(void *context, const sw_work *work, const char *reason);
    void *context;
} sw_supervisor_settings;

// NULL and a logged reason if no executor can be started.
sw_supervisor *sw_supervisor_new(const sw_supervisor_settings *settings);
void sw_supervisor_free(sw_supervisor **supervisor);

// Queues a chunk. document: the resolved study, needed the first time (since its stop); borrowed.
void sw_supervisor_put(sw_supervisor *s, const sw_work *work, const json_t *document);

// Forgets a study: what is queued or running of it is given back.
void sw_supervisor_stop_study(sw_supervisor *s, int64_t study, const char *reason);

// Gives back all that is queued and not begun.
void sw_supervisor_give_back(sw_supervisor *s, const char *reason);

// Slots that are working.
size_t sw_supervisor_busy(const sw_supervisor *s);

// The sockets to poll for reading: up to `most`; returns how many.
size_t sw_supervisor_sockets(const sw_supervisor *s, int *sockets, size_t most);

// Reads replies, watches limits, starts what can start. Call when a socket is readable, after
// put, and at least every 20 ms while something is running.
void sw_supervisor_step(sw_supervisor *s);

#endif
