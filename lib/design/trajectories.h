// SPDX-License-Identifier: Apache-2.0
// Choosing, among many random trajectories, those that are farthest apart (F. Campolongo, J.
// Cariboni, A. Saltelli, Environ. Model. Softw. 22 (2007) 1509-1518). Private to lib/design.
#ifndef SWEEPD_DESIGN_TRAJECTORIES_H
#define SWEEPD_DESIGN_TRAJECTORIES_H

#include "lib/base/json.h"

#include <stdint.h>

enum { SW_TRAJECTORY_CANDIDATES = 2000 };
#define SW_TRAJECTORY_WORK UINT64_C(1000000000)

// The sum over all pairs of a point of one and a point of the other of their Euclidean distances,
// in steps between levels. a, b: levels [row * k + v]. Squares are whole numbers, so that every
// machine finds the same.
double sw_trajectory_distance(const int *a, const int *b, size_t rows, size_t k);

// Fills chosen[known … n-1] with numbers of candidates, n of m, so that the sum of the squared
// distances of all chosen pairs is large: one by one from every start (from fewer if n m^2 is above
// 2e8) (M. V. Ruano et al., Environ. Model. Softw. 37 (2012) 103-109), then by exchanges while one
// helps. With known > 0 only one by one, and chosen[0 … known-1] stay. distance: [a * m + b].
void sw_trajectories_choose(const double *distance, size_t m, size_t n, size_t known,
                            uint32_t *chosen);

// The numbers in a document (NULL: none): at most n different ones below m. False and faults.
bool sw_trajectories_read(const json_t *given, size_t m, size_t n, uint32_t *chosen, size_t *known,
                          sw_faults *faults);

json_t *sw_trajectories_json(const uint32_t *chosen, size_t n);

#endif
