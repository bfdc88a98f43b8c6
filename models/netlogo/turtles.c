// SPDX-License-Identifier: Apache-2.0
// Turtles: birth, death, breed, movement with what is tied to them, and the checks of their
// variables.
#include "models/netlogo/engine.h"
#include "models/netlogo/world.h"

#include <math.h>
#include <stdlib.h>

#define COLUMN(c) (e->world.turtles.column[c])

// ---- Patches' lists -----------------------------------------------------------------------------

static void
leave_patch(sw_nl_world *w, int32_t slot)
{
    int32_t patch = w->turtle_patch[slot], next = w->next_turtle[slot];
    int32_t previous = w->previous_turtle[slot];
    if (previous >= 0)
        w->next_turtle[previous] = next;
    else
        w->first_turtle[patch] = next;
    if (next >= 0)
        w->previous_turtle[next] = previous;
    else
        w->last_turtle[patch] = previous;
}

static void
enter_patch(sw_nl_world *w, int32_t slot, int32_t patch)
{
    w->turtle_patch[slot] = patch;
    w->previous_turtle[slot] = w->last_turtle[patch];
    w->next_turtle[slot] = -1;
    if (w->last_turtle[patch] >= 0)
        w->next_turtle[w->last_turtle[patch]] = slot;
    else
        w->first_turtle[patch] = slot;
    w->last_turtle[patch] = slot;
}

// ---- Birth and death ----------------------------------------------------------------------------

static void
give_who(sw_nl_engine *e, int32_t slot)
{
    sw_nl_world *w = &e->world;
    int32_t who = w->next_who++;
    if (who >= w->who_capacity) {
        int32_t capacity = w->who_capacity ? w->who_capacity : 256;
        while (capacity <= who)
            capacity *= 2;
        sw_nl_heap_charge(e->heap, (size_t)(capacity - w->who_capacity) * 4);
        w->who_slot = realloc(w->who_slot, (size_t)capacity * 4);
        if (w->who_slot == NULL)
            sw_nl_limit(e, "Out of memory.");
        memset(w->who_slot + w->who_capacity, 0xFF, (size_t)(capacity - w->who_capacity) * 4);
        w->who_capacity = capacity;
    }
    w->who_slot[who] = slot;
    w->turtle_who[slot] = who;
    COLUMN(T_WHO)[slot] = sw_nl_number(who);
}

int32_t
sw_nl_turtle_who(sw_nl_engine *e, double who)
{
    if (who < 0 || who >= e->world.who_capacity || who != floor(who))
        return -1;
    int32_t slot = e->world.who_slot[(int32_t)who];
    if (slot < 0 || !e->world.turtles.alive[slot] || e->world.turtle_who[slot] != (int32_t)who)
        return -1;
    return slot;
}

sw_nl_v
sw_nl_default_shape(sw_nl_engine *e, int32_t breed)
{
    sw_nl_v shape = e->world.default_shape[breed];
    if (shape == SW_NL_NOTHING)
        shape = e->world.default_shape[0];
    return shape == SW_NL_NOTHING ? sw_nl_string_new(e, "default", 7) : shape;
}

static void
enroll(sw_nl_engine *e, int32_t slot, int32_t breed)
{
    sw_nl_order_insert(e, SW_NL_T, 0, slot);
    if (breed != 0)
        sw_nl_order_insert(e, SW_NL_T, breed, slot);
    e->world.turtle_links[slot].n = 0;
}

int32_t
sw_nl_turtle_new(sw_nl_engine *e, int32_t breed, double x, double y)
{
    sw_nl_v shape = sw_nl_default_shape(e, breed), empty = sw_nl_string_new(e, "", 0);
    sw_nl_v up = sw_nl_string_new(e, "up", 2);
    int32_t slot = sw_nl_slot_new(e, SW_NL_T);
    sw_nl_world *w = &e->world;
    for (int32_t c = 0; c < w->turtles.n_columns; c++)
        w->turtles.column[c][slot] = 0;
    COLUMN(T_XCOR)[slot] = sw_nl_number(x);
    COLUMN(T_YCOR)[slot] = sw_nl_number(y);
    COLUMN(T_SHAPE)[slot] = shape;
    COLUMN(T_LABEL)[slot] = empty;
    COLUMN(T_LABEL_COLOR)[slot] = sw_nl_number(9.9);
    COLUMN(T_BREED)[slot] = SW_NL_SET(SW_NL_T, (unsigned)breed);
    COLUMN(T_HIDDEN)[slot] = SW_NL_FALSE;
    COLUMN(T_SIZE)[slot] = COLUMN(T_PEN_SIZE)[slot] = sw_nl_number(1);
    COLUMN(T_PEN_MODE)[slot] = up;
    give_who(e, slot);
    enroll(e, slot, breed);
    enter_patch(w, slot, sw_nl_patch_at(w, x, y));
    return slot;
}

int32_t
sw_nl_turtle_hatch(sw_nl_engine *e, int32_t parent, int32_t breed)
{
    int32_t slot = sw_nl_slot_new(e, SW_NL_T);
    sw_nl_world *w = &e->world;
    for (int32_t c = 0; c < w->turtles.n_columns; c++)
        w->turtles.column[c][slot] = w->turtles.column[c][parent];
    give_who(e, slot);
    enroll(e, slot, sw_nl_breed_of(e, SW_NL_T, slot));
    enter_patch(w, slot, w->turtle_patch[parent]);
    if (breed >= 0 && breed != sw_nl_breed_of(e, SW_NL_T, slot))
        sw_nl_turtle_set_breed(e, slot, breed);
    return slot;
}

void
sw_nl_turtle_die(sw_nl_engine *e, int32_t slot)
{
    sw_nl_world *w = &e->world;
    if (!w->turtles.alive[slot])
        return;
    while (w->turtle_links[slot].n > 0)
        sw_nl_link_die(e, w->turtle_links[slot].id[w->turtle_links[slot].n - 1]);
    leave_patch(w, slot);
    w->turtles.alive[slot] = 0;
    w->who_slot[w->turtle_who[slot]] = -1;
    int32_t breed = sw_nl_breed_of(e, SW_NL_T, slot);
    sw_nl_order_note_death(e, SW_NL_T, 0);
    if (breed != 0)
        sw_nl_order_note_death(e, SW_NL_T, breed);
    if (w->subject == sw_nl_agent(SW_NL_T, slot)) {
        w->subject = SW_NL_NOBODY;
        w->perspective = 0;
    }
}

void
sw_nl_clear_turtles(sw_nl_engine *e)
{
    sw_nl_world *w = &e->world;
    sw_nl_clear_links(e);
    sw_nl_order *all = &w->turtles.breed[0];
    for (int32_t i = 0; i < all->n; i++)
        if (w->turtles.alive[all->id[i]]) {
            int32_t slot = all->id[i];
            leave_patch(w, slot);
            w->turtles.alive[slot] = 0;
            w->who_slot[w->turtle_who[slot]] = -1;
        }
    for (int32_t b = 0; b < w->turtles.n_breeds; b++)
        w->turtles.breed[b].n = w->turtles.breed[b].dead = 0;
    w->next_who = 0;
    if (sw_nl_agent_kind(w->subject) == SW_NL_T) {
        w->subject = SW_NL_NOBODY;
        w->perspective = 0;
    }
}

// Variables that the new breed lacks start again at 0, as do those it has and the old one lacked.
void
sw_nl_turtle_set_breed(sw_nl_engine *e, int32_t slot, int32_t breed)
{
    int32_t old = sw_nl_breed_of(e, SW_NL_T, slot);
    const sw_nl_breed *all = e->program->turtle_breed;
    if (old != breed) {
        if (old != 0)
            sw_nl_order_remove(e, SW_NL_T, old, slot);
        COLUMN(T_BREED)[slot] = SW_NL_SET(SW_NL_T, (unsigned)breed);
        if (breed != 0)
            sw_nl_order_insert(e, SW_NL_T, breed, slot);
        for (int32_t c = T_BUILTIN; c < e->world.turtles.n_columns; c++) {
            uint8_t bit = (uint8_t)(1 << c % 8);
            bool of_all = all[0].owns != NULL && all[0].owns[c / 8] & bit;
            bool had = old != 0 && all[old].owns != NULL && all[old].owns[c / 8] & bit;
            bool has = breed != 0 && all[breed].owns != NULL && all[breed].owns[c / 8] & bit;
            if (!of_all && !(had && has))
                COLUMN(c)[slot] = 0;
        }
    }
    COLUMN(T_SHAPE)[slot] = sw_nl_default_shape(e, breed);
}

// ---- Movement -----------------------------------------------------------------------------------

static void
place(sw_nl_engine *e, int32_t slot, double x, double y)
{
    sw_nl_world *w = &e->world;
    COLUMN(T_XCOR)[slot] = sw_nl_number(x);
    COLUMN(T_YCOR)[slot] = sw_nl_number(y);
    int32_t patch = sw_nl_patch_at(w, x, y);
    if (patch != w->turtle_patch[slot]) {
        leave_patch(w, slot);
        enter_patch(w, slot, patch);
    }
}

bool
sw_nl_turtle_move(sw_nl_engine *e, int32_t slot, double x, double y)
{
    double wrapped_x, wrapped_y;
    if (!sw_nl_wrap_x(&e->world, x, &wrapped_x) || !sw_nl_wrap_y(&e->world, y, &wrapped_y))
        return false;
    double old_x = sw_nl_double(COLUMN(T_XCOR)[slot]), old_y = sw_nl_double(COLUMN(T_YCOR)[slot]);
    place(e, slot, wrapped_x, wrapped_y);
    if (e->world.ties > 0)
        sw_nl_tie_moved(e, slot, x, y, old_x, old_y);
    return true;
}

bool
sw_nl_turtle_jump(sw_nl_engine *e, int32_t slot, double distance)
{
    double dx, dy;
    sw_nl_turtle_dxdy(e, slot, &dx, &dy, false);
    return sw_nl_turtle_move(e, slot, sw_nl_double(COLUMN(T_XCOR)[slot]) + distance * dx,
                             sw_nl_double(COLUMN(T_YCOR)[slot]) + distance * dy);
}

void
sw_nl_turtle_set_heading(sw_nl_engine *e, int32_t slot, double heading, bool tied)
{
    double old = sw_nl_double(COLUMN(T_HEADING)[slot]);
    heading = sw_nl_heading_normal(heading);
    COLUMN(T_HEADING)[slot] = sw_nl_number(heading);
    if (tied && e->world.ties > 0)
        sw_nl_tie_turned(e, slot, heading, old);
}

// ---- Setting variables --------------------------------------------------------------------------

static void __attribute__((noreturn))
wrong_type(sw_nl_engine *e, const sw_nl_node *n, const char *kind, const char *name,
           const char *wanted, sw_nl_v v)
{
    sw_nl_text t = {.e = e};
    sw_nl_dump(&t, v, false, false);
    char upper[64];
    sw_nl_upper(name, upper, sizeof upper);
    sw_nl_fail(e, n, "can't set %s variable %s to non-%s %s", kind, upper, wanted,
               sw_nl_text_end(&t));
}

static double
number_or_fail(sw_nl_engine *e, const sw_nl_node *n, int32_t column, sw_nl_v v)
{
    if (!sw_nl_is_number(v))
        wrong_type(e, n, "turtle", e->program->turtle_var[column], "number", v);
    return sw_nl_double(v);
}

static void
set_shape(sw_nl_engine *e, const sw_nl_node *n, int32_t slot, sw_nl_v v)
{
    if (!sw_nl_is_string(v))
        wrong_type(e, n, "turtle", "shape", "string", v);
    sw_nl_v known = sw_nl_known_shape(e, sw_nl_string_of(v), false);
    if (known == SW_NL_NOTHING)
        sw_nl_fail(e, n, "\"%s\" is not a currently defined shape.", sw_nl_string_of(v)->text);
    COLUMN(T_SHAPE)[slot] = known;
}

static void
set_coordinate(sw_nl_engine *e, const sw_nl_node *n, int32_t slot, int32_t column, sw_nl_v v)
{
    double d = number_or_fail(e, n, column, v);
    double x = column == T_XCOR ? d : sw_nl_double(COLUMN(T_XCOR)[slot]);
    double y = column == T_YCOR ? d : sw_nl_double(COLUMN(T_YCOR)[slot]);
    if (!sw_nl_turtle_move(e, slot, x, y))
        sw_nl_fail(e, n, "Cannot move turtle beyond the world's edge.");
}

static void
set_pen_mode(sw_nl_engine *e, const sw_nl_node *n, int32_t slot, sw_nl_v v)
{
    if (!sw_nl_is_string(v))
        wrong_type(e, n, "turtle", "pen-mode", "string", v);
    const char *s = sw_nl_string_of(v)->text;
    if (strcmp(s, "up") != 0 && strcmp(s, "down") != 0 && strcmp(s, "erase") != 0)
        sw_nl_fail(e, n, "%s is not a legal pen mode (up, down, erase)", s);
    COLUMN(T_PEN_MODE)[slot] = v;
}

void
sw_nl_set_turtle_var(sw_nl_engine *e, const sw_nl_node *n, int32_t slot, int32_t column, sw_nl_v v)
{
    if (column >= T_BUILTIN || column == T_LABEL) {
        COLUMN(column)[slot] = v;
        return;
    }
    switch (column) {
    case T_COLOR:
    case T_LABEL_COLOR:
        COLUMN(column)[slot] = sw_nl_check_color(e, n, v, "turtle");
        break;
    case T_HEADING:
        sw_nl_turtle_set_heading(e, slot, number_or_fail(e, n, column, v), true);
        break;
    case T_XCOR:
    case T_YCOR:
        set_coordinate(e, n, slot, column, v);
        break;
    case T_SHAPE:
        set_shape(e, n, slot, v);
        break;
    case T_BREED:
        if (SW_NL_TAG(v) != SW_NL_TAG_SET || SW_NL_SET_KIND(v) != SW_NL_T)
            sw_nl_fail(e, n, "You can't set BREED to a non-breed agentset.");
        sw_nl_turtle_set_breed(e, slot, (int32_t)SW_NL_SET_BREED(v));
        break;
    case T_HIDDEN:
        if (!sw_nl_is_bool(v))
            wrong_type(e, n, "turtle", "hidden?", "boolean", v);
        COLUMN(column)[slot] = v;
        break;
    case T_SIZE:
    case T_PEN_SIZE:
        number_or_fail(e, n, column, v);
        COLUMN(column)[slot] = v;
        break;
    case T_PEN_MODE:
        set_pen_mode(e, n, slot, v);
        break;
    default:
        sw_nl_fail(e, n, "you can't change a turtle's ID number");
    }
}

void
sw_nl_set_patch_var(sw_nl_engine *e, const sw_nl_node *n, int32_t patch, int32_t column, sw_nl_v v)
{
    if (column == P_COLOR || column == P_LABEL_COLOR) {
        if (column == P_COLOR && !sw_nl_is_number(v) && !sw_nl_is_list(v))
            wrong_type(e, n, "patch", "pcolor", "number", v);
        v = sw_nl_check_color(e, n, v, "patch");
    } else if (column <= P_YCOR) {
        sw_nl_fail(e, n, "you can't change a patch's coordinates");
    }
    e->world.patch[column][patch] = v;
}
