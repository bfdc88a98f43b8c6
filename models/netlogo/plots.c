// SPDX-License-Identifier: Apache-2.0
// Plots without a screen. They are state: models read their ranges back, exported worlds hold
// their points, and their code runs on a random stream of its own.
#include "models/netlogo/prims.h"
#include "models/netlogo/world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct point {
    double x, y, color;
    bool down;
} point;

typedef struct pen {
    const char *name;
    const sw_nl_pen *made; // NULL: temporary
    double color, interval, x;
    int mode;
    bool down, hidden, temporary;
    point *points;
    size_t n, capacity;
    sw_nl_procedure *setup, *update;
} pen;

typedef struct plot {
    const sw_nl_plot *made;
    double x_min, x_max, y_min, y_max;
    bool auto_x, auto_y;
    int bars;
    pen *pens;
    size_t n_pens;
    int current; // pen; −1: none
    sw_nl_procedure *setup, *update;
} plot;

struct sw_nl_plots {
    plot *plots;
    size_t n;
    int current;
};

// Colours in files are ARGB; pens keep NetLogo's numbers. Only the named ones occur there.
static double
pen_color(int32_t argb)
{
    static const struct {
        uint32_t rgb;
        double color;
    } known[] = {{0x000000, 0},   {0x8d8d8d, 5},   {0xd73229, 15},  {0xf16a15, 25},
                 {0x9d6e48, 35},  {0xeded31, 45},  {0x59b03c, 55},  {0x2cd13b, 65},
                 {0x1d9f78, 75},  {0x54c4c4, 85},  {0x2d8dbe, 95},  {0x345da9, 105},
                 {0x7c50a4, 115}, {0xa71b6a, 125}, {0xe07f96, 135}, {0xffffff, 9.9}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].rgb == ((uint32_t)argb & 0xFFFFFF))
            return known[i].color;
    return 0;
}

static void
pen_reset(pen *p)
{
    p->n = 0;
    p->x = 0;
    p->down = true;
    p->hidden = false;
    if (p->made != NULL) {
        p->color = pen_color(p->made->color);
        p->interval = p->made->interval;
        p->mode = (int)p->made->mode;
    }
}

static void
plot_clear(plot *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n_pens; i++) {
        if (p->pens[i].temporary) {
            free(p->pens[i].points);
            continue;
        }
        pen_reset(&p->pens[i]);
        p->pens[kept++] = p->pens[i];
    }
    p->n_pens = kept;
    p->current = kept > 0 ? 0 : -1;
    p->x_min = p->made->x_min;
    p->x_max = p->made->x_max;
    p->y_min = p->made->y_min;
    p->y_max = p->made->y_max;
    p->auto_x = p->made->auto_x;
    p->auto_y = p->made->auto_y;
    p->bars = 0;
}

void
sw_nl_plots_init(sw_nl_engine *e)
{
    struct sw_nl_plots *all = calloc(1, sizeof *all);
    size_t n = e->file->n_plots;
    if (all == NULL || (all->plots = calloc(n + 1, sizeof *all->plots)) == NULL)
        abort();
    all->n = n;
    all->current = n > 0 ? 0 : -1;
    e->plots = all;
    for (size_t i = 0; i < n; i++) {
        plot *p = &all->plots[i];
        p->made = &e->file->plots[i];
        p->n_pens = p->made->n_pens;
        p->pens = calloc(p->n_pens + 1, sizeof *p->pens);
        if (p->pens == NULL)
            abort();
        for (size_t k = 0; k < p->n_pens; k++) {
            p->pens[k].made = &p->made->pens[k];
            p->pens[k].name = p->made->pens[k].name;
        }
        plot_clear(p);
    }
}

void
sw_nl_plots_fini(sw_nl_engine *e)
{
    for (size_t i = 0; e->plots != NULL && i < e->plots->n; i++) {
        for (size_t k = 0; k < e->plots->plots[i].n_pens; k++)
            free(e->plots->plots[i].pens[k].points);
        free(e->plots->plots[i].pens);
    }
    if (e->plots != NULL)
        free(e->plots->plots);
    free(e->plots);
    e->plots = NULL;
}

void
sw_nl_plots_clear(sw_nl_engine *e)
{
    for (size_t i = 0; i < e->plots->n; i++)
        plot_clear(&e->plots->plots[i]);
}

static bool
compile_code(sw_nl_engine *e, const char *code, sw_nl_procedure **proc, sw_nl_fault *fault)
{
    if (code == NULL || code[strspn(code, " \t\r\n")] == 0)
        return true;
    *proc = sw_nl_compile_text(e->program, &e->permanent, code, false, SW_NL_O, fault);
    return *proc != NULL;
}

bool
sw_nl_plots_compile(sw_nl_engine *e, sw_nl_fault *fault)
{
    for (size_t i = 0; i < e->plots->n; i++) {
        plot *p = &e->plots->plots[i];
        if (!compile_code(e, p->made->setup, &p->setup, fault) ||
            !compile_code(e, p->made->update, &p->update, fault))
            return false;
        for (size_t k = 0; k < p->n_pens; k++)
            if (!compile_code(e, p->pens[k].made->setup, &p->pens[k].setup, fault) ||
                !compile_code(e, p->pens[k].made->update, &p->pens[k].update, fault))
                return false;
    }
    return true;
}

// Runs one piece of plot code; an error in it ends that piece only. Returns whether it stopped.
static bool
run_code(sw_nl_engine *e, sw_nl_procedure *proc)
{
    if (proc == NULL)
        return false;
    jmp_buf here, *outer = e->catcher;
    sw_nl_activation *activation = e->activation;
    sw_nl_v *frame = e->frame, *top = e->top;
    sw_nl_who who = sw_nl_enter(e);
    sw_nl_random *random = e->random;
    volatile bool stopped = false;
    if (setjmp(here) == 0) {
        e->catcher = &here;
        e->random = &e->streams.plot;
        e->kind = e->my_kind = SW_NL_O;
        stopped = sw_nl_call_procedure(e, proc, NULL) == SW_NL_STOP;
    }
    sw_nl_leave(e, who);
    e->catcher = outer;
    e->activation = activation;
    e->frame = frame;
    e->top = top;
    e->random = random;
    if (e->error.kind == SW_NL_LIMIT_ERROR)
        longjmp(*outer, 1);
    e->error.kind = SW_NL_OK;
    return stopped;
}

static void
run_plots(sw_nl_engine *e, bool setup)
{
    if (e->plot_depth)
        return;
    int current = e->plots->current;
    e->plot_depth = true;
    for (size_t i = 0; i < e->plots->n; i++) {
        plot *p = &e->plots->plots[i];
        e->plots->current = (int)i;
        if (setup)
            plot_clear(p);
        if (run_code(e, setup ? p->setup : p->update))
            continue;
        int pen_now = p->current;
        for (size_t k = 0; k < p->n_pens; k++) {
            if (p->pens[k].temporary)
                continue;
            p->current = (int)k;
            run_code(e, setup ? p->pens[k].setup : p->pens[k].update);
        }
        p->current = pen_now;
    }
    e->plot_depth = false;
    e->plots->current = current;
}

void
sw_nl_plots_setup(sw_nl_engine *e)
{
    run_plots(e, true);
}
void
sw_nl_plots_update(sw_nl_engine *e)
{
    run_plots(e, false);
}

EXEC(setup_plots)
{
    (void)n;
    run_plots(e, true);
    return SW_NL_NEXT;
}
EXEC(update_plots)
{
    (void)n;
    run_plots(e, false);
    return SW_NL_NEXT;
}

// ---- Which plot and pen -------------------------------------------------------------------------

static plot *
current_plot(sw_nl_engine *e, const sw_nl_node *n)
{
    if (e->plots->n == 0)
        sw_nl_fail(e, n,
                   "There is no current plot. Please select a current plot using the "
                   "set-current-plot command.");
    if (e->plots->current < 0)
        e->plots->current = 0;
    return &e->plots->plots[e->plots->current];
}

static pen *
current_pen(sw_nl_engine *e, const sw_nl_node *n)
{
    plot *p = current_plot(e, n);
    if (p->current < 0)
        sw_nl_fail(e, n, "Plot '%s' has no pens!", p->made->name);
    return &p->pens[p->current];
}

static int
find_pen(const plot *p, const char *name)
{
    for (size_t i = 0; i < p->n_pens; i++)
        if (strcasecmp(p->pens[i].name, name) == 0)
            return (int)i;
    return -1;
}

EXEC(set_current_plot)
{
    const char *name = sw_nl_arg_string(e, n, 0)->text;
    for (size_t i = 0; i < e->plots->n; i++)
        if (strcasecmp(e->plots->plots[i].made->name, name) == 0) {
            e->plots->current = (int)i;
            return SW_NL_NEXT;
        }
    sw_nl_fail(e, n, "no such plot: \"%s\"", name);
}

EXEC(set_current_plot_pen)
{
    const char *name = sw_nl_arg_string(e, n, 0)->text;
    plot *p = current_plot(e, n);
    int k = find_pen(p, name);
    if (k < 0)
        sw_nl_fail(e, n, "There is no pen named \"%s\" in the current plot", name);
    p->current = k;
    return SW_NL_NEXT;
}

EVAL(plot_pen_exists)
{
    const char *name = sw_nl_arg_string(e, n, 0)->text;
    return sw_nl_bool(find_pen(current_plot(e, n), name) >= 0);
}

EXEC(create_temporary_plot_pen)
{
    const sw_nl_string *name = sw_nl_arg_string(e, n, 0);
    plot *p = current_plot(e, n);
    int k = find_pen(p, name->text);
    if (k >= 0) {
        p->current = k;
        return SW_NL_NEXT;
    }
    sw_nl_heap_charge(e->heap, sizeof(pen));
    pen *grown = realloc(p->pens, (p->n_pens + 1) * sizeof *grown);
    if (grown == NULL)
        sw_nl_limit(e, "Out of memory.");
    p->pens = grown;
    p->current = (int)p->n_pens;
    p->pens[p->n_pens++] = (pen){.name = sw_nl_arena_text(&e->arena, name->text, name->o.n),
                                 .interval = 1,
                                 .down = true,
                                 .temporary = true};
    return SW_NL_NEXT;
}

EVAL(plot_name)
{
    const char *name = current_plot(e, n)->made->name;
    return sw_nl_string_new(e, name, strlen(name));
}

// ---- Drawing ------------------------------------------------------------------------------------

// Where a range ends that must reach a point at some distance: up to NetLogo 6 a quarter beyond it,
// since then at the next multiple of twice a power of ten, about a fiftieth of the range.
static double
beyond(sw_nl_dialect dialect, double from, double at, double size)
{
    if (dialect == SW_NL_DIALECT_6)
        return from + (at - from) * 1.25;
    double step = 2 * pow(10, floor(log10(size)) - 1);
    return (at > from ? ceil(at / step) : floor(at / step)) * step;
}

static void
stretch(sw_nl_dialect dialect, double *low, double *high, double at)
{
    if (at > *high)
        *high = beyond(dialect, *low, at, at - *low);
    else if (at < *low)
        *low = beyond(dialect, *high, at, *high - at);
}

static void
put_point(sw_nl_engine *e, plot *p, pen *q, double x, double y)
{
    if (q->n == q->capacity) {
        size_t capacity = q->capacity ? q->capacity * 2 : 64;
        sw_nl_heap_charge(e->heap, (capacity - q->capacity) * sizeof(point));
        point *grown = realloc(q->points, capacity * sizeof *grown);
        if (grown == NULL)
            sw_nl_limit(e, "Out of memory.");
        q->points = grown;
        q->capacity = capacity;
    }
    q->x = x;
    q->points[q->n++] = (point){x, y, q->color, q->down};
    if (p->auto_x) {
        stretch(e->dialect, &p->x_min, &p->x_max, x);
        if (q->mode == SW_NL_PEN_BAR)
            stretch(e->dialect, &p->x_min, &p->x_max, x + q->interval);
    }
    if (p->auto_y)
        stretch(e->dialect, &p->y_min, &p->y_max, y);
}

EXEC(plot)
{
    double y = sw_nl_num(e, n, 0);
    pen *q = current_pen(e, n);
    put_point(e, current_plot(e, n), q, q->n > 0 ? q->x + q->interval : q->x, y);
    return SW_NL_NEXT;
}

EXEC(plotxy)
{
    double x = sw_nl_num(e, n, 0), y = sw_nl_num(e, n, 1);
    put_point(e, current_plot(e, n), current_pen(e, n), x, y);
    return SW_NL_NEXT;
}

EXEC(histogram)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    plot *p = current_plot(e, n);
    pen *q = current_pen(e, n);
    q->n = 0;
    if (q->interval <= 0)
        sw_nl_fail(e, n, "You cannot histogram with a plot-pen-interval of %g", q->interval);
    double bars = floor((p->x_max - p->x_min) / q->interval + 0.5);
    size_t m = bars < 1 ? 1 : bars > 1e6 ? 1000000 : (size_t)bars;
    sw_nl_raw *raw = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *raw + (m + 1) * 8);
    double *count = (double *)raw->byte;
    for (uint32_t i = 0; i < list->o.n; i++) {
        if (!sw_nl_is_number(sw_nl_items(list)[i]))
            continue;
        double k =
            floor((sw_nl_double(sw_nl_items(list)[i]) - p->x_min) / q->interval * (1 + 3.2e-15));
        if (k >= 0 && k < (double)m)
            count[(size_t)k] += 1;
    }
    for (size_t k = 0; k < m; k++)
        if (count[k] > 0)
            put_point(e, p, q, p->x_min + (double)k * q->interval, count[k]);
    return SW_NL_NEXT;
}

EXEC(set_histogram_num_bars)
{
    double bars = sw_nl_num(e, n, 0);
    plot *p = current_plot(e, n);
    if (bars < 1)
        sw_nl_fail(e, n, "You cannot make a histogram with %g bars.", bars);
    current_pen(e, n)->interval = (p->x_max - p->x_min) / bars;
    return SW_NL_NEXT;
}

static int
set_range(sw_nl_engine *e, const sw_nl_node *n, bool x)
{
    double low = sw_nl_num(e, n, 0), high = sw_nl_num(e, n, 1);
    plot *p = current_plot(e, n);
    if (low >= high)
        sw_nl_fail(e, n,
                   "the minimum must be less than the maximum, but %g is greater than or "
                   "equal to %g",
                   low, high);
    *(x ? &p->x_min : &p->y_min) = low;
    *(x ? &p->x_max : &p->y_max) = high;
    return SW_NL_NEXT;
}

EXEC(set_plot_x_range)
{
    return set_range(e, n, true);
}
EXEC(set_plot_y_range)
{
    return set_range(e, n, false);
}

EXEC(set_plot_pen_color)
{
    double color = sw_nl_num(e, n, 0);
    current_pen(e, n)->color = color;
    return SW_NL_NEXT;
}

EXEC(set_plot_pen_mode)
{
    double mode = sw_nl_num(e, n, 0);
    if (mode != 0 && mode != 1 && mode != 2)
        sw_nl_fail(e, n, "%g is not a valid plot pen mode (valid modes are 0, 1, and 2)", mode);
    current_pen(e, n)->mode = (int)mode;
    return SW_NL_NEXT;
}

EXEC(set_plot_pen_interval)
{
    double interval = sw_nl_num(e, n, 0);
    current_pen(e, n)->interval = interval;
    return SW_NL_NEXT;
}

EXEC(plot_pen_up)
{
    current_pen(e, n)->down = false;
    return SW_NL_NEXT;
}
EXEC(plot_pen_down)
{
    current_pen(e, n)->down = true;
    return SW_NL_NEXT;
}
EXEC(plot_pen_reset)
{
    pen_reset(current_pen(e, n));
    return SW_NL_NEXT;
}
EXEC(plot_pen_hide)
{
    current_pen(e, n)->hidden = true;
    return SW_NL_NEXT;
}
EXEC(plot_pen_show)
{
    current_pen(e, n)->hidden = false;
    return SW_NL_NEXT;
}
EXEC(clear_plot)
{
    plot_clear(current_plot(e, n));
    return SW_NL_NEXT;
}

static int
set_auto(sw_nl_engine *e, const sw_nl_node *n, int axes, bool on)
{
    plot *p = current_plot(e, n);
    if (axes & 1)
        p->auto_x = on;
    if (axes & 2)
        p->auto_y = on;
    return SW_NL_NEXT;
}

EXEC(auto_plot_on)
{
    return set_auto(e, n, 3, true);
}
EXEC(auto_plot_off)
{
    return set_auto(e, n, 3, false);
}
EXEC(auto_plot_x_on)
{
    return set_auto(e, n, 1, true);
}
EXEC(auto_plot_x_off)
{
    return set_auto(e, n, 1, false);
}
EXEC(auto_plot_y_on)
{
    return set_auto(e, n, 2, true);
}
EXEC(auto_plot_y_off)
{
    return set_auto(e, n, 2, false);
}

EVAL(plot_x_min)
{
    return sw_nl_number(current_plot(e, n)->x_min);
}
EVAL(plot_x_max)
{
    return sw_nl_number(current_plot(e, n)->x_max);
}
EVAL(plot_y_min)
{
    return sw_nl_number(current_plot(e, n)->y_min);
}
EVAL(plot_y_max)
{
    return sw_nl_number(current_plot(e, n)->y_max);
}
EVAL(is_autoplot_x)
{
    return sw_nl_bool(current_plot(e, n)->auto_x);
}
EVAL(is_autoplot_y)
{
    return sw_nl_bool(current_plot(e, n)->auto_y);
}

EVAL(is_autoplot)
{
    const plot *p = current_plot(e, n);
    return sw_nl_bool(p->auto_x && p->auto_y);
}

// ---- As text, for exported worlds ---------------------------------------------------------------

static void
export_text(sw_nl_text *t, const char *text, bool first)
{
    sw_nl_export_value(t, sw_nl_string_new(t->e, text, strlen(text)), first);
}

static void
export_number(sw_nl_text *t, double d, bool first)
{
    sw_nl_export_value(t, sw_nl_number(d), first);
}

static void
export_bool(sw_nl_text *t, bool b)
{
    sw_nl_export_value(t, sw_nl_bool(b), false);
}

static void
export_heads(sw_nl_text *t, const char *const *name, size_t n, bool first)
{
    for (size_t i = 0; i < n; i++)
        sw_nl_export_field(t, name[i], first && i == 0);
}

static void
export_ranges(sw_nl_text *t, const plot *p)
{
    static const char *const heads[] = {"x min",        "x max",         "y min",
                                        "y max",        "autoplot?",     "current pen",
                                        "legend open?", "number of pens"};
    export_text(t, p->made->name, true);
    sw_nl_text_put(t, "\n");
    export_heads(t, heads, sizeof heads / sizeof heads[0], true);
    sw_nl_text_put(t, "\n");
    export_number(t, p->x_min, true);
    export_number(t, p->x_max, false);
    export_number(t, p->y_min, false);
    export_number(t, p->y_max, false);
    export_bool(t, p->auto_x && p->auto_y);
    export_text(t, p->current < 0 ? "" : p->pens[p->current].name, false);
    export_bool(t, p->made->legend);
    export_number(t, (double)p->n_pens, false);
    sw_nl_text_put(t, "\n\n");
}

static void
export_pens(sw_nl_text *t, const plot *p)
{
    static const char *const heads[] = {"pen name", "pen down?", "mode", "interval", "color", "x"};
    export_heads(t, heads, sizeof heads / sizeof heads[0], true);
    sw_nl_text_put(t, "\n");
    for (size_t i = 0; i < p->n_pens; i++) {
        const pen *q = &p->pens[i];
        export_text(t, q->name, true);
        export_bool(t, q->down);
        export_number(t, q->mode, false);
        export_number(t, q->interval, false);
        export_number(t, q->color, false);
        export_number(t, q->x, false);
        sw_nl_text_put(t, "\n");
    }
    sw_nl_text_put(t, "\n");
}

// The points of all pens beside each other, as many lines as the longest needs.
static void
export_points(sw_nl_text *t, const plot *p)
{
    static const char *const heads[] = {"x", "y", "color", "pen down?"};
    size_t longest = 0;
    for (size_t i = 0; i < p->n_pens; i++) {
        sw_nl_text_put(t, i == 0 ? "" : ",,,");
        export_text(t, p->pens[i].name, i == 0);
        longest = p->pens[i].n > longest ? p->pens[i].n : longest;
    }
    sw_nl_text_put(t, "\n");
    for (size_t i = 0; i < p->n_pens; i++)
        export_heads(t, heads, 4, i == 0);
    sw_nl_text_put(t, "\n");
    for (size_t k = 0; k < longest; k++) {
        for (size_t i = 0; i < p->n_pens; i++) {
            const pen *q = &p->pens[i];
            if (k >= q->n) {
                sw_nl_text_put(t, i == 0 ? ",,," : ",,,,");
                continue;
            }
            export_number(t, q->points[k].x, i == 0);
            export_number(t, q->points[k].y, false);
            export_number(t, q->points[k].color, false);
            export_bool(t, q->points[k].down);
        }
        sw_nl_text_put(t, "\n");
    }
    sw_nl_text_put(t, "\n");
}

void
sw_nl_plots_export(sw_nl_engine *e, sw_nl_text *t)
{
    const struct sw_nl_plots *all = e->plots;
    sw_nl_text_put(t, "\"PLOTS\"\n");
    sw_nl_export_field(t, all->current < 0 ? "" : all->plots[all->current].made->name, true);
    sw_nl_text_put(t, "\n");
    for (size_t i = 0; i < all->n; i++) {
        export_ranges(t, &all->plots[i]);
        export_pens(t, &all->plots[i]);
        export_points(t, &all->plots[i]);
    }
}
