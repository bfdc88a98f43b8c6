// SPDX-License-Identifier: Apache-2.0
// Run numbers are for ever: a study that is extended gets new runs behind the old ones. A segment
// is a range of points times a range of replicates, whose replicate varies slowest; the first is
// the study as submitted. Private to lib/design.
#ifndef SWEEPD_DESIGN_SEGMENTS_H
#define SWEEPD_DESIGN_SEGMENTS_H

#include "lib/study/study.h"

// At most so many times can a study be extended; each gives two segments or one.
enum { SW_SEGMENTS_MAX = 2 * SW_STAGES_MAX };

typedef struct sw_segment {
    uint64_t first_run, first_point, points, first_replicate, replicates;
} sw_segment;

typedef struct sw_segments {
    size_t n;
    sw_segment v[SW_SEGMENTS_MAX];
    // The points of a segment in a random order, so that what a paused study has is a sample.
    bool interleaved;
    uint64_t seed;
} sw_segments;

// From the stages of a study, or one segment without them; a fault if the last stage is not
// points times the study's replicates, or a number of runs overflows.
void sw_segments_make(sw_segments *s, const sw_study *study, uint64_t points, sw_faults *faults);

uint64_t sw_segments_runs(const sw_segments *s);

// Where run is: its point and replicate. Returns how many runs from it on, at most n, have
// consecutive points in the same replicate.
size_t sw_segments_locate(const sw_segments *s, uint64_t run, size_t n, uint64_t *point,
                          uint64_t *replicate);

#endif
