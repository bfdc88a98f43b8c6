// SPDX-License-Identifier: Apache-2.0
// Strings, lists and sets of agents as values: making, comparing, hashing.
#include "models/netlogo/engine.h"

#include <stdlib.h>

// ---- Strings and lists --------------------------------------------------------------------------

sw_nl_v
sw_nl_string_new(sw_nl_engine *e, const char *text, size_t n)
{
    sw_nl_string *s = sw_nl_heap_alloc(e->heap, SW_NL_STRING, sizeof *s + n + 1);
    s->o.n = (uint32_t)n;
    memcpy(s->text, text, n);
    return sw_nl_heap_value(s);
}

static sw_nl_buffer *
buffer_new(sw_nl_engine *e, uint32_t capacity)
{
    sw_nl_buffer *b =
        sw_nl_heap_alloc(e->heap, SW_NL_BUFFER, sizeof *b + (size_t)capacity * sizeof(sw_nl_v));
    b->capacity = capacity;
    return b;
}

sw_nl_list *
sw_nl_list_new(sw_nl_engine *e, uint32_t n)
{
    sw_nl_buffer *b = buffer_new(e, n);
    b->o.n = n;
    sw_nl_list *list = sw_nl_heap_alloc(e->heap, SW_NL_LIST, sizeof *list);
    list->o.n = n;
    list->buffer = b;
    return list;
}

sw_nl_v *
sw_nl_list_fill(sw_nl_list *list)
{
    return list->buffer->item + list->first;
}

sw_nl_list *
sw_nl_list_append(sw_nl_engine *e, const sw_nl_list *list, sw_nl_v v)
{
    sw_nl_buffer *b = list->buffer;
    uint32_t n = list->o.n, first = list->first;
    if (first + n != b->o.n || b->o.n == b->capacity) {
        b = buffer_new(e, n < 4 ? 4 : n + n / 2 + 1);
        memcpy(b->item, sw_nl_items(list), n * sizeof *b->item);
        first = 0;
        b->o.n = n;
    }
    b->item[b->o.n++] = v;
    sw_nl_list *longer = sw_nl_heap_alloc(e->heap, SW_NL_LIST, sizeof *longer);
    longer->o.n = n + 1;
    longer->first = first;
    longer->buffer = b;
    return longer;
}

// ---- Sets ---------------------------------------------------------------------------------------

sw_nl_agentset *
sw_nl_set_new(sw_nl_engine *e, unsigned kind, uint32_t n)
{
    sw_nl_agentset *s = sw_nl_heap_alloc(e->heap, SW_NL_AGENTSET, sizeof *s + (size_t)n * 4);
    s->o.n = 0;
    s->o.flags = (uint16_t)kind;
    return s;
}

int32_t *
sw_nl_patch_room(sw_nl_engine *e)
{
    if (e->patch_room_n < e->world.n_patches) {
        free(e->patch_room);
        e->patch_room_n = e->world.n_patches;
        e->patch_room = malloc((size_t)e->patch_room_n * sizeof *e->patch_room);
        if (e->patch_room == NULL)
            abort();
    }
    e->patch_room_used = true;
    return e->patch_room;
}

unsigned
sw_nl_set_kind(sw_nl_v set)
{
    return SW_NL_TAG(set) == SW_NL_TAG_SET ? SW_NL_SET_KIND(set)
                                           : ((sw_nl_object *)sw_nl_pointer(set))->flags;
}

bool
sw_nl_set_is_array(sw_nl_v set)
{
    return SW_NL_TAG(set) != SW_NL_TAG_SET || SW_NL_SET_KIND(set) == SW_NL_P;
}

const sw_nl_order *
sw_nl_set_order(const sw_nl_engine *e, sw_nl_v set)
{
    if (SW_NL_TAG(set) != SW_NL_TAG_SET || SW_NL_SET_KIND(set) == SW_NL_P)
        return NULL;
    const sw_nl_pool *pool = SW_NL_SET_KIND(set) == SW_NL_T ? &e->world.turtles : &e->world.links;
    return &pool->breed[SW_NL_SET_BREED(set)];
}

static const uint8_t *
alive_of(const sw_nl_engine *e, unsigned kind)
{
    return kind == SW_NL_T ? e->world.turtles.alive : kind == SW_NL_L ? e->world.links.alive : NULL;
}

bool
sw_nl_alive(const sw_nl_engine *e, sw_nl_v agent)
{
    unsigned tag = SW_NL_TAG(agent);
    if (tag == SW_NL_TAG_TURTLE)
        return e->world.turtles.alive[sw_nl_agent_id(agent)];
    if (tag == SW_NL_TAG_LINK)
        return e->world.links.alive[sw_nl_agent_id(agent)];
    if (tag == SW_NL_TAG_PATCH) // a smaller world has lost some
        return sw_nl_agent_id(agent) < e->world.n_patches;
    return agent != SW_NL_NOBODY;
}

static sw_nl_agentset *
all_patches(sw_nl_engine *e)
{
    uint32_t n = (uint32_t)e->world.n_patches;
    sw_nl_agentset *s = sw_nl_set_new(e, SW_NL_P, n);
    for (uint32_t i = 0; i < n; i++)
        s->id[i] = (int32_t)i;
    s->o.n = n;
    return s;
}

sw_nl_agentset *
sw_nl_members(sw_nl_engine *e, sw_nl_v set, bool dead)
{
    unsigned kind = sw_nl_set_kind(set);
    const uint8_t *alive = alive_of(e, kind);
    const int32_t *from;
    uint32_t n;
    const sw_nl_order *order = sw_nl_set_order(e, set);
    if (order != NULL) {
        n = (uint32_t)order->n;
        dead = order->dead == 0;
    } else if (SW_NL_TAG(set) == SW_NL_TAG_SET) {
        return all_patches(e);
    } else {
        n = ((sw_nl_object *)sw_nl_pointer(set))->n;
        dead = (dead || alive == NULL) && !(kind == SW_NL_P && e->world_resized);
    }
    sw_nl_agentset *s = sw_nl_set_new(e, kind, n);
    order = sw_nl_set_order(e, set); // making room may have compacted it
    from = order != NULL ? order->id : ((sw_nl_agentset *)sw_nl_pointer(set))->id;
    n = order != NULL ? (uint32_t)order->n : n;
    if (dead) {
        if (n > 0)
            memcpy(s->id, from, n * sizeof *from);
        s->o.n = n;
        return s;
    }
    for (uint32_t i = 0; i < n; i++)
        if (alive != NULL ? alive[from[i]] : from[i] < e->world.n_patches)
            s->id[s->o.n++] = from[i];
    return s;
}

sw_nl_agentset *
sw_nl_input_members(sw_nl_engine *e, const sw_nl_node *n, int i, sw_nl_v set, bool dead)
{
    if (!n->arg[i]->fresh || SW_NL_TAG(set) == SW_NL_TAG_SET)
        return sw_nl_members(e, set, dead);
    sw_nl_agentset *s = sw_nl_pointer(set);
    const uint8_t *alive = alive_of(e, s->o.flags);
    uint32_t kept = 0;
    for (uint32_t k = 0; !dead && alive != NULL && k < s->o.n; k++)
        if (alive[s->id[k]])
            s->id[kept++] = s->id[k];
    if (!dead && alive != NULL)
        s->o.n = kept;
    return s;
}

uint32_t
sw_nl_count(const sw_nl_engine *e, sw_nl_v set)
{
    const sw_nl_order *order = sw_nl_set_order(e, set);
    if (order != NULL)
        return (uint32_t)(order->n - order->dead);
    if (SW_NL_TAG(set) == SW_NL_TAG_SET)
        return (uint32_t)e->world.n_patches;
    const sw_nl_agentset *s = sw_nl_pointer(set);
    const uint8_t *alive = alive_of(e, s->o.flags);
    if (alive == NULL && !e->world_resized)
        return s->o.n;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->o.n; i++)
        n += alive != NULL ? alive[s->id[i]] : s->id[i] < e->world.n_patches;
    return n;
}

bool
sw_nl_contains(const sw_nl_engine *e, sw_nl_v set, sw_nl_v agent)
{
    unsigned kind = sw_nl_set_kind(set);
    if (sw_nl_agent_kind(agent) != kind || !sw_nl_alive(e, agent))
        return false;
    int32_t id = sw_nl_agent_id(agent);
    if (SW_NL_TAG(set) == SW_NL_TAG_SET) {
        unsigned breed = SW_NL_SET_BREED(set);
        return breed == 0 || sw_nl_breed_of(e, kind, id) == (int32_t)breed;
    }
    const sw_nl_agentset *s = sw_nl_pointer(set);
    for (uint32_t i = 0; i < s->o.n; i++)
        if (s->id[i] == id)
            return true;
    return false;
}

// ---- Equality -----------------------------------------------------------------------------------

static int
compare_ids(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static bool
sets_equal(sw_nl_engine *e, sw_nl_v a, sw_nl_v b)
{
    if (a == b)
        return true;
    if (sw_nl_set_kind(a) != sw_nl_set_kind(b) || sw_nl_count(e, a) != sw_nl_count(e, b))
        return false;
    sw_nl_agentset *x = sw_nl_members(e, a, false), *y = sw_nl_members(e, b, false);
    qsort(x->id, x->o.n, sizeof *x->id, compare_ids);
    qsort(y->id, y->o.n, sizeof *y->id, compare_ids);
    return memcmp(x->id, y->id, x->o.n * sizeof *x->id) == 0;
}

static bool
lists_equal(sw_nl_engine *e, const sw_nl_list *a, const sw_nl_list *b)
{
    if (a->o.n != b->o.n)
        return false;
    for (uint32_t i = 0; i < a->o.n; i++)
        if (!sw_nl_equal(e, sw_nl_items(a)[i], sw_nl_items(b)[i]))
            return false;
    return true;
}

static bool
objects_equal(sw_nl_engine *e, sw_nl_v a, sw_nl_v b)
{
    const sw_nl_object *x = sw_nl_pointer(a), *y = sw_nl_pointer(b);
    if (x == y)
        return true;
    if (x->kind != y->kind)
        return false;
    switch (x->kind) {
    case SW_NL_STRING:
        return x->n == y->n &&
               memcmp(((const sw_nl_string *)x)->text, ((const sw_nl_string *)y)->text, x->n) == 0;
    case SW_NL_LIST:
        return lists_equal(e, (const sw_nl_list *)x, (const sw_nl_list *)y);
    case SW_NL_ARRAY: {
        const sw_nl_array *p = (const sw_nl_array *)x, *q = (const sw_nl_array *)y;
        if (p->o.n != q->o.n)
            return false;
        for (uint32_t i = 0; i < p->o.n; i++)
            if (!sw_nl_equal(e, p->buffer->item[i], q->buffer->item[i]))
                return false;
        return true;
    }
    case SW_NL_MATRIX: {
        const sw_nl_matrix *p = (const sw_nl_matrix *)x, *q = (const sw_nl_matrix *)y;
        return p->rows == q->rows && p->columns == q->columns &&
               memcmp(p->data->byte, q->data->byte, p->data->o.n) == 0;
    }
    default:
        return false;
    }
}

bool
sw_nl_equal(sw_nl_engine *e, sw_nl_v a, sw_nl_v b)
{
    if (sw_nl_is_number(a) && sw_nl_is_number(b))
        return sw_nl_double(a) == sw_nl_double(b);
    if (a == b)
        return true;
    if (sw_nl_is_set(a) && sw_nl_is_set(b))
        return sets_equal(e, a, b);
    if (sw_nl_is_number(a) || sw_nl_is_number(b))
        return false;
    bool a_none = a == SW_NL_NOBODY || (sw_nl_is_agent(a) && !sw_nl_alive(e, a));
    bool b_none = b == SW_NL_NOBODY || (sw_nl_is_agent(b) && !sw_nl_alive(e, b));
    if (a_none || b_none)
        return a_none && b_none;
    if (SW_NL_TAG(a) == SW_NL_TAG_HEAP && SW_NL_TAG(b) == SW_NL_TAG_HEAP)
        return objects_equal(e, a, b);
    return false;
}

uint64_t
sw_nl_hash(sw_nl_engine *e, sw_nl_v v)
{
    uint64_t h = v;
    if (sw_nl_is_number(v)) {
        h = sw_nl_double(v) == 0 ? 0 : v;
    } else if (sw_nl_is_string(v)) {
        const sw_nl_string *s = sw_nl_string_of(v);
        h = 1469598103934665603ull;
        for (uint32_t i = 0; i < s->o.n; i++)
            h = (h ^ (unsigned char)s->text[i]) * 1099511628211ull;
    } else if (sw_nl_is_list(v)) {
        const sw_nl_list *list = sw_nl_list_of(v);
        h = list->o.n;
        for (uint32_t i = 0; i < list->o.n; i++)
            h = h * 31 + sw_nl_hash(e, sw_nl_items(list)[i]);
    } else if (sw_nl_is_set(v)) {
        h = sw_nl_count(e, v) + 77;
    } else if (sw_nl_is_agent(v) && !sw_nl_alive(e, v)) {
        h = SW_NL_NOBODY;
    }
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdull;
    return h ^ (h >> 29);
}
