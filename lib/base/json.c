// SPDX-License-Identifier: Apache-2.0
// Reading JSON by declared fields: one walk that reports all faults.
#include "lib/base/json.h"

#include "lib/base/memory.h"

#include <math.h>
#include <stdint.h>

enum { DEPTH_MAX = 256, QUOTE_MAX = 60 };

// A cheap scan before parsing: the parser recurses once a level, so depth is bounded first.
static bool
too_deep(const char *bytes, size_t n)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < n; i++) {
        char c = bytes[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > DEPTH_MAX)
                return true;
        } else if (c == ']' || c == '}') {
            depth -= depth > 0;
        }
    }
    return false;
}

json_t *
sw_json_parse(const char *bytes, size_t n, sw_faults *faults)
{
    if (too_deep(bytes, n)) {
        sw_fault_add(faults, "", "nested deeper than %d levels", DEPTH_MAX);
        return NULL;
    }
    json_error_t error;
    size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
    json_t *value = json_loadb(bytes, n, flags, &error);
    // Whole numbers beyond 64 bits (databases write 1e300 with all its zeros) are read as doubles.
    if (!value && json_error_code(&error) == json_error_numeric_overflow)
        value = json_loadb(bytes, n, flags | JSON_DECODE_INT_AS_REAL, &error);
    if (!value)
        sw_fault_add(faults, "", "line %d, column %d: %s", error.line, error.column, error.text);
    return value;
}

char *
sw_json_pointer(const char *pointer, const char *key)
{
    sw_buffer b = {0};
    sw_buffer_str(&b, pointer);
    sw_buffer_char(&b, '/');
    for (; *key; key++) {
        if (*key == '~')
            sw_buffer_str(&b, "~0");
        else if (*key == '/')
            sw_buffer_str(&b, "~1");
        else
            sw_buffer_char(&b, *key);
    }
    return sw_buffer_text(&b);
}

char *
sw_json_pointer_at(const char *pointer, size_t index)
{
    return sw_format("%s/%zu", pointer, index);
}

const char *
sw_json_type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    default:
        return "null";
    }
}

// What was given, short enough for a message.
static char *
quote(const json_t *value)
{
    if (json_is_object(value) || json_is_array(value))
        return sw_strdup(sw_json_type_name(value));
    char *text = sw_json_text(value, false);
    if (strlen(text) > QUOTE_MAX)
        strcpy(text + QUOTE_MAX - 4, "…");
    return text;
}

static bool
refuse_type(const json_t *value, const char *at, const char *wanted, sw_faults *faults)
{
    sw_auto(free) char *given = quote(value);
    sw_fault_add(faults, at, "must be %s, not %s", wanted, given);
    return false;
}

static bool
bounded(const sw_field *f)
{
    return f->min != 0 || f->max != 0;
}

static bool
in_range(const sw_field *f, double v, const char *what, const char *at, sw_faults *faults)
{
    if (!bounded(f) || (v >= f->min && v <= f->max))
        return true;
    if (isinf(f->max))
        sw_fault_add(faults, at, "%smust be at least %.17g, not %.17g", what, f->min, v);
    else
        sw_fault_add(faults, at, "%smust be from %.17g to %.17g, not %.17g", what, f->min, f->max,
                     v);
    return false;
}

static bool
read_string(const json_t *value, const char *at, const sw_field *f, void *to, sw_faults *faults)
{
    if (!json_is_string(value))
        return refuse_type(value, at, "a string", faults);
    const char *s = json_string_value(value);
    if (strlen(s) != json_string_length(value)) {
        sw_fault_add(faults, at, "must not contain the character U+0000");
        return false;
    }
    if (f->one_of) {
        sw_buffer allowed = {0};
        for (size_t i = 0; f->one_of[i]; i++) {
            if (strcmp(f->one_of[i], s) == 0) {
                sw_buffer_fini(&allowed);
                *(const char **)to = s;
                return true;
            }
            sw_buffer_printf(&allowed, "%s\"%s\"", i ? ", " : "", f->one_of[i]);
        }
        sw_auto(free) char *given = quote(value);
        sw_fault_add(faults, at, "must be one of %s, not %s", sw_buffer_text(&allowed), given);
        sw_buffer_fini(&allowed);
        return false;
    }
    if (!in_range(f, (double)strlen(s), "the length ", at, faults))
        return false;
    *(const char **)to = s;
    return true;
}

static bool
read_number(const json_t *value, const char *at, const sw_field *f, void *to, sw_faults *faults)
{
    if (!json_is_number(value))
        return refuse_type(value, at, "a number", faults);
    double v = json_number_value(value);
    if (!in_range(f, v, "", at, faults))
        return false;
    *(double *)to = v;
    return true;
}

static bool
read_integer(const json_t *value, const char *at, const sw_field *f, void *to, sw_faults *faults)
{
    double v = json_number_value(value);
    if (!json_is_number(value) || v != floor(v) || fabs(v) >= 0x1p63)
        return refuse_type(value, at, "a whole number", faults);
    if (!in_range(f, v, "", at, faults))
        return false;
    *(int64_t *)to = json_is_integer(value) ? json_integer_value(value) : (int64_t)v;
    return true;
}

static bool
read_boolean(const json_t *value, const char *at, const sw_field *f, void *to, sw_faults *faults)
{
    (void)f;
    if (!json_is_boolean(value))
        return refuse_type(value, at, "true or false", faults);
    *(bool *)to = json_is_true(value);
    return true;
}

static bool
read_object(const json_t *value, const char *at, const sw_field *f, void *to, sw_faults *faults)
{
    (void)f;
    if (!json_is_object(value))
        return refuse_type(value, at, "an object", faults);
    *(const json_t **)to = value;
    return true;
}

static bool
read_array(const json_t *value, const char *at, const sw_field *f, void *to, sw_faults *faults)
{
    if (!json_is_array(value))
        return refuse_type(value, at, "an array", faults);
    if (!in_range(f, (double)json_array_size(value), "the number of items ", at, faults))
        return false;
    *(const json_t **)to = value;
    return true;
}

static bool
read_any(const json_t *value, const char *at, const sw_field *f, void *to, sw_faults *faults)
{
    (void)at, (void)f, (void)faults;
    *(const json_t **)to = value;
    return true;
}

static bool (*const readers[])(const json_t *, const char *, const sw_field *, void *,
                               sw_faults *) = {
    [SW_FIELD_STRING] = read_string,   [SW_FIELD_NUMBER] = read_number,
    [SW_FIELD_INTEGER] = read_integer, [SW_FIELD_BOOLEAN] = read_boolean,
    [SW_FIELD_OBJECT] = read_object,   [SW_FIELD_ARRAY] = read_array,
    [SW_FIELD_ANY] = read_any,
};

static const sw_field *
find(const sw_field *fields, const char *name)
{
    for (; fields->name; fields++) {
        if (strcmp(fields->name, name) == 0)
            return fields;
    }
    return NULL;
}

bool
sw_json_read_some(const json_t *object, const char *pointer, const sw_field *fields, void *target,
                  sw_faults *faults)
{
    if (!json_is_object(object))
        return refuse_type(object, pointer, "an object", faults);
    bool ok = true;
    for (const sw_field *f = fields; f->name; f++) {
        const json_t *value = json_object_get(object, f->name);
        sw_auto(free) char *at = sw_json_pointer(pointer, f->name);
        if (value && !json_is_null(value)) {
            ok &= readers[f->type](value, at, f, (char *)target + f->offset, faults);
        } else if (f->required) {
            sw_fault_add(faults, at, "is required");
            ok = false;
        }
    }
    return ok;
}

void
sw_json_refuse_others(const json_t *object, const char *pointer, const sw_field *const *tables,
                      sw_faults *faults)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)object, key, value) {
        bool known = false;
        for (size_t t = 0; tables[t] && !known; t++)
            known = find(tables[t], key) != NULL;
        if (known)
            continue;
        sw_buffer allowed = {0};
        for (size_t t = 0; tables[t]; t++) {
            for (const sw_field *f = tables[t]; f->name; f++)
                sw_buffer_printf(&allowed, "%s%s", allowed.n ? ", " : "", f->name);
        }
        sw_auto(free) char *at = sw_json_pointer(pointer, key);
        sw_fault_add(faults, at, "is not known here; known are %s", sw_buffer_text(&allowed));
        sw_buffer_fini(&allowed);
    }
}

bool
sw_json_read(const json_t *object, const char *pointer, const sw_field *fields, void *target,
             sw_faults *faults)
{
    size_t before = faults->n + faults->dropped;
    if (sw_json_read_some(object, pointer, fields, target, faults) || json_is_object(object))
        sw_json_refuse_others(object, pointer, (const sw_field *const[]){fields, NULL}, faults);
    return faults->n + faults->dropped == before;
}
