// SPDX-License-Identifier: Apache-2.0
// Columns of some runs, from the rows of a result.
#include "server/store/pieces.h"

#include "server/store/copy.h"

#include <math.h>

char *
sw_piece_names(const char *const *names, size_t n)
{
    sw_buffer b = {0};
    sw_buffer_char(&b, '{');
    for (size_t i = 0; i < n; i++) {
        sw_buffer_str(&b, i ? ",\"" : "\"");
        for (const char *s = names[i]; *s; s++) {
            if (*s == '"' || *s == '\\')
                sw_buffer_char(&b, '\\');
            sw_buffer_char(&b, *s);
        }
        sw_buffer_char(&b, '"');
    }
    sw_buffer_char(&b, '}');
    return sw_buffer_text(&b);
}

size_t
sw_piece_variable(const char *const *variables, size_t n_variables, const char *name)
{
    size_t v = 0;
    while (v < n_variables && strcmp(variables[v], name) != 0)
        v++;
    return v;
}

void
sw_piece_init(sw_piece *p, uint64_t first, size_t n, size_t n_variables)
{
    *p = (sw_piece){.first = first, .n = n};
    p->columns = sw_calloc(n_variables, sizeof *p->columns);
    p->owned = sw_calloc(3 * n_variables, sizeof *p->owned);
}

void
sw_piece_fini(sw_piece *p, size_t n_variables)
{
    for (size_t v = 0; v < n_variables; v++) {
        char **texts = p->owned[3 * v + 2];
        for (size_t i = 0; texts && i < p->n; i++)
            free(texts[i]);
        for (size_t k = 0; k < 3; k++)
            free(p->owned[3 * v + k]);
    }
    free(p->owned);
    free(p->columns);
    *p = (sw_piece){0};
}

bool
sw_piece_fill(sw_piece *p, size_t v, const PGresult *r, int row)
{
    sw_column *c = &p->columns[v];
    double *values;
    int32_t *lengths = NULL;
    char **texts = NULL;
    long n = PQgetisnull(r, row, 2)
                 ? 0
                 : sw_copy_read_float8s(PQgetvalue(r, row, 2), PQgetlength(r, row, 2), &values);
    p->owned[3 * v] = n > 0 ? values : NULL;
    long n_lengths = 0, n_texts = 0;
    if (!PQgetisnull(r, row, 3))
        n_lengths = sw_copy_read_int4s(PQgetvalue(r, row, 3), PQgetlength(r, row, 3), &lengths);
    p->owned[3 * v + 1] = lengths;
    if (!PQgetisnull(r, row, 4))
        n_texts = sw_copy_read_texts(PQgetvalue(r, row, 4), PQgetlength(r, row, 4), &texts);
    p->owned[3 * v + 2] = texts;
    c->values = p->owned[3 * v];
    c->n_values = n > 0 ? (size_t)n : 0;
    c->lengths = lengths;
    c->texts = (const char *const *)texts;
    bool scalar_ok = lengths || texts || n == (long)p->n;
    return n >= 0 && scalar_ok && (!lengths || n_lengths == (long)p->n) &&
           (!texts || n_texts == (long)p->n);
}

static void
fill_missing(sw_piece *p, size_t v, const char *variable)
{
    double value = strcmp(variable, "_state") == 0 ? 0 : NAN;
    double *values = sw_malloc(p->n * sizeof *values);
    for (size_t i = 0; i < p->n; i++)
        values[i] = value;
    p->owned[3 * v] = values;
    p->columns[v] = (sw_column){.values = values, .n_values = p->n};
}

void
sw_piece_finish(sw_piece *p, const char *const *variables, size_t n_variables)
{
    for (size_t v = 0; v < n_variables; v++) {
        sw_column *c = &p->columns[v];
        if (!c->values && !c->lengths && !c->texts)
            fill_missing(p, v, variables[v]);
        c->variable = variables[v];
    }
}
