// SPDX-License-Identifier: Apache-2.0
// Interactive sessions on this worker: each a process that holds one model open and answers a line
// of JSON with a line of JSON. A session that is silent for too long, or whose answer takes too
// long, is ended.
#ifndef SWEEPD_WORKERS_SESSIONS_H
#define SWEEPD_WORKERS_SESSIONS_H

#include "lib/wire/wire.h"
#include "workers/registry.h"

typedef struct sw_sessions sw_sessions;

typedef struct sw_sessions_settings {
    const sw_registry *registry;
    // The answer to a line, valid during the call; message is {"error": …, "kind": "session"} for a
    // session that is not there any more.
    void (*answered)(void *context, const sw_header *answered);
    void *context;
} sw_sessions_settings;

sw_sessions *sw_sessions_new(const sw_sessions_settings *settings);
void sw_sessions_free(sw_sessions **sessions);

// ASK: a line for a session; an unknown session is opened when the header names a model, whose
// opening is then the answer. An empty message closes.
void sw_sessions_ask(sw_sessions *s, const sw_header *ask);

size_t sw_sessions_busy(const sw_sessions *s); // that owe an answer
// Reads, watches time. Call every 20 ms or so while busy, and now and then.
void sw_sessions_step(sw_sessions *s);

// The life of a session's process.
int sw_sessions_main(const char *name, const char *file, const char *dir);

#endif
