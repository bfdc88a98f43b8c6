// SPDX-License-Identifier: Apache-2.0
// A host that copies everything a model hands over: see the header.
#include "tests/support/model_harness.h"

#include <ftw.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sw_harness {
    const sw_model *model;
    void *state;
    sw_opening opening; // models may keep the pointer until close
    char reason[1024];
    sw_host host;
    sw_output *outputs;
    size_t n_outputs;
    char *names; // the storage of output names that the model does not list
    sw_levels *levels;
    double *in;
    sw_result *results;
    size_t n_results;
    bool cancelled;
    char scratch[64];
};

static void *
must(void *p)
{
    if (!p)
        abort();
    return p;
}

__attribute__((noreturn, format(printf, 1, 2))) static void
die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("model harness: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}

// ---- the host ----

static sw_result *
result_of(const sw_host *host, size_t i)
{
    sw_harness *h = host->self;
    if (i >= h->n_results)
        die("the model named run %zu of a batch of %zu", i, h->n_results);
    return &h->results[i];
}

static sw_kept *
kept_of(const sw_host *host, size_t i, size_t k, sw_output_kind kind)
{
    sw_harness *h = host->self;
    sw_result *result = result_of(host, i);
    if (k >= h->n_outputs)
        die("the model named output %zu of %zu", k, h->n_outputs);
    if (h->outputs[k].kind != kind && !h->model->any_output)
        die("the model handed over %s as another kind than declared", h->outputs[k].name);
    result->kept[k].times++;
    return &result->kept[k];
}

// A copy with a NUL behind it; a source of NULL is allowed when n is 0.
static void *
copy(const void *bytes, size_t n)
{
    char *to = must(malloc(n + 1));
    if (n)
        memcpy(to, bytes, n);
    to[n] = '\0';
    return to;
}

static void
host_mark(const sw_host *host, size_t i)
{
    result_of(host, i)->marks++;
}

static void
host_series(const sw_host *host, size_t i, size_t k, const double *values, size_t n)
{
    sw_kept *kept = kept_of(host, i, k, SW_SERIES);
    free(kept->series);
    kept->series = copy(values, n * sizeof *values);
    kept->n_series = n;
}

static void
host_text(const sw_host *host, size_t i, size_t k, const char *text, size_t n)
{
    sw_kept *kept = kept_of(host, i, k, SW_OUTPUT_TEXT);
    free(kept->text);
    kept->text = copy(text, n);
    kept->n_text = n;
}

static void
host_artifact(const sw_host *host, size_t i, size_t k, const char *media_type, const void *bytes,
              size_t n)
{
    sw_kept *kept = kept_of(host, i, k, SW_ARTIFACT);
    free(kept->bytes);
    free(kept->media_type);
    kept->media_type = must(strdup(media_type));
    kept->bytes = copy(bytes, n);
    kept->n_bytes = n;
}

static void
host_fail(const sw_host *host, size_t i, const char *format, ...)
{
    sw_result *result = result_of(host, i);
    va_list args;
    va_start(args, format);
    vsnprintf(result->fail, sizeof result->fail, format, args);
    va_end(args);
}

static void
host_log(const sw_host *host, size_t i, const char *format, ...)
{
    sw_result *result = result_of(host, i);
    char *line = NULL, *all = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        abort();
    va_end(args);
    if (asprintf(&all, "%s%s\n", result->log ? result->log : "", line) < 0)
        abort();
    free(line);
    free(result->log);
    result->log = all;
}

static bool
host_cancelled(const sw_host *host)
{
    return ((sw_harness *)host->self)->cancelled;
}

// ---- results ----

static void
forget_results(sw_harness *h)
{
    for (size_t i = 0; i < h->n_results; i++) {
        sw_result *r = &h->results[i];
        for (size_t k = 0; k < h->n_outputs; k++) {
            free(r->kept[k].series);
            free(r->kept[k].text);
            free(r->kept[k].media_type);
            free(r->kept[k].bytes);
        }
        free(r->kept);
        free(r->out);
        free(r->log);
    }
    free(h->results);
    h->results = NULL;
    h->n_results = 0;
}

static void
fresh_results(sw_harness *h, size_t n)
{
    forget_results(h);
    h->results = must(calloc(n + 1, sizeof *h->results));
    h->n_results = n;
    for (size_t i = 0; i < n; i++) {
        h->results[i].kept = must(calloc(h->n_outputs + 1, sizeof(sw_kept)));
        h->results[i].out = must(calloc(h->n_outputs + 1, sizeof(double)));
        for (size_t k = 0; k < h->n_outputs; k++)
            h->results[i].out[k] = NAN;
    }
}

// ---- opening ----

const sw_model *
sw_harness_find(const sw_family *family, const char *name)
{
    for (const sw_model *const *m = family->models; m && *m; m++)
        if (strcmp((*m)->name, name) == 0)
            return *m;
    die("family %s has no model %s", family->name, name);
}

static void
ask_defaults(sw_harness *h)
{
    const sw_model *m = h->model;
    h->outputs = must(calloc(m->n_outputs + 1, sizeof *h->outputs));
    for (size_t k = 0; k < m->n_outputs; k++)
        if (!m->outputs[k].on_request)
            h->outputs[h->n_outputs++] = m->outputs[k];
}

static sw_output
output_named(const sw_model *m, const char *name)
{
    for (size_t k = 0; k < m->n_outputs; k++)
        if (strcmp(m->outputs[k].name, name) == 0)
            return m->outputs[k];
    if (!m->any_output)
        die("model %s has no output %s", m->name, name);
    return (sw_output){.name = name, .unit = "", .doc = "", .kind = SW_SCALAR};
}

static void
ask_outputs(sw_harness *h, const char *list)
{
    if (!list) {
        ask_defaults(h);
        return;
    }
    h->names = must(strdup(list));
    h->outputs = must(calloc(strlen(list) + 1, sizeof *h->outputs));
    char *rest = h->names;
    for (char *name; (name = strsep(&rest, ","));)
        h->outputs[h->n_outputs++] = output_named(h->model, name);
}

static const char *const *
texts_of(const sw_parameter *p, const sw_harness_texts *given)
{
    for (; given && given->parameter; given++)
        if (strcmp(given->parameter, p->name) == 0)
            return given->texts;
    return p->choices;
}

// The levels of every text parameter, and all inputs at their defaults.
static void
set_defaults(sw_harness *h, const sw_harness_texts *given)
{
    const sw_model *m = h->model;
    h->levels = must(calloc(m->n_parameters + 1, sizeof *h->levels));
    h->in = must(calloc(m->n_parameters + 1, sizeof *h->in));
    for (size_t j = 0; j < m->n_parameters; j++) {
        const sw_parameter *p = &m->parameters[j];
        h->in[j] = p->kind == SW_TEXT ? 0 : p->value;
        if (p->kind != SW_TEXT)
            continue;
        const char *const *texts = texts_of(p, given);
        h->levels[j] = (sw_levels){.n = 1, .texts = &p->text};
        if (!texts)
            continue;
        h->levels[j] = (sw_levels){.n = 0, .texts = texts};
        for (; texts[h->levels[j].n]; h->levels[j].n++)
            if (p->text && strcmp(texts[h->levels[j].n], p->text) == 0)
                h->in[j] = (double)h->levels[j].n;
    }
}

static sw_harness *
new_harness(const sw_model *model, const sw_harness_setup *setup)
{
    sw_harness *h = must(calloc(1, sizeof *h));
    h->model = model;
    h->host = (sw_host){.mark = host_mark,
                        .series = host_series,
                        .text = host_text,
                        .artifact = host_artifact,
                        .fail = host_fail,
                        .log = host_log,
                        .cancelled = host_cancelled,
                        .self = h};
    ask_outputs(h, setup->outputs);
    set_defaults(h, setup->texts);
    snprintf(h->scratch, sizeof h->scratch, "/tmp/sw-harness-XXXXXX");
    must(mkdtemp(h->scratch));
    return h;
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void
free_harness(sw_harness *h)
{
    forget_results(h);
    nftw(h->scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(h->outputs);
    free(h->names);
    free(h->levels);
    free(h->in);
    free(h);
}

sw_harness *
sw_harness_open_with(const sw_model *model, const sw_harness_setup *setup, char *error,
                     size_t error_size)
{
    sw_harness *h = new_harness(model, setup);
    h->opening = (sw_opening){.model = model,
                              .levels = h->levels,
                              .n_outputs = h->n_outputs,
                              .outputs = h->outputs,
                              .run_seconds = setup->run_seconds,
                              .memory_bytes = setup->memory_bytes,
                              .scratch = h->scratch,
                              .data_dir = setup->data_dir,
                              .host = &h->host,
                              .error = h->reason,
                              .error_size = sizeof h->reason};
    if (!model->open || model->open(&h->opening, &h->state) == 0)
        return h;
    if (!h->reason[0])
        die("model %s failed to open without a reason", model->name);
    snprintf(error, error_size, "%s", h->reason);
    free_harness(h);
    return NULL;
}

sw_harness *
sw_harness_open(const sw_model *model, const char *outputs)
{
    char error[1024];
    sw_harness_setup setup = {.outputs = outputs};
    sw_harness *h = sw_harness_open_with(model, &setup, error, sizeof error);
    if (!h)
        die("model %s does not open: %s", model->name, error);
    return h;
}

void
sw_harness_close(sw_harness **h)
{
    if (!*h)
        return;
    if ((*h)->model->close)
        (*h)->model->close((*h)->state);
    free_harness(*h);
    *h = NULL;
}

// ---- inputs ----

static size_t
parameter_index(const sw_harness *h, const char *name)
{
    for (size_t j = 0; j < h->model->n_parameters; j++)
        if (strcmp(h->model->parameters[j].name, name) == 0)
            return j;
    die("model %s has no parameter %s", h->model->name, name);
}

static size_t
output_index(const sw_harness *h, const char *name)
{
    for (size_t k = 0; k < h->n_outputs; k++)
        if (strcmp(h->outputs[k].name, name) == 0)
            return k;
    die("output %s of model %s was not asked for", name, h->model->name);
}

void
sw_harness_set(sw_harness *h, const char *parameter, double value)
{
    h->in[parameter_index(h, parameter)] = value;
}

void
sw_harness_set_text(sw_harness *h, const char *parameter, const char *text)
{
    size_t j = parameter_index(h, parameter);
    for (size_t l = 0; l < h->levels[j].n; l++)
        if (strcmp(h->levels[j].texts[l], text) == 0) {
            h->in[j] = (double)l;
            return;
        }
    die("parameter %s has no level \"%s\"", parameter, text);
}

// ---- running ----

static void
run_singly(sw_harness *h, size_t n, const double *points, const uint64_t *seeds)
{
    // Each run is index 0 to the model; its result is moved to its place afterwards.
    sw_result *all = must(calloc(n + 1, sizeof *all));
    for (size_t i = 0; i < n; i++) {
        fresh_results(h, 1);
        const sw_run run = {.run = i,
                            .seed = seeds[i],
                            .in = points + i * h->model->n_parameters,
                            .out = h->results[0].out,
                            .host = &h->host};
        h->results[0].outcome = h->model->run(h->state, &run);
        all[i] = h->results[0];
        free(h->results);
        h->results = NULL;
        h->n_results = 0;
    }
    h->results = all;
    h->n_results = n;
}

static double **
new_columns(size_t n_columns, size_t n)
{
    double **columns = must(calloc(n_columns + 1, sizeof *columns));
    double *all = must(malloc((n_columns * n + 1) * sizeof *all));
    for (size_t c = 0; c < n_columns; c++)
        columns[c] = all + c * n;
    columns[n_columns] = all; // what free_columns frees
    return columns;
}

static void
free_columns(double **columns, size_t n_columns)
{
    free(columns[n_columns]);
    free(columns);
}

static void
run_together(sw_harness *h, size_t n, const double *points, const uint64_t *seeds)
{
    size_t n_in = h->model->n_parameters, n_out = h->n_outputs;
    double **in = new_columns(n_in, n), **out = new_columns(n_out, n);
    uint8_t *outcome = must(calloc(n + 1, 1));
    fresh_results(h, n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n_in; j++)
            in[j][i] = points[i * n_in + j];
        for (size_t k = 0; k < n_out; k++)
            out[k][i] = NAN;
    }
    const sw_batch batch = {.n = n,
                            .seeds = seeds,
                            .in = (const double *const *)in,
                            .out = out,
                            .outcome = outcome,
                            .host = &h->host};
    h->model->run_batch(h->state, &batch);
    for (size_t i = 0; i < n; i++) {
        h->results[i].outcome = outcome[i];
        for (size_t k = 0; k < n_out; k++)
            h->results[i].out[k] = out[k][i];
    }
    free_columns(in, n_in);
    free_columns(out, n_out);
    free(outcome);
}

const sw_result *
sw_harness_batch(sw_harness *h, size_t n, const double *points, const uint64_t *seeds)
{
    (h->model->run_batch ? run_together : run_singly)(h, n, points, seeds);
    return h->results;
}

const sw_result *
sw_harness_run(sw_harness *h, uint64_t seed)
{
    (h->model->run ? run_singly : run_together)(h, 1, h->in, &seed);
    return h->results;
}

void
sw_harness_check_batch(sw_harness *h, size_t n, const double *points, const uint64_t *seeds)
{
    if (!h->model->run || !h->model->run_batch)
        return;
    run_singly(h, n, points, seeds);
    sw_result *single = h->results;
    h->results = NULL;
    h->n_results = 0;
    run_together(h, n, points, seeds);
    for (size_t i = 0; i < n; i++) {
        if (single[i].outcome != h->results[i].outcome)
            die("run %zu: outcome %d alone, %d in a batch", i, single[i].outcome,
                h->results[i].outcome);
        for (size_t k = 0; k < h->n_outputs; k++)
            if (memcmp(&single[i].out[k], &h->results[i].out[k], sizeof(double)) != 0)
                die("run %zu, %s: %.17g alone, %.17g in a batch", i, h->outputs[k].name,
                    single[i].out[k], h->results[i].out[k]);
    }
    sw_result *batched = h->results;
    h->results = single;
    forget_results(h);
    h->results = batched;
    h->n_results = n;
}

// ---- looking ----

double
sw_harness_value(const sw_harness *h, const char *output)
{
    if (h->n_results == 0)
        die("nothing was run yet");
    return h->results[0].out[output_index(h, output)];
}

const sw_kept *
sw_harness_kept(const sw_harness *h, const char *output)
{
    if (h->n_results == 0)
        die("nothing was run yet");
    return &h->results[0].kept[output_index(h, output)];
}

const char *
sw_harness_scratch(const sw_harness *h)
{
    return h->scratch;
}

double *
sw_harness_inputs(sw_harness *h)
{
    return h->in;
}

void
sw_harness_cancel(sw_harness *h, bool cancelled)
{
    h->cancelled = cancelled;
}

static void
check_parameter(const sw_model *m, size_t j)
{
    const sw_parameter *p = &m->parameters[j];
    if (!p->name || !*p->name || !p->unit || !p->doc || !*p->doc)
        die("%s: parameter %zu lacks a name, unit or doc", m->name, j);
    for (size_t l = 0; l < j; l++)
        if (strcmp(m->parameters[l].name, p->name) == 0)
            die("%s: two parameters are named %s", m->name, p->name);
    if (p->kind == SW_TEXT ? !p->text : !(p->min <= p->value && p->value <= p->max))
        die("%s: the default of %s is not within its bounds", m->name, p->name);
    if (p->choices && p->kind != SW_TEXT)
        die("%s: %s has choices and is no text", m->name, p->name);
}

void
sw_harness_check_descriptor(const sw_model *m)
{
    if (!m->name || !strchr(m->name, '/') || !m->version || !*m->version || !m->doc || !*m->doc)
        die("%s: lacks a family, version or doc", m->name ? m->name : "?");
    if (!m->run && !m->run_batch)
        die("%s: cannot run", m->name);
    if (m->n_outputs == 0 && !m->any_output)
        die("%s: has no outputs", m->name);
    for (size_t j = 0; j < m->n_parameters; j++)
        check_parameter(m, j);
    for (size_t k = 0; k < m->n_outputs; k++) {
        const sw_output *output = &m->outputs[k];
        if (!output->name || !*output->name || !output->unit || !output->doc || !*output->doc)
            die("%s: output %zu lacks a name, unit or doc", m->name, k);
        for (size_t l = 0; l < k; l++)
            if (strcmp(m->outputs[l].name, output->name) == 0)
                die("%s: two outputs are named %s", m->name, output->name);
    }
}
