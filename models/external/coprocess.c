// SPDX-License-Identifier: Apache-2.0
// Co-process mode: one JSON line to the program and one back for every run. After anything that
// could leave the two out of step, the program is killed and started anew for the next run.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/external/instance.h"

int
sw_coprocess_start(sw_external *x, char *error, size_t error_size)
{
    const sw_external_values v = {.manifest = x->manifest, .scratch = x->folder};
    char **argv = sw_external_command(x, &v), **env = sw_external_environment(x, &v);
    const sw_external_child_setup setup = {.argv = (const char *const *)argv,
                                           .env = (const char *const *)env,
                                           .folder = x->folder,
                                           .talks = true,
                                           .network = x->manifest->network,
                                           .memory_bytes = x->memory_bytes};
    int result = sw_external_child_start(&x->child, &setup, error, error_size);
    sw_external_free_list(argv);
    sw_external_free_list(env);
    x->reply.n = 0;
    return result;
}

// ---- the request ----

static void
append_string(sw_external_bytes *to, const char *text)
{
    json_t *string = json_string(text);
    char *quoted = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;
    sw_external_append_text(to, quoted ? quoted : "null");
    free(quoted);
    json_decref(string);
}

static int
append_inputs(const sw_external_values *v, const sw_run *run, sw_external_bytes *to)
{
    for (size_t j = 0; j < v->manifest->model.n_parameters; j++) {
        const sw_parameter *p = &v->manifest->parameters[j];
        sw_external_append_text(to, j ? "," : "");
        append_string(to, p->name);
        sw_external_append_text(to, ":");
        if (p->kind == SW_TEXT)
            append_string(to, sw_external_level(v, j));
        else if (isfinite(run->in[j]))
            sw_external_append_value(v, j, to);
        else {
            run->host->fail(run->host, 0, "%s is %g, which JSON cannot carry", p->name, run->in[j]);
            return -1;
        }
    }
    return 0;
}

static int
write_request(sw_external *x, const sw_run *run)
{
    const sw_external_values v = {.manifest = x->manifest,
                                  .levels = x->opening->levels,
                                  .in = run->in,
                                  .run = run->run,
                                  .seed = run->seed,
                                  .scratch = x->folder};
    char head[100];
    snprintf(head, sizeof head, "{\"run\":%" PRIu64 ",\"seed\":%" PRIu64 ",\"inputs\":{", run->run,
             sw_external_seed(run->seed));
    x->request.n = 0;
    sw_external_append_text(&x->request, head);
    if (append_inputs(&v, run, &x->request))
        return -1;
    sw_external_append_text(&x->request, "}}\n");
    return 0;
}

// ---- the reply ----

static int
put_artifact(sw_external *x, const sw_run *run, size_t k, const json_t *value, char *error,
             size_t size)
{
    sw_external_bytes bytes = {0};
    const char *name = json_string_value(value);
    if (!name) {
        snprintf(error, size, "must be the name of a file");
        return -1;
    }
    int result = sw_external_read_file(x, name, &bytes, error, size);
    if (result == 0)
        run->host->artifact(run->host, 0, k, x->manifest->picks[x->declared[k]].media_type,
                            sw_external_text_of(&bytes), bytes.n);
    sw_external_bytes_fini(&bytes);
    return result;
}

static int
put_text(const sw_run *run, size_t k, const json_t *value, char *error, size_t size)
{
    if (json_is_string(value)) {
        run->host->text(run->host, 0, k, json_string_value(value), json_string_length(value));
        return 0;
    }
    snprintf(error, size, "must be a string");
    return -1;
}

static int
put_series(const sw_run *run, size_t k, const json_t *value, char *error, size_t size)
{
    double *values;
    size_t n;
    if (!json_is_array(value)) {
        snprintf(error, size, "must be an array of numbers");
        return -1;
    }
    if (sw_pick_json_series(value, &values, &n, error, size))
        return -1;
    run->host->series(run->host, 0, k, values, n);
    free(values);
    return 0;
}

static int
put_output(sw_external *x, const sw_run *run, size_t k, const json_t *value, char *error,
           size_t size)
{
    switch (x->opening->outputs[k].kind) {
    case SW_SERIES:
        return put_series(run, k, value, error, size);
    case SW_OUTPUT_TEXT:
        return put_text(run, k, value, error, size);
    case SW_ARTIFACT:
        return put_artifact(x, run, k, value, error, size);
    default:
        return sw_pick_json_number(value, &run->out[k], error, size);
    }
}

static sw_outcome
put_outputs(sw_external *x, const sw_run *run, const json_t *outputs)
{
    for (size_t k = 0; k < x->opening->n_outputs; k++) {
        const char *name = x->opening->outputs[k].name;
        const json_t *value = json_object_get(outputs, name);
        char error[300] = "is missing from the reply";
        if (x->declared[k] >= (long)x->manifest->n_declared)
            continue; // measured, not told
        if (!value || put_output(x, run, k, value, error, sizeof error)) {
            run->host->fail(run->host, 0, "output %s %s", name, error);
            return SW_ERROR;
        }
    }
    return SW_DONE;
}

// A reply that is no answer to the request: whatever follows cannot be trusted either.
static sw_outcome
distrust(sw_external *x, const sw_run *run, const char *what)
{
    run->host->fail(run->host, 0, "the program's reply %s: %.100s", what,
                    sw_external_text_of(&x->reply));
    sw_external_child_kill(&x->child);
    return SW_ERROR;
}

static sw_outcome
read_reply(sw_external *x, const sw_run *run, size_t length)
{
    json_error_t why;
    if (length + 1 < x->reply.n)
        return distrust(x, run, "has more than one line");
    json_t *reply =
        json_loadb(x->reply.at, length, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &why);
    const json_t *outputs = json_object_get(reply, "outputs");
    const json_t *echo = json_object_get(reply, "run");
    const char *said = json_string_value(json_object_get(reply, "error"));
    sw_outcome outcome = SW_ERROR;
    if (!json_is_object(reply))
        outcome = distrust(x, run, "is not a JSON object");
    else if (echo && json_number_value(echo) != (double)run->run)
        outcome = distrust(x, run, "is for another run");
    else if (said)
        run->host->fail(run->host, 0, "%s", said);
    else if (!json_is_object(outputs))
        outcome = distrust(x, run, "has neither outputs nor an error");
    else
        outcome = put_outputs(x, run, outputs);
    json_decref(reply);
    return outcome;
}

// ---- the exchange ----

// Waits for a whole line in x->reply. *length is that of the line.
static sw_outcome
wait_for_line(sw_external *x, const sw_run *run, size_t *length)
{
    sw_external_child_watch w = {
        .deadline = x->run_seconds > 0 ? sw_external_child_now() + x->run_seconds : 0,
        .most_output = x->manifest->output_bytes,
        .run = run,
        .input = x->request.at,
        .n_input = x->request.n};
    size_t seen = 0;
    for (;;) {
        sw_outcome outcome = sw_external_child_pump(&x->child, &w, &x->reply);
        if (outcome != SW_DONE)
            return outcome;
        const char *from = sw_external_text_of(&x->reply);
        const char *end = memchr(from + seen, '\n', x->reply.n - seen);
        *length = end ? (size_t)(end - from) : 0;
        if (end)
            return SW_DONE;
        seen = x->reply.n;
        // It may have closed its output long before it ends.
        if (x->child.out < 0 && sw_external_child_has_ended(&x->child))
            return sw_external_child_post_mortem(&x->child, run);
    }
}

// Bytes that came since the last reply belong to no request.
static bool
is_in_step(sw_external *x)
{
    char byte;
    x->reply.n = 0;
    return x->child.pid > 0 && read(x->child.out, &byte, 1) < 0;
}

static void
measure(sw_external *x, const sw_run *run, double cpu_before)
{
    if (x->wants_memory || x->memory_bytes)
        sw_external_child_look_at_memory(&x->child);
    sw_external_put_measured(x, run, sw_external_child_cpu_ms(&x->child) - cpu_before,
                             x->child.peak_kb);
}

sw_outcome
sw_coprocess_run(sw_external *x, const sw_run *run)
{
    char error[512];
    size_t length;
    if (!is_in_step(x)) {
        sw_external_child_kill(&x->child);
        if (sw_coprocess_start(x, error, sizeof error)) {
            run->host->fail(run->host, 0, "%s", error);
            return SW_ERROR;
        }
    }
    if (write_request(x, run))
        return SW_ERROR;
    double cpu_before = x->wants_cpu ? sw_external_child_cpu_ms(&x->child) : 0;
    if (x->wants_memory)
        sw_external_child_restart_peak(&x->child);
    x->child.tail.n = 0;
    sw_outcome outcome = wait_for_line(x, run, &length);
    if (outcome == SW_DONE)
        outcome = read_reply(x, run, length);
    if (outcome == SW_DONE)
        measure(x, run, cpu_before);
    if (outcome != SW_DONE)
        sw_external_child_log(&x->child, run);
    return outcome;
}
