// SPDX-License-Identifier: Apache-2.0
// How well voxels were found where it is known which are active.
#ifndef SW_FMRI_TRUTH_H
#define SW_FMRI_TRUTH_H

#include <stddef.h>
#include <stdint.h>

// Voxels by what is true and what was found; those that could not be tested were not found.
typedef struct sw_fmri_counts {
    double hits, misses, false_alarms, rejections;
} sw_fmri_counts;

sw_fmri_counts sw_fmri_count(size_t n, const uint8_t *truth, const int32_t *found);

// Dice's coefficient 2 |A and B| / (|A| + |B|); NaN if both are empty.
double sw_fmri_dice(sw_fmri_counts counts);

// The probability that an active voxel has a larger value than another, ties counting half: the
// area under the curve of sensitivity against false alarms. NaN values take no part; NaN if either
// kind is missing.
double sw_fmri_auc(size_t n, const uint8_t *truth, const double *value);

// The mean of (p - truth)^2, p = prior BF / (1 - prior + prior BF) of log BFs (Brier 1950).
double sw_fmri_brier(size_t n, const uint8_t *truth, const double *logbf, double prior);

#endif
