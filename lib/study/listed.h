// SPDX-License-Identifier: Apache-2.0
// Studies that list their points: {"method": "list", "points": [{"x": 1, "mode": "a"}, …]}. The
// values are part of the study, since the texts among them are levels. Private to lib/study.
#ifndef SWEEPD_STUDY_LISTED_H
#define SWEEPD_STUDY_LISTED_H

#include "lib/study/study.h"

// If the study's method is "list", makes the parameters named in its points SW_LISTED. A point that
// leaves one of them out takes its fixed value or default. No points: one point, all fixed.
void sw_listed_read(sw_study *study, const sw_study_limits *limits, sw_faults *faults);

#endif
