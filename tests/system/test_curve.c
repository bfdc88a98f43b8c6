// SPDX-License-Identifier: Apache-2.0
// Workers over TCP: encrypted, and only those whose keys the server knows.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static service s;

// ---- vocabulary ----

static char *
in_dir(const char *name)
{
    return sw_format("%s/%s", s.dir, name);
}

static void
make_keys(const char *name)
{
    const char *bin = getenv("SWEEPD_BIN");
    sw_auto(free) char *command =
        sw_format("%s/sweep keys %s/%s >/dev/null", bin ? bin : "bin", s.dir, name);
    assert_int_equal(system(command), 0);
}

// What workers that are started from now on have. NULL: no key.
static void
have_key(const char *own, const char *of_server)
{
    sw_auto(free) char *key = own ? in_dir(own) : sw_strdup("");
    sw_auto(free) char *server = in_dir(of_server);
    setenv("SWEEPD_KEY", key, 1);
    setenv("SWEEPD_SERVER_KEY", server, 1);
}

static void
admit(const char *name)
{
    sw_auto(free) char *command = sw_format("cat %s/%s.pub >>%s/admitted", s.dir, name, s.dir);
    assert_int_equal(system(command), 0);
}

static size_t
workers_there(void)
{
    sw_auto(json) json_t *list = get_json(&s, "/api/v1/workers");
    return json_array_size(json_object_get(list, "items"));
}

static bool
one_is_there(void *context)
{
    (void)context;
    return workers_there() == 1;
}

static bool
none_is_there(void *context)
{
    (void)context;
    return workers_there() == 0;
}

static char *
log_of_server(void)
{
    sw_auto(free) char *path = in_dir("sweepd.log");
    FILE *f = fopen(path, "re");
    char *text = sw_calloc(1, 1 << 20);
    size_t n = f ? fread(text, 1, (1 << 20) - 1, f) : 0;
    text[n] = 0;
    if (f)
        fclose(f);
    return text;
}

static void
stop_worker(void)
{
    kill_worker(&s, 0);
    wait_until(none_is_there, NULL, 30, "the worker is forgotten");
}

// ---- tests ----

static void
a_worker_whose_key_is_known_does_its_runs(void **state)
{
    (void)state;
    have_key("known.key", "server.pub");
    start_worker(&s, 0);
    wait_until(one_is_there, NULL, 30, "the worker has joined");
    int64_t id = submit(&s, "{\"model\":\"testfunctions/linear\",\"parameters\":{"
                            "\"x1\":{\"min\":0,\"max\":1}},"
                            "\"design\":{\"method\":\"random\",\"n\":20000}}");
    wait_for_state(&s, id, "done", 60);
    stop_worker();
}

static void
a_worker_without_a_key_is_not_heard(void **state)
{
    (void)state;
    have_key(NULL, "server.pub");
    start_worker(&s, 0);
    sleep(3);
    assert_int_equal(workers_there(), 0);
    kill_worker(&s, 0);
}

static void
a_worker_that_takes_another_server_for_this_one_is_not_heard(void **state)
{
    (void)state;
    have_key("known.key", "stranger.pub");
    start_worker(&s, 0);
    sleep(3);
    assert_int_equal(workers_there(), 0);
    kill_worker(&s, 0);
}

static void
a_stranger_is_refused_until_its_key_is_added(void **state)
{
    (void)state;
    have_key("stranger.key", "server.pub");
    start_worker(&s, 0);
    sleep(3);
    assert_int_equal(workers_there(), 0);
    sw_auto(free) char *log = log_of_server();
    assert_non_null(strstr(log, "was refused: its key"));
    admit("stranger");
    wait_until(one_is_there, NULL, 30, "the worker has joined");
    stop_worker();
}

static void
a_secret_is_readable_by_its_owner_alone_and_never_written_over(void **state)
{
    (void)state;
    struct stat info;
    sw_auto(free) char *path = in_dir("server.key");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    const char *bin = getenv("SWEEPD_BIN");
    sw_auto(free) char *again =
        sw_format("%s/sweep keys %s/server >/dev/null 2>&1", bin ? bin : "bin", s.dir);
    assert_int_not_equal(system(again), 0);
}

static void
other_machines_are_not_let_in_without_keys(void **state)
{
    (void)state;
    const char *bin = getenv("SWEEPD_BIN");
    sw_auto(free) char *log = in_dir("refused.log");
    sw_auto(free) char *command = sw_format(
        "timeout 20 %s/sweepd --listen 127.0.0.1:0 --database '%s' --work 'tcp://0.0.0.0:*' >%s "
        "2>&1",
        bin ? bin : "bin", s.cluster.url, log);
    kill_server(&s);
    int status = system(command);
    assert_int_equal(WEXITSTATUS(status), 71);
    sw_auto(free) char *grep = sw_format("grep -q 'other machines could be workers' %s", log);
    assert_int_equal(system(grep), 0);
}

static int
start(void **state)
{
    (void)state;
    service_prepare(&s);
    static const char *const names[] = {"server", "known", "stranger"};
    for (size_t i = 0; i < sw_countof(names); i++)
        make_keys(names[i]);
    admit("known");
    free(s.endpoint);
    s.endpoint = sw_format("tcp://127.0.0.1:%d", service_free_port());
    s.server_flags[0] = "--work-key";
    s.server_flags[1] = in_dir("server.key");
    s.server_flags[2] = "--worker-keys";
    s.server_flags[3] = in_dir("admitted");
    start_database(&s);
    start_server(&s);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    free((char *)s.server_flags[1]);
    free((char *)s.server_flags[3]);
    service_stop(&s);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_whose_key_is_known_does_its_runs),
        cmocka_unit_test(a_worker_without_a_key_is_not_heard),
        cmocka_unit_test(a_worker_that_takes_another_server_for_this_one_is_not_heard),
        cmocka_unit_test(a_stranger_is_refused_until_its_key_is_added),
        cmocka_unit_test(a_secret_is_readable_by_its_owner_alone_and_never_written_over),
        cmocka_unit_test(other_machines_are_not_let_in_without_keys),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
