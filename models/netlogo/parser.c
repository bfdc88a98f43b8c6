// SPDX-License-Identifier: Apache-2.0
// Second pass: statements and expressions to trees, by the types and precedences of the table.
#include "models/netlogo/parse.h"
#include "models/netlogo/prims.h"

#include <assert.h>
#include <stdio.h>

static sw_nl_node *parse_infix(sw_nl_parser *x, sw_nl_node *left, int precedence, uint32_t goal);
static sw_nl_node *parse_statement(sw_nl_parser *x);

// ---- Blocks -------------------------------------------------------------------------------------

sw_nl_node *
sw_nl_parse_statements(sw_nl_parser *x, const sw_nl_token *open, bool to_bracket)
{
    sw_nl_node *block = sw_nl_parse_node_new(x, SW_NL_N_BLOCK, open);
    int scope = x->n_scope;
    sw_nl_parse_nest(x, 1);
    while (x->t->kind != (to_bracket ? SW_NL_K_CLOSE : SW_NL_K_END)) {
        sw_nl_parse_check_bad(x);
        if (x->t->kind == SW_NL_K_END)
            sw_nl_parse_fail(x, open, "No closing bracket for this open bracket.");
        if (x->t->kind == SW_NL_K_CLOSE)
            sw_nl_parse_fail(x, x->t, "No open bracket for this closing bracket.");
        sw_nl_parse_add_arg(x, block, parse_statement(x));
    }
    sw_nl_parse_nest(x, -1);
    block->end = x->t->end;
    if (to_bracket)
        x->t++;
    x->n_scope = scope;
    block->exec = sw_nl_run_block;
    block->type = SW_NL_CBLOCK;
    block->is_command = true;
    return block;
}

bool
sw_nl_parse_names_command(sw_nl_parser *x, const sw_nl_token *t)
{
    if (t->kind != SW_NL_K_WORD || sw_nl_parse_find_local(x, t->text) != NULL)
        return false;
    const sw_nl_symbol_entry *s = sw_nl_find_symbol(x->p, t->text);
    return s != NULL && ((s->kind == SW_NL_S_PRIM && s->prim->ret[0] == 0) ||
                         (s->kind == SW_NL_S_PROC && !s->proc->reports));
}

sw_nl_node *
sw_nl_parse_command_block(sw_nl_parser *x, const sw_nl_node *call)
{
    const sw_nl_token *open = x->t++;
    const char *agents = call->prim == NULL ? "" : call->prim->block;
    bool leaves = agents[0] != 0 || strcmp(call->name, "with-local-randomness") == 0;
    x->block_return += leaves;
    sw_nl_node *block = sw_nl_parse_statements(x, open, true);
    x->block_return -= leaves;
    block->braces = true;
    return block;
}

sw_nl_node *
sw_nl_parse_reporter_block(sw_nl_parser *x)
{
    const sw_nl_token *open = x->t++;
    if (sw_nl_parse_names_command(x, x->t))
        sw_nl_parse_fail(x, x->t, "Expected reporter.");
    sw_nl_node *block = sw_nl_parse_expression(x, 0, SW_NL_ANY, NULL);
    sw_nl_parse_check_bad(x);
    if (x->t->kind != SW_NL_K_CLOSE)
        sw_nl_parse_fail(x, x->t, "Expected a closing bracket here.");
    x->t++;
    (void)open;
    return block;
}

// ---- Expressions --------------------------------------------------------------------------------

static sw_nl_node *
parse_call(sw_nl_parser *x, const sw_nl_symbol_entry *s, bool parens)
{
    const sw_nl_token *t = x->t;
    sw_nl_node *call = sw_nl_parse_call_node(x, t, s);
    x->t++;
    if (s->kind == SW_NL_S_PRIM && s->prim->exec == sw_nl_p_carefully) {
        sw_nl_parse_add_arg(x, call, sw_nl_parse_command_block(x, call));
        x->in_carefully++;
        if (x->t->kind != SW_NL_K_OPEN)
            sw_nl_parse_fail_missing(x, call, x->t);
        sw_nl_parse_add_arg(x, call, sw_nl_parse_command_block(x, call));
        x->in_carefully--;
        return call;
    }
    if (s->kind == SW_NL_S_PRIM && s->prim->eval == sw_nl_p_error_message && x->in_carefully == 0)
        sw_nl_parse_fail(x, t, "error-message cannot be used outside of CAREFULLY.");
    if (s->kind == SW_NL_S_PRIM && s->prim->exec == sw_nl_p_report && x->block_return > 0)
        sw_nl_parse_fail(x, t, "REPORT must be immediately inside a TO-REPORT.");
    sw_nl_parse_inputs(x, call, parens);
    call->end = x->t[-1].end;
    return call;
}

static sw_nl_node *
parse_word(sw_nl_parser *x, uint32_t goal, bool parens)
{
    const sw_nl_token *t = x->t;
    const sw_nl_symbol_entry *concise;
    if (sw_nl_parse_wants_concise(x, goal, &concise))
        return sw_nl_parse_concise_lambda(x, concise);
    sw_nl_node *variable = sw_nl_parse_variable_node(x, t);
    if (variable != NULL) {
        x->t++;
        return variable;
    }
    static const char *const literal[] = {
        "true",   "false",  "nobody",  "e",     "pi",    "gray",      "grey", "red",
        "orange", "brown",  "yellow",  "green", "lime",  "turquoise", "cyan", "sky",
        "blue",   "violet", "magenta", "pink",  "black", "white"};
    for (size_t i = 0; i < sizeof literal / sizeof literal[0]; i++)
        if (strcmp(t->text, literal[i]) == 0)
            return sw_nl_parse_constant_node(x);
    const sw_nl_symbol_entry *s = sw_nl_find_symbol(x->p, t->text);
    if (s == NULL)
        sw_nl_parse_fail_unknown(x, t);
    if (sw_nl_parse_names_command(x, t))
        sw_nl_parse_fail(x, t, "Expected reporter.");
    if (s->kind == SW_NL_S_PRIM && s->prim->left[0] != 0) {
        if (strcmp(s->prim->name, "-") != 0)
            sw_nl_parse_fail(x, t, "Missing input on the left.");
        sw_nl_node *call = sw_nl_parse_call_node(x, t, s);
        x->t++;
        sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, SW_NL_NUM, s->prim->precedence));
        return call;
    }
    return parse_call(x, s, parens);
}

static sw_nl_node *
parse_parentheses(sw_nl_parser *x, uint32_t goal)
{
    const sw_nl_token *open = x->t++;
    sw_nl_node *n;
    sw_nl_parse_check_bad(x);
    const sw_nl_symbol_entry *s =
        x->t->kind == SW_NL_K_WORD && sw_nl_parse_find_local(x, x->t->text) == NULL
            ? sw_nl_find_symbol(x->p, x->t->text)
            : NULL;
    bool many =
        s != NULL && s->kind == SW_NL_S_PRIM && s->prim->inputs >= 0 && s->prim->ret[0] != 0;
    sw_nl_parse_nest(x, 1);
    if (many) {
        n = parse_call(x, s, true);
        // An infix primitive may follow: (list 1 2 = x).
        if (x->t->kind != SW_NL_K_RIGHT) {
            n = parse_infix(x, n, 0, goal);
        }
    } else {
        n = sw_nl_parse_expression(x, 0, goal & ~(uint32_t)SW_NL_MANY, NULL);
    }
    sw_nl_parse_nest(x, -1);
    sw_nl_parse_check_bad(x);
    if (x->t->kind != SW_NL_K_RIGHT) {
        if (sw_nl_parse_ends_inputs(x->t))
            sw_nl_parse_fail(x, open, "No closing parenthesis for this open parenthesis.");
        sw_nl_parse_fail(x, open, "No closing parenthesis for this open parenthesis.");
    }
    x->t++;
    n->parens = true;
    return n;
}

static sw_nl_node *
parse_bracket(sw_nl_parser *x, uint32_t goal)
{
    const sw_nl_token *close = sw_nl_parse_matching(x->t);
    if (close == NULL)
        sw_nl_parse_fail(x, x->t, "No closing bracket for this open bracket.");
    if (sw_nl_parse_arrow_of(x->t) != NULL)
        return sw_nl_parse_lambda(x, goal & (SW_NL_CMD | SW_NL_REP) ? goal : SW_NL_CMD | SW_NL_REP);
    if (sw_nl_parse_is_word(close + 1, "of"))
        return sw_nl_parse_reporter_block(x);
    bool lambda = goal & (SW_NL_CMD | SW_NL_REP);
    if (lambda && (goal & SW_NL_LST))
        lambda = (goal & SW_NL_MANY) && (goal & SW_NL_ANY) != SW_NL_ANY &&
                 close[1].kind == SW_NL_K_RIGHT;
    return lambda ? sw_nl_parse_lambda(x, goal) : sw_nl_parse_constant_node(x);
}

static sw_nl_node *
parse_infix(sw_nl_parser *x, sw_nl_node *left, int precedence, uint32_t goal)
{
    (void)goal;
    while (sw_nl_parse_starts_infix(x)) {
        const sw_nl_token *t = x->t;
        const sw_nl_symbol_entry *s = sw_nl_find_symbol(x->p, t->text);
        bool of = strcmp(s->prim->name, "of") == 0;
        if (s->prim->precedence < precedence || (s->prim->precedence == precedence && !of))
            break;
        sw_nl_node *call = sw_nl_parse_call_node(x, t, s);
        x->t++;
        const char *at = s->prim->left;
        uint32_t type = sw_nl_types(&at);
        if (!(type & SW_NL_BLOCKS))
            sw_nl_parse_check_type(x, call, left, type, t);
        sw_nl_parse_add_arg(x, call, left);
        for (at = s->prim->right; *at != 0;)
            sw_nl_parse_add_arg(x, call,
                                sw_nl_parse_arg(x, call, sw_nl_types(&at), s->prim->precedence));
        if (strcmp(s->prim->name, "with") == 0 || strncmp(s->prim->name, "with-m", 6) == 0 ||
            strcmp(s->prim->name, "at-points") == 0)
            call->type = left->type & SW_NL_ASET ? left->type & SW_NL_ASET : SW_NL_ASET;
        if (of && (left->type & SW_NL_ANY) != SW_NL_ANY && !(call->arg[1]->type & SW_NL_ASET))
            call->type = left->type;
        if (of && !(call->arg[1]->type & SW_NL_AGT))
            call->type = SW_NL_LST;
        call->start = t->start;
        left = call;
    }
    return left;
}

static sw_nl_node *
parse_head(sw_nl_parser *x, uint32_t goal)
{
    sw_nl_parse_check_bad(x);
    switch (x->t->kind) {
    case SW_NL_K_LEFT:
        return parse_parentheses(x, goal);
    case SW_NL_K_OPEN:
        return parse_bracket(x, goal);
    case SW_NL_K_NUMBER:
    case SW_NL_K_STRING:
        return sw_nl_parse_constant_node(x);
    case SW_NL_K_WORD:
        return parse_word(x, goal, false);
    case SW_NL_K_RIGHT:
        sw_nl_parse_fail(x, x->t, "No open parenthesis for this closing parenthesis.");
    case SW_NL_K_EXTENSION:
        sw_nl_parse_fail(x, x->t, "An object of an extension can't be written in code here.");
    default:
        sw_nl_parse_fail(x, x->t, "Expected reporter.");
    }
}

sw_nl_node *
sw_nl_parse_expression(sw_nl_parser *x, int precedence, uint32_t goal, const sw_nl_prim *for_prim)
{
    sw_nl_parse_nest(x, 1);
    (void)for_prim;
    sw_nl_node *n = parse_infix(x, parse_head(x, goal), precedence, goal);
    sw_nl_parse_nest(x, -1);
    return n;
}

// ---- Statements ---------------------------------------------------------------------------------

// Nested names of a multiple set or let; leaves are variables.
static sw_nl_node *
parse_names(sw_nl_parser *x, bool let)
{
    sw_nl_node *names = sw_nl_parse_node_new(x, SW_NL_N_NAMES, x->t);
    const sw_nl_token *open = x->t++;
    sw_nl_parse_nest(x, 1);
    while (x->t->kind != SW_NL_K_CLOSE) {
        if (x->t->kind == SW_NL_K_OPEN) {
            sw_nl_parse_add_arg(x, names, parse_names(x, let));
            continue;
        }
        if (x->t->kind != SW_NL_K_WORD)
            sw_nl_parse_fail(x, x->t->kind == SW_NL_K_END ? open : x->t,
                             "Expected a variable name here.");
        const sw_nl_token *t = x->t++;
        if (let) {
            sw_nl_parse_check_new_name(x, t);
            sw_nl_node *leaf = sw_nl_parse_node_new(x, SW_NL_N_WORD, t);
            leaf->extra = t;
            sw_nl_parse_add_arg(x, names, leaf);
        } else {
            sw_nl_node *leaf = sw_nl_parse_variable_node(x, t);
            if (leaf == NULL && sw_nl_find_symbol(x->p, t->text) == NULL)
                sw_nl_parse_fail_unknown(x, t);
            if (leaf == NULL)
                sw_nl_parse_fail(x, t, "This isn't something you can use \"set\" on.");
            sw_nl_parse_add_arg(x, names, leaf);
        }
    }
    sw_nl_parse_nest(x, -1);
    x->t++;
    return names;
}

// Once the value is parsed the names come into scope.
static void
declare_names(sw_nl_parser *x, sw_nl_node *names)
{
    for (int i = 0; i < names->n_args; i++) {
        sw_nl_node *leaf = names->arg[i];
        if (leaf->kind == SW_NL_N_NAMES) {
            declare_names(x, leaf);
        } else {
            const sw_nl_token *t = leaf->extra;
            names->arg[i] = sw_nl_parse_local_node(x, t, sw_nl_parse_add_local(x, t));
        }
    }
}

static sw_nl_node *
parse_let(sw_nl_parser *x, sw_nl_node *call)
{
    const sw_nl_token *t = x->t;
    if (t->kind == SW_NL_K_OPEN) {
        sw_nl_node *names = parse_names(x, true);
        sw_nl_parse_add_arg(x, call, names);
        sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, SW_NL_ANY, 0));
        declare_names(x, names);
        return call;
    }
    if (t->kind != SW_NL_K_WORD)
        sw_nl_parse_fail(x, t, "Expected variable name here");
    sw_nl_parse_check_new_name(x, t);
    x->t++;
    sw_nl_parse_add_arg(x, call, NULL);
    sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, SW_NL_ANY, 0));
    call->arg[0] = sw_nl_parse_local_node(x, t, sw_nl_parse_add_local(x, t));
    return call;
}

static sw_nl_node *
parse_statement(sw_nl_parser *x)
{
    const sw_nl_token *open = NULL;
    if (x->t->kind == SW_NL_K_LEFT)
        open = x->t++;
    sw_nl_parse_check_bad(x);
    const sw_nl_token *t = x->t;
    if (t->kind != SW_NL_K_WORD)
        sw_nl_parse_fail(x, t, "Expected command.");
    const sw_nl_symbol_entry *s =
        sw_nl_parse_find_local(x, t->text) ? NULL : sw_nl_find_symbol(x->p, t->text);
    if (s == NULL && sw_nl_parse_find_local(x, t->text) == NULL)
        sw_nl_parse_fail_unknown(x, t);
    if (!sw_nl_parse_names_command(x, t))
        sw_nl_parse_fail(x, t, "Expected command.");
    assert(s != NULL); // a local variable is no command
    sw_nl_node *call;
    if (s->kind == SW_NL_S_PRIM && s->prim->exec == sw_nl_p_let) {
        x->t++;
        call = parse_let(x, sw_nl_parse_call_node(x, t, s));
    } else if (s->kind == SW_NL_S_PRIM && s->prim->exec == sw_nl_p_set &&
               t[1].kind == SW_NL_K_OPEN) {
        x->t++;
        call = sw_nl_parse_call_node(x, t, s);
        sw_nl_parse_add_arg(x, call, parse_names(x, false));
        sw_nl_parse_add_arg(x, call, sw_nl_parse_arg(x, call, SW_NL_ANY, 0));
    } else {
        call = parse_call(x, s, open != NULL);
    }
    call->end = x->t[-1].end;
    if (open != NULL) {
        sw_nl_parse_check_bad(x);
        if (x->t->kind != SW_NL_K_RIGHT)
            sw_nl_parse_fail(x, open, "No closing parenthesis for this open parenthesis.");
        x->t++;
        call->parens = true;
    }
    return call;
}

// ---- Bodies -------------------------------------------------------------------------------------

// Inputs that are taken apart become a plain input and a let of the names.
static void
declare_params(sw_nl_parser *x, sw_nl_procedure *proc, sw_nl_node **unpack)
{
    sw_nl_node **names = proc->param_names;
    proc->param = sw_nl_arena_alloc(x->a, (proc->n_params + 1u) * sizeof *proc->param);
    for (int i = 0; i < proc->n_params; i++) {
        if (names[i]->kind == SW_NL_N_LOCAL) {
            const sw_nl_token *t = names[i]->extra;
            sw_nl_parse_check_new_name(x, t);
            proc->param[i] = sw_nl_parse_add_local(x, t);
            continue;
        }
        sw_nl_token fake = *proc->first;
        char text[24];
        snprintf(text, sizeof text, "[%d]", i);
        fake.text = sw_nl_arena_text(x->a, text, strlen(text));
        proc->param[i] = sw_nl_parse_add_local(x, &fake);
        unpack[i] = sw_nl_parse_node_new(x, SW_NL_N_CALL, &fake);
        const sw_nl_symbol_entry *let = sw_nl_find_symbol(x->p, "let");
        unpack[i] = sw_nl_parse_call_node(x, &fake, let);
        unpack[i]->name = "let";
        sw_nl_parse_add_arg(x, unpack[i], names[i]);
        sw_nl_parse_add_arg(x, unpack[i], sw_nl_parse_local_node(x, &fake, proc->param[i]));
    }
    for (int i = 0; i < proc->n_params; i++)
        if (unpack[i] != NULL)
            declare_names(x, names[i]);
}

void
sw_nl_parse_body(sw_nl_parser *x, sw_nl_procedure *proc)
{
    x->proc = proc;
    x->n_scope = 0;
    x->depth = 0;
    x->block_return = 0;
    x->in_carefully = 0;
    sw_nl_node **unpack = sw_nl_arena_alloc(x->a, (proc->n_params + 1u) * sizeof *unpack);
    if (proc->param_names != NULL)
        declare_params(x, proc, unpack);
    x->t = proc->first;
    sw_nl_node *body = sw_nl_parse_statements(x, proc->first, false);
    proc->body = sw_nl_parse_node_new(x, SW_NL_N_BLOCK, proc->first);
    for (int i = 0; i < proc->n_params; i++)
        if (unpack[i] != NULL)
            sw_nl_parse_add_arg(x, proc->body, unpack[i]);
    for (int i = 0; i < body->n_args; i++)
        sw_nl_parse_add_arg(x, proc->body, body->arg[i]);
    proc->body->exec = sw_nl_run_block;
    proc->body->is_command = true;
}

void
sw_nl_parse_reporter(sw_nl_parser *x, sw_nl_procedure *proc)
{
    x->proc = proc;
    sw_nl_node **unpack = sw_nl_arena_alloc(x->a, (proc->n_params + 1u) * sizeof *unpack);
    if (proc->param_names != NULL)
        declare_params(x, proc, unpack);
    x->t = proc->first;
    proc->body = sw_nl_parse_expression(x, 0, SW_NL_ANY, NULL);
    sw_nl_parse_check_bad(x);
    if (x->t->kind != SW_NL_K_END)
        sw_nl_parse_fail(x, x->t,
                         x->t->kind == SW_NL_K_RIGHT
                             ? "No open parenthesis for this closing parenthesis."
                             : "Extra characters after reporter.");
    proc->reports = true;
}
