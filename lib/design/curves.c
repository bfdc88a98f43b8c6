// SPDX-License-Identifier: Apache-2.0
// Designs along space-filling curves x = 1/2 + asin(sin(w s + phase)) / pi: `efast` (Saltelli,
// Tarantola and Chan 1999) and `rbd_fast` (Tarantola, Gatelli and Mara 2006).
#include "lib/design/parts.h"

typedef struct options {
    int64_t n, harmonics, curves;
    double phase;
    bool random_phase;
} options;

static const sw_field efast_fields[] = {
    SW_DESIGN_N(options, "points of each curve; each parameter has its own"),
    {"harmonics", SW_FIELD_INTEGER, offsetof(options, harmonics), false, 1, 100, NULL,
     "harmonics that count as a parameter's own effect"},
    {"curves", SW_FIELD_INTEGER, offsetof(options, curves), false, 1, 10000, NULL,
     "curves of each parameter, with different phases: two or more give intervals"},
    {"random_phase", SW_FIELD_BOOLEAN, offsetof(options, random_phase), false, 0, 0, NULL,
     "phases by the seed; otherwise all are `phase`"},
    {"phase", SW_FIELD_NUMBER, offsetof(options, phase), false, -10, 10, NULL, "radians"},
    SW_DESIGN_END,
};

static void
efast_defaults(void *to)
{
    options *o = to;
    o->harmonics = 4;
    o->curves = 1;
    o->random_phase = true;
}

static uint64_t
efast_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    if (!sw_design_needs_varied(d->study, "efast", faults))
        return 0;
    if (o->n <= 4 * o->harmonics * o->harmonics) {
        sw_fault_add(faults, "/design/n", "must be more than 4 harmonics² = %lld, not %lld",
                     (long long)(4 * o->harmonics * o->harmonics), (long long)o->n);
        return 0;
    }
    return sw_times(sw_times((uint64_t)o->n, (uint64_t)o->curves), d->study->n_varied);
}

// The frequency of the v-th parameter on the curve of the k-th: its own is the largest; the others
// share the whole numbers up to 1/(2 harmonics) of it, spread evenly if there are enough.
static double
frequency(const options *o, size_t dimensions, size_t k, size_t v)
{
    int64_t own = (o->n - 1) / (2 * o->harmonics), most = own / (2 * o->harmonics);
    if (v == k)
        return (double)own;
    int64_t at = (int64_t)(v < k ? v : v - 1), others = (int64_t)dimensions - 1;
    if (most < others)
        return (double)(at % (most > 0 ? most : 1) + 1);
    return others == 1 ? 1 : (double)(1 + at * (most - 1) / (others - 1));
}

// The ends are kept off, where unbounded laws have no value.
static double
place_on_curve(double angle)
{
    double u = 0.5 + asin(sin(angle)) / M_PI;
    return fmin(fmax(u, 0x1p-53), 1 - 0x1p-53);
}

static double
efast_place(const sw_design *d, uint64_t point, size_t v)
{
    const options *o = d->options;
    uint64_t n = (uint64_t)o->n, curve = point / n, dimensions = d->study->n_varied;
    double phase = o->phase;
    if (o->random_phase)
        phase = 2 * M_PI * sw_unit_open(sw_philox(d->study->seed, SW_STREAM_DESIGN, curve, 0));
    double s = 2 * M_PI * (double)(point % n) / (double)n;
    return place_on_curve(frequency(o, dimensions, curve % dimensions, v) * s + phase);
}

static void
efast_places(const sw_design *d, const sw_range *range)
{
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++)
            u[i] = efast_place(d, range->first + i, v);
    }
}

const sw_design_ops sw_design_efast = {
    .name = "efast",
    .doc = "one search curve for each parameter: for the extended Fourier amplitude test",
    .fields = efast_fields,
    .options_size = sizeof(options),
    .defaults = efast_defaults,
    .plan = efast_plan,
    .places = efast_places,
};

// ---- random balance ----

static const sw_field rbd_fields[] = {
    SW_DESIGN_N(options, "number of points"),
    SW_DESIGN_END,
};

static uint64_t
rbd_plan(sw_design *d, sw_faults *faults)
{
    if (!sw_design_needs_varied(d->study, "rbd_fast", faults))
        return 0;
    return (uint64_t)((const options *)d->options)->n;
}

// Every parameter runs through the same curve of frequency 1, each in its own random order.
static void
rbd_places(const sw_design *d, const sw_range *range)
{
    uint64_t n = (uint64_t)((const options *)d->options)->n;
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++) {
            uint64_t k = sw_permute(d->study->seed, v, n, range->first + i);
            u[i] = place_on_curve(2 * M_PI * (sw_cell_place(k, n, 0.5) - 0.5));
        }
    }
}

const sw_design_ops sw_design_rbd_fast = {
    .name = "rbd_fast",
    .doc = "one curve for all parameters in random orders: for random balance designs",
    .fields = rbd_fields,
    .options_size = sizeof(options),
    .plan = rbd_plan,
    .places = rbd_places,
};
