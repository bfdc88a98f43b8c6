// SPDX-License-Identifier: Apache-2.0
// The methods' tables, one a file, for the registry.
#ifndef SWEEPD_ANALYSIS_METHODS_H
#define SWEEPD_ANALYSIS_METHODS_H

#include "lib/analysis/analysis.h"

extern const sw_analysis_ops sw_analysis_summary;
extern const sw_analysis_ops sw_analysis_sobol;
extern const sw_analysis_ops sw_analysis_morris;
extern const sw_analysis_ops sw_analysis_regression;
extern const sw_analysis_ops sw_analysis_rank;
extern const sw_analysis_ops sw_analysis_rbd_fast;
extern const sw_analysis_ops sw_analysis_efast;
extern const sw_analysis_ops sw_analysis_pawn;
extern const sw_analysis_ops sw_analysis_delta;
extern const sw_analysis_ops sw_analysis_regional;
extern const sw_analysis_ops sw_analysis_dgsm;
extern const sw_analysis_ops sw_analysis_noise;
extern const sw_analysis_ops sw_analysis_convergence;
extern const sw_analysis_ops sw_analysis_pce;
extern const sw_analysis_ops sw_analysis_prim;
extern const sw_analysis_ops sw_analysis_vargha_delaney;
extern const sw_analysis_ops sw_analysis_hsic;
extern const sw_analysis_ops sw_analysis_extra_trees;
extern const sw_analysis_ops sw_analysis_shapley;
extern const sw_analysis_ops sw_analysis_hdmr;
extern const sw_analysis_ops sw_analysis_effects;

#endif
