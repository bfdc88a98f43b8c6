// SPDX-License-Identifier: Apache-2.0
// Starting, watching and stopping child processes.
#include "cli/process.h"

#include "lib/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool
become(const char *user)
{
    struct passwd *who = getpwnam(user);
    return who && initgroups(user, who->pw_gid) == 0 && setgid(who->pw_gid) == 0 &&
           setuid(who->pw_uid) == 0;
}

static void
redirect(const sw_process_settings *s, int output)
{
    int in = open("/dev/null", O_RDONLY);
    dup2(in, STDIN_FILENO);
    int log = s->log ? open(s->log, O_WRONLY | O_CREAT | O_APPEND, 0644) : -1;
    if (log >= 0) {
        dup2(log, STDERR_FILENO);
        dup2(log, STDOUT_FILENO);
    }
    if (output >= 0)
        dup2(output, STDOUT_FILENO);
}

// In the child, before exec.
static void
child(const sw_process_settings *s, int output, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (s->own_group)
        setpgid(0, 0);
    redirect(s, output);
    for (size_t i = 0; s->env && s->env[i]; i++)
        putenv((char *)s->env[i]);
    if (s->user && !become(s->user)) {
        perror(s->user);
        _exit(71);
    }
    // After the change of user, which would clear it.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0);
    if (chdir("/") != 0)
        _exit(71);
    execv(s->argv[0], (char *const *)s->argv);
    perror(s->argv[0]);
    _exit(127);
}

char *
sw_absolute_path(const char *path)
{
    sw_auto(free) char *here = *path == '/' ? NULL : getcwd(NULL, 0);
    return here ? sw_format("%s/%s", here, path) : sw_strdup(path);
}

bool
sw_process_start(sw_process *p, const sw_process_settings *settings)
{
    int output[2] = {-1, -1};
    *p = (sw_process){0, -1};
    if (settings->read_output && pipe2(output, O_CLOEXEC) != 0) {
        perror("pipe");
        return false;
    }
    fflush(NULL);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        child(settings, output[1], parent);
    if (output[1] >= 0)
        close(output[1]);
    if (pid < 0) {
        perror("fork");
        return false;
    }
    *p = (sw_process){pid, output[0]};
    return true;
}

static void
forget(sw_process *p)
{
    if (p->output >= 0)
        close(p->output);
    *p = (sw_process){0, -1};
}

bool
sw_process_ended(sw_process *p, int *status)
{
    if (p->pid == 0 || waitpid(p->pid, status, WNOHANG) != p->pid)
        return false;
    forget(p);
    return true;
}

int
sw_process_stop(sw_process *p, int signal, double seconds)
{
    int status = 0;
    if (p->pid == 0)
        return 0;
    kill(p->pid, signal);
    for (double end = now() + seconds; now() < end;) {
        if (sw_process_ended(p, &status))
            return status;
        nanosleep(&(struct timespec){0, 5000000}, NULL);
    }
    kill(p->pid, SIGKILL);
    waitpid(p->pid, &status, 0);
    forget(p);
    return status;
}

bool
sw_process_line(sw_process *p, char *line, size_t size, double seconds)
{
    size_t n = 0;
    for (double end = now() + seconds; n + 1 < size;) {
        struct pollfd item = {p->output, POLLIN, 0};
        double left = end - now();
        if (left <= 0 || poll(&item, 1, (int)(left * 1000) + 1) < 0)
            return false;
        if (!item.revents)
            continue;
        if (read(p->output, line + n, 1) != 1)
            return false;
        if (line[n] == '\n')
            break;
        n++;
    }
    line[n] = '\0';
    return true;
}

int
sw_process_run(const sw_process_settings *settings)
{
    sw_process p;
    int status;
    if (!sw_process_start(&p, settings))
        return 71;
    while (waitpid(p.pid, &status, 0) < 0 && errno == EINTR)
        ;
    forget(&p);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
