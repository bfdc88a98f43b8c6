// SPDX-License-Identifier: Apache-2.0
// The group models: one for each registered data set, and one for simulated data.
#ifndef SW_FMRI_GROUP_H
#define SW_FMRI_GROUP_H

#include <sweepd/model.h>

#include "models/fmri/folder.h"

// The model of a data set. Takes the folder over; the model is freed with _free. folder NULL: the
// model of simulated data.
sw_model *sw_fmri_group_new(const char *name, sw_fmri_folder *folder);
void sw_fmri_group_free(sw_model *model);

#endif
