// SPDX-License-Identifier: Apache-2.0
// participants.tsv, as BIDS has it, and a few columns of our own.
#include "models/fmri/people.h"

#include <math.h>
#include <string.h>

enum { COLUMNS_MAX = 128 };

// One cell: a stretch of the text.
typedef struct cell {
    const char *at;
    size_t n;
} cell;

typedef enum role { IGNORED, NAME, GROUP, IMAGE, SECOND, COVARIATE } role;

typedef struct table {
    size_t n_columns;
    role role[COLUMNS_MAX];
    cell heading[COLUMNS_MAX];
} table;

static const struct {
    const char *heading;
    role role;
} known[] = {
    {"participant_id", NAME}, {"subject", NAME},        {"group", GROUP},
    {"image", IMAGE},         {"second_image", SECOND},
};

static bool
is(cell c, const char *text)
{
    return c.n == strlen(text) && memcmp(c.at, text, c.n) == 0;
}

static char *
copy(cell c)
{
    char *text = sw_fmri_alloc(c.n + 1, 1);
    memcpy(text, c.at, c.n);
    return text;
}

// ---- lines and cells ----

// The next line without its end; *at moves behind it. False at the end of the text.
static bool
next_line(const char *text, size_t n, size_t *at, cell *line)
{
    if (*at >= n)
        return false;
    const char *end = memchr(text + *at, '\n', n - *at);
    size_t length = end ? (size_t)(end - text) - *at : n - *at;
    *line = (cell){text + *at, length};
    *at += length + 1;
    if (line->n && line->at[line->n - 1] == '\r')
        line->n--;
    return true;
}

// Splits at tabs; returns how many cells, COLUMNS_MAX + 1 if there are more than fit.
static size_t
split(cell line, cell cells[COLUMNS_MAX])
{
    size_t n = 0;
    for (;;) {
        const char *tab = memchr(line.at, '\t', line.n);
        size_t length = tab ? (size_t)(tab - line.at) : line.n;
        if (n == COLUMNS_MAX)
            return n + 1;
        cells[n++] = (cell){line.at, length};
        if (!tab)
            return n;
        line = (cell){tab + 1, line.n - length - 1};
    }
}

// A finite number, or NaN for "n/a".
static bool
number(cell c, double *value)
{
    char text[64], *end;
    *value = NAN;
    if (is(c, "n/a"))
        return true;
    if (c.n == 0 || c.n >= sizeof text)
        return false;
    memcpy(text, c.at, c.n);
    text[c.n] = '\0';
    *value = strtod(text, &end);
    return *end == '\0' && isfinite(*value);
}

// ---- columns ----

static bool
read_headings(cell line, table *t, sw_fmri_fault *fault)
{
    bool named = false;
    t->n_columns = split(line, t->heading);
    if (t->n_columns > COLUMNS_MAX)
        return sw_fmri_wrong(fault, "line 1: more than %d columns", COLUMNS_MAX);
    for (size_t c = 0; c < t->n_columns; c++) {
        t->role[c] = COVARIATE;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
            if (is(t->heading[c], known[k].heading))
                t->role[c] = known[k].role;
        }
        named = named || t->role[c] == NAME;
        for (size_t d = 0; d < c; d++) {
            if (t->heading[d].n == t->heading[c].n &&
                memcmp(t->heading[d].at, t->heading[c].at, t->heading[c].n) == 0)
                return sw_fmri_wrong(fault, "line 1: two columns are called \"%.*s\"",
                                     (int)t->heading[c].n, t->heading[c].at);
        }
    }
    return named || sw_fmri_wrong(fault, "line 1: no column is called participant_id");
}

// Columns with other cells than numbers are no covariates; nor are those beyond the limit.
static bool
find_covariates(const char *text, size_t n, size_t at, table *t, sw_fmri_fault *fault)
{
    cell line, cells[COLUMNS_MAX];
    size_t kept = 0;
    double value;
    for (size_t row = 2; next_line(text, n, &at, &line); row++) {
        if (line.n == 0)
            continue;
        size_t found = split(line, cells);
        if (found != t->n_columns)
            return sw_fmri_wrong(fault, "line %zu: %zu cells, but line 1 has %zu", row, found,
                                 t->n_columns);
        for (size_t c = 0; c < t->n_columns; c++) {
            if (t->role[c] == COVARIATE && !number(cells[c], &value))
                t->role[c] = IGNORED;
        }
    }
    for (size_t c = 0; c < t->n_columns; c++) {
        if (t->role[c] == COVARIATE && kept++ >= SW_FMRI_COVARIATES_MAX)
            return sw_fmri_wrong(fault, "more than %d covariates", SW_FMRI_COVARIATES_MAX);
    }
    return true;
}

// ---- subjects ----

bool
sw_fmri_people_add(sw_fmri_people *p, const char *name, size_t n_name, sw_fmri_fault *fault)
{
    if (p->n == SW_FMRI_SUBJECTS_MAX)
        return sw_fmri_wrong(fault, "more than %d subjects", SW_FMRI_SUBJECTS_MAX);
    if (!p->v)
        p->v = sw_fmri_alloc(SW_FMRI_SUBJECTS_MAX, sizeof *p->v);
    p->v[p->n++] = (sw_fmri_subject){
        .name = copy((cell){name, n_name}),
        .group = -1,
        .covariate = sw_fmri_alloc(p->n_covariates, sizeof(double)),
    };
    return true;
}

// The group's index, a new one where it is met for the first time.
static bool
set_group(sw_fmri_people *p, cell c, int *group, sw_fmri_fault *fault)
{
    size_t g = 0;
    while (g < p->n_groups && !is(c, p->group[g]))
        g++;
    if (g == SW_FMRI_GROUPS_MAX)
        return sw_fmri_wrong(fault, "more than %d groups", SW_FMRI_GROUPS_MAX);
    if (c.n == 0 || is(c, "all") || is(c, "none"))
        return sw_fmri_wrong(fault, "a group can not be called \"%.*s\"", (int)c.n, c.at);
    if (g == p->n_groups)
        p->group[p->n_groups++] = copy(c);
    *group = (int)g;
    return true;
}

static bool
add_row(const table *t, const cell *cells, size_t row, sw_fmri_people *p, sw_fmri_fault *fault)
{
    size_t covariate = 0, name = 0;
    while (t->role[name] != NAME)
        name++;
    for (size_t s = 0; s < p->n; s++) {
        if (is(cells[name], p->v[s].name))
            return sw_fmri_wrong(fault, "line %zu: %s comes twice", row, p->v[s].name);
    }
    if (cells[name].n == 0)
        return sw_fmri_wrong(fault, "line %zu: no participant_id", row);
    if (!sw_fmri_people_add(p, cells[name].at, cells[name].n, fault))
        return false;
    sw_fmri_subject *s = &p->v[p->n - 1];
    for (size_t c = 0; c < t->n_columns; c++) {
        if (t->role[c] == GROUP && !set_group(p, cells[c], &s->group, fault))
            return false;
        if (t->role[c] == IMAGE)
            s->image = copy(cells[c]);
        if (t->role[c] == SECOND)
            s->second = copy(cells[c]);
        if (t->role[c] == COVARIATE)
            number(cells[c], &s->covariate[covariate++]);
    }
    return true;
}

bool
sw_fmri_people_parse(const char *text, size_t n, sw_fmri_people *p, sw_fmri_fault *fault)
{
    table t;
    cell line, cells[COLUMNS_MAX];
    size_t at = 0;
    *p = (sw_fmri_people){0};
    if (memchr(text, '\0', n))
        return sw_fmri_wrong(fault, "holds a zero byte");
    if (!next_line(text, n, &at, &line))
        return sw_fmri_wrong(fault, "is empty");
    if (!read_headings(line, &t, fault) || !find_covariates(text, n, at, &t, fault))
        return false;
    for (size_t c = 0; c < t.n_columns; c++) {
        if (t.role[c] == COVARIATE)
            p->covariate[p->n_covariates++] = copy(t.heading[c]);
    }
    for (size_t row = 2; next_line(text, n, &at, &line); row++) {
        if (line.n == 0)
            continue;
        split(line, cells);
        if (!add_row(&t, cells, row, p, fault))
            return false;
    }
    return p->n > 0 || sw_fmri_wrong(fault, "lists no subject");
}

static size_t
column(const sw_fmri_people *p, const char *name)
{
    size_t c = 0;
    while (c < p->n_covariates && strcmp(p->covariate[c], name) != 0)
        c++;
    return c;
}

bool
sw_fmri_people_sizes(const sw_fmri_people *p, sw_fmri_size *sizes)
{
    size_t first = column(p, "n"), second = column(p, "n2");
    for (size_t s = 0; s < p->n; s++) {
        const double *x = p->v[s].covariate;
        double n = first < p->n_covariates ? x[first] : 0;
        double m = second < p->n_covariates && x[second] > 0 ? x[second] : 0;
        if (!(n >= 2 && n + m >= 4 && n + m <= 1e9))
            return false;
        if (sizes)
            sizes[s] = m > 0 ? (sw_fmri_size){n + m, n + m - 2, n * m / (n + m)}
                             : (sw_fmri_size){n, n - 1, n};
    }
    return p->n > 0;
}

void
sw_fmri_people_fini(sw_fmri_people *p)
{
    for (size_t s = 0; s < p->n; s++) {
        free(p->v[s].name);
        free(p->v[s].image);
        free(p->v[s].second);
        free(p->v[s].covariate);
    }
    for (size_t g = 0; g < p->n_groups; g++)
        free(p->group[g]);
    for (size_t c = 0; c < p->n_covariates; c++)
        free(p->covariate[c]);
    free(p->v);
    *p = (sw_fmri_people){0};
}
