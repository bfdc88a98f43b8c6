// SPDX-License-Identifier: Apache-2.0
// The scheduler: a dispatcher thread, which owns all scheduling state and the socket that workers
// talk to, and a writer thread. Everything that it knows is derived from the database at the
// start, so that a crash needs no recovery of its own.
#ifndef SWEEPD_SCHED_SCHED_H
#define SWEEPD_SCHED_SCHED_H

#include "lib/wire/wire.h"
#include "server/sched/stats.h"
#include "server/store/store.h"

typedef struct sw_sched sw_sched;

typedef struct sw_sched_settings {
    const char *database_url;
    const char *endpoint; // where workers connect: ipc:// or tcp://
    // Files of the wire's keys (see gate.h), or NULL; and whether other machines may do without.
    const char *work_key, *worker_keys;
    bool work_plain;
    double lease_seconds; // a worker silent for so long is forgotten
    double statement_seconds;
    long waiting_mb; // finished chunks that may wait for the database before work is held back
    // Called after each commit that changed a study, from any of the scheduler's threads.
    void (*changed)(void *context, int64_t study);
    // The answer to sw_sched_describe: what the worker said (valid during the call), or NULL if no
    // worker of the family is there or it did not answer. From the dispatcher's thread.
    void (*described)(void *context, int64_t ticket, const sw_header *described);
    // The answer to sw_sched_line: a line of JSON, valid during the call, and the session's number;
    // NULL if there is no such session or model, or its worker is lost. From the same thread.
    void (*answered)(void *context, int64_t ticket, int64_t session, const char *line);
    // Called when this server must end (another one writes to the database).
    void (*lost)(void *context);
    void *context;
} sw_sched_settings;

// Starts both threads. writer: a connection that is already the database's writer; taken over.
// NULL and a logged reason if the endpoint can not be bound.
sw_sched *sw_sched_start(const sw_sched_settings *settings, sw_store *writer);

// Rings the bell: something about this study (0: about any) was changed in the database. Any
// thread; never blocks.
void sw_sched_ring(sw_sched *sched, int64_t study);

// Asks a worker which model an upload makes; settings.described is called with the ticket. Any
// thread; copies the bytes.
void sw_sched_describe(sw_sched *sched, int64_t ticket, const char *name, const char *file,
                       const void *bytes, size_t n);

// Sends a line of JSON to an interactive session (0: opens one of the model; an empty line closes);
// settings.answered is called with the ticket. Any thread; copies the texts.
void sw_sched_line(sw_sched *sched, int64_t ticket, int64_t session, const char *name,
                   const char *version, const char *line);

const sw_stats *sw_sched_stats(const sw_sched *sched);

// The endpoint as bound (a port of 0 is filled in).
const char *sw_sched_endpoint(const sw_sched *sched);

// No new leases from now on.
void sw_sched_drain(sw_sched *sched);

// Waits until nothing is out and nothing waits to be written, at most `seconds`; then stops.
void sw_sched_stop(sw_sched **sched, double seconds);

#endif
