// SPDX-License-Identifier: Apache-2.0
// Plans: a study's design checked and counted; from run numbers to inputs and seeds.
#include "lib/design/design.h"
#include "lib/design/parts.h"
#include "lib/design/segments.h"
#include "lib/study/correlations.h"

#include <assert.h>

const sw_design_ops *const sw_designs[] = {
    &sw_design_list,
    &sw_design_grid,
    &sw_design_oat,
    &sw_design_random,
    &sw_design_lhs,
    &sw_design_lhs_maximin,
    &sw_design_lhs_correlated,
    &sw_design_sobol,
    &sw_design_halton,
    &sw_design_lattice,
    &sw_design_saltelli,
    &sw_design_radial,
    &sw_design_morris,
    &sw_design_efast,
    &sw_design_rbd_fast,
    &sw_design_dgsm,
    &sw_design_factorial,
    &sw_design_fractional_factorial,
    &sw_design_plackett_burman,
    &sw_design_central_composite,
    &sw_design_box_behnken,
    &sw_design_given,
    NULL,
};

struct sw_plan {
    const sw_design_ops *ops;
    sw_design design;
    void *options;
    uint64_t points;
    sw_segments segments;
};

const sw_design_ops *
sw_design_find(const char *name)
{
    for (const sw_design_ops *const *d = sw_designs; *d; d++) {
        if (strcmp((*d)->name, name) == 0)
            return *d;
    }
    return NULL;
}

bool
sw_design_needs_varied(const sw_study *study, const char *method, sw_faults *faults)
{
    if (study->n_varied == 0)
        sw_fault_add(faults, "/parameters",
                     "%s needs at least one parameter with a range or values", method);
    return study->n_varied > 0;
}

void
sw_design_refuse_unbounded(const sw_study *study, bool both, const char *why, sw_faults *faults)
{
    for (size_t v = 0; v < study->n_varied; v++) {
        const sw_study_parameter *p = &study->parameters[study->varied[v]];
        sw_auto(free) char *at = sw_json_pointer("/parameters", p->declared->name);
        if (!isfinite(sw_study_value(p, 0)))
            sw_fault_add(faults, at, "has no smallest value, and %s", why);
        if (both && !isfinite(sw_study_value(p, 1)))
            sw_fault_add(faults, at, "has no largest value, and %s", why);
    }
}

// ---- making a plan ----

static void
refuse_method(const char *method, sw_faults *faults)
{
    sw_buffer known = {0};
    for (const sw_design_ops *const *d = sw_designs; *d; d++)
        sw_buffer_printf(&known, "%s%s", known.n ? ", " : "", (*d)->name);
    sw_fault_add(faults, "/design/method", "must be one of %s, not \"%.100s\"",
                 sw_buffer_text(&known), method);
    sw_buffer_fini(&known);
}

// The options of a design, which are all of the object but its method; NULL and faults. The caller
// frees them.
static void *
options_of(const sw_design_ops *ops, const json_t *design, sw_faults *faults)
{
    sw_auto(json) json_t *rest = json_copy((json_t *)design);
    json_object_del(rest, "method");
    void *options = sw_calloc(1, ops->options_size);
    if (ops->defaults)
        ops->defaults(options);
    if (sw_json_read(rest, "/design", ops->fields, options, faults))
        return options;
    free(options);
    return NULL;
}

void
sw_design_check(const json_t *design, sw_faults *faults)
{
    const char *method = json_string_value(json_object_get(design, "method"));
    const sw_design_ops *ops = method ? sw_design_find(method) : NULL;
    sw_auto(json) json_t *own = json_copy((json_t *)design);
    json_object_del(own, "seed");
    json_object_del(own, "order");
    if (ops)
        free(options_of(ops, own, faults));
    else if (method)
        refuse_method(method, faults);
}

static void
check_runs(const sw_plan *plan, const sw_study_limits *limits, sw_faults *faults)
{
    uint64_t runs = sw_times(plan->points, plan->design.study->replicates);
    if (runs == UINT64_MAX)
        sw_fault_add(faults, "/design", "makes more than 1.8e19 runs, the limit is %llu",
                     (unsigned long long)limits->runs);
    else if (runs > limits->runs)
        sw_fault_add(faults, "/design",
                     "makes %llu points times %llu replicates = %llu runs, the limit is %llu",
                     (unsigned long long)plan->points,
                     (unsigned long long)plan->design.study->replicates, (unsigned long long)runs,
                     (unsigned long long)limits->runs);
}

sw_plan *
sw_plan_new(const sw_study *study, const sw_study_limits *limits, sw_faults *faults)
{
    size_t before = faults->n + faults->dropped;
    const sw_design_ops *ops = sw_design_find(study->method);
    if (!ops) {
        refuse_method(study->method, faults);
        return NULL;
    }
    sw_plan *plan = sw_calloc(1, sizeof *plan);
    plan->ops = ops;
    plan->design.study = study;
    if (study->n_correlated && !ops->joint)
        sw_fault_add(faults, "/correlations",
                     "\"%s\" needs independent parameters; random, lhs, lhs_correlated, "
                     "sobol, halton and lattice allow correlations",
                     ops->name);
    // The study has read the method, the seed and the order; the rest belongs to the design.
    plan->options = options_of(ops, study->design, faults);
    plan->design.options = plan->options;
    if (plan->options)
        plan->points = ops->plan(&plan->design, faults);
    if (faults->n + faults->dropped == before)
        check_runs(plan, limits, faults);
    if (faults->n + faults->dropped == before)
        sw_segments_make(&plan->segments, study, plan->points, faults);
    if (faults->n + faults->dropped > before)
        sw_plan_free(&plan);
    return plan;
}

void
sw_plan_free(sw_plan **plan)
{
    if (!*plan)
        return;
    if ((*plan)->ops->free_state)
        (*plan)->ops->free_state((*plan)->design.state);
    free((*plan)->options);
    free(*plan);
    *plan = NULL;
}

// ---- from run numbers to inputs and seeds ----

bool
sw_plan_is_imported(const sw_plan *plan)
{
    return plan->ops->imported;
}

void
sw_plan_given(sw_plan *plan, size_t v, double *values)
{
    assert(plan->ops->imported && v < plan->design.study->n_varied);
    ((double **)plan->design.state)[v] = values;
}

uint64_t
sw_plan_points(const sw_plan *plan)
{
    return plan->points;
}

uint64_t
sw_plan_runs(const sw_plan *plan)
{
    return sw_segments_runs(&plan->segments);
}

size_t
sw_plan_locate(const sw_plan *plan, uint64_t run, size_t n, uint64_t *point, uint64_t *replicate)
{
    return sw_segments_locate(&plan->segments, run, n, point, replicate);
}

static void
map_column(const sw_plan *plan, const sw_study_parameter *p, double *column, size_t n)
{
    if (p->spread == SW_FIXED) {
        for (size_t i = 0; i < n; i++)
            column[i] = p->value;
    } else if (!plan->ops->values && p->spread != SW_DERIVED) {
        sw_study_values(p, column, n);
    }
}

static void
derive_column(const sw_study_parameter *p, double *const *columns, size_t j, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double v = sw_expression_value(p->expression, columns, i);
        bool real = p->declared->kind == SW_NUMBER;
        columns[j][i] = real ? v : p->declared->kind == SW_BOOLEAN ? v != 0 : nearbyint(v);
    }
}

void
sw_plan_inputs(const sw_plan *plan, uint64_t first, size_t n, double *const *columns)
{
    const sw_study *study = plan->design.study;
    assert(first <= sw_plan_runs(plan) && n <= sw_plan_runs(plan) - first);
    for (size_t done = 0; done < n;) {
        uint64_t point, replicate;
        size_t stretch = sw_plan_locate(plan, first + done, n - done, &point, &replicate);
        const sw_range range = {point, stretch, columns, done};
        plan->ops->places(&plan->design, &range);
        done += stretch;
    }
    if (!plan->ops->correlates)
        sw_correlations_apply(study, columns, n);
    for (size_t j = 0; j < study->n_parameters; j++)
        map_column(plan, &study->parameters[j], columns[j], n);
    for (size_t j = 0; j < study->n_parameters; j++) {
        if (study->parameters[j].spread == SW_DERIVED)
            derive_column(&study->parameters[j], columns, j, n);
    }
}

static bool
is_rejected(const sw_study *study, double *const *columns, size_t i)
{
    for (size_t k = 0; k < study->n_constraints; k++) {
        double v = sw_expression_value(study->constraints[k], columns, i);
        if (v == 0 || isnan(v))
            return true;
    }
    for (size_t j = 0; j < study->n_parameters; j++) {
        const sw_parameter *declared = study->parameters[j].declared;
        bool within = columns[j][i] >= declared->min && columns[j][i] <= declared->max;
        if (study->parameters[j].spread == SW_DERIVED && !within)
            return true;
    }
    return false;
}

size_t
sw_plan_reject(const sw_plan *plan, size_t n, double *const *columns, uint8_t *outcome)
{
    size_t rejected = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_rejected(plan->design.study, columns, i)) {
            outcome[i] = SW_REJECTED;
            rejected++;
        }
    }
    return rejected;
}

void
sw_plan_seeds(const sw_plan *plan, uint64_t first, size_t n, uint64_t *seeds)
{
    const sw_study *study = plan->design.study;
    for (size_t i = 0; i < n; i++) {
        uint64_t point, replicate;
        sw_plan_locate(plan, first + i, 1, &point, &replicate);
        point = study->common_random_numbers ? 0 : plan->design.first_point + point;
        seeds[i] = sw_run_seed(study->seed, point, plan->design.first_replicate + replicate);
    }
}

// ---- resolved ----

static json_t *
field_json(const sw_field *f, const void *options)
{
    const void *at = (const char *)options + f->offset;
    switch (f->type) {
    case SW_FIELD_STRING:
        return *(const char *const *)at ? json_string(*(const char *const *)at) : NULL;
    case SW_FIELD_NUMBER:
        return json_real(*(const double *)at);
    case SW_FIELD_INTEGER:
        return json_integer(*(const int64_t *)at);
    case SW_FIELD_BOOLEAN:
        return json_boolean(*(const bool *)at);
    default:
        return json_incref(*(json_t *const *)at);
    }
}

static json_t *
options_json(const sw_plan *plan)
{
    json_t *object = json_object();
    for (const sw_field *f = plan->ops->fields; f->name; f++) {
        json_t *value = field_json(f, plan->options);
        if (value)
            json_object_set_new(object, f->name, value);
    }
    return object;
}

json_t *
sw_plan_resolved_design(const sw_plan *plan)
{
    const sw_design *d = &plan->design;
    json_t *design = plan->ops->resolved ? plan->ops->resolved(d) : options_json(plan);
    json_object_set_new(design, "method", json_string(plan->ops->name));
    json_object_set_new(design, "seed", json_integer((json_int_t)d->study->seed));
    if (d->study->interleaved)
        json_object_set_new(design, "order", json_string("interleaved"));
    return design;
}

json_t *
sw_plan_report(const sw_plan *plan)
{
    return plan->ops->report ? plan->ops->report(&plan->design) : NULL;
}

json_t *
sw_plan_resolved(const sw_plan *plan)
{
    json_t *document = sw_study_resolved(plan->design.study);
    json_object_set_new(document, "design", sw_plan_resolved_design(plan));
    return document;
}

void
sw_plan_hash(const sw_plan *plan, char out[SW_HASH_TEXT])
{
    static const char *const for_people[] = {"name", "description", "tags", "priority"};
    sw_auto(json) json_t *document = sw_plan_resolved(plan);
    for (size_t k = 0; k < sw_countof(for_people); k++)
        json_object_del(document, for_people[k]);
    sw_auto(free) char *text = sw_json_text(document, true);
    sw_hash(text, strlen(text), out);
}
