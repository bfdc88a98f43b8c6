// SPDX-License-Identifier: Apache-2.0
// The member "stop_when" of a study.
#include "lib/study/stopping.h"

#include "lib/base/memory.h"

#include <string.h>

typedef struct member {
    json_t *analysis;
    const char *raise;
    double half_width;
    int64_t most;
    bool relative;
} member;

#define AT(name) offsetof(member, name)
#define MOST 9007199254740991.0

static const char *const raised[] = {"n", "replicates", NULL};
static const sw_field fields[] = {
    {"analysis", SW_FIELD_OBJECT, AT(analysis), true, 0, 0, NULL,
     "the analysis whose intervals must be narrow enough"},
    {"half_width", SW_FIELD_NUMBER, AT(half_width), true, 1e-12, 1e12, NULL,
     "how wide half an interval may be"},
    {"relative", SW_FIELD_BOOLEAN, AT(relative), false, 0, 0, NULL,
     "the width is taken relative to the value"},
    {"raise", SW_FIELD_STRING, AT(raise), false, 0, 0, raised,
     "what is doubled: n of the design, or the replicates"},
    {"most", SW_FIELD_INTEGER, AT(most), true, 1, MOST, NULL, "what it may become"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

void
sw_stopping_read(sw_stopping *s, const json_t *json, sw_faults *faults)
{
    member m = {.raise = "n"};
    *s = (sw_stopping){0};
    if (!json || !sw_json_read(json, "/stop_when", fields, &m, faults))
        return;
    if (!json_is_string(json_object_get(m.analysis, "method")))
        sw_fault_add(faults, "/stop_when/analysis", "needs a \"method\", the name of an analysis");
    *s = (sw_stopping){.analysis = json_deep_copy(m.analysis),
                       .half_width = m.half_width,
                       .relative = m.relative,
                       .replicates = strcmp(m.raise, "replicates") == 0,
                       .most = m.most};
}

void
sw_stopping_fini(sw_stopping *s)
{
    json_decref(s->analysis);
    *s = (sw_stopping){0};
}

json_t *
sw_stopping_json(const sw_stopping *s)
{
    if (!s->analysis)
        return NULL;
    return json_pack("{sO sf sb ss sI}", "analysis", s->analysis, "half_width", s->half_width,
                     "relative", s->relative, "raise", raised[s->replicates], "most",
                     (json_int_t)s->most);
}

const char *
sw_stopping_method(const char *design)
{
    static const char *const own[][2] = {
        {"saltelli", "sobol"}, {"morris", "morris"},     {"efast", "efast"},
        {"dgsm", "dgsm"},      {"rbd_fast", "rbd_fast"},
    };
    for (size_t i = 0; i < sw_countof(own); i++) {
        if (strcmp(own[i][0], design) == 0)
            return own[i][1];
    }
    return NULL;
}
