// SPDX-License-Identifier: Apache-2.0
// The workers that said HELLO, and the chunks that are out with them. Owned by the dispatcher's
// thread.
#ifndef SWEEPD_SCHED_PEERS_H
#define SWEEPD_SCHED_PEERS_H

#include "lib/wire/wire.h"
#include "server/store/store.h"

typedef struct sw_peer {
    unsigned char route[256]; // how the ROUTER socket names it
    size_t route_n;
    char *id, *host;
    int pid;
    int64_t slots, credit, busy, leases;
    bool draining;
    int64_t heard_ms;     // monotonic
    double joined, heard; // seconds since 1970
    int64_t chunks, runs;
    json_t *models;   // array of "name@version"
    json_t *families; // array of names: families that make models of uploads
    int64_t *told;    // studies whose document it was sent, ascending
    size_t n_told, told_capacity;
    int64_t *refused; // studies that it gave back: not given to it again before its next HELLO
    size_t n_refused, refused_capacity;
} sw_peer;

typedef struct sw_lease {
    int64_t id, study;
    uint64_t first;
    size_t n;
    sw_peer *peer;
    bool dropped; // its study is no longer wanted: an answer is ignored, credit comes back
} sw_lease;

typedef struct sw_peers {
    sw_peer **v;
    size_t n, capacity;
    sw_lease *leases;
    size_t n_leases, leases_capacity;
    int64_t next_lease;
} sw_peers;

void sw_peers_fini(sw_peers *peers);
sw_peer *sw_peer_find(const sw_peers *peers, const void *route, size_t n);

// A fresh peer; the caller fills it from HELLO.
sw_peer *sw_peer_add(sw_peers *peers, const void *route, size_t n);
// Forgets a peer that holds no leases any more.
void sw_peer_remove(sw_peers *peers, sw_peer *peer);

bool sw_peer_offers(const sw_peer *peer, const char *model);
// Whether it makes models of uploads of the family that the model's name begins with.
bool sw_peer_loads(const sw_peer *peer, const char *model);
// Whether the peer was sent this study's document; notes that it now was.
bool sw_peer_tell(sw_peer *peer, int64_t study);
// Whether it was; and forgets that.
bool sw_peer_untell(sw_peer *peer, int64_t study);

void sw_peer_refuse(sw_peer *peer, int64_t study);
bool sw_peer_refused(const sw_peer *peer, int64_t study);

sw_lease *sw_lease_add(sw_peers *peers, sw_peer *peer, int64_t study, uint64_t first, size_t n);
sw_lease *sw_lease_find(const sw_peers *peers, int64_t id);
void sw_lease_remove(sw_peers *peers, sw_lease *lease);

#endif
