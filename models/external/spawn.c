// SPDX-License-Identifier: Apache-2.0
// Starting a child: pipes, fork, and what the child does to itself before it becomes the program.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "models/external/child.h"

enum { REPORT = 3 }; // the child's descriptor on which it reports that exec failed

typedef struct pipes {
    int in[2], out[2], err[2], report[2];
} pipes;

static void
close_both(int fd[2])
{
    for (int e = 0; e < 2; e++)
        if (fd[e] >= 0)
            close(fd[e]);
}

static void
close_pipes(pipes *p)
{
    close_both(p->in);
    close_both(p->out);
    close_both(p->err);
    close_both(p->report);
}

static int
open_pipes(pipes *p, bool talks)
{
    memset(p, -1, sizeof *p);
    if (pipe2(p->out, O_CLOEXEC) || pipe2(p->err, O_CLOEXEC) || pipe2(p->report, O_CLOEXEC))
        return -1;
    if (talks)
        return pipe2(p->in, O_CLOEXEC);
    p->in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return p->in[0] < 0 ? -1 : 0;
}

// ---- in the child: async-signal-safe calls only ----

static void
write_file(const char *path, const char *text, size_t n)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (write(fd, text, n) < 0)
        _exit(126);
    close(fd);
}

// An empty network: directly where we have the right, else inside an own user namespace in which
// we stay the user that we are.
static void
leave_network(const char *uid_map, const char *gid_map)
{
    static const char refused[] =
        "sweepd: no network namespace here, the network stays reachable\n";
    if (unshare(CLONE_NEWNET) == 0)
        return;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
        write_file("/proc/self/setgroups", "deny", 4);
        write_file("/proc/self/uid_map", uid_map, strlen(uid_map));
        write_file("/proc/self/gid_map", gid_map, strlen(gid_map));
        return;
    }
    if (write(STDERR_FILENO, refused, sizeof refused - 1) < 0)
        _exit(126);
}

static void
limit(int resource, size_t bytes)
{
    setrlimit(resource, &(struct rlimit){bytes, bytes});
}

static void
set_limits(const sw_external_child_setup *setup)
{
    limit(RLIMIT_CORE, 0);
    if (setup->file_bytes)
        limit(RLIMIT_FSIZE, setup->file_bytes);
    // The watch kills at the limit; this stops what grows faster than the watch looks.
    if (setup->memory_bytes)
        limit(RLIMIT_DATA, 2 * setup->memory_bytes + (64 << 20));
}

static void
reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int s = 1; s < 32; s++)
        signal(s, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Gives every pipe its number. They are first moved out of the way of 0 … 3.
static void
take_places(const pipes *p)
{
    int from[4] = {p->in[0], p->out[1], p->err[1], p->report[1]};
    for (int fd = 0; fd < 4; fd++)
        from[fd] = fcntl(from[fd], F_DUPFD_CLOEXEC, 10);
    for (int fd = 0; fd < 4; fd++)
        if (dup2(from[fd], fd) < 0)
            _exit(126);
    fcntl(REPORT, F_SETFD, FD_CLOEXEC);
    close_range(REPORT + 1, ~0U, 0);
}

typedef struct spawn_plan {
    const sw_external_child_setup *setup;
    pid_t parent;
    char uid_map[64], gid_map[64];
} spawn_plan;

__attribute__((noreturn)) static void
become(const spawn_plan *plan, const pipes *p)
{
    const sw_external_child_setup *setup = plan->setup;
    setpgid(0, 0);
    take_places(p);
    reset_signals();
    if (!setup->network)
        leave_network(plan->uid_map, plan->gid_map);
    // After the namespaces, since a change of rights clears it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != plan->parent)
        _exit(126);
    set_limits(setup);
    if (chdir(setup->folder) == 0)
        execvpe(setup->argv[0], (char *const *)setup->argv, (char *const *)setup->env);
    int why = errno;
    if (write(REPORT, &why, sizeof why) < 0)
        _exit(126);
    _exit(127);
}

// ---- in the parent ----

// What the kernel will count as the child's peak from before its exec: our own size.
static long
own_rss_kb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static int
keep_end(int *end)
{
    int fd = *end;
    *end = -1;
    if (fd >= 0)
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return fd;
}

static pid_t
fork_child(const sw_external_child_setup *setup, const pipes *p)
{
    spawn_plan plan = {.setup = setup, .parent = getpid()};
    snprintf(plan.uid_map, sizeof plan.uid_map, "%u %u 1", geteuid(), geteuid());
    snprintf(plan.gid_map, sizeof plan.gid_map, "%u %u 1", getegid(), getegid());
    pid_t pid = fork();
    if (pid == 0)
        become(&plan, p);
    if (pid > 0)
        setpgid(pid, pid);
    return pid;
}

int
sw_external_child_start(sw_external_child *c, const sw_external_child_setup *setup, char *error,
                        size_t error_size)
{
    pipes p;
    int why = 0;
    *c = (sw_external_child){.in = -1, .out = -1, .err = -1};
    c->memory_kb = setup->memory_bytes / 1024;
    c->rss_floor_kb = own_rss_kb();
    if (open_pipes(&p, setup->talks) || (c->pid = fork_child(setup, &p)) < 0) {
        snprintf(error, error_size, "cannot start %s: %s", setup->argv[0], strerror(errno));
        c->pid = 0;
        close_pipes(&p);
        return -1;
    }
    close(p.report[1]);
    p.report[1] = -1;
    // An empty report means that exec succeeded and closed it.
    bool failed = read(p.report[0], &why, sizeof why) == sizeof why;
    c->in = setup->talks ? keep_end(&p.in[1]) : -1;
    c->out = keep_end(&p.out[0]);
    c->err = keep_end(&p.err[0]);
    close_pipes(&p);
    if (!failed)
        return 0;
    sw_external_child_kill(c);
    snprintf(error, error_size, "cannot run %.200s: %s", setup->argv[0], strerror(why));
    return -1;
}
