// SPDX-License-Identifier: Apache-2.0
// A model as others see it: what workers announce, the server stores and the API shows. The JSON
// form is the only thing that crosses between worker and server; the server never sees a sw_model.
#ifndef SWEEPD_STUDY_DESCRIPTOR_H
#define SWEEPD_STUDY_DESCRIPTOR_H

#include <sweepd/model.h>

#include "lib/base/errors.h"

// Owns all its texts. The arrays use the public types so that there is one meaning for each field.
typedef struct sw_descriptor {
    char *name;
    char *version;
    char *doc;
    size_t n_parameters;
    sw_parameter *parameters;
    size_t n_outputs;
    sw_output *outputs;
    bool any_output;
} sw_descriptor;

// {"name", "version", "doc", "any_output", "parameters": [{"name", "kind", "unit", "doc",
// "default", "min", "max", "choices"}], "outputs": [{"name", "kind", "unit", "doc",
// "on_request"}]}. Infinite bounds are left out. The caller owns the reference.
json_t *sw_descriptor_of_model(const sw_model *model);

// Reads that form; NULL and faults if it is not one. Bounded: at most 4096 parameters and outputs.
sw_descriptor *sw_descriptor_parse(const json_t *json, sw_faults *faults);
json_t *sw_descriptor_json(const sw_descriptor *d);
void sw_descriptor_free(sw_descriptor **d);

// The index of a parameter or output by name, or -1.
long sw_descriptor_parameter(const sw_descriptor *d, const char *name);
long sw_descriptor_output(const sw_descriptor *d, const char *name);

#endif
