// SPDX-License-Identifier: Apache-2.0
// Links between turtles: making, finding, neighbours, ties.
#include "models/netlogo/prims.h"
#include "models/netlogo/world.h"

typedef enum way { TO, FROM, WITH } way;

static void
check_breeds(sw_nl_engine *e, const sw_nl_node *n, way w)
{
    int wanted = n->breed == 0 ? 1 : 2;
    if (e->world.unbreeded_links != 0 && e->world.unbreeded_links != wanted)
        sw_nl_fail(e, n, "You cannot have both breeded and unbreeded links in the same world.");
    if (n->breed == 0) {
        int direction = w == WITH ? 2 : 1;
        if (e->world.directed_links != 0 && e->world.directed_links != direction)
            sw_nl_fail(e, n,
                       "You cannot have both directed and undirected links in the same world.");
        return;
    }
    const sw_nl_breed *b = &e->program->link_breed[n->breed];
    char upper[128];
    sw_nl_upper(b->name, upper, sizeof upper);
    if (w == WITH ? b->directed : !b->directed)
        sw_nl_fail(e, n, "%s is a%s breed.", upper, b->directed ? " directed" : "n undirected");
}

// Makes the link unless there is one already; −1 then.
static int32_t
connect(sw_nl_engine *e, const sw_nl_node *n, int32_t other, way w)
{
    if (other == e->id)
        sw_nl_fail(e, n, "A turtle cannot link to itself.");
    int32_t from = w == FROM ? other : e->id, to = w == FROM ? e->id : other;
    if (w == WITH && e->world.turtle_who[from] > e->world.turtle_who[to]) {
        int32_t swap = from;
        from = to;
        to = swap;
    }
    if (sw_nl_link_find(e, n->breed, from, to, false) >= 0)
        return -1;
    if (n->breed == 0)
        e->world.directed_links = w == WITH ? 2 : 1;
    e->world.unbreeded_links = n->breed == 0 ? 1 : 2;
    return sw_nl_link_new(e, n->breed, from, to);
}

static int
create_one(sw_nl_engine *e, const sw_nl_node *n, way w)
{
    sw_nl_v other = sw_nl_arg_agent(e, n, 0, SW_NL_T);
    check_breeds(e, n, w);
    int32_t link = connect(e, n, sw_nl_agent_id(other), w);
    if (link >= 0 && n->n_args > 1)
        return sw_nl_ask_one(e, n, sw_nl_agent(SW_NL_L, link), n->arg[1]);
    return SW_NL_NEXT;
}

static int
create_many(sw_nl_engine *e, const sw_nl_node *n, way w)
{
    sw_nl_agentset *others = sw_nl_members(e, sw_nl_arg_set(e, n, 0, SW_NL_T), false);
    if (others->o.n > 0)
        check_breeds(e, n, w);
    sw_nl_agentset *made = sw_nl_set_new(e, SW_NL_L, others->o.n);
    for (uint32_t i = 0; i < others->o.n; i++) {
        int32_t id = others->id[i];
        sw_nl_next_shuffled(e->random, others->id, others->o.n, i, &id);
        int32_t link = connect(e, n, id, w);
        if (link >= 0)
            made->id[made->o.n++] = link;
    }
    if (n->n_args > 1)
        return sw_nl_ask_ids(e, n, SW_NL_L, made, true, n->arg[1]);
    return SW_NL_NEXT;
}

EXEC(create_link_to)
{
    return create_one(e, n, TO);
}
EXEC(create_link_from)
{
    return create_one(e, n, FROM);
}
EXEC(create_link_with)
{
    return create_one(e, n, WITH);
}
EXEC(create_links_to)
{
    return create_many(e, n, TO);
}
EXEC(create_links_from)
{
    return create_many(e, n, FROM);
}
EXEC(create_links_with)
{
    return create_many(e, n, WITH);
}

EVAL(link)
{
    int32_t a = sw_nl_turtle_who(e, sw_nl_num(e, n, 0));
    int32_t b = sw_nl_turtle_who(e, sw_nl_num(e, n, 1));
    int32_t link = a < 0 || b < 0 ? -1 : sw_nl_link_find(e, n->breed, a, b, false);
    return link < 0 ? SW_NL_NOBODY : sw_nl_agent(SW_NL_L, link);
}

// ---- Around a turtle ----------------------------------------------------------------------------

// Whether a link counts for the asking turtle, and who is at its other end.
static bool
counts(const sw_nl_engine *e, int32_t link, int32_t breed, bool in, bool out, int32_t *other)
{
    if (breed != 0 && sw_nl_breed_of(e, SW_NL_L, link) != breed)
        return false;
    int32_t a = sw_nl_agent_id(e->world.links.column[L_END1][link]);
    int32_t b = sw_nl_agent_id(e->world.links.column[L_END2][link]);
    *other = a == e->id ? b : a;
    if (!sw_nl_link_is_directed(e, link))
        return true;
    return (out && a == e->id) || (in && b == e->id);
}

static sw_nl_v
linked(sw_nl_engine *e, const sw_nl_node *n, bool in, bool out, bool links)
{
    sw_nl_ids *ids = &e->world.turtle_links[e->id];
    sw_nl_agentset *set = sw_nl_set_new(e, links ? SW_NL_L : SW_NL_T, (uint32_t)ids->n);
    for (int32_t i = 0; i < ids->n; i++) {
        int32_t other, id;
        if (!counts(e, ids->id[i], n->breed, in, out, &other))
            continue;
        id = links ? ids->id[i] : other;
        bool seen = false;
        for (uint32_t k = 0; !links && k < set->o.n && !seen; k++)
            seen = set->id[k] == id;
        if (!seen)
            set->id[set->o.n++] = id;
    }
    return sw_nl_heap_value(set);
}

EVAL(link_neighbors)
{
    return linked(e, n, true, true, false);
}
EVAL(in_link_neighbors)
{
    return linked(e, n, true, false, false);
}
EVAL(out_link_neighbors)
{
    return linked(e, n, false, true, false);
}
EVAL(my_links)
{
    return linked(e, n, true, true, true);
}
EVAL(my_in_links)
{
    return linked(e, n, true, false, true);
}
EVAL(my_out_links)
{
    return linked(e, n, false, true, true);
}

static sw_nl_v
link_between(sw_nl_engine *e, const sw_nl_node *n, bool in, bool out)
{
    sw_nl_v v = sw_nl_arg_agent(e, n, 0, SW_NL_T);
    const sw_nl_ids *ids = &e->world.turtle_links[e->id];
    for (int32_t i = 0; i < ids->n; i++) {
        int32_t other;
        if (counts(e, ids->id[i], n->breed, in, out, &other) && other == sw_nl_agent_id(v))
            return sw_nl_agent(SW_NL_L, ids->id[i]);
    }
    return SW_NL_NOBODY;
}

EVAL(link_with)
{
    return link_between(e, n, true, true);
}
EVAL(out_link_to)
{
    return link_between(e, n, false, true);
}
EVAL(in_link_from)
{
    return link_between(e, n, true, false);
}
EVAL(is_link_neighbor)
{
    return sw_nl_bool(link_between(e, n, true, true) != SW_NL_NOBODY);
}
EVAL(is_in_link_neighbor)
{
    return sw_nl_bool(link_between(e, n, true, false) != SW_NL_NOBODY);
}
EVAL(is_out_link_neighbor)
{
    return sw_nl_bool(link_between(e, n, false, true) != SW_NL_NOBODY);
}

// ---- Around a link ------------------------------------------------------------------------------

EVAL(other_end)
{
    bool turtle = e->kind == SW_NL_T;
    if ((turtle ? e->my_kind != SW_NL_L : e->my_kind != SW_NL_T))
        sw_nl_fail(e, n,
                   turtle ? "Only a turtle asked by a link has an OTHER-END."
                          : "Only a link asked by a turtle has an OTHER-END.");
    int32_t link = turtle ? e->my_id : e->id;
    sw_nl_v me = sw_nl_agent(SW_NL_T, turtle ? e->id : e->my_id);
    sw_nl_v a = e->world.links.column[L_END1][link], b = e->world.links.column[L_END2][link];
    if (a != me && b != me)
        sw_nl_fail(e, n, "%s is not linked by this link.", "The turtle");
    return a == me ? b : a;
}

EVAL(both_ends)
{
    (void)n;
    sw_nl_agentset *set = sw_nl_set_new(e, SW_NL_T, 2);
    set->id[0] = sw_nl_agent_id(e->world.links.column[L_END1][e->id]);
    set->id[1] = sw_nl_agent_id(e->world.links.column[L_END2][e->id]);
    set->o.n = 2;
    return sw_nl_heap_value(set);
}

static void
ends(const sw_nl_engine *e, double at[4])
{
    sw_nl_position(e, e->world.links.column[L_END1][e->id], &at[0], &at[1]);
    sw_nl_position(e, e->world.links.column[L_END2][e->id], &at[2], &at[3]);
}

EVAL(link_heading)
{
    double at[4], h;
    ends(e, at);
    if (!sw_nl_towards(&e->world, at[0], at[1], at[2], at[3], true, &h))
        sw_nl_fail(e, n, "there is no heading of a link whose endpoints are in the same position");
    return sw_nl_number(h);
}

EVAL(link_length)
{
    (void)n;
    double at[4];
    ends(e, at);
    return sw_nl_number(sw_nl_distance(&e->world, at[0], at[1], at[2], at[3], true));
}

EXEC(tie)
{
    sw_nl_set_link_var(e, n, e->id, L_TIE_MODE, sw_nl_string_new(e, "fixed", 5));
    return SW_NL_NEXT;
}

EXEC(untie)
{
    sw_nl_set_link_var(e, n, e->id, L_TIE_MODE, sw_nl_string_new(e, "none", 4));
    return SW_NL_NEXT;
}
