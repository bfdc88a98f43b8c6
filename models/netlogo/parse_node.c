// SPDX-License-Identifier: Apache-2.0
// The leaves of the second pass: nodes, local variables, variables of agents, literals.
#include "models/netlogo/engine.h"
#include "models/netlogo/parse.h"

// ---- Nodes and tokens ---------------------------------------------------------------------------

sw_nl_node *
sw_nl_parse_node_new(sw_nl_parser *x, int kind, const sw_nl_token *t)
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

void
sw_nl_parse_add_arg(sw_nl_parser *x, sw_nl_node *n, sw_nl_node *arg)
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

void
sw_nl_parse_nest(sw_nl_parser *x, int by)
{
    x->depth += by;
    if (x->depth > SW_NL_MAX_NESTING)
        sw_nl_parse_fail(x, x->t, "This code is nested too deeply");
}

const sw_nl_token *
sw_nl_parse_matching(const sw_nl_token *open)
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

void
sw_nl_parse_check_bad(sw_nl_parser *x)
{
    if (x->t->kind == SW_NL_K_BAD)
        sw_nl_parse_fail(x, x->t, "%s", x->t->text);
}

bool
sw_nl_parse_is_word(const sw_nl_token *t, const char *word)
{
    return t->kind == SW_NL_K_WORD && strcmp(t->text, word) == 0;
}

// Where the arrow of an anonymous procedure is, or NULL: [ -> …], [x -> …], [[x y] -> …].
const sw_nl_token *
sw_nl_parse_arrow_of(const sw_nl_token *open)
{
    const sw_nl_token *t = open + 1;
    if (t->kind == SW_NL_K_OPEN) {
        t = sw_nl_parse_matching(t);
        return t != NULL && sw_nl_parse_is_word(t + 1, "->") ? t + 1 : NULL;
    }
    while (t->kind == SW_NL_K_WORD && !sw_nl_parse_is_word(t, "->"))
        t++;
    return sw_nl_parse_is_word(t, "->") && t <= open + 2 ? t : NULL;
}

// ---- Locals -------------------------------------------------------------------------------------

sw_nl_local *
sw_nl_parse_find_local(sw_nl_parser *x, const char *name)
{
    for (int i = x->n_scope - 1; i >= 0; i--)
        if (strcmp(x->scope[i]->name, name) == 0)
            return x->scope[i];
    return NULL;
}

sw_nl_local *
sw_nl_parse_add_local(sw_nl_parser *x, const sw_nl_token *t)
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

sw_nl_node *
sw_nl_parse_local_node(sw_nl_parser *x, const sw_nl_token *t, sw_nl_local *local)
{
    sw_nl_node *n = sw_nl_parse_node_new(x, SW_NL_N_LOCAL, t);
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

void
sw_nl_parse_check_new_name(sw_nl_parser *x, const sw_nl_token *t)
{
    sw_nl_program *p = x->p;
    char upper[128];
    sw_nl_upper(t->text, upper, sizeof upper);
    if (sw_nl_parse_find_local(x, t->text) != NULL)
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

sw_nl_node *
sw_nl_parse_variable_node(sw_nl_parser *x, const sw_nl_token *t)
{
    sw_nl_local *local = sw_nl_parse_find_local(x, t->text);
    if (local != NULL)
        return sw_nl_parse_local_node(x, t, local);
    const sw_nl_symbol_entry *s = sw_nl_find_symbol(x->p, t->text);
    if (s == NULL || (s->kind != SW_NL_S_GLOBAL && s->kind != SW_NL_S_OWN))
        return NULL;
    if (s->kind == SW_NL_S_GLOBAL) {
        sw_nl_node *n = sw_nl_parse_node_new(x, SW_NL_N_GLOBAL, t);
        n->slot = s->slot;
        n->type = SW_NL_ANY;
        n->eval = sw_nl_eval_global;
        return n;
    }
    sw_nl_node *n = sw_nl_parse_node_new(x, SW_NL_N_AGENT_VAR, t);
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

void __attribute__((noreturn)) sw_nl_parse_fail_unknown(sw_nl_parser *x, const sw_nl_token *t)
{
    char upper[256];
    sw_nl_upper(t->text, upper, sizeof upper);
    if (sw_nl_parse_is_word(t, "->"))
        sw_nl_parse_fail(x, t, "Expected a literal value.");
    sw_nl_parse_fail(x, t, "Nothing named %s has been defined.", upper);
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
    sw_nl_parse_nest(x, 1);
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
    sw_nl_parse_nest(x, -1);
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
    sw_nl_parse_check_bad(x);
    const sw_nl_token *t = x->t;
    if (t->kind == SW_NL_K_OPEN)
        return list_constant(x);
    x->t++;
    if (t->kind == SW_NL_K_NUMBER)
        return sw_nl_number(t->number);
    if (t->kind == SW_NL_K_STRING)
        return string_constant(x, t);
    if (sw_nl_parse_is_word(t, "true"))
        return SW_NL_TRUE;
    if (sw_nl_parse_is_word(t, "false"))
        return SW_NL_FALSE;
    if (sw_nl_parse_is_word(t, "nobody"))
        return SW_NL_NOBODY;
    if (sw_nl_parse_is_word(t, "e"))
        return sw_nl_number(2.718281828459045);
    if (sw_nl_parse_is_word(t, "pi"))
        return sw_nl_number(3.141592653589793);
    static const char *const colors[] = {"gray",  "red",    "orange",    "brown", "yellow",
                                         "green", "lime",   "turquoise", "cyan",  "sky",
                                         "blue",  "violet", "magenta",   "pink"};
    for (size_t i = 0; t->kind == SW_NL_K_WORD && i < 14; i++)
        if (strcmp(t->text, colors[i]) == 0 || (i == 0 && strcmp(t->text, "grey") == 0))
            return sw_nl_number(5 + 10.0 * (double)i);
    if (sw_nl_parse_is_word(t, "black"))
        return sw_nl_number(0);
    if (sw_nl_parse_is_word(t, "white"))
        return sw_nl_number(9.9);
    sw_nl_parse_fail(x, t, "Expected a literal value.");
}

sw_nl_node *
sw_nl_parse_constant_node(sw_nl_parser *x)
{
    sw_nl_node *n = sw_nl_parse_node_new(x, SW_NL_N_CONST, x->t);
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
