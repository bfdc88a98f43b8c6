// SPDX-License-Identifier: Apache-2.0
// One process a session, spoken to over a socket pair.
#include "workers/sessions.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "workers/host.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SESSIONS_MAX = 16, ANSWER_MAX = 8 << 20, MEMORY_MB = 2048 };
#define ANSWER_SECONDS 90.0
#define IDLE_SECONDS 900.0

typedef struct session {
    int64_t id, request; // request 0: nothing is owed
    pid_t pid;
    int socket;
    int64_t since_ns; // of the last line either way
    sw_buffer text;
} session;

struct sw_sessions {
    sw_sessions_settings settings;
    session v[SESSIONS_MAX];
    size_t n;
};

extern char **environ;

sw_sessions *
sw_sessions_new(const sw_sessions_settings *settings)
{
    sw_sessions *s = sw_calloc(1, sizeof *s);
    s->settings = *settings;
    return s;
}

static void
end(sw_sessions *s, size_t i)
{
    session *x = &s->v[i];
    kill(x->pid, SIGKILL);
    while (waitpid(x->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    close(x->socket);
    sw_buffer_fini(&x->text);
    s->v[i] = s->v[--s->n];
}

void
sw_sessions_free(sw_sessions **sessions)
{
    sw_sessions *s = *sessions;
    if (!s)
        return;
    while (s->n)
        end(s, 0);
    free(s);
    *sessions = NULL;
}

static void
answer(const sw_sessions *s, int64_t id, int64_t request, const char *line)
{
    sw_header h = {.session = id, .request = request, .message = line};
    s->settings.answered(s->settings.context, &h);
}

static void
refuse(const sw_sessions *s, const sw_header *h, const char *why)
{
    sw_auto(free) char *line = sw_format("{\"error\":\"%s\",\"kind\":\"session\"}", why);
    answer(s, h->session, h->request, line);
}

static session *
find(sw_sessions *s, int64_t id)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].id == id)
            return &s->v[i];
    }
    return NULL;
}

static bool
spawn(session *x, const char *name, const char *file, const char *dir)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pair[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pair[1], STDOUT_FILENO);
    const char *argv[] = {"sweep-executor", "session", name, file, dir, NULL};
    int e = posix_spawn(&x->pid, "/proc/self/exe", &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pair[1]);
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    x->socket = pair[0];
    if (e != 0)
        close(pair[0]);
    return e == 0;
}

// The process says by itself whether the model is open.
static void
open_session(sw_sessions *s, const sw_header *h)
{
    const sw_upload *u = sw_registry_upload(s->settings.registry, h->name, h->version);
    bool known = u || sw_registry_find(s->settings.registry, h->name, h->version);
    session x = {.id = h->session, .request = h->request, .since_ns = sw_recorder_now()};
    if (!known)
        refuse(s, h, "this worker does not have the model");
    else if (s->n == SESSIONS_MAX)
        refuse(s, h, "this worker has too many sessions open");
    else if (!spawn(&x, h->name, u ? u->file : "", u ? u->dir : ""))
        refuse(s, h, "the worker could not start a process for the session");
    else
        s->v[s->n++] = x;
}

static void
send_line(sw_sessions *s, session *x, const sw_header *h)
{
    sw_auto(free) char *line = sw_format("%s\n", h->message);
    size_t n = strlen(line);
    // A line is small, and the process reads: what does not fit into the socket is too much.
    if (send(x->socket, line, n, MSG_NOSIGNAL) != (ssize_t)n) {
        refuse(s, h, "the session ended");
        end(s, (size_t)(x - s->v));
        return;
    }
    x->request = h->request;
    x->since_ns = sw_recorder_now();
}

void
sw_sessions_ask(sw_sessions *s, const sw_header *h)
{
    session *x = find(s, h->session);
    if (!x && *h->name) {
        open_session(s, h);
    } else if (!x) {
        refuse(s, h, "there is no such session");
    } else if (!*h->message) {
        end(s, (size_t)(x - s->v));
        answer(s, h->session, h->request, "{\"ok\":true}");
    } else if (x->request) {
        refuse(s, h, "the session still works on another request");
    } else {
        send_line(s, x, h);
    }
}

size_t
sw_sessions_busy(const sw_sessions *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->v[i].request != 0;
    return n;
}

static void
owe_nothing(const sw_sessions *s, session *x, const char *line)
{
    if (x->request)
        answer(s, x->id, x->request, line);
    x->request = 0;
    x->since_ns = sw_recorder_now();
}

// False when the session is over.
static bool
step(const sw_sessions *s, session *x)
{
    char block[65536];
    ssize_t got;
    while ((got = read(x->socket, block, sizeof block)) > 0 && x->text.n < ANSWER_MAX)
        sw_buffer_add(&x->text, block, (size_t)got);
    if (x->text.n > 0 && x->text.data[x->text.n - 1] == '\n') {
        x->text.n--;
        owe_nothing(s, x, sw_buffer_text(&x->text));
        sw_buffer_clear(&x->text);
    }
    double seconds = 1e-9 * (double)(sw_recorder_now() - x->since_ns);
    const char *why = got == 0                  ? "the session ended"
                      : x->text.n >= ANSWER_MAX ? "the answer is too long"
                      : seconds > (x->request ? ANSWER_SECONDS : IDLE_SECONDS)
                          ? "the session took too long and was ended"
                          : NULL;
    if (!why)
        return true;
    sw_auto(free) char *line = sw_format("{\"error\":\"%s\",\"kind\":\"session\"}", why);
    owe_nothing(s, x, line);
    return false;
}

void
sw_sessions_step(sw_sessions *s)
{
    for (size_t i = s->n; i > 0; i--) {
        if (!step(s, &s->v[i - 1]))
            end(s, i - 1);
    }
}

int
sw_sessions_main(const char *name, const char *file, const char *dir)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    setrlimit(RLIMIT_DATA, &(struct rlimit){(rlim_t)MEMORY_MB << 20, (rlim_t)MEMORY_MB << 20});
#endif
    sw_source_error error = {0};
    if (sw_registry_session(name, file, dir, &error) == 0)
        return 0;
    printf("{\"error\":\"%s\",\"kind\":\"session\"}\n", error.message);
    return 1;
}
