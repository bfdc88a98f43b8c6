// SPDX-License-Identifier: Apache-2.0
// UM-Bridge both ways through the real service: our models served under the protocol, a server of
// the test's own as a model, and sweepd asking itself.
#include "lib/base/memory.h"
#include "tests/support/service.h"
#include "tests/support/tiny_http.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;

// A question that must be answered with 200; the answer as text is kept in `kept`.
static char kept[4096];

static const char *
ask(const char *verb, const char *body)
{
    sw_auto(free) char *path = sw_format("/umbridge/%s", verb);
    reply r = body ? post(&s, path, body) : get(&s, path);
    if (r.status != 200)
        fail_msg("%s: %d %s", verb, r.status, r.body);
    snprintf(kept, sizeof kept, "%s", r.body);
    reply_free(&r);
    return kept;
}

static void
expect_error(const char *verb, const char *body, int status, const char *type, const char *part)
{
    sw_auto(free) char *path = sw_format("/umbridge/%s", verb);
    reply r = post(&s, path, body);
    const json_t *error = json_object_get(r.json, "error");
    const char *is = json_string_value(json_object_get(error, "type"));
    const char *message = json_string_value(json_object_get(error, "message"));
    if (r.status != status || !is || strcmp(is, type) != 0 || !message || !strstr(message, part))
        fail_msg("%s %s: %d %s", verb, body, r.status, r.body);
    reply_free(&r);
}

static double
output_of(const char *text)
{
    sw_auto(json) json_t *answer = json_loads(text, 0, NULL);
    double v = NAN;
    if (json_unpack(answer, "{s[[F]]}", "output", &v) != 0)
        fail_msg("%s", text);
    return v;
}

#define ISHIGAMI "{\"name\": \"testfunctions/ishigami\""

static void
the_server_says_what_it_has(void **state)
{
    (void)state;
    const char *info = ask("Info", NULL);
    assert_non_null(strstr(info, "\"protocolVersion\":1"));
    assert_non_null(strstr(info, "\"testfunctions/ishigami\""));
    assert_non_null(strstr(ask("ModelInfo", ISHIGAMI "}"), "\"Evaluate\":true"));
    assert_string_equal(ask("InputSizes", ISHIGAMI "}"), "{\"inputSizes\":[5]}\n");
    assert_string_equal(ask("InputSizes", ISHIGAMI ", \"config\": {\"inputs\": [\"x2\"]}}"),
                        "{\"inputSizes\":[1]}\n");
    assert_string_equal(ask("OutputSizes", ISHIGAMI ", \"config\": {}}"),
                        "{\"outputSizes\":[1]}\n");
}

static void
an_evaluation_is_a_run_that_leaves_no_study(void **state)
{
    (void)state;
    double y = output_of(ask("Evaluate", ISHIGAMI ", \"input\": [[1, 2, 3, 7, 0.1]]}"));
    double expected = sin(1) + 7 * sin(2) * sin(2) + 0.1 * 81 * sin(1);
    assert_true(fabs(y - expected) < 1e-13);
    y = output_of(ask("Evaluate", ISHIGAMI ", \"input\": [[2]], \"config\": {\"inputs\": [\"x2\"], "
                                           "\"parameters\": {\"a\": 3}}}"));
    assert_true(fabs(y - 3 * sin(2) * sin(2)) < 1e-13);
    sw_auto(json) json_t *left = get_json(&s, "/api/v1/studies?tag=umbridge");
    assert_int_equal(json_array_size(json_object_get(left, "items")), 0);
}

static void
the_seed_of_a_stochastic_model_is_given_in_config(void **state)
{
    (void)state;
#define NOISE                                                                                      \
    "{\"name\": \"testfunctions/stochastic\", \"input\": [[0.5]], \"config\": "                    \
    "{\"inputs\": [\"x1\"], \"seed\": "
    double a = output_of(ask("Evaluate", NOISE "1}}")), b = output_of(ask("Evaluate", NOISE "2}}"));
    assert_true(a != b);
    assert_true(a == output_of(ask("Evaluate", NOISE "1}}")));
}

static void
errors_have_the_protocols_form(void **state)
{
    (void)state;
    expect_error("Evaluate", "{\"name\": \"no/such\"}", 400, "ModelNotFound", "no/such");
    expect_error("Evaluate", "[1]", 400, "InvalidInput", "object");
    expect_error("Evaluate", "{", 400, "InvalidInput", "object");
    expect_error("Evaluate", ISHIGAMI "}", 400, "InvalidInput", "one vector of 5");
    expect_error("Evaluate", ISHIGAMI ", \"input\": [[1, 2, 3, 4]]}", 400, "InvalidInput",
                 "one vector of 5");
    expect_error("Evaluate", ISHIGAMI ", \"input\": [[1, 2, \"x\", 4, 5]]}", 400, "InvalidInput",
                 "x3 must be a number");
    expect_error("Evaluate", ISHIGAMI ", \"input\": [[99, 2, 3, 4, 5]]}", 400, "InvalidInput",
                 "/parameters/x1");
    expect_error("InputSizes", ISHIGAMI ", \"config\": {\"input\": 1}}", 400, "InvalidInput",
                 "config.input is not known");
    expect_error("InputSizes", ISHIGAMI ", \"config\": {\"inputs\": [\"q\"]}}", 400, "InvalidInput",
                 "has no number \"q\"");
    expect_error("OutputSizes", "{\"name\": \"netlogo/forest-fire\"}", 400, "InvalidInput",
                 "no usual outputs");
    expect_error("Evaluate",
                 ISHIGAMI ", \"input\": [[1]], \"config\": {\"inputs\": [\"x1\"], \"parameters\": "
                          "{\"x2\": {\"min\": 0, \"max\": 1}}}}",
                 400, "InvalidInput", "");
    expect_error("Gradient", ISHIGAMI "}", 400, "UnsupportedFeature", "only Evaluate");
    expect_error("Evaluate",
                 "{\"name\": \"testfunctions/error\", \"input\": [[1]], \"config\": {\"inputs\": "
                 "[\"share\"]}}",
                 500, "EvaluationFailed", "error: ");
}

// ---- the other way ----

static reply
put_model(const char *name, const char *body)
{
    static const char *const headers[] = {"Content-Type: application/octet-stream", NULL};
    sw_auto(free) char *path = sw_format("/api/v1/models/umbridge/%s?file=%s.umbridge", name, name);
    return request(&s, "PUT", path, body, headers);
}

static void
put_ok(const char *name, const char *body)
{
    reply r = put_model(name, body);
    if (r.status != 201)
        fail_msg("%s: %d %s", body, r.status, r.body);
    reply_free(&r);
}

// The first value is enough: a server that asks itself must have executors to spare.
#define POINT "\"x1\": 0.5, \"x2\": 2}, \"outputs\": [\"y\"]}"

static json_t *
values_of(const char *document)
{
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 60);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/columns/y", (long long)id);
    sw_auto(json) json_t *column = get_json(&s, path);
    return json_incref(json_object_get(column, "values"));
}

static void
sweepd_asks_itself(void **state)
{
    (void)state;
    sw_auto(free) char *body =
        sw_format("{\"url\": \"http://127.0.0.1:%d/umbridge\", \"model\": "
                  "\"testfunctions/ishigami\", \"config\": {\"inputs\": [\"x1\", \"x2\"]}}",
                  s.port);
    put_ok("self", body);
    sw_auto(json) json_t *direct =
        values_of("{\"model\": \"testfunctions/ishigami\", \"parameters\": {" POINT);
    sw_auto(json) json_t *bridged =
        values_of("{\"model\": \"umbridge/self\", \"parameters\": {" POINT);
    assert_int_equal(json_array_size(bridged), 1);
    assert_true(json_equal(direct, bridged));
}

static void
answer(int socket, const char *method, const char *path, const char *body, void *context)
{
    (void)method, (void)context;
    sw_auto(json) json_t *question = json_loads(body, 0, NULL);
    double x = 0;
    sw_auto(free) char *output = NULL;
    json_unpack(question, "{s[[F]]}", "input", &x);
    output = sw_format("{\"output\": [[%.17g]]}", x * x);
    if (strcmp(path, "/Info") == 0)
        tiny_http_reply(socket, 200, "{\"protocolVersion\": 1.0, \"models\": [\"square\"]}");
    else if (strcmp(path, "/Evaluate") == 0 && x > 8)
        tiny_http_reply(socket, 500, "{\"error\": {\"type\": \"E\", \"message\": \"too large\"}}");
    else if (strcmp(path, "/Evaluate") == 0)
        tiny_http_reply(socket, 200, output);
    else
        tiny_http_reply(socket, 200,
                        strcmp(path, "/InputSizes") == 0 ? "{\"inputSizes\": [1]}"
                                                         : "{\"outputSizes\": [1]}");
}

static void
any_server_is_a_model(void **state)
{
    (void)state;
    tiny_http *server = tiny_http_start(answer, NULL);
    sw_auto(free) char *body =
        sw_format("{\"url\": \"http://127.0.0.1:%d\"}", tiny_http_port(server));
    put_ok("square", body);
    sw_auto(json) json_t *values =
        values_of("{\"model\": \"umbridge/square\", \"parameters\": {\"x1\": {\"values\": [-2, 0, "
                  "3, 9]}}, \"design\": {\"method\": \"grid\"}, \"outputs\": [\"y\"], \"limits\": "
                  "{\"max_failed_fraction\": 0.5}}");
    const double expected[] = {4, 0, 9};
    for (size_t i = 0; i < 3; i++)
        assert_true(json_number_value(json_array_get(values, i)) == expected[i]);
    assert_true(json_is_null(json_array_get(values, 3)));
    sw_auto(json) json_t *studies = get_json(&s, "/api/v1/studies?model=umbridge/square");
    json_int_t id = json_integer_value(
        json_object_get(json_array_get(json_object_get(studies, "items"), 0), "id"));
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/failures", (long long)id);
    reply r = get(&s, path);
    assert_non_null(strstr(r.body, "the server says E: too large"));
    reply_free(&r);
    tiny_http_stop(&server);
}

static void
a_file_that_names_another_host_is_refused(void **state)
{
    (void)state;
    reply r = put_model("far", "{\"url\": \"http://192.0.2.1:4242\"}");
    assert_int_equal(r.status, 422);
    assert_non_null(strstr(r.body, "not among those that this worker may ask"));
    reply_free(&r);
}

static int
start_all(void **state)
{
    (void)state;
    s.slots = 2; // sweepd asking itself holds one executor while another works
    service_start(&s, 1);
    return 0;
}

static int
stop_all(void **state)
{
    (void)state;
    service_stop(&s);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_says_what_it_has),
        cmocka_unit_test(an_evaluation_is_a_run_that_leaves_no_study),
        cmocka_unit_test(the_seed_of_a_stochastic_model_is_given_in_config),
        cmocka_unit_test(errors_have_the_protocols_form),
        cmocka_unit_test(sweepd_asks_itself),
        cmocka_unit_test(any_server_is_a_model),
        cmocka_unit_test(a_file_that_names_another_host_is_refused),
    };
    return cmocka_run_group_tests(tests, start_all, stop_all);
}
