// SPDX-License-Identifier: Apache-2.0
// Reporters of one variable and one constant, such as `energy < 0` and `countdown - 1`, evaluated
// without calls for their inputs. Anything but numbers goes the long way, where the errors are; a
// variable may be read twice for that.
#include "models/netlogo/prims.h"

// The patch variable of the one who runs this; NULL if there is none.
static inline const sw_nl_v *
patch_place(const sw_nl_engine *e, const sw_nl_node *var)
{
    if (e->kind == SW_NL_P)
        return &e->world.patch[var->var.p][e->id];
    if (e->kind == SW_NL_T)
        return &e->world.patch[var->var.p][e->world.turtle_patch[e->id]];
    return NULL;
}

#define FUSED(name, result)                                                                        \
    static sw_nl_v patch_##name(sw_nl_engine *e, const sw_nl_node *n)                              \
    {                                                                                              \
        const sw_nl_v *place = patch_place(e, n->arg[0]);                                          \
        if (__builtin_expect(place == NULL || !sw_nl_is_number(*place), 0))                        \
            return n->prim->eval(e, n);                                                            \
        double x = sw_nl_double(*place), c = sw_nl_double(n->arg[1]->value);                       \
        return result;                                                                             \
    }                                                                                              \
    static sw_nl_v any_##name(sw_nl_engine *e, const sw_nl_node *n)                                \
    {                                                                                              \
        sw_nl_v v = EV(0);                                                                         \
        if (__builtin_expect(!sw_nl_is_number(v), 0))                                              \
            return n->prim->eval(e, n);                                                            \
        double x = sw_nl_double(v), c = sw_nl_double(n->arg[1]->value);                            \
        return result;                                                                             \
    }

FUSED(less, sw_nl_bool(x < c))
FUSED(greater, sw_nl_bool(x > c))
FUSED(less_equal, sw_nl_bool(x <= c))
FUSED(greater_equal, sw_nl_bool(x >= c))
FUSED(equal, sw_nl_bool(x == c))
FUSED(not_equal, sw_nl_bool(x != c))
FUSED(add, sw_nl_finite(e, n, x + c))
FUSED(subtract, sw_nl_finite(e, n, x - c))
FUSED(multiply, sw_nl_finite(e, n, x *c))

static const struct {
    sw_nl_eval_fn *plain, *patch, *any;
} fused[] = {
    {sw_nl_p_less, patch_less, any_less},
    {sw_nl_p_greater, patch_greater, any_greater},
    {sw_nl_p_less_equal, patch_less_equal, any_less_equal},
    {sw_nl_p_greater_equal, patch_greater_equal, any_greater_equal},
    {sw_nl_p_equal, patch_equal, any_equal},
    {sw_nl_p_not_equal, patch_not_equal, any_not_equal},
    {sw_nl_p_add, patch_add, any_add},
    {sw_nl_p_subtract, patch_subtract, any_subtract},
    {sw_nl_p_multiply, patch_multiply, any_multiply},
};

static bool
is_variable(const sw_nl_node *n)
{
    return n->kind == SW_NL_N_AGENT_VAR || n->kind == SW_NL_N_LOCAL || n->kind == SW_NL_N_GLOBAL;
}

void
sw_nl_fuse(sw_nl_node *n)
{
    // What a rewrite has taken already stays.
    if (n->kind != SW_NL_N_CALL || n->is_command || n->n_args != 2 || n->eval != n->prim->eval)
        return;
    const sw_nl_node *var = n->arg[0], *constant = n->arg[1];
    if (!is_variable(var) || constant->kind != SW_NL_N_CONST || !sw_nl_is_number(constant->value))
        return;
    bool patch =
        var->kind == SW_NL_N_AGENT_VAR && var->var.p >= 0 && var->var.t < 0 && var->var.l < 0;
    for (size_t k = 0; k < sizeof fused / sizeof *fused; k++)
        if (n->eval == fused[k].plain)
            n->eval = patch ? fused[k].patch : fused[k].any;
}
