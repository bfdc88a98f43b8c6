// SPDX-License-Identifier: Apache-2.0
// Executor processes: spawned by exec, because a process that runs foreign code must start clean.
#include "workers/child.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "workers/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

bool
sw_child_init(sw_child *child, const sw_child_settings *settings)
{
    *child = (sw_child){.socket = -1, .memory = memfd_create("sweep-executor", MFD_CLOEXEC)};
    child->scratch = sw_format("%s/run-XXXXXX", settings->scratch_dir);
    if (child->memory < 0 || !mkdtemp(child->scratch)) {
        sw_err("worker", "can not prepare an executor in %s: %s", settings->scratch_dir,
               strerror(errno));
        return false;
    }
    if (ftruncate(child->memory, sizeof(sw_shared)) != 0)
        return false;
    void *map = mmap(NULL, SW_SHARED_MAPPING, PROT_READ | PROT_WRITE, MAP_SHARED, child->memory, 0);
    child->shared = map == MAP_FAILED ? NULL : map;
    return child->shared != NULL;
}

void
sw_child_fini(sw_child *child)
{
    sw_child_kill(child);
    if (child->shared)
        munmap(child->shared, SW_SHARED_MAPPING);
    if (child->memory >= 0)
        close(child->memory);
    if (child->scratch)
        sw_bundle_remove(child->scratch);
    free(child->scratch);
    *child = (sw_child){.socket = -1, .memory = -1};
}

bool
sw_child_start(sw_child *child, const sw_child_settings *settings)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    // Numbers 3 and 4 in the child, whatever they are here; dup2 drops close-on-exec.
    enum { SOCKET_FD = 3, MEMORY_FD = 4, ASIDE_FD = 200 };
    posix_spawn_file_actions_adddup2(&actions, pair[1], ASIDE_FD);
    posix_spawn_file_actions_adddup2(&actions, child->memory, ASIDE_FD + 1);
    posix_spawn_file_actions_adddup2(&actions, ASIDE_FD, SOCKET_FD);
    posix_spawn_file_actions_adddup2(&actions, ASIDE_FD + 1, MEMORY_FD);
    posix_spawn_file_actions_addclose(&actions, ASIDE_FD);
    posix_spawn_file_actions_addclose(&actions, ASIDE_FD + 1);
    const char *argv[] = {"sweep-executor",
                          "executor",
                          child->scratch,
                          settings->data_dir ? settings->data_dir : "",
                          settings->models_dir ? settings->models_dir : "",
                          NULL};
    int e =
        posix_spawn(&child->pid, "/proc/self/exe", &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pair[1]);
    if (e != 0) {
        sw_err("worker", "can not start an executor: %s", strerror(e));
        close(pair[0]);
        child->pid = 0;
        return false;
    }
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    child->socket = pair[0];
    child->reply_n = 0;
    return true;
}

static void
forget(sw_child *child)
{
    if (child->socket >= 0)
        close(child->socket);
    child->socket = -1;
    child->pid = 0;
    child->reply_n = 0;
}

void
sw_child_kill(sw_child *child)
{
    if (child->pid > 0) {
        kill(child->pid, SIGKILL);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    forget(child);
}

void
sw_child_reap(sw_child *child, char *how, size_t how_size)
{
    int status = 0;
    // It closed its socket; if it did not end by itself (a model closed our end), it is ended.
    for (int i = 0; i < 100 && waitpid(child->pid, &status, WNOHANG) == 0; i++) {
        if (i == 99)
            kill(child->pid, SIGKILL);
        poll(NULL, 0, 10);
    }
    if (WIFSIGNALED(status))
        snprintf(how, how_size, "killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(how, how_size, "ended with exit code %d", WEXITSTATUS(status));
    forget(child);
}

static bool
send_all(sw_child *child, const void *bytes, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t put = send(child->socket, (const char *)bytes + at, n - at, MSG_NOSIGNAL);
        if (put > 0) {
            at += (size_t)put;
        } else if (put < 0 && errno == EAGAIN) {
            // The executor reads between chunks only when it has none: this is short.
            struct pollfd item = {child->socket, POLLOUT, 0};
            if (poll(&item, 1, 10000) <= 0)
                return false;
        } else if (put < 0 && errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool
sw_child_send(sw_child *child, const sw_command *command, const void *more, size_t n)
{
    return send_all(child, command, sizeof *command) && (n == 0 || send_all(child, more, n));
}

int
sw_child_receive(sw_child *child, sw_reply *reply)
{
    ssize_t got = recv(child->socket, child->reply + child->reply_n,
                       sizeof child->reply - child->reply_n, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if (got == 0)
        return -1;
    child->reply_n += (size_t)got;
    if (child->reply_n < sizeof child->reply)
        return 0;
    memcpy(reply, child->reply, sizeof *reply);
    child->reply_n = 0;
    return 1;
}

size_t
sw_child_resident(const sw_child *child)
{
    sw_auto(free) char *path = sw_format("/proc/%d/statm", (int)child->pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    unsigned long total, resident = 0, shared = 0;
    int got = fscanf(f, "%lu %lu %lu", &total, &resident, &shared);
    fclose(f);
    return got == 3 && resident > shared ? (resident - shared) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}
