// SPDX-License-Identifier: Apache-2.0
// A session lives with one worker. What is known of it here is lost with the server, and the worker
// ends it when it stays silent.
#include "server/sched/sessions.h"

#include "lib/base/memory.h"
#include "server/sched/dispatcher.h"

enum { IDLE_MS = 1200000, ANSWER_MS = 100000 };

sw_line *
sw_line_new(int64_t ticket, int64_t session, const char *name, const char *version,
            const char *text)
{
    sw_line *l = sw_calloc(1, sizeof *l);
    *l = (sw_line){ticket, session, sw_strdup(name), sw_strdup(version), sw_strdup(text)};
    return l;
}

void
sw_line_free(sw_line **line)
{
    if (!*line)
        return;
    free((*line)->name);
    free((*line)->version);
    free((*line)->text);
    free(*line);
    *line = NULL;
}

static void
tell(sw_sched *s, int64_t ticket, int64_t session, const char *text)
{
    s->settings.answered(s->settings.context, ticket, session, text);
}

static void
forget(sw_sched *s, size_t i)
{
    if (s->sessions[i].ticket)
        tell(s, s->sessions[i].ticket, s->sessions[i].id, NULL);
    s->sessions[i] = s->sessions[--s->n_sessions];
}

static sw_session *
find(sw_sched *s, int64_t id)
{
    for (size_t i = 0; i < s->n_sessions; i++) {
        if (s->sessions[i].id == id)
            return &s->sessions[i];
    }
    return NULL;
}

// A worker that has the model, or can be given it; *source is then its files.
static sw_peer *
find_peer(sw_sched *s, const sw_line *line, sw_model_source *source)
{
    sw_auto(free) char *key = sw_format("%s@%s", line->name, line->version);
    sw_error e = sw_store_model_source(s->store, line->name, line->version, source);
    sw_peer *best = NULL;
    for (size_t i = 0; i < s->peers.n; i++) {
        sw_peer *p = s->peers.v[i];
        bool can = sw_peer_offers(p, key) || (e == SW_E_NONE && sw_peer_loads(p, key));
        if (can && !p->draining && (!best || p->leases < best->leases))
            best = p;
    }
    return best;
}

static void
send_source(sw_sched *s, const sw_peer *peer, const sw_model_source *source)
{
    sw_model_row row = {0};
    if (!source->bytes ||
        sw_store_model_get(s->store, source->name, source->version, &row) != SW_E_NONE)
        return;
    sw_auto(json) json_t *descriptor = json_loads(row.descriptor, 0, NULL);
    sw_header h = {.name = source->name,
                   .version = source->version,
                   .file = source->file,
                   .descriptor = descriptor};
    sw_dispatch_send_bytes(s, peer, SW_MODEL, &h, source->bytes, source->n);
    sw_model_row_fini(&row);
}

static void
open_session(sw_sched *s, const sw_line *line)
{
    sw_model_source source = {0};
    sw_peer *peer = find_peer(s, line, &source);
    if (peer) {
        send_source(s, peer, &source);
        sw_session x = {.id = s->next_session++,
                        .ticket = line->ticket,
                        .route_n = peer->route_n,
                        .used_ms = sw_now_ms()};
        memcpy(x.route, peer->route, peer->route_n);
        s->sessions =
            sw_grow(s->sessions, s->n_sessions, &s->sessions_capacity, sizeof *s->sessions);
        s->sessions[s->n_sessions++] = x;
        sw_header h = {.request = line->ticket,
                       .session = x.id,
                       .name = line->name,
                       .version = line->version,
                       .message = ""};
        sw_dispatch_send(s, peer, SW_ASK, &h);
    } else {
        tell(s, line->ticket, 0, NULL);
    }
    sw_model_source_fini(&source);
}

void
sw_dispatch_line(sw_sched *s, sw_line *line)
{
    sw_session *x = find(s, line->session);
    const sw_peer *peer = x ? sw_peer_find(&s->peers, x->route, x->route_n) : NULL;
    if (line->session == 0) {
        open_session(s, line);
    } else if (!peer || x->ticket) {
        tell(s, line->ticket, line->session,
             x ? "{\"error\":\"the session still works on another request\","
                 "\"kind\":\"session\"}"
               : NULL);
    } else {
        x->ticket = line->ticket;
        x->used_ms = sw_now_ms();
        sw_header h = {.request = line->ticket,
                       .session = x->id,
                       .name = "",
                       .version = "",
                       .message = line->text};
        sw_dispatch_send(s, peer, SW_ASK, &h);
    }
    sw_line_free(&line);
}

void
sw_dispatch_answered(sw_sched *s, const sw_peer *peer, const sw_header *h)
{
    sw_session *x = find(s, h->session);
    bool mine = x && x->route_n == peer->route_n && x->ticket == h->request &&
                memcmp(x->route, peer->route, x->route_n) == 0;
    if (!mine)
        return;
    tell(s, x->ticket, x->id, h->message);
    x->ticket = 0;
}

void
sw_dispatch_expire_sessions(sw_sched *s)
{
    for (size_t i = s->n_sessions; i > 0; i--) {
        const sw_session *x = &s->sessions[i - 1];
        int64_t idle = sw_now_ms() - x->used_ms;
        if (!sw_peer_find(&s->peers, x->route, x->route_n) || idle > IDLE_MS ||
            (x->ticket && idle > ANSWER_MS))
            forget(s, i - 1);
    }
}
