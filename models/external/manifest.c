// SPDX-License-Identifier: Apache-2.0
// Reading a manifest: one function a part, each reporting its faults and going on, so that an
// author sees all of them at once.
#include "models/external/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/external/bytes.h"
#include "models/external/declare.h"

enum { MOST_FILES = 64, MOST_ARGUMENTS = 256, MOST_TEMPLATE_BYTES = 1 << 20 };

static const sw_external_field manifest_fields[] = {
    {"name", "string", true},    {"version", "string", true},   {"doc", "string", false},
    {"mode", "string", true},    {"command", "array", true},    {"parameters", "array", true},
    {"outputs", "array", true},  {"files", "array", false},     {"environment", "object", false},
    {"limits", "object", false}, {"network", "boolean", false}, {NULL, NULL, false}};

static const sw_external_field file_fields[] = {{"name", "string", true},
                                                {"content", "any", false},
                                                {"template", "string", false},
                                                {NULL, NULL, false}};

static const sw_external_field limit_fields[] = {{"run_seconds", "number", false},
                                                 {"memory_mb", "number", false},
                                                 {"output_mb", "number", false},
                                                 {NULL, NULL, false}};

static void *
zeroed(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);
    if (!p) {
        fputs("external: no memory for a manifest\n", stderr);
        abort();
    }
    return p;
}

// ---- parts ----

static void
read_command(sw_manifest *m, sw_external_faults *f)
{
    const json_t *command = json_object_get(m->root, "command");
    size_t n = json_array_size(command);
    if (json_is_array(command) && (n == 0 || n > MOST_ARGUMENTS)) {
        sw_external_fault(f, "/command", "must have 1 to %d elements, has %zu", MOST_ARGUMENTS, n);
        return;
    }
    m->command = zeroed(n, sizeof *m->command);
    m->n_command = n;
    for (size_t a = 0; a < n; a++) {
        const char *text = json_string_value(json_array_get(command, a));
        m->command[a] = text ? text : "";
        if (!text || (a == 0 && !*text)) {
            char at[40];
            snprintf(at, sizeof at, "/command/%zu", a);
            sw_external_fault(f, at, "must be a%s string", a ? "" : " non-empty");
        }
    }
}

// A template file beside the manifest, whole.
static char *
read_template(const sw_manifest *m, const char *name, const char *at, sw_external_faults *f)
{
    char path[4096];
    char *text = zeroed(MOST_TEMPLATE_BYTES, 1);
    if (!sw_external_is_plain_path(name) || !m->dir)
        sw_external_fault(f, at, "must be a path within the manifest's folder");
    snprintf(path, sizeof path, "%s/%s", m->dir ? m->dir : "", name);
    FILE *file = m->dir && sw_external_is_plain_path(name) ? fopen(path, "re") : NULL;
    size_t n = file ? fread(text, 1, MOST_TEMPLATE_BYTES, file) : 0;
    if (!file)
        sw_external_fault(f, at, "cannot read %.200s", name);
    else if (n == MOST_TEMPLATE_BYTES || strlen(text) != n)
        sw_external_fault(f, at, "must be a text of less than %d bytes", MOST_TEMPLATE_BYTES);
    if (file)
        fclose(file);
    return text;
}

// A text, or an array of lines.
static char *
read_content(const json_t *content, const char *at, sw_external_faults *f)
{
    sw_external_bytes text = {0};
    sw_external_append_text(&text, json_is_string(content) ? json_string_value(content) : "");
    if (!json_is_string(content) && !json_is_array(content))
        sw_external_fault(f, at, "needs a content (text or array of lines) or a template");
    for (size_t l = 0; l < json_array_size(content); l++) {
        const char *line = json_string_value(json_array_get(content, l));
        if (!line)
            sw_external_fault(f, at, "line %zu of content must be a string", l + 1);
        sw_external_append_text(&text, line ? line : "");
        sw_external_append_text(&text, "\n");
    }
    return text.at;
}

static void
read_file(sw_manifest *m, size_t i, const json_t *json, sw_external_faults *f)
{
    char at[40];
    snprintf(at, sizeof at, "/files/%zu", i);
    if (!sw_external_check(json, at, file_fields, f))
        return;
    const char *template = sw_external_string(json, "template", NULL);
    m->files[i].name = sw_external_string(json, "name", "");
    if (!sw_external_is_plain_path(m->files[i].name))
        sw_external_fault(f, at, "name must be a path within the run's folder");
    m->files[i].content = template ? read_template(m, template, at, f)
                                   : read_content(json_object_get(json, "content"), at, f);
    if (template && json_object_get(json, "content"))
        sw_external_fault(f, at, "has both a content and a template");
}

static void
read_files(sw_manifest *m, sw_external_faults *f)
{
    const json_t *files = json_object_get(m->root, "files");
    size_t n = json_array_size(files);
    if (n > MOST_FILES) {
        sw_external_fault(f, "/files", "must have at most %d elements", MOST_FILES);
        return;
    }
    m->files = zeroed(n, sizeof *m->files);
    m->n_files = n;
    for (size_t i = 0; i < n; i++)
        read_file(m, i, json_array_get(files, i), f);
}

static void
read_environment(sw_manifest *m, sw_external_faults *f)
{
    const json_t *environment = json_object_get(m->root, "environment");
    const char *name;
    json_t *value;
    m->environment = zeroed(json_object_size(environment), sizeof *m->environment);
    json_object_foreach ((json_t *)environment, name, value) {
        char at[200];
        snprintf(at, sizeof at, "/environment/%.100s", name);
        if (!*name || strchr(name, '='))
            sw_external_fault(f, at, "is no name of an environment variable");
        if (!json_is_string(value))
            sw_external_fault(f, at, "must be of type string");
        m->environment[m->n_environment++] =
            (sw_external_variable){name, json_is_string(value) ? json_string_value(value) : ""};
    }
}

// A positive limit, in the manifest's unit; 0 when absent.
static double
read_limit(const json_t *limits, const char *key, double most, sw_external_faults *f)
{
    char at[64];
    double value = sw_external_number(limits, key, 0);
    snprintf(at, sizeof at, "/limits/%s", key);
    if (json_object_get(limits, key) && !(value > 0 && value <= most))
        sw_external_fault(f, at, "must be above 0 and at most %g", most);
    return value > 0 && value <= most ? value : 0;
}

static void
read_limits(sw_manifest *m, sw_external_faults *f)
{
    const json_t *limits = json_object_get(m->root, "limits");
    if (limits)
        sw_external_check(limits, "/limits", limit_fields, f);
    double output = read_limit(limits, "output_mb", 256, f);
    m->run_seconds = read_limit(limits, "run_seconds", 1e7, f);
    m->memory_bytes = (size_t)(read_limit(limits, "memory_mb", 1e7, f) * 1024 * 1024);
    m->output_bytes = (size_t)((output > 0 ? output : 16) * 1024 * 1024);
}

// What a co-process cannot have, since it is started once for many runs.
static void
check_mode(const sw_manifest *m, sw_external_faults *f)
{
    static const char *const only_process[] = {"files", "environment"};
    for (size_t k = 0; m->jsonl && k < 2; k++)
        if (json_object_get(m->root, only_process[k])) {
            char at[40];
            snprintf(at, sizeof at, "/%s", only_process[k]);
            sw_external_fault(f, at, "belongs to mode \"process\" only");
        }
}

// ---- the whole ----

// 64-bit FNV-1a: two manifests that differ are two versions even if their author forgot.
static uint64_t
fingerprint(const unsigned char *bytes, size_t n)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void
read_identity(sw_manifest *m, const sw_source *source, sw_external_faults *f)
{
    const char *name = sw_external_string(m->root, "name", "");
    const char *version = sw_external_string(m->root, "version", "");
    if (json_object_get(m->root, "name") && !sw_external_is_plain_name(name))
        sw_external_fault(f, "/name", "must be 1 to 100 letters, digits and -_.");
    if (json_object_get(m->root, "version") && (!*version || strlen(version) > 64))
        sw_external_fault(f, "/version", "must be 1 to 64 bytes long");
    bool named = source->name && *source->name;
    if (asprintf(&m->name, "%s%.100s", named ? "" : "external/", named ? source->name : name) < 0 ||
        asprintf(&m->version, "%.64s+%016" PRIx64, version, fingerprint(source->bytes, source->n)) <
            0)
        abort();
    m->dir = source->dir ? realpath(source->dir, NULL) : NULL;
    m->model = (sw_model){.name = m->name,
                          .version = m->version,
                          .doc = sw_external_string(m->root, "doc", name),
                          .self = m};
}

static void
read_all(sw_manifest *m, const sw_source *source, sw_external_faults *f)
{
    static const char *const modes[] = {"process", "jsonl", NULL};
    if (!sw_external_check(m->root, "", manifest_fields, f))
        return;
    read_identity(m, source, f);
    m->jsonl = sw_external_choice(m->root, "", "mode", modes, f) == 1;
    m->network = sw_external_flag(m->root, "network");
    read_command(m, f);
    sw_external_declare_parameters(m, f);
    sw_external_declare_outputs(m, f);
    read_files(m, f);
    read_environment(m, f);
    read_limits(m, f);
    check_mode(m, f);
}

sw_manifest *
sw_manifest_read(const sw_source *source, sw_source_error *error)
{
    json_error_t why;
    *error = (sw_source_error){0};
    if (source->n > SW_MANIFEST_MOST_BYTES) {
        snprintf(error->message, sizeof error->message, "the manifest has %zu bytes, at most %d",
                 source->n, SW_MANIFEST_MOST_BYTES);
        return NULL;
    }
    json_t *root = json_loadb(source->bytes, source->n, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        error->line = why.line > 0 ? (size_t)why.line : 0;
        error->column = why.column > 0 ? (size_t)why.column : 0;
        snprintf(error->message, sizeof error->message, "not JSON: %s", why.text);
        return NULL;
    }
    sw_manifest *m = zeroed(1, sizeof *m);
    sw_external_faults f = {.text = error->message, .size = sizeof error->message};
    m->root = root;
    read_all(m, source, &f);
    sw_external_faults_end(&f);
    if (f.n == 0)
        return m;
    sw_manifest_free(m);
    return NULL;
}

void
sw_manifest_free(sw_manifest *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_files; i++)
        free(m->files[i].content);
    sw_external_undeclare(m);
    free(m->files);
    free(m->environment);
    free(m->command);
    free(m->name);
    free(m->version);
    free(m->dir);
    json_decref(m->root);
    free(m);
}
