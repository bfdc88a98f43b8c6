// SPDX-License-Identifier: Apache-2.0
// A data set as it lies in a folder, by BIDS's manner of naming:
//
//   participants.tsv              optional: subjects, groups, covariates, file names (people.h)
//   sub-01_....nii.gz             one map a subject: the only image whose name is the subject's, or
//                                 begins with it and "_"; several: the column `image` decides
//   mask.nii.gz or ..._mask.nii.gz            required: other than 0 is inside
//   truth.nii.gz or ..._truth.nii.gz          optional: other than 0 has an effect
//   reference.nii.gz or ..._reference.nii.gz  optional: other than 0 was found by others
//   dseg.nii.gz or ..._dseg.nii.gz            optional: whole numbers that label regions
//
// .nii and .nii.gz are equal. Without participants.tsv every name that begins with "sub-" is a
// subject, in the order of names. Subfolders and other files are not looked at.
//
// A folder with a mask and a truth and no subjects at all is a truth map: groups are simulated over
// its mask, and the values of its truth multiply the effect.
#ifndef SW_FMRI_FOLDER_H
#define SW_FMRI_FOLDER_H

#include "models/fmri/data.h"
#include "models/fmri/people.h"

typedef enum sw_fmri_role {
    SW_FMRI_MASK,
    SW_FMRI_TRUTH,
    SW_FMRI_REFERENCE,
    SW_FMRI_REGIONS,
    SW_FMRI_ROLES
} sw_fmri_role;

typedef struct sw_fmri_folder {
    char *dir;
    sw_fmri_people people; // every one with an image; pairs for all or for none; none: a truth map
    bool paired;
    char *map[SW_FMRI_ROLES]; // file names, NULL where there is none
    int n_regions;            // the largest label
    char hash[65];            // of names and contents, hexadecimal SHA-256
    char *record;             // JSON: each file with its own SHA-256
} sw_fmri_folder;

// Reads everything once: all faults of a data set are found here, and no more than one image is
// held at a time. NULL and a sentence that names the file otherwise.
sw_fmri_folder *sw_fmri_folder_read(const char *dir, sw_fmri_fault *fault);
void sw_fmri_folder_free(sw_fmri_folder **folder);

// The part of sw_fmri_folder_read that looks at images; sets n_regions.
bool sw_fmri_folder_check(sw_fmri_folder *folder, sw_fmri_fault *fault);

// The matrix; NULL if files have changed since and are no longer good.
sw_fmri_data *sw_fmri_folder_data(const sw_fmri_folder *folder, sw_fmri_fault *fault);

#endif
