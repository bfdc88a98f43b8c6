// SPDX-License-Identifier: Apache-2.0
// From images to t: which subjects, and which of the t statistics.
#ifndef SW_FMRI_TMAP_H
#define SW_FMRI_TMAP_H

#include "models/fmri/stages.h"

// Subjects by number, those of the group that is subtracted apart.
typedef struct sw_fmri_selection {
    size_t n1, n2;
    uint32_t first[SW_FMRI_SUBJECTS_MAX], second[SW_FMRI_SUBJECTS_MAX];
} sw_fmri_selection;

// Whom a question asks for. people: NULL where nobody has a name (simulated). False and a sentence
// where there are too few.
bool sw_fmri_select(const sw_fmri_question *q, const sw_fmri_people *people, size_t n_subjects,
                    sw_fmri_selection *selection, sw_fmri_fault *fault);

// The map; NULL and a sentence where the design has no t. The caller frees it.
// sizes: of all studies where the images are t maps, else NULL.
sw_fmri_tmap *sw_fmri_tmap_make(const sw_fmri_question *q, const sw_fmri_people *people,
                                const sw_fmri_size *sizes, const sw_fmri_selection *selection,
                                const sw_fmri_masked *masked, sw_fmri_fault *fault);
void sw_fmri_tmap_free(void *map);

#endif
