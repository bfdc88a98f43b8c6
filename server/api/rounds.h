// SPDX-License-Identifier: Apache-2.0
// Rounds: a thread of the server that looks for its kind of work every so often (the clock, the
// grower, the herald, the teller of results).
#ifndef SWEEPD_API_ROUNDS_H
#define SWEEPD_API_ROUNDS_H

#include <pthread.h>
#include <stdbool.h>

// Lives inside its owner, which does not move while the thread runs.
typedef struct sw_rounds {
    int every_ms;
    void (*look)(void *owner);
    void *owner;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping; // guarded by lock
} sw_rounds;

// Calls look(owner) on a thread of its own, every_ms (above 0) after the last call ended.
// A process that can get no thread aborts.
void sw_rounds_start(sw_rounds *rounds, int every_ms, void (*look)(void *owner), void *owner);

// False once the rounds are being stopped: a long look asks now and then.
bool sw_rounds_go_on(sw_rounds *rounds);

// Ends them; waits for the look under way.
void sw_rounds_stop(sw_rounds *rounds);

#endif
