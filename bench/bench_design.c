// SPDX-License-Identifier: Apache-2.0
// Points a second of every design: eight uniform parameters, 1,024 points a call, one thread,
// beside a bare write of the same columns to memory.
#include "lib/base/memory.h"
#include "lib/design/design.h"

#include <stdio.h>
#include <time.h>

enum { PARAMETERS = 8, STRETCH = 1024 };

static double cells[PARAMETERS][STRETCH];
static double *columns[PARAMETERS];

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
write_plain(double v)
{
    for (int j = 0; j < PARAMETERS; j++) {
        for (int i = 0; i < STRETCH; i++)
            ((volatile double *)columns[j])[i] = v;
    }
}

// Points a second, over about a fifth of a second; plan NULL: the bare write.
static double
measure(const sw_plan *plan)
{
    uint64_t runs = plan ? sw_plan_runs(plan) : UINT64_MAX, first = 0, done = 0;
    double start = now(), passed = 0;
    for (; passed < 0.2; passed = now() - start, done += STRETCH) {
        if (first + STRETCH > runs)
            first = 0;
        if (plan)
            sw_plan_inputs(plan, first, STRETCH, columns);
        else
            write_plain((double)first);
        first += STRETCH;
    }
    return (double)done / passed;
}

static json_t *
study_of(const char *design)
{
    sw_buffer b = {0};
    sw_faults faults = {0};
    sw_buffer_str(&b, "{\"model\": \"m\", \"parameters\": {");
    for (int j = 0; j < PARAMETERS; j++)
        sw_buffer_printf(&b, "%s\"x%d\": {\"min\": 0, \"max\": %d}", j ? "," : "", j, j + 1);
    sw_buffer_printf(&b, "}, \"design\": %s}", design);
    json_t *json = sw_json_parse(b.data, b.n, &faults);
    sw_buffer_fini(&b);
    return json;
}

static sw_descriptor *
model(void)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *json =
        json_pack("{ss, ss, s[], s[{ss, ss}]}", "name", "m", "version", "1", "parameters",
                  "outputs", "name", "y", "kind", "scalar");
    for (int j = 0; j < PARAMETERS; j++) {
        sw_auto(free) char *name = sw_format("x%d", j);
        json_array_append_new(
            json_object_get(json, "parameters"),
            json_pack("{ss, ss, sf}", "name", name, "kind", "number", "default", 0.0));
    }
    return sw_descriptor_parse(json, &faults);
}

static void
report(const sw_descriptor *m, const char *design, double bare)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *json = study_of(design);
    sw_study *study = sw_study_parse(json, m, &sw_study_limits_default, &faults);
    sw_plan *plan = study ? sw_plan_new(study, &sw_study_limits_default, &faults) : NULL;
    if (!plan) {
        printf("%-70s %s\n", design, faults.n ? faults.v[0].message : "no plan");
    } else {
        double rate = measure(plan);
        printf("%-70s %10.2f %8.3f\n", design, rate * 1e-6, rate / bare);
    }
    sw_plan_free(&plan);
    sw_study_free(&study);
    sw_faults_fini(&faults);
}

int
main(void)
{
    static const char *const designs[] = {
        "{\"method\": \"grid\", \"steps\": 20}",
        "{\"method\": \"random\", \"n\": 1000000000}",
        "{\"method\": \"lhs\", \"n\": 1000000000}",
        "{\"method\": \"sobol\", \"n\": 1000000000}",
        "{\"method\": \"sobol\", \"n\": 1000000000, \"scramble\": \"owen\"}",
        "{\"method\": \"halton\", \"n\": 1000000000}",
        "{\"method\": \"lattice\", \"n\": 1048576}",
        "{\"method\": \"saltelli\", \"n\": 10000000}",
        "{\"method\": \"radial\", \"n\": 10000000}",
        "{\"method\": \"morris\", \"n\": 10000000}",
        "{\"method\": \"efast\", \"n\": 10000000}",
        "{\"method\": \"rbd_fast\", \"n\": 1000000000}",
        "{\"method\": \"dgsm\", \"n\": 10000000}",
    };
    sw_descriptor *m = model();
    for (int j = 0; j < PARAMETERS; j++)
        columns[j] = cells[j];
    double bare = measure(NULL);
    printf("%-70s %10s %8s\n", "design of 8 parameters", "Mpoints/s", "ratio");
    printf("%-70s %10.2f %8.3f\n", "bare memory write", bare * 1e-6, 1.0);
    for (size_t k = 0; k < sw_countof(designs); k++)
        report(m, designs[k], bare);
    sw_descriptor_free(&m);
    return 0;
}
