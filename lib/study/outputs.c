// SPDX-License-Identifier: Apache-2.0
// Outputs of a study: a name that the model declares, or, where the model compiles texts, any text:
// "count sheep", or {"name": "count sheep", "kind": "series"}.
#include "lib/study/outputs.h"

#include "lib/base/memory.h"

enum { NAME_BYTES = 1000 };

static const char *const kinds[] = {"scalar", "series", "text", "artifact", NULL};

typedef struct request {
    const char *name, *kind;
} request;

static const sw_field request_fields[] = {
    {"name", SW_FIELD_STRING, offsetof(request, name), true, 1, NAME_BYTES, NULL, "what to report"},
    {"kind", SW_FIELD_STRING, offsetof(request, kind), false, 0, 0, kinds, "scalar when unsaid"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

static void
add(sw_study *s, const sw_output *model, const char *name, sw_output_kind kind)
{
    sw_output *o = &s->outputs[s->n_outputs++];
    *o = model ? *model : (sw_output){.unit = "", .doc = "", .kind = kind};
    o->name = sw_strdup(name);
}

static void
refuse_unknown(const sw_descriptor *model, const char *name, const char *at, sw_faults *faults)
{
    sw_buffer known = {0};
    for (size_t k = 0; k < model->n_outputs && known.n < 500; k++)
        sw_buffer_printf(&known, "%s%s", k ? ", " : "", model->outputs[k].name);
    sw_fault_add(faults, at, "%s has no output \"%.100s\"; it has %s", model->name, name,
                 known.n ? sw_buffer_text(&known) : "none");
    sw_buffer_fini(&known);
}

static bool
check_free_name(const sw_study *s, const char *name, const char *at, sw_faults *faults)
{
    if (name[0] == '_')
        sw_fault_add(faults, at, "must not begin with _, which marks measured columns");
    else if (sw_descriptor_parameter(s->model, name) >= 0)
        sw_fault_add(faults, at, "\"%.100s\" is a parameter; its values are stored in any case",
                     name);
    else
        return true;
    return false;
}

static void
read_one(sw_study *s, const json_t *json, const char *at, json_t *seen, sw_faults *faults)
{
    request r = {.kind = "scalar"};
    sw_auto(json) json_t *wrapped =
        json_is_string(json) ? json_pack("{sO}", "name", json) : json_incref((json_t *)json);
    if (!sw_json_read(wrapped, at, request_fields, &r, faults))
        return;
    if (json_object_get(seen, r.name)) {
        sw_fault_add(faults, at, "\"%.100s\" is asked for twice", r.name);
        return;
    }
    json_object_set_new(seen, r.name, json_true());
    long k = sw_descriptor_output(s->model, r.name);
    int kind = 0;
    while (strcmp(kinds[kind], r.kind) != 0)
        kind++;
    if (k >= 0)
        add(s, &s->model->outputs[k], r.name, 0);
    else if (!s->model->any_output)
        refuse_unknown(s->model, r.name, at, faults);
    else if (check_free_name(s, r.name, at, faults))
        add(s, NULL, r.name, (sw_output_kind)kind);
}

static void
usual_outputs(sw_study *s, sw_faults *faults)
{
    const sw_descriptor *model = s->model;
    s->outputs = sw_calloc(model->n_outputs, sizeof *s->outputs);
    for (size_t k = 0; k < model->n_outputs; k++) {
        if (!model->outputs[k].on_request)
            add(s, &model->outputs[k], model->outputs[k].name, 0);
    }
    if (s->n_outputs == 0)
        sw_fault_add(faults, "/outputs", "is required: %s has no outputs that are usual",
                     model->name);
}

void
sw_outputs_read(sw_study *s, const json_t *outputs, const sw_study_limits *limits,
                sw_faults *faults)
{
    size_t n = json_array_size(outputs);
    if (!outputs) {
        usual_outputs(s, faults);
        return;
    }
    if (n > limits->outputs) {
        sw_fault_add(faults, "/outputs", "%zu outputs are asked for, the limit is %zu", n,
                     limits->outputs);
        return;
    }
    sw_auto(json) json_t *seen = json_object();
    s->outputs = sw_calloc(n, sizeof *s->outputs);
    for (size_t k = 0; k < n; k++) {
        sw_auto(free) char *at = sw_json_pointer_at("/outputs", k);
        read_one(s, json_array_get(outputs, k), at, seen, faults);
    }
}

json_t *
sw_outputs_json(const sw_study *s)
{
    json_t *list = json_array();
    for (size_t k = 0; k < s->n_outputs; k++) {
        const sw_output *o = &s->outputs[k];
        bool plain = o->kind == SW_SCALAR || sw_descriptor_output(s->model, o->name) >= 0;
        json_array_append_new(
            list, plain ? json_string(o->name)
                        : json_pack("{ss, ss}", "name", o->name, "kind", kinds[o->kind]));
    }
    return list;
}

void
sw_outputs_free(sw_study *s)
{
    for (size_t k = 0; k < s->n_outputs; k++)
        free((void *)s->outputs[k].name);
    free(s->outputs);
}
