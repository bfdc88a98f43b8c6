// SPDX-License-Identifier: Apache-2.0
// The palette extension: colours between colours, and the parts of one colour read and changed.
// Schemes of named colours are not there.
#include "models/netlogo/extensions/color.h"
#include "models/netlogo/prims.h"

#include <math.h>

static double
clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

// ---- Gradients ----------------------------------------------------------------------------------

static void
rgb_in(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v, double out[4])
{
    const sw_nl_list *list = sw_nl_is_list(v) ? sw_nl_list_of(v) : NULL;
    if (list == NULL || list->o.n < 3 || list->o.n > 4)
        sw_nl_fail(e, n, "A colour of a gradient must be a list of three or four numbers.");
    out[3] = 255;
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v c = sw_nl_items(list)[i];
        if (!sw_nl_is_number(c) || sw_nl_double(c) < 0 || sw_nl_double(c) > 255)
            sw_nl_fail(e, n, "The values of a colour must be from 0 to 255.");
        out[i] = sw_nl_double(c);
    }
}

static sw_nl_v
color_list(sw_nl_engine *e, const double c[4], uint32_t parts)
{
    sw_nl_list *list = sw_nl_list_new(e, parts);
    for (uint32_t i = 0; i < parts; i++)
        sw_nl_list_fill(list)[i] = sw_nl_number(c[i]);
    return sw_nl_heap_value(list);
}

// Where a number lies between two others, from 0 to 1; the first may be the larger.
static double
share_of(double number, double first, double second)
{
    if (first == second)
        return number > first ? 1 : 0;
    return clip((number - first) / (second - first), 0, 1);
}

EVAL(palette_scale_gradient)
{
    const sw_nl_list *colors = sw_nl_arg_list(e, n, 0);
    double number = sw_nl_num(e, n, 1), first = sw_nl_num(e, n, 2), second = sw_nl_num(e, n, 3);
    if (colors->o.n == 0)
        sw_nl_fail(e, n, "A gradient needs at least one colour.");
    // Between two colours lie 256 steps, the last of which is not quite the second colour.
    uint32_t segments = colors->o.n < 2 ? 1 : colors->o.n - 1;
    double step = floor(share_of(number, first, second) * (256.0 * segments - 1) + 0.5);
    uint32_t i = (uint32_t)(step / 256);
    double a[4], b[4];
    rgb_in(e, n, sw_nl_items(colors)[i], a);
    rgb_in(e, n, sw_nl_items(colors)[colors->o.n < 2 ? 0 : i + 1], b);
    for (int k = 0; k < 3; k++)
        a[k] = trunc(a[k] + (b[k] - a[k]) * (step - 256.0 * i) / 256);
    return color_list(e, a, 3);
}

// ---- Parts of a colour --------------------------------------------------------------------------

enum part { HUE, SATURATION, BRIGHTNESS, RED, GREEN, BLUE, ALPHA, TRANSPARENCY };

static const struct {
    const char *name;
    enum part part;
} parts[] = {{"hue", HUE},
             {"saturation", SATURATION},
             {"brightness", BRIGHTNESS},
             {"r", RED},
             {"g", GREEN},
             {"b", BLUE},
             {"alpha", ALPHA},
             {"transparency", TRANSPARENCY}};

// The part that a primitive is about: "palette:set-hue", "palette:hue-of", "palette:with-hue".
static enum part
part_of(const char *name)
{
    const char *word = strchr(name, ':') + 1;
    word += strncmp(word, "set-", 4) == 0 ? 4 : strncmp(word, "with-", 5) == 0 ? 5 : 0;
    size_t length = strcspn(word, "-");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strlen(parts[i].name) == length && strncmp(parts[i].name, word, length) == 0)
            return parts[i].part;
    return HUE;
}

static void
rgba_of(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v, double c[4])
{
    c[3] = 255;
    if (sw_nl_is_number(v))
        sw_nl_color_to_rgb(sw_nl_double(v), c);
    else
        rgb_in(e, n, v, c);
}

// As extract-hsb has it: to three decimals.
static void
exact_hsb(const double c[4], double out[3])
{
    sw_nl_rgb_to_hsb(c, out);
    for (int i = 0; i < 3; i++)
        out[i] = sw_nl_precision(out[i], 3, SW_NL_DIALECT_7);
}

static double
read_part(enum part part, const double c[4])
{
    double hsb[3];
    exact_hsb(c, hsb);
    switch (part) {
    case HUE:
    case SATURATION:
    case BRIGHTNESS:
        return hsb[part - HUE];
    case ALPHA:
        return c[3];
    case TRANSPARENCY:
        return 100 - c[3] / 255 * 100;
    default:
        return c[part - RED];
    }
}

static void
check_part(sw_nl_engine *e, const sw_nl_node *n, enum part part, double d)
{
    double high = part == HUE                                                        ? 360
                  : part == SATURATION || part == BRIGHTNESS || part == TRANSPARENCY ? 100
                                                                                     : 255;
    if (d < 0 || d > high)
        sw_nl_fail(e, n, "%s must be in the range from 0 to %.0f.", parts[part].name, high);
}

// The colour with one part changed: three numbers, or four when it is not opaque.
static sw_nl_v
with_part(sw_nl_engine *e, enum part part, const double old[4], double d)
{
    double c[4] = {old[0], old[1], old[2], old[3]}, hsb[3];
    exact_hsb(c, hsb);
    switch (part) {
    case HUE:
    case SATURATION:
    case BRIGHTNESS:
        hsb[part - HUE] = d;
        sw_nl_hsb_to_rgb(hsb[0], hsb[1], hsb[2], c);
        break;
    case ALPHA:
        c[3] = d;
        break;
    case TRANSPARENCY:
        c[3] = floor((100 - d) / 100 * 255 + 0.5);
        break;
    default:
        c[part - RED] = d;
    }
    return color_list(e, c, c[3] < 255 ? 4 : 3);
}

static sw_nl_v *
own_color(sw_nl_engine *e)
{
    if (e->kind == SW_NL_T)
        return &e->world.turtles.column[T_COLOR][e->id];
    if (e->kind == SW_NL_L)
        return &e->world.links.column[L_COLOR][e->id];
    return &e->world.patch[P_COLOR][e->id];
}

EVAL(palette_part)
{
    double c[4];
    rgba_of(e, n, *own_color(e), c);
    return sw_nl_number(read_part(part_of(n->prim->name), c));
}

EVAL(palette_part_of)
{
    double c[4];
    rgba_of(e, n, EV(0), c);
    return sw_nl_number(read_part(part_of(n->prim->name), c));
}

EXEC(palette_set_part)
{
    enum part part = part_of(n->prim->name);
    double d = sw_nl_num(e, n, 0), c[4];
    check_part(e, n, part, d);
    rgba_of(e, n, *own_color(e), c);
    sw_nl_v v = with_part(e, part, c, d);
    *own_color(e) = v;
    return SW_NL_NEXT;
}

EVAL(palette_with_part)
{
    enum part part = part_of(n->prim->name);
    double c[4];
    rgba_of(e, n, EV(0), c);
    double d = sw_nl_num(e, n, 1);
    check_part(e, n, part, d);
    return with_part(e, part, c, d);
}
