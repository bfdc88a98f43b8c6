// SPDX-License-Identifier: Apache-2.0
// Reading the file, and names for what a server only gives sizes of.
#include "models/umbridge/source.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

// A vector with more numbers than this is a series instead of as many outputs.
enum { SCALARS_MAX = 64, NAME_MAX_BYTES = 200 };

#define LOAD_SECONDS 20.0

// ---- small things ----

static void *
own(void *p)
{
    if (!p)
        abort();
    return p;
}

__attribute__((format(printf, 2, 3))) static const char *
keep(sw_umbridge *u, const char *format, ...)
{
    char text[60];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    u->texts = own(realloc(u->texts, (u->n_texts + 1) * sizeof *u->texts));
    return u->texts[u->n_texts++] = own(strdup(text));
}

static const char *
text_of(const json_t *object, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : otherwise;
}

// FNV-1a: a change of the file is another version.
static void
set_version(sw_umbridge *u, const sw_source *source)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < source->n; i++)
        h = (h ^ ((const unsigned char *)source->bytes)[i]) * UINT64_C(1099511628211);
    snprintf(u->version, sizeof u->version, "1.0-%016llx", (unsigned long long)h);
}

// ---- checking the file ----

static const struct {
    const char *key;
    json_type type;
    bool required;
} members[] = {
    {"url", JSON_STRING, true},     {"model", JSON_STRING, false},
    {"doc", JSON_STRING, false},    {"config", JSON_OBJECT, false},
    {"seed", JSON_STRING, false},   {"parameters", JSON_ARRAY, false},
    {"outputs", JSON_ARRAY, false},
};

static size_t
member_of(const char *key)
{
    size_t k = 0;
    while (k < sizeof members / sizeof *members && strcmp(members[k].key, key) != 0)
        k++;
    return k;
}

static bool
check_members(const json_t *file, sw_source_error *error)
{
    const size_t n = sizeof members / sizeof *members;
    const char *key;
    json_t *value;
    for (size_t k = 0; k < n; k++) {
        if (members[k].required && !json_object_get(file, members[k].key)) {
            snprintf(error->message, sizeof error->message, "the member \"%s\" is required",
                     members[k].key);
            return false;
        }
    }
    json_object_foreach ((json_t *)file, key, value) {
        size_t k = member_of(key);
        if (k == n || json_typeof(value) != members[k].type) {
            snprintf(error->message, sizeof error->message,
                     k == n ? "the member \"%.60s\" is not known"
                            : "the member \"%.60s\" has the wrong type",
                     key);
            return false;
        }
    }
    return true;
}

static bool
is_name(const char *name)
{
    return name && *name && strlen(name) <= NAME_MAX_BYTES;
}

// Each a name, or an object with one. `at` is "parameters" or "outputs".
static bool
check_list(const json_t *file, const char *at, sw_source_error *error)
{
    const json_t *list = json_object_get(file, at);
    size_t n = json_array_size(list);
    bool good = !list || (n > 0 && n <= SW_UMBRIDGE_NUMBERS_MAX);
    for (size_t i = 0; good && i < n; i++) {
        const json_t *item = json_array_get(list, i);
        const char *name =
            json_is_string(item) ? json_string_value(item) : text_of(item, "name", "");
        good = is_name(name);
        for (size_t k = 0; good && k < i; k++) {
            const json_t *other = json_array_get(list, k);
            good = strcmp(name, json_is_string(other) ? json_string_value(other)
                                                      : text_of(other, "name", "")) != 0;
        }
    }
    if (!good)
        snprintf(error->message, sizeof error->message,
                 "\"%s\" must be a list of 1 to %d different names, or of objects with a name", at,
                 SW_UMBRIDGE_NUMBERS_MAX);
    return good;
}

// ---- parameters and outputs as the file says them ----

static double
number_of(const json_t *object, const char *key, double otherwise)
{
    const json_t *v = json_object_get(object, key);
    return json_is_number(v) ? json_number_value(v) : otherwise;
}

static bool
stated_parameters(sw_umbridge *u, sw_source_error *error)
{
    const json_t *list = json_object_get(u->file, "parameters");
    size_t n = json_array_size(list);
    u->parameters = own(calloc(n, sizeof *u->parameters));
    for (size_t j = 0; j < n; j++) {
        const json_t *item = json_array_get(list, j);
        sw_parameter *p = &u->parameters[j];
        *p = (sw_parameter){
            .name = json_is_string(item) ? json_string_value(item) : text_of(item, "name", ""),
            .unit = text_of(item, "unit", ""),
            .doc = text_of(item, "doc", ""),
            .min = number_of(item, "min", -INFINITY),
            .max = number_of(item, "max", INFINITY),
        };
        p->value = number_of(item, "default", fmin(fmax(0, p->min), p->max));
        if (p->min <= p->value && p->value <= p->max)
            continue;
        snprintf(error->message, sizeof error->message,
                 "parameter \"%.60s\": min, default and max must be in this order", p->name);
        return false;
    }
    u->model.n_parameters = n;
    return true;
}

static void
stated_outputs(sw_umbridge *u)
{
    const json_t *list = json_object_get(u->file, "outputs");
    size_t n = json_array_size(list);
    u->outputs = own(calloc(n, sizeof *u->outputs));
    for (size_t k = 0; k < n; k++) {
        const json_t *item = json_array_get(list, k);
        u->outputs[k] = (sw_output){
            .name = json_is_string(item) ? json_string_value(item) : text_of(item, "name", ""),
            .unit = text_of(item, "unit", ""),
            .doc = text_of(item, "doc", ""),
            .kind = strcmp(text_of(item, "kind", "scalar"), "series") == 0 ? SW_SERIES : SW_SCALAR,
        };
    }
    u->model.n_outputs = n;
}

// ---- as the server says them ----

json_t *
sw_umbridge_question(const sw_umbridge *u)
{
    return json_pack("{ss sO}", "name", u->remote, "config", u->config);
}

bool
sw_umbridge_ask_sizes(const sw_umbridge *u, sw_umbridge_http *http, bool input,
                      sw_umbridge_sizes *sizes, char *error, size_t size)
{
    json_t *question = sw_umbridge_question(u), *answer;
    sw_umbridge_answer how = sw_umbridge_ask(http, input ? "InputSizes" : "OutputSizes", question,
                                             LOAD_SECONDS, NULL, &answer, error, size);
    json_decref(question);
    if (how != SW_UMBRIDGE_OK)
        return false;
    const json_t *list = json_object_get(answer, input ? "inputSizes" : "outputSizes");
    size_t n = json_array_size(list), total = 0;
    bool good = n > 0 && n <= SW_UMBRIDGE_VECTORS_MAX;
    for (size_t v = 0; good && v < n; v++) {
        json_int_t one = json_integer_value(json_array_get(list, v));
        good = one > 0 && one <= 1000000;
        sizes->size[v] = (size_t)one;
        total += (size_t)one;
    }
    sizes->n = n;
    good = good && (!input || total <= SW_UMBRIDGE_NUMBERS_MAX);
    if (!good)
        snprintf(error, size, "the server's %s are not 1 to %d positive numbers%s",
                 input ? "inputSizes" : "outputSizes", SW_UMBRIDGE_VECTORS_MAX,
                 input ? " of at most 4096 in all" : "");
    json_decref(answer);
    return good;
}

static void
named_parameters(sw_umbridge *u, const sw_umbridge_sizes *sizes)
{
    u->parameters = own(calloc(SW_UMBRIDGE_NUMBERS_MAX, sizeof *u->parameters));
    size_t n = 0;
    for (size_t v = 0; v < sizes->n; v++) {
        for (size_t c = 0; c < sizes->size[v]; c++)
            u->parameters[n++] = (sw_parameter){
                .name = sizes->n == 1 ? keep(u, "x%zu", c + 1) : keep(u, "x%zu_%zu", v + 1, c + 1),
                .unit = "",
                .doc = keep(u, "Number %zu of input vector %zu.", c + 1, v + 1),
                .min = -INFINITY,
                .max = INFINITY};
    }
    u->model.n_parameters = n;
}

static void
add_output(sw_umbridge *u, const char *name, sw_output_kind kind)
{
    size_t n = u->model.n_outputs++;
    u->outputs = own(realloc(u->outputs, (n + 1) * sizeof *u->outputs));
    u->outputs[n] = (sw_output){.name = name, .unit = "", .doc = "", .kind = kind};
}

static void
named_outputs(sw_umbridge *u, const sw_umbridge_sizes *sizes)
{
    bool single = sizes->n == 1;
    for (size_t v = 0; v < sizes->n; v++) {
        bool series = sizes->size[v] > SCALARS_MAX ||
                      u->model.n_outputs + sizes->size[v] + sizes->n > SW_UMBRIDGE_NUMBERS_MAX;
        if (series || (single && sizes->size[v] == 1)) {
            add_output(u, single ? keep(u, "y") : keep(u, "y%zu", v + 1),
                       series ? SW_SERIES : SW_SCALAR);
            continue;
        }
        for (size_t c = 0; c < sizes->size[v]; c++)
            add_output(u, single ? keep(u, "y%zu", c + 1) : keep(u, "y%zu_%zu", v + 1, c + 1),
                       SW_SCALAR);
    }
}

// The protocol's version, and the model's name if the server has only one.
static bool
ask_info(sw_umbridge *u, sw_umbridge_http *http, char *error, size_t size)
{
    json_t *info;
    if (sw_umbridge_ask(http, "Info", NULL, LOAD_SECONDS, NULL, &info, error, size) !=
        SW_UMBRIDGE_OK)
        return false;
    double version = number_of(info, "protocolVersion", 0);
    const json_t *models = json_object_get(info, "models");
    bool good = floor(version) == 1;
    if (!good)
        snprintf(error, size, "the server does not say that it speaks UM-Bridge's protocol 1.0");
    const char *only = json_string_value(json_array_get(models, 0));
    if (good && !u->remote && only && json_array_size(models) == 1)
        u->remote = own(strdup(only));
    if (good && !u->remote) {
        snprintf(error, size, "the server has %zu models; name one in \"model\"",
                 json_array_size(models));
        good = false;
    }
    json_decref(info);
    return good;
}

// Asks for what the file does not say.
static bool
complete(sw_umbridge *u, sw_umbridge_http *http, char *error, size_t size)
{
    sw_umbridge_sizes sizes;
    if (u->remote && u->parameters && u->outputs)
        return true;
    if (!ask_info(u, http, error, size))
        return false;
    if (!u->parameters) {
        if (!sw_umbridge_ask_sizes(u, http, true, &sizes, error, size))
            return false;
        named_parameters(u, &sizes);
    }
    if (!u->outputs) {
        if (!sw_umbridge_ask_sizes(u, http, false, &sizes, error, size))
            return false;
        named_outputs(u, &sizes);
    }
    return true;
}

// ---- the whole ----

static bool
read_members(sw_umbridge *u, sw_source_error *error)
{
    const char *remote = text_of(u->file, "model", NULL), *seed = text_of(u->file, "seed", NULL);
    u->url = own(strdup(text_of(u->file, "url", "")));
    u->remote = remote ? own(strdup(remote)) : NULL;
    u->seed = seed ? own(strdup(seed)) : NULL;
    u->doc = own(strdup(text_of(u->file, "doc", "A model of a UM-Bridge server.")));
    json_t *config = json_object_get(u->file, "config");
    u->config = config ? json_incref(config) : json_object();
    if (!check_list(u->file, "parameters", error) || !check_list(u->file, "outputs", error))
        return false;
    if (json_object_get(u->file, "outputs"))
        stated_outputs(u);
    return !json_object_get(u->file, "parameters") || stated_parameters(u, error);
}

static bool
parse(sw_umbridge *u, const sw_source *source, sw_source_error *error)
{
    json_error_t e;
    u->file = json_loadb(source->bytes, source->n, JSON_REJECT_DUPLICATES, &e);
    if (json_is_object(u->file))
        return check_members(u->file, error);
    error->line = u->file || e.line < 0 ? 0 : (size_t)e.line;
    error->column = u->file || e.column < 0 ? 0 : (size_t)e.column;
    snprintf(error->message, sizeof error->message, "not a JSON object: %s",
             u->file ? "another value" : e.text);
    return false;
}

sw_umbridge *
sw_umbridge_read(const sw_source *source, sw_source_error *error)
{
    sw_umbridge *u = own(calloc(1, sizeof *u));
    sw_umbridge_http *http = NULL;
    bool good = parse(u, source, error) && read_members(u, error);
    if (good)
        http = sw_umbridge_http_open(u->url, error->message, sizeof error->message);
    good = http && complete(u, http, error->message, sizeof error->message);
    sw_umbridge_http_close(&http);
    if (!good) {
        sw_umbridge_drop(u);
        return NULL;
    }
    set_version(u, source);
    u->name = own(strdup(source->name));
    u->model.name = u->name;
    u->model.version = u->version;
    u->model.doc = u->doc;
    u->model.parameters = u->parameters;
    u->model.outputs = u->outputs;
    u->model.self = u;
    return u;
}

void
sw_umbridge_drop(sw_umbridge *u)
{
    for (size_t i = 0; i < u->n_texts; i++)
        free(u->texts[i]);
    char *texts[] = {u->name, u->url, u->remote, u->doc, u->seed};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(u->texts);
    free(u->parameters);
    free(u->outputs);
    json_decref(u->config);
    json_decref(u->file);
    free(u);
}
