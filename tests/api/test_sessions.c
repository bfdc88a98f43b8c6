// SPDX-License-Identifier: Apache-2.0
// Interactive sessions: a model held open, what it answers, and what becomes of it.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

static const char endless[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<model version=\"NetLogo 7.0.0\">\n"
    "<code><![CDATA[to setup clear-all crt 5 reset-ticks end\nto go tick end]]></code>\n"
    "<widgets><view minPxcor=\"-5\" maxPxcor=\"5\" minPycor=\"-5\" maxPycor=\"5\""
    " wrappingAllowedX=\"true\" wrappingAllowedY=\"true\"></view></widgets></model>\n";

static char *
open_session(const char *model)
{
    sw_auto(free) char *body = sw_format("{\"model\": \"%s\"}", model);
    reply r = post(&s, "/api/v1/sessions", body);
    // A worker that died is found out after its lease time.
    for (double end = seconds_now() + 60; r.status == 503 && seconds_now() < end;) {
        reply_free(&r);
        r = post(&s, "/api/v1/sessions", body);
    }
    if (r.status != 201)
        fail_msg("%d %s", r.status, r.body);
    char *path =
        sw_format("/api/v1/sessions/%lld", json_integer_value(json_object_get(r.json, "session")));
    reply_free(&r);
    return path;
}

static void
ask(const char *path, const char *body, int status, const char *text)
{
    reply r = post(&s, path, body);
    if (r.status != status || !strstr(r.body, text))
        fail_msg("%s: %d %s", body, r.status, r.body);
    reply_free(&r);
}

static void
a_session_keeps_its_world(void **state)
{
    (void)state;
    sw_auto(free) char *a = open_session("netlogo/flocking");
    sw_auto(free) char *b = open_session("netlogo/flocking");
    ask(a, "{\"command\": \"set birds 7 setup\"}", 200, "\"ok\":true");
    ask(b, "{\"command\": \"set birds 9 setup\"}", 200, "\"ok\":true");
    ask(a, "{\"report\": \"count turtles\"}", 200, "\"value\":\"7\"");
    ask(b, "{\"report\": \"count turtles\"}", 200, "\"value\":\"9\"");
    reply r = request(&s, "DELETE", a, NULL, NULL);
    assert_int_equal(r.status, 204);
    reply_free(&r);
    ask(a, "{\"report\": \"1\"}", 404, "no such session");
    ask(b, "{\"state\": true}", 200, "\"turtles\":9");
}

static void
errors_name_their_place_and_end_nothing(void **state)
{
    (void)state;
    sw_auto(free) char *path = open_session("netlogo/flocking");
    ask(path, "{\"report\": \"1 + nonsense\"}", 422, "line 1, column 5");
    ask(path, "{\"command\": \"error \\\"no\\\"\"}", 422, "runtime");
    ask(path, "{\"nonsense\": 1}", 422, "Unknown request");
    ask(path, "[]", 400, "object");
    ask(path, "{\"report\": \"3\"}", 200, "\"value\":\"3\"");
}

static void
an_uploaded_model_has_sessions_too(void **state)
{
    (void)state;
    static const char *const headers[] = {"Content-Type: application/octet-stream", NULL};
    reply r = request(&s, "PUT", "/api/v1/models/netlogo/own?file=own.nlogox", endless, headers);
    assert_int_equal(r.status, 201);
    reply_free(&r);
    sw_auto(free) char *path = open_session("netlogo/own");
    ask(path, "{\"command\": \"setup\"}", 200, "ok");
    ask(path, "{\"report\": \"count turtles\"}", 200, "\"value\":\"5\"");
}

static void
what_is_not_there_is_said(void **state)
{
    (void)state;
    ask("/api/v1/sessions", "{\"model\": \"netlogo/none\"}", 422, "/model");
    ask("/api/v1/sessions", "{\"modell\": 1}", 422, "/modell");
    ask("/api/v1/sessions", "{\"model\": \"testfunctions/ishigami\"}", 409, "no interactive");
    ask("/api/v1/sessions/17", "{\"report\": \"1\"}", 404, "no such session");
    ask("/api/v1/sessions/x", "{\"report\": \"1\"}", 404, "no such session");
}

static void
a_session_ends_with_its_worker(void **state)
{
    (void)state;
    sw_auto(free) char *path = open_session("netlogo/flocking");
    kill_worker(&s, 0);
    start_worker(&s, 0);
    sw_auto(free) char *other = open_session("netlogo/flocking");
    ask(path, "{\"report\": \"1\"}", 404, "no such session");
    ask(other, "{\"report\": \"1\"}", 200, "value");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_keeps_its_world),
        cmocka_unit_test(errors_name_their_place_and_end_nothing),
        cmocka_unit_test(an_uploaded_model_has_sessions_too),
        cmocka_unit_test(what_is_not_there_is_said),
        cmocka_unit_test(a_session_ends_with_its_worker),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
