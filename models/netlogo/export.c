// SPDX-License-Identifier: Apache-2.0
// The world as text, in the format of export-world: one section after the other, every field in
// quotes, values in the form that names agents.
#include "models/netlogo/engine.h"
#include "models/netlogo/world.h"

#include <stdio.h>
#include <stdlib.h>

void
sw_nl_export_field(sw_nl_text *t, const char *text, bool first)
{
    sw_nl_text_put(t, first ? "\"" : ",\"");
    for (; *text != 0; text++) {
        if (*text == '"')
            sw_nl_text_add(t, "\"\"", 2);
        else
            sw_nl_text_add(t, text, 1);
    }
    sw_nl_text_put(t, "\"");
}

// A name in small letters as Java makes them: a sigma at the end of a word is ς.
static void
put_name(sw_nl_text *t, const char *name, bool first)
{
    size_t n = strlen(name);
    if (n < 3 || strcmp(name + n - 2, "\u03c3") != 0) {
        sw_nl_export_field(t, name, first);
        return;
    }
    sw_nl_text copy = {.e = t->e};
    sw_nl_text_add(&copy, name, n - 2);
    sw_nl_text_put(&copy, "\u03c2");
    sw_nl_export_field(t, sw_nl_text_end(&copy), first);
}

void
sw_nl_export_value(sw_nl_text *t, sw_nl_v v, bool first)
{
    sw_nl_text field = {.e = t->e};
    sw_nl_dump(&field, v, true, true);
    sw_nl_export_field(t, sw_nl_text_end(&field), first);
}

static void
put_number(sw_nl_text *t, double d, bool first)
{
    sw_nl_export_value(t, sw_nl_number(d), first);
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
put_globals(sw_nl_text *t)
{
    static const char *const heads[] = {"min-pxcor", "max-pxcor",      "min-pycor",
                                        "max-pycor", "perspective",    "subject",
                                        "nextIndex", "directed-links", "ticks"};
    sw_nl_engine *e = t->e;
    const sw_nl_program *p = e->program;
    const sw_nl_world *w = &e->world;
    sw_nl_raw *raw = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *raw + (p->n_globals + 1) * 8);
    const char **name = (const char **)raw->byte;
    memcpy(name, p->global, p->n_globals * sizeof *name);
    qsort(name, p->n_globals, sizeof *name, compare_names);
    sw_nl_text_put(t, "\"GLOBALS\"\n");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        sw_nl_export_field(t, heads[i], i == 0);
    for (size_t i = 0; i < p->n_globals; i++)
        put_name(t, name[i], false);
    sw_nl_text_put(t, "\n");
    put_number(t, w->min_x, true);
    put_number(t, w->max_x, false);
    put_number(t, w->min_y, false);
    put_number(t, w->max_y, false);
    put_number(t, w->perspective, false);
    sw_nl_export_value(t, w->subject, false);
    put_number(t, w->next_who, false);
    sw_nl_export_field(t,
                       w->directed_links == 1   ? "\"DIRECTED\""
                       : w->directed_links == 2 ? "\"UNDIRECTED\""
                                                : "\"NEITHER\"",
                       false);
    put_number(t, w->ticks, false);
    for (size_t i = 0; i < p->n_globals; i++)
        sw_nl_export_value(t, e->global[sw_nl_find_symbol(p, name[i])->slot], false);
    sw_nl_text_put(t, "\n\n");
}

static void
put_names(sw_nl_text *t, const char *title, const char *const *names, size_t n)
{
    sw_nl_text_put(t, "\"");
    sw_nl_text_put(t, title);
    sw_nl_text_put(t, "\"\n");
    for (size_t i = 0; i < n; i++)
        put_name(t, names[i], i == 0);
    sw_nl_text_put(t, "\n");
}

static void
put_agents(sw_nl_text *t, unsigned kind)
{
    sw_nl_engine *e = t->e;
    const sw_nl_pool *pool = kind == SW_NL_T ? &e->world.turtles : &e->world.links;
    const sw_nl_breed *all = kind == SW_NL_T ? e->program->turtle_breed : e->program->link_breed;
    int32_t built_in = kind == SW_NL_T ? (int32_t)T_BUILTIN : (int32_t)L_BUILTIN;
    sw_nl_agentset *s = sw_nl_members(e, SW_NL_SET(kind, 0), false);
    for (uint32_t i = 0; i < s->o.n; i++) {
        int32_t id = s->id[i], breed = sw_nl_breed_of(e, kind, id);
        for (int32_t c = 0; c < pool->n_columns; c++) {
            uint8_t bit = (uint8_t)(1 << c % 8);
            bool has = c < built_in || (all[0].owns != NULL && all[0].owns[c / 8] & bit) ||
                       (all[breed].owns != NULL && all[breed].owns[c / 8] & bit);
            if (has)
                sw_nl_export_value(t, pool->column[c][id], c == 0);
            else
                sw_nl_text_put(t, ",");
        }
        sw_nl_text_put(t, "\n");
    }
    sw_nl_text_put(t, "\n");
}

static void
put_patches(sw_nl_text *t)
{
    const sw_nl_world *w = &t->e->world;
    for (int32_t i = 0; i < w->n_patches; i++) {
        for (int32_t c = 0; c < w->n_patch_columns; c++)
            sw_nl_export_value(t, w->patch[c][i], c == 0);
        sw_nl_text_put(t, "\n");
    }
    sw_nl_text_put(t, "\n");
}

void
sw_nl_export_world(sw_nl_engine *e, sw_nl_text *t)
{
    const sw_nl_program *p = e->program;
    char state[SW_NL_RANDOM_TEXT_SIZE];
    sw_nl_text_put(t, "\"RANDOM STATE\"\n");
    sw_nl_random_export(&e->streams.main, state);
    sw_nl_export_field(t, state, true);
    sw_nl_text_put(t, "\n\n");
    put_globals(t);
    put_names(t, "TURTLES", p->turtle_var, p->n_turtle_vars);
    put_agents(t, SW_NL_T);
    put_names(t, "PATCHES", p->patch_var, p->n_patch_vars);
    put_patches(t);
    put_names(t, "LINKS", p->link_var, p->n_link_vars);
    put_agents(t, SW_NL_L);
    sw_nl_plots_export(e, t);
    sw_nl_text_put(t, "\"EXTENSIONS\"\n\n");
}
