// SPDX-License-Identifier: Apache-2.0
// Dakota's annotated tabular format (Dakota User's Manual, "Tabular data formats"): a header that
// begins with %, columns parted by white space.
#include "server/view/dakota.h"

#include <math.h>
#include <string.h>

static void
word(sw_buffer *b, const char *s)
{
    sw_buffer_char(b, ' ');
    if (!*s)
        sw_buffer_char(b, '_');
    for (; *s; s++)
        sw_buffer_char(b, strchr(" \t\r\n\v\f", *s) ? '_' : *s);
}

static void
number(sw_buffer *b, double v)
{
    sw_buffer_char(b, ' ');
    sw_buffer_number(b, v, isnan(v) ? "nan" : v > 0 ? "inf" : "-inf");
}

static bool
has_place(const sw_table_column *output)
{
    return output->cell != SW_CELL_SERIES && output->cell != SW_CELL_TEXT;
}

static void
cell(sw_buffer *b, const sw_table_column *c, size_t i)
{
    if (c->cell == SW_CELL_LEVEL)
        word(b, c->levels[(size_t)c->values[i]]);
    else
        number(b, c->values[i]);
}

void
sw_dakota_header(sw_buffer *b, const sw_table *t)
{
    sw_buffer_str(b, "%eval_id interface");
    for (size_t j = 0; j < t->n_inputs; j++)
        word(b, t->inputs[j].name);
    for (size_t k = 0; k < t->n_outputs; k++) {
        if (has_place(&t->outputs[k]))
            word(b, t->outputs[k].name);
    }
    sw_buffer_char(b, '\n');
}

void
sw_dakota_rows(sw_buffer *b, const sw_table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        sw_buffer_u64(b, t->first + i + 1);
        sw_buffer_str(b, " NO_ID");
        for (size_t j = 0; j < t->n_inputs; j++)
            cell(b, &t->inputs[j], i);
        for (size_t k = 0; k < t->n_outputs; k++) {
            if (has_place(&t->outputs[k]))
                cell(b, &t->outputs[k], i);
        }
        sw_buffer_char(b, '\n');
    }
}
