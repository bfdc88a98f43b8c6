// SPDX-License-Identifier: Apache-2.0
// The memory that a supervisor shares with one executor. The executor writes results straight into
// it and marks the run it is on, so that when it dies nothing but that run is lost.
//
// Layout: the head, then n_columns columns of SW_CHUNK_MAX doubles (varied inputs, outputs, wall
// milliseconds), then the arena of records: everything that has no fixed size.
#ifndef SWEEPD_WORKERS_SHARED_H
#define SWEEPD_WORKERS_SHARED_H

#include "lib/wire/wire.h"

#include <sweepd/model.h>

#include <stdatomic.h>

typedef struct sw_shared {
    _Atomic int64_t mark_ns;     // CLOCK_MONOTONIC when the marked run started; 0 between chunks
    _Atomic uint32_t mark;       // its index in the chunk
    _Atomic uint32_t mark_n;     // runs that the mark stands for: 1, or the rest of a batch
    _Atomic uint32_t finished;   // runs of the chunk that have an outcome
    _Atomic int64_t busy_ns;     // spent in runs of this chunk
    _Atomic uint64_t arena_used; // bytes of complete records
    uint64_t arena_at;           // offset of the arena
    uint8_t outcome[SW_CHUNK_MAX];
    uint8_t attempts[SW_CHUNK_MAX];
} sw_shared;

static inline double *
sw_shared_column(sw_shared *s, size_t column)
{
    size_t head = (sizeof *s + 63) & ~(size_t)63;
    return (double *)((char *)s + head) + column * SW_CHUNK_MAX;
}

typedef enum sw_record_type {
    SW_RECORD_START,    // run i begins (again): what came before of it does not count
    SW_RECORD_SERIES,   // doubles
    SW_RECORD_TEXT,     // UTF-8
    SW_RECORD_ARTIFACT, // media type, NUL, bytes
    SW_RECORD_FAIL,     // the reason, UTF-8
    SW_RECORD_LOG,      // a line, UTF-8
} sw_record_type;

// Followed by n bytes, padded to a multiple of 8.
typedef struct sw_record {
    uint32_t type, i, k, n;
} sw_record;

// ---- the socket: fixed-size commands, a document after SW_COMMAND_OPEN ----

typedef enum sw_command_type { SW_COMMAND_OPEN, SW_COMMAND_CLOSE, SW_COMMAND_RUN } sw_command_type;

// To the executor.
typedef struct sw_command {
    uint32_t type;
    uint32_t single; // RUN: no batches: find out which run it is that kills
    int64_t study;
    uint64_t first;    // RUN: first run of the chunk
    uint32_t n, from;  // RUN: its size, and the index to begin at
    uint64_t document; // OPEN: bytes of JSON that follow
} sw_command;

// From the executor, after RUN.
typedef struct sw_reply {
    uint32_t finished; // index up to which there are outcomes; less than n when the arena is full
    uint32_t ok;       // 0: the study could not be opened, see error
    char error[1024];
} sw_reply;

enum {
    SW_ARENA_STEP = 1 << 20,
    SW_ARENA_FULL = 32 << 20, // a chunk ends early beyond this
    SW_ARENA_MAX = 192 << 20, // one run may not write more
    SW_LOG_MAX = 8192,        // kept of a run's log
    // Both sides map this much once; the file behind it grows and shrinks, the addresses stay.
    SW_SHARED_MAPPING = (1 << 16) + SW_WIRE_COLUMNS_MAX * SW_CHUNK_MAX * 8 + SW_ARENA_MAX,
};

#endif
