// SPDX-License-Identifier: Apache-2.0
// Points given one by one. The study has read them into a column for each parameter, since texts
// among them are levels of the study.
#include "lib/design/parts.h"
#include "lib/study/study.h"

typedef struct options {
    json_t *points;
    int64_t first_point, first_replicate;
} options;

// The largest number that a double, and so every JSON reader, keeps exactly.
#define COUNT_MAX 9007199254740992.0

static const sw_field fields[] = {
    {"points", SW_FIELD_ARRAY, offsetof(options, points), false, 1, INFINITY, NULL,
     "objects of values by parameter; without it one point, all at their values"},
    {"first_point", SW_FIELD_INTEGER, offsetof(options, first_point), false, 0, COUNT_MAX, NULL,
     "number of the first point, for its seed: that of the run which is to be made again"},
    {"first_replicate", SW_FIELD_INTEGER, offsetof(options, first_replicate), false, 0, COUNT_MAX,
     NULL, "likewise of its first replicate"},
    SW_DESIGN_END,
};

static uint64_t
plan(sw_design *d, sw_faults *faults)
{
    const sw_study *s = d->study;
    const options *o = d->options;
    const json_t *points = o->points;
    d->first_point = (uint64_t)o->first_point;
    d->first_replicate = (uint64_t)o->first_replicate;
    for (size_t v = 0; v < s->n_varied; v++) {
        const sw_study_parameter *p = &s->parameters[s->varied[v]];
        sw_auto(free) char *at = sw_json_pointer("/parameters", p->declared->name);
        if (p->spread != SW_LISTED)
            sw_fault_add(faults, at,
                         "has a range, but the design is a list, which gives values "
                         "itself; choose another design.method");
    }
    return points ? json_array_size(points) : 1;
}

static void
places(const sw_design *d, const sw_range *range)
{
    const sw_study *s = d->study;
    for (size_t v = 0; v < s->n_varied; v++)
        memcpy(sw_range_column(d, range, v), &s->parameters[s->varied[v]].values[range->first],
               range->n * sizeof(double));
}

static json_t *
value_json(const sw_study_parameter *p, double v)
{
    if (p->declared->kind == SW_TEXT)
        return json_string(p->levels[(size_t)v]);
    return p->declared->kind == SW_BOOLEAN ? json_boolean(v != 0) : json_real(v);
}

static json_t *
resolved(const sw_design *d)
{
    const sw_study *s = d->study;
    const options *o = d->options;
    const json_t *given = o->points;
    json_t *points = json_array(), *out = json_object();
    for (size_t i = 0; i < json_array_size(given); i++) {
        json_t *point = json_object();
        for (size_t v = 0; v < s->n_varied; v++) {
            const sw_study_parameter *p = &s->parameters[s->varied[v]];
            json_object_set_new(point, p->declared->name, value_json(p, p->values[i]));
        }
        json_array_append_new(points, point);
    }
    if (given)
        json_object_set(out, "points", points);
    json_decref(points);
    if (o->first_point)
        json_object_set_new(out, "first_point", json_integer((json_int_t)o->first_point));
    if (o->first_replicate)
        json_object_set_new(out, "first_replicate", json_integer((json_int_t)o->first_replicate));
    return out;
}

const sw_design_ops sw_design_list = {
    .name = "list",
    .doc = "points given one by one",
    .fields = fields,
    .options_size = sizeof(options),
    .plan = plan,
    .places = places,
    .values = true,
    .resolved = resolved,
};
