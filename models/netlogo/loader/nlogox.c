// SPDX-License-Identifier: Apache-2.0
// Models in XML, as NetLogo writes them from version 7.0.
#include "models/netlogo/loader/build.h"
#include "models/netlogo/loader/experiments.h"
#include "models/netlogo/loader/xml.h"

#include <limits.h>
#include <string.h>

static int32_t
coordinate(nl_build *b, const nl_node *node, const char *name)
{
    const char *text = nl_attribute(b, node, name, NULL);
    return b->failed ? 0 : (int32_t)nl_integer(b, text, node->line, name, -1000000, 1000000);
}

static void
read_view(nl_build *b, const nl_node *node)
{
    sw_nl_view v = {
        .min_pxcor = coordinate(b, node, "minPxcor"),
        .max_pxcor = coordinate(b, node, "maxPxcor"),
        .min_pycor = coordinate(b, node, "minPycor"),
        .max_pycor = coordinate(b, node, "maxPycor"),
        .wrap_x = nl_attribute_flag(b, node, "wrappingAllowedX", "true"),
        .wrap_y = nl_attribute_flag(b, node, "wrappingAllowedY", "true"),
        .patch_size = nl_attribute_number(b, node, "patchSize", "13"),
        .frame_rate = nl_attribute_number(b, node, "frameRate", "30"),
        .on_ticks = strcmp(nl_attribute(b, node, "updateMode", "1"), "1") == 0,
        .show_ticks = nl_attribute_flag(b, node, "showTickCounter", "true"),
        .tick_label = nl_attribute(b, node, "tickCounterLabel", "ticks"),
    };
    if (!b->failed)
        nl_set_view(b, &v, node->line);
}

static void
read_slider(nl_build *b, const nl_node *node)
{
    sw_nl_control c = {
        .kind = SW_NL_SLIDER,
        .line = node->line,
        .variable = nl_attribute(b, node, "variable", NULL),
        .value = nl_attribute(b, node, "default", NULL),
        .min = nl_attribute(b, node, "min", NULL),
        .max = nl_attribute(b, node, "max", NULL),
        .step = nl_attribute(b, node, "step", NULL),
        .units = nl_attribute(b, node, "units", ""),
    };
    if (b->failed)
        return;
    c.value = nl_number_literal(b, c.value, c.line, "the value of a slider");
    nl_add_control(b, &c);
}

static void
read_switch(nl_build *b, const nl_node *node)
{
    sw_nl_control c = {
        .kind = SW_NL_SWITCH,
        .line = node->line,
        .variable = nl_attribute(b, node, "variable", NULL),
        .value = nl_attribute_flag(b, node, "on", NULL) ? "true" : "false",
    };
    if (!b->failed)
        nl_add_control(b, &c);
}

// A choice has its value in an attribute, or, for lists, as text.
static const char *
read_choice(nl_build *b, const nl_node *node)
{
    const char *type = nl_attribute(b, node, "type", NULL);
    const char *value = nl_attribute(b, node, "value", node->text);
    if (strcmp(type, "double") == 0)
        return nl_number_literal(b, value, node->line, "a choice");
    return strcmp(type, "string") == 0 ? nl_string_literal(b, value) : value;
}

static void
read_chooser(nl_build *b, const nl_node *node)
{
    nl_list choices = {0};
    sw_nl_control c = {
        .kind = SW_NL_CHOOSER,
        .line = node->line,
        .variable = nl_attribute(b, node, "variable", NULL),
    };
    const char *current = nl_attribute(b, node, "current", "0");
    for (const nl_node *child = node->children; child; child = child->next)
        if (strcmp(child->name, "choice") == 0)
            nl_add_name(b, &choices, read_choice(b, child));
    if (b->failed)
        return;
    nl_choose(b, &c, &choices,
              (size_t)nl_integer(b, current, c.line, "the current choice", 0, INT_MAX));
    nl_add_control(b, &c);
}

static void
read_input(nl_build *b, const nl_node *node)
{
    sw_nl_control c = {
        .kind = SW_NL_INPUT,
        .line = node->line,
        .variable = nl_attribute(b, node, "variable", NULL),
        .multiline = nl_attribute_flag(b, node, "multiline", "false"),
    };
    nl_set_input(b, &c, nl_attribute(b, node, "type", NULL), node->text);
    if (!b->failed)
        nl_add_control(b, &c);
}

static int
whole_attribute(nl_build *b, const nl_node *node, const char *name, const char *missing, int min,
                int max)
{
    const char *text = nl_attribute(b, node, name, missing);
    return (int)nl_integer(b, text, node->line, name, min, max);
}

static void
read_pen(nl_build *b, const nl_node *node, nl_list *pens)
{
    sw_nl_pen *pen = nl_add(b, pens, sizeof *pen);
    pen->name = nl_attribute(b, node, "display", "");
    pen->interval = nl_attribute_number(b, node, "interval", "1");
    pen->mode = (sw_nl_pen_mode)whole_attribute(b, node, "mode", "0", 0, 2);
    pen->color = whole_attribute(b, node, "color", "-16777216", INT32_MIN, INT32_MAX);
    pen->in_legend = nl_attribute_flag(b, node, "legend", "true");
    pen->setup = nl_child_text(node, "setup", &pen->setup_line);
    pen->update = nl_child_text(node, "update", &pen->update_line);
}

static void
read_plot(nl_build *b, const nl_node *node)
{
    nl_list pens = {0};
    for (const nl_node *child = node->children; child; child = child->next)
        if (strcmp(child->name, "pen") == 0)
            read_pen(b, child, &pens);
    sw_nl_plot *plot = nl_add(b, &b->plots, sizeof *plot);
    *plot = (sw_nl_plot){
        .line = node->line,
        .name = nl_attribute(b, node, "display", ""),
        .x_min = nl_attribute_number(b, node, "xMin", NULL),
        .x_max = nl_attribute_number(b, node, "xMax", NULL),
        .y_min = nl_attribute_number(b, node, "yMin", NULL),
        .y_max = nl_attribute_number(b, node, "yMax", NULL),
        .auto_x = nl_attribute_flag(b, node, "autoPlotX", "true"),
        .auto_y = nl_attribute_flag(b, node, "autoPlotY", "true"),
        .legend = nl_attribute_flag(b, node, "legend", "false"),
        .x_axis = nl_attribute(b, node, "xAxis", ""),
        .y_axis = nl_attribute(b, node, "yAxis", ""),
        .pens = pens.items,
        .n_pens = pens.n,
    };
    plot->setup = nl_child_text(node, "setup", &plot->setup_line);
    plot->update = nl_child_text(node, "update", &plot->update_line);
}

static void
read_monitor(nl_build *b, const nl_node *node)
{
    sw_nl_monitor *monitor = nl_add(b, &b->monitors, sizeof *monitor);
    monitor->line = node->line;
    monitor->source = node->text;
    monitor->name = nl_attribute(b, node, "display", node->text);
    monitor->precision = whole_attribute(b, node, "precision", "17", 0, 1000);
}

static const char *
agent_name(nl_build *b, const nl_node *node)
{
    static const struct {
        const char *kind, *agent;
    } agents[] = {
        {"Observer", "OBSERVER"}, {"Turtle", "TURTLE"}, {"Patch", "PATCH"}, {"Link", "LINK"}};
    const char *kind = nl_attribute(b, node, "kind", "Observer");
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++)
        if (strcmp(agents[i].kind, kind) == 0)
            return agents[i].agent;
    nl_fail(b, node->line, "a button has the unknown kind '%.60s'", kind);
    return "OBSERVER";
}

static void
read_button(nl_build *b, const nl_node *node)
{
    sw_nl_button *button = nl_add(b, &b->buttons, sizeof *button);
    button->line = node->line;
    button->source = node->text;
    button->name = nl_attribute(b, node, "display", node->text);
    button->agent = agent_name(b, node);
    button->forever = nl_attribute_flag(b, node, "forever", "false");
}

static void
read_output(nl_build *b, const nl_node *node)
{
    (void)node;
    b->file->has_output = true;
}

typedef struct element {
    const char *name;
    void (*read)(nl_build *b, const nl_node *node);
} element;

static const element widgets[] = {
    {"view", read_view},       {"slider", read_slider},
    {"switch", read_switch},   {"chooser", read_chooser},
    {"input", read_input},     {"plot", read_plot},
    {"monitor", read_monitor}, {"button", read_button},
    {"output", read_output},   {NULL, NULL},
};

static void
read_each(nl_build *b, const nl_node *parent, const element *table)
{
    for (const nl_node *node = parent->children; node && !b->failed; node = node->next)
        for (const element *e = table; e->name; e++)
            if (strcmp(e->name, node->name) == 0)
                e->read(b, node);
}

static void
read_widgets(nl_build *b, const nl_node *node)
{
    if (!nl_child(node, "view"))
        nl_fail(b, node->line, "the model has no view");
    read_each(b, node, widgets);
}

static void
read_code(nl_build *b, const nl_node *node)
{
    nl_add_source(b, "", node->text, node->text_line);
}

static void
read_info(nl_build *b, const nl_node *node)
{
    b->file->info = node->text;
}

static void
read_shapes(nl_build *b, const nl_node *node, nl_list *shapes)
{
    for (const nl_node *child = node->children; child; child = child->next)
        if (strcmp(child->name, "shape") == 0)
            nl_add_shape(b, shapes, nl_attribute(b, child, "name", NULL));
}

static void
read_turtle_shapes(nl_build *b, const nl_node *node)
{
    read_shapes(b, node, &b->turtle_shapes);
}

static void
read_link_shapes(nl_build *b, const nl_node *node)
{
    read_shapes(b, node, &b->link_shapes);
}

static void
read_preview(nl_build *b, const nl_node *node)
{
    if (*node->text)
        b->file->preview_commands = node->text;
}

// ---- System dynamics ----------------------------------------------------------------------------

// The name of the stock that is the n-th figure, NULL when that is another figure.
static const char *
stock_at(nl_build *b, const nl_node *parent, const nl_node *rate, const char *end)
{
    const char *text = nl_attribute(b, rate, end, NULL);
    int64_t at = b->failed ? 0 : nl_integer(b, text, rate->line, end, 0, INT_MAX);
    const nl_node *figure = parent->children;
    while (figure && at-- > 0)
        figure = figure->next;
    if (!figure)
        nl_fail(b, rate->line, "%s names a figure that does not exist", end);
    return figure && strcmp(figure->name, "stock") == 0 ? nl_attribute(b, figure, "name", NULL)
                                                        : NULL;
}

static void
read_figure(nl_build *b, const nl_node *parent, const nl_node *node, nl_dynamics *d)
{
    if (strcmp(node->name, "stock") == 0) {
        nl_stock *stock = nl_add(b, &d->stocks, sizeof *stock);
        stock->name = nl_attribute(b, node, "name", NULL);
        stock->initial = node->text;
        stock->may_be_negative = nl_attribute_flag(b, node, "allowNegative", "false");
    } else if (strcmp(node->name, "converter") == 0) {
        nl_converter *converter = nl_add(b, &d->converters, sizeof *converter);
        converter->name = nl_attribute(b, node, "name", NULL);
        converter->expression = node->text;
    } else if (strcmp(node->name, "rate") == 0) {
        nl_rate *rate = nl_add(b, &d->rates, sizeof *rate);
        rate->name = nl_attribute(b, node, "name", NULL);
        rate->expression = node->text;
        rate->from = stock_at(b, parent, node, "startFigure");
        rate->to = stock_at(b, parent, node, "endFigure");
    }
}

static void
read_dynamics(nl_build *b, const nl_node *node)
{
    nl_dynamics d = {.dt = nl_attribute_number(b, node, "dt", NULL)};
    for (const nl_node *child = node->children; child && !b->failed; child = child->next)
        read_figure(b, node, child, &d);
    if (!b->failed)
        nl_add_dynamics(b, &d);
}

// ---- The whole ----------------------------------------------------------------------------------

static const element parts[] = {
    {"code", read_code},
    {"widgets", read_widgets},
    {"info", read_info},
    {"turtleShapes", read_turtle_shapes},
    {"linkShapes", read_link_shapes},
    {"previewCommands", read_preview},
    {"experiments", nl_read_experiment_nodes},
    {"systemDynamics", read_dynamics},
    {NULL, NULL},
};

void
nl_read_nlogox(nl_build *b, const char *text, size_t n)
{
    const nl_node *root = nl_xml_read(b, text, n, 1);
    if (!root)
        return;
    if (strcmp(root->name, "model") != 0) {
        nl_fail(b, root->line, "the document is a <%.60s>, not a <model>", root->name);
        return;
    }
    nl_set_version(b, nl_attribute(b, root, "version", ""), root->line);
    if (!nl_child(root, "code") || !nl_child(root, "widgets"))
        nl_fail(b, root->line, "a model must have <code> and <widgets>");
    read_each(b, root, parts);
}
