// SPDX-License-Identifier: Apache-2.0
// Long analyses of one study do not keep those of others waiting.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONG = 3 };

static service s;
static int64_t large, small;
static _Atomic int begun, answered;

static void *
ask_long(void *arg)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses/sobol?resamples=%d",
                                         (long long)large, 9000 + *(const int *)arg);
    begun++;
    reply r = get(&s, path);
    answered += r.status == 200;
    reply_free(&r);
    return NULL;
}

static bool
all_wait(void *context)
{
    (void)context;
    reply r = get(&s, "/metrics");
    const char *line = r.body ? strstr(r.body, "\nsweepd_http_waiting ") : NULL;
    const char *value = line ? line + strlen("\nsweepd_http_waiting ") : "0";
    bool all = begun == LONG && strtol(value, NULL, 10) >= LONG;
    reply_free(&r);
    return all;
}

static void
an_analysis_is_answered_while_those_of_another_study_are_computed(void **state)
{
    (void)state;
    pthread_t threads[LONG];
    int numbers[LONG];
    for (int i = 0; i < LONG; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, ask_long, &numbers[i]);
    }
    wait_until(all_wait, NULL, 20, "long analyses wait for their answers");
    sw_auto(free) char *path =
        sw_format("/api/v1/studies/%lld/analyses/summary?output=y", (long long)small);
    double start = seconds_now();
    sw_auto(json) json_t *quick = get_json(&s, path);
    printf("answered in %.3f s beside long ones\n", seconds_now() - start);
    assert_int_equal(json_integer_value(json_object_get(quick, "n")), 100);
    assert_int_equal(answered, 0);
    for (int i = 0; i < LONG; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(answered, LONG);
}

static int64_t
made(const char *n, const char *method)
{
    sw_auto(free) char *document =
        sw_format("{\"model\":\"testfunctions/linear\",\"parameters\":{"
                  "\"x1\":{\"min\":0,\"max\":1},\"x2\":{\"min\":0,\"max\":1},"
                  "\"x3\":{\"min\":0,\"max\":1}},\"design\":{\"method\":\"%s\",\"n\":%s}}",
                  method, n);
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 120);
    return id;
}

static int
start(void **state)
{
    (void)state;
    service_start(&s, 1);
    large = made("131072", "saltelli");
    small = made("100", "random");
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
        cmocka_unit_test(an_analysis_is_answered_while_those_of_another_study_are_computed),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
