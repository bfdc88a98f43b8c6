// SPDX-License-Identifier: Apache-2.0
// What turtles do: being born, moving, turning, facing, climbing, dying.
#include "models/netlogo/prims.h"
#include "models/netlogo/world.h"

#include <math.h>

// Steps up to this length are taken for the rounding left by the steps before.
#define INFINITESIMAL 3.2e-15
#define MAX_BORN 100000000.0

static double
xcor(const sw_nl_engine *e)
{
    return sw_nl_double(e->world.turtles.column[T_XCOR][e->id]);
}

static double
ycor(const sw_nl_engine *e)
{
    return sw_nl_double(e->world.turtles.column[T_YCOR][e->id]);
}

static double
heading(const sw_nl_engine *e)
{
    return sw_nl_double(e->world.turtles.column[T_HEADING][e->id]);
}

// ---- Birth --------------------------------------------------------------------------------------

static int
ask_new(sw_nl_engine *e, const sw_nl_node *n, sw_nl_agentset *born)
{
    if (n->n_args < 2 || n->arg[1]->n_args == 0)
        return SW_NL_NEXT;
    return sw_nl_ask_ids(e, n, SW_NL_T, born, true, n->arg[1]);
}

static uint32_t
how_many(sw_nl_engine *e, const sw_nl_node *n)
{
    double count = trunc(sw_nl_num(e, n, 0));
    if (count > MAX_BORN)
        sw_nl_limit(e, "More turtles were asked for than memory can hold.");
    return count > 0 ? (uint32_t)count : 0;
}

static void
random_looks(sw_nl_engine *e, int32_t slot)
{
    sw_nl_world *w = &e->world;
    w->turtles.column[T_COLOR][slot] = sw_nl_number(5 + 10.0 * sw_nl_random_int(e->random, 14));
    w->turtles.column[T_HEADING][slot] = sw_nl_number(sw_nl_random_int(e->random, 360));
}

static void
step(sw_nl_engine *e)
{
    if (--e->fuel_left == 0)
        sw_nl_out_of_fuel(e);
}

EXEC(create_turtles)
{
    uint32_t count = how_many(e, n);
    sw_nl_agentset *born = sw_nl_set_new(e, SW_NL_T, count);
    for (uint32_t i = 0; i < count; i++) {
        step(e);
        int32_t slot = sw_nl_turtle_new(e, n->breed, 0, 0);
        random_looks(e, slot);
        born->id[born->o.n++] = slot;
    }
    return ask_new(e, n, born);
}

EXEC(create_ordered)
{
    uint32_t count = how_many(e, n);
    sw_nl_agentset *born = sw_nl_set_new(e, SW_NL_T, count);
    for (uint32_t i = 0; i < count; i++) {
        step(e);
        int32_t slot = sw_nl_turtle_new(e, n->breed, 0, 0);
        e->world.turtles.column[T_COLOR][slot] = sw_nl_number(5 + 10.0 * (i % 14));
        e->world.turtles.column[T_HEADING][slot] = sw_nl_number(360.0 * i / count);
        born->id[born->o.n++] = slot;
    }
    return ask_new(e, n, born);
}

EXEC(sprout)
{
    uint32_t count = how_many(e, n);
    sw_nl_agentset *born = sw_nl_set_new(e, SW_NL_T, count);
    double x, y;
    sw_nl_position(e, sw_nl_self(e), &x, &y);
    for (uint32_t i = 0; i < count; i++) {
        step(e);
        int32_t slot = sw_nl_turtle_new(e, n->breed, x, y);
        random_looks(e, slot);
        born->id[born->o.n++] = slot;
    }
    return ask_new(e, n, born);
}

EXEC(hatch)
{
    uint32_t count = how_many(e, n);
    sw_nl_agentset *born = sw_nl_set_new(e, SW_NL_T, count);
    bool own = strcmp(n->prim->name, "hatch") != 0;
    for (uint32_t i = 0; i < count; i++) {
        step(e);
        born->id[born->o.n] = sw_nl_turtle_hatch(e, e->id, own ? n->breed : -1);
        born->o.n++;
    }
    return ask_new(e, n, born);
}

EXEC(die)
{
    (void)n;
    if (e->kind == SW_NL_T)
        sw_nl_turtle_die(e, e->id);
    else
        sw_nl_link_die(e, e->id);
    return SW_NL_DIED;
}

// ---- Movement -----------------------------------------------------------------------------------

static int
walk(sw_nl_engine *e, double distance)
{
    double unit = distance < 0 ? -1 : 1;
    distance = fabs(distance);
    while (distance > 1) {
        step(e);
        if (!sw_nl_turtle_jump(e, e->id, unit))
            return SW_NL_NEXT;
        distance -= 1;
    }
    if (distance > INFINITESIMAL)
        sw_nl_turtle_jump(e, e->id, unit * distance);
    return SW_NL_NEXT;
}

EXEC(forward)
{
    return walk(e, sw_nl_num(e, n, 0));
}
EXEC(back)
{
    return walk(e, -sw_nl_num(e, n, 0));
}

EXEC(jump)
{
    sw_nl_turtle_jump(e, e->id, sw_nl_num(e, n, 0));
    return SW_NL_NEXT;
}

EXEC(right)
{
    double by = sw_nl_num(e, n, 0);
    sw_nl_turtle_set_heading(e, e->id, heading(e) + by, true);
    return SW_NL_NEXT;
}

EXEC(left)
{
    double by = sw_nl_num(e, n, 0);
    sw_nl_turtle_set_heading(e, e->id, heading(e) - by, true);
    return SW_NL_NEXT;
}

EXEC(setxy)
{
    double x = sw_nl_num(e, n, 0), y = sw_nl_num(e, n, 1);
    if (!sw_nl_turtle_move(e, e->id, x, y))
        sw_nl_fail(e, n,
                   "The point [ %g , %g ] is outside of the boundaries of the world and "
                   "wrapping is not permitted in one or both directions.",
                   x, y);
    return SW_NL_NEXT;
}

EXEC(home)
{
    (void)n;
    sw_nl_turtle_move(e, e->id, 0, 0);
    return SW_NL_NEXT;
}

EXEC(move_to)
{
    sw_nl_v v = EV(0);
    if (sw_nl_agent_kind(v) == SW_NL_L)
        sw_nl_fail(e, n, "you can't move-to a link");
    if (!sw_nl_is_agent(v))
        sw_nl_wrong(e, n, SW_NL_AGT, v);
    if (!sw_nl_alive(e, v))
        sw_nl_fail(e, n, "That turtle is dead.");
    double x, y;
    sw_nl_position(e, v, &x, &y);
    sw_nl_turtle_move(e, e->id, x, y);
    return SW_NL_NEXT;
}

// ---- Facing -------------------------------------------------------------------------------------

static int
face_point(sw_nl_engine *e, double x, double y, bool wrap)
{
    double h;
    if (sw_nl_towards(&e->world, xcor(e), ycor(e), x, y, wrap, &h))
        sw_nl_turtle_set_heading(e, e->id, h, true);
    return SW_NL_NEXT;
}

static int
face_agent(sw_nl_engine *e, const sw_nl_node *n, bool wrap)
{
    double x, y;
    sw_nl_v v = EV(0);
    if (!sw_nl_is_agent(v) || sw_nl_agent_kind(v) == SW_NL_L) {
        if (sw_nl_agent_kind(v) == SW_NL_L)
            sw_nl_fail(e, n, "Expected a turtle or a patch but got a link.");
        sw_nl_wrong(e, n, SW_NL_AGT, v);
    }
    if (!sw_nl_alive(e, v))
        sw_nl_fail(e, n, "That turtle is dead.");
    sw_nl_position(e, v, &x, &y);
    return face_point(e, x, y, wrap);
}

EXEC(face)
{
    return face_agent(e, n, true);
}
EXEC(face_nowrap)
{
    return face_agent(e, n, false);
}

EXEC(facexy)
{
    double x = sw_nl_num(e, n, 0), y = sw_nl_num(e, n, 1);
    return face_point(e, x, y, true);
}

EXEC(facexy_nowrap)
{
    double x = sw_nl_num(e, n, 0), y = sw_nl_num(e, n, 1);
    return face_point(e, x, y, false);
}

// ---- Climbing -----------------------------------------------------------------------------------

// Moves to the best neighbour if it beats the own patch; ties are drawn.
static int
climb(sw_nl_engine *e, const sw_nl_node *n, int sign, bool four)
{
    const sw_nl_node *var = n->arg[0];
    int32_t around[8], best[8], here = e->world.turtle_patch[e->id];
    if (var->kind != SW_NL_N_AGENT_VAR || var->var.p < 0)
        sw_nl_fail(e, n, "You can only climb a patch variable.");
    const sw_nl_v *column = e->world.patch[var->var.p];
    int count = sw_nl_neighbors(&e->world, here, around, four), ties = 0;
    double top = sign > 0 ? -INFINITY : INFINITY;
    for (int i = 0; i < count; i++) {
        if (!sw_nl_is_number(column[around[i]]))
            continue;
        double d = sw_nl_double(column[around[i]]);
        if (sign > 0 ? d > top : d < top) {
            top = d;
            ties = 0;
        }
        if (d == top)
            best[ties++] = around[i];
    }
    double own = sw_nl_is_number(column[here]) ? sw_nl_double(column[here]) : 0;
    if (ties == 0 || (sign > 0 ? top <= own : top >= own))
        return SW_NL_NEXT;
    int32_t patch = best[sw_nl_random_int(e->random, ties)];
    double x, y;
    sw_nl_v target = sw_nl_agent(SW_NL_P, patch);
    sw_nl_position(e, target, &x, &y);
    face_point(e, x, y, true);
    sw_nl_turtle_move(e, e->id, x, y);
    return SW_NL_NEXT;
}

EXEC(uphill)
{
    return climb(e, n, 1, false);
}
EXEC(uphill4)
{
    return climb(e, n, 1, true);
}
EXEC(downhill)
{
    return climb(e, n, -1, false);
}
EXEC(downhill4)
{
    return climb(e, n, -1, true);
}

// ---- Looks --------------------------------------------------------------------------------------

static int
set_hidden(sw_nl_engine *e, sw_nl_v hidden)
{
    if (e->kind == SW_NL_T)
        e->world.turtles.column[T_HIDDEN][e->id] = hidden;
    else
        e->world.links.column[L_HIDDEN][e->id] = hidden;
    return SW_NL_NEXT;
}

EXEC(hide)
{
    (void)n;
    return set_hidden(e, SW_NL_TRUE);
}
EXEC(show_agent)
{
    (void)n;
    return set_hidden(e, SW_NL_FALSE);
}

static int
set_pen(sw_nl_engine *e, const char *mode)
{
    sw_nl_v v = sw_nl_string_new(e, mode, strlen(mode));
    e->world.turtles.column[T_PEN_MODE][e->id] = v;
    return SW_NL_NEXT;
}

EXEC(pen_down)
{
    (void)n;
    return set_pen(e, "down");
}
EXEC(pen_up)
{
    (void)n;
    return set_pen(e, "up");
}
EXEC(pen_erase)
{
    (void)n;
    return set_pen(e, "erase");
}

sw_nl_v
sw_nl_known_shape(sw_nl_engine *e, const sw_nl_string *name, bool link)
{
    const char **shape = link ? e->world.link_shape : e->world.turtle_shape;
    size_t count = link ? e->world.n_link_shapes : e->world.n_turtle_shapes;
    char wanted[128], have[128];
    sw_nl_upper(name->text, wanted, sizeof wanted);
    for (size_t i = 0; i < count; i++) {
        sw_nl_upper(shape[i], have, sizeof have);
        if (strcmp(wanted, have) == 0)
            return sw_nl_string_new(e, shape[i], strlen(shape[i]));
    }
    if (strcmp(wanted, "DEFAULT") == 0)
        return sw_nl_string_new(e, "default", 7);
    return SW_NL_NOTHING;
}

EXEC(set_default_shape)
{
    sw_nl_v set = EV(0);
    const sw_nl_string *name = sw_nl_arg_string(e, n, 1);
    if (SW_NL_TAG(set) != SW_NL_TAG_SET || SW_NL_SET_KIND(set) == SW_NL_P)
        sw_nl_fail(e, n,
                   "can only set the default shape of all turtles, all links, or an entire "
                   "breed");
    bool link = SW_NL_SET_KIND(set) == SW_NL_L;
    sw_nl_v shape = sw_nl_known_shape(e, name, link);
    if (shape == SW_NL_NOTHING)
        sw_nl_fail(e, n, "\"%s\" is not a currently defined %sshape.", name->text,
                   link ? "link " : "");
    (link ? e->world.default_link_shape : e->world.default_shape)[SW_NL_SET_BREED(set)] = shape;
    return SW_NL_NEXT;
}

// ---- Asking about oneself -----------------------------------------------------------------------

EVAL(dx)
{
    (void)n;
    double x, y;
    sw_nl_turtle_dxdy(e, e->id, &x, &y, true);
    return sw_nl_number(x);
}

EVAL(dy)
{
    (void)n;
    double x, y;
    sw_nl_turtle_dxdy(e, e->id, &x, &y, true);
    return sw_nl_number(y);
}

static sw_nl_v
patch_in_direction(sw_nl_engine *e, double x, double y, double h, double distance)
{
    h = sw_nl_heading_normal(h);
    double radians = h * 0.017453292519943295, sine = sw_nl_sin(radians),
           cosine = sw_nl_cos(radians);
    if (h == (int)h) {
        sine = e->world.sine[(int)h];
        cosine = e->world.cosine[(int)h];
    }
    if (fabs(sine) < 3.2e-15)
        sine = 0;
    if (fabs(cosine) < 3.2e-15)
        cosine = 0;
    int32_t patch = sw_nl_patch_at(&e->world, x + distance * sine, y + distance * cosine);
    return patch < 0 ? SW_NL_NOBODY : sw_nl_agent(SW_NL_P, patch);
}

EVAL(patch_ahead)
{
    double d = sw_nl_num(e, n, 0);
    return patch_in_direction(e, xcor(e), ycor(e), heading(e), d);
}

EVAL(can_move)
{
    double d = sw_nl_num(e, n, 0);
    return sw_nl_bool(patch_in_direction(e, xcor(e), ycor(e), heading(e), d) != SW_NL_NOBODY);
}

EVAL(patch_left_and_ahead)
{
    double angle = sw_nl_num(e, n, 0), d = sw_nl_num(e, n, 1);
    return patch_in_direction(e, xcor(e), ycor(e), heading(e) - angle, d);
}

EVAL(patch_right_and_ahead)
{
    double angle = sw_nl_num(e, n, 0), d = sw_nl_num(e, n, 1);
    return patch_in_direction(e, xcor(e), ycor(e), heading(e) + angle, d);
}

EVAL(patch_at_heading)
{
    double h = sw_nl_num(e, n, 0), d = sw_nl_num(e, n, 1), x, y;
    sw_nl_position(e, sw_nl_self(e), &x, &y);
    return patch_in_direction(e, x, y, h, d);
}

// ---- Distances and headings ---------------------------------------------------------------------

static sw_nl_v
distance_to(sw_nl_engine *e, double x2, double y2, bool wrap)
{
    double x, y;
    sw_nl_position(e, sw_nl_self(e), &x, &y);
    return sw_nl_number(sw_nl_distance(&e->world, x, y, x2, y2, wrap));
}

static sw_nl_v
heading_to(sw_nl_engine *e, const sw_nl_node *n, double x2, double y2, bool wrap)
{
    double x, y, h;
    sw_nl_position(e, sw_nl_self(e), &x, &y);
    if (!sw_nl_towards(&e->world, x, y, x2, y2, wrap, &h)) {
        char a[SW_NL_NUMBER_TEXT_SIZE], b[SW_NL_NUMBER_TEXT_SIZE];
        sw_nl_number_text(x, a);
        sw_nl_number_text(y, b);
        sw_nl_fail(e, n, "No heading is defined from a point (%s,%s) to that same point.", a, b);
    }
    return sw_nl_number(h);
}

static sw_nl_v
to_agent(sw_nl_engine *e, const sw_nl_node *n, bool wrap, bool direction)
{
    double x, y;
    sw_nl_position(e, sw_nl_arg_agent(e, n, 0, SW_NL_T | SW_NL_P), &x, &y);
    return direction ? heading_to(e, n, x, y, wrap) : distance_to(e, x, y, wrap);
}

static sw_nl_v
to_point(sw_nl_engine *e, const sw_nl_node *n, bool wrap, bool direction)
{
    double x = sw_nl_num(e, n, 0), y = sw_nl_num(e, n, 1);
    return direction ? heading_to(e, n, x, y, wrap) : distance_to(e, x, y, wrap);
}

EVAL(distance)
{
    return to_agent(e, n, true, false);
}
EVAL(distance_nowrap)
{
    return to_agent(e, n, false, false);
}
EVAL(distancexy)
{
    return to_point(e, n, true, false);
}
EVAL(distancexy_nowrap)
{
    return to_point(e, n, false, false);
}
EVAL(towards)
{
    return to_agent(e, n, true, true);
}
EVAL(towards_nowrap)
{
    return to_agent(e, n, false, true);
}
EVAL(towardsxy)
{
    return to_point(e, n, true, true);
}
EVAL(towardsxy_nowrap)
{
    return to_point(e, n, false, true);
}
