// SPDX-License-Identifier: Apache-2.0
// Extending a study in place: which documents continue another one.
#ifndef SWEEPD_DESIGN_EXTEND_H
#define SWEEPD_DESIGN_EXTEND_H

#include "lib/design/design.h"

// request: {"design": {"n": 2048}, "replicates": 20}, either or both. The resolved document of the
// same study with these, whose first runs are the runs of `plan`; NULL and faults if the design
// can not grow so (its points would change), or nothing would. The caller owns the reference.
json_t *sw_extend(const sw_study *study, const sw_plan *plan, const sw_study_limits *limits,
                  const json_t *request, sw_faults *faults);

#endif
