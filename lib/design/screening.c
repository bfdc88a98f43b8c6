// SPDX-License-Identifier: Apache-2.0
// Designs that move one parameter at a time: `morris` (trajectories on a grid of levels, Morris
// 1991; chosen to spread over it, Campolongo et al. 2007) and `oat` (each range swept while the
// others stay at their medians).
#include "lib/design/parts.h"
#include "lib/design/trajectories.h"

typedef struct options {
    int64_t n, levels, steps, candidates;
    json_t *trajectories;
} options;

static const sw_field morris_fields[] = {
    SW_DESIGN_N(options, "number of trajectories, each of as many points as parameters plus one"),
    {"levels", SW_FIELD_INTEGER, offsetof(options, levels), false, 2, 1000, NULL,
     "levels of the grid, an even number"},
    {"candidates", SW_FIELD_INTEGER, offsetof(options, candidates), false, 0,
     SW_TRAJECTORY_CANDIDATES, NULL,
     "trajectories of which the n that are farthest apart are taken; 0: no choice"},
    {"trajectories", SW_FIELD_ARRAY, offsetof(options, trajectories), false, 0, INFINITY, NULL,
     "the choice itself: numbers of candidates"},
    SW_DESIGN_END,
};

static void
morris_defaults(void *to)
{
    ((options *)to)->levels = 4;
}

// Where parameter v stands in one trajectory before and after its own step: two levels that lie
// Delta = levels / (2 (levels - 1)) apart.
static void
ends_of_step(const sw_design *d, uint64_t trajectory, size_t v, double *before, double *after)
{
    uint64_t half = (uint64_t)((const options *)d->options)->levels / 2;
    uint64_t bits = sw_philox(d->study->seed, SW_STREAM_DESIGN, trajectory, v);
    uint64_t level = (bits >> 32) * half >> 32;
    double low = (double)level / (double)(2 * half - 1);
    double high = (double)(level + half) / (double)(2 * half - 1);
    *before = bits & 1 ? low : high;
    *after = bits & 1 ? high : low;
}

// The levels of one trajectory, row by row.
static void
write_levels(const sw_design *d, uint64_t trajectory, int *levels)
{
    size_t k = d->study->n_varied, units = sw_design_units(d->study);
    double steps = (double)(((const options *)d->options)->levels - 1), ends[2];
    for (size_t v = 0; v < k; v++) {
        uint64_t turn = sw_permute(d->study->seed, trajectory, units, sw_design_unit(d->study, v));
        ends_of_step(d, trajectory, v, &ends[0], &ends[1]);
        for (size_t row = 0; row <= units; row++)
            levels[row * k + v] = (int)nearbyint(ends[row > turn] * steps);
    }
}

// The numbers of the chosen candidates, n of them; NULL and a fault.
static void *
choose(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    size_t k = d->study->n_varied, rows = sw_design_units(d->study) + 1;
    size_t m = (size_t)o->candidates, n = (size_t)o->n;
    if (o->candidates < o->n || (uint64_t)m * m * rows * rows * k > SW_TRAJECTORY_WORK) {
        sw_fault_add(faults, "/design/candidates",
                     "must be at least n = %lld, and so few that candidates^2 (D + 1)^2 D is at "
                     "most %llu",
                     (long long)o->n, (unsigned long long)SW_TRAJECTORY_WORK);
        return NULL;
    }
    uint32_t *chosen = sw_calloc(n, sizeof *chosen);
    size_t known = 0;
    if (!sw_trajectories_read(o->trajectories, m, n, chosen, &known, faults) || known == n)
        return chosen;
    sw_auto(free) int *levels = sw_calloc(m * rows * k, sizeof *levels);
    sw_auto(free) double *distance = sw_calloc(m * m, sizeof *distance);
    for (size_t t = 0; t < m; t++)
        write_levels(d, t, levels + t * rows * k);
    for (size_t a = 0; a < m; a++) {
        for (size_t b = 0; b < a; b++)
            distance[a * m + b] = distance[b * m + a] =
                sw_trajectory_distance(levels + a * rows * k, levels + b * rows * k, rows, k);
    }
    sw_trajectories_choose(distance, m, n, known, chosen);
    return chosen;
}

static uint64_t
morris_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    size_t before = faults->n + faults->dropped;
    if (!sw_design_needs_varied(d->study, "morris", faults))
        return 0;
    if (o->levels % 2 != 0)
        sw_fault_add(faults, "/design/levels", "must be even, not %lld", (long long)o->levels);
    sw_design_refuse_unbounded(d->study, true,
                               "the levels include the ends of each range; give min and "
                               "max",
                               faults);
    if (faults->n + faults->dropped == before && o->candidates)
        d->state = choose(d, faults);
    else if (o->trajectories)
        sw_fault_add(faults, "/design/trajectories",
                     "are numbers of candidates, and there are "
                     "none: give candidates");
    if (faults->n + faults->dropped > before)
        return 0;
    return sw_times((uint64_t)o->n, sw_design_units(d->study) + 1);
}

static void
morris_column(const sw_design *d, const sw_range *range, size_t v)
{
    size_t units = sw_design_units(d->study);
    uint64_t rows = units + 1, row = range->first % rows, t = range->first / rows;
    const uint32_t *chosen = d->state;
    double *u = sw_range_column(d, range, v), ends[2];
    for (size_t i = 0; i < range->n; t++, row = 0) {
        uint64_t trajectory = chosen ? chosen[t] : t;
        uint64_t turn = sw_permute(d->study->seed, trajectory, units, sw_design_unit(d->study, v));
        ends_of_step(d, trajectory, v, &ends[0], &ends[1]);
        for (; row < rows && i < range->n; row++)
            u[i++] = ends[row > turn];
    }
}

static void
morris_places(const sw_design *d, const sw_range *range)
{
    for (size_t v = 0; v < d->study->n_varied; v++)
        morris_column(d, range, v);
}

static json_t *
morris_resolved(const sw_design *d)
{
    const options *o = d->options;
    const uint32_t *chosen = d->state;
    json_t *design = json_pack("{sI sI sI}", "n", (json_int_t)o->n, "levels", (json_int_t)o->levels,
                               "candidates", (json_int_t)o->candidates);
    if (chosen)
        json_object_set_new(design, "trajectories", sw_trajectories_json(chosen, (size_t)o->n));
    return design;
}

const sw_design_ops sw_design_morris = {
    .name = "morris",
    .grows = "n",
    .doc = "trajectories that move one parameter at a time on a grid: for elementary effects",
    .fields = morris_fields,
    .options_size = sizeof(options),
    .defaults = morris_defaults,
    .plan = morris_plan,
    .places = morris_places,
    .free_state = free,
    .resolved = morris_resolved,
};

// ---- one at a time ----

static const sw_field oat_fields[] = {
    {"steps", SW_FIELD_INTEGER, offsetof(options, steps), false, 2, 1e9, NULL,
     "values taken of each range, ends included"},
    SW_DESIGN_END,
};

static void
oat_defaults(void *to)
{
    ((options *)to)->steps = 5;
}

// The first point of each parameter's sweep; the sweep of a list of values takes each once. Point 0
// is the base.
static uint64_t
oat_plan(sw_design *d, sw_faults *faults)
{
    const sw_study *s = d->study;
    if (!sw_design_needs_varied(s, "oat", faults))
        return 0;
    sw_design_refuse_unbounded(
        s, true, "the steps include the ends of each range; give min and max", faults);
    uint64_t *first = sw_calloc(s->n_varied + 1, sizeof *first);
    first[0] = 1;
    for (size_t v = 0; v < s->n_varied; v++) {
        const sw_study_parameter *p = &s->parameters[s->varied[v]];
        uint64_t steps = (uint64_t)((const options *)d->options)->steps;
        first[v + 1] = first[v] + (p->spread == SW_VALUES ? p->n_values : steps);
    }
    d->state = first;
    return first[s->n_varied];
}

static void
oat_places(const sw_design *d, const sw_range *range)
{
    const sw_study *s = d->study;
    for (size_t v = 0; v < s->n_varied; v++) {
        const uint64_t *first = (const uint64_t *)d->state + v;
        const sw_study_parameter *p = &s->parameters[s->varied[v]];
        double *u = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++) {
            uint64_t point = range->first + i, k = point - first[0];
            bool own = point >= first[0] && point < first[1];
            double place = p->spread == SW_VALUES ? sw_study_cell(p, own ? (size_t)k : 0)
                                                  : (double)k / (double)(first[1] - first[0] - 1);
            u[i] = own ? place : 0.5;
        }
    }
}

const sw_design_ops sw_design_oat = {
    .name = "oat",
    .doc = "each parameter through its range while the others stay at their medians",
    .fields = oat_fields,
    .options_size = sizeof(options),
    .defaults = oat_defaults,
    .plan = oat_plan,
    .places = oat_places,
    .free_state = free,
};
