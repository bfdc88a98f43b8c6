// SPDX-License-Identifier: Apache-2.0
// Comparisons of the conditions of scan.h.
#ifndef SWEEPD_API_WHERE_H
#define SWEEPD_API_WHERE_H

#include <stddef.h>
#include <stdint.h>

// keep[i] becomes 0 where `values[i] op value` does not hold. op: index of a comparison, as
// sw_scan_where has read it.
void sw_where_apply(int op, double value, const double *values, size_t n, uint8_t *keep);

#endif
