// SPDX-License-Identifier: Apache-2.0
// A run is one question Evaluate: inputs go out as vectors, outputs come back as vectors.
#include "models/umbridge/umbridge.h"

#include "models/umbridge/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A run without a limit of its own still ends.
#define RUN_SECONDS 3600.0

// Where an output lies in what the server gives; component -1: the vector as a whole.
typedef struct place {
    size_t vector;
    long component;
} place;

typedef struct instance {
    const sw_umbridge *u;
    const sw_opening *opening;
    sw_umbridge_http *http;
    sw_umbridge_sizes in, out;
    place *places; // [opening->n_outputs]
    double seconds;
} instance;

// ---- opening ----

// Walks the model's outputs along the vectors: a scalar takes the next number, a series a whole
// vector. Writes places of all of the model's outputs; false if they do not come out even.
static bool
lay_out(const sw_model *m, const sw_umbridge_sizes *sizes, place *places)
{
    size_t v = 0, c = 0;
    for (size_t k = 0; k < m->n_outputs; k++) {
        bool series = m->outputs[k].kind == SW_SERIES;
        if (v == sizes->n || (series && c > 0))
            return false;
        places[k] = (place){v, series ? -1 : (long)c};
        c++;
        if (series || c == sizes->size[v]) {
            v++;
            c = 0;
        }
    }
    return v == sizes->n && c == 0;
}

static bool
find_places(instance *x, char *error, size_t size)
{
    const sw_opening *o = x->opening;
    const sw_model *m = o->model;
    place *all = calloc(m->n_outputs + 1, sizeof *all);
    x->places = calloc(o->n_outputs + 1, sizeof *x->places);
    bool good = all && x->places && lay_out(m, &x->out, all);
    if (!good)
        snprintf(error, size, "the server's outputs are not those of %.100s: they have other sizes",
                 m->name);
    for (size_t k = 0; good && k < o->n_outputs; k++) {
        for (size_t d = 0; d < m->n_outputs; d++) {
            if (strcmp(m->outputs[d].name, o->outputs[k].name) == 0)
                x->places[k] = all[d];
        }
    }
    free(all);
    return good;
}

static bool
check_inputs(const instance *x, char *error, size_t size)
{
    size_t total = 0;
    for (size_t v = 0; v < x->in.n; v++)
        total += x->in.size[v];
    if (total == x->opening->model->n_parameters)
        return true;
    snprintf(error, size, "the server takes %zu numbers, and the model has %zu parameters", total,
             x->opening->model->n_parameters);
    return false;
}

static void
umbridge_close(void *state)
{
    instance *x = state;
    sw_umbridge_http_close(&x->http);
    free(x->places);
    free(x);
}

static int
umbridge_open(const sw_opening *o, void **state)
{
    instance *x = calloc(1, sizeof *x);
    if (!x)
        abort();
    x->u = o->model->self;
    x->opening = o;
    // A little less than the executor allows, so that it need not be killed.
    x->seconds = o->run_seconds > 0 ? 0.95 * o->run_seconds : RUN_SECONDS;
    x->http = sw_umbridge_http_open(x->u->url, o->error, o->error_size);
    if (x->http && sw_umbridge_ask_sizes(x->u, x->http, true, &x->in, o->error, o->error_size) &&
        sw_umbridge_ask_sizes(x->u, x->http, false, &x->out, o->error, o->error_size) &&
        check_inputs(x, o->error, o->error_size) && find_places(x, o->error, o->error_size)) {
        *state = x;
        return 0;
    }
    umbridge_close(x);
    return -1;
}

// ---- a run ----

static json_t *
input_of(const instance *x, const double *in)
{
    json_t *input = json_array();
    for (size_t v = 0; v < x->in.n; v++) {
        json_t *vector = json_array();
        for (size_t c = 0; c < x->in.size[v]; c++)
            json_array_append_new(vector, json_real(*in++));
        json_array_append_new(input, vector);
    }
    return input;
}

static json_t *
question_of(const instance *x, const sw_run *run)
{
    json_t *question = sw_umbridge_question(x->u);
    json_object_set_new(question, "input", input_of(x, run->in));
    if (x->u->seed) {
        // 53 bits, which every reader of JSON keeps.
        json_t *config = json_copy(x->u->config);
        json_object_set_new(config, x->u->seed, json_integer((json_int_t)(run->seed >> 11)));
        json_object_set_new(question, "config", config);
    }
    return question;
}

// The numbers of one vector into v; false if one is none.
static bool
read_vector(const json_t *vector, size_t n, double *v)
{
    for (size_t c = 0; c < n; c++) {
        const json_t *number = json_array_get(vector, c);
        if (!json_is_number(number))
            return false;
        v[c] = json_number_value(number);
    }
    return json_array_size(vector) == n;
}

static bool
put_output(const instance *x, const sw_run *run, size_t k, const json_t *vector, size_t n)
{
    double *v = malloc(n * sizeof *v);
    bool good = v && read_vector(vector, n, v);
    const place *p = &x->places[k];
    if (good && p->component < 0)
        run->host->series(run->host, 0, k, v, n);
    else if (good)
        run->out[k] = v[p->component];
    free(v);
    return good;
}

static sw_outcome
read_output(const instance *x, const sw_run *run, const json_t *answer)
{
    const json_t *output = json_object_get(answer, "output");
    for (size_t k = 0; k < x->opening->n_outputs; k++) {
        size_t v = x->places[k].vector;
        if (json_array_size(output) == x->out.n &&
            put_output(x, run, k, json_array_get(output, v), x->out.size[v]))
            continue;
        run->host->fail(run->host, 0,
                        "the server's output is not %zu vectors of the sizes that it said, all "
                        "numbers",
                        x->out.n);
        return SW_ERROR;
    }
    return SW_DONE;
}

static sw_outcome
umbridge_run(void *state, const sw_run *run)
{
    instance *x = state;
    char error[500] = "";
    json_t *question = question_of(x, run), *answer = NULL;
    sw_umbridge_answer how = sw_umbridge_ask(x->http, "Evaluate", question, x->seconds, run->host,
                                             &answer, error, sizeof error);
    json_decref(question);
    sw_outcome outcome = SW_ERROR;
    if (how == SW_UMBRIDGE_OK)
        outcome = read_output(x, run, answer);
    else
        run->host->fail(run->host, 0, "%s", error);
    json_decref(answer);
    return how == SW_UMBRIDGE_TOO_LATE ? SW_TIMEOUT : outcome;
}

// ---- the family ----

static int
umbridge_load(const sw_source *source, sw_model **model, sw_source_error *error)
{
    sw_umbridge *u = sw_umbridge_read(source, error);
    if (!u)
        return -1;
    u->model.open = umbridge_open;
    u->model.run = umbridge_run;
    u->model.close = umbridge_close;
    *model = &u->model;
    return 0;
}

static void
umbridge_unload(sw_model *model)
{
    sw_umbridge_drop(model->self);
}

const sw_family sw_umbridge_family = {
    .name = "umbridge",
    .doc = "Models behind a server that speaks UM-Bridge's protocol.",
    .load = umbridge_load,
    .unload = umbridge_unload,
};
