// SPDX-License-Identifier: Apache-2.0
// Distributions of parameters, each by its quantile function, behind one ops table. A study's
// parameter is drawn by putting a place u of the unit interval through it.
#ifndef SWEEPD_STUDY_DISTRIBUTION_H
#define SWEEPD_STUDY_DISTRIBUTION_H

#include "lib/base/json.h"

enum { SW_DISTRIBUTION_PARAMETERS = 4 };

typedef struct sw_distribution_ops sw_distribution_ops;

// A distribution with its parameters set. Only the empirical law owns memory, its sample.
typedef struct sw_distribution {
    const sw_distribution_ops *ops;
    double p[SW_DISTRIBUTION_PARAMETERS]; // meaning is the ops' own, see its fields
    double min, max;                      // support or truncation bounds, ±INFINITY when open
    bool truncated;            // the bounds cut a law that goes on beyond them: set by check
    double lower[2], upper[2]; // P(X < x) and P(X > x) at min and max: set by check
    const json_t *given; // empirical: the array as it stands in the document, while it is read
    double *sample;      // empirical: ascending
    size_t n_sample;
} sw_distribution;

struct sw_distribution_ops {
    const char *name;
    const char *doc;
    const sw_field *fields; // read into sw_distribution; min and max among them where they apply
    // Faults below pointer if the parameters make no distribution; derives what it needs. May be
    // NULL.
    void (*check)(sw_distribution *d, const char *pointer, sw_faults *faults);
    // The value at lower probability p, with q = 1 - p; both in [0, 1], the smaller one exact.
    // Infinite where the law has no finite end.
    double (*quantile)(const sw_distribution *d, double p, double q);
    // P(X < x), or P(X > x) if upper: what truncation needs. NULL where min and max are the
    // support itself, so that there is nothing to cut.
    double (*tail)(const sw_distribution *d, double x, bool upper);
    bool bounded; // min and max are low and high when unsaid
    double low, high;
};

// The distribution named so, or NULL.
const sw_distribution_ops *sw_distribution_find(const char *name);

// NULL-terminated: for listings and docs.
extern const sw_distribution_ops *const sw_distributions[];

// Reads the members of `object` that belong to the law `ops`, checks them and derives the rest.
// Members that are not the law's are left alone. True if no fault was added.
bool sw_distribution_read(const json_t *object, const char *pointer, const sw_distribution_ops *ops,
                          sw_distribution *d, sw_faults *faults);

void sw_distribution_fini(sw_distribution *d);

// Checks bounds, asks ops->check and derives the truncation. True if no fault was added.
bool sw_distribution_check(sw_distribution *d, const char *pointer, sw_faults *faults);

// The value at u in [0, 1], truncation included. Never outside min … max. At 0 and 1 it is the end
// of the support, which may be infinite.
double sw_quantile(const sw_distribution *d, double u);

// Replaces n places by their values: the same bits as sw_quantile one by one.
void sw_quantile_column(const sw_distribution *d, double *u, size_t n);

// True if the place 0 (or 1) has no finite value.
bool sw_distribution_unbounded(const sw_distribution *d);

#endif
