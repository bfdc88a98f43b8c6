// SPDX-License-Identifier: Apache-2.0
// What the files of the designs share. Private to lib/design.
#ifndef SWEEPD_DESIGN_PARTS_H
#define SWEEPD_DESIGN_PARTS_H

#include "lib/base/memory.h"
#include "lib/base/philox.h"
#include "lib/design/design.h"

#include <math.h>

extern const sw_design_ops sw_design_list, sw_design_grid, sw_design_random, sw_design_lhs,
    sw_design_sobol, sw_design_saltelli, sw_design_radial, sw_design_dgsm, sw_design_halton,
    sw_design_morris, sw_design_oat, sw_design_efast, sw_design_rbd_fast, sw_design_factorial,
    sw_design_fractional_factorial, sw_design_plackett_burman, sw_design_central_composite,
    sw_design_box_behnken, sw_design_lattice, sw_design_lhs_maximin, sw_design_lhs_correlated,
    sw_design_given;

#define SW_DESIGN_END                                                                              \
    {                                                                                              \
        NULL, 0, 0, false, 0, 0, NULL, NULL                                                        \
    }

// The row "n" of an options table; the largest number that every JSON reader keeps whole.
#define SW_DESIGN_N_MAX 9007199254740991.0
#define SW_DESIGN_N(type, doc)                                                                     \
    {                                                                                              \
        "n", SW_FIELD_INTEGER, offsetof(type, n), true, 1, SW_DESIGN_N_MAX, NULL, doc              \
    }

// a * b, or UINT64_MAX if that is more.
static inline uint64_t
sw_times(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

// What a design moves as one: groups where the study has them, otherwise varied parameters.
static inline size_t
sw_design_units(const sw_study *study)
{
    return study->n_groups ? study->n_groups : study->n_varied;
}

static inline size_t
sw_design_unit(const sw_study *study, size_t v)
{
    return study->group ? study->group[v] : v;
}

// A fault unless something is varied.
bool sw_design_needs_varied(const sw_study *study, const char *method, sw_faults *faults);

// A fault for each varied parameter that has no finite value at the place 0 (or 1, if both), and
// the reason why the design would visit it.
void sw_design_refuse_unbounded(const sw_study *study, bool both, const char *why,
                                sw_faults *faults);

// The place of cell k of n, at `within` in (0, 1) of its width; always in (0, 1).
static inline double
sw_cell_place(uint64_t k, uint64_t n, double within)
{
    double u = ((double)k + within) / (double)n;
    return u < 1 ? u : 1 - 0x1p-53;
}

#endif
