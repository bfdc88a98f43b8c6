// SPDX-License-Identifier: Apache-2.0
// The process that runs model code: takes a command, computes the inputs of a range of runs from
// the design, calls the model, leaves columns and records in the shared memory.
#include "workers/executor.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "workers/host.h"
#include "workers/opened.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { STUDIES_OPEN_MAX = 16, OVERHEAD_MB = 64, KEPT_BYTES = 32 << 20 };

// A study whose model is open.
typedef struct open_study {
    sw_opened *opened;
    sw_levels *levels;
    sw_opening *opening; // the model may look at it until it is closed
    void *state;
    bool model_open;
    char error[1024]; // why the model could not be opened; then every run fails with it
    uint64_t used;    // when it was last used, to close the one that waited longest
} open_study;

typedef struct executor {
    const sw_executor_settings *settings;
    sw_registry *registry;
    sw_recorder recorder;
    open_study studies[STUDIES_OPEN_MAX];
    size_t n_studies;
    uint64_t clock;
    // Inputs of a chunk: one column a parameter, fixed ones included.
    double *inputs;
    size_t inputs_capacity;
    uint64_t seeds[SW_CHUNK_MAX];
    uint8_t rejected[SW_CHUNK_MAX]; // SW_REJECTED for runs that are not to be started
} executor;

// ---- the socket ----

static bool
read_all(int fd, void *bytes, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = read(fd, (char *)bytes + at, n - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += (size_t)got;
    }
    return true;
}

static bool
write_all(int fd, const void *bytes, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t put = write(fd, (const char *)bytes + at, n - at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += (size_t)put;
    }
    return true;
}

// ---- scratch ----

// Removes what a model left in its scratch folder: files, and folders one level deep or more.
static void
empty_folder(int parent, const char *name, int depth)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(dir), entry->d_name, 0) != 0 && depth < 16) {
            empty_folder(dirfd(dir), entry->d_name, depth + 1);
            unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
        }
    }
    closedir(dir);
}

// ---- opening and closing ----

static open_study *
find_study(executor *x, int64_t id)
{
    for (size_t i = 0; i < x->n_studies; i++) {
        if (x->studies[i].opened->id == id)
            return &x->studies[i];
    }
    return NULL;
}

static void
close_study(executor *x, open_study *s)
{
    if (s->model_open && s->opened->model->close)
        s->opened->model->close(s->state);
    free(s->levels);
    free(s->opening);
    sw_opened_free(&s->opened);
    *s = x->studies[--x->n_studies];
}

static void
close_oldest(executor *x)
{
    open_study *oldest = &x->studies[0];
    for (size_t i = 1; i < x->n_studies; i++) {
        if (x->studies[i].used < oldest->used)
            oldest = &x->studies[i];
    }
    close_study(x, oldest);
}

// An uploaded model is made from its files when its first run comes: whatever happens then is
// charged to that run. Later studies of the same version find it made.
static bool
load_model(executor *x, open_study *s)
{
    sw_opened *o = s->opened;
    const sw_upload *u = o->upload;
    if (!u)
        return true;
    sw_source_error error = {0};
    o->model = sw_registry_find(x->registry, u->name, u->version);
    if (!o->model)
        o->model = sw_registry_load(x->registry, u->name, u->file, u->dir, &error);
    if (!o->model)
        snprintf(s->error, sizeof s->error, "%s", error.message);
    else if (strcmp(o->model->version, u->version) != 0)
        snprintf(s->error, sizeof s->error,
                 "this worker makes version %.80s of the model; upload it again",
                 o->model->version);
    return !s->error[0];
}

static void
open_model(executor *x, open_study *s)
{
    if (!load_model(x, s))
        return;
    const sw_study *study = s->opened->study;
    s->levels = sw_calloc(study->n_parameters, sizeof *s->levels);
    for (size_t j = 0; j < study->n_parameters; j++)
        s->levels[j] = (sw_levels){study->parameters[j].n_levels,
                                   (const char *const *)study->parameters[j].levels};
    s->opening = sw_malloc(sizeof *s->opening);
    *s->opening = (sw_opening){
        .model = s->opened->model,
        .levels = s->levels,
        .n_outputs = study->n_outputs,
        .outputs = study->outputs,
        .run_seconds = study->limits.run_seconds,
        .memory_bytes = (size_t)(study->limits.memory_mb * 1048576),
        .scratch = x->settings->scratch,
        .data_dir = x->settings->data_dir,
        .host = &x->recorder.host,
        .error = s->error, // written during open only: the study may move later
        .error_size = sizeof s->error,
    };
    const sw_model *model = s->opened->model;
    s->model_open = !model->open || model->open(s->opening, &s->state) == 0;
    if (!s->model_open && !s->error[0])
        strcpy(s->error, "the model could not be opened");
}

static void
open_command(executor *x, const sw_command *c)
{
    char *text = sw_malloc(c->document);
    if (!read_all(x->settings->socket, text, c->document))
        exit(0);
    if (x->n_studies == STUDIES_OPEN_MAX)
        close_oldest(x);
    json_t *message = json_loadb(text, c->document, 0, NULL);
    char why[1024] = "";
    sw_opened *opened = sw_opened_receive(c->study, message, x->registry, why, sizeof why);
    json_decref(message);
    free(text);
    if (!opened) {
        sw_err("executor", "study %lld: %s", (long long)c->study, why);
        exit(1); // The supervisor read the same document, so this is a fault of ours.
    }
    open_study *s = &x->studies[x->n_studies++];
    *s = (open_study){.opened = opened};
}

static void
limit_memory(const sw_study *study)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    struct rlimit limit;
    getrlimit(RLIMIT_DATA, &limit);
    double mb = study->limits.memory_mb;
    limit.rlim_cur = mb > 0 ? (rlim_t)((mb + OVERHEAD_MB) * 1048576) : limit.rlim_max;
    setrlimit(RLIMIT_DATA, &limit);
#else
    (void)study;
#endif
}

// ---- running ----

static double *
input_column(const executor *x, size_t j)
{
    return x->inputs + j * SW_CHUNK_MAX;
}

// Inputs and seeds of the whole chunk, and the varied ones into the shared columns.
static void
prepare(executor *x, const open_study *s, const sw_command *c)
{
    const sw_study *study = s->opened->study;
    size_t needed = study->n_parameters * SW_CHUNK_MAX;
    if (needed > x->inputs_capacity) {
        x->inputs = sw_realloc(x->inputs, needed * sizeof *x->inputs);
        x->inputs_capacity = needed;
    }
    double **columns = sw_malloc(study->n_parameters * sizeof *columns);
    for (size_t j = 0; j < study->n_parameters; j++)
        columns[j] = input_column(x, j);
    sw_plan_inputs(s->opened->plan, c->first, c->n, columns);
    sw_plan_seeds(s->opened->plan, c->first, c->n, x->seeds);
    memset(x->rejected, 0, sizeof x->rejected);
    sw_plan_reject(s->opened->plan, c->n, columns, x->rejected);
    free(columns);
    for (size_t v = 0; v < study->n_varied; v++)
        memcpy(sw_shared_column(x->recorder.shared, v), input_column(x, study->varied[v]),
               c->n * sizeof(double));
}

static void
fill_nan(executor *x, const open_study *s, size_t from, size_t n)
{
    for (size_t k = 0; k < s->opened->study->n_outputs; k++) {
        double *column = sw_shared_column(x->recorder.shared, s->opened->first_output + k);
        for (size_t i = from; i < from + n; i++)
            column[i] = NAN;
    }
}

// What the host refused makes a failure of a run that the model thinks it has done.
static uint8_t
final_outcome(const executor *x, size_t i, sw_outcome outcome)
{
    return x->recorder.refused[i] && outcome == SW_DONE ? SW_ERROR : (uint8_t)outcome;
}

// A run that failed has no values: what a model wrote before it failed must not look like some.
static void
finish_run(executor *x, const open_study *s, size_t i, sw_outcome outcome)
{
    sw_shared *shared = x->recorder.shared;
    shared->outcome[i] = final_outcome(x, i, outcome);
    if (shared->outcome[i] != SW_DONE)
        fill_nan(x, s, i, 1);
}

// Recorded, never started.
static void
reject_run(executor *x, const open_study *s, size_t i)
{
    static const char why[] = "its inputs do not meet the constraints of the study";
    sw_shared *shared = x->recorder.shared;
    sw_recorder_add(&x->recorder, SW_RECORD_FAIL, i, 0, why, sizeof why - 1);
    shared->attempts[i] = 1;
    sw_shared_column(shared, s->opened->wall_column)[i] = 0;
    finish_run(x, s, i, SW_REJECTED);
    shared->finished = (uint32_t)(i + 1);
}

static sw_outcome
call_run(executor *x, const open_study *s, const sw_command *c, size_t i, double *in, double *out)
{
    const sw_study *study = s->opened->study;
    for (size_t j = 0; j < study->n_parameters; j++)
        in[j] = input_column(x, j)[i];
    for (size_t k = 0; k < study->n_outputs; k++)
        out[k] = NAN;
    sw_run run = {
        .run = c->first + i, .seed = x->seeds[i], .in = in, .out = out, .host = &x->recorder.host};
    sw_outcome outcome = s->opened->model->run(s->state, &run);
    for (size_t k = 0; k < study->n_outputs; k++)
        sw_shared_column(x->recorder.shared, s->opened->first_output + k)[i] = out[k];
    return outcome;
}

// One run, again as often as the study says while the model reports an error.
static void
run_one(executor *x, const open_study *s, const sw_command *c, size_t i, double *in, double *out)
{
    sw_shared *shared = x->recorder.shared;
    int64_t start = sw_recorder_now(), now;
    sw_outcome outcome;
    do {
        if (shared->attempts[i] > 0)
            sw_recorder_add(&x->recorder, SW_RECORD_START, i, 0, NULL, 0);
        shared->attempts[i]++;
        x->recorder.refused[i] = false;
        // What an earlier run left would make this one depend on how the study was cut.
        empty_folder(AT_FDCWD, x->settings->scratch, 0);
        sw_recorder_mark(&x->recorder, i, 1);
        outcome = call_run(x, s, c, i, in, out);
        now = sw_recorder_now();
    } while (outcome == SW_ERROR && shared->attempts[i] <= s->opened->study->limits.retries);
    sw_shared_column(shared, s->opened->wall_column)[i] = 1e-6 * (double)(now - start);
    shared->busy_ns += now - start;
    finish_run(x, s, i, outcome);
}

static bool
arena_full(const executor *x)
{
    return x->recorder.shared->arena_used > SW_ARENA_FULL;
}

static void
run_each(executor *x, const open_study *s, const sw_command *c)
{
    const sw_study *study = s->opened->study;
    double *in = sw_malloc(study->n_parameters * sizeof *in);
    double *out = sw_malloc(study->n_outputs * sizeof *out);
    for (size_t i = c->from; i < c->n; i++) {
        if (x->rejected[i]) {
            reject_run(x, s, i);
            continue;
        }
        run_one(x, s, c, i, in, out);
        x->recorder.shared->finished = (uint32_t)(i + 1);
        if (arena_full(x))
            break;
    }
    free(in);
    free(out);
}

static void
call_batch(executor *x, const open_study *s, const sw_command *c, size_t from, size_t n)
{
    const sw_study *study = s->opened->study;
    const double **in = sw_malloc(study->n_parameters * sizeof *in);
    double **out = sw_malloc(study->n_outputs * sizeof *out);
    for (size_t j = 0; j < study->n_parameters; j++)
        in[j] = input_column(x, j) + from;
    for (size_t k = 0; k < study->n_outputs; k++)
        out[k] = sw_shared_column(x->recorder.shared, s->opened->first_output + k) + from;
    fill_nan(x, s, from, n);
    sw_batch batch = {.first_run = c->first + from,
                      .n = n,
                      .seeds = x->seeds + from,
                      .in = in,
                      .out = out,
                      .outcome = x->recorder.shared->outcome + from,
                      .host = &x->recorder.host};
    sw_recorder_mark(&x->recorder, from, n);
    s->opened->model->run_batch(s->state, &batch);
    free(in);
    free(out);
}

// How many runs from `from` on go into one batch: up to the next that is rejected.
static size_t
batch_size(const executor *x, const sw_command *c, size_t from)
{
    size_t n = 1;
    while (!c->single && from + n < c->n && !x->rejected[from + n])
        n++;
    return n;
}

// One batch; each run is charged its share of the time. Runs that fail are not tried again here:
// what fails in a batch without killing it fails for a reason.
static void
run_batch(executor *x, const open_study *s, const sw_command *c, size_t from, size_t n)
{
    sw_shared *shared = x->recorder.shared;
    for (size_t i = from; i < from + n; i++) {
        if (shared->attempts[i] > 0)
            sw_recorder_add(&x->recorder, SW_RECORD_START, i, 0, NULL, 0);
        shared->attempts[i]++;
    }
    int64_t start = sw_recorder_now();
    call_batch(x, s, c, from, n);
    int64_t took = sw_recorder_now() - start;
    shared->busy_ns += took;
    double *wall = sw_shared_column(shared, s->opened->wall_column);
    for (size_t i = from; i < from + n; i++) {
        wall[i] = 1e-6 * (double)took / (double)n;
        finish_run(x, s, i, (sw_outcome)shared->outcome[i]);
    }
    shared->finished = (uint32_t)(from + n);
}

static void
run_batches(executor *x, const open_study *s, const sw_command *c)
{
    for (size_t from = c->from, n; from < c->n && !arena_full(x); from += n) {
        n = x->rejected[from] ? 1 : batch_size(x, c, from);
        if (x->rejected[from])
            reject_run(x, s, from);
        else
            run_batch(x, s, c, from, n);
    }
}

// A model that can not be opened fails every run with the reason.
static void
fail_all(executor *x, const open_study *s, const sw_command *c)
{
    fill_nan(x, s, c->from, c->n - c->from);
    for (size_t i = c->from; i < c->n; i++) {
        sw_recorder_add(&x->recorder, SW_RECORD_FAIL, i, 0, s->error, strlen(s->error));
        x->recorder.shared->outcome[i] = SW_ERROR;
        x->recorder.shared->attempts[i] = 1;
        sw_shared_column(x->recorder.shared, s->opened->wall_column)[i] = 0;
    }
    x->recorder.shared->finished = c->n;
}

static void
run_command(executor *x, const sw_command *c)
{
    open_study *s = find_study(x, c->study);
    sw_reply reply = {0};
    if (!s) {
        // Closed to make room for others: the supervisor opens it again.
        write_all(x->settings->socket, &reply, sizeof reply);
        return;
    }
    s->used = ++x->clock;
    // Laid out once a chunk: a successor goes on with what its predecessor left.
    if (x->recorder.shared->arena_at == 0)
        sw_recorder_begin(&x->recorder, s->opened->n_columns);
    limit_memory(s->opened->study);
    // Opening counts as the first run's time: a model that hangs there must be found out as well.
    sw_recorder_mark(&x->recorder, c->from, 1);
    if (!s->model_open && !s->error[0])
        open_model(x, s);
    prepare(x, s, c);
    if (!s->model_open)
        fail_all(x, s, c);
    else if (s->opened->model->run_batch)
        run_batches(x, s, c);
    else
        run_each(x, s, c);
    x->recorder.shared->mark_ns = 0;
    empty_folder(AT_FDCWD, x->settings->scratch, 0);
    reply.ok = 1;
    reply.finished = x->recorder.shared->finished;
    write_all(x->settings->socket, &reply, sizeof reply);
}

int
sw_executor_run(const sw_executor_settings *settings, sw_registry *registry)
{
    executor *x = sw_calloc(1, sizeof *x);
    x->settings = settings;
    x->registry = registry;
    sw_recorder_init(&x->recorder, settings->memory);
    // What one run gives back the next one takes again: giving it to the system and back costs a
    // fifth of a short run's time.
    mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    for (sw_command c; read_all(settings->socket, &c, sizeof c);) {
        open_study *s;
        if (c.type == SW_COMMAND_OPEN)
            open_command(x, &c);
        else if (c.type == SW_COMMAND_RUN)
            run_command(x, &c);
        else if ((s = find_study(x, c.study)) != NULL)
            close_study(x, s);
    }
    while (x->n_studies)
        close_study(x, &x->studies[0]);
    free(x->inputs);
    free(x);
    return 0;
}
