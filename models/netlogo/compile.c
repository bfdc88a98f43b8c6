// SPDX-License-Identifier: Apache-2.0
// From a file to a program: lexes all sources, runs both passes of the parser, checks agents,
// rewrites, and chooses the functions that run each node.
#include "models/netlogo/parser.h"
#include "models/netlogo/prims.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define ARENA_BLOCK ((size_t)1 << 16)

struct sw_nl_arena_block {
    struct sw_nl_arena_block *next;
    size_t size;
    _Alignas(16) char bytes[];
};

void *
sw_nl_arena_alloc(sw_nl_arena *a, size_t bytes)
{
    bytes = (bytes + 15) & ~(size_t)15;
    if (a->block == NULL || a->used + bytes > a->block->size) {
        size_t size = bytes > ARENA_BLOCK / 4 ? bytes : ARENA_BLOCK;
        struct sw_nl_arena_block *block = calloc(1, sizeof *block + size);
        if (block == NULL)
            abort();
        block->size = size;
        block->next = a->block;
        a->block = block;
        a->used = 0;
        a->total += size;
    }
    void *p = a->block->bytes + a->used;
    a->used += bytes;
    return p;
}

char *
sw_nl_arena_text(sw_nl_arena *a, const char *text, size_t n)
{
    char *copy = sw_nl_arena_alloc(a, n + 1);
    memcpy(copy, text, n);
    copy[n] = 0;
    return copy;
}

void
sw_nl_arena_free(sw_nl_arena *a)
{
    for (struct sw_nl_arena_block *b = a->block, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    *a = (sw_nl_arena){0};
}

// ---- What every program starts with -------------------------------------------------------------

static const char *const turtle_names[] = {"who",   "color",    "heading",     "xcor",  "ycor",
                                           "shape", "label",    "label-color", "breed", "hidden?",
                                           "size",  "pen-size", "pen-mode"};
static const char *const patch_names[] = {"pxcor", "pycor", "pcolor", "plabel", "plabel-color"};
static const char *const link_names[] = {"end1",    "end2",  "color",     "label", "label-color",
                                         "hidden?", "breed", "thickness", "shape", "tie-mode"};

static const char **
copy_names(sw_nl_program *p, const char *const *names, size_t n)
{
    const char **copy = sw_nl_arena_alloc(&p->arena, 16 * sizeof *copy); // grows at powers of two
    memcpy(copy, names, n * sizeof *copy);
    return copy;
}

// Lists of names grow when full at a power of two; these start between two.
static void
built_in_names(sw_nl_program *p)
{
    p->turtle_var = copy_names(p, turtle_names, T_BUILTIN);
    p->n_turtle_vars = T_BUILTIN;
    p->patch_var = copy_names(p, patch_names, P_BUILTIN);
    p->n_patch_vars = P_BUILTIN;
    p->link_var = copy_names(p, link_names, L_BUILTIN);
    p->n_link_vars = L_BUILTIN;
    static const sw_nl_breed turtles = {.name = "turtles", .singular = "turtle"};
    static const sw_nl_breed links = {.name = "links", .singular = "link"};
    p->turtle_breed = sw_nl_arena_alloc(&p->arena, sizeof turtles);
    p->link_breed = sw_nl_arena_alloc(&p->arena, sizeof links);
    *p->turtle_breed = turtles;
    *p->link_breed = links;
    p->n_turtle_breeds = p->n_link_breeds = 1;
}

static void
put_table(sw_nl_program *p)
{
    for (size_t i = 0; i < sw_nl_n_prims; i++) {
        if (strchr(sw_nl_prims[i].name, '<') != NULL && strlen(sw_nl_prims[i].name) > 2)
            continue;
        sw_nl_symbol_entry *s = sw_nl_symbol_put(p, sw_nl_prims[i].name);
        s->kind = SW_NL_S_PRIM;
        s->prim = &sw_nl_prims[i];
    }
}

static void
control_globals(sw_nl_program *p, const sw_nl_file *file)
{
    p->global = sw_nl_arena_alloc(&p->arena, (file->n_controls * 2 + 1) * sizeof *p->global);
    for (size_t i = 0; i < file->n_controls; i++) {
        const char *name = file->controls[i].variable;
        char *lower = sw_nl_arena_text(&p->arena, name, strlen(name));
        for (char *c = lower; *c != 0; c++)
            if (*c >= 'A' && *c <= 'Z')
                *c += 'a' - 'A';
        bool known = false;
        for (size_t j = 0; j < p->n_globals; j++) {
            assert(p->global[j] != NULL);
            known |= strcmp(p->global[j], lower) == 0;
        }
        if (!known && lower[0] != 0)
            p->global[p->n_globals++] = lower;
    }
    p->n_control_globals = p->n_globals;
    // The list may next grow only where its length is a power of two.
    size_t room = 1;
    while (room < p->n_globals)
        room *= 2;
    const char **grown = sw_nl_arena_alloc(&p->arena, (room + 1) * sizeof *grown);
    memcpy(grown, p->global, p->n_globals * sizeof *grown);
    p->global = grown;
}

// What sw_nl_eval may read without a call.
static void
mark_direct(sw_nl_node *n)
{
    static const struct {
        sw_nl_eval_fn *eval;
        uint8_t direct;
    } known[] = {
        {sw_nl_eval_const, SW_NL_DIRECT_CONST},       {sw_nl_eval_local, SW_NL_DIRECT_LOCAL},
        {sw_nl_eval_global, SW_NL_DIRECT_GLOBAL},     {sw_nl_eval_patch_var, SW_NL_DIRECT_PATCH},
        {sw_nl_eval_turtle_var, SW_NL_DIRECT_TURTLE},
    };
    if (n->is_command)
        return;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (n->eval == known[i].eval)
            n->direct = known[i].direct;
    if (n->direct == SW_NL_DIRECT_TURTLE && n->breed != 0) // whose breed may not own it
        n->direct = SW_NL_DIRECT_NOT;
}

static void
mark_shares(sw_nl_procedure *p)
{
    for (int i = 0; i < p->n_params; i++)
        p->shares |= p->param[i]->shared;
}

static void
finish_node(sw_nl_program *p, sw_nl_arena *a, sw_nl_node **n)
{
    for (int i = 0; i < (*n)->n_args; i++)
        if ((*n)->arg[i] != NULL)
            finish_node(p, a, &(*n)->arg[i]);
    if ((*n)->kind == SW_NL_N_LAMBDA) {
        mark_shares((*n)->proc);
        finish_node(p, a, &(*n)->proc->body);
    }
    mark_direct(*n);
    *n = sw_nl_rewrite(p, a, *n);
    sw_nl_few(*n);
    sw_nl_specialise(*n);
    sw_nl_fuse(*n);
}

static void
compile_sources(sw_nl_parser *x, const sw_nl_file *file)
{
    sw_nl_program *p = x->p;
    sw_nl_token *tokens[SW_NL_MAX_INCLUDES + 2];
    size_t n = file->n_sources < SW_NL_MAX_INCLUDES + 2 ? file->n_sources : SW_NL_MAX_INCLUDES + 2;
    for (size_t i = 0; i < n; i++) {
        size_t count;
        char *source = sw_nl_arena_text(&p->arena, file->sources[i].code, file->sources[i].n);
        ((sw_nl_source *)p->sources)[i].code = source;
        tokens[i] = sw_nl_lex(x->a, source, file->sources[i].n, &count);
    }
    for (size_t i = 0; i < n; i++)
        sw_nl_parse_structure(x, tokens[i]);
}

sw_nl_program *
sw_nl_compile(const sw_nl_file *file, sw_nl_fault *fault)
{
    sw_nl_program *p = calloc(1, sizeof *p);
    if (p == NULL)
        abort();
    sw_nl_parser *x = sw_nl_arena_alloc(&p->arena, sizeof *x);
    *x = (sw_nl_parser){.p = p, .a = &p->arena, .fault = fault};
    if (setjmp(x->failed) != 0) {
        sw_nl_program_free(&p);
        return NULL;
    }
    p->dialect = file->dialect;
    sw_nl_source *sources = sw_nl_arena_alloc(&p->arena, (file->n_sources + 1) * sizeof *sources);
    for (size_t i = 0; i < file->n_sources; i++) {
        sources[i] = file->sources[i];
        sources[i].name =
            sw_nl_arena_text(&p->arena, file->sources[i].name, strlen(file->sources[i].name));
    }
    p->sources = sources;
    p->n_sources = file->n_sources;
    built_in_names(p);
    put_table(p);
    control_globals(p, file);
    compile_sources(x, file);
    sw_nl_parse_symbols(x);
    for (sw_nl_procedure *q = p->procedures; q != NULL; q = q->next)
        sw_nl_parse_body(x, q);
    sw_nl_parse_finish(x);
    sw_nl_check_agents(x, p->procedures);
    for (sw_nl_procedure *q = p->procedures; q != NULL; q = q->next) {
        mark_shares(q);
        finish_node(p, x->a, &q->body);
    }
    return p;
}

void
sw_nl_program_free(sw_nl_program **program)
{
    if (*program == NULL)
        return;
    sw_nl_arena arena = (*program)->arena;
    sw_nl_arena_free(&arena);
    free(*program);
    *program = NULL;
}

// Makes what the text may read of its caller into parameters of the same names.
static void
take_visible(sw_nl_arena *a, sw_nl_procedure *proc, const sw_nl_visible *visible)
{
    if (visible == NULL || visible->n == 0)
        return;
    proc->n_params = (uint16_t)visible->n;
    proc->param_names = sw_nl_arena_alloc(a, visible->n * sizeof *proc->param_names);
    for (size_t i = 0; i < visible->n; i++) {
        sw_nl_token *t = sw_nl_arena_alloc(a, sizeof *t);
        sw_nl_node *name = sw_nl_arena_alloc(a, sizeof *name);
        *t = *proc->first;
        t->text = visible->local[i]->name;
        *name = (sw_nl_node){.kind = SW_NL_N_LOCAL, .extra = t};
        proc->param_names[i] = name;
    }
}

sw_nl_procedure *
sw_nl_compile_text(sw_nl_program *program, sw_nl_arena *arena, const char *text, bool reporter,
                   unsigned mask, sw_nl_fault *fault)
{
    return sw_nl_compile_text_within(program, arena, text, reporter, mask, NULL, fault);
}

sw_nl_procedure *
sw_nl_compile_text_within(sw_nl_program *program, sw_nl_arena *arena, const char *text,
                          bool reporter, unsigned mask, const sw_nl_visible *visible,
                          sw_nl_fault *fault)
{
    sw_nl_parser *x = calloc(1, sizeof *x);
    if (x == NULL)
        abort();
    *x = (sw_nl_parser){.p = program, .a = arena, .fault = fault};
    sw_nl_procedure *volatile q = NULL;
    if (setjmp(x->failed) != 0) {
        free(x);
        return NULL;
    }
    // A reporter is read as if it stood in parentheses, so inputs may vary in number there.
    size_t n = strlen(text), count;
    char *source = sw_nl_arena_alloc(arena, n + 5);
    n = (size_t)snprintf(source, n + 5,
                         reporter && text[strspn(text, " \t\r\n")] != 0 ? "(%s\n)" : "%s", text);
    q = sw_nl_arena_alloc(arena, sizeof *q);
    sw_nl_procedure *proc = q;
    proc->first = sw_nl_lex(arena, source, n, &count);
    proc->last = proc->first + count - 1;
    proc->source = source;
    take_visible(arena, proc, visible);
    if (reporter)
        sw_nl_parse_reporter(x, proc);
    else
        sw_nl_parse_body(x, proc);
    sw_nl_parse_finish(x);
    proc->mask = (uint8_t)sw_nl_check_agents_node(x, proc->body, mask);
    mark_shares(proc);
    finish_node(program, arena, &proc->body);
    free(x);
    return proc;
}
