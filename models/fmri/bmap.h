// SPDX-License-Identifier: Apache-2.0
// From t to Bayes factors, and from those to a decision.
#ifndef SW_FMRI_BMAP_H
#define SW_FMRI_BMAP_H

#include "models/fmri/tmap.h"

// False and a sentence where the question's prior is none: a scale out of bounds, a range of
// effects that the side of the test excludes.
bool sw_fmri_bmap_check(const sw_fmri_question *q, const sw_fmri_tmap *map, sw_fmri_fault *fault);

// log BF of every voxel by the question's hypothesis, side and prior scale.
sw_fmri_bmap *sw_fmri_bmap_make(const sw_fmri_question *q, const sw_fmri_tmap *map);
void sw_fmri_bmap_free(void *map);

// The prior scale that the question's rule gives for so many voxels.
double sw_fmri_scale_of(const sw_fmri_question *q, size_t tested);

// Which voxels are active. The data are those of the t map: sign flips look at them.
sw_fmri_decision *sw_fmri_decision_make(const sw_fmri_question *q,
                                        const sw_fmri_selection *selection,
                                        const sw_fmri_masked *masked, const sw_fmri_tmap *t,
                                        const sw_fmri_bmap *b);
void sw_fmri_decision_free(void *decision);

#endif
