// SPDX-License-Identifier: Apache-2.0
// sweep run: one run by itself, here, by the worker's program beside this one; and whether it gives
// what a study has stored.
#include "cli/commands.h"
#include "cli/process.h"
#include "lib/base/memory.h"

#include <ftw.h>
#include <unistd.h>

enum { NOT_THERE = 3 }; // the worker's exit code when it does not have the model

typedef struct here {
    const sw_invocation *in;
    char scratch[64];
    char *worker;
} here;

static char *
path_in(const here *h, const char *name)
{
    return sw_format("%s/%s", h->scratch, name);
}

static int
remove_entry(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info, (void)type, (void)at;
    return remove(path);
}

static bool
begin(here *h, const sw_invocation *in)
{
    *h = (here){.in = in, .scratch = "/tmp/sweep-run-XXXXXX"};
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;
    if (!slash || !mkdtemp(h->scratch))
        return false;
    *slash = 0;
    h->worker = sw_format("%s/sweep-worker", self);
    return true;
}

static void
end(here *h)
{
    nftw(h->scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(h->worker);
}

static bool
write_file(const here *h, const char *name, const void *bytes, size_t n)
{
    sw_auto(free) char *path = path_in(h, name);
    FILE *f = fopen(path, "we");
    bool good = f && fwrite(bytes, 1, n, f) == n;
    return f && fclose(f) == 0 && good;
}

// ---- making it ----

static int
call_worker(const here *h, const json_t *run)
{
    const sw_options *o = &h->in->options;
    sw_auto(free) char *text = sw_json_text(run, false);
    if (!write_file(h, "run.json", text, strlen(text)))
        return sw_error_about(SW_E_SYSTEM)->exit_code;
    sw_auto(free) char *models = o->models ? sw_absolute_path(o->models) : sw_strdup("");
    sw_auto(free) char *data = o->data ? sw_absolute_path(o->data) : sw_strdup("");
    const char *argv[] = {h->worker, "single", models, data, h->scratch, NULL};
    return sw_process_run(&(sw_process_settings){.argv = argv});
}

// The upload of a model that is not here: from the server, into a file. 0, or the exit code.
static int
fetch_source(const here *h, json_t *run)
{
    const char *model = json_string_value(json_object_get(run, "model"));
    const char *version = json_string_value(json_object_get(run, "version"));
    sw_auto(free) char *named = sw_client_model_path(model ? model : "");
    sw_auto(free) char *escaped = sw_client_escape(version ? version : "");
    sw_auto(free) char *about = sw_format("%s%s%s", named, version ? "?version=" : "", escaped);
    sw_auto(free) char *source =
        sw_format("%s/source%s%s", named, version ? "?version=" : "", escaped);
    sw_response model_response = sw_client_request(&h->in->client, "GET", about, NULL, NULL);
    int code = sw_client_check(&h->in->client, &model_response);
    const char *file = json_string_value(json_object_get(model_response.json, "file"));
    sw_response r = {0};
    if (!code) {
        r = sw_client_request(&h->in->client, "GET", source, NULL, NULL);
        code = sw_client_check(&h->in->client, &r);
    }
    if (!code && !write_file(h, "upload", r.body, r.n))
        code = sw_error_about(SW_E_SYSTEM)->exit_code;
    if (!code) {
        sw_auto(free) char *path = path_in(h, "upload");
        json_object_set_new(run, "source",
                            json_pack("{ss ss}", "file", file ? file : "", "path", path));
    }
    sw_response_fini(&model_response);
    sw_response_fini(&r);
    return code;
}

// What the run gave; NULL with an exit code.
static json_t *
make(const here *h, json_t *run, int *code)
{
    *code = call_worker(h, run);
    if (*code == NOT_THERE && !json_object_get(run, "source")) {
        *code = fetch_source(h, run);
        if (!*code)
            *code = call_worker(h, run);
    }
    if (*code == NOT_THERE)
        fputs("sweep: the worker's program here does not have this version of the model\n", stderr);
    if (*code > 128) {
        fprintf(stderr, "sweep: the run ended by signal %d (%s)\n", *code - 128,
                strsignal(*code - 128));
        *code = sw_error_about(SW_E_INTERNAL)->exit_code;
    }
    if (*code)
        return NULL;
    sw_auto(free) char *path = path_in(h, "result.json");
    json_t *result = json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL);
    *code = result ? 0 : sw_error_about(SW_E_SYSTEM)->exit_code;
    return result;
}

// ---- what is to be made ----

// The JSON within the quotes of "sweep run '…'".
static char *
unquoted(const char *command)
{
    const char *from = strchr(command, '\''), *to = strrchr(command, '\'');
    char *text = sw_strdup(from && to > from ? from + 1 : ""), *at = text;
    for (const char *c = text; from && c < text + (to - from - 1);) {
        bool quote = strncmp(c, "'\\''", 4) == 0;
        *at++ = *c;
        c += quote ? 4 : 1;
    }
    *at = 0;
    return text;
}

// Run RUN of study ID as it is stored.
static json_t *
stored_run(const sw_invocation *in, int *code)
{
    sw_auto(free) char *id = sw_client_escape(in->words[0]);
    sw_auto(free) char *run = sw_client_escape(in->words[1]);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%s/runs/%s", id, run);
    sw_response r = sw_client_request(&in->client, "GET", path, NULL, NULL);
    *code = sw_client_check(&in->client, &r);
    json_t *stored = *code ? NULL : json_loadb(r.body, r.n, JSON_DECODE_INT_AS_REAL, NULL);
    sw_response_fini(&r);
    return stored;
}

static json_t *
asked_run(const sw_invocation *in, const json_t *stored)
{
    const char *command = json_string_value(json_object_get(stored, "reproduce"));
    if (stored && !command) {
        fputs("sweep: this run was rejected by the study's constraints, never started\n", stderr);
        return NULL;
    }
    sw_auto(free) char *text = stored                 ? unquoted(command)
                               : *in->words[0] == '{' ? sw_strdup(in->words[0])
                                                      : sw_read_document(in->words[0]);
    json_error_t error;
    json_t *run = text ? json_loads(text, 0, &error) : NULL;
    if (text && !json_is_object(run))
        fprintf(stderr, "sweep: what is to be run must be a JSON object: %s\n",
                run ? "" : error.text);
    return run;
}

// Bit for bit: numbers are written so that they read back the same.
static bool
same_member(const json_t *a, const json_t *b, const char *name)
{
    sw_auto(free) char *left = sw_json_text(json_object_get(a, name), true);
    sw_auto(free) char *right = sw_json_text(json_object_get(b, name), true);
    return strcmp(left, right) == 0;
}

static int
compare(const json_t *stored, const json_t *result)
{
    bool same = same_member(stored, result, "state") && same_member(stored, result, "outputs");
    fputs(same ? "the same as stored, bit for bit\n" : "NOT the same as stored\n", stderr);
    return same ? 0 : 1;
}

int
sw_command_run(const sw_invocation *in)
{
    int code = 0;
    sw_auto(json) json_t *stored = in->n_words == 2 ? stored_run(in, &code) : NULL;
    if (code)
        return code;
    sw_auto(json) json_t *run = asked_run(in, stored);
    if (!json_is_object(run))
        return sw_error_about(SW_E_USAGE)->exit_code;
    here h;
    if (!begin(&h, in))
        return sw_error_about(SW_E_SYSTEM)->exit_code;
    sw_auto(json) json_t *result = make(&h, run, &code);
    end(&h);
    if (!result)
        return code;
    sw_auto(free) char *text = sw_json_text(result, false);
    puts(text);
    fflush(stdout);
    return stored ? compare(stored, result) : 0;
}
