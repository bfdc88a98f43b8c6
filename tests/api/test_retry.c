// SPDX-License-Identifier: Apache-2.0
// Failures in groups, and making one group again while everything else stays.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>

#include <cmocka.h>

#define GROUP "the draw # is below the share #"

static service s;
static int64_t id;

static char *
path_of(const char *rest)
{
    return sw_format("/api/v1/studies/%lld/%s", (long long)id, rest);
}

static json_t *
ask(const char *rest)
{
    sw_auto(free) char *path = path_of(rest);
    return get_json(&s, path);
}

static int
retry(const char *body, int64_t *runs)
{
    sw_auto(free) char *path = path_of("failures/retry");
    reply r = post(&s, path, body);
    int status = r.status;
    *runs = json_integer_value(json_object_get(r.json, "runs"));
    reply_free(&r);
    return status;
}

static int64_t
count(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *
text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static char *
all_runs(void)
{
    sw_auto(free) char *path = path_of("runs?format=ndjson");
    reply r = get(&s, path);
    char *body = sw_strdup(r.body);
    reply_free(&r);
    return body;
}

static const json_t *
group_of(const json_t *groups, const char *kind)
{
    size_t i;
    const json_t *j;
    json_array_foreach (json_object_get(groups, "items"), i, j) {
        if (strcmp(text(j, "kind"), kind) == 0)
            return j;
    }
    fail_msg("no group of %s", kind);
    return NULL;
}

static void
messages_that_differ_in_figures_are_one_group(void **state)
{
    (void)state;
    sw_auto(json) json_t *groups = ask("failures/groups");
    assert_int_equal(json_array_size(json_object_get(groups, "items")), 2);
    const json_t *errors = group_of(groups, "error");
    assert_string_equal(text(errors, "group"), GROUP);
    sw_auto(json) json_t *list = ask("failures?kind=error&limit=1000");
    assert_int_equal(json_array_size(json_object_get(list, "items")), count(errors, "count"));
    const json_t *first = json_array_get(json_object_get(list, "items"), 0);
    assert_string_equal(text(first, "message"), text(errors, "message"));
    assert_int_equal(count(first, "run"), count(errors, "first_run"));
    sw_auto(json) json_t *none = ask("failures?kind=rejected&group=the%20draw");
    assert_int_equal(json_array_size(json_object_get(none, "items")), 0);
}

static void
one_group_is_made_again_and_the_others_stay(void **state)
{
    (void)state;
    sw_auto(json) json_t *groups = ask("failures/groups");
    int64_t errors = count(group_of(groups, "error"), "count"), runs;
    int64_t rejected = count(group_of(groups, "rejected"), "count");
    sw_auto(json) json_t *before = ask("failures?kind=rejected&limit=1000");
    sw_auto(free) char *all = all_runs();
    kill_worker(&s, 0); // so that what is missing can be looked at
    assert_int_equal(retry("{\"group\": \"" GROUP "\"}", &runs), 200);
    assert_int_equal(runs, errors);
    sw_auto(json) json_t *now = study(&s, id);
    assert_int_equal(count(now, "made"), 300 - errors);
    assert_int_equal(count(now, "failed"), rejected);
    assert_int_equal(count(now, "rejected"), rejected);
    sw_auto(json) json_t *after = ask("failures?limit=1000");
    assert_true(json_equal(before, after));
    sw_auto(json) json_t *page = ask("runs?where=state=rejected");
    assert_int_equal(count(page, "matched"), rejected);
    start_worker(&s, 0);
    wait_for_state(&s, id, "done", 60);
    sw_auto(free) char *again = all_runs();
    assert_string_equal(again, all);
}

static void
a_kind_is_made_again(void **state)
{
    (void)state;
    sw_auto(json) json_t *groups = ask("failures/groups");
    sw_auto(free) char *all = all_runs();
    int64_t runs;
    assert_int_equal(retry("{\"kind\": \"rejected\"}", &runs), 200);
    assert_int_equal(runs, count(group_of(groups, "rejected"), "count"));
    wait_for_state(&s, id, "done", 60);
    sw_auto(free) char *again = all_runs();
    assert_string_equal(again, all);
}

// What constraints reject has not failed: retrying all failures leaves it, and the study is done
// whatever part of it they are.
static void
rejected_runs_are_no_failures(void **state)
{
    (void)state;
    int64_t rejecting = submit(
        &s, "{\"model\":\"testfunctions/linear\",\"parameters\":{\"x1\":{\"min\":0,\"max\":1}},"
            "\"constraints\":[\"x1 < 0.5\"],\"design\":{\"method\":\"lhs\",\"n\":100},"
            "\"limits\":{\"max_failed_fraction\":0}}");
    wait_for_state(&s, rejecting, "done", 30);
    sw_auto(json) json_t *end = study(&s, rejecting);
    assert_int_equal(count(end, "failed"), 50);
    assert_int_equal(count(end, "rejected"), 50);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/retry", (long long)rejecting);
    reply r = post(&s, path, "");
    assert_int_equal(r.status, 200);
    assert_int_equal(count(r.json, "runs"), 0);
    reply_free(&r);
    sw_auto(json) json_t *after = study(&s, rejecting);
    assert_string_equal(json_string_value(json_object_get(after, "state")), "done");
    assert_int_equal(count(after, "rejected"), 50);
}

static void
a_study_that_rejects_every_run_fails(void **state)
{
    (void)state;
    int64_t none = submit(
        &s, "{\"model\":\"testfunctions/linear\",\"parameters\":{\"x1\":{\"min\":0,\"max\":1}},"
            "\"constraints\":[\"x1 < 0\"],\"design\":{\"method\":\"lhs\",\"n\":100}}");
    wait_for_state(&s, none, "failed", 30);
    sw_auto(json) json_t *end = study(&s, none);
    assert_int_equal(count(end, "made"), 100);
    assert_non_null(
        strstr(json_string_value(json_object_get(end, "reason")), "every run was rejected"));
}

static void
what_names_no_failure_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    int64_t runs;
    assert_int_equal(retry("{}", &runs), 422);
    assert_int_equal(retry("{\"kind\": \"fatigue\"}", &runs), 422);
    assert_int_equal(retry("{\"group\": \"nobody has seen this\"}", &runs), 404);
    assert_int_equal(retry("{\"kind\": \"timeout\", \"group\": \"" GROUP "\"}", &runs), 404);
    sw_auto(json) json_t *now = study(&s, id);
    assert_string_equal(text(now, "state"), "done");
    assert_int_equal(count(now, "made"), 300);
}

// What the command prints, up to the buffer's size; its exit code.
static int
sweep(const char *words, char *out, size_t size)
{
    const char *bin = getenv("SWEEPD_BIN");
    sw_auto(free) char *command =
        sw_format("SWEEPD_URL=http://127.0.0.1:%d %s/sweep failures %lld %s 2>&1", s.port,
                  bin ? bin : "bin", (long long)id, words);
    FILE *f = popen(command, "r");
    out[fread(out, 1, size - 1, f)] = 0;
    int status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
the_command_line_shows_and_retries_groups(void **state)
{
    (void)state;
    char out[4000];
    assert_int_equal(sweep("--groups", out, sizeof out), 0);
    assert_non_null(strstr(out, GROUP));
    assert_non_null(strstr(out, "rejected"));
    sw_auto(json) json_t *groups = ask("failures/groups");
    assert_int_equal(sweep("--retry --group '" GROUP "'", out, sizeof out), 0);
    sw_auto(free) char *said = sw_format("%lld runs will be made again",
                                         (long long)count(group_of(groups, "error"), "count"));
    assert_non_null(strstr(out, said));
    wait_for_state(&s, id, "done", 60);
    assert_int_not_equal(sweep("--retry --kind memory", out, sizeof out), 0);
    assert_int_equal(sweep("--kind rejected --limit 1", out, sizeof out), 0);
    assert_non_null(strstr(out, "rejected: its inputs"));
}

static int
start(void **state)
{
    (void)state;
    service_start(&s, 1);
    id = submit(&s, "{\"model\":\"testfunctions/error\",\"parameters\":{\"share\":0.3,"
                    "\"x\":{\"min\":0,\"max\":1}},\"constraints\":[\"x < 0.8\"],"
                    "\"design\":{\"method\":\"random\",\"n\":300,\"seed\":1},"
                    "\"limits\":{\"max_failed_fraction\":1,\"retries\":0}}");
    wait_for_state(&s, id, "done", 30);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    service_stop(&s);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_that_differ_in_figures_are_one_group),
        cmocka_unit_test(one_group_is_made_again_and_the_others_stay),
        cmocka_unit_test(a_kind_is_made_again),
        cmocka_unit_test(rejected_runs_are_no_failures),
        cmocka_unit_test(a_study_that_rejects_every_run_fails),
        cmocka_unit_test(what_names_no_failure_is_refused_and_changes_nothing),
        cmocka_unit_test(the_command_line_shows_and_retries_groups),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
