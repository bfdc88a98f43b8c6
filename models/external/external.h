// SPDX-License-Identifier: Apache-2.0
// The family `external`: any program as a model. A JSON manifest says how to start it, what it
// takes and what it gives; README.md has the grammar. The family has no built-in models.
#ifndef SW_MODELS_EXTERNAL_H
#define SW_MODELS_EXTERNAL_H

#include <sweepd/model.h>

extern const sw_family sw_external_family;

#endif
