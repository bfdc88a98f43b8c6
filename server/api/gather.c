// SPDX-License-Identifier: Apache-2.0
// Reading variables of many runs side by side: inputs from the plan, outputs from the database.
#include "server/api/gather.h"

#include <math.h>

enum { STRETCH_MAX = 1024, STRETCHES = 64 };

static const char *const measured[] = {"_wall_ms", "_max_rss_kb"};

size_t
sw_gather_input(const sw_study *s, const char *name)
{
    for (size_t j = 0; j < s->n_parameters; j++) {
        if (strcmp(s->parameters[j].declared->name, name) == 0)
            return j;
    }
    return SIZE_MAX;
}

bool
sw_gather_is_number(const sw_study *s, const char *name)
{
    for (size_t i = 0; i < sw_countof(measured); i++) {
        if (strcmp(measured[i], name) == 0)
            return true;
    }
    for (size_t k = 0; k < s->n_outputs; k++) {
        if (strcmp(s->outputs[k].name, name) == 0)
            return s->outputs[k].kind == SW_SCALAR;
    }
    return false;
}

bool
sw_gather_add(sw_gather *g, const char *name, const char *pointer, sw_faults *faults)
{
    if (g->n_variables == SW_GATHER_MAX) {
        sw_fault_add(faults, pointer, "at most %d variables at once", SW_GATHER_MAX);
        return false;
    }
    const sw_study *s = g->study->study;
    sw_gather_variable v = {name, sw_gather_input(s, name), SIZE_MAX};
    if (v.input == SIZE_MAX && !sw_gather_is_number(s, name)) {
        sw_fault_add(faults, pointer, "the study has no variable \"%.60s\" that is a number a run",
                     name);
        return false;
    }
    g->variables[g->n_variables++] = v;
    return true;
}

// What the reader is to read: the variables that are not inputs, then _state.
static size_t
names_to_read(sw_gather *g, const char **names)
{
    size_t n = 0;
    for (size_t v = 0; v < g->n_variables; v++) {
        if (g->variables[v].input == SIZE_MAX) {
            g->variables[v].column = n;
            names[n++] = g->variables[v].name;
        }
    }
    names[n++] = "_state";
    return n;
}

// Inputs of one block, all parameters, since the plan gives no fewer.
typedef struct inputs {
    size_t capacity;
    double *values, **columns;
} inputs;

static void
inputs_of(inputs *in, const loaded *l, uint64_t first, size_t n)
{
    size_t p = l->study->n_parameters;
    if (n > in->capacity) {
        in->capacity = n;
        in->values = sw_realloc(in->values, n * p * sizeof *in->values);
        in->columns = sw_realloc(in->columns, p * sizeof *in->columns);
    }
    for (size_t j = 0; j < p; j++)
        in->columns[j] = in->values + j * n;
    sw_plan_inputs(l->plan, first, n, in->columns);
}

static void
keep_block(sw_gather *g, const sw_block *block, const inputs *in, const double *state)
{
    for (size_t i = 0; i < block->n; i++) {
        bool failed = state[i] != 0;
        g->failed += failed;
        if (failed && !g->failed_too)
            continue;
        for (size_t v = 0; v < g->n_variables; v++) {
            const sw_gather_variable *it = &g->variables[v];
            g->columns[v][g->n] = it->input != SIZE_MAX ? in->columns[it->input][i]
                                                        : block->columns[it->column].values[i];
        }
        g->runs[g->n++] = (double)(block->first + i);
    }
    g->found += block->n;
}

static sw_error
read_stretch(sw_gather *g, sw_store *store, const char *const *names, size_t n_names, inputs *in,
             uint64_t first, uint64_t last)
{
    bool with_inputs = n_names - 1 < g->n_variables;
    sw_reader *reader = sw_reader_new(g->study->row.id, names, n_names, first, last);
    sw_block block = {0};
    sw_error e = sw_reader_next(reader, store, &block);
    for (; !e && block.n > 0; e = sw_reader_next(reader, store, &block)) {
        if (with_inputs)
            inputs_of(in, g->study, block.first, block.n);
        keep_block(g, &block, in, block.columns[n_names - 1].values);
    }
    sw_reader_free(&reader);
    g->looked += last - first + 1;
    return e;
}

sw_error
sw_gather_run(sw_gather *g, sw_store *store)
{
    const char *names[SW_GATHER_MAX + 1];
    size_t n_names = names_to_read(g, names);
    uint64_t runs = (uint64_t)g->study->row.runs, size = runs, stretches = 1;
    if (runs > g->limit) {
        size = g->limit / STRETCHES;
        size = size > STRETCH_MAX ? STRETCH_MAX : size + (size == 0);
        stretches = g->limit / size;
    }
    for (size_t v = 0; v < g->n_variables; v++)
        g->columns[v] = sw_calloc(stretches * size, sizeof **g->columns);
    g->runs = sw_calloc(stretches * size, sizeof *g->runs);
    inputs in = {0};
    sw_error e = SW_E_NONE;
    for (uint64_t k = 0; !e && k < stretches; k++) {
        // Evenly spread, from the first run on; what is past the end belongs to none.
        uint64_t first =
            stretches == 1
                ? 0
                : (uint64_t)((double)(runs - size) * (double)k / (double)(stretches - 1));
        e = read_stretch(g, store, names, n_names, &in, first, first + size - 1);
    }
    free(in.values);
    free(in.columns);
    return e;
}

void
sw_gather_fini(sw_gather *g)
{
    for (size_t v = 0; v < g->n_variables; v++)
        free(g->columns[v]);
    free(g->runs);
    *g = (sw_gather){0};
}

void
sw_gather_json(const sw_gather *g, size_t not_finite, sw_buffer *b)
{
    sw_buffer_printf(b,
                     "\"runs\":%lld,\"looked\":%llu,\"shown\":%zu,\"failed\":%llu,"
                     "\"missing\":%llu,\"not_finite\":%zu",
                     (long long)g->study->row.runs, (unsigned long long)g->looked,
                     g->n - not_finite, (unsigned long long)g->failed,
                     (unsigned long long)(g->looked - g->found), not_finite);
}

static const sw_study_parameter *
parameter_of(const sw_gather *g, size_t v)
{
    size_t j = g->variables[v].input;
    return j == SIZE_MAX ? NULL : &g->study->study->parameters[j];
}

size_t
sw_gather_levels(const sw_gather *g, size_t v)
{
    const sw_study_parameter *p = parameter_of(g, v);
    if (!p)
        return 0;
    return p->declared->kind == SW_BOOLEAN ? 2 : p->n_levels;
}

void
sw_gather_variable_json(const sw_gather *g, size_t v, sw_buffer *b)
{
    const sw_study_parameter *p = parameter_of(g, v);
    const char *name = g->variables[v].name;
    sw_buffer_str(b, "{\"name\":");
    sw_buffer_json_string(b, name, strlen(name));
    sw_buffer_str(b, ",\"levels\":");
    if (p && p->declared->kind == SW_BOOLEAN) {
        sw_buffer_str(b, "[\"false\",\"true\"]");
    } else if (p && p->n_levels) {
        for (size_t i = 0; i < p->n_levels; i++) {
            sw_buffer_char(b, i ? ',' : '[');
            sw_buffer_json_string(b, p->levels[i], strlen(p->levels[i]));
        }
        sw_buffer_char(b, ']');
    } else {
        sw_buffer_str(b, "null");
    }
    sw_buffer_char(b, '}');
}
