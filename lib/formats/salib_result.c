// SPDX-License-Identifier: Apache-2.0
// Results under SALib's keys. Most names are the same by design; a table says which of them SALib
// returns for each method, and what takes their place there.
#include "lib/formats/formats.h"

#include "lib/base/memory.h"

enum { KEYS_MAX = 7 };

static const struct {
    const char *method;
    const char *keys[KEYS_MAX];
} shapes[] = {
    {"sobol", {"S1", "S1_conf", "ST", "ST_conf", "S2", "S2_conf"}},
    {"morris", {"mu", "mu_star", "sigma", "mu_star_conf"}},
    {"efast", {"S1", "ST", "S1_conf", "ST_conf"}},
    {"rbd_fast", {"S1", "S1_conf"}},
    {"delta", {"delta", "delta_conf", "S1", "S1_conf"}},
    {"dgsm", {"vi", "vi_std", "dgsm", "dgsm_conf"}},
    {"pawn", {"minimum", "mean", "median", "maximum", "CV", "stdev"}},
    {"hdmr", {"Sa", "Sa_conf", "Sb", "Sb_conf", "S", "ST", "ST_conf"}},
};

json_t *
sw_salib_result(const json_t *result)
{
    const char *method = json_string_value(json_object_get(result, "method"));
    for (size_t m = 0; method && m < sw_countof(shapes); m++) {
        if (strcmp(shapes[m].method, method) != 0)
            continue;
        json_t *made = json_object();
        json_object_set(made, "names", json_object_get(result, "names"));
        for (size_t k = 0; k < KEYS_MAX && shapes[m].keys[k]; k++) {
            json_t *value = json_object_get(result, shapes[m].keys[k]);
            // SALib's own answer has no S2 either when there is no second order.
            if (value || strncmp(shapes[m].keys[k], "S2", 2) != 0)
                json_object_set_new(made, shapes[m].keys[k],
                                    value ? json_incref(value) : json_null());
        }
        return made;
    }
    return NULL;
}
