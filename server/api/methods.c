// SPDX-License-Identifier: Apache-2.0
// /methods: the designs and analyses that a study may name, with their options, as their own tables
// declare them: what a form is made from.
#include "server/api/internal.h"

#include "lib/analysis/analysis.h"
#include "lib/design/design.h"

#include <math.h>

static const char *const type_names[] = {
    [SW_FIELD_STRING] = "string",   [SW_FIELD_NUMBER] = "number", [SW_FIELD_INTEGER] = "integer",
    [SW_FIELD_BOOLEAN] = "boolean", [SW_FIELD_OBJECT] = "object", [SW_FIELD_ARRAY] = "array",
    [SW_FIELD_ANY] = "any",
};

// The default of a field in the struct that `defaults` filled; NULL where there is none to name.
static json_t *
default_of(const sw_field *f, const void *options)
{
    const char *at = (const char *)options + f->offset;
    switch (f->type) {
    case SW_FIELD_INTEGER:
        return json_integer(*(const int64_t *)at);
    case SW_FIELD_NUMBER:
        return isfinite(*(const double *)at) ? json_real(*(const double *)at) : NULL;
    case SW_FIELD_BOOLEAN:
        return json_boolean(*(const bool *)at);
    case SW_FIELD_STRING:
        return *(const char *const *)at ? json_string(*(const char *const *)at) : NULL;
    default:
        return NULL;
    }
}

static json_t *
option_json(const sw_field *f, const void *options)
{
    json_t *j = json_pack("{ss ss sb}", "name", f->name, "type", type_names[f->type], "required",
                          f->required);
    if (f->doc)
        json_object_set_new(j, "doc", json_string(f->doc));
    bool bounded = f->type == SW_FIELD_INTEGER || f->type == SW_FIELD_NUMBER;
    if (bounded && (f->min != 0 || f->max != 0)) {
        json_object_set_new(j, "min", json_real(f->min));
        json_object_set_new(j, "max", isfinite(f->max) ? json_real(f->max) : json_null());
    }
    json_t *choices = f->one_of ? json_array() : NULL;
    for (size_t i = 0; choices && f->one_of[i]; i++)
        json_array_append_new(choices, json_string(f->one_of[i]));
    if (choices)
        json_object_set_new(j, "choices", choices);
    json_t *given = f->required || !options ? NULL : default_of(f, options);
    if (given)
        json_object_set_new(j, "default", given);
    return j;
}

// A method with its options; defaults may be NULL, then no default is named.
static json_t *
method_json(const char *name, const char *doc, const sw_field *fields, size_t size,
            void (*defaults)(void *options))
{
    sw_auto(free) char *options = sw_calloc(1, size + 1);
    if (defaults)
        defaults(options);
    json_t *list = json_array();
    for (const sw_field *f = fields; f && f->name; f++)
        json_array_append_new(list, option_json(f, defaults ? options : NULL));
    return json_pack("{ss ss so}", "name", name, "doc", doc ? doc : "", "options", list);
}

void
sw_api_methods(sw_request *r)
{
    json_t *designs = json_array(), *analyses = json_array();
    for (const sw_design_ops *const *d = sw_designs; *d; d++)
        json_array_append_new(designs, method_json((*d)->name, (*d)->doc, (*d)->fields,
                                                   (*d)->options_size, (*d)->defaults));
    for (const sw_analysis_ops *const *a = sw_analyses; *a; a++)
        json_array_append_new(analyses, method_json((*a)->name, (*a)->doc, (*a)->fields,
                                                    (*a)->options_size, (*a)->defaults));
    sw_answer_json(r, 200, json_pack("{so so}", "designs", designs, "analyses", analyses));
}
