// SPDX-License-Identifier: Apache-2.0
// The full grid: every combination of values, the last parameter varying fastest. Discrete
// parameters give their values, ranges are cut into steps. Mixed radix: nothing is stored but the
// number of steps of each parameter. With sub-experiments there is one such grid after another,
// each with only some of the values.
#include "lib/design/parts.h"
#include "lib/study/parameter.h"

typedef struct options {
    json_t *steps, *sub_experiments;
} options;

enum { STEPS_MAX = 1000000000, PARTS_MAX = 1000, PICKED_MAX = 1000000 };

static const sw_field fields[] = {
    {"steps", SW_FIELD_ANY, offsetof(options, steps), false, 0, 0, NULL,
     "values taken of each range: a number for all, or an object by parameter"},
    {"sub_experiments", SW_FIELD_ARRAY, offsetof(options, sub_experiments), false, 1, PARTS_MAX,
     NULL,
     "grids one after another, each an object: of these parameters only these of their values"},
    SW_DESIGN_END,
};

typedef struct axis {
    uint64_t steps;
    uint64_t stride; // points between two steps of this parameter
    bool ends;       // the steps include both ends of the range
    size_t *picked;  // [steps]: which of the parameter's values, NULL: all
} axis;

// One grid of a study.
typedef struct part {
    uint64_t first, points;
    axis *axes; // [n_varied]
} part;

typedef struct grid {
    size_t n_parts, n_axes;
    part parts[];
} grid;

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

// ---- sub-experiments ----

// The values of one parameter in order, to find those that sub-experiments name.
typedef struct ordered {
    const sw_study_parameter *parameter;
    size_t *by; // [n_values]; NULL until it is asked for
} ordered;

static int
compare_values(const sw_study_parameter *a, double u, const sw_study_parameter *b, double v)
{
    if (a->declared->kind == SW_TEXT)
        return strcmp(a->levels[(size_t)u], b->levels[(size_t)v]);
    return (u > v) - (u < v);
}

static int
by_value(const void *a, const void *b, void *data)
{
    const sw_study_parameter *p = data;
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    int order = compare_values(p, p->values[i], p, p->values[j]);
    return order ? order : (i > j) - (i < j);
}

static void
put_in_order(ordered *o)
{
    const sw_study_parameter *p = o->parameter;
    o->by = sw_calloc(p->n_values, sizeof *o->by);
    for (size_t i = 0; i < p->n_values; i++)
        o->by[i] = i;
    qsort_r(o->by, p->n_values, sizeof *o->by, by_value, (void *)p);
}

// The first of the parameter's values that is this one of `wanted`; n_values if none is.
static size_t
find_value(const ordered *o, const sw_study_parameter *wanted, double value)
{
    const sw_study_parameter *p = o->parameter;
    size_t low = 0, high = p->n_values;
    while (low < high) {
        size_t middle = (low + high) / 2;
        bool less = compare_values(p, p->values[o->by[middle]], wanted, value) < 0;
        *(less ? &low : &high) = less ? middle + 1 : middle;
    }
    bool found = low < p->n_values && compare_values(p, p->values[o->by[low]], wanted, value) == 0;
    return found ? o->by[low] : p->n_values;
}

// What the sub-experiments of one study are read with.
typedef struct parts_reader {
    const sw_study *study;
    ordered *ordered; // [n_varied]
    size_t left;      // values that they may yet name
    sw_faults *faults;
} parts_reader;

// Which of the parameter's values `wanted` names; a fault for one that is not among them.
static void
pick(parts_reader *r, axis *a, size_t v, const sw_study_parameter *wanted, const char *at)
{
    ordered *o = &r->ordered[v];
    bool one = wanted->spread == SW_FIXED;
    size_t n = one ? 1 : wanted->n_values;
    r->left = r->left > n ? r->left - n : 0;
    if (r->left == 0) {
        sw_fault_add(r->faults, "/design/sub_experiments", "name more than %d values", PICKED_MAX);
        return;
    }
    if (!o->by)
        put_in_order(o);
    a->steps = n;
    a->picked = sw_calloc(n, sizeof *a->picked);
    for (size_t k = 0; k < n; k++) {
        a->picked[k] = find_value(o, wanted, one ? wanted->value : wanted->values[k]);
        if (a->picked[k] == o->parameter->n_values) {
            sw_fault_add(r->faults, at, "has a value that is not among those of %s in this study",
                         o->parameter->declared->name);
            return;
        }
    }
}

// `given`: a value, a list of values, or first, step and last.
static void
restrict_axis(parts_reader *r, axis *a, size_t v, json_t *given, const char *at)
{
    const sw_study_parameter *p = r->ordered[v].parameter;
    if (p->spread != SW_VALUES) {
        sw_fault_add(r->faults, at, "must be a parameter whose values the study lists");
        return;
    }
    sw_auto(json) json_t *spread =
        json_is_array(given) ? json_pack("{sO}", "values", given) : json_incref(given);
    sw_study_parameter wanted = {.declared = p->declared};
    size_t before = r->faults->n + r->faults->dropped;
    sw_parameter_read(&wanted, spread, at, r->faults);
    if (r->faults->n + r->faults->dropped > before)
        ;
    else if (wanted.spread != SW_FIXED && wanted.spread != SW_VALUES)
        sw_fault_add(r->faults, at, "must be a value, a list of values, or first, step and last");
    else
        pick(r, a, v, &wanted, at);
    sw_parameter_fini(&wanted);
}

static void
restrict_part(parts_reader *r, axis *axes, size_t k, const json_t *given)
{
    const sw_study *s = r->study;
    sw_auto(free) char *place = sw_json_pointer_at("/design/sub_experiments", k);
    if (!json_is_object(given)) {
        sw_fault_add(r->faults, place, "must be an object of values by parameter, not %s",
                     sw_json_type_name(given));
        return;
    }
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)given, name, value) {
        sw_auto(free) char *at = sw_json_pointer(place, name);
        size_t v = 0;
        while (v < s->n_varied && strcmp(s->parameters[s->varied[v]].declared->name, name) != 0)
            v++;
        if (v == s->n_varied)
            sw_fault_add(r->faults, at, "must be a parameter whose values the study lists");
        else
            restrict_axis(r, &axes[v], v, value, at);
        if (r->left == 0)
            return;
    }
}

// ---- the plan ----

static void
free_grid(void *state)
{
    grid *g = state;
    for (size_t k = 0; g && k < g->n_parts; k++) {
        axis *axes = g->parts[k].axes; // NULL behind a part with faults
        for (size_t v = 0; axes && v < g->n_axes; v++)
            free(axes[v].picked);
        free(axes);
    }
    free(g);
}

static uint64_t
count(part *p, size_t n_axes)
{
    p->points = 1;
    for (size_t v = n_axes; v-- > 0;) {
        p->axes[v].stride = p->points;
        p->points = sw_times(p->points, p->axes[v].steps);
    }
    return p->points;
}

// The axes of one grid: all of the study's values and steps, or what a sub-experiment takes of
// them.
static bool
plan_part(parts_reader *r, const options *o, size_t k, part *p)
{
    const sw_study *s = r->study;
    size_t before = r->faults->n + r->faults->dropped;
    p->axes = sw_calloc(s->n_varied, sizeof *p->axes);
    for (size_t v = 0; v < s->n_varied; v++)
        p->axes[v] = axis_of(&s->parameters[s->varied[v]], o->steps, r->faults);
    if (o->sub_experiments)
        restrict_part(r, p->axes, k, json_array_get(o->sub_experiments, k));
    return r->faults->n + r->faults->dropped == before;
}

static uint64_t
plan(sw_design *d, sw_faults *faults)
{
    const sw_study *s = d->study;
    const options *o = d->options;
    size_t before = faults->n + faults->dropped;
    size_t n = o->sub_experiments ? json_array_size(o->sub_experiments) : 1;
    if (json_is_object(o->steps))
        refuse_other_names(s, o->steps, faults);
    grid *g = sw_calloc(1, sizeof *g + n * sizeof *g->parts);
    *g = (grid){.n_parts = n, .n_axes = s->n_varied};
    d->state = g;
    parts_reader r = {s, sw_calloc(s->n_varied, sizeof *r.ordered), PICKED_MAX, faults};
    for (size_t v = 0; v < s->n_varied; v++)
        r.ordered[v].parameter = &s->parameters[s->varied[v]];
    uint64_t points = 0;
    for (size_t k = 0; k < n && faults->n + faults->dropped == before; k++) {
        part *p = &g->parts[k];
        if (!plan_part(&r, o, k, p))
            break;
        p->first = points;
        if (__builtin_add_overflow(points, count(p, s->n_varied), &points))
            points = UINT64_MAX;
    }
    for (size_t v = 0; v < s->n_varied; v++)
        free(r.ordered[v].by);
    free(r.ordered);
    return faults->n + faults->dropped == before ? points : 0;
}

// Step k of an axis. A range with finite ends is cut at equal shares, ends included; one without,
// in the middles of equal shares. A single step is the median.
static double
place(const sw_study_parameter *p, const axis *a, uint64_t k)
{
    if (p->spread == SW_VALUES)
        return sw_study_cell(p, a->picked ? a->picked[k] : k);
    if (a->steps == 1 || !a->ends)
        return sw_cell_place(k, a->steps, 0.5);
    if (is_whole_range(p) && a->steps == whole_values(p))
        return sw_cell_place(k, a->steps, 0.5);
    return (double)k / (double)(a->steps - 1);
}

// The part that holds a point.
static const part *
part_of(const grid *g, uint64_t point)
{
    size_t low = 0, high = g->n_parts;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        *(g->parts[middle].first <= point ? &low : &high) = middle;
    }
    return &g->parts[low];
}

static void
places(const sw_design *d, const sw_range *range)
{
    const sw_study *s = d->study;
    const grid *g = d->state;
    for (size_t i = 0, end; i < range->n; i = end) {
        const part *in = part_of(g, range->first + i);
        uint64_t at = range->first + i - in->first, left = in->points - at;
        end = left < range->n - i ? i + (size_t)left : range->n;
        for (size_t v = 0; v < s->n_varied; v++) {
            const axis *a = &in->axes[v];
            double *u = sw_range_column(d, range, v) + i;
            for (size_t k = 0; k < end - i; k++)
                u[k] = place(&s->parameters[s->varied[v]], a, (at + k) / a->stride % a->steps);
        }
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
        const axis *a = &((const grid *)d->state)->parts[0].axes[v];
        if (p->spread == SW_RANGE)
            json_object_set_new(steps, p->declared->name, json_integer((json_int_t)a->steps));
    }
    const json_t *given = ((const options *)d->options)->sub_experiments;
    return json_pack("{so, so*}", "steps", steps, "sub_experiments",
                     given ? json_deep_copy(given) : NULL);
}

const sw_design_ops sw_design_grid = {
    .name = "grid",
    .doc = "every combination of values and steps",
    .fields = fields,
    .options_size = sizeof(options),
    .plan = plan,
    .places = places,
    .free_state = free_grid,
    .resolved = resolved,
};
