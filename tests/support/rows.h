// SPDX-License-Identifier: Apache-2.0
// Two studies compared by every run that they have.
#ifndef SWEEPD_TESTS_ROWS_H
#define SWEEPD_TESTS_ROWS_H

#include "tests/support/service.h"

// A digest of point, replicate, seed, outcome and values of every run, in the order of replicates
// and points, so that it does not depend on how a study grew to what it is. The caller frees it.
char *rows_of(const service *s, int64_t id);

#endif
