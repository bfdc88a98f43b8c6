// SPDX-License-Identifier: Apache-2.0
// One run in this very process: what kills it kills nobody else.
#include "workers/single.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "workers/bundle.h"
#include "workers/host.h"
#include "workers/opened.h"
#include "workers/report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INPUT_MAX = 64 << 20, NOT_THERE = 3, OVERHEAD_MB = 64 };

typedef struct asked {
    const char *model, *version, *seed;
    json_t *inputs, *outputs, *limits, *source;
} asked;

typedef struct source {
    const char *file, *path;
} source;

#define FIELD(name, type, member)                                                                  \
    {                                                                                              \
        name, type, offsetof(asked, member), false, 0, 0, NULL, ""                                 \
    }
#define END_OF_FIELDS                                                                              \
    {                                                                                              \
        NULL, SW_FIELD_ANY, 0, false, 0, 0, NULL, NULL                                             \
    }

static const sw_field fields[] = {
    {"model", SW_FIELD_STRING, offsetof(asked, model), true, 0, 0, NULL, ""},
    FIELD("version", SW_FIELD_STRING, version),
    FIELD("seed", SW_FIELD_STRING, seed),
    FIELD("inputs", SW_FIELD_OBJECT, inputs),
    FIELD("outputs", SW_FIELD_ARRAY, outputs),
    FIELD("limits", SW_FIELD_OBJECT, limits),
    FIELD("source", SW_FIELD_OBJECT, source),
    END_OF_FIELDS,
};

static const sw_field source_fields[] = {
    {"file", SW_FIELD_STRING, offsetof(source, file), true, 0, 0, NULL, ""},
    {"path", SW_FIELD_STRING, offsetof(source, path), true, 0, 0, NULL, ""},
    END_OF_FIELDS,
};

// A run under way.
typedef struct single {
    asked a;
    uint64_t seed;
    const char *scratch; // the model's own folder and what was uploaded lie below it
    char *work;
    const char *data;
    sw_registry *registry;
    sw_opened *opened;
    sw_recorder recorder;
    char error[1024]; // why the model could not be opened
    double *in;
    bool written;
} single;

static int
refuse(const char *pointer, const char *message)
{
    fprintf(stderr, "%s: %s\n", *pointer ? pointer : "run", message);
    return 1;
}

static int
refuse_faults(const sw_faults *faults)
{
    for (size_t i = 0; i < faults->n; i++)
        refuse(faults->v[i].pointer, faults->v[i].message);
    return 1;
}

static char *
read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return NULL;
    char *bytes = sw_malloc(INPUT_MAX);
    *n = fread(bytes, 1, INPUT_MAX, f);
    fclose(f);
    return bytes;
}

// ---- the model ----

// An uploaded model is unpacked and made here.
static int
load_source(single *s, sw_faults *faults)
{
    source from = {0};
    if (!sw_json_read(s->a.source, "/source", source_fields, &from, faults))
        return refuse_faults(faults);
    size_t n;
    sw_auto(free) char *bytes = read_file(from.path, &n);
    if (!bytes)
        return refuse("/source/path", "can not be read");
    sw_auto(free) char *dir = sw_format("%s/source", s->scratch);
    sw_source_error error = {0};
    if (mkdir(dir, 0700) != 0 ||
        !sw_bundle_unpack(bytes, n, from.file, dir, error.message, sizeof error.message) ||
        !sw_registry_load(s->registry, s->a.model, from.file, dir, &error))
        return refuse("/source", error.message);
    return 0;
}

// The study that is this run alone: every input is fixed.
static json_t *
document_of(const single *s, const sw_model *model)
{
    json_t *document = json_pack("{ss ss s{ss s[{}]}}", "model", model->name, "model_version",
                                 model->version, "design", "method", "list", "points");
    if (s->a.inputs)
        json_object_set(document, "parameters", s->a.inputs);
    if (s->a.outputs)
        json_object_set(document, "outputs", s->a.outputs);
    if (s->a.limits)
        json_object_set(document, "limits", s->a.limits);
    return document;
}

static int
open_study(single *s)
{
    const sw_model *model = sw_registry_find(s->registry, s->a.model, s->a.version);
    if (!model && s->a.source)
        return refuse("/source", "makes another version of the model");
    const char *why_not = model ? NULL : sw_registry_left_out(s->registry, s->a.model);
    if (why_not)
        return refuse("/model", why_not);
    if (!model)
        return NOT_THERE;
    sw_auto(json) json_t *document = document_of(s, model);
    char why[1024];
    s->opened = sw_opened_new(1, document, s->registry, why, sizeof why);
    return s->opened ? 0 : refuse("", why);
}

// ---- the run ----

static void
limit(const sw_study *study)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    if (study->limits.memory_mb > 0) {
        rlim_t bytes = (rlim_t)((study->limits.memory_mb + OVERHEAD_MB) * 1048576);
        setrlimit(RLIMIT_DATA, &(struct rlimit){bytes, bytes});
    }
#endif
    if (study->limits.run_seconds > 0)
        alarm((unsigned)ceil(study->limits.run_seconds));
}

static sw_outcome
call_batch(single *s, void *state, double *out, uint8_t *outcome)
{
    const sw_study *study = s->opened->study;
    sw_auto(free) const double **in = sw_calloc(study->n_parameters, sizeof *in);
    sw_auto(free) double **outs = sw_calloc(study->n_outputs, sizeof *outs);
    for (size_t j = 0; j < study->n_parameters; j++)
        in[j] = s->in + j;
    for (size_t k = 0; k < study->n_outputs; k++)
        outs[k] = out + k;
    sw_batch batch = {.n = 1,
                      .seeds = &s->seed,
                      .in = in,
                      .out = outs,
                      .outcome = outcome,
                      .host = &s->recorder.host};
    s->opened->model->run_batch(state, &batch);
    return (sw_outcome)*outcome;
}

static sw_outcome
call_model(single *s, void *state, double *out)
{
    const sw_model *model = s->opened->model;
    uint8_t outcome = SW_DONE;
    if (model->run_batch)
        return call_batch(s, state, out, &outcome);
    sw_run run = {.seed = s->seed, .in = s->in, .out = out, .host = &s->recorder.host};
    return model->run(state, &run);
}

static sw_outcome
open_and_call(single *s, double *out)
{
    const sw_study *study = s->opened->study;
    const sw_model *model = s->opened->model;
    sw_auto(free) sw_levels *levels = sw_calloc(study->n_parameters, sizeof *levels);
    for (size_t j = 0; j < study->n_parameters; j++)
        levels[j] = (sw_levels){study->parameters[j].n_levels,
                                (const char *const *)study->parameters[j].levels};
    sw_opening opening = {
        .model = model,
        .levels = levels,
        .n_outputs = study->n_outputs,
        .outputs = study->outputs,
        .run_seconds = study->limits.run_seconds,
        .memory_bytes = (size_t)(study->limits.memory_mb * 1048576),
        .scratch = s->work,
        .data_dir = s->data,
        .host = &s->recorder.host,
        .error = s->error,
        .error_size = sizeof s->error,
    };
    void *state = NULL;
    if (model->open && model->open(&opening, &state) != 0) {
        const char *why = s->error[0] ? s->error : "the model could not be opened";
        sw_recorder_add(&s->recorder, SW_RECORD_FAIL, 0, 0, why, strlen(why));
        return SW_ERROR;
    }
    sw_outcome outcome = call_model(s, state, out);
    if (model->close)
        model->close(state);
    return s->recorder.refused[0] && outcome == SW_DONE ? SW_ERROR : outcome;
}

static bool
run(single *s)
{
    const sw_study *study = s->opened->study;
    int memory = memfd_create("sweep-run", MFD_CLOEXEC);
    if (memory < 0)
        return false;
    sw_recorder_init(&s->recorder, memory);
    sw_recorder_begin(&s->recorder, s->opened->n_columns);
    sw_recorder_mark(&s->recorder, 0, 1);
    s->in = sw_calloc(study->n_parameters, sizeof *s->in);
    sw_auto(free) double **columns = sw_calloc(study->n_parameters, sizeof *columns);
    for (size_t j = 0; j < study->n_parameters; j++)
        columns[j] = s->in + j;
    sw_plan_inputs(s->opened->plan, 0, 1, columns);
    sw_auto(free) double *out = sw_calloc(study->n_outputs, sizeof *out);
    for (size_t k = 0; k < study->n_outputs; k++)
        out[k] = NAN;
    limit(study);
    sw_shared *shared = s->recorder.shared;
    sw_outcome outcome = open_and_call(s, out);
    alarm(0);
    shared->outcome[0] = (uint8_t)outcome;
    shared->attempts[0] = 1;
    shared->finished = 1;
    // A run that failed has no values.
    for (size_t k = 0; k < study->n_outputs; k++)
        sw_shared_column(shared, s->opened->first_output + k)[0] =
            outcome == SW_DONE ? out[k] : NAN;
    return true;
}

// ---- what is said of it ----

static json_t *
value_of(const sw_wire_column *c)
{
    if (c->kind == SW_COLUMN_TEXT)
        return c->texts[0] ? json_string(c->texts[0]) : json_null();
    if (c->kind == SW_COLUMN_SCALAR)
        return isfinite(c->values[0]) ? json_real(c->values[0]) : json_null();
    json_t *list = json_array();
    for (int32_t t = 0; t < c->lengths[0]; t++)
        json_array_append_new(list, isfinite(c->values[t]) ? json_real(c->values[t]) : json_null());
    return list;
}

static json_t *
artifacts_of(const sw_done *done)
{
    json_t *list = json_array();
    for (size_t i = 0; i < done->n_artifacts; i++) {
        const sw_wire_artifact *a = &done->artifacts[i];
        char hash[SW_HASH_TEXT];
        sw_hash(a->bytes, a->n, hash);
        json_array_append_new(list,
                              json_pack("{ss ss sI ss}", "name", a->name, "media_type",
                                        a->media_type, "size", (json_int_t)a->n, "sha256", hash));
    }
    return list;
}

static void
write_result(void *context, const sw_done *done)
{
    static const char *const states[] = {"done", "error", "crash", "timeout", "memory", "rejected"};
    single *s = context;
    sw_auto(json) json_t *outputs = json_object();
    for (size_t k = 0; k < done->n_columns; k++) {
        if (done->columns[k].name[0] != '_') // measured
            json_object_set_new(outputs, done->columns[k].name, value_of(&done->columns[k]));
    }
    size_t outcome = s->recorder.shared->outcome[0];
    sw_auto(json) json_t *j =
        json_pack("{ss sO so}", "state", outcome < sw_countof(states) ? states[outcome] : "unknown",
                  "outputs", outputs, "artifacts", artifacts_of(done));
    if (done->n_failures) {
        json_object_set_new(j, "message", json_string(done->failures[0].message));
        json_object_set_new(j, "log", json_string(done->failures[0].log));
    }
    sw_auto(free) char *text = sw_json_text(j, false);
    sw_auto(free) char *path = sw_format("%s/result.json", s->scratch);
    FILE *f = fopen(path, "we");
    s->written = f && fputs(text, f) >= 0;
    s->written = f && fclose(f) == 0 && s->written;
}

static int
make_run(single *s, sw_faults *faults)
{
    int code = s->a.source ? load_source(s, faults) : 0;
    if (!code)
        code = open_study(s);
    if (code)
        return code;
    if (!run(s))
        return refuse("", "no memory");
    sw_done head = {0};
    sw_report(s->opened, s->recorder.shared, 0, 0, 1, &head, write_result, s);
    return s->written ? 0 : refuse("result.json", "can not be written");
}

// Reads what is asked; 0, or the exit code.
static int
read_asked(single *s, const json_t *json, sw_faults *faults)
{
    if (!json || !sw_json_read(json, "", fields, &s->a, faults))
        return refuse_faults(faults);
    char *end = NULL;
    s->seed = s->a.seed ? strtoull(s->a.seed, &end, 10) : 0;
    return end && (*end || end == s->a.seed) ? refuse("/seed", "is not a decimal number") : 0;
}

int
sw_single_main(const char *models, const char *data, const char *scratch)
{
    sw_log_threshold(SW_LOG_ERROR);
    size_t n;
    sw_auto(free) char *path = sw_format("%s/run.json", scratch);
    sw_auto(free) char *text = read_file(path, &n);
    if (!text)
        return refuse(path, "can not be read");
    sw_faults faults = {0};
    sw_auto(json) json_t *json = sw_json_parse(text, n, &faults);
    single s = {.data = *data ? data : NULL, .scratch = scratch};
    int code = read_asked(&s, json, &faults);
    s.work = sw_format("%s/work", scratch);
    if (!code && mkdir(s.work, 0700) != 0 && errno != EEXIST)
        code = refuse(s.work, "can not be made");
    if (!code) {
        s.registry = sw_registry_new(*models ? models : NULL);
        code = make_run(&s, &faults);
    }
    sw_opened_free(&s.opened);
    if (s.registry)
        sw_registry_free(&s.registry);
    free(s.in);
    free(s.work);
    sw_faults_fini(&faults);
    return code;
}
