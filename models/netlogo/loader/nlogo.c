// SPDX-License-Identifier: Apache-2.0
// Models as sections of text, as NetLogo wrote them up to version 6.4.
#include "models/netlogo/loader/build.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define SEPARATOR "@#$#@#$#@"

enum section {
    CODE,
    WIDGETS,
    INFO,
    TURTLE_SHAPES,
    VERSION,
    PREVIEW,
    DYNAMICS,
    EXPERIMENTS,
    HUBNET,
    LINK_SHAPES,
    SETTINGS,
    DELTA_TICK,
    N_SECTIONS,
};

// ---- Lines --------------------------------------------------------------------------------------

// Takes the next line off a span; false at its end.
static bool
next_line(nl_span *span, nl_span *line)
{
    if (span->n == 0)
        return false;
    const char *end = memchr(span->s, '\n', span->n);
    size_t n = end ? (size_t)(end - span->s) : span->n;
    *line = (nl_span){span->s, n, span->line};
    span->s += end ? n + 1 : n;
    span->n -= end ? n + 1 : n;
    span->line++;
    return true;
}

static bool
is_separator(nl_span line)
{
    return line.n == strlen(SEPARATOR) && memcmp(line.s, SEPARATOR, line.n) == 0;
}

static bool
is_blank(nl_span span)
{
    for (size_t i = 0; i < span.n; i++)
        if (!isspace((unsigned char)span.s[i]))
            return false;
    return true;
}

// Finds the sections; what is missing is empty.
static size_t
split_sections(const char *text, nl_span sections[N_SECTIONS])
{
    nl_span rest = {text, strlen(text), 1}, line;
    size_t n = 0;
    const char *start = rest.s;
    size_t start_line = 1;
    while (n < N_SECTIONS && next_line(&rest, &line)) {
        if (!is_separator(line))
            continue;
        sections[n++] = (nl_span){start, (size_t)(line.s - start), start_line};
        start = rest.s;
        start_line = rest.line;
    }
    if (n < N_SECTIONS)
        sections[n++] = (nl_span){start, (size_t)(text + strlen(text) - start), start_line};
    return n;
}

static const char *
copy(nl_build *b, nl_span span)
{
    return nl_copy(b, span.s, span.n);
}

// Without the blanks at both ends.
static nl_span
trim(nl_span span)
{
    while (span.n > 0 && isspace((unsigned char)*span.s)) {
        span.line += *span.s == '\n';
        span.s++, span.n--;
    }
    while (span.n > 0 && isspace((unsigned char)span.s[span.n - 1]))
        span.n--;
    return span;
}

// ---- Texts within a line ------------------------------------------------------------------------

// Undoes the escapes \n \t \" \\ of n bytes.
static const char *
unescape(nl_build *b, const char *s, size_t n)
{
    char *text = nl_alloc(b, n + 1), *to = text;
    for (size_t i = 0; i < n; i++) {
        if (s[i] != '\\' || i + 1 == n) {
            *to++ = s[i];
            continue;
        }
        char c = s[++i];
        *to++ = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
    return text;
}

// Code or a label in a line of its own, where NIL stands for none.
static const char *
text_of(nl_build *b, nl_span line)
{
    if (line.n == 3 && memcmp(line.s, "NIL", 3) == 0)
        return "";
    return unescape(b, line.s, line.n);
}

// Takes the next text in quotes off a line; NULL when there is none.
static const char *
take_quoted(nl_build *b, nl_span *line)
{
    *line = trim(*line);
    if (line->n == 0 || *line->s != '"')
        return NULL;
    size_t i = 1;
    while (i < line->n && line->s[i] != '"')
        i += line->s[i] == '\\' ? 2 : 1;
    if (i >= line->n)
        return NULL;
    const char *text = unescape(b, line->s + 1, i - 1);
    line->s += i + 1;
    line->n -= i + 1;
    return text;
}

// Takes the next word off a line, "" at its end.
static const char *
take_word(nl_build *b, nl_span *line)
{
    *line = trim(*line);
    size_t n = 0;
    while (n < line->n && !isspace((unsigned char)line->s[n]))
        n++;
    const char *word = nl_copy(b, line->s, n);
    line->s += n;
    line->n -= n;
    return word;
}

// ---- Widgets ------------------------------------------------------------------------------------

// The lines of one widget, from the one that names its kind.
typedef struct block {
    const nl_span *lines;
    size_t n;
} block;

static const char *
field(nl_build *b, const block *w, size_t i)
{
    return i < w->n ? copy(b, trim(w->lines[i])) : "";
}

static int64_t
whole(nl_build *b, const block *w, size_t i, const char *what, int64_t min, int64_t max)
{
    return nl_integer(b, field(b, w, i), w->lines[i].line, what, min, max);
}

static double
number(nl_build *b, const block *w, size_t i, const char *what)
{
    return nl_number(b, field(b, w, i), w->lines[i].line, what);
}

static bool
is_field(nl_build *b, const block *w, size_t i, const char *text)
{
    return strcmp(field(b, w, i), text) == 0;
}

static void
read_view(nl_build *b, const block *w)
{
    sw_nl_view v = {
        .patch_size = number(b, w, 7, "the patch size"),
        .wrap_x = is_field(b, w, 14, "1"),
        .wrap_y = is_field(b, w, 15, "1"),
        .min_pxcor = (int32_t)whole(b, w, 17, "min-pxcor", -1000000, 1000000),
        .max_pxcor = (int32_t)whole(b, w, 18, "max-pxcor", -1000000, 1000000),
        .min_pycor = (int32_t)whole(b, w, 19, "min-pycor", -1000000, 1000000),
        .max_pycor = (int32_t)whole(b, w, 20, "max-pycor", -1000000, 1000000),
        .on_ticks = w->n <= 21 || is_field(b, w, 21, "1"),
        .show_ticks = w->n <= 23 || is_field(b, w, 23, "1"),
        .tick_label = w->n > 24 ? text_of(b, w->lines[24]) : "ticks",
        .frame_rate = w->n > 25 ? number(b, w, 25, "the frame rate") : 30,
    };
    if (!b->failed)
        nl_set_view(b, &v, w->lines->line);
}

static void
read_slider(nl_build *b, const block *w)
{
    sw_nl_control c = {
        .kind = SW_NL_SLIDER,
        .line = w->lines->line,
        .variable = field(b, w, 6),
        .min = text_of(b, w->lines[7]),
        .max = text_of(b, w->lines[8]),
        .value = nl_number_literal(b, field(b, w, 9), w->lines[9].line, "the value of a slider"),
        .step = text_of(b, w->lines[10]),
        .units = w->n > 12 ? text_of(b, w->lines[12]) : "",
    };
    nl_add_control(b, &c);
}

static void
read_switch(nl_build *b, const block *w)
{
    sw_nl_control c = {
        .kind = SW_NL_SWITCH,
        .line = w->lines->line,
        .variable = field(b, w, 6),
        .value = is_field(b, w, 7, "0") ? "true" : "false",
    };
    nl_add_control(b, &c);
}

static void
read_chooser(nl_build *b, const block *w)
{
    nl_list choices = {0};
    sw_nl_control c = {
        .kind = SW_NL_CHOOSER,
        .line = w->lines->line,
        .variable = field(b, w, 6),
    };
    nl_split_literals(b, field(b, w, 7), c.line, &choices);
    nl_choose(b, &c, &choices, (size_t)whole(b, w, 8, "the current choice", 0, INT_MAX));
    if (!b->failed)
        nl_add_control(b, &c);
}

static void
read_input(nl_build *b, const block *w)
{
    sw_nl_control c = {
        .kind = SW_NL_INPUT,
        .line = w->lines->line,
        .variable = field(b, w, 5),
        .multiline = is_field(b, w, 8, "1"),
    };
    nl_set_input(b, &c, field(b, w, 9), text_of(b, w->lines[6]));
    nl_add_control(b, &c);
}

// "name" interval mode color legend "setup" "update"
static void
read_pen(nl_build *b, nl_span line, nl_list *pens)
{
    const char *name = take_quoted(b, &line);
    if (!name) {
        nl_fail(b, line.line, "a plot pen must start with its name in quotes");
        return;
    }
    sw_nl_pen *pen = nl_add(b, pens, sizeof *pen);
    pen->name = name;
    pen->interval = nl_number(b, take_word(b, &line), line.line, "the interval of a pen");
    pen->mode = (sw_nl_pen_mode)nl_integer(b, take_word(b, &line), line.line, "a pen's mode", 0, 2);
    pen->color = (int32_t)nl_integer(b, take_word(b, &line), line.line, "the color of a pen",
                                     INT32_MIN, INT32_MAX);
    pen->in_legend = strcmp(take_word(b, &line), "true") == 0;
    const char *setup = take_quoted(b, &line), *update = take_quoted(b, &line);
    pen->setup = setup ? setup : "";
    pen->update = update ? update : "";
    pen->setup_line = pen->update_line = line.line;
}

static void
read_plot(nl_build *b, const block *w)
{
    sw_nl_plot plot = {
        .line = w->lines->line,
        .name = text_of(b, w->lines[5]),
        .x_axis = text_of(b, w->lines[6]),
        .y_axis = text_of(b, w->lines[7]),
        .x_min = number(b, w, 8, "the lower end of an axis"),
        .x_max = number(b, w, 9, "the upper end of an axis"),
        .y_min = number(b, w, 10, "the lower end of an axis"),
        .y_max = number(b, w, 11, "the upper end of an axis"),
        .auto_x = is_field(b, w, 12, "true"),
        .auto_y = is_field(b, w, 12, "true"),
        .legend = is_field(b, w, 13, "true"),
        .setup = "",
        .update = "",
    };
    size_t i = 14;
    if (i < w->n && w->lines[i].n > 0 && *w->lines[i].s == '"') {
        nl_span line = w->lines[i++];
        const char *setup = take_quoted(b, &line), *update = take_quoted(b, &line);
        plot.setup = setup ? setup : "";
        plot.update = update ? update : "";
        plot.setup_line = plot.update_line = line.line;
    }
    nl_list pens = {0};
    for (i += i < w->n && is_field(b, w, i, "PENS"); i < w->n && !b->failed; i++)
        read_pen(b, w->lines[i], &pens);
    plot.pens = pens.items;
    plot.n_pens = pens.n;
    *(sw_nl_plot *)nl_add(b, &b->plots, sizeof plot) = plot;
}

static void
read_monitor(nl_build *b, const block *w)
{
    sw_nl_monitor *monitor = nl_add(b, &b->monitors, sizeof *monitor);
    monitor->line = w->lines->line;
    monitor->source = text_of(b, w->lines[6]);
    monitor->name = text_of(b, w->lines[5]);
    if (!*monitor->name)
        monitor->name = monitor->source;
    monitor->precision = w->n > 7 ? (int)whole(b, w, 7, "the precision", 0, 1000) : 17;
}

static void
read_button(nl_build *b, const block *w)
{
    sw_nl_button *button = nl_add(b, &b->buttons, sizeof *button);
    button->line = w->lines->line;
    button->source = text_of(b, w->lines[6]);
    button->name = text_of(b, w->lines[5]);
    if (!*button->name)
        button->name = button->source;
    button->forever = is_field(b, w, 7, "T");
    button->agent = w->n > 10 ? field(b, w, 10) : "OBSERVER";
}

static void
read_output(nl_build *b, const block *w)
{
    (void)w;
    b->file->has_output = true;
}

// The lines that a widget has at least (any of them may be blank), and how it is read; NULL for
// what only draws.
static const struct kind {
    const char *name;
    size_t lines;
    void (*read)(nl_build *b, const block *w);
} kinds[] = {
    {"GRAPHICS-WINDOW", 21, read_view}, {"SLIDER", 11, read_slider},
    {"SWITCH", 8, read_switch},         {"CHOOSER", 9, read_chooser},
    {"INPUTBOX", 10, read_input},       {"PLOT", 14, read_plot},
    {"MONITOR", 7, read_monitor},       {"BUTTON", 8, read_button},
    {"OUTPUT", 1, read_output},         {"TEXTBOX", 6, NULL},
};

static const struct kind *
find_kind(nl_span line)
{
    line = trim(line);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].name) == line.n && memcmp(kinds[i].name, line.s, line.n) == 0)
            return &kinds[i];
    return NULL;
}

// Reads one widget, whose first line was taken, up to the blank line after it.
static void
read_widget(nl_build *b, nl_span first, nl_span *rest)
{
    const struct kind *kind = find_kind(first);
    nl_list lines = {0};
    *(nl_span *)nl_add(b, &lines, sizeof first) = first;
    nl_span line;
    while (next_line(rest, &line)) {
        if (is_blank(line) && !(kind && lines.n < kind->lines))
            break;
        *(nl_span *)nl_add(b, &lines, sizeof line) = line;
    }
    if (!kind)
        nl_fail(b, first.line, "there is no widget '%.*s'", (int)(first.n < 60 ? first.n : 60),
                first.s);
    else if (lines.n < kind->lines)
        nl_fail(b, first.line, "the widget %s is cut off", kind->name);
    else if (kind->read)
        kind->read(b, &(block){lines.items, lines.n});
}

static void
read_widgets(nl_build *b, nl_span section)
{
    nl_span line;
    while (!b->failed && next_line(&section, &line))
        if (!is_blank(line))
            read_widget(b, line, &section);
}

// ---- The other sections -------------------------------------------------------------------------

// Shapes are blocks of lines of which the first is the name.
static void
read_shapes(nl_build *b, nl_span section, nl_list *shapes)
{
    nl_span line;
    bool inside = false;
    while (next_line(&section, &line)) {
        if (!inside && !is_blank(line))
            nl_add_shape(b, shapes, copy(b, trim(line)));
        inside = !is_blank(line);
    }
}

static void
read_preview(nl_build *b, nl_span section)
{
    section = trim(section);
    if (section.n > 0)
        b->file->preview_commands = copy(b, section);
}

void
nl_read_nlogo(nl_build *b, const char *text)
{
    nl_span sections[N_SECTIONS] = {0};
    if (split_sections(text, sections) <= VERSION) {
        nl_fail(b, 1, "this is no model file: it lacks the sections that '%s' parts", SEPARATOR);
        return;
    }
    nl_set_version(b, copy(b, trim(sections[VERSION])), trim(sections[VERSION]).line);
    nl_add_source(b, "", copy(b, sections[CODE]), 1);
    b->file->info = copy(b, sections[INFO]);
    read_widgets(b, sections[WIDGETS]);
    read_shapes(b, sections[TURTLE_SHAPES], &b->turtle_shapes);
    read_shapes(b, sections[LINK_SHAPES], &b->link_shapes);
    read_preview(b, sections[PREVIEW]);
    if (!is_blank(sections[DYNAMICS]))
        nl_read_drawing(b, sections[DYNAMICS]);
    nl_span experiments = trim(sections[EXPERIMENTS]);
    if (!b->failed && experiments.n > 0)
        nl_read_experiments(b, experiments.s, experiments.n, experiments.line);
}
