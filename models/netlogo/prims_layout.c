// SPDX-License-Identifier: Apache-2.0
// Layouts of networks: in a circle, by springs (after Fruchterman and Reingold, 1991), as a radial
// tree, and by Tutte's method. The order of sums and draws is part of the language.
#include "models/netlogo/prims.h"

#include <math.h>

// ---- What the layouts share ---------------------------------------------------------------------

// The turtles to lay out, each with a place in the arrays of the layout.
typedef struct nodes {
    int32_t *turtle;
    double *x, *y; // force, or place to move to
    double *degree;
    int32_t *place; // by slot of turtle: place + 1, or 0
    uint32_t n;
} nodes;

static void *
zeroed(sw_nl_engine *e, size_t bytes)
{
    sw_nl_raw *raw = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *raw + bytes + 8);
    return raw->byte;
}

static nodes
nodes_new(sw_nl_engine *e, sw_nl_v set, bool shuffled)
{
    sw_nl_agentset *all = sw_nl_members(e, set, false);
    uint32_t n = all->o.n;
    nodes s = {.n = n};
    s.turtle = zeroed(e, n * sizeof *s.turtle);
    s.x = zeroed(e, n * sizeof *s.x);
    s.y = zeroed(e, n * sizeof *s.y);
    s.degree = zeroed(e, n * sizeof *s.degree);
    s.place = zeroed(e, (size_t)e->world.turtles.n * sizeof *s.place);
    for (uint32_t i = 0; i < n; i++) {
        s.turtle[i] = all->id[i];
        if (shuffled)
            sw_nl_next_shuffled(e->random, all->id, n, i, &s.turtle[i]);
        s.place[s.turtle[i]] = (int32_t)i + 1;
    }
    return s;
}

static double
coordinate(const sw_nl_engine *e, int32_t turtle, int column)
{
    return sw_nl_double(e->world.turtles.column[column][turtle]);
}

static int32_t
end_of(const sw_nl_engine *e, int32_t link, int column)
{
    return sw_nl_agent_id(e->world.links.column[column][link]);
}

static double
between(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static void
move_within(sw_nl_engine *e, int32_t turtle, double x, double y)
{
    const sw_nl_world *w = &e->world;
    sw_nl_turtle_move(e, turtle, between(x, w->min_x, w->max_x), between(y, w->min_y, w->max_y));
}

static void
step(sw_nl_engine *e)
{
    if (--e->fuel_left == 0)
        sw_nl_out_of_fuel(e);
}

// ---- Circle -------------------------------------------------------------------------------------

static void
circle(sw_nl_engine *e, const int32_t *turtle, uint32_t n, double radius)
{
    double middle_x = e->world.min_x + floor(e->world.width / 2.0);
    double middle_y = e->world.min_y + floor(e->world.height / 2.0);
    for (uint32_t i = 0; i < n; i++) {
        if (turtle[i] < 0)
            continue;
        sw_nl_turtle_move(e, turtle[i], middle_x, middle_y);
        sw_nl_turtle_set_heading(e, turtle[i], i * 360.0 / n, true);
        sw_nl_turtle_jump(e, turtle[i], radius);
    }
}

EXEC(layout_circle)
{
    sw_nl_v who = EV(0);
    double radius = sw_nl_num(e, n, 1);
    if (sw_nl_is_set(who) && sw_nl_set_kind(who) == SW_NL_T) {
        nodes s = nodes_new(e, who, true);
        circle(e, s.turtle, s.n, radius);
        return SW_NL_NEXT;
    }
    if (!sw_nl_is_list(who))
        sw_nl_wrong(e, n, SW_NL_LST | SW_NL_TSET, who);
    const sw_nl_list *list = sw_nl_list_of(who);
    int32_t *turtle = zeroed(e, list->o.n * sizeof *turtle);
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v v = sw_nl_items(list)[i];
        bool lives = sw_nl_agent_kind(v) == SW_NL_T && sw_nl_alive(e, v);
        turtle[i] = lives ? sw_nl_agent_id(v) : -1;
    }
    circle(e, turtle, list->o.n, radius);
    return SW_NL_NEXT;
}

// ---- Springs ------------------------------------------------------------------------------------

typedef struct spring {
    nodes s;
    double stiffness, length, repulsion;
} spring;

static void
count_degrees(sw_nl_engine *e, nodes *s, const sw_nl_agentset *links)
{
    for (uint32_t i = 0; i < links->o.n; i++)
        for (int c = L_END1; c <= L_END2; c++) {
            int32_t place = s->place[end_of(e, links->id[i], c)];
            if (place > 0)
                s->degree[place - 1]++;
        }
}

static void
push(nodes *s, int32_t place, double dx, double dy)
{
    if (place <= 0)
        return;
    s->x[place - 1] += dx;
    s->y[place - 1] += dy;
}

// Links of well-connected turtles pull less, which keeps the layout from jittering.
static void
pull_link(sw_nl_engine *e, spring *p, int32_t link)
{
    int32_t a = end_of(e, link, L_END1), b = end_of(e, link, L_END2);
    int32_t pa = p->s.place[a], pb = p->s.place[b];
    double degrees = (pa > 0 ? p->s.degree[pa - 1] : 0) + (pb > 0 ? p->s.degree[pb - 1] : 0);
    double ax = coordinate(e, a, T_XCOR), ay = coordinate(e, a, T_YCOR);
    double bx = coordinate(e, b, T_XCOR), by = coordinate(e, b, T_YCOR);
    double distance = sw_nl_distance(&e->world, ax, ay, bx, by, false);
    double share = fmax(degrees / 2, 1), dx = 0, dy = 0;
    if (distance == 0) {
        dx = p->stiffness * p->length / share;
    } else {
        double force = p->stiffness * (distance - p->length) / share;
        dx = force * (bx - ax) / distance;
        dy = force * (by - ay) / distance;
    }
    push(&p->s, pa, dx, dy);
    push(&p->s, pb, -dx, -dy);
}

static void
repel(sw_nl_engine *e, spring *p, uint32_t i, uint32_t j)
{
    nodes *s = &p->s;
    double ax = coordinate(e, s->turtle[i], T_XCOR), ay = coordinate(e, s->turtle[i], T_YCOR);
    double bx = coordinate(e, s->turtle[j], T_XCOR), by = coordinate(e, s->turtle[j], T_YCOR);
    double share = fmax((s->degree[i] + s->degree[j]) / 2, 1), dx, dy;
    if (ax == bx && ay == by) {
        double angle = 360 * sw_nl_random_double(e->random) * 0.017453292519943295;
        dx = -(p->repulsion / share * sw_nl_sin(angle));
        dy = -(p->repulsion / share * sw_nl_cos(angle));
    } else {
        double distance = sw_nl_distance(&e->world, ax, ay, bx, by, false);
        double force = p->repulsion / (distance * distance) / share;
        dx = -(force * (bx - ax) / distance);
        dy = -(force * (by - ay) / distance);
    }
    push(s, (int32_t)i + 1, dx, dy);
    push(s, (int32_t)j + 1, -dx, -dy);
}

static void
move_by_forces(sw_nl_engine *e, nodes *s)
{
    double extent = e->world.width + e->world.height, limit = extent / 50;
    // One turtle is nudged, in case all lie on one line.
    if (s->n > 1) {
        double nudge = extent / 1.0e10;
        s->x[0] += sw_nl_random_double(e->random) * nudge - nudge / 2;
        s->y[0] += sw_nl_random_double(e->random) * nudge - nudge / 2;
    }
    for (uint32_t i = 0; i < s->n; i++)
        move_within(e, s->turtle[i],
                    coordinate(e, s->turtle[i], T_XCOR) + between(s->x[i], -limit, limit),
                    coordinate(e, s->turtle[i], T_YCOR) + between(s->y[i], -limit, limit));
}

EXEC(layout_spring)
{
    sw_nl_v turtles = sw_nl_arg_set(e, n, 0, SW_NL_T), links = sw_nl_arg_set(e, n, 1, SW_NL_L);
    spring p = {.stiffness = sw_nl_num(e, n, 2),
                .length = sw_nl_num(e, n, 3),
                .repulsion = sw_nl_num(e, n, 4)};
    p.s = nodes_new(e, turtles, true);
    if (p.s.n == 0)
        return SW_NL_NEXT;
    const sw_nl_agentset *all = sw_nl_members(e, links, false);
    count_degrees(e, &p.s, all);
    for (uint32_t i = 0; i < all->o.n; i++)
        pull_link(e, &p, all->id[i]);
    for (uint32_t i = 0; i < p.s.n; i++)
        for (uint32_t j = i + 1; j < p.s.n; j++) {
            step(e);
            repel(e, &p, i, j);
        }
    move_by_forces(e, &p.s);
    return SW_NL_NEXT;
}

// ---- Tutte --------------------------------------------------------------------------------------

// Linked turtles that are not laid out stand in a circle; the others go to the middle of those
// they are linked with, at most 100 steps at once.
EXEC(layout_tutte)
{
    nodes s = nodes_new(e, sw_nl_arg_set(e, n, 0, SW_NL_T), false);
    const sw_nl_agentset *links = sw_nl_members(e, sw_nl_arg_set(e, n, 1, SW_NL_L), false);
    double radius = sw_nl_num(e, n, 2);
    sw_nl_agentset *anchors = sw_nl_set_new(e, SW_NL_T, links->o.n * 2);
    char *seen = zeroed(e, (size_t)e->world.turtles.n);
    for (uint32_t i = 0; i < links->o.n; i++)
        for (int c = L_END1; c <= L_END2; c++) {
            int32_t t = end_of(e, links->id[i], c);
            if (s.place[t] == 0 && !seen[t])
                anchors->id[anchors->o.n++] = t;
            seen[t] = 1;
        }
    nodes fixed = nodes_new(e, sw_nl_heap_value(anchors), true);
    circle(e, fixed.turtle, fixed.n, radius);
    for (uint32_t i = 0; i < links->o.n; i++)
        for (int c = L_END1; c <= L_END2; c++) {
            int32_t t = end_of(e, links->id[i], c), other = end_of(e, links->id[i], !c);
            push(&s, s.place[t], coordinate(e, other, T_XCOR), coordinate(e, other, T_YCOR));
            if (s.place[t] > 0)
                s.degree[s.place[t] - 1]++;
        }
    for (uint32_t i = 0; i < s.n; i++) {
        double x = coordinate(e, s.turtle[i], T_XCOR), y = coordinate(e, s.turtle[i], T_YCOR);
        if (s.degree[i] > 0)
            move_within(e, s.turtle[i], x + between(s.x[i] / s.degree[i] - x, -100, 100),
                        y + between(s.y[i] / s.degree[i] - y, -100, 100));
    }
    return SW_NL_NEXT;
}

// ---- Radial tree --------------------------------------------------------------------------------

typedef struct tree {
    nodes s;        // degree: leaves below; x, y: start and end of the arc
    int32_t *order; // places in breadth-first order
    int32_t *parent;
    int32_t *depth;
    uint32_t reached;
} tree;

static void
grow_tree(sw_nl_engine *e, tree *t, const sw_nl_agentset *links, int32_t root)
{
    char *in_links = zeroed(e, (size_t)e->world.links.n);
    for (uint32_t i = 0; i < links->o.n; i++)
        in_links[links->id[i]] = 1;
    t->order[t->reached++] = root;
    t->parent[root] = root;
    t->depth[root] = 0;
    for (uint32_t i = 0; i < t->reached; i++) {
        int32_t here = t->order[i], turtle = t->s.turtle[here];
        sw_nl_ids ids = e->world.turtle_links[turtle];
        for (int32_t k = 0; k < ids.n; k++) {
            step(e);
            if (!in_links[ids.id[k]])
                continue;
            int32_t a = end_of(e, ids.id[k], L_END1), b = end_of(e, ids.id[k], L_END2);
            int32_t next = t->s.place[a == turtle ? b : a] - 1;
            if (next < 0 || t->parent[next] >= 0)
                continue;
            t->parent[next] = here;
            t->depth[next] = t->depth[here] + 1;
            t->order[t->reached++] = next;
        }
    }
}

// Every subtree gets a part of its parent's arc by its number of leaves.
static void
share_arcs(tree *t)
{
    for (uint32_t i = t->reached; i-- > 1;) {
        int32_t here = t->order[i];
        if (t->s.degree[here] == 0)
            t->s.degree[here] = 1;
        t->s.degree[t->parent[here]] += t->s.degree[here];
    }
    t->s.y[t->order[0]] = 360;
    double used = 0;
    for (uint32_t i = 1; i < t->reached; i++) {
        int32_t here = t->order[i], parent = t->parent[here];
        if (i == 1 || t->parent[t->order[i - 1]] != parent)
            used = 0;
        double arc = t->s.y[parent] - t->s.x[parent], leaves = t->s.degree[parent];
        t->s.x[here] = t->s.x[parent] + arc * used / leaves;
        used += t->s.degree[here];
        t->s.y[here] = t->s.x[parent] + arc * used / leaves;
    }
}

EXEC(layout_radial)
{
    sw_nl_v set = sw_nl_arg_set(e, n, 0, SW_NL_T), links = sw_nl_arg_set(e, n, 1, SW_NL_L);
    int32_t root = sw_nl_agent_id(sw_nl_arg_agent(e, n, 2, SW_NL_T));
    tree t = {.s = nodes_new(e, set, false)};
    int32_t place = t.s.place[root] - 1;
    if (place < 0)
        sw_nl_fail(e, n, "The root of LAYOUT-RADIAL must be one of the turtles laid out.");
    t.order = zeroed(e, t.s.n * sizeof *t.order);
    t.depth = zeroed(e, t.s.n * sizeof *t.depth);
    t.parent = zeroed(e, t.s.n * sizeof *t.parent);
    memset(t.parent, 0xFF, t.s.n * sizeof *t.parent);
    grow_tree(e, &t, sw_nl_members(e, links, false), place);
    share_arcs(&t);
    const sw_nl_world *w = &e->world;
    double x = (w->max_x + w->min_x) / 2.0, y = (w->max_y + w->min_y) / 2.0;
    double layers = fmax(1, t.depth[t.order[t.reached - 1]] + 0.2);
    double gap = fmin(w->max_x - x, w->max_y - y) / layers;
    for (uint32_t i = 0; i < t.reached; i++) {
        int32_t here = t.order[i], turtle = t.s.turtle[here];
        sw_nl_turtle_move(e, turtle, x, y);
        sw_nl_turtle_set_heading(e, turtle, (t.s.x[here] + t.s.y[here]) / 2, true);
        sw_nl_turtle_jump(e, turtle, t.depth[here] * gap);
    }
    return SW_NL_NEXT;
}
