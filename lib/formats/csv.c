// SPDX-License-Identifier: Apache-2.0
// Reading CSV: a cursor over fields, and what is made of them.
#include "lib/formats/csv.h"

#include "lib/base/memory.h"

#include <math.h>
#include <string.h>

typedef struct cursor {
    const char *p, *end;
    size_t line, column; // of the field that comes next, from 1
    char separator;
    sw_buffer unquoted;
    sw_faults *faults;
} cursor;

typedef struct field {
    const char *text; // valid until the next field
    size_t n, line, column;
    bool last; // of its record
} field;

static void
fault_at(sw_faults *faults, size_t line, size_t column, const char *message)
{
    sw_auto(free) char *at = sw_format("line %zu, column %zu", line, column);
    sw_fault_add(faults, at, "%s", message);
}

// Passes the separator or the line's end behind a field.
static void
finish_field(cursor *c, field *f)
{
    f->last = c->p == c->end || *c->p != c->separator;
    c->column = f->last ? 1 : c->column + 1;
    if (c->p < c->end && *c->p == '\r')
        c->p++;
    if (c->p < c->end)
        c->line += *c->p++ == '\n';
}

static bool
ends_field(const cursor *c)
{
    return c->p == c->end || *c->p == c->separator || *c->p == '\n' ||
           (*c->p == '\r' && c->p + 1 < c->end && c->p[1] == '\n');
}

static void
read_quoted(cursor *c, field *f)
{
    sw_buffer_clear(&c->unquoted);
    for (c->p++; c->p < c->end; c->p++) {
        if (*c->p == '"') {
            if (c->p + 1 == c->end || c->p[1] != '"')
                break;
            c->p++;
        }
        c->line += *c->p == '\n';
        sw_buffer_char(&c->unquoted, *c->p);
    }
    f->text = c->unquoted.data ? c->unquoted.data : "";
    f->n = c->unquoted.n;
    if (c->p == c->end)
        fault_at(c->faults, f->line, f->column, "a quote is not closed");
    else
        c->p++;
    if (!ends_field(c))
        fault_at(c->faults, f->line, f->column, "text stands behind the closing quote");
    while (!ends_field(c))
        c->p++;
}

// The next field; false at the end of the text.
static bool
next_field(cursor *c, field *f)
{
    if (c->p == c->end)
        return false;
    *f = (field){.text = c->p, .line = c->line, .column = c->column};
    if (*c->p == '"') {
        read_quoted(c, f);
    } else {
        while (!ends_field(c))
            c->p++;
        f->n = (size_t)(c->p - f->text);
    }
    // A separator at the very end is followed by one more, empty field, which is not there.
    finish_field(c, f);
    return true;
}

// Whichever of the separators comes first outside of quotes in the first line.
static char
separator_of(const char *p, const char *end)
{
    bool quoted = false;
    for (; p < end && (quoted || *p != '\n'); p++) {
        quoted ^= *p == '"';
        if (!quoted && (*p == ',' || *p == ';' || *p == '\t'))
            return *p;
    }
    return ',';
}

static cursor
cursor_at(const char *bytes, size_t n, sw_faults *faults)
{
    bool mark = n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
    cursor c = {.p = bytes + (mark ? 3 : 0), .end = bytes + n, .line = 1, .column = 1};
    c.separator = separator_of(c.p, c.end);
    c.faults = faults;
    return c;
}

static bool
is_known(char *const *names, size_t n, const char *name)
{
    for (size_t k = 0; k < n; k++) {
        if (strcmp(names[k], name) == 0)
            return true;
    }
    return false;
}

// Reads the header, keeping names unless NULL; how many.
static size_t
read_header(cursor *c, char **names)
{
    size_t n = 0;
    for (field f; n < SW_CSV_COLUMNS_MAX && next_field(c, &f);) {
        if (names)
            names[n] = sw_strndup(f.text, f.n);
        n++;
        if (f.last)
            break;
    }
    return n;
}

static void
check_names(char *const *names, size_t n, sw_faults *faults)
{
    for (size_t k = 0; k < n; k++) {
        size_t length = strlen(names[k]);
        if (length == 0 || length > SW_CSV_NAME_MAX)
            fault_at(faults, 1, k + 1, "a name must have from 1 to 200 characters");
        else if (is_known(names, k, names[k]))
            fault_at(faults, 1, k + 1, "two columns have this name");
    }
}

char **
sw_csv_header(const char *bytes, size_t n_bytes, size_t *n, sw_faults *faults)
{
    size_t before = faults->n + faults->dropped;
    cursor c = cursor_at(bytes, n_bytes, faults);
    char **names = sw_calloc(SW_CSV_COLUMNS_MAX, sizeof *names);
    *n = read_header(&c, names);
    if (*n == 0)
        fault_at(faults, 1, 1, "there is no header of names: the text is empty");
    if (*n == SW_CSV_COLUMNS_MAX)
        fault_at(faults, 1, *n, "there are too many columns");
    check_names(names, *n, faults);
    sw_buffer_fini(&c.unquoted);
    if (faults->n + faults->dropped == before)
        return names;
    sw_csv_names_free(names, *n);
    return NULL;
}

void
sw_csv_names_free(char **names, size_t n)
{
    for (size_t k = 0; names && k < n; k++)
        free(names[k]);
    free(names);
}

// ---- records ----

static bool
is_missing(const char *text, size_t n)
{
    static const char *const words[] = {"", "NA", "NaN", "nan", "null"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        if (strlen(words[k]) == n && memcmp(text, words[k], n) == 0)
            return true;
    }
    return false;
}

static bool
read_number(const char *text, size_t n, double *value)
{
    char copy[64], *end;
    if (n == 0 || n >= sizeof copy)
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    *value = strtod(copy, &end);
    return *end == '\0' && strspn(copy, "0123456789+-.eE") == n && isfinite(*value);
}

static void
read_cell(const field *f, sw_csv_column *column, size_t row, sw_faults *faults)
{
    const char *text = f->text;
    size_t n = f->n;
    for (; n && *text == ' '; n--)
        text++;
    while (n && text[n - 1] == ' ')
        n--;
    double value = NAN;
    bool number = read_number(text, n, &value);
    column->values[row] = number ? value : NAN;
    if (number || (column->may_miss && is_missing(text, n)))
        return;
    sw_auto(free) char *at = sw_format("line %zu, column %zu", f->line, f->column);
    sw_fault_add(faults, at, "must be a number%s, not \"%.*s\"",
                 column->may_miss ? " or empty" : "", n > 40 ? 40 : (int)n, text);
}

// The wanted column at each place of the header, or NULL.
static sw_csv_column **
by_place(sw_csv_column *columns, size_t n_columns, size_t n_names)
{
    sw_csv_column **places = sw_calloc(n_names, sizeof *places);
    for (size_t k = 0; k < n_columns; k++)
        places[columns[k].at] = &columns[k];
    return places;
}

// One record; false if it was a blank line.
static bool
read_record(cursor *c, const field *first, sw_csv_column *const *places, size_t n_names, size_t row)
{
    field f = *first;
    size_t n = 0;
    if (f.last && f.n == 0 && n_names > 1)
        return false;
    for (;;) {
        if (n < n_names && places[n])
            read_cell(&f, places[n], row, c->faults);
        n++;
        if (f.last || !next_field(c, &f))
            break;
    }
    if (n != n_names) {
        sw_auto(free) char *at = sw_format("line %zu, column %zu", first->line, n);
        sw_fault_add(c->faults, at, "the record has %zu fields, the header %zu", n, n_names);
    }
    return true;
}

// No more records than lines.
static size_t
most_records(const char *bytes, size_t n)
{
    size_t lines = 0;
    for (const char *p = bytes, *end = bytes + n; (p = memchr(p, '\n', (size_t)(end - p))); p++)
        lines++;
    return lines + 1;
}

static bool
take_room(size_t records, sw_csv_column *columns, size_t n_columns, const sw_csv_limits *limits,
          sw_faults *faults)
{
    if (records > limits->rows + 2 || records * n_columns > limits->cells + 2 * n_columns) {
        sw_fault_add(faults, "",
                     "the table has about %zu records: at most %zu, and %zu numbers in all, are "
                     "taken",
                     records, limits->rows, limits->cells);
        return false;
    }
    for (size_t k = 0; k < n_columns; k++)
        columns[k].values = sw_calloc(records, sizeof *columns[k].values);
    return true;
}

size_t
sw_csv_read(const char *bytes, size_t n_bytes, size_t n_names, sw_csv_column *columns,
            size_t n_columns, const sw_csv_limits *limits, sw_faults *faults)
{
    size_t before = faults->n + faults->dropped, row = 0;
    if (!take_room(most_records(bytes, n_bytes), columns, n_columns, limits, faults))
        return 0;
    sw_csv_column **places = by_place(columns, n_columns, n_names);
    cursor c = cursor_at(bytes, n_bytes, faults);
    read_header(&c, NULL);
    for (field f; next_field(&c, &f);)
        row += read_record(&c, &f, places, n_names, row);
    if (row == 0)
        fault_at(faults, c.line, 1, "there are no records");
    sw_buffer_fini(&c.unquoted);
    free(places);
    return faults->n + faults->dropped == before ? row : 0;
}
