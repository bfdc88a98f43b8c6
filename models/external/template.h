// SPDX-License-Identifier: Apache-2.0
// Inputs as text: values, placeholders, environment variables.
#ifndef SW_MODELS_EXTERNAL_TEMPLATE_H
#define SW_MODELS_EXTERNAL_TEMPLATE_H

#include "models/external/bytes.h"
#include "models/external/manifest.h"

// What placeholders stand for in one run.
typedef struct sw_external_values {
    const sw_manifest *manifest;
    const sw_levels *levels;
    const double *in; // NULL before the first run: only {dir} and {scratch} are known then
    uint64_t run, seed;
    const char *scratch;
} sw_external_values;

// The seed as programs get it: 53 bits, which every reader of numbers holds exactly.
uint64_t sw_external_seed(uint64_t seed);

// The text of parameter j: true or false, a whole number, the text itself, or the shortest digits
// that read back as the same double.
void sw_external_append_value(const sw_external_values *v, size_t j, sw_external_bytes *to);

// Appends the template with every {name} replaced where name is a parameter, run, seed, dir or
// scratch. {{name}} gives {name}; braces around anything else stay as they are.
void sw_external_expand(const sw_external_values *v, const char *text, sw_external_bytes *to);

// The text of a parameter of kind SW_TEXT.
const char *sw_external_level(const sw_external_values *v, size_t j);

#endif
