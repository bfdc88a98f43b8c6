// SPDX-License-Identifier: Apache-2.0
// The executor: the process that runs model code. One thread, started by a supervisor, speaking
// over a socket pair and the shared memory.
#ifndef SWEEPD_WORKERS_EXECUTOR_H
#define SWEEPD_WORKERS_EXECUTOR_H

#include "workers/registry.h"

typedef struct sw_executor_settings {
    int socket;           // to the supervisor
    int memory;           // the memfd of sw_shared
    const char *scratch;  // a private folder
    const char *data_dir; // registered data sets, or NULL
} sw_executor_settings;

// Serves the supervisor until it closes the socket; returns the exit code.
int sw_executor_run(const sw_executor_settings *settings, sw_registry *registry);

#endif
