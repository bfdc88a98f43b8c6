// SPDX-License-Identifier: Apache-2.0
// sweep-worker: settings, and which of its lives this process lives: supervisor, executor, …
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/settings.h"
#include "workers/executor.h"
#include "workers/loop.h"
#include "workers/sessions.h"
#include "workers/single.h"
#include "workers/uploads.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct worker_settings {
    char *connect, *id, *scratch, *models, *data, *log_level, *key, *server_key, *umbridge_hosts;
    long slots;
    double grace;
    bool help, man;
} worker_settings;

#define AT(member) offsetof(worker_settings, member)
// Read by the family itself, in whichever process it is.
#define UMBRIDGE_HOSTS "SWEEPD_UMBRIDGE_HOSTS"
static const sw_setting settings_table[] = {
    {"connect", "SWEEPD_CONNECT", SW_SETTING_TEXT, "ipc:///run/sweepd/work.sock", 0, 0, AT(connect),
     "ENDPOINT", "where the server listens for workers: ipc://PATH or tcp://HOST:PORT"},
    {"key", "SWEEPD_KEY", SW_SETTING_TEXT, NULL, 0, 0, AT(key), "FILE",
     "secret key of this worker (`sweep keys` makes it), where the server wants one"},
    {"server-key", "SWEEPD_SERVER_KEY", SW_SETTING_TEXT, NULL, 0, 0, AT(server_key), "FILE",
     "public key of the server"},
    {"slots", "SWEEPD_SLOTS", SW_SETTING_COUNT, "0", 0, 1024, AT(slots), "N",
     "executor processes; 0: one a core"},
    {"id", "SWEEPD_WORKER_ID", SW_SETTING_TEXT, NULL, 0, 0, AT(id), "NAME",
     "how the server shows this worker; host and process when not given"},
    {"models", "SWEEPD_MODELS", SW_SETTING_TEXT, NULL, 0, 0, AT(models), "DIR",
     "folder of model files: manifests of external programs (.json)"},
    {"data", "SWEEPD_DATA", SW_SETTING_TEXT, NULL, 0, 0, AT(data), "DIR",
     "folder of registered data sets"},
    {"umbridge-hosts", UMBRIDGE_HOSTS, SW_SETTING_TEXT, "127.0.0.1,localhost,[::1]", 0, 0,
     AT(umbridge_hosts), "LIST",
     "servers that models of the family umbridge may name: HOST or HOST:PORT, commas between; * "
     "for any"},
    {"scratch", "SWEEPD_SCRATCH", SW_SETTING_TEXT, "/tmp", 0, 0, AT(scratch), "DIR",
     "where executors get their private folders"},
    {"grace-seconds", "SWEEPD_WORKER_GRACE", SW_SETTING_REAL, "10", 0, 86400, AT(grace), "SECONDS",
     "how long chunks under way may take after SIGTERM"},
    {"log-level", "SWEEPD_LOG_LEVEL", SW_SETTING_TEXT, "info", 0, 0, AT(log_level), "LEVEL",
     "debug, info, warn or error"},
    {"help", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(help), NULL, "print this and exit"},
    {"man", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(man), NULL,
     "print the options for the manual"},
    {NULL, NULL, SW_SETTING_TEXT, NULL, 0, 0, 0, NULL, NULL},
};

// Started by a supervisor: sweep-executor executor SCRATCH DATA MODELS, with the socket and the
// shared memory as descriptors 3 and 4.
static int
executor_main(char **argv)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1)
        return 0; // The supervisor died before that took effect.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); // Ctrl-C is the supervisor's to act on.
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    sw_executor_settings settings = {
        .socket = 3, .memory = 4, .scratch = argv[2], .data_dir = *argv[3] ? argv[3] : NULL};
    sw_registry *registry = sw_registry_new(*argv[4] ? argv[4] : NULL);
    int code = sw_executor_run(&settings, registry);
    sw_registry_free(&registry);
    return code;
}

static int
supervisor_main(const worker_settings *settings)
{
    signal(SIGPIPE, SIG_IGN);
    setenv(UMBRIDGE_HOSTS, settings->umbridge_hosts, 1);
    sw_registry *registry = sw_registry_new(settings->models);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    sw_loop_settings loop = {
        .endpoint = settings->connect,
        .key = settings->key && *settings->key ? settings->key : NULL,
        .server_key = settings->server_key,
        .id = settings->id,
        .slots = (size_t)(settings->slots ? settings->slots
                          : cores > 0     ? cores
                                          : 1),
        .grace_seconds = settings->grace,
        .child = {settings->scratch, settings->data, settings->models},
        .registry = registry,
    };
    int code = sw_loop_run(&loop);
    sw_registry_free(&registry);
    return code;
}

int
main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "session") == 0)
        return sw_sessions_main(argv[2], argv[3], argv[4]);
    if (argc == 5 && strcmp(argv[1], "describe") == 0)
        return sw_uploads_describe_main(argv[2], argv[3], argv[4]);
    if (argc == 5 && strcmp(argv[1], "single") == 0)
        return sw_single_main(argv[2], argv[3], argv[4]);
    if (argc == 5 && strcmp(argv[1], "executor") == 0)
        return executor_main(argv);
    worker_settings settings = {0};
    int rest = sw_settings_read(settings_table, argc, argv, &settings);
    int level = rest < 0 ? -1 : sw_log_level_of(settings.log_level);
    int code = 64;
    if (rest >= 0 && settings.help) {
        puts("usage: sweep-worker [options]\nRuns the chunks that a sweepd server gives it.\n");
        sw_settings_help(settings_table, stdout);
        code = 0;
    } else if (rest >= 0 && settings.man) {
        sw_settings_man(settings_table, stdout);
        code = 0;
    } else if (rest >= 0 && rest < argc) {
        fprintf(stderr, "sweep-worker: %s: it takes options only; see --help\n", argv[rest]);
    } else if (rest >= 0 && level < 0) {
        fprintf(stderr, "--log-level: must be debug, info, warn or error, not \"%s\"\n",
                settings.log_level);
    } else if (rest >= 0) {
        sw_log_threshold((sw_level)level);
        code = supervisor_main(&settings);
    }
    sw_settings_fini(settings_table, &settings);
    return code;
}
