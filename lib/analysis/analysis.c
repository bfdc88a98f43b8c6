// SPDX-License-Identifier: Apache-2.0
// One analysis from request to result: options are read against the method's fields, rows are
// passed on, and the request is given back with its defaults filled in.
#include "lib/analysis/analysis.h"

#include "lib/base/memory.h"

#include <assert.h>

struct sw_analysis {
    const sw_analysis_ops *ops;
    const sw_frame *frame;
    json_t *request; // a copy: option strings are borrowed from it
    void *options;
    void *state;
};

// The members that every request has; what they say is in the ops and in the frame.
typedef struct common {
    const char *method;
    const char *output;
} common;

static const sw_field common_fields[] = {
    {.name = "method",
     .type = SW_FIELD_STRING,
     .offset = offsetof(common, method),
     .required = true,
     .doc = "Name of the analysis."},
    {.name = "output",
     .type = SW_FIELD_STRING,
     .offset = offsetof(common, output),
     .doc = "The output that it is about."},
    {.name = NULL},
};

static const sw_field no_fields[] = {{.name = NULL}};

static const sw_field *
fields_of(const sw_analysis_ops *ops)
{
    return ops->fields ? ops->fields : no_fields;
}

static const sw_analysis_ops *
find_method(const json_t *request, const char *pointer, sw_faults *faults)
{
    common c = {0};
    if (!sw_json_read_some(request, pointer, common_fields, &c, faults))
        return NULL;
    const sw_analysis_ops *ops = sw_analysis_find(c.method);
    if (ops)
        return ops;
    sw_buffer known = {0};
    for (size_t i = 0; sw_analyses[i]; i++)
        sw_buffer_printf(&known, "%s%s", i ? ", " : "", sw_analyses[i]->name);
    sw_auto(free) char *at = sw_json_pointer(pointer, "method");
    sw_fault_add(faults, at, "there is no analysis \"%.60s\"; known are %s", c.method,
                 sw_buffer_text(&known));
    sw_buffer_fini(&known);
    return NULL;
}

static bool
read_options(sw_analysis *a, const char *pointer, sw_faults *faults)
{
    size_t before = faults->n + faults->dropped;
    const sw_field *fields = fields_of(a->ops);
    sw_json_read_some(a->request, pointer, fields, a->options, faults);
    sw_json_refuse_others(a->request, pointer,
                          (const sw_field *const[]){common_fields, fields, NULL}, faults);
    return faults->n + faults->dropped == before;
}

// A method's faults are about its own request: they move below where that stands.
static void
move_faults(const sw_faults *from, const char *pointer, sw_faults *to)
{
    for (size_t i = 0; i < from->n; i++) {
        sw_auto(free) char *at = sw_format("%s%s", pointer, from->v[i].pointer);
        sw_fault_add(to, at, "%s", from->v[i].message);
    }
}

sw_analysis *
sw_analysis_new(const json_t *request, const char *pointer, const sw_frame *frame,
                sw_faults *faults)
{
    const sw_analysis_ops *ops = find_method(request, pointer, faults);
    if (!ops)
        return NULL;
    sw_analysis *a = sw_calloc(1, sizeof *a);
    a->ops = ops;
    a->frame = frame;
    a->request = json_deep_copy(request);
    a->options = sw_calloc(1, ops->options_size + 1);
    if (ops->defaults)
        ops->defaults(a->options);
    if (read_options(a, pointer, faults)) {
        sw_faults own = {0};
        a->state = ops->start(frame, a->options, &own);
        move_faults(&own, pointer, faults);
        sw_faults_fini(&own);
    }
    if (!a->state)
        sw_analysis_free(&a);
    return a;
}

bool
sw_analysis_needs_inputs(const sw_analysis *a)
{
    return a->ops->needs_inputs;
}

void
sw_analysis_feed(sw_analysis *a, const sw_rows *rows)
{
    assert(!a->ops->needs_inputs || rows->x);
    if (rows->n)
        a->ops->feed(a->state, rows);
}

json_t *
sw_analysis_finish(sw_analysis *a, sw_faults *faults)
{
    return a->ops->finish(a->state, faults);
}

void
sw_analysis_free(sw_analysis **a)
{
    if (!*a)
        return;
    if ((*a)->state)
        (*a)->ops->free_state((*a)->state);
    free((*a)->options);
    json_decref((*a)->request);
    free(*a);
    *a = NULL;
}

static json_t *
option_json(const sw_field *f, const void *from)
{
    switch (f->type) {
    case SW_FIELD_STRING:
        return *(const char *const *)from ? json_string(*(const char *const *)from) : NULL;
    case SW_FIELD_NUMBER:
        return json_real(*(const double *)from);
    case SW_FIELD_INTEGER:
        return json_integer(*(const int64_t *)from);
    case SW_FIELD_BOOLEAN:
        return json_boolean(*(const bool *)from);
    default:
        return json_deep_copy(*(json_t *const *)from);
    }
}

json_t *
sw_analysis_resolved(const sw_analysis *a)
{
    json_t *resolved = json_object();
    json_object_set_new(resolved, "method", json_string(a->ops->name));
    json_object_set_new(resolved, "output", json_string(a->frame->output));
    for (const sw_field *f = fields_of(a->ops); f->name; f++) {
        json_t *value = option_json(f, (const char *)a->options + f->offset);
        if (value)
            json_object_set_new(resolved, f->name, value);
    }
    return resolved;
}
