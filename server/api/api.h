// SPDX-License-Identifier: Apache-2.0
// The API: studies and what belongs to them over HTTP, under /api/v1. docs/openapi.json is its
// contract. It writes to the database and rings the dispatcher's bell; it shares nothing else with
// the scheduler.
#ifndef SWEEPD_API_API_H
#define SWEEPD_API_API_H

#include "lib/study/study.h"
#include "lib/wire/wire.h"
#include "server/http/http.h"
#include "server/sched/stats.h"

typedef struct sw_api sw_api;

typedef struct sw_api_settings {
    const char *database_url;
    double statement_seconds; // the timeout of one statement of a request; 0: none
    sw_study_limits limits;
    long keep_days;    // studies that are over are deleted after so many; 0: never
    size_t body_limit; // bytes of a submitted document, at most 4 MiB
    // Called after each write that concerns the scheduler, from any HTTP thread; must not block.
    void (*ring)(void *context, int64_t study);
    // Asks a worker which model an upload makes; sw_api_described is called with its answer.
    void (*describe)(void *context, int64_t ticket, const char *name, const char *file,
                     const void *bytes, size_t n);
    // Sends a line to an interactive session; sw_api_answered is called with the answer.
    void (*line)(void *context, int64_t ticket, int64_t session, const char *name,
                 const char *version, const char *text);
    void *context;
    const sw_stats *stats; // of the scheduler, for /metrics; may be NULL
    const char *version;   // of the program
    const char *web_dir;   // the folder of the dashboard; NULL: a plain page instead
    sw_http_settings http; // routes, context and thread functions are set by sw_api_start
} sw_api_settings;

// Starts listening and the analyst. NULL and a logged reason if it can not listen. The settings
// are copied; the texts in them must outlive the API.
sw_api *sw_api_start(const sw_api_settings *settings);

// The port that it listens on.
int sw_api_port(const sw_api *api);

// Something about a study changed: whoever waits for it looks again. Any thread, after the commit.
void sw_api_notify(sw_api *api, int64_t study);

// The answer to settings.describe; NULL: no worker could say. Any thread.
void sw_api_described(sw_api *api, int64_t ticket, const sw_header *described);

// The answer to settings.line; text NULL: no such session. Any thread.
void sw_api_answered(sw_api *api, int64_t ticket, int64_t session, const char *text);

// Answers what is pending with 503 or its end, and stops.
void sw_api_stop(sw_api **api);

// The table of routes, for the test that compares it with the contract.
extern const sw_route sw_api_routes[];

#endif
