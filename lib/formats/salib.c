// SPDX-License-Identifier: Apache-2.0
// SALib problems. What a bound means depends on the law of its parameter; one table says it, for
// reading, and for pointing at the bound that a later check finds wrong.
#include "lib/formats/formats.h"

#include "lib/base/memory.h"
#include "lib/formats/parts.h"

#include <math.h>

enum { BOUNDS_MAX = 4, VARIABLES_MAX = 10000 };

// A law of SALib: its bounds in order, as members of our law.
typedef struct law {
    const char *salib, *ours;
    size_t n;
    const char *members[BOUNDS_MAX];
} law;

static const law laws[] = {
    {"unif", "uniform", 2, {"min", "max"}},
    {"logunif", "loguniform", 2, {"min", "max"}},
    {"triang", "triangular", 3, {"min", "max", "mode"}}, // the mode as a share of the range
    {"norm", "normal", 2, {"mean", "sd"}},
    {"truncnorm", "normal", 4, {"min", "max", "mean", "sd"}},
    {"lognorm", "lognormal", 2, {"mean_log", "sd_log"}}, // of the logarithm
};

typedef struct problem {
    int64_t num_vars;
    json_t *names, *bounds, *dists, *groups, *outputs;
    bool scaled;
} problem;

#define AT(member) offsetof(problem, member)

static const sw_field problem_fields[] = {
    {"num_vars", SW_FIELD_INTEGER, AT(num_vars), false, 1, VARIABLES_MAX, NULL,
     "how many parameters there are"},
    {"names", SW_FIELD_ARRAY, AT(names), true, 1, VARIABLES_MAX, NULL, "their names"},
    {"bounds", SW_FIELD_ARRAY, AT(bounds), true, 1, VARIABLES_MAX, NULL,
     "for each its bounds, or the parameters of its distribution"},
    {"dists", SW_FIELD_ARRAY, AT(dists), false, 0, VARIABLES_MAX, NULL,
     "for each its distribution; unif when unsaid"},
    {"groups", SW_FIELD_ARRAY, AT(groups), false, 0, VARIABLES_MAX, NULL,
     "for each the name of its group"},
    {"outputs", SW_FIELD_ARRAY, AT(outputs), false, 0, VARIABLES_MAX, NULL, "outputs to ask for"},
    {"sample_scaled", SW_FIELD_BOOLEAN, AT(scaled), false, 0, 0, NULL,
     "SALib's own note; not used"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

// ---- reading ----

static const law *
find_law(const char *name)
{
    for (size_t k = 0; k < sw_countof(laws); k++) {
        if (strcmp(laws[k].salib, name) == 0)
            return &laws[k];
    }
    return NULL;
}

// The law of parameter j; unif when the problem says none. NULL and a fault if there is no such.
static const law *
law_of(const problem *p, size_t j, sw_faults *faults)
{
    const json_t *given = json_array_get(p->dists, j);
    sw_auto(free) char *at = sw_json_pointer_at("/problem/dists", j);
    if (!given || json_is_null(given))
        return &laws[0];
    const char *name = json_string_value(given);
    const law *found = name ? find_law(name) : NULL;
    if (!found)
        sw_fault_add(faults, at,
                     "must be unif, logunif, triang, norm, truncnorm or lognorm, not %s%.60s",
                     name ? "" : sw_json_type_name(given), name ? name : "");
    return found;
}

// Reads the bounds of parameter j into b; how many there are, or 0 and a fault. Two bounds of a
// triangular law are its upper end and its peak, the lower end being 0 (as SALib has it).
static size_t
read_bounds(const problem *p, size_t j, const law *l, double b[BOUNDS_MAX], sw_faults *faults)
{
    const json_t *given = json_array_get(p->bounds, j);
    sw_auto(free) char *at = sw_json_pointer_at("/problem/bounds", j);
    size_t n = json_array_size(given);
    bool short_triangle = l->n == 3 && n == 2;
    if (!json_is_array(given) || (n != l->n && !short_triangle)) {
        sw_fault_add(faults, at, "must be an array of %zu numbers, which is what %s takes", l->n,
                     l->salib);
        return 0;
    }
    for (size_t k = 0; k < n; k++) {
        const json_t *v = json_array_get(given, k);
        sw_auto(free) char *here = sw_json_pointer_at(at, k);
        if (!json_is_number(v)) {
            sw_fault_add(faults, here, "must be a number, not %s", sw_json_type_name(v));
            return 0;
        }
        b[k + short_triangle] = json_number_value(v);
    }
    return l->n;
}

// A triangular law's third bound becomes the mode itself.
static bool
place_mode(size_t j, double b[BOUNDS_MAX], sw_faults *faults)
{
    sw_auto(free) char *bounds = sw_json_pointer_at("/problem/bounds", j);
    sw_auto(free) char *at = sw_json_pointer_at(bounds, 2);
    bool share = b[2] >= 0 && b[2] <= 1;
    if (!share)
        sw_fault_add(faults, at, "must be from 0 to 1: where the peak is, as a share of the range");
    b[2] = b[0] + b[2] * (b[1] - b[0]);
    return share;
}

static json_t *
parameter_of(const problem *p, size_t j, sw_faults *faults)
{
    double b[BOUNDS_MAX] = {0};
    const law *l = law_of(p, j, faults);
    if (!l || !read_bounds(p, j, l, b, faults) || (l->n == 3 && !place_mode(j, b, faults)))
        return NULL;
    json_t *parameter = json_pack("{ss}", "distribution", l->ours);
    for (size_t k = 0; k < l->n; k++)
        json_object_set_new(parameter, l->members[k], json_real(b[k]));
    return parameter;
}

static void
check_length(const json_t *array, size_t n, const char *at, sw_faults *faults)
{
    if (json_array_size(array) > 0 && json_array_size(array) != n)
        sw_fault_add(faults, at, "has %zu entries, and names has %zu", json_array_size(array), n);
}

static void
check_lengths(const problem *p, sw_faults *faults)
{
    size_t n = json_array_size(p->names);
    if (p->num_vars && (size_t)p->num_vars != n)
        sw_fault_add(faults, "/problem/num_vars", "is %lld, and names has %zu entries",
                     (long long)p->num_vars, n);
    check_length(p->bounds, n, "/problem/bounds", faults);
    check_length(p->dists, n, "/problem/dists", faults);
    check_length(p->groups, n, "/problem/groups", faults);
}

static void
add_parameters(const problem *p, json_t *parameters, sw_faults *faults)
{
    for (size_t j = 0; j < json_array_size(p->names); j++) {
        const char *name = json_string_value(json_array_get(p->names, j));
        sw_auto(free) char *at = sw_json_pointer_at("/problem/names", j);
        json_t *parameter = parameter_of(p, j, faults);
        if (!name)
            sw_fault_add(faults, at, "must be a text");
        else if (json_object_get(parameters, name))
            sw_fault_add(faults, at, "\"%.100s\" is named twice", name);
        if (name && parameter)
            json_object_set_new(parameters, name, parameter);
        else
            json_decref(parameter);
    }
}

// Groups of SALib are a name for each parameter, ours an array of parameters for each name. NULL
// where no group has more than one member: then there are none.
static json_t *
groups_of(const problem *p, sw_faults *faults)
{
    size_t n = json_array_size(p->groups);
    json_t *groups = json_object();
    for (size_t j = 0; j < n; j++) {
        const char *group = json_string_value(json_array_get(p->groups, j));
        sw_auto(free) char *at = sw_json_pointer_at("/problem/groups", j);
        if (!group) {
            sw_fault_add(faults, at, "must be a text: the name of the parameter's group");
            continue;
        }
        if (!json_object_get(groups, group))
            json_object_set_new(groups, group, json_array());
        json_array_append(json_object_get(groups, group), json_array_get(p->names, j));
    }
    if (json_object_size(groups) < n)
        return groups;
    json_decref(groups);
    return NULL;
}

static void
put(json_t *document, const char *key, json_t *value, sw_faults *faults)
{
    sw_auto(free) char *at = sw_json_pointer("", key);
    if (value && json_object_get(document, key))
        sw_fault_add(faults, at, "is given beside /problem/%s; only one of them can be meant", key);
    if (value)
        json_object_set_new(document, key, value);
}

json_t *
sw_salib_expand(json_t *document, sw_faults *faults)
{
    const json_t *given = json_object_get(document, "problem");
    if (!given)
        return json_incref(document);
    size_t before = faults->n + faults->dropped;
    problem p = {0};
    json_t *made = json_copy(document);
    json_object_del(made, "problem");
    if (!json_is_object(given))
        sw_fault_add(faults, "/problem", "must be an object, not %s", sw_json_type_name(given));
    else if (sw_json_read(given, "/problem", problem_fields, &p, faults)) {
        json_t *own = json_object_get(document, "parameters");
        json_t *parameters = json_is_object(own) ? json_copy(own) : json_object();
        check_lengths(&p, faults);
        add_parameters(&p, parameters, faults);
        json_object_set_new(made, "parameters", parameters);
        put(made, "groups", groups_of(&p, faults), faults);
        if (!json_object_get(document, "outputs") && json_array_size(p.outputs) > 0)
            json_object_set(made, "outputs", p.outputs);
    }
    if (faults->n + faults->dropped == before)
        return made;
    json_decref(made);
    return NULL;
}

// ---- pointing ----

static long
place_of(const json_t *names, const char *name)
{
    for (size_t j = 0; j < json_array_size(names); j++) {
        const char *other = json_string_value(json_array_get(names, j));
        if (other && strcmp(other, name) == 0)
            return (long)j;
    }
    return -1;
}

// One key of a pointer, unescaped, from `from` on; *end is what follows it.
static char *
key_at(const char *from, const char **end)
{
    size_t n = strcspn(from, "/");
    char *key = sw_strndup(from, n), *to = key;
    *end = from + n;
    for (const char *c = key; *c; c++) {
        bool escaped = *c == '~' && (c[1] == '0' || c[1] == '1');
        *to++ = escaped ? (*++c == '0' ? '~' : '/') : *c;
    }
    *to = 0;
    return key;
}

// The bound of parameter j that our member came from, or -1.
static long
bound_of(const json_t *given, size_t j, const char *member)
{
    const char *dist = json_string_value(json_array_get(json_object_get(given, "dists"), j));
    const law *l = find_law(dist ? dist : "unif");
    bool two = json_array_size(json_array_get(json_object_get(given, "bounds"), j)) == 2;
    for (size_t k = 0; l && k < l->n; k++) {
        if (strcmp(l->members[k], member) == 0)
            return (long)k - (l->n == 3 && two && k > 0);
    }
    return -1;
}

static char *
moved(const json_t *given, const char *pointer)
{
    static const char parameters[] = "/parameters/";
    const char *rest;
    if (strcmp(pointer, "/groups") == 0 || strncmp(pointer, "/groups/", 8) == 0)
        return json_object_get(given, "groups") ? sw_strdup("/problem/groups") : NULL;
    if (strncmp(pointer, parameters, sizeof parameters - 1) != 0)
        return NULL;
    sw_auto(free) char *name = key_at(pointer + sizeof parameters - 1, &rest);
    long j = place_of(json_object_get(given, "names"), name);
    if (j < 0)
        return NULL;
    if (!*rest)
        return sw_format("/problem/names/%ld", j);
    long k = bound_of(given, (size_t)j, rest + 1);
    return k < 0 ? sw_format("/problem/bounds/%ld", j) : sw_format("/problem/bounds/%ld/%ld", j, k);
}

void
sw_salib_point(const json_t *document, sw_faults *faults)
{
    const json_t *given = json_object_get(document, "problem");
    for (size_t i = 0; given && i < faults->n; i++) {
        char *to = moved(given, faults->v[i].pointer);
        if (!to)
            continue;
        free(faults->v[i].pointer);
        faults->v[i].pointer = to;
    }
}

// ---- a problem as a file ----

bool
sw_salib_read(const char *bytes, size_t n, const sw_import *how, sw_imported *made,
              sw_faults *faults)
{
    sw_auto(json) json_t *given = sw_json_parse(bytes, n, faults);
    if (!given)
        return false;
    sw_auto(json) json_t *document =
        sw_import_document(how, json_pack("{ss si}", "method", "saltelli", "n", 1024));
    json_object_set(document, "problem", given);
    json_t *expanded = sw_salib_expand(document, faults);
    if (!expanded)
        return false;
    made->documents = json_pack("[o]", expanded);
    made->warnings = json_array();
    return true;
}

bool
sw_salib_looks(const char *bytes, size_t n)
{
    sw_auto(json) json_t *json = json_loadb(bytes, n, 0, NULL);
    return json_object_get(json, "names") && json_object_get(json, "bounds");
}
