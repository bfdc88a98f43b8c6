// SPDX-License-Identifier: Apache-2.0
// Outputs that are files: maps as NIfTI, tables, and the record of what produced them.
#ifndef SW_FMRI_MAPS_H
#define SW_FMRI_MAPS_H

#include "models/fmri/answers.h"

// Names in the manner of BIDS statistical maps.
#define SW_FMRI_MAP_LOGBF "contrast-group_stat-logBF10_statmap.nii.gz"
#define SW_FMRI_MAP_T "contrast-group_stat-t_statmap.nii.gz"
#define SW_FMRI_MAP_EFFECT "contrast-group_stat-effect_statmap.nii.gz"
#define SW_FMRI_MAP_CLUSTERS "contrast-group_desc-clusters_dseg.nii.gz"
#define SW_FMRI_PEAKS "contrast-group_clusters.tsv"

// Each hands one artifact or text to the host as output k of run 0. Maps are float32 with NaN
// outside of the voxels tested (the clusters: 0).
bool sw_fmri_give_logbf(const sw_fmri_answering *a, const sw_host *host, size_t k,
                        sw_fmri_fault *fault);
bool sw_fmri_give_t(const sw_fmri_answering *a, const sw_host *host, size_t k,
                    sw_fmri_fault *fault);
bool sw_fmri_give_effect(const sw_fmri_answering *a, const sw_host *host, size_t k,
                         sw_fmri_fault *fault);
bool sw_fmri_give_clusters(const sw_fmri_answering *a, const sw_host *host, size_t k,
                           sw_fmri_fault *fault);
bool sw_fmri_give_peaks(const sw_fmri_answering *a, const sw_host *host, size_t k,
                        sw_fmri_fault *fault);
bool sw_fmri_give_sidecar(const sw_fmri_answering *a, const sw_host *host, size_t k,
                          sw_fmri_fault *fault);
bool sw_fmri_give_provenance(const sw_fmri_answering *a, const sw_host *host, size_t k,
                             sw_fmri_fault *fault);

#endif
