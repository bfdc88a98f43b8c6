// SPDX-License-Identifier: Apache-2.0
// See the header. Each kind of pick enumerates candidate texts to a callback; a scalar keeps one,
// a series keeps all.
#include "models/external/pick.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/external/bytes.h"
#include "models/external/csv.h"

__attribute__((format(printf, 3, 4))) static int
refuse(char *error, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error, size, format, args);
    va_end(args);
    return -1;
}

// ---- reading the manifest ----

static const sw_external_field fields[] = {
    {"from", "string", false},      {"json", "string", false},  {"regex", "string", false},
    {"csv", "string", false},       {"match", "string", false}, {"row", "any", false},
    {"separator", "string", false}, {NULL, NULL, false}};

// Patterns are compiled and matched by the C library, whose costs grow with the counts in braces
// and are exponential with back-references: both are bounded here.
static bool
pattern_is_cheap(const char *p)
{
    double product = 1;
    if (strlen(p) > 1000)
        return false;
    for (; *p; p++) {
        if (*p == '\\' && p[1]) {
            if (isdigit((unsigned char)*++p))
                return false;
            continue;
        }
        if (*p != '{')
            continue;
        double low = strtod(p + 1, NULL), high = low;
        const char *comma = strpbrk(p, ",}");
        if (comma && *comma == ',')
            high = strtod(comma + 1, NULL);
        product *= fmax(1, fmax(low, high));
    }
    return product <= 1000;
}

static void
read_regex(const char *pointer, sw_external_pick *pick, sw_external_faults *f)
{
    char at[256];
    snprintf(at, sizeof at, "%.200s/regex", pointer);
    if (!pattern_is_cheap(pick->expression)) {
        sw_external_fault(f, at,
                          "is too costly: over 1000 bytes, counts in braces whose product "
                          "is over 1000, or a back-reference");
        return;
    }
    int code = regcomp(&pick->regex, pick->expression, REG_EXTENDED | REG_NEWLINE);
    if (code) {
        char why[128];
        regerror(code, &pick->regex, why, sizeof why);
        sw_external_fault(f, at, "is no POSIX extended expression: %s", why);
        return;
    }
    pick->kind = SW_PICK_REGEX;
    if (pick->regex.re_nsub != 1)
        sw_external_fault(f, at, "must have one group in parentheses, has %zu",
                          pick->regex.re_nsub);
}

static void
read_csv(const json_t *json, const char *pointer, sw_external_pick *pick, sw_external_faults *f)
{
    char at[256];
    const json_t *row = json_object_get(json, "row");
    const char *name = json_string_value(row);
    snprintf(at, sizeof at, "%.200s/row", pointer);
    pick->kind = SW_PICK_CSV;
    pick->row = json_is_integer(row) ? (long)json_integer_value(row) : 1;
    pick->last = !row || (name && strcmp(name, "last") == 0);
    if (pick->row < 1 ||
        (row && !json_is_integer(row) && !pick->last && !(name && strcmp(name, "first") == 0)))
        sw_external_fault(f, at, "must be \"first\", \"last\" or a number from 1");
    const char *separator = sw_external_string(json, "separator", ",");
    pick->separator = separator[0];
    snprintf(at, sizeof at, "%.200s/separator", pointer);
    if (strlen(separator) != 1 || strchr("\"\n\r", separator[0]))
        sw_external_fault(f, at, "must be one ASCII character");
}

// Which keys may stand with which way of picking.
static void
check_company(const json_t *json, const char *pointer, sw_external_faults *f)
{
    static const char *const company[][2] = {
        {"match", "regex"}, {"row", "csv"}, {"separator", "csv"}};
    for (size_t c = 0; c < sizeof company / sizeof *company; c++)
        if (json_object_get(json, company[c][0]) && !json_object_get(json, company[c][1])) {
            char at[256];
            snprintf(at, sizeof at, "%.200s/%s", pointer, company[c][0]);
            sw_external_fault(f, at, "belongs to \"%s\" only", company[c][1]);
        }
}

static bool
path_is_valid(const char *path)
{
    while (*path) {
        if (*path == '[') {
            char *end;
            if (!isdigit((unsigned char)path[1]) && path[1] != '-')
                return false;
            (void)strtol(path + 1, &end, 10);
            if (*end != ']' || end[-1] == '-')
                return false;
            path = end + 1;
        } else {
            size_t n = strcspn(path, ".[]");
            if (n == 0 || path[n] == ']')
                return false;
            path += n;
        }
        if (*path == '.' && path[1] != '[' && path[1])
            path++;
        else if (*path && *path != '[')
            return false;
    }
    return true;
}

void
sw_pick_read(const json_t *json, const char *pointer, sw_external_pick *pick, sw_external_faults *f)
{
    static const char *const matches[] = {"first", "last", NULL};
    if (!sw_external_check(json, pointer, fields, f))
        return;
    const char *path = sw_external_string(json, "json", NULL);
    const char *pattern = sw_external_string(json, "regex", NULL);
    const char *column = sw_external_string(json, "csv", NULL);
    const char *from = sw_external_string(json, "from", "stdout");
    pick->file = strcmp(from, "stdout") == 0 ? NULL : from;
    pick->expression = path ? path : pattern ? pattern : column;
    pick->last = sw_external_choice(json, pointer, "match", matches, f) == 1;
    check_company(json, pointer, f);
    if ((path != NULL) + (pattern != NULL) + (column != NULL) > 1)
        sw_external_fault(f, pointer, "has more than one of json, regex and csv");
    else if (pattern)
        read_regex(pointer, pick, f);
    else if (column)
        read_csv(json, pointer, pick, f);
    else if (path)
        pick->kind = SW_PICK_JSON;
    else
        pick->kind = SW_PICK_WHOLE;
    if (path && !path_is_valid(path))
        sw_external_fault(f, pointer, "json must be a path such as \"a.b[0].c\"");
}

void
sw_pick_fini(sw_external_pick *pick)
{
    if (pick->kind == SW_PICK_REGEX)
        regfree(&pick->regex);
}

// ---- numbers ----

int
sw_pick_number(const char *text, double *value, char *error, size_t size)
{
    char *end;
    *value = strtod(text, &end);
    bool any = end != text;
    while (isspace((unsigned char)*end))
        end++;
    if (any && *end == '\0')
        return 0;
    return refuse(error, size, "\"%.60s\" is not a number", text);
}

int
sw_pick_json_number(const json_t *value, double *number, char *error, size_t size)
{
    if (json_is_number(value))
        *number = json_number_value(value);
    else if (json_is_boolean(value))
        *number = json_is_true(value);
    else if (json_is_null(value))
        *number = NAN;
    else
        return refuse(error, size, "must be a number");
    return 0;
}

int
sw_pick_json_series(const json_t *value, double **found, size_t *n_found, char *error, size_t size)
{
    size_t n = json_is_array(value) ? json_array_size(value) : 1;
    double *numbers = calloc(n + 1, sizeof *numbers);
    if (!numbers)
        return refuse(error, size, "no memory for %zu numbers", n);
    for (size_t t = 0; t < n; t++) {
        const json_t *item = json_is_array(value) ? json_array_get(value, t) : value;
        if (sw_pick_json_number(item, &numbers[t], error, size)) {
            free(numbers);
            return refuse(error, size, "element %zu must be a number", t);
        }
    }
    *found = numbers;
    *n_found = n;
    return 0;
}

// ---- JSON paths ----

static const json_t *
walk(const json_t *at, const char *path)
{
    while (at && *path) {
        if (*path == '[') {
            char *end;
            long index = strtol(path + 1, &end, 10);
            long n = (long)json_array_size(at);
            at = json_array_get(at, (size_t)(index < 0 ? index + n : index));
            path = end + 1;
        } else {
            size_t n = strcspn(path, ".[");
            at = json_object_getn(at, path, n);
            path += n;
        }
        path += *path == '.';
    }
    return at;
}

static json_t *
load(const sw_external_pick *pick, const char *text, size_t n, const json_t **at, char *error,
     size_t size)
{
    json_error_t why;
    const size_t flags = JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK;
    json_t *root = json_loadb(text, n, flags, &why);
    if (!root) // perhaps for whole numbers beyond 64 bits
        root = json_loadb(text, n, flags | JSON_DECODE_INT_AS_REAL, &why);
    if (!root) {
        refuse(error, size, "is not JSON: line %d, column %d: %s", why.line, why.column, why.text);
        return NULL;
    }
    *at = walk(root, pick->expression);
    if (*at)
        return root;
    refuse(error, size, "nothing at the JSON path %s", pick->expression);
    json_decref(root);
    return NULL;
}

static int
json_text(const sw_external_pick *pick, const char *text, size_t n, char **found, char *error,
          size_t size)
{
    const json_t *at;
    json_t *root = load(pick, text, n, &at, error, size);
    if (!root)
        return -1;
    *found = json_is_string(at)  ? strdup(json_string_value(at))
             : json_is_null(at)  ? strdup("nan")
             : json_is_true(at)  ? strdup("1")
             : json_is_false(at) ? strdup("0")
                                 : json_dumps(at, JSON_ENCODE_ANY | JSON_COMPACT);
    json_decref(root);
    return *found ? 0 : refuse(error, size, "no memory for the value");
}

static int
json_series(const sw_external_pick *pick, const char *text, size_t n, double **found,
            size_t *n_found, char *error, size_t size)
{
    const json_t *at;
    json_t *root = load(pick, text, n, &at, error, size);
    int result = root ? sw_pick_json_series(at, found, n_found, error, size) : -1;
    json_decref(root);
    return result;
}

// ---- regular expressions and CSV: candidates in order ----

// Where candidates go. A scalar keeps the first, the last or one row; a series keeps all.
typedef struct sink {
    bool all;
    char *kept;
    sw_external_bytes numbers;
    size_t n;
    char *error;
    size_t size;
} sink;

static int
take(sink *s, const char *text, size_t n)
{
    s->n++;
    free(s->kept);
    s->kept = strndup(text, n);
    if (!s->kept)
        return refuse(s->error, s->size, "no memory for %zu bytes", n);
    if (!s->all)
        return 0;
    double value;
    if (sw_pick_number(s->kept, &value, s->error, s->size))
        return -1;
    sw_external_append(&s->numbers, &value, sizeof value);
    return 0;
}

static int
regex_candidates(const sw_external_pick *pick, const char *text, size_t n, sink *s)
{
    if (n > SW_PICK_MOST_REGEX_TEXT)
        return refuse(s->error, s->size, "%zu bytes are too many for a regular expression (%d)", n,
                      SW_PICK_MOST_REGEX_TEXT);
    regmatch_t match[2];
    int flags = 0;
    for (const char *at = text; regexec(&pick->regex, at, 2, match, flags) == 0;) {
        if (match[1].rm_so >= 0 &&
            take(s, at + match[1].rm_so, (size_t)(match[1].rm_eo - match[1].rm_so)))
            return -1;
        if (!pick->last && !s->all)
            break;
        at += match[0].rm_eo + (match[0].rm_eo == match[0].rm_so);
        if (at > text + n || !*at)
            break;
        flags = at[-1] == '\n' ? 0 : REG_NOTBOL;
    }
    return s->n ? 0 : refuse(s->error, s->size, "nothing matches %.100s", pick->expression);
}

static int
csv_candidates(const sw_external_pick *pick, const char *text, size_t n, sink *s)
{
    sw_external_csv csv = {.at = text, .end = text + n, .separator = pick->separator};
    sw_external_bytes cell = {0};
    long column = sw_external_csv_column(&csv, pick->expression, &cell), row = 0;
    int result = 0;
    if (column < 0)
        result = refuse(s->error, s->size, "no column %.100s", pick->expression);
    while (result == 0 && sw_external_csv_cell(&csv, column, &cell))
        if (++row == pick->row || s->all || pick->last)
            result = take(s, sw_external_text_of(&cell), cell.n);
    sw_external_bytes_fini(&cell);
    if (result == 0 && s->n == 0 && !s->all)
        result = refuse(s->error, s->size, "column %.100s has %ld rows", pick->expression, row);
    return result;
}

static int
candidates(const sw_external_pick *pick, const char *text, size_t n, sink *s)
{
    if (pick->kind == SW_PICK_REGEX)
        return regex_candidates(pick, text, n, s);
    if (pick->kind == SW_PICK_CSV)
        return csv_candidates(pick, text, n, s);
    return take(s, text, n);
}

int
sw_pick_text(const sw_external_pick *pick, const char *text, size_t n, char **found, char *error,
             size_t size)
{
    if (pick->kind == SW_PICK_JSON)
        return json_text(pick, text, n, found, error, size);
    sink s = {.error = error, .size = size};
    int result = candidates(pick, text, n, &s);
    *found = s.kept;
    if (result)
        free(s.kept);
    return result;
}

int
sw_pick_series(const sw_external_pick *pick, const char *text, size_t n, double **found,
               size_t *n_found, char *error, size_t size)
{
    if (pick->kind == SW_PICK_JSON)
        return json_series(pick, text, n, found, n_found, error, size);
    sink s = {.all = true, .error = error, .size = size};
    int result = candidates(pick, text, n, &s);
    free(s.kept);
    *n_found = s.numbers.n / sizeof **found;
    *found = (double *)(void *)s.numbers.at;
    if (result)
        sw_external_bytes_fini(&s.numbers);
    return result;
}
