// SPDX-License-Identifier: Apache-2.0
// Prints the tree of an anonymous procedure as code again: what `word` and error messages show.
#include "models/netlogo/parser.h"
#include "models/netlogo/prims.h"

#include <stdio.h>

typedef struct writer {
    char text[1600];
    size_t used;
} writer;

static void
put(writer *w, const char *s, size_t n)
{
    if (w->used + n + 2 >= sizeof w->text)
        n = sizeof w->text - 2 - w->used;
    if (w->used > 0 && n > 0)
        w->text[w->used++] = ' ';
    memcpy(w->text + w->used, s, n);
    w->used += n;
    w->text[w->used] = 0;
}

static void
put_source(writer *w, const char *source, uint32_t start, uint32_t end)
{
    put(w, source + start, end - start);
}

static void node(writer *w, const sw_nl_node *n);

static void
names(writer *w, const sw_nl_node *n, bool outer)
{
    char text[400] = "[";
    for (int i = 0; i < n->n_args; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "",
                 n->arg[i]->kind == SW_NL_N_NAMES ? "[…]" : n->arg[i]->name);
    }
    size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "]");
    put(w, text, strlen(text));
    (void)outer;
}

// Reporter blocks are expressions whose brackets the tree does not keep.
static bool
is_block(const sw_nl_node *call, int i)
{
    const sw_nl_prim *p = call->prim;
    if (p->left[0] == '{')
        return i == 0;
    int j = p->left[0] != 0 ? 1 : 0;
    if (p->eval == sw_nl_p_ifelse_value)
        return i > 0 && (i % 2 == 1 || i == call->n_args - 1);
    for (const char *at = p->right; *at != 0; j++) {
        uint32_t type = sw_nl_types(&at);
        if (i == j)
            return (type & (SW_NL_RBLOCK | SW_NL_BBLOCK | SW_NL_NBLOCK)) != 0;
    }
    return false;
}

static void
argument(writer *w, const sw_nl_node *call, int i)
{
    bool block = is_block(call, i);
    if (block)
        put(w, "[", 1);
    node(w, call->arg[i]);
    if (block)
        put(w, "]", 1);
}

static void
call(writer *w, const sw_nl_node *n)
{
    bool infix = n->prim != NULL && n->prim->left[0] != 0 && n->n_args > 1;
    bool parens = n->prim != NULL && n->prim->inputs >= 0 && n->n_args != n->prim->inputs;
    parens |= n->parens && infix;
    if (parens)
        put(w, "(", 1);
    int i = 0;
    if (infix)
        argument(w, n, i++);
    put(w, n->name, strlen(n->name));
    for (; i < n->n_args; i++)
        if (n->prim != NULL)
            argument(w, n, i);
        else
            node(w, n->arg[i]);
    if (parens)
        put(w, ")", 1);
}

static void
node(writer *w, const sw_nl_node *n)
{
    switch (n->kind) {
    case SW_NL_N_CONST:
        put_source(w, n->extra, n->start, n->end);
        break;
    case SW_NL_N_BLOCK:
        put(w, "[", 1);
        for (int i = 0; i < n->n_args; i++)
            node(w, n->arg[i]);
        put(w, "]", 1);
        break;
    case SW_NL_N_NAMES:
        names(w, n, true);
        break;
    case SW_NL_N_LAMBDA:
        put(w, n->proc->text, strlen(n->proc->text));
        break;
    case SW_NL_N_CALL:
    case SW_NL_N_PROC:
        call(w, n);
        break;
    default:
        put(w, n->name, strlen(n->name));
    }
}

const char *
sw_nl_unparse_lambda(sw_nl_arena *a, const sw_nl_procedure *lambda, const sw_nl_token *open,
                     const sw_nl_token *body)
{
    writer w = {.used = 0};
    put(&w, "[", 1);
    if (body > open + 1)
        put_source(&w, open->source, open[1].start, body[-1].end);
    if (lambda->reports)
        node(&w, lambda->body);
    else
        for (int i = 0; i < lambda->body->n_args; i++)
            node(&w, lambda->body->arg[i]);
    put(&w, "]", 1);
    return sw_nl_arena_text(a, w.text, w.used);
}
