// SPDX-License-Identifier: Apache-2.0
// Designs over a counter-based generator: `random`, and `lhs`, whose permutations are keyed
// bijections evaluated at one point, so that no shuffle is ever held.
#include "lib/design/parts.h"

typedef struct options {
    int64_t n, base;
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
    .grows = "n",
    .joint = true,
    .doc = "independent random points",
    .fields = random_fields,
    .options_size = sizeof(options),
    .plan = random_plan,
    .places = random_places,
};

// ---- Latin hypercube ----
//
// A hypercube of `base` points doubles in place: the 2N strata of the doubled one halve the N of
// the old one, whose points each lie in one half; the new points take the other halves, in a new
// order. Where an old point lies follows from the inverse permutations, so that still nothing is
// held.

static const sw_field lhs_fields[] = {
    SW_DESIGN_N(options, "number of points, and of strata of each parameter"),
    {"base", SW_FIELD_INTEGER, offsetof(options, base), false, 1, SW_DESIGN_N_MAX, NULL,
     "points that the hypercube began with: n is base times a power of two"},
    {"centred", SW_FIELD_BOOLEAN, offsetof(options, centred), false, 0, 0, NULL,
     "points in the middle of their strata instead of anywhere within"},
    SW_DESIGN_END,
};

static uint64_t
base_of(const options *o)
{
    return (uint64_t)(o->base ? o->base : o->n);
}

static uint64_t
lhs_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    if (!sw_design_needs_varied(d->study, "lhs", faults))
        return 0;
    uint64_t n = base_of(o);
    while (n < (uint64_t)o->n)
        n *= 2;
    if (n != (uint64_t)o->n) {
        sw_fault_add(faults, "/design/n",
                     "must be %llu (what the hypercube began with) times a power of two, not %lld",
                     (unsigned long long)base_of(o), (long long)o->n);
        return 0;
    }
    if (o->centred && base_of(o) != n) {
        sw_fault_add(faults, "/design/centred",
                     "a doubled hypercube has no points in the middle of its strata");
        return 0;
    }
    return n;
}

// One parameter of a hypercube.
typedef struct axis {
    uint64_t seed, v, base;
    bool centred;
} axis;

// Permutations of the doublings are keyed apart from each other.
static uint64_t
key_of(const axis *a, uint64_t n)
{
    return a->v | (n == a->base ? 0 : (uint64_t)(64 - __builtin_clzll(n / a->base)) << 40);
}

static double
within_of(const axis *a, uint64_t point)
{
    return a->centred ? 0.5 : sw_unit_open(sw_philox(a->seed, SW_STREAM_DESIGN, point, a->v));
}

// The place of the point that lies in stratum k of the n strata of the hypercube of n points.
static double
occupant(const axis *a, uint64_t k, uint64_t n)
{
    uint64_t point = 0;
    if (n == a->base) {
        point = sw_unpermute(a->seed, key_of(a, n), n, k);
    } else {
        double older = occupant(a, k / 2, n / 2);
        if ((uint64_t)(older * (double)n) == k)
            return older;
        point = n / 2 + sw_unpermute(a->seed, key_of(a, n), n / 2, k / 2);
    }
    return sw_cell_place(k, n, within_of(a, point));
}

static double
lhs_place(const axis *a, uint64_t point)
{
    if (point < a->base)
        return sw_cell_place(sw_permute(a->seed, key_of(a, a->base), a->base, point), a->base,
                             within_of(a, point));
    uint64_t old = a->base;
    while (point >= 2 * old)
        old *= 2;
    uint64_t stratum = sw_permute(a->seed, key_of(a, 2 * old), old, point - old);
    uint64_t taken = (uint64_t)(occupant(a, stratum, old) * (double)(2 * old));
    return sw_cell_place(taken ^ 1, 2 * old, within_of(a, point));
}

static void
lhs_places(const sw_design *d, const sw_range *range)
{
    const options *o = d->options;
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        const axis a = {d->study->seed, v, base_of(o), o->centred};
        for (size_t i = 0; i < range->n; i++)
            u[i] = lhs_place(&a, range->first + i);
    }
}

static json_t *
lhs_resolved(const sw_design *d)
{
    const options *o = d->options;
    return json_pack("{sI sI sb}", "n", (json_int_t)o->n, "base", (json_int_t)base_of(o), "centred",
                     o->centred);
}

const sw_design_ops sw_design_lhs = {
    .name = "lhs",
    .grows = "n",
    .joint = true,
    .doc = "Latin hypercube: one point in each of n strata of every parameter",
    .fields = lhs_fields,
    .options_size = sizeof(options),
    .plan = lhs_plan,
    .places = lhs_places,
    .resolved = lhs_resolved,
};
