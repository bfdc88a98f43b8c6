// SPDX-License-Identifier: Apache-2.0
// The models without a formula: no-op outputs, series, texts, and those that fail on purpose. What
// must kill or hang a process is run in a child of the test.
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "models/testfunctions/parts.h"
#include "models/testfunctions/testfunctions.h"
#include "tests/support/model_harness.h"

static sw_harness *
start(const char *name, const char *outputs)
{
    return sw_harness_open(sw_harness_find(&sw_testfunctions_family, name), outputs);
}

static double
seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
noop_gives_each_output_its_own_number_of_the_seed(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/noop", "y64,y1,y2");
    sw_harness_run(h, 5);
    double y64 = sw_harness_value(h, "y64"), y1 = sw_harness_value(h, "y1");
    assert_true(y64 > 0 && y64 < 1 && y1 > 0 && y1 < 1 && y1 != y64);
    sw_harness_run(h, 6);
    assert_true(sw_harness_value(h, "y1") != y1);
    sw_harness_run(h, 5);
    assert_true(sw_harness_value(h, "y64") == y64);
    sw_harness_close(&h);
    h = start("testfunctions/noop", NULL);
    sw_harness_run(h, 5);
    assert_true(sw_harness_value(h, "y1") == y1); // whatever else is asked for
    sw_harness_close(&h);
}

static void
series_has_the_length_and_shape_asked_for(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/series", "t,last,y");
    sw_harness_set(h, "points", 11);
    sw_harness_set(h, "step", 0.5);
    sw_harness_set(h, "amplitude", 3);
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_DONE);
    const sw_kept *t = sw_harness_kept(h, "t"), *y = sw_harness_kept(h, "y");
    assert_int_equal(t->n_series, 11);
    assert_int_equal(y->n_series, 11);
    assert_true(t->series[10] == 5.0);
    assert_true(y->series[0] == 3);
    assert_true(fabs(y->series[2] - 3 * exp(-0.2)) < 1e-12); // one whole oscillation
    assert_true(y->series[10] == sw_harness_value(h, "last"));
    sw_harness_set(h, "points", 0);
    sw_harness_run(h, 1);
    assert_int_equal(sw_harness_kept(h, "y")->n_series, 0);
    assert_int_equal(sw_harness_kept(h, "y")->times, 1);
    assert_true(isnan(sw_harness_value(h, "last")));
    sw_harness_close(&h);
}

static void
text_and_artifact_have_the_content_asked_for(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/text", "label,length,note");
    sw_harness_set_text(h, "colour", "blue");
    sw_harness_set(h, "bytes", 12);
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_DONE);
    assert_string_equal(sw_harness_kept(h, "label")->text, "blue blue bl");
    assert_true(sw_harness_value(h, "length") == 12);
    const sw_kept *note = sw_harness_kept(h, "note");
    assert_string_equal(note->media_type, "text/plain");
    assert_int_equal(note->n_bytes, 12);
    assert_memory_equal(note->bytes, "blue blue bl", 12);
    sw_harness_close(&h);
}

static void
survivors_do_not_depend_on_the_share(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/error", NULL);
    sw_harness_set(h, "x", 10);
    int failed = 0;
    const int n = 2000;
    for (int seed = 0; seed < n; seed++) {
        sw_harness_set(h, "share", 0);
        assert_int_equal(sw_harness_run(h, (uint64_t)seed)->outcome, SW_DONE);
        double y = sw_harness_value(h, "y");
        assert_true(y > 10 && y < 11);
        sw_harness_set(h, "share", 0.25);
        const sw_result *r = sw_harness_run(h, (uint64_t)seed);
        failed += r->outcome == SW_ERROR;
        if (r->outcome == SW_DONE)
            assert_true(sw_harness_value(h, "y") == y);
        else
            assert_non_null(strstr(r->fail, "is below the share 0.25"));
    }
    assert_true(fabs(failed - 0.25 * n) < 4 * sqrt(0.25 * 0.75 * n));
    sw_harness_close(&h);
}

static void
sleep_takes_its_time_and_stops_when_cancelled(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/sleep", NULL);
    sw_harness_set(h, "seconds", 0.05);
    double before = seconds_now();
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_DONE);
    assert_true(seconds_now() - before >= 0.05);
    sw_harness_set(h, "seconds", 3600);
    sw_harness_cancel(h, true);
    const sw_result *r = sw_harness_run(h, 1);
    assert_int_equal(r->outcome, SW_ERROR);
    assert_non_null(strstr(r->fail, "cancelled"));
    sw_harness_close(&h);
}

// Runs the model in a child and returns how the child ended, as waitpid says; a child that lives
// longer than the deadline is killed with SIGUSR1.
static int
fate(const char *name, const char *how, double value)
{
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        sw_harness *h = start(name, NULL);
        sw_harness_set(h, how, value);
        sw_harness_run(h, 1);
        _exit(0);
    }
    int status = 0;
    for (double end = seconds_now() + 0.5; waitpid(child, &status, WNOHANG) == 0;) {
        if (seconds_now() > end) {
            kill(child, SIGUSR1);
            waitpid(child, &status, 0);
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return status;
}

static void
crash_dies_by_the_signal_asked_for(void **state)
{
    (void)state;
    const int signals[] = {SIGSEGV, SIGKILL, SIGABRT};
    for (int s = 0; s < 3; s++) {
        int status = fate("testfunctions/crash", "signal", signals[s]);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[s]);
    }
    int status = fate("testfunctions/crash", "signal", 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    assert_int_equal(fate("testfunctions/crash", "share", 0), 0);
}

static void
hang_never_ends(void **state)
{
    (void)state;
    for (int busy = 0; busy < 2; busy++) {
        int status = fate("testfunctions/hang", "busy", busy);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
    }
    assert_int_equal(fate("testfunctions/hang", "share", 0), 0);
}

static void
memory_is_taken_and_given_back(void **state)
{
    (void)state;
    sw_harness *h = start("testfunctions/memory", NULL);
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    sw_harness_set(h, "mb", 60);
    assert_int_equal(sw_harness_run(h, 1)->outcome, SW_DONE);
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss > 40 * 1024);
    sw_harness_close(&h);
}

static void
memory_that_is_refused_is_said(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); // its allocator ends the process instead of returning NULL, and needs the address space
#endif
    pid_t child = fork();
    if (child == 0) {
        sw_harness *h = start("testfunctions/memory", NULL);
        setrlimit(RLIMIT_AS, &(struct rlimit){200 << 20, 200 << 20});
        sw_harness_set(h, "mb", 1000);
        const sw_result *r = sw_harness_run(h, 1);
        _exit(r->outcome == SW_MEMORY && strstr(r->fail, "MiB of 1000 MiB") ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noop_gives_each_output_its_own_number_of_the_seed),
        cmocka_unit_test(series_has_the_length_and_shape_asked_for),
        cmocka_unit_test(text_and_artifact_have_the_content_asked_for),
        cmocka_unit_test(survivors_do_not_depend_on_the_share),
        cmocka_unit_test(sleep_takes_its_time_and_stops_when_cancelled),
        cmocka_unit_test(crash_dies_by_the_signal_asked_for),
        cmocka_unit_test(hang_never_ends),
        cmocka_unit_test(memory_is_taken_and_given_back),
        cmocka_unit_test(memory_that_is_refused_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
