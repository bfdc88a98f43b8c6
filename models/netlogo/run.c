// SPDX-License-Identifier: Apache-2.0
// One run of a NetLogo model: a fresh world, globals from the inputs, setup, steps, measures.
#include "models/netlogo/family.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 8192, SERIES_MAX = 1000000 };

typedef struct values {
    double *v;
    size_t n, capacity;
} values;

typedef struct run_state {
    const sw_nl_described *m;
    const sw_opening *opening;
    sw_nl_limits limits;
    values *series; // [n_outputs]: values measured so far, of outputs that are series
    bool any_series;
} run_state;

static const char *
text_of(const run_state *st, const sw_run *run, size_t p)
{
    const sw_levels *levels = &st->opening->levels[p];
    return levels->texts[(size_t)run->in[p]];
}

// ---- globals and the world ----

// A NetLogo literal of a text.
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

// Choosers of numbers, booleans and lists take their literals as they are.
static bool
is_literal(const sw_nl_control *c)
{
    return c->kind == SW_NL_CHOOSER && c->n_choices > 0 && c->choices[0][0] != '"';
}

static void
literal_of(const run_state *st, const sw_run *run, size_t i, char *out, size_t size)
{
    const sw_parameter *p = &st->m->parameters[SW_NL_P_OWN + i];
    double in = run->in[SW_NL_P_OWN + i];
    if (p->kind == SW_TEXT && is_literal(&st->m->compiled.file->controls[i]))
        snprintf(out, size, "%s", text_of(st, run, SW_NL_P_OWN + i));
    else if (p->kind == SW_TEXT)
        quote(text_of(st, run, SW_NL_P_OWN + i), out, size);
    else if (p->kind == SW_BOOLEAN)
        snprintf(out, size, "%s", in != 0 ? "true" : "false");
    else
        sw_nl_java_text(in, out);
}

static int
set_globals(const run_state *st, const sw_run *run, sw_nl_session *s, sw_nl_error *error)
{
    for (size_t i = 0; i < st->m->compiled.file->n_controls; i++) {
        char value[TEXT_MAX];
        literal_of(st, run, i, value, sizeof value);
        const char *name = st->m->compiled.file->controls[i].variable;
        if (sw_nl_session_set_global(s, name, value, error) != 0)
            return -1;
    }
    return 0;
}

// Only where the inputs differ from the file: resizing kills turtles and clears patches.
static int
set_world(const run_state *st, const sw_run *run, sw_nl_session *s, sw_nl_error *error)
{
    bool same = true;
    int edges[4];
    for (int k = 0; k < 4; k++) {
        edges[k] = (int)run->in[SW_NL_P_MIN_X + k];
        same &= edges[k] == (int)st->m->parameters[SW_NL_P_MIN_X + k].value;
    }
    char command[100];
    snprintf(command, sizeof command, "resize-world (%d) (%d) (%d) (%d)", edges[0], edges[1],
             edges[2], edges[3]);
    return same ? 0 : sw_nl_session_command(s, SW_NL_O, command, error);
}

// ---- measuring ----

static void
keep(values *v, double value)
{
    if (v->n == v->capacity) {
        v->capacity = v->capacity ? 2 * v->capacity : 64;
        v->v = realloc(v->v, v->capacity * sizeof *v->v);
        if (v->v == NULL)
            abort();
    }
    v->v[v->n++] = value;
}

static int
is_true(sw_nl_session *s, const char *reporter, bool *yes, sw_nl_error *error)
{
    double value = 0;
    if (sw_nl_session_number(s, reporter, &value, error) != 0)
        return -1;
    *yes = value != 0;
    return 0;
}

static int
measure_series(run_state *st, const sw_run *run, sw_nl_session *s, sw_nl_error *error)
{
    const char *when = text_of(st, run, SW_NL_P_MEASURE_IF);
    bool now = true;
    if (strcmp(when, "true") != 0 && is_true(s, when, &now, error) != 0)
        return -1;
    for (size_t k = 0; now && k < st->opening->n_outputs; k++) {
        double value;
        if (st->opening->outputs[k].kind != SW_SERIES || st->series[k].n >= SERIES_MAX)
            continue;
        if (sw_nl_session_number(s, st->opening->outputs[k].name, &value, error) != 0)
            return -1;
        keep(&st->series[k], value);
    }
    return 0;
}

static int
measure_one(run_state *st, const sw_run *run, sw_nl_session *s, size_t k, sw_nl_error *error)
{
    const sw_output *o = &st->opening->outputs[k];
    const char *text;
    int status = 0;
    if (o->kind == SW_SERIES) {
        run->host->series(run->host, 0, k, st->series[k].v, st->series[k].n);
    } else if (o->kind == SW_SCALAR) {
        status = sw_nl_session_number(s, o->name, &run->out[k], error);
    } else if (strcmp(o->name, "export-world") == 0) {
        status = sw_nl_session_export(s, &text, error);
        if (status == 0 && o->kind == SW_ARTIFACT)
            run->host->artifact(run->host, 0, k, "text/csv", text, strlen(text));
        else if (status == 0)
            run->host->text(run->host, 0, k, text, strlen(text));
    } else {
        status = sw_nl_session_report(s, o->name, &text, error);
        if (status == 0 && o->kind == SW_ARTIFACT)
            run->host->artifact(run->host, 0, k, "text/plain", text, strlen(text));
        else if (status == 0)
            run->host->text(run->host, 0, k, text, strlen(text));
    }
    return status;
}

// ---- steps ----

static int
steps(run_state *st, const sw_run *run, sw_nl_session *s, sw_nl_error *error)
{
    const char *go = text_of(st, run, SW_NL_P_GO), *stop_if = text_of(st, run, SW_NL_P_STOP_IF);
    bool ends = strcmp(stop_if, "false") != 0;
    double every = st->any_series ? fmax(run->in[SW_NL_P_MEASURE_EVERY], 1) : INFINITY;
    double left = run->in[SW_NL_P_TICKS];
    if (st->any_series && measure_series(st, run, s, error) != 0)
        return -1;
    for (bool stopped = false; left > 0 && !stopped;) {
        double stretch = fmin(left, ends ? 1 : every), made = 0;
        if (sw_nl_session_repeat(s, go, stretch, run->host, &made, error) != 0)
            return -1;
        left -= made;
        stopped = made < stretch;
        double at = run->in[SW_NL_P_TICKS] - left;
        if (ends && !stopped && is_true(s, stop_if, &stopped, error) != 0)
            return -1;
        if (st->any_series && !(made < stretch) && fmod(at, every) == 0 &&
            measure_series(st, run, s, error) != 0)
            return -1;
    }
    return 0;
}

static int
run_session(run_state *st, const sw_run *run, sw_nl_session *s, sw_nl_error *error)
{
    if (set_world(st, run, s, error) != 0 || set_globals(st, run, s, error) != 0 ||
        sw_nl_session_command(s, SW_NL_O, text_of(st, run, SW_NL_P_SETUP), error) != 0 ||
        steps(st, run, s, error) != 0)
        return -1;
    for (size_t k = 0; k < st->opening->n_outputs; k++)
        if (measure_one(st, run, s, k, error) != 0)
            return -1;
    return 0;
}

sw_outcome
sw_nl_run_once(void *state, const sw_run *run)
{
    run_state *st = state;
    sw_nl_error error = {0};
    double asked = run->in[SW_NL_P_SEED];
    int64_t seed = asked != 0 ? (int64_t)asked : (int32_t)(uint32_t)run->seed;
    for (size_t k = 0; k < st->opening->n_outputs; k++)
        st->series[k].n = 0;
    sw_nl_session *s = sw_nl_session_of(&st->m->compiled, &st->limits, seed, &error);
    // Files: written in the run's scratch folder, read there and beside the model.
    if (s != NULL && sw_nl_session_folders(s, st->opening->scratch, st->m->dir, "") != 0) {
        run->host->fail(run->host, 0, "the run's folder for files can not be opened");
        sw_nl_session_close(&s);
        return SW_ERROR;
    }
    int status = s == NULL ? -1 : run_session(st, run, s, &error);
    sw_nl_session_close(&s);
    if (status == 0)
        return SW_DONE;
    run->host->fail(run->host, 0, "%s", error.trace[0] != 0 ? error.trace : error.message);
    return error.kind == SW_NL_LIMIT_ERROR && strstr(error.message, "memory") ? SW_MEMORY
                                                                              : SW_ERROR;
}

// ---- opening ----

// Refuses what does not compile before any run is made.
static int
check_text(sw_nl_session *s, const sw_opening *o, const char *what, const char *text, bool reporter)
{
    sw_nl_error error = {0};
    if (sw_nl_session_compiles(s, text, reporter, &error) == 0)
        return 0;
    snprintf(o->error, o->error_size, "%s \"%.200s\", line %zu, column %zu: %.500s", what, text,
             error.line, error.column, error.message);
    return -1;
}

static int
check_texts(sw_nl_session *s, const sw_opening *o)
{
    static const struct {
        size_t parameter;
        const char *what;
        bool reporter;
    } texts[] = {
        {SW_NL_P_SETUP, "setup", false},
        {SW_NL_P_GO, "go", false},
        {SW_NL_P_STOP_IF, "stop-if", true},
        {SW_NL_P_MEASURE_IF, "measure-if", true},
    };
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        const sw_levels *levels = &o->levels[texts[t].parameter];
        for (size_t k = 0; k < levels->n; k++)
            if (check_text(s, o, texts[t].what, levels->texts[k], texts[t].reporter) != 0)
                return -1;
    }
    for (size_t k = 0; k < o->n_outputs; k++)
        if (strcmp(o->outputs[k].name, "export-world") != 0 &&
            check_text(s, o, "the output", o->outputs[k].name, true) != 0)
            return -1;
    return 0;
}

int
sw_nl_run_open(const sw_opening *o, void **state)
{
    run_state *st = calloc(1, sizeof *st);
    if (st == NULL || (st->series = calloc(o->n_outputs + 1, sizeof *st->series)) == NULL)
        abort();
    st->m = o->model->self;
    st->opening = o;
    st->limits = (sw_nl_limits){.memory = o->memory_bytes, .seconds = o->run_seconds};
    for (size_t k = 0; k < o->n_outputs; k++)
        st->any_series |= o->outputs[k].kind == SW_SERIES;
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_of(&st->m->compiled, &st->limits, 0, &error);
    if (s == NULL)
        snprintf(o->error, o->error_size, "%.900s", error.message);
    int status = s == NULL ? -1 : check_texts(s, o);
    sw_nl_session_close(&s);
    *state = st;
    if (status != 0)
        sw_nl_run_close(st);
    return status;
}

void
sw_nl_run_close(void *state)
{
    run_state *st = state;
    for (size_t k = 0; k < st->opening->n_outputs; k++)
        free(st->series[k].v);
    free(st->series);
    free(st);
}
