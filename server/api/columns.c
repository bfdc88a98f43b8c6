// SPDX-License-Identifier: Apache-2.0
// /studies/{id}/columns/{variable}: one variable over all runs, as JSON or as raw doubles.
#include "server/api/internal.h"

#include <endian.h>
#include <math.h>

enum { PIECE = 65536, FILL = 8192 };

// A column under way. Runs without an outcome are filled in (null, NaN), so that place i is always
// run first + i.
typedef struct column {
    int64_t study;
    char *variable;
    const char *names[1];
    sw_reader *reader;
    sw_block block;
    bool held;      // the block is not written yet
    bool exhausted; // the reader has no more
    uint64_t first, next, last;
    bool raw, begun;
} column;

static void
column_free(void *self)
{
    column *c = self;
    sw_reader_free(&c->reader);
    free(c->variable);
    free(c);
}

static void
put_value(const column *c, sw_buffer *out, double v)
{
    if (!c->raw) {
        sw_buffer_number(out, v, "null");
        return;
    }
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    bits = htole64(bits);
    sw_buffer_add(out, &bits, sizeof bits);
}

static void
put_cell(const sw_column *v, size_t i, size_t at, sw_buffer *out)
{
    if (v->texts) {
        const char *s = v->texts[i];
        if (s)
            sw_buffer_json_string(out, s, strlen(s));
        else
            sw_buffer_str(out, "null");
        return;
    }
    sw_buffer_char(out, '[');
    for (int32_t k = 0; k < v->lengths[i]; k++) {
        if (k)
            sw_buffer_char(out, ',');
        sw_buffer_number(out, v->values[at + (size_t)k], "null");
    }
    sw_buffer_char(out, ']');
}

static void
separate(const column *c, sw_buffer *out, uint64_t run)
{
    if (!c->raw && run != c->first)
        sw_buffer_char(out, ',');
}

static sw_error
put_block(column *c, sw_buffer *out)
{
    const sw_column *v = &c->block.columns[0];
    bool plain = !v->lengths && !v->texts;
    if (c->raw && !plain)
        return SW_E_CONFLICT;
    size_t at = 0;
    for (size_t i = 0; i < c->block.n; i++) {
        separate(c, out, c->block.first + i);
        if (plain)
            put_value(c, out, v->values[i]);
        else
            put_cell(v, i, at, out);
        at += v->lengths ? (size_t)v->lengths[i] : 0;
    }
    c->next = c->block.first + c->block.n;
    c->held = false;
    return SW_E_NONE;
}

// Up to FILL runs of a gap that ends before `end`.
static void
put_gap(column *c, sw_buffer *out, uint64_t end)
{
    for (size_t i = 0; i < FILL && c->next < end; i++, c->next++) {
        separate(c, out, c->next);
        put_value(c, out, NAN);
    }
}

static sw_error
step(column *c, sw_store *store, sw_buffer *out)
{
    if (!c->held && !c->exhausted) {
        sw_error e = sw_reader_next(c->reader, store, &c->block);
        if (e)
            return e;
        c->held = c->block.n > 0;
        c->exhausted = !c->held;
    }
    if (c->held && c->block.first == c->next)
        return put_block(c, out);
    put_gap(c, out, c->held ? c->block.first : c->last + 1);
    return SW_E_NONE;
}

static sw_error
column_pull(void *self, void *thread, sw_buffer *out, bool *end)
{
    column *c = self;
    if (!c->begun && !c->raw) {
        sw_buffer_printf(out, "{\"study\":%lld,\"variable\":", (long long)c->study);
        sw_buffer_json_string(out, c->variable, strlen(c->variable));
        sw_buffer_printf(out, ",\"first\":%llu,\"values\":[", (unsigned long long)c->first);
    }
    c->begun = true;
    while (out->n < PIECE && c->next <= c->last) {
        sw_error e = step(c, ((worker *)thread)->store, out);
        if (e)
            return e;
    }
    *end = c->next > c->last;
    if (*end && !c->raw)
        sw_buffer_str(out, "]}\n");
    return SW_E_NONE;
}

// What kind of column a study has under this name; false if none. *plain: one double a run.
static bool
find_variable(const sw_study *s, const char *name, bool *plain)
{
    static const char *const measured[] = {"_state", "_wall_ms", "_max_rss_kb"};
    *plain = true;
    for (size_t i = 0; i < sw_countof(measured); i++) {
        if (strcmp(measured[i], name) == 0)
            return true;
    }
    for (size_t j = 0; j < s->n_parameters; j++) {
        if (strcmp(s->parameters[j].declared->name, name) == 0)
            return true;
    }
    for (size_t k = 0; k < s->n_outputs; k++) {
        *plain = s->outputs[k].kind == SW_SCALAR;
        if (strcmp(s->outputs[k].name, name) == 0)
            return s->outputs[k].kind != SW_ARTIFACT;
    }
    return false;
}

static void
answer_column(sw_request *r, int64_t study, bool raw, uint64_t first, uint64_t last)
{
    static const sw_stream stream = {column_pull, column_free};
    column *c = sw_calloc(1, sizeof *c);
    c->study = study;
    c->names[0] = c->variable = sw_strdup(sw_request_path(r, "variable"));
    c->first = c->next = first;
    c->last = last;
    c->raw = raw;
    c->reader = sw_reader_new(study, c->names, 1, first, last);
    sw_answer_stream(r, raw ? "application/octet-stream" : "application/json", &stream, c);
}

void
sw_api_columns_show(sw_request *r)
{
    static const char *const types[] = {"application/json", "application/octet-stream", NULL};
    static const char *const formats[] = {"json", "raw", NULL};
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    int form = sw_request_accept(r, types, formats);
    if (form < 0 || !sw_api_load_asked(r, &l))
        return;
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    int64_t most = l.row.runs - 1;
    int64_t first = sw_query_integer(r, "first", 0, most, 0, &faults);
    int64_t last = sw_query_integer(r, "last", first, most, most, &faults);
    if (!sw_api_query_ok(r, &faults))
        return;
    bool plain;
    if (!find_variable(l.study, sw_request_path(r, "variable"), &plain))
        sw_problem(r, SW_E_NOT_FOUND, NULL, "the study has no variable of this name");
    else if (form == 1 && !plain)
        sw_problem(r, SW_E_NOT_ACCEPTABLE, NULL, "only numbers, one a run, come as raw doubles");
    else
        answer_column(r, l.row.id, form == 1, (uint64_t)first, (uint64_t)last);
}
