// SPDX-License-Identifier: Apache-2.0
// Sweep configurations of Weights & Biases, in YAML or JSON. Their methods grid and random are
// designs; bayes learns from results, which a study's design does not.
#include "lib/formats/formats.h"

#include "lib/base/memory.h"
#include "lib/formats/parts.h"
#include "lib/formats/yaml.h"

#include <math.h>

enum { RUNS = 1000, VALUES_MAX = 100000 };

typedef struct config {
    const char *method, *name, *description;
    json_t *parameters, *metric, *early_terminate, *run_cap, *others;
} config;

#define AT(member) offsetof(config, member)
#define IGNORED(name)                                                                              \
    {                                                                                              \
        name, SW_FIELD_ANY, AT(others), false, 0, 0, NULL, "how runs are started: not used"        \
    }

static const sw_field config_fields[] = {
    {"method", SW_FIELD_STRING, AT(method), true, 1, 100, NULL, "grid or random"},
    {"parameters", SW_FIELD_OBJECT, AT(parameters), true, 0, 0, NULL, "what varies"},
    {"name", SW_FIELD_STRING, AT(name), false, 0, 1000, NULL, "for people"},
    {"description", SW_FIELD_STRING, AT(description), false, 0, 10000, NULL, "for people"},
    {"metric", SW_FIELD_ANY, AT(metric), false, 0, 0, NULL, "its name is the output"},
    {"early_terminate", SW_FIELD_ANY, AT(early_terminate), false, 0, 0, NULL, "not used"},
    {"run_cap", SW_FIELD_ANY, AT(run_cap), false, 0, 0, NULL, "how many runs at most"},
    IGNORED("program"),
    IGNORED("command"),
    IGNORED("project"),
    IGNORED("entity"),
    IGNORED("controller"),
    IGNORED("imageuri"),
    IGNORED("job"),
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

typedef struct setting {
    const char *distribution;
    json_t *value, *values, *probabilities, *min, *max, *mu, *sigma, *q, *parameters;
} setting;

#define OF(member, doc)                                                                            \
    {                                                                                              \
#member, SW_FIELD_ANY, offsetof(setting, member), false, 0, 0, NULL, doc                   \
    }

static const sw_field setting_fields[] = {
    {"distribution", SW_FIELD_STRING, offsetof(setting, distribution), false, 1, 100, NULL,
     "the law"},
    OF(value, "the one value"),
    OF(values, "the values it takes"),
    OF(probabilities, "how likely each value is"),
    OF(min, "lower end"),
    OF(max, "upper end"),
    OF(mu, "mean"),
    OF(sigma, "standard deviation"),
    OF(q, "step of a quantised law"),
    OF(parameters, "nested settings"),
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

// How a law's bounds become those of ours.
typedef enum scale {
    AS_GIVEN,
    EXPONENT,  // bounds are natural logarithms
    NONE,      // no bounds: mu and sigma
    LOGARITHM, // mu and sigma of the logarithm
} scale;

typedef struct law {
    const char *name, *ours;
    scale scale;
    bool integer, quantised;
} law;

static const law laws[] = {
    {"uniform", "uniform", AS_GIVEN, false, false},
    {"int_uniform", "uniform", AS_GIVEN, true, false},
    {"q_uniform", "uniform", AS_GIVEN, false, true},
    {"log_uniform", "loguniform", EXPONENT, false, false},
    {"log_uniform_values", "loguniform", AS_GIVEN, false, false},
    {"q_log_uniform", "loguniform", EXPONENT, false, true},
    {"q_log_uniform_values", "loguniform", AS_GIVEN, false, true},
    {"normal", "normal", NONE, false, false},
    {"q_normal", "normal", NONE, false, true},
    {"log_normal", "lognormal", LOGARITHM, false, false},
    {"q_log_normal", "lognormal", LOGARITHM, false, true},
};

static const law *
find_law(const char *name)
{
    for (size_t k = 0; k < sw_countof(laws); k++) {
        if (strcmp(laws[k].name, name) == 0)
            return &laws[k];
    }
    return NULL;
}

static bool
is_whole(const json_t *v)
{
    return json_is_integer(v);
}

// A number that must be there, or `otherwise` where it may be left out (NAN: it may not).
static double
number(const json_t *v, double otherwise, const char *at, const char *name, sw_faults *faults)
{
    sw_auto(free) char *here = sw_json_pointer(at, name);
    if (json_is_number(v))
        return json_number_value(v);
    if (v || isnan(otherwise))
        sw_fault_add(faults, here, "must be a number, not %s",
                     v ? sw_json_type_name(v) : "left out");
    return otherwise;
}

// ---- one parameter ----

// round(X / q) q of X uniform: a list of values, the share of each being what of the range rounds
// to it.
static json_t *
rounded_uniform(double min, double max, double q)
{
    json_t *values = json_array(), *weights = json_array();
    for (double k = floor(min / q + 0.5); k * q - 0.5 * q < max; k++) {
        double share = fmin(max, (k + 0.5) * q) - fmax(min, (k - 0.5) * q);
        if (!(share > 0))
            continue;
        json_array_append_new(values, json_real(k * q));
        json_array_append_new(weights, json_real(share));
    }
    return json_pack("{so so}", "values", values, "weights", weights);
}

// Of laws other than the uniform one only q = 1, whole numbers, has a counterpart.
static json_t *
quantised(const setting *s, const law *l, json_t *range, const char *at, sw_faults *faults)
{
    double q = number(s->q, 1, at, "q", faults);
    double min = json_number_value(json_object_get(range, "min"));
    double max = json_number_value(json_object_get(range, "max"));
    bool uniform = strcmp(l->ours, "uniform") == 0;
    sw_auto(free) char *here = sw_json_pointer(at, "q");
    if (uniform && q > 0 && min < max && (max - min) / q < VALUES_MAX && fabs(min / q) < 1e15) {
        json_decref(range);
        return rounded_uniform(min, max, q);
    }
    if (!uniform && q == 1)
        json_object_set_new(range, "integer", json_true());
    else
        sw_fault_add(faults, here,
                     "must be 1, or for q_uniform a step that gives at most %d values from min to "
                     "a larger max",
                     VALUES_MAX);
    return range;
}

static json_t *
bounded(const setting *s, const law *l, const char *at, sw_faults *faults)
{
    double min = number(s->min, NAN, at, "min", faults);
    double max = number(s->max, NAN, at, "max", faults);
    json_t *range = json_pack("{ss}", "distribution", l->ours);
    json_object_set_new(range, "min", json_real(l->scale == EXPONENT ? exp(min) : min));
    json_object_set_new(range, "max", json_real(l->scale == EXPONENT ? exp(max) : max));
    return range;
}

static json_t *
centred(const setting *s, const law *l, const char *at, sw_faults *faults)
{
    bool logarithm = l->scale == LOGARITHM;
    json_t *range = json_pack("{ss}", "distribution", l->ours);
    json_object_set_new(range, logarithm ? "mean_log" : "mean",
                        json_real(number(s->mu, 0, at, "mu", faults)));
    json_object_set_new(range, logarithm ? "sd_log" : "sd",
                        json_real(number(s->sigma, 1, at, "sigma", faults)));
    return range;
}

static json_t *
by_law(const setting *s, const char *name, const char *at, sw_faults *faults)
{
    const law *l = find_law(name);
    sw_auto(free) char *here = sw_json_pointer(at, "distribution");
    if (!l) {
        sw_fault_add(faults, here, "\"%.60s\" has no counterpart here", name);
        return NULL;
    }
    json_t *range = l->scale == NONE || l->scale == LOGARITHM ? centred(s, l, at, faults)
                                                              : bounded(s, l, at, faults);
    if (l->integer)
        json_object_set_new(range, "integer", json_true());
    return l->quantised ? quantised(s, l, range, at, faults) : range;
}

static json_t *
listed(const setting *s)
{
    json_t *made = json_pack("{sO}", "values", s->values);
    if (s->probabilities && !json_is_null(s->probabilities))
        json_object_set(made, "weights", s->probabilities);
    return made;
}

static json_t *
parameter_of(const json_t *given, const char *at, sw_faults *faults)
{
    setting s = {0};
    if (!json_is_object(given)) {
        sw_fault_add(faults, at, "must be an object with value, values or a range");
        return NULL;
    }
    if (!sw_json_read(given, at, setting_fields, &s, faults))
        return NULL;
    if (s.parameters)
        sw_fault_add(faults, at, "nested parameters have no counterpart here");
    else if (s.value)
        return json_incref(s.value);
    else if (s.values)
        return listed(&s);
    else if (s.distribution)
        return by_law(&s, s.distribution, at, faults);
    else if (s.min && s.max)
        return by_law(&s, is_whole(s.min) && is_whole(s.max) ? "int_uniform" : "uniform", at,
                      faults);
    else if (s.mu || s.sigma)
        return by_law(&s, "normal", at, faults);
    else
        sw_fault_add(faults, at, "must have value, values, min and max, or a distribution");
    return NULL;
}

// ---- the configuration ----

static json_t *
parameters_of(const config *c, sw_faults *faults)
{
    json_t *made = json_object();
    const char *name;
    json_t *given;
    json_object_foreach (c->parameters, name, given) {
        sw_auto(free) char *at = sw_json_pointer("/parameters", name);
        json_t *parameter = parameter_of(given, at, faults);
        if (parameter)
            json_object_set_new(made, name, parameter);
    }
    return made;
}

static json_t *
design_of(const config *c, json_t *warnings, sw_faults *faults)
{
    if (strcmp(c->method, "grid") == 0)
        return json_pack("{ss}", "method", "grid");
    if (strcmp(c->method, "random") == 0) {
        json_int_t n = json_is_integer(c->run_cap) ? json_integer_value(c->run_cap) : RUNS;
        if (!c->run_cap)
            sw_import_warn(warnings, "without run_cap a random sweep never ends; n is %d here",
                           RUNS);
        return json_pack("{ss sI}", "method", "random", "n", n);
    }
    if (strcmp(c->method, "bayes") == 0)
        sw_fault_add(faults, "/method",
                     "bayes chooses points by earlier results, which no design here does; choose "
                     "grid or random, or give a design");
    else
        sw_fault_add(faults, "/method", "must be grid or random, not \"%.60s\"", c->method);
    return NULL;
}

static json_t *
study_of(const config *c, const sw_import *how, json_t *warnings, sw_faults *faults)
{
    json_t *design = how->design ? NULL : design_of(c, warnings, faults);
    json_t *document = sw_import_document(how, design);
    const char *metric = json_string_value(json_object_get(c->metric, "name"));
    if (c->name)
        json_object_set_new(document, "name", json_string(c->name));
    if (c->description)
        json_object_set_new(document, "description", json_string(c->description));
    json_object_set_new(document, "parameters", parameters_of(c, faults));
    if (metric)
        json_object_set_new(document, "outputs", json_pack("[s]", metric));
    if (c->early_terminate)
        sw_import_warn(warnings, "early_terminate has no counterpart: every run is made");
    return document;
}

static json_t *
read_either(const char *bytes, size_t n, sw_faults *faults)
{
    size_t skipped = 0;
    while (skipped < n && strchr(" \t\r\n", bytes[skipped]))
        skipped++;
    bool json = skipped < n && bytes[skipped] == '{';
    return json ? sw_json_parse(bytes, n, faults) : sw_yaml_read(bytes, n, faults);
}

bool
sw_wandb_read(const char *bytes, size_t n, const sw_import *how, sw_imported *made,
              sw_faults *faults)
{
    config c = {0};
    size_t before = faults->n + faults->dropped;
    sw_auto(json) json_t *given = read_either(bytes, n, faults);
    if (given && !json_is_object(given))
        sw_fault_add(faults, "", "must be an object, not %s", sw_json_type_name(given));
    if (!json_is_object(given) || !sw_json_read(given, "", config_fields, &c, faults))
        return false;
    made->warnings = json_array();
    made->documents = json_pack("[o]", study_of(&c, how, made->warnings, faults));
    if (faults->n + faults->dropped == before)
        return true;
    json_decref(made->documents);
    json_decref(made->warnings);
    return false;
}

bool
sw_wandb_looks(const char *bytes, size_t n)
{
    sw_faults none = {0};
    sw_auto(json) json_t *given = read_either(bytes, n, &none);
    sw_faults_fini(&none);
    return json_is_string(json_object_get(given, "method")) &&
           json_is_object(json_object_get(given, "parameters"));
}
