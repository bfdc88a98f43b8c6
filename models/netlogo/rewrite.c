// SPDX-License-Identifier: Apache-2.0
// The rewrites of NetLogo's optimiser that a model can notice, since they draw fewer or other
// random numbers than the written form would.
#include "models/netlogo/prims.h"

#include <math.h>

// one-of (SET with [TEST]): members are drawn until one passes. As in ask, the next one is drawn
// before the present one is tested.
static sw_nl_v
one_of_with(sw_nl_engine *e, const sw_nl_node *n)
{
    const sw_nl_node *with = n->arg[0];
    sw_nl_v set = sw_nl_arg_set(e, with, 0, SW_NL_TPL), found = SW_NL_NOBODY;
    unsigned kind = sw_nl_set_kind(set);
    sw_nl_agentset *all = sw_nl_input_members(e, with, 0, set, false);
    if (all->o.n > 0)
        sw_nl_check_block(e, with, with->arg[1]->mask, kind);
    sw_nl_who who = sw_nl_enter(e);
    int32_t next = 0;
    uint32_t i = 0;
    bool more = sw_nl_next_shuffled(e->random, all->id, all->o.n, i++, &next);
    while (more && found == SW_NL_NOBODY) {
        int32_t id = next;
        more = sw_nl_next_shuffled(e->random, all->id, all->o.n, i++, &next);
        e->kind = kind;
        e->id = id;
        if (sw_nl_passes(e, with))
            found = sw_nl_agent(kind, id);
    }
    sw_nl_leave(e, who);
    return found;
}

// any? (SET with [TEST]): stops at the first that passes.
static sw_nl_v
any_with(sw_nl_engine *e, const sw_nl_node *n)
{
    const sw_nl_node *with = n->arg[0];
    sw_nl_v set = sw_nl_arg_set(e, with, 0, SW_NL_TPL);
    unsigned kind = sw_nl_set_kind(set);
    sw_nl_agentset *all = sw_nl_input_members(e, with, 0, set, false);
    if (all->o.n > 0)
        sw_nl_check_block(e, with, with->arg[1]->mask, kind);
    sw_nl_who who = sw_nl_enter(e);
    bool found = false;
    for (uint32_t i = 0; !found && i < all->o.n; i++) {
        e->kind = kind;
        e->id = all->id[i];
        found = sw_nl_passes(e, with);
    }
    sw_nl_leave(e, who);
    return sw_nl_bool(found);
}

// count (SET with [TEST]): no set of those that pass is made.
static sw_nl_v
count_with(sw_nl_engine *e, const sw_nl_node *n)
{
    const sw_nl_node *with = n->arg[0];
    sw_nl_v set = sw_nl_arg_set(e, with, 0, SW_NL_TPL);
    unsigned kind = sw_nl_set_kind(set);
    bool patches = SW_NL_TAG(set) == SW_NL_TAG_SET && kind == SW_NL_P;
    sw_nl_agentset *all = patches ? NULL : sw_nl_input_members(e, with, 0, set, false);
    uint32_t members = patches ? (uint32_t)e->world.n_patches : all->o.n, passed = 0;
    if (members > 0)
        sw_nl_check_block(e, with, with->arg[1]->mask, kind);
    sw_nl_who who = sw_nl_enter(e);
    for (uint32_t i = 0; i < members; i++) {
        e->kind = kind;
        e->id = patches ? (int32_t)i : all->id[i];
        passed += sw_nl_passes(e, with);
    }
    sw_nl_leave(e, who);
    return sw_nl_number(passed);
}

// sum [V] of neighbors: in the order of the neighbours, without a shuffle.
static sw_nl_v
sum_of_neighbors(sw_nl_engine *e, const sw_nl_node *n)
{
    const sw_nl_node *of = n->arg[0], *var = of->arg[0];
    int32_t around[8], here = e->kind == SW_NL_P ? e->id : e->world.turtle_patch[e->id];
    int count =
        sw_nl_neighbors(&e->world, here, around, of->arg[1]->prim->eval == sw_nl_p_neighbors4);
    double total = 0;
    for (int i = 0; i < count; i++) {
        sw_nl_v v = e->world.patch[var->var.p][around[i]];
        if (sw_nl_is_number(v))
            total += sw_nl_double(v);
    }
    return sw_nl_finite(e, n, total);
}

// other (SET with [TEST]): nobody asks the one who runs this.
static sw_nl_agentset *
others_with(sw_nl_engine *e, const sw_nl_node *n, uint32_t enough)
{
    const sw_nl_node *with = n->arg[0];
    sw_nl_v set = sw_nl_arg_set(e, with, 0, SW_NL_TPL), self = sw_nl_self(e);
    unsigned kind = sw_nl_set_kind(set);
    sw_nl_agentset *all = sw_nl_input_members(e, with, 0, set, false);
    uint32_t kept = 0;
    if (all->o.n > 0)
        sw_nl_check_block(e, with, with->arg[1]->mask, kind);
    sw_nl_who who = sw_nl_enter(e);
    for (uint32_t i = 0; i < all->o.n && kept < enough; i++) {
        e->kind = kind;
        e->id = all->id[i];
        if (sw_nl_agent(kind, all->id[i]) != self && sw_nl_passes(e, with))
            all->id[kept++] = all->id[i];
    }
    all->o.n = kept;
    sw_nl_leave(e, who);
    return all;
}

static sw_nl_v
other_with(sw_nl_engine *e, const sw_nl_node *n)
{
    return sw_nl_heap_value(others_with(e, n, UINT32_MAX));
}

// any? other (SET with [TEST])
static sw_nl_v
any_other_with(sw_nl_engine *e, const sw_nl_node *n)
{
    return sw_nl_bool(others_with(e, n->arg[0], 1)->o.n > 0);
}

// patches with [pxcor = X]: that column from the bottom up.
static sw_nl_v
patch_column(sw_nl_engine *e, const sw_nl_node *n)
{
    const sw_nl_world *w = &e->world;
    sw_nl_v v = sw_nl_eval(e, n->arg[1]->arg[1]);
    double x = sw_nl_is_number(v) ? sw_nl_double(v) : INFINITY;
    bool inside = x >= w->min_x && x <= w->max_x && x == floor(x);
    sw_nl_agentset *set = sw_nl_set_new(e, SW_NL_P, inside ? (uint32_t)w->height : 0);
    for (int32_t y = w->min_y; inside && y <= w->max_y; y++)
        set->id[set->o.n++] = sw_nl_patch_index(w, (int32_t)x, y);
    return sw_nl_heap_value(set);
}

static bool
calls(const sw_nl_node *n, sw_nl_eval_fn *f)
{
    return n != NULL && n->kind == SW_NL_N_CALL && !n->is_command && n->prim->eval == f;
}

// patches with [pxcor = CONSTANT-OR-LOCAL]
static bool
is_column(const sw_nl_node *n)
{
    if (!calls(n, sw_nl_p_with) || !calls(n->arg[0], sw_nl_p_patches))
        return false;
    const sw_nl_node *test = n->arg[1];
    return calls(test, sw_nl_p_equal) && test->arg[0]->kind == SW_NL_N_AGENT_VAR &&
           test->arg[0]->var.p == P_XCOR && test->arg[0]->var.t < 0 &&
           (test->arg[1]->kind == SW_NL_N_CONST || test->arg[1]->kind == SW_NL_N_LOCAL);
}

sw_nl_node *
sw_nl_rewrite(sw_nl_program *p, sw_nl_arena *a, sw_nl_node *n)
{
    (void)p, (void)a;
    if (n->kind != SW_NL_N_CALL || n->n_args == 0)
        return n;
    sw_nl_node *first = n->arg[0];
    if (calls(n, sw_nl_p_one_of) && calls(first, sw_nl_p_with))
        n->eval = one_of_with;
    else if (calls(n, sw_nl_p_any) && calls(first, sw_nl_p_with))
        n->eval = any_with;
    else if (calls(n, sw_nl_p_count) && calls(first, sw_nl_p_with))
        n->eval = count_with;
    else if (calls(n, sw_nl_p_other) && calls(first, sw_nl_p_with))
        n->eval = other_with;
    else if (calls(n, sw_nl_p_any) && calls(first, sw_nl_p_other) &&
             calls(first->arg[0], sw_nl_p_with))
        n->eval = any_other_with;
    else if (is_column(n))
        n->eval = patch_column;
    else if (calls(n, sw_nl_p_sum) && calls(first, sw_nl_p_of) &&
             first->arg[0]->kind == SW_NL_N_AGENT_VAR && first->arg[0]->var.p >= 0 &&
             (calls(first->arg[1], sw_nl_p_neighbors) || calls(first->arg[1], sw_nl_p_neighbors4)))
        n->eval = sum_of_neighbors;
    return n;
}

// ---- Simple inputs ------------------------------------------------------------------------------

// set VARIABLE-OF-PATCHES for a variable without checks.
static int
set_patch_own(sw_nl_engine *e, const sw_nl_node *n)
{
    sw_nl_v v = EV(1);
    const sw_nl_node *var = n->arg[0];
    if (e->kind != SW_NL_P && e->kind != SW_NL_T) {
        sw_nl_set_var(e, n, SW_NL_NOTHING, var, v);
        return SW_NL_NEXT;
    }
    e->world.patch[var->var.p][e->kind == SW_NL_P ? e->id : e->world.turtle_patch[e->id]] = v;
    return SW_NL_NEXT;
}

static int
set_global(sw_nl_engine *e, const sw_nl_node *n)
{
    sw_nl_v v = EV(1);
    e->global[n->arg[0]->slot] = v;
    return SW_NL_NEXT;
}

static int
set_local(sw_nl_engine *e, const sw_nl_node *n)
{
    sw_nl_v v = EV(1);
    e->frame[n->arg[0]->slot] = v;
    return SW_NL_NEXT;
}

// set VARIABLE-OF-TURTLES for a variable that all of them have, without checks.
static int
set_turtle_own(sw_nl_engine *e, const sw_nl_node *n)
{
    sw_nl_v v = EV(1);
    const sw_nl_node *var = n->arg[0];
    if (__builtin_expect(e->kind == SW_NL_T, 1))
        e->world.turtles.column[var->var.t][e->id] = v;
    else
        sw_nl_set_var(e, n, SW_NL_NOTHING, var, v);
    return SW_NL_NEXT;
}

// set pcolor, by a patch, to a number.
static int
set_patch_color(sw_nl_engine *e, const sw_nl_node *n)
{
    sw_nl_v v = EV(1);
    double color = sw_nl_is_number(v) ? sw_nl_double(v) : -1;
    if (e->kind == SW_NL_P && color >= 0 && color < 140)
        e->world.patch[P_COLOR][e->id] = v;
    else
        sw_nl_set_var(e, n, SW_NL_NOTHING, n->arg[0], v);
    return SW_NL_NEXT;
}

// The function that sets this variable without looking at what kind of variable it is; or NULL.
static sw_nl_exec_fn *
setter(const sw_nl_node *var)
{
    const sw_nl_local *local = var->kind == SW_NL_N_LOCAL ? var->extra : NULL;
    if (local != NULL)
        return local->shared ? NULL : set_local;
    if (var->kind == SW_NL_N_GLOBAL)
        return set_global;
    if (var->kind != SW_NL_N_AGENT_VAR)
        return NULL;
    bool turtle = var->var.t >= 0, patch = var->var.p >= 0, link = var->var.l >= 0;
    if (patch && !turtle && !link)
        return var->var.p >= P_BUILTIN ? set_patch_own
               : var->var.p == P_COLOR ? set_patch_color
                                       : NULL;
    return turtle && !patch && !link && var->breed == 0 && var->var.t >= T_BUILTIN ? set_turtle_own
                                                                                   : NULL;
}

void
sw_nl_specialise(sw_nl_node *n)
{
    if (n->kind != SW_NL_N_CALL || !n->is_command)
        return;
    if (n->prim->exec == sw_nl_p_set && setter(n->arg[0]) != NULL)
        n->exec = setter(n->arg[0]);
    else if (n->prim->exec == sw_nl_p_let && n->arg[0]->kind == SW_NL_N_LOCAL &&
             !((const sw_nl_local *)n->arg[0]->extra)->shared)
        n->exec = set_local;
}
