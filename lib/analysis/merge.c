// SPDX-License-Identifier: Apache-2.0
// From an array of results to a result of arrays.
#include "lib/analysis/merge.h"

#include "lib/base/memory.h"

#include <string.h>

enum { WARNINGS_MAX = 20 };

typedef struct merging {
    const json_t *results;
    const json_t *first; // the first that is one
    const json_t *names;
    size_t n, n_names;
    json_t *merged, *indices, *values;
} merging;

size_t
sw_merge_leaves(const json_t *value)
{
    size_t n = 0, i;
    const char *key;
    json_t *member;
    json_object_foreach ((json_t *)value, key, member)
        n += sw_merge_leaves(member);
    json_array_foreach (value, i, member)
        n += sw_merge_leaves(member);
    return json_is_object(value) || json_is_array(value) ? n : 1;
}

static bool
all_numbers(const json_t *array, size_t n)
{
    size_t i;
    const json_t *item;
    json_array_foreach (array, i, item) {
        if (!json_is_number(item) && !json_is_null(item))
            return false;
    }
    return json_is_array(array) && json_array_size(array) == n;
}

static bool
all_vectors(const json_t *array, size_t n)
{
    size_t i;
    const json_t *item;
    json_array_foreach (array, i, item) {
        if (!all_numbers(item, n))
            return false;
    }
    return json_is_array(array) && json_array_size(array) == n;
}

// The member, or within it the entry j, or within that the entry k, of each result.
static json_t *
over(const merging *m, const char *key, size_t j, size_t k)
{
    json_t *array = json_array();
    for (size_t i = 0; i < m->n; i++) {
        json_t *value = json_object_get(json_array_get(m->results, i), key);
        if (j != SIZE_MAX)
            value = json_array_get(value, j);
        if (k != SIZE_MAX)
            value = json_array_get(value, k);
        json_array_append_new(array, value ? json_incref(value) : json_null());
    }
    return array;
}

static bool
all_null(const json_t *array)
{
    size_t i;
    const json_t *item;
    json_array_foreach (array, i, item) {
        if (!json_is_null(item))
            return false;
    }
    return true;
}

static const char *
name_of(const merging *m, size_t j)
{
    return json_string_value(json_array_get(m->names, j));
}

static void
put_vector(const merging *m, const char *key)
{
    for (size_t j = 0; j < m->n_names; j++)
        json_object_set_new(json_object_get(m->indices, name_of(m, j)), key,
                            over(m, key, j, SIZE_MAX));
}

// Of a triangle the half that has values.
static void
put_pairs(const merging *m, const char *key)
{
    for (size_t j = 0; j < m->n_names; j++) {
        json_t *others = json_object();
        for (size_t k = 0; k < m->n_names; k++) {
            json_t *array = over(m, key, j, k);
            if (all_null(array))
                json_decref(array);
            else
                json_object_set_new(others, name_of(m, k), array);
        }
        json_object_set_new(json_object_get(m->indices, name_of(m, j)), key, others);
    }
}

static bool
is_same_in_all(const merging *m, const char *key, const json_t *value)
{
    for (size_t i = 0; i < m->n; i++) {
        const json_t *other = json_array_get(m->results, i);
        if (!json_is_null(other) && !json_equal(json_object_get(other, key), value))
            return false;
    }
    return true;
}

// Arrays over something else than names, and only by chance as many: points, bins, replicates.
static bool
is_of_others(const char *key)
{
    static const char *const others[] = {"points", "quantiles",        "replicates",
                                         "A",      "cramer_von_mises", "kolmogorov_smirnov"};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        if (strcmp(key, others[k]) == 0)
            return true;
    }
    return false;
}

static void
put_member(const merging *m, const char *key, json_t *value)
{
    bool named = m->n_names > 0 && value != m->names && !is_of_others(key);
    if (strcmp(key, "warnings") == 0)
        return;
    if (named && all_numbers(value, m->n_names))
        put_vector(m, key);
    else if (named && all_vectors(value, m->n_names))
        put_pairs(m, key);
    else if (is_same_in_all(m, key, value))
        json_object_set(m->merged, key, value);
    else
        json_object_set_new(m->values, key, over(m, key, SIZE_MAX, SIZE_MAX));
}

// How many results have each warning.
static json_t *
count_warnings(const merging *m)
{
    json_t *counts = json_object();
    size_t i, w;
    const json_t *result, *warning;
    json_array_foreach (m->results, i, result) {
        json_array_foreach (json_object_get(result, "warnings"), w, warning) {
            const char *text = json_string_value(warning);
            json_int_t before = json_integer_value(json_object_get(counts, text));
            json_object_set_new(counts, text, json_integer(before + 1));
        }
    }
    return counts;
}

static json_t *
merge_warnings(const merging *m)
{
    sw_auto(json) json_t *counts = count_warnings(m);
    json_t *warnings = json_array(), *count;
    const char *text;
    json_object_foreach (counts, text, count) {
        size_t n = (size_t)json_integer_value(count);
        if (json_array_size(warnings) == WARNINGS_MAX) {
            json_array_append_new(warnings, json_sprintf("and %zu warnings more",
                                                         json_object_size(counts) - WARNINGS_MAX));
            break;
        }
        json_array_append_new(
            warnings, n == m->n ? json_string(text)
                                : json_sprintf("at %zu of the %zu points: %s", n, m->n, text));
    }
    return warnings;
}

json_t *
sw_merge(const json_t *results)
{
    merging m = {.results = results, .n = json_array_size(results)};
    for (size_t i = 0; i < m.n && !m.first; i++) {
        if (json_is_object(json_array_get(results, i)))
            m.first = json_array_get(results, i);
    }
    m.names = json_object_get(m.first, "names");
    m.n_names = json_array_size(m.names);
    m.merged = json_object();
    m.indices = json_object();
    m.values = json_object();
    for (size_t j = 0; j < m.n_names; j++)
        json_object_set_new(m.indices, name_of(&m, j), json_object());
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)m.first, key, value)
        put_member(&m, key, value);
    json_object_set_new(m.merged, "indices", m.indices);
    json_object_set_new(m.merged, "values", m.values);
    json_object_set_new(m.merged, "warnings", merge_warnings(&m));
    return m.merged;
}
