// SPDX-License-Identifier: Apache-2.0
// The list of analyses. A new method is one new file and one line here.
#include "lib/analysis/analysis.h"
#include "lib/analysis/methods.h"

#include <string.h>

const sw_analysis_ops *const sw_analyses[] = {
    &sw_analysis_summary,
    &sw_analysis_morris,
    &sw_analysis_sobol,
    &sw_analysis_regression,
    &sw_analysis_rbd_fast,
    &sw_analysis_efast,
    &sw_analysis_pawn,
    &sw_analysis_delta,
    &sw_analysis_regional,
    &sw_analysis_dgsm,
    &sw_analysis_noise,
    &sw_analysis_convergence,
    &sw_analysis_pce,
    &sw_analysis_prim,
    &sw_analysis_vargha_delaney,
    &sw_analysis_hsic,
    &sw_analysis_extra_trees,
    &sw_analysis_shapley,
    &sw_analysis_hdmr,
    &sw_analysis_effects,
    &sw_analysis_rank,
    NULL,
};

const sw_analysis_ops *
sw_analysis_find(const char *name)
{
    for (const sw_analysis_ops *const *ops = sw_analyses; *ops; ops++) {
        if (strcmp((*ops)->name, name) == 0)
            return *ops;
    }
    return NULL;
}
