// SPDX-License-Identifier: Apache-2.0
// The family: from manifest to model, and what both modes share.
#include "models/external/external.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/external/declare.h"
#include "models/external/instance.h"

// ---- what both modes share ----

// The program itself: a name is searched in PATH, a relative path lies beside the manifest.
static void
resolve_program(const sw_manifest *m, char **program)
{
    char *path = NULL;
    assert(*program); // the manifest says it
    if (!strchr(*program, '/') || **program == '/' || !m->dir)
        return;
    if (asprintf(&path, "%s/%s", m->dir, *program) < 0)
        abort();
    free(*program);
    *program = path;
}

static char **
new_list(size_t n)
{
    char **list = calloc(n + 1, sizeof *list);
    if (!list)
        abort();
    return list;
}

char **
sw_external_command(const sw_external *x, const sw_external_values *v)
{
    const sw_manifest *m = x->manifest;
    char **list = new_list(m->n_command);
    for (size_t a = 0; a < m->n_command; a++) {
        sw_external_bytes text = {0};
        sw_external_expand(v, m->command[a], &text);
        list[a] = text.at;
    }
    resolve_program(m, &list[0]);
    return list;
}

static char *
variable(const char *name, const char *value)
{
    char *text;
    if (asprintf(&text, "%s=%s", name, value) < 0)
        abort();
    return text;
}

static char *
expanded_variable(const sw_external_values *v, const char *name, const char *template)
{
    sw_external_bytes value = {0};
    sw_external_expand(v, template, &value);
    char *text = variable(name, value.at);
    sw_external_bytes_fini(&value);
    return text;
}

static size_t
add_inputs(const sw_manifest *m, const sw_external_values *v, char **list)
{
    size_t n = 0;
    for (size_t j = 0; j < m->model.n_parameters; j++) {
        sw_external_bytes value = {0};
        sw_external_append_value(v, j, &value);
        list[n++] = variable(m->variables[j], sw_external_text_of(&value));
        sw_external_bytes_fini(&value);
    }
    list[n++] = expanded_variable(v, "SWEEP_SEED", "{seed}");
    list[n++] = expanded_variable(v, "SWEEP_RUN", "{run}");
    for (size_t e = 0; e < m->n_environment; e++)
        list[n++] = expanded_variable(v, m->environment[e].name, m->environment[e].value);
    return n;
}

char **
sw_external_environment(const sw_external *x, const sw_external_values *v)
{
    const sw_manifest *m = x->manifest;
    char **list = new_list(m->model.n_parameters + m->n_environment + 6);
    const char *path = getenv("PATH");
    size_t n = v->in ? add_inputs(m, v, list) : 0;
    list[n++] = variable("PATH", path ? path : "/usr/local/bin:/usr/bin:/bin");
    list[n++] = variable("HOME", x->folder);
    list[n++] = variable("LANG", "C.UTF-8");
    list[n++] = variable("SWEEP_DIR", m->dir ? m->dir : "");
    return list;
}

void
sw_external_free_list(char **list)
{
    for (char **item = list; *item; item++)
        free(*item);
    free(list);
}

void
sw_external_put_measured(const sw_external *x, const sw_run *run, double cpu_ms, long peak_kb)
{
    for (size_t k = 0; k < x->opening->n_outputs; k++) {
        if (x->declared[k] == (long)x->manifest->n_declared)
            run->out[k] = cpu_ms;
        if (x->declared[k] == (long)x->manifest->n_declared + 1)
            run->out[k] = (double)peak_kb;
    }
}

int
sw_external_read_file(const sw_external *x, const char *name, sw_external_bytes *to, char *error,
                      size_t size)
{
    char path[4500], bytes[65536];
    struct stat st;
    if (!sw_external_is_plain_path(name)) {
        snprintf(error, size, "%.200s is no path within the run's folder", name);
        return -1;
    }
    snprintf(path, sizeof path, "%s/%s", x->folder, name);
    // Neither a link out of the folder nor a pipe that would block.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        snprintf(error, size, "cannot read the file %.200s: %s", name,
                 fd < 0 ? strerror(errno) : "not a regular file");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    ssize_t n;
    while (to->n <= x->manifest->output_bytes && (n = read(fd, bytes, sizeof bytes)) > 0)
        sw_external_append(to, bytes, (size_t)n);
    close(fd);
    if (to->n <= x->manifest->output_bytes)
        return 0;
    snprintf(error, size, "the file %.200s has more than %zu bytes", name,
             x->manifest->output_bytes);
    return -1;
}

// ---- the model's functions ----

static void
external_close(void *state)
{
    sw_external *x = state;
    sw_external_child_kill(&x->child);
    sw_external_bytes_fini(&x->request);
    sw_external_bytes_fini(&x->reply);
    free(x->declared);
    free(x);
}

static long
declared_index(const sw_manifest *m, const char *name)
{
    size_t k = 0;
    while (k < m->model.n_outputs && strcmp(m->outputs[k].name, name) != 0)
        k++;
    return (long)k;
}

static double
tighter(double a, double b)
{
    return a > 0 && (a < b || b <= 0) ? a : b;
}

static sw_external *
new_instance(const sw_opening *o, const sw_manifest *m)
{
    sw_external *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->manifest = m;
    x->opening = o;
    x->child = (sw_external_child){.in = -1, .out = -1, .err = -1};
    x->run_seconds = tighter(o->run_seconds, m->run_seconds);
    x->memory_bytes = (size_t)tighter((double)o->memory_bytes, (double)m->memory_bytes);
    x->declared = calloc(o->n_outputs + 1, sizeof *x->declared);
    if (!x->declared) {
        free(x);
        return NULL;
    }
    for (size_t k = 0; k < o->n_outputs; k++) {
        x->declared[k] = declared_index(m, o->outputs[k].name);
        x->wants_cpu = x->wants_cpu || x->declared[k] == (long)m->n_declared;
        x->wants_memory = x->wants_memory || x->declared[k] == (long)m->n_declared + 1;
    }
    return x;
}

static int
external_open(const sw_opening *o, void **state)
{
    const sw_manifest *m = o->model->self;
    sw_external *x = new_instance(o, m);
    if (!x) {
        snprintf(o->error, o->error_size, "no memory to open %s", o->model->name);
        return -1;
    }
    snprintf(x->folder, sizeof x->folder, "%s%s", o->scratch, m->jsonl ? "" : "/run");
    // A program that dies while we write to it must not take us with it.
    signal(SIGPIPE, SIG_IGN);
    if (m->jsonl && sw_coprocess_start(x, o->error, o->error_size)) {
        external_close(x);
        return -1;
    }
    *state = x;
    return 0;
}

static sw_outcome
external_run(void *state, const sw_run *run)
{
    sw_external *x = state;
    return x->manifest->jsonl ? sw_coprocess_run(x, run) : sw_oneshot_run(x, run);
}

// ---- the family ----

static int
external_load(const sw_source *source, sw_model **model, sw_source_error *error)
{
    sw_manifest *m = sw_manifest_read(source, error);
    if (!m)
        return -1;
    m->model.open = external_open;
    m->model.run = external_run;
    m->model.close = external_close;
    *model = &m->model;
    return 0;
}

static void
external_unload(sw_model *model)
{
    sw_manifest_free(model->self);
}

const sw_family sw_external_family = {
    .name = "external",
    .doc = "Any program, described by a JSON manifest.",
    .load = external_load,
    .unload = external_unload,
};
