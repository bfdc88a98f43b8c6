// SPDX-License-Identifier: Apache-2.0
// CSV and NDJSON of runs.
#include "server/view/table.h"

#include "lib/base/memory.h"

#include <math.h>

const char *
sw_outcome_name(int outcome)
{
    static const char *const names[] = {"done", "error", "crash", "timeout", "memory", "rejected"};
    bool known = outcome >= 0 && outcome < (int)sw_countof(names);
    return known ? names[outcome] : "unknown";
}

// ---- CSV ----

static void
csv_text(sw_buffer *b, const char *s)
{
    if (!s[strcspn(s, ",\"\r\n")] && s[0] != ' ') {
        sw_buffer_str(b, s);
        return;
    }
    sw_buffer_char(b, '"');
    for (; *s; s++) {
        if (*s == '"')
            sw_buffer_char(b, '"');
        sw_buffer_char(b, *s);
    }
    sw_buffer_char(b, '"');
}

static void
csv_cell(sw_buffer *b, const sw_table_column *c, size_t i, size_t at)
{
    switch (c->cell) {
    case SW_CELL_NUMBER:
        sw_buffer_number(b, c->values[i], "");
        break;
    case SW_CELL_BOOLEAN:
        sw_buffer_str(b, c->values[i] != 0 ? "true" : "false");
        break;
    case SW_CELL_LEVEL:
        csv_text(b, c->levels[(size_t)c->values[i]]);
        break;
    case SW_CELL_TEXT:
        csv_text(b, c->texts[i] ? c->texts[i] : "");
        break;
    case SW_CELL_SERIES:
        for (int32_t k = 0; k < c->lengths[i]; k++) {
            if (k)
                sw_buffer_char(b, ' ');
            sw_buffer_number(b, c->values[at + (size_t)k], "NaN");
        }
        break;
    }
}

void
sw_table_csv_header(sw_buffer *b, const sw_table *t)
{
    sw_buffer_str(b, "run,point,replicate,seed,state");
    for (size_t j = 0; j < t->n_inputs + t->n_outputs; j++) {
        sw_buffer_char(b, ',');
        csv_text(b, j < t->n_inputs ? t->inputs[j].name : t->outputs[j - t->n_inputs].name);
    }
    sw_buffer_str(b, "\r\n");
}

static void
csv_row(sw_buffer *b, const sw_table *t, size_t i, const size_t *at)
{
    uint64_t run = t->first + i;
    sw_buffer_u64(b, run);
    sw_buffer_char(b, ',');
    sw_buffer_u64(b, t->points[i]);
    sw_buffer_char(b, ',');
    sw_buffer_u64(b, t->replicates[i]);
    sw_buffer_char(b, ',');
    sw_buffer_u64(b, t->seeds[i]);
    sw_buffer_char(b, ',');
    sw_buffer_str(b, sw_outcome_name((int)t->state[i]));
    for (size_t j = 0; j < t->n_inputs; j++) {
        sw_buffer_char(b, ',');
        csv_cell(b, &t->inputs[j], i, 0);
    }
    for (size_t k = 0; k < t->n_outputs; k++) {
        sw_buffer_char(b, ',');
        csv_cell(b, &t->outputs[k], i, at[k]);
    }
    sw_buffer_str(b, "\r\n");
}

// Moves the place in each series column past row i.
static void
step(const sw_table *t, size_t i, size_t *at)
{
    for (size_t k = 0; k < t->n_outputs; k++) {
        if (t->outputs[k].cell == SW_CELL_SERIES)
            at[k] += (size_t)t->outputs[k].lengths[i];
    }
}

void
sw_table_csv(sw_buffer *b, const sw_table *t)
{
    sw_auto(free) size_t *at = sw_calloc(t->n_outputs, sizeof *at);
    for (size_t i = 0; i < t->n; i++) {
        csv_row(b, t, i, at);
        step(t, i, at);
    }
}

// ---- JSON ----

static void
json_cell(sw_buffer *b, const sw_table_column *c, size_t i, size_t at)
{
    switch (c->cell) {
    case SW_CELL_NUMBER:
        sw_buffer_number(b, c->values[i], "null");
        break;
    case SW_CELL_BOOLEAN:
        sw_buffer_str(b, c->values[i] != 0 ? "true" : "false");
        break;
    case SW_CELL_LEVEL: {
        const char *level = c->levels[(size_t)c->values[i]];
        sw_buffer_json_string(b, level, strlen(level));
        break;
    }
    case SW_CELL_TEXT:
        if (c->texts[i])
            sw_buffer_json_string(b, c->texts[i], strlen(c->texts[i]));
        else
            sw_buffer_str(b, "null");
        break;
    case SW_CELL_SERIES:
        sw_buffer_char(b, '[');
        for (int32_t k = 0; k < c->lengths[i]; k++) {
            if (k)
                sw_buffer_char(b, ',');
            sw_buffer_number(b, c->values[at + (size_t)k], "null");
        }
        sw_buffer_char(b, ']');
        break;
    }
}

static void
json_object_of(sw_buffer *b, const sw_table_column *columns, size_t n, size_t i, const size_t *at)
{
    sw_buffer_char(b, '{');
    for (size_t j = 0; j < n; j++) {
        if (j)
            sw_buffer_char(b, ',');
        sw_buffer_json_string(b, columns[j].name, strlen(columns[j].name));
        sw_buffer_char(b, ':');
        json_cell(b, &columns[j], i, at ? at[j] : 0);
    }
    sw_buffer_char(b, '}');
}

void
sw_table_json_inputs(sw_buffer *b, const sw_table *t, size_t i)
{
    json_object_of(b, t->inputs, t->n_inputs, i, NULL);
}

static void
json_row(sw_buffer *b, const sw_table *t, size_t i, const size_t *at)
{
    uint64_t run = t->first + i;
    sw_buffer_str(b, "{\"run\":");
    sw_buffer_u64(b, run);
    sw_buffer_str(b, ",\"point\":");
    sw_buffer_u64(b, t->points[i]);
    sw_buffer_str(b, ",\"replicate\":");
    sw_buffer_u64(b, t->replicates[i]);
    sw_buffer_str(b, ",\"seed\":\"");
    sw_buffer_u64(b, t->seeds[i]);
    sw_buffer_str(b, "\",\"state\":\"");
    sw_buffer_str(b, sw_outcome_name((int)t->state[i]));
    sw_buffer_str(b, "\",\"inputs\":");
    sw_table_json_inputs(b, t, i);
    sw_buffer_str(b, ",\"outputs\":");
    json_object_of(b, t->outputs, t->n_outputs, i, at);
    sw_buffer_char(b, '}');
}

void
sw_table_json(sw_buffer *b, const sw_table *t, const char *separator, bool first_row)
{
    sw_auto(free) size_t *at = sw_calloc(t->n_outputs, sizeof *at);
    for (size_t i = 0; i < t->n; i++) {
        if (i || !first_row)
            sw_buffer_str(b, separator);
        json_row(b, t, i, at);
        step(t, i, at);
    }
}
