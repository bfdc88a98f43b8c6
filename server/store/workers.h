// SPDX-License-Identifier: Apache-2.0
// The dispatcher's picture of its workers, written for the API to read.
#ifndef SWEEPD_STORE_WORKERS_H
#define SWEEPD_STORE_WORKERS_H

#include "server/store/store.h"

typedef struct sw_worker_row {
    const char *id, *host;
    int pid, slots, busy;
    const char *state; // "up" or "draining"
    int64_t chunks, runs;
    const json_t *models; // array of strings
    double joined, heard; // seconds since 1970
} sw_worker_row;

// Replaces the table by these rows, in one transaction.
sw_error sw_store_workers_write(sw_store *store, const sw_worker_row *rows, size_t n);

#endif
