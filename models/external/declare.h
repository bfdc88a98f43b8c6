// SPDX-License-Identifier: Apache-2.0
// The part of a manifest that becomes the model's descriptor: parameters and outputs.
#ifndef SW_MODELS_EXTERNAL_DECLARE_H
#define SW_MODELS_EXTERNAL_DECLARE_H

#include "models/external/manifest.h"

void sw_external_declare_parameters(sw_manifest *m, sw_external_faults *f);
void sw_external_declare_outputs(sw_manifest *m, sw_external_faults *f);
void sw_external_undeclare(sw_manifest *m);

// 1 to 100 letters, digits and -_.
bool sw_external_is_plain_name(const char *name);
// A relative path without "..", "." or empty parts, at most 200 bytes.
bool sw_external_is_plain_path(const char *path);

#endif
