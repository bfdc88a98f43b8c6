// SPDX-License-Identifier: Apache-2.0
// Reads MATPOWER's .m case files (version 2): assignments of numbers, texts, matrices and cells of
// texts. They are programs to MATLAB; here they are data, and whatever would have to be executed is
// refused where it stands.
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/case.h"
#include "models/power/case_rows.h"

enum { COLUMNS_MAX = 64, NAME_MAX_BYTES = 64 };

typedef struct reader {
    const char *at, *end;
    const char *line_start;
    size_t line;
    sw_power_case *c;
    sw_power_fault_of_case *fault;
    bool given[4]; // which matrices, and baseMVA, were read
} reader;

static bool __attribute__((format(printf, 2, 3))) refuse(reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->fault->message, sizeof r->fault->message, format, args);
    va_end(args);
    r->fault->line = r->line;
    r->fault->column = (size_t)(r->at - r->line_start) + 1;
    return false;
}

// ---- characters ----

static char
peek(const reader *r)
{
    return r->at < r->end ? *r->at : '\0';
}

static bool
starts(const reader *r, const char *text)
{
    size_t n = strlen(text);
    return (size_t)(r->end - r->at) >= n && memcmp(r->at, text, n) == 0;
}

static void
next(reader *r)
{
    if (r->at >= r->end)
        return;
    if (*r->at++ == '\n') {
        r->line++;
        r->line_start = r->at;
    }
}

static void
skip_line(reader *r)
{
    while (r->at < r->end && *r->at != '\n')
        next(r);
}

// Whether only blanks stand around a mark on its line: then %{ and %} are block comments.
static bool
is_alone(const reader *r, size_t length)
{
    for (const char *p = r->line_start; p < r->at; p++)
        if (!isspace((unsigned char)*p))
            return false;
    const char *p = r->at + length;
    while (p < r->end && *p != '\n' && isspace((unsigned char)*p))
        p++;
    return p == r->end || *p == '\n';
}

static void
skip_comment(reader *r)
{
    size_t depth = 0;
    do {
        if (starts(r, "%{") && is_alone(r, 2))
            depth++;
        else if (starts(r, "%}") && is_alone(r, 2) && depth > 0)
            depth--;
        skip_line(r);
        if (depth == 0)
            return;
        while (r->at < r->end && !starts(r, "%"))
            next(r);
    } while (r->at < r->end);
}

// Blanks, continuations and comments; line ends too if `lines`.
static void
skip_blanks(reader *r, bool lines)
{
    while (r->at < r->end) {
        if (peek(r) == '%') {
            skip_comment(r);
        } else if (starts(r, "...")) {
            skip_line(r);
            next(r);
        } else if (isspace((unsigned char)peek(r)) && (lines || peek(r) != '\n')) {
            next(r);
        } else {
            return;
        }
    }
}

// ---- values ----

static bool
is_number_end(const reader *r)
{
    char ch = peek(r);
    return ch == '\0' || isspace((unsigned char)ch) || strchr(",;]%", ch) || starts(r, "...");
}

// The word at hand, for a message.
static int
word_length(const reader *r)
{
    const char *p = r->at;
    while (p < r->end && p - r->at < 30 && !isspace((unsigned char)*p) && *p != ';' && *p != ']')
        p++;
    return (int)(p - r->at);
}

static bool
refuse_code(reader *r)
{
    return refuse(r,
                  "\"%.*s\" would have to be executed; only numbers, texts and matrices of "
                  "numbers are read",
                  word_length(r), r->at);
}

static bool
read_number(reader *r, double *value)
{
    char text[NAME_MAX_BYTES] = "";
    size_t n = 0;
    const char *p = r->at;
    while (p < r->end && n + 1 < sizeof text &&
           (isalnum((unsigned char)*p) || *p == '+' || *p == '-' || *p == '.')) {
        // A sign within a number stands after an e or d only.
        if (n > 0 && (*p == '+' || *p == '-') && !strchr("eEdD", p[-1]))
            return refuse_code(r);
        text[n++] = *p == 'd' || *p == 'D' ? 'e' : *p;
        p++;
    }
    text[n] = '\0';
    const char *digits = text + (text[0] == '+' || text[0] == '-');
    bool known = strcmp(digits, "Inf") == 0 || strcmp(digits, "inf") == 0 ||
                 strcmp(digits, "NaN") == 0 || strcmp(digits, "nan") == 0;
    bool plain = isdigit((unsigned char)digits[0]) || digits[0] == '.';
    char *end = text;
    if (known || (plain && digits[1] != 'x' && digits[1] != 'X'))
        *value = strtod(text, &end);
    if (end == text || *end)
        return refuse_code(r);
    const char *from = r->at;
    r->at = p;
    if (is_number_end(r))
        return true;
    r->at = from;
    return refuse_code(r);
}

static bool
read_text(reader *r, char *to, size_t size)
{
    char quote = peek(r);
    size_t n = 0;
    next(r);
    while (r->at < r->end && peek(r) != quote && peek(r) != '\n') {
        if (n + 1 < size)
            to[n++] = peek(r);
        next(r);
    }
    to[n] = '\0';
    if (peek(r) != quote)
        return refuse(r, "a text does not end on its line");
    next(r);
    return true;
}

static bool
skip_cells(reader *r)
{
    char text[NAME_MAX_BYTES];
    next(r);
    for (;;) {
        skip_blanks(r, true);
        if (peek(r) == ';' || peek(r) == ',') {
            next(r);
        } else if (peek(r) == '}') {
            next(r);
            return true;
        } else if (r->at >= r->end) {
            return refuse(r, "the file ends within a cell array");
        } else if (peek(r) == '\'' || peek(r) == '"') {
            if (!read_text(r, text, sizeof text))
                return false;
        } else {
            double ignored;
            if (isdigit((unsigned char)peek(r)) || strchr("+-.", peek(r))) {
                if (!read_number(r, &ignored))
                    return false;
            } else {
                return refuse_code(r);
            }
        }
    }
}

// ---- matrices ----

typedef struct row {
    double v[COLUMNS_MAX];
    size_t n;
} row;

static double
cell(const row *w, size_t k, double otherwise)
{
    return k < w->n ? w->v[k] : otherwise;
}

static bool
add_bus(sw_power_case *c, const row *w)
{
    sw_power_bus *b = sw_power_add_bus(c);
    if (b)
        *b = (sw_power_bus){.number = w->v[0],
                            .kind = w->v[1],
                            .pd = w->v[2],
                            .qd = w->v[3],
                            .gs = w->v[4],
                            .bs = w->v[5],
                            .area = w->v[6],
                            .vm = w->v[7],
                            .va = w->v[8],
                            .base_kv = cell(w, 9, 0)};
    return b;
}

static bool
add_generator(sw_power_case *c, const row *w)
{
    sw_power_generator *g = sw_power_add_generator(c);
    if (g)
        *g = (sw_power_generator){.bus_number = w->v[0],
                                  .pg = w->v[1],
                                  .qg = w->v[2],
                                  .qmax = w->v[3],
                                  .qmin = w->v[4],
                                  .vg = w->v[5],
                                  .mbase = w->v[6],
                                  .status = w->v[7],
                                  .pmax = cell(w, 8, INFINITY),
                                  .pmin = cell(w, 9, -INFINITY)};
    return g;
}

static bool
add_branch(sw_power_case *c, const row *w)
{
    sw_power_branch *l = sw_power_add_branch(c);
    if (l)
        *l = (sw_power_branch){.from_number = w->v[0],
                               .to_number = w->v[1],
                               .r = w->v[2],
                               .x = w->v[3],
                               .b = w->v[4],
                               .ratio = cell(w, 8, 0),
                               .angle = cell(w, 9, 0),
                               .status = cell(w, 10, 1)};
    return l;
}

// The matrices that are read; others (gencost, areas ...) are checked and left out.
static const struct matrix {
    const char *name;
    size_t columns; // at least
    bool (*add)(sw_power_case *c, const row *w);
} matrices[] = {
    {"bus", 9, add_bus}, {"gen", 8, add_generator}, {"branch", 5, add_branch}, {NULL, 0, NULL}};

enum { BASE_MVA = 3 }; // of reader.given, after the matrices

static bool
end_row(reader *r, const struct matrix *m, row *w, size_t *width)
{
    if (w->n == 0)
        return true;
    if (*width && w->n != *width)
        return refuse(r, "this row has %zu columns, the one before %zu", w->n, *width);
    if (m->name && w->n < m->columns)
        return refuse(r, "mpc.%s has %zu columns; at least %zu are needed", m->name, w->n,
                      m->columns);
    if (m->name && !m->add(r->c, w))
        return refuse(r, "mpc.%s has more rows than are allowed", m->name);
    *width = w->n;
    w->n = 0;
    return true;
}

static bool
read_matrix(reader *r, const struct matrix *m)
{
    row w = {.n = 0};
    size_t width = 0;
    next(r);
    for (;;) {
        skip_blanks(r, false);
        char ch = peek(r);
        if (r->at >= r->end)
            return refuse(r, "the file ends within a matrix");
        if (ch == ']' || ch == ';' || ch == '\n') {
            if (!end_row(r, m, &w, &width))
                return false;
            next(r);
            if (ch == ']')
                return true;
        } else if (ch == ',') {
            next(r);
        } else if (w.n == COLUMNS_MAX) {
            return refuse(r, "a row has more than %d columns", COLUMNS_MAX);
        } else if (!read_number(r, &w.v[w.n++])) {
            return false;
        }
    }
}

// ---- statements ----

// A name with its dots, such as mpc.bus; empty if there is none.
static void
read_name(reader *r, char name[NAME_MAX_BYTES])
{
    size_t n = 0;
    while (r->at < r->end &&
           (isalnum((unsigned char)peek(r)) || peek(r) == '_' || peek(r) == '.')) {
        if (n + 1 < NAME_MAX_BYTES)
            name[n++] = peek(r);
        next(r);
    }
    name[n] = '\0';
}

// function mpc = NAME
static bool
read_function(reader *r)
{
    char name[NAME_MAX_BYTES];
    skip_blanks(r, false);
    if (peek(r) == '[')
        return refuse(r, "this is a case of version 1 (several results); save it as version 2");
    read_name(r, name);
    if (strcmp(name, "mpc") != 0)
        return refuse(r, "the case must be called mpc, not \"%.40s\"", name);
    skip_blanks(r, false);
    if (peek(r) != '=')
        return refuse_code(r);
    next(r);
    skip_blanks(r, false);
    read_name(r, name);
    snprintf(r->c->name, sizeof r->c->name, "%.40s", name);
    skip_blanks(r, false);
    return peek(r) == '\n' || peek(r) == '\0' || refuse_code(r);
}

static bool
read_base(reader *r, double value)
{
    if (!(value > 0) || !isfinite(value))
        return refuse(r, "mpc.baseMVA is %g; it must be positive", value);
    r->c->base_mva = value;
    r->given[BASE_MVA] = true;
    return true;
}

static bool
read_value(reader *r, const char *field)
{
    char text[NAME_MAX_BYTES] = "";
    const struct matrix *m = matrices;
    while (m->name && strcmp(m->name, field) != 0)
        m++;
    bool *given = strcmp(field, "baseMVA") == 0 ? &r->given[BASE_MVA]
                  : m->name                     ? &r->given[m - matrices]
                                                : NULL;
    if (given && *given)
        return refuse(r, "mpc.%s is given twice", field);
    if (m->name)
        *given = true;
    if (peek(r) == '[')
        return read_matrix(r, m);
    if (m->name)
        return refuse(r, "mpc.%s must be a matrix of numbers", field);
    if (peek(r) == '{')
        return skip_cells(r);
    if (peek(r) != '\'' && peek(r) != '"') {
        double value = NAN;
        if (!read_number(r, &value))
            return false;
        return strcmp(field, "baseMVA") != 0 || read_base(r, value);
    }
    if (!read_text(r, text, sizeof text))
        return false;
    if (strcmp(field, "version") == 0 && strcmp(text, "2") != 0)
        return refuse(r, "the case has version '%.20s'; '2' is read", text);
    return true;
}

static bool
read_statement(reader *r)
{
    char name[NAME_MAX_BYTES];
    const reader before = *r;
    read_name(r, name);
    if (strcmp(name, "function") == 0)
        return read_function(r);
    if (strcmp(name, "end") == 0 || strcmp(name, "endfunction") == 0)
        return true;
    skip_blanks(r, false);
    if (strncmp(name, "mpc.", 4) != 0 || peek(r) != '=') {
        r->at = before.at;
        r->line = before.line;
        r->line_start = before.line_start;
        return refuse_code(r);
    }
    next(r);
    skip_blanks(r, false);
    return read_value(r, name + 4);
}

// Whether all is there; machines without a base of their own have the system's.
static bool
complete(reader *r)
{
    for (size_t k = 0; k <= BASE_MVA; k++)
        if (!r->given[k])
            return refuse(r, "the file ends without mpc.%s",
                          k == BASE_MVA ? "baseMVA" : matrices[k].name);
    for (size_t k = 0; k < r->c->n_generators; k++)
        if (r->c->generator[k].mbase == 0)
            r->c->generator[k].mbase = r->c->base_mva;
    return true;
}

sw_power_case *
sw_power_case_from_matpower(const char *bytes, size_t n, sw_power_fault_of_case *fault)
{
    *fault = (sw_power_fault_of_case){0};
    sw_power_case *c = sw_power_case_new();
    reader r = {bytes, bytes + n, bytes, 1, c, fault, {false}};
    bool good = true;
    while (good) {
        skip_blanks(&r, true);
        while (peek(&r) == ';' || peek(&r) == ',') {
            next(&r);
            skip_blanks(&r, true);
        }
        if (r.at >= r.end)
            break;
        good = read_statement(&r);
    }
    if (good && complete(&r))
        return c;
    sw_power_case_free(&c);
    return NULL;
}
