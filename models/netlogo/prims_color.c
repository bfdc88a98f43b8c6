// SPDX-License-Identifier: Apache-2.0
// Colours: NetLogo's numbers from 0 to 140, and red, green, blue.
#include "models/netlogo/extensions/color.h"
#include "models/netlogo/prims.h"

#include <math.h>

double
sw_nl_color_mod(double color)
{
    if (color >= 0 && color < 140)
        return color;
    color = fmod(color, 140);
    if (color < 0)
        color += 140;
    return color >= 140 ? 139.9999999999999 : color;
}

sw_nl_v
sw_nl_check_color(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v, const char *what)
{
    if (sw_nl_is_number(v))
        return sw_nl_number(sw_nl_color_mod(sw_nl_double(v)));
    if (!sw_nl_is_list(v)) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, v, false, false);
        sw_nl_fail(e, n, "can't set %s variable COLOR to non-number %s", what, sw_nl_text_end(&t));
    }
    const sw_nl_list *list = sw_nl_list_of(v);
    bool good = list->o.n == 3 || list->o.n == 4;
    for (uint32_t i = 0; good && i < list->o.n; i++)
        good = sw_nl_is_number(sw_nl_items(list)[i]);
    if (!good)
        sw_nl_fail(e, n, "An rgb list must contain 3 or 4 numbers 0-255");
    for (uint32_t i = 0; i < list->o.n; i++) {
        double d = sw_nl_double(sw_nl_items(list)[i]);
        if (d < 0 || d > 255)
            sw_nl_fail(e, n, "RGB values must be 0-255");
    }
    return v;
}

EVAL(wrap_color)
{
    return sw_nl_number(sw_nl_color_mod(sw_nl_num(e, n, 0)));
}

EVAL(is_shade_of)
{
    double a = sw_nl_num(e, n, 0), b = sw_nl_num(e, n, 1);
    return sw_nl_bool(floor(sw_nl_color_mod(a) / 10) == floor(sw_nl_color_mod(b) / 10));
}

EVAL(scale_color)
{
    double color = sw_nl_num(e, n, 0), x = sw_nl_num(e, n, 1);
    double low = sw_nl_num(e, n, 2), high = sw_nl_num(e, n, 3), percent;
    color = floor(sw_nl_color_mod(color) / 10) * 10;
    if (low > high)
        percent = x < high ? 1 : x > low ? 0 : (low - x) / (low - high);
    else
        percent = x > high ? 1 : x < low ? 0 : high == low ? 0 : (x - low) / (high - low);
    percent *= 10;
    if (percent >= 9.9999)
        percent = 9.9999;
    if (percent < 0)
        percent = 0;
    return sw_nl_number(color + percent);
}

EVAL(base_colors)
{
    (void)n;
    sw_nl_list *list = sw_nl_list_new(e, 14);
    for (uint32_t i = 0; i < 14; i++)
        sw_nl_list_fill(list)[i] = sw_nl_number(5 + 10.0 * i);
    return sw_nl_heap_value(list);
}

static sw_nl_v
triple(sw_nl_engine *e, double a, double b, double c)
{
    sw_nl_list *list = sw_nl_list_new(e, 3);
    sw_nl_list_fill(list)[0] = sw_nl_number(a);
    sw_nl_list_fill(list)[1] = sw_nl_number(b);
    sw_nl_list_fill(list)[2] = sw_nl_number(c);
    return sw_nl_heap_value(list);
}

static double
clip(double x, double high)
{
    return x < 0 ? 0 : x > high ? high : x;
}

EVAL(rgb)
{
    double r = sw_nl_num(e, n, 0), g = sw_nl_num(e, n, 1), b = sw_nl_num(e, n, 2);
    return triple(e, floor(clip(r, 255)), floor(clip(g, 255)), floor(clip(b, 255)));
}

void
sw_nl_hsb_to_rgb(double h, double s, double v, double out[3])
{
    h = clip(h, 360) / 360;
    s = clip(s, 100) / 100;
    v = clip(v, 100) / 100;
    double sector = (h - floor(h)) * 6, f = sector - floor(sector);
    double p = v * (1 - s), q = v * (1 - s * f), t = v * (1 - s * (1 - f));
    const double rows[6][3] = {{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}};
    for (int i = 0; i < 3; i++)
        out[i] = floor(rows[(int)sector % 6][i] * 255 + 0.5);
}

EVAL(hsb)
{
    double h = sw_nl_num(e, n, 0), s = sw_nl_num(e, n, 1), b = sw_nl_num(e, n, 2), out[3];
    sw_nl_hsb_to_rgb(h, s, b, out);
    return triple(e, out[0], out[1], out[2]);
}

// Red, green and blue of the fourteen hues at full shade, as the manual's colour chart has them.
static const uint8_t hue_rgb[14][3] = {
    {140, 140, 140}, {215, 48, 39},  {241, 105, 19}, {156, 109, 70}, {237, 237, 47},
    {87, 176, 58},   {42, 209, 57},  {27, 158, 119}, {82, 196, 196}, {43, 140, 190},
    {50, 92, 168},   {123, 78, 163}, {166, 25, 105}, {224, 126, 149}};

void
sw_nl_color_to_rgb(double color, double out[3])
{
    color = sw_nl_color_mod(color);
    int hue = (int)(color / 10), step = (int)(color * 10 - hue * 100 + 1e-9);
    for (int i = 0; i < 3; i++) {
        double c = hue_rgb[hue][i], shade = (step - 50) / 50.48 + 0.012;
        double d = shade < 0 ? c + c * shade : c + (255 - c) * shade;
        out[i] = clip(trunc(d), 255);
    }
    if (color == 0)
        out[0] = out[1] = out[2] = 0;
    if (color == 9.9)
        out[0] = out[1] = out[2] = 255;
}

static void
rgb_of(sw_nl_engine *e, const sw_nl_node *n, double out[3])
{
    sw_nl_v v = EV(0);
    if (sw_nl_is_number(v)) {
        sw_nl_color_to_rgb(sw_nl_double(v), out);
        return;
    }
    v = sw_nl_check_color(e, n, v, "turtle");
    for (uint32_t i = 0; i < 3; i++)
        out[i] = sw_nl_double(sw_nl_items(sw_nl_list_of(v))[i]);
}

EVAL(extract_rgb)
{
    double out[3];
    rgb_of(e, n, out);
    return triple(e, out[0], out[1], out[2]);
}

void
sw_nl_rgb_to_hsb(const double c[3], double out[3])
{
    double high = fmax(c[0], fmax(c[1], c[2])), low = fmin(c[0], fmin(c[1], c[2]));
    double range = high - low, h = 0;
    if (range > 0) {
        h = high == c[0]   ? (c[1] - c[2]) / range
            : high == c[1] ? 2 + (c[2] - c[0]) / range
                           : 4 + (c[0] - c[1]) / range;
        h = h < 0 ? h + 6 : h;
    }
    out[0] = h * 60;
    out[1] = high > 0 ? range / high * 100 : 0;
    out[2] = high / 255 * 100;
}

EVAL(extract_hsb)
{
    double c[3], hsb[3];
    rgb_of(e, n, c);
    sw_nl_rgb_to_hsb(c, hsb);
    return triple(e, sw_nl_precision(hsb[0], 3, e->dialect), sw_nl_precision(hsb[1], 3, e->dialect),
                  sw_nl_precision(hsb[2], 3, e->dialect));
}

static double
nearest_color(const double rgb[3])
{
    double best = 0, least = 1e18;
    for (int i = 0; i < 1400; i++) {
        double c[3], d;
        sw_nl_color_to_rgb(i / 10.0, c);
        // Weighted by the mean of red, after a common approximation of how eyes see.
        double mean = (rgb[0] + c[0]) / 2, r = rgb[0] - c[0], g = rgb[1] - c[1], b = rgb[2] - c[2];
        d = (2 + mean / 256) * r * r + 4 * g * g + (2 + (255 - mean) / 256) * b * b;
        if (d < least) {
            least = d;
            best = i / 10.0;
        }
    }
    return best;
}

EVAL(approximate_rgb)
{
    double c[3];
    for (int i = 0; i < 3; i++)
        c[i] = clip(sw_nl_num(e, n, i), 255);
    return sw_nl_number(nearest_color(c));
}

EVAL(approximate_hsb)
{
    double h = sw_nl_num(e, n, 0), s = sw_nl_num(e, n, 1), b = sw_nl_num(e, n, 2), out[3];
    sw_nl_hsb_to_rgb(h, s, b, out);
    return sw_nl_number(nearest_color(out));
}
