// SPDX-License-Identifier: Apache-2.0
// Runs trees: inputs with their checks, variables, blocks, calls, and the asking of agents.
#include "models/netlogo/engine.h"
#include "models/netlogo/prims.h"

// ---- Inputs -------------------------------------------------------------------------------------

static uint32_t
declared(const sw_nl_node *n, int i, uint32_t otherwise)
{
    if (n->prim == NULL)
        return otherwise;
    const char *at = n->prim->right;
    if (n->prim->left[0] != 0) {
        if (i == 0) {
            at = n->prim->left;
            return sw_nl_types(&at) & SW_NL_ANY;
        }
        i--;
    }
    uint32_t type = otherwise;
    for (int j = 0; j <= i && *at != 0; j++)
        type = sw_nl_types(&at);
    return type & SW_NL_ANY;
}

double
sw_nl_arg_number(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    return sw_nl_num(e, n, i);
}

sw_nl_string *
sw_nl_arg_string(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    sw_nl_v v = EV(i);
    if (!sw_nl_is_string(v))
        sw_nl_wrong(e, n, declared(n, i, SW_NL_STR), v);
    return sw_nl_string_of(v);
}

sw_nl_list *
sw_nl_arg_list(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    sw_nl_v v = EV(i);
    if (!sw_nl_is_list(v))
        sw_nl_wrong(e, n, declared(n, i, SW_NL_LST), v);
    return sw_nl_list_of(v);
}

sw_nl_v
sw_nl_arg_set(sw_nl_engine *e, const sw_nl_node *n, int i, unsigned kinds)
{
    sw_nl_v v = EV(i);
    if (!sw_nl_is_set(v) || !(sw_nl_set_kind(v) & kinds))
        sw_nl_wrong(e, n, declared(n, i, SW_NL_ASET), v);
    return v;
}

sw_nl_v
sw_nl_arg_agent(sw_nl_engine *e, const sw_nl_node *n, int i, unsigned kinds)
{
    sw_nl_v v = EV(i);
    unsigned kind = sw_nl_agent_kind(v);
    if (kind == SW_NL_L && kinds == (SW_NL_T | SW_NL_P))
        sw_nl_fail(e, n, "Expected a turtle or a patch but got a link.");
    if (!(kind & kinds)) {
        uint32_t types = declared(n, i, SW_NL_AGT);
        sw_nl_wrong(e, n, types == (SW_NL_TUR | SW_NL_PAT) ? SW_NL_AGT : types, v);
    }
    if (!sw_nl_alive(e, v)) {
        int32_t breed = sw_nl_breed_of(e, kind, sw_nl_agent_id(v));
        sw_nl_fail(e, n, "That %s is dead.",
                   kind == SW_NL_T ? e->program->turtle_breed[breed].singular
                                   : e->program->link_breed[breed].singular);
    }
    return v;
}

sw_nl_lambda *
sw_nl_arg_lambda(sw_nl_engine *e, const sw_nl_node *n, int i, bool reporter)
{
    sw_nl_v v = EV(i);
    if (!sw_nl_is_object(v, SW_NL_LAMBDA) ||
        ((sw_nl_lambda *)sw_nl_pointer(v))->code->reports != reporter)
        sw_nl_wrong(e, n, declared(n, i, reporter ? SW_NL_REP : SW_NL_CMD), v);
    return sw_nl_pointer(v);
}

int32_t
sw_nl_arg_int(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    double d = sw_nl_num(e, n, i);
    return d >= 2147483647.0 ? INT32_MAX : d <= -2147483648.0 ? INT32_MIN : (int32_t)d;
}

// ---- Constants and variables --------------------------------------------------------------------

sw_nl_v
sw_nl_eval_const(sw_nl_engine *e, const sw_nl_node *n)
{
    (void)e;
    return n->value;
}

sw_nl_v
sw_nl_eval_global(sw_nl_engine *e, const sw_nl_node *n)
{
    return e->global[n->slot];
}

sw_nl_v
sw_nl_eval_local(sw_nl_engine *e, const sw_nl_node *n)
{
    return e->frame[n->slot];
}

sw_nl_v
sw_nl_eval_shared(sw_nl_engine *e, const sw_nl_node *n)
{
    return ((sw_nl_cell *)sw_nl_pointer(e->frame[n->slot]))->value;
}

static void
check_owner(sw_nl_engine *e, const sw_nl_node *n, unsigned kind, int32_t id, int32_t column)
{
    int32_t b = sw_nl_breed_of(e, kind, id);
    const sw_nl_breed *all = kind == SW_NL_T ? e->program->turtle_breed : e->program->link_breed;
    if (column < (kind == SW_NL_T ? (int)T_BUILTIN : (int)L_BUILTIN))
        return;
    if (all[0].owns != NULL && all[0].owns[column / 8] >> column % 8 & 1)
        return;
    if (all[b].owns != NULL && all[b].owns[column / 8] >> column % 8 & 1)
        return;
    char breed[128], name[128];
    sw_nl_upper(all[b].name, breed, sizeof breed);
    sw_nl_upper(n->name, name, sizeof name);
    sw_nl_fail(e, n, "%s breed does not own variable %s", breed, name);
}

static void __attribute__((noreturn))
fail_kind(sw_nl_engine *e, const sw_nl_node *n, unsigned kind, unsigned allowed)
{
    char is[32], only[64];
    sw_nl_agents_text(kind, is, sizeof is, "/");
    sw_nl_agents_text(allowed, only, sizeof only, " or ");
    const char *article = is[0] == 'o' ? "the" : "a";
    if (__builtin_popcount(allowed) == 1)
        sw_nl_fail(e, n, "this code can't be run by %s %s, only by %s %s", article, is,
                   allowed == SW_NL_O ? "the" : "a", only);
    sw_nl_fail(e, n, "this code can't be run by %s %s", article, is);
}

sw_nl_v
sw_nl_eval_turtle_var(sw_nl_engine *e, const sw_nl_node *n)
{
    if (e->kind != SW_NL_T)
        fail_kind(e, n, e->kind, SW_NL_T);
    if (n->breed)
        check_owner(e, n, SW_NL_T, e->id, n->var.t);
    return e->world.turtles.column[n->var.t][e->id];
}

sw_nl_v
sw_nl_eval_patch_var(sw_nl_engine *e, const sw_nl_node *n)
{
    if (e->kind == SW_NL_P)
        return e->world.patch[n->var.p][e->id];
    if (e->kind != SW_NL_T)
        fail_kind(e, n, e->kind, SW_NL_T | SW_NL_P);
    return e->world.patch[n->var.p][e->world.turtle_patch[e->id]];
}

sw_nl_v
sw_nl_eval_link_var(sw_nl_engine *e, const sw_nl_node *n)
{
    if (e->kind != SW_NL_L)
        fail_kind(e, n, e->kind, SW_NL_L);
    if (n->breed)
        check_owner(e, n, SW_NL_L, e->id, n->var.l);
    return e->world.links.column[n->var.l][e->id];
}

sw_nl_v
sw_nl_eval_agent_var(sw_nl_engine *e, const sw_nl_node *n)
{
    if (e->kind == SW_NL_T && n->var.t >= 0)
        return sw_nl_eval_turtle_var(e, n);
    if (e->kind == SW_NL_L && n->var.l >= 0)
        return sw_nl_eval_link_var(e, n);
    if (n->var.p >= 0)
        return sw_nl_eval_patch_var(e, n);
    fail_kind(e, n, e->kind, n->mask);
}

void
sw_nl_set_var(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v agent, const sw_nl_node *var, sw_nl_v v)
{
    const sw_nl_local *local;
    (void)agent;
    switch (var->kind) {
    case SW_NL_N_GLOBAL:
        e->global[var->slot] = v;
        return;
    case SW_NL_N_LOCAL:
        local = var->extra;
        if (local->shared)
            ((sw_nl_cell *)sw_nl_pointer(e->frame[var->slot]))->value = v;
        else
            e->frame[var->slot] = v;
        return;
    default:
        break;
    }
    if (e->kind == SW_NL_T && var->var.t >= 0) {
        if (var->breed)
            check_owner(e, var, SW_NL_T, e->id, var->var.t);
        sw_nl_set_turtle_var(e, n, e->id, var->var.t, v);
    } else if (e->kind == SW_NL_L && var->var.l >= 0) {
        if (var->breed)
            check_owner(e, var, SW_NL_L, e->id, var->var.l);
        sw_nl_set_link_var(e, n, e->id, var->var.l, v);
    } else if ((e->kind == SW_NL_P || e->kind == SW_NL_T) && var->var.p >= 0) {
        int32_t patch = e->kind == SW_NL_P ? e->id : e->world.turtle_patch[e->id];
        sw_nl_set_patch_var(e, n, patch, var->var.p, v);
    } else {
        fail_kind(e, n, e->kind, var->mask);
    }
}

// ---- Blocks and calls ---------------------------------------------------------------------------

int
sw_nl_run_block(sw_nl_engine *e, const sw_nl_node *block)
{
    sw_nl_node *const *at = block->arg;
    for (unsigned left = block->n_args; left > 0; left--, at++) {
        sw_nl_burn(e);
        int status = (*at)->exec(e, *at);
        if (__builtin_expect(status != SW_NL_NEXT, 0))
            return status;
        if (e->kind == SW_NL_T ? !e->world.turtles.alive[e->id]
                               : e->kind == SW_NL_L && !e->world.links.alive[e->id])
            return SW_NL_DIED;
    }
    return SW_NL_NEXT;
}

void
sw_nl_check_block(sw_nl_engine *e, const sw_nl_node *n, unsigned mask, unsigned kind)
{
    if (__builtin_expect(!(mask & kind), 0))
        fail_kind(e, n, kind, mask);
}

static inline sw_nl_v *
frame_new(sw_nl_engine *e, const sw_nl_procedure *p)
{
    if ((const char *)__builtin_frame_address(0) < e->c_limit ||
        e->stack_end - e->top < p->n_locals)
        sw_nl_fail(e, NULL, "stack overflow (recursion too deep)");
    sw_nl_v *base = e->top;
    e->top += p->n_locals;
    for (sw_nl_v *v = base; v < e->top; v++)
        *v = 0;
    return base;
}

static sw_nl_v
cell_new(sw_nl_engine *e, sw_nl_v v)
{
    sw_nl_cell *cell = sw_nl_heap_alloc(e->heap, SW_NL_CELL, sizeof *cell);
    cell->value = v;
    return sw_nl_heap_value(cell);
}

static void
share_params(sw_nl_engine *e, const sw_nl_procedure *p, sw_nl_v *base)
{
    for (int i = 0; i < p->n_params; i++)
        if (p->param[i]->shared)
            base[p->param[i]->slot] = cell_new(e, base[p->param[i]->slot]);
}

static int
run_body(sw_nl_engine *e, const sw_nl_procedure *p, sw_nl_v *base)
{
    sw_nl_activation a = {.proc = p, .parent = e->activation};
    sw_nl_v *frame = e->frame;
    e->activation = &a;
    e->frame = base;
    sw_nl_burn(e);
    int status = sw_nl_run_block(e, p->body);
    e->frame = frame;
    e->activation = a.parent;
    e->top = base;
    return status;
}

static inline sw_nl_v *
evaluate_inputs(sw_nl_engine *e, const sw_nl_node *n)
{
    sw_nl_v *base = frame_new(e, n->proc);
    for (int i = 0; i < n->n_args; i++) {
        sw_nl_v v = EV(i);
        base[i] = v;
    }
    if (n->proc->shares)
        share_params(e, n->proc, base);
    if (!(n->proc->mask & e->kind))
        fail_kind(e, n, e->kind, n->proc->mask);
    return base;
}

int
sw_nl_exec_procedure(sw_nl_engine *e, const sw_nl_node *n)
{
    int status = run_body(e, n->proc, evaluate_inputs(e, n));
    if (status == SW_NL_REPORT)
        sw_nl_fail(e, n, "REPORT can only be used inside TO-REPORT.");
    if (status == SW_NL_STOP) {
        e->stopped |= e->activation != NULL && e->activation->parent == NULL;
        return SW_NL_NEXT;
    }
    return status;
}

sw_nl_v
sw_nl_eval_procedure(sw_nl_engine *e, const sw_nl_node *n)
{
    int status = run_body(e, n->proc, evaluate_inputs(e, n));
    if (__builtin_expect(status == SW_NL_REPORT, 1))
        return e->result;
    if (status == SW_NL_STOP)
        sw_nl_fail(e, n, "STOP is not allowed inside TO-REPORT.");
    char upper[128];
    sw_nl_upper(n->proc->name, upper, sizeof upper);
    sw_nl_fail(e, n, "the %s procedure failed to report a result", upper);
}

int
sw_nl_call_procedure(sw_nl_engine *e, const sw_nl_procedure *p, const sw_nl_v *args)
{
    sw_nl_v *base = frame_new(e, p);
    for (int i = 0; i < p->n_params; i++)
        base[i] = args[i];
    if (p->shares)
        share_params(e, p, base);
    return run_body(e, p, base);
}

// ---- Anonymous procedures -----------------------------------------------------------------------

sw_nl_v
sw_nl_eval_lambda(sw_nl_engine *e, const sw_nl_node *n)
{
    const sw_nl_procedure *p = n->proc;
    sw_nl_lambda *f =
        sw_nl_heap_alloc(e->heap, SW_NL_LAMBDA, sizeof *f + p->n_captured * sizeof(sw_nl_v));
    f->o.n = p->n_captured;
    f->code = p;
    for (uint32_t i = 0; i < p->n_captured; i++) {
        const sw_nl_local *local = p->captured[i];
        int32_t slot = local->slot;
        for (uint32_t j = 0; p->outer != local->owner && j < p->outer->n_captured; j++)
            if (p->outer->captured[j] == local)
                slot = p->outer->captured_slot[j];
        f->cell[i] = e->frame[slot];
    }
    return sw_nl_heap_value(f);
}

sw_nl_v
sw_nl_eval_text(sw_nl_engine *e, const sw_nl_node *n)
{
    return sw_nl_string_new(e, n->name, strlen(n->name));
}

static sw_nl_v *
lambda_frame(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_lambda *f, const sw_nl_v *args,
             uint32_t n_args)
{
    const sw_nl_procedure *p = f->code;
    if (n_args < p->n_params && !p->variadic)
        sw_nl_fail(e, n, "anonymous procedure expected %d input%s, but only got %u", p->n_params,
                   p->n_params == 1 ? "" : "s", n_args);
    if (!(p->mask & e->kind))
        fail_kind(e, n, e->kind, p->mask);
    sw_nl_v *base = frame_new(e, p);
    uint32_t given = p->variadic ? (n_args < 16 ? n_args : 16) : p->n_params;
    for (uint32_t i = 0; i < given; i++)
        base[i] = args[i];
    for (uint32_t i = 0; i < p->n_captured; i++)
        base[p->captured_slot[i]] = f->cell[i];
    if (p->shares && !p->variadic)
        share_params(e, p, base);
    return base;
}

sw_nl_v
sw_nl_call_reporter(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_lambda *f,
                    const sw_nl_v *args, uint32_t n_args)
{
    const sw_nl_procedure *p = f->code;
    sw_nl_v *base = lambda_frame(e, n, f, args, n_args), *frame = e->frame;
    sw_nl_activation a = {.proc = p, .parent = e->activation};
    e->activation = &a;
    e->frame = base;
    sw_nl_burn(e);
    sw_nl_v result;
    if (p->variadic) {
        sw_nl_node body = *p->body;
        body.n_args = (uint16_t)(n_args < 16 ? n_args : 16);
        result = body.eval(e, &body);
    } else {
        result = sw_nl_eval(e, p->body);
    }
    e->frame = frame;
    e->activation = a.parent;
    e->top = base;
    return result;
}

int
sw_nl_call_command(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_lambda *f, const sw_nl_v *args,
                   uint32_t n_args)
{
    return run_body(e, f->code, lambda_frame(e, n, f, args, n_args));
}

// ---- Asking -------------------------------------------------------------------------------------

static inline void
run_for(sw_nl_engine *e, const sw_nl_node *n, unsigned kind, int32_t id, const sw_nl_node *block)
{
    e->kind = kind;
    e->id = id;
    if (sw_nl_run_block(e, block) == SW_NL_REPORT)
        sw_nl_fail(e, n, "REPORT must be immediately inside a TO-REPORT.");
}

static inline bool
lives(const sw_nl_engine *e, unsigned kind, int32_t id)
{
    return kind == SW_NL_T   ? e->world.turtles.alive[id]
           : kind == SW_NL_L ? e->world.links.alive[id]
                             : true;
}

int
sw_nl_ask_ids(sw_nl_engine *e, const sw_nl_node *n, unsigned kind, sw_nl_agentset *copy,
              bool skip_dead, const sw_nl_node *block)
{
    sw_nl_who who = sw_nl_enter(e);
    sw_nl_v *top = e->top;
    uint32_t count = copy->o.n, i = 0;
    int32_t next = -1;
    bool more;
    // The next agent is drawn before the present one runs.
    do
        more = sw_nl_next_shuffled(e->random, copy->id, count, i++, &next);
    while (more && skip_dead && !lives(e, kind, next));
    while (more) {
        int32_t id = next;
        do
            more = sw_nl_next_shuffled(e->random, copy->id, count, i++, &next);
        while (more && skip_dead && !lives(e, kind, next));
        if (lives(e, kind, id))
            run_for(e, n, kind, id, block);
        e->top = top;
    }
    sw_nl_leave(e, who);
    return SW_NL_NEXT;
}

int
sw_nl_ask(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v set, const sw_nl_node *block)
{
    unsigned kind = sw_nl_set_kind(set);
    sw_nl_agentset *copy =
        n->n_args > 0 ? sw_nl_input_members(e, n, 0, set, true) : sw_nl_members(e, set, true);
    if (copy->o.n > 0)
        sw_nl_check_block(e, n, block->mask, kind);
    return sw_nl_ask_ids(e, n, kind, copy, sw_nl_set_is_array(set), block);
}

int
sw_nl_ask_one(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v agent, const sw_nl_node *block)
{
    unsigned kind = sw_nl_agent_kind(agent);
    sw_nl_check_block(e, n, block->mask, kind);
    sw_nl_who who = sw_nl_enter(e);
    run_for(e, n, kind, sw_nl_agent_id(agent), block);
    sw_nl_leave(e, who);
    return SW_NL_NEXT;
}
