// SPDX-License-Identifier: Apache-2.0
// The dispatcher and its workers: what each verb means. Nothing that comes in is believed before
// it was checked; a message that does not parse is counted, logged and dropped.
#include "server/sched/dispatcher.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"

#include <time.h>
#include <zmq.h>

enum { FRAMES_MAX = 2 * SW_WIRE_COLUMNS_MAX + 65536, MESSAGES_AT_ONCE = 64 };

static double
wall_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// ---- frames ----

typedef struct message {
    zmq_msg_t *frames;
    size_t n, capacity;
} message;

static void
message_fini(message *m)
{
    for (size_t i = 0; i < m->n; i++)
        zmq_msg_close(&m->frames[i]);
    free(m->frames);
    *m = (message){0};
}

// All frames of the next message; false if none waits.
static bool
message_receive(void *socket, message *m)
{
    for (bool more = true; more;) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&frame);
            return false;
        }
        more = zmq_msg_more(&frame);
        if (m->n < FRAMES_MAX) {
            m->frames = sw_grow(m->frames, m->n, &m->capacity, sizeof *m->frames);
            zmq_msg_init(&m->frames[m->n]);
            zmq_msg_move(&m->frames[m->n++], &frame);
        }
        zmq_msg_close(&frame);
    }
    return true;
}

static void
send_message(sw_sched *s, const sw_peer *peer, sw_verb verb, const sw_header *header,
             const void *bytes, size_t n)
{
    sw_buffer b = {0};
    sw_header_write(&b, verb, header);
    const char *name = sw_verb_name(verb);
    // A worker that is gone: the ROUTER drops the message, and the lease will expire.
    if (zmq_send(s->router, peer->route, peer->route_n, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
        zmq_send(s->router, name, strlen(name), ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
        zmq_send(s->router, b.data, b.n, (bytes ? ZMQ_SNDMORE : 0) | ZMQ_DONTWAIT) >= 0 && bytes)
        zmq_send(s->router, bytes, n, ZMQ_DONTWAIT);
    sw_buffer_fini(&b);
}

void
sw_dispatch_send(sw_sched *s, const sw_peer *peer, sw_verb verb, const sw_header *header)
{
    send_message(s, peer, verb, header, NULL, 0);
}

void
sw_dispatch_send_bytes(sw_sched *s, const sw_peer *peer, sw_verb verb, const sw_header *header,
                       const void *bytes, size_t n)
{
    send_message(s, peer, verb, header, bytes, n);
}

// ---- leases ----

// The runs of a lease are missing again.
static void
give_back(sw_sched *s, sw_lease *lease)
{
    sw_active *study = lease->dropped ? NULL : sw_active_find(&s->studies, lease->study);
    if (study) {
        sw_ranges_add(&study->missing, lease->first, lease->first + lease->n);
        study->out -= lease->n;
    }
    sw_lease_remove(&s->peers, lease);
    s->stats.leases = (int64_t)s->peers.n_leases;
}

static void
forget_peer(sw_sched *s, sw_peer *peer)
{
    for (size_t i = s->peers.n_leases; i > 0; i--) {
        if (s->peers.leases[i - 1].peer == peer)
            give_back(s, &s->peers.leases[i - 1]);
    }
    s->stats.slots -= peer->slots;
    sw_peer_remove(&s->peers, peer);
    s->stats.workers = (int64_t)s->peers.n;
    s->peers_changed = true;
}

void
sw_dispatch_expire(sw_sched *s)
{
    int64_t limit = sw_now_ms() - (int64_t)(s->settings.lease_seconds * 1000);
    for (size_t i = s->peers.n; i > 0; i--) {
        sw_peer *peer = s->peers.v[i - 1];
        if (peer->heard_ms >= limit)
            continue;
        sw_warn("sched", "worker %s on %s fell silent with %lld chunks out", peer->id, peer->host,
                (long long)peer->leases);
        s->stats.leases_expired += peer->leases;
        forget_peer(s, peer);
    }
}

void
sw_dispatch_stop_study(sw_sched *s, int64_t study)
{
    for (size_t i = 0; i < s->peers.n_leases; i++)
        s->peers.leases[i].dropped |= s->peers.leases[i].study == study;
    sw_header header = {.study = study};
    for (size_t i = 0; i < s->peers.n; i++) {
        if (sw_peer_untell(s->peers.v[i], study))
            sw_dispatch_send(s, s->peers.v[i], SW_STOP, &header);
    }
}

// ---- verbs ----

static void
on_hello(sw_sched *s, sw_peer *old, const zmq_msg_t *route, const sw_header *h)
{
    if (h->protocol != SW_PROTOCOL) {
        sw_warn("sched", "worker %s speaks protocol %lld, this server %d: not admitted", h->id,
                (long long)h->protocol, SW_PROTOCOL);
        return;
    }
    if (old)
        forget_peer(s, old);
    sw_peer *p = sw_peer_add(&s->peers, zmq_msg_data((zmq_msg_t *)route), zmq_msg_size(route));
    p->id = sw_strdup(h->id);
    p->host = sw_strdup(h->host);
    p->pid = (int)h->pid;
    p->slots = h->slots;
    p->credit = h->credit;
    p->heard_ms = sw_now_ms();
    p->joined = p->heard = wall_clock();
    p->models = json_array();
    p->families = h->families ? json_deep_copy(h->families) : json_array();
    for (size_t i = 0; i < json_array_size(h->models); i++) {
        json_t *d = json_array_get(h->models, i);
        const char *name = json_string_value(json_object_get(d, "name"));
        const char *version = json_string_value(json_object_get(d, "version"));
        if (!name || !version)
            continue;
        sw_auto(free) char *key = sw_format("%s@%s", name, version);
        json_array_append_new(p->models, json_string(key));
        if (!json_object_get(s->announced, key)) {
            json_object_set_new(s->announced, key, json_true());
            json_array_append(s->to_announce, d);
        }
    }
    s->stats.workers = (int64_t)s->peers.n;
    s->stats.slots += p->slots;
    s->peers_changed = true;
    sw_info("sched", "worker %s on %s joined: %lld slots, %zu models", p->id, p->host,
            (long long)p->slots, json_array_size(p->models));
    sw_dispatch_announce(s);
}

// An answer without a living lease: right if the whole range is missing at this moment.
static bool
accept_late(sw_sched *s, const sw_done *done)
{
    sw_active *study = sw_active_find(&s->studies, done->study);
    uint64_t end = done->first + done->n;
    if (!study || !sw_ranges_contains(&study->missing, done->first, end)) {
        s->stats.chunks_late++;
        return false;
    }
    sw_ranges_remove(&study->missing, done->first, end);
    study->out += done->n;
    return true;
}

// Whether the answer may be written. Its range is then neither missing nor leased. A worker may
// answer a lease in parts, from its beginning on.
static bool
accept(sw_sched *s, const sw_peer *peer, const sw_done *done)
{
    sw_lease *lease = sw_lease_find(&s->peers, done->lease);
    bool mine = lease && lease->peer == peer && lease->study == done->study &&
                lease->first == done->first && lease->n >= done->n;
    if (!mine)
        return accept_late(s, done);
    bool wanted = !lease->dropped && sw_active_find(&s->studies, done->study);
    lease->first += done->n;
    lease->n -= done->n;
    if (lease->n == 0)
        sw_lease_remove(&s->peers, lease);
    s->stats.leases = (int64_t)s->peers.n_leases;
    return wanted;
}

static void
on_done(sw_sched *s, sw_peer *peer, const message *m)
{
    char why[200] = "";
    size_t n_frames = m->n - 3;
    sw_frame_bytes *frames = sw_malloc(n_frames * sizeof *frames);
    for (size_t i = 0; i < n_frames; i++)
        frames[i] =
            (sw_frame_bytes){zmq_msg_data(&m->frames[3 + i]), zmq_msg_size(&m->frames[3 + i])};
    sw_done *done = sw_done_read(zmq_msg_data(&m->frames[2]), zmq_msg_size(&m->frames[2]), frames,
                                 n_frames, why, sizeof why);
    free(frames);
    if (!done) {
        s->stats.messages_bad++;
        sw_warn("sched", "an answer does not parse: %s", why);
        return;
    }
    if (peer)
        peer->credit += done->credit;
    if (!accept(s, peer, done)) {
        sw_done_free(&done);
        return;
    }
    sw_active_learn(sw_active_find(&s->studies, done->study), done->n, done->busy);
    sw_finished *f = sw_calloc(1, sizeof *f);
    f->done = done;
    f->received_ms = sw_now_ms();
    strncpy(f->worker, peer ? peer->id : "unknown", sizeof f->worker - 1);
    if (peer) {
        peer->chunks++;
        peer->runs += (int64_t)done->n;
    }
    s->pending = sw_grow(s->pending, s->n_pending, &s->pending_capacity, sizeof *s->pending);
    s->pending[s->n_pending++] = (sw_pending){done->study, done->first, done->n};
    sw_writer_put(s->writer, f);
}

static void
on_fail(sw_sched *s, sw_peer *peer, const sw_header *h)
{
    peer->credit += h->credit;
    sw_lease *lease = sw_lease_find(&s->peers, h->lease);
    if (!lease || lease->peer != peer)
        return;
    sw_warn("sched", "worker %s can not do study %lld: %s", peer->id, (long long)h->study,
            h->reason);
    // Not in a circle between the two: others may do it, or this one after its next HELLO.
    if (!lease->dropped)
        sw_peer_refuse(peer, h->study);
    give_back(s, lease);
}

static void
on_bye(sw_sched *s, sw_peer *peer)
{
    sw_info("sched", "worker %s left", peer->id);
    forget_peer(s, peer);
}

static void
ask_who(sw_sched *s, zmq_msg_t *route)
{
    sw_peer stranger = {.route_n = zmq_msg_size(route)};
    memcpy(stranger.route, zmq_msg_data(route), stranger.route_n);
    sw_dispatch_send(s, &stranger, SW_WHO, &(sw_header){0});
}

static void
on_header_verb(sw_sched *s, sw_peer *peer, sw_verb verb, message *m)
{
    char why[200] = "";
    sw_header h;
    json_t *document = sw_header_read(verb, zmq_msg_data(&m->frames[2]),
                                      zmq_msg_size(&m->frames[2]), &h, why, sizeof why);
    if (!document) {
        s->stats.messages_bad++;
        sw_warn("sched", "a %s does not parse: %s", sw_verb_name(verb), why);
        return;
    }
    if (verb == SW_HELLO)
        on_hello(s, peer, &m->frames[0], &h);
    else if (!peer)
        ask_who(s, &m->frames[0]);
    else if (verb == SW_READY)
        peer->credit += h.credit;
    else if (verb == SW_BEAT)
        peer->busy = h.busy_slots;
    else if (verb == SW_FAIL_CHUNK)
        on_fail(s, peer, &h);
    else if (verb == SW_ANSWERED)
        sw_dispatch_answered(s, peer, &h);
    else if (verb == SW_DESCRIBED)
        sw_dispatch_described(s, peer, &h);
    else if (verb == SW_BYE)
        on_bye(s, peer);
    json_decref(document);
}

static void
on_message(sw_sched *s, message *m)
{
    int verb =
        m->n >= 3 ? sw_verb_of(zmq_msg_data(&m->frames[1]), zmq_msg_size(&m->frames[1])) : -1;
    bool from_worker = verb >= 0 && verb < SW_WORK;
    if (!from_worker || zmq_msg_size(&m->frames[0]) > 255) {
        s->stats.messages_bad++;
        sw_warn("sched", "a message of %zu frames with an unknown verb", m->n);
        return;
    }
    sw_peer *peer =
        sw_peer_find(&s->peers, zmq_msg_data(&m->frames[0]), zmq_msg_size(&m->frames[0]));
    if (peer) {
        peer->heard_ms = sw_now_ms();
        peer->heard = wall_clock();
    }
    if (verb == SW_DONE_CHUNK) {
        on_done(s, peer, m);
        if (!peer)
            ask_who(s, &m->frames[0]);
    } else {
        on_header_verb(s, peer, (sw_verb)verb, m);
    }
}

bool
sw_dispatch_receive(sw_sched *s)
{
    for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
        message m = {0};
        if (!message_receive(s->router, &m)) {
            message_fini(&m);
            return i > 0;
        }
        on_message(s, &m);
        message_fini(&m);
    }
    return true;
}
