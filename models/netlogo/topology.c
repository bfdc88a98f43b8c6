// SPDX-License-Identifier: Apache-2.0
// The geometry of the world: wrapping, patches of points, neighbours, distances and headings, to
// the last bit. Whole-degree headings use tables; others one multiplication to radians.
#include "models/netlogo/engine.h"

#include <math.h>

#define INFINITESIMAL 3.2e-15

double
sw_nl_heading_normal(double h)
{
    if (h >= 0 && h < 360)
        return h;
    h = fmod(fmod(h, 360) + 360, 360);
    return h;
}

// The representative of pos in [low, high). Just below low the difference may vanish, and the
// result would be high itself.
static double
wrap(double pos, double low, double high)
{
    if (pos >= high)
        return low + fmod(pos - high, high - low);
    if (pos < low) {
        double result = high - fmod(low - pos, high - low);
        return result < high ? result : low;
    }
    return pos;
}

bool
sw_nl_wrap_x(const sw_nl_world *w, double x, double *out)
{
    double low = w->min_x - 0.5, high = w->max_x + 0.5;
    if (!w->wrap_x && (x >= high || x < low))
        return false;
    *out = wrap(x, low, high);
    return true;
}

bool
sw_nl_wrap_y(const sw_nl_world *w, double y, double *out)
{
    double low = w->min_y - 0.5, high = w->max_y + 0.5;
    if (!w->wrap_y && (y >= high || y < low))
        return false;
    *out = wrap(y, low, high);
    return true;
}

static int32_t
clamp(double d, int32_t low, int32_t high)
{
    return d < low ? low : d > high ? high : (int32_t)d;
}

int32_t
sw_nl_patch_at(const sw_nl_world *w, double x, double y)
{
    if (!sw_nl_wrap_x(w, x, &x) || !sw_nl_wrap_y(w, y, &y))
        return -1;
    return sw_nl_patch_index(w, clamp(floor(x + 0.5), w->min_x, w->max_x),
                             clamp(floor(y + 0.5), w->min_y, w->max_y));
}

int32_t
sw_nl_patch_offset(const sw_nl_world *w, int32_t patch, int dx, int dy)
{
    int32_t x = patch % w->width + dx, y = patch / w->width - dy;
    if (x < 0 || x >= w->width) {
        if (!w->wrap_x)
            return -1;
        x = (x % w->width + w->width) % w->width;
    }
    if (y < 0 || y >= w->height) {
        if (!w->wrap_y)
            return -1;
        y = (y % w->height + w->height) % w->height;
    }
    return y * w->width + x;
}

// North, east, south, west, then the diagonals NE, SE, SW, NW, without the patch itself and
// without repetition in narrow worlds.
int
sw_nl_neighbors(const sw_nl_world *w, int32_t patch, int32_t out[8], bool four)
{
    static const int8_t dx[8] = {0, 1, 0, -1, 1, 1, -1, -1};
    static const int8_t dy[8] = {1, 0, -1, 0, 1, -1, -1, 1};
    int n = 0, count = four ? 4 : 8;
    int32_t x = patch % w->width, y = patch / w->width;
    if (x > 0 && x < w->width - 1 && y > 0 && y < w->height - 1) {
        for (; n < count; n++)
            out[n] = patch - dy[n] * w->width + dx[n];
        return n;
    }
    bool narrow = w->width < 3 || w->height < 3;
    for (int i = 0; i < count; i++) {
        int32_t p = sw_nl_patch_offset(w, patch, dx[i], dy[i]);
        if (p < 0 || p == patch)
            continue;
        bool seen = false;
        for (int j = 0; narrow && j < n; j++)
            seen |= out[j] == p;
        if (!seen)
            out[n++] = p;
    }
    return n;
}

void
sw_nl_position(const sw_nl_engine *e, sw_nl_v agent, double *x, double *y)
{
    int32_t id = sw_nl_agent_id(agent);
    bool turtle = sw_nl_agent_kind(agent) == SW_NL_T;
    *x = sw_nl_double(turtle ? e->world.turtles.column[T_XCOR][id] : e->world.patch[P_XCOR][id]);
    *y = sw_nl_double(turtle ? e->world.turtles.column[T_YCOR][id] : e->world.patch[P_YCOR][id]);
}

// The shorter way along one axis of a wrapped world: positive, negative as in the unwrapped case
// unless the other way round is shorter.
static double
shorter(double from, double to, double size)
{
    double d = to - from;
    if (fabs(d) <= size / 2)
        return d;
    return d > 0 ? d - size : d + size;
}

bool
sw_nl_towards(const sw_nl_world *w, double x1, double y1, double x2, double y2, bool wraps,
              double *heading)
{
    double dx = wraps && w->wrap_x ? shorter(x1, x2, w->width) : x2 - x1;
    double dy = wraps && w->wrap_y ? shorter(y1, y2, w->height) : y2 - y1;
    if (dx == 0 && dy == 0)
        return false;
    if (dx == 0)
        *heading = dy > 0 ? 0 : 180;
    else if (dy == 0)
        *heading = dx > 0 ? 90 : 270;
    else {
        double radians = 3.141592653589793 + sw_nl_atan2(-dy, dx);
        *heading = fmod(270 + radians * 57.29577951308232, 360);
    }
    return true;
}

void
sw_nl_turtle_dxdy(const sw_nl_engine *e, int32_t slot, double *dx, double *dy, bool zero)
{
    double h = sw_nl_double(e->world.turtles.column[T_HEADING][slot]);
    int whole = (int)h;
    if (h == whole) {
        *dx = e->world.sine[whole];
        *dy = e->world.cosine[whole];
        return;
    }
    double radians = h * 0.017453292519943295;
    *dx = sw_nl_sin(radians);
    *dy = sw_nl_cos(radians);
    if (zero && fabs(*dx) < INFINITESIMAL)
        *dx = 0;
    if (zero && fabs(*dy) < INFINITESIMAL)
        *dy = 0;
}
