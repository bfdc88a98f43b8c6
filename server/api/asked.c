// SPDX-License-Identifier: Apache-2.0
// Opening an analysis over the frame of a study.
#include "server/api/asked.h"

#include <math.h>

static const sw_output *
first_of_kind(const sw_study *study, sw_output_kind kind)
{
    for (size_t k = 0; k < study->n_outputs; k++) {
        if (study->outputs[k].kind == kind)
            return &study->outputs[k];
    }
    return NULL;
}

// Fills in and checks the output that is meant: the first number, or series if there is no number.
// NULL and a fault if it can not be analysed.
static const sw_output *
output_of(const sw_study *study, json_t *asked, const char *pointer, sw_faults *faults)
{
    sw_auto(free) char *at = sw_json_pointer(pointer, "output");
    if (!json_object_get(asked, "output")) {
        const sw_output *first = first_of_kind(study, SW_SCALAR);
        first = first ? first : first_of_kind(study, SW_SERIES);
        if (first)
            json_object_set_new(asked, "output", json_string(first->name));
    }
    const char *name = json_string_value(json_object_get(asked, "output"));
    for (size_t k = 0; name && k < study->n_outputs; k++) {
        if (strcmp(study->outputs[k].name, name) != 0)
            continue;
        if (study->outputs[k].kind == SW_SCALAR || study->outputs[k].kind == SW_SERIES)
            return &study->outputs[k];
        sw_fault_add(faults, at, "\"%.60s\" is neither a number nor a series", name);
        return NULL;
    }
    sw_fault_add(faults, at, "\"%.60s\" is not among the study's outputs", name ? name : "");
    return NULL;
}

typedef struct listed {
    double value, share;
} listed;

static int
by_value(const void *a, const void *b)
{
    double x = ((const listed *)a)->value, y = ((const listed *)b)->value;
    return (x > y) - (x < y);
}

// A document may name the values of a list in any order; a quantile function ascends.
static sw_asked_list
ascending(const sw_study_parameter *p)
{
    if (p->spread != SW_VALUES)
        return (sw_asked_list){0};
    size_t n = p->n_values;
    listed *all = sw_malloc(n * sizeof *all);
    for (size_t k = 0; k < n; k++) {
        double before = p->cumulative && k ? p->cumulative[k - 1] : 0;
        all[k] = (listed){p->values[k], p->cumulative ? p->cumulative[k] - before : 1 / (double)n};
    }
    qsort(all, n, sizeof *all, by_value);
    sw_asked_list list = {n, sw_malloc(n * sizeof(double)), sw_malloc(n * sizeof(double))};
    double reach = 0;
    for (size_t k = 0; k < n; k++) {
        list.value[k] = all[k].value;
        list.reach[k] = reach += all[k].share;
    }
    free(all);
    return list;
}

static double
quantile(const void *context, size_t j, double u)
{
    const sw_asked *a = context;
    const sw_asked_list *list = &a->lists[j];
    if (list->n == 0)
        return sw_study_value(&a->study->parameters[a->study->varied[j]], u);
    size_t low = 0, high = list->n - 1;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (u < list->reach[mid])
            high = mid;
        else
            low = mid + 1;
    }
    return list->value[low];
}

// The design's options, all of them said, as a study has them that is no more than the prefix.
static json_t *
options_of(const loaded *l, const json_t *design, const sw_prefix *prefix)
{
    json_t *options = json_copy((json_t *)design);
    json_t *n = json_object_get(options, "n");
    uint64_t points = sw_plan_points(l->plan);
    if (prefix && json_is_integer(n) && points > 0) {
        double share = (double)prefix->points / (double)points;
        json_object_set_new(options, "n", json_integer(llround(share * json_number_value(n))));
    }
    return options;
}

static bool
open_over(sw_asked *a, const loaded *l, const json_t *design, json_t *request, const char *pointer,
          const sw_prefix *prefix, uint64_t reach, sw_faults *faults)
{
    const sw_study *s = l->study;
    *a = (sw_asked){.output = output_of(s, request, pointer, faults),
                    .options = options_of(l, design, prefix),
                    .names = sw_calloc(s->n_varied, sizeof *a->names),
                    .is_text = sw_calloc(s->n_varied, sizeof *a->is_text),
                    .study = s,
                    .lists = sw_calloc(s->n_varied, sizeof *a->lists)};
    for (size_t v = 0; v < s->n_varied; v++) {
        const sw_parameter *declared = s->parameters[s->varied[v]].declared;
        a->names[v] = declared->name;
        a->is_text[v] = declared->kind == SW_TEXT;
        a->lists[v] = ascending(&s->parameters[s->varied[v]]);
    }
    a->frame = (sw_frame){.design = s->method,
                          .options = a->options,
                          .n_parameters = s->n_varied,
                          .names = a->names,
                          .is_text = a->is_text,
                          .points = prefix ? prefix->points : sw_plan_points(l->plan),
                          .replicates = prefix ? prefix->replicates : s->replicates,
                          .reach = reach,
                          .seed = s->seed,
                          .interleaved = s->interleaved,
                          .output = a->output ? a->output->name : NULL,
                          .n_groups = s->n_groups,
                          .group_names = (const char *const *)s->group_names,
                          .group = s->group,
                          .quantile = quantile,
                          .context = a};
    if (a->output && a->output->kind == SW_SERIES)
        a->series = sw_series_new(request, pointer, &a->frame, faults);
    else if (a->output)
        a->number = sw_analysis_new(request, pointer, &a->frame, faults);
    return a->number || a->series;
}

// A study that is stored says all options of its design.
bool
sw_asked_open(sw_asked *a, const loaded *l, json_t *request, const char *pointer,
              const sw_prefix *prefix, uint64_t reach, sw_faults *faults)
{
    return open_over(a, l, l->study->design, request, pointer, prefix, reach, faults);
}

void
sw_asked_close(sw_asked *a)
{
    sw_analysis_free(&a->number);
    sw_series_free(&a->series);
    json_decref(a->options);
    for (size_t v = 0; a->lists && v < a->study->n_varied; v++) {
        free(a->lists[v].value);
        free(a->lists[v].reach);
    }
    free(a->lists);
    free(a->names);
    free(a->is_text);
}

void
sw_asked_check(const loaded *l, const json_t *request, const char *pointer, sw_faults *faults)
{
    sw_auto(json) json_t *own = json_deep_copy(request);
    sw_auto(json) json_t *resolved = sw_plan_resolved(l->plan);
    sw_asked a;
    open_over(&a, l, json_object_get(resolved, "design"), own, pointer, NULL, 1, faults);
    sw_asked_close(&a);
}
