// SPDX-License-Identifier: Apache-2.0
#include "server/api/rounds.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

static struct timespec
after_ms(int ms)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000L;
    t.tv_sec += t.tv_nsec / 1000000000L;
    t.tv_nsec %= 1000000000L;
    return t;
}

// False when the thread is to end.
static bool
wait_a_little(sw_rounds *r)
{
    struct timespec until = after_ms(r->every_ms);
    pthread_mutex_lock(&r->lock);
    while (!r->stopping && pthread_cond_timedwait(&r->wake, &r->lock, &until) != ETIMEDOUT)
        ;
    bool on = !r->stopping;
    pthread_mutex_unlock(&r->lock);
    return on;
}

static void *
run(void *arg)
{
    sw_rounds *r = arg;
    while (wait_a_little(r))
        r->look(r->owner);
    return NULL;
}

void
sw_rounds_start(sw_rounds *rounds, int every_ms, void (*look)(void *owner), void *owner)
{
    *rounds = (sw_rounds){.every_ms = every_ms, .look = look, .owner = owner};
    pthread_mutex_init(&rounds->lock, NULL);
    pthread_cond_init(&rounds->wake, NULL);
    if (pthread_create(&rounds->thread, NULL, run, rounds) != 0)
        abort();
}

bool
sw_rounds_go_on(sw_rounds *rounds)
{
    pthread_mutex_lock(&rounds->lock);
    bool on = !rounds->stopping;
    pthread_mutex_unlock(&rounds->lock);
    return on;
}

void
sw_rounds_stop(sw_rounds *rounds)
{
    pthread_mutex_lock(&rounds->lock);
    rounds->stopping = true;
    pthread_cond_signal(&rounds->wake);
    pthread_mutex_unlock(&rounds->lock);
    pthread_join(rounds->thread, NULL);
    pthread_mutex_destroy(&rounds->lock);
    pthread_cond_destroy(&rounds->wake);
}
