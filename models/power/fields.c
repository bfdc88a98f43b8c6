// SPDX-License-Identifier: Apache-2.0
// Splitting lines into fields, in place.
#include "models/power/fields.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
sw_power_fields_init(sw_power_fields *f, const char *bytes, size_t n, sw_power_fault_of_case *fault)
{
    *f = (sw_power_fields){.at = bytes, .end = bytes + n, .next_line = 1, .fault = fault};
}

bool
sw_power_fields_at_end(const sw_power_fields *f)
{
    const char *p = f->at;
    while (p < f->end && isspace((unsigned char)*p))
        p++;
    return p == f->end;
}

static bool
is_blank(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r';
}

static bool
refuse(sw_power_fields *f, const char *message)
{
    snprintf(f->fault->message, sizeof f->fault->message, "%s", message);
    f->fault->line = f->line;
    f->fault->column = 0;
    return false;
}

static bool
add(sw_power_fields *f, const char *text, size_t n)
{
    if (f->n == SW_POWER_FIELDS_MAX)
        return refuse(f, "a record has too many places");
    f->field[f->n].text = text;
    f->field[f->n++].n = n;
    return true;
}

// The end of a quoted text that begins at p, or NULL.
static const char *
quoted_end(const char *p, const char *end)
{
    char quote = *p++;
    while (p < end && *p != quote && *p != '\n')
        p++;
    return p < end && *p == quote ? p + 1 : NULL;
}

// Takes one line's fields, without its end.
static bool
split(sw_power_fields *f)
{
    bool after_value = false;
    while (f->at < f->end && *f->at != '\n') {
        char ch = *f->at;
        if (is_blank(ch)) {
            f->at++;
        } else if (ch == '/') {
            f->slashed = true;
            while (f->at < f->end && *f->at != '\n')
                f->at++;
        } else if (ch == ',') {
            if (!after_value && !add(f, f->at, 0))
                return false;
            after_value = false;
            f->at++;
        } else {
            const char *from = f->at;
            if (ch == '\'' || ch == '"')
                f->at = quoted_end(from, f->end);
            else
                while (f->at < f->end && !is_blank(*f->at) && *f->at != ',' && *f->at != '/' &&
                       *f->at != '\n')
                    f->at++;
            if (!f->at) {
                f->at = f->end;
                return refuse(f, "a text does not end on its line");
            }
            if (!add(f, from, (size_t)(f->at - from)))
                return false;
            after_value = true;
        }
    }
    return true;
}

static void
end_line(sw_power_fields *f)
{
    if (f->at < f->end)
        f->at++;
    f->next_line++;
}

bool
sw_power_fields_next(sw_power_fields *f)
{
    f->n = 0;
    while (f->n == 0) {
        if (f->at >= f->end)
            return false;
        f->line = f->next_line;
        f->slashed = false;
        if (!split(f))
            return false;
        end_line(f);
    }
    return true;
}

bool
sw_power_fields_next_slashed(sw_power_fields *f)
{
    if (!sw_power_fields_next(f))
        return false;
    while (!f->slashed) {
        if (sw_power_fields_at_end(f))
            return refuse(f, "the file ends within a record: it has no \"/\"");
        if (!split(f))
            return false;
        end_line(f);
    }
    return true;
}

bool
sw_power_fields_skip_line(sw_power_fields *f)
{
    if (f->at >= f->end)
        return false;
    while (f->at < f->end && *f->at != '\n')
        f->at++;
    end_line(f);
    return true;
}

double
sw_power_field_number(const sw_power_fields *f, size_t k, double otherwise)
{
    char text[40], *end;
    if (k >= f->n || f->field[k].n == 0)
        return otherwise;
    if (f->field[k].n >= sizeof text)
        return NAN;
    memcpy(text, f->field[k].text, f->field[k].n);
    text[f->field[k].n] = '\0';
    for (char *p = text; *p; p++)
        *p = *p == 'd' || *p == 'D' ? 'e' : *p;
    double v = strtod(text, &end);
    bool whole = end == text + f->field[k].n;
    return !whole || strpbrk(text, "xXnNiI") ? NAN : v;
}

void
sw_power_field_text(const sw_power_fields *f, size_t k, char *to, size_t size)
{
    const char *from = k < f->n ? f->field[k].text : "";
    size_t n = k < f->n ? f->field[k].n : 0;
    if (n >= 2 && (*from == '\'' || *from == '"')) {
        from++;
        n -= 2;
    }
    while (n && is_blank(*from)) {
        from++;
        n--;
    }
    while (n && is_blank(from[n - 1]))
        n--;
    snprintf(to, size, "%.*s", (int)n, from);
}

bool
sw_power_field_is(const sw_power_fields *f, size_t k, const char *text)
{
    return k < f->n && f->field[k].n == strlen(text) &&
           memcmp(f->field[k].text, text, f->field[k].n) == 0;
}
