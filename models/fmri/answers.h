// SPDX-License-Identifier: Apache-2.0
// What a group model can say of a result: numbers, and maps that a viewer opens.
#ifndef SW_FMRI_ANSWERS_H
#define SW_FMRI_ANSWERS_H

#include "models/fmri/stages.h"

// What there is to ask about.
typedef struct sw_fmri_answerable {
    bool truth, reference;
} sw_fmri_answerable;

// Declares the outputs that make sense; *n of them, freed by the caller as one block.
sw_output *sw_fmri_answers_declare(sw_fmri_answerable what, size_t *n);

// A run about which answers are given.
typedef struct sw_fmri_answering {
    const sw_fmri_question *q;
    const sw_fmri_result *r;
    const char *model, *version; // for the records
    const char *inputs;          // JSON: the files with their hashes; NULL for simulated data
} sw_fmri_answering;

// Gives one output, by its name: into *out if it is a number, else through the host as output k of
// run 0. False and a sentence if it can not be given.
bool sw_fmri_answer(const sw_fmri_answering *a, const char *name, const sw_host *host, size_t k,
                    double *out, sw_fmri_fault *fault);

#endif
