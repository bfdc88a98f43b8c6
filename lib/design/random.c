// SPDX-License-Identifier: Apache-2.0
// Designs over a counter-based generator: `random`, and `lhs`, whose permutations are keyed
// bijections evaluated at one point, so that no shuffle is ever held.
#include "lib/design/parts.h"

typedef struct options {
    int64_t n;
    bool centred;
} options;

static const sw_field random_fields[] = {
    SW_DESIGN_N(options, "number of points"),
    SW_DESIGN_END,
};

static uint64_t
random_plan(sw_design *d, sw_faults *faults)
{
    if (!sw_design_needs_varied(d->study, "random", faults))
        return 0;
    return (uint64_t)((const options *)d->options)->n;
}

static void
random_places(const sw_design *d, const sw_range *range)
{
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++)
            u[i] = sw_unit_open(sw_philox(d->study->seed, SW_STREAM_DESIGN, range->first + i, v));
    }
}

const sw_design_ops sw_design_random = {
    .name = "random",
    .joint = true,
    .doc = "independent random points",
    .fields = random_fields,
    .options_size = sizeof(options),
    .plan = random_plan,
    .places = random_places,
};

// ---- Latin hypercube ----

static const sw_field lhs_fields[] = {
    SW_DESIGN_N(options, "number of points, and of strata of each parameter"),
    {"centred", SW_FIELD_BOOLEAN, offsetof(options, centred), false, 0, 0, NULL,
     "points in the middle of their strata instead of anywhere within"},
    SW_DESIGN_END,
};

static uint64_t
lhs_plan(sw_design *d, sw_faults *faults)
{
    if (!sw_design_needs_varied(d->study, "lhs", faults))
        return 0;
    return (uint64_t)((const options *)d->options)->n;
}

static void
lhs_places(const sw_design *d, const sw_range *range)
{
    const options *o = d->options;
    uint64_t seed = d->study->seed, n = (uint64_t)o->n;
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++) {
            uint64_t point = range->first + i;
            double within =
                o->centred ? 0.5 : sw_unit_open(sw_philox(seed, SW_STREAM_DESIGN, point, v));
            u[i] = sw_cell_place(sw_permute(seed, v, n, point), n, within);
        }
    }
}

const sw_design_ops sw_design_lhs = {
    .name = "lhs",
    .joint = true,
    .doc = "Latin hypercube: one point in each of n strata of every parameter",
    .fields = lhs_fields,
    .options_size = sizeof(options),
    .plan = lhs_plan,
    .places = lhs_places,
};
