// SPDX-License-Identifier: Apache-2.0
// A queue and the threads that work it off.
#include "server/api/pool.h"

#include "lib/base/memory.h"

#include <pthread.h>

typedef struct job {
    sw_request *request;
    int64_t study;
    const sw_task *task;
    void *context;
} job;

typedef struct hand {
    pool *pool;
    pthread_t thread;
    int64_t study; // what it is at work on, 0: nothing. Guarded by the pool's lock.
} hand;

struct pool {
    sw_pool_settings settings;
    hand *hands;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    // Guarded by lock.
    job *jobs; // oldest first
    size_t n;
    bool stopping;
};

static unsigned
at_work(const pool *p, int64_t study)
{
    unsigned n = 0;
    for (unsigned i = 0; i < p->settings.threads; i++)
        n += p->hands[i].study == study;
    return n;
}

// The oldest job of the study with the fewest at work; p->n if every study that waits has its
// share.
static size_t
choose(const pool *p)
{
    size_t best = p->n;
    unsigned fewest = p->stopping ? UINT32_MAX : p->settings.of_one_study;
    for (size_t i = 0; i < p->n; i++) {
        unsigned n = at_work(p, p->jobs[i].study);
        if (n < fewest) {
            fewest = n;
            best = i;
        }
    }
    return best;
}

// Waits for the next job; false at the end.
static bool
next(hand *h, job *j, bool *stopping)
{
    pool *p = h->pool;
    pthread_mutex_lock(&p->lock);
    h->study = 0;
    size_t i;
    while ((i = choose(p)) == p->n && !p->stopping)
        pthread_cond_wait(&p->wake, &p->lock);
    bool any = i < p->n;
    *stopping = p->stopping;
    if (any) {
        *j = p->jobs[i];
        sw_move(p->jobs + i, p->jobs + i + 1, (--p->n - i) * sizeof *p->jobs);
        h->study = j->study;
    }
    // Whoever found every waiting study at its share looks again.
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    return any;
}

static void *
run(void *arg)
{
    hand *h = arg;
    const sw_pool_settings *s = &h->pool->settings;
    sw_store *store = sw_store_new(s->database_url, s->statement_seconds);
    job j;
    bool stopping;
    while (next(h, &j, &stopping)) {
        if (stopping)
            sw_problem(j.request, SW_E_BUSY, NULL, "the server is about to stop");
        else
            j.task->work(j.context, store, j.request);
        sw_request_resume(j.request);
        j.task->free_context(j.context);
    }
    sw_store_free(&store);
    return NULL;
}

pool *
sw_pool_start(const sw_pool_settings *settings)
{
    pool *p = sw_calloc(1, sizeof *p);
    p->settings = *settings;
    p->jobs = sw_calloc(settings->waiting, sizeof *p->jobs);
    p->hands = sw_calloc(settings->threads, sizeof *p->hands);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    for (unsigned i = 0; i < settings->threads; i++) {
        p->hands[i].pool = p;
        if (pthread_create(&p->hands[i].thread, NULL, run, &p->hands[i]) != 0)
            abort();
    }
    return p;
}

void
sw_pool_ask(pool *p, sw_request *r, int64_t study, const sw_task *task, void *context)
{
    pthread_mutex_lock(&p->lock);
    bool stopping = p->stopping, room = p->n < p->settings.waiting && !stopping;
    if (room) {
        sw_request_defer(r);
        p->jobs[p->n++] = (job){r, study, task, context};
        pthread_cond_signal(&p->wake);
    }
    pthread_mutex_unlock(&p->lock);
    if (room)
        return;
    task->free_context(context);
    if (stopping)
        sw_problem(r, SW_E_BUSY, NULL, "the server is about to stop");
    else
        sw_problem(r, SW_E_BUSY, NULL, "%u requests of this kind are waiting already",
                   p->settings.waiting);
}

void
sw_pool_drain(pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->settings.threads; i++)
        pthread_join(p->hands[i].thread, NULL);
}

void
sw_pool_free(pool **slot)
{
    pool *p = *slot;
    if (!p)
        return;
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->wake);
    free(p->jobs);
    free(p->hands);
    free(p);
    *slot = NULL;
}
