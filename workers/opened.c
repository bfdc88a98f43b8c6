// SPDX-License-Identifier: Apache-2.0
// From the resolved document to a plan.
#include "workers/opened.h"

#include "lib/base/memory.h"
#include "lib/wire/wire.h"

#include <math.h>
#include <stdio.h>

// The server has checked the study against its own limits; here only the wire's bound counts.
static const sw_study_limits wide = {
    .runs = UINT64_MAX / 2,
    .dimensions = SW_WIRE_COLUMNS_MAX,
    .outputs = SW_WIRE_COLUMNS_MAX,
    .list_points = SIZE_MAX / 2,
    .run_seconds = INFINITY,
    .memory_mb = INFINITY,
};

static const sw_model *
find_model(const json_t *document, const sw_registry *registry)
{
    const char *model = json_string_value(json_object_get(document, "model"));
    if (!model)
        return NULL;
    const char *at = strchr(model, '@');
    sw_auto(free) char *name = sw_strndup(model, at ? (size_t)(at - model) : strlen(model));
    return sw_registry_find(registry, name, at ? at + 1 : NULL);
}

sw_opened *
sw_opened_new(int64_t id, const json_t *document, const sw_registry *registry, char *why,
              size_t why_size)
{
    sw_opened *o = sw_calloc(1, sizeof *o);
    sw_faults faults = {0};
    o->id = id;
    o->model = find_model(document, registry);
    if (!o->model)
        sw_fault_add(&faults, "/model", "is not offered by this worker");
    if (o->model) {
        sw_auto(json) json_t *described = sw_descriptor_of_model(o->model);
        o->descriptor = sw_descriptor_parse(described, &faults);
    }
    if (o->descriptor)
        o->study = sw_study_parse(document, o->descriptor, &wide, &faults);
    if (o->study)
        o->plan = sw_plan_new(o->study, &wide, &faults);
    if (o->study && o->plan) {
        o->first_output = o->study->n_varied;
        o->wall_column = o->first_output + o->study->n_outputs;
        o->n_columns = o->wall_column + 1;
    } else {
        snprintf(why, why_size, "%s %s", faults.n ? faults.v[0].pointer : "",
                 faults.n ? faults.v[0].message : "");
        sw_opened_free(&o);
    }
    sw_faults_fini(&faults);
    return o;
}

void
sw_opened_free(sw_opened **opened)
{
    if (!*opened)
        return;
    sw_plan_free(&(*opened)->plan);
    sw_study_free(&(*opened)->study);
    sw_descriptor_free(&(*opened)->descriptor);
    free(*opened);
    *opened = NULL;
}
