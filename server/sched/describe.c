// SPDX-License-Identifier: Apache-2.0
// Asks go to the least busy worker of the family; a worker that is lost, or silent for too long,
// makes the answer "no worker could say".
#include "server/sched/describe.h"

#include "lib/base/memory.h"
#include "server/sched/dispatcher.h"

enum { ANSWER_MS = 90000 };

sw_ask *
sw_ask_new(int64_t ticket, const char *name, const char *file, const void *bytes, size_t n)
{
    sw_ask *a = sw_calloc(1, sizeof *a);
    *a = (sw_ask){.ticket = ticket,
                  .name = sw_strdup(name),
                  .file = sw_strdup(file),
                  .bytes = sw_malloc(n + 1),
                  .n = n};
    sw_move(a->bytes, bytes, n);
    return a;
}

void
sw_ask_free(sw_ask **ask)
{
    if (!*ask)
        return;
    free((*ask)->name);
    free((*ask)->file);
    free((*ask)->bytes);
    free(*ask);
    *ask = NULL;
}

static void
answer(sw_sched *s, size_t i, const sw_header *h)
{
    s->settings.described(s->settings.context, s->asks[i]->ticket, h);
    sw_ask_free(&s->asks[i]);
    s->asks[i] = s->asks[--s->n_asks];
}

static void
refuse(sw_sched *s, size_t i)
{
    answer(s, i, NULL);
}

static sw_peer *
freest_of(const sw_sched *s, const char *name)
{
    sw_peer *best = NULL;
    for (size_t i = 0; i < s->peers.n; i++) {
        sw_peer *p = s->peers.v[i];
        if (!p->draining && sw_peer_loads(p, name) && (!best || p->leases < best->leases))
            best = p;
    }
    return best;
}

void
sw_dispatch_ask(sw_sched *s, sw_ask *ask)
{
    s->asks = sw_grow(s->asks, s->n_asks, &s->asks_capacity, sizeof(sw_ask *));
    s->asks[s->n_asks++] = ask;
    sw_peer *p = freest_of(s, ask->name);
    if (!p) {
        refuse(s, s->n_asks - 1);
        return;
    }
    sw_header h = {.request = ask->ticket, .name = ask->name, .file = ask->file};
    sw_dispatch_send_bytes(s, p, SW_DESCRIBE, &h, ask->bytes, ask->n);
    memcpy(ask->route, p->route, p->route_n);
    ask->route_n = p->route_n;
    ask->sent_ms = sw_now_ms();
}

void
sw_dispatch_described(sw_sched *s, const sw_peer *peer, const sw_header *h)
{
    for (size_t i = 0; i < s->n_asks; i++) {
        const sw_ask *a = s->asks[i];
        if (a->ticket == h->request && a->route_n == peer->route_n &&
            memcmp(a->route, peer->route, a->route_n) == 0) {
            answer(s, i, h);
            return;
        }
    }
}

void
sw_dispatch_expire_asks(sw_sched *s)
{
    for (size_t i = s->n_asks; i > 0; i--) {
        const sw_ask *a = s->asks[i - 1];
        bool lost = !sw_peer_find(&s->peers, a->route, a->route_n);
        if (lost || sw_now_ms() - a->sent_ms > ANSWER_MS)
            refuse(s, i - 1);
    }
}
