// SPDX-License-Identifier: Apache-2.0
// Anonymous procedures: written with an arrow, or a primitive or procedure named where one is
// wanted.
#include "models/netlogo/engine.h"
#include "models/netlogo/parse.h"

#include <stdio.h>

// ---- Anonymous procedures -----------------------------------------------------------------------

static sw_nl_procedure *
lambda_begin(sw_nl_parser *x, const sw_nl_token *t)
{
    sw_nl_procedure *f = sw_nl_arena_alloc(x->a, sizeof *f);
    f->lambda = true;
    f->outer = x->proc;
    f->source = t->source;
    f->start = t->start;
    x->proc = f;
    return f;
}

static sw_nl_node *
lambda_node(sw_nl_parser *x, const sw_nl_token *t, sw_nl_procedure *f)
{
    x->proc = f->outer;
    sw_nl_node *n = sw_nl_parse_node_new(x, SW_NL_N_LAMBDA, t);
    n->proc = f;
    n->eval = sw_nl_eval_lambda;
    n->type = f->reports ? SW_NL_REP : SW_NL_CMD;
    n->end = x->t[-1].end;
    return n;
}

static void
lambda_params(sw_nl_parser *x, sw_nl_procedure *f, const sw_nl_token *arrow)
{
    const sw_nl_token *t = x->t;
    size_t n = 0;
    sw_nl_local **param = sw_nl_arena_alloc(x->a, (size_t)(arrow - t + 1) * sizeof *param);
    for (; t < arrow; t++)
        if (t->kind == SW_NL_K_WORD) {
            char upper[128];
            sw_nl_upper(t->text, upper, sizeof upper);
            if (sw_nl_parse_find_local(x, t->text) != NULL)
                sw_nl_parse_fail(x, t, "There is already a local variable here called %s", upper);
            sw_nl_parse_check_new_name(x, t);
            param[n++] = sw_nl_parse_add_local(x, t);
        }
    f->param = param;
    f->n_params = (uint16_t)n;
    x->t = arrow + 1;
}

// [ … ] as an anonymous procedure; wants: CMD, REP or both.
sw_nl_node *
sw_nl_parse_lambda(sw_nl_parser *x, uint32_t wants)
{
    const sw_nl_token *open = x->t, *arrow = sw_nl_parse_arrow_of(open);
    sw_nl_procedure *f = lambda_begin(x, open);
    int scope = x->n_scope, leaves = x->block_return;
    x->block_return = 0;
    x->t++;
    if (arrow != NULL)
        lambda_params(x, f, arrow);
    const sw_nl_token *body = x->t;
    bool command = x->t->kind == SW_NL_K_CLOSE || sw_nl_parse_names_command(x, x->t);
    if ((wants & (SW_NL_CMD | SW_NL_REP)) == SW_NL_CMD)
        command = true;
    if (command) {
        f->body = sw_nl_parse_statements(x, open, true);
    } else {
        f->reports = true;
        f->body = sw_nl_parse_expression(x, 0, SW_NL_ANY, NULL);
        sw_nl_parse_check_bad(x);
        if (x->t->kind != SW_NL_K_CLOSE)
            sw_nl_parse_fail(x, x->t, "Expected a closing bracket here.");
        x->t++;
    }
    f->end = x->t[-1].end;
    x->n_scope = scope;
    x->block_return = leaves;
    f->text = sw_nl_unparse_lambda(x->a, f, open, body);
    return lambda_node(x, open, f);
}

int
sw_nl_parse_default_inputs(const sw_nl_prim *prim)
{
    if (prim->inputs >= 0)
        return prim->inputs;
    int n = 0;
    for (const char *at = prim->right; *at != 0;)
        if (!(sw_nl_types(&at) & SW_NL_OPTIONAL))
            n++;
    return n;
}

// A primitive or procedure named where an anonymous procedure is wanted: `map + a b`.
sw_nl_node *
sw_nl_parse_concise_lambda(sw_nl_parser *x, const sw_nl_symbol_entry *s)
{
    const sw_nl_token *t = x->t;
    sw_nl_procedure *f = lambda_begin(x, t);
    sw_nl_node *call = sw_nl_parse_call_node(x, t, s);
    bool infix = s->kind == SW_NL_S_PRIM && s->prim->left[0] != 0;
    bool many = s->kind == SW_NL_S_PRIM && s->prim->inputs >= 0;
    int n =
        s->kind == SW_NL_S_PROC ? s->proc->n_params : sw_nl_parse_default_inputs(s->prim) + infix;
    f->reports = !call->is_command;
    f->param = sw_nl_arena_alloc(x->a, 16 * sizeof *f->param);
    int scope = x->n_scope, built = many ? 16 : n;
    for (int i = 0; i < built && i < 16; i++) {
        char name[16];
        snprintf(name, sizeof name, "_%d", i + 1);
        sw_nl_token fake = *t;
        fake.text = sw_nl_arena_text(x->a, name, strlen(name));
        f->param[i] = sw_nl_parse_add_local(x, &fake);
        sw_nl_parse_add_arg(x, call, sw_nl_parse_local_node(x, &fake, f->param[i]));
    }
    x->n_scope = scope;
    f->n_params = (uint16_t)n;
    x->t++;
    if (f->reports) {
        f->body = call;
    } else {
        f->body = sw_nl_parse_node_new(x, SW_NL_N_BLOCK, t);
        f->body->exec = sw_nl_run_block;
        f->body->is_command = true;
        sw_nl_parse_add_arg(x, f->body, call);
    }
    f->variadic = many && f->reports;
    f->end = t->end;
    char text[300];
    snprintf(text, sizeof text, "[ %s ]", t->text);
    f->text = sw_nl_arena_text(x->a, text, strlen(text));
    return lambda_node(x, t, f);
}

bool
sw_nl_parse_wants_concise(sw_nl_parser *x, uint32_t goal, const sw_nl_symbol_entry **s)
{
    uint32_t types = goal & SW_NL_ANY;
    if (types == 0 || (types & ~(uint32_t)(SW_NL_CMD | SW_NL_REP)) != 0)
        if ((goal & (SW_NL_STR | SW_NL_NUM)) || types == 0 || !(goal & SW_NL_MANY))
            return false;
    if (x->t->kind != SW_NL_K_WORD || sw_nl_parse_find_local(x, x->t->text) != NULL)
        return false;
    *s = sw_nl_find_symbol(x->p, x->t->text);
    if (*s == NULL || ((*s)->kind != SW_NL_S_PRIM && (*s)->kind != SW_NL_S_PROC))
        return false;
    bool command = sw_nl_parse_names_command(x, x->t);
    if (command)
        return (goal & SW_NL_CMD) != 0;
    if (!(goal & SW_NL_REP))
        return false;
    if ((*s)->kind == SW_NL_S_PROC)
        return (*s)->proc->n_params > 0;
    return sw_nl_parse_default_inputs((*s)->prim) > 0 || (*s)->prim->left[0] != 0;
}
