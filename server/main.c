// SPDX-License-Identifier: Apache-2.0
// sweepd: settings, wiring, signals, drain. Nothing is decided here.
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/settings.h"
#include "server/sched/sched.h"
#include "server/store/columns.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

typedef struct server_settings {
    char *listen, *database, *work, *token_file, *log_level;
    double lease, grace, statement;
    long waiting_mb, run_limit, dimension_limit, output_limit, list_limit, body_mb, threads;
    double run_seconds, memory_mb;
    bool help, man;
} server_settings;

#define AT(member) offsetof(server_settings, member)
static const sw_setting settings_table[] = {
    {"listen", "SWEEPD_LISTEN", SW_SETTING_TEXT, "127.0.0.1:8070", 0, 0, AT(listen), "HOST:PORT",
     "where the API and the dashboard are served"},
    {"database", "DATABASE_URL", SW_SETTING_TEXT, NULL, 0, 0, AT(database), "URL",
     "the PostgreSQL database (15 or later)"},
    {"work", "SWEEPD_WORK", SW_SETTING_TEXT, "ipc:///run/sweepd/work.sock", 0, 0, AT(work),
     "ENDPOINT", "where workers connect: ipc://PATH or tcp://HOST:PORT"},
    {"token-file", "SWEEPD_TOKEN_FILE", SW_SETTING_TEXT, NULL, 0, 0, AT(token_file), "FILE",
     "holds the bearer token that requests must carry; required off loopback"},
    {"threads", "SWEEPD_THREADS", SW_SETTING_COUNT, "4", 1, 64, AT(threads), "N",
     "threads that serve HTTP, each with a database connection"},
    {"lease-seconds", "SWEEPD_LEASE_SECONDS", SW_SETTING_REAL, "10", 2, 3600, AT(lease), "SECONDS",
     "a worker silent for so long is forgotten and its chunks are given out again"},
    {"grace-seconds", "SWEEPD_GRACE_SECONDS", SW_SETTING_REAL, "10", 0, 3600, AT(grace), "SECONDS",
     "how long chunks under way may take after SIGTERM"},
    {"statement-seconds", "SWEEPD_STATEMENT_SECONDS", SW_SETTING_REAL, "20", 1, 3600,
     AT(statement), "SECONDS", "the longest that one database statement may take"},
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
    {"body-mb", "SWEEPD_BODY_MB", SW_SETTING_COUNT, "8", 1, 1024, AT(body_mb), "MB",
     "the largest body of a request"},
    {"log-level", "SWEEPD_LOG_LEVEL", SW_SETTING_TEXT, "info", 0, 0, AT(log_level), "LEVEL",
     "debug, info, warn or error"},
    {"help", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(help), NULL, "print this and exit"},
    {"man", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(man), NULL, "print the options for the manual"},
    {NULL, NULL, SW_SETTING_TEXT, NULL, 0, 0, 0, NULL, NULL},
};

static void
on_changed(void *context, int64_t study)
{
    (void)context, (void)study;
}

static void
on_lost(void *context)
{
    (void)context;
    kill(getpid(), SIGTERM);
}

int
main(int argc, char **argv)
{
    server_settings settings = {0};
    if (sw_settings_read(settings_table, argc, argv, &settings) < 0)
        return 64;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sw_store *store = sw_store_new(settings.database, settings.statement);
    if (sw_store_migrate(store) || sw_store_become_writer(store, 60))
        return 1;
    sw_sched_settings ss = {.database_url = settings.database, .endpoint = settings.work, .lease_seconds = settings.lease,
        .statement_seconds = settings.statement, .waiting_mb = settings.waiting_mb, .changed = on_changed, .lost = on_lost};
    sw_sched *sched = sw_sched_start(&ss, store);
    int sig;
    sigwait(&set, &sig);
    sw_sched_stop(&sched, settings.grace);
    return 0;
}
