// SPDX-License-Identifier: Apache-2.0
// Studies that have been over for long are deleted, if the operator wants that.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static service s;

#define STUDY(tags, seconds, n)                                                                    \
    "{\"model\":\"testfunctions/sleep\",\"parameters\":{\"seconds\":" seconds "},"                 \
    "\"design\":{\"method\":\"list\",\"points\":[{}]},\"replicates\":" n ",\"tags\":[" tags "]}"

static int
status_of(int64_t id)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld", (long long)id);
    reply r = get(&s, path);
    int status = r.status;
    reply_free(&r);
    return status;
}

static bool
is_gone(void *context)
{
    return status_of(*(const int64_t *)context) == 404;
}

static bool
is_purged(void *context)
{
    sw_auto(free) char *query = sw_format("SELECT count(*) FROM columns WHERE study = %lld",
                                          (long long)*(const int64_t *)context);
    sw_auto(free) char *count = sql(&s, query);
    return strtol(count, NULL, 10) == 0;
}

static void
old_studies_go_but_for_those_that_are_kept_recent_or_running(void **state)
{
    (void)state;
    int64_t old = submit(&s, STUDY("", "0", "2")), kept = submit(&s, STUDY("\"keep\"", "0", "2"));
    int64_t recent = submit(&s, STUDY("\"kept\"", "0", "2"));
    wait_for_state(&s, old, "done", 30);
    wait_for_state(&s, kept, "done", 30);
    wait_for_state(&s, recent, "done", 30);
    int64_t running = submit(&s, STUDY("", "60", "1"));
    kill_server(&s);
    free(sql(&s, "UPDATE studies SET created = created - interval '8 days', finished = finished - "
                 "interval '8 days'"));
    sw_auto(free) char *six =
        sw_format("UPDATE studies SET finished = now() - interval '6 days' WHERE id = %lld",
                  (long long)recent);
    free(sql(&s, six));
    start_server(&s);
    wait_until(is_gone, &old, 30, "the old study is gone");
    wait_until(is_purged, &old, 30, "what it had made is gone too");
    assert_int_equal(status_of(kept), 200);
    assert_int_equal(status_of(recent), 200);
    assert_int_equal(status_of(running), 200);
}

static int
start(void **state)
{
    (void)state;
    s.server_flags[0] = "--keep-days";
    s.server_flags[1] = "7";
    service_start(&s, 1);
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
        cmocka_unit_test(old_studies_go_but_for_those_that_are_kept_recent_or_running),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
