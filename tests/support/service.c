// SPDX-License-Identifier: Apache-2.0
// Starting, breaking and asking the real thing.
#include "tests/support/service.h"

#include "lib/base/memory.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

double
seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int
service_free_port(void)
{
    enum { FIRST = 20000, LAST = 32000, STRIDE = 97 };
    static int given; // so that two of one test differ
    for (int tries = 0; tries < 1000; tries++) {
        int port = FIRST + (getpid() * STRIDE + given++) % (LAST - FIRST);
        struct sockaddr_in a = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)port)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool is_free = bind(fd, (struct sockaddr *)&a, sizeof a) == 0;
        close(fd);
        if (is_free)
            return port;
    }
    fail_msg("no port from %d to %d is free", FIRST, LAST);
    return 0;
}

static char *
program(const char *name)
{
    const char *bin = getenv("SWEEPD_BIN");
    sw_auto(free) char *path = sw_format("%s/%s", bin ? bin : "bin", name);
    char *real = realpath(path, NULL);
    if (!real)
        fail_msg("%s is not built", path);
    return real;
}

void
service_prepare(service *s)
{
    strcpy(s->dir, "/tmp/sweepd-test-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    chmod(s->dir, 0755);
    sw_auto(free) char *db = sw_format("%s/db", s->dir);
    assert_true(sw_cluster_prepare(&s->cluster, db));
    s->endpoint = sw_format("ipc://%s/work.sock", s->dir);
    s->models = sw_format("%s/models", s->dir);
    mkdir(s->models, 0755);
    s->port = service_free_port();
}

// PostgreSQL refuses to start while a killed backend still holds the old shared memory; as with
// `sweep up`, one tries again.
void
start_database(service *s)
{
    for (int i = 0; i < 10; i++) {
        if (sw_cluster_start(&s->cluster))
            return;
        nanosleep(&(struct timespec){0, 500000000}, NULL);
    }
    fail_msg("PostgreSQL does not start");
}

static bool
is_ready(void *context)
{
    reply r = get(context, "/readyz");
    bool ready = r.status == 200;
    reply_free(&r);
    return ready;
}

void
start_server(service *s)
{
    sw_auto(free) char *path = program("sweepd");
    sw_auto(free) char *listen = sw_format("127.0.0.1:%d", s->port);
    sw_auto(free) char *log = sw_format("%s/sweepd.log", s->dir);
    const char *argv[32] = {path,         "--listen",        listen,
                            "--database", s->cluster.url,    "--work",
                            s->endpoint,  "--lease-seconds", "4"};
    size_t n = 9;
    for (size_t i = 0; s->server_flags[i]; i++)
        argv[n++] = s->server_flags[i];
    sw_process_settings settings = {.argv = argv, .log = log};
    assert_true(sw_process_start(&s->server, &settings));
    wait_until(is_ready, s, 60, "the server is ready");
}

void
start_worker(service *s, int which)
{
    sw_auto(free) char *path = program("sweep-worker");
    sw_auto(free) char *log = sw_format("%s/worker-%d.log", s->dir, which);
    sw_auto(free) char *id = sw_format("worker-%d", which);
    sw_auto(free) char *slots = sw_format("%d", s->slots ? s->slots : 1);
    const char *argv[] = {path,  "--connect", s->endpoint, "--id",      id,     "--slots",
                          slots, "--models",  s->models,   "--scratch", s->dir, NULL};
    sw_process_settings settings = {.argv = argv, .log = log};
    assert_true(sw_process_start(&s->workers[which], &settings));
}

typedef struct wanted {
    const service *service;
    size_t workers;
} wanted;

// A worker is listed once its models are stored.
static bool
are_listed(void *context)
{
    const wanted *w = context;
    sw_auto(json) json_t *list = get_json(w->service, "/api/v1/workers");
    return json_array_size(json_object_get(list, "items")) == w->workers;
}

void
service_start(service *s, int workers)
{
    service_prepare(s);
    service_go(s, workers);
}

static service *of_group;
static int workers_of_group;

void
service_group(service *s, int workers)
{
    of_group = s;
    workers_of_group = workers;
}

int
service_begin(void **state)
{
    (void)state;
    service_start(of_group, workers_of_group);
    return 0;
}

int
service_end(void **state)
{
    (void)state;
    service_stop(of_group);
    return 0;
}

void
service_go(service *s, int workers)
{
    start_database(s);
    start_server(s);
    for (int w = 0; w < workers; w++)
        start_worker(s, w);
    wait_until(are_listed, &(wanted){s, (size_t)workers}, 30, "the workers have joined");
}

void
kill_server(service *s)
{
    sw_process_stop(&s->server, SIGKILL, 10);
}

void
kill_worker(service *s, int which)
{
    sw_process_stop(&s->workers[which], SIGKILL, 10);
}

// Calls `each` with the pids of all children of a process.
static void
children_of(pid_t parent, void (*each)(void *context, pid_t child), void *context)
{
    DIR *proc = opendir("/proc");
    for (struct dirent *e; proc && (e = readdir(proc)) != NULL;) {
        sw_auto(free) char *path = sw_format("/proc/%s/stat", e->d_name);
        FILE *f = fopen(path, "re");
        int pid = 0, ppid = 0;
        if (f && fscanf(f, "%d (%*[^)]) %*c %d", &pid, &ppid) == 2 && ppid == parent)
            each(context, pid);
        if (f)
            fclose(f);
    }
    if (proc)
        closedir(proc);
}

static void
kill_one(void *context, pid_t child)
{
    (void)context;
    kill(child, SIGKILL);
}

void
kill_database(service *s)
{
    pid_t postmaster = s->cluster.process.pid;
    kill(postmaster, SIGSTOP); // so that it does not start new ones meanwhile
    children_of(postmaster, kill_one, NULL);
    sw_process_stop(&s->cluster.process, SIGKILL, 10);
}

static void
keep_one(void *context, pid_t child)
{
    *(pid_t *)context = child;
}

pid_t
executor_of(const service *s, int which)
{
    pid_t found = 0;
    children_of(s->workers[which].pid, keep_one, &found);
    return found;
}

static int
remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info, (void)type, (void)where;
    remove(path);
    return 0;
}

static void
print_log(const service *s, const char *name)
{
    sw_auto(free) char *command = sw_format("echo '-- %s'; tail -n 40 %s/%s", name, s->dir, name);
    if (system(command) != 0)
        return;
}

void
service_stop(service *s)
{
    for (int w = 0; w < SERVICE_WORKERS_MAX; w++)
        sw_process_stop(&s->workers[w], SIGTERM, 20);
    int status = sw_process_stop(&s->server, SIGTERM, 30);
    bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    sw_cluster_fini(&s->cluster);
    if (!clean || getenv("SWEEPD_TEST_LOGS")) {
        print_log(s, "sweepd.log");
        print_log(s, "worker-0.log");
    }
    if (!getenv("SWEEPD_TEST_KEEP"))
        nftw(s->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(s->endpoint);
    free(s->models);
    *s = (service){0};
    if (!clean)
        fail_msg("sweepd ended with status %d", status);
}

// ---- requests ----

static size_t
take_body(char *bytes, size_t size, size_t n, void *context)
{
    reply *r = context;
    r->body = sw_realloc(r->body, r->n + n * size + 1);
    memcpy(r->body + r->n, bytes, n * size);
    r->n += n * size;
    r->body[r->n] = '\0';
    return n * size;
}

static size_t
take_header(char *bytes, size_t size, size_t n, void *context)
{
    reply *r = context;
    size_t have = strlen(r->headers), room = sizeof r->headers - have - 1;
    strncat(r->headers, bytes, n * size < room ? n * size : room);
    return n * size;
}

void
reply_free(reply *r)
{
    free(r->body);
    json_decref(r->json);
    *r = (reply){0};
}

reply
request(const service *s, const char *method, const char *path, const char *body,
        const char *const *headers)
{
    reply r = {0};
    CURL *curl = curl_easy_init();
    sw_auto(free) char *url = sw_format("http://127.0.0.1:%d%s", s->port, path);
    struct curl_slist *list = NULL;
    if (body)
        list = curl_slist_append(list, "Content-Type: application/json");
    for (size_t i = 0; headers && headers[i]; i++)
        list = curl_slist_append(list, headers[i]);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 120L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &r);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &r);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    long status = 0;
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    r.status = (int)status;
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    if (r.body)
        r.json = json_loads(r.body, JSON_DECODE_ANY, NULL);
    return r;
}

reply
get(const service *s, const char *path)
{
    return request(s, "GET", path, NULL, NULL);
}

reply
post(const service *s, const char *path, const char *body)
{
    return request(s, "POST", path, body ? body : "", NULL);
}

json_t *
get_json(const service *s, const char *path)
{
    reply r = get(s, path);
    if (r.status != 200 || !r.json)
        fail_msg("GET %s: %d %s", path, r.status, r.body ? r.body : "");
    json_t *json = json_incref(r.json);
    reply_free(&r);
    return json;
}

int64_t
submit(const service *s, const char *document)
{
    reply r = post(s, "/api/v1/studies", document);
    if (r.status != 201)
        fail_msg("submit: %d %s", r.status, r.body ? r.body : "");
    int64_t id = json_integer_value(json_object_get(r.json, "id"));
    assert_true(id > 0);
    reply_free(&r);
    return id;
}

json_t *
study(const service *s, int64_t id)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld", (long long)id);
    return get_json(s, path);
}

void
wait_until(bool (*condition)(void *context), void *context, double seconds, const char *what)
{
    for (double end = seconds_now() + seconds; !condition(context);) {
        if (seconds_now() > end)
            fail_msg("after %g s still not: %s", seconds, what);
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
}

void
wait_for_state(const service *s, int64_t id, const char *expected, double seconds)
{
    for (double end = seconds_now() + seconds;; nanosleep(&(struct timespec){0, 10000000}, NULL)) {
        json_t *now = study(s, id);
        const char *state = json_string_value(json_object_get(now, "state"));
        bool ended = strcmp(state, "done") == 0 || strcmp(state, "failed") == 0 ||
                     strcmp(state, "cancelled") == 0;
        if (strcmp(state, expected) == 0) {
            json_decref(now);
            return;
        }
        if (ended || seconds_now() > end) {
            sw_auto(free) char *text = json_dumps(now, 0);
            fail_msg("study %lld is not %s: %s", (long long)id, expected, text);
        }
        json_decref(now);
    }
}

char *
sql(const service *s, const char *statement)
{
    sw_auto(free) char *command =
        sw_format("%s/psql -X -A -t -q '%s' -c \"%s\"", s->cluster.bin, s->cluster.url, statement);
    FILE *f = popen(command, "re");
    assert_non_null(f);
    char *out = sw_calloc(1, 1 << 20);
    size_t n = fread(out, 1, (1 << 20) - 1, f);
    pclose(f);
    while (n > 0 && out[n - 1] == '\n')
        out[--n] = '\0';
    return out;
}
