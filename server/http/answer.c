// SPDX-License-Identifier: Apache-2.0
// Answers: bodies, problem documents, streams; and handing them to the library.
#include "server/http/internal.h"

#include "lib/base/json.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum { PIECE = 16384 };

#define LIVE_GAP_SECONDS 0.05

void
sw_answer_header(sw_request *r, const char *name, const char *value)
{
    answer *a = &r->answer;
    assert(a->n_headers < sw_countof(a->headers));
    a->headers[a->n_headers++] =
        (sw_pair){sw_http_keep(r, sw_strdup(name)), sw_http_keep(r, sw_strdup(value))};
}

void
sw_answer(sw_request *r, int status, const char *media_type, sw_buffer *body)
{
    answer *a = &r->answer;
    assert(!a->ready);
    a->ready = true;
    a->status = status;
    a->media_type = media_type ? sw_http_keep(r, sw_strdup(media_type)) : NULL;
    a->body = *body;
    *body = (sw_buffer){0};
}

void
sw_answer_json(sw_request *r, int status, json_t *body)
{
    sw_buffer b = {0};
    sw_json_write(&b, body, false);
    sw_buffer_char(&b, '\n');
    json_decref(body);
    sw_answer(r, status, "application/json", &b);
}

void
sw_answer_empty(sw_request *r)
{
    sw_buffer none = {0};
    sw_answer(r, 204, NULL, &none);
}

bool
sw_answer_unchanged(sw_request *r, const char *etag)
{
    sw_auto(free) char *quoted = sw_format("\"%s\"", etag);
    sw_answer_header(r, "ETag", quoted);
    const char *known = sw_request_header(r, "If-None-Match");
    if (!known || (!strstr(known, quoted) && strcmp(known, "*") != 0))
        return false;
    sw_buffer none = {0};
    sw_answer(r, 304, NULL, &none);
    return true;
}

static char *
problem_detail(const char *format, va_list args)
{
    char *text = NULL;
    if (!format)
        return NULL;
    if (vasprintf(&text, format, args) < 0)
        return NULL;
    return text;
}

static json_t *
problem_document(sw_request *r, const sw_error_info *info, const sw_faults *faults,
                 const char *detail)
{
    sw_auto(free) char *type = sw_format("urn:sweepd:problem:%s", info->slug);
    json_t *body =
        json_pack("{ss ss si}", "type", type, "title", info->title, "status", info->status);
    if (detail) // texts from outside may be cut within a character: then they are left out
        json_object_set_new(body, "detail", json_string(detail));
    json_object_set_new(body, "instance", json_string(r->url));
    if (faults && sw_faults_any(faults)) {
        json_object_set_new(body, "faults", sw_faults_json(faults));
        if (faults->dropped)
            json_object_set_new(body, "faults_left_out", json_integer((json_int_t)faults->dropped));
    }
    return body;
}

void
sw_problem(sw_request *r, sw_error error, const sw_faults *faults, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sw_auto(free) char *detail = problem_detail(format, args);
    va_end(args);
    const sw_error_info *info = sw_error_about(error);
    sw_auto(json) json_t *body = problem_document(r, info, faults, detail);
    sw_buffer b = {0};
    sw_json_write(&b, body, false);
    sw_buffer_char(&b, '\n');
    if (info->retryable)
        sw_answer_header(r, "Retry-After", "2");
    sw_answer(r, info->status, "application/problem+json", &b);
}

void
sw_answer_stream(sw_request *r, const char *media_type, const sw_stream *stream, void *self)
{
    sw_buffer none = {0};
    sw_answer(r, 200, media_type, &none);
    r->answer.stream = stream;
    r->answer.stream_self = self;
}

void
sw_answer_live(sw_request *r, int64_t channel, const sw_stream *stream, void *self)
{
    sw_answer_header(r, "X-Accel-Buffering", "no");
    sw_answer_stream(r, "text/event-stream", stream, self);
    r->answer.live = true;
    r->answer.last_sent = sw_http_now();
    sw_hub_watch(r->http, &r->listener, channel);
}

// ---- to the library ----

static ssize_t
give(answer *a, char *to, size_t most)
{
    size_t n = a->body.n - a->taken;
    if (n > most)
        n = most;
    memcpy(to, a->body.data + a->taken, n);
    a->taken += n;
    return (ssize_t)n;
}

// Nothing to send on a live stream: a heartbeat if it is time, else sleep (0 to the library).
static ssize_t
idle(sw_request *r, char *to, size_t most)
{
    answer *a = &r->answer;
    double beat = a->last_sent + r->http->settings.heartbeat_seconds;
    if (sw_http_now() >= beat && most >= 3) {
        a->last_sent = sw_http_now();
        memcpy(to, ":\n\n", 3);
        return 3;
    }
    if (sw_hub_sleep(r->http, &r->listener, beat, LIVE_GAP_SECONDS))
        return 0;
    return r->http->hub.closing ? MHD_CONTENT_READER_END_OF_STREAM : 0;
}

static ssize_t
pull(void *context, uint64_t at, char *to, size_t most)
{
    (void)at;
    sw_request *r = context;
    answer *a = &r->answer;
    if (a->taken < a->body.n)
        return give(a, to, most);
    if (a->stream_ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (a->live && r->http->hub.closing)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (a->live)
        sw_hub_seen(r->http, &r->listener);
    sw_buffer_clear(&a->body);
    a->taken = 0;
    void *thread = sw_http_thread(r->http);
    while (a->body.n == 0 && !a->stream_ended) {
        if (a->stream->pull(a->stream_self, thread, &a->body, &a->stream_ended))
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (a->live && a->body.n == 0 && !a->stream_ended)
            return idle(r, to, most);
    }
    a->last_sent = sw_http_now();
    return a->body.n ? give(a, to, most) : MHD_CONTENT_READER_END_OF_STREAM;
}

static struct MHD_Response *
response_of(sw_request *r)
{
    answer *a = &r->answer;
    if (a->stream)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, pull, r, NULL);
    return MHD_create_response_from_buffer(a->body.n, a->body.data ? a->body.data : "",
                                           MHD_RESPMEM_PERSISTENT);
}

// Set on every answer. Pages may load nothing but their own files.
static const sw_pair common_headers[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Content-Security-Policy",
     // The hash is that of an empty style element, which Redoc fills rule by rule; the worker is
     // its search.
     "default-src 'none'; script-src 'self'; "
     "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
     "img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src blob:; "
     "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"},
};

enum MHD_Result
sw_http_send(sw_request *r)
{
    answer *a = &r->answer;
    struct MHD_Response *response = response_of(r);
    if (!response)
        return MHD_NO;
    if (a->media_type)
        MHD_add_response_header(response, "Content-Type", a->media_type);
    bool cached = false;
    for (size_t i = 0; i < a->n_headers; i++) {
        MHD_add_response_header(response, a->headers[i].name, a->headers[i].value);
        cached = cached || strcmp(a->headers[i].name, "Cache-Control") == 0;
    }
    if (!cached)
        MHD_add_response_header(response, "Cache-Control", "no-cache");
    for (size_t i = 0; i < sw_countof(common_headers); i++)
        MHD_add_response_header(response, common_headers[i].name, common_headers[i].value);
    enum MHD_Result sent = MHD_queue_response(r->connection, (unsigned)a->status, response);
    MHD_destroy_response(response);
    double spent = sw_http_now() - r->since;
    r->http->stats.requests[a->status / 100 % 6]++;
    r->http->stats.microseconds += (int64_t)(spent * 1e6);
    return sent;
}
