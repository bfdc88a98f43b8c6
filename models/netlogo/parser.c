// SPDX-License-Identifier: Apache-2.0
// Second pass: statements and expressions to trees, by the types and precedences of the table.
#include "models/netlogo/parser.h"
#include "models/netlogo/prims.h"

#include <stdio.h>

#define BLOCKS (SW_NL_CBLOCK | SW_NL_RBLOCK | SW_NL_BBLOCK | SW_NL_NBLOCK)

static sw_nl_node *parse_expression(sw_nl_parser *x, int precedence, uint32_t goal,
                                    const sw_nl_prim *for_prim);
static sw_nl_node *parse_infix(sw_nl_parser *x, sw_nl_node *left, int precedence, uint32_t goal);
static sw_nl_node *parse_statement(sw_nl_parser *x);
static sw_nl_node *parse_arg(sw_nl_parser *x, const sw_nl_node *call, uint32_t goal,
                             int precedence);

// ---- Nodes and tokens ---------------------------------------------------------------------------

static sw_nl_node *
node_new(sw_nl_parser *x, int kind, const sw_nl_token *t)
{
    sw_nl_node *n = sw_nl_arena_alloc(x->a, sizeof *n);
    n->kind = (uint8_t)kind;
    n->name = t->text == NULL ? "" : t->text;
    n->start = t->start;
    n->end = t->end;
    n->extra = t->source;
    n->mask = SW_NL_OTPL;
    return n;
}

static void
add_arg(sw_nl_parser *x, sw_nl_node *n, sw_nl_node *arg)
{
    if ((n->n_args & (n->n_args - 1)) == 0) {
        sw_nl_node **grown =
            sw_nl_arena_alloc(x->a, (n->n_args ? n->n_args * 2u : 1u) * sizeof *grown);
        if (n->n_args > 0)
            memcpy(grown, n->arg, n->n_args * sizeof *grown);
        n->arg = grown;
    }
    if (n->n_args == UINT16_MAX)
        sw_nl_parse_fail(x, x->t, "Too many inputs");
    n->arg[n->n_args++] = arg;
}

static void
nest(sw_nl_parser *x, int by)
{
    x->depth += by;
    if (x->depth > SW_NL_MAX_NESTING)
        sw_nl_parse_fail(x, x->t, "This code is nested too deeply");
}

static const sw_nl_token *
matching(const sw_nl_token *open)
{
    int depth = 0;
    for (const sw_nl_token *t = open; t->kind != SW_NL_K_END; t++) {
        if (t->kind == SW_NL_K_OPEN)
            depth++;
        else if (t->kind == SW_NL_K_CLOSE && --depth == 0)
            return t;
    }
    return NULL;
}

static void
check_bad(sw_nl_parser *x)
{
    if (x->t->kind == SW_NL_K_BAD)
        sw_nl_parse_fail(x, x->t, "%s", x->t->text);
}

static bool
is_word(const sw_nl_token *t, const char *word)
{
    return t->kind == SW_NL_K_WORD && strcmp(t->text, word) == 0;
}

// Where the arrow of an anonymous procedure is, or NULL: [ -> …], [x -> …], [[x y] -> …].
static const sw_nl_token *
arrow_of(const sw_nl_token *open)
{
    const sw_nl_token *t = open + 1;
    if (t->kind == SW_NL_K_OPEN) {
        t = matching(t);
        return t != NULL && is_word(t + 1, "->") ? t + 1 : NULL;
    }
    while (t->kind == SW_NL_K_WORD && !is_word(t, "->"))
        t++;
    return is_word(t, "->") && t <= open + 2 ? t : NULL;
}

// ---- Locals -------------------------------------------------------------------------------------

static sw_nl_local *
find_local(sw_nl_parser *x, const char *name)
{
    for (int i = x->n_scope - 1; i >= 0; i--)
        if (strcmp(x->scope[i]->name, name) == 0)
            return x->scope[i];
    return NULL;
}

static sw_nl_local *
add_local(sw_nl_parser *x, const sw_nl_token *t)
{
    if (x->n_scope == SW_NL_MAX_SCOPE || x->proc->n_locals == UINT16_MAX)
        sw_nl_parse_fail(x, t, "Too many local variables");
    sw_nl_local *local = sw_nl_arena_alloc(x->a, sizeof *local);
    local->name = t->text;
    local->slot = x->proc->n_locals++;
    local->owner = x->proc;
    x->scope[x->n_scope++] = local;
    return local;
}

// The slot of a local in a procedure's own frame: its own, or one filled from a captured cell.
static int32_t
slot_in(sw_nl_parser *x, sw_nl_procedure *proc, sw_nl_local *local)
{
    if (local->owner == proc)
        return local->slot;
    for (uint32_t i = 0; i < proc->n_captured; i++)
        if (proc->captured[i] == local)
            return proc->captured_slot[i];
    local->shared = true;
    slot_in(x, proc->outer, local);
    uint32_t n = proc->n_captured;
    sw_nl_local **captured = sw_nl_arena_alloc(x->a, (n + 1) * sizeof *captured);
    int32_t *slots = sw_nl_arena_alloc(x->a, (n + 1) * sizeof *slots);
    if (n > 0) {
        memcpy(captured, proc->captured, n * sizeof *captured);
        memcpy(slots, proc->captured_slot, n * sizeof *slots);
    }
    captured[n] = local;
    slots[n] = proc->n_locals++;
    proc->captured = captured;
    proc->captured_slot = slots;
    proc->n_captured = n + 1;
    return slots[n];
}

static sw_nl_node *
local_node(sw_nl_parser *x, const sw_nl_token *t, sw_nl_local *local)
{
    sw_nl_node *n = node_new(x, SW_NL_N_LOCAL, t);
    n->slot = slot_in(x, x->proc, local);
    n->type = SW_NL_ANY;
    n->extra = local;
    if ((x->n_locals & (x->n_locals - 1)) == 0) {
        sw_nl_node **grown =
            sw_nl_arena_alloc(x->a, (x->n_locals ? x->n_locals * 2 : 1) * sizeof *grown);
        if (x->n_locals > 0)
            memcpy(grown, x->locals, x->n_locals * sizeof *grown);
        x->locals = grown;
    }
    x->locals[x->n_locals++] = n;
    return n;
}

void
sw_nl_parse_finish(sw_nl_parser *x)
{
    for (size_t i = 0; i < x->n_locals; i++) {
        const sw_nl_local *local = x->locals[i]->extra;
        x->locals[i]->eval = local->shared ? sw_nl_eval_shared : sw_nl_eval_local;
    }
    x->n_locals = 0;
}

static void
check_new_name(sw_nl_parser *x, const sw_nl_token *t)
{
    sw_nl_program *p = x->p;
    char upper[128];
    sw_nl_upper(t->text, upper, sizeof upper);
    if (find_local(x, t->text) != NULL)
        sw_nl_parse_fail(x, t, "There is already a local variable here called %s", upper);
    const sw_nl_symbol_entry *s = sw_nl_find_symbol(p, t->text);
    if (s == NULL)
        return;
    if (s->kind == SW_NL_S_GLOBAL)
        sw_nl_parse_fail(x, t, "There is already a global variable called %s", upper);
    if (s->kind == SW_NL_S_PROC)
        sw_nl_parse_fail(x, t, "There is already a procedure called %s", upper);
    if (s->kind == SW_NL_S_PRIM && strcmp(s->prim->name, "<breeds>") == 0)
        sw_nl_parse_fail(x, t, "There is already a breed called %s", upper);
    if (s->kind == SW_NL_S_PRIM)
        sw_nl_parse_fail(x, t, "There is already a primitive %s called %s",
                         s->prim->ret[0] == 0 ? "command" : "reporter", upper);
    for (size_t i = 1; s->t >= 0 && i < p->n_turtle_breeds; i++)
        if (p->turtle_breed[i].owns != NULL &&
            (p->turtle_breed[i].owns[s->t / 8] >> s->t % 8 & 1)) {
            sw_nl_upper(p->turtle_breed[i].name, upper, sizeof upper);
            char name[128];
            sw_nl_upper(t->text, name, sizeof name);
            sw_nl_parse_fail(x, t, "There is already a %s-OWN variable called %s", upper, name);
        }
    sw_nl_parse_fail(x, t, "There is already a %s variable called %s",
                     s->t >= 0   ? "turtle"
                     : s->p >= 0 ? "patch"
                                 : "link",
                     upper);
}

// ---- Variables ----------------------------------------------------------------------------------

static uint32_t
built_in_type(const sw_nl_symbol_entry *s)
{
    static const uint32_t turtle[T_BUILTIN] = {
        SW_NL_NUM, SW_NL_ANY, SW_NL_NUM,  SW_NL_NUM, SW_NL_NUM, SW_NL_STR, SW_NL_ANY,
        SW_NL_ANY, SW_NL_ANY, SW_NL_BOOL, SW_NL_NUM, SW_NL_NUM, SW_NL_STR};
    if (s->t >= 0 && s->t < T_BUILTIN)
        return turtle[s->t];
    if (s->p == P_XCOR || s->p == P_YCOR)
        return SW_NL_NUM;
    if (s->l == L_END1 || s->l == L_END2)
        return SW_NL_TUR;
    return SW_NL_ANY;
}

// True for variables that only some breeds have, so that each use must check.
static bool
needs_owner(const sw_nl_program *p, const sw_nl_symbol_entry *s)
{
    const uint8_t *turtles = p->turtle_breed[0].owns, *links = p->link_breed[0].owns;
    bool some_turtles =
        s->t >= T_BUILTIN && (turtles == NULL || !(turtles[s->t / 8] >> s->t % 8 & 1));
    bool some_links = s->l >= L_BUILTIN && (links == NULL || !(links[s->l / 8] >> s->l % 8 & 1));
    return some_turtles || some_links;
}

static sw_nl_node *
variable_node(sw_nl_parser *x, const sw_nl_token *t)
{
    sw_nl_local *local = find_local(x, t->text);
    if (local != NULL)
        return local_node(x, t, local);
    const sw_nl_symbol_entry *s = sw_nl_find_symbol(x->p, t->text);
    if (s == NULL || (s->kind != SW_NL_S_GLOBAL && s->kind != SW_NL_S_OWN))
        return NULL;
    if (s->kind == SW_NL_S_GLOBAL) {
        sw_nl_node *n = node_new(x, SW_NL_N_GLOBAL, t);
        n->slot = s->slot;
        n->type = SW_NL_ANY;
        n->eval = sw_nl_eval_global;
        return n;
    }
    sw_nl_node *n = node_new(x, SW_NL_N_AGENT_VAR, t);
    n->var.t = s->t;
    n->var.p = s->p;
    n->var.l = s->l;
    n->type = built_in_type(s);
    n->breed = needs_owner(x->p, s);
    n->mask = (uint8_t)((s->t >= 0 ? SW_NL_T : 0) | (s->p >= 0 ? SW_NL_P | SW_NL_T : 0) |
                        (s->l >= 0 ? SW_NL_L : 0));
    n->eval = s->t >= 0 && s->p < 0 && s->l < 0   ? sw_nl_eval_turtle_var
              : s->p >= 0 && s->t < 0 && s->l < 0 ? sw_nl_eval_patch_var
              : s->l >= 0 && s->t < 0 && s->p < 0 ? sw_nl_eval_link_var
                                                  : sw_nl_eval_agent_var;
    return n;
}

static void __attribute__((noreturn)) fail_unknown(sw_nl_parser *x, const sw_nl_token *t)
{
    char upper[256];
    sw_nl_upper(t->text, upper, sizeof upper);
    if (is_word(t, "->"))
        sw_nl_parse_fail(x, t, "Expected a literal value.");
    sw_nl_parse_fail(x, t, "Nothing named %s has been defined.", upper);
}

// ---- Blocks -------------------------------------------------------------------------------------

static sw_nl_node *
parse_statements(sw_nl_parser *x, const sw_nl_token *open, bool to_bracket)
{
    sw_nl_node *block = node_new(x, SW_NL_N_BLOCK, open);
    int scope = x->n_scope;
    nest(x, 1);
    while (x->t->kind != (to_bracket ? SW_NL_K_CLOSE : SW_NL_K_END)) {
        check_bad(x);
        if (x->t->kind == SW_NL_K_END)
            sw_nl_parse_fail(x, open, "No closing bracket for this open bracket.");
        if (x->t->kind == SW_NL_K_CLOSE)
            sw_nl_parse_fail(x, x->t, "No open bracket for this closing bracket.");
        add_arg(x, block, parse_statement(x));
    }
    nest(x, -1);
    block->end = x->t->end;
    if (to_bracket)
        x->t++;
    x->n_scope = scope;
    block->exec = sw_nl_run_block;
    block->type = SW_NL_CBLOCK;
    block->is_command = true;
    return block;
}

static bool
names_command(sw_nl_parser *x, const sw_nl_token *t)
{
    if (t->kind != SW_NL_K_WORD || find_local(x, t->text) != NULL)
        return false;
    const sw_nl_symbol_entry *s = sw_nl_find_symbol(x->p, t->text);
    return s != NULL && ((s->kind == SW_NL_S_PRIM && s->prim->ret[0] == 0) ||
                         (s->kind == SW_NL_S_PROC && !s->proc->reports));
}

static sw_nl_node *
parse_command_block(sw_nl_parser *x, const sw_nl_node *call)
{
    const sw_nl_token *open = x->t++;
    const char *agents = call->prim == NULL ? "" : call->prim->block;
    bool leaves = agents[0] != 0 || strcmp(call->name, "with-local-randomness") == 0;
    x->block_return += leaves;
    sw_nl_node *block = parse_statements(x, open, true);
    x->block_return -= leaves;
    block->braces = true;
    return block;
}

static sw_nl_node *
parse_reporter_block(sw_nl_parser *x)
{
    const sw_nl_token *open = x->t++;
    if (names_command(x, x->t))
        sw_nl_parse_fail(x, x->t, "Expected reporter.");
    sw_nl_node *block = parse_expression(x, 0, SW_NL_ANY, NULL);
    check_bad(x);
    if (x->t->kind != SW_NL_K_CLOSE)
        sw_nl_parse_fail(x, x->t, "Expected a closing bracket here.");
    x->t++;
    (void)open;
    return block;
}

// ---- Literals -----------------------------------------------------------------------------------
// Constants of lists and strings live in the arena as heap objects that the heap never frees.

static sw_nl_v
string_constant(sw_nl_parser *x, const sw_nl_token *t)
{
    sw_nl_string *s = sw_nl_arena_alloc(x->a, sizeof *s + t->n + 1);
    s->o = (sw_nl_object){.kind = SW_NL_STRING, .mark = 1, .n = t->n};
    memcpy(s->text, t->text, t->n);
    return sw_nl_heap_value(s);
}

static sw_nl_v parse_literal(sw_nl_parser *x);

static sw_nl_v
list_constant(sw_nl_parser *x)
{
    const sw_nl_token *open = x->t++;
    size_t n = 0, capacity = 8;
    sw_nl_v *items = sw_nl_arena_alloc(x->a, capacity * sizeof *items);
    nest(x, 1);
    while (x->t->kind != SW_NL_K_CLOSE) {
        if (x->t->kind == SW_NL_K_END)
            sw_nl_parse_fail(x, open, "No closing bracket for this open bracket.");
        if (n == capacity) {
            sw_nl_v *grown = sw_nl_arena_alloc(x->a, capacity * 2 * sizeof *grown);
            memcpy(grown, items, n * sizeof *grown);
            items = grown;
            capacity *= 2;
        }
        items[n++] = parse_literal(x);
    }
    nest(x, -1);
    x->t++;
    sw_nl_buffer *buffer = sw_nl_arena_alloc(x->a, sizeof *buffer + n * sizeof(sw_nl_v));
    buffer->o = (sw_nl_object){.kind = SW_NL_BUFFER, .mark = 1, .n = (uint32_t)n};
    buffer->capacity = (uint32_t)n;
    if (n > 0)
        memcpy(buffer->item, items, n * sizeof *items);
    sw_nl_list *list = sw_nl_arena_alloc(x->a, sizeof *list);
    list->o = (sw_nl_object){.kind = SW_NL_LIST, .mark = 1, .n = (uint32_t)n};
    list->buffer = buffer;
    return sw_nl_heap_value(list);
}

static sw_nl_v
parse_literal(sw_nl_parser *x)
{
    check_bad(x);
    const sw_nl_token *t = x->t;
    if (t->kind == SW_NL_K_OPEN)
        return list_constant(x);
    x->t++;
    if (t->kind == SW_NL_K_NUMBER)
        return sw_nl_number(t->number);
    if (t->kind == SW_NL_K_STRING)
        return string_constant(x, t);
    if (is_word(t, "true"))
        return SW_NL_TRUE;
    if (is_word(t, "false"))
        return SW_NL_FALSE;
    if (is_word(t, "nobody"))
        return SW_NL_NOBODY;
    if (is_word(t, "e"))
        return sw_nl_number(2.718281828459045);
    if (is_word(t, "pi"))
        return sw_nl_number(3.141592653589793);
    static const char *const colors[] = {"gray",  "red",    "orange",    "brown", "yellow",
                                         "green", "lime",   "turquoise", "cyan",  "sky",
                                         "blue",  "violet", "magenta",   "pink"};
    for (size_t i = 0; t->kind == SW_NL_K_WORD && i < 14; i++)
        if (strcmp(t->text, colors[i]) == 0 || (i == 0 && strcmp(t->text, "grey") == 0))
            return sw_nl_number(5 + 10.0 * (double)i);
    if (is_word(t, "black"))
        return sw_nl_number(0);
    if (is_word(t, "white"))
        return sw_nl_number(9.9);
    sw_nl_parse_fail(x, t, "Expected a literal value.");
}

static sw_nl_node *
constant_node(sw_nl_parser *x)
{
    sw_nl_node *n = node_new(x, SW_NL_N_CONST, x->t);
    n->value = parse_literal(x);
    n->end = x->t[-1].end;
    n->eval = sw_nl_eval_const;
    n->type = sw_nl_is_number(n->value)   ? SW_NL_NUM
              : sw_nl_is_bool(n->value)   ? SW_NL_BOOL
              : sw_nl_is_string(n->value) ? SW_NL_STR
              : sw_nl_is_list(n->value)   ? SW_NL_LST
                                          : SW_NL_NOB;
    return n;
}

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
    sw_nl_node *n = node_new(x, SW_NL_N_LAMBDA, t);
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
            if (find_local(x, t->text) != NULL)
                sw_nl_parse_fail(x, t, "There is already a local variable here called %s", upper);
            check_new_name(x, t);
            param[n++] = add_local(x, t);
        }
    f->param = param;
    f->n_params = (uint16_t)n;
    x->t = arrow + 1;
}

// [ … ] as an anonymous procedure; wants: CMD, REP or both.
static sw_nl_node *
parse_lambda(sw_nl_parser *x, uint32_t wants)
{
    const sw_nl_token *open = x->t, *arrow = arrow_of(open);
    sw_nl_procedure *f = lambda_begin(x, open);
    int scope = x->n_scope, leaves = x->block_return;
    x->block_return = 0;
    x->t++;
    if (arrow != NULL)
        lambda_params(x, f, arrow);
    const sw_nl_token *body = x->t;
    bool command = x->t->kind == SW_NL_K_CLOSE || names_command(x, x->t);
    if ((wants & (SW_NL_CMD | SW_NL_REP)) == SW_NL_CMD)
        command = true;
    if (command) {
        f->body = parse_statements(x, open, true);
    } else {
        f->reports = true;
        f->body = parse_expression(x, 0, SW_NL_ANY, NULL);
        check_bad(x);
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

static int
default_inputs(const sw_nl_prim *prim)
{
    if (prim->inputs >= 0)
        return prim->inputs;
    int n = 0;
    for (const char *at = prim->right; *at != 0;)
        if (!(sw_nl_types(&at) & SW_NL_OPTIONAL))
            n++;
    return n;
}

static sw_nl_node *call_node(sw_nl_parser *x, const sw_nl_token *t, const sw_nl_symbol_entry *s);

// A primitive or procedure named where an anonymous procedure is wanted: `map + a b`.
static sw_nl_node *
concise_lambda(sw_nl_parser *x, const sw_nl_symbol_entry *s)
{
    const sw_nl_token *t = x->t;
    sw_nl_procedure *f = lambda_begin(x, t);
    sw_nl_node *call = call_node(x, t, s);
    bool infix = s->kind == SW_NL_S_PRIM && s->prim->left[0] != 0;
    bool many = s->kind == SW_NL_S_PRIM && s->prim->inputs >= 0;
    int n = s->kind == SW_NL_S_PROC ? s->proc->n_params : default_inputs(s->prim) + infix;
    f->reports = !call->is_command;
    f->param = sw_nl_arena_alloc(x->a, 16 * sizeof *f->param);
    int scope = x->n_scope, built = many ? 16 : n;
    for (int i = 0; i < built && i < 16; i++) {
        char name[16];
        snprintf(name, sizeof name, "_%d", i + 1);
        sw_nl_token fake = *t;
        fake.text = sw_nl_arena_text(x->a, name, strlen(name));
        f->param[i] = add_local(x, &fake);
        add_arg(x, call, local_node(x, &fake, f->param[i]));
    }
    x->n_scope = scope;
    f->n_params = (uint16_t)n;
    x->t++;
    if (f->reports) {
        f->body = call;
    } else {
        f->body = node_new(x, SW_NL_N_BLOCK, t);
        f->body->exec = sw_nl_run_block;
        f->body->is_command = true;
        add_arg(x, f->body, call);
    }
    f->variadic = many && f->reports;
    f->end = t->end;
    char text[300];
    snprintf(text, sizeof text, "[ %s ]", t->text);
    f->text = sw_nl_arena_text(x->a, text, strlen(text));
    return lambda_node(x, t, f);
}

static bool
wants_concise(sw_nl_parser *x, uint32_t goal, const sw_nl_symbol_entry **s)
{
    uint32_t types = goal & SW_NL_ANY;
    if (types == 0 || (types & ~(uint32_t)(SW_NL_CMD | SW_NL_REP)) != 0)
        if ((goal & (SW_NL_STR | SW_NL_NUM)) || types == 0 || !(goal & SW_NL_MANY))
            return false;
    if (x->t->kind != SW_NL_K_WORD || find_local(x, x->t->text) != NULL)
        return false;
    *s = sw_nl_find_symbol(x->p, x->t->text);
    if (*s == NULL || ((*s)->kind != SW_NL_S_PRIM && (*s)->kind != SW_NL_S_PROC))
        return false;
    bool command = names_command(x, x->t);
    if (command)
        return (goal & SW_NL_CMD) != 0;
    if (!(goal & SW_NL_REP))
        return false;
    if ((*s)->kind == SW_NL_S_PROC)
        return (*s)->proc->n_params > 0;
    return default_inputs((*s)->prim) > 0 || (*s)->prim->left[0] != 0;
}

// ---- Calls --------------------------------------------------------------------------------------

// The procedure's own locals that can be named here.
static const sw_nl_visible *
visible_here(sw_nl_parser *x)
{
    sw_nl_visible *v = sw_nl_arena_alloc(x->a, sizeof *v + (size_t)x->n_scope * sizeof *v->local);
    for (int i = 0; i < x->n_scope; i++)
        if (x->scope[i]->owner == x->proc && find_local(x, x->scope[i]->name) == x->scope[i])
            v->local[v->n++] = x->scope[i];
    return v;
}

static sw_nl_node *
call_node(sw_nl_parser *x, const sw_nl_token *t, const sw_nl_symbol_entry *s)
{
    if (s->kind == SW_NL_S_PROC) {
        sw_nl_node *n = node_new(x, SW_NL_N_PROC, t);
        n->proc = s->proc;
        n->is_command = !s->proc->reports;
        n->type = s->proc->reports ? SW_NL_ANY : 0;
        if (n->is_command)
            n->exec = sw_nl_exec_procedure;
        else
            n->eval = sw_nl_eval_procedure;
        return n;
    }
    sw_nl_node *n = node_new(x, SW_NL_N_CALL, t);
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

static void
check_type(sw_nl_parser *x, const sw_nl_node *call, const sw_nl_node *arg, uint32_t goal,
           const sw_nl_token *at)
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

static bool
ends_inputs(const sw_nl_token *t)
{
    return t->kind == SW_NL_K_END || t->kind == SW_NL_K_CLOSE || t->kind == SW_NL_K_RIGHT;
}

static void __attribute__((noreturn))
fail_missing(sw_nl_parser *x, const sw_nl_node *call, const sw_nl_token *at)
{
    char upper[128], types[256];
    sw_nl_upper(call->name, upper, sizeof upper);
    int n = call->kind == SW_NL_N_PROC ? call->proc->n_params : default_inputs(call->prim);
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
    const sw_nl_token *close = open->kind == SW_NL_K_OPEN ? matching(open) : NULL;
    if (close == NULL)
        sw_nl_parse_fail(x, open, "Expected a code block here.");
    sw_nl_node *n = node_new(x, SW_NL_N_WORD, open);
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

static sw_nl_node *
parse_arg(sw_nl_parser *x, const sw_nl_node *call, uint32_t goal, int precedence)
{
    check_bad(x);
    const sw_nl_token *t = x->t;
    if (goal & SW_NL_CODE)
        return parse_code_text(x);
    if ((goal & SW_NL_NAME) && t->kind == SW_NL_K_WORD) {
        sw_nl_node *n = node_new(x, SW_NL_N_WORD, t);
        n->type = SW_NL_STR;
        x->t++;
        return n;
    }
    if (ends_inputs(t))
        fail_missing(x, call, t);
    if (goal & SW_NL_VAR) {
        sw_nl_node *n = t->kind == SW_NL_K_WORD ? variable_node(x, t) : NULL;
        if (n == NULL && t->kind == SW_NL_K_WORD && sw_nl_find_symbol(x->p, t->text) == NULL)
            fail_unknown(x, t);
        if (n == NULL)
            sw_nl_parse_fail(x, t, "This isn't something you can use \"set\" on.");
        x->t++;
        return n;
    }
    if (goal & SW_NL_CBLOCK && !(goal & SW_NL_ANY)) {
        if (t->kind == SW_NL_K_OPEN)
            return parse_command_block(x, call);
        char upper[128];
        sw_nl_upper(call->name, upper, sizeof upper);
        sw_nl_node *got = parse_expression(x, precedence, SW_NL_ANY, call->prim);
        char name[256];
        sw_nl_parse_fail(x, t, "%s expected a command block here but got %s.", upper,
                         sw_nl_type_names(got->type, name, sizeof name));
    }
    if (goal & (SW_NL_RBLOCK | SW_NL_BBLOCK | SW_NL_NBLOCK) && t->kind == SW_NL_K_OPEN) {
        sw_nl_node *block = parse_reporter_block(x);
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
    sw_nl_node *arg = parse_expression(x, precedence, goal, call->prim);
    if (call->kind == SW_NL_N_CALL)
        check_type(x, call, arg, goal, t);
    return arg;
}

// (ifelse c [ ] c [ ] [ ]): conditions and blocks in turn.
static void
parse_branches(sw_nl_parser *x, sw_nl_node *call, bool reporter)
{
    uint32_t block = reporter ? SW_NL_RBLOCK : SW_NL_CBLOCK;
    while (x->t->kind != SW_NL_K_RIGHT) {
        check_bad(x);
        if (ends_inputs(x->t))
            sw_nl_parse_fail(x, x->t, "No closing parenthesis for this open parenthesis.");
        bool odd = call->n_args % 2 == 1;
        if (odd) {
            add_arg(x, call, parse_arg(x, call, block, call->prim->precedence));
        } else if (x->t->kind == SW_NL_K_OPEN && matching(x->t) != NULL &&
                   matching(x->t)[1].kind == SW_NL_K_RIGHT) {
            add_arg(x, call, parse_arg(x, call, block, call->prim->precedence));
        } else if (x->t->kind == SW_NL_K_OPEN &&
                   !(matching(x->t) && is_word(matching(x->t) + 1, "of"))) {
            char upper[64];
            sw_nl_upper(call->name, upper, sizeof upper);
            sw_nl_parse_fail(x, x->t, "%s expected a reporter here but got a block.", upper);
        } else {
            add_arg(x, call, parse_arg(x, call, SW_NL_BOOL, 0));
        }
    }
}

static bool
starts_infix(sw_nl_parser *x)
{
    if (x->t->kind != SW_NL_K_WORD || find_local(x, x->t->text) != NULL)
        return false;
    const sw_nl_symbol_entry *s = sw_nl_find_symbol(x->p, x->t->text);
    return s != NULL && s->kind == SW_NL_S_PRIM && s->prim->left[0] != 0;
}

static void
parse_inputs(sw_nl_parser *x, sw_nl_node *call, bool parens)
{
    if (call->kind == SW_NL_N_PROC) {
        for (int i = 0; i < call->proc->n_params; i++)
            add_arg(x, call, parse_arg(x, call, SW_NL_ANY, call->is_command ? 0 : 10));
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
        add_arg(x, call, parse_arg(x, call, SW_NL_BOOL, 0));
        add_arg(x, call, parse_arg(x, call, block, prim->precedence));
        add_arg(x, call, parse_arg(x, call, block, prim->precedence));
        return;
    }
    if (parens && prim->inputs >= 0) {
        for (int j = 0; x->t->kind != SW_NL_K_RIGHT; j++) {
            uint32_t type = input_type(prim, j, -1);
            if (starts_infix(x) &&
                !(type & (SW_NL_REP | SW_NL_CMD) && (type & SW_NL_ANY) != SW_NL_ANY))
                break;
            if (ends_inputs(x->t))
                break;
            add_arg(x, call, parse_arg(x, call, type, prim->precedence));
        }
        if (call->n_args < prim->least)
            fail_missing(x, call, x->t);
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
        add_arg(x, call, parse_arg(x, call, type, prim->precedence));
    }
}

// ---- Expressions --------------------------------------------------------------------------------

static sw_nl_node *
parse_call(sw_nl_parser *x, const sw_nl_symbol_entry *s, bool parens)
{
    const sw_nl_token *t = x->t;
    sw_nl_node *call = call_node(x, t, s);
    x->t++;
    if (s->kind == SW_NL_S_PRIM && s->prim->exec == sw_nl_p_carefully) {
        add_arg(x, call, parse_command_block(x, call));
        x->in_carefully++;
        if (x->t->kind != SW_NL_K_OPEN)
            fail_missing(x, call, x->t);
        add_arg(x, call, parse_command_block(x, call));
        x->in_carefully--;
        return call;
    }
    if (s->kind == SW_NL_S_PRIM && s->prim->eval == sw_nl_p_error_message && x->in_carefully == 0)
        sw_nl_parse_fail(x, t, "error-message cannot be used outside of CAREFULLY.");
    if (s->kind == SW_NL_S_PRIM && s->prim->exec == sw_nl_p_report && x->block_return > 0)
        sw_nl_parse_fail(x, t, "REPORT must be immediately inside a TO-REPORT.");
    parse_inputs(x, call, parens);
    call->end = x->t[-1].end;
    return call;
}

static sw_nl_node *
parse_word(sw_nl_parser *x, uint32_t goal, bool parens)
{
    const sw_nl_token *t = x->t;
    const sw_nl_symbol_entry *concise;
    if (wants_concise(x, goal, &concise))
        return concise_lambda(x, concise);
    sw_nl_node *variable = variable_node(x, t);
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
            return constant_node(x);
    const sw_nl_symbol_entry *s = sw_nl_find_symbol(x->p, t->text);
    if (s == NULL)
        fail_unknown(x, t);
    if (names_command(x, t))
        sw_nl_parse_fail(x, t, "Expected reporter.");
    if (s->kind == SW_NL_S_PRIM && s->prim->left[0] != 0) {
        if (strcmp(s->prim->name, "-") != 0)
            sw_nl_parse_fail(x, t, "Missing input on the left.");
        sw_nl_node *call = call_node(x, t, s);
        x->t++;
        add_arg(x, call, parse_arg(x, call, SW_NL_NUM, s->prim->precedence));
        return call;
    }
    return parse_call(x, s, parens);
}

static sw_nl_node *
parse_parentheses(sw_nl_parser *x, uint32_t goal)
{
    const sw_nl_token *open = x->t++;
    sw_nl_node *n;
    check_bad(x);
    const sw_nl_symbol_entry *s = x->t->kind == SW_NL_K_WORD && find_local(x, x->t->text) == NULL
                                      ? sw_nl_find_symbol(x->p, x->t->text)
                                      : NULL;
    bool many =
        s != NULL && s->kind == SW_NL_S_PRIM && s->prim->inputs >= 0 && s->prim->ret[0] != 0;
    nest(x, 1);
    if (many) {
        n = parse_call(x, s, true);
        // An infix primitive may follow: (list 1 2 = x).
        if (x->t->kind != SW_NL_K_RIGHT) {
            n = parse_infix(x, n, 0, goal);
        }
    } else {
        n = parse_expression(x, 0, goal & ~(uint32_t)SW_NL_MANY, NULL);
    }
    nest(x, -1);
    check_bad(x);
    if (x->t->kind != SW_NL_K_RIGHT) {
        if (ends_inputs(x->t))
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
    const sw_nl_token *close = matching(x->t);
    if (close == NULL)
        sw_nl_parse_fail(x, x->t, "No closing bracket for this open bracket.");
    if (arrow_of(x->t) != NULL)
        return parse_lambda(x, goal & (SW_NL_CMD | SW_NL_REP) ? goal : SW_NL_CMD | SW_NL_REP);
    if (is_word(close + 1, "of"))
        return parse_reporter_block(x);
    bool lambda = goal & (SW_NL_CMD | SW_NL_REP);
    if (lambda && (goal & SW_NL_LST))
        lambda = (goal & SW_NL_MANY) && (goal & SW_NL_ANY) != SW_NL_ANY &&
                 close[1].kind == SW_NL_K_RIGHT;
    return lambda ? parse_lambda(x, goal) : constant_node(x);
}

static sw_nl_node *
parse_infix(sw_nl_parser *x, sw_nl_node *left, int precedence, uint32_t goal)
{
    (void)goal;
    while (starts_infix(x)) {
        const sw_nl_token *t = x->t;
        const sw_nl_symbol_entry *s = sw_nl_find_symbol(x->p, t->text);
        bool of = strcmp(s->prim->name, "of") == 0;
        if (s->prim->precedence < precedence || (s->prim->precedence == precedence && !of))
            break;
        sw_nl_node *call = call_node(x, t, s);
        x->t++;
        const char *at = s->prim->left;
        uint32_t type = sw_nl_types(&at);
        if (!(type & BLOCKS))
            check_type(x, call, left, type, t);
        add_arg(x, call, left);
        for (at = s->prim->right; *at != 0;)
            add_arg(x, call, parse_arg(x, call, sw_nl_types(&at), s->prim->precedence));
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
    check_bad(x);
    switch (x->t->kind) {
    case SW_NL_K_LEFT:
        return parse_parentheses(x, goal);
    case SW_NL_K_OPEN:
        return parse_bracket(x, goal);
    case SW_NL_K_NUMBER:
    case SW_NL_K_STRING:
        return constant_node(x);
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

static sw_nl_node *
parse_expression(sw_nl_parser *x, int precedence, uint32_t goal, const sw_nl_prim *for_prim)
{
    nest(x, 1);
    (void)for_prim;
    sw_nl_node *n = parse_infix(x, parse_head(x, goal), precedence, goal);
    nest(x, -1);
    return n;
}

// ---- Statements ---------------------------------------------------------------------------------

// Nested names of a multiple set or let; leaves are variables.
static sw_nl_node *
parse_names(sw_nl_parser *x, bool let)
{
    sw_nl_node *names = node_new(x, SW_NL_N_NAMES, x->t);
    const sw_nl_token *open = x->t++;
    nest(x, 1);
    while (x->t->kind != SW_NL_K_CLOSE) {
        if (x->t->kind == SW_NL_K_OPEN) {
            add_arg(x, names, parse_names(x, let));
            continue;
        }
        if (x->t->kind != SW_NL_K_WORD)
            sw_nl_parse_fail(x, x->t->kind == SW_NL_K_END ? open : x->t,
                             "Expected a variable name here.");
        const sw_nl_token *t = x->t++;
        if (let) {
            check_new_name(x, t);
            sw_nl_node *leaf = node_new(x, SW_NL_N_WORD, t);
            leaf->extra = t;
            add_arg(x, names, leaf);
        } else {
            sw_nl_node *leaf = variable_node(x, t);
            if (leaf == NULL && sw_nl_find_symbol(x->p, t->text) == NULL)
                fail_unknown(x, t);
            if (leaf == NULL)
                sw_nl_parse_fail(x, t, "This isn't something you can use \"set\" on.");
            add_arg(x, names, leaf);
        }
    }
    nest(x, -1);
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
            names->arg[i] = local_node(x, t, add_local(x, t));
        }
    }
}

static sw_nl_node *
parse_let(sw_nl_parser *x, sw_nl_node *call)
{
    const sw_nl_token *t = x->t;
    if (t->kind == SW_NL_K_OPEN) {
        sw_nl_node *names = parse_names(x, true);
        add_arg(x, call, names);
        add_arg(x, call, parse_arg(x, call, SW_NL_ANY, 0));
        declare_names(x, names);
        return call;
    }
    if (t->kind != SW_NL_K_WORD)
        sw_nl_parse_fail(x, t, "Expected variable name here");
    check_new_name(x, t);
    x->t++;
    add_arg(x, call, NULL);
    add_arg(x, call, parse_arg(x, call, SW_NL_ANY, 0));
    call->arg[0] = local_node(x, t, add_local(x, t));
    return call;
}

static sw_nl_node *
parse_statement(sw_nl_parser *x)
{
    const sw_nl_token *open = NULL;
    if (x->t->kind == SW_NL_K_LEFT)
        open = x->t++;
    check_bad(x);
    const sw_nl_token *t = x->t;
    if (t->kind != SW_NL_K_WORD)
        sw_nl_parse_fail(x, t, "Expected command.");
    const sw_nl_symbol_entry *s = find_local(x, t->text) ? NULL : sw_nl_find_symbol(x->p, t->text);
    if (s == NULL && find_local(x, t->text) == NULL)
        fail_unknown(x, t);
    if (!names_command(x, t))
        sw_nl_parse_fail(x, t, "Expected command.");
    sw_nl_node *call;
    if (s->kind == SW_NL_S_PRIM && s->prim->exec == sw_nl_p_let) {
        x->t++;
        call = parse_let(x, call_node(x, t, s));
    } else if (s->kind == SW_NL_S_PRIM && s->prim->exec == sw_nl_p_set &&
               t[1].kind == SW_NL_K_OPEN) {
        x->t++;
        call = call_node(x, t, s);
        add_arg(x, call, parse_names(x, false));
        add_arg(x, call, parse_arg(x, call, SW_NL_ANY, 0));
    } else {
        call = parse_call(x, s, open != NULL);
    }
    call->end = x->t[-1].end;
    if (open != NULL) {
        check_bad(x);
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
            check_new_name(x, t);
            proc->param[i] = add_local(x, t);
            continue;
        }
        sw_nl_token fake = *proc->first;
        char text[24];
        snprintf(text, sizeof text, "[%d]", i);
        fake.text = sw_nl_arena_text(x->a, text, strlen(text));
        proc->param[i] = add_local(x, &fake);
        unpack[i] = node_new(x, SW_NL_N_CALL, &fake);
        const sw_nl_symbol_entry *let = sw_nl_find_symbol(x->p, "let");
        unpack[i] = call_node(x, &fake, let);
        unpack[i]->name = "let";
        add_arg(x, unpack[i], names[i]);
        add_arg(x, unpack[i], local_node(x, &fake, proc->param[i]));
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
    sw_nl_node *body = parse_statements(x, proc->first, false);
    proc->body = node_new(x, SW_NL_N_BLOCK, proc->first);
    for (int i = 0; i < proc->n_params; i++)
        if (unpack[i] != NULL)
            add_arg(x, proc->body, unpack[i]);
    for (int i = 0; i < body->n_args; i++)
        add_arg(x, proc->body, body->arg[i]);
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
    proc->body = parse_expression(x, 0, SW_NL_ANY, NULL);
    check_bad(x);
    if (x->t->kind != SW_NL_K_END)
        sw_nl_parse_fail(x, x->t,
                         x->t->kind == SW_NL_K_RIGHT
                             ? "No open parenthesis for this closing parenthesis."
                             : "Extra characters after reporter.");
    proc->reports = true;
}
