// SPDX-License-Identifier: Apache-2.0
// Tokens with scopes: each may do what it says and nothing else, until it expires or is deleted.
#include "lib/base/memory.h"
#include "server/api/api.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>

#include <cmocka.h>

#define ROOT "the-operators-own-token"

static service s;

// ---- vocabulary ----

static reply
as(const char *token, const char *method, const char *path, const char *body)
{
    sw_auto(free) char *line = sw_format("Authorization: Bearer %s", token);
    const char *const headers[] = {line, "Content-Type: application/json", NULL};
    return request(&s, method, path, body, headers);
}

static int
status_as(const char *token, const char *method, const char *path, const char *body)
{
    reply r = as(token, method, path, body);
    int status = r.status;
    reply_free(&r);
    return status;
}

// A new token's text; *id its number.
static char *
token_with(const char *scopes, int64_t *id)
{
    sw_auto(free) char *body = sw_format("{\"name\": \"of the tests\", \"scopes\": %s}", scopes);
    reply r = as(ROOT, "POST", "/api/v1/tokens", body);
    assert_int_equal(r.status, 201);
    if (id)
        *id = json_integer_value(json_object_get(r.json, "id"));
    char *token = sw_strdup(json_string_value(json_object_get(r.json, "token")));
    assert_int_equal(strlen(token), 49);
    reply_free(&r);
    return token;
}

#define STUDY                                                                                      \
    "{\"model\":\"testfunctions/linear\",\"design\":{\"method\":\"list\",\"points\":[{}]}}"

// ---- tests ----

static void
the_servers_own_token_may_do_everything(void **state)
{
    (void)state;
    assert_int_equal(status_as(ROOT, "GET", "/api/v1/tokens", NULL), 200);
    assert_int_equal(status_as(ROOT, "POST", "/api/v1/studies", STUDY), 201);
    reply r = get(&s, "/api/v1/studies");
    assert_int_equal(r.status, 401);
    assert_non_null(strstr(r.headers, "WWW-Authenticate"));
    reply_free(&r);
    assert_int_equal(status_as("nobody's", "GET", "/api/v1/studies", NULL), 401);
}

static void
a_token_may_do_what_its_scopes_say(void **state)
{
    (void)state;
    static const struct {
        const char *scopes;
        int read, submit, upload, admin;
    } cases[] = {
        {"[\"read\"]", 200, 403, 403, 403},
        {"[\"submit\"]", 200, 201, 403, 403},
        {"[\"models\"]", 200, 403, 422, 403}, // the upload itself is no model
        {"[\"models\", \"submit\"]", 200, 201, 422, 403},
        {"[\"admin\"]", 200, 201, 422, 200},
    };
    for (size_t i = 0; i < sw_countof(cases); i++) {
        sw_auto(free) char *t = token_with(cases[i].scopes, NULL);
        assert_int_equal(status_as(t, "GET", "/api/v1/studies", NULL), cases[i].read);
        assert_int_equal(status_as(t, "POST", "/api/v1/studies", STUDY), cases[i].submit);
        assert_int_equal(status_as(t, "PUT", "/api/v1/models/netlogo/x?file=x.nlogox", "no model"),
                         cases[i].upload);
        assert_int_equal(status_as(t, "GET", "/api/v1/tokens", NULL), cases[i].admin);
    }
}

static void
a_refusal_names_the_scope(void **state)
{
    (void)state;
    sw_auto(free) char *t = token_with("[\"read\"]", NULL);
    reply r = as(t, "POST", "/api/v1/studies", STUDY);
    assert_non_null(strstr(r.body, "the token has not the scope submit"));
    reply_free(&r);
}

// Every route that changes something is out of a reader's reach.
static void
a_reader_reaches_no_route_that_changes_something(void **state)
{
    (void)state;
    sw_auto(free) char *t = token_with("[\"read\"]", NULL);
    for (const sw_route *route = sw_api_routes; route->method; route++) {
        if (strcmp(route->method, "GET") == 0 || route->scope == SW_SCOPE_OPEN)
            continue;
        sw_auto(free) char *path = sw_strdup(route->pattern);
        for (char *c = path; *c; c++)
            *c = *c == '{' || *c == '}' ? '1' : *c;
        const char *body = strcmp(route->method, "DELETE") == 0 ? NULL : "{}";
        int status = status_as(t, route->method, path, body);
        bool reads = route->scope == SW_SCOPE_READ; // what only rewrites its body
        if (!reads && status != 403)
            fail_msg("%s %s: %d", route->method, path, status);
    }
}

static void
what_is_kept_is_not_the_token(void **state)
{
    (void)state;
    int64_t id;
    sw_auto(free) char *t = token_with("[\"read\"]", &id);
    sw_auto(free) char *rows = sql(&s, "SELECT * FROM tokens");
    assert_null(strstr(rows, t));
    reply r = as(ROOT, "GET", "/api/v1/tokens?limit=1000", NULL);
    assert_null(strstr(r.body, t));
    assert_non_null(strstr(r.body, "of the tests"));
    reply_free(&r);
}

static void
a_deleted_or_expired_token_is_taken_no_longer(void **state)
{
    (void)state;
    int64_t id;
    sw_auto(free) char *t = token_with("[\"read\"]", &id);
    assert_int_equal(status_as(t, "GET", "/api/v1/studies", NULL), 200);
    sw_auto(free) char *used =
        sql(&s, "SELECT count(*) FROM tokens WHERE last_used > now() - interval '1 minute'");
    assert_true(strtol(used, NULL, 10) > 0);
    sw_auto(free) char *expire = sw_format(
        "UPDATE tokens SET expires = now() - interval '1 second' WHERE id = %lld", (long long)id);
    free(sql(&s, expire));
    assert_int_equal(status_as(t, "GET", "/api/v1/studies", NULL), 401);
    sw_auto(free) char *later = sw_format(
        "UPDATE tokens SET expires = now() + interval '1 day' WHERE id = %lld", (long long)id);
    free(sql(&s, later));
    assert_int_equal(status_as(t, "GET", "/api/v1/studies", NULL), 200);
    sw_auto(free) char *path = sw_format("/api/v1/tokens/%lld", (long long)id);
    assert_int_equal(status_as(ROOT, "DELETE", path, NULL), 204);
    assert_int_equal(status_as(t, "GET", "/api/v1/studies", NULL), 401);
    assert_int_equal(status_as(ROOT, "DELETE", path, NULL), 404);
}

static void
faults_name_the_field(void **state)
{
    (void)state;
    static const struct {
        const char *body, *pointer;
    } wrong[] = {
        {"{\"scopes\": [\"read\"]}", "/name"},
        {"{\"name\": \"x\", \"scopes\": []}", "/scopes"},
        {"{\"name\": \"x\", \"scopes\": [\"read\", \"write\"]}", "/scopes/1"},
        {"{\"name\": \"x\", \"scopes\": [\"read\"], \"days\": 0}", "/days"},
    };
    for (size_t i = 0; i < sw_countof(wrong); i++) {
        reply r = as(ROOT, "POST", "/api/v1/tokens", wrong[i].body);
        assert_int_equal(r.status, 422);
        assert_non_null(strstr(r.body, wrong[i].pointer));
        reply_free(&r);
    }
}

static int
sweep(const char *words, char *out, size_t size)
{
    const char *bin = getenv("SWEEPD_BIN");
    sw_auto(free) char *command =
        sw_format("SWEEPD_TOKEN=%s SWEEPD_URL=http://127.0.0.1:%d %s/sweep tokens %s", ROOT, s.port,
                  bin ? bin : "bin", words);
    FILE *f = popen(command, "r");
    out[fread(out, 1, size - 1, f)] = 0;
    int status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
the_command_line_makes_lists_and_deletes_tokens(void **state)
{
    (void)state;
    char out[8000];
    assert_int_equal(sweep("add grafana --scopes read --days 7 2>/dev/null", out, sizeof out), 0);
    out[strcspn(out, "\n")] = 0;
    assert_int_equal(status_as(out, "GET", "/api/v1/studies", NULL), 200);
    assert_int_equal(status_as(out, "POST", "/api/v1/studies", STUDY), 403);
    assert_int_equal(sweep("", out, sizeof out), 0);
    char *line = strstr(out, "grafana");
    assert_non_null(line);
    while (line > out && line[-1] != '\n')
        line--;
    sw_auto(free) char *delete = sw_format("delete %ld", strtol(line, NULL, 10));
    assert_int_equal(sweep(delete, out, sizeof out), 0);
    assert_int_not_equal(sweep(delete, out, sizeof out), 0);
}

static void
without_a_token_file_there_is_nothing_to_make(void **state)
{
    (void)state;
    kill_server(&s);
    s.server_flags[0] = NULL;
    start_server(&s);
    reply r = post(&s, "/api/v1/tokens", "{\"name\": \"x\", \"scopes\": [\"read\"]}");
    assert_int_equal(r.status, 409);
    reply_free(&r);
}

static int
start(void **state)
{
    (void)state;
    service_prepare(&s);
    sw_auto(free) char *path = sw_format("%s/token", s.dir);
    FILE *f = fopen(path, "we");
    fputs(ROOT "\n", f);
    fclose(f);
    s.server_flags[0] = "--token-file";
    s.server_flags[1] = sw_strdup(path);
    start_database(&s);
    start_server(&s);
    start_worker(&s, 0);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    free((char *)s.server_flags[1]);
    service_stop(&s);
    return 0;
}

static bool
models_are_there(void *context)
{
    (void)context;
    reply r = as(ROOT, "GET", "/api/v1/models/testfunctions/linear", NULL);
    bool there = r.status == 200;
    reply_free(&r);
    return there;
}

static void
the_worker_comes(void **state)
{
    (void)state;
    wait_until(models_are_there, NULL, 30, "the worker has announced its models");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worker_comes),
        cmocka_unit_test(the_servers_own_token_may_do_everything),
        cmocka_unit_test(a_token_may_do_what_its_scopes_say),
        cmocka_unit_test(a_refusal_names_the_scope),
        cmocka_unit_test(a_reader_reaches_no_route_that_changes_something),
        cmocka_unit_test(what_is_kept_is_not_the_token),
        cmocka_unit_test(a_deleted_or_expired_token_is_taken_no_longer),
        cmocka_unit_test(faults_name_the_field),
        cmocka_unit_test(the_command_line_makes_lists_and_deletes_tokens),
        cmocka_unit_test(without_a_token_file_there_is_nothing_to_make),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
