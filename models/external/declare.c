// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "models/external/declare.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARAMETERS = 1000, MOST_OUTPUTS = 1000, MOST_CHOICES = 10000 };

static const sw_external_field parameter_fields[] = {
    {"name", "string", true}, {"kind", "string", false},   {"unit", "string", false},
    {"doc", "string", false}, {"min", "number", false},    {"max", "number", false},
    {"default", "any", true}, {"choices", "array", false}, {NULL, NULL, false}};

static const sw_external_field output_fields[] = {
    {"name", "string", true},         {"kind", "string", false},
    {"unit", "string", false},        {"doc", "string", false},
    {"on_request", "boolean", false}, {"media_type", "string", false},
    {"pick", "object", false},        {NULL, NULL, false}};

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

bool
sw_external_is_plain_name(const char *name)
{
    size_t n = strlen(name);
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
            return false;
    return n >= 1 && n <= 100 && name[0] != '.';
}

bool
sw_external_is_plain_path(const char *path)
{
    if (strlen(path) > 200)
        return false;
    for (const char *part = path;; part++) {
        size_t n = strcspn(part, "/");
        if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && strncmp(part, "..", 2) == 0))
            return false;
        part += n;
        if (!*part)
            return true;
    }
}

// Parameter names may be any short text that a placeholder can hold.
static bool
is_parameter_name(const char *name)
{
    size_t n = strlen(name);
    for (const char *c = name; *c; c++)
        if (iscntrl((unsigned char)*c) || strchr("{} =\"\\", *c))
            return false;
    return n >= 1 && n <= 100;
}

// ---- parameters ----

static char *
variable_of(const char *name)
{
    char *text;
    if (asprintf(&text, "SWEEP_%s", name) < 0)
        abort();
    for (char *c = text; *c; c++)
        *c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
    return text;
}

static void
check_name(const sw_manifest *m, size_t j, const char *at, sw_external_faults *f)
{
    static const char *const reserved[] = {"run", "seed", "dir", "scratch"};
    const char *name = m->parameters[j].name;
    if (!is_parameter_name(name))
        sw_external_fault(f, at, "name must have 1 to 100 bytes, none of { } = \" \\ or blank");
    for (size_t r = 0; r < 4; r++)
        if (strcasecmp(name, reserved[r]) == 0)
            sw_external_fault(f, at, "name \"%s\" is taken", name);
    for (size_t l = 0; l < j; l++)
        if (strcmp(m->parameters[l].name, name) == 0)
            sw_external_fault(f, at, "name \"%s\" stands twice", name);
        else if (!m->jsonl && strcmp(m->variables[l], m->variables[j]) == 0)
            sw_external_fault(f, at, "\"%s\" and \"%s\" would both be %s", name,
                              m->parameters[l].name, m->variables[j]);
}

static void
read_number(const json_t *json, sw_parameter *p, const char *at, sw_external_faults *f)
{
    const json_t *value = json_object_get(json, "default");
    bool boolean = p->kind == SW_BOOLEAN;
    p->min = sw_external_number(json, "min", boolean ? 0 : -INFINITY);
    p->max = sw_external_number(json, "max", boolean ? 1 : INFINITY);
    p->value = boolean ? json_is_true(value) : sw_external_number(json, "default", 0);
    if (value && !(boolean ? json_is_boolean(value) : json_is_number(value)))
        sw_external_fault(f, at, "default must be a %s", boolean ? "boolean" : "number");
    if (boolean && (json_object_get(json, "min") || json_object_get(json, "max")))
        sw_external_fault(f, at, "a boolean has no min and max");
    else if (!(p->min < p->max))
        sw_external_fault(f, at, "min must be below max");
    else if (!(p->min <= p->value && p->value <= p->max))
        sw_external_fault(f, at, "default is not within min and max");
    if (p->kind == SW_INTEGER && p->value != floor(p->value))
        sw_external_fault(f, at, "default must be a whole number");
    if (json_object_get(json, "choices"))
        sw_external_fault(f, at, "choices belong to kind \"text\" only");
}

static void
read_text(const json_t *json, sw_parameter *p, const char *at, sw_external_faults *f)
{
    const json_t *choices = json_object_get(json, "choices");
    size_t n = json_array_size(choices);
    bool found = !choices;
    p->text = sw_external_string(json, "default", "");
    if (json_object_get(json, "default") && !json_is_string(json_object_get(json, "default")))
        sw_external_fault(f, at, "default must be a string");
    if (json_object_get(json, "min") || json_object_get(json, "max"))
        sw_external_fault(f, at, "a text has no min and max");
    if (!choices)
        return;
    if (n == 0 || n > MOST_CHOICES) {
        sw_external_fault(f, at, "choices must have 1 to %d elements", MOST_CHOICES);
        return;
    }
    const char **texts = zeroed(n, sizeof *texts);
    for (size_t c = 0; c < n; c++) {
        const char *text = json_string_value(json_array_get(choices, c));
        if (!text)
            sw_external_fault(f, at, "choice %zu must be a string", c);
        texts[c] = text ? text : "";
        found = found || strcmp(texts[c], p->text) == 0;
    }
    p->choices = texts;
    if (!found)
        sw_external_fault(f, at, "default is none of the choices");
}

static void
read_parameter(sw_manifest *m, size_t j, const json_t *json, sw_external_faults *f)
{
    static const char *const kinds[] = {"number", "integer", "boolean", "text", NULL};
    char at[40];
    sw_parameter *p = &m->parameters[j];
    snprintf(at, sizeof at, "/parameters/%zu", j);
    sw_external_check(json, at, parameter_fields, f);
    p->name = sw_external_string(json, "name", "");
    p->unit = sw_external_string(json, "unit", "");
    p->doc = sw_external_string(json, "doc", p->name);
    p->kind = (sw_kind)sw_external_choice(json, at, "kind", kinds, f);
    m->variables[j] = variable_of(p->name);
    if (!json_is_object(json))
        return;
    check_name(m, j, at, f);
    if (p->kind == SW_TEXT)
        read_text(json, p, at, f);
    else
        read_number(json, p, at, f);
}

void
sw_external_declare_parameters(sw_manifest *m, sw_external_faults *f)
{
    const json_t *parameters = json_object_get(m->root, "parameters");
    size_t n = json_array_size(parameters);
    if (n > MOST_PARAMETERS) {
        sw_external_fault(f, "/parameters", "must have at most %d elements", MOST_PARAMETERS);
        return;
    }
    m->parameters = zeroed(n, sizeof *m->parameters);
    m->variables = zeroed(n, sizeof *m->variables);
    m->model.parameters = m->parameters;
    for (size_t j = 0; j < n; j++) {
        m->model.n_parameters = j + 1;
        read_parameter(m, j, json_array_get(parameters, j), f);
    }
}

long
sw_manifest_parameter(const sw_manifest *m, const char *name, size_t n)
{
    for (size_t j = 0; j < m->model.n_parameters; j++)
        if (strncmp(m->parameters[j].name, name, n) == 0 && m->parameters[j].name[n] == '\0')
            return (long)j;
    return -1;
}

// ---- outputs ----

static void
check_pick(const sw_manifest *m, size_t k, const json_t *pick, const char *at,
           sw_external_faults *f)
{
    const sw_external_pick *p = &m->picks[k];
    sw_output_kind kind = m->outputs[k].kind;
    if (m->jsonl && pick)
        sw_external_fault(f, at, "belongs to mode \"process\" only");
    else if (!m->jsonl && !pick)
        sw_external_fault(f, at, "is required in mode \"process\"");
    else if (pick && p->file && !sw_external_is_plain_path(p->file))
        sw_external_fault(f, at, "from must be \"stdout\" or a path within the run's folder");
    else if (pick && p->kind == SW_PICK_WHOLE && kind == SW_SERIES)
        sw_external_fault(f, at, "a series needs json, regex or csv");
    else if (pick && p->kind != SW_PICK_WHOLE && kind == SW_ARTIFACT)
        sw_external_fault(f, at, "an artifact is a whole file");
}

static void
read_output(sw_manifest *m, size_t k, const json_t *json, sw_external_faults *f)
{
    static const char *const kinds[] = {"scalar", "series", "text", "artifact", NULL};
    char at[40];
    sw_output *o = &m->outputs[k];
    snprintf(at, sizeof at, "/outputs/%zu", k);
    sw_external_check(json, at, output_fields, f);
    o->name = sw_external_string(json, "name", "");
    o->unit = sw_external_string(json, "unit", "");
    o->doc = sw_external_string(json, "doc", o->name);
    o->kind = (sw_output_kind)sw_external_choice(json, at, "kind", kinds, f);
    o->on_request = sw_external_flag(json, "on_request");
    m->picks[k].media_type = sw_external_string(json, "media_type", "application/octet-stream");
    if (!json_is_object(json))
        return;
    if (!is_parameter_name(o->name) || o->name[0] == '_')
        sw_external_fault(f, at,
                          "name must have 1 to 100 bytes, not begin with _, and have none "
                          "of { } = \" \\ or blank");
    for (size_t l = 0; l < k; l++)
        if (strcmp(m->outputs[l].name, o->name) == 0)
            sw_external_fault(f, at, "name \"%s\" stands twice", o->name);
    const json_t *pick = json_object_get(json, "pick");
    snprintf(at, sizeof at, "/outputs/%zu/pick", k);
    if (json_is_object(pick))
        sw_pick_read(pick, at, &m->picks[k], f);
    check_pick(m, k, pick, at, f);
}

void
sw_external_declare_outputs(sw_manifest *m, sw_external_faults *f)
{
    static const sw_output measured[] = {
        {.name = "_cpu_ms",
         .unit = "ms",
         .doc = "Processor time of the run's process, user and system.",
         .on_request = true},
        {.name = "_max_rss_kb",
         .unit = "kB",
         .doc = "Largest resident memory of the run's process.",
         .on_request = true},
    };
    const json_t *outputs = json_object_get(m->root, "outputs");
    size_t n = json_array_size(outputs);
    if (json_is_array(outputs) && (n == 0 || n > MOST_OUTPUTS)) {
        sw_external_fault(f, "/outputs", "must have 1 to %d elements, has %zu", MOST_OUTPUTS, n);
        return;
    }
    m->outputs = zeroed(n + 2, sizeof *m->outputs);
    m->picks = zeroed(n, sizeof *m->picks);
    m->n_declared = n;
    for (size_t k = 0; k < n; k++)
        read_output(m, k, json_array_get(outputs, k), f);
    m->outputs[n] = measured[0];
    m->outputs[n + 1] = measured[1];
    m->model.outputs = m->outputs;
    m->model.n_outputs = n + 2;
}

void
sw_external_undeclare(sw_manifest *m)
{
    for (size_t j = 0; j < m->model.n_parameters; j++) {
        free(m->variables[j]);
        free((void *)m->parameters[j].choices);
    }
    for (size_t k = 0; k < m->n_declared; k++)
        sw_pick_fini(&m->picks[k]);
    free(m->parameters);
    free(m->variables);
    free(m->outputs);
    free(m->picks);
}
