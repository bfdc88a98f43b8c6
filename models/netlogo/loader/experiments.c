// SPDX-License-Identifier: Apache-2.0
// Experiments as XML. The layout of version 7 wraps metrics, constants and sub-experiments in
// elements of their own and has the time limit as an attribute; that of version 6 does not. Both
// may be mixed, so either is taken wherever it comes.
#include "models/netlogo/loader/experiments.h"

#include <string.h>

#define MAX_STEPS 1e15

// Where the sets of variables go while the children of an experiment are walked.
typedef struct parts {
    sw_nl_experiment *e;
    nl_list metrics, constants, subs;
} parts;

static int64_t
whole(nl_build *b, const nl_node *node, const char *name, const char *missing, int64_t min)
{
    const char *text = nl_attribute(b, node, name, missing);
    return b->failed ? min : nl_integer(b, text, node->line, name, min, (int64_t)MAX_STEPS);
}

static void
add_enumerated(nl_build *b, const nl_node *node, nl_list *sets)
{
    nl_list values = {0};
    for (const nl_node *child = node->children; child; child = child->next)
        if (strcmp(child->name, "value") == 0)
            nl_add_name(b, &values, nl_attribute(b, child, "value", NULL));
    sw_nl_value_set *set = nl_add(b, sets, sizeof *set);
    set->line = node->line;
    set->variable = nl_attribute(b, node, "variable", NULL);
    set->values = values.items;
    set->n_values = values.n;
}

static void
add_stepped(nl_build *b, const nl_node *node, nl_list *sets)
{
    sw_nl_value_set *set = nl_add(b, sets, sizeof *set);
    set->line = node->line;
    set->variable = nl_attribute(b, node, "variable", NULL);
    set->first = nl_attribute(b, node, "first", NULL);
    set->step = nl_attribute(b, node, "step", NULL);
    set->last = nl_attribute(b, node, "last", NULL);
}

// Adds the value set that an element is; false when it is none.
static bool
add_set(nl_build *b, const nl_node *node, nl_list *sets)
{
    if (strcmp(node->name, "enumeratedValueSet") == 0)
        add_enumerated(b, node, sets);
    else if (strcmp(node->name, "steppedValueSet") == 0)
        add_stepped(b, node, sets);
    else
        return false;
    return true;
}

static void
add_sub(nl_build *b, const nl_node *node, nl_list *subs)
{
    nl_list sets = {0};
    for (const nl_node *child = node->children; child; child = child->next)
        add_set(b, child, &sets);
    sw_nl_sub_experiment *sub = nl_add(b, subs, sizeof *sub);
    sub->sets = sets.items;
    sub->n_sets = sets.n;
}

static const char *const wrappers[] = {"metrics", "constants", "subExperiments"};

static bool
is_wrapper(const char *name)
{
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
        if (strcmp(wrappers[i], name) == 0)
            return true;
    return false;
}

// The field of an experiment that holds an element's text; "final" is the old name of postRun.
static const char **
text_field(sw_nl_experiment *e, const char *name)
{
    const struct {
        const char *name, **field;
    } fields[] = {
        {"preExperiment", &e->pre_experiment},
        {"setup", &e->setup},
        {"go", &e->go},
        {"postRun", &e->post_run},
        {"final", &e->post_run},
        {"postExperiment", &e->post_experiment},
        {"exitCondition", &e->exit_condition},
        {"runMetricsCondition", &e->metrics_condition},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, name) == 0)
            return fields[i].field;
    return NULL;
}

static void
read_child(nl_build *b, const nl_node *node, parts *p)
{
    const char **field = text_field(p->e, node->name);
    if (field)
        *field = node->text;
    else if (strcmp(node->name, "metric") == 0)
        nl_add_name(b, &p->metrics, node->text);
    else if (strcmp(node->name, "timeLimit") == 0)
        p->e->time_limit = whole(b, node, "steps", NULL, 0);
    else if (strcmp(node->name, "subExperiment") == 0)
        add_sub(b, node, &p->subs);
    else if (!add_set(b, node, &p->constants) && is_wrapper(node->name))
        for (const nl_node *child = node->children; child; child = child->next)
            if (!is_wrapper(child->name))
                read_child(b, child, p);
}

static void
read_experiment(nl_build *b, const nl_node *node, sw_nl_experiment *e)
{
    *e = (sw_nl_experiment){
        .line = node->line,
        .name = nl_attribute(b, node, "name", ""),
        .repetitions = whole(b, node, "repetitions", "1", 1),
        .sequential = nl_attribute_flag(b, node, "sequentialRunOrder", "true"),
        .metrics_every_step = nl_attribute_flag(b, node, "runMetricsEveryStep", "true"),
        .time_limit = whole(b, node, "timeLimit", "0", 0),
        .pre_experiment = "",
        .setup = "",
        .go = "",
        .post_run = "",
        .post_experiment = "",
        .exit_condition = "",
        .metrics_condition = "",
    };
    parts p = {.e = e};
    for (const nl_node *child = node->children; child; child = child->next)
        read_child(b, child, &p);
    e->metrics = p.metrics.items, e->n_metrics = p.metrics.n;
    e->constants = p.constants.items, e->n_constants = p.constants.n;
    e->subs = p.subs.items, e->n_subs = p.subs.n;
}

void
nl_read_experiment_nodes(nl_build *b, const nl_node *parent)
{
    for (const nl_node *node = parent->children; node && !b->failed; node = node->next)
        if (strcmp(node->name, "experiment") == 0) {
            sw_nl_experiment e;
            read_experiment(b, node, &e);
            *(sw_nl_experiment *)nl_add(b, &b->experiments, sizeof e) = e;
        }
}

void
nl_read_experiments(nl_build *b, const char *text, size_t n, size_t line)
{
    const nl_node *root = nl_xml_read(b, text, n, line);
    if (!root)
        return;
    if (strcmp(root->name, "experiments") != 0)
        nl_fail(b, root->line, "the document is a <%.60s>, not <experiments>", root->name);
    nl_read_experiment_nodes(b, root);
}
