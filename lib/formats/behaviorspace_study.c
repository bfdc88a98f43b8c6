// SPDX-License-Identifier: Apache-2.0
// One BehaviorSpace experiment as a study. Value sets become a grid, with sub-experiments one grid
// after another. Where sub-experiments set different variables, and so leave some to the model, the
// points are listed in BehaviorSpace's order.
#include "lib/formats/behaviorspace.h"

#include "lib/base/memory.h"
#include "lib/formats/parts.h"

#include <math.h>

// VALUES_MAX bounds what all sets of all sub-experiments may be spelt out to.
enum { POINTS_MAX = 100000, GRIDS_MAX = 1000, VALUES_MAX = 1000000, REPETITIONS_MAX = 1000000000 };

#define TIME_LIMIT_NONE 1000000000 // the most steps that a run may be asked for

typedef struct conversion {
    const json_t *experiment;
    const sw_import *how;
    const char *name;
    char *at; // the pointer of its faults
    json_t *parameters, *warnings;
    sw_faults *faults;
    double *values_left;
} conversion;

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool
number_of(const char *text, double *v)
{
    char *end;
    *v = strtod(text, &end);
    return end != text && *end == 0 && isfinite(*v);
}

// An attribute that is a whole number; `otherwise` and a fault if it is none.
static int64_t
whole(const conversion *c, const char *key, int64_t min, int64_t max)
{
    double v = 0;
    const char *text = text_of(c->experiment, key);
    if (number_of(text, &v) && v == floor(v) && v >= (double)min && v <= (double)max)
        return (int64_t)v;
    sw_fault_add(c->faults, c->at, "%s must be a whole number from %lld to %lld, not \"%.60s\"",
                 key, (long long)min, (long long)max, text);
    return min;
}

// ---- values ----

static bool
takes_texts(const conversion *c, const char *variable)
{
    const sw_descriptor *model = c->how->descriptor;
    long j = model ? sw_descriptor_parameter(model, variable) : -1;
    return j >= 0 && model->parameters[j].kind == SW_TEXT;
}

static json_t *
quoted(const char *text)
{
    sw_buffer b = {0};
    for (const char *s = text + 1; *s && s[1]; s++) {
        if (*s == '\\' && s[2])
            s++;
        sw_buffer_char(&b, *s == 'n' && s[-1] == '\\' ? '\n' : *s);
    }
    json_t *made = json_stringn(b.n ? b.data : "", b.n);
    sw_buffer_fini(&b);
    return made;
}

// A literal of NetLogo: a number, true or false, a text in quotes; anything else as it stands.
static json_t *
literal(const conversion *c, const char *variable, const char *text)
{
    double v;
    if (*text == '"')
        return quoted(text);
    if (takes_texts(c, variable))
        return json_string(text);
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(*text == 't');
    if (!number_of(text, &v))
        return json_string(text);
    return v == floor(v) && fabs(v) < 1e15 ? json_integer((json_int_t)v) : json_real(v);
}

typedef struct steps {
    double first, step, last;
    double n; // how many values; 0 if there are none
} steps;

// Reads a stepped value set.
static bool
read_steps(const conversion *c, const json_t *set, steps *s)
{
    const char *variable = text_of(set, "variable");
    bool numbers = number_of(text_of(set, "first"), &s->first) &&
                   number_of(text_of(set, "step"), &s->step) &&
                   number_of(text_of(set, "last"), &s->last);
    s->n = numbers && s->step != 0 ? floor((s->last - s->first) / s->step + 1e-9) + 1 : 0;
    if (!(s->n >= 1 && s->n <= POINTS_MAX))
        sw_fault_add(c->faults, c->at,
                     "the steps of %.60s must be numbers and give 1 to %d values: first \"%.30s\", "
                     "step \"%.30s\", last \"%.30s\"",
                     variable, POINTS_MAX, text_of(set, "first"), text_of(set, "step"),
                     text_of(set, "last"));
    return s->n >= 1 && s->n <= POINTS_MAX;
}

// All values of a set; empty, with a fault, if it has none.
static json_t *
values_of(const conversion *c, const json_t *set)
{
    const char *variable = text_of(set, "variable");
    const json_t *given = json_object_get(set, "values");
    json_t *values = json_array();
    steps s = {0};
    for (size_t k = 0; k < json_array_size(given); k++)
        json_array_append_new(values,
                              literal(c, variable, json_string_value(json_array_get(given, k))));
    if (given && json_array_size(given) == 0)
        sw_fault_add(c->faults, c->at, "%.60s has no values", variable);
    if (given || !read_steps(c, set, &s))
        return values;
    *c->values_left -= s.n;
    for (double k = 0; k < s.n && *c->values_left >= 0; k++) {
        // Decimals as they are meant: 0.1 + 2 * 0.1 is 0.3.
        sw_auto(free) char *text = sw_format("%.14g", s.first + k * s.step);
        json_array_append_new(values, literal(c, variable, text));
    }
    return values;
}

// A set as a parameter of a grid.
static json_t *
parameter_of(const conversion *c, const json_t *set)
{
    steps s = {0};
    double v;
    bool stepped = !json_object_get(set, "values");
    if (stepped && number_of(text_of(set, "step"), &v) && v > 0)
        return read_steps(c, set, &s)
                   ? json_pack("{sf sf sf}", "first", s.first, "step", s.step, "last", s.last)
                   : NULL;
    sw_auto(json) json_t *values = values_of(c, set);
    if (json_array_size(values) == 1)
        return json_incref(json_array_get(values, 0));
    return json_pack("{sO}", "values", values);
}

// ---- designs ----

static void
add_grid(const conversion *c, json_t *document)
{
    size_t i;
    const json_t *set;
    json_array_foreach (json_object_get(c->experiment, "constants"), i, set) {
        json_t *parameter = parameter_of(c, set);
        if (parameter)
            json_object_set_new(c->parameters, text_of(set, "variable"), parameter);
    }
    json_object_set_new(document, "design", json_pack("{ss}", "method", "grid"));
}

// The sets of one sub-experiment: the constants, each replaced by its own set of that variable,
// then those of variables that are no constants. As arrays of values by variable.
static json_t *
merged(const conversion *c, const json_t *sub)
{
    const json_t *both[] = {json_object_get(c->experiment, "constants"), sub};
    json_t *values = json_object();
    for (size_t k = 0; k < sw_countof(both); k++) {
        size_t i;
        const json_t *set;
        json_array_foreach (both[k], i, set)
            json_object_set_new(values, text_of(set, "variable"), values_of(c, set));
    }
    return values;
}

// The same variables in the same order.
static bool
same_variables(json_t *a, json_t *b)
{
    void *i = json_object_iter(a), *j = json_object_iter(b);
    for (; i && j; i = json_object_iter_next(a, i), j = json_object_iter_next(b, j))
        if (strcmp(json_object_iter_key(i), json_object_iter_key(j)) != 0)
            return false;
    return !i && !j;
}

// All values that a variable takes in some sub-experiment, each once.
static json_t *
union_of(const json_t *grids, const char *variable)
{
    json_t *all = json_array();
    sw_auto(json) json_t *seen = json_object();
    size_t k, i;
    json_t *grid, *value;
    json_array_foreach (grids, k, grid) {
        json_array_foreach (json_object_get(grid, variable), i, value) {
            sw_auto(free) char *key = sw_json_text(value, false);
            if (json_object_get(seen, key))
                continue;
            json_object_set_new(seen, key, json_true());
            json_array_append(all, value);
        }
    }
    return all;
}

// Grids of the same variables as the design `grid`: each takes some of the values of all.
static void
add_grids(const conversion *c, json_t *grids, json_t *document)
{
    sw_auto(json) json_t *variables = json_copy(json_array_get(grids, 0));
    const char *variable;
    json_t *own, *grid;
    size_t k;
    json_object_foreach (variables, variable, own) {
        sw_auto(json) json_t *all = union_of(grids, variable);
        bool one = json_array_size(all) == 1;
        json_object_set_new(c->parameters, variable,
                            one ? json_incref(json_array_get(all, 0))
                                : json_pack("{sO}", "values", all));
        json_array_foreach (grids, k, grid) {
            json_t *values = json_object_get(grid, variable);
            if (one || json_equal(all, values))
                json_object_del(grid, variable);
            else if (json_array_size(values) == 1)
                json_object_set(grid, variable, json_array_get(values, 0));
        }
    }
    json_object_set_new(document, "design",
                        json_pack("{ss sO}", "method", "grid", "sub_experiments", grids));
}

static double
combinations(const json_t *values)
{
    double n = 1;
    const char *name;
    json_t *list;
    json_object_foreach ((json_t *)values, name, list)
        n *= (double)json_array_size(list);
    return n;
}

// Adds every combination, the last variable varying fastest.
static void
add_combinations(const json_t *values, size_t n, json_t *points)
{
    for (size_t i = 0; i < n; i++) {
        json_t *point = json_object();
        size_t stride = n;
        const char *name;
        json_t *list;
        json_object_foreach ((json_t *)values, name, list) {
            stride /= json_array_size(list);
            json_object_set(point, name, json_array_get(list, i / stride % json_array_size(list)));
        }
        json_array_append_new(points, point);
    }
}

// Grids of different variables as the design `list`.
static void
add_list(const conversion *c, const json_t *grids, json_t *document)
{
    json_t *points = json_array();
    size_t i;
    const json_t *values;
    json_array_foreach (grids, i, values) {
        double n = combinations(values);
        if (n + (double)json_array_size(points) > POINTS_MAX) {
            sw_fault_add(c->faults, c->at,
                         "its sub-experiments, of different variables, have more than %d points",
                         POINTS_MAX);
            break;
        }
        add_combinations(values, (size_t)n, points);
    }
    json_object_set_new(document, "design",
                        json_pack("{ss so}", "method", "list", "points", points));
}

static void
add_sub_experiments(const conversion *c, json_t *document)
{
    const json_t *subs = json_object_get(c->experiment, "subs");
    sw_auto(json) json_t *grids = json_array();
    bool same = json_array_size(subs) <= GRIDS_MAX;
    size_t i;
    const json_t *sub;
    json_array_foreach (subs, i, sub) {
        json_array_append_new(grids, merged(c, sub));
        same = same && same_variables(json_array_get(grids, 0), json_array_get(grids, i));
        if (*c->values_left < 0) {
            sw_fault_add(c->faults, c->at, "its sub-experiments name more than %d values",
                         VALUES_MAX);
            return;
        }
    }
    same ? add_grids(c, grids, document) : add_list(c, grids, document);
}

// ---- what is run and measured ----

static void
add_text(const conversion *c, const char *key, const char *parameter, const char *otherwise)
{
    const char *text = text_of(c->experiment, key);
    if (strcmp(text, otherwise) != 0)
        json_object_set_new(c->parameters, parameter, json_string(text));
}

static void
add_time_limit(const conversion *c)
{
    int64_t steps_most = whole(c, "timeLimit", 0, INT64_C(1000000000000000));
    if (steps_most == 0 && !*text_of(c->experiment, "exitCondition"))
        sw_import_warn(c->warnings,
                       "%s: neither a time limit nor an exit condition: a run ends when go stops, "
                       "or at limits.run_seconds",
                       c->name);
    if (steps_most == 0 || steps_most > TIME_LIMIT_NONE)
        steps_most = TIME_LIMIT_NONE;
    json_object_set_new(c->parameters, "time-limit", json_integer(steps_most));
}

static bool
is_series(const conversion *c)
{
    return strcmp(text_of(c->experiment, "every"), "true") == 0 ||
           *text_of(c->experiment, "runMetricsCondition");
}

static json_t *
outputs_of(const conversion *c)
{
    sw_auto(json) json_t *seen = json_object();
    json_t *outputs = json_array();
    size_t i;
    const json_t *metric;
    json_array_foreach (json_object_get(c->experiment, "metrics"), i, metric) {
        const char *text = json_string_value(metric);
        if (!*text || json_object_get(seen, text))
            continue;
        json_object_set_new(seen, text, json_true());
        json_array_append_new(outputs, is_series(c)
                                           ? json_pack("{ss ss}", "name", text, "kind", "series")
                                           : json_string(text));
    }
    return outputs;
}

static void
warn_of_others(const conversion *c)
{
    static const char *const others[] = {"preExperiment", "postRun", "final", "postExperiment"};
    for (size_t i = 0; i < sw_countof(others); i++) {
        if (*text_of(c->experiment, others[i]))
            sw_import_warn(c->warnings, "%s: the commands of %s have no place in a study: %.100s",
                           c->name, others[i], text_of(c->experiment, others[i]));
    }
    if (json_array_size(json_object_get(c->experiment, "metrics")) == 0)
        sw_import_warn(c->warnings, "%s: it has no metrics; name the study's outputs", c->name);
}

static json_t *
study_of(const conversion *c)
{
    json_t *document = sw_import_document(c->how, NULL);
    json_object_set_new(document, "name", json_string(c->name));
    json_object_set(document, "parameters", c->parameters);
    add_text(c, "setup", "setup", "setup");
    add_text(c, "go", "go", "go");
    if (*text_of(c->experiment, "exitCondition"))
        add_text(c, "exitCondition", "stop-if", "false");
    if (strcmp(text_of(c->experiment, "every"), "true") != 0 && is_series(c))
        add_text(c, "runMetricsCondition", "measure-if", "true");
    add_time_limit(c);
    if (!c->how->design && json_array_size(json_object_get(c->experiment, "subs")) > 0)
        add_sub_experiments(c, document);
    else if (!c->how->design)
        add_grid(c, document);
    json_object_set_new(document, "replicates",
                        json_integer(whole(c, "repetitions", 1, REPETITIONS_MAX)));
    sw_auto(json) json_t *outputs = outputs_of(c);
    if (json_array_size(outputs) > 0)
        json_object_set(document, "outputs", outputs);
    warn_of_others(c);
    return document;
}

json_t *
sw_behaviorspace_study(const json_t *experiment, const sw_import *how, json_t *warnings,
                       sw_faults *faults)
{
    const char *name = text_of(experiment, "name");
    sw_auto(free) char *at = sw_json_pointer("", name);
    sw_auto(json) json_t *parameters = json_object();
    double values_left = VALUES_MAX;
    conversion c = {experiment, how, name, at, parameters, warnings, faults, &values_left};
    return study_of(&c);
}
