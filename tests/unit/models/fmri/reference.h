// SPDX-License-Identifier: Apache-2.0
// Rows of the reference tables, by the names of their columns, and comparisons with a count and the
// worst case in the message.
#ifndef SW_TESTS_UNIT_MODELS_FMRI_REFERENCE_H
#define SW_TESTS_UNIT_MODELS_FMRI_REFERENCE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFERENCE_COLUMNS = 32, REFERENCE_LINE = 4096 };

typedef struct reference_table {
    FILE *file;
    char names[REFERENCE_LINE], line[REFERENCE_LINE];
    char *name[REFERENCE_COLUMNS], *cell[REFERENCE_COLUMNS];
    size_t n_columns;
} reference_table;

static inline size_t
reference_split(char *line, char separator, char **part)
{
    size_t n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *p = line; p && n < REFERENCE_COLUMNS; n++) {
        part[n] = p;
        p = strchr(p, separator);
        if (p)
            *p++ = 0;
    }
    return n;
}

// Skips the test if the table is not on this machine.
static inline void
reference_open(reference_table *table, const char *name)
{
    const char *root = getenv("SWEEPD_REFERENCE");
    char path[512];
    snprintf(path, sizeof path, "%s/fmri/reference/%s", root ? root : "../shared/data", name);
    table->file = fopen(path, "r");
    if (!table->file)
        skip();
    assert_non_null(fgets(table->names, sizeof table->names, table->file));
    table->n_columns = reference_split(table->names, ',', table->name);
}

// False at the end, which closes the file.
static inline int
reference_next(reference_table *table)
{
    if (fgets(table->line, sizeof table->line, table->file)) {
        reference_split(table->line, ',', table->cell);
        return 1;
    }
    fclose(table->file);
    return 0;
}

static inline char *
reference_text(const reference_table *table, const char *name)
{
    for (size_t k = 0; k < table->n_columns; k++)
        if (strcmp(table->name[k], name) == 0)
            return table->cell[k];
    fail_msg("no column %s", name);
    return NULL;
}

static inline double
reference_number(const reference_table *table, const char *name)
{
    const char *text = reference_text(table, name);
    char *end;
    double x = strtod(text, &end);
    return end == text ? NAN : x;
}

// A cell of numbers with semicolons between them.
static inline size_t
reference_list(const reference_table *table, const char *name, double *x)
{
    char *part[REFERENCE_COLUMNS];
    size_t n = reference_split(reference_text(table, name), ';', part);
    for (size_t k = 0; k < n; k++)
        x[k] = strtod(part[k], NULL);
    return n;
}

// The worst difference of a table, and how many rows there were.
typedef struct worst {
    double difference, got, want;
    size_t rows, row;
} worst;

static inline void
worst_add(worst *w, double got, double want)
{
    double difference = fabs(got - want);
    w->rows++;
    if (!(difference <= w->difference))
        *w = (worst){isnan(difference) ? INFINITY : difference, got, want, w->rows, w->rows};
}

static inline void
worst_within(const worst *w, double tolerance, size_t rows)
{
    if (getenv("VERBOSE"))
        print_message("%zu rows, worst %.3g\n", w->rows, w->difference);
    if (!(w->difference <= tolerance))
        fail_msg("row %zu: %.17g instead of %.17g, more than %g apart", w->row, w->got, w->want,
                 tolerance);
    assert_in_range(w->rows, rows, rows);
}

#endif
