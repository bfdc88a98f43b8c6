// SPDX-License-Identifier: Apache-2.0
// Makes a model of a NetLogo file: from widgets and monitors to parameters and outputs.
#include "models/netlogo/netlogo.h"

#include "models/netlogo/family.h"
#include "models/netlogo/lines.h"

#include <ctype.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// Changes whenever the engine may give other bits; part of every model's version.
#define ENGINE_VERSION "2"

enum { INCLUDE_MAX = 4 << 20, DOC_MAX = 300 };

static const sw_parameter own[SW_NL_P_OWN] = {
    [SW_NL_P_SETUP] = {.name = "setup",
                       .unit = "",
                       .doc = "Commands that start a run.",
                       .kind = SW_TEXT,
                       .text = "setup"},
    [SW_NL_P_GO] =
        {.name = "go", .unit = "", .doc = "Commands of one step.", .kind = SW_TEXT, .text = "go"},
    [SW_NL_P_TICKS] = {.name = "time-limit",
                       .unit = "",
                       .doc = "How often go runs, unless it stops.",
                       .kind = SW_INTEGER,
                       .max = 1e9,
                       .value = 100},
    [SW_NL_P_STOP_IF] = {.name = "stop-if",
                         .unit = "",
                         .doc = "A reporter that ends the run when it is true after a step.",
                         .kind = SW_TEXT,
                         .text = "false"},
    [SW_NL_P_MEASURE_EVERY] = {.name = "measure-every",
                               .unit = "",
                               .doc = "Outputs that are series are measured after setup and every "
                                      "so many steps.",
                               .kind = SW_INTEGER,
                               .min = 1,
                               .max = 1e9,
                               .value = 1},
    [SW_NL_P_MEASURE_IF] = {.name = "measure-if",
                            .unit = "",
                            .doc = "Series are measured only when this reporter is true.",
                            .kind = SW_TEXT,
                            .text = "true"},
    [SW_NL_P_SEED] = {.name = "random-seed",
                      .unit = "",
                      .doc = "Seeds the random numbers; 0: the run's own seed does.",
                      .kind = SW_INTEGER,
                      .min = -2147483648.0,
                      .max = 2147483647},
    [SW_NL_P_MIN_X] = {.name = "min-pxcor",
                       .unit = "patches",
                       .doc = "The world's left edge.",
                       .kind = SW_INTEGER,
                       .min = -10000},
    [SW_NL_P_MAX_X] = {.name = "max-pxcor",
                       .unit = "patches",
                       .doc = "The world's right edge.",
                       .kind = SW_INTEGER,
                       .max = 10000},
    [SW_NL_P_MIN_Y] = {.name = "min-pycor",
                       .unit = "patches",
                       .doc = "The world's lower edge.",
                       .kind = SW_INTEGER,
                       .min = -10000},
    [SW_NL_P_MAX_Y] = {.name = "max-pycor",
                       .unit = "patches",
                       .doc = "The world's upper edge.",
                       .kind = SW_INTEGER,
                       .max = 10000},
};

// ---- texts that live as long as the model ----

static void *
own_memory(sw_nl_described *m, void *text)
{
    if (text == NULL)
        abort();
    if (m->n_texts == m->texts_capacity) {
        m->texts_capacity = m->texts_capacity ? 2 * m->texts_capacity : 32;
        m->texts = realloc(m->texts, m->texts_capacity * sizeof *m->texts);
        if (m->texts == NULL)
            abort();
    }
    return m->texts[m->n_texts++] = text;
}

// A text literal as the text that it means; other literals as they are.
static const char *
plain_text(sw_nl_described *m, const char *literal)
{
    size_t n = strlen(literal);
    if (n < 2 || literal[0] != '"')
        return literal;
    char *text = own_memory(m, malloc(n)), *to = text;
    for (size_t i = 1; i + 1 < n; i++) {
        if (literal[i] == '\\' && i + 2 < n)
            i++;
        *to++ = literal[i];
    }
    *to = 0;
    return text;
}

static double
number_of(const char *text, double otherwise)
{
    double d;
    return sw_nl_number_read(text, strlen(text), &d) == SW_NL_NUMBER_OK ? d : otherwise;
}

// ---- parameters and outputs ----

static const char *const *
choices_of(sw_nl_described *m, const sw_nl_control *c)
{
    if (c->kind != SW_NL_CHOOSER || c->n_choices == 0)
        return NULL;
    const char **list = own_memory(m, calloc(c->n_choices + 1, sizeof *list));
    for (size_t k = 0; k < c->n_choices; k++)
        list[k] = plain_text(m, c->choices[k]);
    list[c->n_choices] = NULL;
    return list;
}

static sw_parameter
control_parameter(sw_nl_described *m, const sw_nl_control *c)
{
    sw_parameter p = {.name = c->variable,
                      .unit = c->units == NULL ? "" : c->units,
                      .doc = "A global variable set by a widget of the model.",
                      .min = -INFINITY,
                      .max = INFINITY};
    bool number =
        c->kind == SW_NL_INPUT && (c->input == SW_NL_INPUT_NUMBER || c->input == SW_NL_INPUT_COLOR);
    if (c->kind == SW_NL_SLIDER) {
        p.value = number_of(c->value, 0);
        // A default may lie outside of its slider.
        p.min = fmin(number_of(c->min, -INFINITY), p.value);
        p.max = fmax(number_of(c->max, INFINITY), p.value);
    } else if (c->kind == SW_NL_SWITCH) {
        p.kind = SW_BOOLEAN;
        p.min = 0;
        p.max = 1;
        p.value = strcmp(c->value, "true") == 0;
    } else if (number) {
        p.value = number_of(c->value, 0);
    } else {
        p.kind = SW_TEXT;
        p.text = plain_text(m, c->value);
        p.choices = choices_of(m, c);
    }
    return p;
}

static void
describe_parameters(sw_nl_described *m)
{
    const sw_nl_file *file = m->compiled.file;
    m->parameters = calloc(SW_NL_P_OWN + file->n_controls, sizeof *m->parameters);
    if (m->parameters == NULL)
        abort();
    memcpy(m->parameters, own, sizeof own);
    m->parameters[SW_NL_P_MIN_X].value = file->view.min_pxcor;
    m->parameters[SW_NL_P_MAX_X].value = file->view.max_pxcor;
    m->parameters[SW_NL_P_MIN_Y].value = file->view.min_pycor;
    m->parameters[SW_NL_P_MAX_Y].value = file->view.max_pycor;
    for (size_t i = 0; i < file->n_controls; i++)
        m->parameters[SW_NL_P_OWN + i] = control_parameter(m, &file->controls[i]);
    m->model.parameters = m->parameters;
    m->model.n_parameters = SW_NL_P_OWN + file->n_controls;
}

static bool
is_taken(const sw_nl_described *m, const char *name, size_t n_outputs)
{
    for (size_t j = 0; j < m->model.n_parameters; j++)
        if (strcmp(m->parameters[j].name, name) == 0)
            return true;
    for (size_t k = 0; k < n_outputs; k++)
        if (strcmp(m->outputs[k].name, name) == 0)
            return true;
    return false;
}

// Monitors are offered by the reporter that they show.
static void
describe_outputs(sw_nl_described *m)
{
    const sw_nl_file *file = m->compiled.file;
    size_t n = 0;
    m->outputs = calloc(file->n_monitors + 1, sizeof *m->outputs);
    if (m->outputs == NULL)
        abort();
    for (size_t k = 0; k < file->n_monitors; k++) {
        const sw_nl_monitor *monitor = &file->monitors[k];
        bool usable = monitor->source[0] != 0 && monitor->source[0] != '_' &&
                      strlen(monitor->source) < DOC_MAX && !is_taken(m, monitor->source, n);
        if (usable)
            m->outputs[n++] = (sw_output){
                .name = monitor->source, .unit = "", .doc = monitor->name, .on_request = true};
    }
    m->model.outputs = m->outputs;
    m->model.n_outputs = n;
}

// The first paragraph of the info tab that is no heading.
static char *
describe_doc(const sw_nl_file *file)
{
    const char *at = file->info == NULL ? "" : file->info;
    while (*at == '#' || isspace((unsigned char)*at)) {
        if (*at == '#')
            at += strcspn(at, "\n");
        at += *at != 0;
    }
    size_t n = strcspn(at, "\n");
    n = n > DOC_MAX ? DOC_MAX : n;
    while (n > 0 && ((unsigned char)at[n] & 0xC0) == 0x80)
        n--; // Not within a character.
    return n > 0 ? strndup(at, n) : strdup("A NetLogo model.");
}

// ---- included files ----

typedef struct folder {
    const char *dir;
    char *bytes[64];
    size_t n;
} folder;

static char *
read_include(const char *path, size_t *n)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char *bytes = NULL;
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= INCLUDE_MAX)
        bytes = malloc((size_t)info.st_size + 1);
    ssize_t got = bytes == NULL ? -1 : read(fd, bytes, (size_t)info.st_size);
    if (fd >= 0)
        close(fd);
    *n = got < 0 ? 0 : (size_t)got;
    return bytes;
}

// Only files beside the model, by plain name.
static int
include(void *self, const char *name, const void **bytes, size_t *n)
{
    folder *f = self;
    char path[4096];
    if (f->dir == NULL || strchr(name, '/') || name[0] == '.' || f->n == 64)
        return -1;
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    char *text = read_include(path, n);
    if (text == NULL)
        return -1;
    f->bytes[f->n++] = text;
    *bytes = text;
    return 0;
}

static int
compile(sw_nl_described *m, const sw_source *source, sw_source_error *error)
{
    folder f = {.dir = source->dir};
    sw_nl_includes includes = {include, &f};
    sw_nl_error why = {0};
    int status = sw_nl_model_open(&m->compiled, source->bytes, source->n, &includes, &why);
    while (f.n > 0)
        free(f.bytes[--f.n]);
    if (status != 0) {
        *error = (sw_source_error){.line = why.line, .column = why.column};
        snprintf(error->message, sizeof error->message, "%.500s", why.message);
    }
    return status;
}

// ---- the family ----

static uint64_t
hash_texts(const sw_nl_file *file, const sw_source *source)
{
    uint64_t hash = 1469598103934665603ull; // FNV-1a, 64 bits
    const unsigned char *bytes = source->bytes;
    for (size_t i = 0; i < source->n; i++)
        hash = (hash ^ bytes[i]) * 1099511628211ull;
    for (size_t k = 1; k < file->n_sources; k++) // included files are part of the model
        for (size_t i = 0; i < file->sources[k].n; i++)
            hash = (hash ^ (unsigned char)file->sources[k].code[i]) * 1099511628211ull;
    return hash;
}

static void
family_unload(sw_model *model)
{
    sw_nl_described *m = model->self;
    sw_nl_model_close(&m->compiled);
    while (m->n_texts > 0)
        free(m->texts[--m->n_texts]);
    free(m->texts);
    free(m->parameters);
    free(m->outputs);
    free(m->name);
    free(m->doc);
    free(m->dir);
    free(m);
}

static int
family_load(const sw_source *source, sw_model **model, sw_source_error *error)
{
    if (source->bytes == NULL) {
        snprintf(error->message, sizeof error->message, "no .nlogo or .nlogox file is there");
        return -1;
    }
    sw_nl_described *m = calloc(1, sizeof *m);
    if (m == NULL)
        abort();
    if (compile(m, source, error) != 0) {
        free(m);
        return -1;
    }
    m->name = strdup(source->name);
    m->doc = describe_doc(m->compiled.file);
    m->dir = source->dir != NULL ? strdup(source->dir) : NULL;
    if (m->name == NULL || m->doc == NULL)
        abort();
    snprintf(m->version, sizeof m->version, ENGINE_VERSION "-%016llx",
             (unsigned long long)hash_texts(m->compiled.file, source));
    m->model = (sw_model){.name = m->name,
                          .version = m->version,
                          .doc = m->doc,
                          .any_output = true,
                          .self = m,
                          .open = sw_nl_run_open,
                          .run = sw_nl_run_once,
                          .close = sw_nl_run_close};
    describe_parameters(m);
    describe_outputs(m);
    *model = &m->model;
    return 0;
}

// ---- the examples that come with the product ----

// The files themselves become part of the program; the build runs at the root of the tree. A final
// NUL, which is not counted, ends each.
#define EXAMPLE(symbol, file)                                                                      \
    __asm__(".section .rodata\n.global nl_" #symbol "_begin\nnl_" #symbol "_begin:\n"              \
            ".incbin \"models/netlogo/examples/" file "\"\n.global nl_" #symbol "_end\n"           \
            "nl_" #symbol "_end:\n.byte 0\n.previous\n");                                          \
    extern const char nl_##symbol##_begin[], nl_##symbol##_end[]

EXAMPLE(predator_prey, "predator-prey.nlogox");
EXAMPLE(forest_fire, "forest-fire.nlogox");
EXAMPLE(segregation, "segregation.nlogox");
EXAMPLE(epidemic, "epidemic.nlogox");
EXAMPLE(flocking, "flocking.nlogox");

enum { EXAMPLES = 5 };
static sw_source shipped[EXAMPLES + 1];

// The lengths are known to the linker only.
__attribute__((constructor)) static void
list_examples(void)
{
    static const struct {
        const char *name, *begin, *end;
    } examples[EXAMPLES] = {
        {"netlogo/predator-prey", nl_predator_prey_begin, nl_predator_prey_end},
        {"netlogo/forest-fire", nl_forest_fire_begin, nl_forest_fire_end},
        {"netlogo/segregation", nl_segregation_begin, nl_segregation_end},
        {"netlogo/epidemic", nl_epidemic_begin, nl_epidemic_end},
        {"netlogo/flocking", nl_flocking_begin, nl_flocking_end},
    };
    for (size_t k = 0; k < EXAMPLES; k++)
        shipped[k] = (sw_source){.name = examples[k].name,
                                 .file = "example.nlogox",
                                 .bytes = examples[k].begin,
                                 .n = (size_t)(examples[k].end - examples[k].begin)};
}

const sw_family sw_netlogo_family = {
    .name = "netlogo",
    .doc = "NetLogo models from .nlogo and .nlogox files.",
    .shipped = shipped,
    .load = family_load,
    .unload = family_unload,
    .session = sw_nl_family_session,
};
