// SPDX-License-Identifier: Apache-2.0
// Reading conditions ("x1 >= 0.5, state = failed"), and applying them to columns.
#include "server/api/where.h"

#include "server/api/scan.h"
#include "server/view/table.h"

#include <ctype.h>
#include <math.h>

enum { TEXT_MAX = 4000 };

typedef enum op { EQUAL, DIFFERENT, AT_MOST, LESS, AT_LEAST, GREATER, MISSING, PRESENT } op;

// Longer ones first.
static const struct {
    const char *text;
    op op;
} ops[] = {{"==", EQUAL}, {"!=", DIFFERENT}, {"<=", AT_MOST}, {">=", AT_LEAST},
           {"=", EQUAL},  {"<", LESS},       {">", GREATER}};

// A condition being read: `text` is the whole of it, for messages.
typedef struct reading {
    sw_scan *scan;
    const char *pointer;
    sw_faults *faults;
    const char *text, *at;
    const char *name, *value; // with their lengths
    size_t name_n, value_n;
    op op;
    bool quoted;
} reading;

static bool
refuse(reading *r, const char *why)
{
    sw_fault_add(r->faults, r->pointer, "column %zu: %s", (size_t)(r->at - r->text) + 1, why);
    return false;
}

static void
skip_space(reading *r)
{
    while (isspace((unsigned char)*r->at))
        r->at++;
}

static void
trim(const char *text, size_t *n)
{
    while (*n > 0 && isspace((unsigned char)text[*n - 1]))
        --*n;
}

// The text up to the closing quote, at which r->at stands.
static bool
read_quoted(reading *r, char quote, const char **text, size_t *n)
{
    *text = r->at + 1;
    const char *end = strchr(*text, quote);
    if (!end)
        return refuse(r, "the quote is not closed");
    *n = (size_t)(end - *text);
    r->at = end + 1;
    skip_space(r);
    return true;
}

static bool
read_name(reading *r)
{
    skip_space(r);
    if (*r->at == '`')
        return read_quoted(r, '`', &r->name, &r->name_n);
    r->name = r->at;
    while (*r->at && !strchr(",<>=", *r->at) && !(r->at[0] == '!' && r->at[1] == '='))
        r->at++;
    r->name_n = (size_t)(r->at - r->name);
    trim(r->name, &r->name_n);
    return r->name_n > 0 || refuse(r, "the name of a variable is expected");
}

static bool
read_op(reading *r)
{
    for (size_t i = 0; i < sw_countof(ops); i++) {
        size_t n = strlen(ops[i].text);
        if (strncmp(r->at, ops[i].text, n) == 0) {
            r->op = ops[i].op;
            r->at += n;
            return true;
        }
    }
    return refuse(r, "one of = != < <= > >= is expected");
}

static bool
read_value(reading *r)
{
    skip_space(r);
    r->quoted = *r->at == '"';
    if (r->quoted)
        return read_quoted(r, '"', &r->value, &r->value_n);
    r->value = r->at;
    r->at += strcspn(r->at, ",");
    r->value_n = (size_t)(r->at - r->value);
    trim(r->value, &r->value_n);
    return r->value_n > 0 || refuse(r, "a value is expected");
}

// ---- values ----

static bool
is(const reading *r, const char *text)
{
    return r->value_n == strlen(text) && memcmp(r->value, text, r->value_n) == 0;
}

static bool
equality(reading *r)
{
    return r->op == EQUAL || r->op == DIFFERENT || refuse(r, "texts are compared by = and != only");
}

// "failed" is all but done: the comparison is turned around.
static bool
state_value(reading *r, double *value)
{
    if (!equality(r))
        return false;
    if (is(r, "failed")) {
        r->op = r->op == EQUAL ? DIFFERENT : EQUAL;
        *value = 0;
        return true;
    }
    for (int i = 0; i <= SW_REJECTED; i++) {
        *value = i;
        if (is(r, sw_outcome_name(i)))
            return true;
    }
    return refuse(r, "a state is done, failed, error, crash, timeout, memory or rejected");
}

static bool
level_value(reading *r, const sw_study_parameter *p, double *value)
{
    if (!equality(r))
        return false;
    for (size_t i = 0; i < p->n_levels; i++) {
        *value = (double)i;
        if (is(r, p->levels[i]))
            return true;
    }
    return refuse(r, "the study has no such text of this parameter");
}

static bool
number_value(reading *r, double *value)
{
    sw_auto(free) char *text = sw_strndup(r->value, r->value_n);
    char *end;
    *value = strtod(text, &end);
    return (!*end && isfinite(*value)) || refuse(r, "the value is not a number");
}

static bool
convert(reading *r, const sw_scan_variable *v, double *value)
{
    const sw_study *study = r->scan->study->study;
    const sw_study_parameter *p = v->input == SIZE_MAX ? NULL : &study->parameters[v->input];
    if (is(r, "null") && !r->quoted) {
        if (!equality(r))
            return false;
        r->op = r->op == EQUAL ? MISSING : PRESENT;
        *value = 0;
        return true;
    }
    if (strcmp(v->name, "_state") == 0 && !isdigit((unsigned char)*r->value))
        return state_value(r, value);
    if (p && p->declared->kind == SW_TEXT)
        return level_value(r, p, value);
    if (p && p->declared->kind == SW_BOOLEAN && (is(r, "true") || is(r, "false"))) {
        *value = is(r, "true");
        return true;
    }
    return number_value(r, value);
}

static bool
read_condition(reading *r)
{
    if (!read_name(r) || !read_op(r) || !read_value(r))
        return false;
    if (*r->at && *r->at != ',')
        return refuse(r, "a comma or the end is expected");
    sw_scan *s = r->scan;
    size_t v = sw_scan_variable_of(s, r->name, r->name_n, r->pointer, r->faults);
    double value = 0;
    if (v == SIZE_MAX || !convert(r, &s->variables[v], &value))
        return false;
    if (s->n_conditions == SW_SCAN_CONDITIONS)
        return refuse(r, "too many conditions");
    s->conditions[s->n_conditions++] = (sw_condition){v, (int)r->op, value};
    return true;
}

void
sw_scan_where(sw_scan *s, const char *text, const char *pointer, sw_faults *faults)
{
    if (strlen(text) > TEXT_MAX) {
        sw_fault_add(faults, pointer, "must be at most %d bytes long", TEXT_MAX);
        return;
    }
    reading r = {.scan = s, .pointer = pointer, .faults = faults, .text = text, .at = text};
    while (read_condition(&r) && *r.at == ',')
        r.at++;
}

// ---- applying ----

#define KEEP(condition)                                                                            \
    for (size_t i = 0; i < n; i++)                                                                 \
        keep[i] &= (condition);                                                                    \
    break

void
sw_where_apply(int operation, double value, const double *v, size_t n, uint8_t *keep)
{
    switch ((op)operation) {
    case EQUAL:
        KEEP(v[i] == value);
    case DIFFERENT:
        KEEP(v[i] < value || v[i] > value); // false for NaN
    case AT_MOST:
        KEEP(v[i] <= value);
    case LESS:
        KEEP(v[i] < value);
    case AT_LEAST:
        KEEP(v[i] >= value);
    case GREATER:
        KEEP(v[i] > value);
    case MISSING:
        KEEP(isnan(v[i]) != 0);
    case PRESENT:
        KEEP(!isnan(v[i]));
    }
}
