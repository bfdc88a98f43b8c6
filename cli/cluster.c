// SPDX-License-Identifier: Apache-2.0
// initdb, postgres, and finding them.
#include "cli/cluster.h"

#include "lib/base/memory.h"

#include <errno.h>
#include <glob.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { OLDEST = 15 };

// The folder of the newest PostgreSQL that is new enough; NULL if there is none.
static char *
find_programs(void)
{
    glob_t found = {0};
    int newest = 0;
    char *bin = NULL;
    glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found);
    glob("/usr/pgsql-*/bin/postgres", GLOB_APPEND, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        int version = atoi(path + strcspn(path, "0123456789"));
        if (version < OLDEST || version <= newest)
            continue;
        newest = version;
        free(bin);
        bin = sw_strndup(path, strlen(path) - strlen("/postgres"));
    }
    globfree(&found);
    return bin;
}

static const char *
unprivileged_user(void)
{
    if (geteuid() != 0)
        return NULL;
    return getpwnam("postgres") ? "postgres" : "nobody";
}

static bool
make_folder(const sw_cluster *c, const char *path, mode_t mode)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST) {
        perror(path);
        return false;
    }
    struct passwd *who = c->user ? getpwnam(c->user) : NULL;
    if (who && chown(path, who->pw_uid, who->pw_gid) != 0) {
        perror(path);
        return false;
    }
    return true;
}

static bool
run_initdb(const sw_cluster *c)
{
    sw_auto(free) char *program = sw_format("%s/initdb", c->bin);
    sw_auto(free) char *data = sw_format("%s/data", c->dir);
    sw_auto(free) char *version = sw_format("%s/PG_VERSION", data);
    sw_auto(free) char *log = sw_format("%s/postgres.log", c->dir);
    if (access(version, F_OK) == 0)
        return true;
    // Whoever can reach the socket may connect: its folder is closed to all others.
    const char *argv[] = {program,
                          "-D",
                          data,
                          "-U",
                          "sweepd",
                          "--auth=trust",
                          "--no-instructions",
                          "-E",
                          "UTF8",
                          "--locale=C.UTF-8",
                          NULL};
    sw_process_settings settings = {.argv = argv, .user = c->user, .log = log};
    if (sw_process_run(&settings) == 0)
        return true;
    fprintf(stderr, "initdb failed, see %s\n", log);
    return false;
}

bool
sw_cluster_prepare(sw_cluster *c, const char *dir)
{
    *c = (sw_cluster){.process = {0, -1}};
    c->bin = find_programs();
    if (!c->bin) {
        fprintf(stderr, "PostgreSQL %d or later is not installed (Debian: postgresql)\n", OLDEST);
        return false;
    }
    c->dir = sw_strdup(dir);
    c->user = unprivileged_user();
    sw_auto(free) char *socket = sw_format("%s/socket", dir);
    if (strlen(socket) + strlen("/.s.PGSQL.5432") >= sizeof((struct sockaddr_un *)0)->sun_path) {
        fprintf(stderr, "%s: too long for a Unix socket\n", socket);
        return false;
    }
    c->url = sw_format("host=%s dbname=postgres user=sweepd", socket);
    sw_auto(free) char *log = sw_format("%s/postgres.log", dir);
    return make_folder(c, dir, 0700) && make_folder(c, socket, 0700) && run_initdb(c);
}

static bool
answers(const sw_cluster *c)
{
    sw_auto(free) char *program = sw_format("%s/pg_isready", c->bin);
    sw_auto(free) char *socket = sw_format("%s/socket", c->dir);
    const char *argv[] = {program, "-q", "-h", socket, "-t", "1", NULL};
    sw_process_settings settings = {.argv = argv};
    return sw_process_run(&settings) == 0;
}

bool
sw_cluster_start(sw_cluster *c)
{
    sw_auto(free) char *program = sw_format("%s/postgres", c->bin);
    sw_auto(free) char *data = sw_format("%s/data", c->dir);
    sw_auto(free) char *socket = sw_format("%s/socket", c->dir);
    sw_auto(free) char *log = sw_format("%s/postgres.log", c->dir);
    const char *argv[] = {program, "-D", data, "-k", socket, "-c", "listen_addresses=", NULL};
    sw_process_settings settings = {.argv = argv, .user = c->user, .log = log, .own_group = true};
    if (!sw_process_start(&c->process, &settings))
        return false;
    for (int i = 0; i < 600; i++) {
        int status;
        if (sw_process_ended(&c->process, &status))
            break;
        if (answers(c))
            return true;
        nanosleep(&(struct timespec){0, 50000000}, NULL);
    }
    fprintf(stderr, "PostgreSQL does not start, see %s\n", log);
    return false;
}

void
sw_cluster_stop(sw_cluster *c)
{
    sw_process_stop(&c->process, SIGINT, 30);
}

void
sw_cluster_fini(sw_cluster *c)
{
    sw_cluster_stop(c);
    free(c->dir);
    free(c->bin);
    free(c->url);
    *c = (sw_cluster){.process = {0, -1}};
}
