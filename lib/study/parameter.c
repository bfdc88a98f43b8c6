// SPDX-License-Identifier: Apache-2.0
// One parameter of a study: from JSON, checked against what the model declares, and back.
#include "lib/study/parameter.h"

#include "lib/base/memory.h"
#include "lib/study/laws.h"

enum { VALUES_MAX = 100000, LEVELS_MAX = 1000, TEXT_MAX_BYTES = 10000 };

typedef struct spec {
    const char *distribution;
    json_t *values, *weights;
    bool integer;
} spec;

static const sw_field values_fields[] = {
    {"values", SW_FIELD_ARRAY, offsetof(spec, values), true, 1, VALUES_MAX, NULL,
     "the values it takes"},
    {"weights", SW_FIELD_ARRAY, offsetof(spec, weights), false, 1, VALUES_MAX, NULL,
     "how likely each value is, relative to the others"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

static const sw_field range_fields[] = {
    {"distribution", SW_FIELD_STRING, offsetof(spec, distribution), false, 1, 100, NULL,
     "the law it follows; uniform when unsaid"},
    {"integer", SW_FIELD_BOOLEAN, offsetof(spec, integer), false, 0, 0, NULL, "whole values only"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

// ---- one value ----

static bool
add_level(sw_study_parameter *p, const char *text, const char *at, double *v, sw_faults *faults)
{
    size_t k = 0;
    while (k < p->n_levels && strcmp(p->levels[k], text) != 0)
        k++;
    if (k == LEVELS_MAX) {
        sw_fault_add(faults, at, "more than %d different texts", LEVELS_MAX);
        return false;
    }
    if (k == p->n_levels) {
        p->levels = sw_realloc(p->levels, (k + 1) * sizeof *p->levels);
        p->levels[p->n_levels++] = sw_strdup(text);
    }
    *v = (double)k;
    return true;
}

static bool
is_choice(const sw_parameter *declared, const char *text)
{
    const char *const *c = declared->choices;
    while (c && *c && strcmp(*c, text) != 0)
        c++;
    return !c || *c;
}

static void
refuse_choice(const sw_parameter *declared, const char *text, const char *at, sw_faults *faults)
{
    sw_buffer allowed = {0};
    for (const char *const *c = declared->choices; *c && allowed.n < 500; c++)
        sw_buffer_printf(&allowed, "%s\"%s\"", allowed.n ? ", " : "", *c);
    sw_fault_add(faults, at, "must be one of %s, not \"%.100s\"", sw_buffer_text(&allowed), text);
    sw_buffer_fini(&allowed);
}

static bool
read_text(sw_study_parameter *p, const json_t *json, const char *at, double *v, sw_faults *faults)
{
    const char *text = json_string_value(json);
    if (!text || strlen(text) != json_string_length(json) || strlen(text) > TEXT_MAX_BYTES) {
        sw_fault_add(faults, at, "must be a text of at most %d bytes, not %s", TEXT_MAX_BYTES,
                     sw_json_type_name(json));
        return false;
    }
    if (!is_choice(p->declared, text)) {
        refuse_choice(p->declared, text, at, faults);
        return false;
    }
    return add_level(p, text, at, v, faults);
}

static bool
read_number(const sw_parameter *declared, const json_t *json, const char *at, double *v,
            sw_faults *faults)
{
    if (!json_is_number(json)) {
        sw_fault_add(faults, at, "must be a number, not %s", sw_json_type_name(json));
        return false;
    }
    *v = json_number_value(json) + 0.0;
    if (declared->kind == SW_INTEGER && *v != floor(*v)) {
        sw_fault_add(faults, at, "must be a whole number, not %.17g", *v);
        return false;
    }
    if (*v < declared->min || *v > declared->max) {
        sw_fault_add(faults, at,
                     "must be from %g to %g, which is what the model accepts, not %.17g",
                     declared->min, declared->max, *v);
        return false;
    }
    return true;
}

bool
sw_parameter_value(sw_study_parameter *p, const json_t *json, const char *pointer, double *v,
                   sw_faults *faults)
{
    switch (p->declared->kind) {
    case SW_TEXT:
        return read_text(p, json, pointer, v, faults);
    case SW_BOOLEAN:
        *v = json_is_true(json);
        if (!json_is_boolean(json))
            sw_fault_add(faults, pointer, "must be true or false, not %s", sw_json_type_name(json));
        return json_is_boolean(json);
    default:
        return read_number(p->declared, json, pointer, v, faults);
    }
}

void
sw_parameter_default(sw_study_parameter *p)
{
    sw_faults none = {0};
    p->spread = SW_FIXED;
    p->value = p->declared->value;
    if (p->declared->kind == SW_TEXT)
        add_level(p, p->declared->text ? p->declared->text : "", "", &p->value, &none);
}

// ---- lists of values ----

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
refuse_twice(const sw_study_parameter *p, const char *pointer, sw_faults *faults)
{
    size_t bytes = p->n_values * sizeof *p->values;
    sw_auto(free) double *sorted = sw_malloc(bytes);
    memcpy(sorted, p->values, bytes);
    qsort(sorted, p->n_values, sizeof *sorted, ascending);
    sw_auto(free) char *at = sw_json_pointer(pointer, "values");
    for (size_t k = 1; k < p->n_values; k++) {
        if (sorted[k] == sorted[k - 1]) {
            sw_auto(json) json_t *value = sw_parameter_value_json(p, sorted[k]);
            sw_auto(free) char *text = sw_json_text(value, false);
            sw_fault_add(faults, at, "%.100s is given twice; weights say how likely a value is",
                         text);
            return;
        }
    }
}

static void
read_weights(sw_study_parameter *p, const json_t *weights, const char *pointer, sw_faults *faults)
{
    sw_auto(free) char *at = sw_json_pointer(pointer, "weights");
    if (json_array_size(weights) != p->n_values) {
        sw_fault_add(faults, at, "must have as many items as values: %zu, not %zu", p->n_values,
                     json_array_size(weights));
        return;
    }
    p->weights = sw_calloc(p->n_values, sizeof *p->weights);
    p->cumulative = sw_calloc(p->n_values, sizeof *p->cumulative);
    double sum = 0;
    for (size_t k = 0; k < p->n_values; k++) {
        double w = json_number_value(json_array_get(weights, k));
        sw_auto(free) char *here = sw_json_pointer_at(at, k);
        if (!(w > 0))
            sw_fault_add(faults, here, "must be a number greater than 0");
        p->weights[k] = w;
        p->cumulative[k] = sum += w;
    }
    if (!isfinite(sum))
        sw_fault_add(faults, at, "the sum of the weights must be finite");
    for (size_t k = 0; k < p->n_values; k++)
        p->cumulative[k] /= sum;
}

static void
read_values(sw_study_parameter *p, const json_t *json, const char *pointer, sw_faults *faults)
{
    spec s = {0};
    if (!sw_json_read(json, pointer, values_fields, &s, faults))
        return;
    size_t before = faults->n + faults->dropped;
    sw_auto(free) char *at = sw_json_pointer(pointer, "values");
    p->spread = SW_VALUES;
    p->n_values = json_array_size(s.values);
    p->values = sw_calloc(p->n_values, sizeof *p->values);
    for (size_t k = 0; k < p->n_values; k++) {
        sw_auto(free) char *here = sw_json_pointer_at(at, k);
        sw_parameter_value(p, json_array_get(s.values, k), here, &p->values[k], faults);
    }
    if (faults->n + faults->dropped == before)
        refuse_twice(p, pointer, faults);
    if (s.weights)
        read_weights(p, s.weights, pointer, faults);
}

// ---- steps ----

typedef struct steps {
    double first, step, last;
} steps;

static const sw_field steps_fields[] = {
    {"first", SW_FIELD_NUMBER, offsetof(steps, first), true, -1e300, 1e300, NULL,
     "the first value"},
    {"step", SW_FIELD_NUMBER, offsetof(steps, step), true, 1e-300, 1e300, NULL,
     "from one value to the next"},
    {"last", SW_FIELD_NUMBER, offsetof(steps, last), true, -1e300, 1e300, NULL,
     "no value lies beyond"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

// The value that is meant: 0.1 + 2 * 0.1 is 0.3, as people and BehaviorSpace's decimals have it.
static double
decimal(double v)
{
    if (v == floor(v))
        return v;
    char text[40];
    snprintf(text, sizeof text, "%.14g", v);
    return strtod(text, NULL);
}

static void
read_steps(sw_study_parameter *p, const json_t *json, const char *pointer, sw_faults *faults)
{
    steps s = {0};
    if (!sw_json_read(json, pointer, steps_fields, &s, faults))
        return;
    double n = floor((s.last - s.first) / s.step + 1e-9) + 1;
    sw_auto(free) char *at = sw_json_pointer(pointer, "step");
    if (n < 1) {
        sw_fault_add(faults, pointer, "takes no value: last is below first");
    } else if (n > VALUES_MAX) {
        sw_fault_add(faults, at, "makes %.0f values, the limit is %d", n, VALUES_MAX);
    } else {
        json_t *values = json_array();
        for (double k = 0; k < n; k++)
            json_array_append_new(values, json_real(decimal(s.first + k * s.step)));
        sw_auto(json) json_t *listed = json_pack("{so}", "values", values);
        read_values(p, listed, pointer, faults);
    }
}

// ---- ranges ----

static void
refuse_distribution(const char *name, const char *pointer, sw_faults *faults)
{
    sw_buffer known = {0};
    for (const sw_distribution_ops *const *d = sw_distributions; *d; d++)
        sw_buffer_printf(&known, "%s%s", known.n ? ", " : "", (*d)->name);
    sw_auto(free) char *at = sw_json_pointer(pointer, "distribution");
    sw_fault_add(faults, at, "must be one of %s, not \"%s\"", sw_buffer_text(&known), name);
    sw_buffer_fini(&known);
}

static bool
is_uniform(const sw_study_parameter *p)
{
    return p->distribution.ops == &sw_law_uniform;
}

static void
refuse_fraction(const sw_study_parameter *p, const char *pointer, sw_faults *faults)
{
    const double bounds[] = {p->distribution.min, p->distribution.max};
    static const char *const names[] = {"min", "max"};
    for (int b = 0; b < 2; b++) {
        sw_auto(free) char *at = sw_json_pointer(pointer, names[b]);
        if (isfinite(bounds[b]) && (bounds[b] != floor(bounds[b]) || fabs(bounds[b]) > 0x1p52))
            sw_fault_add(faults, at, "must be a whole number since the parameter is, not %.17g",
                         bounds[b]);
    }
}

static void
refuse_beyond_model(const sw_study_parameter *p, const char *pointer, sw_faults *faults)
{
    const sw_parameter *declared = p->declared;
    double low = sw_study_value(p, 0), high = sw_study_value(p, 1);
    if (low < declared->min) {
        sw_auto(free) char *at = sw_json_pointer(pointer, "min");
        sw_fault_add(faults, at,
                     "values start at %g, but the model accepts none below %g; give a min of at "
                     "least that",
                     low, declared->min);
    }
    if (high > declared->max) {
        sw_auto(free) char *at = sw_json_pointer(pointer, "max");
        sw_fault_add(faults, at,
                     "values go up to %g, but the model accepts none above %g; give a max of at "
                     "most that",
                     high, declared->max);
    }
}

static void
read_range(sw_study_parameter *p, const json_t *json, const char *pointer, sw_faults *faults)
{
    spec s = {.distribution = "uniform"};
    if (p->declared->kind == SW_TEXT || p->declared->kind == SW_BOOLEAN) {
        sw_fault_add(faults, pointer, "is not a number, so it takes a value or {\"values\": […]}");
        return;
    }
    if (!sw_json_read_some(json, pointer, range_fields, &s, faults))
        return;
    const sw_distribution_ops *ops = sw_distribution_find(s.distribution);
    if (!ops) {
        refuse_distribution(s.distribution, pointer, faults);
        return;
    }
    sw_json_refuse_others(json, pointer, (const sw_field *const[]){range_fields, ops->fields, NULL},
                          faults);
    p->spread = SW_RANGE;
    p->integer = s.integer || p->declared->kind == SW_INTEGER;
    if (!sw_distribution_read(json, pointer, ops, &p->distribution, faults))
        return;
    if (p->integer)
        refuse_fraction(p, pointer, faults);
    refuse_beyond_model(p, pointer, faults);
}

// Compiled by the study, which knows the names of the other parameters.
static void
read_expression(sw_study_parameter *p, const json_t *json, const char *pointer, sw_faults *faults)
{
    static const sw_field fields[] = {
        {"expression", SW_FIELD_STRING, 0, true, 1, 2000, NULL, "of other parameters"},
        {NULL, 0, 0, false, 0, 0, NULL, NULL},
    };
    const char *text = NULL;
    if (p->declared->kind == SW_TEXT)
        sw_fault_add(faults, pointer, "is a text, which an expression can not give");
    else if (sw_json_read(json, pointer, fields, &text, faults))
        p->expression_text = sw_strdup(text);
    p->spread = SW_DERIVED;
}

void
sw_parameter_read(sw_study_parameter *p, const json_t *json, const char *pointer, sw_faults *faults)
{
    if (!json_is_object(json)) {
        p->spread = SW_FIXED;
        sw_parameter_value(p, json, pointer, &p->value, faults);
    } else if (json_object_get(json, "expression")) {
        read_expression(p, json, pointer, faults);
    } else if (json_object_get(json, "values")) {
        read_values(p, json, pointer, faults);
    } else if (json_object_get(json, "first")) {
        read_steps(p, json, pointer, faults);
    } else {
        read_range(p, json, pointer, faults);
    }
}

// ---- to JSON ----

json_t *
sw_parameter_value_json(const sw_study_parameter *p, double v)
{
    if (p->declared->kind == SW_TEXT)
        return json_string(p->levels[(size_t)v]);
    if (p->declared->kind == SW_BOOLEAN)
        return json_boolean(v != 0);
    return json_real(v);
}

static json_t *
values_json(const sw_study_parameter *p)
{
    json_t *values = json_array(), *object = json_object();
    for (size_t k = 0; k < p->n_values; k++)
        json_array_append_new(values, sw_parameter_value_json(p, p->values[k]));
    json_object_set_new(object, "values", values);
    if (p->weights) {
        json_t *weights = json_array();
        for (size_t k = 0; k < p->n_values; k++)
            json_array_append_new(weights, json_real(p->weights[k]));
        json_object_set_new(object, "weights", weights);
    }
    return object;
}

static json_t *
sample_json(const sw_distribution *d)
{
    json_t *sample = json_array();
    for (size_t k = 0; k < d->n_sample; k++)
        json_array_append_new(sample, json_real(d->sample[k]));
    return sample;
}

static json_t *
range_json(const sw_study_parameter *p)
{
    json_t *object = json_pack("{ss}", "distribution", p->distribution.ops->name);
    if (p->distribution.sample)
        json_object_set_new(object, "sample", sample_json(&p->distribution));
    for (const sw_field *f = p->distribution.ops->fields; f->name; f++) {
        if (f->type != SW_FIELD_NUMBER)
            continue;
        double v = *(const double *)((const char *)&p->distribution + f->offset);
        if (isfinite(v))
            json_object_set_new(object, f->name, json_real(v));
    }
    if (p->integer)
        json_object_set_new(object, "integer", json_true());
    return object;
}

json_t *
sw_parameter_json(const sw_study_parameter *p)
{
    if (p->spread == SW_FIXED || p->spread == SW_LISTED)
        return sw_parameter_value_json(p, p->value);
    if (p->spread == SW_DERIVED)
        return json_pack("{ss}", "expression", p->expression_text);
    return p->spread == SW_VALUES ? values_json(p) : range_json(p);
}

void
sw_parameter_fini(sw_study_parameter *p)
{
    for (size_t k = 0; k < p->n_levels; k++)
        free(p->levels[k]);
    free(p->levels);
    free(p->values);
    free(p->weights);
    free(p->cumulative);
    sw_expression_free(p->expression);
    free(p->expression_text);
    sw_distribution_fini(&p->distribution);
}

// ---- values at places of the unit interval ----

static size_t
cell_of(const sw_study_parameter *p, double u)
{
    size_t n = p->n_values;
    if (!p->cumulative) {
        size_t k = (size_t)(u * (double)n);
        return k < n ? k : n - 1;
    }
    size_t low = 0, high = n - 1;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (u < p->cumulative[mid])
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

// Uniform whole numbers: max - min + 1 cells of equal share.
static double
whole_uniform(const sw_distribution *d, double u)
{
    double v = d->min + floor(u * (d->max - d->min + 1));
    return v > d->max ? d->max : v;
}

static double
whole(const sw_study_parameter *p, double u)
{
    return is_uniform(p) ? whole_uniform(&p->distribution, u)
                         : nearbyint(sw_quantile(&p->distribution, u));
}

double
sw_study_value(const sw_study_parameter *p, double u)
{
    if (p->spread == SW_VALUES)
        return p->values[cell_of(p, u)];
    if (p->spread == SW_RANGE)
        return p->integer ? whole(p, u) : sw_quantile(&p->distribution, u);
    return p->value;
}

void
sw_study_values(const sw_study_parameter *p, double *u, size_t n)
{
    if (p->spread == SW_RANGE && !p->integer) {
        sw_quantile_column(&p->distribution, u, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        u[i] = sw_study_value(p, u[i]);
}

double
sw_study_cell(const sw_study_parameter *p, size_t k)
{
    if (!p->cumulative)
        return ((double)k + 0.5) / (double)p->n_values;
    return ((k ? p->cumulative[k - 1] : 0) + p->cumulative[k]) / 2;
}
