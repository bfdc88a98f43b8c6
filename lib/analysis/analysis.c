// SPDX-License-Identifier: Apache-2.0
// One analysis from request to result: options are read against the method's fields, rows are
// passed on, and the request is given back with its defaults filled in.
#include "lib/analysis/analysis.h"

#include "lib/base/memory.h"

#include <assert.h>
#include <math.h>

// The members that every request has; what they say is in the ops and in the frame.
typedef struct common {
    const char *method;
    const char *output;
    const char *substitute;
    double max_failed_fraction;
} common;

struct sw_analysis {
    const sw_analysis_ops *ops;
    sw_frame frame; // the caller's, with what the request says of lost runs
    common common;
    json_t *request; // a copy: option strings are borrowed from it
    void *options;
    void *state;
    uint64_t n_runs, n_lost; // fed; of these failed, NaN or infinite
};

static const char *const substitutes[] = {"mean", "median", NULL};

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
    {.name = "substitute",
     .type = SW_FIELD_STRING,
     .offset = offsetof(common, substitute),
     .one_of = substitutes,
     .doc = "What stands in for points without a value; left out, their rows are dropped."},
    {.name = "max_failed_fraction",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(common, max_failed_fraction),
     .max = 1,
     .doc = "The largest part of the runs that may have failed or given NaN."},
    {.name = NULL},
};

static const sw_field no_fields[] = {{.name = NULL}};

static const sw_field *
fields_of(const sw_analysis_ops *ops)
{
    return ops->fields ? ops->fields : no_fields;
}

static const sw_analysis_ops *
find_method(const char *method, const char *pointer, sw_faults *faults)
{
    const sw_analysis_ops *ops = sw_analysis_find(method);
    if (ops)
        return ops;
    sw_buffer known = {0};
    for (size_t i = 0; sw_analyses[i]; i++)
        sw_buffer_printf(&known, "%s%s", i ? ", " : "", sw_analyses[i]->name);
    sw_auto(free) char *at = sw_json_pointer(pointer, "method");
    sw_fault_add(faults, at, "there is no analysis \"%.60s\"; known are %s", method,
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
    sw_auto(free) char *at = sw_json_pointer(pointer, "substitute");
    if (a->common.substitute && a->ops->by_run)
        sw_fault_add(faults, at, "\"%s\" looks at single runs: nothing can be substituted",
                     a->ops->name);
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

// An analysis whose options are read, without a state; NULL and faults.
static sw_analysis *
read_request(const json_t *request, const char *pointer, sw_faults *faults)
{
    sw_auto(json) json_t *copy = json_deep_copy(request);
    common c = {.max_failed_fraction = 1};
    if (!sw_json_read_some(copy, pointer, common_fields, &c, faults))
        return NULL;
    const sw_analysis_ops *ops = find_method(c.method, pointer, faults);
    if (!ops)
        return NULL;
    sw_analysis *a = sw_calloc(1, sizeof *a);
    a->ops = ops;
    a->common = c;
    a->request = json_incref(copy);
    a->options = sw_calloc(1, ops->options_size + 1);
    if (ops->defaults)
        ops->defaults(a->options);
    if (!read_options(a, pointer, faults))
        sw_analysis_free(&a);
    return a;
}

sw_analysis *
sw_analysis_new(const json_t *request, const char *pointer, const sw_frame *frame,
                sw_faults *faults)
{
    sw_analysis *a = read_request(request, pointer, faults);
    if (!a)
        return NULL;
    a->frame = *frame;
    a->frame.substitute = a->common.substitute;
    sw_faults own = {0};
    a->state = a->ops->start(&a->frame, a->options, &own);
    move_faults(&own, pointer, faults);
    sw_faults_fini(&own);
    if (!a->state)
        sw_analysis_free(&a);
    return a;
}

void
sw_analysis_check(const json_t *request, const char *pointer, sw_faults *faults)
{
    sw_analysis *a = read_request(request, pointer, faults);
    sw_analysis_free(&a);
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
    a->n_runs += rows->n;
    for (size_t i = 0; i < rows->n; i++)
        a->n_lost += rows->state[i] != 0 || !isfinite(rows->y[i]);
    if (rows->n)
        a->ops->feed(a->state, rows);
}

json_t *
sw_analysis_finish(sw_analysis *a, sw_faults *faults)
{
    double most = a->common.max_failed_fraction;
    if ((double)a->n_lost <= most * (double)a->n_runs)
        return a->ops->finish(a->state, faults);
    sw_fault_add(faults, "/max_failed_fraction",
                 "%llu of %llu runs failed or gave NaN: more than the fraction %g",
                 (unsigned long long)a->n_lost, (unsigned long long)a->n_runs, most);
    return NULL;
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
    json_object_set_new(resolved, "output", json_string(a->frame.output));
    if (a->common.substitute)
        json_object_set_new(resolved, "substitute", json_string(a->common.substitute));
    if (a->common.max_failed_fraction < 1)
        json_object_set_new(resolved, "max_failed_fraction",
                            json_real(a->common.max_failed_fraction));
    for (const sw_field *f = fields_of(a->ops); f->name; f++) {
        json_t *value = option_json(f, (const char *)a->options + f->offset);
        if (value)
            json_object_set_new(resolved, f->name, value);
    }
    return resolved;
}
