// SPDX-License-Identifier: Apache-2.0
// Writing JSON: compact, with the shortest numbers that read back equal, which the library's own
// writer (17 digits always) does not give.
#include "lib/base/json.h"
#include "lib/base/memory.h"

static int
by_key(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
write_member(sw_buffer *b, const char *key, const json_t *value, bool sorted, bool first)
{
    if (!first)
        sw_buffer_char(b, ',');
    sw_buffer_json_string(b, key, strlen(key));
    sw_buffer_char(b, ':');
    sw_json_write(b, value, sorted);
}

static void
write_object(sw_buffer *b, const json_t *object, bool sorted)
{
    const char *key;
    json_t *value;
    size_t n = 0, size = json_object_size(object);
    const char **keys = sorted ? sw_malloc(size * sizeof *keys) : NULL;
    sw_buffer_char(b, '{');
    json_object_foreach ((json_t *)object, key, value) {
        if (sorted)
            keys[n++] = key;
        else
            write_member(b, key, value, sorted, n++ == 0);
    }
    if (sorted) {
        qsort(keys, n, sizeof *keys, by_key);
        for (size_t i = 0; i < n; i++)
            write_member(b, keys[i], json_object_get(object, keys[i]), sorted, i == 0);
        free(keys);
    }
    sw_buffer_char(b, '}');
}

static void
write_array(sw_buffer *b, const json_t *array, bool sorted)
{
    sw_buffer_char(b, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i)
            sw_buffer_char(b, ',');
        sw_json_write(b, json_array_get(array, i), sorted);
    }
    sw_buffer_char(b, ']');
}

void
sw_json_write(sw_buffer *b, const json_t *value, bool sorted)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(b, value, sorted);
        break;
    case JSON_ARRAY:
        write_array(b, value, sorted);
        break;
    case JSON_STRING:
        sw_buffer_json_string(b, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        sw_buffer_printf(b, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        sw_buffer_number(b, json_real_value(value), "null");
        break;
    default:
        sw_buffer_str(b, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
    }
}

char *
sw_json_text(const json_t *value, bool sorted)
{
    sw_buffer b = {0};
    sw_json_write(&b, value, sorted);
    return sw_buffer_text(&b);
}
