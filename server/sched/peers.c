// SPDX-License-Identifier: Apache-2.0
// Lists of workers and leases: tens of the first, hundreds of the second, so that arrays do.
#include "server/sched/peers.h"

#include "lib/base/memory.h"

static void
drop(sw_peer *peer)
{
    free(peer->id);
    free(peer->host);
    free(peer->told);
    free(peer->refused);
    json_decref(peer->models);
    json_decref(peer->families);
    free(peer);
}

void
sw_peers_fini(sw_peers *peers)
{
    for (size_t i = 0; i < peers->n; i++)
        drop(peers->v[i]);
    free(peers->v);
    free(peers->leases);
    *peers = (sw_peers){0};
}

sw_peer *
sw_peer_find(const sw_peers *peers, const void *route, size_t n)
{
    for (size_t i = 0; i < peers->n; i++) {
        sw_peer *p = peers->v[i];
        if (p->route_n == n && memcmp(p->route, route, n) == 0)
            return p;
    }
    return NULL;
}

sw_peer *
sw_peer_add(sw_peers *peers, const void *route, size_t n)
{
    sw_peer *peer = sw_calloc(1, sizeof *peer);
    memcpy(peer->route, route, n);
    peer->route_n = n;
    peers->v = sw_grow(peers->v, peers->n, &peers->capacity, sizeof(sw_peer *));
    return peers->v[peers->n++] = peer;
}

void
sw_peer_remove(sw_peers *peers, sw_peer *peer)
{
    for (size_t i = 0; i < peers->n; i++) {
        if (peers->v[i] != peer)
            continue;
        peers->v[i] = peers->v[--peers->n];
        drop(peer);
        return;
    }
}

bool
sw_peer_offers(const sw_peer *peer, const char *model)
{
    for (size_t i = 0; i < json_array_size(peer->models); i++) {
        if (strcmp(json_string_value(json_array_get(peer->models, i)), model) == 0)
            return true;
    }
    return false;
}

bool
sw_peer_loads(const sw_peer *peer, const char *model)
{
    size_t n = strcspn(model, "/");
    for (size_t i = 0; i < json_array_size(peer->families); i++) {
        const char *family = json_string_value(json_array_get(peer->families, i));
        if (family && strlen(family) == n && strncmp(family, model, n) == 0)
            return true;
    }
    return false;
}

// Where a study stands, or would stand, among those told.
static size_t
told_at(const sw_peer *peer, int64_t study, bool *found)
{
    size_t low = 0, high = peer->n_told;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (peer->told[middle] < study)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < peer->n_told && peer->told[low] == study;
    return low;
}

bool
sw_peer_tell(sw_peer *peer, int64_t study)
{
    bool found;
    size_t at = told_at(peer, study, &found);
    if (found)
        return true;
    peer->told = sw_grow(peer->told, peer->n_told, &peer->told_capacity, sizeof *peer->told);
    sw_move(&peer->told[at + 1], &peer->told[at], (peer->n_told - at) * sizeof *peer->told);
    peer->told[at] = study;
    peer->n_told++;
    return false;
}

bool
sw_peer_untell(sw_peer *peer, int64_t study)
{
    bool found;
    size_t at = told_at(peer, study, &found);
    if (found) {
        peer->n_told--;
        sw_move(&peer->told[at], &peer->told[at + 1], (peer->n_told - at) * sizeof *peer->told);
    }
    return found;
}

bool
sw_peer_refused(const sw_peer *peer, int64_t study)
{
    for (size_t i = 0; i < peer->n_refused; i++) {
        if (peer->refused[i] == study)
            return true;
    }
    return false;
}

void
sw_peer_refuse(sw_peer *peer, int64_t study)
{
    if (sw_peer_refused(peer, study))
        return;
    peer->refused =
        sw_grow(peer->refused, peer->n_refused, &peer->refused_capacity, sizeof *peer->refused);
    peer->refused[peer->n_refused++] = study;
}

sw_lease *
sw_lease_add(sw_peers *peers, sw_peer *peer, int64_t study, uint64_t first, size_t n)
{
    peers->leases =
        sw_grow(peers->leases, peers->n_leases, &peers->leases_capacity, sizeof *peers->leases);
    sw_lease *lease = &peers->leases[peers->n_leases++];
    *lease = (sw_lease){peers->next_lease++, study, first, n, peer, false};
    peer->leases++;
    peer->credit--;
    return lease;
}

sw_lease *
sw_lease_find(const sw_peers *peers, int64_t id)
{
    for (size_t i = 0; i < peers->n_leases; i++) {
        if (peers->leases[i].id == id)
            return &peers->leases[i];
    }
    return NULL;
}

void
sw_lease_remove(sw_peers *peers, sw_lease *lease)
{
    lease->peer->leases--;
    *lease = peers->leases[--peers->n_leases];
}
