// SPDX-License-Identifier: Apache-2.0
// Threads with a database connection each, for answers that take longer than an HTTP thread may be
// held up. Fair between studies: however much is asked of one, the others' turn comes.
#ifndef SWEEPD_API_POOL_H
#define SWEEPD_API_POOL_H

#include "server/http/http.h"
#include "server/store/store.h"

typedef struct pool pool;

typedef struct sw_task {
    // Answers the request, on a thread of the pool.
    void (*work)(void *context, sw_store *store, sw_request *r);
    void (*free_context)(void *context);
} sw_task;

typedef struct sw_pool_settings {
    const char *database_url;
    double statement_seconds;
    unsigned threads;
    unsigned of_one_study; // at most so many threads at once
    unsigned waiting;      // requests; more are answered with 503
} sw_pool_settings;

pool *sw_pool_start(const sw_pool_settings *settings);

// Puts the request off and has it answered; the context is freed afterwards. Of those that wait,
// the oldest of the study with the fewest at work comes next.
void sw_pool_ask(pool *p, sw_request *r, int64_t study, const sw_task *task, void *context);

// Answers what waits, and whatever is asked from now on, with 503; then ends the threads.
void sw_pool_drain(pool *p);
void sw_pool_free(pool **p); // after the drain, when no more requests come

#endif
