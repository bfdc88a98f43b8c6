// SPDX-License-Identifier: Apache-2.0
// Webhooks against a listener that takes, refuses and disappears.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define V1 "/api/v1/webhooks"
#define SECRET "a secret of the tests"

static service s;

// ---- the listener: one request a connection, all of them kept ----

enum { HEARD_MAX = 100 };

static struct {
    int socket, port;
    pthread_t thread;
    pthread_mutex_t lock;
    char *heard[HEARD_MAX]; // head and body
    size_t n;
    _Atomic int refuse; // so many requests are answered 500
} listener = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool
is_whole(const char *text)
{
    const char *body = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
    return body && length && strlen(body + 4) >= strtoul(length + 16, NULL, 10);
}

static void
hear(int client)
{
    char *text = sw_calloc(1, 65536);
    for (size_t n = 0; n < 65535 && !is_whole(text);) {
        ssize_t got = read(client, text + n, 65535 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    bool refused = listener.refuse > 0;
    listener.refuse -= refused;
    dprintf(client, "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            refused ? "500 No" : "204 Taken");
    close(client);
    pthread_mutex_lock(&listener.lock);
    if (listener.n < HEARD_MAX)
        listener.heard[listener.n++] = text;
    else
        free(text);
    pthread_mutex_unlock(&listener.lock);
}

static void *
listen_on(void *arg)
{
    (void)arg;
    for (int client; (client = accept(listener.socket, NULL, NULL)) >= 0;)
        hear(client);
    return NULL;
}

static void
open_listener(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    listener.socket = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener.socket, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener.socket, 10), 0);
    getsockname(listener.socket, (struct sockaddr *)&at, &n);
    listener.port = ntohs(at.sin_port);
    pthread_create(&listener.thread, NULL, listen_on, NULL);
}

static size_t
n_heard(void)
{
    pthread_mutex_lock(&listener.lock);
    size_t n = listener.n;
    pthread_mutex_unlock(&listener.lock);
    return n;
}

static void
forget(void)
{
    pthread_mutex_lock(&listener.lock);
    for (size_t i = 0; i < listener.n; i++)
        free(listener.heard[i]);
    listener.n = 0;
    pthread_mutex_unlock(&listener.lock);
}

static bool
have_heard(void *context)
{
    return n_heard() >= *(const size_t *)context;
}

static void
wait_to_hear(size_t n)
{
    wait_until(have_heard, &n, 30, "the listener is told");
}

static json_t *
body_of(size_t i)
{
    return json_loads(strstr(listener.heard[i], "\r\n\r\n") + 4, 0, NULL);
}

// ---- vocabulary ----

static int64_t
hook(const char *rest)
{
    sw_auto(free) char *body =
        sw_format("{\"url\": \"http://127.0.0.1:%d/told\"%s}", listener.port, rest);
    reply r = post(&s, V1, body);
    assert_int_equal(r.status, 201);
    assert_null(strstr(r.body, SECRET));
    int64_t id = json_integer_value(json_object_get(r.json, "id"));
    reply_free(&r);
    forget();
    return id;
}

static void
unhook(int64_t id)
{
    sw_auto(free) char *path = sw_format(V1 "/%lld", (long long)id);
    reply r = request(&s, "DELETE", path, NULL, NULL);
    assert_int_equal(r.status, 204);
    reply_free(&r);
}

static int64_t
quick_study(void)
{
    return submit(&s,
                  "{\"name\":\"told\",\"model\":\"testfunctions/linear\",\"design\":{\"method\":"
                  "\"list\",\"points\":[{}]}}");
}

static const char *
text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

static json_t *
the_only_hook(void)
{
    sw_auto(json) json_t *list = get_json(&s, V1);
    assert_int_equal(json_array_size(json_object_get(list, "items")), 1);
    return json_incref(json_array_get(json_object_get(list, "items"), 0));
}

// ---- tests ----

static void
the_end_of_a_study_is_told_with_a_signature(void **state)
{
    (void)state;
    int64_t id = hook(", \"secret\": \"" SECRET "\""), of_study = quick_study();
    wait_to_hear(1);
    const char *request_text = listener.heard[0], *body = strstr(request_text, "\r\n\r\n") + 4;
    assert_int_equal(strncmp(request_text, "POST /told ", 11), 0);
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof mac + 1];
    crypto_auth_hmacsha256_state h;
    crypto_auth_hmacsha256_init(&h, (const unsigned char *)SECRET, strlen(SECRET));
    crypto_auth_hmacsha256_update(&h, (const unsigned char *)body, strlen(body));
    crypto_auth_hmacsha256_final(&h, mac);
    sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    sw_auto(free) char *line = sw_format("X-Sweepd-Signature: sha256=%s\r\n", hex);
    assert_non_null(strstr(request_text, line));
    sw_auto(json) json_t *told = body_of(0);
    const json_t *study_told = json_object_get(told, "study");
    assert_string_equal(text(told, "kind"), "done");
    assert_int_equal(json_integer_value(json_object_get(study_told, "id")), of_study);
    assert_string_equal(text(study_told, "name"), "told");
    assert_int_equal(json_integer_value(json_object_get(study_told, "made")), 1);
    sleep(4);
    assert_int_equal(n_heard(), 1); // once, and nothing that was not asked for
    unhook(id);
}

static void
what_is_asked_for_comes_in_order(void **state)
{
    (void)state;
    int64_t id = hook(", \"events\": [\"submitted\", \"done\"]");
    quick_study();
    wait_to_hear(2);
    quick_study();
    wait_to_hear(4);
    int64_t last = 0;
    for (size_t i = 0; i < 4; i++) {
        sw_auto(json) json_t *told = body_of(i);
        assert_string_equal(text(told, "kind"), i % 2 ? "done" : "submitted");
        int64_t event = json_integer_value(json_object_get(told, "event"));
        assert_true(event > last);
        last = event;
        assert_null(strstr(listener.heard[i], "X-Sweepd-Signature"));
    }
    unhook(id);
}

static bool
is_content(void *context)
{
    (void)context;
    sw_auto(json) json_t *now = the_only_hook();
    return json_integer_value(json_object_get(now, "failures")) == 0 &&
           json_is_string(json_object_get(now, "last_sent"));
}

static void
what_is_refused_is_told_again_until_it_is_taken(void **state)
{
    (void)state;
    int64_t id = hook("");
    listener.refuse = 2;
    quick_study();
    wait_to_hear(1);
    wait_to_hear(3);
    for (size_t i = 1; i < 3; i++) {
        sw_auto(json) json_t *first = body_of(0), *again = body_of(i);
        assert_true(json_equal(json_object_get(first, "event"), json_object_get(again, "event")));
    }
    wait_until(is_content, NULL, 10, "the webhook has no failures any more");
    assert_int_equal(n_heard(), 3);
    unhook(id);
}

static bool
has_failed(void *context)
{
    (void)context;
    sw_auto(json) json_t *now = the_only_hook();
    return json_integer_value(json_object_get(now, "failures")) > 0;
}

static void
a_server_that_starts_again_tells_what_it_owes(void **state)
{
    (void)state;
    int64_t id = hook("");
    listener.refuse = 1000;
    int64_t of_study = quick_study();
    wait_until(has_failed, NULL, 20, "the listener has refused");
    sw_auto(json) json_t *now = the_only_hook();
    assert_string_equal(text(now, "error"), "it answered 500");
    kill_server(&s);
    listener.refuse = 0;
    forget();
    start_server(&s);
    wait_to_hear(1);
    sw_auto(json) json_t *told = body_of(0);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(told, "study"), "id")),
                     of_study);
    unhook(id);
}

// An event whose transaction ends after that of a later one is not lost, and comes first.
static void
an_event_that_turns_up_late_is_told_in_its_place(void **state)
{
    (void)state;
    int64_t of_study = quick_study();
    wait_for_state(&s, of_study, "done", 30);
    int64_t id = hook(", \"events\": [\"paused\", \"running\"]");
    sw_auto(free) char *slow = sw_format(
        "BEGIN; INSERT INTO events (study, kind, data) VALUES (%lld, 'state', json_build_object("
        "'state', 'paused')); SELECT pg_sleep(5); COMMIT",
        (long long)of_study);
    sw_auto(free) char *quick = sw_format("INSERT INTO events (study, kind, data) VALUES (%lld, "
                                          "'state', json_build_object('state', 'running'))",
                                          (long long)of_study);
    pid_t child = fork();
    if (child == 0) {
        free(sql(&s, slow));
        _exit(0);
    }
    sleep(1);
    free(sql(&s, quick));
    wait_to_hear(2);
    waitpid(child, NULL, 0);
    sw_auto(json) json_t *first = body_of(0), *second = body_of(1);
    assert_string_equal(text(first, "kind"), "paused");
    assert_string_equal(text(second, "kind"), "running");
    unhook(id);
}

static void
faults_name_the_field(void **state)
{
    (void)state;
    static const struct {
        const char *body, *pointer;
    } wrong[] = {
        {"{}", "/url"},
        {"{\"url\": \"file:///etc/passwd\"}", "/url"},
        {"{\"url\": \"http://x\", \"events\": [\"done\", \"dusk\"]}", "/events/1"},
        {"{\"url\": \"http://x\", \"events\": []}", "/events"},
        {"{\"url\": \"http://x\", \"secret\": \"short\"}", "/secret"},
    };
    for (size_t i = 0; i < sw_countof(wrong); i++) {
        reply r = post(&s, V1, wrong[i].body);
        assert_int_equal(r.status, 422);
        const json_t *fault = json_array_get(json_object_get(r.json, "faults"), 0);
        assert_string_equal(text(fault, "pointer"), wrong[i].pointer);
        reply_free(&r);
    }
    reply r = request(&s, "DELETE", V1 "/999999", NULL, NULL);
    assert_int_equal(r.status, 404);
    reply_free(&r);
}

static int
start(void **state)
{
    (void)state;
    open_listener();
    service_start(&s, 1);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    service_stop(&s);
    shutdown(listener.socket, SHUT_RDWR);
    close(listener.socket);
    pthread_join(listener.thread, NULL);
    forget();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_of_a_study_is_told_with_a_signature),
        cmocka_unit_test(what_is_asked_for_comes_in_order),
        cmocka_unit_test(what_is_refused_is_told_again_until_it_is_taken),
        cmocka_unit_test(a_server_that_starts_again_tells_what_it_owes),
        cmocka_unit_test(an_event_that_turns_up_late_is_told_in_its_place),
        cmocka_unit_test(faults_name_the_field),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
