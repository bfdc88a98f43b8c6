// SPDX-License-Identifier: Apache-2.0
// `sweep up`: the database, the server and a worker as children, started again with back-off when
// they die, stopped in the order in which nothing is lost.
#include "cli/cluster.h"
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct up {
    const sw_invocation *in;
    char *state, *models, *data, *work, *bin;
    sw_cluster cluster;
    sw_process server, worker;
    // When each may be started again, and how long the next pause is.
    double next[3], pause[3];
    sigset_t signals;
} up;

enum { DATABASE, SERVER_PROCESS, WORKER };

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool
asked_to_stop(const up *u, long wait_ms)
{
    struct timespec wait = {wait_ms / 1000, wait_ms % 1000 * 1000000};
    return sigtimedwait(&u->signals, NULL, &wait) > 0;
}

// Makes a folder and what leads to it.
static bool
make_folders(const char *path)
{
    sw_auto(free) char *copy = sw_strdup(path);
    for (char *slash = strchr(copy + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST) {
            fprintf(stderr, "sweep: %s: %s\n", copy, strerror(errno));
            return false;
        }
        if (!slash)
            return true;
        *slash = '/';
    }
}

static char *
state_folder(const char *asked)
{
    const char *home = getenv("HOME"), *xdg = getenv("XDG_STATE_HOME");
    if (asked && *asked)
        return sw_absolute_path(asked);
    if (geteuid() == 0)
        return sw_strdup("/var/lib/sweepd");
    return xdg ? sw_format("%s/sweepd", xdg) : sw_format("%s/.local/state/sweepd", home);
}

// The folder that this program lies in: its siblings are started from there.
static char *
own_folder(void)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    return sw_strndup(path, slash ? (size_t)(slash - path) : 0);
}

static bool
start_server(up *u)
{
    sw_auto(free) char *program = sw_format("%s/sweepd", u->bin);
    sw_auto(free) char *log = sw_format("%s/sweepd.log", u->state);
    const char *argv[] = {
        program, "--listen", u->in->options.listen, "--database", u->cluster.url, "--work",
        u->work, NULL};
    sw_process_settings settings = {.argv = argv, .log = log, .own_group = true};
    return sw_process_start(&u->server, &settings);
}

static bool
start_worker(up *u)
{
    sw_auto(free) char *program = sw_format("%s/sweep-worker", u->bin);
    sw_auto(free) char *log = sw_format("%s/worker.log", u->state);
    sw_auto(free) char *slots = sw_format("%ld", u->in->options.workers);
    const char *argv[] = {program,    "--connect", u->work,  "--slots", slots,
                          "--models", u->models,   "--data", u->data,   NULL};
    sw_process_settings settings = {.argv = argv, .log = log, .own_group = true};
    return sw_process_start(&u->worker, &settings);
}

static bool
prepare(up *u)
{
    const sw_options *o = &u->in->options;
    u->state = state_folder(o->state);
    u->bin = own_folder();
    u->models = o->models ? sw_absolute_path(o->models) : sw_format("%s/models", u->state);
    u->data = sw_format("%s/data", u->state);
    u->work = sw_format("ipc://%s/work.sock", u->state);
    sw_auto(free) char *database = sw_format("%s/postgres", u->state);
    return make_folders(u->state) && make_folders(u->models) && make_folders(u->data) &&
           sw_cluster_prepare(&u->cluster, database);
}

static bool
is_ready(const up *u)
{
    sw_auto(free) char *url = sw_format("http://%s", u->in->options.listen);
    sw_client client = {url, NULL, true};
    sw_response r = sw_client_request(&client, "GET", "/readyz", NULL, NULL);
    bool ready = r.status == 200;
    sw_response_fini(&r);
    return ready;
}

// Keeps a child alive: a second after it died, then two, at most thirty.
static void
keep(up *u, int which, sw_process *p, bool (*start)(up *u), const char *name)
{
    int status;
    if (sw_process_ended(p, &status)) {
        printf("%s ended (status %d), starting it again in %.0f s\n", name, status,
               u->pause[which]);
        fflush(stdout);
        u->next[which] = now() + u->pause[which];
        u->pause[which] = u->pause[which] < 15 ? 2 * u->pause[which] : 30;
    } else if (p->pid == 0 && now() >= u->next[which]) {
        start(u);
    } else if (p->pid && now() > u->next[which] + 60) {
        u->pause[which] = 1;
    }
}

static bool
start_database(up *u)
{
    return sw_cluster_start(&u->cluster);
}

static void
stop(up *u)
{
    // The server first: it gives out no more work and takes what is under way; then the worker has
    // nothing left to do, and the database has everything.
    sw_process_stop(&u->server, SIGTERM, 30);
    sw_process_stop(&u->worker, SIGTERM, 15);
    sw_cluster_fini(&u->cluster);
    free(u->state);
    free(u->models);
    free(u->data);
    free(u->work);
    free(u->bin);
}

static int
serve(up *u)
{
    if (!sw_cluster_start(&u->cluster) || !start_server(u) || !start_worker(u))
        return sw_error_about(SW_E_SYSTEM)->exit_code;
    bool said = false;
    while (!asked_to_stop(u, said ? 200 : 50)) {
        keep(u, DATABASE, &u->cluster.process, start_database, "the database");
        keep(u, SERVER_PROCESS, &u->server, start_server, "sweepd");
        keep(u, WORKER, &u->worker, start_worker, "sweep-worker");
        if (!said && is_ready(u)) {
            said = true;
            printf("sweepd is up: http://%s (state and logs in %s)\n", u->in->options.listen,
                   u->state);
            fflush(stdout);
        }
    }
    return 0;
}

int
sw_command_up(const sw_invocation *in)
{
    up u = {.in = in, .pause = {1, 1, 1}};
    sigemptyset(&u.signals);
    sigaddset(&u.signals, SIGTERM);
    sigaddset(&u.signals, SIGINT);
    sigprocmask(SIG_BLOCK, &u.signals, NULL);
    int code = prepare(&u) ? serve(&u) : sw_error_about(SW_E_SYSTEM)->exit_code;
    stop(&u);
    return code;
}
