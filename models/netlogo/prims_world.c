// SPDX-License-Identifier: Apache-2.0
// The world as a whole: clearing, ticks, size, diffusion, perspective.
#include "models/netlogo/prims.h"
#include "models/netlogo/world.h"

#include <math.h>

static void
clear_ticks(sw_nl_engine *e)
{
    e->world.ticks = -1;
}

static void
clear_globals(sw_nl_engine *e)
{
    for (size_t i = e->program->n_control_globals; i < e->program->n_globals; i++)
        e->global[i] = sw_nl_number(0);
}

void
sw_nl_clear_all(sw_nl_engine *e)
{
    clear_globals(e);
    clear_ticks(e);
    sw_nl_clear_turtles(e);
    sw_nl_clear_patches(e);
    sw_nl_plots_clear(e);
    e->world.subject = SW_NL_NOBODY;
    e->world.perspective = 0;
}

EXEC(clear_all)
{
    (void)n;
    sw_nl_clear_all(e);
    return SW_NL_NEXT;
}
EXEC(clear_turtles)
{
    (void)n;
    sw_nl_clear_turtles(e);
    return SW_NL_NEXT;
}
EXEC(clear_patches)
{
    (void)n;
    sw_nl_clear_patches(e);
    return SW_NL_NEXT;
}
EXEC(clear_links)
{
    (void)n;
    sw_nl_clear_links(e);
    return SW_NL_NEXT;
}
EXEC(clear_globals)
{
    (void)n;
    clear_globals(e);
    return SW_NL_NEXT;
}
EXEC(clear_ticks)
{
    (void)n;
    clear_ticks(e);
    return SW_NL_NEXT;
}
EXEC(clear_all_plots)
{
    (void)n;
    sw_nl_plots_clear(e);
    return SW_NL_NEXT;
}

EXEC(reset_ticks)
{
    (void)n;
    e->world.ticks = 0;
    sw_nl_plots_setup(e);
    sw_nl_plots_update(e);
    return SW_NL_NEXT;
}

EXEC(clear_all_reset)
{
    sw_nl_clear_all(e);
    return sw_nl_p_reset_ticks(e, n);
}

static void
check_ticks(sw_nl_engine *e, const sw_nl_node *n)
{
    if (e->world.ticks < 0)
        sw_nl_fail(e, n, "The tick counter has not been started yet. Use RESET-TICKS.");
}

EXEC(tick)
{
    check_ticks(e, n);
    e->world.ticks += 1;
    sw_nl_plots_update(e);
    return SW_NL_NEXT;
}

EXEC(tick_advance)
{
    double by = sw_nl_num(e, n, 0);
    if (by < 0)
        sw_nl_fail(e, n, "Cannot advance the tick counter by a negative amount.");
    check_ticks(e, n);
    e->world.ticks += by;
    return SW_NL_NEXT;
}

EVAL(ticks)
{
    check_ticks(e, n);
    return sw_nl_number(e->world.ticks);
}

EXEC(reset_timer)
{
    (void)n;
    e->timer_start = e->clock;
    return SW_NL_NEXT;
}
EVAL(timer)
{
    (void)n;
    return sw_nl_number(e->clock - e->timer_start);
}
EVAL(nano_time)
{
    (void)n;
    e->clock += 1e-9;
    return sw_nl_number(floor(e->clock * 1e9));
}

// ---- Size ---------------------------------------------------------------------------------------

EVAL(min_pxcor)
{
    (void)n;
    return sw_nl_number(e->world.min_x);
}
EVAL(max_pxcor)
{
    (void)n;
    return sw_nl_number(e->world.max_x);
}
EVAL(min_pycor)
{
    (void)n;
    return sw_nl_number(e->world.min_y);
}
EVAL(max_pycor)
{
    (void)n;
    return sw_nl_number(e->world.max_y);
}
EVAL(world_width)
{
    (void)n;
    return sw_nl_number(e->world.width);
}
EVAL(world_height)
{
    (void)n;
    return sw_nl_number(e->world.height);
}
EVAL(patch_size)
{
    (void)n;
    return sw_nl_number(e->world.patch_size);
}

EXEC(set_patch_size)
{
    double size = sw_nl_num(e, n, 0);
    if (size <= 0)
        sw_nl_fail(e, n, "Patch size must be greater than zero.");
    e->world.patch_size = size;
    return SW_NL_NEXT;
}

EXEC(resize_world)
{
    int32_t side[4];
    for (int i = 0; i < 4; i++)
        side[i] = sw_nl_arg_int(e, n, i);
    if (side[0] > 0 || side[1] < 0 || side[2] > 0 || side[3] < 0)
        sw_nl_fail(e, n, "You must include the point (0, 0) in the world.");
    sw_nl_world_resize(e, side[0], side[1], side[2], side[3]);
    return SW_NL_NEXT;
}

EXEC(set_topology)
{
    e->world.wrap_x = sw_nl_arg_bool(e, n, 0);
    e->world.wrap_y = sw_nl_arg_bool(e, n, 1);
    return SW_NL_NEXT;
}

// ---- Diffusion ----------------------------------------------------------------------------------

// Sums four numbers in a way that does not depend on the order within each pair or of the pairs:
// the two low ones and the two high ones, unless one pair lies above the other.
static double
sum4(double a, double b, double c, double d)
{
    double low1 = a < b ? a : b, high1 = a < b ? b : a;
    double low2 = c < d ? c : d, high2 = c < d ? d : c;
    if (low2 < high1 && low1 < high2)
        return (low1 + low2) + (high1 + high2);
    return (low1 + high1) + (low2 + high2);
}

// The new value of a patch from its own and those of its neighbours, in the order of `neighbors`.
static inline double
mixed(double own, const double v[8], double amount, bool four)
{
    double total = sum4(v[0], v[1], v[2], v[3]);
    if (four)
        return own + amount * (total / 4 - own);
    total += sum4(v[4], v[5], v[6], v[7]);
    return own + amount * (total / 8 - own);
}

static inline double
diffused_inside(const double *at, ptrdiff_t width, double amount, bool four)
{
    const double *up = at - width, *down = at + width;
    const double v[8] = {up[0], at[1], down[0], at[-1], up[1], down[1], down[-1], up[-1]};
    return mixed(*at, v, amount, four);
}

// A missing neighbour counts as if it had the patch's own value: what would flow to it stays.
static double
diffused_at_edge(const sw_nl_world *w, const double *old, int32_t patch, double amount, bool four)
{
    static const int8_t dx[8] = {0, 1, 0, -1, 1, 1, -1, -1};
    static const int8_t dy[8] = {1, 0, -1, 0, 1, -1, -1, 1};
    double v[8];
    for (int i = 0; i < (four ? 4 : 8); i++) {
        int32_t p = sw_nl_patch_offset(w, patch, dx[i], dy[i]);
        v[i] = old[p < 0 ? patch : p];
    }
    return mixed(old[patch], v, amount, four);
}

static void
diffuse_all(const sw_nl_world *w, const double *old, sw_nl_v *column, double amount, bool four)
{
    for (int32_t y = 0; y < w->height; y++)
        for (int32_t x = 0; x < w->width; x++) {
            int32_t i = y * w->width + x;
            bool edge = x == 0 || y == 0 || x == w->width - 1 || y == w->height - 1;
            column[i] = sw_nl_number(edge ? diffused_at_edge(w, old, i, amount, four)
                                          : diffused_inside(old + i, w->width, amount, four));
        }
}

static int
diffuse(sw_nl_engine *e, const sw_nl_node *n, bool four)
{
    const sw_nl_node *var = n->arg[0];
    double amount = sw_nl_num(e, n, 1);
    if (var->kind != SW_NL_N_AGENT_VAR || var->var.p < 0)
        sw_nl_fail(e, n, "DIFFUSE expected a patch variable.");
    char upper[64], name[128];
    sw_nl_upper(n->name, upper, sizeof upper);
    if (amount < 0 || amount > 1)
        sw_nl_fail(e, n, "The second argument to %s should be between 0 and 1.", upper);
    sw_nl_world *w = &e->world;
    sw_nl_v *column = w->patch[var->var.p];
    sw_nl_raw *raw = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *raw + (size_t)w->n_patches * 8);
    double *old = (double *)raw->byte;
    for (int32_t i = 0; i < w->n_patches; i++) {
        if (!sw_nl_is_number(column[i])) {
            sw_nl_text t = {.e = e};
            sw_nl_dump(&t, column[i], false, false);
            sw_nl_upper(var->name, name, sizeof name);
            sw_nl_fail(e, n, "%s should be a number but is %s", name, sw_nl_text_end(&t));
        }
        old[i] = sw_nl_double(column[i]);
    }
    diffuse_all(w, old, column, amount, four);
    for (int32_t i = 0; var->var.p == P_COLOR && i < w->n_patches; i++)
        column[i] = sw_nl_number(sw_nl_color_mod(sw_nl_double(column[i])));
    return SW_NL_NEXT;
}

EXEC(diffuse)
{
    return diffuse(e, n, false);
}
EXEC(diffuse4)
{
    return diffuse(e, n, true);
}

// ---- Perspective --------------------------------------------------------------------------------
// It shows nothing here, but `subject` and exported worlds know of it.

static int
perspective(sw_nl_engine *e, int which, sw_nl_v subject)
{
    e->world.perspective = which;
    e->world.subject = subject;
    return SW_NL_NEXT;
}

EXEC(watch)
{
    return perspective(e, 3, sw_nl_arg_agent(e, n, 0, SW_NL_TPL));
}
EXEC(follow)
{
    return perspective(e, 2, sw_nl_arg_agent(e, n, 0, SW_NL_T));
}
EXEC(ride)
{
    return perspective(e, 1, sw_nl_arg_agent(e, n, 0, SW_NL_T));
}
EXEC(watch_me)
{
    (void)n;
    return perspective(e, 3, sw_nl_self(e));
}
EXEC(follow_me)
{
    (void)n;
    return perspective(e, 2, sw_nl_self(e));
}
EXEC(ride_me)
{
    (void)n;
    return perspective(e, 1, sw_nl_self(e));
}
EXEC(reset_perspective)
{
    (void)n;
    return perspective(e, 0, SW_NL_NOBODY);
}
EVAL(subject)
{
    (void)n;
    return e->world.subject;
}

EXEC(inspect)
{
    sw_nl_arg_agent(e, n, 0, SW_NL_TPL);
    return SW_NL_NEXT;
}

static sw_nl_v
name_list(sw_nl_engine *e, const char *const *name, size_t count)
{
    sw_nl_list *list = sw_nl_list_new(e, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        sw_nl_v v = sw_nl_string_new(e, name[i], strlen(name[i]));
        sw_nl_list_fill(list)[i] = v;
    }
    return sw_nl_heap_value(list);
}

EVAL(shapes)
{
    (void)n;
    return name_list(e, e->world.turtle_shape, e->world.n_turtle_shapes);
}
EVAL(link_shapes)
{
    (void)n;
    return name_list(e, e->world.link_shape, e->world.n_link_shapes);
}
