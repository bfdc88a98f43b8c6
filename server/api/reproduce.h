// SPDX-License-Identifier: Apache-2.0
// The command that makes one run again.
#ifndef SWEEPD_API_REPRODUCE_H
#define SWEEPD_API_REPRODUCE_H

#include "server/api/internal.h"

// "sweep run '{…}'" for row i of a table whose inputs and seeds are filled in: model and version,
// seed, inputs and outputs in full, so that it needs neither the study nor its design. The caller
// frees it.
char *sw_api_reproduce(const run_table *t, size_t i);

#endif
