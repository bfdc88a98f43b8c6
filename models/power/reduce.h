// SPDX-License-Identifier: Apache-2.0
// Kron reduction of a network to its machines (Anderson and Fouad, ch. 2; Sauer and Pai, ch. 7):
// all loads are admittances, each machine a source behind an admittance, and every bus is
// eliminated. What a fault or an opened line does to the network is a short list of changes.
#ifndef SW_POWER_REDUCE_H
#define SW_POWER_REDUCE_H

#include "models/power/network.h"

typedef enum sw_power_change_kind {
    SW_POWER_OPEN,   // branch `index` is opened at both ends, charging included
    SW_POWER_BLOCK,  // branch `index` gets the block y in place of its own
    SW_POWER_SHUNT,  // bus `index` gets the shunt y[0]
    SW_POWER_GROUND, // bus `index` is at zero volts
} sw_power_change_kind;

typedef struct sw_power_change {
    sw_power_change_kind kind;
    size_t index;
    double complex y[4];
} sw_power_change;

enum { SW_POWER_MAX_CHANGES = 8 };

typedef struct sw_power_topology {
    size_t n;
    sw_power_change change[SW_POWER_MAX_CHANGES];
} sw_power_topology;

// Makes the changes to the network's values y; grounded: one a bus, set for those at zero volts.
void sw_power_topology_apply(const sw_power_network *net, const sw_power_topology *topology,
                             double complex *y, bool *grounded);

// A machine as the network sees it: a source behind admittance y at a bus.
typedef struct sw_power_source {
    size_t bus;
    double complex y;
} sw_power_source;

typedef struct sw_power_reducer sw_power_reducer;

sw_power_reducer *sw_power_reducer_new(const sw_power_network *net);
void sw_power_reducer_free(sw_power_reducer **r);

// The n x n admittances between the sources' inner nodes, into out (row-major). load: one
// admittance a bus, added to its shunt. False if the matrix is singular.
bool sw_power_reduce(sw_power_reducer *r, const double complex *load, size_t n,
                     const sw_power_source *source, const sw_power_topology *topology,
                     double complex *out);

#endif
