// SPDX-License-Identifier: Apache-2.0
// System dynamics: the stocks, rates and converters of a diagram become code, procedures that the
// model's own code calls, as NetLogo's manual describes (System Dynamics Guide).
#include "models/netlogo/loader/build.h"

#include "models/netlogo/numbers/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- Code ---------------------------------------------------------------------------------------

// A diagram may repeat its names in every rate, but not without end.
#define MAX_CODE ((size_t)8 << 20)

// A converter whose expression is a bare number is a constant: a global that setup gives a value
// to. Any other is a reporter.
static bool
is_constant(const nl_converter *c)
{
    const char *s = c->expression;
    while (isspace((unsigned char)*s))
        s++;
    size_t n = strlen(s);
    while (n > 0 && isspace((unsigned char)s[n - 1]))
        n--;
    double x;
    return sw_nl_number_read(s, n, &x) == SW_NL_NUMBER_OK;
}

static void
write_globals(FILE *out, const nl_dynamics *d)
{
    const nl_converter *converters = d->converters.items;
    const nl_stock *stocks = d->stocks.items;
    fputs(";; System dynamics model globals\nglobals [\n", out);
    for (size_t i = 0; i < d->converters.n; i++)
        if (is_constant(&converters[i]))
            fprintf(out, "  %s\n", converters[i].name);
    for (size_t i = 0; i < d->stocks.n; i++)
        fprintf(out, "  %s\n", stocks[i].name);
    fputs("  dt\n]\n\n", out);
}

static void
write_setup(FILE *out, const nl_dynamics *d)
{
    const nl_converter *converters = d->converters.items;
    const nl_stock *stocks = d->stocks.items;
    char dt[SW_NL_NUMBER_TEXT_SIZE];
    sw_nl_java_text(d->dt, dt);
    fprintf(out, "to system-dynamics-setup\n  reset-ticks\n  set dt %s\n", dt);
    for (size_t i = 0; i < d->converters.n; i++)
        if (is_constant(&converters[i]))
            fprintf(out, "  set %s %s\n", converters[i].name, converters[i].expression);
    for (size_t i = 0; i < d->stocks.n; i++)
        fprintf(out, "  set %s %s\n", stocks[i].name, stocks[i].initial);
    fputs("end\n\n", out);
}

// The sum of what flows into and out of a stock.
static void
write_flows(FILE *out, const nl_dynamics *d, const char *stock)
{
    const nl_rate *rates = d->rates.items;
    for (size_t i = 0; i < d->rates.n; i++)
        if (rates[i].to && strcmp(rates[i].to, stock) == 0)
            fprintf(out, " + local-%s", rates[i].name);
    for (size_t i = 0; i < d->rates.n; i++)
        if (rates[i].from && strcmp(rates[i].from, stock) == 0)
            fprintf(out, " - local-%s", rates[i].name);
}

// One step of Euler's method: rates and converters once, then all stocks together.
static void
write_go(FILE *out, const nl_dynamics *d)
{
    const nl_converter *converters = d->converters.items;
    const nl_stock *stocks = d->stocks.items;
    const nl_rate *rates = d->rates.items;
    fputs("to system-dynamics-go\n", out);
    for (size_t i = 0; i < d->converters.n; i++)
        if (!is_constant(&converters[i]))
            fprintf(out, "  let local-%s %s\n", converters[i].name, converters[i].name);
    for (size_t i = 0; i < d->rates.n; i++)
        fprintf(out, "  let local-%s %s\n", rates[i].name, rates[i].name);
    for (size_t i = 0; i < d->stocks.n; i++) {
        bool clip = !stocks[i].may_be_negative;
        fprintf(out, "  let new-%s %s( %s", stocks[i].name, clip ? "max( list 0 " : "",
                stocks[i].name);
        write_flows(out, d, stocks[i].name);
        fprintf(out, " )%s\n", clip ? " )" : "");
    }
    for (size_t i = 0; i < d->stocks.n; i++)
        fprintf(out, "  set %s new-%s\n", stocks[i].name, stocks[i].name);
    fputs("  tick-advance dt\nend\n\n", out);
}

// An expression may end in a comment: what follows it starts on a line of its own.
static void
write_reporters(FILE *out, const nl_dynamics *d)
{
    const nl_converter *converters = d->converters.items;
    const nl_rate *rates = d->rates.items;
    for (size_t i = 0; i < d->rates.n; i++)
        fprintf(out, "to-report %s\n  report ( %s\n  ) * dt\nend\n\n", rates[i].name,
                rates[i].expression);
    for (size_t i = 0; i < d->converters.n; i++)
        if (!is_constant(&converters[i]))
            fprintf(out, "to-report %s\n  report %s\nend\n\n", converters[i].name,
                    converters[i].expression);
}

static void
write_plotting(FILE *out, const nl_dynamics *d)
{
    const nl_stock *stocks = d->stocks.items;
    fputs("to system-dynamics-do-plot\n", out);
    for (size_t i = 0; i < d->stocks.n; i++)
        fprintf(out,
                "  if plot-pen-exists? \"%s\" [\n    set-current-plot-pen \"%s\"\n"
                "    plotxy ticks %s\n  ]\n",
                stocks[i].name, stocks[i].name, stocks[i].name);
    fputs("end\n", out);
}

void
nl_add_dynamics(nl_build *b, const nl_dynamics *d)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        abort();
    write_globals(out, d);
    write_setup(out, d);
    write_go(out, d);
    write_reporters(out, d);
    write_plotting(out, d);
    if (fclose(out) != 0)
        abort();
    if (n > MAX_CODE)
        nl_fail(b, 0, "the system-dynamics diagram is too large");
    else
        nl_add_source(b, "System Dynamics", nl_copy(b, text, n), 0);
    free(text);
    b->file->system_dynamics_dt = d->dt;
}

// ---- Diagrams in .nlogo files -------------------------------------------------------------------

// The section is a drawing written as nested objects: class names, texts in quotes, numbers, and
// "REF n" for the n-th object met, counted from 0. Only these four classes matter.
enum class { OTHER, STOCK, CONVERTER, RATE, RESERVOIR };

static const struct {
    const char *suffix;
    enum class class;
} classes[] = {
    {".WrappedStock", STOCK},
    {".WrappedConverter", CONVERTER},
    {".WrappedRate", RATE},
    {".WrappedReservoir", RESERVOIR},
};

typedef struct object {
    enum class class;
    const char *name;
} object;

typedef struct drawing {
    nl_build *b;
    nl_span rest;
    nl_list objects;
    nl_dynamics dynamics;
} drawing;

// Takes the next word or quoted text; NULL at the end. *quoted says which.
static const char *
next_token(drawing *d, bool *quoted)
{
    nl_span *rest = &d->rest;
    while (rest->n > 0 && isspace((unsigned char)*rest->s)) {
        rest->line += *rest->s == '\n';
        rest->s++, rest->n--;
    }
    *quoted = rest->n > 0 && *rest->s == '"';
    if (rest->n == 0)
        return NULL;
    char *token = nl_alloc(d->b, rest->n < 64 ? rest->n + 1 : 64), *to = token;
    size_t capacity = rest->n < 64 ? rest->n + 1 : 64;
    size_t i = *quoted;
    for (; i < rest->n; i++) {
        char c = rest->s[i];
        if (*quoted ? c == '"' : isspace((unsigned char)c))
            break;
        if (*quoted && c == '\\' && i + 1 < rest->n) {
            c = rest->s[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        if ((size_t)(to - token) + 1 == capacity) {
            char *larger = nl_alloc(d->b, capacity * 2);
            memcpy(larger, token, capacity - 1);
            to = larger + (to - token);
            token = larger;
            capacity *= 2;
        }
        *to++ = c;
    }
    i += *quoted && i < rest->n;
    rest->s += i, rest->n -= i;
    return token;
}

static const char *
expect_text(drawing *d)
{
    bool quoted;
    size_t line = d->rest.line;
    const char *token = next_token(d, &quoted);
    if (!token || !quoted)
        nl_fail(d->b, line, "the system-dynamics section lacks a text in quotes");
    return token && quoted ? token : "";
}

static enum class class_of(const char *token) {
    size_t n = strlen(token); for (size_t i = 0; i < sizeof classes / sizeof *classes; i++){
        size_t m = strlen(classes[i].suffix);
        if (n > m && strcmp(token + n - m, classes[i].suffix) == 0) return classes[i].class;}
return OTHER;
}

static void
add_object(drawing *d, enum class class, const char *name)
{
    *(object *)nl_add(d->b, &d->objects, sizeof(object)) = (object){class, name};
}

// Reads one end of a rate: a reference to an object met before, or a new reservoir. Returns the
// name of the stock, NULL for a reservoir.
static const char *
read_end(drawing *d)
{
    bool quoted;
    size_t line = d->rest.line;
    const char *token = next_token(d, &quoted);
    if (token && class_of(token) == RESERVOIR) {
        add_object(d, RESERVOIR, NULL);
        return NULL;
    }
    const char *number = token && strcmp(token, "REF") == 0 ? next_token(d, &quoted) : NULL;
    int64_t at = number ? nl_integer(d->b, number, line, "a reference", 0, 1 << 30) : -1;
    if (at < 0 || (size_t)at >= d->objects.n) {
        nl_fail(d->b, line, "a rate of the system-dynamics section lacks one of its ends");
        return NULL;
    }
    return ((object *)d->objects.items)[at].name;
}

static void
read_object(drawing *d, enum class class)
{
    add_object(d, class, NULL);
    size_t index = d->objects.n - 1;
    bool quoted;
    if (class == STOCK) {
        nl_stock stock = {.name = expect_text(d)};
        stock.initial = expect_text(d);
        const char *flag = next_token(d, &quoted);
        stock.may_be_negative = flag && strcmp(flag, "0") == 0;
        ((object *)d->objects.items)[index].name = stock.name;
        *(nl_stock *)nl_add(d->b, &d->dynamics.stocks, sizeof stock) = stock;
    } else if (class == CONVERTER) {
        nl_converter converter = {.expression = expect_text(d)};
        converter.name = expect_text(d);
        *(nl_converter *)nl_add(d->b, &d->dynamics.converters, sizeof converter) = converter;
    } else if (class == RATE) {
        nl_rate rate = {.expression = expect_text(d)};
        rate.name = expect_text(d);
        rate.from = read_end(d);
        rate.to = read_end(d);
        *(nl_rate *)nl_add(d->b, &d->dynamics.rates, sizeof rate) = rate;
    }
}

void
nl_read_drawing(nl_build *b, nl_span text)
{
    drawing d = {.b = b, .rest = text};
    bool quoted;
    const char *token = next_token(&d, &quoted);
    d.dynamics.dt = nl_number(b, token ? token : "", d.rest.line, "dt");
    while (!b->failed && (token = next_token(&d, &quoted)))
        if (!quoted && strncmp(token, "org.", 4) == 0)
            read_object(&d, class_of(token));
    if (!b->failed)
        nl_add_dynamics(b, &d.dynamics);
}
