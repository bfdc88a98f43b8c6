// SPDX-License-Identifier: Apache-2.0
// What the files of the HTTP layer share.
#ifndef SWEEPD_HTTP_INTERNAL_H
#define SWEEPD_HTTP_INTERNAL_H

#include "lib/base/memory.h"
#include "server/http/http.h"

#include <microhttpd.h>
#include <pthread.h>
#include <sys/queue.h>

enum {
    URL_MAX = 8192,           // bytes of path and query
    SEGMENTS_MAX = 16,        // of a path
    QUERY_MAX = 64,           // parameters
    DISCARD_MAX = 64 << 20,   // of a refused body that is still read, so that the answer arrives
    CONNECTION_MEMORY = 32768 // headers and write buffer of one connection
};

typedef struct sw_pair {
    const char *name, *value;
} sw_pair;

// What a request sleeps on. Guarded by the hub's lock, but for `self`.
typedef struct listener {
    LIST_ENTRY(listener) link;
    bool listed;
    int64_t channel;
    bool pending; // woken since it last looked
    bool asleep;
    double wake_at;    // monotonic seconds: when it goes on without being woken
    double not_before; // a live stream is not woken more often than this
    struct MHD_Connection *connection;
} listener;

typedef struct answer {
    bool ready;
    int status;
    const char *media_type;
    sw_buffer body;
    size_t n_headers;
    sw_pair headers[8];
    const sw_stream *stream; // NULL: body
    void *stream_self;
    bool live;
    bool stream_ended;
    size_t taken; // bytes of body that the client has
    double last_sent;
} answer;

struct sw_request {
    sw_http *http;
    struct MHD_Connection *connection;
    const char *method;
    char *url; // as sent, without the query
    const sw_route *route;
    size_t n_path;
    sw_pair path[SEGMENTS_MAX];
    size_t n_query;
    sw_pair query[QUERY_MAX];
    sw_buffer body;
    size_t body_seen;
    size_t body_limit;
    bool begun, put_off, deferred;
    _Atomic bool settled; // by another thread; orders its writes before what follows
    double since, watching_since;
    int64_t note; // the handler's own
    listener listener;
    answer answer;
    void **arena;
    size_t n_arena, arena_capacity;
};

// One open connection, for the deadline of slow headers.
typedef struct peer {
    LIST_ENTRY(peer) link;
    int socket;
    double since; // when the present request could begin
    bool busy;    // a request is complete and being answered
} peer;

typedef struct hub {
    pthread_mutex_t lock;
    LIST_HEAD(, listener) listeners;
    LIST_HEAD(, peer) peers;
    _Atomic bool closing;
    pthread_t keeper;
    pthread_cond_t tick;
} hub;

struct sw_http {
    sw_http_settings settings;
    char *host, *token;
    bool loopback;
    struct MHD_Daemon *daemon;
    int port;
    pthread_key_t mine;
    hub hub;
    sw_http_stats stats;
    _Atomic int64_t deferred; // requests that another thread is to answer
};

double sw_http_now(void); // monotonic seconds

// url.c: decodes %XX in place; false on a malformed escape, NUL, or invalid UTF-8.
bool sw_http_decode(char *text);

// router.c: finds the route and fills path; answers 404, 405, OPTIONS or 400 itself when there is
// none (then false).
bool sw_http_route(sw_request *r);

// guard.c: Host, Origin and token. Answers itself and returns false when refused.
bool sw_http_guard(sw_request *r);
bool sw_http_is_loopback(const char *host);

// answer.c
enum MHD_Result sw_http_send(sw_request *r);

// request.c
void *sw_http_thread(sw_http *http);
char *sw_http_keep(sw_request *r, char *owned); // freed with the request
bool sw_http_read_query(sw_request *r);

// hub.c
void sw_hub_start(sw_http *http);
void sw_hub_stop(sw_http *http);  // ends the keeper; all listeners were woken
void sw_hub_close(sw_http *http); // refuses to sleep from now on, wakes all
void sw_hub_watch(sw_http *http, listener *l, int64_t channel);
void sw_hub_forget(sw_http *http, listener *l);
// Sleeps unless it was woken meanwhile or the hub closes: true if the connection is suspended.
bool sw_hub_sleep(sw_http *http, listener *l, double wake_at, double gap);
void sw_hub_seen(sw_http *http, listener *l); // forgets wakes so far
void sw_hub_peer_add(sw_http *http, peer *p);
void sw_hub_peer_drop(sw_http *http, peer *p);
void sw_hub_peer_busy(sw_http *http, peer *p, bool busy);

#endif
