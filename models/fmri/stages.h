// SPDX-License-Identifier: Apache-2.0
// The pipeline of a group analysis: load (or simulate), smooth, mask, t, bayes-factor, threshold,
// cluster. Each stage is a function of its own parameters and of the stage before; what it made is
// kept by the record of both.
#ifndef SW_FMRI_STAGES_H
#define SW_FMRI_STAGES_H

#include "models/fmri/cache.h"
#include "models/fmri/image/clusters.h"
#include "models/fmri/question.h"

// The voxels that are tested, and the images over them.
typedef struct sw_fmri_masked {
    size_t n;
    const uint32_t *from;        // their numbers in the data's mask; NULL: all of them
    const uint32_t *voxel;       // their indices in the grid
    const float *first, *second; // as in sw_fmri_data, n values a subject
    const sw_fmri_lattice *lattice;
} sw_fmri_masked;

// t of every voxel that is tested; NaN where it could not be.
typedef struct sw_fmri_tmap {
    size_t n;
    double *t;
    uint16_t *count; // subjects of each voxel where they differ, else NULL
    size_t n1, n2;   // subjects; n2 of the group that is subtracted, 0 for one sample
    size_t columns;  // nuisance columns of a regression
    bool regression;
    size_t tested; // voxels with a t
    // Of a meta analysis, else NULL: each study's size, and its map, n values each. t is then the
    // studies' sum weighted by the roots of their sizes, for orientation.
    sw_fmri_size *sizes;
    float *studies;
    bool random;
} sw_fmri_tmap;

typedef struct sw_fmri_bmap {
    double *logbf; // natural logarithm; NaN where t is
    double scale;  // after the rule
} sw_fmri_bmap;

typedef struct sw_fmri_decision {
    uint8_t *active;
    size_t n_active;
    double t;    // max-t: its threshold; else NaN
    double size; // cluster extent: the size a cluster must exceed; else NaN
} sw_fmri_decision;

// What one run found. All pointers belong to the pipeline, valid until its next run.
typedef struct sw_fmri_result {
    const sw_fmri_data *data;
    sw_fmri_masked masked;
    const sw_fmri_tmap *t;
    const sw_fmri_bmap *b;
    const sw_fmri_decision *decision;
    const sw_fmri_clusters *clusters; // of at least min-cluster voxels: what is active in the end
    const char *record;               // the stages as JSON objects, separated by commas
} sw_fmri_result;

typedef struct sw_fmri_pipeline sw_fmri_pipeline;

// For a folder's data, which must outlive it (folder and data NULL: simulated groups, or studies
// where the question has some). `kept`: bytes of stages that may be kept between runs.
sw_fmri_pipeline *sw_fmri_pipeline_new(const sw_fmri_folder *folder, const sw_fmri_data *data,
                                       size_t kept);
void sw_fmri_pipeline_free(sw_fmri_pipeline **pipeline);

// Runs all stages up to the last one that is needed. False and a sentence where the question does
// not fit the data.
bool sw_fmri_pipeline_run(sw_fmri_pipeline *pipeline, const sw_fmri_question *q,
                          sw_fmri_result *result, sw_fmri_fault *fault);

// Stages computed so far, not found: for tests.
uint64_t sw_fmri_pipeline_computed(const sw_fmri_pipeline *pipeline);

// The test of a voxel with this number of subjects (count: 0 for the map's own).
sw_fmri_test sw_fmri_test_of(const sw_fmri_tmap *map, size_t count, double scale,
                             sw_fmri_side side);

// Applies a function of (test, t) to all voxels of a map by way of tables, voxels with the same
// number of subjects together. NaN where t is NaN.
typedef double (*sw_fmri_of_t)(const sw_fmri_test *test, const void *context, double t);
void sw_fmri_map_of_t(const sw_fmri_tmap *map, double scale, sw_fmri_side side, sw_fmri_of_t f,
                      const void *context, double *out);

// p-values of a map on the side of the test.
void sw_fmri_map_p(const sw_fmri_tmap *map, sw_fmri_side side, double *p);

#endif
