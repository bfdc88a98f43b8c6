// SPDX-License-Identifier: Apache-2.0
// Which designs suit which kinds of methods, by what their points are.
#include "lib/analysis/method.h"

// Designs that are not here have points that follow the parameters' distributions, of which the
// first half is half a sample.
static const struct {
    const char *design;
    bool no_sample, no_prefixes;
    bool no_draws; // where one input is told, the others are not free
} unlike[] = {
    {"oat", true, true, true},
    {"factorial", true, true, true},
    {"fractional_factorial", true, true, true},
    {"plackett_burman", true, true, true},
    {"central_composite", true, true, true},
    {"box_behnken", true, true, true},
    {"morris", true, false, true},
    {"efast", false, true, true},
    {"grid", false, true, true},
    {"saltelli", false, false, true},
    {"radial", false, false, true},
    {"dgsm", false, false, true},
    {"sobol", false, false, true},
    {"halton", false, false, true},
    {"lattice", false, false, true},
};

bool
sw_frame_is_sample(const sw_frame *frame, const char *method, sw_faults *faults)
{
    for (size_t i = 0; i < sw_countof(unlike); i++) {
        if (!unlike[i].no_sample || strcmp(unlike[i].design, frame->design) != 0)
            continue;
        sw_fault_add(faults, "/method",
                     "\"%s\" needs points that follow the parameters' distributions, as those of "
                     "the designs random, lhs, sobol and halton; \"%s\" has chosen levels",
                     method, frame->design);
        return false;
    }
    return true;
}

bool
sw_frame_is_drawn(const sw_frame *frame, const char *method, sw_faults *faults)
{
    for (size_t i = 0; i < sw_countof(unlike); i++) {
        if (!unlike[i].no_draws || strcmp(unlike[i].design, frame->design) != 0)
            continue;
        sw_fault_add(
            faults, "/method",
            "\"%s\" needs points that are drawn one by one, as those of the designs random and "
            "lhs; in \"%s\" neighbours in one input differ in the others by plan",
            method, frame->design);
        return false;
    }
    return true;
}

bool
sw_frame_has_prefixes(const sw_frame *frame, const char *method, sw_faults *faults)
{
    for (size_t i = 0; i < sw_countof(unlike); i++) {
        if (!unlike[i].no_prefixes || strcmp(unlike[i].design, frame->design) != 0)
            continue;
        sw_fault_add(faults, "/method",
                     "\"%s\" looks at the first half of the points, a quarter of them, and so on; "
                     "of the design \"%s\" that is no design",
                     method, frame->design);
        return false;
    }
    return true;
}
