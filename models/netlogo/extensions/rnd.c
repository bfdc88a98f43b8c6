// SPDX-License-Identifier: Apache-2.0
// The rnd extension: choice with weights. Without repeats the weights are the nodes of a heap that
// know the sum below them, so that a choice and its removal take the logarithm of the number of
// candidates; the same walk serves with repeats, where nothing is removed.
#include "models/netlogo/prims.h"

typedef struct weights {
    double *own, *sum; // from 1; sum: of the node and all below it
    uint32_t n;
} weights;

static weights
weights_new(sw_nl_engine *e, uint32_t n)
{
    size_t bytes = 2ul * (n + 1) * sizeof(double);
    sw_nl_raw *raw = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *raw + bytes);
    weights w = {.own = (double *)raw->byte, .n = n};
    w.sum = w.own + n + 1;
    return w;
}

static void
set_weight(sw_nl_engine *e, const sw_nl_node *n, weights *w, uint32_t i, sw_nl_v v)
{
    char upper[64];
    sw_nl_upper(n->name, upper, sizeof upper);
    if (!sw_nl_is_number(v)) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, v, true, false);
        sw_nl_fail(e, n, "Got %.200s as a weight for %s, but all weights must be numbers.",
                   sw_nl_text_end(&t), upper);
    }
    double d = sw_nl_double(v);
    if (d < 0) {
        char text[SW_NL_NUMBER_TEXT_SIZE];
        sw_nl_number_text(d, text);
        sw_nl_fail(e, n, "Got %s as a weight for %s, but all weights must be >= 0.0.", text, upper);
    }
    w->own[i + 1] = w->sum[i + 1] = d;
}

static void
add_up(weights *w)
{
    for (uint32_t i = w->n; i > 1; i--)
        w->sum[i / 2] += w->sum[i];
}

// Draws the position of one candidate.
static uint32_t
pick(sw_nl_engine *e, weights *w, bool repeats)
{
    double left = w->sum[1] * sw_nl_random_double(e->random);
    uint32_t i = 1;
    while (left >= w->own[i] && 2 * i <= w->n) {
        left -= w->own[i];
        i *= 2;
        if (left >= w->sum[i] && i + 1 <= w->n) {
            left -= w->sum[i];
            i++;
        }
    }
    if (!repeats) {
        double gone = w->own[i];
        w->own[i] = 0;
        for (uint32_t k = i; k > 0; k /= 2)
            w->sum[k] -= gone;
    }
    return i - 1;
}

// Where no weight is above 0, those not yet chosen all weigh the same.
static void
level(weights *w, const uint32_t *out, uint32_t chosen)
{
    for (uint32_t i = 1; i <= w->n; i++)
        w->own[i] = 1;
    for (uint32_t k = 0; k < chosen; k++)
        w->own[out[k] + 1] = 0;
    memcpy(w->sum, w->own, (w->n + 1) * sizeof *w->sum);
    add_up(w);
}

// Draws m positions into out.
static void
pick_many(sw_nl_engine *e, weights *w, uint32_t m, bool repeats, uint32_t *out)
{
    uint32_t positive = 0;
    for (uint32_t i = 1; i <= w->n; i++)
        positive += w->own[i] > 0;
    for (uint32_t k = 0; k < m; k++) {
        if (--e->fuel_left == 0)
            sw_nl_out_of_fuel(e);
        if ((repeats ? k == 0 : k == positive) && (positive == 0 || !repeats))
            level(w, out, k);
        out[k] = pick(e, w, repeats);
    }
}

static uint32_t *
room_for(sw_nl_engine *e, uint32_t m)
{
    sw_nl_raw *raw =
        sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *raw + (m + 1ul) * sizeof(uint32_t));
    return (uint32_t *)raw->byte;
}

static uint32_t
how_many(sw_nl_engine *e, const sw_nl_node *n, uint32_t of, bool repeats, const char *what)
{
    double m = sw_nl_num(e, n, 0);
    if (m < 0)
        sw_nl_fail(e, n, "First input to %s can't be negative.", n->name);
    if ((!repeats && m > of) || (of == 0 && m > 0) || m > 1e8)
        sw_nl_fail(e, n, "Requested %.0f random items from a %s of only %u.", m, what, of);
    return (uint32_t)m;
}

// ---- Sets ---------------------------------------------------------------------------------------

static weights
weigh_agents(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_agentset *all,
             const sw_nl_node *block)
{
    weights w = weights_new(e, all->o.n);
    if (all->o.n > 0)
        sw_nl_check_block(e, n, block->mask, all->o.flags);
    sw_nl_who who = sw_nl_enter(e);
    for (uint32_t i = 0; i < all->o.n; i++) {
        e->kind = all->o.flags;
        e->id = all->id[i];
        if (--e->fuel_left == 0)
            sw_nl_out_of_fuel(e);
        set_weight(e, n, &w, i, sw_nl_eval(e, block));
    }
    sw_nl_leave(e, who);
    add_up(&w);
    return w;
}

EVAL(rnd_weighted_one_of)
{
    const sw_nl_agentset *all = sw_nl_members(e, sw_nl_arg_set(e, n, 0, SW_NL_TPL), false);
    if (all->o.n == 0)
        return SW_NL_NOBODY;
    weights w = weigh_agents(e, n, all, n->arg[1]);
    uint32_t chosen;
    pick_many(e, &w, 1, true, &chosen);
    return sw_nl_agent(all->o.flags, all->id[chosen]);
}

static sw_nl_v
some_of_set(sw_nl_engine *e, const sw_nl_node *n, bool repeats)
{
    const sw_nl_agentset *all = sw_nl_members(e, sw_nl_arg_set(e, n, 1, SW_NL_TPL), false);
    uint32_t m = how_many(e, n, all->o.n, repeats, "set"), *chosen = room_for(e, m);
    weights w = weigh_agents(e, n, all, n->arg[2]);
    pick_many(e, &w, m, repeats, chosen);
    if (!repeats) {
        sw_nl_agentset *set = sw_nl_set_new(e, all->o.flags, m);
        for (uint32_t i = 0; i < m; i++)
            set->id[set->o.n++] = all->id[chosen[i]];
        return sw_nl_heap_value(set);
    }
    sw_nl_list *list = sw_nl_list_new(e, m);
    for (uint32_t i = 0; i < m; i++)
        sw_nl_list_fill(list)[i] = sw_nl_agent(all->o.flags, all->id[chosen[i]]);
    return sw_nl_heap_value(list);
}

EVAL(rnd_weighted_n_of)
{
    return some_of_set(e, n, false);
}
EVAL(rnd_weighted_n_of_with_repeats)
{
    return some_of_set(e, n, true);
}

// ---- Lists --------------------------------------------------------------------------------------

static weights
weigh_items(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_list *list, const sw_nl_lambda *f)
{
    weights w = weights_new(e, list->o.n);
    for (uint32_t i = 0; i < list->o.n; i++)
        set_weight(e, n, &w, i, sw_nl_call_reporter(e, n, f, &sw_nl_items(list)[i], 1));
    add_up(&w);
    return w;
}

EVAL(rnd_weighted_one_of_list)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    const sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 1, true);
    if (list->o.n == 0)
        sw_nl_fail(e, n, "%s got an empty list as input.", n->name);
    weights w = weigh_items(e, n, list, f);
    uint32_t chosen;
    pick_many(e, &w, 1, true, &chosen);
    return sw_nl_items(list)[chosen];
}

static sw_nl_v
some_of_list(sw_nl_engine *e, const sw_nl_node *n, bool repeats)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 1);
    const sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 2, true);
    uint32_t m = how_many(e, n, list->o.n, repeats, "list"), *chosen = room_for(e, m);
    weights w = weigh_items(e, n, list, f);
    pick_many(e, &w, m, repeats, chosen);
    sw_nl_list *result = sw_nl_list_new(e, m);
    for (uint32_t i = 0; i < m; i++)
        sw_nl_list_fill(result)[i] = sw_nl_items(list)[chosen[i]];
    return sw_nl_heap_value(result);
}

EVAL(rnd_weighted_n_of_list)
{
    return some_of_list(e, n, false);
}
EVAL(rnd_weighted_n_of_list_with_repeats)
{
    return some_of_list(e, n, true);
}
