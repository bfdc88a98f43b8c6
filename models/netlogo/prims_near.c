// SPDX-License-Identifier: Apache-2.0
// Finding agents: by name, by place, by distance. And what kind of value something is.
#include "models/netlogo/prims.h"

#include <math.h>
#include <stdlib.h>

EVAL(turtle)
{
    double who = sw_nl_num(e, n, 0);
    if (who != floor(who)) {
        char text[SW_NL_NUMBER_TEXT_SIZE];
        sw_nl_number_text(who, text);
        sw_nl_fail(e, n, "%s is not an integer", text);
    }
    int32_t slot = sw_nl_turtle_who(e, who);
    return slot < 0 ? SW_NL_NOBODY : sw_nl_agent(SW_NL_T, slot);
}

EVAL(breed_singular)
{
    sw_nl_v v = sw_nl_p_turtle(e, n);
    if (v == SW_NL_NOBODY || sw_nl_breed_of(e, SW_NL_T, sw_nl_agent_id(v)) == n->breed)
        return v;
    char upper[128];
    int32_t slot = sw_nl_agent_id(v);
    sw_nl_upper(n->name, upper, sizeof upper);
    sw_nl_fail(e, n, "%s %d is not a %s",
               e->program->turtle_breed[sw_nl_breed_of(e, SW_NL_T, slot)].singular,
               e->world.turtle_who[slot], upper);
}

EVAL(patch)
{
    double x = sw_nl_num(e, n, 0), y = sw_nl_num(e, n, 1);
    int32_t p = sw_nl_patch_at(&e->world, x, y);
    return p < 0 ? SW_NL_NOBODY : sw_nl_agent(SW_NL_P, p);
}

static int32_t
my_patch(const sw_nl_engine *e)
{
    return e->kind == SW_NL_P ? e->id : e->world.turtle_patch[e->id];
}

EVAL(patch_here)
{
    (void)n;
    return sw_nl_agent(SW_NL_P, my_patch(e));
}

static int32_t
patch_by_offset(sw_nl_engine *e, double dx, double dy)
{
    double x = 0, y = 0;
    if (e->kind != SW_NL_O)
        sw_nl_position(e, sw_nl_self(e), &x, &y);
    return sw_nl_patch_at(&e->world, x + dx, y + dy);
}

EVAL(patch_at)
{
    double dx = sw_nl_num(e, n, 0), dy = sw_nl_num(e, n, 1);
    int32_t p = patch_by_offset(e, dx, dy);
    return p < 0 ? SW_NL_NOBODY : sw_nl_agent(SW_NL_P, p);
}

static sw_nl_v
around(sw_nl_engine *e, bool four)
{
    sw_nl_agentset *set = sw_nl_set_new(e, SW_NL_P, 8);
    set->o.n = (uint32_t)sw_nl_neighbors(&e->world, my_patch(e), set->id, four);
    return sw_nl_heap_value(set);
}

EVAL(neighbors)
{
    (void)n;
    return around(e, false);
}
EVAL(neighbors4)
{
    (void)n;
    return around(e, true);
}

// ---- Turtles of patches -------------------------------------------------------------------------

static uint32_t
count_on(const sw_nl_engine *e, int32_t patch)
{
    uint32_t count = 0;
    for (int32_t t = e->world.first_turtle[patch]; t >= 0; t = e->world.next_turtle[t])
        count++;
    return count;
}

static void
put_on(sw_nl_engine *e, sw_nl_agentset *set, int32_t patch, int32_t breed)
{
    for (int32_t t = e->world.first_turtle[patch]; t >= 0; t = e->world.next_turtle[t])
        if (breed == 0 || sw_nl_breed_of(e, SW_NL_T, t) == breed)
            set->id[set->o.n++] = t;
}

static sw_nl_v
on_patch(sw_nl_engine *e, int32_t patch, int32_t breed)
{
    sw_nl_agentset *set = sw_nl_set_new(e, SW_NL_T, patch < 0 ? 0 : count_on(e, patch));
    if (patch >= 0)
        put_on(e, set, patch, breed);
    return sw_nl_heap_value(set);
}

EVAL(turtles_here)
{
    (void)n;
    return on_patch(e, my_patch(e), 0);
}
EVAL(breed_here)
{
    return on_patch(e, my_patch(e), n->breed);
}

EVAL(turtles_at)
{
    double dx = sw_nl_num(e, n, 0), dy = sw_nl_num(e, n, 1);
    return on_patch(e, patch_by_offset(e, dx, dy), n->breed);
}

EVAL(breed_at)
{
    return sw_nl_p_turtles_at(e, n);
}

EVAL(turtles_on)
{
    return sw_nl_turtles_on(e, n, EV(0));
}

sw_nl_v
sw_nl_turtles_on(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v)
{
    unsigned kind = sw_nl_agent_kind(v);
    if (kind == SW_NL_P || kind == SW_NL_T) {
        if (!sw_nl_alive(e, v))
            return on_patch(e, -1, 0);
        int32_t id = sw_nl_agent_id(v);
        return on_patch(e, kind == SW_NL_P ? id : e->world.turtle_patch[id], n->breed);
    }
    if (!sw_nl_is_set(v) || sw_nl_set_kind(v) == SW_NL_L)
        sw_nl_wrong(e, n, SW_NL_TSET | SW_NL_PSET | SW_NL_TUR | SW_NL_PAT, v);
    sw_nl_agentset *from = sw_nl_members(e, v, false);
    uint32_t total = 0;
    e->visit++;
    for (uint32_t i = 0; i < from->o.n; i++) {
        int32_t p = from->o.flags == SW_NL_P ? from->id[i] : e->world.turtle_patch[from->id[i]];
        if (e->visited[p] == e->visit)
            continue;
        e->visited[p] = e->visit;
        total += count_on(e, p);
    }
    sw_nl_agentset *set = sw_nl_set_new(e, SW_NL_T, total);
    e->visit++;
    for (uint32_t i = 0; i < from->o.n; i++) {
        int32_t p = from->o.flags == SW_NL_P ? from->id[i] : e->world.turtle_patch[from->id[i]];
        if (e->visited[p] == e->visit)
            continue;
        e->visited[p] = e->visit;
        put_on(e, set, p, n->breed);
    }
    return sw_nl_heap_value(set);
}

EVAL(breed_on)
{
    return sw_nl_p_turtles_on(e, n);
}

// ---- Within a distance --------------------------------------------------------------------------

typedef struct cone {
    double x, y, radius, heading, half_angle;
    bool whole;
} cone;

// Whether a point lies in the cone, in the plane.
static bool
in_plane(const sw_nl_world *w, const cone *c, double x, double y)
{
    double h;
    if (sw_nl_distance(w, c->x, c->y, x, y, false) > c->radius)
        return false;
    if (!sw_nl_towards(w, c->x, c->y, x, y, false, &h))
        return true;
    double off = fabs(h - c->heading);
    return off <= c->half_angle || 360 - off <= c->half_angle;
}

// How many worlds to each side a cone may reach where the world wraps.
static int
worlds(const cone *c, int32_t size, bool wraps)
{
    double reach = ceil(c->radius / size);
    return !wraps ? 0 : reach > 64 ? 64 : (int)reach;
}

static bool
within(sw_nl_engine *e, const cone *c, double x, double y)
{
    const sw_nl_world *w = &e->world;
    if (c->whole)
        return sw_nl_distance(w, c->x, c->y, x, y, true) <= c->radius;
    int across = worlds(c, w->width, w->wrap_x), along = worlds(c, w->height, w->wrap_y);
    for (int i = -across; i <= across; i++) {
        double at_x = x + (double)i * w->width;
        if (fabs(at_x - c->x) > c->radius)
            continue;
        for (int j = -along; j <= along; j++) {
            double at_y = y + (double)j * w->height;
            if (fabs(at_y - c->y) <= c->radius && in_plane(w, c, at_x, at_y))
                return true;
        }
    }
    return false;
}

// The rows or columns that a search looks at, in the world's order: as many as the radius reaches
// from the centre, cut at the edges or wrapped around them, which makes two spans of them.
typedef struct spans {
    int32_t from[2], to[2]; // to is the last
    int n;
} spans;

static spans
spans_of(int32_t centre, double radius, int32_t size, bool wrap)
{
    int32_t reach = radius + 1 < size ? (int32_t)(radius + 1) : size;
    if (wrap && 2 * (int64_t)reach + 1 >= size)
        return (spans){{0}, {size - 1}, 1};
    int32_t low = centre - reach, high = centre + reach;
    if (wrap && low < 0)
        return (spans){{0, low + size}, {high, size - 1}, 2};
    if (wrap && high >= size)
        return (spans){{0, low}, {high - size, size - 1}, 2};
    return (spans){{low < 0 ? 0 : low}, {high >= size ? size - 1 : high}, 1};
}

static bool
member_test(sw_nl_engine *e, sw_nl_v set, unsigned kind, int32_t id)
{
    if (SW_NL_TAG(set) == SW_NL_TAG_SET && SW_NL_SET_BREED(set) == 0)
        return true;
    return sw_nl_contains(e, set, sw_nl_agent(kind, id));
}

// A search among all patches, all turtles or a breed: what it finds is in the order of patches.
typedef struct search {
    sw_nl_v set;
    unsigned kind;
    const cone *c;
    bool all; // of the kind
} search;

static void
keep_found(sw_nl_engine *e, int32_t id)
{
    sw_nl_ids *f = &e->found;
    if (f->n == f->capacity) {
        f->capacity = f->capacity ? f->capacity * 2 : 256;
        f->id = realloc(f->id, (size_t)f->capacity * sizeof *f->id);
        if (f->id == NULL)
            abort();
    }
    f->id[f->n++] = id;
}

static void
search_patch(sw_nl_engine *e, search *s, int32_t p)
{
    sw_nl_world *w = &e->world;
    if (s->kind == SW_NL_P) {
        if (within(e, s->c, sw_nl_double(w->patch[P_XCOR][p]), sw_nl_double(w->patch[P_YCOR][p])))
            keep_found(e, p);
        return;
    }
    for (int32_t t = w->first_turtle[p]; t >= 0; t = w->next_turtle[t])
        if (within(e, s->c, sw_nl_double(w->turtles.column[T_XCOR][t]),
                   sw_nl_double(w->turtles.column[T_YCOR][t])) &&
            (s->all || member_test(e, s->set, s->kind, t)))
            keep_found(e, t);
}

static void
search_region(sw_nl_engine *e, search *s, int32_t centre)
{
    const sw_nl_world *w = &e->world;
    spans columns = spans_of(centre % w->width, s->c->radius, w->width, w->wrap_x);
    spans rows = spans_of(centre / w->width, s->c->radius, w->height, w->wrap_y);
    for (int r = 0; r < rows.n; r++)
        for (int32_t y = rows.from[r]; y <= rows.to[r]; y++)
            for (int c = 0; c < columns.n; c++)
                for (int32_t x = columns.from[c]; x <= columns.to[c]; x++)
                    search_patch(e, s, y * w->width + x);
}

// In the set's own order.
static sw_nl_v
search_members(sw_nl_engine *e, sw_nl_v set, const cone *c)
{
    sw_nl_agentset *s = sw_nl_members(e, set, false);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->o.n; i++) {
        double x, y;
        sw_nl_position(e, sw_nl_agent(s->o.flags, s->id[i]), &x, &y);
        if (within(e, c, x, y))
            s->id[kept++] = s->id[i];
    }
    s->o.n = kept;
    return sw_nl_heap_value(s);
}

// The patches around the centre in the order in which a search of a short radius looks at them.
static const int8_t ring[24][2] = {{0, 1},   {1, 0},  {0, -1}, {-1, 0}, {1, 1},   {1, -1},
                                   {-1, -1}, {-1, 1}, {0, 2},  {2, 0},  {0, -2},  {-2, 0},
                                   {1, 2},   {2, 1},  {2, -1}, {1, -2}, {-1, -2}, {-2, -1},
                                   {-2, 1},  {-1, 2}, {2, 2},  {2, -2}, {-2, -2}, {-2, 2}};

static void
search_ring(sw_nl_engine *e, search *s, int32_t centre)
{
    search_patch(e, s, centre);
    e->visit++;
    e->visited[centre] = e->visit;
    for (int i = 0; i < (s->c->radius <= 1 ? 8 : 24); i++) {
        int32_t p = sw_nl_patch_offset(&e->world, centre, ring[i][0], ring[i][1]);
        if (p < 0 || e->visited[p] == e->visit)
            continue;
        e->visited[p] = e->visit;
        search_patch(e, s, p);
    }
}

static sw_nl_v
find(sw_nl_engine *e, sw_nl_v set, const cone *c)
{
    if (SW_NL_TAG(set) != SW_NL_TAG_SET)
        return search_members(e, set, c);
    search s = {.set = set, .kind = sw_nl_set_kind(set), .c = c};
    s.all = SW_NL_SET_BREED(set) == 0;
    e->found.n = 0;
    int32_t centre = sw_nl_patch_at(&e->world, c->x, c->y);
    if (c->whole && c->radius <= 2)
        search_ring(e, &s, centre);
    else
        search_region(e, &s, centre);
    sw_nl_agentset *found = sw_nl_set_new(e, s.kind, (uint32_t)e->found.n);
    if (e->found.n > 0)
        memcpy(found->id, e->found.id, (size_t)e->found.n * sizeof *found->id);
    found->o.n = (uint32_t)e->found.n;
    return sw_nl_heap_value(found);
}

static sw_nl_v
places(sw_nl_engine *e, const sw_nl_node *n)
{
    sw_nl_v set = EV(0);
    if (sw_nl_agent_kind(set) == SW_NL_L || (sw_nl_is_set(set) && sw_nl_set_kind(set) == SW_NL_L))
        sw_nl_fail(e, n, "Expected a turtle or a patch but got a link.");
    if (!sw_nl_is_set(set))
        sw_nl_wrong(e, n, SW_NL_TSET | SW_NL_PSET, set);
    return set;
}

EVAL(in_radius)
{
    sw_nl_v set = places(e, n);
    cone c = {.radius = sw_nl_num(e, n, 1), .whole = true};
    if (c.radius < 0)
        sw_nl_fail(e, n, "IN-RADIUS cannot take a negative radius.");
    sw_nl_position(e, sw_nl_self(e), &c.x, &c.y);
    return find(e, set, &c);
}

EVAL(in_cone)
{
    sw_nl_v set = places(e, n);
    cone c = {.radius = sw_nl_num(e, n, 1)};
    double angle = sw_nl_num(e, n, 2);
    if (c.radius < 0)
        sw_nl_fail(e, n, "IN-CONE cannot take a negative radius.");
    if (angle < 0)
        sw_nl_fail(e, n, "IN-CONE cannot take a negative angle.");
    if (angle > 360)
        sw_nl_fail(e, n, "IN-CONE cannot take an angle greater than 360.");
    c.half_angle = angle / 2;
    c.heading = sw_nl_double(e->world.turtles.column[T_HEADING][e->id]);
    sw_nl_position(e, sw_nl_self(e), &c.x, &c.y);
    return find(e, set, &c);
}

EVAL(at_points)
{
    sw_nl_v set = places(e, n);
    const sw_nl_list *points = sw_nl_arg_list(e, n, 1);
    unsigned kind = sw_nl_set_kind(set);
    sw_nl_list *kept = sw_nl_list_new(e, 0);
    e->visit++;
    for (uint32_t i = 0; i < points->o.n; i++) {
        sw_nl_v point = sw_nl_items(points)[i];
        const sw_nl_list *xy = sw_nl_is_list(point) ? sw_nl_list_of(point) : NULL;
        if (xy == NULL || xy->o.n != 2 || !sw_nl_is_number(sw_nl_items(xy)[0]) ||
            !sw_nl_is_number(sw_nl_items(xy)[1])) {
            sw_nl_text t = {.e = e};
            sw_nl_dump(&t, sw_nl_heap_value(points), false, false);
            sw_nl_fail(e, n, "Invalid list of points: %s", sw_nl_text_end(&t));
        }
        int32_t p =
            patch_by_offset(e, sw_nl_double(sw_nl_items(xy)[0]), sw_nl_double(sw_nl_items(xy)[1]));
        if (p < 0 || e->visited[p] == e->visit)
            continue;
        e->visited[p] = e->visit;
        if (kind == SW_NL_P) {
            if (member_test(e, set, kind, p))
                kept = sw_nl_list_append(e, kept, sw_nl_agent(kind, p));
            continue;
        }
        for (int32_t t = e->world.first_turtle[p]; t >= 0; t = e->world.next_turtle[t])
            if (member_test(e, set, kind, t))
                kept = sw_nl_list_append(e, kept, sw_nl_agent(kind, t));
    }
    sw_nl_agentset *result = sw_nl_set_new(e, kind, kept->o.n);
    for (uint32_t i = 0; i < kept->o.n; i++)
        result->id[result->o.n++] = sw_nl_agent_id(sw_nl_items(kept)[i]);
    return sw_nl_heap_value(result);
}

// ---- Kinds of values ----------------------------------------------------------------------------

static unsigned
living_kind(sw_nl_engine *e, const sw_nl_node *n)
{
    sw_nl_v v = EV(0);
    return sw_nl_is_agent(v) && sw_nl_alive(e, v) ? sw_nl_agent_kind(v) : 0;
}

static unsigned
kind_of_set(sw_nl_engine *e, const sw_nl_node *n)
{
    sw_nl_v v = EV(0);
    return sw_nl_is_set(v) ? sw_nl_set_kind(v) : 0;
}

EVAL(is_number)
{
    return sw_nl_bool(sw_nl_is_number(EV(0)));
}
EVAL(is_boolean)
{
    return sw_nl_bool(sw_nl_is_bool(EV(0)));
}
EVAL(is_string)
{
    return sw_nl_bool(sw_nl_is_string(EV(0)));
}
EVAL(is_list)
{
    return sw_nl_bool(sw_nl_is_list(EV(0)));
}
EVAL(is_agent)
{
    return sw_nl_bool(living_kind(e, n) != 0);
}
EVAL(is_turtle)
{
    return sw_nl_bool(living_kind(e, n) == SW_NL_T);
}
EVAL(is_patch)
{
    return sw_nl_bool(living_kind(e, n) == SW_NL_P);
}
EVAL(is_link)
{
    return sw_nl_bool(living_kind(e, n) == SW_NL_L);
}
EVAL(is_agentset)
{
    return sw_nl_bool(kind_of_set(e, n) != 0);
}
EVAL(is_turtle_set)
{
    return sw_nl_bool(kind_of_set(e, n) == SW_NL_T);
}
EVAL(is_patch_set)
{
    return sw_nl_bool(kind_of_set(e, n) == SW_NL_P);
}
EVAL(is_link_set)
{
    return sw_nl_bool(kind_of_set(e, n) == SW_NL_L);
}

static bool
is_lambda(sw_nl_v v, bool reports)
{
    return sw_nl_is_object(v, SW_NL_LAMBDA) &&
           ((sw_nl_lambda *)sw_nl_pointer(v))->code->reports == reports;
}

EVAL(is_command)
{
    return sw_nl_bool(is_lambda(EV(0), false));
}
EVAL(is_reporter)
{
    return sw_nl_bool(is_lambda(EV(0), true));
}

static sw_nl_v
link_direction(sw_nl_engine *e, const sw_nl_node *n, bool directed)
{
    sw_nl_v v = EV(0);
    return sw_nl_bool(sw_nl_agent_kind(v) == SW_NL_L && sw_nl_alive(e, v) &&
                      sw_nl_link_is_directed(e, sw_nl_agent_id(v)) == directed);
}

EVAL(is_directed_link)
{
    return link_direction(e, n, true);
}
EVAL(is_undirected_link)
{
    return link_direction(e, n, false);
}

static sw_nl_v
of_breed(sw_nl_engine *e, const sw_nl_node *n, unsigned kind)
{
    sw_nl_v v = EV(0);
    return sw_nl_bool(sw_nl_agent_kind(v) == kind && sw_nl_alive(e, v) &&
                      sw_nl_breed_of(e, kind, sw_nl_agent_id(v)) == n->breed);
}

EVAL(is_breed)
{
    return of_breed(e, n, SW_NL_T);
}
EVAL(is_link_breed)
{
    return of_breed(e, n, SW_NL_L);
}
