// SPDX-License-Identifier: Apache-2.0
// From the shared memory of an executor to the columns, failures and artifacts of a DONE.
#ifndef SWEEPD_WORKERS_REPORT_H
#define SWEEPD_WORKERS_REPORT_H

#include "workers/opened.h"
#include "workers/shared.h"

// Calls `done` with runs from … from+n-1 of the chunk that begins at first_run. The DONE points
// into the shared memory and lives during the call only.
void sw_report(const sw_opened *opened, sw_shared *shared, uint64_t first_run, size_t from,
               size_t n, sw_done *head, void (*done)(void *context, const sw_done *done),
               void *context);

#endif
