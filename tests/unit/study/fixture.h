// SPDX-License-Identifier: Apache-2.0
// A model with one parameter of each kind, and the few verbs that tests of studies and designs
// speak: parse a document, expect a fault.
#ifndef TESTS_UNIT_STUDY_FIXTURE_H
#define TESTS_UNIT_STUDY_FIXTURE_H

#include "lib/base/memory.h"
#include "lib/design/design.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

// {"x": …} with ' for ", so that documents read well in C.
static inline json_t *
json_of(const char *text)
{
    sw_faults faults = {0};
    sw_auto(free) char *quoted = sw_strdup(text);
    for (char *c = quoted; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_t *json = sw_json_parse(quoted, strlen(quoted), &faults);
    if (!json)
        fail_msg("%s: %s", faults.v[0].message, quoted);
    sw_faults_fini(&faults);
    return json;
}

static inline const sw_descriptor *
model_of(const char *text)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *json = json_of(text);
    sw_descriptor *d = sw_descriptor_parse(json, &faults);
    if (!d)
        fail_msg("%s %s", faults.v[0].pointer, faults.v[0].message);
    return d;
}

#define MODEL                                                                                      \
    "{'name': 'test/kinds', 'version': '1', 'parameters': ["                                       \
    "{'name': 'x', 'kind': 'number', 'default': 0.5},"                                             \
    "{'name': 'y', 'kind': 'number', 'default': 1, 'min': 0, 'max': 10},"                          \
    "{'name': 'z', 'kind': 'number', 'default': 2},"                                               \
    "{'name': 'count', 'kind': 'integer', 'default': 3, 'min': 0},"                                \
    "{'name': 'on', 'kind': 'boolean', 'default': true},"                                          \
    "{'name': 'mode', 'kind': 'text', 'default': 'a', 'choices': ['a', 'b', 'c']},"                \
    "{'name': 'label', 'kind': 'text', 'default': 'none'}],"                                       \
    "'outputs': [{'name': 'out', 'kind': 'scalar'}, {'name': 'path', 'kind': 'series'},"           \
    "{'name': 'log', 'kind': 'text', 'on_request': true}]}"

// Parsed once for the whole program; left to the end of the process.
static inline const sw_descriptor *
kinds_model(void)
{
    static const sw_descriptor *d;
    return d ? d : (d = model_of(MODEL));
}

// A study and its plan; fails the test if the document has faults.
typedef struct made {
    sw_study *study;
    sw_plan *plan;
} made;

static inline made
make_for(const sw_descriptor *model, const json_t *document)
{
    sw_faults faults = {0};
    made m = {0};
    m.study = sw_study_parse(document, model, &sw_study_limits_default, &faults);
    if (m.study)
        m.plan = sw_plan_new(m.study, &sw_study_limits_default, &faults);
    if (!m.plan)
        fail_msg("%s %s", faults.v[0].pointer, faults.v[0].message);
    sw_faults_fini(&faults);
    return m;
}

static inline made
make(const char *text)
{
    sw_auto(json) json_t *document = json_of(text);
    return make_for(kinds_model(), document);
}

static inline void
drop(made *m)
{
    sw_plan_free(&m->plan);
    sw_study_free(&m->study);
}

// The faults of a document, study and plan together, as "pointer message" lines.
static inline char *
faults_of(const char *text)
{
    sw_faults faults = {0};
    sw_buffer lines = {0};
    sw_auto(json) json_t *document = json_of(text);
    sw_study *study = sw_study_parse(document, kinds_model(), &sw_study_limits_default, &faults);
    sw_plan *plan = study ? sw_plan_new(study, &sw_study_limits_default, &faults) : NULL;
    for (size_t i = 0; i < faults.n; i++)
        sw_buffer_printf(&lines, "%s %s\n", faults.v[i].pointer, faults.v[i].message);
    sw_plan_free(&plan);
    sw_study_free(&study);
    sw_faults_fini(&faults);
    return sw_buffer_text(&lines);
}

// The document must have a fault at this pointer whose message holds `part`.
static inline void
expect_fault(const char *text, const char *pointer, const char *part)
{
    sw_auto(free) char *lines = faults_of(text);
    size_t n = strlen(pointer);
    for (const char *line = lines; *line; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n');
        const char *found = strstr(line, part);
        if (strncmp(line, pointer, n) == 0 && line[n] == ' ' && found && found < end)
            return;
    }
    fail_msg("no fault at %s with \"%s\" in:\n%s", pointer, part, lines);
}

// All inputs of runs first … first+n-1 as fresh columns [j * n + i]; the caller frees them.
static inline double *
inputs_of(const sw_plan *plan, size_t n_parameters, uint64_t first, size_t n)
{
    double *cells = sw_calloc(n_parameters * n, sizeof *cells);
    sw_auto(free) double **columns = sw_calloc(n_parameters, sizeof *columns);
    for (size_t j = 0; j < n_parameters; j++)
        columns[j] = cells + j * n;
    sw_plan_inputs(plan, first, n, columns);
    return cells;
}

#endif
