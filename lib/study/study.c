// SPDX-License-Identifier: Apache-2.0
// Studies: the document read against the model's descriptor, every fault reported at once.
#include "lib/study/study.h"

#include "lib/base/memory.h"
#include "lib/study/correlations.h"
#include "lib/study/groups.h"
#include "lib/study/listed.h"
#include "lib/study/outputs.h"
#include "lib/study/parameter.h"

#include <math.h>

enum { TEXT_MAX = 10000, TAGS_MAX = 100, ANALYSES_MAX = 1000 };

#define SEED_MAX 9007199254740991.0 // 2^53 - 1: whole in every JSON reader
#define REPLICATES_MAX 1e9

const sw_study_limits sw_study_limits_default = {
    .runs = UINT64_C(1000000000000),
    .dimensions = 1000,
    .outputs = 1000,
    .list_points = 1000000,
    .run_seconds = 7 * 86400.0,
    .memory_mb = 1048576,
};

// ---- the document's members ----

typedef struct document {
    const char *name, *description, *model, *model_version;
    json_t *parameters, *groups, *constraints, *correlations, *design, *outputs, *analyses, *limits,
        *tags, *stages, *stop_when;
    int64_t replicates, priority;
    bool common_random_numbers;
} document;

#define AT(member) offsetof(document, member)

static const sw_field document_fields[] = {
    {"name", SW_FIELD_STRING, AT(name), false, 0, 1000, NULL, "for people"},
    {"description", SW_FIELD_STRING, AT(description), false, 0, TEXT_MAX, NULL, "for people"},
    {"model", SW_FIELD_STRING, AT(model), true, 1, 200, NULL, "the model's name, family/name"},
    {"model_version", SW_FIELD_STRING, AT(model_version), false, 1, 200, NULL,
     "refuse any other version"},
    {"parameters", SW_FIELD_OBJECT, AT(parameters), false, 0, 0, NULL,
     "values and ranges by parameter; what is left out keeps the model's default"},
    {"constraints", SW_FIELD_ARRAY, AT(constraints), false, 0, 100, NULL,
     "expressions; a run where one is not true is rejected and never started"},
    {"correlations", SW_FIELD_ARRAY, AT(correlations), false, 0, 2016, NULL,
     "[parameter, parameter, correlation of their normal scores], …"},
    {"groups", SW_FIELD_OBJECT, AT(groups), false, 0, 0, NULL,
     "names of parameters by group; designs that can move each group as one"},
    {"design", SW_FIELD_OBJECT, AT(design), false, 0, 0, NULL, "which points are visited"},
    {"replicates", SW_FIELD_INTEGER, AT(replicates), false, 1, REPLICATES_MAX, NULL,
     "runs of each point, each with its own seed"},
    {"common_random_numbers", SW_FIELD_BOOLEAN, AT(common_random_numbers), false, 0, 0, NULL,
     "the same seeds at every point"},
    {"stages", SW_FIELD_ARRAY, AT(stages), false, 1, SW_STAGES_MAX, NULL,
     "how the study grew; written by sweepd when a study is extended"},
    {"outputs", SW_FIELD_ARRAY, AT(outputs), false, 1, 100000, NULL,
     "the outputs asked for; the model's usual ones when unsaid"},
    {"analyses", SW_FIELD_ARRAY, AT(analyses), false, 0, ANALYSES_MAX, NULL,
     "analyses made when the study is done"},
    {"stop_when", SW_FIELD_OBJECT, AT(stop_when), false, 0, 0, NULL,
     "the study grows until an analysis is precise enough"},
    {"limits", SW_FIELD_OBJECT, AT(limits), false, 0, 0, NULL, "limits of each run"},
    {"priority", SW_FIELD_INTEGER, AT(priority), false, -100, 100, NULL, "higher goes first"},
    {"tags", SW_FIELD_ARRAY, AT(tags), false, 0, TAGS_MAX, NULL, "for finding it again"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

typedef struct design_head {
    const char *method, *order;
    int64_t seed;
} design_head;

static const char *const orders[] = {"natural", "interleaved", NULL};

static const sw_field design_fields[] = {
    {"method", SW_FIELD_STRING, offsetof(design_head, method), true, 1, 100, NULL,
     "the design's name"},
    {"seed", SW_FIELD_INTEGER, offsetof(design_head, seed), false, 0, SEED_MAX, NULL,
     "of every random choice in the study"},
    {"order", SW_FIELD_STRING, offsetof(design_head, order), false, 0, 0, orders,
     "natural: as the design lists its points; interleaved: in a random order, so that what a "
     "paused study has is a sample of the whole"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

// ---- parameters ----

static void
refuse_parameter(const sw_descriptor *model, const char *name, sw_faults *faults)
{
    sw_buffer known = {0};
    for (size_t j = 0; j < model->n_parameters && known.n < 500; j++)
        sw_buffer_printf(&known, "%s%s", j ? ", " : "", model->parameters[j].name);
    sw_auto(free) char *at = sw_json_pointer("/parameters", name);
    sw_fault_add(faults, at, "%s has no parameter \"%.100s\"; it has %s", model->name, name,
                 known.n ? sw_buffer_text(&known) : "none");
    sw_buffer_fini(&known);
}

static void
read_parameters(sw_study *s, const json_t *parameters, sw_faults *faults)
{
    const sw_descriptor *model = s->model;
    s->n_parameters = model->n_parameters;
    s->parameters = sw_calloc(s->n_parameters, sizeof *s->parameters);
    for (size_t j = 0; j < s->n_parameters; j++) {
        sw_study_parameter *p = &s->parameters[j];
        p->declared = &model->parameters[j];
        const json_t *json = json_object_get(parameters, p->declared->name);
        sw_auto(free) char *at = sw_json_pointer("/parameters", p->declared->name);
        if (json && !json_is_null(json))
            sw_parameter_read(p, json, at, faults);
        else
            sw_parameter_default(p);
    }
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)parameters, name, value) {
        if (sw_descriptor_parameter(model, name) < 0)
            refuse_parameter(model, name, faults);
    }
}

// Derived parameters may use any but each other, so that their order does not matter.
static void
compile_derived(sw_study *s, sw_faults *faults)
{
    for (size_t j = 0; j < s->n_parameters; j++) {
        sw_study_parameter *p = &s->parameters[j];
        sw_auto(free) char *at = sw_json_pointer("/parameters", p->declared->name);
        if (!p->expression_text)
            continue;
        p->expression = sw_expression_new(p->expression_text, s->model, at, faults);
        for (size_t k = 0; p->expression && k < s->n_parameters; k++) {
            if (s->parameters[k].spread == SW_DERIVED && sw_expression_uses(p->expression, k))
                sw_fault_add(faults, at, "uses \"%s\", which is an expression itself",
                             s->parameters[k].declared->name);
        }
    }
}

static void
read_constraints(sw_study *s, const json_t *constraints, sw_faults *faults)
{
    size_t n = json_array_size(constraints);
    s->constraints = sw_calloc(n, sizeof *s->constraints);
    s->constraint_texts = constraints ? json_deep_copy(constraints) : json_array();
    for (size_t k = 0; k < n; k++) {
        const char *text = json_string_value(json_array_get(constraints, k));
        sw_auto(free) char *at = sw_json_pointer_at("/constraints", k);
        if (!text)
            sw_fault_add(faults, at, "must be a text such as \"x <= y / 10\"");
        else
            s->constraints[s->n_constraints++] = sw_expression_new(text, s->model, at, faults);
    }
}

static void
find_varied(sw_study *s, const sw_study_limits *limits, sw_faults *faults)
{
    s->varied = sw_calloc(s->n_parameters, sizeof *s->varied);
    for (size_t j = 0; j < s->n_parameters; j++) {
        if (s->parameters[j].spread != SW_FIXED && s->parameters[j].spread != SW_DERIVED)
            s->varied[s->n_varied++] = j;
    }
    if (s->n_varied > limits->dimensions)
        sw_fault_add(faults, "/parameters", "%zu parameters are varied, the limit is %zu",
                     s->n_varied, limits->dimensions);
}

// ---- design, limits, tags, analyses ----

// Only what every design has; its options are read by the design itself. A study without a design
// is a single point.
static void
read_design(sw_study *s, const json_t *design, sw_faults *faults)
{
    design_head head = {.method = "list"};
    s->design = design ? json_deep_copy(design) : json_pack("{ss}", "method", "list");
    if (design)
        sw_json_read_some(design, "/design", design_fields, &head, faults);
    s->method = json_string_value(json_object_get(s->design, "method"));
    s->seed = (uint64_t)head.seed;
    s->interleaved = head.order && strcmp(head.order, "interleaved") == 0;
    json_object_del(s->design, "seed");
    json_object_del(s->design, "order");
}

static void
read_stages(sw_study *s, const json_t *stages, sw_faults *faults)
{
    static const sw_field stage_fields[] = {
        {"points", SW_FIELD_INTEGER, offsetof(sw_stage, points), true, 1, SEED_MAX, NULL,
         "points of the design"},
        {"replicates", SW_FIELD_INTEGER, offsetof(sw_stage, replicates), true, 1, REPLICATES_MAX,
         NULL, "replicates of each"},
        {NULL, 0, 0, false, 0, 0, NULL, NULL},
    };
    sw_stage before = {0};
    for (size_t k = 0; k < json_array_size(stages) && k < SW_STAGES_MAX; k++) {
        sw_auto(free) char *at = sw_json_pointer_at("/stages", k);
        sw_stage *stage = &s->stages[s->n_stages++];
        if (!sw_json_read(json_array_get(stages, k), at, stage_fields, stage, faults))
            continue;
        if (stage->points < before.points || stage->replicates < before.replicates)
            sw_fault_add(faults, at, "must not be smaller than the stage before");
        before = *stage;
    }
}

#define LIMIT(member) offsetof(sw_study, limits.member)

static void
read_limits(sw_study *s, const json_t *json, const sw_study_limits *limits, sw_faults *faults)
{
    const sw_field fields[] = {
        {"run_seconds", SW_FIELD_NUMBER, LIMIT(run_seconds), false, 0, limits->run_seconds, NULL,
         "longest time of one run (an hour when not given); 0 for no limit"},
        {"memory_mb", SW_FIELD_NUMBER, LIMIT(memory_mb), false, 0, limits->memory_mb, NULL,
         "most memory of one run; 0 for no limit"},
        {"retries", SW_FIELD_INTEGER, LIMIT(retries), false, 0, 100, NULL,
         "how often a run that failed is made again before it counts as failed"},
        {"max_failed_fraction", SW_FIELD_NUMBER, LIMIT(max_failed_fraction), false, 0, 1, NULL,
         "the study fails once more than this share of its runs has failed"},
        {NULL, 0, 0, false, 0, 0, NULL, NULL},
    };
    s->limits.run_seconds = fmin(3600, limits->run_seconds);
    s->limits.retries = 1;
    s->limits.max_failed_fraction = 0.1;
    if (json)
        sw_json_read(json, "/limits", fields, s, faults);
}

static json_t *
read_tags(const json_t *tags, sw_faults *faults)
{
    size_t i;
    json_t *tag;
    json_array_foreach (tags, i, tag) {
        sw_auto(free) char *at = sw_json_pointer_at("/tags", i);
        if (!json_is_string(tag) || json_string_length(tag) > 200)
            sw_fault_add(faults, at, "must be a text of at most 200 bytes, not %s",
                         sw_json_type_name(tag));
    }
    return tags ? json_deep_copy(tags) : json_array();
}

static json_t *
read_analyses(const json_t *analyses, sw_faults *faults)
{
    size_t i;
    json_t *analysis;
    json_array_foreach (analyses, i, analysis) {
        sw_auto(free) char *at = sw_json_pointer_at("/analyses", i);
        if (!json_is_object(analysis))
            sw_fault_add(faults, at, "must be an object such as {\"method\": \"summary\"}, not %s",
                         sw_json_type_name(analysis));
        else if (!json_is_string(json_object_get(analysis, "method")))
            sw_fault_add(faults, at, "needs a \"method\", the name of an analysis");
    }
    return analyses ? json_deep_copy(analyses) : json_array();
}

// ---- the whole ----

const char *
sw_study_model_name(const json_t *json, sw_faults *faults)
{
    const json_t *model = json_object_get(json, "model");
    if (!json_is_object(json))
        sw_fault_add(faults, "", "must be an object, not %s", sw_json_type_name(json));
    else if (!model)
        sw_fault_add(faults, "/model", "is required: the name of a model");
    else if (!json_is_string(model))
        sw_fault_add(faults, "/model", "must be the name of a model, not %s",
                     sw_json_type_name(model));
    return json_string_value(model);
}

static void
check_model(const document *d, const sw_descriptor *model, sw_faults *faults)
{
    if (d->model && strcmp(d->model, model->name) != 0)
        sw_fault_add(faults, "/model", "is \"%.200s\", but the descriptor is of \"%s\"", d->model,
                     model->name);
    if (d->model_version && strcmp(d->model_version, model->version) != 0)
        sw_fault_add(faults, "/model_version", "\"%.200s\" is asked for, but there is \"%s\"",
                     d->model_version, model->version);
}

static void
fill(sw_study *s, const document *d, const sw_study_limits *limits, sw_faults *faults)
{
    s->name = sw_strdup(d->name ? d->name : "");
    s->description = sw_strdup(d->description ? d->description : "");
    s->replicates = (uint64_t)d->replicates;
    s->common_random_numbers = d->common_random_numbers;
    s->priority = d->priority;
    read_parameters(s, d->parameters, faults);
    read_design(s, d->design, faults);
    read_stages(s, d->stages, faults);
    compile_derived(s, faults);
    read_constraints(s, d->constraints, faults);
    sw_listed_read(s, limits, faults);
    find_varied(s, limits, faults);
    sw_correlations_read(s, d->correlations, faults);
    sw_groups_read(s, d->groups, faults);
    sw_outputs_read(s, d->outputs, limits, faults);
    read_limits(s, d->limits, limits, faults);
    s->analyses = read_analyses(d->analyses, faults);
    sw_stopping_of of = {s->method, s->design, s->analyses, &s->replicates};
    sw_stopping_read(&s->stopping, d->stop_when, &of, faults);
    s->tags = read_tags(d->tags, faults);
}

sw_study *
sw_study_parse(const json_t *json, const sw_descriptor *model, const sw_study_limits *limits,
               sw_faults *faults)
{
    document d = {.replicates = 1};
    size_t before = faults->n + faults->dropped;
    sw_json_read(json, "", document_fields, &d, faults);
    if (!json_is_object(json))
        return NULL;
    check_model(&d, model, faults);
    sw_study *s = sw_calloc(1, sizeof *s);
    s->model = model;
    fill(s, &d, limits, faults);
    if (faults->n + faults->dropped > before)
        sw_study_free(&s);
    return s;
}

void
sw_study_free(sw_study **study)
{
    sw_study *s = *study;
    if (!s)
        return;
    for (size_t j = 0; j < s->n_parameters; j++)
        sw_parameter_fini(&s->parameters[j]);
    sw_outputs_free(s);
    sw_groups_free(s);
    sw_correlations_free(s);
    for (size_t k = 0; k < s->n_constraints; k++)
        sw_expression_free(s->constraints[k]);
    free(s->constraints);
    json_decref(s->constraint_texts);
    free(s->parameters);
    free(s->varied);
    free(s->name);
    free(s->description);
    json_decref(s->design);
    json_decref(s->analyses);
    sw_stopping_fini(&s->stopping);
    json_decref(s->tags);
    free(s);
    *study = NULL;
}

// ---- resolved ----

static json_t *
parameters_json(const sw_study *s)
{
    json_t *object = json_object();
    for (size_t j = 0; j < s->n_parameters; j++) {
        const sw_study_parameter *p = &s->parameters[j];
        json_object_set_new(object, p->declared->name, sw_parameter_json(p));
    }
    return object;
}

static json_t *
design_json(const sw_study *s)
{
    json_t *design = json_deep_copy(s->design);
    json_object_set_new(design, "seed", json_integer((json_int_t)s->seed));
    if (s->interleaved)
        json_object_set_new(design, "order", json_string("interleaved"));
    return design;
}

static json_t *
stages_json(const sw_study *s)
{
    json_t *stages = s->n_stages ? json_array() : NULL;
    for (size_t k = 0; k < s->n_stages; k++)
        json_array_append_new(stages,
                              json_pack("{sI sI}", "points", (json_int_t)s->stages[k].points,
                                        "replicates", (json_int_t)s->stages[k].replicates));
    return stages;
}

json_t *
sw_study_resolved(const sw_study *s)
{
    json_t *limits =
        json_pack("{sf, sf, sI, sf}", "run_seconds", s->limits.run_seconds, "memory_mb",
                  s->limits.memory_mb, "retries", (json_int_t)s->limits.retries,
                  "max_failed_fraction", s->limits.max_failed_fraction);
    json_t *resolved =
        json_pack("{ss, ss, ss, ss, so, so, sI, sb, so, sO, so, sI, sO}", "name", s->name,
                  "description", s->description, "model", s->model->name, "model_version",
                  s->model->version, "parameters", parameters_json(s), "design", design_json(s),
                  "replicates", (json_int_t)s->replicates, "common_random_numbers",
                  s->common_random_numbers, "outputs", sw_outputs_json(s), "analyses", s->analyses,
                  "limits", limits, "priority", (json_int_t)s->priority, "tags", s->tags);
    json_t *groups = sw_groups_json(s), *stages = stages_json(s);
    json_t *stop_when = sw_stopping_json(&s->stopping);
    if (stop_when)
        json_object_set_new(resolved, "stop_when", stop_when);
    if (stages)
        json_object_set_new(resolved, "stages", stages);
    if (s->n_correlated)
        json_object_set(resolved, "correlations", s->correlations);
    if (s->n_constraints)
        json_object_set(resolved, "constraints", s->constraint_texts);
    if (groups)
        json_object_set_new(resolved, "groups", groups);
    return resolved;
}
