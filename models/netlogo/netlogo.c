// SPDX-License-Identifier: Apache-2.0
// Makes a model of a NetLogo file: the bridge from widgets and reporters to parameters and outputs.
#include "models/netlogo/netlogo.h"

#include "models/netlogo/session.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SETUP, GO, TICKS, OWN_PARAMETERS };

typedef struct family_model {
    sw_model model;
    sw_nl_file *file;
    sw_parameter *parameter;
    char *name, *bytes, version[32];
    size_t n_bytes;
} family_model;

typedef struct family_state {
    const family_model *m;
    const sw_opening *opening;
    sw_nl_limits limits;
} family_state;

static double
number_of(const char *text, double otherwise)
{
    double d;
    return sw_nl_number_read(text, strlen(text), &d) == SW_NL_NUMBER_OK ? d : otherwise;
}

// A text literal without its quotes; other literals as they are. In place.
static const char *
plain_text(const char *literal)
{
    size_t n = strlen(literal);
    if (n < 2 || literal[0] != '"')
        return literal;
    char *text = strndup(literal + 1, n - 2);
    if (text == NULL)
        abort();
    return text;
}

static sw_parameter
control_parameter(const sw_nl_control *c)
{
    sw_parameter p = {.name = c->variable,
                      .unit = c->units == NULL ? "" : c->units,
                      .doc = "A global variable set by a widget of the model.",
                      .min = -INFINITY,
                      .max = INFINITY};
    if (c->kind == SW_NL_SLIDER) {
        p.min = number_of(c->min, -INFINITY);
        p.max = number_of(c->max, INFINITY);
        p.value = number_of(c->value, 0);
    } else if (c->kind == SW_NL_SWITCH) {
        p.kind = SW_BOOLEAN;
        p.max = 1;
        p.min = 0;
        p.value = strcmp(c->value, "true") == 0;
    } else if (c->kind == SW_NL_INPUT &&
               (c->input == SW_NL_INPUT_NUMBER || c->input == SW_NL_INPUT_COLOR)) {
        p.value = number_of(c->value, 0);
    } else {
        p.kind = SW_TEXT;
        p.text = plain_text(c->value);
    }
    return p;
}

static void
own_parameters(sw_parameter p[OWN_PARAMETERS])
{
    p[SETUP] = (sw_parameter){.name = "setup",
                              .unit = "",
                              .doc = "Commands that start a run.",
                              .kind = SW_TEXT,
                              .text = "setup"};
    p[GO] = (sw_parameter){
        .name = "go", .unit = "", .doc = "Commands of one step.", .kind = SW_TEXT, .text = "go"};
    p[TICKS] = (sw_parameter){.name = "ticks",
                              .unit = "",
                              .kind = SW_INTEGER,
                              .max = 1e9,
                              .doc = "How often go runs, unless it stops.",
                              .value = 100};
}

// Slashes in NetLogo strings are escapes, so texts from parameters are quoted.
static void
quote(const char *text, char *out, size_t size)
{
    size_t at = 0;
    out[at++] = '"';
    for (; *text != 0 && at + 4 < size; text++) {
        if (*text == '"' || *text == '\\')
            out[at++] = '\\';
        out[at++] = *text;
    }
    out[at++] = '"';
    out[at] = 0;
}

static int
set_globals(const family_state *st, const sw_run *run, sw_nl_session *s, sw_nl_error *error)
{
    for (size_t i = 0; i < st->m->file->n_controls; i++) {
        const sw_parameter *p = &st->m->parameter[OWN_PARAMETERS + i];
        const sw_nl_control *c = &st->m->file->controls[i];
        char value[4096], command[5000];
        double in = run->in[OWN_PARAMETERS + i];
        if (p->kind == SW_TEXT) {
            const char *text = st->opening->levels[OWN_PARAMETERS + i].texts[(size_t)in];
            bool literal = c->kind == SW_NL_CHOOSER && c->n_choices > 0 && c->choices[0][0] != '"';
            if (literal)
                snprintf(value, sizeof value, "%s", text);
            else
                quote(text, value, sizeof value);
        } else if (p->kind == SW_BOOLEAN) {
            snprintf(value, sizeof value, "%s", in != 0 ? "true" : "false");
        } else {
            sw_nl_java_text(in, value);
        }
        snprintf(command, sizeof command, "set %s %s", c->variable, value);
        if (sw_nl_session_command(s, SW_NL_O, command, error) != 0)
            return -1;
    }
    return 0;
}

static int
run_model(const family_state *st, const sw_run *run, sw_nl_session *s, sw_nl_error *error)
{
    const sw_levels *levels = st->opening->levels;
    sw_nl_session_seed(s, (int64_t)(int32_t)(uint32_t)run->seed);
    if (set_globals(st, run, s, error) != 0 ||
        sw_nl_session_command(s, SW_NL_O, levels[SETUP].texts[(size_t)run->in[SETUP]], error) != 0)
        return -1;
    const char *go = levels[GO].texts[(size_t)run->in[GO]];
    if (sw_nl_session_repeat(s, go, run->in[TICKS], run->host, error) != 0)
        return -1;
    for (size_t k = 0; k < st->opening->n_outputs; k++)
        if (sw_nl_session_number(s, st->opening->outputs[k].name, &run->out[k], error) != 0)
            return -1;
    return 0;
}

static sw_outcome
family_run(void *state, const sw_run *run)
{
    const family_state *st = state;
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_open(st->m->bytes, st->m->n_bytes, NULL, &st->limits, &error);
    int status = s == NULL ? -1 : run_model(st, run, s, &error);
    sw_nl_session_close(&s);
    if (status == 0)
        return SW_DONE;
    run->host->fail(run->host, 0, "%s", error.trace[0] != 0 ? error.trace : error.message);
    return SW_ERROR;
}

static int
family_open(const sw_opening *o, void **state)
{
    family_state *st = calloc(1, sizeof *st);
    if (st == NULL)
        abort();
    st->m = o->model->self;
    st->opening = o;
    st->limits = (sw_nl_limits){.memory = o->memory_bytes, .seconds = o->run_seconds};
    *state = st;
    return 0;
}

static void
family_close(void *state)
{
    free(state);
}

static void
family_unload(sw_model *model)
{
    family_model *m = model->self;
    for (size_t i = 0; i < m->file->n_controls; i++)
        if (m->parameter[OWN_PARAMETERS + i].kind == SW_TEXT &&
            m->parameter[OWN_PARAMETERS + i].text != m->file->controls[i].value)
            free((char *)(uintptr_t)m->parameter[OWN_PARAMETERS + i].text);
    sw_nl_file_free(&m->file);
    free(m->parameter);
    free(m->name);
    free(m->bytes);
    free(m);
}

static int
check_compiles(family_model *m, sw_source_error *error)
{
    sw_nl_error why = {0};
    sw_nl_session *s = sw_nl_session_open(m->bytes, m->n_bytes, NULL, NULL, &why);
    if (s == NULL) {
        *error = (sw_source_error){.line = why.line, .column = why.column};
        snprintf(error->message, sizeof error->message, "%.500s", why.message);
        return -1;
    }
    sw_nl_session_close(&s);
    return 0;
}

static int
family_load(const sw_source *source, sw_model **model, sw_source_error *error)
{
    family_model *m = calloc(1, sizeof *m);
    if (m == NULL)
        abort();
    if (sw_nl_file_load(source->bytes, source->n, NULL, &m->file, error) != 0) {
        free(m);
        return -1;
    }
    size_t n = m->file->n_controls;
    m->parameter = calloc(OWN_PARAMETERS + n, sizeof *m->parameter);
    m->name = strdup(source->name);
    m->bytes = malloc(source->n + 1);
    if (m->parameter == NULL || m->name == NULL || m->bytes == NULL)
        abort();
    memcpy(m->bytes, source->bytes, source->n);
    m->n_bytes = source->n;
    own_parameters(m->parameter);
    for (size_t i = 0; i < n; i++)
        m->parameter[OWN_PARAMETERS + i] = control_parameter(&m->file->controls[i]);
    uint64_t hash = 1469598103934665603ull;
    for (size_t i = 0; i < source->n; i++)
        hash = (hash ^ (unsigned char)m->bytes[i]) * 1099511628211ull;
    snprintf(m->version, sizeof m->version, "1-%016llx", (unsigned long long)hash);
    m->model = (sw_model){.name = m->name,
                          .version = m->version,
                          .doc = "A NetLogo model.",
                          .n_parameters = OWN_PARAMETERS + n,
                          .parameters = m->parameter,
                          .any_output = true,
                          .self = m,
                          .open = family_open,
                          .run = family_run,
                          .close = family_close};
    if (check_compiles(m, error) != 0) {
        family_unload(&m->model);
        return -1;
    }
    *model = &m->model;
    return 0;
}

const sw_family sw_netlogo_family = {
    .name = "netlogo",
    .doc = "NetLogo models from .nlogo and .nlogox files.",
    .load = family_load,
    .unload = family_unload,
};
