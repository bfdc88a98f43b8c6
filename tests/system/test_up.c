// SPDX-License-Identifier: Apache-2.0
// `sweep up`: everything from one command; what dies is started again; SIGTERM stops all of it.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static service s; // only its port and folder are used: the processes are those of `sweep up`
static sw_process up;

static bool
is_ready(void *context)
{
    (void)context;
    reply r = get(&s, "/readyz");
    bool ready = r.status == 200;
    reply_free(&r);
    return ready;
}

static bool
has_worker(void *context)
{
    (void)context;
    reply r = get(&s, "/api/v1/workers");
    bool has = json_array_size(json_object_get(r.json, "items")) == 1;
    reply_free(&r);
    return has;
}

// Kills the child of `sweep up` whose command line holds `name`.
static void
kill_child(const char *name)
{
    sw_auto(free) char *command = sw_format("pkill -KILL -P %d -f '%s'", (int)up.pid, name);
    assert_int_equal(system(command), 0);
}

#define DOCUMENT                                                                                   \
    "{\"model\": \"testfunctions/noop\", \"parameters\": {\"x1\": {\"min\": 0, \"max\": 1}},"      \
    "\"design\": {\"method\": \"random\", \"n\": 600000, \"seed\": 1}}"

static void
what_dies_is_started_again_and_the_study_completes(void **state)
{
    (void)state;
    static const char *const victims[] = {"sweep-worker", "bin/sweepd", "bin/postgres"};
    for (size_t v = 0; v < sw_countof(victims); v++) {
        int64_t id = submit(&s, DOCUMENT);
        kill_child(victims[v]);
        usleep(100000);
        wait_until(is_ready, NULL, 60, "the server is ready again");
        wait_for_state(&s, id, "done", 60);
        json_t *end = study(&s, id);
        assert_int_equal(json_integer_value(json_object_get(end, "made")), 600000);
        json_decref(end);
    }
}

// `--models` is relative to the folder that `sweep up` was called in.
static void
models_of_the_folder_are_offered(void **state)
{
    (void)state;
    reply r = get(&s, "/api/v1/models/netlogo/mine");
    assert_int_equal(r.status, 200);
    reply_free(&r);
}

static void
sigterm_stops_all_of_it(void **state)
{
    (void)state;
    pid_t pid = up.pid;
    int status = sw_process_stop(&up, SIGTERM, 60);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    sw_auto(free) char *command = sw_format("pgrep -P %d", (int)pid);
    assert_int_not_equal(system(command), 0);
    reply r = get(&s, "/healthz");
    assert_int_equal(r.status, 0);
    reply_free(&r);
}

static int
start_all(void **state)
{
    (void)state;
    service_prepare(&s); // for its folder and its port
    sw_auto(free) char *relative = sw_format("%s/sweep", getenv("SWEEPD_BIN"));
    sw_auto(free) char *program = realpath(relative, NULL);
    static const char model[] =
        "<model version=\"NetLogo 7.0.4\"><widgets><view minPxcor=\"-1\" maxPxcor=\"1\" "
        "minPycor=\"-1\" maxPycor=\"1\"/></widgets><code>to setup end</code></model>";
    sw_auto(free) char *command =
        sw_format("cd %s && echo '%s' > models/mine.nlogox && "
                  "exec %s up --state up --listen 127.0.0.1:%d --workers 1 --models models",
                  s.dir, model, program, s.port);
    sw_auto(free) char *log = sw_format("%s/up.log", s.dir);
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    sw_process_settings settings = {.argv = argv, .log = log};
    assert_true(sw_process_start(&up, &settings));
    wait_until(is_ready, NULL, 60, "`sweep up` is ready");
    wait_until(has_worker, NULL, 30, "its worker has joined");
    return 0;
}

static int
stop_all(void **state)
{
    (void)state;
    sw_process_stop(&up, SIGTERM, 60);
    sw_auto(free) char *command = sw_format("rm -rf %s", s.dir);
    return system(command);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_dies_is_started_again_and_the_study_completes),
        cmocka_unit_test(models_of_the_folder_are_offered),
        cmocka_unit_test(sigterm_stops_all_of_it),
    };
    return cmocka_run_group_tests(tests, start_all, stop_all);
}
