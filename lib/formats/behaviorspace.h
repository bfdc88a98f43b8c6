// SPDX-License-Identifier: Apache-2.0
// The two halves of reading BehaviorSpace: XML to experiments, experiments to studies. Private to
// lib/formats.
#ifndef SWEEPD_FORMATS_BEHAVIORSPACE_H
#define SWEEPD_FORMATS_BEHAVIORSPACE_H

#include "lib/formats/formats.h"

// The experiments of an XML document, wherever they stand in it: objects with "name",
// "repetitions", "every", "timeLimit" (all texts as they stand), "setup", "go", "exitCondition" …
// where given, "metrics": texts, "constants": value sets, "subs": arrays of value sets. A value set
// is {"variable", "values": texts} or {"variable", "first", "step", "last"}. NULL and a fault if
// the document can not be read. The caller owns the reference.
json_t *sw_behaviorspace_parse(const char *bytes, size_t n, sw_faults *faults);

// One experiment as a study; faults below "/NAME OF THE EXPERIMENT".
json_t *sw_behaviorspace_study(const json_t *experiment, const sw_import *how, json_t *warnings,
                               sw_faults *faults);

#endif
