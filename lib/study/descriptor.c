// SPDX-License-Identifier: Apache-2.0
// Descriptors: from the table of a model, to JSON and back.
#include "lib/study/descriptor.h"

#include "lib/base/json.h"
#include "lib/base/memory.h"

#include <math.h>
#include <stdint.h>

enum { ITEMS_MAX = 4096, NAME_MAX_BYTES = 200, TEXT_MAX_BYTES = 10000, CHOICES_MAX = 10000 };

static const char *const kinds[] = {"number", "integer", "boolean", "text", NULL};
static const char *const output_kinds[] = {"scalar", "series", "text", "artifact", NULL};

// ---- to JSON ----

static json_t *
default_json(const sw_parameter *p)
{
    if (p->kind == SW_TEXT)
        return json_string(p->text ? p->text : "");
    if (p->kind == SW_BOOLEAN)
        return json_boolean(p->value != 0);
    return json_real(p->value);
}

static void
set_text(json_t *object, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(object, key, json_string(text));
}

static json_t *
parameter_json(const sw_parameter *p)
{
    json_t *o = json_pack("{ss, ss}", "name", p->name, "kind", kinds[p->kind]);
    set_text(o, "unit", p->unit);
    set_text(o, "doc", p->doc);
    json_object_set_new(o, "default", default_json(p));
    if (p->kind == SW_NUMBER || p->kind == SW_INTEGER) {
        if (isfinite(p->min))
            json_object_set_new(o, "min", json_real(p->min));
        if (isfinite(p->max))
            json_object_set_new(o, "max", json_real(p->max));
    }
    if (p->kind == SW_TEXT && p->choices) {
        json_t *choices = json_array();
        for (const char *const *c = p->choices; *c; c++)
            json_array_append_new(choices, json_string(*c));
        json_object_set_new(o, "choices", choices);
    }
    return o;
}

static json_t *
output_json(const sw_output *p)
{
    json_t *o = json_pack("{ss, ss}", "name", p->name, "kind", output_kinds[p->kind]);
    set_text(o, "unit", p->unit);
    set_text(o, "doc", p->doc);
    if (p->on_request)
        json_object_set_new(o, "on_request", json_true());
    return o;
}

json_t *
sw_descriptor_json(const sw_descriptor *d)
{
    json_t *parameters = json_array(), *outputs = json_array();
    for (size_t j = 0; j < d->n_parameters; j++)
        json_array_append_new(parameters, parameter_json(&d->parameters[j]));
    for (size_t k = 0; k < d->n_outputs; k++)
        json_array_append_new(outputs, output_json(&d->outputs[k]));
    return json_pack("{ss, ss, ss, sb, so, so}", "name", d->name, "version", d->version, "doc",
                     d->doc ? d->doc : "", "any_output", d->any_output, "parameters", parameters,
                     "outputs", outputs);
}

json_t *
sw_descriptor_of_model(const sw_model *model)
{
    // A view of the model's own arrays: nothing here is written or freed.
    const sw_descriptor view = {
        .name = (char *)model->name,
        .version = (char *)model->version,
        .doc = (char *)model->doc,
        .n_parameters = model->n_parameters,
        .parameters = (sw_parameter *)model->parameters,
        .n_outputs = model->n_outputs,
        .outputs = (sw_output *)model->outputs,
        .any_output = model->any_output,
    };
    return sw_descriptor_json(&view);
}

// ---- from JSON ----

typedef struct item {
    const char *name, *kind, *unit, *doc;
    json_t *value, *choices;
    double min, max;
    bool on_request;
} item;

#define AT(member) offsetof(item, member)

static const sw_field parameter_fields[] = {
    {"name", SW_FIELD_STRING, AT(name), true, 1, NAME_MAX_BYTES, NULL, "name"},
    {"kind", SW_FIELD_STRING, AT(kind), true, 0, 0, kinds, "kind of value"},
    {"unit", SW_FIELD_STRING, AT(unit), false, 0, NAME_MAX_BYTES, NULL, "unit"},
    {"doc", SW_FIELD_STRING, AT(doc), false, 0, TEXT_MAX_BYTES, NULL, "one sentence"},
    {"default", SW_FIELD_ANY, AT(value), false, 0, 0, NULL, "value when a study gives none"},
    {"min", SW_FIELD_NUMBER, AT(min), false, 0, 0, NULL, "smallest value accepted"},
    {"max", SW_FIELD_NUMBER, AT(max), false, 0, 0, NULL, "largest value accepted"},
    {"choices", SW_FIELD_ARRAY, AT(choices), false, 1, CHOICES_MAX, NULL, "texts accepted"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

static const sw_field output_fields[] = {
    {"name", SW_FIELD_STRING, AT(name), true, 1, NAME_MAX_BYTES, NULL, "name"},
    {"kind", SW_FIELD_STRING, AT(kind), true, 0, 0, output_kinds, "kind of result"},
    {"unit", SW_FIELD_STRING, AT(unit), false, 0, NAME_MAX_BYTES, NULL, "unit"},
    {"doc", SW_FIELD_STRING, AT(doc), false, 0, TEXT_MAX_BYTES, NULL, "one sentence"},
    {"on_request", SW_FIELD_BOOLEAN, AT(on_request), false, 0, 0, NULL, "left out unless named"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

typedef struct head {
    const char *name, *version, *doc;
    bool any_output;
    json_t *parameters, *outputs;
} head;

static const sw_field head_fields[] = {
    {"name", SW_FIELD_STRING, offsetof(head, name), true, 1, NAME_MAX_BYTES, NULL, "family/name"},
    {"version", SW_FIELD_STRING, offsetof(head, version), true, 1, NAME_MAX_BYTES, NULL,
     "changes whenever the same inputs may give other bits"},
    {"doc", SW_FIELD_STRING, offsetof(head, doc), false, 0, TEXT_MAX_BYTES, NULL, "one sentence"},
    {"any_output", SW_FIELD_BOOLEAN, offsetof(head, any_output), false, 0, 0, NULL,
     "studies may name outputs that are not listed"},
    {"parameters", SW_FIELD_ARRAY, offsetof(head, parameters), true, 0, ITEMS_MAX, NULL, "inputs"},
    {"outputs", SW_FIELD_ARRAY, offsetof(head, outputs), true, 0, ITEMS_MAX, NULL, "results"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

static int
kind_of(const char *const *names, const char *name)
{
    int k = 0;
    while (strcmp(names[k], name) != 0)
        k++;
    return k;
}

static void
read_choices(const json_t *choices, const char *at, sw_parameter *p, sw_faults *faults)
{
    size_t n = json_array_size(choices);
    const char **texts = sw_calloc(n + 1, sizeof *texts);
    for (size_t c = 0; c < n; c++) {
        const char *text = json_string_value(json_array_get(choices, c));
        if (!text)
            sw_fault_add(faults, at, "choices must be strings");
        texts[c] = sw_strdup(text ? text : "");
    }
    p->choices = texts;
}

static void
read_default(const json_t *value, const char *at, sw_parameter *p, sw_faults *faults)
{
    bool text = p->kind == SW_TEXT, boolean = p->kind == SW_BOOLEAN;
    if (value && (text      ? !json_is_string(value)
                  : boolean ? !json_is_boolean(value)
                            : !json_is_number(value)))
        sw_fault_add(faults, at, "default must be of kind %s, not %s", kinds[p->kind],
                     sw_json_type_name(value));
    if (text) {
        const char *s = json_string_value(value);
        p->text = sw_strdup(s ? s : p->choices ? p->choices[0] : "");
    } else {
        p->value = boolean ? json_is_true(value) : json_number_value(value);
    }
}

static void
read_parameter(const json_t *json, const char *at, sw_parameter *p, sw_faults *faults)
{
    item it = {.min = -INFINITY, .max = INFINITY};
    if (!sw_json_read(json, at, parameter_fields, &it, faults))
        return;
    p->name = sw_strdup(it.name);
    p->unit = sw_strdup(it.unit ? it.unit : "");
    p->doc = sw_strdup(it.doc ? it.doc : "");
    p->kind = (sw_kind)kind_of(kinds, it.kind);
    p->min = p->kind == SW_BOOLEAN ? 0 : it.min;
    p->max = p->kind == SW_BOOLEAN ? 1 : it.max;
    if (it.choices && p->kind == SW_TEXT)
        read_choices(it.choices, at, p, faults);
    read_default(it.value, at, p, faults);
}

static void
read_output(const json_t *json, const char *at, sw_output *o, sw_faults *faults)
{
    item it = {0};
    if (!sw_json_read(json, at, output_fields, &it, faults))
        return;
    o->name = sw_strdup(it.name);
    o->unit = sw_strdup(it.unit ? it.unit : "");
    o->doc = sw_strdup(it.doc ? it.doc : "");
    o->kind = (sw_output_kind)kind_of(output_kinds, it.kind);
    o->on_request = it.on_request;
}

static void
read_items(sw_descriptor *d, const head *h, sw_faults *faults)
{
    d->n_parameters = json_array_size(h->parameters);
    d->parameters = sw_calloc(d->n_parameters, sizeof *d->parameters);
    for (size_t j = 0; j < d->n_parameters; j++) {
        sw_auto(free) char *at = sw_json_pointer_at("/parameters", j);
        read_parameter(json_array_get(h->parameters, j), at, &d->parameters[j], faults);
    }
    d->n_outputs = json_array_size(h->outputs);
    d->outputs = sw_calloc(d->n_outputs, sizeof *d->outputs);
    for (size_t k = 0; k < d->n_outputs; k++) {
        sw_auto(free) char *at = sw_json_pointer_at("/outputs", k);
        read_output(json_array_get(h->outputs, k), at, &d->outputs[k], faults);
    }
}

sw_descriptor *
sw_descriptor_parse(const json_t *json, sw_faults *faults)
{
    head h = {0};
    if (!sw_json_read(json, "", head_fields, &h, faults))
        return NULL;
    size_t before = faults->n + faults->dropped;
    sw_descriptor *d = sw_calloc(1, sizeof *d);
    d->name = sw_strdup(h.name);
    d->version = sw_strdup(h.version);
    d->doc = sw_strdup(h.doc ? h.doc : "");
    d->any_output = h.any_output;
    read_items(d, &h, faults);
    if (faults->n + faults->dropped > before)
        sw_descriptor_free(&d);
    return d;
}

static void
free_choices(const char *const *choices)
{
    for (const char *const *c = choices; c && *c; c++)
        free((void *)*c);
    free((void *)choices);
}

void
sw_descriptor_free(sw_descriptor **d)
{
    if (!*d)
        return;
    for (size_t j = 0; j < (*d)->n_parameters; j++) {
        sw_parameter *p = &(*d)->parameters[j];
        free((void *)p->name);
        free((void *)p->unit);
        free((void *)p->doc);
        free((void *)p->text);
        free_choices(p->choices);
    }
    for (size_t k = 0; k < (*d)->n_outputs; k++) {
        free((void *)(*d)->outputs[k].name);
        free((void *)(*d)->outputs[k].unit);
        free((void *)(*d)->outputs[k].doc);
    }
    free((*d)->parameters);
    free((*d)->outputs);
    free((*d)->name);
    free((*d)->version);
    free((*d)->doc);
    free(*d);
    *d = NULL;
}

long
sw_descriptor_parameter(const sw_descriptor *d, const char *name)
{
    for (size_t j = 0; j < d->n_parameters; j++) {
        if (strcmp(d->parameters[j].name, name) == 0)
            return (long)j;
    }
    return -1;
}

long
sw_descriptor_output(const sw_descriptor *d, const char *name)
{
    for (size_t k = 0; k < d->n_outputs; k++) {
        if (strcmp(d->outputs[k].name, name) == 0)
            return (long)k;
    }
    return -1;
}
