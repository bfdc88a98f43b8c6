// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "models/external/faults.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ROOM_FOR_COUNT = 24, LONGEST_FAULT = 256 };

void
sw_external_fault(sw_external_faults *f, const char *pointer, const char *format, ...)
{
    char what[LONGEST_FAULT], line[LONGEST_FAULT + 160];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    int n = snprintf(line, sizeof line, "%s%.150s: %s", f->n ? "; " : "", pointer, what);
    f->n++;
    if (f->used + (size_t)n + ROOM_FOR_COUNT >= f->size) {
        f->n_left_out++;
        return;
    }
    memcpy(f->text + f->used, line, (size_t)n + 1);
    f->used += (size_t)n;
}

void
sw_external_faults_end(sw_external_faults *f)
{
    if (f->n_left_out)
        snprintf(f->text + f->used, f->size - f->used, "; and %zu more", f->n_left_out);
}

static bool
has_type(const json_t *value, const char *type)
{
    static const struct {
        const char *name;
        json_type a, b;
    } types[] = {{"string", JSON_STRING, JSON_STRING},    {"number", JSON_INTEGER, JSON_REAL},
                 {"integer", JSON_INTEGER, JSON_INTEGER}, {"boolean", JSON_TRUE, JSON_FALSE},
                 {"array", JSON_ARRAY, JSON_ARRAY},       {"object", JSON_OBJECT, JSON_OBJECT}};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        if (strcmp(types[t].name, type) == 0)
            return json_typeof(value) == types[t].a || json_typeof(value) == types[t].b;
    return true;
}

static void
check_member(const char *key, const json_t *value, const char *pointer,
             const sw_external_field *fields, sw_external_faults *f)
{
    char at[256];
    snprintf(at, sizeof at, "%.180s/%.64s", pointer, key);
    for (; fields->key; fields++)
        if (strcmp(fields->key, key) == 0) {
            if (!has_type(value, fields->type))
                sw_external_fault(f, at, "must be of type %s", fields->type);
            return;
        }
    sw_external_fault(f, at, "is not a known key");
}

bool
sw_external_check(const json_t *object, const char *pointer, const sw_external_field *fields,
                  sw_external_faults *f)
{
    if (!json_is_object(object)) {
        sw_external_fault(f, *pointer ? pointer : "/", "must be an object");
        return false;
    }
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)object, key, value)
        check_member(key, value, pointer, fields, f);
    for (; fields->key; fields++)
        if (fields->required && !json_object_get(object, fields->key)) {
            char at[256];
            snprintf(at, sizeof at, "%.180s/%s", pointer, fields->key);
            sw_external_fault(f, at, "is required");
        }
    return true;
}

const char *
sw_external_string(const json_t *object, const char *key, const char *otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? json_string_value(value) : otherwise;
}

double
sw_external_number(const json_t *object, const char *key, double otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

bool
sw_external_flag(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

size_t
sw_external_choice(const json_t *object, const char *pointer, const char *key,
                   const char *const *choices, sw_external_faults *f)
{
    const char *text = sw_external_string(object, key, choices[0]);
    for (size_t c = 0; choices[c]; c++)
        if (strcmp(choices[c], text) == 0)
            return c;
    char at[256], list[128] = "";
    snprintf(at, sizeof at, "%.180s/%s", pointer, key);
    for (size_t c = 0; choices[c]; c++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", c ? ", " : "",
                 choices[c]);
    sw_external_fault(f, at, "is none of %s", list);
    return 0;
}
