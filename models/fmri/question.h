// SPDX-License-Identifier: Apache-2.0
// What a run asks: the parameters of the group models, once as tables that a descriptor shows and
// once as the struct that a run is made of.
#ifndef SW_FMRI_QUESTION_H
#define SW_FMRI_QUESTION_H

#include <sweepd/model.h>

#include "models/fmri/bayes/ttest.h"
#include "models/fmri/folder.h"
#include "models/fmri/simulate.h"

enum {
    SW_FMRI_ONE_SAMPLE,
    SW_FMRI_PAIRED,
    SW_FMRI_TWO_SAMPLE,
    SW_FMRI_REGRESSION,
    SW_FMRI_META_FIXED, // images are t maps of studies
    SW_FMRI_META_RANDOM,
};
enum { SW_FMRI_FIRST, SW_FMRI_RANDOM, SW_FMRI_LEAVE_ONE_OUT };
enum { SW_FMRI_EXCLUDE, SW_FMRI_DROP, SW_FMRI_DROP_ZEROS };
enum { SW_FMRI_FIXED, SW_FMRI_CORRECTED, SW_FMRI_CORRECTED_TOOL, SW_FMRI_EXPECTED };
enum { SW_FMRI_POINT, SW_FMRI_INTERVAL, SW_FMRI_OUTSIDE, SW_FMRI_ROPE };
enum {
    SW_FMRI_BY_BF,
    SW_FMRI_BAYES_FDR,
    SW_FMRI_BH,
    SW_FMRI_BONFERRONI,
    SW_FMRI_MAX_T,
    SW_FMRI_CLUSTER_EXTENT,
};

// Numbers as the parameters have them; indices of choices as the enums above have them.
typedef struct sw_fmri_question {
    double fwhm;
    int region; // 0: the whole mask
    int design;
    int group, against;      // index of a group, -1 for all and none
    int covariate, nuisance; // index of a covariate; nuisance -1: none, -2: all others
    int selection, subjects, left_out;
    bool flip;
    int missing;
    int rule;
    double scale, alpha, contrast, noise, share, quantile;
    sw_fmri_side side;
    int hypothesis;
    double lower, upper, rope;
    int decision;
    double threshold, prior, forming;
    int flips;
    int least, neighbours;
    sw_fmri_simulation simulation;
    uint64_t seed;
} sw_fmri_question;

// The parameters of one model: a choice from the whole table, with what the data allow.
typedef struct sw_fmri_form sw_fmri_form;

typedef enum sw_fmri_kind {
    SW_FMRI_KIND_DATA,
    SW_FMRI_KIND_SIMULATED,
    SW_FMRI_KIND_STUDIES
} sw_fmri_kind;

// For the data set of a folder, simulated groups (over a folder's truth map, or NULL) or simulated
// studies (folder NULL). The caller
// frees it with _free; the parameters live as long.
sw_fmri_form *sw_fmri_form_new(sw_fmri_kind kind, const sw_fmri_folder *folder);
void sw_fmri_form_free(sw_fmri_form **form);

const sw_parameter *sw_fmri_form_parameters(const sw_fmri_form *form, size_t *n);

// What the inputs of a run ask for. levels: of the opened study. False and a sentence where values
// do not go together.
bool sw_fmri_form_read(const sw_fmri_form *form, const sw_levels *levels, const double *in,
                       uint64_t seed, sw_fmri_question *q, sw_fmri_fault *fault);

#endif
