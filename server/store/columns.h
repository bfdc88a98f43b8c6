// SPDX-License-Identifier: Apache-2.0
// Columns of results: written by binary COPY, several chunks in a transaction; read in blocks, in
// ascending run order, never a whole study at once.
#ifndef SWEEPD_STORE_COLUMNS_H
#define SWEEPD_STORE_COLUMNS_H

#include "server/store/store.h"

// One variable of a chunk. values: n_runs doubles in the byte order of the machine (for series the
// flattened values, with n_runs lengths); or texts.
typedef struct sw_column {
    const char *variable;
    size_t n_values;
    const double *values;
    const int32_t *lengths;   // NULL unless a series
    const char *const *texts; // NULL unless text; n_runs of them
} sw_column;

typedef struct sw_failure {
    uint64_t run;
    uint8_t outcome; // sw_outcome
    int attempts;
    const char *message, *log;
} sw_failure;

typedef struct sw_artifact_row {
    uint64_t run;
    const char *name, *media_type;
    const void *bytes;
    size_t n;
} sw_artifact_row;

// What a worker returned for a contiguous range of runs. Nothing in it is owned.
typedef struct sw_chunk {
    int64_t study;
    uint64_t first_run;
    size_t n_runs;
    const char *worker;
    int attempts;
    double busy; // seconds
    size_t n_columns;
    const sw_column *columns;
    size_t n_failures;
    const sw_failure *failures;
    size_t n_artifacts;
    const sw_artifact_row *artifacts;
} sw_chunk;

// Where a study stands after chunks were written.
typedef struct sw_progress {
    int64_t study;
    int64_t made, failed, runs;
    sw_state state;
} sw_progress;

// Takes the lock that makes this connection the database's only writer; waits for it up to
// `seconds`. It is held until the connection ends, so what a dead writer had in flight is settled
// (committed or gone) before the next one begins. SW_E_BUSY if another server keeps it.
sw_error sw_store_become_writer(sw_store *store, double seconds);

// Writes chunks, their failures and artifacts, and the progress of their studies in one
// transaction; moves studies that are then complete to done, or failed. progress: room for n
// entries, one for each study that occurs; *n_progress of them. On SW_E_DATABASE it is unknown
// whether the transaction was committed: connect again, become the writer, ask
// sw_store_chunk_exists, and write what is not there.
sw_error sw_store_chunks_write(sw_store *store, const sw_chunk *const *chunks, size_t n,
                               sw_progress *progress, size_t *n_progress);
// Stores a study whose runs exist already, all in one transaction: it is done from the start, and
// no scheduler ever sees it. list points to the n chunks, whose study is set here. `existed` as
// sw_store_study_insert has it.
sw_error sw_store_study_import(sw_store *store, const sw_new_study *study, sw_chunk *chunks,
                               const sw_chunk *const *list, size_t n, int64_t *id, bool *existed);
sw_error sw_store_chunk_exists(sw_store *store, int64_t study, uint64_t first_run, bool *exists);

// The ranges that a study has, in order: calls `each` for every chunk.
sw_error sw_store_chunk_ranges(sw_store *store, int64_t study,
                               void (*each)(void *context, uint64_t first, uint64_t n),
                               void *context);

// ---- reading ----

// The length of the longest series that a study has under a variable; 0 if it has none.
sw_error sw_store_series_length(sw_store *store, int64_t study, const char *variable,
                                size_t *length);

// *end: one past the last run that was stored; 0 if none was.
sw_error sw_store_runs_end(sw_store *store, int64_t study, uint64_t *end);

// A stretch of runs first … first+n-1; columns[v] is the v-th variable asked for. A variable that
// a chunk does not have is all NaN (_state: all 0) with n_values = n.
typedef struct sw_block {
    uint64_t first;
    size_t n;
    const sw_column *columns;
} sw_block;

typedef struct sw_reader sw_reader;

// Reads runs first … last (inclusive) of the variables. The reader keeps the pointer to the names;
// memory is that of a few chunks. Cheap to make: the first query happens in next.
sw_reader *sw_reader_new(int64_t study, const char *const *variables, size_t n, uint64_t first,
                         uint64_t last);
// The next block; block->n = 0 at the end. Valid until the next call. Gaps are skipped: the next
// block starts at the next run that exists. The store may be another one at each call (the same
// database): an export that is resumed by another thread brings that thread's connection.
sw_error sw_reader_next(sw_reader *reader, sw_store *store, sw_block *block);
void sw_reader_free(sw_reader **reader);

// Rows skip … skip+n-1 of a block; `columns` is room for the n_variables of it. Nothing is copied.
void sw_block_part(const sw_block *block, size_t n_variables, size_t skip, size_t n,
                   sw_column *columns, sw_block *part);

// Reads the variables of some runs in any order, at most 512 of them: calls `each` with a block of
// one run for each that has an outcome, in the order asked for. The block is valid until `each`
// returns.
enum { SW_PICKED_MAX = 512 };
sw_error sw_store_picked(sw_store *store, int64_t study, const char *const *variables,
                         size_t n_variables, const uint64_t *runs, size_t n_runs,
                         void (*each)(void *context, const sw_block *block), void *context);

#endif
