// SPDX-License-Identifier: Apache-2.0
// Models that fail on purpose: they sleep, die, hang, eat memory or report an error. The seed
// decides which runs do, in the share asked for, and every survivor has the same output whatever
// happened around it, so that a test of faults can compare results bit by bit.
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "models/testfunctions/parts.h"

enum { X, SHARE, HOW }; // HOW: the parameter that each model has of its own

#define PARAMETER_X                                                                                \
    {                                                                                              \
        .name = "x", .unit = "", .doc = "What a surviving run adds to its random number.",         \
        .min = -INFINITY, .max = INFINITY, .value = 0                                              \
    }
#define PARAMETER_SHARE                                                                            \
    {                                                                                              \
        .name = "share", .unit = "", .doc = "Probability, by the run's seed, that a run fails.",   \
        .min = 0, .max = 1, .value = 1                                                             \
    }

static const sw_output outputs[] = {
    {.name = "y", .unit = "", .doc = "x plus a number of the seed, uniform on (0, 1)."}};

static bool
falls(const sw_run *run)
{
    return sw_testfunctions_uniform(run->seed, 0) < run->in[SHARE];
}

static sw_outcome
survive(const sw_run *run)
{
    run->out[0] = run->in[X] + sw_testfunctions_uniform(run->seed, 1);
    return SW_DONE;
}

// ---- sleep ----

static const sw_parameter sleep_parameters[] = {
    PARAMETER_X,
    {.name = "seconds",
     .unit = "s",
     .doc = "How long the run takes; no processor time is used.",
     .min = 0,
     .max = 86400,
     .value = 0.1},
};

// Sleeps in slices, so that a cancelled study need not wait for the whole.
static sw_outcome
sleep_run(void *state, const sw_run *run)
{
    (void)state;
    const double slice = 0.02;
    for (double left = run->in[1]; left > 0; left -= slice) {
        if (run->host->cancelled(run->host)) {
            run->host->fail(run->host, 0, "cancelled %g s before its end", left);
            return SW_ERROR;
        }
        double part = left < slice ? left : slice;
        nanosleep(&(struct timespec){.tv_nsec = (long)(part * 1e9)}, NULL);
    }
    return survive(run);
}

const sw_model sw_testfunctions_sleep = {
    .name = "testfunctions/sleep",
    .version = "1",
    .doc = "Sleeps for a chosen time.",
    .n_parameters = 2,
    .parameters = sleep_parameters,
    .n_outputs = 1,
    .outputs = outputs,
    .open = sw_testfunctions_open_one,
    .run = sleep_run,
};

// ---- crash ----

static const sw_parameter crash_parameters[] = {
    PARAMETER_X,
    PARAMETER_SHARE,
    {.name = "signal",
     .unit = "",
     .doc = "The signal that kills the process: 11 is a segmentation fault, 9 a kill; 0 exits with "
            "status 3.",
     .kind = SW_INTEGER,
     .min = 0,
     .max = 31,
     .value = SIGSEGV},
};

static sw_outcome
crash_run(void *state, const sw_run *run)
{
    (void)state;
    if (!falls(run))
        return survive(run);
    int number = (int)run->in[HOW];
    if (number != 0) {
        signal(number, SIG_DFL);
        raise(number);
    }
    _exit(3); // also after a signal that does not kill by default
}

const sw_model sw_testfunctions_crash = {
    .name = "testfunctions/crash",
    .version = "1",
    .doc = "Kills its own process.",
    .n_parameters = 3,
    .parameters = crash_parameters,
    .n_outputs = 1,
    .outputs = outputs,
    .open = sw_testfunctions_open_one,
    .run = crash_run,
};

// ---- hang ----

static const sw_parameter hang_parameters[] = {
    PARAMETER_X,
    PARAMETER_SHARE,
    {.name = "busy",
     .unit = "",
     .doc = "Whether the endless loop uses the processor or sleeps.",
     .kind = SW_BOOLEAN,
     .min = 0,
     .max = 1,
     .value = 1},
};

static sw_outcome
hang_run(void *state, const sw_run *run)
{
    (void)state;
    volatile bool hanging = falls(run);
    while (hanging)
        if (run->in[HOW] == 0)
            pause();
    return survive(run);
}

const sw_model sw_testfunctions_hang = {
    .name = "testfunctions/hang",
    .version = "1",
    .doc = "Runs for ever.",
    .n_parameters = 3,
    .parameters = hang_parameters,
    .n_outputs = 1,
    .outputs = outputs,
    .open = sw_testfunctions_open_one,
    .run = hang_run,
};

// ---- memory ----

static const sw_parameter memory_parameters[] = {
    PARAMETER_X,
    PARAMETER_SHARE,
    {.name = "mb",
     .unit = "MiB",
     .doc = "Memory taken and touched by the runs of the share, and given back at their end.",
     .min = 0,
     .max = 65536,
     .value = 100},
};

typedef struct block {
    struct block *next;
    char bytes[1024 * 1024 - sizeof(void *)];
} block;

// Grows by a mebibyte at a time, writing to every page. Returns how many it got.
static double
grow(block **list, double want)
{
    double got = 0;
    for (; got < want; got++) {
        block *b = malloc(sizeof *b);
        if (!b)
            break;
        for (size_t p = 0; p < sizeof b->bytes; p += 4096)
            ((volatile char *)b->bytes)[p] = 1;
        b->next = *list;
        *list = b;
    }
    return got;
}

static sw_outcome
memory_run(void *state, const sw_run *run)
{
    (void)state;
    double want = falls(run) ? run->in[HOW] : 0;
    block *list = NULL;
    double got = grow(&list, want);
    for (block *next; list; list = next) {
        next = list->next;
        free(list);
    }
    if (got >= want)
        return survive(run);
    run->host->fail(run->host, 0, "got %g MiB of %g MiB", got, want);
    return SW_MEMORY;
}

const sw_model sw_testfunctions_memory = {
    .name = "testfunctions/memory",
    .version = "1",
    .doc = "Takes a chosen amount of memory.",
    .n_parameters = 3,
    .parameters = memory_parameters,
    .n_outputs = 1,
    .outputs = outputs,
    .open = sw_testfunctions_open_one,
    .run = memory_run,
};

// ---- error ----

static const sw_parameter error_parameters[] = {PARAMETER_X, PARAMETER_SHARE};

static sw_outcome
error_run(void *state, const sw_run *run)
{
    (void)state;
    if (!falls(run))
        return survive(run);
    run->host->log(run->host, 0, "x = %g", run->in[X]);
    run->host->fail(run->host, 0, "the draw %.6f is below the share %g",
                    sw_testfunctions_uniform(run->seed, 0), run->in[SHARE]);
    return SW_ERROR;
}

const sw_model sw_testfunctions_error = {
    .name = "testfunctions/error",
    .version = "1",
    .doc = "Says that it could not compute.",
    .n_parameters = 2,
    .parameters = error_parameters,
    .n_outputs = 1,
    .outputs = outputs,
    .open = sw_testfunctions_open_one,
    .run = error_run,
};
