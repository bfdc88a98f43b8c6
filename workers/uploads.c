// SPDX-License-Identifier: Apache-2.0
// A folder a content, a process a description.
#include "workers/uploads.h"

#include "lib/base/hash.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/study/descriptor.h"
#include "workers/bundle.h"
#include "workers/host.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DESCRIBED_MAX = 8 << 20, PLACE_MAX = 1 << 20, MEMORY_MB = 4096 };
#define DESCRIBE_SECONDS 60.0

typedef struct job {
    int64_t request;
    pid_t pid;
    int out; // what it prints
    int64_t started_ns;
    sw_buffer text;
} job;

struct sw_uploads {
    sw_uploads_settings settings;
    char *root;
    job *jobs;
    size_t n_jobs, jobs_capacity;
};

extern char **environ;

sw_uploads *
sw_uploads_new(const sw_uploads_settings *settings)
{
    sw_uploads *u = sw_calloc(1, sizeof *u);
    u->settings = *settings;
    u->root = sw_format("%s/models-XXXXXX", settings->scratch_dir);
    if (mkdtemp(u->root))
        return u;
    sw_err("worker", "can not make a folder in %s: %s", settings->scratch_dir, strerror(errno));
    free(u->root);
    free(u);
    return NULL;
}

static void
end_job(sw_uploads *u, size_t i)
{
    job *j = &u->jobs[i];
    kill(j->pid, SIGKILL);
    while (waitpid(j->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    close(j->out);
    sw_buffer_fini(&j->text);
    u->jobs[i] = u->jobs[--u->n_jobs];
}

void
sw_uploads_free(sw_uploads **uploads)
{
    sw_uploads *u = *uploads;
    if (!u)
        return;
    while (u->n_jobs)
        end_job(u, 0);
    sw_bundle_remove(u->root);
    free(u->root);
    free(u->jobs);
    free(u);
    *uploads = NULL;
}

// The folder of this content, unpacked if it is new; NULL and a sentence.
static char *
place(const sw_uploads *u, const char *file, const void *bytes, size_t n, char *why,
      size_t why_size)
{
    char hash[SW_HASH_TEXT];
    sw_hash(bytes, n, hash);
    // The file's name is part of it: it says what the bytes are.
    sw_auto(free) char *named = sw_format("%s %s", hash, file);
    sw_hash(named, strlen(named), hash);
    char *dir = sw_format("%s/%s", u->root, hash);
    if (mkdir(dir, 0700) != 0 && errno == EEXIST)
        return dir;
    if (sw_bundle_unpack(bytes, n, file, dir, why, why_size))
        return dir;
    sw_bundle_remove(dir);
    free(dir);
    return NULL;
}

void
sw_uploads_put(sw_uploads *u, const sw_header *model, const void *bytes, size_t n)
{
    char why[512] = "";
    sw_auto(free) char *dir = place(u, model->file, bytes, n, why, sizeof why);
    if (!dir) {
        sw_warn("worker", "the model %s: %s", model->name, why);
        return;
    }
    sw_upload upload = {model->name, model->version, model->file, dir, model->descriptor};
    sw_registry_put(u->settings.registry, &upload);
}

// ---- describing ----

static void
answer(const sw_uploads *u, int64_t request, const char *message)
{
    sw_header h = {.request = request, .message = message};
    u->settings.described(u->settings.context, &h);
}

static bool
spawn(job *j, const char *name, const char *file, const char *dir)
{
    int out[2];
    if (pipe2(out, O_CLOEXEC) != 0)
        return false;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    const char *argv[] = {"sweep-executor", "describe", name, file, dir, NULL};
    int e = posix_spawn(&j->pid, "/proc/self/exe", &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    j->out = out[0];
    if (e != 0)
        close(out[0]);
    return e == 0;
}

void
sw_uploads_describe(sw_uploads *u, const sw_header *h, const void *bytes, size_t n)
{
    char why[512] = "";
    sw_auto(free) char *dir = place(u, h->file, bytes, n, why, sizeof why);
    if (!dir) {
        answer(u, h->request, why);
        return;
    }
    job j = {.request = h->request, .started_ns = sw_recorder_now()};
    if (!spawn(&j, h->name, h->file, dir)) {
        answer(u, h->request, "the worker could not start a process to read it");
        return;
    }
    u->jobs = sw_grow(u->jobs, u->n_jobs, &u->jobs_capacity, sizeof *u->jobs);
    u->jobs[u->n_jobs++] = j;
}

size_t
sw_uploads_busy(const sw_uploads *u)
{
    return u->n_jobs;
}

// The process has closed its output: what it printed is the header of the answer.
static void
conclude(const sw_uploads *u, const job *j)
{
    char why[200] = "";
    sw_header h;
    json_t *printed = sw_header_read(SW_DESCRIBED, j->text.data ? j->text.data : "", j->text.n, &h,
                                     why, sizeof why);
    h.request = j->request;
    if (printed)
        u->settings.described(u->settings.context, &h);
    else
        answer(u, j->request, "reading it killed the process that did");
    json_decref(printed);
}

// False when the job is over.
static bool
step(const sw_uploads *u, job *j)
{
    char block[65536];
    ssize_t got;
    while ((got = read(j->out, block, sizeof block)) > 0 && j->text.n < DESCRIBED_MAX)
        sw_buffer_add(&j->text, block, (size_t)got);
    if (got == 0) {
        conclude(u, j);
        return false;
    }
    double seconds = 1e-9 * (double)(sw_recorder_now() - j->started_ns);
    if (seconds < DESCRIBE_SECONDS && j->text.n < DESCRIBED_MAX)
        return true;
    answer(u, j->request, "reading it took too long, or says too much");
    return false;
}

void
sw_uploads_step(sw_uploads *u)
{
    for (size_t i = u->n_jobs; i > 0; i--) {
        if (!step(u, &u->jobs[i - 1]))
            end_job(u, i - 1);
    }
}

// ---- the process that describes ----

int
sw_uploads_describe_main(const char *name, const char *file, const char *dir)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    setrlimit(RLIMIT_DATA, &(struct rlimit){(rlim_t)MEMORY_MB << 20, (rlim_t)MEMORY_MB << 20});
#endif
    sw_registry *registry = sw_registry_new(NULL);
    sw_source_error error = {0};
    const sw_model *model = sw_registry_load(registry, name, file, dir, &error);
    sw_auto(json) json_t *descriptor = model ? sw_descriptor_of_model(model) : NULL;
    sw_header h = {.request = 1, // the worker puts the right one
                   .descriptor = descriptor,
                   .line = (int64_t)(error.line < PLACE_MAX ? error.line : 0),
                   .column = (int64_t)(error.column < PLACE_MAX ? error.column : 0),
                   .message = error.message};
    sw_buffer b = {0};
    sw_header_write(&b, SW_DESCRIBED, &h);
    bool good = fwrite(b.data, 1, b.n, stdout) == b.n && fflush(stdout) == 0;
    sw_buffer_fini(&b);
    sw_registry_free(&registry);
    return good ? 0 : 1;
}
