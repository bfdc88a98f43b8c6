// SPDX-License-Identifier: Apache-2.0
// Studies that are submitted by the clock: each time makes one study, whatever happens to the
// server.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define V1 "/api/v1/schedules"

#define DOCUMENT                                                                                   \
    "{\"model\":\"testfunctions/linear\",\"parameters\":{\"x1\":{\"min\":0,\"max\":1}},"           \
    "\"design\":{\"method\":\"random\",\"n\":5,\"seed\":3}}"

static service s;

// ---- vocabulary ----

static json_t *
create(const char *rest)
{
    sw_auto(free) char *body = sw_format("{\"document\": " DOCUMENT ", %s}", rest);
    reply r = post(&s, V1, body);
    if (r.status != 201)
        fail_msg("%d: %s", r.status, r.body);
    json_t *json = json_incref(r.json);
    reply_free(&r);
    return json;
}

static int64_t
id_of(const json_t *schedule)
{
    return json_integer_value(json_object_get(schedule, "id"));
}

static const char *
text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

static json_t *
ask(int64_t id, const char *rest)
{
    sw_auto(free) char *path = sw_format(V1 "/%lld%s", (long long)id, rest);
    return get_json(&s, path);
}

static reply
act(const char *method, int64_t id, const char *rest)
{
    sw_auto(free) char *path = sw_format(V1 "/%lld%s", (long long)id, rest);
    return request(&s, method, path, strcmp(method, "POST") == 0 ? "" : NULL, NULL);
}

static void
make_due(int64_t id, const char *when)
{
    sw_auto(free) char *statement =
        sw_format("UPDATE schedules SET due = %s WHERE id = %lld", when, (long long)id);
    free(sql(&s, statement));
}

typedef struct expected {
    int64_t id;
    size_t n;
} expected;

static bool
has_history(void *context)
{
    const expected *e = context;
    sw_auto(json) json_t *history = ask(e->id, "/history");
    return json_array_size(json_object_get(history, "items")) == e->n;
}

// Waits for the n-th entry; the study of the newest.
static int64_t
wait_for_study(int64_t id, size_t n)
{
    expected e = {id, n};
    wait_until(has_history, &e, 20, "the schedule's time makes a study");
    sw_auto(json) json_t *history = ask(id, "/history");
    const json_t *newest = json_array_get(json_object_get(history, "items"), 0);
    return json_integer_value(json_object_get(newest, "study"));
}

static int64_t
seed_of(int64_t study_id)
{
    sw_auto(json) json_t *j = study(&s, study_id);
    const json_t *design = json_object_get(json_object_get(j, "resolved"), "design");
    return json_integer_value(json_object_get(design, "seed"));
}

static bool
is_next(void *context)
{
    const json_t *before = context;
    sw_auto(json) json_t *now = ask(id_of(before), "");
    return strcmp(text(now, "next"), text(before, "next")) == 0;
}

// ---- tests ----

static void
a_time_that_comes_makes_a_study(void **state)
{
    (void)state;
    sw_auto(json) json_t *schedule = create("\"cron\": \"0 4 * * mon\", \"name\": \"weekly\"");
    int64_t id = id_of(schedule);
    assert_string_equal(text(schedule, "time_zone"), "UTC");
    assert_true(json_is_null(json_object_get(schedule, "last")));
    assert_non_null(strstr(text(schedule, "next"), "T04:00:00"));
    make_due(id, "now()");
    int64_t made = wait_for_study(id, 1);
    assert_true(made > 0);
    wait_for_state(&s, made, "done", 30);
    assert_int_equal(seed_of(made), 3);
    wait_until(is_next, schedule, 10, "the schedule moves on");
    sw_auto(json) json_t *after = ask(id, "");
    const json_t *last = json_object_get(after, "last");
    assert_int_equal(json_integer_value(json_object_get(last, "study")), made);
    assert_true(json_is_false(json_object_get(last, "by_hand")));
}

static void
the_same_time_makes_one_study_only(void **state)
{
    (void)state;
    sw_auto(json) json_t *schedule = create("\"cron\": \"0 4 * * *\", \"new_seed\": true");
    int64_t id = id_of(schedule);
    make_due(id, "'2024-05-01 04:00Z'");
    int64_t first = wait_for_study(id, 1);
    assert_int_equal(seed_of(first), 1714536000);
    // As after a crash between the study and the schedule's moving on.
    make_due(id, "'2024-05-01 04:00Z'");
    make_due(id, "'2024-05-01 04:00Z'");
    sleep(3);
    assert_int_equal(wait_for_study(id, 1), first);
    make_due(id, "'2024-05-02 04:00Z'");
    int64_t second = wait_for_study(id, 2);
    assert_true(second > first);
    assert_int_equal(seed_of(second), 1714622400);
}

static void
what_was_missed_is_made_up_for_once(void **state)
{
    (void)state;
    sw_auto(json) json_t *schedule = create("\"cron\": \"*/5 * * * *\"");
    int64_t id = id_of(schedule);
    kill_server(&s);
    make_due(id, "now() - interval '3 days'");
    start_server(&s);
    assert_true(wait_for_study(id, 1) > 0);
    sleep(2);
    wait_for_study(id, 1);
    free(sql(&s, "UPDATE schedules SET enabled = false"));
}

static void
time_zones_have_their_own_clocks(void **state)
{
    (void)state;
    sw_auto(json) json_t *kolkata =
        create("\"cron\": \"30 9 * * *\", \"time_zone\": \"Asia/Kolkata\"");
    assert_non_null(strstr(text(kolkata, "next"), "T04:00:00"));
}

static void
one_that_is_held_makes_nothing_until_it_goes_on(void **state)
{
    (void)state;
    sw_auto(json) json_t *schedule = create("\"cron\": \"0 4 1 1 *\", \"enabled\": false");
    int64_t id = id_of(schedule);
    assert_true(json_is_null(json_object_get(schedule, "next")));
    make_due(id, "now() - interval '1 hour'");
    sleep(2);
    wait_for_study(id, 0);
    reply r = act("POST", id, "/resume");
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(text(r.json, "next"), "-01-01T04:00:00"));
    reply_free(&r);
    sleep(2);
    wait_for_study(id, 0); // what it missed is not made up for
    r = act("POST", id, "/pause");
    assert_true(json_is_null(json_object_get(r.json, "next")));
    reply_free(&r);
}

static void
one_can_be_run_by_hand_and_deleted(void **state)
{
    (void)state;
    sw_auto(json) json_t *schedule = create("\"cron\": \"@yearly\"");
    int64_t id = id_of(schedule);
    reply r = act("POST", id, "/run");
    assert_int_equal(r.status, 201);
    int64_t made = json_integer_value(json_object_get(r.json, "study"));
    reply_free(&r);
    assert_int_equal(wait_for_study(id, 1), made);
    wait_for_state(&s, made, "done", 30);
    r = act("DELETE", id, "");
    assert_int_equal(r.status, 204);
    reply_free(&r);
    r = act("GET", id, "/history");
    assert_int_equal(r.status, 404);
    reply_free(&r);
}

// A model that went away, or limits that were lowered: the history says so.
static void
a_document_that_is_no_longer_taken_is_told_in_the_history(void **state)
{
    (void)state;
    sw_auto(json) json_t *schedule = create("\"cron\": \"@yearly\"");
    int64_t id = id_of(schedule);
    sw_auto(free) char *spoil =
        sw_format("UPDATE schedules SET document = json_build_object('model', 'nobody/knows'),"
                  " due = now() WHERE id = %lld",
                  (long long)id);
    free(sql(&s, spoil));
    assert_int_equal(wait_for_study(id, 1), 0);
    sw_auto(json) json_t *after = ask(id, "");
    assert_non_null(strstr(text(json_object_get(after, "last"), "error"), "nobody/knows"));
}

static void
lists_come_in_pages(void **state)
{
    (void)state;
    sw_auto(json) json_t *first = get_json(&s, V1 "?limit=2");
    assert_int_equal(json_array_size(json_object_get(first, "items")), 2);
    sw_auto(free) char *path = sw_format(V1 "?limit=500&after=%s", text(first, "next"));
    sw_auto(json) json_t *rest = get_json(&s, path);
    assert_true(json_array_size(json_object_get(rest, "items")) >= 3);
    assert_true(json_is_null(json_object_get(rest, "next")));
}

static void
faults_name_the_field(void **state)
{
    (void)state;
    static const struct {
        const char *body, *pointer;
    } wrong[] = {
        {"{\"document\": " DOCUMENT ", \"cron\": \"0 25 * * *\"}", "/cron"},
        {"{\"document\": " DOCUMENT ", \"cron\": \"0 0 30 2 *\"}", "/cron"},
        {"{\"document\": " DOCUMENT "}", "/cron"},
        {"{\"document\": " DOCUMENT ", \"cron\": \"@daily\", \"time_zone\": \"Mars/Olympus\"}",
         "/time_zone"},
        {"{\"document\": {\"model\": \"testfunctions/linear\", \"parameters\": {\"x9\": 1},"
         " \"design\": {\"method\": \"grid\"}}, \"cron\": \"@daily\"}",
         "/document/parameters/x9"},
        {"{\"cron\": \"@daily\"}", "/document"},
        {"{\"document\": " DOCUMENT ", \"cron\": \"@daily\", \"colour\": 1}", "/colour"},
    };
    for (size_t i = 0; i < sw_countof(wrong); i++) {
        reply r = post(&s, V1, wrong[i].body);
        assert_int_equal(r.status, 422);
        const json_t *fault = json_array_get(json_object_get(r.json, "faults"), 0);
        assert_string_equal(text(fault, "pointer"), wrong[i].pointer);
        reply_free(&r);
    }
    reply r = act("GET", 999999, "");
    assert_int_equal(r.status, 404);
    reply_free(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_that_comes_makes_a_study),
        cmocka_unit_test(the_same_time_makes_one_study_only),
        cmocka_unit_test(what_was_missed_is_made_up_for_once),
        cmocka_unit_test(time_zones_have_their_own_clocks),
        cmocka_unit_test(one_that_is_held_makes_nothing_until_it_goes_on),
        cmocka_unit_test(one_can_be_run_by_hand_and_deleted),
        cmocka_unit_test(a_document_that_is_no_longer_taken_is_told_in_the_history),
        cmocka_unit_test(lists_come_in_pages),
        cmocka_unit_test(faults_name_the_field),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
