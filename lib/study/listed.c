// SPDX-License-Identifier: Apache-2.0
// Reading the points of a list into a column for each parameter.
#include "lib/study/listed.h"

#include "lib/base/memory.h"
#include "lib/study/parameter.h"

// A parameter that some point names: from fixed to one value for each point.
static bool
make_listed(sw_study_parameter *p, size_t n, const char *at, sw_faults *faults)
{
    if (p->spread == SW_LISTED)
        return true;
    if (p->spread != SW_FIXED) {
        sw_fault_add(faults, at, "\"%s\" has a range in parameters; a list gives values itself",
                     p->declared->name);
        return false;
    }
    p->spread = SW_LISTED;
    p->n_values = n;
    p->values = sw_calloc(n, sizeof *p->values);
    for (size_t i = 0; i < n; i++)
        p->values[i] = p->value;
    return true;
}

static void
read_point(sw_study *s, size_t n, size_t i, const json_t *point, sw_faults *faults)
{
    sw_auto(free) char *at = sw_json_pointer_at("/design/points", i);
    if (!json_is_object(point)) {
        sw_fault_add(faults, at, "must be an object of values by parameter, not %s",
                     sw_json_type_name(point));
        return;
    }
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)point, name, value) {
        sw_auto(free) char *here = sw_json_pointer(at, name);
        long j = sw_descriptor_parameter(s->model, name);
        if (j < 0)
            sw_fault_add(faults, here, "%s has no parameter of this name", s->model->name);
        else if (make_listed(&s->parameters[j], n, here, faults))
            sw_parameter_value(&s->parameters[j], value, here, &s->parameters[j].values[i], faults);
    }
}

void
sw_listed_read(sw_study *s, const sw_study_limits *limits, sw_faults *faults)
{
    const json_t *points = json_object_get(s->design, "points");
    size_t n = json_array_size(points);
    if (!s->method || strcmp(s->method, "list") != 0 || !points)
        return;
    if (n == 0 || n > limits->list_points) {
        sw_fault_add(faults, "/design/points", "must be from 1 to %zu points, not %zu%s",
                     limits->list_points, n, json_is_array(points) ? "" : " (not an array)");
        return;
    }
    for (size_t i = 0; i < n; i++)
        read_point(s, n, i, json_array_get(points, i), faults);
}
