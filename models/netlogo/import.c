// SPDX-License-Identifier: Apache-2.0
// A world from the text of export-world. Agents are made first and given their variables after,
// since any value may name any agent. Plots and drawing are not taken over.
#include "models/netlogo/numbers/text.h"
#include "models/netlogo/prims.h"
#include "models/netlogo/world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_COLUMNS = 4096, MAX_DEPTH = 500 };
enum section { S_NONE, S_RANDOM, S_GLOBALS, S_TURTLES, S_PATCHES, S_LINKS, S_OTHER };

typedef struct field {
    const char *text; // without its quotes; ended by a zero
    size_t n;
} field;

// The text and one line of it, as fields.
typedef struct table {
    sw_nl_engine *e;
    const sw_nl_node *n;
    char *at, *end; // text that is left
    field *f;
    int count;
} table;

static void __attribute__((noreturn)) broken(const table *t, const char *what)
{
    sw_nl_fail(t->e, t->n, "This is no world that can be imported: %s.", what);
}

// ---- Lines of comma-separated fields ------------------------------------------------------------

// Takes one field, undoing its quotes in place; returns whether another follows on the line.
static bool
take_field(table *t, field *f)
{
    char *from = t->at, *to = t->at;
    bool quoted = from < t->end && *from == '"';
    from += quoted;
    f->text = to;
    while (from < t->end) {
        if (quoted && *from == '"') {
            if (from + 1 == t->end || from[1] != '"') {
                from++;
                quoted = false;
                continue;
            }
            from++;
        } else if (!quoted && (*from == ',' || *from == '\n')) {
            break;
        }
        *to++ = *from++;
    }
    bool more = from < t->end && *from == ',';
    t->at = from < t->end ? from + 1 : from;
    if (to > f->text && to[-1] == '\r')
        to--;
    f->n = (size_t)(to - f->text);
    *to = 0;
    return more;
}

// Takes a line; false at the end of the text. An empty line has one empty field.
static bool
take_line(table *t)
{
    if (t->at >= t->end)
        return false;
    t->count = 0;
    bool more = true;
    while (more) {
        if (t->count == MAX_COLUMNS)
            broken(t, "a line has too many fields");
        more = take_field(t, &t->f[t->count++]);
    }
    return true;
}

static bool
is_blank_line(const table *t)
{
    return t->count == 1 && t->f[0].n == 0;
}

static enum section
section_named(const table *t)
{
    static const char *const name[] = {
        [S_RANDOM] = "RANDOM STATE", [S_GLOBALS] = "GLOBALS", [S_TURTLES] = "TURTLES",
        [S_PATCHES] = "PATCHES",     [S_LINKS] = "LINKS",     [S_OTHER] = "PLOTS"};
    static const char *const others[] = {"DRAWING", "OUTPUT", "EXTENSIONS"};
    if (t->count != 1)
        return S_NONE;
    for (int i = S_RANDOM; i <= S_OTHER; i++)
        if (strcmp(t->f[0].text, name[i]) == 0)
            return (enum section)i;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(t->f[0].text, others[i]) == 0)
            return S_OTHER;
    return S_NONE;
}

// ---- Values -------------------------------------------------------------------------------------

typedef struct reader {
    table *t;
    const char *s;
    int depth;
} reader;

static sw_nl_v read_value(reader *r);

static void
skip(reader *r)
{
    while (*r->s == ' ')
        r->s++;
}

static bool
accept(reader *r, const char *word)
{
    skip(r);
    size_t n = strlen(word);
    if (strncmp(r->s, word, n) != 0)
        return false;
    r->s += n;
    return true;
}

static int32_t
read_int(reader *r)
{
    char *end;
    double d = strtod(r->s, &end);
    if (end == r->s || !(fabs(d) < 1e9))
        broken(r->t, "an agent's number is missing");
    r->s = end;
    return (int32_t)d;
}

// A name up to a blank or a bracket.
static void
read_word(reader *r, char *word, size_t size)
{
    skip(r);
    size_t n = strcspn(r->s, " []{}");
    snprintf(word, size, "%.*s", (int)(n < size ? n : size - 1), r->s);
    r->s += n;
}

static int32_t
breed_named(const sw_nl_breed *all, size_t n, const char *name, bool singular)
{
    for (size_t i = 0; i < n; i++) {
        const char *its = singular ? all[i].singular : all[i].name;
        if (its != NULL && strcmp(its, name) == 0)
            return (int32_t)i;
    }
    return -1;
}

static sw_nl_v
turtle_or_nobody(sw_nl_engine *e, int32_t who)
{
    int32_t slot = sw_nl_turtle_who(e, who);
    return slot < 0 ? SW_NL_NOBODY : sw_nl_agent(SW_NL_T, slot);
}

static sw_nl_v
link_or_nobody(sw_nl_engine *e, int32_t who1, int32_t who2, int32_t breed)
{
    int32_t a = sw_nl_turtle_who(e, who1), b = sw_nl_turtle_who(e, who2);
    int32_t link = a < 0 || b < 0 ? -1 : sw_nl_link_find(e, breed, a, b, false);
    return link < 0 ? SW_NL_NOBODY : sw_nl_agent(SW_NL_L, link);
}

// {turtles 1 2}, {patches [0 1] [0 2]}, {links [0 1 {all-links}]}
static sw_nl_v
read_set(reader *r, unsigned kind)
{
    sw_nl_engine *e = r->t->e;
    sw_nl_list *all = sw_nl_list_new(e, 0);
    char name[256];
    while (!accept(r, "}")) {
        bool bracket = accept(r, "[");
        int32_t a = read_int(r), b = kind == SW_NL_T ? 0 : read_int(r);
        sw_nl_v v = SW_NL_NOBODY;
        if (kind == SW_NL_T) {
            v = turtle_or_nobody(e, a);
        } else if (kind == SW_NL_P) {
            int32_t p = sw_nl_patch_at(&e->world, a, b);
            v = p < 0 ? SW_NL_NOBODY : sw_nl_agent(SW_NL_P, p);
        } else {
            bool all_links = accept(r, "{all-links}");
            if (!all_links)
                read_word(r, name, sizeof name);
            int32_t breed = all_links ? 0
                                      : breed_named(e->program->link_breed,
                                                    e->program->n_link_breeds, name, false);
            v = breed < 0 ? SW_NL_NOBODY : link_or_nobody(e, a, b, breed);
        }
        if (bracket && !accept(r, "]"))
            broken(r->t, "a set of agents is cut off");
        if (v != SW_NL_NOBODY)
            all = sw_nl_list_append(e, all, v);
    }
    sw_nl_agentset *set = sw_nl_set_new(e, kind, all->o.n);
    for (uint32_t i = 0; i < all->o.n; i++)
        set->id[set->o.n++] = sw_nl_agent_id(sw_nl_items(all)[i]);
    return sw_nl_heap_value(set);
}

static sw_nl_v
read_breed(reader *r)
{
    const sw_nl_program *p = r->t->e->program;
    char name[256];
    read_word(r, name, sizeof name);
    int32_t turtles = breed_named(p->turtle_breed, p->n_turtle_breeds, name, false);
    int32_t links = breed_named(p->link_breed, p->n_link_breeds, name, false);
    if (turtles >= 0)
        return SW_NL_SET(SW_NL_T, (unsigned)turtles);
    return links >= 0 ? SW_NL_SET(SW_NL_L, (unsigned)links) : SW_NL_NOBODY;
}

// {sheep 3}, {link 1 2}: an agent by the singular name of its breed.
static sw_nl_v
read_one(reader *r, const char *name)
{
    sw_nl_engine *e = r->t->e;
    const sw_nl_program *p = e->program;
    if (strcmp(name, "patch") == 0) {
        int32_t x = read_int(r), y = read_int(r), patch = sw_nl_patch_at(&e->world, x, y);
        return patch < 0 ? SW_NL_NOBODY : sw_nl_agent(SW_NL_P, patch);
    }
    if (breed_named(p->turtle_breed, p->n_turtle_breeds, name, true) >= 0)
        return turtle_or_nobody(e, read_int(r));
    int32_t breed = breed_named(p->link_breed, p->n_link_breeds, name, true);
    if (breed < 0)
        broken(r->t, "an agent's breed is unknown");
    int32_t a = read_int(r), b = read_int(r);
    return link_or_nobody(e, a, b, breed);
}

static sw_nl_v
read_agents(reader *r)
{
    char name[256];
    read_word(r, name, sizeof name);
    sw_nl_v v = strcmp(name, "all-turtles") == 0   ? SW_NL_TURTLES
                : strcmp(name, "all-patches") == 0 ? SW_NL_PATCHES
                : strcmp(name, "all-links") == 0   ? SW_NL_LINKS
                                                   : SW_NL_NOTHING;
    if (strcmp(name, "turtles") == 0)
        return read_set(r, SW_NL_T);
    if (strcmp(name, "patches") == 0)
        return read_set(r, SW_NL_P);
    if (strcmp(name, "links") == 0)
        return read_set(r, SW_NL_L);
    if (strcmp(name, "breed") == 0)
        v = read_breed(r);
    else if (v == SW_NL_NOTHING)
        v = read_one(r, name);
    if (!accept(r, "}"))
        broken(r->t, "an agent is cut off");
    return v;
}

static sw_nl_v
read_list(reader *r)
{
    sw_nl_engine *e = r->t->e;
    sw_nl_list *list = sw_nl_list_new(e, 0);
    if (++r->depth > MAX_DEPTH)
        broken(r->t, "a list is nested too deeply");
    while (!accept(r, "]")) {
        if (*r->s == 0)
            broken(r->t, "a list is cut off");
        list = sw_nl_list_append(e, list, read_value(r));
    }
    r->depth--;
    return sw_nl_heap_value(list);
}

// A literal without agents: the language's own reader takes it.
static sw_nl_v
read_plain(reader *r)
{
    const char *start = r->s;
    if (*r->s == '"') {
        for (r->s++; *r->s != 0 && *r->s != '"'; r->s++)
            r->s += r->s[0] == '\\' && r->s[1] != 0;
        r->s += *r->s == '"';
    } else {
        r->s += strcspn(r->s, " []{}");
    }
    if (r->s == start)
        broken(r->t, "a value is missing");
    char *end;
    double d = strtod(start, &end);
    if (end == r->s && isfinite(d))
        return sw_nl_number(d);
    return sw_nl_read_literal(r->t->e, r->t->n, start, (size_t)(r->s - start));
}

// Anonymous procedures and objects of extensions can't be imported: they become 0.
static sw_nl_v
read_value(reader *r)
{
    skip(r);
    if (*r->s == '(' || strncmp(r->s, "{{", 2) == 0) {
        r->s += strlen(r->s);
        return sw_nl_number(0);
    }
    if (accept(r, "{"))
        return read_agents(r);
    if (accept(r, "["))
        return read_list(r);
    return read_plain(r);
}

static sw_nl_v
value_of(table *t, int i)
{
    reader r = {.t = t, .s = t->f[i].text};
    return read_value(&r);
}

static double
number_of(table *t, int i)
{
    if (i >= t->count)
        broken(t, "a line is too short");
    char *end;
    double d = strtod(t->f[i].text, &end);
    if (end == t->f[i].text || !isfinite(d))
        broken(t, "a number is missing");
    return d;
}

// ---- Sections -----------------------------------------------------------------------------------

// The globals that are the world's own, by name; a file may lack some.
enum {
    G_MIN_X,
    G_MAX_X,
    G_MIN_Y,
    G_MAX_Y,
    G_PERSPECTIVE,
    G_SUBJECT,
    G_NEXT,
    G_DIRECTED,
    G_TICKS,
    G_FIXED
};
static const char *const fixed_name[G_FIXED] = {"min-pxcor", "max-pxcor",      "min-pycor",
                                                "max-pycor", "perspective",    "subject",
                                                "nextIndex", "directed-links", "ticks"};

// The columns of a section's first line, as positions among ours; −1 for what we do not know.
static int
match_heads(const table *t, const char *const *name, size_t n, int16_t *column)
{
    for (int i = 0; i < t->count; i++) {
        column[i] = -1;
        for (size_t k = 0; k < n; k++)
            if (strcasecmp(t->f[i].text, name[k]) == 0)
                column[i] = (int16_t)k;
    }
    return t->count;
}

static int
read_int_in(table *t, int i, int low, int high)
{
    double d = number_of(t, i);
    if (!(d >= low && d <= high))
        broken(t, "a number is out of bounds");
    return (int)d;
}

static int
read_int_or(table *t, int i, int low, int high, int otherwise)
{
    return i < 0 ? otherwise : read_int_in(t, i, low, high);
}

static void
take_size(table *t, const int *at)
{
    enum { FAR = 1000000 };
    sw_nl_world *w = &t->e->world;
    int low_x = read_int_or(t, at[G_MIN_X], -FAR, 0, w->min_x);
    int high_x = read_int_or(t, at[G_MAX_X], 0, FAR, w->max_x);
    int low_y = read_int_or(t, at[G_MIN_Y], -FAR, 0, w->min_y);
    int high_y = read_int_or(t, at[G_MAX_Y], 0, FAR, w->max_y);
    if (low_x != w->min_x || high_x != w->max_x || low_y != w->min_y || high_y != w->max_y)
        sw_nl_world_resize(t->e, low_x, high_x, low_y, high_y);
    const char *directed = at[G_DIRECTED] < 0 ? "" : t->f[at[G_DIRECTED]].text;
    w->directed_links = strcmp(directed, "\"DIRECTED\"") == 0     ? 1
                        : strcmp(directed, "\"UNDIRECTED\"") == 0 ? 2
                                                                  : 0;
}

static void
take_state(table *t, const int *at)
{
    sw_nl_world *w = &t->e->world;
    w->perspective = read_int_or(t, at[G_PERSPECTIVE], 0, 3, 0);
    w->subject = at[G_SUBJECT] < 0 ? SW_NL_NOBODY : value_of(t, at[G_SUBJECT]);
    if (!sw_nl_is_agent(w->subject))
        w->subject = SW_NL_NOBODY;
    w->next_who = read_int_or(t, at[G_NEXT], w->next_who, 1000000000, w->next_who);
    w->ticks = at[G_TICKS] < 0 ? -1 : number_of(t, at[G_TICKS]);
}

// The line of values, after the names. Agents that a global names do not exist in the first pass,
// which takes the size of the world.
static void
read_globals(table *t, bool values)
{
    sw_nl_engine *e = t->e;
    const sw_nl_program *p = e->program;
    int16_t column[MAX_COLUMNS];
    int at[G_FIXED];
    if (!take_line(t))
        broken(t, "the globals are cut off");
    int heads = match_heads(t, p->global, p->n_globals, column);
    for (int k = 0; k < G_FIXED; k++) {
        at[k] = -1;
        for (int i = 0; i < heads; i++)
            if (strcasecmp(t->f[i].text, fixed_name[k]) == 0)
                at[k] = i;
    }
    if (!take_line(t) || t->count < heads)
        broken(t, "the globals are cut off");
    if (!values) {
        take_size(t, at);
        return;
    }
    take_state(t, at);
    for (int i = 0; i < heads; i++)
        if (column[i] >= 0)
            e->global[sw_nl_find_symbol(p, p->global[column[i]])->slot] = value_of(t, i);
}

static int
position_of(const int16_t *column, int heads, int wanted)
{
    for (int i = 0; i < heads; i++)
        if (column[i] == wanted)
            return i;
    return -1;
}

static int
required(table *t, const int16_t *column, int heads, int wanted)
{
    int i = position_of(column, heads, wanted);
    if (i < 0)
        broken(t, "a built-in variable is missing");
    return i;
}

static int32_t
breed_of(table *t, int i, unsigned kind)
{
    sw_nl_v v = i < t->count ? value_of(t, i) : SW_NL_NOBODY;
    if (SW_NL_TAG(v) != SW_NL_TAG_SET || SW_NL_SET_KIND(v) != kind)
        broken(t, "a breed is unknown");
    return (int32_t)SW_NL_SET_BREED(v);
}

static void
make_turtle(table *t, const int16_t *column, int heads)
{
    sw_nl_engine *e = t->e;
    sw_nl_world *w = &e->world;
    int32_t who = read_int_in(t, required(t, column, heads, T_WHO), 0, 100000000);
    double x = number_of(t, required(t, column, heads, T_XCOR));
    double y = number_of(t, required(t, column, heads, T_YCOR));
    if (sw_nl_patch_at(w, x, y) < 0 || sw_nl_turtle_who(e, who) >= 0)
        broken(t, "a turtle is outside of the world or there twice");
    int32_t breed = breed_of(t, required(t, column, heads, T_BREED), SW_NL_T), next = w->next_who;
    w->next_who = who;
    sw_nl_turtle_new(e, breed, x, y);
    w->next_who = next > who ? next : who + 1;
}

static void
fill_turtle(table *t, const int16_t *column, int heads)
{
    sw_nl_engine *e = t->e;
    int32_t slot = sw_nl_turtle_who(e, number_of(t, required(t, column, heads, T_WHO)));
    for (int i = 0; i < heads && i < t->count; i++) {
        int c = column[i];
        if (c < 0 || c == T_WHO || c == T_XCOR || c == T_YCOR || c == T_BREED || t->f[i].n == 0)
            continue;
        sw_nl_v v = value_of(t, i);
        if (c == T_SHAPE && sw_nl_is_string(v) &&
            sw_nl_known_shape(e, sw_nl_string_of(v), false) == SW_NL_NOTHING)
            continue;
        sw_nl_set_turtle_var(e, t->n, slot, c, v);
    }
}

static int32_t
link_of(table *t, const int16_t *column, int heads, bool make)
{
    sw_nl_engine *e = t->e;
    sw_nl_v a = value_of(t, required(t, column, heads, L_END1));
    sw_nl_v b = value_of(t, required(t, column, heads, L_END2));
    int32_t breed = breed_of(t, required(t, column, heads, L_BREED), SW_NL_L);
    if (sw_nl_agent_kind(a) != SW_NL_T || sw_nl_agent_kind(b) != SW_NL_T || a == b)
        broken(t, "an end of a link is missing");
    int32_t link = sw_nl_link_find(e, breed, sw_nl_agent_id(a), sw_nl_agent_id(b), false);
    if (link < 0 && make) {
        e->world.unbreeded_links = breed == 0 ? 1 : 2;
        link = sw_nl_link_new(e, breed, sw_nl_agent_id(a), sw_nl_agent_id(b));
    }
    return link;
}

static void
fill_link(table *t, const int16_t *column, int heads)
{
    sw_nl_engine *e = t->e;
    int32_t slot = link_of(t, column, heads, false);
    for (int i = 0; i < heads && i < t->count; i++) {
        int c = column[i];
        if (slot < 0 || c < 0 || c == L_END1 || c == L_END2 || c == L_BREED || t->f[i].n == 0)
            continue;
        sw_nl_v v = value_of(t, i);
        if (c == L_SHAPE && sw_nl_is_string(v) &&
            sw_nl_known_shape(e, sw_nl_string_of(v), true) == SW_NL_NOTHING)
            continue;
        sw_nl_set_link_var(e, t->n, slot, c, v);
    }
}

static void
fill_patch(table *t, const int16_t *column, int heads)
{
    sw_nl_engine *e = t->e;
    double x = number_of(t, required(t, column, heads, P_XCOR));
    double y = number_of(t, required(t, column, heads, P_YCOR));
    const sw_nl_world *w = &e->world;
    if (!(x >= w->min_x && x <= w->max_x && y >= w->min_y && y <= w->max_y))
        broken(t, "a patch is outside of the world");
    int32_t patch = sw_nl_patch_index(w, (int32_t)x, (int32_t)y);
    for (int i = 0; i < heads && i < t->count; i++)
        if (column[i] > P_YCOR && t->f[i].n > 0)
            sw_nl_set_patch_var(e, t->n, patch, column[i], value_of(t, i));
}

typedef void row_fn(table *t, const int16_t *column, int heads);

static void
make_link(table *t, const int16_t *column, int heads)
{
    link_of(t, column, heads, true);
}

static void
read_rows(table *t, const char *const *name, size_t n, row_fn *row)
{
    int16_t column[MAX_COLUMNS];
    if (!take_line(t))
        broken(t, "a section is cut off");
    int heads = match_heads(t, name, n, column);
    while (take_line(t) && !is_blank_line(t)) {
        if (--t->e->fuel_left == 0)
            sw_nl_out_of_fuel(t->e);
        row(t, column, heads);
    }
}

// ---- The whole ----------------------------------------------------------------------------------

static void
read_section(table *t, enum section s, int pass)
{
    sw_nl_engine *e = t->e;
    const sw_nl_program *p = e->program;
    if (s == S_GLOBALS && pass != 1)
        read_globals(t, pass == 2);
    else if (s == S_TURTLES)
        read_rows(t, p->turtle_var, p->n_turtle_vars, pass == 0 ? make_turtle : fill_turtle);
    else if (s == S_PATCHES && pass == 2)
        read_rows(t, p->patch_var, p->n_patch_vars, fill_patch);
    else if (s == S_LINKS && pass > 0)
        read_rows(t, p->link_var, p->n_link_vars, pass == 1 ? make_link : fill_link);
    else if (s == S_RANDOM && pass == 2 && take_line(t) &&
             sw_nl_random_import(&e->streams.main, t->f[0].text, t->f[0].n) != 0)
        broken(t, "the state of the random numbers is damaged");
}

// One pass over a copy of the text, since fields are unquoted in place. 0 makes turtles; 1 makes
// links, whose ends are turtles; 2 gives all of them their values.
static void
pass_over(sw_nl_engine *e, const sw_nl_node *n, const char *text, size_t length, int pass)
{
    sw_nl_raw *copy = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *copy + length + 1);
    sw_nl_raw *room =
        sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *room + MAX_COLUMNS * sizeof(field));
    memcpy(copy->byte, text, length);
    table t = {.e = e, .n = n, .at = copy->byte, .f = (field *)room->byte};
    t.end = copy->byte + length;
    bool seen = false;
    while (take_line(&t)) {
        enum section s = section_named(&t);
        if (s == S_OTHER)
            break;
        seen |= s == S_GLOBALS;
        if (s != S_NONE && !(s == S_TURTLES && pass == 1))
            read_section(&t, s, pass);
    }
    if (!seen)
        broken(&t, "it has no globals");
}

void
sw_nl_import_world(sw_nl_engine *e, const sw_nl_node *n, const char *text, size_t length)
{
    sw_nl_clear_all(e);
    for (int pass = 0; pass < 3; pass++)
        pass_over(e, n, text, length, pass);
}
