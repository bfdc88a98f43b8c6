// SPDX-License-Identifier: Apache-2.0
// Models that users upload: described by a worker, stored with their bytes, run by workers that
// never saw the file; and files that are wrong, in every way that comes to mind.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static service s;

static const char model[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<model version=\"NetLogo 7.0.0\">\n"
    "<code><![CDATA[to setup clear-all create-turtles n reset-ticks end\n"
    "to go ask turtles [ fd 1 ] tick end]]></code>\n"
    "<widgets><view minPxcor=\"-5\" maxPxcor=\"5\" minPycor=\"-5\" maxPycor=\"5\""
    " wrappingAllowedX=\"true\" wrappingAllowedY=\"true\"></view>\n"
    "<slider variable=\"n\" min=\"0\" max=\"50\" step=\"1\" default=\"5\"></slider></widgets>\n"
    "</model>\n";

static const char walk[] =
    "{\"model\": \"netlogo/walk\", \"parameters\": {\"n\": {\"min\": 1, \"max\": 40, \"integer\":"
    " true}, \"time-limit\": 3}, \"design\": {\"method\": \"random\", \"n\": 200, \"seed\": 4},"
    " \"outputs\": [\"count turtles\", \"sum [xcor] of turtles\"]}";

static reply
put(const char *path, const char *body)
{
    static const char *const headers[] = {"Content-Type: application/octet-stream", NULL};
    return request(&s, "PUT", path, body, headers);
}

static void
put_expecting(const char *path, const char *body, int status, const char *text)
{
    reply r = put(path, body);
    if (r.status != status || (text && !strstr(r.body, text)))
        fail_msg("PUT %s: %d %s", path, r.status, r.body);
    reply_free(&r);
}

static void
an_uploaded_model_runs_on_a_worker_that_comes_later(void **state)
{
    (void)state;
    put_expecting("/api/v1/models/netlogo/walk?file=walk.nlogox", model, 201, "\"name\":\"n\"");
    put_expecting("/api/v1/models/netlogo/walk?file=walk.nlogox", model, 200, "\"version\"");
    kill_worker(&s, 0);
    start_worker(&s, 0);
    int64_t id = submit(&s, walk);
    wait_for_state(&s, id, "done", 60);
    sw_auto(free) char *path =
        sw_format("/api/v1/studies/%lld/analyses/summary?output=count%%20turtles", (long long)id);
    sw_auto(json) json_t *summary = get_json(&s, path);
    assert_true(json_number_value(json_object_get(summary, "min")) >= 1);
    assert_true(json_number_value(json_object_get(summary, "max")) <= 40);
}

static void
a_restarted_server_still_has_it(void **state)
{
    (void)state;
    kill_server(&s);
    start_server(&s);
    int64_t id = submit(&s, walk);
    wait_for_state(&s, id, "done", 60);
}

static void
a_wrong_file_is_refused_with_its_place(void **state)
{
    (void)state;
    sw_auto(free) char *wrong = sw_strdup(model);
    memcpy(strstr(wrong, "fd 1"), "fb 1", 4);
    put_expecting("/api/v1/models/netlogo/wrong?file=wrong.nlogox", wrong, 422, "line 4");
    put_expecting("/api/v1/models/netlogo/wrong?file=wrong.nlogox", "<model", 422, "line 1");
    put_expecting("/api/v1/models/netlogo/wrong?file=wrong.txt", model, 422, ".nlogox");
    put_expecting("/api/v1/models/netlogo/wrong?file=wrong.tar", model, 422, "archive");
    put_expecting("/api/v1/models/netlogo/wrong?file=..%2Fx.nlogox", model, 400, "?file");
    put_expecting("/api/v1/models/netlogo/wrong", model, 400, "?file");
    put_expecting("/api/v1/models/netlogo/wrong?file=wrong.nlogox", "", 400, "empty");
    put_expecting("/api/v1/models/external/wrong?file=wrong.json", "{}", 503, "external");
    reply r = get(&s, "/api/v1/models/netlogo/wrong");
    assert_int_equal(r.status, 404);
    reply_free(&r);
}

static void
a_model_that_a_study_has_stays(void **state)
{
    (void)state;
    reply r = request(&s, "DELETE", "/api/v1/models/netlogo/walk", NULL, NULL);
    assert_int_equal(r.status, 409);
    reply_free(&r);
    put_expecting("/api/v1/models/netlogo/unused?file=walk.nlogox", model, 201, NULL);
    r = request(&s, "DELETE", "/api/v1/models/netlogo/unused", NULL, NULL);
    assert_int_equal(r.status, 204);
    reply_free(&r);
    r = request(&s, "DELETE", "/api/v1/models/testfunctions/ishigami", NULL, NULL);
    assert_int_equal(r.status, 404);
    reply_free(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_uploaded_model_runs_on_a_worker_that_comes_later),
        cmocka_unit_test(a_restarted_server_still_has_it),
        cmocka_unit_test(a_wrong_file_is_refused_with_its_place),
        cmocka_unit_test(a_model_that_a_study_has_stays),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
