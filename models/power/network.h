// SPDX-License-Identifier: Apache-2.0
// The bus admittance matrix of a case as a sparse matrix whose pattern never changes: opening a
// branch or faulting a bus only changes values, so orderings are found once.
#ifndef SW_POWER_NETWORK_H
#define SW_POWER_NETWORK_H

#include "models/power/complex.h"

#include "models/power/case.h"

// Compressed columns: the entries of column j are slots ap[j] to ap[j + 1] - 1, in rows ai[slot].
typedef struct sw_power_network {
    const sw_power_case *c;
    int n, *ap, *ai;
    int *diagonal;  // slot of (i, i)
    int (*slot)[4]; // of each branch: (f, f), (f, t), (t, f), (t, t)
} sw_power_network;

// The pattern of the case's matrix. The case must outlive it.
sw_power_network *sw_power_network_new(const sw_power_case *c);
void sw_power_network_free(sw_power_network **net);

// Number of entries of the pattern.
int sw_power_network_entries(const sw_power_network *net);

// The 2 x 2 block of a branch, in the order of slot (MATPOWER manual, eq. 3.2): pi model with the
// ideal transformer at the from side.
void sw_power_branch_block(const sw_power_branch *l, double complex block[4]);

// Values of the whole matrix: branches in service and bus shunts, without loads. An isolated bus
// gets 1 on its diagonal, so that the matrix can be factored.
void sw_power_network_fill(const sw_power_network *net, double complex *y);

#endif
