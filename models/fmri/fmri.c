// SPDX-License-Identifier: Apache-2.0
// The family: models of simulated data that are always there, and one for every data set that is
// registered.
#include "models/fmri/fmri.h"

#include <stdio.h>

#include "models/fmri/group.h"

static const sw_model *built_in[3];

// The parameters of the built-in models come from the same table as those of data sets, which
// depend on the data; so they are made when the program starts.
__attribute__((constructor)) static void
make_built_in(void)
{
    built_in[0] = sw_fmri_group_new("fmri/simulated-group", SW_FMRI_KIND_SIMULATED, NULL);
    built_in[1] = sw_fmri_group_new("fmri/simulated-meta", SW_FMRI_KIND_STUDIES, NULL);
}

static int
fmri_load(const sw_source *source, sw_model **model, sw_source_error *error)
{
    sw_fmri_fault fault;
    *error = (sw_source_error){0};
    if (!source->dir) {
        snprintf(error->message, sizeof error->message,
                 "a data set is a folder: a mask, a map for each subject, participants.tsv");
        return -1;
    }
    sw_fmri_folder *folder = sw_fmri_folder_read(source->dir, &fault);
    if (!folder) {
        snprintf(error->message, sizeof error->message, "%s", fault.message);
        return -1;
    }
    sw_fmri_kind kind = folder->people.n ? SW_FMRI_KIND_DATA : SW_FMRI_KIND_SIMULATED;
    *model = sw_fmri_group_new(source->name, kind, folder);
    return 0;
}

const sw_family sw_fmri_family = {
    .name = "fmri",
    .doc = "Bayesian second-level analysis of brain images.",
    .models = built_in,
    .load = fmri_load,
    .unload = sw_fmri_group_free,
};
