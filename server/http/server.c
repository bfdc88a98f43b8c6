// SPDX-License-Identifier: Apache-2.0
// The server: start, stop, and the course of one request from its headers to its answer.
#include "server/http/internal.h"

#include "lib/base/log.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

const sw_http_settings sw_http_settings_default = {
    .host = "127.0.0.1",
    .threads = 4,
    .connections = 512,
    .idle_seconds = 60,
    .request_seconds = 60,
    .heartbeat_seconds = 15,
};

// ---- one request ----

static sw_request *
request_new(sw_http *http, struct MHD_Connection *connection, const char *url, const char *method)
{
    sw_request *r = sw_calloc(1, sizeof *r);
    r->http = http;
    r->connection = r->listener.connection = connection;
    r->method = method;
    r->url = sw_strdup(url);
    r->since = sw_http_now();
    return r;
}

static void
request_free(sw_request *r)
{
    sw_hub_forget(r->http, &r->listener);
    if (r->answer.stream && r->answer.stream->free_self)
        r->answer.stream->free_self(r->answer.stream_self);
    for (size_t i = 0; i < r->n_arena; i++)
        free(r->arena[i]);
    free(r->arena);
    sw_buffer_fini(&r->body);
    sw_buffer_fini(&r->answer.body);
    free(r->url);
    free(r);
}

// The length that a request announces; 0 without one.
static size_t
announced(const sw_request *r)
{
    const char *length = sw_request_header(r, "Content-Length");
    return length ? (size_t)strtoull(length, NULL, 10) : 0;
}

// The media type of a body must be JSON, or unsaid.
static bool
media_type_fits(sw_request *r)
{
    if (r->route->body_limit & SW_BODY_ANY)
        return true;
    const char *type = sw_request_header(r, "Content-Type");
    size_t n = type ? strcspn(type, "; \t") : 0;
    static const char *const known[] = {"application/json", "application/x-www-form-urlencoded"};
    for (size_t i = 0; i < sw_countof(known); i++) {
        if (n == strlen(known[i]) && strncasecmp(type, known[i], n) == 0)
            return true; // the second is what curl says of --data when not told otherwise
    }
    if (n)
        sw_problem(r, SW_E_MEDIA_TYPE, NULL, "Content-Type is \"%.100s\", not application/json",
                   type);
    return n == 0;
}

static void
refuse_size(sw_request *r)
{
    if (r->body_limit)
        sw_problem(r, SW_E_TOO_LARGE, NULL, "at most %zu bytes are accepted here", r->body_limit);
    else
        sw_problem(r, SW_E_TOO_LARGE, NULL, "this resource takes no body");
}

// Everything that can be checked before the body; answers if something is wrong.
static void
begin(sw_request *r)
{
    if (!sw_http_read_query(r) || !sw_http_route(r)) {
        // An answer is there; who may not ask is not told what exists.
        answer refused = r->answer;
        r->answer = (answer){0};
        if (sw_http_guard(r)) {
            sw_buffer_fini(&r->answer.body);
            r->answer = refused;
        } else {
            sw_buffer_fini(&refused.body);
        }
        return;
    }
    if (!sw_http_guard(r))
        return;
    r->body_limit = r->route->body_limit & ~SW_BODY_ANY;
    bool body = announced(r) > 0 || sw_request_header(r, "Transfer-Encoding");
    if (announced(r) > r->body_limit)
        refuse_size(r);
    else if (body)
        media_type_fits(r);
}

// Takes a piece of the body. Beyond the limit it is read and forgotten, so that the client gets
// to read the answer, up to where it looks like an attack.
static enum MHD_Result
take(sw_request *r, const char *bytes, size_t *n)
{
    r->body_seen += *n;
    bool refused = r->body_seen > r->body_limit;
    if ((refused && r->body_seen > DISCARD_MAX) ||
        sw_http_now() - r->since > r->http->settings.request_seconds)
        return MHD_NO;
    if (!r->answer.ready && r->body_seen > r->body_limit)
        refuse_size(r);
    if (!r->answer.ready)
        sw_buffer_add(&r->body, bytes, *n);
    *n = 0;
    return MHD_YES;
}

static peer *
peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

// The request is complete: the answer that is there, or the handler's.
static enum MHD_Result
finish(sw_request *r)
{
    peer *p = peer_of(r->connection);
    if (p && !r->begun)
        sw_hub_peer_busy(r->http, p, true);
    r->begun = true;
    r->put_off = false;
    if (!r->settled && !r->answer.ready)
        r->route->handler(r);
    if (r->put_off)
        return MHD_YES; // another thread may have the request by now
    assert(r->answer.ready);
    return sw_http_send(r);
}

static enum MHD_Result
answer_to(void *context, struct MHD_Connection *connection, const char *url, const char *method,
          const char *version, const char *upload, size_t *upload_size, void **slot)
{
    (void)version;
    sw_request *r = *slot;
    if (!r) {
        *slot = r = request_new(context, connection, url, method);
        begin(r);
        bool unsent = announced(r) > DISCARD_MAX || sw_request_header(r, "Expect");
        bool hopeless = r->answer.ready && unsent;
        return hopeless ? sw_http_send(r) : MHD_YES;
    }
    if (*upload_size)
        return take(r, upload, upload_size);
    return finish(r);
}

static void
completed(void *context, struct MHD_Connection *connection, void **slot,
          enum MHD_RequestTerminationCode why)
{
    sw_http *http = context;
    sw_request *r = *slot;
    peer *p = peer_of(connection);
    if (p)
        sw_hub_peer_busy(http, p, false);
    if (!r)
        return;
    assert(!r->deferred || r->settled);
    sw_debug("http", "%.16s %.200s %d %.1f ms%s", r->method, r->url, r->answer.status,
             1e3 * (sw_http_now() - r->since),
             why == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : " (broken off)");
    request_free(r);
    *slot = NULL;
}

// ---- putting off ----

void
sw_request_watch(sw_request *r, int64_t channel)
{
    if (r->watching_since == 0)
        r->watching_since = sw_http_now();
    sw_hub_watch(r->http, &r->listener, channel);
}

int64_t *
sw_request_note(sw_request *r)
{
    return &r->note;
}

double
sw_request_waited(const sw_request *r)
{
    return r->watching_since > 0 ? sw_http_now() - r->watching_since : 0;
}

void
sw_request_park(sw_request *r, double seconds)
{
    if (r->http->hub.closing) {
        sw_problem(r, SW_E_BUSY, NULL, "the server is stopping");
        return;
    }
    r->answer.n_headers = 0; // the handler will run again
    r->put_off = true;       // before it sleeps: afterwards the request may already go on
    if (!sw_hub_sleep(r->http, &r->listener, r->watching_since + seconds, 0)) {
        r->put_off = false;
        r->route->handler(r);
    }
}

void
sw_request_defer(sw_request *r)
{
    r->put_off = r->deferred = true;
    r->http->stats.waiting++;
    r->http->deferred++;
    MHD_suspend_connection(r->connection);
}

void
sw_request_resume(sw_request *r)
{
    sw_http *http = r->http;
    struct MHD_Connection *connection = r->connection;
    r->settled = true; // from here on the request may go away
    MHD_resume_connection(connection);
    http->stats.waiting--;
    http->deferred--;
}

// ---- start and stop ----

static void
connection_changed(void *context, struct MHD_Connection *connection, void **slot,
                   enum MHD_ConnectionNotificationCode what)
{
    sw_http *http = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        peer *p = sw_calloc(1, sizeof *p);
        p->socket =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        p->since = sw_http_now();
        sw_hub_peer_add(http, p);
        *slot = p;
    } else if (*slot) {
        sw_hub_peer_drop(http, *slot);
        free(*slot);
        *slot = NULL;
    }
}

static size_t
leave_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static void
log_library(void *context, const char *format, va_list args)
{
    (void)context;
    char line[512];
    vsnprintf(line, sizeof line, format, args);
    sw_debug("http", "%s", line);
}

static int
listen_on(const char *host, int port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
    sw_auto(free) char *service = sw_format("%d", port);
    int wrong = getaddrinfo(host, service, &hints, &found);
    if (wrong) {
        sw_err("http", "%s: %s", host, gai_strerror(wrong));
        return -1;
    }
    int s = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    if (s >= 0)
        setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool listens = s >= 0 && bind(s, found->ai_addr, found->ai_addrlen) == 0 && listen(s, 512) == 0;
    if (!listens) {
        sw_err("http", "can not listen on %s port %d: %s", host, port, strerror(errno));
        if (s >= 0)
            close(s);
    }
    freeaddrinfo(found);
    return listens ? s : -1;
}

static int
port_of(int s)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a;
    memset(&a, 0, sizeof a);
    socklen_t n = sizeof a;
    getsockname(s, &a.any, &n);
    return ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

static struct MHD_Daemon *
start_daemon(sw_http *http, int s)
{
    const sw_http_settings *set = &http->settings;
    unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_ITC;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)log_library, NULL},
        {MHD_OPTION_LISTEN_SOCKET, s, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, set->threads, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, set->connections, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)set->idle_seconds, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)completed, http},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connection_changed, http},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escapes, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(flags, 0, NULL, NULL, answer_to, http, MHD_OPTION_ARRAY, options,
                            MHD_OPTION_END);
}

static void
http_free(sw_http *http)
{
    pthread_key_delete(http->mine);
    free(http->host);
    free(http->token);
    free(http);
}

sw_http *
sw_http_start(const sw_http_settings *settings)
{
    bool loopback = sw_http_is_loopback(settings->host);
    if (sodium_init() < 0 || (!loopback && !settings->token)) {
        sw_err("http", "listening on %s, which others can reach, needs a token", settings->host);
        return NULL;
    }
    int s = listen_on(settings->host, settings->port);
    if (s < 0)
        return NULL;
    sw_http *http = sw_calloc(1, sizeof *http);
    http->settings = *settings;
    http->host = sw_strdup(settings->host);
    http->token = settings->token ? sw_strdup(settings->token) : NULL;
    http->loopback = loopback;
    http->port = port_of(s);
    pthread_key_create(&http->mine, settings->thread_free);
    sw_hub_start(http);
    http->daemon = start_daemon(http, s);
    if (!http->daemon) {
        sw_err("http", "the HTTP library did not start");
        close(s);
        sw_hub_close(http);
        sw_hub_stop(http);
        http_free(http);
        return NULL;
    }
    return http;
}

int
sw_http_port(const sw_http *http)
{
    return http->port;
}

const sw_http_stats *
sw_http_stats_of(const sw_http *http)
{
    return &http->stats;
}

void
sw_http_stop(sw_http **slot)
{
    sw_http *http = *slot;
    if (!http)
        return;
    int s = MHD_quiesce_daemon(http->daemon);
    sw_hub_close(http);
    // Suspended connections must have gone on before the library may be stopped.
    // The answers of those that waited then get some time to leave.
    for (int i = 0; http->deferred > 0 || (http->stats.waiting > 0 && i < 1000); i++)
        usleep(2000);
    MHD_stop_daemon(http->daemon);
    if (s >= 0)
        close(s);
    sw_hub_stop(http);
    http_free(http);
    *slot = NULL;
}
