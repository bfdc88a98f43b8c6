// SPDX-License-Identifier: Apache-2.0
// Designs over Sobol' points: `sobol` itself, and `saltelli`, the radial design for variance-based
// indices in the row order of SALib: for each base point A, AB_1 … AB_D, [BA_1 … BA_D], B.
#include "lib/design/parts.h"
#include "lib/design/sobol_points.h"

typedef struct options {
    int64_t n, skip;
    bool second_order;
    const char *scramble;
    const char *base; // saltelli: what the base points are
    double step;
} options;

static const char *const scrambles[] = {"none", "shift", "owen", NULL};
static const char *const bases[] = {"sobol", "random", NULL};

static const sw_field sobol_fields[] = {
    SW_DESIGN_N(options, "number of points; powers of two are balanced"),
    {"skip", SW_FIELD_INTEGER, offsetof(options, skip), false, 0, SW_DESIGN_N_MAX, NULL,
     "points of the sequence left out at its start"},
    {"scramble", SW_FIELD_STRING, offsetof(options, scramble), false, 0, 0, scrambles,
     "digital shift by the seed, Owen's scrambling by the seed, or none"},
    SW_DESIGN_END,
};

static const sw_field saltelli_fields[] = {
    SW_DESIGN_N(options, "number of base points; powers of two are balanced"),
    {"second_order", SW_FIELD_BOOLEAN, offsetof(options, second_order), false, 0, 0, NULL,
     "also the points that second-order indices need"},
    {"base", SW_FIELD_STRING, offsetof(options, base), false, 0, 0, bases,
     "Sobol' points, or independent random ones: less exact, intervals of exact level"},
    {"skip", SW_FIELD_INTEGER, offsetof(options, skip), false, 0, SW_DESIGN_N_MAX, NULL,
     "points of the sequence left out at its start"},
    {"scramble", SW_FIELD_STRING, offsetof(options, scramble), false, 0, 0, scrambles,
     "digital shift by the seed, Owen's scrambling by the seed, or none"},
    SW_DESIGN_END,
};

static void
defaults(void *to)
{
    options *o = to;
    o->scramble = "shift";
    o->base = "sobol";
    o->second_order = true;
    o->step = 0.01;
}

// Makes the sequence of `dimensions`, after the checks that both designs share.
static bool
start(sw_design *d, const char *method, size_t dimensions, sw_faults *faults)
{
    const options *o = d->options;
    size_t before = faults->n + faults->dropped;
    sw_scramble scramble = SW_SCRAMBLE_NONE;
    while (scrambles[scramble] && strcmp(scrambles[scramble], o->scramble) != 0)
        scramble++;
    if (!sw_design_needs_varied(d->study, method, faults))
        return false;
    if (dimensions > SW_SOBOL_DIMENSIONS)
        sw_fault_add(faults, "/design/method", "%s needs %zu dimensions, there are %d", method,
                     dimensions, SW_SOBOL_DIMENSIONS);
    if ((double)o->n + (double)o->skip > 0x1p52)
        sw_fault_add(faults, "/design/n", "n + skip must be at most 2^52");
    if (scramble == SW_SCRAMBLE_NONE && o->skip == 0)
        sw_design_refuse_unbounded(d->study, false,
                                   "the first point of the unscrambled sequence is the origin; "
                                   "scramble it or skip a point",
                                   faults);
    if (faults->n + faults->dropped > before)
        return false;
    d->state = sw_sobol_new(dimensions, scramble, d->study->seed);
    return true;
}

static uint64_t
sobol_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    return start(d, "sobol", d->study->n_varied, faults) ? (uint64_t)o->n : 0;
}

static void
sobol_places(const sw_design *d, const sw_range *range)
{
    const sw_sobol *s = d->state;
    uint64_t first = range->first + (uint64_t)((const options *)d->options)->skip;
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        uint64_t digits = sw_sobol_digits(s, v, first);
        for (size_t i = 0; i < range->n; i++) {
            u[i] = sw_sobol_place(s, v, digits);
            digits = sw_sobol_step(s, v, first + i, digits);
        }
    }
}

const sw_design_ops sw_design_sobol = {
    .name = "sobol",
    .grows = "n",
    .joint = true,
    .doc = "Sobol' low-discrepancy points (Joe and Kuo's direction numbers)",
    .fields = sobol_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = sobol_plan,
    .places = sobol_places,
    .free_state = sw_sobol_free,
};

// ---- saltelli ----

static uint64_t
rows_per_base(const sw_design *d)
{
    uint64_t units = sw_design_units(d->study);
    return ((const options *)d->options)->second_order ? 2 * units + 2 : units + 2;
}

static uint64_t
saltelli_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    if (!start(d, "saltelli", 2 * d->study->n_varied, faults))
        return 0;
    return sw_times((uint64_t)o->n, rows_per_base(d));
}

// Whether a row of a base point takes unit v of D (parameters, or groups) from B: AB_k is row k +
// 1, BA_k is row k + 1 + D, B is the last row.
static bool
from_b(uint64_t row, uint64_t rows, size_t v, size_t units)
{
    if (row <= units)
        return row == v + 1;
    return row == rows - 1 || row != v + 1 + units;
}

static void
radial_column(const sw_design *d, const sw_range *range, size_t v, uint64_t rows)
{
    const sw_sobol *s = d->state;
    size_t dimensions = d->study->n_varied;
    size_t units = sw_design_units(d->study), unit = sw_design_unit(d->study, v);
    uint64_t row = range->first % rows;
    uint64_t base = range->first / rows + (uint64_t)((const options *)d->options)->skip;
    uint64_t a = sw_sobol_digits(s, v, base), b = sw_sobol_digits(s, v + dimensions, base);
    double *u = sw_range_column(d, range, v);
    for (size_t i = 0; i < range->n; i++) {
        u[i] = from_b(row, rows, unit, units) ? sw_sobol_place(s, v + dimensions, b)
                                              : sw_sobol_place(s, v, a);
        if (++row == rows) {
            a = sw_sobol_step(s, v, base, a);
            b = sw_sobol_step(s, v + dimensions, base, b);
            base++;
            row = 0;
        }
    }
}

// As radial_column, over independent points.
static void
random_column(const sw_design *d, const sw_range *range, size_t v, uint64_t rows)
{
    size_t dimensions = d->study->n_varied;
    size_t units = sw_design_units(d->study), unit = sw_design_unit(d->study, v);
    uint64_t skip = (uint64_t)((const options *)d->options)->skip;
    double *u = sw_range_column(d, range, v);
    for (size_t i = 0; i < range->n; i++) {
        uint64_t point = range->first + i, base = point / rows + skip;
        uint64_t dimension = from_b(point % rows, rows, unit, units) ? v + dimensions : v;
        u[i] = sw_unit_open(sw_philox(d->study->seed, SW_STREAM_DESIGN, base, dimension));
    }
}

static void
saltelli_places(const sw_design *d, const sw_range *range)
{
    bool random = strcmp(((const options *)d->options)->base, "random") == 0;
    for (size_t v = 0; v < d->study->n_varied; v++) {
        if (random)
            random_column(d, range, v, rows_per_base(d));
        else
            radial_column(d, range, v, rows_per_base(d));
    }
}

const sw_design_ops sw_design_saltelli = {
    .name = "saltelli",
    .grows = "n",
    .doc = "A, AB_j, optionally BA_j, and B over Sobol' points: for Sobol' indices",
    .fields = saltelli_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = saltelli_plan,
    .places = saltelli_places,
    .free_state = sw_sobol_free,
};

// ---- radial ----

static const sw_field radial_fields[] = {
    SW_DESIGN_N(options, "number of base points; powers of two are balanced"),
    {"skip", SW_FIELD_INTEGER, offsetof(options, skip), false, 0, SW_DESIGN_N_MAX, NULL,
     "points of the sequence left out at its start"},
    {"scramble", SW_FIELD_STRING, offsetof(options, scramble), false, 0, 0, scrambles,
     "digital shift by the seed, Owen's scrambling by the seed, or none"},
    SW_DESIGN_END,
};

static uint64_t
radial_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    if (!start(d, "radial", 2 * d->study->n_varied, faults))
        return 0;
    return sw_times((uint64_t)o->n, sw_design_units(d->study) + 1);
}

static void
radial_places(const sw_design *d, const sw_range *range)
{
    for (size_t v = 0; v < d->study->n_varied; v++)
        radial_column(d, range, v, sw_design_units(d->study) + 1);
}

const sw_design_ops sw_design_radial = {
    .name = "radial",
    .grows = "n",
    .doc = "A and AB_j over Sobol' points: for elementary effects and total indices",
    .fields = radial_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = radial_plan,
    .places = radial_places,
    .free_state = sw_sobol_free,
};

// ---- finite differences ----

static const sw_field dgsm_fields[] = {
    SW_DESIGN_N(options, "number of base points; powers of two are balanced"),
    {"step", SW_FIELD_NUMBER, offsetof(options, step), false, 1e-9, 0.5, NULL,
     "step of each difference, as a share of the unit interval"},
    {"skip", SW_FIELD_INTEGER, offsetof(options, skip), false, 0, SW_DESIGN_N_MAX, NULL,
     "points of the sequence left out at its start"},
    {"scramble", SW_FIELD_STRING, offsetof(options, scramble), false, 0, 0, scrambles,
     "digital shift by the seed, Owen's scrambling by the seed, or none"},
    SW_DESIGN_END,
};

static uint64_t
dgsm_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    if (!start(d, "dgsm", d->study->n_varied, faults))
        return 0;
    return sw_times((uint64_t)o->n, d->study->n_varied + 1);
}

// The step is absolute and turns back where it would leave the interval.
static void
dgsm_places(const sw_design *d, const sw_range *range)
{
    const sw_sobol *s = d->state;
    const options *o = d->options;
    uint64_t rows = d->study->n_varied + 1;
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++) {
            uint64_t point = range->first + i, base = point / rows + (uint64_t)o->skip;
            double place = sw_sobol_place(s, v, sw_sobol_digits(s, v, base));
            if (point % rows == v + 1)
                place += place + o->step < 1 ? o->step : -o->step;
            u[i] = place;
        }
    }
}

const sw_design_ops sw_design_dgsm = {
    .name = "dgsm",
    .grows = "n",
    .doc = "base points and one step in each parameter: for derivative-based measures",
    .fields = dgsm_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = dgsm_plan,
    .places = dgsm_places,
    .free_state = sw_sobol_free,
};
