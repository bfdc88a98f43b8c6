// SPDX-License-Identifier: Apache-2.0
// Sets of agents: naming, filtering, choosing, neighbourhoods.
#include "models/netlogo/prims.h"

#include <math.h>

EVAL(turtles)
{
    (void)e, (void)n;
    return SW_NL_TURTLES;
}
EVAL(patches)
{
    (void)e, (void)n;
    return SW_NL_PATCHES;
}
EVAL(links)
{
    (void)e, (void)n;
    return SW_NL_LINKS;
}
EVAL(breed)
{
    (void)e;
    return SW_NL_SET(SW_NL_T, (unsigned)n->breed);
}
EVAL(link_breed)
{
    (void)e;
    return SW_NL_SET(SW_NL_L, (unsigned)n->breed);
}
EVAL(no_turtles)
{
    (void)n;
    return sw_nl_heap_value(sw_nl_set_new(e, SW_NL_T, 0));
}
EVAL(no_patches)
{
    (void)n;
    return sw_nl_heap_value(sw_nl_set_new(e, SW_NL_P, 0));
}
EVAL(no_links)
{
    (void)n;
    return sw_nl_heap_value(sw_nl_set_new(e, SW_NL_L, 0));
}
EVAL(self)
{
    (void)n;
    return sw_nl_self(e);
}

EVAL(myself)
{
    if (e->my_kind == SW_NL_O)
        sw_nl_fail(e, n, "There is no agent for MYSELF to refer to.");
    return sw_nl_agent(e->my_kind, e->my_id);
}

EVAL(count)
{
    return sw_nl_number(sw_nl_count(e, sw_nl_arg_set(e, n, 0, SW_NL_TPL)));
}
EVAL(any)
{
    return sw_nl_bool(sw_nl_count(e, sw_nl_arg_set(e, n, 0, SW_NL_TPL)) > 0);
}

// ---- Blocks over members ------------------------------------------------------------------------

typedef struct member_walk {
    sw_nl_agentset *all;
    sw_nl_who who;
    unsigned kind;
    const sw_nl_node *block;
} member_walk;

static member_walk
walk_begin(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v set, const sw_nl_node *block)
{
    member_walk w = {.all = sw_nl_input_members(e, n, 0, set, false),
                     .kind = sw_nl_set_kind(set),
                     .block = block};
    if (w.all->o.n > 0)
        sw_nl_check_block(e, n, block->mask, w.kind);
    w.who = sw_nl_enter(e);
    return w;
}

static sw_nl_v
walk_value(sw_nl_engine *e, const member_walk *w, uint32_t i)
{
    e->kind = w->kind;
    e->id = w->all->id[i];
    if (--e->fuel_left == 0)
        sw_nl_out_of_fuel(e);
    return sw_nl_eval(e, w->block);
}

void
sw_nl_not_passed(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v)
{
    char upper[64];
    sw_nl_upper(n->name, upper, sizeof upper);
    sw_nl_text agent = {.e = e}, got = {.e = e};
    sw_nl_dump(&agent, sw_nl_self(e), false, false);
    sw_nl_dump(&got, v, false, false);
    sw_nl_fail(e, n, "%s expected a true/false value from %s, but got %s instead.", upper,
               sw_nl_text_end(&agent), sw_nl_text_end(&got));
}

static bool
walk_test(sw_nl_engine *e, const sw_nl_node *n, const member_walk *w, uint32_t i)
{
    e->kind = w->kind;
    e->id = w->all->id[i];
    return sw_nl_passes(e, n);
}

// patches with [TEST], without a set of all patches: what passes is gathered aside.
static sw_nl_v
patches_with(sw_nl_engine *e, const sw_nl_node *n)
{
    const sw_nl_node *test = n->arg[1];
    int32_t *kept = sw_nl_patch_room(e);
    uint32_t n_kept = 0;
    sw_nl_check_block(e, n, test->mask, SW_NL_P);
    sw_nl_who who = sw_nl_enter(e);
    for (int32_t id = 0; id < e->world.n_patches; id++) {
        e->kind = SW_NL_P;
        e->id = id;
        if (sw_nl_passes(e, n))
            kept[n_kept++] = id;
    }
    sw_nl_leave(e, who);
    sw_nl_agentset *result = sw_nl_set_new(e, SW_NL_P, n_kept);
    if (n_kept > 0)
        memcpy(result->id, kept, n_kept * sizeof *kept);
    result->o.n = n_kept;
    e->patch_room_used = false;
    return sw_nl_heap_value(result);
}

EVAL(with)
{
    sw_nl_v set = sw_nl_arg_set(e, n, 0, SW_NL_TPL);
    if (SW_NL_TAG(set) == SW_NL_TAG_SET && SW_NL_SET_KIND(set) == SW_NL_P && !e->patch_room_used)
        return patches_with(e, n);
    member_walk w = walk_begin(e, n, set, n->arg[1]);
    sw_nl_agentset *result = sw_nl_set_new(e, w.kind, w.all->o.n);
    for (uint32_t i = 0; i < w.all->o.n; i++)
        if (walk_test(e, n, &w, i))
            result->id[result->o.n++] = w.all->id[i];
    sw_nl_leave(e, w.who);
    return sw_nl_heap_value(result);
}

EVAL(all)
{
    member_walk w = walk_begin(e, n, sw_nl_arg_set(e, n, 0, SW_NL_TPL), n->arg[1]);
    bool all = true;
    for (uint32_t i = 0; all && i < w.all->o.n; i++)
        all = walk_test(e, n, &w, i);
    sw_nl_leave(e, w.who);
    return sw_nl_bool(all);
}

// The members whose value is the largest (sign 1) or smallest; those without a number are out.
static sw_nl_agentset *
extreme(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v set, int sign)
{
    member_walk w = walk_begin(e, n, set, n->arg[1]);
    sw_nl_agentset *best = sw_nl_set_new(e, w.kind, w.all->o.n);
    double top = 0;
    for (uint32_t i = 0; i < w.all->o.n; i++) {
        sw_nl_v v = walk_value(e, &w, i);
        if (!sw_nl_is_number(v))
            continue;
        double d = sw_nl_double(v);
        if (best->o.n == 0 || (sign > 0 ? d > top : d < top)) {
            top = d;
            best->o.n = 0;
        }
        if (d == top)
            best->id[best->o.n++] = w.all->id[i];
    }
    sw_nl_leave(e, w.who);
    return best;
}

static sw_nl_v
one_extreme(sw_nl_engine *e, const sw_nl_node *n, int sign)
{
    sw_nl_agentset *best = extreme(e, n, sw_nl_arg_set(e, n, 0, SW_NL_TPL), sign);
    if (best->o.n == 0)
        return SW_NL_NOBODY;
    int32_t k = sw_nl_random_int(e->random, (int32_t)best->o.n);
    return sw_nl_agent(best->o.flags, best->id[k]);
}

EVAL(max_one_of)
{
    return one_extreme(e, n, 1);
}
EVAL(min_one_of)
{
    return one_extreme(e, n, -1);
}

EVAL(with_max)
{
    return sw_nl_heap_value(extreme(e, n, sw_nl_arg_set(e, n, 0, SW_NL_TPL), 1));
}

EVAL(with_min)
{
    return sw_nl_heap_value(extreme(e, n, sw_nl_arg_set(e, n, 0, SW_NL_TPL), -1));
}

// Values of a block for all members of input 1 in shuffled order; *order, unless order is NULL, are
// those who reported them.
static sw_nl_list *
shuffled_values(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v set, const sw_nl_node *block,
                sw_nl_agentset **order)
{
    unsigned kind = sw_nl_set_kind(set);
    sw_nl_agentset *copy = sw_nl_input_members(e, n, 1, set, true);
    if (order != NULL)
        *order = sw_nl_set_new(e, kind, copy->o.n);
    if (copy->o.n > 0)
        sw_nl_check_block(e, n, block->mask, kind);
    sw_nl_list *list = sw_nl_list_new(e, copy->o.n);
    list->o.n = list->buffer->o.n = 0;
    sw_nl_who who = sw_nl_enter(e);
    bool array = sw_nl_set_is_array(set), more;
    uint32_t i = 0;
    int32_t next = -1;
    do
        more = sw_nl_next_shuffled(e->random, copy->id, copy->o.n, i++, &next);
    while (more && array && !sw_nl_alive(e, sw_nl_agent(kind, next)));
    while (more) {
        int32_t id = next;
        do
            more = sw_nl_next_shuffled(e->random, copy->id, copy->o.n, i++, &next);
        while (more && array && !sw_nl_alive(e, sw_nl_agent(kind, next)));
        if (!sw_nl_alive(e, sw_nl_agent(kind, id)))
            continue;
        e->kind = kind;
        e->id = id;
        if (--e->fuel_left == 0)
            sw_nl_out_of_fuel(e);
        sw_nl_v v = sw_nl_eval(e, block);
        list->buffer->item[list->o.n++] = v;
        list->buffer->o.n = list->o.n;
        if (order != NULL)
            (*order)->id[(*order)->o.n++] = id;
    }
    sw_nl_leave(e, who);
    return list;
}

EVAL(of)
{
    sw_nl_v of = EV(1);
    if (sw_nl_is_set(of))
        return sw_nl_heap_value(shuffled_values(e, n, of, n->arg[0], NULL));
    unsigned kind = sw_nl_agent_kind(of);
    if (!(kind & SW_NL_TPL)) {
        unsigned mask = n->arg[0]->mask & SW_NL_TPL;
        uint32_t types = mask == SW_NL_T   ? SW_NL_TSET | SW_NL_TUR
                         : mask == SW_NL_L ? SW_NL_LSET | SW_NL_LNK
                                           : SW_NL_ASET | SW_NL_AGT;
        sw_nl_wrong(e, n, types, of);
    }
    if (!sw_nl_alive(e, of)) {
        int32_t breed = sw_nl_breed_of(e, kind, sw_nl_agent_id(of));
        sw_nl_fail(e, n, "That %s is dead.",
                   kind == SW_NL_T ? e->program->turtle_breed[breed].singular
                                   : e->program->link_breed[breed].singular);
    }
    sw_nl_check_block(e, n, n->arg[0]->mask, kind);
    sw_nl_who who = sw_nl_enter(e);
    e->kind = kind;
    e->id = sw_nl_agent_id(of);
    sw_nl_v v = EV(0);
    sw_nl_leave(e, who);
    return v;
}

// ---- Sorting ------------------------------------------------------------------------------------

static int
compare(sw_nl_engine *e, sw_nl_v a, sw_nl_v b)
{
    if (sw_nl_is_number(a))
        return (sw_nl_double(a) > sw_nl_double(b)) - (sw_nl_double(a) < sw_nl_double(b));
    if (sw_nl_is_string(a))
        return strcmp(sw_nl_string_of(a)->text, sw_nl_string_of(b)->text);
    int32_t x = sw_nl_agent_id(a), y = sw_nl_agent_id(b);
    if (sw_nl_agent_kind(a) == SW_NL_P)
        return x - y;
    if (sw_nl_agent_kind(a) == SW_NL_T)
        return e->world.turtle_who[x] - e->world.turtle_who[y];
    for (int c = L_END1; c <= L_END2; c++) {
        int32_t p = e->world.turtle_who[sw_nl_agent_id(e->world.links.column[c][x])];
        int32_t q = e->world.turtle_who[sw_nl_agent_id(e->world.links.column[c][y])];
        if (p != q)
            return p - q;
    }
    return sw_nl_breed_of(e, SW_NL_L, x) - sw_nl_breed_of(e, SW_NL_L, y);
}

typedef bool after_fn(sw_nl_engine *e, const sw_nl_node *n, void *self, sw_nl_v a, sw_nl_v b);

// Stable merge sort of x with y as scratch; `after(b, a)`: whether a must come after b.
static void
merge_sort(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v *x, sw_nl_v *y, uint32_t count, int step,
           after_fn *after, void *self)
{
    if (count < 2)
        return;
    uint32_t half = count / 2;
    merge_sort(e, n, x, y, half, step, after, self);
    merge_sort(e, n, x + half * (unsigned)step, y, count - half, step, after, self);
    size_t size = (size_t)step * sizeof *x;
    memcpy(y, x, half * size);
    uint32_t i = 0, j = half, k = 0;
    while (i < half && j < count) {
        bool right = after(e, n, self, x[j * (unsigned)step], y[i * (unsigned)step]);
        memcpy(x + k++ * (unsigned)step,
               right ? x + j++ * (unsigned)step : y + i++ * (unsigned)step, size);
    }
    memcpy(x + k * (unsigned)step, y + i * (unsigned)step, (half - i) * size);
}

// Whether b, now behind a, must come before it.
static bool
natural_before(sw_nl_engine *e, const sw_nl_node *n, void *self, sw_nl_v b, sw_nl_v a)
{
    (void)n, (void)self;
    return compare(e, b, a) < 0;
}

static bool
lambda_before(sw_nl_engine *e, const sw_nl_node *n, void *self, sw_nl_v b, sw_nl_v a)
{
    // As NetLogo compares: a first if the test says so of neither or both.
    sw_nl_v ab[2] = {a, b}, ba[2] = {b, a};
    sw_nl_v v = sw_nl_call_reporter(e, n, self, ba, 2);
    if (!sw_nl_is_bool(v))
        sw_nl_wrong(e, n, SW_NL_BOOL, v);
    if (v == SW_NL_FALSE)
        return false;
    v = sw_nl_call_reporter(e, n, self, ab, 2);
    if (!sw_nl_is_bool(v))
        sw_nl_wrong(e, n, SW_NL_BOOL, v);
    return v == SW_NL_FALSE;
}

static void
sort_items(sw_nl_engine *e, const sw_nl_node *n, sw_nl_list *list, after_fn *before, void *self)
{
    sw_nl_list *scratch = sw_nl_list_new(e, list->o.n);
    merge_sort(e, n, sw_nl_list_fill(list), sw_nl_list_fill(scratch), list->o.n, 1, before, self);
}

// The members of a set, or the items of a list, as a fresh list.
static sw_nl_list *
items_of(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v, bool shuffled)
{
    if (sw_nl_is_list(v)) {
        sw_nl_list *copy = sw_nl_list_new(e, sw_nl_list_of(v)->o.n);
        memcpy(sw_nl_list_fill(copy), sw_nl_items(sw_nl_list_of(v)), copy->o.n * sizeof(sw_nl_v));
        return copy;
    }
    if (!sw_nl_is_set(v))
        sw_nl_wrong(e, n, SW_NL_LST | SW_NL_ASET, v);
    sw_nl_agentset *s = sw_nl_members(e, v, false);
    sw_nl_list *list = sw_nl_list_new(e, s->o.n);
    for (uint32_t i = 0; i < s->o.n; i++) {
        int32_t id = s->id[i];
        if (shuffled)
            sw_nl_next_shuffled(e->random, s->id, s->o.n, i, &id);
        sw_nl_list_fill(list)[i] = sw_nl_agent(s->o.flags, id);
    }
    return list;
}

EVAL(sort)
{
    sw_nl_list *all = items_of(e, n, EV(0), false), *kept = sw_nl_list_new(e, all->o.n);
    bool numbers = false, strings = false;
    for (uint32_t i = 0; i < all->o.n; i++) {
        numbers |= sw_nl_is_number(sw_nl_items(all)[i]);
        strings |= sw_nl_is_string(sw_nl_items(all)[i]);
    }
    kept->o.n = 0;
    for (uint32_t i = 0; i < all->o.n; i++) {
        sw_nl_v v = sw_nl_items(all)[i];
        bool keep = numbers   ? sw_nl_is_number(v)
                    : strings ? sw_nl_is_string(v)
                              : sw_nl_is_agent(v) && sw_nl_alive(e, v);
        if (keep)
            sw_nl_list_fill(kept)[kept->o.n++] = v;
    }
    sort_items(e, n, kept, natural_before, NULL);
    return sw_nl_heap_value(kept);
}

EVAL(sort_by)
{
    sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 0, true);
    if (f->code->n_params > 2 && !f->code->variadic)
        sw_nl_fail(e, n, "anonymous procedure expected %d inputs, but only got 2",
                   f->code->n_params);
    sw_nl_list *list = items_of(e, n, EV(1), true);
    sort_items(e, n, list, lambda_before, f);
    return sw_nl_heap_value(list);
}

static const char *
sort_kind(sw_nl_v v)
{
    unsigned kind = sw_nl_agent_kind(v);
    return sw_nl_is_number(v)   ? "a number"
           : sw_nl_is_string(v) ? "a string"
           : kind == SW_NL_T    ? "a turtle"
           : kind == SW_NL_P    ? "a patch"
           : kind == SW_NL_L    ? "a link"
           : sw_nl_is_bool(v)   ? "a TRUE/FALSE"
           : sw_nl_is_list(v)   ? "a list"
                                : "NOBODY";
}

// Pairs of value and agent, sorted by value.
static sw_nl_list *
sorted_pairs(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v set, const sw_nl_node *block)
{
    sw_nl_agentset *order;
    sw_nl_list *values = shuffled_values(e, n, set, block, &order);
    uint32_t count = values->o.n;
    sw_nl_list *pairs = sw_nl_list_new(e, count * 2), *scratch = sw_nl_list_new(e, count * 2);
    for (uint32_t i = 0; i < count; i++) {
        sw_nl_v v = sw_nl_items(values)[i], first = sw_nl_items(values)[0];
        bool sortable = sw_nl_is_number(v) || sw_nl_is_string(v) || sw_nl_is_agent(v);
        if (!sortable || strcmp(sort_kind(v), sort_kind(first)) != 0)
            sw_nl_fail(e, n,
                       "SORT-ON works on numbers, strings, or agents of the same type, but "
                       "not on %s and %s",
                       sort_kind(first), sort_kind(v));
        sw_nl_list_fill(pairs)[2 * i] = v;
        sw_nl_list_fill(pairs)[2 * i + 1] = sw_nl_agent(order->o.flags, order->id[i]);
    }
    merge_sort(e, n, sw_nl_list_fill(pairs), sw_nl_list_fill(scratch), count, 2, natural_before,
               NULL);
    return pairs;
}

EVAL(sort_on)
{
    sw_nl_list *pairs = sorted_pairs(e, n, sw_nl_arg_set(e, n, 1, SW_NL_TPL), n->arg[0]);
    sw_nl_list *list = sw_nl_list_new(e, pairs->o.n / 2);
    for (uint32_t i = 0; i < list->o.n; i++)
        sw_nl_list_fill(list)[i] = sw_nl_items(pairs)[2 * i + 1];
    return sw_nl_heap_value(list);
}

static sw_nl_v
some_extreme(sw_nl_engine *e, const sw_nl_node *n, bool most)
{
    double m = trunc(sw_nl_num(e, n, 0));
    char upper[32];
    sw_nl_upper(n->name, upper, sizeof upper);
    if (m < 0)
        sw_nl_fail(e, n, "First input to %s can't be negative.", upper);
    sw_nl_v set = sw_nl_arg_set(e, n, 1, SW_NL_TPL);
    uint32_t count = sw_nl_count(e, set);
    if (m > count)
        sw_nl_fail(e, n, "Requested %.0f random agents from a set of only %u agents.", m, count);
    sw_nl_list *pairs = sorted_pairs(e, n, set, n->arg[2]);
    sw_nl_agentset *result = sw_nl_set_new(e, sw_nl_set_kind(set), (uint32_t)m);
    uint32_t have = pairs->o.n / 2;
    for (uint32_t i = 0; i < (uint32_t)m && i < have; i++) {
        uint32_t k = most ? have - 1 - i : i;
        result->id[result->o.n++] = sw_nl_agent_id(sw_nl_items(pairs)[2 * k + 1]);
    }
    return sw_nl_heap_value(result);
}

EVAL(max_n_of)
{
    return some_extreme(e, n, true);
}
EVAL(min_n_of)
{
    return some_extreme(e, n, false);
}

// ---- Building -----------------------------------------------------------------------------------

static sw_nl_agentset *
add_member(sw_nl_engine *e, sw_nl_agentset *set, uint32_t *room, int32_t id)
{
    if (set->o.n == *room) {
        *room = *room * 2 + 8;
        sw_nl_agentset *grown = sw_nl_set_new(e, set->o.flags, *room);
        memcpy(grown->id, set->id, set->o.n * sizeof *set->id);
        grown->o.n = set->o.n;
        set = grown;
    }
    set->id[set->o.n++] = id;
    return set;
}

static sw_nl_agentset *
gather(sw_nl_engine *e, const sw_nl_node *n, sw_nl_agentset *set, uint32_t *room, sw_nl_v v)
{
    unsigned kind = set->o.flags;
    if (sw_nl_is_list(v)) {
        for (uint32_t i = 0; i < sw_nl_list_of(v)->o.n; i++)
            set = gather(e, n, set, room, sw_nl_items(sw_nl_list_of(v))[i]);
        return set;
    }
    if (sw_nl_is_set(v) && sw_nl_set_kind(v) == kind) {
        sw_nl_agentset *from = sw_nl_members(e, v, false);
        for (uint32_t i = 0; i < from->o.n; i++)
            set = add_member(e, set, room, from->id[i]);
        return set;
    }
    if (v == SW_NL_NOBODY || (sw_nl_is_agent(v) && !sw_nl_alive(e, v)))
        return set;
    if (sw_nl_agent_kind(v) != kind)
        sw_nl_wrong(e, n,
                    kind == SW_NL_T   ? SW_NL_TSET | SW_NL_TUR
                    : kind == SW_NL_P ? SW_NL_PSET | SW_NL_PAT
                                      : SW_NL_LSET | SW_NL_LNK,
                    v);
    return add_member(e, set, room, sw_nl_agent_id(v));
}

static sw_nl_v
unique(sw_nl_engine *e, sw_nl_agentset *set)
{
    unsigned kind = set->o.flags;
    int32_t size = kind == SW_NL_T   ? e->world.turtles.n
                   : kind == SW_NL_P ? e->world.n_patches
                                     : e->world.links.n;
    sw_nl_raw *seen = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *seen + (size_t)size + 1);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->o.n; i++)
        if (!seen->byte[set->id[i]]) {
            seen->byte[set->id[i]] = 1;
            set->id[kept++] = set->id[i];
        }
    set->o.n = kept;
    return sw_nl_heap_value(set);
}

static sw_nl_v
build(sw_nl_engine *e, const sw_nl_node *n, unsigned kind)
{
    uint32_t room = 8;
    sw_nl_agentset *set = sw_nl_set_new(e, kind, room);
    for (int i = 0; i < n->n_args; i++) {
        sw_nl_v v = EV(i);
        set = gather(e, n, set, &room, v);
    }
    return unique(e, set);
}

EVAL(turtle_set)
{
    return build(e, n, SW_NL_T);
}
EVAL(patch_set)
{
    return build(e, n, SW_NL_P);
}
EVAL(link_set)
{
    return build(e, n, SW_NL_L);
}

EVAL(other)
{
    sw_nl_agentset *s = sw_nl_input_members(e, n, 0, sw_nl_arg_set(e, n, 0, SW_NL_TPL), false);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->o.n; i++)
        if (s->id[i] != e->id || s->o.flags != e->kind)
            s->id[kept++] = s->id[i];
    s->o.n = kept;
    return sw_nl_heap_value(s);
}

EVAL(who_are_not)
{
    sw_nl_agentset *s = sw_nl_members(e, sw_nl_arg_set(e, n, 0, SW_NL_TPL), false);
    sw_nl_v not = EV(1);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->o.n; i++) {
        sw_nl_v a = sw_nl_agent(s->o.flags, s->id[i]);
        if (sw_nl_is_set(not ) ? !sw_nl_contains(e, not, a) : a != not )
            s->id[kept++] = s->id[i];
    }
    s->o.n = kept;
    return sw_nl_heap_value(s);
}
