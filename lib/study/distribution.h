// SPDX-License-Identifier: Apache-2.0
// Distributions of parameters, each by its quantile function, behind one ops table.
#ifndef SWEEPD_STUDY_DISTRIBUTION_H
#define SWEEPD_STUDY_DISTRIBUTION_H

#include "lib/base/json.h"

enum { SW_DISTRIBUTION_PARAMETERS = 6 };

typedef struct sw_distribution_ops sw_distribution_ops;

// A distribution with its parameters set; plain data, copied freely.
typedef struct sw_distribution {
    const sw_distribution_ops *ops;
    double p[SW_DISTRIBUTION_PARAMETERS]; // meaning is the ops' own, see its fields
    double min, max;                      // truncation bounds, ±INFINITY when open
    double below, share; // probability below min, and between min and max: set by check
} sw_distribution;

struct sw_distribution_ops {
    const char *name;
    const char *doc;
    const sw_field *fields; // read into sw_distribution; min and max among them where they apply
    // Faults below pointer if the parameters make no distribution. Fills what it derives.
    void (*check)(sw_distribution *d, const char *pointer, sw_faults *faults);
    double (*quantile)(const sw_distribution *d, double u); // u in (0, 1)
    bool unbounded;                                         // no finite value at u = 0 or u = 1
};

// The distribution named so, or NULL.
const sw_distribution_ops *sw_distribution_find(const char *name);

// NULL-terminated: for listings and docs.
extern const sw_distribution_ops *const sw_distributions[];

// Quantile at u in (0, 1), truncation included.
double sw_quantile(const sw_distribution *d, double u);

#endif
