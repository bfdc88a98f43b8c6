// SPDX-License-Identifier: Apache-2.0
// The dispatcher's thread: reads its mail, hears its workers, and gives out chunks to those that
// have credit, in the order of fair share.
#include "server/sched/dispatcher.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

// ---- giving out ----

static bool
peer_can(void *context, const sw_active *study)
{
    const sw_peer *peer = context;
    bool can = sw_peer_offers(peer, study->model) ||
               (study->upload.bytes && sw_peer_loads(peer, study->model));
    return can && !sw_peer_refused(peer, study->id);
}

// An uploaded model goes before the first chunk of its study.
static void
send_model(sw_sched *s, const sw_peer *peer, const sw_active *study)
{
    const sw_model_source *u = &study->upload;
    if (!u->bytes || sw_peer_offers(peer, study->model))
        return;
    sw_header header = {
        .name = u->name, .version = u->version, .file = u->file, .descriptor = study->descriptor};
    sw_dispatch_send_bytes(s, peer, SW_MODEL, &header, u->bytes, u->n);
}

static void
give(sw_sched *s, sw_peer *peer, sw_active *study)
{
    sw_range cut = sw_active_cut(study, (size_t)s->stats.slots);
    sw_lease *lease =
        sw_lease_add(&s->peers, peer, study->id, cut.first, (size_t)(cut.end - cut.first));
    sw_header header = {.study = study->id,
                        .lease = lease->id,
                        .first = (int64_t)lease->first,
                        .n = (int64_t)lease->n};
    if (!sw_peer_tell(peer, study->id)) {
        send_model(s, peer, study);
        header.document = study->document;
    }
    sw_dispatch_send(s, peer, SW_WORK, &header);
    s->stats.leases = (int64_t)s->peers.n_leases;
}

// The worker with the most credit for its size that can take something; NULL when all are full.
static sw_peer *
freest(const sw_sched *s, const bool *passed)
{
    sw_peer *best = NULL;
    for (size_t i = 0; i < s->peers.n; i++) {
        sw_peer *p = s->peers.v[i];
        if (p->credit <= 0 || p->draining || passed[i])
            continue;
        if (!best || p->credit * best->slots > best->credit * p->slots)
            best = p;
    }
    return best;
}

static void
dispatch(sw_sched *s)
{
    bool held_back = s->stats.bytes_waiting > (int64_t)s->settings.waiting_mb << 20;
    if (s->draining || held_back || s->studies.n == 0)
        return;
    bool *passed = sw_calloc(s->peers.n, sizeof *passed); // nothing to do for these workers
    for (sw_peer *p; (p = freest(s, passed)) != NULL;) {
        sw_active *study = sw_active_next(&s->studies, peer_can, p);
        if (study) {
            give(s, p, study);
            continue;
        }
        for (size_t i = 0; i < s->peers.n; i++)
            passed[i] |= s->peers.v[i] == p;
    }
    free(passed);
}

// ---- mail ----

static void
settle(sw_sched *s, const sw_done *done)
{
    for (size_t i = 0; i < s->n_pending; i++) {
        if (s->pending[i].study != done->study || s->pending[i].first != done->first)
            continue;
        s->pending[i] = s->pending[--s->n_pending];
        break;
    }
    sw_active *study = sw_active_find(&s->studies, done->study);
    if (study)
        study->out -= done->n;
}

static void
on_written(sw_sched *s, const sw_written *w)
{
    for (size_t i = 0; i < w->n; i++)
        settle(s, w->chunks[i]->done);
    for (size_t i = 0; i < w->n_progress; i++) {
        const sw_progress *p = &w->progress[i];
        if (p->state != SW_QUEUED && p->state != SW_RUNNING && p->state != SW_PAUSED)
            sw_dispatch_want(s, p->study);
        s->settings.changed(s->settings.context, p->study);
    }
    if (w->reconnected)
        sw_dispatch_want_all(s);
}

static void
read_mail(sw_sched *s)
{
    sw_mail mail;
    sw_mailbox_take(&s->mailbox, &mail);
    for (size_t i = 0; i < mail.n_written; i++)
        on_written(s, mail.written[i]);
    for (size_t i = 0; i < mail.n_rings; i++) {
        if (mail.rings[i])
            sw_dispatch_want(s, mail.rings[i]);
        else
            sw_dispatch_want_all(s);
    }
    for (size_t i = 0; i < mail.n_asks; i++) {
        sw_dispatch_ask(s, mail.asks[i]);
        mail.asks[i] = NULL;
    }
    for (size_t i = 0; i < mail.n_lines; i++) {
        sw_dispatch_line(s, mail.lines[i]);
        mail.lines[i] = NULL;
    }
    if (mail.n_rings || mail.n_written)
        sw_dispatch_load(s);
    sw_mail_fini(&mail);
}

// ---- the thread ----

// What is done now and then: silence of workers, the database's view, the table of workers.
static void
housekeeping(sw_sched *s)
{
    int64_t now = sw_now_ms();
    if (now - s->last_load_ms >= 250) {
        s->last_load_ms = now;
        sw_dispatch_expire(s);
        sw_dispatch_expire_asks(s);
        sw_dispatch_expire_sessions(s);
        sw_dispatch_load(s);
        sw_dispatch_announce(s);
        sw_dispatch_write_peers(s);
    }
    // A bell can not get lost inside the process, but a person may change the database by hand.
    if (now - s->last_look_ms >= 10000) {
        s->last_look_ms = now;
        sw_dispatch_want_all(s);
    }
    s->idle = s->peers.n_leases == 0 && s->n_pending == 0;
}

static void *
run(void *arg)
{
    sw_sched *s = arg;
    while (!s->stopping) {
        void *gate = sw_gate_socket(s->gate);
        zmq_pollitem_t items[] = {{s->router, 0, ZMQ_POLLIN, 0},
                                  {NULL, s->mailbox.fd, ZMQ_POLLIN, 0},
                                  {gate, 0, ZMQ_POLLIN, 0}};
        if (zmq_poll(items, gate ? 3 : 2, 100) < 0 && errno == ETERM)
            break;
        sw_gate_answer(s->gate);
        sw_dispatch_receive(s);
        read_mail(s);
        housekeeping(s);
        dispatch(s);
    }
    return NULL;
}

static void
report_written(void *context, sw_written *written)
{
    sw_sched *s = context;
    sw_mailbox_written(&s->mailbox, written);
}

static void
report_lost(void *context)
{
    sw_sched *s = context;
    s->settings.lost(s->settings.context);
}

static bool
bind_router(sw_sched *s)
{
    s->context = zmq_ctx_new();
    s->router = zmq_socket(s->context, ZMQ_ROUTER);
    int no = 0, hwm = 100000;
    int64_t largest = SW_WIRE_PAYLOAD_MAX;
    zmq_setsockopt(s->router, ZMQ_LINGER, &no, sizeof no);
    zmq_setsockopt(s->router, ZMQ_SNDHWM, &hwm, sizeof hwm);
    zmq_setsockopt(s->router, ZMQ_MAXMSGSIZE, &largest, sizeof largest);
    sw_gate_settings gate = {s->settings.endpoint, s->settings.work_key, s->settings.worker_keys,
                             s->settings.work_plain};
    s->gate = sw_gate_new(s->context, s->router, &gate);
    if (!s->gate)
        return false;
    if (zmq_bind(s->router, s->settings.endpoint) != 0) {
        sw_err("sched", "can not listen for workers at %s: %s", s->settings.endpoint,
               zmq_strerror(errno));
        return false;
    }
    size_t n = sizeof s->endpoint;
    zmq_getsockopt(s->router, ZMQ_LAST_ENDPOINT, s->endpoint, &n);
    return true;
}

static void
release(sw_sched *s)
{
    zmq_close(s->router);
    sw_gate_free(&s->gate);
    zmq_ctx_term(s->context);
    sw_store_free(&s->store);
    sw_mailbox_fini(&s->mailbox);
    sw_active_list_fini(&s->studies);
    sw_peers_fini(&s->peers);
    json_decref(s->to_announce);
    json_decref(s->announced);
    for (size_t i = 0; i < s->n_asks; i++)
        sw_ask_free(&s->asks[i]);
    free(s->asks);
    free(s->sessions);
    free(s->pending);
    free(s->to_load);
    free(s);
}

sw_sched *
sw_sched_start(const sw_sched_settings *settings, sw_store *writer)
{
    sw_sched *s = sw_calloc(1, sizeof *s);
    s->settings = *settings;
    sw_mailbox_init(&s->mailbox);
    s->store = sw_store_new(settings->database_url, settings->statement_seconds);
    s->to_announce = json_array();
    s->announced = json_object();
    // Leases of an earlier life of the server must not be taken for ours.
    s->peers.next_lease = s->next_session = (int64_t)time(NULL) << 20;
    if (!bind_router(s)) {
        release(s);
        sw_store_free(&writer);
        return NULL;
    }
    s->writer = sw_writer_start(writer, &s->stats, report_written, report_lost, s);
    if (pthread_create(&s->thread, NULL, run, s) != 0)
        abort();
    return s;
}

void
sw_sched_ring(sw_sched *s, int64_t study)
{
    sw_mailbox_ring(&s->mailbox, study);
}

void
sw_sched_describe(sw_sched *s, int64_t ticket, const char *name, const char *file,
                  const void *bytes, size_t n)
{
    sw_mailbox_ask(&s->mailbox, sw_ask_new(ticket, name, file, bytes, n));
}

void
sw_sched_line(sw_sched *s, int64_t ticket, int64_t session, const char *name, const char *version,
              const char *line)
{
    sw_mailbox_line(&s->mailbox, sw_line_new(ticket, session, name, version, line));
}

const sw_stats *
sw_sched_stats(const sw_sched *s)
{
    return &s->stats;
}

const char *
sw_sched_endpoint(const sw_sched *s)
{
    return s->endpoint;
}

void
sw_sched_drain(sw_sched *s)
{
    s->draining = true;
}

void
sw_sched_stop(sw_sched **sched, double seconds)
{
    sw_sched *s = *sched;
    if (!s)
        return;
    s->draining = true;
    s->idle = false;
    int64_t deadline = sw_now_ms() + (int64_t)(seconds * 1000);
    // The thread sets idle at most 100 ms after it became so.
    while (sw_now_ms() < deadline && !s->idle)
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    s->stopping = true;
    sw_mailbox_ring(&s->mailbox, 0);
    pthread_join(s->thread, NULL);
    sw_writer_stop(&s->writer, 5);
    release(s);
    *sched = NULL;
}
