// SPDX-License-Identifier: Apache-2.0
// The worker's loop: one DEALER socket to the server, one supervisor.
#ifndef SWEEPD_WORKERS_LOOP_H
#define SWEEPD_WORKERS_LOOP_H

#include "workers/supervisor.h"

typedef struct sw_loop_settings {
    const char *endpoint;   // of the server
    const char *key;        // file of this worker's secret key; NULL: not encrypted
    const char *server_key; // file of the server's public key
    const char *id;         // NULL: host and process
    size_t slots;
    double grace_seconds; // that chunks under way get after SIGTERM
    sw_child_settings child;
    sw_registry *registry;
} sw_loop_settings;

// Works until SIGTERM or SIGINT (or a DRAIN), then finishes what is under way; the exit code.
int sw_loop_run(const sw_loop_settings *settings);

#endif
