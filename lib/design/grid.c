// SPDX-License-Identifier: Apache-2.0
// The full grid: every combination of values, the last parameter varying fastest. Discrete
// parameters give their values, ranges are cut into steps. Mixed radix: nothing is stored but the
// number of steps of each parameter.
#include "lib/design/parts.h"

typedef struct options {
    json_t *steps;
} options;

static const sw_field fields[] = {
    {"steps", SW_FIELD_ANY, offsetof(options, steps), false, 0, 0, NULL,
     "values taken of each range: a number for all, or an object by parameter"},
    SW_DESIGN_END,
};

enum { STEPS_MAX = 1000000000 };

typedef struct axis {
    uint64_t steps;
    uint64_t stride; // points between two steps of this parameter
    bool ends;       // the steps include both ends of the range
} axis;

static bool
valid_steps(const json_t *steps)
{
    double v = json_number_value(steps);
    return json_is_number(steps) && v == floor(v) && v >= 1 && v <= STEPS_MAX;
}

static bool
is_whole_range(const sw_study_parameter *p)
{
    return p->integer && isfinite(p->distribution.min) && isfinite(p->distribution.max);
}

static uint64_t
whole_values(const sw_study_parameter *p)
{
    return (uint64_t)(p->distribution.max - p->distribution.min + 1);
}

// How many steps a range takes: said for it, said for all, or every whole number in it.
static uint64_t
steps_of(const sw_study_parameter *p, const json_t *given, sw_faults *faults)
{
    const char *name = p->declared->name;
    const json_t *steps = json_is_object(given) ? json_object_get(given, name) : given;
    sw_auto(free) char *own = sw_json_pointer("/design/steps", name);
    const char *at = json_is_object(given) ? own : "/design/steps";
    if (!steps && is_whole_range(p))
        return whole_values(p);
    if (!steps)
        sw_fault_add(faults, at, "is required: how many values of the range of %s to take", name);
    else if (!valid_steps(steps))
        sw_fault_add(faults, at, "must be a whole number from 1 to %d", STEPS_MAX);
    else
        return (uint64_t)json_number_value(steps);
    return 0;
}

static void
refuse_other_names(const sw_study *s, const json_t *given, sw_faults *faults)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)given, name, value) {
        long j = sw_descriptor_parameter(s->model, name);
        sw_auto(free) char *at = sw_json_pointer("/design/steps", name);
        if (j < 0 || s->parameters[j].spread != SW_RANGE)
            sw_fault_add(faults, at, "is not a parameter with a range in this study");
    }
}

static axis
axis_of(const sw_study_parameter *p, const json_t *given, sw_faults *faults)
{
    if (p->spread == SW_VALUES)
        return (axis){.steps = p->n_values};
    bool finite = isfinite(sw_study_value(p, 0)) && isfinite(sw_study_value(p, 1));
    return (axis){.steps = steps_of(p, given, faults), .ends = finite};
}

static uint64_t
plan(sw_design *d, sw_faults *faults)
{
    const sw_study *s = d->study;
    const json_t *given = ((const options *)d->options)->steps;
    size_t before = faults->n + faults->dropped;
    if (given && json_is_object(given))
        refuse_other_names(s, given, faults);
    axis *axes = sw_calloc(s->n_varied, sizeof *axes);
    uint64_t points = 1;
    for (size_t v = s->n_varied; v-- > 0;) {
        axes[v] = axis_of(&s->parameters[s->varied[v]], given, faults);
        axes[v].stride = points;
        points = sw_times(points, axes[v].steps);
    }
    d->state = axes;
    return faults->n + faults->dropped > before ? 0 : points;
}

// Step k of an axis. A range with finite ends is cut at equal shares, ends included; one without,
// in the middles of equal shares. A single step is the median.
static double
place(const sw_study_parameter *p, const axis *a, uint64_t k)
{
    if (p->spread == SW_VALUES)
        return sw_study_cell(p, k);
    if (a->steps == 1 || !a->ends)
        return sw_cell_place(k, a->steps, 0.5);
    if (is_whole_range(p) && a->steps == whole_values(p))
        return sw_cell_place(k, a->steps, 0.5);
    return (double)k / (double)(a->steps - 1);
}

static void
places(const sw_design *d, const sw_range *range)
{
    const sw_study *s = d->study;
    for (size_t v = 0; v < s->n_varied; v++) {
        const sw_study_parameter *p = &s->parameters[s->varied[v]];
        const axis *a = (const axis *)d->state + v;
        double *u = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++)
            u[i] = place(p, a, (range->first + i) / a->stride % a->steps);
    }
}

// The steps of every range, so that the document says them all.
static json_t *
resolved(const sw_design *d)
{
    const sw_study *s = d->study;
    json_t *steps = json_object();
    for (size_t v = 0; v < s->n_varied; v++) {
        const sw_study_parameter *p = &s->parameters[s->varied[v]];
        const axis *a = (const axis *)d->state + v;
        if (p->spread == SW_RANGE)
            json_object_set_new(steps, p->declared->name, json_integer((json_int_t)a->steps));
    }
    return json_pack("{so}", "steps", steps);
}

const sw_design_ops sw_design_grid = {
    .name = "grid",
    .doc = "every combination of values and steps",
    .fields = fields,
    .options_size = sizeof(options),
    .plan = plan,
    .places = places,
    .free_state = free,
    .resolved = resolved,
};
