// SPDX-License-Identifier: Apache-2.0
// A living child: moving bytes, watching its limits, and its end.
#include "models/external/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const double tick = 0.02; // seconds between looks at memory and cancellation

double
sw_external_child_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// ---- its end ----

static void
close_pipe(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void
note_end(sw_external_child *c, const struct rusage *usage)
{
    // Whoever is left of the group goes with its leader.
    kill(-c->pid, SIGKILL);
    c->cpu_ms = 1e3 * (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
                1e-3 * (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
    // The kernel counts our own size at the fork into the child's peak; above it, it is exact.
    if (usage->ru_maxrss > c->rss_floor_kb && usage->ru_maxrss > c->peak_kb)
        c->peak_kb = usage->ru_maxrss;
    c->pid = 0;
}

bool
sw_external_child_has_ended(sw_external_child *c)
{
    struct rusage usage;
    if (c->pid == 0)
        return true;
    if (wait4(c->pid, &c->status, WNOHANG, &usage) != c->pid)
        return false;
    note_end(c, &usage);
    return true;
}

void
sw_external_child_kill(sw_external_child *c)
{
    struct rusage usage;
    if (c->pid > 0) {
        kill(-c->pid, SIGKILL);
        kill(c->pid, SIGKILL);
        while (wait4(c->pid, &c->status, 0, &usage) < 0 && errno == EINTR)
            ;
        note_end(c, &usage);
    }
    close_pipe(&c->in);
    close_pipe(&c->out);
    close_pipe(&c->err);
}

// ---- its use of the machine ----

double
sw_external_child_cpu_ms(const sw_external_child *c)
{
    clockid_t clock;
    struct timespec t;
    if (c->pid == 0)
        return c->cpu_ms;
    if (clock_getcpuclockid(c->pid, &clock) || clock_gettime(clock, &t))
        return 0;
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

void
sw_external_child_look_at_memory(sw_external_child *c)
{
    char path[40], text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", (int)c->pid);
    int fd = c->pid > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    const char *peak = strstr(text, "VmHWM:");
    long kb = peak ? strtol(peak + 6, NULL, 10) : 0;
    if (kb > c->peak_kb)
        c->peak_kb = kb;
}

void
sw_external_child_restart_peak(sw_external_child *c)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/clear_refs", (int)c->pid);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (write(fd, "5", 1) == 1)
        c->peak_kb = 0;
    close(fd);
}

static bool
is_over_memory(const sw_external_child *c)
{
    return c->memory_kb > 0 && c->peak_kb > (long)c->memory_kb;
}

static sw_outcome
say_memory(const sw_external_child *c, const sw_run *run)
{
    run->host->fail(run->host, 0, "the program used %.1f MiB of memory, %.1f MiB are allowed",
                    (double)c->peak_kb / 1024, (double)c->memory_kb / 1024);
    return SW_MEMORY;
}

sw_outcome
sw_external_child_post_mortem(const sw_external_child *c, const sw_run *run)
{
    if (is_over_memory(c))
        return say_memory(c, run);
    if (WIFSIGNALED(c->status))
        run->host->fail(run->host, 0, "the program was killed by signal %d (%s)",
                        WTERMSIG(c->status), strsignal(WTERMSIG(c->status)));
    else
        run->host->fail(run->host, 0, "the program ended with exit code %d",
                        WEXITSTATUS(c->status));
    return SW_CRASH;
}

// ---- its words ----

void
sw_external_child_log(const sw_external_child *c, const sw_run *run)
{
    const sw_external_tail *t = &c->tail;
    size_t start = t->n > SW_EXTERNAL_TAIL ? t->n - SW_EXTERNAL_TAIL : 0;
    char line[SW_EXTERNAL_TAIL + 1];
    size_t n = 0;
    for (size_t i = start; i < t->n; i++) {
        unsigned char b = (unsigned char)t->bytes[i];
        if (b != '\n')
            line[n++] = b == '\t' || (b >= 0x20 && b < 0x7f) ? (char)b : '?';
        if ((b == '\n' || i + 1 == t->n) && n > 0) {
            run->host->log(run->host, 0, "%.*s", (int)n, line);
            n = 0;
        }
    }
}

// Reads all there is. Closes the pipe at its end.
static void
read_output(sw_external_child *c, sw_external_bytes *out, size_t most)
{
    char bytes[65536];
    while (c->out >= 0 && out->n <= most) {
        ssize_t n = read(c->out, bytes, sizeof bytes);
        if (n > 0)
            sw_external_append(out, bytes, (size_t)n);
        if (n == 0)
            close_pipe(&c->out);
        if (n < (ssize_t)sizeof bytes)
            return;
    }
}

static void
read_errors(sw_external_child *c)
{
    char bytes[SW_EXTERNAL_TAIL];
    // Bounded, so that a program that only complains cannot keep us here.
    for (int turn = 0; c->err >= 0 && turn < 64; turn++) {
        ssize_t n = read(c->err, bytes, sizeof bytes);
        if (n > 0)
            sw_external_tail_put(&c->tail, bytes, (size_t)n);
        if (n == 0)
            close_pipe(&c->err);
        if (n < (ssize_t)sizeof bytes)
            return;
    }
}

static void
write_input(sw_external_child *c, sw_external_child_watch *w)
{
    while (c->in >= 0 && w->n_input > 0) {
        ssize_t n = write(c->in, w->input, w->n_input);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            close_pipe(&c->in); // its death shows on the other pipes
        if (n <= 0)
            return;
        w->input += n;
        w->n_input -= (size_t)n;
    }
}

// ---- the watch ----

static sw_outcome
check_limits(sw_external_child *c, const sw_external_child_watch *w, const sw_external_bytes *out)
{
    double now = w->deadline > 0 || c->memory_kb > 0 ? sw_external_child_now() : 0;
    const sw_host *host = w->run->host;
    if (c->memory_kb > 0 && now >= c->next_look) {
        sw_external_child_look_at_memory(c);
        c->next_look = now + tick;
    }
    if (is_over_memory(c))
        return say_memory(c, w->run);
    if (out->n > w->most_output) {
        host->fail(host, 0, "the program wrote more than %.1f MiB",
                   (double)w->most_output / (1024 * 1024));
        return SW_ERROR;
    }
    if (w->deadline > 0 && now > w->deadline) {
        host->fail(host, 0, "the program ran past its time limit");
        return SW_TIMEOUT;
    }
    if (host->cancelled(host)) {
        host->fail(host, 0, "the study was cancelled");
        return SW_ERROR;
    }
    return SW_DONE;
}

static int
wait_ms(const sw_external_child_watch *w)
{
    double left = w->deadline > 0 ? w->deadline - sw_external_child_now() : tick;
    return left >= tick ? (int)(tick * 1e3) : left > 0 ? (int)(left * 1e3) + 1 : 0;
}

sw_outcome
sw_external_child_pump(sw_external_child *c, sw_external_child_watch *w, sw_external_bytes *out)
{
    struct pollfd fds[] = {
        {c->out, POLLIN, 0}, {c->err, POLLIN, 0}, {w->n_input ? c->in : -1, POLLOUT, 0}};
    bool silent = c->out < 0 && c->err < 0;
    // Pipes closed on their way to exit: a millisecond is enough.
    int ready = poll(fds, 3, silent ? 1 : wait_ms(w));
    if (ready > 0) {
        write_input(c, w);
        read_output(c, out, w->most_output);
        read_errors(c);
    }
    sw_outcome outcome = check_limits(c, w, out);
    if (outcome != SW_DONE)
        sw_external_child_kill(c);
    return outcome;
}
