// SPDX-License-Identifier: Apache-2.0
// The HTTP layer alone, on a loopback port: what it answers to good requests and to bad ones.
#include "lib/base/memory.h"
#include "server/http/http.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

// ---- a small service ----

static _Atomic int value;       // what /wait and /live look at
static _Atomic int threads_now; // made and not yet freed

static void *
thread_new(void *context)
{
    (void)context;
    threads_now++;
    return sw_calloc(1, 1);
}

static void
thread_free(void *mine)
{
    threads_now--;
    free(mine);
}

static void
echo(sw_request *r)
{
    const char *bytes;
    size_t n;
    sw_request_body(r, &bytes, &n);
    sw_buffer b = {0};
    sw_buffer_add(&b, bytes, n);
    sw_answer(r, 200, "text/plain", &b);
}

static void
item(sw_request *r)
{
    sw_faults faults = {0};
    int64_t limit = sw_query_integer(r, "limit", 1, 10, 5, &faults);
    bool flag = sw_query_flag(r, "flag", &faults);
    if (sw_faults_any(&faults))
        sw_problem(r, SW_E_INVALID_REQUEST, &faults, NULL);
    else if (!sw_answer_unchanged(r, "v1"))
        sw_answer_json(r, 200,
                       json_pack("{ss sI sI sb}", "name", sw_request_path(r, "name"), "id",
                                 (json_int_t)sw_request_id(r, "name"), "limit", (json_int_t)limit,
                                 "flag", flag));
    sw_faults_fini(&faults);
}

static void
format(sw_request *r)
{
    static const char *const types[] = {"application/json", "text/csv", NULL};
    static const char *const names[] = {"json", "csv", NULL};
    int which = sw_request_accept(r, types, names);
    sw_buffer b = {0};
    if (which >= 0) {
        sw_buffer_str(&b, names[which]);
        sw_answer(r, 200, types[which], &b);
    }
}

enum { STREAM_PIECES = 1000, STREAM_PIECE = 1000 };

static sw_error
many(void *self, void *thread, sw_buffer *out, bool *end)
{
    int *i = self;
    assert_non_null(thread);
    memset(sw_buffer_room(out, STREAM_PIECE), 'x', STREAM_PIECE);
    out->n += STREAM_PIECE;
    *end = ++*i == STREAM_PIECES;
    return SW_E_NONE;
}

static sw_error
breaks(void *self, void *thread, sw_buffer *out, bool *end)
{
    (void)thread;
    (void)end;
    int *i = self;
    sw_buffer_str(out, "some");
    return ++*i < 3 ? SW_E_NONE : SW_E_DATABASE;
}

static void
stream(sw_request *r)
{
    static const sw_stream good = {many, free}, bad = {breaks, free};
    bool broken = sw_query(r, "broken");
    sw_answer_stream(r, "text/plain", broken ? &bad : &good, sw_calloc(1, sizeof(int)));
}

static sw_error
tell_value(void *self, void *thread, sw_buffer *out, bool *end)
{
    (void)thread;
    (void)end;
    int *told = self;
    if (value != *told) {
        *told = value;
        sw_buffer_printf(out, "data: %d\n\n", *told);
    }
    return SW_E_NONE;
}

static void
live(sw_request *r)
{
    static const sw_stream s = {tell_value, free};
    sw_answer_live(r, 7, &s, sw_calloc(1, sizeof(int)));
}

static void
wait_for_value(sw_request *r)
{
    sw_request_watch(r, 7);
    if (value == 0 && sw_request_waited(r) < 2)
        sw_request_park(r, 2);
    else
        sw_answer_json(r, 200, json_pack("{si}", "value", value));
}

static void *
answer_later(void *request)
{
    usleep(20000);
    sw_answer_json(request, 200, json_pack("{ss}", "from", "another thread"));
    sw_request_resume(request);
    return NULL;
}

static void
defer(sw_request *r)
{
    pthread_t thread;
    sw_request_defer(r);
    pthread_create(&thread, NULL, answer_later, r);
    pthread_detach(thread);
}

static const char *const item_query[] = {"limit", "flag", NULL};
static const char *const any_query[] = {"*", NULL};
static const sw_route routes[] = {
    {"GET", "/items/{name}", SW_SCOPE_READ, item, 0, item_query, ""},
    {"DELETE", "/items/{name}", SW_SCOPE_SUBMIT, item, 0, item_query, ""},
    {"POST", "/echo", SW_SCOPE_SUBMIT, echo, 1000, NULL, ""},
    {"GET", "/format", SW_SCOPE_READ, format, 0, any_query, ""},
    {"GET", "/stream", SW_SCOPE_READ, stream, 0, any_query, ""},
    {"GET", "/live", SW_SCOPE_READ, live, 0, NULL, ""},
    {"GET", "/wait", SW_SCOPE_READ, wait_for_value, 0, NULL, ""},
    {"GET", "/defer", SW_SCOPE_READ, defer, 0, NULL, ""},
    {"GET", "/open", SW_SCOPE_OPEN, echo, 0, NULL, ""},
    {0},
};

static sw_http *http;

static int
start_with(const char *token, double request_seconds)
{
    sw_http_settings settings = sw_http_settings_default;
    settings.routes = routes;
    settings.thread_new = thread_new;
    settings.thread_free = thread_free;
    settings.threads = 2;
    settings.token = token;
    settings.request_seconds = request_seconds;
    settings.heartbeat_seconds = 0.2;
    value = 0;
    http = sw_http_start(&settings);
    return http ? 0 : -1;
}

static int
start(void **state)
{
    (void)state;
    return start_with(NULL, 60);
}

static int
start_guarded(void **state)
{
    (void)state;
    return start_with("s3cret", 60);
}

static int
start_hasty(void **state)
{
    (void)state;
    return start_with(NULL, 0.5);
}

static int
stop(void **state)
{
    (void)state;
    sw_http_stop(&http);
    return threads_now;
}

// ---- a small client ----

static int
dial(void)
{
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)sw_http_port(http)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(s, (struct sockaddr *)&a, sizeof a), 0);
    struct timeval limit = {10, 0};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return s;
}

static void
say(int s, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(s, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return; // refused half-way: the answer tells
        bytes += sent;
        n -= (size_t)sent;
    }
}

// Everything until the server closes.
static char *
hear(int s)
{
    sw_buffer b = {0};
    for (;;) {
        ssize_t n = recv(s, sw_buffer_room(&b, 65536), 65536, 0);
        if (n <= 0)
            break;
        b.n += (size_t)n;
    }
    close(s);
    return sw_buffer_text(&b);
}

// Hears until the text occurs; fails after the socket's timeout.
static void
hear_until(int s, const char *text)
{
    sw_buffer b = {0};
    while (!b.n || !strstr(sw_buffer_text(&b), text)) {
        ssize_t n = recv(s, sw_buffer_room(&b, 4096), 4096, 0);
        if (n <= 0)
            fail_msg("\"%s\" was not heard, but: %.*s", text, (int)b.n, b.data);
        b.n += (size_t)n;
    }
    sw_buffer_fini(&b);
}

// One request; more: header lines, each with CRLF; the whole answer.
static char *
ask(const char *line, const char *more, const char *body)
{
    sw_auto(free) char *request = sw_format("%s HTTP/1.1\r\nHost: localhost:1\r\nConnection: close"
                                            "\r\n%s\r\n%s",
                                            line, more, body);
    int s = dial();
    say(s, request, strlen(request));
    return hear(s);
}

static int
status_of(const char *answer)
{
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : 0;
}

static const char *
body_of(const char *answer)
{
    const char *end = strstr(answer, "\r\n\r\n");
    return end ? end + 4 : "";
}

static void
expect(const char *line, const char *more, const char *body, int status, const char *text)
{
    sw_auto(free) char *answer = ask(line, more, body);
    if (status_of(answer) != status || !strstr(answer, text))
        fail_msg("%s: %d and \"%s\" expected, not: %.2000s", line, status, text, answer);
}

static void
refuse(const char *line, const char *more, int status)
{
    expect(line, more, "", status, "application/problem+json");
}

// ---- routes and parameters ----

static void
parameters_arrive_decoded(void **state)
{
    (void)state;
    expect("GET /items/a%2Fb%20%C3%A9?limit=7&flag", "", "", 200,
           "{\"name\":\"a/b \xc3\xa9\",\"id\":0,\"limit\":7,\"flag\":true}");
    expect("GET /items/42?flag=false", "", "", 200, "\"id\":42,\"limit\":5,\"flag\":false");
    expect("GET /items/007", "", "", 200, "\"id\":0");
    expect("GET /items/99999999999999999999", "", "", 200, "\"id\":0");
    expect("GET /items/9223372036854775807", "", "", 200, "\"id\":9223372036854775807");
    expect("GET /format?format=c%73v&more=a+b", "", "", 200, "\r\n\r\ncsv");
}

static void
bad_urls_are_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "GET /items/%zz",          "GET /items/%",
        "GET /items/a%00b",        "GET /items/%ff",
        "GET /items/x?limit=%f",   "GET /items/x?limit=%00",
        "GET /items/%ed%a0%80",    "GET /items/x?limit=0",
        "GET /items/x?limit=11",   "GET /items/x?limit=1x",
        "GET /items/x?limit=",     "GET /items/x?flag=2",
        "GET /items/x?misspelt=1", "GET /a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a",
    };
    for (size_t i = 0; i < sw_countof(lines); i++)
        refuse(lines[i], "", 400);
    expect("GET /items/x?limit=0&flag=2", "", "", 400, "\"pointer\":\"?flag\"");
}

static void
unknown_paths_are_not_found(void **state)
{
    (void)state;
    static const char *const lines[] = {"GET /",          "GET /items",      "GET /items/",
                                        "GET /items/a/b", "GET //items/a",   "GET /items/a/",
                                        "POST /echoes",   "GET /../items/a", "GET /%2e%2e/x"};
    for (size_t i = 0; i < sw_countof(lines); i++)
        refuse(lines[i], "Content-Length: 0\r\n", 404);
}

static void
other_methods_are_told_what_there_is(void **state)
{
    (void)state;
    expect("PUT /items/x", "Content-Length: 0\r\n", "", 405, "Allow: GET, HEAD, DELETE, OPTIONS");
    expect("OPTIONS /echo", "", "", 204, "Allow: POST, OPTIONS");
    sw_auto(free) char *head = ask("HEAD /items/x", "", "");
    assert_int_equal(status_of(head), 200);
    assert_string_equal(body_of(head), "");
    assert_non_null(strstr(head, "Content-Length: 4"));
}

static void
an_unchanged_resource_is_not_sent_again(void **state)
{
    (void)state;
    expect("GET /items/x", "", "", 200, "ETag: \"v1\"");
    expect("GET /items/x", "If-None-Match: \"v0\", \"v1\"\r\n", "", 304, "ETag: \"v1\"");
    expect("GET /items/x", "If-None-Match: \"v0\"\r\n", "", 200, "\"name\"");
}

static void
the_accepted_type_is_chosen(void **state)
{
    (void)state;
    expect("GET /format", "", "", 200, "\r\n\r\njson");
    expect("GET /format", "Accept: text/csv\r\n", "", 200, "\r\n\r\ncsv");
    expect("GET /format", "Accept: text/*;q=0.5, application/json;q=0.4\r\n", "", 200,
           "\r\n\r\ncsv");
    expect("GET /format", "Accept: */*\r\n", "", 200, "\r\n\r\njson");
    expect("GET /format", "Accept: */*, application/json;q=0\r\n", "", 200, "\r\n\r\ncsv");
    expect("GET /format?format=csv", "Accept: application/json\r\n", "", 200, "\r\n\r\ncsv");
    refuse("GET /format", "Accept: image/png, ;;,,=\r\n", 406);
    refuse("GET /format?format=pdf", "", 400);
}

// ---- bodies ----

static void
bodies_arrive_whole_up_to_the_limit(void **state)
{
    (void)state;
    expect("POST /echo", "Content-Length: 5\r\n", "hello", 200, "\r\n\r\nhello");
    expect("POST /echo", "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n",
           "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 200, "\r\n\r\nabcde");
    refuse("POST /echo", "Content-Length: 1001\r\nExpect: 100-continue\r\n", 413);
}

static void
larger_bodies_are_refused_and_forgotten(void **state)
{
    (void)state;
    size_t n = 10 << 20;
    sw_auto(free) char *body = sw_malloc(n + 1);
    memset(body, 'x', n);
    body[n] = '\0';
    expect("POST /echo", "Content-Length: 10485760\r\n", body, 413, "at most 1000 bytes");
    expect("DELETE /items/x", "Content-Length: 3\r\n", "abc", 413, "takes no body");
    // Chunked: the length is not known before.
    int s = dial();
    const char *head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n100000\r\n";
    say(s, head, strlen(head));
    say(s, body, 0x100000);
    say(s, "\r\n0\r\n\r\n", 7);
    sw_auto(free) char *answer = hear(s);
    assert_int_equal(status_of(answer), 413);
}

static void
absurd_lengths_are_refused_at_once(void **state)
{
    (void)state;
    refuse("POST /echo", "Content-Length: 99999999999\r\n", 413);
    sw_auto(free) char *huge = ask("POST /echo", "Content-Length: 99999999999999999999999\r\n", "");
    assert_in_range(status_of(huge), 400, 499);
    sw_auto(free) char *negative = ask("POST /echo", "Content-Length: -1\r\n", "");
    assert_in_range(status_of(negative), 400, 499);
}

static void
other_media_types_are_refused(void **state)
{
    (void)state;
    expect("POST /echo", "Content-Type: text/xml\r\nContent-Length: 2\r\n", "<>", 415, "text/xml");
    expect("POST /echo", "Content-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n",
           "{}", 200, "{}");
}

// ---- who may ask ----

static char *
ask_raw(const char *request)
{
    int s = dial();
    say(s, request, strlen(request));
    return hear(s);
}

static void
other_hosts_and_origins_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *headers;
        int status;
    } cases[] = {
        {"Host: evil.example\r\n", 403},
        {"Host: localhost.evil.example\r\n", 403},
        {"Host: 127.0.0.1.evil.example\r\n", 403},
        {"Host: 127.0.0.1:8070\r\n", 200},
        {"Host: [::1]:8070\r\n", 200},
        {"Host: LOCALHOST\r\n", 200},
        {"Host: localhost:1\r\nOrigin: http://localhost:1\r\n", 200},
        {"Host: localhost:1\r\nOrigin: http://localhost:2\r\n", 403},
        {"Host: localhost:1\r\nOrigin: https://evil.example\r\n", 403},
        {"Host: localhost:1\r\nOrigin: null\r\n", 403},
    };
    for (size_t i = 0; i < sw_countof(cases); i++) {
        sw_auto(free) char *request = sw_format("GET /items/x HTTP/1.1\r\n%sConnection: close\r\n"
                                                "\r\n",
                                                cases[i].headers);
        sw_auto(free) char *answer = ask_raw(request);
        if (status_of(answer) != cases[i].status)
            fail_msg("%s: %d expected, not: %.300s", cases[i].headers, cases[i].status, answer);
    }
}

static void
a_token_is_asked_for(void **state)
{
    (void)state;
    expect("GET /items/x", "", "", 401, "WWW-Authenticate: Bearer");
    refuse("GET /items/x", "Authorization: Bearer s3cre\r\n", 401);
    refuse("GET /items/x", "Authorization: Bearer s3cret2\r\n", 401);
    refuse("GET /items/x", "Authorization: Basic s3cret\r\n", 401);
    refuse("GET /nothing", "", 401);
    expect("GET /items/x", "Authorization: Bearer s3cret\r\n", "", 200, "\"name\"");
    expect("GET /open", "", "", 200, "");
}

static void
an_open_address_without_a_token_is_refused(void **state)
{
    (void)state;
    sw_http_settings settings = sw_http_settings_default;
    settings.host = "0.0.0.0";
    settings.routes = routes;
    assert_null(sw_http_start(&settings));
}

// ---- streams and waiting ----

static void
a_stream_arrives_whole(void **state)
{
    (void)state;
    sw_auto(free) char *answer = ask("GET /stream", "", "");
    assert_int_equal(status_of(answer), 200);
    assert_non_null(strstr(answer, "Transfer-Encoding: chunked"));
    size_t n = 0;
    for (const char *c = body_of(answer); *c; c++)
        n += *c == 'x';
    assert_int_equal(n, STREAM_PIECES * STREAM_PIECE);
    assert_non_null(strstr(answer, "0\r\n\r\n"));
}

static void
a_stream_that_fails_is_seen_to_be_incomplete(void **state)
{
    (void)state;
    sw_auto(free) char *answer = ask("GET /stream?broken", "", "");
    assert_non_null(strstr(answer, "some"));
    assert_null(strstr(answer, "0\r\n\r\n"));
}

static int
open_live(void)
{
    int s = dial();
    const char *request = "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    say(s, request, strlen(request));
    hear_until(s, "text/event-stream");
    return s;
}

static void
live_streams_tell_what_changes_and_that_they_live(void **state)
{
    (void)state;
    int a = open_live(), b = open_live();
    for (int i = 1; i <= 3; i++) {
        sw_auto(free) char *expected = sw_format("data: %d\n\n", i);
        value = i;
        sw_http_wake(http, 7);
        hear_until(a, expected);
        hear_until(b, expected);
    }
    value = 4;
    sw_http_wake(http, 8); // another channel
    hear_until(a, ":\n\n");
    close(a);
    close(b);
}

static void *
wake_soon(void *unused)
{
    usleep(100000);
    value = 5;
    sw_http_wake(http, 7);
    return unused;
}

static void
a_waiting_request_is_answered_when_it_happens(void **state)
{
    (void)state;
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    pthread_t thread;
    pthread_create(&thread, NULL, wake_soon, NULL);
    expect("GET /wait", "", "", 200, "\"value\":5");
    pthread_join(thread, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    double took =
        (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
    assert_true(took > 0.09 && took < 1.5);
}

static void
a_waiting_request_is_answered_when_its_time_is_over(void **state)
{
    (void)state;
    expect("GET /wait", "", "", 200, "\"value\":0");
}

static void
another_thread_may_answer(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        expect("GET /defer", "", "", 200, "another thread");
}

static void
stopping_ends_what_waits(void **state)
{
    (void)state;
    int live_one = open_live(), waiting = dial();
    const char *request = "GET /wait HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    say(waiting, request, strlen(request));
    while (sw_http_stats_of(http)->waiting < 2)
        usleep(1000);
    sw_http_stop(&http);
    sw_auto(free) char *rest = hear(live_one);
    sw_auto(free) char *answer = hear(waiting);
    assert_int_equal(status_of(answer), 503);
    assert_non_null(rest);
}

// ---- rough clients ----

static void
headers_are_bounded(void **state)
{
    (void)state;
    size_t n = 1 << 20;
    sw_auto(free) char *bomb = sw_malloc(n + 1);
    for (size_t i = 0; i < n; i++)
        bomb[i] = "X-A: b\r\n"[i % 8];
    bomb[n] = '\0';
    int s = dial();
    const char *head = "GET /items/x HTTP/1.1\r\nHost: localhost\r\n";
    say(s, head, strlen(head));
    say(s, bomb, n);
    sw_auto(free) char *answer = hear(s);
    assert_true(!*answer || status_of(answer) >= 400);
    sw_auto(free) char *url = sw_format("GET /items/%.*s", 100000, bomb);
    for (char *c = url + 4; *c; c++)
        *c = *c == ' ' || *c == '\r' || *c == '\n' ? '_' : *c;
    sw_auto(free) char *refused = ask(url, "", "");
    assert_true(!*refused || status_of(refused) >= 400);
    expect("GET /items/x", "", "", 200, "\"name\"");
}

static void
slow_headers_are_cut_off(void **state)
{
    (void)state;
    int s = dial();
    for (int i = 0; i < 40; i++) {
        if (send(s, "G", 1, MSG_NOSIGNAL) <= 0)
            break;
        usleep(50000);
    }
    sw_auto(free) char *answer = hear(s);
    assert_true(status_of(answer) != 200);
    expect("GET /items/x", "", "", 200, "\"name\"");
}

// Bytes from a small generator, some of them HTTP: no answer is wrong, a crash or a hang is.
static void
noise_does_no_harm(void **state)
{
    (void)state;
    static const char *const words[] = {"GET ",
                                        "POST ",
                                        "/echo",
                                        "/items/",
                                        " HTTP/1.1\r\n",
                                        "\r\n",
                                        "Host: localhost\r\n",
                                        "Content-Length: 5\r\n",
                                        "Transfer-Encoding: chunked\r\n",
                                        "5\r\n",
                                        "%",
                                        "?a=b&",
                                        "\xff",
                                        ": ",
                                        "\r\n\r\n"};
    uint32_t seed = 12345;
    for (int round = 0; round < 300; round++) {
        sw_buffer b = {0};
        for (int i = 0; i < 12; i++) {
            seed = seed * 1664525u + 1013904223u;
            sw_buffer_str(&b, words[(seed >> 16) % sw_countof(words)]);
        }
        int s = dial();
        say(s, b.data, b.n);
        shutdown(s, SHUT_WR);
        sw_auto(free) char *answer = hear(s);
        sw_buffer_fini(&b);
    }
    expect("GET /items/x", "", "", 200, "\"name\"");
}

static void
a_client_that_leaves_in_the_middle_costs_nothing(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /defer HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\nabc",
    };
    for (int i = 0; i < 80; i++) {
        int s = dial();
        say(s, requests[i % 4], strlen(requests[i % 4]));
        close(s);
    }
    for (int i = 0; i < 500 && sw_http_stats_of(http)->connections > 0; i++)
        usleep(10000);
    assert_int_equal(sw_http_stats_of(http)->connections, 0);
    assert_int_equal(sw_http_stats_of(http)->waiting, 0);
}

static void
a_kept_connection_serves_many_requests(void **state)
{
    (void)state;
    int s = dial();
    for (int i = 0; i < 50; i++) {
        const char *request = "GET /items/x HTTP/1.1\r\nHost: localhost\r\n\r\n";
        say(s, request, strlen(request));
        hear_until(s, "\"flag\":false}");
    }
    close(s);
}

int
main(void)
{
#define SERVED(test) cmocka_unit_test_setup_teardown(test, start, stop)
    const struct CMUnitTest tests[] = {
        SERVED(parameters_arrive_decoded),
        SERVED(bad_urls_are_refused),
        SERVED(unknown_paths_are_not_found),
        SERVED(other_methods_are_told_what_there_is),
        SERVED(an_unchanged_resource_is_not_sent_again),
        SERVED(the_accepted_type_is_chosen),
        SERVED(bodies_arrive_whole_up_to_the_limit),
        SERVED(larger_bodies_are_refused_and_forgotten),
        SERVED(absurd_lengths_are_refused_at_once),
        SERVED(other_media_types_are_refused),
        SERVED(other_hosts_and_origins_are_refused),
        cmocka_unit_test_setup_teardown(a_token_is_asked_for, start_guarded, stop),
        cmocka_unit_test(an_open_address_without_a_token_is_refused),
        SERVED(a_stream_arrives_whole),
        SERVED(a_stream_that_fails_is_seen_to_be_incomplete),
        SERVED(live_streams_tell_what_changes_and_that_they_live),
        SERVED(a_waiting_request_is_answered_when_it_happens),
        SERVED(a_waiting_request_is_answered_when_its_time_is_over),
        SERVED(another_thread_may_answer),
        SERVED(stopping_ends_what_waits),
        SERVED(headers_are_bounded),
        cmocka_unit_test_setup_teardown(slow_headers_are_cut_off, start_hasty, stop),
        SERVED(noise_does_no_harm),
        cmocka_unit_test_setup_teardown(a_client_that_leaves_in_the_middle_costs_nothing,
                                        start_hasty, stop),
        SERVED(a_kept_connection_serves_many_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
