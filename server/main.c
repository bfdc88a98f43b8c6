// SPDX-License-Identifier: Apache-2.0
// sweepd: settings, wiring, signals, drain. Nothing is decided here.
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/settings.h"
#include "server/api/api.h"
#include "server/sched/sched.h"
#include "server/store/columns.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define VERSION "0.1.0"

typedef struct server_settings {
    char *listen, *database, *work, *token_file, *log_level, *web_dir, *work_key, *worker_keys;
    double lease, grace, statement, run_seconds, memory_mb;
    long waiting_mb, run_limit, dimension_limit, output_limit, list_limit, body_kb, threads,
        keep_days;
    bool help, man, work_plain;
} server_settings;

#define AT(member) offsetof(server_settings, member)
static const sw_setting settings_table[] = {
    {"listen", "SWEEPD_LISTEN", SW_SETTING_TEXT, "127.0.0.1:8070", 0, 0, AT(listen), "HOST:PORT",
     "where the API and the dashboard are served"},
    {"database", "DATABASE_URL", SW_SETTING_TEXT, NULL, 0, 0, AT(database), "URL",
     "the PostgreSQL database (15 or later); `sweep up` brings one of its own"},
    {"work", "SWEEPD_WORK", SW_SETTING_TEXT, "ipc:///run/sweepd/work.sock", 0, 0, AT(work),
     "ENDPOINT", "where workers connect: ipc://PATH or tcp://HOST:PORT"},
    {"work-key", "SWEEPD_WORK_KEY", SW_SETTING_TEXT, NULL, 0, 0, AT(work_key), "FILE",
     "secret key of the server (`sweep keys` makes it): workers must speak encrypted"},
    {"worker-keys", "SWEEPD_WORKER_KEYS", SW_SETTING_TEXT, NULL, 0, 0, AT(worker_keys), "FILE",
     "public keys of the workers that are let in, one a line; read again when it changes"},
    {"work-plain", "SWEEPD_WORK_PLAIN", SW_SETTING_FLAG, "false", 0, 0, AT(work_plain), NULL,
     "other machines may be workers without keys: only on a network of your own"},
    {"token-file", "SWEEPD_TOKEN_FILE", SW_SETTING_TEXT, NULL, 0, 0, AT(token_file), "FILE",
     "holds the bearer token that requests must carry; required off loopback"},
    {"threads", "SWEEPD_THREADS", SW_SETTING_COUNT, "4", 1, 64, AT(threads), "N",
     "threads that serve HTTP, each with a database connection"},
    {"lease-seconds", "SWEEPD_LEASE_SECONDS", SW_SETTING_REAL, "10", 2, 3600, AT(lease), "SECONDS",
     "a worker silent for so long is forgotten and its chunks are given out again"},
    {"grace-seconds", "SWEEPD_GRACE_SECONDS", SW_SETTING_REAL, "10", 0, 3600, AT(grace), "SECONDS",
     "how long chunks under way may take after SIGTERM"},
    {"statement-seconds", "SWEEPD_STATEMENT_SECONDS", SW_SETTING_REAL, "20", 1, 3600, AT(statement),
     "SECONDS", "the longest that one database statement may take"},
    {"waiting-mb", "SWEEPD_WAITING_MB", SW_SETTING_COUNT, "64", 1, 65536, AT(waiting_mb), "MB",
     "finished chunks that may wait for the database before work is held back"},
    {"run-limit", "SWEEPD_RUN_LIMIT", SW_SETTING_COUNT, "100000000000", 1, 1e15, AT(run_limit), "N",
     "the largest number of runs of a study"},
    {"dimension-limit", "SWEEPD_DIMENSION_LIMIT", SW_SETTING_COUNT, "1000", 1, 4096,
     AT(dimension_limit), "N", "the largest number of varied parameters"},
    {"output-limit", "SWEEPD_OUTPUT_LIMIT", SW_SETTING_COUNT, "1000", 1, 4096, AT(output_limit),
     "N", "the largest number of outputs of a study"},
    {"list-limit", "SWEEPD_LIST_LIMIT", SW_SETTING_COUNT, "100000", 1, 1e7, AT(list_limit), "N",
     "the largest number of points of an explicit list"},
    {"run-seconds-limit", "SWEEPD_RUN_SECONDS_LIMIT", SW_SETTING_REAL, "864000", 1, 1e9,
     AT(run_seconds), "SECONDS", "the longest limits.run_seconds that a study may ask for"},
    {"memory-limit", "SWEEPD_MEMORY_LIMIT", SW_SETTING_REAL, "1048576", 1, 1e9, AT(memory_mb), "MB",
     "the largest limits.memory_mb that a study may ask for"},
    {"keep-days", "SWEEPD_KEEP_DAYS", SW_SETTING_COUNT, "0", 0, 36500, AT(keep_days), "N",
     "delete studies that have been over for so many days, unless tagged \"keep\"; 0: never"},
    {"body-kb", "SWEEPD_BODY_KB", SW_SETTING_COUNT, "4096", 1, 4096, AT(body_kb), "KB",
     "the largest body of a request"},
    {"web-dir", "SWEEPD_WEB_DIR", SW_SETTING_TEXT, NULL, 0, 0, AT(web_dir), "DIR",
     "the dashboard's files; by default those that belong to the program"},
    {"log-level", "SWEEPD_LOG_LEVEL", SW_SETTING_TEXT, "info", 0, 0, AT(log_level), "LEVEL",
     "debug, info, warn or error"},
    {"help", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(help), NULL, "print this and exit"},
    {"man", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(man), NULL,
     "print the options for the manual"},
    {NULL, NULL, SW_SETTING_TEXT, NULL, 0, 0, 0, NULL, NULL},
};

// The parts that know of each other only here.
typedef struct server {
    const server_settings *settings;
    sw_sched *sched;
    pthread_mutex_t lock;
    sw_api *api; // guarded by lock once the scheduler runs
    sigset_t signals;
    char *token;
    _Atomic bool lost;
} server;

static void
on_ring(void *context, int64_t study)
{
    sw_sched_ring(((server *)context)->sched, study);
}

static void
on_changed(void *context, int64_t study)
{
    server *s = context;
    pthread_mutex_lock(&s->lock);
    if (s->api)
        sw_api_notify(s->api, study);
    pthread_mutex_unlock(&s->lock);
}

static void
on_describe(void *context, int64_t ticket, const char *name, const char *file, const void *bytes,
            size_t n)
{
    sw_sched_describe(((server *)context)->sched, ticket, name, file, bytes, n);
}

static void
on_described(void *context, int64_t ticket, const sw_header *described)
{
    server *s = context;
    pthread_mutex_lock(&s->lock);
    if (s->api)
        sw_api_described(s->api, ticket, described);
    pthread_mutex_unlock(&s->lock);
}

static void
on_line(void *context, int64_t ticket, int64_t session, const char *name, const char *version,
        const char *text)
{
    sw_sched_line(((server *)context)->sched, ticket, session, name, version, text);
}

static void
on_answered(void *context, int64_t ticket, int64_t session, const char *line)
{
    server *s = context;
    pthread_mutex_lock(&s->lock);
    if (s->api)
        sw_api_answered(s->api, ticket, session, line);
    pthread_mutex_unlock(&s->lock);
}

// Another server writes to the database: this one ends as if it had been told to.
static void
on_lost(void *context)
{
    ((server *)context)->lost = true;
    kill(getpid(), SIGTERM);
}

static bool
asked_to_stop(const server *s, long wait_ms)
{
    struct timespec wait = {wait_ms / 1000, wait_ms % 1000 * 1000000};
    return sigtimedwait(&s->signals, NULL, &wait) > 0;
}

// Splits HOST:PORT ([::1]:80 for IPv6); false with a message.
static bool
read_listen(char *listen, const char **host, int *port)
{
    char *colon = strrchr(listen, ':'), *end = NULL;
    long number = colon ? strtol(colon + 1, &end, 10) : -1;
    if (!colon || end == colon + 1 || *end || number < 0 || number > 65535) {
        fprintf(stderr, "--listen: must be HOST:PORT, not \"%s\"\n", listen);
        return false;
    }
    *colon = '\0';
    size_t n = strlen(listen);
    bool bracketed = listen[0] == '[' && n > 1 && listen[n - 1] == ']';
    if (bracketed)
        listen[n - 1] = '\0';
    *host = strcmp(listen, "localhost") == 0 ? "127.0.0.1" : listen + bracketed;
    *port = (int)number;
    return true;
}

// The first line of the token file.
static bool
read_token(server *s)
{
    const char *path = s->settings->token_file;
    if (!path || !*path)
        return true;
    char line[1024];
    FILE *f = fopen(path, "re");
    bool good = f && fgets(line, sizeof line, f) && line[strcspn(line, "\r\n")] && *line != '\n';
    if (f)
        fclose(f);
    if (!good) {
        fprintf(stderr, "--token-file: %s holds no token\n", path);
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    s->token = sw_strdup(line);
    return true;
}

// The connection of the writer, once the database is there and nobody else writes to it: a second
// server waits here until it may take over. NULL when told to stop meanwhile.
static sw_store *
become_active(const server *s)
{
    sw_store *store = sw_store_new(s->settings->database, s->settings->statement);
    bool said = false;
    for (;;) {
        sw_error e = sw_store_migrate(store);
        if (!e)
            e = sw_store_become_writer(store, 1);
        if (!e)
            return store;
        if (e == SW_E_BUSY && !said)
            sw_info("sweepd", "another server is active on this database: waiting to take over");
        said |= e == SW_E_BUSY;
        bool hopeless = e != SW_E_BUSY && e != SW_E_DATABASE && e != SW_E_TIMEOUT;
        if (hopeless || asked_to_stop(s, 200)) {
            sw_store_free(&store);
            return NULL;
        }
    }
}

// The dashboard: where the setting says, else beside the program as installed or as built (the
// deeper one is for programs under build/). NULL if it is nowhere.
static char *
web_folder(const char *asked)
{
    static const char *const places[] = {"../share/sweepd/web", "../build/web", "../../web"};
    char program[4096];
    if (asked && *asked)
        return sw_strdup(asked);
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    program[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(program, '/');
    for (size_t i = 0; slash && i < sw_countof(places); i++) {
        char *dir = sw_format("%.*s/%s", (int)(slash - program), program, places[i]);
        sw_auto(free) char *index = sw_format("%s/index.html", dir);
        if (access(index, R_OK) == 0)
            return dir;
        free(dir);
    }
    return NULL;
}

static bool
start(server *s, sw_store *writer, const char *host, int port)
{
    const server_settings *c = s->settings;
    sw_sched_settings sched = {.database_url = c->database,
                               .endpoint = c->work,
                               .work_key = c->work_key && *c->work_key ? c->work_key : NULL,
                               .worker_keys = c->worker_keys,
                               .work_plain = c->work_plain,
                               .lease_seconds = c->lease,
                               .statement_seconds = c->statement,
                               .waiting_mb = c->waiting_mb,
                               .changed = on_changed,
                               .described = on_described,
                               .answered = on_answered,
                               .lost = on_lost,
                               .context = s};
    s->sched = sw_sched_start(&sched, writer);
    if (!s->sched)
        return false;
    sw_auto(free) char *web = web_folder(c->web_dir);
    sw_api_settings api = {
        .web_dir = web,
        .database_url = c->database,
        .statement_seconds = c->statement,
        .limits = {.runs = (uint64_t)c->run_limit,
                   .dimensions = (size_t)c->dimension_limit,
                   .outputs = (size_t)c->output_limit,
                   .list_points = (size_t)c->list_limit,
                   .run_seconds = c->run_seconds,
                   .memory_mb = c->memory_mb},
        .keep_days = c->keep_days,
        .body_limit = (size_t)c->body_kb << 10,
        .ring = on_ring,
        .describe = on_describe,
        .line = on_line,
        .context = s,
        .stats = sw_sched_stats(s->sched),
        .version = VERSION,
        .http = sw_http_settings_default,
    };
    api.http.host = host;
    api.http.port = port;
    api.http.token = s->token;
    api.http.threads = (unsigned)c->threads;
    sw_api *started = sw_api_start(&api);
    pthread_mutex_lock(&s->lock);
    s->api = started;
    pthread_mutex_unlock(&s->lock);
    if (!started)
        return false;
    sw_info("sweepd", "version %s, http://%s:%d, workers at %s", VERSION, host, sw_api_port(s->api),
            sw_sched_endpoint(s->sched));
    return true;
}

// Removes what is deleted, in small bites, until told to stop.
static void
serve(const server *s, sw_store *cleaner)
{
    for (bool more = false; !asked_to_stop(s, more ? 10 : 1000);) {
        if (sw_store_purge(cleaner, &more) != SW_E_NONE)
            more = false;
    }
}

// The API goes first, since it rings the scheduler; the scheduler, which wakes its listeners, finds
// it gone.
static void
stop(server *s)
{
    sw_info("sweepd", "stopping");
    if (s->sched)
        sw_sched_drain(s->sched);
    pthread_mutex_lock(&s->lock);
    sw_api *api = s->api;
    s->api = NULL;
    pthread_mutex_unlock(&s->lock);
    sw_api_stop(&api);
    sw_sched_stop(&s->sched, s->settings->grace);
    free(s->token);
}

static int
run(server *s)
{
    const char *host;
    int port;
    if (!s->settings->database || !*s->settings->database) {
        fputs("--database (or DATABASE_URL) must name a database; `sweep up` brings its own\n",
              stderr);
        return 64;
    }
    if (!read_listen(s->settings->listen, &host, &port) || !read_token(s))
        return 64;
    sw_store *writer = become_active(s);
    if (!writer)
        return 0;
    sw_store *cleaner = sw_store_new(s->settings->database, s->settings->statement);
    bool started = start(s, writer, host, port);
    if (started)
        serve(s, cleaner);
    sw_store_free(&cleaner);
    stop(s);
    return started && !s->lost ? 0 : 71;
}

int
main(int argc, char **argv)
{
    server_settings settings = {0};
    server s = {.settings = &settings, .lock = PTHREAD_MUTEX_INITIALIZER};
    int rest = sw_settings_read(settings_table, argc, argv, &settings);
    int level = rest < 0 ? -1 : sw_log_level_of(settings.log_level);
    int code = 64;
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&s.signals);
    sigaddset(&s.signals, SIGTERM);
    sigaddset(&s.signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &s.signals, NULL);
    if (rest >= 0 && settings.help) {
        puts("usage: sweepd [options]\nServes parameter sweeps and sensitivity analyses.\n");
        sw_settings_help(settings_table, stdout);
        code = 0;
    } else if (rest >= 0 && settings.man) {
        sw_settings_man(settings_table, stdout);
        code = 0;
    } else if (rest >= 0 && rest < argc) {
        fprintf(stderr, "sweepd: %s: it takes options only; see --help\n", argv[rest]);
    } else if (rest >= 0 && level < 0) {
        fprintf(stderr, "--log-level: must be debug, info, warn or error, not \"%s\"\n",
                settings.log_level);
    } else if (rest >= 0) {
        sw_log_threshold((sw_level)level);
        code = run(&s);
    }
    sw_settings_fini(settings_table, &settings);
    return code;
}
