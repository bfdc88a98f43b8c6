// SPDX-License-Identifier: Apache-2.0
// The writer thread: batches, transactions, and what to do when the database goes away in between.
#include "server/sched/writer.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"

#include <sweepd/model.h>

#include <pthread.h>
#include <time.h>

enum { BATCH_CHUNKS = 256, BATCH_BYTES = 8 << 20 };

struct sw_writer {
    sw_store *store;
    sw_stats *stats;
    void (*report)(void *context, sw_written *written);
    void (*lost)(void *context);
    void *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    // Guarded by lock.
    sw_finished **queue;
    size_t n, capacity;
    bool stopping;
    struct timespec deadline; // CLOCK_MONOTONIC, once stopping
};

void
sw_finished_free(sw_finished **chunk)
{
    if (!*chunk)
        return;
    sw_done_free(&(*chunk)->done);
    free(*chunk);
    *chunk = NULL;
}

void
sw_written_free(sw_written **written)
{
    if (!*written)
        return;
    for (size_t i = 0; i < (*written)->n; i++)
        sw_finished_free(&(*written)->chunks[i]);
    free((*written)->chunks);
    free((*written)->progress);
    free(*written);
    *written = NULL;
}

// ---- one chunk as the store wants it ----

// Room for the rows of one chunk; the texts stay where they are.
typedef struct chunk_rows {
    sw_chunk chunk;
    sw_column *columns;
    sw_failure *failures;
    sw_artifact_row *artifacts;
} chunk_rows;

static void
fill_rows(chunk_rows *rows, const sw_finished *f)
{
    const sw_done *d = f->done;
    rows->columns = sw_calloc(d->n_columns, sizeof *rows->columns);
    rows->failures = sw_calloc(d->n_failures, sizeof *rows->failures);
    rows->artifacts = sw_calloc(d->n_artifacts, sizeof *rows->artifacts);
    for (size_t v = 0; v < d->n_columns; v++) {
        const sw_wire_column *c = &d->columns[v];
        rows->columns[v] = (sw_column){.variable = c->name,
                                       .n_values = c->n_values,
                                       .values = c->values,
                                       .lengths = c->lengths,
                                       .texts = c->texts};
    }
    for (size_t i = 0; i < d->n_failures; i++) {
        const sw_wire_failure *w = &d->failures[i];
        rows->failures[i] =
            (sw_failure){w->run, (uint8_t)w->outcome, w->attempts, w->message, w->log};
    }
    for (size_t i = 0; i < d->n_artifacts; i++) {
        const sw_wire_artifact *a = &d->artifacts[i];
        rows->artifacts[i] = (sw_artifact_row){a->run, a->name, a->media_type, a->bytes, a->n};
    }
    rows->chunk = (sw_chunk){.study = d->study,
                             .first_run = d->first,
                             .n_runs = d->n,
                             .worker = f->worker,
                             .attempts = d->attempts,
                             .busy = d->busy,
                             .n_columns = d->n_columns,
                             .columns = rows->columns,
                             .n_failures = d->n_failures,
                             .failures = rows->failures,
                             .n_artifacts = d->n_artifacts,
                             .artifacts = rows->artifacts};
}

static void
drop_rows(chunk_rows *rows)
{
    free(rows->columns);
    free(rows->failures);
    free(rows->artifacts);
}

static sw_error
write_chunks(sw_writer *w, sw_finished **chunks, size_t n, sw_progress *progress,
             size_t *n_progress)
{
    chunk_rows *rows = sw_calloc(n, sizeof *rows);
    const sw_chunk **list = sw_malloc(n * sizeof *list);
    for (size_t i = 0; i < n; i++) {
        fill_rows(&rows[i], chunks[i]);
        list[i] = &rows[i].chunk;
    }
    sw_error e = sw_store_chunks_write(w->store, list, n, progress, n_progress);
    for (size_t i = 0; i < n; i++)
        drop_rows(&rows[i]);
    free(list);
    free(rows);
    return e;
}

// The database refuses these values (and not for want of a connection): the runs of the chunk
// fail with its reason, so that the study ends instead of trying for ever.
static sw_error
write_refused(sw_writer *w, sw_finished *f, sw_progress *progress, size_t *n_progress)
{
    const sw_done *d = f->done;
    double *state = sw_malloc(d->n * sizeof *state);
    sw_failure *failures = sw_calloc(d->n, sizeof *failures);
    for (size_t i = 0; i < d->n; i++) {
        state[i] = SW_ERROR;
        failures[i] = (sw_failure){d->first + i, SW_ERROR, 1,
                                   "the database refused the result of this chunk", ""};
    }
    sw_column column = {.variable = "_state", .n_values = d->n, .values = state};
    sw_chunk chunk = {.study = d->study,
                      .first_run = d->first,
                      .n_runs = d->n,
                      .worker = f->worker,
                      .attempts = d->attempts,
                      .busy = d->busy,
                      .n_columns = 1,
                      .columns = &column,
                      .n_failures = d->n,
                      .failures = failures};
    const sw_chunk *list[] = {&chunk};
    sw_err("writer", "study %lld, runs from %llu: refused by the database", (long long)d->study,
           (unsigned long long)d->first);
    sw_error e = sw_store_chunks_write(w->store, list, 1, progress, n_progress);
    free(failures);
    free(state);
    return e;
}

// ---- a batch, whatever happens ----

typedef struct batch {
    sw_finished **chunks;
    size_t n;
    bool doubtful; // the connection was lost: some may be in the database already
    bool reconnected;
} batch;

static void
deliver(sw_writer *w, const batch *b, sw_finished **chunks, size_t n, sw_progress *progress,
        size_t n_progress)
{
    sw_written *written = sw_calloc(1, sizeof *written);
    written->chunks = sw_malloc(n * sizeof(sw_finished *));
    sw_move(written->chunks, chunks, n * sizeof(sw_finished *));
    written->n = n;
    written->progress = progress;
    written->n_progress = n_progress;
    written->reconnected = b->reconnected;
    for (size_t i = 0; i < n; i++) {
        w->stats->bytes_waiting -= (int64_t)sw_done_size(chunks[i]->done);
        w->stats->runs_written += (int64_t)chunks[i]->done->n;
        w->stats->runs_failed += (int64_t)chunks[i]->done->n_failures;
    }
    w->stats->chunks_written += (int64_t)n;
    w->stats->commits++;
    w->report(w->context, written);
}

static bool
past_deadline(sw_writer *w)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    pthread_mutex_lock(&w->lock);
    bool past =
        w->stopping && (now.tv_sec > w->deadline.tv_sec ||
                        (now.tv_sec == w->deadline.tv_sec && now.tv_nsec >= w->deadline.tv_nsec));
    pthread_mutex_unlock(&w->lock);
    return past;
}

// Becomes the writer again after the connection was lost. False: it is time to give up.
static bool
come_back(sw_writer *w)
{
    w->stats->database_errors++;
    for (long pause_ms = 50; !past_deadline(w); pause_ms = pause_ms < 1000 ? 2 * pause_ms : 1000) {
        sw_error e = sw_store_become_writer(w->store, 10);
        if (!e)
            return true;
        if (e == SW_E_BUSY) {
            sw_err("writer", "another server writes to this database now");
            w->lost(w->context);
            return false;
        }
        nanosleep(&(struct timespec){pause_ms / 1000, pause_ms % 1000 * 1000000}, NULL);
    }
    return false;
}

// Sorts out, after a lost connection, what is in the database: those chunks are moved to the
// front. *known of them.
static sw_error
find_known(sw_writer *w, batch *b, size_t *known)
{
    *known = 0;
    for (size_t i = 0; i < b->n; i++) {
        bool exists = false;
        sw_error e = sw_store_chunk_exists(w->store, b->chunks[i]->done->study,
                                           b->chunks[i]->done->first, &exists);
        if (e)
            return e;
        if (exists) {
            sw_finished *f = b->chunks[i];
            b->chunks[i] = b->chunks[*known];
            b->chunks[(*known)++] = f;
        }
    }
    return SW_E_NONE;
}

// Writes chunks from … n-1 of the batch one by one: one of them is what the database refuses.
static sw_error
write_singly(sw_writer *w, batch *b, size_t *from)
{
    for (; *from < b->n; (*from)++) {
        sw_finished *f = b->chunks[*from];
        sw_progress *progress = sw_calloc(1, sizeof *progress);
        size_t n_progress = 0;
        sw_error e = write_chunks(w, &f, 1, progress, &n_progress);
        if (e == SW_E_CONFLICT)
            e = SW_E_NONE; // It is there already: as good as written.
        else if (e && e != SW_E_DATABASE)
            e = write_refused(w, f, progress, &n_progress);
        if (e) {
            free(progress);
            return e;
        }
        deliver(w, b, &f, 1, progress, n_progress);
    }
    return SW_E_NONE;
}

static sw_error
try_batch(sw_writer *w, batch *b)
{
    size_t done = 0;
    sw_error e = SW_E_NONE;
    if (b->doubtful) {
        e = find_known(w, b, &done);
        if (e)
            return e;
        if (done > 0)
            deliver(w, b, b->chunks, done, NULL, 0);
        b->doubtful = false;
    }
    if (done < b->n) {
        sw_progress *progress = sw_calloc(b->n, sizeof *progress);
        size_t n_progress = 0;
        e = write_chunks(w, b->chunks + done, b->n - done, progress, &n_progress);
        if (!e) {
            deliver(w, b, b->chunks + done, b->n - done, progress, n_progress);
            done = b->n;
        } else {
            free(progress);
        }
        if (e && e != SW_E_DATABASE)
            e = write_singly(w, b, &done);
    }
    // What is left, for another try.
    sw_move(b->chunks, b->chunks + done, (b->n - done) * sizeof *b->chunks);
    b->n -= done;
    return e;
}

static void
write_batch(sw_writer *w, batch *b)
{
    while (b->n > 0) {
        sw_error e = try_batch(w, b);
        if (!e)
            continue;
        b->doubtful = b->reconnected = true;
        // What is neither the network nor the values is a fault of ours: not in a tight loop.
        if (e != SW_E_DATABASE)
            nanosleep(&(struct timespec){1, 0}, NULL);
        if (!come_back(w))
            break;
    }
    for (size_t i = 0; i < b->n; i++)
        sw_finished_free(&b->chunks[i]);
}

// ---- the thread ----

// Moves what fits into one transaction out of the queue; waits for something. False: stop.
static bool
next_batch(sw_writer *w, batch *b)
{
    pthread_mutex_lock(&w->lock);
    while (w->n == 0 && !w->stopping)
        pthread_cond_wait(&w->wake, &w->lock);
    size_t n = 0, bytes = 0;
    for (; n < w->n && n < BATCH_CHUNKS && bytes < BATCH_BYTES; n++)
        bytes += sw_done_size(w->queue[n]->done);
    sw_move(b->chunks, w->queue, n * sizeof *b->chunks);
    sw_move(w->queue, w->queue + n, (w->n - n) * sizeof *w->queue);
    w->n -= n;
    pthread_mutex_unlock(&w->lock);
    b->n = n;
    b->doubtful = b->reconnected = false;
    return n > 0;
}

static void *
run(void *arg)
{
    sw_writer *w = arg;
    sw_finished *chunks[BATCH_CHUNKS];
    batch b = {.chunks = chunks};
    while (next_batch(w, &b))
        write_batch(w, &b);
    return NULL;
}

sw_writer *
sw_writer_start(sw_store *store, sw_stats *stats,
                void (*report)(void *context, sw_written *written), void (*lost)(void *context),
                void *context)
{
    sw_writer *w = sw_calloc(1, sizeof *w);
    w->store = store;
    w->stats = stats;
    w->report = report;
    w->lost = lost;
    w->context = context;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    if (pthread_create(&w->thread, NULL, run, w) != 0)
        abort();
    return w;
}

void
sw_writer_put(sw_writer *w, sw_finished *chunk)
{
    w->stats->bytes_waiting += (int64_t)sw_done_size(chunk->done);
    pthread_mutex_lock(&w->lock);
    w->queue = sw_grow(w->queue, w->n, &w->capacity, sizeof *w->queue);
    w->queue[w->n++] = chunk;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

void
sw_writer_stop(sw_writer **writer, double seconds)
{
    sw_writer *w = *writer;
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    clock_gettime(CLOCK_MONOTONIC, &w->deadline);
    w->deadline.tv_sec += (time_t)seconds;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    for (size_t i = 0; i < w->n; i++)
        sw_finished_free(&w->queue[i]);
    free(w->queue);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wake);
    sw_store_free(&w->store);
    free(w);
    *writer = NULL;
}
