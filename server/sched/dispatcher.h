// SPDX-License-Identifier: Apache-2.0
// Inside the scheduler: the dispatcher's state, shared by the files that make it up. All of it
// belongs to the dispatcher's thread, except for what is marked.
#ifndef SWEEPD_SCHED_DISPATCHER_H
#define SWEEPD_SCHED_DISPATCHER_H

#include "server/sched/active.h"
#include "server/sched/gate.h"
#include "server/sched/mailbox.h"
#include "server/sched/peers.h"
#include "server/sched/sched.h"

// A range on its way into the database.
typedef struct sw_pending {
    int64_t study;
    uint64_t first;
    size_t n;
} sw_pending;

struct sw_sched {
    sw_sched_settings settings;
    char endpoint[256];
    void *context, *router; // ZeroMQ
    sw_gate *gate;
    sw_store *store; // the dispatcher's own connection, for loading
    sw_writer *writer;
    sw_mailbox mailbox; // any thread
    sw_stats stats;     // any thread
    pthread_t thread;
    _Atomic bool draining, stopping; // any thread
    _Atomic bool idle;               // nothing out, nothing waiting

    sw_active_list studies;
    sw_peers peers;
    sw_pending *pending;
    size_t n_pending, pending_capacity;
    int64_t *to_load; // studies whose row must be read again
    size_t n_to_load, to_load_capacity;
    json_t *to_announce; // descriptors not yet stored
    json_t *announced;   // "name@version" stored already
    sw_ask **asks;       // uploads that are being described
    size_t n_asks, asks_capacity;
    sw_session *sessions;
    size_t n_sessions, sessions_capacity;
    int64_t next_session;
    bool peers_changed;
    int64_t last_look_ms, last_table_ms, last_load_ms; // monotonic
};

int64_t sw_now_ms(void); // monotonic

// ---- loading.c: what the database says ----

// Notes that a study's row must be read; reading happens in sw_dispatch_load.
void sw_dispatch_want(sw_sched *s, int64_t study);
// Reads what is wanted, as far as the database answers.
void sw_dispatch_load(sw_sched *s);
// Wants every study that is active in the database or here.
void sw_dispatch_want_all(sw_sched *s);
// Stores the descriptors that workers announced.
void sw_dispatch_announce(sw_sched *s);
// Writes the table of workers, if it changed or a while has passed.
void sw_dispatch_write_peers(sw_sched *s);

// ---- messages.c: what workers say ----

// Handles all messages that wait, up to a bound. False: there was none.
bool sw_dispatch_receive(sw_sched *s);
// Sends a message with this header; the document is sent along in WORK where it is needed.
void sw_dispatch_send(sw_sched *s, const sw_peer *peer, sw_verb verb, const sw_header *header);
// The same with a frame of bytes behind the header.
void sw_dispatch_send_bytes(sw_sched *s, const sw_peer *peer, sw_verb verb, const sw_header *header,
                            const void *bytes, size_t n);
// Gives back what a silent worker held.
void sw_dispatch_expire(sw_sched *s);
// Drops the leases of a study that is no longer wanted and tells their workers.
void sw_dispatch_stop_study(sw_sched *s, int64_t study);

// ---- describe.c: what uploads are ----

void sw_dispatch_ask(sw_sched *s, sw_ask *ask); // takes it over
void sw_dispatch_described(sw_sched *s, const sw_peer *peer, const sw_header *h);
// Gives up those whose worker is lost or silent.
void sw_dispatch_expire_asks(sw_sched *s);

// ---- sessions.c: interactive sessions ----

void sw_dispatch_line(sw_sched *s, sw_line *line); // takes it over
void sw_dispatch_answered(sw_sched *s, const sw_peer *peer, const sw_header *h);
// Forgets those whose worker is lost, or that nobody used for long.
void sw_dispatch_expire_sessions(sw_sched *s);

#endif
