// SPDX-License-Identifier: Apache-2.0
// Groups of parameters that a design moves as one. Private to lib/study.
#ifndef SWEEPD_STUDY_GROUPS_H
#define SWEEPD_STUDY_GROUPS_H

#include "lib/study/study.h"

// Reads {"name": ["parameter", …], …} (NULL: no groups) once the varied parameters are known. A
// varied parameter that is in no group is one of its own, under its own name. Groups are numbered
// by their first parameter in the study's order.
void sw_groups_read(sw_study *study, const json_t *groups, sw_faults *faults);

// What sw_groups_read would read back, NULL without groups. The caller owns the reference.
json_t *sw_groups_json(const sw_study *study);

void sw_groups_free(sw_study *study);

#endif
