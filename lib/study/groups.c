// SPDX-License-Identifier: Apache-2.0
// Reading groups: each varied parameter gets the number of its group.
#include "lib/study/groups.h"

#include "lib/base/memory.h"

// The place of a name among the varied parameters, or -1.
static long
varied_of(const sw_study *s, const char *name)
{
    for (size_t v = 0; v < s->n_varied; v++) {
        if (strcmp(s->parameters[s->varied[v]].declared->name, name) == 0)
            return (long)v;
    }
    return -1;
}

// Notes the members of one group in names[v].
static void
read_members(const sw_study *s, const char *group, const json_t *members, const char **names,
             sw_faults *faults)
{
    sw_auto(free) char *at = sw_json_pointer("/groups", group);
    if (!json_is_array(members) || json_array_size(members) == 0)
        sw_fault_add(faults, at, "must be an array of names of parameters");
    for (size_t k = 0; k < json_array_size(members); k++) {
        const char *name = json_string_value(json_array_get(members, k));
        sw_auto(free) char *here = sw_json_pointer_at(at, k);
        long v = name ? varied_of(s, name) : -1;
        if (v < 0)
            sw_fault_add(faults, here, "must be the name of a parameter with a range or values");
        else if (names[v])
            sw_fault_add(faults, here, "\"%s\" is in \"%.100s\" already", name, names[v]);
        else
            names[v] = group;
    }
}

static void
refuse_parameter_names(const sw_study *s, const char *const *names, sw_faults *faults)
{
    for (size_t v = 0; v < s->n_varied; v++) {
        long other = varied_of(s, names[v]);
        sw_auto(free) char *at = sw_json_pointer("/groups", names[v]);
        if (other >= 0 && (size_t)other != v)
            sw_fault_add(faults, at, "is the name of a parameter; choose another");
    }
}

static void
add(sw_study *s, size_t v, const char *name)
{
    size_t g = 0;
    while (g < s->n_groups && strcmp(s->group_names[g], name) != 0)
        g++;
    if (g == s->n_groups)
        s->group_names[s->n_groups++] = sw_strdup(name);
    s->group[v] = g;
}

void
sw_groups_read(sw_study *s, const json_t *groups, sw_faults *faults)
{
    if (json_object_size(groups) == 0)
        return;
    sw_auto(free) const char **names = sw_calloc(s->n_varied, sizeof *names);
    const char *group;
    json_t *members;
    json_object_foreach ((json_t *)groups, group, members) {
        read_members(s, group, members, names, faults);
    }
    s->group_names = sw_calloc(s->n_varied, sizeof *s->group_names);
    s->group = sw_calloc(s->n_varied, sizeof *s->group);
    for (size_t v = 0; v < s->n_varied; v++) {
        if (!names[v])
            names[v] = s->parameters[s->varied[v]].declared->name;
        add(s, v, names[v]);
    }
    refuse_parameter_names(s, names, faults);
}

json_t *
sw_groups_json(const sw_study *s)
{
    if (s->n_groups == 0)
        return NULL;
    json_t *groups = json_object();
    for (size_t v = 0; v < s->n_varied; v++) {
        const char *name = s->group_names[s->group[v]];
        if (!json_object_get(groups, name))
            json_object_set_new(groups, name, json_array());
        json_array_append_new(json_object_get(groups, name),
                              json_string(s->parameters[s->varied[v]].declared->name));
    }
    return groups;
}

void
sw_groups_free(sw_study *s)
{
    for (size_t g = 0; g < s->n_groups; g++)
        free(s->group_names[g]);
    free(s->group_names);
    free(s->group);
}
