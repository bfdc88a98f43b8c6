// SPDX-License-Identifier: Apache-2.0
// Variables of a scan, block by block, and the rows where the conditions hold.
#include "server/api/scan.h"

#include "server/api/gather.h"
#include "server/api/where.h"

static const struct {
    const char *name;
    sw_scan_from from;
} numbers[] = {{"run", SW_FROM_RUN}, {"point", SW_FROM_POINT}, {"replicate", SW_FROM_REPLICATE}};

// What a name means: inputs and outputs come before what every run has.
static bool
find(const sw_study *study, const char *name, sw_scan_variable *v)
{
    *v = (sw_scan_variable){.input = sw_gather_input(study, name), .column = SIZE_MAX};
    if (v->input != SIZE_MAX) {
        const sw_study_parameter *p = &study->parameters[v->input];
        v->name = p->declared->name;
        v->from = p->spread == SW_VALUES || p->spread == SW_RANGE ? SW_FROM_COLUMN : SW_FROM_PLAN;
        return true;
    }
    for (size_t k = 0; k < study->n_outputs; k++) {
        if (strcmp(study->outputs[k].name, name) == 0) {
            v->name = study->outputs[k].name;
            return study->outputs[k].kind == SW_SCALAR;
        }
    }
    for (size_t i = 0; i < sw_countof(numbers); i++) {
        if (strcmp(numbers[i].name, name) == 0) {
            v->name = numbers[i].name;
            v->from = numbers[i].from;
            return true;
        }
    }
    static const char *const measured[] = {"_wall_ms", "_max_rss_kb", "_state"};
    bool state = strcmp(name, "state") == 0;
    for (size_t i = 0; i < sw_countof(measured); i++) {
        if (strcmp(measured[i], state ? "_state" : name) == 0)
            v->name = measured[i];
    }
    return v->name != NULL;
}

size_t
sw_scan_variable_of(sw_scan *s, const char *name, size_t n, const char *pointer, sw_faults *faults)
{
    sw_auto(free) char *text = sw_strndup(name, n);
    sw_scan_variable v;
    if (!find(s->study->study, text, &v)) {
        sw_fault_add(faults, pointer, "the study has no variable \"%.60s\" that is a number a run",
                     text);
        return SIZE_MAX;
    }
    for (size_t i = 0; i < s->n_variables; i++) {
        if (strcmp(s->variables[i].name, v.name) == 0 && s->variables[i].from == v.from)
            return i;
    }
    if (s->n_variables == SW_SCAN_VARIABLES) {
        sw_fault_add(faults, pointer, "at most %d variables at once", SW_SCAN_VARIABLES);
        return SIZE_MAX;
    }
    s->variables[s->n_variables] = v;
    return s->n_variables++;
}

size_t
sw_scan_names(sw_scan *s, const char **names, size_t n)
{
    for (size_t i = 0; i < s->n_variables; i++) {
        sw_scan_variable *v = &s->variables[i];
        if (v->from != SW_FROM_COLUMN)
            continue;
        v->column = 0;
        while (v->column < n && strcmp(names[v->column], v->name) != 0)
            v->column++;
        if (v->column == n)
            names[n++] = v->name;
    }
    return n;
}

static bool
needs_plan(const sw_scan *s)
{
    for (size_t i = 0; i < s->n_variables; i++) {
        if (s->variables[i].from == SW_FROM_PLAN)
            return true;
    }
    return false;
}

static void
make_room(sw_scan *s, size_t n)
{
    if (n <= s->capacity)
        return;
    size_t n_parameters = s->study->study->n_parameters;
    s->capacity = n;
    s->keep = sw_realloc(s->keep, n);
    for (size_t i = 0; i < s->n_variables; i++) {
        sw_scan_variable *v = &s->variables[i];
        if (v->from != SW_FROM_COLUMN && v->from != SW_FROM_PLAN)
            v->own = sw_realloc(v->own, n * sizeof *v->own);
    }
    if (!needs_plan(s))
        return;
    s->inputs = sw_realloc(s->inputs, n * n_parameters * sizeof *s->inputs);
    s->input_columns = sw_realloc(s->input_columns, n_parameters * sizeof *s->input_columns);
}

static void
number_rows(const sw_scan *s, const sw_scan_variable *v, const sw_block *block)
{
    for (size_t i = 0; i < block->n; i++) {
        uint64_t run = block->first + i, point = 0, replicate = 0;
        if (v->from != SW_FROM_RUN)
            sw_plan_locate(s->study->plan, run, 1, &point, &replicate);
        v->own[i] = (double)(v->from == SW_FROM_RUN     ? run
                             : v->from == SW_FROM_POINT ? point
                                                        : replicate);
    }
}

static void
read_variables(sw_scan *s, const sw_block *block)
{
    if (needs_plan(s)) {
        for (size_t j = 0; j < s->study->study->n_parameters; j++)
            s->input_columns[j] = s->inputs + j * block->n;
        sw_plan_inputs(s->study->plan, block->first, block->n, s->input_columns);
    }
    for (size_t i = 0; i < s->n_variables; i++) {
        sw_scan_variable *v = &s->variables[i];
        if (v->from == SW_FROM_COLUMN) {
            v->values = block->columns[v->column].values;
        } else if (v->from == SW_FROM_PLAN) {
            v->values = s->input_columns[v->input];
        } else {
            number_rows(s, v, block);
            v->values = v->own;
        }
    }
}

const uint8_t *
sw_scan_block(sw_scan *s, const sw_block *block)
{
    make_room(s, block->n);
    read_variables(s, block);
    memset(s->keep, 1, block->n);
    for (size_t k = 0; k < s->n_conditions; k++) {
        const sw_condition *c = &s->conditions[k];
        sw_where_apply(c->op, c->value, s->variables[c->variable].values, block->n, s->keep);
    }
    return s->keep;
}

void
sw_scan_fini(sw_scan *s)
{
    for (size_t i = 0; i < s->n_variables; i++)
        free(s->variables[i].own);
    free(s->inputs);
    free(s->input_columns);
    free(s->keep);
    *s = (sw_scan){0};
}
