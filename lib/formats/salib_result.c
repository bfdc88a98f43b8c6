// SPDX-License-Identifier: Apache-2.0
// Results under SALib's keys. Most names are the same by design; a table says which of them SALib
// returns for each method, and what takes their place there.
#include "lib/formats/formats.h"

#include "lib/base/memory.h"

enum { KEYS_MAX = 6 };

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
};

// HDMR has terms, of one input and then of two, where others have parameters.
static const struct {
    const char *key, *single, *pairs; // pairs: the triangle that follows
} terms[] = {
    {"Sa", "S1a", "S2a"},
    {"Sb", "S1b", "S2b"},
    {"S", "S1", "S2"},
};

// The values of single inputs, then the upper triangle row by row.
static json_t *
terms_of(const json_t *single, const json_t *triangle)
{
    json_t *all = single ? json_copy((json_t *)single) : json_array();
    size_t d = json_array_size(triangle);
    for (size_t j = 0; j < d; j++) {
        for (size_t k = j + 1; k < d; k++)
            json_array_append(all, json_array_get(json_array_get(triangle, j), k));
    }
    return all;
}

static json_t *
names_of_terms(const json_t *names, bool pairs)
{
    json_t *all = json_copy((json_t *)names);
    size_t d = pairs ? json_array_size(names) : 0;
    for (size_t j = 0; j < d; j++) {
        for (size_t k = j + 1; k < d; k++) {
            sw_auto(free) char *name =
                sw_format("%s/%s", json_string_value(json_array_get(names, j)),
                          json_string_value(json_array_get(names, k)));
            json_array_append_new(all, json_string(name));
        }
    }
    return all;
}

static json_t *
hdmr(const json_t *result)
{
    json_t *made = json_object(), *names = json_object_get(result, "names");
    json_object_set(made, "names", names);
    json_object_set_new(made, "Term", names_of_terms(names, json_object_get(result, "S2") != NULL));
    for (size_t t = 0; t < sw_countof(terms); t++)
        json_object_set_new(made, terms[t].key,
                            terms_of(json_object_get(result, terms[t].single),
                                     json_object_get(result, terms[t].pairs)));
    json_object_set(made, "ST", json_object_get(result, "ST"));
    return made;
}

static json_t *
shaped(const json_t *result, const char *const *keys)
{
    json_t *made = json_object();
    json_object_set(made, "names", json_object_get(result, "names"));
    for (size_t k = 0; k < KEYS_MAX && keys[k]; k++) {
        json_t *value = json_object_get(result, keys[k]);
        // SALib's own answer has no S2 either when there is no second order.
        if (value || strncmp(keys[k], "S2", 2) != 0)
            json_object_set_new(made, keys[k], value ? json_incref(value) : json_null());
    }
    return made;
}

json_t *
sw_salib_result(const json_t *result)
{
    const char *method = json_string_value(json_object_get(result, "method"));
    if (!method || json_object_get(result, "indices")) // over a series
        return NULL;
    if (strcmp(method, "hdmr") == 0)
        return hdmr(result);
    for (size_t m = 0; m < sw_countof(shapes); m++) {
        if (strcmp(shapes[m].method, method) == 0)
            return shaped(result, shapes[m].keys);
    }
    return NULL;
}
