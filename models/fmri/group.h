// SPDX-License-Identifier: Apache-2.0
// The group models: one for each registered data set, and one for simulated data.
#ifndef SW_FMRI_GROUP_H
#define SW_FMRI_GROUP_H

#include <sweepd/model.h>

#include "models/fmri/question.h"

// The model of a data set, which takes the folder over, or of simulated groups (over the truth map
// of a folder, which it takes over, or with folder NULL) or studies (folder NULL). The model is
// freed with _free.
sw_model *sw_fmri_group_new(const char *name, sw_fmri_kind kind, sw_fmri_folder *folder);
void sw_fmri_group_free(sw_model *model);

#endif
