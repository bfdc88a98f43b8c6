// SPDX-License-Identifier: Apache-2.0
// YAML by libyaml's events. Without aliases a document is a tree no larger than its text.
#include "lib/formats/yaml.h"

#include "lib/base/memory.h"

#include <math.h>
#include <yaml.h>

enum { DEPTH_MAX = 64 };

typedef struct reader {
    yaml_parser_t parser;
    sw_faults *faults;
    bool failed;
} reader;

static void
fail(reader *r, const yaml_mark_t *at, const char *why)
{
    if (!r->failed)
        sw_fault_add(r->faults, "", "line %zu: %s", at->line + 1, why);
    r->failed = true;
}

static bool
next(reader *r, yaml_event_t *event)
{
    if (r->failed)
        return false;
    if (yaml_parser_parse(&r->parser, event))
        return true;
    fail(r, &r->parser.problem_mark, r->parser.problem ? r->parser.problem : "not valid YAML");
    return false;
}

// A plain scalar by the core schema of YAML 1.2.
static json_t *
plain(const char *text, size_t n)
{
    static const char *const nothing[] = {"", "~", "null", "Null", "NULL"};
    static const char *const yes[] = {"true", "True", "TRUE"};
    static const char *const no[] = {"false", "False", "FALSE"};
    for (size_t i = 0; i < sw_countof(nothing); i++) {
        if (strcmp(text, nothing[i]) == 0)
            return json_null();
    }
    for (size_t i = 0; i < sw_countof(yes); i++) {
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0)
            return json_boolean(strcmp(text, yes[i]) == 0);
    }
    char *end;
    double v = strtod(text, &end);
    bool number = strspn(text, "+-.0123456789eE") == n && end == text + n && isfinite(v);
    if (!number)
        return json_stringn(text, n);
    bool whole = !text[strcspn(text, ".eE")] && fabs(v) < 9e15;
    return whole ? json_integer((json_int_t)v) : json_real(v);
}

static json_t *
scalar(reader *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t n = event->data.scalar.length;
    json_t *made = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? plain(text, n)
                                                                       : json_stringn(text, n);
    if (!made)
        fail(r, &event->start_mark, "a text that is not UTF-8");
    return made;
}

// Anchors could name one value twice, tags could mean anything.
static bool
has_extras(const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_ALIAS_EVENT:
        return true;
    case YAML_SCALAR_EVENT:
        return e->data.scalar.anchor || e->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return e->data.sequence_start.anchor || e->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return e->data.mapping_start.anchor || e->data.mapping_start.tag;
    default:
        return false;
    }
}

static json_t *value(reader *r, const yaml_event_t *event, int depth);

static json_t *
sequence(reader *r, int depth)
{
    json_t *array = json_array();
    for (yaml_event_t e; next(r, &e); yaml_event_delete(&e)) {
        if (e.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&e);
            break;
        }
        json_array_append_new(array, value(r, &e, depth));
    }
    return array;
}

static void
member(reader *r, const yaml_event_t *key, json_t *object, int depth)
{
    yaml_event_t e;
    const char *name = (const char *)key->data.scalar.value;
    if (key->type != YAML_SCALAR_EVENT || has_extras(key)) {
        fail(r, &key->start_mark, "a key must be a plain text");
        return;
    }
    if (json_object_get(object, name))
        fail(r, &key->start_mark, "a key stands twice");
    if (!next(r, &e))
        return;
    json_object_set_new(object, name, value(r, &e, depth));
    yaml_event_delete(&e);
}

static json_t *
mapping(reader *r, int depth)
{
    json_t *object = json_object();
    for (yaml_event_t e; next(r, &e); yaml_event_delete(&e)) {
        if (e.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&e);
            break;
        }
        member(r, &e, object, depth);
    }
    return object;
}

static json_t *
value(reader *r, const yaml_event_t *event, int depth)
{
    if (has_extras(event))
        fail(r, &event->start_mark, "anchors, aliases and tags are not allowed");
    else if (depth == DEPTH_MAX)
        fail(r, &event->start_mark, "nested too deeply");
    else if (event->type == YAML_SCALAR_EVENT)
        return scalar(r, event);
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        return sequence(r, depth + 1);
    else if (event->type == YAML_MAPPING_START_EVENT)
        return mapping(r, depth + 1);
    else
        fail(r, &event->start_mark, "the document is empty");
    return NULL;
}

json_t *
sw_yaml_read(const char *bytes, size_t n, sw_faults *faults)
{
    reader r = {.faults = faults};
    json_t *made = NULL;
    if (!yaml_parser_initialize(&r.parser)) {
        sw_fault_add(faults, "", "no memory");
        return NULL;
    }
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, n);
    // Start of the stream, start of the document, then its value.
    for (int i = 0; i < 3; i++) {
        yaml_event_t e;
        if (!next(&r, &e))
            break;
        if (i == 2)
            made = value(&r, &e, 0);
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&r.parser);
    if (!r.failed)
        return made;
    json_decref(made);
    return NULL;
}
