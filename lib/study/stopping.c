// SPDX-License-Identifier: Apache-2.0
// The member "stop_when" of a study.
#include "lib/study/stopping.h"

#include "lib/base/memory.h"

#include <string.h>

typedef struct member {
    json_t *analysis;
    const char *raise;
    double max_half_width, half_width;
    int64_t most;
    bool relative;
} member;

#define AT(name) offsetof(member, name)
#define MOST 9007199254740991.0

// Fewer points or replicates than these say little of their own intervals.
enum { POINTS_LEAST = 16, REPLICATES_LEAST = 4 };

static const char *const raised[] = {"n", "replicates", NULL};
static const sw_field fields[] = {
    {"analysis", SW_FIELD_OBJECT, AT(analysis), false, 0, 0, NULL,
     "the analysis whose intervals must be narrow enough"},
    {"max_half_width", SW_FIELD_NUMBER, AT(max_half_width), false, 1e-12, 1e12, NULL,
     "how wide half an interval may be"},
    {"half_width", SW_FIELD_NUMBER, AT(half_width), false, 1e-12, 1e12, NULL,
     "another name of max_half_width"},
    {"relative", SW_FIELD_BOOLEAN, AT(relative), false, 0, 0, NULL,
     "the width is taken relative to the value"},
    {"raise", SW_FIELD_STRING, AT(raise), false, 0, 0, raised,
     "what is doubled: n of the design, or the replicates"},
    {"most", SW_FIELD_INTEGER, AT(most), false, 1, MOST, NULL,
     "what it may become; without it the study begins smaller and becomes at most what it says"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

// A new reference.
static json_t *
analysis_of(const member *m, const sw_stopping_of *of, bool replicates)
{
    if (m->analysis)
        return json_deep_copy(m->analysis);
    if (replicates)
        return json_pack("{ss sb}", "method", "summary", "per_point", 1);
    if (json_array_size(of->analyses) > 0)
        return json_deep_copy(json_array_get(of->analyses, 0));
    const char *own = sw_stopping_method(of->method);
    return json_pack("{ss}", "method", own ? own : "summary");
}

static int64_t
begin_of(int64_t most, int64_t least)
{
    while (most % 2 == 0 && most / 2 >= least)
        most /= 2;
    return most;
}

// What the study may become when "most" does not say it; 0 and a fault if nothing does.
static int64_t
most_of(const sw_stopping_of *of, bool replicates, sw_faults *faults)
{
    const json_t *n = json_object_get(of->design, "n");
    int64_t most = replicates ? (int64_t)*of->replicates : (int64_t)json_integer_value(n);
    if (replicates) {
        *of->replicates = (uint64_t)begin_of(most, REPLICATES_LEAST);
    } else if (json_is_integer(n) && most > 0) {
        json_object_set_new(of->design, "n", json_integer(begin_of(most, POINTS_LEAST)));
    } else {
        sw_fault_add(faults, "/stop_when/most", "is required: the design has no \"n\" to end at");
        return 0;
    }
    return most;
}

void
sw_stopping_read(sw_stopping *s, const json_t *json, const sw_stopping_of *of, sw_faults *faults)
{
    member m = {.raise = "n"};
    *s = (sw_stopping){0};
    if (!json || !sw_json_read(json, "/stop_when", fields, &m, faults))
        return;
    bool replicates = strcmp(m.raise, "replicates") == 0;
    if ((m.max_half_width > 0) == (m.half_width > 0))
        sw_fault_add(faults, "/stop_when/max_half_width",
                     m.half_width > 0 ? "is there twice: half_width is its other name"
                                      : "is required: how wide half an interval may be");
    if (m.analysis && !json_is_string(json_object_get(m.analysis, "method")))
        sw_fault_add(faults, "/stop_when/analysis", "needs a \"method\", the name of an analysis");
    *s = (sw_stopping){.analysis = analysis_of(&m, of, replicates),
                       .half_width = m.half_width > 0 ? m.half_width : m.max_half_width,
                       .relative = m.relative,
                       .replicates = replicates,
                       .most = m.most > 0 ? m.most : most_of(of, replicates, faults)};
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
    return json_pack("{sO sf sb ss sI}", "analysis", s->analysis, "max_half_width", s->half_width,
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
    for (size_t i = 0; design && i < sw_countof(own); i++) {
        if (strcmp(own[i][0], design) == 0)
            return own[i][1];
    }
    return NULL;
}
