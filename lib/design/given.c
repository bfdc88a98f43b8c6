// SPDX-License-Identifier: Apache-2.0
// Data that were imported: runs that nobody makes. The points are values that whoever loads the
// study fills in (sw_plan_given).
#include "lib/design/parts.h"

typedef struct options {
    int64_t n;
} options;

static const sw_field fields[] = {
    {"n", SW_FIELD_INTEGER, offsetof(options, n), true, 1, 1e9, NULL, "number of records"},
    SW_DESIGN_END,
};

static uint64_t
plan(sw_design *d, sw_faults *faults)
{
    if (!sw_design_needs_varied(d->study, "given", faults))
        return 0;
    d->state = sw_calloc(d->study->n_varied, sizeof(double *));
    return (uint64_t)((const options *)d->options)->n;
}

static void
places(const sw_design *d, const sw_range *range)
{
    double *const *columns = d->state;
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *x = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++)
            x[i] = columns[v] ? columns[v][range->first + i] : NAN;
    }
}

const sw_design_ops sw_design_given = {
    .name = "given",
    .doc = "data that were imported: nothing is run",
    .fields = fields,
    .options_size = sizeof(options),
    .plan = plan,
    .places = places,
    .values = true,
    .imported = true,
    .free_state = free,
};
