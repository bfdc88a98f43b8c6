// SPDX-License-Identifier: Apache-2.0
// Any bytes as a study document: parsed, planned, and where that succeeds its first and last points
// computed and its resolved form read back.
#include "lib/base/memory.h"
#include "lib/design/design.h"

#include <assert.h>
#include <stdint.h>

static const char model_text[] =
    "{\"name\": \"m\", \"version\": \"1\", \"any_output\": true, \"parameters\": ["
    "{\"name\": \"x\", \"kind\": \"number\", \"default\": 0},"
    "{\"name\": \"y\", \"kind\": \"integer\", \"default\": 1, \"min\": 0, \"max\": 9},"
    "{\"name\": \"b\", \"kind\": \"boolean\", \"default\": true},"
    "{\"name\": \"t\", \"kind\": \"text\", \"default\": \"a\"}],"
    "\"outputs\": [{\"name\": \"out\", \"kind\": \"scalar\"}]}";

enum { PARAMETERS = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static sw_descriptor *
model(void)
{
    static sw_descriptor *d;
    sw_faults faults = {0};
    if (!d) {
        sw_auto(json) json_t *json = sw_json_parse(model_text, sizeof model_text - 1, &faults);
        d = sw_descriptor_parse(json, &faults);
    }
    return d;
}

static void
compute(const sw_plan *plan)
{
    double cells[PARAMETERS], *columns[PARAMETERS];
    uint64_t seed;
    for (int j = 0; j < PARAMETERS; j++)
        columns[j] = &cells[j];
    sw_plan_inputs(plan, 0, 1, columns);
    sw_plan_inputs(plan, sw_plan_runs(plan) - 1, 1, columns);
    sw_plan_seeds(plan, 0, 1, &seed);
}

static void
read_back(const sw_plan *plan, sw_faults *faults)
{
    sw_auto(json) json_t *resolved = sw_plan_resolved(plan);
    sw_study *study = sw_study_parse(resolved, model(), &sw_study_limits_default, faults);
    assert(study);
    sw_study_free(&study);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *json = sw_json_parse((const char *)bytes, n, &faults);
    sw_study *study =
        json ? sw_study_parse(json, model(), &sw_study_limits_default, &faults) : NULL;
    sw_plan *plan = study ? sw_plan_new(study, &sw_study_limits_default, &faults) : NULL;
    if (plan) {
        compute(plan);
        read_back(plan, &faults);
    }
    sw_plan_free(&plan);
    sw_study_free(&study);
    sw_faults_fini(&faults);
    return 0;
}
