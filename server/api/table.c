// SPDX-License-Identifier: Apache-2.0
// Blocks of runs as tables: inputs and seeds come from the plan, outputs from the database.
#include "server/api/internal.h"

static sw_cell
input_cell(const sw_study_parameter *p)
{
    if (p->declared->kind == SW_TEXT)
        return SW_CELL_LEVEL;
    return p->declared->kind == SW_BOOLEAN ? SW_CELL_BOOLEAN : SW_CELL_NUMBER;
}

void
sw_api_table_init(run_table *t, const loaded *l, bool varied_only)
{
    const sw_study *s = l->study;
    *t = (run_table){.study = l};
    t->columns = sw_calloc(s->n_parameters, sizeof *t->columns);
    t->input_columns = sw_calloc(s->n_parameters, sizeof *t->input_columns);
    t->output_columns = sw_calloc(s->n_outputs, sizeof *t->output_columns);
    t->variables = sw_calloc(s->n_outputs + 1, sizeof *t->variables);
    t->shown = sw_calloc(s->n_parameters, sizeof *t->shown);
    for (size_t j = 0; j < s->n_parameters; j++) {
        if (varied_only && s->parameters[j].spread == SW_FIXED)
            continue;
        t->input_columns[t->n_shown] = (sw_table_column){
            .name = s->parameters[j].declared->name,
            .cell = input_cell(&s->parameters[j]),
            .levels = (const char *const *)s->parameters[j].levels,
        };
        t->shown[t->n_shown++] = j;
    }
    for (size_t k = 0; k < s->n_outputs; k++) { // artifacts are not columns
        if (s->outputs[k].kind != SW_ARTIFACT)
            t->variables[t->n_variables++] = s->outputs[k].name;
    }
    size_t n_outputs = t->n_variables;
    t->variables[t->n_variables++] = "_state";
    t->table = (sw_table){.n_inputs = t->n_shown,
                          .inputs = t->input_columns,
                          .n_outputs = n_outputs,
                          .outputs = t->output_columns};
}

void
sw_api_table_fini(run_table *t)
{
    free(t->inputs);
    free(t->columns);
    free(t->shown);
    free(t->seeds);
    free(t->points);
    free(t->replicates);
    free(t->input_columns);
    free(t->output_columns);
    free(t->variables);
    *t = (run_table){0};
}

void
sw_api_table_inputs(run_table *t, uint64_t first, size_t n)
{
    size_t n_parameters = t->study->study->n_parameters;
    if (n > t->capacity) {
        t->capacity = n;
        t->inputs = sw_realloc(t->inputs, n * n_parameters * sizeof *t->inputs);
        t->seeds = sw_realloc(t->seeds, n * sizeof *t->seeds);
        t->points = sw_realloc(t->points, n * sizeof *t->points);
        t->replicates = sw_realloc(t->replicates, n * sizeof *t->replicates);
    }
    for (size_t j = 0; j < n_parameters; j++)
        t->columns[j] = t->inputs + j * n;
    for (size_t k = 0; k < t->n_shown; k++)
        t->input_columns[k].values = t->columns[t->shown[k]];
    sw_plan_inputs(t->study->plan, first, n, t->columns);
    sw_plan_seeds(t->study->plan, first, n, t->seeds);
    t->table.first = first;
    t->table.n = n;
    t->table.seeds = t->seeds;
    for (size_t i = 0; i < n; i++)
        sw_plan_locate(t->study->plan, first + i, 1, &t->points[i], &t->replicates[i]);
    t->table.points = t->points;
    t->table.replicates = t->replicates;
}

void
sw_api_table_block(run_table *t, const sw_block *block)
{
    sw_api_table_inputs(t, block->first, block->n);
    for (size_t k = 0; k < t->table.n_outputs; k++) {
        const sw_column *c = &block->columns[k];
        t->output_columns[k] = (sw_table_column){
            .name = t->variables[k],
            .cell = c->texts     ? SW_CELL_TEXT
                    : c->lengths ? SW_CELL_SERIES
                                 : SW_CELL_NUMBER,
            .values = c->values,
            .lengths = c->lengths,
            .texts = c->texts,
        };
    }
    t->table.state = block->columns[t->n_variables - 1].values;
}
