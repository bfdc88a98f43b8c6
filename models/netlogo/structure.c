// SPDX-License-Identifier: Apache-2.0
// First pass: declarations, breeds, and the headings of procedures, in whatever order the model
// has them; bodies are only remembered.
#include "models/netlogo/parser.h"
#include "models/netlogo/prims.h"

#include <stdarg.h>
#include <stdio.h>

void
sw_nl_parse_fail(sw_nl_parser *x, const sw_nl_token *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(x->fault->message, sizeof x->fault->message, format, args);
    va_end(args);
    x->fault->start = t == NULL ? 0 : t->start;
    x->fault->end = t == NULL ? 0 : t->end;
    x->fault->source = t == NULL ? NULL : t->source;
    longjmp(x->failed, 1);
}

// ---- Symbols ------------------------------------------------------------------------------------

static uint64_t
hash_name(const char *s)
{
    uint64_t h = 1469598103934665603ull;
    for (; *s != 0; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211ull;
    return h ^ (h >> 29);
}

static sw_nl_symbol_entry *
symbol_place(sw_nl_symbols *s, const char *name)
{
    size_t mask = s->capacity - 1, i = hash_name(name) & mask;
    while (s->entry[i].name != NULL && strcmp(s->entry[i].name, name) != 0)
        i = (i + 1) & mask;
    return &s->entry[i];
}

const sw_nl_symbol_entry *
sw_nl_find_symbol(const sw_nl_program *p, const char *name)
{
    sw_nl_symbols *s = (sw_nl_symbols *)&p->symbols;
    const sw_nl_symbol_entry *entry = symbol_place(s, name);
    return entry->name == NULL ? NULL : entry;
}

sw_nl_symbol_entry *
sw_nl_symbol_put(sw_nl_program *p, const char *name)
{
    sw_nl_symbols *s = &p->symbols;
    if (s->n * 2 >= s->capacity) {
        sw_nl_symbols grown = {.capacity = s->capacity ? s->capacity * 2 : 2048};
        grown.entry = sw_nl_arena_alloc(&p->arena, grown.capacity * sizeof *grown.entry);
        for (size_t i = 0; i < s->capacity; i++)
            if (s->entry[i].name != NULL)
                *symbol_place(&grown, s->entry[i].name) = s->entry[i];
        grown.n = s->n;
        *s = grown;
    }
    sw_nl_symbol_entry *entry = symbol_place(s, name);
    if (entry->name == NULL) {
        entry->name = name;
        entry->t = entry->p = entry->l = -1;
        s->n++;
    }
    return entry;
}

// ---- Names already taken ------------------------------------------------------------------------

static bool
in_list(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void
check_fresh(sw_nl_parser *x, const sw_nl_token *t, const char *what)
{
    sw_nl_program *p = x->p;
    char upper[128];
    sw_nl_upper(t->text, upper, sizeof upper);
    if (in_list(p->global, p->n_globals, t->text))
        sw_nl_parse_fail(x, t, "There is already a global variable called %s", upper);
    for (sw_nl_procedure *q = p->procedures; q != NULL; q = q->next)
        if (strcmp(q->name, t->text) == 0)
            sw_nl_parse_fail(x, t, "There is already a procedure called %s", upper);
    for (size_t i = 1; i < p->n_turtle_breeds; i++)
        if (strcmp(p->turtle_breed[i].name, t->text) == 0)
            sw_nl_parse_fail(x, t, "There is already a breed called %s", upper);
    for (size_t i = 1; i < p->n_link_breeds; i++)
        if (strcmp(p->link_breed[i].name, t->text) == 0)
            sw_nl_parse_fail(x, t, "There is already a breed called %s", upper);
    const sw_nl_symbol_entry *s = sw_nl_find_symbol(p, t->text);
    if (s != NULL && s->kind == SW_NL_S_PRIM)
        sw_nl_parse_fail(x, t, "There is already a primitive %s called %s",
                         s->prim->ret[0] == 0 ? "command" : "reporter", upper);
    (void)what;
}

// ---- Declarations -------------------------------------------------------------------------------

static const sw_nl_token *
take(sw_nl_parser *x, sw_nl_token_kind kind, const char *expected)
{
    if (x->t->kind == SW_NL_K_BAD)
        sw_nl_parse_fail(x, x->t, "%s", x->t->text);
    if (x->t->kind != kind)
        sw_nl_parse_fail(x, x->t, "%s", expected);
    return x->t++;
}

static size_t
name_list(sw_nl_parser *x, const sw_nl_token **first)
{
    take(x, SW_NL_K_OPEN, "Expected opening bracket here");
    *first = x->t;
    size_t n = 0;
    while (x->t->kind == SW_NL_K_WORD)
        x->t++, n++;
    take(x, SW_NL_K_CLOSE, "Expected a closing bracket or a variable name here");
    return n;
}

static size_t
add_name(sw_nl_parser *x, const char ***names, size_t *n, const char *name)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp((*names)[i], name) == 0)
            return i;
    if ((*n & (*n - 1)) == 0) {
        const char **grown = sw_nl_arena_alloc(&x->p->arena, (*n ? *n * 2 : 1) * sizeof *grown);
        if (*n > 0)
            memcpy(grown, *names, *n * sizeof *grown);
        *names = grown;
    }
    (*names)[*n] = name;
    return (*n)++;
}

static void
declare_globals(sw_nl_parser *x)
{
    const sw_nl_token *t;
    size_t n = name_list(x, &t);
    for (; n > 0; n--, t++) {
        check_fresh(x, t, "global");
        add_name(x, &x->p->global, &x->p->n_globals, t->text);
    }
}

// turtles-own and the rest are kept until all breeds are known.
typedef struct own_list {
    const sw_nl_token *owner, *first;
    size_t n;
    struct own_list *next;
} own_list;

static void
add_breed(sw_nl_parser *x, sw_nl_breed **breeds, size_t *n, sw_nl_breed breed)
{
    sw_nl_breed *grown = sw_nl_arena_alloc(&x->p->arena, (*n + 1) * sizeof *grown);
    if (*n > 0)
        memcpy(grown, *breeds, *n * sizeof *grown);
    grown[(*n)++] = breed;
    *breeds = grown;
}

static void
declare_breed(sw_nl_parser *x, bool link, bool directed)
{
    const sw_nl_token *t;
    size_t n = name_list(x, &t);
    if (n == 0 || n > 2)
        sw_nl_parse_fail(x, t,
                         "Breed declarations must have two names. BREED [<plural-breed> "
                         "<singular-breed>]");
    check_fresh(x, t, "breed");
    sw_nl_program *p = x->p;
    sw_nl_breed breed = {.name = t->text, .directed = directed, .undirected = link && !directed};
    if (n == 2)
        breed.singular = t[1].text;
    else
        breed.singular = link ? "link" : "turtle";
    for (int kind = 0; n == 2 && kind < 2; kind++) {
        sw_nl_breed *all = kind ? p->link_breed : p->turtle_breed;
        size_t count = kind ? p->n_link_breeds : p->n_turtle_breeds;
        char upper[128];
        sw_nl_upper(t[1].text, upper, sizeof upper);
        for (size_t i = 1; i < count; i++)
            if (strcmp(all[i].singular, t[1].text) == 0 || strcmp(all[i].name, t[1].text) == 0)
                sw_nl_parse_fail(x, t + 1, "There is already a singular breed name called %s",
                                 upper);
    }
    if (link)
        add_breed(x, &p->link_breed, &p->n_link_breeds, breed);
    else
        add_breed(x, &p->turtle_breed, &p->n_turtle_breeds, breed);
}

// The names of a procedure's inputs, which may be nested lists to be taken apart.
static sw_nl_node *
nested_names(sw_nl_parser *x)
{
    sw_nl_node *n = sw_nl_arena_alloc(x->a, sizeof *n);
    n->kind = SW_NL_N_NAMES;
    const sw_nl_token *at = x->t;
    size_t count = 0;
    int depth = 0;
    do { // counts the direct members
        if (at->kind == SW_NL_K_OPEN && depth++ == 1)
            count++;
        else if (at->kind == SW_NL_K_CLOSE)
            depth--;
        else if (at->kind == SW_NL_K_WORD && depth == 1)
            count++;
        else if (at->kind != SW_NL_K_OPEN && at->kind != SW_NL_K_WORD)
            sw_nl_parse_fail(x, at, "Expected a variable name or a list of them here");
        at++;
    } while (depth > 0);
    n->arg = sw_nl_arena_alloc(x->a, (count + 1) * sizeof *n->arg);
    x->t++;
    while (x->t->kind != SW_NL_K_CLOSE) {
        if (x->t->kind == SW_NL_K_OPEN) {
            n->arg[n->n_args++] = nested_names(x);
        } else {
            sw_nl_node *leaf = sw_nl_arena_alloc(x->a, sizeof *leaf);
            leaf->kind = SW_NL_N_LOCAL;
            leaf->extra = x->t++;
            n->arg[n->n_args++] = leaf;
        }
    }
    x->t++;
    return n;
}

static void
declare_procedure(sw_nl_parser *x, bool reports)
{
    sw_nl_program *p = x->p;
    const sw_nl_token *start = x->t - 1;
    const sw_nl_token *name = take(x, SW_NL_K_WORD, "You can't use a keyword or a constant here");
    check_fresh(x, name, "procedure");
    sw_nl_procedure *q = sw_nl_arena_alloc(&p->arena, sizeof *q);
    q->name = name->text;
    q->reports = reports;
    q->source = name->source;
    q->start = start->start;
    sw_nl_procedure **link = &p->procedures;
    while (*link != NULL)
        link = &(*link)->next;
    *link = q;
    if (x->t->kind == SW_NL_K_OPEN) {
        sw_nl_node *names = nested_names(x);
        q->n_params = names->n_args;
        q->param_names = names->arg;
    }
    q->first = (sw_nl_token *)x->t;
    while (!(x->t->kind == SW_NL_K_WORD && strcmp(x->t->text, "end") == 0)) {
        if (x->t->kind == SW_NL_K_END)
            sw_nl_parse_fail(x, x->t, "END expected");
        if (x->t->kind == SW_NL_K_WORD &&
            (strcmp(x->t->text, "to") == 0 || strcmp(x->t->text, "to-report") == 0))
            sw_nl_parse_fail(x, x->t, "END expected");
        x->t++;
    }
    q->last = (sw_nl_token *)x->t;
    q->end = x->t->end;
    q->last->kind = SW_NL_K_END;
    x->t++;
}

static void
check_extensions(sw_nl_parser *x)
{
    static const char *const known[] = {"csv", "table", "array", "matrix", "rnd", "palette"};
    const sw_nl_token *t;
    size_t n = name_list(x, &t);
    for (; n > 0; n--, t++)
        if (!in_list(known, sizeof known / sizeof known[0], t->text))
            sw_nl_parse_fail(x, t,
                             "The extension %s is not available here. The extensions csv, "
                             "table, array, matrix, rnd and palette are.",
                             t->text);
}

static void set_own(sw_nl_parser *x, const own_list *own, size_t turn);

static void
skip_includes(sw_nl_parser *x)
{
    take(x, SW_NL_K_OPEN, "Expected opening bracket here");
    while (x->t->kind == SW_NL_K_STRING)
        x->t++;
    take(x, SW_NL_K_CLOSE, "Expected a string or closing bracket here");
}

static bool
ends_with_own(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, "-own") == 0;
}

void
sw_nl_parse_structure(sw_nl_parser *x, const sw_nl_token *tokens)
{
    own_list *owned = NULL, **owned_end = &owned;
    x->t = tokens;
    while (x->t->kind != SW_NL_K_END) {
        const sw_nl_token *t = take(x, SW_NL_K_WORD, "Keyword expected");
        if (strcmp(t->text, "globals") == 0) {
            declare_globals(x);
        } else if (strcmp(t->text, "breed") == 0) {
            declare_breed(x, false, false);
        } else if (strcmp(t->text, "directed-link-breed") == 0) {
            declare_breed(x, true, true);
        } else if (strcmp(t->text, "undirected-link-breed") == 0) {
            declare_breed(x, true, false);
        } else if (strcmp(t->text, "extensions") == 0) {
            check_extensions(x);
        } else if (strcmp(t->text, "__includes") == 0) {
            skip_includes(x);
        } else if (strcmp(t->text, "to") == 0) {
            declare_procedure(x, false);
        } else if (strcmp(t->text, "to-report") == 0) {
            declare_procedure(x, true);
        } else if (ends_with_own(t->text)) {
            own_list *own = sw_nl_arena_alloc(x->a, sizeof *own);
            own->owner = t;
            own->n = name_list(x, &own->first);
            *owned_end = own;
            owned_end = &own->next;
        } else {
            sw_nl_parse_fail(x, t, "Keyword expected");
        }
    }
    // Columns come in the order of the breeds' declarations; those of all agents come first.
    size_t breeds =
        x->p->n_turtle_breeds > x->p->n_link_breeds ? x->p->n_turtle_breeds : x->p->n_link_breeds;
    for (size_t b = 0; b < breeds; b++)
        for (const own_list *own = owned; own != NULL; own = own->next)
            set_own(x, own, b);
}

// ---- Variables of agents ------------------------------------------------------------------------

enum { MAX_COLUMNS = 4096 };

static void
breed_owns(sw_nl_parser *x, sw_nl_breed *breed, size_t column)
{
    if (column >= MAX_COLUMNS)
        sw_nl_parse_fail(x, NULL, "More than %d variables", MAX_COLUMNS);
    if (breed->owns == NULL)
        breed->owns = sw_nl_arena_alloc(&x->p->arena, MAX_COLUMNS / 8);
    breed->owns[column / 8] |= (uint8_t)(1 << column % 8);
}

// Which pool and breed "NAME-own" speaks of; false when there is no such breed.
static bool
owner_of(sw_nl_program *p, const char *name, unsigned *kind, size_t *breed)
{
    size_t n = strlen(name) - 4;
    *breed = 0;
    if (strncmp(name, "patches", n) == 0 && n == 7) {
        *kind = SW_NL_P;
        return true;
    }
    for (size_t i = 0; i < p->n_turtle_breeds; i++)
        if (strlen(p->turtle_breed[i].name) == n && memcmp(name, p->turtle_breed[i].name, n) == 0) {
            *kind = SW_NL_T;
            *breed = i;
            return true;
        }
    for (size_t i = 0; i < p->n_link_breeds; i++)
        if (strlen(p->link_breed[i].name) == n && memcmp(name, p->link_breed[i].name, n) == 0) {
            *kind = SW_NL_L;
            *breed = i;
            return true;
        }
    return false;
}

static void
set_own(sw_nl_parser *x, const own_list *own, size_t turn)
{
    sw_nl_program *p = x->p;
    unsigned kind = 0;
    size_t breed = 0;
    if (!owner_of(p, own->owner->text, &kind, &breed)) {
        char upper[128];
        sw_nl_upper(own->owner->text, upper, sizeof upper);
        upper[strlen(upper) - 4] = 0;
        sw_nl_parse_fail(x, own->owner, "There is no breed named %s", upper);
    }
    for (size_t i = 0; breed == turn && i < own->n; i++) {
        const char *name = own->first[i].text;
        check_fresh(x, own->first + i, "own");
        size_t column;
        if (kind == SW_NL_P) {
            add_name(x, &p->patch_var, &p->n_patch_vars, name);
            continue;
        }
        if (kind == SW_NL_T) {
            column = add_name(x, &p->turtle_var, &p->n_turtle_vars, name);
            breed_owns(x, &p->turtle_breed[breed], column);
        } else {
            column = add_name(x, &p->link_var, &p->n_link_vars, name);
            breed_owns(x, &p->link_breed[breed], column);
        }
    }
}

// ---- All symbols --------------------------------------------------------------------------------

static void
put_breed_prims(sw_nl_parser *x, const sw_nl_prim *prim, const char *mark, const sw_nl_breed *breed,
                size_t n, bool plural)
{
    const char *at = strstr(prim->name, mark);
    for (size_t i = 1; i < n; i++) {
        const char *name = plural ? breed[i].name : breed[i].singular;
        if (!plural && (strcmp(name, "turtle") == 0 || strcmp(name, "link") == 0))
            continue;
        char text[512];
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - prim->name), prim->name, name,
                 at + strlen(mark));
        sw_nl_symbol_entry *s =
            sw_nl_symbol_put(x->p, sw_nl_arena_text(&x->p->arena, text, strlen(text)));
        if (s->kind != SW_NL_S_NONE)
            continue;
        s->kind = SW_NL_S_PRIM;
        s->prim = prim;
        s->breed = (int32_t)i;
    }
}

static void
put_prims(sw_nl_parser *x)
{
    sw_nl_program *p = x->p;
    for (size_t i = 0; i < sw_nl_n_prims; i++) {
        const sw_nl_prim *prim = &sw_nl_prims[i];
        if (strstr(prim->name, "<link-breeds>") != NULL)
            put_breed_prims(x, prim, "<link-breeds>", p->link_breed, p->n_link_breeds, true);
        else if (strstr(prim->name, "<link-breed>") != NULL)
            put_breed_prims(x, prim, "<link-breed>", p->link_breed, p->n_link_breeds, false);
        else if (strstr(prim->name, "<breeds>") != NULL)
            put_breed_prims(x, prim, "<breeds>", p->turtle_breed, p->n_turtle_breeds, true);
        else if (strstr(prim->name, "<breed>") != NULL)
            put_breed_prims(x, prim, "<breed>", p->turtle_breed, p->n_turtle_breeds, false);
    }
}

static void
put_variables(sw_nl_program *p)
{
    for (size_t i = 0; i < p->n_globals; i++) {
        sw_nl_symbol_entry *s = sw_nl_symbol_put(p, p->global[i]);
        s->kind = SW_NL_S_GLOBAL;
        s->slot = (int32_t)i;
    }
    for (size_t i = 0; i < p->n_turtle_vars; i++) {
        sw_nl_symbol_entry *s = sw_nl_symbol_put(p, p->turtle_var[i]);
        s->kind = SW_NL_S_OWN;
        s->t = (int32_t)i;
    }
    for (size_t i = 0; i < p->n_patch_vars; i++) {
        sw_nl_symbol_entry *s = sw_nl_symbol_put(p, p->patch_var[i]);
        s->kind = SW_NL_S_OWN;
        s->p = (int32_t)i;
    }
    for (size_t i = 0; i < p->n_link_vars; i++) {
        sw_nl_symbol_entry *s = sw_nl_symbol_put(p, p->link_var[i]);
        s->kind = SW_NL_S_OWN;
        s->l = (int32_t)i;
    }
}

void
sw_nl_parse_symbols(sw_nl_parser *x)
{
    put_prims(x);
    put_variables(x->p);
    for (sw_nl_procedure *q = x->p->procedures; q != NULL; q = q->next) {
        sw_nl_symbol_entry *s = sw_nl_symbol_put(x->p, q->name);
        s->kind = SW_NL_S_PROC;
        s->proc = q;
    }
}
