// SPDX-License-Identifier: Apache-2.0
// What the formats share. Private to lib/formats.
#ifndef SWEEPD_FORMATS_PARTS_H
#define SWEEPD_FORMATS_PARTS_H

#include "lib/formats/formats.h"

// A document with the model and the design that `how` names; without a design, `usual` (NULL:
// none), whose reference is taken over.
json_t *sw_import_document(const sw_import *how, json_t *usual);

// Adds one line to the warnings.
void sw_import_warn(json_t *warnings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define SW_FORMAT(name)                                                                            \
    bool sw_##name##_read(const char *bytes, size_t n, const sw_import *how, sw_imported *made,    \
                          sw_faults *faults);                                                      \
    bool sw_##name##_looks(const char *bytes, size_t n)
SW_FORMAT(salib);
SW_FORMAT(behaviorspace);
SW_FORMAT(wandb);
#undef SW_FORMAT

#endif
