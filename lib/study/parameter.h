// SPDX-License-Identifier: Apache-2.0
// One parameter of a study: read, checked, written. For lib/study, and designs that read values.
#ifndef SWEEPD_STUDY_PARAMETER_H
#define SWEEPD_STUDY_PARAMETER_H

#include "lib/study/study.h"

// Reads `json` (a bare value, {"values": …}, or a range with a distribution) into p, whose
// `declared` is set. Faults below pointer.
void sw_parameter_read(sw_study_parameter *p, const json_t *json, const char *pointer,
                       sw_faults *faults);

// Makes p fixed at the declared default.
void sw_parameter_default(sw_study_parameter *p);

// Reads one bare value of the declared kind into *v; texts become levels of p.
bool sw_parameter_value(sw_study_parameter *p, const json_t *json, const char *pointer, double *v,
                        sw_faults *faults);

// A value of p as JSON: a number, a boolean or a text.
json_t *sw_parameter_value_json(const sw_study_parameter *p, double v);

// What sw_parameter_read would read back. The caller owns the reference.
json_t *sw_parameter_json(const sw_study_parameter *p);

void sw_parameter_fini(sw_study_parameter *p);

#endif
