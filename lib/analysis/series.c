// SPDX-License-Identifier: Apache-2.0
// The passes over a series: which points, how many at once, and what each is fed.
#include "lib/analysis/series.h"

#include "lib/analysis/merge.h"
#include "lib/analysis/method.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// What the columns of the points of one pass may take together.
#define BUDGET ((uint64_t)256 << 20)
// Indices of all points together: what an answer may hold.
enum { LEAVES_MAX = 1 << 21 };

struct sw_series {
    const sw_frame *frame;
    int64_t most;
    json_t *request;       // without series_points
    sw_analysis *checked;  // made of the request; never fed
    size_t n, length, *at; // the points
    size_t first, n_now;   // those of the present pass
    size_t at_once;
    sw_analysis **now; // [at_once]
    uint64_t n_short;  // done runs whose series ended early, of the first pass
    json_t *results;   // one a point, null where there is none
    char *why;         // the first fault of a point
    double *y;         // one point of a block
    size_t capacity;
};

static const sw_field fields[] = {
    {.name = "series_points",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(sw_series, most),
     .min = 2,
     .max = SW_SERIES_POINTS_MAX,
     .doc = "The most points of a series that are analysed."},
    {.name = NULL},
};

sw_series *
sw_series_new(const json_t *request, const char *pointer, const sw_frame *frame, sw_faults *faults)
{
    sw_series *s = sw_calloc(1, sizeof *s);
    s->frame = frame;
    s->most = SW_SERIES_POINTS;
    s->request = json_deep_copy(request);
    bool read = sw_json_read_some(request, pointer, fields, s, faults);
    json_object_del(s->request, fields[0].name);
    s->checked = sw_analysis_new(s->request, pointer, frame, faults);
    if (!s->checked || !read)
        sw_series_free(&s);
    return s;
}

bool
sw_series_needs_inputs(const sw_series *s)
{
    return sw_analysis_needs_inputs(s->checked);
}

json_t *
sw_series_resolved(const sw_series *s)
{
    json_t *resolved = sw_analysis_resolved(s->checked);
    json_object_set_new(resolved, fields[0].name, json_integer(s->most));
    return resolved;
}

// Bytes of one analysis, about: its column, and its copy of the inputs.
static uint64_t
bytes_each(const sw_series *s)
{
    uint64_t columns = 2 + (sw_series_needs_inputs(s) ? s->frame->n_parameters : 0);
    return columns * sizeof(double) * sw_frame_held(s->frame) * (s->frame->replicates > 1 ? 2 : 1);
}

static void
open_pass(sw_series *s)
{
    sw_faults none = {0};
    s->n_now = s->n - s->first < s->at_once ? s->n - s->first : s->at_once;
    for (size_t k = 0; k < s->n_now; k++) {
        s->now[k] = sw_analysis_new(s->request, "", s->frame, &none);
        assert(s->now[k]); // as it was of the same request before
    }
    sw_faults_fini(&none);
}

bool
sw_series_begin(sw_series *s, size_t length, sw_faults *faults)
{
    if (length == 0) {
        sw_fault_add(faults, "/output", "no run has a value of this series yet");
        return false;
    }
    s->length = length;
    s->n = length < (size_t)s->most ? length : (size_t)s->most;
    s->at = sw_calloc(s->n, sizeof *s->at);
    for (size_t k = 1; k < s->n; k++)
        s->at[k] = (size_t)((unsigned __int128)k * (length - 1) / (s->n - 1));
    uint64_t room = BUDGET / (bytes_each(s) + 1);
    s->at_once = room < 1 ? 1 : room < s->n ? (size_t)room : s->n;
    s->now = sw_calloc(s->at_once, sizeof(sw_analysis *));
    s->results = json_array();
    open_pass(s);
    return true;
}

static void
take_room(sw_series *s, size_t n)
{
    if (n <= s->capacity)
        return;
    s->capacity = n;
    s->y = sw_realloc(s->y, n * sizeof *s->y);
}

void
sw_series_feed(sw_series *s, const sw_series_rows *rows)
{
    take_room(s, rows->n);
    for (size_t i = 0; s->first == 0 && i < rows->n; i++)
        s->n_short += rows->state[i] == 0 && (size_t)rows->lengths[i] < s->length;
    for (size_t k = 0; k < s->n_now; k++) {
        size_t t = s->at[s->first + k];
        const double *values = rows->values;
        for (size_t i = 0; i < rows->n; values += rows->lengths[i++])
            s->y[i] = t < (size_t)rows->lengths[i] ? values[t] : NAN;
        sw_rows one = {
            .first = rows->first, .n = rows->n, .x = rows->x, .y = s->y, .state = rows->state};
        sw_analysis_feed(s->now[k], &one);
    }
}

static void
finish_one(sw_series *s, sw_analysis **analysis)
{
    sw_faults faults = {0};
    json_t *result = sw_analysis_finish(*analysis, &faults);
    if (!result && !s->why)
        s->why = sw_format("%s", faults.n ? faults.v[0].message : "no result");
    json_array_append_new(s->results, result ? result : json_null());
    sw_faults_fini(&faults);
    sw_analysis_free(analysis);
}

bool
sw_series_next(sw_series *s)
{
    for (size_t k = 0; k < s->n_now; k++)
        finish_one(s, &s->now[k]);
    s->first += s->n_now;
    s->n_now = 0;
    if (s->first < s->n)
        open_pass(s);
    return s->first < s->n;
}

static json_t *
places(const sw_series *s)
{
    json_t *at = json_array();
    for (size_t k = 0; k < s->n; k++)
        json_array_append_new(at, json_integer((json_int_t)s->at[k]));
    return at;
}

json_t *
sw_series_finish(sw_series *s, sw_faults *faults)
{
    size_t missing = 0;
    for (size_t k = 0; k < s->n; k++)
        missing += json_is_null(json_array_get(s->results, k));
    if (missing == s->n) {
        sw_fault_add(faults, "", "%s", s->why);
        return NULL;
    }
    if (sw_merge_leaves(s->results) > LEAVES_MAX) {
        sw_fault_add(faults, "/series_points", "the answer would hold more than %d numbers",
                     LEAVES_MAX);
        return NULL;
    }
    json_t *result = sw_merge(s->results);
    json_object_set_new(result, "length", json_integer((json_int_t)s->length));
    json_object_set_new(result, "at", places(s));
    json_t *warnings = json_object_get(result, "warnings");
    if (missing)
        json_array_append_new(warnings, json_sprintf("at %zu of the %zu points there is no result: "
                                                     "%s",
                                                     missing, s->n, s->why));
    if (s->n < s->length)
        json_array_append_new(warnings, json_sprintf("%zu of the %zu points of the series, at equal"
                                                     " distances",
                                                     s->n, s->length));
    if (s->n_short)
        json_array_append_new(warnings,
                              json_sprintf("%llu runs have a series shorter than %zu, and no "
                                           "value beyond its end",
                                           (unsigned long long)s->n_short, s->length));
    return result;
}

void
sw_series_free(sw_series **s)
{
    if (!*s)
        return;
    for (size_t k = 0; k < (*s)->n_now; k++)
        sw_analysis_free(&(*s)->now[k]);
    sw_analysis_free(&(*s)->checked);
    json_decref((*s)->request);
    json_decref((*s)->results);
    free((*s)->why);
    free((*s)->now);
    free((*s)->at);
    free((*s)->y);
    free(*s);
    *s = NULL;
}
