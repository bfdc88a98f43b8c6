// SPDX-License-Identifier: Apache-2.0
// Counters of the dispatcher and the writer, read by /metrics while they run: plain atomics, each
// true by itself, no snapshot of all.
#ifndef SWEEPD_SCHED_STATS_H
#define SWEEPD_SCHED_STATS_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct sw_stats {
    _Atomic int64_t workers;         // joined and heard of lately
    _Atomic int64_t slots;           // executors of these
    _Atomic int64_t leases;          // chunks out
    _Atomic int64_t studies;         // that have runs to give out or out
    _Atomic int64_t chunks_written;  // since the start
    _Atomic int64_t runs_written;    // since the start
    _Atomic int64_t runs_failed;     // of these
    _Atomic int64_t chunks_late;     // answers dropped because somebody else's was first
    _Atomic int64_t leases_expired;  // whose worker fell silent
    _Atomic int64_t messages_bad;    // that did not parse
    _Atomic int64_t bytes_waiting;   // finished chunks not yet committed
    _Atomic int64_t commits;         // transactions of the writer
    _Atomic int64_t database_errors; // times that the writer had to connect again
} sw_stats;

#endif
