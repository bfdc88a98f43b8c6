// SPDX-License-Identifier: Apache-2.0
// Rank-1 lattice points: point i is {φ(i) z + Δ}, φ the bits of i mirrored at the point, z a
// generating vector good at every power of two up to 2^20, Δ a random shift (Hickernell, Hong,
// L'Ecuyer and Lemieux 2000; Cools, Kuo and Nuyens 2006). Fractions are whole numbers modulo 2^64,
// so that nothing is ever rounded.
#include "lib/design/parts.h"

#include "lib/design/lattice.inc"

typedef struct options {
    int64_t n;
    const char *scramble;
} options;

static const char *const scrambles[] = {"none", "shift", NULL};

static const sw_field fields[] = {
    {"n", SW_FIELD_INTEGER, offsetof(options, n), true, 1, 1 << LATTICE_BITS, NULL,
     "number of points, at best a power of two; at most 2^20"},
    {"scramble", SW_FIELD_STRING, offsetof(options, scramble), false, 0, 0, scrambles,
     "shift modulo 1 by the seed, or none"},
    SW_DESIGN_END,
};

static void
defaults(void *to)
{
    ((options *)to)->scramble = "shift";
}

static bool
is_shifted(const options *o)
{
    return strcmp(o->scramble, "shift") == 0;
}

static uint64_t
plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    size_t before = faults->n + faults->dropped, dimensions = d->study->n_varied;
    if (!sw_design_needs_varied(d->study, "lattice", faults))
        return 0;
    if (dimensions > LATTICE_DIMENSIONS)
        sw_fault_add(faults, "/design/method",
                     "lattice needs %zu dimensions, its vector has %d; sobol has more", dimensions,
                     LATTICE_DIMENSIONS);
    if (!is_shifted(o))
        sw_design_refuse_unbounded(d->study, false, "the first point of the lattice is the origin",
                                   faults);
    return faults->n + faults->dropped > before ? 0 : (uint64_t)o->n;
}

// φ(i) 2^64.
static uint64_t
mirrored(uint64_t i)
{
    i = __builtin_bswap64(i);
    i = (i >> 4 & 0x0F0F0F0F0F0F0F0F) | (i & 0x0F0F0F0F0F0F0F0F) << 4;
    i = (i >> 2 & 0x3333333333333333) | (i & 0x3333333333333333) << 2;
    return (i >> 1 & 0x5555555555555555) | (i & 0x5555555555555555) << 1;
}

static void
places(const sw_design *d, const sw_range *range)
{
    bool shifted = is_shifted(d->options);
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        uint64_t z = lattice_vector[v], by = sw_philox(d->study->seed, SW_STREAM_SCRAMBLE, v, 0);
        for (size_t i = 0; i < range->n; i++) {
            uint64_t plain = mirrored(range->first + i) * z;
            u[i] = shifted ? sw_unit_open(plain + by) : (double)(plain >> 12) * 0x1p-52;
        }
    }
}

const sw_design_ops sw_design_lattice = {
    .name = "lattice",
    .grows = "n",
    .joint = true,
    .doc = "rank-1 lattice points, randomly shifted: for smooth models",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = plan,
    .places = places,
};
