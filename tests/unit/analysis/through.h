// SPDX-License-Identifier: Apache-2.0
// From a study to a result without a server: the real design gives the points of a unit cube, a
// function their outputs, and the real analysis the result.
#ifndef TESTS_UNIT_ANALYSIS_THROUGH_H
#define TESTS_UNIT_ANALYSIS_THROUGH_H

#include "tests/unit/analysis/functions.h"
#include "tests/unit/analysis/sample.h"
#include "tests/unit/study/fixture.h"

typedef struct through {
    made made;
    sw_frame frame;
    size_t d;
    uint64_t n; // runs
    double *x, *y;
    const double *columns[SAMPLE_DIMENSIONS];
} through;

static const char *const through_names[SAMPLE_DIMENSIONS] = {
    "u01", "u02", "u03", "u04", "u05", "u06", "u07", "u08",
    "u09", "u10", "u11", "u12", "u13", "u14", "u15", "u16"};

// A model of d numbers; kept to the end of the program.
static inline const sw_descriptor *
through_model(size_t d)
{
    static const sw_descriptor *known[SAMPLE_DIMENSIONS + 1];
    sw_buffer b = {0};
    if (known[d])
        return known[d];
    sw_buffer_str(&b, "{'name': 'test/unit', 'version': '1', 'parameters': [");
    for (size_t j = 0; j < d; j++)
        sw_buffer_printf(&b, "%s{'name': '%s', 'kind': 'number', 'default': 0}", j ? "," : "",
                         through_names[j]);
    sw_buffer_str(&b, "], 'outputs': [{'name': 'y', 'kind': 'scalar'}]}");
    known[d] = model_of(sw_buffer_text(&b));
    sw_buffer_fini(&b);
    return known[d];
}

static inline double
through_quantile(const void *context, size_t j, double u)
{
    const sw_study *s = context;
    return sw_study_value(&s->parameters[s->varied[j]], u);
}

// design: with ' for "; the parameters are d of U(0, 1).
static inline through
through_make(size_t d, const char *design, uint64_t seed, uint64_t replicates)
{
    sw_auto(json) json_t *document =
        json_pack("{ss s{} si so}", "model", "test/unit", "parameters", "replicates",
                  (int)replicates, "design", json_of(design));
    json_object_set_new(json_object_get(document, "design"), "seed",
                        json_integer((json_int_t)seed));
    for (size_t j = 0; j < d; j++)
        json_object_set_new(json_object_get(document, "parameters"), through_names[j],
                            json_pack("{si si}", "min", 0, "max", 1));
    through t = {.made = make_for(through_model(d), document), .d = d};
    t.n = sw_plan_runs(t.made.plan);
    t.x = inputs_of(t.made.plan, d, 0, (size_t)t.n);
    t.y = sw_calloc((size_t)t.n, sizeof *t.y);
    for (size_t j = 0; j < d; j++)
        t.columns[j] = t.x + j * t.n;
    t.frame = (sw_frame){.design = t.made.study->method,
                         .options = sw_plan_resolved_design(t.made.plan),
                         .n_parameters = d,
                         .names = through_names,
                         .points = sw_plan_points(t.made.plan),
                         .replicates = replicates,
                         .seed = seed,
                         .output = "y",
                         .quantile = through_quantile,
                         .context = t.made.study};
    return t;
}

static inline void
through_run(through *t, unit_function f)
{
    double u[SAMPLE_DIMENSIONS];
    for (uint64_t i = 0; i < t->n; i++) {
        for (size_t j = 0; j < t->d; j++)
            u[j] = t->columns[j][i];
        t->y[i] = f(u, t->d);
    }
}

static inline json_t *
through_analyse(through *t, const char *request)
{
    return analyse(&t->frame, request, (size_t)t->n, t->columns, t->y, NULL, 4096);
}

static inline void
through_drop(through *t)
{
    free(t->x);
    free(t->y);
    free_frame(&t->frame);
    drop(&t->made);
}

#endif
