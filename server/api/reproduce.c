// SPDX-License-Identifier: Apache-2.0
// A run as one line of shell: everything that its result depends on, and nothing else.
#include "server/api/reproduce.h"

static void
member(sw_buffer *b, const char *name, const char *text)
{
    sw_buffer_printf(b, "\"%s\":", name);
    sw_buffer_json_string(b, text, strlen(text));
    sw_buffer_char(b, ',');
}

// What is asked for and in which order may matter to a model: reporters draw random numbers.
static void
put_outputs(sw_buffer *b, const sw_study *s)
{
    sw_buffer_str(b, ",\"outputs\":[");
    for (size_t k = 0; k < s->n_outputs; k++) {
        if (k)
            sw_buffer_char(b, ',');
        sw_buffer_json_string(b, s->outputs[k].name, strlen(s->outputs[k].name));
    }
    sw_buffer_char(b, ']');
}

static void
put_limits(sw_buffer *b, const sw_study *s)
{
    const char *separator = ",\"limits\":{";
    const struct {
        const char *name;
        double value;
    } limits[] = {{"run_seconds", s->limits.run_seconds}, {"memory_mb", s->limits.memory_mb}};
    for (size_t i = 0; i < sw_countof(limits); i++) {
        if (limits[i].value <= 0)
            continue;
        sw_buffer_printf(b, "%s\"%s\":", separator, limits[i].name);
        sw_buffer_number(b, limits[i].value, "0");
        separator = ",";
    }
    if (*separator == ',' && !separator[1])
        sw_buffer_char(b, '}');
}

static char *
document_of(const run_table *t, size_t i)
{
    const sw_study *s = t->study->study;
    sw_buffer b = {0};
    sw_buffer_char(&b, '{');
    member(&b, "model", t->study->row.model);
    member(&b, "version", t->study->row.model_version);
    sw_buffer_printf(&b, "\"seed\":\"%llu\",\"inputs\":", (unsigned long long)t->seeds[i]);
    sw_table_json_inputs(&b, &t->table, i);
    put_outputs(&b, s);
    put_limits(&b, s);
    sw_buffer_char(&b, '}');
    return sw_buffer_text(&b);
}

char *
sw_api_reproduce(const run_table *t, size_t i)
{
    sw_auto(free) char *document = document_of(t, i);
    sw_buffer b = {0};
    sw_buffer_str(&b, "sweep run '");
    for (const char *c = document; *c; c++) {
        if (*c == '\'')
            sw_buffer_str(&b, "'\\''");
        else
            sw_buffer_char(&b, *c);
    }
    sw_buffer_char(&b, '\'');
    return sw_buffer_text(&b);
}
