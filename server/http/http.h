// SPDX-License-Identifier: Apache-2.0
// The HTTP layer over libmicrohttpd: routes, parameters, bodies, answers, problem documents,
// streams, waiting requests. It knows nothing of studies; handlers stand in a table of routes.
//
// A handler runs on one of a few threads and answers by calling one sw_answer_… function, or
// sw_problem, or by putting the request off: sw_request_park (run the handler again when a channel
// is woken) or sw_request_defer (another thread answers). What it allocates with
// sw_request_alloc lives until the request completes.
#ifndef SWEEPD_HTTP_HTTP_H
#define SWEEPD_HTTP_HTTP_H

#include "lib/base/buffer.h"
#include "lib/base/errors.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct sw_http sw_http;
typedef struct sw_request sw_request;

typedef void (*sw_handler)(sw_request *r);

typedef enum sw_scope {
    SW_SCOPE_OPEN, // needs no token, and no Host that names this machine
    SW_SCOPE_READ,
    SW_SCOPE_SUBMIT,
    SW_SCOPE_MODELS,
    SW_SCOPE_ADMIN,
} sw_scope;

// Added to a body limit: the body may be of any media type, not only JSON.
#define SW_BODY_ANY ((size_t)1 << 62)

// One route. The pattern's {name} matches one segment. A table ends with a row whose method is
// NULL. HEAD is answered by the GET route, OPTIONS by the router.
typedef struct sw_route {
    const char *method;
    const char *pattern;
    sw_scope scope;
    sw_handler handler;
    size_t body_limit;        // bytes; 0: a body is refused; see SW_BODY_ANY
    const char *const *query; // names that may stand in the query, NULL-terminated; NULL: none;
                              // first name "*": any
    const char *doc;
} sw_route;

typedef struct sw_http_settings {
    const char *host;  // an address: 127.0.0.1, ::1, 0.0.0.0, …
    int port;          // 0: any free one
    const char *token; // bearer token that may do everything; NULL: nobody is asked for one.
                       // Required unless host is a loopback address
    // What another token may do: bits 1 << scope. SW_E_NOT_FOUND if it is none. NULL: there are no
    // others. On an HTTP thread; `mine` is what thread_new made.
    sw_error (*token_allows)(void *mine, const char *token, unsigned *allows);
    unsigned threads;
    unsigned connections;     // more are refused
    double idle_seconds;      // a silent connection is closed
    double request_seconds;   // headers and body must have come within this
    double heartbeat_seconds; // live streams send a comment when nothing else was sent
    const sw_route *routes;
    void *context; // sw_request_context
    // What each thread has to itself, made on its first request: a database connection.
    void *(*thread_new)(void *context);
    void (*thread_free)(void *mine);
} sw_http_settings;

extern const sw_http_settings sw_http_settings_default;

// Counters, each true by itself.
typedef struct sw_http_stats {
    _Atomic int64_t requests[6];  // by the first digit of the status
    _Atomic int64_t microseconds; // from the first byte seen to the answer made, summed
    _Atomic int64_t connections;  // open now
    _Atomic int64_t waiting;      // requests put off now, live streams among them
} sw_http_stats;

// Listens. NULL and a logged reason if it can not, or if a token is missing that is required.
sw_http *sw_http_start(const sw_http_settings *settings);
int sw_http_port(const sw_http *http);
const sw_http_stats *sw_http_stats_of(const sw_http *http);

// Something changed on this channel: waiting requests and live streams of the channel, and those
// of channel 0, which hears all, go on. Any thread; never blocks for long.
void sw_http_wake(sw_http *http, int64_t channel);

// No new connections, parked requests are answered 503 and live streams end; then waits until all
// deferred requests are answered (whoever deferred them must do so) and stops.
void sw_http_stop(sw_http **http);

// ---- reading a request ----

void *sw_request_context(const sw_request *r); // of the settings
sw_http *sw_request_http(const sw_request *r);
void *sw_request_thread(sw_request *r);          // what thread_new made for this thread
void *sw_request_alloc(sw_request *r, size_t n); // zeroed; freed with the request
const char *sw_request_header(const sw_request *r, const char *name); // NULL if absent
void sw_request_body(const sw_request *r, const char **bytes, size_t *n);

// The value of {name} in the pattern, decoded; never NULL for a name of the pattern.
const char *sw_request_path(const sw_request *r, const char *name);

// A number that the handler keeps between its runs of a parked request; 0 at first.
int64_t *sw_request_note(sw_request *r);

// {name} as a decimal number of 1 … 2^63-1 without sign or leading zeros; 0 for anything else.
int64_t sw_request_id(const sw_request *r, const char *name);

// A query parameter, decoded; NULL if absent. The readers return `fallback` when it is absent, and
// add a fault with the pointer "?name" when it is not what is wanted.
const char *sw_query(const sw_request *r, const char *name);
int64_t sw_query_integer(const sw_request *r, const char *name, int64_t min, int64_t max,
                         int64_t fallback, sw_faults *faults);
bool sw_query_flag(const sw_request *r, const char *name, sw_faults *faults);

// The i-th query parameter, in order; false beyond the last.
bool sw_query_at(const sw_request *r, size_t i, const char **name, const char **value);

// Which of the offered media types to answer with: by ?format=, whose names stand in `formats` in
// the same order, else by Accept with its q values; the first without either. Both lists end with
// NULL. -1 after answering 406 or 400.
int sw_request_accept(sw_request *r, const char *const *types, const char *const *formats);

// ---- answering ----

// Adds a header to the answer that follows. Both texts are copied.
void sw_answer_header(sw_request *r, const char *name, const char *value);

// Answers with the bytes of body, which is emptied (its memory is taken over).
void sw_answer(sw_request *r, int status, const char *media_type, sw_buffer *body);

// Answers with JSON, made by sw_json_write. Takes over the reference.
void sw_answer_json(sw_request *r, int status, json_t *body);

// Answers without a body: 204.
void sw_answer_empty(sw_request *r);

// Sets the ETag (given without quotes); if If-None-Match names it, answers 304 and returns true.
bool sw_answer_unchanged(sw_request *r, const char *etag);

// Answers with an RFC 9457 problem document; faults may be NULL; detail may be NULL. Errors that
// may pass get Retry-After.
void sw_problem(sw_request *r, sw_error error, const sw_faults *faults, const char *detail, ...)
    __attribute__((format(printf, 4, 5)));

// A streamed answer, made piece by piece while the client takes it.
typedef struct sw_stream {
    // Appends the next piece to out (some ten kilobytes); sets *end with or after the last. Nothing
    // appended and no end: of a live stream, wait for the channel. An error breaks the connection
    // off, so that the client sees that the answer is incomplete. thread: as sw_request_thread.
    sw_error (*pull)(void *self, void *thread, sw_buffer *out, bool *end);
    void (*free_self)(void *self); // when the request completes; may be NULL
} sw_stream;

void sw_answer_stream(sw_request *r, const char *media_type, const sw_stream *stream, void *self);

// As sw_answer_stream for server-sent events: when pull has nothing, the connection sleeps until
// the channel (0: any) is woken, with a comment line as heartbeat.
void sw_answer_live(sw_request *r, int64_t channel, const sw_stream *stream, void *self);

// Waiting for a channel: watch, then look at what is waited for, then park. A wake after watch is
// never lost. The handler runs again when the channel is woken or `seconds` (counted from the
// first watch) have passed; sw_request_waited says how long the request has waited.
void sw_request_watch(sw_request *r, int64_t channel);
double sw_request_waited(const sw_request *r);
void sw_request_park(sw_request *r, double seconds);

// Puts the request off: the handler returns without an answer, and any thread answers later by
// an sw_answer_… function and then sw_request_resume, which ends its use of the request.
void sw_request_defer(sw_request *r);
void sw_request_resume(sw_request *r);

#endif
