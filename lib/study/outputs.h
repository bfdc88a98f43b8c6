// SPDX-License-Identifier: Apache-2.0
// The outputs that a study asks for. Private to lib/study.
#ifndef SWEEPD_STUDY_OUTPUTS_H
#define SWEEPD_STUDY_OUTPUTS_H

#include "lib/study/study.h"

// Reads the member "outputs" (NULL: the model's usual ones) into study->outputs.
void sw_outputs_read(sw_study *study, const json_t *outputs, const sw_study_limits *limits,
                     sw_faults *faults);

// What sw_outputs_read would read back. The caller owns the reference.
json_t *sw_outputs_json(const sw_study *study);

void sw_outputs_free(sw_study *study);

#endif
