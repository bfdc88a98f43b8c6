// SPDX-License-Identifier: Apache-2.0
// Slots, each with an executor; a queue of chunks; and what happens when an executor dies.
#include "workers/supervisor.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "workers/host.h"
#include "workers/report.h"

#include <math.h>
#include <stdio.h>

// A batch may take as long as one of its runs may, but no less than this before single runs are
// tried: chunks are cut to half a second of work.
#define BATCH_SECONDS 5.0
#define RESTART_NS INT64_C(1000000000) // an executor that can not be started is tried again after

typedef struct known_study {
    sw_opened *opened;
    char *text; // as executors are told of it
} known_study;

typedef struct slot {
    sw_child child;
    bool working;
    sw_work work;
    size_t from;            // index to begin at: earlier runs have their outcome
    bool single;            // no batches: one of these runs kills
    size_t died_at, deaths; // at this index of the chunk, so many executors died
    int64_t *opened;        // studies that the executor was given
    size_t n_opened, opened_capacity;
    int64_t broken_ns; // when the executor could not be started
} slot;

struct sw_supervisor {
    sw_supervisor_settings settings;
    slot *slots;
    sw_work *queue;
    size_t n_queue, queue_capacity;
    known_study *studies;
    size_t n_studies, studies_capacity;
};

// ---- studies ----

static known_study *
find_study(const sw_supervisor *s, int64_t id)
{
    for (size_t i = 0; i < s->n_studies; i++) {
        if (s->studies[i].opened->id == id)
            return &s->studies[i];
    }
    return NULL;
}

static bool
learn_study(sw_supervisor *s, int64_t id, const json_t *document, char *why, size_t why_size)
{
    if (find_study(s, id))
        return true;
    if (!document) {
        snprintf(why, why_size, "its document is not known here");
        return false;
    }
    sw_opened *opened = sw_opened_new(id, document, s->settings.registry, why, why_size);
    if (!opened)
        return false;
    s->studies = sw_grow(s->studies, s->n_studies, &s->studies_capacity, sizeof *s->studies);
    s->studies[s->n_studies++] = (known_study){opened, sw_opened_message(opened, document)};
    return true;
}

static void
forget_study(sw_supervisor *s, int64_t id)
{
    known_study *k = find_study(s, id);
    if (!k)
        return;
    sw_opened_free(&k->opened);
    free(k->text);
    *k = s->studies[--s->n_studies];
}

// ---- the executor of a slot ----

static bool
has_opened(const slot *l, int64_t study)
{
    for (size_t i = 0; i < l->n_opened; i++) {
        if (l->opened[i] == study)
            return true;
    }
    return false;
}

static void
forget_opened(slot *l, int64_t study)
{
    for (size_t i = 0; i < l->n_opened; i++) {
        if (l->opened[i] == study)
            l->opened[i--] = l->opened[--l->n_opened];
    }
}

static bool
send_open(slot *l, const known_study *k)
{
    sw_command open = {
        .type = SW_COMMAND_OPEN, .study = k->opened->id, .document = strlen(k->text)};
    if (!sw_child_send(&l->child, &open, k->text, strlen(k->text)))
        return false;
    l->opened = sw_grow(l->opened, l->n_opened, &l->opened_capacity, sizeof *l->opened);
    l->opened[l->n_opened++] = k->opened->id;
    return true;
}

static void
send_run(sw_supervisor *s, slot *l)
{
    if (l->child.pid == 0) {
        l->n_opened = 0;
        if (!sw_child_start(&l->child, &s->settings.child)) {
            l->broken_ns = sw_recorder_now();
            return;
        }
    }
    l->broken_ns = 0;
    l->child.shared->mark_ns = 0;
    const known_study *k = find_study(s, l->work.study);
    sw_command run = {.type = SW_COMMAND_RUN,
                      .single = l->single,
                      .study = l->work.study,
                      .first = l->work.first,
                      .n = (uint32_t)l->work.n,
                      .from = (uint32_t)l->from};
    // When sending fails the process is gone: its socket says so at the next step.
    if (has_opened(l, l->work.study) || send_open(l, k))
        sw_child_send(&l->child, &run, NULL, 0);
}

// Begins the chunk that the slot now has: nothing of an earlier one may be left.
static void
begin_chunk(sw_supervisor *s, slot *l)
{
    sw_shared *shared = l->child.shared;
    shared->finished = 0;
    shared->mark = 0;
    shared->busy_ns = 0;
    shared->arena_used = 0;
    shared->arena_at = 0;
    memset(shared->outcome, 0, sizeof shared->outcome);
    memset(shared->attempts, 0, sizeof shared->attempts);
    l->from = 0;
    l->single = false;
    l->deaths = 0;
    send_run(s, l);
}

// ---- results ----

// Hands on what the slot has finished, runs 0 … n-1 of its chunk.
static void
report(sw_supervisor *s, slot *l, size_t n, bool last)
{
    sw_done head = {.study = l->work.study,
                    .lease = l->work.lease,
                    .credit = last,
                    .busy = 1e-9 * (double)l->child.shared->busy_ns};
    sw_report(find_study(s, l->work.study)->opened, l->child.shared, l->work.first, 0, n, &head,
              s->settings.done, s->settings.context);
}

static void
on_reply(sw_supervisor *s, slot *l, const sw_reply *reply)
{
    if (!reply->ok) {
        // It closed the study to make room for others.
        forget_opened(l, l->work.study);
        send_run(s, l);
        return;
    }
    bool last = reply->finished >= l->work.n;
    report(s, l, reply->finished, last);
    l->work.first += reply->finished;
    l->work.n -= reply->finished;
    if (last)
        l->working = false;
    else
        begin_chunk(s, l);
}

// ---- death ----

// Adds a record as the executor would have; the executor is dead, so nobody else writes.
static void
add_reason(slot *l, size_t i, const char *message)
{
    sw_shared *shared = l->child.shared;
    sw_recorder recorder;
    sw_recorder_attach(&recorder, l->child.memory, shared);
    sw_recorder_add(&recorder, SW_RECORD_FAIL, i, 0, message, strlen(message));
}

// The layout that the executor would have made.
static void
lay_out(slot *l, const sw_opened *o)
{
    sw_recorder recorder;
    sw_recorder_attach(&recorder, l->child.memory, l->child.shared);
    sw_recorder_begin(&recorder, o->n_columns);
}

// A run that died has no values; its inputs are known.
static void
set_outcome(slot *l, const sw_opened *o, size_t i, sw_outcome outcome, int64_t took_ns)
{
    sw_shared *shared = l->child.shared;
    shared->outcome[i] = (uint8_t)outcome;
    for (size_t k = 0; k < o->study->n_outputs; k++)
        sw_shared_column(shared, o->first_output + k)[i] = NAN;
    sw_shared_column(shared, o->wall_column)[i] = 1e-6 * (double)took_ns;
    shared->busy_ns += took_ns;
}

// The executor died, or was killed, at a run: charge that run, go on with the rest.
static void
on_death(sw_supervisor *s, slot *l, sw_outcome outcome, const char *message)
{
    sw_shared *shared = l->child.shared;
    const sw_opened *o = find_study(s, l->work.study)->opened;
    size_t finished = shared->finished;
    bool in_run = shared->mark_ns != 0 && shared->arena_at != 0;
    size_t i = in_run && shared->mark >= finished ? shared->mark : finished;
    if (i >= l->work.n)
        i = l->work.n - 1;
    if (in_run && shared->mark_n > 1) {
        // Somewhere in a batch: find out one by one.
        l->single = true;
        l->from = i;
        send_run(s, l);
        return;
    }
    l->deaths = l->died_at == i ? l->deaths + 1 : 1;
    l->died_at = i;
    if (l->deaths <= (size_t)o->study->limits.retries) {
        l->from = i;
        send_run(s, l);
        return;
    }
    shared->attempts[i] = (uint8_t)l->deaths;
    int64_t started = shared->mark_ns;
    if (shared->arena_at == 0)
        lay_out(l, o); // It died before it began.
    set_outcome(l, o, i, outcome, started ? sw_recorder_now() - started : 0);
    add_reason(l, i, message);
    shared->finished = (uint32_t)(i + 1);
    l->from = i + 1;
    if (l->from < l->work.n)
        send_run(s, l);
    else
        on_reply(s, l, &(sw_reply){.finished = (uint32_t)l->work.n, .ok = 1});
}

static void
on_closed(sw_supervisor *s, slot *l)
{
    char how[128], message[200];
    sw_child_reap(&l->child, how, sizeof how);
    snprintf(message, sizeof message, "the process that ran it was %s", how);
    if (l->working)
        on_death(s, l, SW_CRASH, message);
}

static void
watch_time(sw_supervisor *s, slot *l)
{
    int64_t started = l->child.shared->mark_ns;
    double limit = find_study(s, l->work.study)->opened->study->limits.run_seconds;
    if (started == 0 || limit <= 0)
        return;
    double seconds = 1e-9 * (double)(sw_recorder_now() - started);
    if (seconds <= (l->child.shared->mark_n > 1 ? fmax(limit, BATCH_SECONDS) : limit))
        return;
    sw_child_kill(&l->child);
    char message[120];
    snprintf(message, sizeof message, "it ran for more than %.6g s (limits.run_seconds)", limit);
    on_death(s, l, SW_TIMEOUT, message);
}

static void
watch_memory(sw_supervisor *s, slot *l)
{
    double limit = find_study(s, l->work.study)->opened->study->limits.memory_mb;
    if (limit <= 0 || l->child.pid == 0 || l->child.shared->mark_ns == 0)
        return;
    double mb = (double)sw_child_resident(&l->child) / 1048576;
    if (mb <= limit)
        return;
    sw_child_kill(&l->child);
    char message[160];
    snprintf(message, sizeof message, "it held %.0f MB, more than %.6g MB (limits.memory_mb)", mb,
             limit);
    on_death(s, l, SW_MEMORY, message);
}

// ---- the public side ----

static void
start_work(sw_supervisor *s)
{
    for (size_t i = 0; i < s->settings.slots && s->n_queue > 0; i++) {
        slot *l = &s->slots[i];
        if (l->working)
            continue;
        l->work = s->queue[0];
        sw_move(s->queue, s->queue + 1, --s->n_queue * sizeof *s->queue);
        l->working = true;
        begin_chunk(s, l);
    }
}

sw_supervisor *
sw_supervisor_new(const sw_supervisor_settings *settings)
{
    sw_supervisor *s = sw_calloc(1, sizeof *s);
    s->settings = *settings;
    s->slots = sw_calloc(settings->slots, sizeof *s->slots);
    for (size_t i = 0; i < settings->slots; i++) {
        slot *l = &s->slots[i];
        if (!sw_child_init(&l->child, &settings->child) ||
            !sw_child_start(&l->child, &settings->child)) {
            s->settings.slots = i + 1;
            sw_supervisor_free(&s);
            return NULL;
        }
    }
    return s;
}

void
sw_supervisor_free(sw_supervisor **supervisor)
{
    sw_supervisor *s = *supervisor;
    if (!s)
        return;
    for (size_t i = 0; i < s->settings.slots; i++) {
        sw_child_fini(&s->slots[i].child);
        free(s->slots[i].opened);
    }
    while (s->n_studies)
        forget_study(s, s->studies[0].opened->id);
    free(s->studies);
    free(s->queue);
    free(s->slots);
    free(s);
    *supervisor = NULL;
}

void
sw_supervisor_put(sw_supervisor *s, const sw_work *work, const json_t *document)
{
    char why[1024];
    if (!learn_study(s, work->study, document, why, sizeof why)) {
        s->settings.failed(s->settings.context, work, why);
        return;
    }
    s->queue = sw_grow(s->queue, s->n_queue, &s->queue_capacity, sizeof *s->queue);
    s->queue[s->n_queue++] = *work;
    start_work(s);
}

// Gives back what is queued of one study, or of all (0).
static void
give_back(sw_supervisor *s, int64_t study, const char *reason)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->n_queue; i++) {
        if (study && s->queue[i].study != study)
            s->queue[kept++] = s->queue[i];
        else
            s->settings.failed(s->settings.context, &s->queue[i], reason);
    }
    s->n_queue = kept;
}

void
sw_supervisor_give_back(sw_supervisor *s, const char *reason)
{
    give_back(s, 0, reason);
}

void
sw_supervisor_stop_study(sw_supervisor *s, int64_t study, const char *reason)
{
    give_back(s, study, reason);
    for (size_t i = 0; i < s->settings.slots; i++) {
        slot *l = &s->slots[i];
        if (l->working && l->work.study == study) {
            // The model may be in the middle of a long run: nothing but the process can be ended.
            sw_child_kill(&l->child);
            l->working = false;
            s->settings.failed(s->settings.context, &l->work, reason);
        } else if (has_opened(l, study)) {
            sw_command close = {.type = SW_COMMAND_CLOSE, .study = study};
            sw_child_send(&l->child, &close, NULL, 0);
            forget_opened(l, study);
        }
    }
    forget_study(s, study);
    start_work(s);
}

size_t
sw_supervisor_busy(const sw_supervisor *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->settings.slots; i++)
        n += s->slots[i].working;
    return n;
}

size_t
sw_supervisor_sockets(const sw_supervisor *s, int *sockets, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < s->settings.slots && n < most; i++) {
        if (s->slots[i].child.socket >= 0)
            sockets[n++] = s->slots[i].child.socket;
    }
    return n;
}

static void
step_slot(sw_supervisor *s, slot *l)
{
    if (l->child.pid == 0) {
        bool waited = l->broken_ns && sw_recorder_now() - l->broken_ns > RESTART_NS;
        if (l->working && waited)
            send_run(s, l);
        return;
    }
    sw_reply reply;
    int got = sw_child_receive(&l->child, &reply);
    if (got > 0 && l->working)
        on_reply(s, l, &reply);
    else if (got < 0)
        on_closed(s, l);
    else if (l->working)
        watch_time(s, l);
    if (l->working && l->child.pid)
        watch_memory(s, l);
}

void
sw_supervisor_step(sw_supervisor *s)
{
    for (size_t i = 0; i < s->settings.slots; i++)
        step_slot(s, &s->slots[i]);
    start_work(s);
}
