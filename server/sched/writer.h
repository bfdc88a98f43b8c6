// SPDX-License-Identifier: Apache-2.0
// The writer: one thread that takes finished chunks, writes several in one transaction, and says
// when they are committed. It keeps what it has until the database has it.
#ifndef SWEEPD_SCHED_WRITER_H
#define SWEEPD_SCHED_WRITER_H

#include "lib/wire/wire.h"
#include "server/sched/stats.h"
#include "server/store/columns.h"

typedef struct sw_writer sw_writer;

// A finished chunk on its way into the database.
typedef struct sw_finished {
    sw_done *done;
    char worker[64];
    int64_t received_ms; // monotonic
} sw_finished;

// What the writer says of a transaction that is committed.
typedef struct sw_written {
    size_t n;
    sw_finished **chunks; // now the receiver's, freed with sw_finished_free
    size_t n_progress;
    sw_progress *progress;
    bool reconnected; // the connection was lost in between: another writer may have written
} sw_written;

// store: connected and already the database's writer; now the thread's. `report` is called on the
// writer's thread with each committed transaction, which it then owns. `lost` is called when
// another server has become the writer: nothing more will be written.
sw_writer *sw_writer_start(sw_store *store, sw_stats *stats,
                           void (*report)(void *context, sw_written *written),
                           void (*lost)(void *context), void *context);

// Hands over a chunk; any thread, never blocks.
void sw_writer_put(sw_writer *writer, sw_finished *chunk);

// Writes what it has, for at most `seconds`, and ends the thread. What could not be written by
// then is dropped: it is missing, and will be made again.
void sw_writer_stop(sw_writer **writer, double seconds);

void sw_finished_free(sw_finished **chunk);
void sw_written_free(sw_written **written);

#endif
