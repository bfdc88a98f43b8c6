// SPDX-License-Identifier: Apache-2.0
// Growing a study in place: more points of a design whose first points stay the same, or more
// replicates. What comes out is a resolved document that knows its stages.
#include "lib/design/extend.h"

#include "lib/base/memory.h"

// The options of the design that may not change.
static void
check_options(const sw_design_ops *ops, const json_t *now, const json_t *wanted, sw_faults *faults)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)wanted, key, value) {
        sw_auto(free) char *at = sw_json_pointer("/design", key);
        const json_t *old = json_object_get(now, key);
        if (ops->grows && strcmp(key, ops->grows) == 0) {
            if (!json_is_integer(value) || json_integer_value(value) < json_integer_value(old))
                sw_fault_add(faults, at, "must be a whole number, at least the present %lld",
                             (long long)json_integer_value(old));
        } else if (!json_equal(old, value)) {
            sw_fault_add(faults, at, "can not change: %s of \"%s\" can be raised in place",
                         ops->grows ? ops->grows : "only the replicates", ops->name);
        }
    }
}

static json_t *
stage_json(uint64_t points, uint64_t replicates)
{
    return json_pack("{sI sI}", "points", (json_int_t)points, "replicates", (json_int_t)replicates);
}

// The stages so far, and the one that the grown document is.
static json_t *
stages_json(const sw_study *study, const sw_plan *plan, const sw_plan *grown, uint64_t replicates)
{
    json_t *stages = json_array();
    for (size_t k = 0; k < study->n_stages; k++)
        json_array_append_new(stages,
                              stage_json(study->stages[k].points, study->stages[k].replicates));
    if (study->n_stages == 0)
        json_array_append_new(stages, stage_json(sw_plan_points(plan), study->replicates));
    json_array_append_new(stages, stage_json(sw_plan_points(grown), replicates));
    return stages;
}

typedef struct wanted {
    json_t *design;
    int64_t replicates;
} wanted;

static const sw_field fields[] = {
    {"design", SW_FIELD_OBJECT, offsetof(wanted, design), false, 0, 0, NULL,
     "the option of the design that is raised"},
    {"replicates", SW_FIELD_INTEGER, offsetof(wanted, replicates), false, 1, 1e9, NULL,
     "replicates of every point"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

// The present document with what is wanted in place of what is there, stages left out; NULL and
// faults.
static json_t *
raise(const sw_study *study, const sw_plan *plan, const wanted *w, sw_faults *faults)
{
    size_t before = faults->n + faults->dropped;
    json_t *document = sw_plan_resolved(plan), *design = json_object_get(document, "design");
    if (w->design)
        check_options(sw_design_find(study->method), design, w->design, faults);
    if ((uint64_t)w->replicates < study->replicates)
        sw_fault_add(faults, "/replicates", "must be at least the present %llu, not %lld",
                     (unsigned long long)study->replicates, (long long)w->replicates);
    if (study->n_stages == SW_STAGES_MAX)
        sw_fault_add(faults, "", "a study can be extended %d times", SW_STAGES_MAX - 1);
    if (w->design)
        json_object_update(design, w->design);
    json_object_set_new(document, "replicates", json_integer(w->replicates));
    json_object_del(document, "stages");
    if (faults->n + faults->dropped == before)
        return document;
    json_decref(document);
    return NULL;
}

json_t *
sw_extend(const sw_study *study, const sw_plan *plan, const sw_study_limits *limits,
          const json_t *request, sw_faults *faults)
{
    wanted w = {.replicates = (int64_t)study->replicates};
    if (!sw_json_read(request, "", fields, &w, faults))
        return NULL;
    if (sw_plan_is_imported(plan)) {
        sw_fault_add(faults, "", "the runs were imported: there is nothing that could make more");
        return NULL;
    }
    json_t *document = raise(study, plan, &w, faults);
    sw_study *raised = document ? sw_study_parse(document, study->model, limits, faults) : NULL;
    sw_plan *grown = raised ? sw_plan_new(raised, limits, faults) : NULL;
    bool more = grown && sw_plan_runs(grown) > sw_plan_runs(plan);
    if (grown && !more)
        sw_fault_add(faults, "", "nothing is raised: the study has these runs already");
    if (more) {
        // What a stored design found goes into the document.
        json_object_set_new(document, "design", sw_plan_resolved_design(grown));
        json_object_set_new(document, "stages",
                            stages_json(study, plan, grown, raised->replicates));
    } else {
        json_decref(document);
        document = NULL;
    }
    sw_plan_free(&grown);
    sw_study_free(&raised);
    return document;
}
