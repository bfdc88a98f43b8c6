// SPDX-License-Identifier: Apache-2.0
// Calls: how many inputs a primitive or procedure takes, of which types, and where they end.
#include "models/netlogo/parse.h"
#include "models/netlogo/prims.h"

#include <assert.h>
#include <stdio.h>

// ---- Calls --------------------------------------------------------------------------------------

// The procedure's own locals that can be named here.
static const sw_nl_visible *
visible_here(sw_nl_parser *x)
{
    sw_nl_visible *v = sw_nl_arena_alloc(x->a, sizeof *v + (size_t)x->n_scope * sizeof *v->local);
    for (int i = 0; i < x->n_scope; i++)
        if (x->scope[i]->owner == x->proc &&
            sw_nl_parse_find_local(x, x->scope[i]->name) == x->scope[i])
            v->local[v->n++] = x->scope[i];
    return v;
}

sw_nl_node *
sw_nl_parse_call_node(sw_nl_parser *x, const sw_nl_token *t, const sw_nl_symbol_entry *s)
{
    if (s->kind == SW_NL_S_PROC) {
        sw_nl_node *n = sw_nl_parse_node_new(x, SW_NL_N_PROC, t);
        n->proc = s->proc;
        n->is_command = !s->proc->reports;
        n->type = s->proc->reports ? SW_NL_ANY : 0;
        if (n->is_command)
            n->exec = sw_nl_exec_procedure;
        else
            n->eval = sw_nl_eval_procedure;
        return n;
    }
    sw_nl_node *n = sw_nl_parse_node_new(x, SW_NL_N_CALL, t);
    n->prim = s->prim;
    n->breed = s->breed;
    n->is_command = s->prim->ret[0] == 0;
    const char *ret = s->prim->ret;
    n->type = sw_nl_types(&ret);
    n->mask = (uint8_t)sw_nl_agents_mask(s->prim->agents);
    if (n->is_command)
        n->exec = s->prim->exec;
    else
        n->eval = s->prim->eval;
    if (s->prim->exec == sw_nl_p_run || s->prim->eval == sw_nl_p_runresult)
        n->visible = visible_here(x);
    return n;
}

void
sw_nl_parse_check_type(sw_nl_parser *x, const sw_nl_node *call, const sw_nl_node *arg,
                       uint32_t goal, const sw_nl_token *at)
{
    uint32_t types = goal & ~(uint32_t)(SW_NL_MANY | SW_NL_OPTIONAL);
    if ((arg->type & types) != 0 || (types & (SW_NL_VAR | SW_NL_NAME | SW_NL_CODE)) != 0)
        return;
    char upper[128], wanted[256], got[256];
    sw_nl_upper(call->name, upper, sizeof upper);
    sw_nl_parse_fail(x, at, "%s expected this input to be %s, but got %s instead", upper,
                     sw_nl_type_names(types, wanted, sizeof wanted),
                     sw_nl_type_names(arg->type, got, sizeof got));
}

bool
sw_nl_parse_ends_inputs(const sw_nl_token *t)
{
    return t->kind == SW_NL_K_END || t->kind == SW_NL_K_CLOSE || t->kind == SW_NL_K_RIGHT;
}

void __attribute__((noreturn))
sw_nl_parse_fail_missing(sw_nl_parser *x, const sw_nl_node *call, const sw_nl_token *at)
{
    char upper[128], types[256];
    sw_nl_upper(call->name, upper, sizeof upper);
    assert(call->kind == SW_NL_N_PROC || call->prim != NULL);
    int n =
        call->kind == SW_NL_N_PROC ? call->proc->n_params : sw_nl_parse_default_inputs(call->prim);
    if (call->prim != NULL && strcmp(call->prim->name, "foreach") == 0)
        sw_nl_parse_fail(x, at, "%s expected at least 2 inputs, a list and an anonymous command.",
                         upper);
    const char *right = call->kind == SW_NL_N_PROC ? "any" : call->prim->right;
    const char *what = sw_nl_type_names(sw_nl_types(&right), types, sizeof types);
    sw_nl_parse_fail(x, at, "%s expected %s%d input%s, %s.", upper,
                     call->prim != NULL && call->prim->inputs >= 0 ? "at least " : "", n,
                     n == 1 ? "" : "s", what);
}

// The j-th input's types when m inputs are expected (m < 0: not known yet).
static uint32_t
input_type(const sw_nl_prim *prim, int j, int m)
{
    uint32_t type[8];
    int k = 0, many = -1;
    for (const char *at = prim->right; *at != 0 && k < 8; k++) {
        type[k] = sw_nl_types(&at);
        if (type[k] & SW_NL_MANY)
            many = k;
    }
    if (many < 0)
        return j < k ? type[j] : 0;
    if (j < many)
        return type[j];
    if (m < 0) {
        uint32_t all = 0;
        for (int i = many; i < k; i++)
            all |= type[i];
        return all;
    }
    int after = k - 1 - many;
    return j >= m - after ? type[k - (m - j)] : type[many];
}

static sw_nl_node *
parse_code_text(sw_nl_parser *x)
{
    const sw_nl_token *open = x->t;
    const sw_nl_token *close = open->kind == SW_NL_K_OPEN ? sw_nl_parse_matching(open) : NULL;
    if (close == NULL)
        sw_nl_parse_fail(x, open, "Expected a code block here.");
    sw_nl_node *n = sw_nl_parse_node_new(x, SW_NL_N_WORD, open);
    size_t room = close->end - open->start + (size_t)(close - open) * 2 + 2, used = 0;
    char *text = sw_nl_arena_alloc(x->a, room);
    for (const sw_nl_token *t = open + 1; t < close; t++)
        used += (size_t)snprintf(text + used, room - used, "%s%.*s", used ? " " : "",
                                 (int)(t->end - t->start), t->source + t->start);
    n->name = text;
    n->type = SW_NL_STR;
    x->t = close + 1;
    return n;
}

sw_nl_node *
sw_nl_parse_arg(sw_nl_parser *x, const sw_nl_node *call, uint32_t goal, int precedence)
{
    sw_nl_parse_check_bad(x);
    const sw_nl_token *t = x->t;
    if (goal & SW_NL_CODE)
        return parse_code_text(x);
    if ((goal & SW_NL_NAME) && t->kind == SW_NL_K_WORD) {
        sw_nl_node *n = sw_nl_parse_node_new(x, SW_NL_N_WORD, t);
        n->type = SW_NL_STR;
        x->t++;
        return n;
    }
    if (sw_nl_parse_ends_inputs(t))
        sw_nl_parse_fail_missing(x, call, t);
    if (goal & SW_NL_VAR) {
        sw_nl_node *n = t->kind == SW_NL_K_WORD ? sw_nl_parse_variable_node(x, t) : NULL;
        if (n == NULL && t->kind == SW_NL_K_WORD && sw_nl_find_symbol(x->p, t->text) == NULL)
            sw_nl_parse_fail_unknown(x, t);
        if (n == NULL)
            sw_nl_parse_fail(x, t, "This isn't something you can use \"set\" on.");
        x->t++;
        return n;
    }
    if (goal & SW_NL_CBLOCK && !(goal & SW_NL_ANY)) {
        if (t->kind == SW_NL_K_OPEN)
            return sw_nl_parse_command_block(x, call);
        char upper[128];
        sw_nl_upper(call->name, upper, sizeof upper);
        sw_nl_node *got = sw_nl_parse_expression(x, precedence, SW_NL_ANY, call->prim);
        char name[256];
        sw_nl_parse_fail(x, t, "%s expected a command block here but got %s.", upper,
                         sw_nl_type_names(got->type, name, sizeof name));
    }
    if (goal & (SW_NL_RBLOCK | SW_NL_BBLOCK | SW_NL_NBLOCK) && t->kind == SW_NL_K_OPEN) {
        sw_nl_node *block = sw_nl_parse_reporter_block(x);
        uint32_t wants = goal & SW_NL_BBLOCK   ? SW_NL_BOOL
                         : goal & SW_NL_NBLOCK ? SW_NL_NUM
                                               : SW_NL_ANY;
        if (!(block->type & wants)) {
            char upper[128], wanted[256], got[256];
            sw_nl_upper(call->name, upper, sizeof upper);
            sw_nl_parse_fail(x, t,
                             "%s expected this input to be %s block, but got %s block instead",
                             upper, sw_nl_type_names(wants, wanted, sizeof wanted),
                             sw_nl_type_names(block->type, got, sizeof got));
        }
        return block;
    }
    sw_nl_node *arg = sw_nl_parse_expression(x, precedence, goal, call->prim);
    if (call->kind == SW_NL_N_CALL)
        sw_nl_parse_check_type(x, call, arg, goal, t);
    return arg;
}

// (ifelse c [ ] c [ ] [ ]): conditions and blocks in turn.
static void
parse_branches(sw_nl_parser *x, sw_nl_node *call, bool reporter)
{
    uint32_t block = reporter ? SW_NL_RBLOCK : SW_NL_CBLOCK;
    while (x->t->kind != SW_NL_K_RIGHT) {
        sw_nl_parse_check_bad(x);
        if (sw_nl_parse_ends_inputs(x->t))
            sw_nl_parse_fail(x, x->t, "No closing parenthesis for this open parenthesis.");
        bool odd = call->n_args % 2 == 1;
        if (odd) {
            sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, block, call->prim->precedence));
        } else if (x->t->kind == SW_NL_K_OPEN && sw_nl_parse_matching(x->t) != NULL &&
                   sw_nl_parse_matching(x->t)[1].kind == SW_NL_K_RIGHT) {
            sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, block, call->prim->precedence));
        } else if (x->t->kind == SW_NL_K_OPEN &&
                   !(sw_nl_parse_matching(x->t) &&
                     sw_nl_parse_is_word(sw_nl_parse_matching(x->t) + 1, "of"))) {
            char upper[64];
            sw_nl_upper(call->name, upper, sizeof upper);
            sw_nl_parse_fail(x, x->t, "%s expected a reporter here but got a block.", upper);
        } else {
            sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, SW_NL_BOOL, 0));
        }
    }
}

bool
sw_nl_parse_starts_infix(sw_nl_parser *x)
{
    if (x->t->kind != SW_NL_K_WORD || sw_nl_parse_find_local(x, x->t->text) != NULL)
        return false;
    const sw_nl_symbol_entry *s = sw_nl_find_symbol(x->p, x->t->text);
    return s != NULL && s->kind == SW_NL_S_PRIM && s->prim->left[0] != 0;
}

void
sw_nl_parse_inputs(sw_nl_parser *x, sw_nl_node *call, bool parens)
{
    if (call->kind == SW_NL_N_PROC) {
        for (int i = 0; i < call->proc->n_params; i++)
            sw_nl_parse_add_arg(x, call,
                                sw_nl_parse_arg(x, call, SW_NL_ANY, call->is_command ? 0 : 10));
        return;
    }
    const sw_nl_prim *prim = call->prim;
    bool branches = prim->exec == sw_nl_p_ifelse || prim->eval == sw_nl_p_ifelse_value;
    if (parens && branches) {
        parse_branches(x, call, prim->ret[0] != 0);
        return;
    }
    if (branches) {
        uint32_t block = prim->ret[0] != 0 ? SW_NL_RBLOCK : SW_NL_CBLOCK;
        sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, SW_NL_BOOL, 0));
        sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, block, prim->precedence));
        sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, block, prim->precedence));
        return;
    }
    if (parens && prim->inputs >= 0) {
        for (int j = 0; x->t->kind != SW_NL_K_RIGHT; j++) {
            uint32_t type = input_type(prim, j, -1);
            if (sw_nl_parse_starts_infix(x) &&
                !(type & (SW_NL_REP | SW_NL_CMD) && (type & SW_NL_ANY) != SW_NL_ANY))
                break;
            if (sw_nl_parse_ends_inputs(x->t))
                break;
            sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, type, prim->precedence));
        }
        if (call->n_args < prim->least)
            sw_nl_parse_fail_missing(x, call, x->t);
        return;
    }
    int m = prim->inputs;
    if (m < 0)
        for (const char *at = prim->right; *at != 0; m++)
            sw_nl_types(&at);
    m += prim->inputs < 0 ? 1 : 0;
    for (int j = 0; j < m; j++) {
        uint32_t type = input_type(prim, j, m);
        if (type & SW_NL_OPTIONAL && x->t->kind != SW_NL_K_OPEN)
            break;
        sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, type, prim->precedence));
    }
}
