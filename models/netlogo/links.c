// SPDX-License-Identifier: Apache-2.0
// Links: birth, death, search, ties, and the checks of their variables.
#include "models/netlogo/world.h"

#include <math.h>
#include <stdlib.h>

#define COLUMN(c) (e->world.links.column[c])

static int32_t
end_of(const sw_nl_engine *e, int32_t link, int which)
{
    return sw_nl_agent_id(COLUMN(which ? L_END2 : L_END1)[link]);
}

bool
sw_nl_link_is_directed(const sw_nl_engine *e, int32_t slot)
{
    int32_t breed = sw_nl_breed_of(e, SW_NL_L, slot);
    return breed == 0 ? e->world.directed_links == 1 : e->program->link_breed[breed].directed;
}

static void
remember(sw_nl_engine *e, int32_t turtle, int32_t link)
{
    sw_nl_ids *ids = &e->world.turtle_links[turtle];
    if (ids->n == ids->capacity) {
        int32_t capacity = ids->capacity ? ids->capacity * 2 : 4;
        sw_nl_heap_charge(e->heap, (size_t)(capacity - ids->capacity) * 4);
        ids->id = realloc(ids->id, (size_t)capacity * 4);
        if (ids->id == NULL)
            sw_nl_limit(e, "Out of memory.");
        ids->capacity = capacity;
    }
    ids->id[ids->n++] = link;
}

static void
forget(sw_nl_engine *e, int32_t turtle, int32_t link)
{
    sw_nl_ids *ids = &e->world.turtle_links[turtle];
    for (int32_t i = 0; i < ids->n; i++)
        if (ids->id[i] == link) {
            memmove(ids->id + i, ids->id + i + 1, (size_t)(ids->n - i - 1) * 4);
            ids->n--;
            return;
        }
}

static sw_nl_v
default_link_shape(sw_nl_engine *e, int32_t breed)
{
    sw_nl_v shape = e->world.default_link_shape[breed];
    if (shape == SW_NL_NOTHING)
        shape = e->world.default_link_shape[0];
    return shape == SW_NL_NOTHING ? sw_nl_string_new(e, "default", 7) : shape;
}

int32_t
sw_nl_link_new(sw_nl_engine *e, int32_t breed, int32_t end1, int32_t end2)
{
    sw_nl_v shape = default_link_shape(e, breed), empty = sw_nl_string_new(e, "", 0);
    sw_nl_v none = sw_nl_string_new(e, "none", 4);
    int32_t slot = sw_nl_slot_new(e, SW_NL_L);
    for (int32_t c = 0; c < e->world.links.n_columns; c++)
        COLUMN(c)[slot] = 0;
    COLUMN(L_END1)[slot] = sw_nl_agent(SW_NL_T, end1);
    COLUMN(L_END2)[slot] = sw_nl_agent(SW_NL_T, end2);
    COLUMN(L_COLOR)[slot] = sw_nl_number(5);
    COLUMN(L_LABEL)[slot] = empty;
    COLUMN(L_LABEL_COLOR)[slot] = sw_nl_number(9.9);
    COLUMN(L_HIDDEN)[slot] = SW_NL_FALSE;
    COLUMN(L_BREED)[slot] = SW_NL_SET(SW_NL_L, (unsigned)breed);
    COLUMN(L_SHAPE)[slot] = shape;
    COLUMN(L_TIE_MODE)[slot] = none;
    remember(e, end1, slot);
    remember(e, end2, slot);
    sw_nl_order_insert(e, SW_NL_L, 0, slot);
    if (breed != 0)
        sw_nl_order_insert(e, SW_NL_L, breed, slot);
    return slot;
}

static bool
is_tied(const sw_nl_engine *e, int32_t slot)
{
    sw_nl_v mode = COLUMN(L_TIE_MODE)[slot];
    return sw_nl_is_string(mode) && strcmp(sw_nl_string_of(mode)->text, "none") != 0;
}

void
sw_nl_link_die(sw_nl_engine *e, int32_t slot)
{
    sw_nl_world *w = &e->world;
    if (!w->links.alive[slot])
        return;
    int32_t breed = sw_nl_breed_of(e, SW_NL_L, slot);
    w->ties -= is_tied(e, slot);
    sw_nl_order_remove(e, SW_NL_L, 0, slot);
    if (breed != 0)
        sw_nl_order_remove(e, SW_NL_L, breed, slot);
    forget(e, end_of(e, slot, 0), slot);
    forget(e, end_of(e, slot, 1), slot);
    w->links.alive[slot] = 0;
    if (w->links.breed[0].n == 0) {
        w->unbreeded_links = 0;
        w->directed_links = 0;
    }
    if (w->subject == sw_nl_agent(SW_NL_L, slot)) {
        w->subject = SW_NL_NOBODY;
        w->perspective = 0;
    }
}

void
sw_nl_clear_links(sw_nl_engine *e)
{
    sw_nl_world *w = &e->world;
    sw_nl_order *all = &w->links.breed[0];
    for (int32_t i = 0; i < all->n; i++) {
        int32_t slot = all->id[i];
        w->turtle_links[end_of(e, slot, 0)].n = 0;
        w->turtle_links[end_of(e, slot, 1)].n = 0;
        w->links.alive[slot] = 0;
    }
    for (int32_t b = 0; b < w->links.n_breeds; b++)
        w->links.breed[b].n = w->links.breed[b].dead = 0;
    w->ties = 0;
    w->unbreeded_links = 0;
    w->directed_links = 0;
}

int32_t
sw_nl_link_find(const sw_nl_engine *e, int32_t breed, int32_t from, int32_t to, bool both_ways)
{
    const sw_nl_ids *ids = &e->world.turtle_links[from];
    const sw_nl_ids *other = &e->world.turtle_links[to];
    if (other->n < ids->n)
        ids = other;
    int32_t found = -1;
    for (int32_t i = 0; i < ids->n; i++) {
        int32_t link = ids->id[i];
        if (breed != 0 && sw_nl_breed_of(e, SW_NL_L, link) != breed)
            continue;
        int32_t a = end_of(e, link, 0), b = end_of(e, link, 1);
        bool undirected = !sw_nl_link_is_directed(e, link);
        if ((a == from && b == to) || ((both_ways || undirected) && a == to && b == from))
            return link;
    }
    return found;
}

void
sw_nl_link_set_breed(sw_nl_engine *e, int32_t slot, int32_t breed)
{
    int32_t old = sw_nl_breed_of(e, SW_NL_L, slot);
    const sw_nl_breed *all = e->program->link_breed;
    if (old == breed)
        return;
    sw_nl_order_remove(e, SW_NL_L, 0, slot);
    if (old != 0)
        sw_nl_order_remove(e, SW_NL_L, old, slot);
    COLUMN(L_BREED)[slot] = SW_NL_SET(SW_NL_L, (unsigned)breed);
    sw_nl_order_insert(e, SW_NL_L, 0, slot);
    if (breed != 0)
        sw_nl_order_insert(e, SW_NL_L, breed, slot);
    for (int32_t c = L_BUILTIN; c < e->world.links.n_columns; c++) {
        uint8_t bit = (uint8_t)(1 << c % 8);
        bool of_all = all[0].owns != NULL && all[0].owns[c / 8] & bit;
        bool had = old != 0 && all[old].owns != NULL && all[old].owns[c / 8] & bit;
        bool has = breed != 0 && all[breed].owns != NULL && all[breed].owns[c / 8] & bit;
        if (!of_all && !(had && has))
            COLUMN(c)[slot] = 0;
    }
    COLUMN(L_SHAPE)[slot] = default_link_shape(e, breed);
}

// ---- Setting variables --------------------------------------------------------------------------

static void __attribute__((noreturn))
wrong_type(sw_nl_engine *e, const sw_nl_node *n, int32_t column, const char *wanted, sw_nl_v v)
{
    sw_nl_text t = {.e = e};
    sw_nl_dump(&t, v, false, false);
    char upper[64];
    sw_nl_upper(e->program->link_var[column], upper, sizeof upper);
    sw_nl_fail(e, n, "can't set link variable %s to non-%s %s", upper, wanted, sw_nl_text_end(&t));
}

static void
set_tie_mode(sw_nl_engine *e, const sw_nl_node *n, int32_t slot, sw_nl_v v)
{
    if (!sw_nl_is_string(v))
        wrong_type(e, n, L_TIE_MODE, "string", v);
    e->world.ties -= is_tied(e, slot);
    COLUMN(L_TIE_MODE)[slot] = v;
    e->world.ties += is_tied(e, slot);
}

static void
set_breed(sw_nl_engine *e, const sw_nl_node *n, int32_t slot, sw_nl_v v)
{
    if (SW_NL_TAG(v) != SW_NL_TAG_SET || SW_NL_SET_KIND(v) != SW_NL_L)
        sw_nl_fail(e, n, "You can't set BREED to a non-link-breed agentset.");
    int32_t breed = (int32_t)SW_NL_SET_BREED(v);
    if (sw_nl_link_find(e, breed, end_of(e, slot, 0), end_of(e, slot, 1), false) >= 0 &&
        breed != 0 && breed != sw_nl_breed_of(e, SW_NL_L, slot))
        sw_nl_fail(e, n, "there is already a %s with endpoints turtle %d and turtle %d",
                   e->program->link_breed[breed].singular, e->world.turtle_who[end_of(e, slot, 0)],
                   e->world.turtle_who[end_of(e, slot, 1)]);
    sw_nl_link_set_breed(e, slot, breed);
}

void
sw_nl_set_link_var(sw_nl_engine *e, const sw_nl_node *n, int32_t slot, int32_t column, sw_nl_v v)
{
    switch (column) {
    case L_END1:
    case L_END2:
        sw_nl_fail(e, n, "you can't change a link's endpoints");
    case L_COLOR:
    case L_LABEL_COLOR:
        v = sw_nl_check_color(e, n, v, "link");
        break;
    case L_HIDDEN:
        if (!sw_nl_is_bool(v))
            wrong_type(e, n, column, "boolean", v);
        break;
    case L_THICKNESS:
        if (!sw_nl_is_number(v))
            wrong_type(e, n, column, "number", v);
        break;
    case L_BREED:
        set_breed(e, n, slot, v);
        return;
    case L_TIE_MODE:
        set_tie_mode(e, n, slot, v);
        return;
    case L_SHAPE:
        if (!sw_nl_is_string(v))
            wrong_type(e, n, column, "string", v);
        v = sw_nl_known_shape(e, sw_nl_string_of(v), true);
        if (v == SW_NL_NOTHING)
            sw_nl_fail(e, n, "that is not a currently defined link shape.");
        break;
    default:
        break;
    }
    COLUMN(column)[slot] = v;
}

// ---- Ties ---------------------------------------------------------------------------------------
// A turtle carries those tied to it, and they those tied to them. Whoever is on the way from the
// first turtle to one that moves, or tied to somebody on it, is not carried again by it.

enum { MAX_CARRIED = 4096 };

typedef struct carried {
    int32_t turtle[MAX_CARRIED];
    int n;
} carried;

static bool
carry(carried *c, int32_t turtle)
{
    for (int i = 0; i < c->n; i++)
        if (c->turtle[i] == turtle)
            return false;
    if (c->n == MAX_CARRIED)
        return false;
    c->turtle[c->n++] = turtle;
    return true;
}

// The turtle that `link` ties to `turtle`, −1 for none.
static int32_t
tied_by(const sw_nl_engine *e, int32_t link, int32_t turtle, bool *fixed)
{
    if (!is_tied(e, link))
        return -1;
    *fixed = strcmp(sw_nl_string_of(COLUMN(L_TIE_MODE)[link])->text, "fixed") == 0;
    if (end_of(e, link, 0) == turtle)
        return end_of(e, link, 1);
    return sw_nl_link_is_directed(e, link) ? -1 : end_of(e, link, 0);
}

// Adds the turtles tied to root that are not yet known; returns where they begin.
static int
tied_to(const sw_nl_engine *e, carried *c, int32_t root)
{
    int from = c->n;
    sw_nl_ids ids = e->world.turtle_links[root];
    for (int32_t i = 0; i < ids.n; i++) {
        bool fixed;
        int32_t t = tied_by(e, ids.id[i], root, &fixed);
        if (t >= 0)
            carry(c, t);
    }
    return from;
}

static bool
is_fixed(const sw_nl_engine *e, int32_t root, int32_t turtle)
{
    sw_nl_ids ids = e->world.turtle_links[root];
    for (int32_t i = 0; i < ids.n; i++) {
        bool fixed = false;
        if (tied_by(e, ids.id[i], root, &fixed) == turtle && fixed)
            return true;
    }
    return false;
}

// Moves a turtle without what it carries; false when the edge forbids it.
static bool
move_alone(sw_nl_engine *e, int32_t turtle, double x, double y)
{
    int ties = e->world.ties;
    e->world.ties = 0;
    bool moved = sw_nl_turtle_move(e, turtle, x, y);
    e->world.ties = ties;
    return moved;
}

static void
shift(sw_nl_engine *e, carried *c, int32_t root, double dx, double dy)
{
    int before = c->n, from = tied_to(e, c, root), to = c->n;
    sw_nl_v *const *column = e->world.turtles.column;
    for (int i = from; i < to; i++) {
        int32_t t = c->turtle[i];
        if (move_alone(e, t, sw_nl_double(column[T_XCOR][t]) + dx,
                       sw_nl_double(column[T_YCOR][t]) + dy))
            shift(e, c, t, dx, dy);
    }
    c->n = before;
}

void
sw_nl_tie_moved(sw_nl_engine *e, int32_t slot, double x, double y, double old_x, double old_y)
{
    if (e->world.turtle_links[slot].n == 0)
        return;
    carried c = {.n = 0};
    carry(&c, slot);
    shift(e, &c, slot, x - old_x, y - old_y);
}

// Swings a turtle around root, with what it carries.
static void
swing(sw_nl_engine *e, carried *c, int32_t root, int32_t t, double by)
{
    sw_nl_world *w = &e->world;
    sw_nl_v *const *column = w->turtles.column;
    double x = sw_nl_double(column[T_XCOR][root]), y = sw_nl_double(column[T_YCOR][root]);
    double tx = sw_nl_double(column[T_XCOR][t]), ty = sw_nl_double(column[T_YCOR][t]);
    double r = sw_nl_distance(w, x, y, tx, ty, true), heading;
    if (r == 0 || !sw_nl_towards(w, x, y, tx, ty, true, &heading))
        return;
    // The angle stays as the sum gives it, since the last bit depends on that.
    heading += by;
    double radians = heading * 0.017453292519943295, sine, cosine;
    if (heading == (int)heading) {
        int whole = ((int)heading % 360 + 360) % 360;
        sine = w->sine[whole];
        cosine = w->cosine[whole];
    } else {
        sine = sw_nl_sin(radians);
        cosine = sw_nl_cos(radians);
    }
    double new_x = x + r * sine, new_y = y + r * cosine;
    if (move_alone(e, t, new_x, new_y))
        shift(e, c, t, new_x - tx, new_y - ty);
}

static void
turn(sw_nl_engine *e, carried *c, int32_t root, double by)
{
    int before = c->n, from = tied_to(e, c, root), to = c->n;
    for (int i = from; i < to; i++) {
        int32_t t = c->turtle[i];
        swing(e, c, root, t, by);
        if (!is_fixed(e, root, t))
            continue;
        double heading = sw_nl_double(e->world.turtles.column[T_HEADING][t]);
        sw_nl_turtle_set_heading(e, t, heading + by, false);
        turn(e, c, t, by);
    }
    c->n = before;
}

void
sw_nl_tie_turned(sw_nl_engine *e, int32_t slot, double heading, double old)
{
    if (e->world.turtle_links[slot].n == 0)
        return;
    double by = heading - old;
    if (by > 180)
        by -= 360;
    else if (by < -180)
        by += 360;
    carried c = {.n = 0};
    carry(&c, slot);
    turn(e, &c, slot, by);
}
