// SPDX-License-Identifier: Apache-2.0
// /umbridge: our models under UM-Bridge's protocol 1.0, for clients that sample, calibrate or
// optimise. An evaluation is a study of one run that is deleted once it is answered, so it is
// isolated, limited and recorded as any run is, and the server still runs no model code.
#include "server/api/internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

enum { MODELS_PAGE = 200, MODELS_MAX = 10000 };

// A model may be slow; beyond it the evaluation is cancelled.
#define EVALUATE_SECONDS 3600.0

// ---- answers in the protocol's form ----

__attribute__((format(printf, 4, 5))) static void
refuse(sw_request *r, int status, const char *type, const char *format, ...)
{
    char message[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    sw_answer_json(r, status, json_pack("{s{ss ss}}", "error", "type", type, "message", message));
}

// True without an error; else the database's or our own is answered.
static bool
ok(sw_request *r, sw_error e)
{
    const sw_error_info *about = sw_error_about(e);
    if (e)
        refuse(r, about->status, "InternalError", "%s", about->title);
    return !e;
}

void
sw_api_umbridge_info(sw_request *r)
{
    json_t *models = json_array();
    sw_model_row *rows = sw_request_alloc(r, (MODELS_PAGE + 1) * sizeof *rows);
    sw_auto(free) char *after = sw_strdup("");
    sw_error e = SW_E_NONE;
    for (int n = MODELS_PAGE + 1; !e && n > MODELS_PAGE && json_array_size(models) < MODELS_MAX;) {
        n = 0;
        e = sw_store_model_list(sw_api_store(r), after, MODELS_PAGE, rows, &n);
        for (int i = 0; i < n; i++) {
            if (i < MODELS_PAGE)
                json_array_append_new(models, json_string(rows[i].name));
            if (i == MODELS_PAGE - 1) {
                free(after);
                after = sw_strdup(rows[i].name);
            }
            sw_model_row_fini(&rows[i]);
        }
    }
    if (ok(r, e))
        sw_answer_json(r, 200, json_pack("{sf sO}", "protocolVersion", 1.0, "models", models));
    json_decref(models);
}

void
sw_api_umbridge_unsupported(sw_request *r)
{
    refuse(r, 400, "UnsupportedFeature", "only Evaluate is supported");
}

// ---- questions ----

// What a question is about.
typedef struct question {
    json_t *body, *config; // config: borrowed, NULL without
    const sw_descriptor *model;
    json_t *inputs, *outputs; // names
} question;

static void
question_fini(question *q)
{
    json_decref(q->body);
    json_decref(q->inputs);
    json_decref(q->outputs);
}

// The parameters that the input vector holds: all numbers, in the model's order.
static json_t *
usual_inputs(const sw_descriptor *model)
{
    json_t *names = json_array();
    for (size_t j = 0; j < model->n_parameters; j++) {
        sw_kind kind = model->parameters[j].kind;
        if (kind == SW_NUMBER || kind == SW_INTEGER)
            json_array_append_new(names, json_string(model->parameters[j].name));
    }
    return names;
}

static json_t *
usual_outputs(const sw_descriptor *model)
{
    json_t *names = json_array();
    for (size_t k = 0; k < model->n_outputs; k++) {
        if (model->outputs[k].kind == SW_SCALAR && !model->outputs[k].on_request)
            json_array_append_new(names, json_string(model->outputs[k].name));
    }
    return names;
}

// A list of config in the place of what is usual; NULL after answering that it is no list.
static json_t *
named(sw_request *r, const question *q, const char *key, json_t *(*usual)(const sw_descriptor *))
{
    json_t *given = json_object_get(q->config, key);
    if (!given)
        return usual(q->model);
    bool good = json_array_size(given) > 0 && json_array_size(given) <= 10000;
    for (size_t i = 0; good && i < json_array_size(given); i++)
        good = json_is_string(json_array_get(given, i));
    if (!good)
        refuse(r, 400, "InvalidInput", "config.%s must be a list of names", key);
    return good ? json_incref(given) : NULL;
}

// Vectors hold numbers only.
static bool
check_names(sw_request *r, const question *q)
{
    const sw_descriptor *m = q->model;
    size_t i;
    const json_t *v;
    json_array_foreach (q->inputs, i, v) {
        long j = sw_descriptor_parameter(m, json_string_value(v));
        if (j >= 0 && (m->parameters[j].kind == SW_NUMBER || m->parameters[j].kind == SW_INTEGER))
            continue;
        refuse(r, 400, "InvalidInput", "config.inputs: %s has no number \"%.200s\"", m->name,
               json_string_value(v));
        return false;
    }
    json_array_foreach (q->outputs, i, v) {
        long k = sw_descriptor_output(m, json_string_value(v));
        if (k >= 0 ? m->outputs[k].kind == SW_SCALAR : m->any_output)
            continue;
        refuse(r, 400, "InvalidInput", "config.outputs: %s gives no number \"%.200s\"", m->name,
               json_string_value(v));
        return false;
    }
    return true;
}

static bool
check_config(sw_request *r, const question *q)
{
    static const char *const known[] = {"inputs", "outputs", "parameters", "seed"};
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)q->config, key, value) {
        size_t k = 0;
        while (k < sw_countof(known) && strcmp(known[k], key) != 0)
            k++;
        if (k < sw_countof(known))
            continue;
        refuse(r, 400, "InvalidInput",
               "config.%.60s is not known; there are inputs, outputs, parameters and seed", key);
        return false;
    }
    return true;
}

static bool
find_model(sw_request *r, question *q)
{
    const char *name = json_string_value(json_object_get(q->body, "name"));
    sw_error e =
        name ? sw_api_descriptor(sw_request_thread(r), name, NULL, &q->model) : SW_E_NOT_FOUND;
    if (e != SW_E_NOT_FOUND)
        return ok(r, e);
    refuse(r, 400, "ModelNotFound", "there is no model \"%.200s\"", name ? name : "");
    return false;
}

// Reads the body; false after answering what is wrong with it.
static bool
read_question(sw_request *r, question *q)
{
    const char *bytes;
    size_t n;
    sw_request_body(r, &bytes, &n);
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    q->body = sw_json_parse(bytes, n, &faults);
    q->config = json_object_get(q->body, "config");
    if (!json_is_object(q->body) ||
        (q->config && !json_is_object(q->config) && !json_is_null(q->config))) {
        refuse(r, 400, "InvalidInput", "the body must be an object with a name and a config");
        return false;
    }
    if (!check_config(r, q) || !find_model(r, q))
        return false;
    q->inputs = named(r, q, "inputs", usual_inputs);
    q->outputs = q->inputs ? named(r, q, "outputs", usual_outputs) : NULL;
    if (!q->outputs)
        return false;
    if (json_array_size(q->outputs) > 0)
        return check_names(r, q);
    refuse(r, 400, "InvalidInput", "%s has no usual outputs; name some in config.outputs",
           q->model->name);
    return false;
}

void
sw_api_umbridge_model(sw_request *r)
{
    __attribute__((cleanup(question_fini))) question q = {0};
    if (read_question(r, &q))
        sw_answer_json(r, 200,
                       json_pack("{s{sb sb sb sb}}", "support", "Evaluate", 1, "Gradient", 0,
                                 "ApplyJacobian", 0, "ApplyHessian", 0));
}

void
sw_api_umbridge_inputs(sw_request *r)
{
    __attribute__((cleanup(question_fini))) question q = {0};
    if (read_question(r, &q))
        sw_answer_json(r, 200,
                       json_pack("{s[I]}", "inputSizes", (json_int_t)json_array_size(q.inputs)));
}

void
sw_api_umbridge_outputs(sw_request *r)
{
    __attribute__((cleanup(question_fini))) question q = {0};
    if (read_question(r, &q))
        sw_answer_json(r, 200,
                       json_pack("{s[I]}", "outputSizes", (json_int_t)json_array_size(q.outputs)));
}

// ---- evaluating ----

// The values of the one input vector into parameters; false after answering what is wrong.
static bool
add_inputs(sw_request *r, const question *q, json_t *parameters)
{
    const json_t *input = json_object_get(q->body, "input");
    const json_t *vector = json_array_get(input, 0);
    size_t n = json_array_size(q->inputs);
    if (json_array_size(input) != 1 || json_array_size(vector) != n) {
        refuse(r, 400, "InvalidInput", "input must be one vector of %zu numbers", n);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        json_t *v = json_array_get(vector, i);
        const char *name = json_string_value(json_array_get(q->inputs, i));
        if (!json_is_number(v)) {
            refuse(r, 400, "InvalidInput", "input of %.200s must be a number", name);
            return false;
        }
        json_object_set(parameters, name, v);
    }
    return true;
}

static json_t *
document_of(const question *q, json_t *parameters)
{
    json_t *seed = json_object_get(q->config, "seed");
    json_t *document = json_pack("{ss ss sO sO s[s] s{ss} si}", "name", "umbridge", "model",
                                 q->model->name, "parameters", parameters, "outputs", q->outputs,
                                 "tags", "umbridge", "design", "method", "list", "priority", 50);
    if (seed)
        json_object_set(json_object_get(document, "design"), "seed", seed);
    return document;
}

// Submits the study of this question; its id, or 0 after answering.
static int64_t
submit(sw_request *r, const question *q)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    const json_t *more = json_object_get(q->config, "parameters");
    sw_auto(json) json_t *parameters =
        json_is_object(more) ? json_copy((json_t *)more) : json_object();
    if (!add_inputs(r, q, parameters))
        return 0;
    sw_auto(json) json_t *document = document_of(q, parameters);
    sw_auto(free) char *text = sw_json_text(document, false);
    int64_t id = 0;
    sw_error e =
        sw_api_submit(sw_api_of(r), sw_request_thread(r), document, text, NULL, &id, &faults);
    if (e == SW_E_INVALID_DOCUMENT && faults.n > 0)
        refuse(r, 400, "InvalidInput", "%s %s", faults.v[0].pointer, faults.v[0].message);
    else if (ok(r, e))
        sw_api_tell(r, id);
    return e ? 0 : id;
}

static void
answer_failure(sw_request *r, int64_t id)
{
    sw_failure_row rows[2];
    int n = 0;
    if (!ok(r, sw_store_failure_list(sw_api_store(r), id, -1, NULL, NULL, 1, rows, &n)))
        return;
    if (n > 0)
        refuse(r, 500, "EvaluationFailed", "%s: %s", rows[0].kind, rows[0].message);
    else
        refuse(r, 500, "EvaluationFailed", "the run was not made");
    for (int i = 0; i < n; i++)
        sw_failure_row_fini(&rows[i]);
}

// The values of the one run; NULL after answering.
static json_t *
vector_of(sw_request *r, const sw_block *block, const json_t *names)
{
    json_t *vector = json_array();
    for (size_t k = 0; k < json_array_size(names); k++) {
        const sw_column *c = &block->columns[k];
        bool number = !c->texts && !c->lengths && isfinite(c->values[0]);
        if (number) {
            json_array_append_new(vector, json_real(c->values[0]));
            continue;
        }
        refuse(r, 500, "InvalidOutput", "%.200s is not a finite number",
               json_string_value(json_array_get(names, k)));
        json_decref(vector);
        return NULL;
    }
    return vector;
}

static void
answer_output(sw_request *r, int64_t id, const json_t *names)
{
    size_t n = json_array_size(names);
    sw_auto(free) const char **variables = sw_calloc(n, sizeof *variables);
    for (size_t k = 0; k < n; k++)
        variables[k] = json_string_value(json_array_get(names, k));
    sw_reader *reader = sw_reader_new(id, variables, n, 0, 0);
    sw_block block = {0};
    if (ok(r, sw_reader_next(reader, sw_api_store(r), &block))) {
        json_t *vector = block.n ? vector_of(r, &block, names) : NULL;
        if (vector)
            sw_answer_json(r, 200, json_pack("{s[o]}", "output", vector));
        else if (!block.n)
            refuse(r, 500, "EvaluationFailed", "the run was not made");
    }
    sw_reader_free(&reader);
}

// Answers from a study that is over, which is then no longer needed.
static void
conclude(sw_request *r, const sw_study_row *row)
{
    sw_auto(json) json_t *resolved = sw_api_json_of(row->resolved);
    if (row->state == SW_STATE_DONE && row->failed == 0)
        answer_output(r, row->id, json_object_get(resolved, "outputs"));
    else
        answer_failure(r, row->id);
    if (!sw_store_study_delete(sw_api_store(r), row->id))
        sw_api_tell(r, row->id);
}

static void
give_up(sw_request *r, int64_t id)
{
    sw_state now;
    if (!sw_store_study_move(sw_api_store(r), id, SW_EVENT_CANCEL, NULL, &now))
        sw_api_tell(r, id);
    refuse(r, 504, "Timeout", "the run took longer than %g seconds", EVALUATE_SECONDS);
}

void
sw_api_umbridge_evaluate(sw_request *r)
{
    int64_t *id = sw_request_note(r);
    if (*id == 0) {
        __attribute__((cleanup(question_fini))) question q = {0};
        if (!read_question(r, &q) || (*id = submit(r, &q)) == 0)
            return;
    }
    sw_request_watch(r, *id);
    __attribute__((cleanup(sw_cleanup_row))) sw_study_row row = {0};
    if (!ok(r, sw_store_study_get(sw_api_store(r), *id, &row)))
        return;
    if (row.state == SW_STATE_DONE || row.state == SW_FAILED || row.state == SW_CANCELLED)
        conclude(r, &row);
    else if (sw_request_waited(r) >= EVALUATE_SECONDS)
        give_up(r, *id);
    else
        sw_request_park(r, EVALUATE_SECONDS);
}
