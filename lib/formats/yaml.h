// SPDX-License-Identifier: Apache-2.0
// YAML as JSON, as far as configuration files go. Private to lib/formats.
#ifndef SWEEPD_FORMATS_YAML_H
#define SWEEPD_FORMATS_YAML_H

#include "lib/base/json.h"

// Reads one document. Plain scalars are null, booleans and numbers as JSON and YAML 1.2's core
// schema have them, else texts; quoted ones are texts. Anchors, aliases, tags, keys that are not
// scalars and duplicate keys are refused, as is what is nested more than 64 deep. NULL and a fault
// with the line if it can not be read. The caller owns the reference.
json_t *sw_yaml_read(const char *bytes, size_t n, sw_faults *faults);

#endif
