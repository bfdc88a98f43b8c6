// SPDX-License-Identifier: Apache-2.0
// The csv extension: rows of text to lists and back. A field is a number or a boolean if it reads
// as one, and a string otherwise; quotes are written only where they are needed.
#include "models/netlogo/files.h"
#include "models/netlogo/prims.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

// The delimiter given as the last input in parentheses, or a comma.
static char
delimiter(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    if (i >= n->n_args)
        return ',';
    const sw_nl_string *s = sw_nl_arg_string(e, n, i);
    if (s->o.n != 1 || s->text[0] == '"' || s->text[0] == '\n')
        sw_nl_fail(e, n, "A delimiter of CSV must be one character.");
    return s->text[0];
}

// ---- Reading ------------------------------------------------------------------------------------

typedef struct source {
    sw_nl_engine *e;
    const sw_nl_node *n;
    const char *at, *end;
    char delimiter;
} source;

static bool
is_number(const char *s, size_t n, double *d)
{
    char copy[64], *end;
    bool digit = false;
    if (n == 0 || n >= sizeof copy)
        return false;
    for (size_t i = 0; i < n; i++) {
        digit |= isdigit((unsigned char)s[i]) != 0;
        if (!isdigit((unsigned char)s[i]) && strchr("+-.eE", s[i]) == NULL)
            return false;
        copy[i] = s[i];
    }
    copy[n] = 0;
    *d = strtod(copy, &end);
    return digit && *end == 0 && isfinite(*d);
}

static sw_nl_v
value_of(sw_nl_engine *e, const char *s, size_t n)
{
    double d;
    if (is_number(s, n, &d))
        return sw_nl_number(d);
    if (n == 4 && strncasecmp(s, "true", 4) == 0)
        return SW_NL_TRUE;
    if (n == 5 && strncasecmp(s, "false", 5) == 0)
        return SW_NL_FALSE;
    return sw_nl_string_new(e, s, n);
}

// Blanks around a field that is not quoted do not belong to it.
static sw_nl_v
plain_field(source *s)
{
    const char *start = s->at;
    while (s->at < s->end && *s->at != s->delimiter && *s->at != '\n' && *s->at != '\r')
        s->at++;
    const char *stop = s->at;
    while (start < stop && (*start == ' ' || *start == '\t'))
        start++;
    while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    return value_of(s->e, start, (size_t)(stop - start));
}

static sw_nl_v
quoted_field(source *s)
{
    sw_nl_text t = {.e = s->e};
    for (s->at++;; s->at++) {
        if (s->at == s->end)
            sw_nl_fail(s->e, s->n, "A quote of the CSV text is not closed.");
        if (*s->at == '"') {
            s->at++;
            if (s->at == s->end || *s->at != '"')
                break;
        }
        sw_nl_text_add(&t, s->at, 1);
    }
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t') && *s->at != s->delimiter)
        s->at++;
    if (s->at < s->end && *s->at != s->delimiter && *s->at != '\n' && *s->at != '\r')
        sw_nl_fail(s->e, s->n, "A quoted field of the CSV text has text after it.");
    const char *text = sw_nl_text_end(&t);
    return value_of(s->e, text, t.n);
}

static bool
opens_quote(const source *s)
{
    const char *c = s->at;
    while (c < s->end && (*c == ' ' || *c == '\t') && *c != s->delimiter)
        c++;
    return c < s->end && *c == '"';
}

// One row, with the end of its line.
static sw_nl_v
read_row(source *s)
{
    sw_nl_list *row = sw_nl_list_new(s->e, 0);
    for (;;) {
        if (--s->e->fuel_left == 0)
            sw_nl_out_of_fuel(s->e);
        bool quoted = opens_quote(s);
        while (quoted && *s->at != '"')
            s->at++;
        row = sw_nl_list_append(s->e, row, quoted ? quoted_field(s) : plain_field(s));
        if (s->at == s->end || *s->at != s->delimiter)
            break;
        s->at++;
    }
    if (s->at < s->end && *s->at == '\r')
        s->at++;
    if (s->at < s->end && *s->at == '\n')
        s->at++;
    return sw_nl_heap_value(row);
}

static sw_nl_v
read_rows(source *s)
{
    sw_nl_list *rows = sw_nl_list_new(s->e, 0);
    while (s->at < s->end)
        rows = sw_nl_list_append(s->e, rows, read_row(s));
    return sw_nl_heap_value(rows);
}

EVAL(csv_from_row)
{
    const sw_nl_string *text = sw_nl_arg_string(e, n, 0);
    source s = {.e = e, .n = n, .at = text->text, .end = text->text + text->o.n};
    s.delimiter = delimiter(e, n, 1);
    if (text->o.n == 0)
        return sw_nl_heap_value(sw_nl_list_new(e, 0));
    return read_row(&s);
}

EVAL(csv_from_string)
{
    const sw_nl_string *text = sw_nl_arg_string(e, n, 0);
    source s = {.e = e, .n = n, .at = text->text, .end = text->text + text->o.n};
    s.delimiter = delimiter(e, n, 1);
    return read_rows(&s);
}

EVAL(csv_from_file)
{
    size_t length;
    const char *text = sw_nl_file_read_all(e, n, sw_nl_arg_string(e, n, 0)->text, &length);
    source s = {.e = e, .n = n, .at = text, .end = text + length};
    s.delimiter = delimiter(e, n, 1);
    return read_rows(&s);
}

// ---- Writing ------------------------------------------------------------------------------------

static bool
needs_quotes(const char *s, size_t n, char delimiter_, bool first)
{
    if (n == 0)
        return first;
    unsigned char c = (unsigned char)s[0];
    if (c <= '#' || (first && (c > 0x7E || c == ',')))
        return true;
    for (size_t i = 0; i < n; i++)
        if (s[i] == '\n' || s[i] == '\r' || s[i] == '"' || s[i] == delimiter_)
            return true;
    return (unsigned char)s[n - 1] <= ' ';
}

static void
write_field(sw_nl_text *t, sw_nl_v v, char delimiter_, bool first)
{
    sw_nl_text field = {.e = t->e};
    sw_nl_dump(&field, v, false, false);
    const char *text = sw_nl_text_end(&field);
    if (!first)
        sw_nl_text_add(t, &delimiter_, 1);
    if (!needs_quotes(text, field.n, delimiter_, first)) {
        sw_nl_text_add(t, text, field.n);
        return;
    }
    sw_nl_text_put(t, "\"");
    for (size_t i = 0; i < field.n; i++)
        sw_nl_text_add(t, text[i] == '"' ? "\"\"" : text + i, text[i] == '"' ? 2 : 1);
    sw_nl_text_put(t, "\"");
}

static void
write_row(sw_nl_text *t, const sw_nl_list *row, char delimiter_)
{
    for (uint32_t i = 0; i < row->o.n; i++)
        write_field(t, sw_nl_items(row)[i], delimiter_, i == 0);
}

static void
write_rows(sw_nl_engine *e, const sw_nl_node *n, sw_nl_text *t, const sw_nl_list *rows,
           char delimiter_)
{
    for (uint32_t i = 0; i < rows->o.n; i++) {
        sw_nl_v row = sw_nl_items(rows)[i];
        if (!sw_nl_is_list(row))
            sw_nl_fail(e, n, "CSV expected a list of lists.");
        if (i > 0)
            sw_nl_text_put(t, "\n");
        write_row(t, sw_nl_list_of(row), delimiter_);
    }
}

EVAL(csv_to_row)
{
    const sw_nl_list *row = sw_nl_arg_list(e, n, 0);
    sw_nl_text t = {.e = e};
    write_row(&t, row, delimiter(e, n, 1));
    const char *text = sw_nl_text_end(&t);
    return sw_nl_string_new(e, text, t.n);
}

EVAL(csv_to_string)
{
    const sw_nl_list *rows = sw_nl_arg_list(e, n, 0);
    sw_nl_text t = {.e = e};
    write_rows(e, n, &t, rows, delimiter(e, n, 1));
    const char *text = sw_nl_text_end(&t);
    return sw_nl_string_new(e, text, t.n);
}

EXEC(csv_to_file)
{
    const sw_nl_string *path = sw_nl_arg_string(e, n, 0);
    const sw_nl_list *rows = sw_nl_arg_list(e, n, 1);
    sw_nl_text t = {.e = e};
    write_rows(e, n, &t, rows, delimiter(e, n, 2));
    sw_nl_text_put(&t, "\n");
    const char *text = sw_nl_text_end(&t);
    sw_nl_file_write_all(e, n, path->text, text, t.n);
    return SW_NL_NEXT;
}
