// SPDX-License-Identifier: Apache-2.0
// Results of analyses as tables: vectors as columns beside the names, matrices and series each as a
// table of its own.
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <math.h>

// Points of a series that are shown.
enum { SHOWN = 24 };

static const char *
text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void
print_cell(const json_t *value)
{
    if (json_is_number(value))
        printf(" %12.6f", json_number_value(value));
    else
        printf(" %12s", "-");
}

static bool
is_number_or_null(const json_t *value)
{
    return json_is_number(value) || json_is_null(value);
}

// ---- one value a name ----

static bool
is_column(const json_t *value, size_t n)
{
    return n > 0 && json_array_size(value) == n && is_number_or_null(json_array_get(value, 0));
}

static void
print_columns(const json_t *result, const json_t *names)
{
    const char *key;
    json_t *value;
    size_t n = json_array_size(names), columns = 0;
    json_object_foreach ((json_t *)result, key, value)
        columns += is_column(value, n);
    if (columns == 0)
        return;
    printf("  %-28s", "");
    json_object_foreach ((json_t *)result, key, value) {
        if (is_column(value, n))
            printf(" %12s", key);
    }
    putchar('\n');
    for (size_t i = 0; i < n; i++) {
        printf("  %-28s", json_string_value(json_array_get(names, i)));
        json_object_foreach ((json_t *)result, key, value) {
            if (is_column(value, n))
                print_cell(json_array_get(value, i));
        }
        putchar('\n');
    }
}

// ---- a row of values a name, or a class ----

static void
print_head(const char *title, const json_t *names)
{
    printf("  %-28s", title);
    for (size_t j = 0; j < json_array_size(names); j++)
        printf(" %12.12s", json_string_value(json_array_get(names, j)));
    putchar('\n');
}

static void
print_matrices(const json_t *result, const json_t *names)
{
    const char *key;
    json_t *value;
    const json_t *row, *cell;
    size_t i, j, n = json_array_size(names);
    json_object_foreach ((json_t *)result, key, value) {
        if (!is_column(json_array_get(value, 0), n))
            continue;
        print_head(key, names);
        bool named = json_array_size(value) == n;
        json_array_foreach (value, i, row) {
            sw_auto(free) char *number = sw_format("%zu", i + 1);
            printf("  %-28s", named ? json_string_value(json_array_get(names, i)) : number);
            json_array_foreach (row, j, cell)
                print_cell(cell);
            putchar('\n');
        }
    }
}

// ---- series ----

// The k-th of at most SHOWN of n points.
static size_t
shown_at(size_t k, size_t n)
{
    return n <= SHOWN ? k : k * (n - 1) / (SHOWN - 1);
}

// columns[j]: an array with an entry a point, or NULL.
static void
print_points(const json_t *at, const json_t *const *columns, size_t n_columns)
{
    size_t n = json_array_size(at);
    for (size_t k = 0; k < n && k < SHOWN; k++) {
        size_t t = shown_at(k, n);
        printf("  %-28lld", (long long)json_integer_value(json_array_get(at, t)));
        for (size_t j = 0; j < n_columns; j++)
            print_cell(json_array_get(columns[j], t));
        putchar('\n');
    }
}

static void
print_indices(const json_t *result, const json_t *names)
{
    const json_t *indices = json_object_get(result, "indices");
    size_t n = json_array_size(names);
    const json_t **columns = sw_calloc(n + 1, sizeof(json_t *));
    const json_t *first = json_object_get(indices, json_string_value(json_array_get(names, 0)));
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)first, key, value) {
        if (!is_number_or_null(json_array_get(value, 0)))
            continue; // of pairs
        print_head(key, names);
        for (size_t j = 0; j < n; j++) {
            const char *name = json_string_value(json_array_get(names, j));
            columns[j] = json_object_get(json_object_get(indices, name), key);
        }
        print_points(json_object_get(result, "at"), columns, n);
    }
    free(columns);
}

static void
print_values(const json_t *result)
{
    const json_t *values = json_object_get(result, "values");
    const json_t **columns = sw_calloc(json_object_size(values) + 1, sizeof(json_t *));
    sw_auto(json) json_t *keys = json_array();
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)values, key, value) {
        if (!is_number_or_null(json_array_get(value, 0)))
            continue;
        columns[json_array_size(keys)] = value;
        json_array_append_new(keys, json_string(key));
    }
    if (json_array_size(keys)) {
        print_head("", keys);
        print_points(json_object_get(result, "at"), columns, json_array_size(keys));
    }
    free(columns);
}

void
sw_print_analysis(const json_t *result)
{
    const char *key;
    json_t *value;
    printf("%s of %s\n", text_of(result, "method"), text_of(result, "output"));
    json_object_foreach ((json_t *)result, key, value) {
        if (json_is_integer(value))
            printf("  %-28s %12lld\n", key, (long long)json_integer_value(value));
        else if (json_is_number(value))
            printf("  %-28s %12.6g\n", key, json_number_value(value));
    }
    const json_t *names = json_object_get(result, "names");
    if (json_object_get(result, "at")) {
        print_indices(result, names);
        print_values(result);
    } else {
        print_columns(result, names);
        print_matrices(result, names);
    }
    size_t i;
    const json_t *warning;
    json_array_foreach (json_object_get(result, "warnings"), i, warning)
        printf("  warning: %s\n", json_string_value(warning));
}
