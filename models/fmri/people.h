// SPDX-License-Identifier: Apache-2.0
// Who was measured: the rows of a data set's participants.tsv.
#ifndef SW_FMRI_PEOPLE_H
#define SW_FMRI_PEOPLE_H

#include "models/fmri/common.h"
#include "models/fmri/data.h"

enum { SW_FMRI_SUBJECTS_MAX = 4096, SW_FMRI_GROUPS_MAX = 32, SW_FMRI_COVARIATES_MAX = 32 };

typedef struct sw_fmri_subject {
    char *name;   // "sub-01"
    char *image;  // file name within the data set; NULL if the table names none
    char *second; // of the second condition of a pair; NULL if there is none
    int group;    // index into group, -1 for none
    double *covariate;
} sw_fmri_subject;

typedef struct sw_fmri_people {
    size_t n, n_groups, n_covariates;
    sw_fmri_subject *v;
    char *group[SW_FMRI_GROUPS_MAX];         // in order of appearance
    char *covariate[SW_FMRI_COVARIATES_MAX]; // columns that hold numbers
} sw_fmri_people;

// Reads tab-separated text with a line of column names, n bytes. `participant_id` (or `subject`) is
// required; `group`, `image` and `second_image` mean what they say; every other column whose cells
// are all numbers or "n/a" (NaN) is a covariate, and the rest is ignored. False and a sentence with
// the line otherwise. *people is freed with _fini in either case.
bool sw_fmri_people_parse(const char *text, size_t n, sw_fmri_people *people, sw_fmri_fault *fault);

// Adds a subject that no table lists. The name is copied.
bool sw_fmri_people_add(sw_fmri_people *people, const char *name, size_t n_name,
                        sw_fmri_fault *fault);

// Where the images are t maps of studies: their sizes by the columns `n`, and `n2` of a second
// group (0 or n/a: one sample). False if there is no column n, or a study has less than 4 subjects.
// sizes may be NULL.
bool sw_fmri_people_sizes(const sw_fmri_people *people, sw_fmri_size *sizes);

void sw_fmri_people_fini(sw_fmri_people *people);

#endif
