// SPDX-License-Identifier: Apache-2.0
// Process mode: a fresh folder with the input files, one process, and the outputs picked from what
// it wrote.
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "models/external/instance.h"

// ---- the folder ----

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static int
fresh_folder(const char *folder)
{
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return mkdir(folder, 0700);
}

static int
make_parents(const char *folder, const char *name)
{
    char path[4500];
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(path, sizeof path, "%s/%.*s", folder, (int)(slash - name), name);
        if (mkdir(path, 0700) && errno != EEXIST)
            return -1;
    }
    return 0;
}

static int
write_input_file(const sw_external *x, const sw_external_values *v, const sw_external_file *file)
{
    char path[4500];
    sw_external_bytes text = {0};
    snprintf(path, sizeof path, "%s/%s", x->folder, file->name);
    sw_external_expand(v, file->content, &text);
    FILE *to = make_parents(x->folder, file->name) ? NULL : fopen(path, "we");
    bool written = to && fwrite(sw_external_text_of(&text), 1, text.n, to) == text.n;
    if (to)
        written = fclose(to) == 0 && written;
    sw_external_bytes_fini(&text);
    return written ? 0 : -1;
}

static int
prepare(const sw_external *x, const sw_external_values *v, const sw_run *run)
{
    if (fresh_folder(x->folder)) {
        run->host->fail(run->host, 0, "cannot make the folder %s: %s", x->folder, strerror(errno));
        return -1;
    }
    for (size_t i = 0; i < x->manifest->n_files; i++)
        if (write_input_file(x, v, &x->manifest->files[i])) {
            run->host->fail(run->host, 0, "cannot write the input file %s: %s",
                            x->manifest->files[i].name, strerror(errno));
            return -1;
        }
    return 0;
}

// ---- the process ----

static int
start(sw_external *x, const sw_external_values *v, const sw_run *run)
{
    char error[512];
    char **argv = sw_external_command(x, v), **env = sw_external_environment(x, v);
    const sw_external_child_setup setup = {.argv = (const char *const *)argv,
                                           .env = (const char *const *)env,
                                           .folder = x->folder,
                                           .network = x->manifest->network,
                                           .memory_bytes = x->memory_bytes,
                                           .file_bytes = x->manifest->output_bytes};
    int result = sw_external_child_start(&x->child, &setup, error, sizeof error);
    sw_external_free_list(argv);
    sw_external_free_list(env);
    if (result)
        run->host->fail(run->host, 0, "%s", error);
    return result;
}

// Until it has ended and nothing is left in its pipes. A descendant that keeps them open is killed
// with the group.
static sw_outcome
wait_for_end(sw_external *x, const sw_run *run)
{
    sw_external_child_watch w = {
        .deadline = x->run_seconds > 0 ? sw_external_child_now() + x->run_seconds : 0,
        .most_output = x->manifest->output_bytes,
        .run = run};
    bool ended = false;
    x->reply.n = 0;
    for (;;) {
        sw_outcome outcome = sw_external_child_pump(&x->child, &w, &x->reply);
        if (outcome != SW_DONE)
            return outcome;
        if (ended)
            break;
        ended = sw_external_child_has_ended(&x->child);
        if (ended && x->child.out < 0 && x->child.err < 0)
            break;
    }
    sw_external_child_kill(&x->child); // closes the pipes
    return x->child.status != 0 ? sw_external_child_post_mortem(&x->child, run) : SW_DONE;
}

// ---- the outputs ----

static int
put_picked(const sw_run *run, size_t k, const sw_output *output, const sw_external_pick *pick,
           const sw_external_bytes *text, char *error, size_t size)
{
    const char *from = sw_external_text_of(text);
    if (output->kind == SW_ARTIFACT) {
        run->host->artifact(run->host, 0, k, pick->media_type, from, text->n);
        return 0;
    }
    if (output->kind == SW_SERIES) {
        double *values = NULL;
        size_t n;
        int result = sw_pick_series(pick, from, text->n, &values, &n, error, size);
        if (result == 0)
            run->host->series(run->host, 0, k, values, n);
        free(values);
        return result;
    }
    char *found;
    if (sw_pick_text(pick, from, text->n, &found, error, size))
        return -1;
    int result = 0;
    if (output->kind == SW_OUTPUT_TEXT)
        run->host->text(run->host, 0, k, found, strlen(found));
    else
        result = sw_pick_number(found, &run->out[k], error, size);
    free(found);
    return result;
}

static int
put_output(sw_external *x, const sw_run *run, size_t k, char *error, size_t size)
{
    const sw_external_pick *pick = &x->manifest->picks[x->declared[k]];
    const sw_output *output = &x->opening->outputs[k];
    sw_external_bytes file = {0};
    int result = 0;
    if (pick->file)
        result = sw_external_read_file(x, pick->file, &file, error, size);
    if (result == 0)
        result = put_picked(run, k, output, pick, pick->file ? &file : &x->reply, error, size);
    sw_external_bytes_fini(&file);
    return result;
}

static sw_outcome
put_outputs(sw_external *x, const sw_run *run)
{
    for (size_t k = 0; k < x->opening->n_outputs; k++) {
        char error[400];
        if (x->declared[k] >= (long)x->manifest->n_declared)
            continue; // measured, not told
        if (put_output(x, run, k, error, sizeof error)) {
            run->host->fail(run->host, 0, "output %s: %s", x->opening->outputs[k].name, error);
            return SW_ERROR;
        }
    }
    sw_external_put_measured(x, run, x->child.cpu_ms, x->child.peak_kb);
    return SW_DONE;
}

sw_outcome
sw_oneshot_run(sw_external *x, const sw_run *run)
{
    const sw_external_values v = {.manifest = x->manifest,
                                  .levels = x->opening->levels,
                                  .in = run->in,
                                  .run = run->run,
                                  .seed = run->seed,
                                  .scratch = x->folder};
    if (prepare(x, &v, run) || start(x, &v, run))
        return SW_ERROR;
    sw_external_child_look_at_memory(&x->child);
    sw_outcome outcome = wait_for_end(x, run);
    if (outcome == SW_DONE)
        outcome = put_outputs(x, run);
    if (outcome != SW_DONE)
        sw_external_child_log(&x->child, run);
    return outcome;
}
