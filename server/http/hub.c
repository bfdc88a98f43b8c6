// SPDX-License-Identifier: Apache-2.0
// What sleeps and who wakes it: suspended connections by channel, and a keeper thread that minds
// heartbeats, deadlines of waiting requests, and connections that are too slow with their headers.
#include "server/http/internal.h"

#include <math.h>
#include <sys/socket.h>
#include <time.h>

#define TICK_SECONDS 0.05

double
sw_http_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
rouse(listener *l)
{
    l->asleep = false;
    MHD_resume_connection(l->connection);
}

void
sw_hub_watch(sw_http *http, listener *l, int64_t channel)
{
    pthread_mutex_lock(&http->hub.lock);
    l->channel = channel;
    l->pending = false;
    if (!l->listed) {
        l->listed = true;
        LIST_INSERT_HEAD(&http->hub.listeners, l, link);
        http->stats.waiting++;
    }
    pthread_mutex_unlock(&http->hub.lock);
}

void
sw_hub_forget(sw_http *http, listener *l)
{
    pthread_mutex_lock(&http->hub.lock);
    if (l->listed) {
        LIST_REMOVE(l, link);
        http->stats.waiting--;
    }
    l->listed = false;
    pthread_mutex_unlock(&http->hub.lock);
}

void
sw_hub_seen(sw_http *http, listener *l)
{
    pthread_mutex_lock(&http->hub.lock);
    l->pending = false;
    pthread_mutex_unlock(&http->hub.lock);
}

bool
sw_hub_sleep(sw_http *http, listener *l, double wake_at, double gap)
{
    double now = sw_http_now();
    pthread_mutex_lock(&http->hub.lock);
    bool sleeps = !http->hub.closing && (!l->pending || gap > 0) && wake_at > now;
    if (sleeps) {
        l->wake_at = wake_at;
        l->not_before = now + gap;
        l->asleep = true;
        MHD_suspend_connection(l->connection);
    }
    pthread_mutex_unlock(&http->hub.lock);
    return sleeps;
}

void
sw_http_wake(sw_http *http, int64_t channel)
{
    double now = sw_http_now();
    pthread_mutex_lock(&http->hub.lock);
    listener *l;
    LIST_FOREACH(l, &http->hub.listeners, link)
    {
        if (l->channel != channel && l->channel != 0)
            continue;
        l->pending = true;
        if (l->asleep && now >= l->not_before)
            rouse(l);
    }
    pthread_mutex_unlock(&http->hub.lock);
}

// ---- the keeper ----

static void
mind_listeners(sw_http *http, double now)
{
    listener *l;
    LIST_FOREACH(l, &http->hub.listeners, link)
    {
        if (l->asleep && (now >= l->wake_at || (l->pending && now >= l->not_before)))
            rouse(l);
    }
}

// The library's own timeout starts anew with every byte; this one does not.
static void
mind_peers(sw_http *http, double now)
{
    peer *p;
    LIST_FOREACH(p, &http->hub.peers, link)
    {
        if (!p->busy && now - p->since > http->settings.request_seconds)
            shutdown(p->socket, SHUT_RDWR);
    }
}

static void *
keep(void *argument)
{
    sw_http *http = argument;
    double peers_at = 0;
    pthread_mutex_lock(&http->hub.lock);
    while (!http->hub.closing) {
        double now = sw_http_now();
        mind_listeners(http, now);
        if (now >= peers_at) {
            mind_peers(http, now);
            peers_at = now + 0.5;
        }
        bool any = !LIST_EMPTY(&http->hub.listeners);
        double until = now + (any ? TICK_SECONDS : 0.5);
        struct timespec t = {(time_t)until, (long)(fmod(until, 1) * 1e9)};
        pthread_cond_timedwait(&http->hub.tick, &http->hub.lock, &t);
    }
    pthread_mutex_unlock(&http->hub.lock);
    return NULL;
}

void
sw_hub_start(sw_http *http)
{
    pthread_mutex_init(&http->hub.lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&http->hub.tick, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_create(&http->hub.keeper, NULL, keep, http);
}

void
sw_hub_close(sw_http *http)
{
    pthread_mutex_lock(&http->hub.lock);
    http->hub.closing = true;
    listener *l;
    LIST_FOREACH(l, &http->hub.listeners, link)
    {
        l->pending = true;
        if (l->asleep)
            rouse(l);
    }
    pthread_cond_signal(&http->hub.tick);
    pthread_mutex_unlock(&http->hub.lock);
    pthread_join(http->hub.keeper, NULL);
}

void
sw_hub_stop(sw_http *http)
{
    pthread_cond_destroy(&http->hub.tick);
    pthread_mutex_destroy(&http->hub.lock);
}

// ---- peers ----

void
sw_hub_peer_add(sw_http *http, peer *p)
{
    pthread_mutex_lock(&http->hub.lock);
    LIST_INSERT_HEAD(&http->hub.peers, p, link);
    pthread_mutex_unlock(&http->hub.lock);
    http->stats.connections++;
}

void
sw_hub_peer_drop(sw_http *http, peer *p)
{
    pthread_mutex_lock(&http->hub.lock);
    LIST_REMOVE(p, link);
    pthread_mutex_unlock(&http->hub.lock);
    http->stats.connections--;
}

void
sw_hub_peer_busy(sw_http *http, peer *p, bool busy)
{
    pthread_mutex_lock(&http->hub.lock);
    p->busy = busy;
    p->since = sw_http_now();
    pthread_mutex_unlock(&http->hub.lock);
}
