// SPDX-License-Identifier: Apache-2.0
// The table extension: keys and values in order of insertion, with an open hash index over them.
// Tables change in place and are compared by identity.
#include "models/netlogo/prims.h"

#include <assert.h>

static sw_nl_table *
table_new(sw_nl_engine *e)
{
    sw_nl_table *t = sw_nl_heap_alloc(e->heap, SW_NL_TABLE, sizeof *t);
    t->serial = e->table_serial++;
    return t;
}

static sw_nl_table *
arg_table(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    sw_nl_v v = EV(i);
    if (!sw_nl_is_object(v, SW_NL_TABLE)) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, v, true, false);
        sw_nl_fail(e, n, "not a table: %.200s", sw_nl_text_end(&t));
    }
    return sw_nl_pointer(v);
}

// Only what never changes can be a key.
static void
check_key(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v key)
{
    bool ok = sw_nl_is_number(key) || sw_nl_is_bool(key) || sw_nl_is_string(key);
    if (sw_nl_is_list(key)) {
        const sw_nl_list *list = sw_nl_list_of(key);
        for (uint32_t i = 0; i < list->o.n; i++)
            check_key(e, n, sw_nl_items(list)[i]);
        ok = true;
    }
    if (ok)
        return;
    sw_nl_text t = {.e = e};
    sw_nl_dump(&t, key, true, false);
    sw_nl_fail(e, n,
               "%.200s is not a valid table key (a table key may only be a number, a string, true "
               "or false, or a list whose items are valid keys)",
               sw_nl_text_end(&t));
}

static uint32_t
index_size(const sw_nl_table *t)
{
    return t->index == NULL ? 0 : t->index->o.n / (uint32_t)sizeof(uint32_t);
}

// The place in the index where a key is or would be.
static uint32_t
probe(sw_nl_engine *e, const sw_nl_table *t, sw_nl_v key)
{
    assert(t->index != NULL && t->pairs != NULL);
    const uint32_t *index = (const uint32_t *)t->index->byte;
    uint32_t mask = index_size(t) - 1, k = (uint32_t)sw_nl_hash(e, key) & mask;
    while (index[k] != 0 && !sw_nl_equal(e, t->pairs->item[2 * (index[k] - 1)], key))
        k = (k + 1) & mask;
    return k;
}

static int64_t
find(sw_nl_engine *e, const sw_nl_table *t, sw_nl_v key)
{
    if (t->index == NULL)
        return -1;
    return (int64_t)((const uint32_t *)t->index->byte)[probe(e, t, key)] - 1;
}

// Room for one pair more: the pairs are copied without the removed ones, and the index is made
// anew at most half full.
static void
make_room(sw_nl_engine *e, sw_nl_table *t)
{
    if (t->pairs != NULL && 2 * (t->o.n + 1) <= t->pairs->capacity)
        return;
    uint32_t capacity = 8;
    while (capacity < 2 * (t->live + 1))
        capacity *= 2;
    sw_nl_buffer *pairs =
        sw_nl_heap_alloc(e->heap, SW_NL_BUFFER, sizeof *pairs + 2ul * capacity * sizeof(sw_nl_v));
    pairs->capacity = 2 * capacity;
    size_t bytes = 2ul * capacity * sizeof(uint32_t);
    sw_nl_raw *index = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *index + bytes);
    index->o.n = (uint32_t)bytes;
    uint32_t n = 0;
    for (uint32_t i = 0; t->pairs != NULL && i < t->o.n; i++)
        if (t->pairs->item[2 * i] != SW_NL_NOTHING) {
            pairs->item[2 * n] = t->pairs->item[2 * i];
            pairs->item[2 * n + 1] = t->pairs->item[2 * i + 1];
            n++;
        }
    pairs->o.n = 2 * n;
    t->pairs = pairs;
    t->index = index;
    t->o.n = n;
    for (uint32_t i = 0; i < n; i++)
        ((uint32_t *)index->byte)[probe(e, t, pairs->item[2 * i])] = i + 1;
}

static void
put(sw_nl_engine *e, sw_nl_table *t, sw_nl_v key, sw_nl_v value)
{
    int64_t at = find(e, t, key);
    if (at < 0) {
        make_room(e, t);
        at = t->o.n++;
        t->live++;
        ((uint32_t *)t->index->byte)[probe(e, t, key)] = (uint32_t)at + 1;
        t->pairs->item[2 * at] = key;
        t->pairs->o.n = 2 * t->o.n;
    }
    t->pairs->item[2 * at + 1] = value;
}

// The next living pair from *i on; false at the end.
static bool
next_pair(const sw_nl_table *t, uint32_t *i, sw_nl_v *key, sw_nl_v *value)
{
    for (; *i < t->o.n; (*i)++)
        if (t->pairs->item[2 * *i] != SW_NL_NOTHING) {
            *key = t->pairs->item[2 * *i];
            *value = t->pairs->item[2 * *i + 1];
            (*i)++;
            return true;
        }
    return false;
}

EVAL(table_make)
{
    (void)n;
    return sw_nl_heap_value(table_new(e));
}

EXEC(table_put)
{
    sw_nl_table *t = arg_table(e, n, 0);
    sw_nl_v key = EV(1), value = EV(2);
    check_key(e, n, key);
    put(e, t, key, value);
    return SW_NL_NEXT;
}

EVAL(table_get)
{
    sw_nl_table *t = arg_table(e, n, 0);
    sw_nl_v key = EV(1);
    int64_t at = find(e, t, key);
    if (at < 0) {
        sw_nl_text text = {.e = e};
        sw_nl_dump(&text, key, false, false);
        sw_nl_fail(e, n, "No value for %.200s in table.", sw_nl_text_end(&text));
    }
    return t->pairs->item[2 * at + 1];
}

EVAL(table_get_or_default)
{
    sw_nl_table *t = arg_table(e, n, 0);
    sw_nl_v key = EV(1), otherwise = EV(2);
    int64_t at = find(e, t, key);
    return at < 0 ? otherwise : t->pairs->item[2 * at + 1];
}

EVAL(table_has_key)
{
    sw_nl_table *t = arg_table(e, n, 0);
    return sw_nl_bool(find(e, t, EV(1)) >= 0);
}

EVAL(table_length)
{
    return sw_nl_number(arg_table(e, n, 0)->live);
}

EXEC(table_clear)
{
    sw_nl_table *t = arg_table(e, n, 0);
    t->pairs = NULL;
    t->index = NULL;
    t->o.n = t->live = 0;
    return SW_NL_NEXT;
}

EXEC(table_remove)
{
    sw_nl_table *t = arg_table(e, n, 0);
    int64_t at = find(e, t, EV(1));
    if (at < 0)
        return SW_NL_NEXT;
    // Its place in the index stays taken, so that what was put beyond it is still found.
    t->pairs->item[2 * at] = SW_NL_NOTHING;
    t->pairs->item[2 * at + 1] = SW_NL_NOTHING;
    t->live--;
    return SW_NL_NEXT;
}

static sw_nl_v
listed(sw_nl_engine *e, const sw_nl_table *t, bool keys, bool values)
{
    sw_nl_list *list = sw_nl_list_new(e, 0);
    sw_nl_v key, value;
    for (uint32_t i = 0; next_pair(t, &i, &key, &value);) {
        sw_nl_v item = keys ? key : value;
        if (keys && values) {
            sw_nl_list *pair = sw_nl_list_new(e, 2);
            sw_nl_list_fill(pair)[0] = key;
            sw_nl_list_fill(pair)[1] = value;
            item = sw_nl_heap_value(pair);
        }
        list = sw_nl_list_append(e, list, item);
    }
    return sw_nl_heap_value(list);
}

EVAL(table_keys)
{
    return listed(e, arg_table(e, n, 0), true, false);
}
EVAL(table_values)
{
    return listed(e, arg_table(e, n, 0), false, true);
}
EVAL(table_to_list)
{
    return listed(e, arg_table(e, n, 0), true, true);
}

EVAL(table_from_list)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    sw_nl_table *t = table_new(e);
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v pair = sw_nl_items(list)[i];
        if (!sw_nl_is_list(pair) || sw_nl_list_of(pair)->o.n != 2)
            sw_nl_fail(e, n, "expected a two-element list: (list key value)");
        check_key(e, n, sw_nl_items(sw_nl_list_of(pair))[0]);
        put(e, t, sw_nl_items(sw_nl_list_of(pair))[0], sw_nl_items(sw_nl_list_of(pair))[1]);
    }
    return sw_nl_heap_value(t);
}

EVAL(table_counts)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    sw_nl_table *t = table_new(e);
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v key = sw_nl_items(list)[i];
        check_key(e, n, key);
        int64_t at = find(e, t, key);
        double had = at < 0 ? 0 : sw_nl_double(t->pairs->item[2 * at + 1]);
        put(e, t, key, sw_nl_number(had + 1));
    }
    return sw_nl_heap_value(t);
}

static void
add_to_group(sw_nl_engine *e, const sw_nl_node *n, sw_nl_table *t, sw_nl_v key, sw_nl_v item)
{
    check_key(e, n, key);
    int64_t at = find(e, t, key);
    const sw_nl_list *group =
        at < 0 ? sw_nl_list_new(e, 0) : sw_nl_list_of(t->pairs->item[2 * at + 1]);
    put(e, t, key, sw_nl_heap_value(sw_nl_list_append(e, group, item)));
}

EVAL(table_group_items)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    const sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 1, true);
    sw_nl_table *t = table_new(e);
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v item = sw_nl_items(list)[i];
        add_to_group(e, n, t, sw_nl_call_reporter(e, n, f, &item, 1), item);
    }
    return sw_nl_heap_value(t);
}

// Groups are made as lists, and become sets at the end.
EVAL(table_group_agents)
{
    sw_nl_v set = sw_nl_arg_set(e, n, 0, SW_NL_TPL);
    const sw_nl_node *block = n->arg[1];
    sw_nl_agentset *all = sw_nl_members(e, set, false);
    sw_nl_table *t = table_new(e);
    if (all->o.n > 0)
        sw_nl_check_block(e, n, block->mask, all->o.flags);
    sw_nl_who who = sw_nl_enter(e);
    for (uint32_t i = 0; i < all->o.n; i++) {
        e->kind = all->o.flags;
        e->id = all->id[i];
        add_to_group(e, n, t, sw_nl_eval(e, block), sw_nl_agent(all->o.flags, all->id[i]));
    }
    sw_nl_leave(e, who);
    for (uint32_t i = 0; i < t->o.n; i++) {
        const sw_nl_list *group = sw_nl_list_of(t->pairs->item[2 * i + 1]);
        sw_nl_agentset *members = sw_nl_set_new(e, all->o.flags, group->o.n);
        for (uint32_t k = 0; k < group->o.n; k++)
            members->id[members->o.n++] = sw_nl_agent_id(sw_nl_items(group)[k]);
        t->pairs->item[2 * i + 1] = sw_nl_heap_value(members);
    }
    return sw_nl_heap_value(t);
}
