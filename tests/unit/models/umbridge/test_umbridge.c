// SPDX-License-Identifier: Apache-2.0
// The family against a server of the test's own: what it asks, what it makes of answers, and that
// no answer can hang it, fill its memory or lead it elsewhere.
#include "models/umbridge/http.h"
#include "models/umbridge/umbridge.h"
#include "tests/support/model_harness.h"
#include "tests/support/tiny_http.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static tiny_http *server;
static char last_body[4096];

// ---- the server ----

static void
evaluate(int s, const char *name, const json_t *question)
{
    double x[3] = {0}, scale = 1;
    char body[500];
    json_unpack((json_t *)question, "{s[[FF][F]] s{s?F}}", "input", &x[0], &x[1], &x[2], "config",
                "scale", &scale);
    snprintf(body, sizeof body, "{\"output\": [[%.17g], [%.17g, %.17g]]}", x[0] + x[1], x[2],
             scale * x[0]);
    if (strcmp(name, "forward") == 0)
        tiny_http_reply(s, 200, body);
    else if (strcmp(name, "nan") == 0)
        tiny_http_reply(s, 200, "{\"output\": [[NaN], [1, 2]]}");
    else if (strcmp(name, "text") == 0)
        tiny_http_reply(s, 200, "{\"output\": [[\"1\"], [1, 2]]}");
    else if (strcmp(name, "short") == 0)
        tiny_http_reply(s, 200, "{\"output\": [[1], [1]]}");
    else if (strcmp(name, "garbage") == 0)
        tiny_http_reply(s, 200, "<html>");
    else if (strcmp(name, "cold") == 0)
        tiny_http_reply(s, 400,
                        "{\"error\": {\"type\": \"InvalidInput\", \"message\": \"too cold\"}}");
    else if (strcmp(name, "slow") == 0)
        sleep(2);
    else if (strcmp(name, "away") == 0)
        dprintf(s, "HTTP/1.1 302 X\r\nLocation: /Info\r\nContent-Length: 0\r\n\r\n");
}

static void
endless(int s)
{
    static char block[1 << 20];
    memset(block, ' ', sizeof block);
    dprintf(s, "HTTP/1.1 200 X\r\n\r\n");
    while (write(s, block, sizeof block) > 0)
        ;
}

static void
answer(int s, const char *method, const char *path, const char *body, void *context)
{
    (void)context;
    snprintf(last_body, sizeof last_body, "%s", body);
    json_t *question = json_loads(body, 0, NULL);
    const char *name = json_string_value(json_object_get(question, "name"));
    name = name ? name : "";
    if (strcmp(path, "/two/Info") == 0)
        tiny_http_reply(s, 200, "{\"protocolVersion\": 1.0, \"models\": [\"a\", \"b\"]}");
    else if (strcmp(path, "/old/Info") == 0)
        tiny_http_reply(s, 200, "{\"protocolVersion\": 0.9, \"models\": [\"a\"]}");
    else if (strcmp(path, "/Info") == 0 && strcmp(method, "GET") == 0)
        tiny_http_reply(s, 200, "{\"protocolVersion\": 1.0, \"models\": [\"forward\"]}");
    else if (strcmp(path, "/InputSizes") == 0)
        tiny_http_reply(s, 200,
                        strcmp(name, "many") == 0 ? "{\"inputSizes\": [999999]}"
                                                  : "{\"inputSizes\": [2, 1]}");
    else if (strcmp(path, "/OutputSizes") == 0)
        tiny_http_reply(s, 200,
                        strcmp(name, "long") == 0 ? "{\"outputSizes\": [100]}"
                                                  : "{\"outputSizes\": [1, 2]}");
    else if (strcmp(path, "/Evaluate") == 0 && strcmp(name, "endless") == 0)
        endless(s);
    else if (strcmp(path, "/Evaluate") == 0)
        evaluate(s, name, question);
    else
        tiny_http_reply(s, 404, "{}");
    json_decref(question);
}

// ---- verbs ----

// Loads {"url": the server's + path, more}; NULL and the reason in `why`.
static sw_model *
load_at(const char *path, const char *more, sw_source_error *why)
{
    char text[1000];
    snprintf(text, sizeof text, "{\"url\": \"http://127.0.0.1:%d%s\"%s}", tiny_http_port(server),
             path, more);
    sw_source source = {
        .name = "umbridge/test", .file = "test.umbridge", .bytes = text, .n = strlen(text)};
    sw_model *model = NULL;
    *why = (sw_source_error){0};
    return sw_umbridge_family.load(&source, &model, why) == 0 ? model : NULL;
}

static sw_model *
load(const char *more)
{
    sw_source_error why;
    sw_model *model = load_at("", more, &why);
    if (!model)
        fail_msg("%s", why.message);
    return model;
}

static void
expect_no_load(const char *path, const char *more, const char *part)
{
    sw_source_error why;
    assert_null(load_at(path, more, &why));
    if (!strstr(why.message, part))
        fail_msg("\"%s\" instead of \"%s\"", why.message, part);
}

// A run of the remote model `name` must end so, with this reason.
static void
expect_failure(const char *name, sw_outcome outcome, const char *part)
{
    char more[100], error[500];
    snprintf(more, sizeof more, ", \"model\": \"%s\"", name);
    sw_model *model = load(more);
    sw_harness_setup setup = {.run_seconds = 1};
    sw_harness *h = sw_harness_open_with(model, &setup, error, sizeof error);
    assert_non_null(h);
    const sw_result *r = sw_harness_run(h, 1);
    if (r->outcome != outcome || !strstr(r->fail, part))
        fail_msg("%s: outcome %d, \"%s\"", name, (int)r->outcome, r->fail);
    sw_harness_close(&h);
    sw_umbridge_family.unload(model);
}

// ---- tests ----

static void
a_server_of_one_model_needs_no_more_than_its_url(void **state)
{
    (void)state;
    sw_model *model = load("");
    assert_int_equal(model->n_parameters, 3);
    assert_string_equal(model->parameters[0].name, "x1_1");
    assert_string_equal(model->parameters[2].name, "x2_1");
    assert_int_equal(model->n_outputs, 3);
    assert_string_equal(model->outputs[0].name, "y1_1");
    assert_string_equal(model->outputs[2].name, "y2_2");
    sw_harness *h = sw_harness_open(model, NULL);
    sw_harness_set(h, "x1_1", 0.1);
    sw_harness_set(h, "x1_2", 0.2);
    sw_harness_set(h, "x2_1", -7);
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_DONE);
    assert_true(sw_harness_value(h, "y1_1") == 0.1 + 0.2);
    assert_true(sw_harness_value(h, "y2_1") == -7);
    assert_true(sw_harness_value(h, "y2_2") == 0.1);
    sw_harness_close(&h);
    sw_umbridge_family.unload(model);
}

static void
the_file_gives_names_bounds_config_and_a_place_for_the_seed(void **state)
{
    (void)state;
    sw_model *model =
        load(", \"model\": \"forward\", \"config\": {\"scale\": 10}, \"seed\": \"rng\","
             "\"parameters\": [\"a\", {\"name\": \"b\", \"min\": 2, \"max\": 3}, \"c\"],"
             "\"outputs\": [\"sum\", {\"name\": \"rest\", \"kind\": \"series\"}]");
    assert_true(model->parameters[1].value == 2);
    sw_harness *h = sw_harness_open(model, NULL);
    sw_harness_set(h, "a", 5);
    const sw_result *r = sw_harness_run(h, UINT64_C(0xfedcba9876543210));
    assert_int_equal(r->outcome, SW_DONE);
    assert_true(sw_harness_value(h, "sum") == 7);
    assert_int_equal(r->kept[1].n_series, 2);
    assert_true(r->kept[1].series[1] == 50);
    char seed[60];
    snprintf(seed, sizeof seed, "\"rng\":%llu",
             (unsigned long long)(UINT64_C(0xfedcba9876543210) >> 11));
    assert_non_null(strstr(last_body, seed));
    sw_harness_close(&h);
    sw_umbridge_family.unload(model);
}

static void
outputs_may_be_asked_for_in_any_order(void **state)
{
    (void)state;
    sw_model *model = load("");
    sw_harness *h = sw_harness_open(model, "y2_2,y1_1");
    sw_harness_set(h, "x1_1", 3);
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_DONE);
    assert_true(sw_harness_value(h, "y2_2") == 3 && sw_harness_value(h, "y1_1") == 3);
    sw_harness_close(&h);
    sw_umbridge_family.unload(model);
}

static void
a_long_vector_is_a_series(void **state)
{
    (void)state;
    sw_model *model = load(", \"model\": \"long\"");
    assert_int_equal(model->n_outputs, 1);
    assert_string_equal(model->outputs[0].name, "y");
    assert_int_equal(model->outputs[0].kind, SW_SERIES);
    sw_umbridge_family.unload(model);
}

static void
answers_that_are_none_fail_the_run_with_the_reason(void **state)
{
    (void)state;
    expect_failure("cold", SW_ERROR, "InvalidInput: too cold");
    expect_failure("nan", SW_ERROR, "no JSON object");
    expect_failure("garbage", SW_ERROR, "no JSON object");
    expect_failure("text", SW_ERROR, "all numbers");
    expect_failure("short", SW_ERROR, "not 2 vectors");
    expect_failure("away", SW_ERROR, "status 302");
    expect_failure("endless", SW_ERROR, "more than 67108864 bytes");
    expect_failure("slow", SW_TIMEOUT, "Timeout");
}

static void
files_that_are_wrong_are_refused_with_the_reason(void **state)
{
    (void)state;
    expect_no_load("", ", \"modell\": 1", "\"modell\" is not known");
    expect_no_load("", ", \"config\": 1", "\"config\" has the wrong type");
    expect_no_load("", ", \"parameters\": []", "must be a list");
    expect_no_load("", ", \"parameters\": [\"a\", \"a\"]", "different names");
    expect_no_load("", ", \"outputs\": [3]", "must be a list");
    expect_no_load("", ", \"parameters\": [{\"name\": \"a\", \"min\": 2, \"max\": 1}]",
                   "in this order");
    expect_no_load("", ", \"model\": \"many\"", "at most 4096");
    expect_no_load("/two", "", "has 2 models");
    expect_no_load("/old", "", "protocol 1.0");
    expect_no_load("/nowhere", "", "status 404");
    sw_source_error why;
    sw_model *model = NULL;
    sw_source source = {.name = "umbridge/test", .bytes = "{\n 3", .n = 4};
    assert_int_equal(sw_umbridge_family.load(&source, &model, &why), -1);
    assert_int_equal(why.line, 2);
}

static void
a_server_with_other_sizes_is_found_out_at_open(void **state)
{
    (void)state;
    char error[500];
    sw_harness_setup setup = {0};
    sw_model *model =
        load(", \"model\": \"forward\", \"parameters\": [\"a\"], \"outputs\": [\"b\"]");
    assert_null(sw_harness_open_with(model, &setup, error, sizeof error));
    assert_non_null(strstr(error, "takes 3 numbers"));
    sw_umbridge_family.unload(model);
    model = load(", \"model\": \"forward\", \"outputs\": [\"b\"]");
    assert_null(sw_harness_open_with(model, &setup, error, sizeof error));
    assert_non_null(strstr(error, "other sizes"));
    sw_umbridge_family.unload(model);
}

static void
only_hosts_on_the_list_are_asked(void **state)
{
    (void)state;
    char error[500];
    static const char *const refused[] = {
        "http://example.org/",        "http://10.0.0.1:4242",      "http://169.254.169.254/latest",
        "http://127.0.0.1.evil.org/", "http://user@127.0.0.1:80/", "http://127.0.0.1/?q=1",
        "file:///etc/passwd",         "gopher://127.0.0.1:70/",    "no url at all",
        "http://2130706433.org/",     "http://[::ffff:10.0.0.1]/"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        sw_umbridge_http *h = sw_umbridge_http_open(refused[i], error, sizeof error);
        if (h)
            fail_msg("%s was accepted", refused[i]);
    }
    static const char *const accepted[] = {"http://localhost:4242", "http://LOCALHOST/",
                                           "https://127.0.0.1/a/b", "http://[::1]:99/"};
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        sw_umbridge_http *h = sw_umbridge_http_open(accepted[i], error, sizeof error);
        if (!h)
            fail_msg("%s: %s", accepted[i], error);
        sw_umbridge_http_close(&h);
    }
}

static void
the_list_may_name_ports(void **state)
{
    (void)state;
    assert_true(sw_umbridge_allowed("a:1,b", "a", "1"));
    assert_false(sw_umbridge_allowed("a:1,b", "a", "2"));
    assert_false(sw_umbridge_allowed("a:1,b", "a", "11"));
    assert_true(sw_umbridge_allowed("a:1,b", "B", "7"));
    assert_false(sw_umbridge_allowed("a:1,b", "bb", "7"));
    assert_false(sw_umbridge_allowed("", "a", "1"));
    assert_true(sw_umbridge_allowed("x,*", "anything", "1"));
}

static int
start(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    server = tiny_http_start(answer, NULL);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    tiny_http_stop(&server);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_of_one_model_needs_no_more_than_its_url),
        cmocka_unit_test(the_file_gives_names_bounds_config_and_a_place_for_the_seed),
        cmocka_unit_test(outputs_may_be_asked_for_in_any_order),
        cmocka_unit_test(a_long_vector_is_a_series),
        cmocka_unit_test(answers_that_are_none_fail_the_run_with_the_reason),
        cmocka_unit_test(files_that_are_wrong_are_refused_with_the_reason),
        cmocka_unit_test(a_server_with_other_sizes_is_found_out_at_open),
        cmocka_unit_test(only_hosts_on_the_list_are_asked),
        cmocka_unit_test(the_list_may_name_ports),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
