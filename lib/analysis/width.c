// SPDX-License-Identifier: Apache-2.0
// Walks a result for its half-widths and the values that they belong to.
#include "lib/analysis/width.h"

#include "lib/base/memory.h"

#include <math.h>
#include <string.h>

#define NORMAL_95 1.959963984540054

static double
width_of(const json_t *half, const json_t *value, double factor, bool relative)
{
    double h = json_is_number(half) ? factor * json_number_value(half) : INFINITY;
    double v = json_is_number(value) ? fabs(json_number_value(value)) : NAN;
    if (!relative)
        return h;
    return v > 0 ? h / v : h == 0 ? 0 : INFINITY;
}

static double widest(const json_t *half, const json_t *value, double factor, bool relative);

// Of a series the pairs of a name stand in an object.
static double
widest_of_pairs(const json_t *half, const json_t *value, double factor, bool relative)
{
    double most = NAN;
    const char *other;
    json_t *h;
    json_object_foreach ((json_t *)half, other, h)
        most = fmax(most, widest(h, json_object_get(value, other), factor, relative));
    return most;
}

// The widest of a number, a vector or a matrix. Places without a value (the lower triangle of a
// matrix of pairs) do not count.
static double
widest(const json_t *half, const json_t *value, double factor, bool relative)
{
    if (json_is_object(half))
        return widest_of_pairs(half, value, factor, relative);
    if (!json_is_array(half))
        return width_of(half, value, factor, relative);
    double most = NAN;
    for (size_t i = 0; i < json_array_size(half); i++) {
        const json_t *h = json_array_get(half, i), *v = json_array_get(value, i);
        if (!json_is_null(h) || !json_is_null(v))
            most = fmax(most, widest(h, v, factor, relative));
    }
    return most;
}

// Of a series each name has its own object.
static double
widest_of_names(const json_t *indices, bool relative)
{
    double most = NAN;
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)indices, name, value)
        most = fmax(most, sw_result_half_width(value, relative));
    return most;
}

double
sw_result_half_width(const json_t *result, bool relative)
{
    static const char ending[] = "_conf";
    double most = NAN;
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)result, key, value) {
        size_t n = strlen(key), e = sizeof ending - 1;
        if (n > e && strcmp(key + n - e, ending) == 0) {
            sw_auto(free) char *name = sw_strndup(key, n - e);
            most = fmax(most, widest(value, json_object_get(result, name), 1, relative));
        } else if (strcmp(key, "sem") == 0) {
            most = fmax(most, widest(value, json_object_get(result, "mean"), NORMAL_95, relative));
        } else if (strcmp(key, "points") == 0 && json_is_object(value)) {
            most = fmax(most, sw_result_half_width(value, relative));
        } else if (strcmp(key, "values") == 0 && json_is_object(value)) {
            most = fmax(most, sw_result_half_width(value, relative));
        } else if (strcmp(key, "indices") == 0) {
            most = fmax(most, widest_of_names(value, relative));
        }
    }
    return most;
}

// ---- change ----

static bool
is_index(const char *key, const json_t *value)
{
    size_t n = strlen(key), i;
    const json_t *item;
    if (n > 5 && strcmp(key + n - 5, "_conf") == 0)
        return false;
    json_array_foreach (value, i, item) {
        if (json_is_number(item) || is_index("", item))
            return true;
    }
    return false;
}

// Of a vector, or of a matrix, which is a vector of vectors.
static double
change_of_vector(const json_t *before, const json_t *after)
{
    double largest = 0;
    const json_t *item;
    size_t j;
    json_array_foreach (after, j, item) {
        const json_t *old = json_array_get(before, j);
        largest = fmax(largest, json_is_array(item)
                                    ? change_of_vector(old, item)
                                    : fabs(json_number_value(item) - json_number_value(old)));
    }
    return largest;
}

static double
change_of_members(const json_t *before, const json_t *after)
{
    double largest = NAN;
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)after, key, value) {
        if (is_index(key, value))
            largest = fmax(largest, change_of_vector(json_object_get(before, key), value));
    }
    return largest;
}

static bool
has_vectors(const json_t *result)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)result, key, value) {
        const json_t *first = json_array_get(value, 0);
        if (json_is_number(first) || json_is_null(first))
            return true;
    }
    return false;
}

// Of a result without vectors; counts are whole numbers.
static double
change_of_numbers(const json_t *before, const json_t *after)
{
    double largest = NAN;
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)after, key, value) {
        const json_t *old = json_object_get(before, key);
        if (json_is_real(value) && json_is_real(old))
            largest = fmax(largest, fabs(json_number_value(value) - json_number_value(old)));
    }
    return largest;
}

double
sw_result_change(const json_t *before, const json_t *after)
{
    const json_t *indices = json_object_get(after, "indices");
    double largest = indices ? NAN : change_of_members(before, after);
    if (!indices)
        return has_vectors(after) ? largest : change_of_numbers(before, after);
    const json_t *old = json_object_get(before, "indices");
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)indices, name, value)
        largest = fmax(largest, change_of_members(json_object_get(old, name), value));
    return largest;
}
