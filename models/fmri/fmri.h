// SPDX-License-Identifier: Apache-2.0
// The family "fmri": Bayes factors of every voxel of a group of brain images.
#ifndef SW_FMRI_FMRI_H
#define SW_FMRI_FMRI_H

#include <sweepd/model.h>

extern const sw_family sw_fmri_family;

#endif
