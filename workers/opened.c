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

// What the document's model is here, in its version; false if it is not.
static bool
find_model(sw_opened *o, const json_t *document, const sw_registry *registry)
{
    const char *name = json_string_value(json_object_get(document, "model"));
    const char *version = json_string_value(json_object_get(document, "model_version"));
    if (!name || !version)
        return false;
    o->upload = sw_registry_upload(registry, name, version);
    if (!o->upload)
        o->model = sw_registry_find(registry, name, version);
    return o->upload || o->model;
}

static sw_descriptor *
describe(const sw_model *model, sw_faults *faults)
{
    sw_auto(json) json_t *described = sw_descriptor_of_model(model);
    return sw_descriptor_parse(described, faults);
}

sw_opened *
sw_opened_new(int64_t id, const json_t *document, const sw_registry *registry, char *why,
              size_t why_size)
{
    sw_opened *o = sw_calloc(1, sizeof *o);
    sw_faults faults = {0};
    o->id = id;
    if (!find_model(o, document, registry))
        sw_fault_add(&faults, "/model", "is not offered by this worker");
    else if (o->upload)
        o->descriptor = sw_descriptor_parse(o->upload->descriptor, &faults);
    else
        o->descriptor = describe(o->model, &faults);
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

char *
sw_opened_message(const sw_opened *o, const json_t *document)
{
    const sw_upload *u = o->upload;
    sw_auto(json) json_t *message = json_pack("{sO}", "document", document);
    if (u)
        json_object_set_new(message, "upload",
                            json_pack("{ss ss ss ss sO}", "name", u->name, "version", u->version,
                                      "file", u->file, "dir", u->dir, "descriptor", u->descriptor));
    return sw_json_text(message, false);
}

sw_opened *
sw_opened_receive(int64_t id, const json_t *message, sw_registry *registry, char *why,
                  size_t why_size)
{
    sw_upload u;
    if (json_unpack((json_t *)message, "{s:{ssssssss so}}", "upload", "name", &u.name, "version",
                    &u.version, "file", &u.file, "dir", &u.dir, "descriptor", &u.descriptor) == 0)
        sw_registry_put(registry, &u);
    return sw_opened_new(id, json_object_get(message, "document"), registry, why, why_size);
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
