// SPDX-License-Identifier: Apache-2.0
// Halton points: in dimension v the digits of i in the v-th prime, mirrored at the point (Halton
// 1960); shifted modulo 1 by the seed unless told otherwise (Cranley and Patterson 1976).
#include "lib/design/parts.h"

enum { DIMENSIONS_MAX = 1000 };

typedef struct options {
    int64_t n, skip;
    const char *scramble;
} options;

static const char *const scrambles[] = {"none", "shift", NULL};

static const sw_field fields[] = {
    SW_DESIGN_N(options, "number of points"),
    {"skip", SW_FIELD_INTEGER, offsetof(options, skip), false, 0, 0x1p52, NULL,
     "points of the sequence left out at its start; 1 leaves out the origin"},
    {"scramble", SW_FIELD_STRING, offsetof(options, scramble), false, 0, 0, scrambles,
     "shift modulo 1 by the seed, or none"},
    SW_DESIGN_END,
};

static void
defaults(void *to)
{
    options *o = to;
    o->skip = 1;
    o->scramble = "shift";
}

static uint32_t
next_prime(uint32_t after)
{
    for (uint32_t p = after + 1;; p++) {
        uint32_t q = 2;
        while (q * q <= p && p % q != 0)
            q++;
        if (q * q > p)
            return p;
    }
}

static uint64_t
plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    size_t before = faults->n + faults->dropped, dimensions = d->study->n_varied;
    if (!sw_design_needs_varied(d->study, "halton", faults))
        return 0;
    if (dimensions > DIMENSIONS_MAX)
        sw_fault_add(faults, "/design/method", "halton needs %zu dimensions, there are %d",
                     dimensions, DIMENSIONS_MAX);
    if (strcmp(o->scramble, "none") == 0 && o->skip == 0)
        sw_design_refuse_unbounded(d->study, false, "the first point of the sequence is the origin",
                                   faults);
    if (faults->n + faults->dropped > before)
        return 0;
    uint32_t *primes = sw_calloc(dimensions, sizeof *primes);
    for (size_t v = 0; v < dimensions; v++)
        primes[v] = next_prime(v ? primes[v - 1] : 1);
    d->state = primes;
    return (uint64_t)o->n;
}

static double
mirrored(uint64_t i, uint32_t base)
{
    double u = 0, digit = 1;
    for (; i; i /= base) {
        digit /= base;
        u += digit * (double)(i % base);
    }
    return u;
}

static double
shifted(double u, double shift)
{
    double v = u + shift;
    v -= v >= 1;
    return fmin(fmax(v, 0x1p-53), 1 - 0x1p-53);
}

static void
places(const sw_design *d, const sw_range *range)
{
    const options *o = d->options;
    const uint32_t *primes = d->state;
    bool shift = strcmp(o->scramble, "shift") == 0;
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        double by = sw_unit_open(sw_philox(d->study->seed, SW_STREAM_SCRAMBLE, v, 0));
        for (size_t i = 0; i < range->n; i++) {
            double plain = mirrored(range->first + i + (uint64_t)o->skip, primes[v]);
            u[i] = shift ? shifted(plain, by) : plain;
        }
    }
}

const sw_design_ops sw_design_halton = {
    .name = "halton",
    .grows = "n",
    .joint = true,
    .doc = "Halton low-discrepancy points: any number of points, few parameters",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = plan,
    .places = places,
    .free_state = free,
};
