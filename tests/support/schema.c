// SPDX-License-Identifier: Apache-2.0
// A small validator for the contract's schemas.
#include "tests/support/schema.h"

#include "lib/base/json.h"
#include "lib/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

json_t *
contract_read(void)
{
    json_error_t error;
    json_t *root = json_load_file("docs/openapi.json", JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("docs/openapi.json, line %d: %s", error.line, error.text);
    return root;
}

const json_t *
contract_resolve(const json_t *root, const json_t *schema)
{
    const char *ref = json_string_value(json_object_get(schema, "$ref"));
    if (!ref)
        return schema;
    sw_auto(free) char *path = sw_strdup(ref);
    char *rest = path, *part = strsep(&rest, "/");
    assert_string_equal(part, "#");
    const json_t *at = root;
    while (at && (part = strsep(&rest, "/")))
        at = json_object_get(at, part);
    if (!at)
        fail_msg("%s refers to nothing", ref);
    return at;
}

const json_t *
contract_schema(const json_t *root, const char *method, const char *path, const char *status)
{
    const json_t *operation =
        json_object_get(json_object_get(json_object_get(root, "paths"), path), method);
    const json_t *response = json_object_get(json_object_get(operation, "responses"), status);
    const json_t *content = json_object_get(contract_resolve(root, response), "content");
    const char *type =
        strcmp(status, "default") == 0 ? "application/problem+json" : "application/json";
    return json_object_get(json_object_get(content, type), "schema");
}

static bool
type_is(const json_t *value, const char *type)
{
    static const struct {
        const char *name;
        json_type type;
    } types[] = {{"object", JSON_OBJECT},   {"array", JSON_ARRAY}, {"string", JSON_STRING},
                 {"integer", JSON_INTEGER}, {"null", JSON_NULL},   {"boolean", JSON_TRUE}};
    if (strcmp(type, "number") == 0)
        return json_is_number(value);
    for (size_t i = 0; i < sw_countof(types); i++) {
        if (strcmp(types[i].name, type) == 0)
            return json_typeof(value) == types[i].type ||
                   (types[i].type == JSON_TRUE && json_is_boolean(value));
    }
    fail_msg("the contract names the type \"%s\"", type);
    return false;
}

static bool
type_fits(const json_t *wanted, const json_t *value)
{
    if (!wanted || json_is_string(wanted))
        return !wanted || type_is(value, json_string_value(wanted));
    size_t i;
    const json_t *one;
    json_array_foreach (wanted, i, one) {
        if (type_is(value, json_string_value(one)))
            return true;
    }
    return false;
}

static bool
enum_fits(const json_t *allowed, const json_t *value)
{
    size_t i;
    const json_t *one;
    json_array_foreach (allowed, i, one) {
        if (json_equal(one, value))
            return true;
    }
    return !allowed;
}

static char *
required_breach(const json_t *required, const json_t *value, const char *where)
{
    size_t i;
    const json_t *name;
    json_array_foreach (required, i, name) {
        if (!json_object_get(value, json_string_value(name)))
            return sw_format("%s/%s is missing", where, json_string_value(name));
    }
    return NULL;
}

// others: the schema of members that are not declared, true, or NULL where there may be none.
static char *
members_breach(const json_t *root, const json_t *properties, const json_t *others,
               const json_t *value, const char *where)
{
    const char *name;
    json_t *member;
    json_object_foreach ((json_t *)value, name, member) {
        const json_t *schema = json_object_get(properties, name);
        sw_auto(free) char *at = sw_format("%s/%s", where, name);
        schema = schema ? schema : others;
        if (json_is_true(schema))
            continue;
        if (!schema)
            return sw_format("%s is not in the contract", at);
        char *breach = contract_breach(root, schema, member, at);
        if (breach)
            return breach;
    }
    return NULL;
}

static char *
items_breach(const json_t *root, const json_t *items, const json_t *value, const char *where)
{
    size_t i;
    const json_t *item;
    json_array_foreach (value, i, item) {
        sw_auto(free) char *at = sw_format("%s/%zu", where, i);
        char *breach = contract_breach(root, items, item, at);
        if (breach)
            return breach;
    }
    return NULL;
}

static char *
any_breach(const json_t *root, const json_t *any, const json_t *value, const char *where)
{
    size_t i;
    const json_t *one;
    char *last = NULL;
    json_array_foreach (any, i, one) {
        free(last);
        last = contract_breach(root, one, value, where);
        if (!last)
            return NULL;
    }
    return last;
}

char *
contract_breach(const json_t *root, const json_t *schema, const json_t *value, const char *where)
{
    schema = contract_resolve(root, schema);
    if (!type_fits(json_object_get(schema, "type"), value) ||
        !enum_fits(json_object_get(schema, "enum"), value)) {
        sw_auto(free) char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        return sw_format("%s is %.200s", where, text);
    }
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *items = json_object_get(schema, "items");
    if (json_is_null(value))
        return NULL;
    char *breach = required_breach(json_object_get(schema, "required"), value, where);
    const json_t *others = json_object_get(schema, "additionalProperties");
    if (!breach && (properties || others))
        breach = members_breach(root, properties, others, value, where);
    if (!breach && items)
        breach = items_breach(root, items, value, where);
    if (!breach)
        breach = any_breach(root, json_object_get(schema, "anyOf"), value, where);
    return breach;
}
