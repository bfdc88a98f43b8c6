// SPDX-License-Identifier: Apache-2.0
// Sets that are only looked at: `one-of neighbors`, `any? turtles-on p`, `count neighbors with
// [..]` need no set in the heap. The members, their order and the draws are those of the long form.
#include "models/netlogo/prims.h"

// ---- Around a patch -----------------------------------------------------------------------------

static int32_t
my_patch(const sw_nl_engine *e)
{
    return e->kind == SW_NL_P ? e->id : e->world.turtle_patch[e->id];
}

static uint32_t
around(const sw_nl_engine *e, const sw_nl_node *neighbors, int32_t ids[8])
{
    bool four = neighbors->prim->eval == sw_nl_p_neighbors4;
    return (uint32_t)sw_nl_neighbors(&e->world, my_patch(e), ids, four);
}

static sw_nl_v
one_of_neighbors(sw_nl_engine *e, const sw_nl_node *n)
{
    int32_t ids[8];
    uint32_t count = around(e, n->arg[0], ids);
    if (count == 0)
        return SW_NL_NOBODY;
    return sw_nl_agent(SW_NL_P, ids[sw_nl_random_int(e->random, (int32_t)count)]);
}

static sw_nl_v
count_neighbors(sw_nl_engine *e, const sw_nl_node *n)
{
    int32_t ids[8];
    return sw_nl_number(around(e, n->arg[0], ids));
}

static uint32_t
passing(sw_nl_engine *e, const sw_nl_node *with, uint32_t enough)
{
    int32_t ids[8];
    uint32_t count = around(e, with->arg[0], ids), passed = 0;
    if (count > 0)
        sw_nl_check_block(e, with, with->arg[1]->mask, SW_NL_P);
    sw_nl_who who = sw_nl_enter(e);
    e->kind = SW_NL_P;
    for (uint32_t i = 0; i < count && passed < enough; i++) {
        e->id = ids[i];
        passed += sw_nl_passes(e, with);
    }
    sw_nl_leave(e, who);
    return passed;
}

static sw_nl_v
count_neighbors_with(sw_nl_engine *e, const sw_nl_node *n)
{
    return sw_nl_number(passing(e, n->arg[0], UINT32_MAX));
}

static sw_nl_v
any_neighbors_with(sw_nl_engine *e, const sw_nl_node *n)
{
    return sw_nl_bool(passing(e, n->arg[0], 1) > 0);
}

// One of the neighbours with the largest (sign 1) or smallest number; a draw even if there is one.
static sw_nl_v
best_neighbor(sw_nl_engine *e, const sw_nl_node *n, int sign)
{
    int32_t ids[8], best[8];
    int32_t count = (int32_t)around(e, n->arg[0], ids), n_best = 0;
    double top = 0;
    if (count > 0)
        sw_nl_check_block(e, n, n->arg[1]->mask, SW_NL_P);
    sw_nl_who who = sw_nl_enter(e);
    e->kind = SW_NL_P;
    for (int32_t i = 0; i < count; i++) {
        e->id = ids[i];
        sw_nl_burn(e);
        sw_nl_v v = EV(1);
        if (!sw_nl_is_number(v))
            continue;
        double d = sw_nl_double(v) * sign;
        if (n_best == 0 || d > top) {
            top = d;
            n_best = 0;
        }
        if (d == top)
            best[n_best++] = ids[i];
    }
    sw_nl_leave(e, who);
    return n_best == 0 ? SW_NL_NOBODY
                       : sw_nl_agent(SW_NL_P, best[sw_nl_random_int(e->random, n_best)]);
}

static sw_nl_v
max_one_of_neighbors(sw_nl_engine *e, const sw_nl_node *n)
{
    return best_neighbor(e, n, 1);
}

static sw_nl_v
min_one_of_neighbors(sw_nl_engine *e, const sw_nl_node *n)
{
    return best_neighbor(e, n, -1);
}

// ---- On a patch ---------------------------------------------------------------------------------

static inline bool
is_one(const sw_nl_engine *e, int32_t turtle, int32_t breed)
{
    return breed == 0 || sw_nl_breed_of(e, SW_NL_T, turtle) == breed;
}

static int32_t
count_here(const sw_nl_engine *e, int32_t patch, int32_t breed, int32_t enough)
{
    int32_t count = 0;
    for (int32_t t = e->world.first_turtle[patch]; t >= 0 && count < enough;
         t = e->world.next_turtle[t])
        count += is_one(e, t, breed);
    return count;
}

static sw_nl_v
one_of_here(sw_nl_engine *e, const sw_nl_node *n)
{
    int32_t patch = my_patch(e), breed = n->arg[0]->breed;
    int32_t count = count_here(e, patch, breed, INT32_MAX);
    if (count == 0)
        return SW_NL_NOBODY;
    int32_t k = sw_nl_random_int(e->random, count), t = e->world.first_turtle[patch];
    for (;; t = e->world.next_turtle[t])
        if (is_one(e, t, breed) && k-- == 0)
            return sw_nl_agent(SW_NL_T, t);
}

static sw_nl_v
any_here(sw_nl_engine *e, const sw_nl_node *n)
{
    return sw_nl_bool(count_here(e, my_patch(e), n->arg[0]->breed, 1) > 0);
}

static sw_nl_v
count_all_here(sw_nl_engine *e, const sw_nl_node *n)
{
    return sw_nl_number(count_here(e, my_patch(e), n->arg[0]->breed, INT32_MAX));
}

static bool
another_here(const sw_nl_engine *e, int32_t breed)
{
    for (int32_t t = e->world.first_turtle[my_patch(e)]; t >= 0; t = e->world.next_turtle[t])
        if (is_one(e, t, breed) && !(e->kind == SW_NL_T && t == e->id))
            return true;
    return false;
}

static sw_nl_v
any_other_here(sw_nl_engine *e, const sw_nl_node *n)
{
    return sw_nl_bool(another_here(e, n->arg[0]->arg[0]->breed));
}

// any? turtles-on PATCH-OR-TURTLE; of several the set is made.
static sw_nl_v
any_on(sw_nl_engine *e, const sw_nl_node *n)
{
    const sw_nl_node *on = n->arg[0];
    sw_nl_v v = sw_nl_eval(e, on->arg[0]);
    unsigned kind = sw_nl_agent_kind(v);
    if (kind != SW_NL_P && kind != SW_NL_T)
        return sw_nl_bool(sw_nl_count(e, sw_nl_turtles_on(e, on, v)) > 0);
    if (!sw_nl_alive(e, v))
        return SW_NL_FALSE;
    int32_t id = sw_nl_agent_id(v), patch = kind == SW_NL_P ? id : e->world.turtle_patch[id];
    return sw_nl_bool(count_here(e, patch, on->breed, 1) > 0);
}

// ---- Choice -------------------------------------------------------------------------------------

static bool
is_call(const sw_nl_node *n, sw_nl_eval_fn *f)
{
    return n->kind == SW_NL_N_CALL && !n->is_command && n->prim->eval == f;
}

// What a form looks at, as a path of calls from its input.
typedef struct few_form {
    sw_nl_eval_fn *outer, *inner[2], *few;
} few_form;

static const few_form forms[] = {
    {sw_nl_p_one_of, {sw_nl_p_neighbors}, one_of_neighbors},
    {sw_nl_p_one_of, {sw_nl_p_neighbors4}, one_of_neighbors},
    {sw_nl_p_count, {sw_nl_p_neighbors}, count_neighbors},
    {sw_nl_p_count, {sw_nl_p_neighbors4}, count_neighbors},
    {sw_nl_p_count, {sw_nl_p_with, sw_nl_p_neighbors}, count_neighbors_with},
    {sw_nl_p_count, {sw_nl_p_with, sw_nl_p_neighbors4}, count_neighbors_with},
    {sw_nl_p_any, {sw_nl_p_with, sw_nl_p_neighbors}, any_neighbors_with},
    {sw_nl_p_any, {sw_nl_p_with, sw_nl_p_neighbors4}, any_neighbors_with},
    {sw_nl_p_max_one_of, {sw_nl_p_neighbors}, max_one_of_neighbors},
    {sw_nl_p_max_one_of, {sw_nl_p_neighbors4}, max_one_of_neighbors},
    {sw_nl_p_min_one_of, {sw_nl_p_neighbors}, min_one_of_neighbors},
    {sw_nl_p_min_one_of, {sw_nl_p_neighbors4}, min_one_of_neighbors},
    {sw_nl_p_one_of, {sw_nl_p_turtles_here}, one_of_here},
    {sw_nl_p_one_of, {sw_nl_p_breed_here}, one_of_here},
    {sw_nl_p_any, {sw_nl_p_turtles_here}, any_here},
    {sw_nl_p_any, {sw_nl_p_breed_here}, any_here},
    {sw_nl_p_any, {sw_nl_p_other, sw_nl_p_turtles_here}, any_other_here},
    {sw_nl_p_any, {sw_nl_p_other, sw_nl_p_breed_here}, any_other_here},
    {sw_nl_p_any, {sw_nl_p_turtles_on}, any_on},
    {sw_nl_p_any, {sw_nl_p_breed_on}, any_on},
    {sw_nl_p_count, {sw_nl_p_turtles_here}, count_all_here},
    {sw_nl_p_count, {sw_nl_p_breed_here}, count_all_here},
};

static bool
matches(const sw_nl_node *n, const few_form *f)
{
    if (!is_call(n, f->outer) || n->n_args == 0 || !is_call(n->arg[0], f->inner[0]))
        return false;
    return f->inner[1] == NULL ||
           (n->arg[0]->n_args > 0 && is_call(n->arg[0]->arg[0], f->inner[1]));
}

// Sets that a reporter makes afresh each time: whoever gets one may change it.
static sw_nl_eval_fn *const fresh[] = {
    sw_nl_p_with,       sw_nl_p_other,      sw_nl_p_neighbors, sw_nl_p_neighbors4,
    sw_nl_p_in_radius,  sw_nl_p_in_cone,    sw_nl_p_at_points, sw_nl_p_turtles_here,
    sw_nl_p_breed_here, sw_nl_p_turtles_at, sw_nl_p_breed_at,  sw_nl_p_turtles_on,
    sw_nl_p_breed_on,
};

void
sw_nl_few(sw_nl_node *n)
{
    if (n->kind != SW_NL_N_CALL || n->is_command)
        return;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (matches(n, &forms[i])) {
            n->eval = forms[i].few;
            return;
        }
    for (size_t i = 0; i < sizeof fresh / sizeof *fresh; i++)
        n->fresh |= n->prim->eval == fresh[i];
}
