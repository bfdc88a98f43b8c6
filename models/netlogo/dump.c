// SPDX-License-Identifier: Apache-2.0
// Values as text, in NetLogo's three manners: as printed, readable, and as export-world writes.
#include "models/netlogo/engine.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>

void
sw_nl_text_add(sw_nl_text *t, const char *s, size_t n)
{
    size_t room = t->raw == NULL ? 0 : t->raw->o.n;
    if (t->n + n + 1 > room) {
        size_t bigger = (t->n + n + 1) * 2;
        if (bigger < 64)
            bigger = 64;
        if (bigger > UINT32_MAX)
            sw_nl_limit(t->e, "This text is too long.");
        sw_nl_raw *raw = sw_nl_heap_alloc(t->e->heap, SW_NL_RAW, sizeof *raw + bigger);
        raw->o.n = (uint32_t)bigger;
        if (t->raw != NULL)
            memcpy(raw->byte, t->raw->byte, t->n);
        t->raw = raw;
    }
    assert(t->raw != NULL);
    memcpy(t->raw->byte + t->n, s, n);
    t->n += n;
    t->raw->byte[t->n] = 0;
}

void
sw_nl_text_put(sw_nl_text *t, const char *s)
{
    sw_nl_text_add(t, s, strlen(s));
}

const char *
sw_nl_text_end(sw_nl_text *t)
{
    if (t->raw == NULL)
        sw_nl_text_add(t, "", 0);
    return t->raw->byte;
}

void
sw_nl_upper(const char *name, char *buffer, size_t size)
{
    size_t i = 0;
    for (; name[i] != 0 && i + 1 < size; i++)
        buffer[i] = (char)toupper((unsigned char)name[i]);
    buffer[i] = 0;
}

static void
dump_string(sw_nl_text *t, const sw_nl_string *s)
{
    sw_nl_text_put(t, "\"");
    for (uint32_t i = 0; i < s->o.n; i++) {
        char c = s->text[i];
        const char *escape = c == '\n'   ? "\\n"
                             : c == '\t' ? "\\t"
                             : c == '\r' ? "\\r"
                             : c == '"'  ? "\\\""
                             : c == '\\' ? "\\\\"
                                         : NULL;
        if (escape != NULL)
            sw_nl_text_put(t, escape);
        else
            sw_nl_text_add(t, &c, 1);
    }
    sw_nl_text_put(t, "\"");
}

static double
column_number(const sw_nl_pool *pool, int column, int32_t id)
{
    return sw_nl_double(pool->column[column][id]);
}

static void
dump_agent(sw_nl_text *t, sw_nl_v v, bool exporting)
{
    sw_nl_engine *e = t->e;
    char text[300];
    int32_t id = sw_nl_agent_id(v);
    const char *open = exporting ? "{" : "(", *close = exporting ? "}" : ")";
    if (!sw_nl_alive(e, v)) {
        sw_nl_text_put(t, "nobody");
        return;
    }
    if (sw_nl_agent_kind(v) == SW_NL_P) {
        snprintf(text, sizeof text, "%spatch %d %d%s", open,
                 (int)sw_nl_double(e->world.patch[P_XCOR][id]),
                 (int)sw_nl_double(e->world.patch[P_YCOR][id]), close);
    } else if (sw_nl_agent_kind(v) == SW_NL_T) {
        int32_t breed = sw_nl_breed_of(e, SW_NL_T, id);
        snprintf(text, sizeof text, "%s%s %d%s", open, e->program->turtle_breed[breed].singular,
                 e->world.turtle_who[id], close);
    } else {
        int32_t breed = sw_nl_breed_of(e, SW_NL_L, id);
        int32_t a = sw_nl_agent_id(e->world.links.column[L_END1][id]);
        int32_t b = sw_nl_agent_id(e->world.links.column[L_END2][id]);
        snprintf(text, sizeof text, "%s%s %d %d%s", open, e->program->link_breed[breed].singular,
                 (int)column_number(&e->world.turtles, T_WHO, a),
                 (int)column_number(&e->world.turtles, T_WHO, b), close);
    }
    sw_nl_text_put(t, text);
}

static void
dump_exported_set(sw_nl_text *t, sw_nl_v v)
{
    sw_nl_engine *e = t->e;
    unsigned kind = sw_nl_set_kind(v);
    char text[200];
    if (SW_NL_TAG(v) == SW_NL_TAG_SET) {
        unsigned breed = SW_NL_SET_BREED(v);
        if (breed == 0)
            snprintf(text, sizeof text, "{all-%s}",
                     kind == SW_NL_T   ? "turtles"
                     : kind == SW_NL_P ? "patches"
                                       : "links");
        else
            snprintf(text, sizeof text, "{breed %s}",
                     kind == SW_NL_T ? e->program->turtle_breed[breed].name
                                     : e->program->link_breed[breed].name);
        sw_nl_text_put(t, text);
        return;
    }
    sw_nl_text_put(t, kind == SW_NL_T ? "{turtles" : kind == SW_NL_P ? "{patches" : "{links");
    const sw_nl_agentset *s = sw_nl_members(e, v, false);
    for (uint32_t i = 0; i < s->o.n; i++) {
        int32_t id = s->id[i];
        if (kind == SW_NL_T)
            snprintf(text, sizeof text, " %d", e->world.turtle_who[id]);
        else if (kind == SW_NL_P)
            snprintf(text, sizeof text, " [%d %d]", (int)sw_nl_double(e->world.patch[P_XCOR][id]),
                     (int)sw_nl_double(e->world.patch[P_YCOR][id]));
        else {
            int32_t a = sw_nl_agent_id(e->world.links.column[L_END1][id]);
            int32_t b = sw_nl_agent_id(e->world.links.column[L_END2][id]);
            snprintf(text, sizeof text, " [%d %d %s]", e->world.turtle_who[a],
                     e->world.turtle_who[b],
                     sw_nl_breed_of(e, SW_NL_L, id) == 0
                         ? "{all-links}"
                         : e->program->link_breed[sw_nl_breed_of(e, SW_NL_L, id)].name);
        }
        sw_nl_text_put(t, text);
    }
    sw_nl_text_put(t, "}");
}

static void
dump_set(sw_nl_text *t, sw_nl_v v)
{
    sw_nl_engine *e = t->e;
    unsigned kind = sw_nl_set_kind(v);
    if (SW_NL_TAG(v) == SW_NL_TAG_SET) {
        unsigned breed = SW_NL_SET_BREED(v);
        const char *name = kind == SW_NL_P   ? "patches"
                           : kind == SW_NL_T ? e->program->turtle_breed[breed].name
                                             : e->program->link_breed[breed].name;
        sw_nl_text_put(t, name);
        return;
    }
    uint32_t n = sw_nl_count(e, v);
    char text[100];
    const char *one = kind == SW_NL_T ? "turtle" : kind == SW_NL_P ? "patch" : "link";
    const char *plural = kind == SW_NL_P ? "es" : "s";
    snprintf(text, sizeof text, "(agentset, %u %s%s)", n, one, n == 1 ? "" : plural);
    sw_nl_text_put(t, text);
}

static void
dump_list(sw_nl_text *t, const sw_nl_list *list, bool readable, bool exporting)
{
    sw_nl_text_put(t, "[");
    for (uint32_t i = 0; i < list->o.n; i++) {
        if (i > 0)
            sw_nl_text_put(t, " ");
        sw_nl_dump(t, sw_nl_items(list)[i], readable, exporting);
    }
    sw_nl_text_put(t, "]");
}

static void
dump_table(sw_nl_text *t, const sw_nl_table *table, bool readable, bool exporting)
{
    char head[64];
    if (exporting)
        snprintf(head, sizeof head, "{{table: %u: ", table->serial);
    else
        snprintf(head, sizeof head, "{{table: ");
    sw_nl_text_put(t, head);
    bool first = true;
    for (uint32_t i = 0; i < table->o.n; i++) {
        sw_nl_v key = table->pairs->item[2 * i];
        if (key == SW_NL_NOTHING)
            continue;
        sw_nl_text_put(t, first ? "[" : " [");
        first = false;
        sw_nl_dump(t, key, readable, exporting);
        sw_nl_text_put(t, " ");
        sw_nl_dump(t, table->pairs->item[2 * i + 1], readable, exporting);
        sw_nl_text_put(t, "]");
    }
    sw_nl_text_put(t, "}}");
}

static void
dump_matrix(sw_nl_text *t, const sw_nl_matrix *m)
{
    sw_nl_text_put(t, "{{matrix:  [ ");
    const double *x = (const double *)m->data->byte;
    for (uint32_t i = 0; i < m->rows; i++) {
        sw_nl_text_put(t, "[");
        for (uint32_t j = 0; j < m->columns; j++) {
            sw_nl_text_put(t, " ");
            sw_nl_dump(t, sw_nl_number(x[i * m->columns + j]), false, false);
        }
        sw_nl_text_put(t, " ]");
    }
    sw_nl_text_put(t, " ] }}");
}

static void
dump_object(sw_nl_text *t, sw_nl_v v, bool readable, bool exporting)
{
    const sw_nl_object *o = sw_nl_pointer(v);
    switch (o->kind) {
    case SW_NL_STRING:
        if (readable)
            dump_string(t, (const sw_nl_string *)o);
        else
            sw_nl_text_add(t, ((const sw_nl_string *)o)->text, o->n);
        break;
    case SW_NL_LIST:
        dump_list(t, (const sw_nl_list *)o, readable, exporting);
        break;
    case SW_NL_AGENTSET:
        if (exporting)
            dump_exported_set(t, v);
        else
            dump_set(t, v);
        break;
    case SW_NL_LAMBDA: {
        const sw_nl_procedure *code = ((const sw_nl_lambda *)o)->code;
        sw_nl_text_put(t, code->reports ? "(anonymous reporter: " : "(anonymous command: ");
        sw_nl_text_put(t, code->text);
        sw_nl_text_put(t, ")");
        break;
    }
    case SW_NL_TABLE:
        dump_table(t, (const sw_nl_table *)o, readable, exporting);
        break;
    case SW_NL_ARRAY: {
        const sw_nl_array *a = (const sw_nl_array *)o;
        sw_nl_text_put(t, "{{array:");
        for (uint32_t i = 0; i < a->o.n; i++) {
            sw_nl_text_put(t, " ");
            sw_nl_dump(t, a->buffer->item[i], readable, exporting);
        }
        sw_nl_text_put(t, "}}");
        break;
    }
    case SW_NL_MATRIX:
        dump_matrix(t, (const sw_nl_matrix *)o);
        break;
    default:
        break;
    }
}

void
sw_nl_dump(sw_nl_text *t, sw_nl_v v, bool readable, bool exporting)
{
    if ((const char *)__builtin_frame_address(0) < t->e->c_limit)
        sw_nl_limit(t->e, "A value is nested too deeply to be printed.");
    if (sw_nl_is_number(v)) {
        char text[SW_NL_NUMBER_TEXT_SIZE];
        size_t n = sw_nl_number_text(sw_nl_double(v), text);
        sw_nl_text_add(t, text, n);
    } else if (sw_nl_is_bool(v)) {
        sw_nl_text_put(t, v == SW_NL_TRUE ? "true" : "false");
    } else if (v == SW_NL_NOBODY) {
        sw_nl_text_put(t, "nobody");
    } else if (v == SW_NL_OBSERVER) {
        sw_nl_text_put(t, "observer");
    } else if (sw_nl_is_agent(v)) {
        dump_agent(t, v, exporting);
    } else if (SW_NL_TAG(v) == SW_NL_TAG_SET) {
        if (exporting)
            dump_exported_set(t, v);
        else
            dump_set(t, v);
    } else {
        dump_object(t, v, readable, exporting);
    }
}
