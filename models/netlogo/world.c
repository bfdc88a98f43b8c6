// SPDX-License-Identifier: Apache-2.0
// The world's storage: columns of patches, pools of turtles and links, living sets in order, and
// what the heap must know of them.
#include "models/netlogo/world.h"

#include <math.h>
#include <stdlib.h>

#define MAX_WORLD_PATCHES 20000000

static void *
grow(sw_nl_engine *e, void *old, size_t old_bytes, size_t bytes)
{
    sw_nl_heap_charge(e->heap, bytes - old_bytes);
    void *p = realloc(old, bytes);
    if (p == NULL)
        sw_nl_limit(e, "Out of memory.");
    memset((char *)p + old_bytes, 0, bytes - old_bytes);
    return p;
}

// ---- Living sets --------------------------------------------------------------------------------

static int
compare_links(const sw_nl_engine *e, int32_t a, int32_t b)
{
    const sw_nl_pool *pool = &e->world.links;
    const int32_t *who = e->world.turtle_who;
    for (int column = L_END1; column <= L_END2; column++) {
        int32_t x = who[sw_nl_agent_id(pool->column[column][a])];
        int32_t y = who[sw_nl_agent_id(pool->column[column][b])];
        if (x != y)
            return x < y ? -1 : 1;
    }
    return sw_nl_breed_of(e, SW_NL_L, a) - sw_nl_breed_of(e, SW_NL_L, b);
}

// Where id stands, or would stand, in its order.
static int32_t
order_place(const sw_nl_engine *e, unsigned kind, const sw_nl_order *o, int32_t id)
{
    int32_t low = 0, high = o->n;
    const int32_t *who = e->world.turtle_who;
    while (low < high) {
        int32_t mid = low + (high - low) / 2;
        int c = kind == SW_NL_T ? (who[o->id[mid]] > who[id]) - (who[o->id[mid]] < who[id])
                                : compare_links(e, o->id[mid], id);
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static sw_nl_order *
order_of(sw_nl_engine *e, unsigned kind, int32_t breed)
{
    return &(kind == SW_NL_T ? &e->world.turtles : &e->world.links)->breed[breed];
}

void
sw_nl_order_insert(sw_nl_engine *e, unsigned kind, int32_t breed, int32_t id)
{
    sw_nl_order *o = order_of(e, kind, breed);
    if (o->n == o->capacity) {
        int32_t capacity = o->capacity ? o->capacity * 2 : 64;
        o->id = grow(e, o->id, (size_t)o->capacity * 4, (size_t)capacity * 4);
        o->capacity = capacity;
    }
    bool last = kind == SW_NL_T &&
                (o->n == 0 || e->world.turtle_who[o->id[o->n - 1]] < e->world.turtle_who[id]);
    int32_t at = last ? o->n : order_place(e, kind, o, id);
    memmove(o->id + at + 1, o->id + at, (size_t)(o->n - at) * 4);
    o->id[at] = id;
    o->n++;
}

void
sw_nl_order_remove(sw_nl_engine *e, unsigned kind, int32_t breed, int32_t id)
{
    sw_nl_order *o = order_of(e, kind, breed);
    int32_t at = order_place(e, kind, o, id);
    while (at < o->n && o->id[at] != id)
        at++;
    if (at == o->n)
        return;
    memmove(o->id + at, o->id + at + 1, (size_t)(o->n - at - 1) * 4);
    o->n--;
}

static void
order_compact(sw_nl_order *o, const uint8_t *alive)
{
    int32_t n = 0;
    for (int32_t i = 0; i < o->n; i++)
        if (alive[o->id[i]])
            o->id[n++] = o->id[i];
    o->n = n;
    o->dead = 0;
}

void
sw_nl_order_note_death(sw_nl_engine *e, unsigned kind, int32_t breed)
{
    sw_nl_order *o = order_of(e, kind, breed);
    if (++o->dead > 32 && o->dead > o->n / 2)
        order_compact(o, (kind == SW_NL_T ? &e->world.turtles : &e->world.links)->alive);
}

int32_t
sw_nl_breed_of(const sw_nl_engine *e, unsigned kind, int32_t id)
{
    if (kind == SW_NL_P)
        return 0;
    sw_nl_v v =
        kind == SW_NL_T ? e->world.turtles.column[T_BREED][id] : e->world.links.column[L_BREED][id];
    return (int32_t)SW_NL_SET_BREED(v);
}

// ---- Pools --------------------------------------------------------------------------------------

static void
pool_init(sw_nl_engine *e, sw_nl_pool *pool, size_t columns, size_t breeds)
{
    pool->n_columns = (int32_t)columns;
    pool->n_breeds = (int32_t)breeds;
    pool->column = grow(e, NULL, 0, columns * sizeof *pool->column);
    pool->breed = grow(e, NULL, 0, breeds * sizeof *pool->breed);
}

static void
pool_fini(sw_nl_pool *pool)
{
    for (int32_t i = 0; i < pool->n_columns && pool->column != NULL; i++)
        free(pool->column[i]);
    for (int32_t i = 0; i < pool->n_breeds && pool->breed != NULL; i++)
        free(pool->breed[i].id);
    free(pool->column);
    free(pool->breed);
    free(pool->alive);
    free(pool->mark);
    free(pool->free_slots.id);
    *pool = (sw_nl_pool){0};
}

static void
pool_grow(sw_nl_engine *e, sw_nl_pool *pool, int32_t capacity)
{
    size_t old = (size_t)pool->capacity, new = (size_t)capacity;
    for (int32_t i = 0; i < pool->n_columns; i++)
        pool->column[i] = grow(e, pool->column[i], old * 8, new * 8);
    pool->alive = grow(e, pool->alive, old, new);
    pool->mark = grow(e, pool->mark, old, new);
    pool->free_slots.id = grow(e, pool->free_slots.id, old * 4, new * 4);
    pool->capacity = capacity;
}

int32_t
sw_nl_slot_new(sw_nl_engine *e, unsigned kind)
{
    sw_nl_world *w = &e->world;
    sw_nl_pool *pool = kind == SW_NL_T ? &w->turtles : &w->links;
    int32_t living = pool->breed[0].n - pool->breed[0].dead;
    if (pool->free_slots.n == 0 && pool->n == pool->capacity && living < pool->n / 2)
        sw_nl_heap_collect(e->heap);
    if (pool->free_slots.n > 0) {
        int32_t slot = pool->free_slots.id[--pool->free_slots.n];
        pool->alive[slot] = 1;
        return slot;
    }
    if (pool->n == pool->capacity) {
        int32_t capacity = pool->capacity ? pool->capacity * 2 : 64;
        if (kind == SW_NL_T) {
            size_t old = (size_t)w->turtle_extra, new = (size_t)capacity;
            w->next_turtle = grow(e, w->next_turtle, old * 4, new * 4);
            w->previous_turtle = grow(e, w->previous_turtle, old * 4, new * 4);
            w->turtle_patch = grow(e, w->turtle_patch, old * 4, new * 4);
            w->turtle_who = grow(e, w->turtle_who, old * 4, new * 4);
            w->turtle_links = grow(e, w->turtle_links, old * sizeof *w->turtle_links,
                                   new * sizeof *w->turtle_links);
            w->turtle_extra = capacity;
        }
        pool_grow(e, pool, capacity);
    }
    int32_t slot = pool->n++;
    pool->alive[slot] = 1;
    return slot;
}

// ---- What the heap asks -------------------------------------------------------------------------

static void
mark_pool(sw_nl_heap *heap, const sw_nl_pool *pool, int first_column)
{
    for (int32_t c = first_column; c < pool->n_columns; c++) {
        const sw_nl_v *column = pool->column[c];
        for (int32_t i = 0; i < pool->n; i++)
            if (pool->alive[i] && column[i] >= SW_NL_BOX(SW_NL_TAG_TURTLE, 0))
                sw_nl_heap_mark(heap, column[i]);
    }
}

void
sw_nl_world_mark(sw_nl_engine *e, sw_nl_heap *heap)
{
    sw_nl_world *w = &e->world;
    mark_pool(heap, &w->turtles, T_COLOR);
    mark_pool(heap, &w->links, L_END1);
    for (int32_t c = P_COLOR; c < w->n_patch_columns && w->patch != NULL; c++)
        if (w->patch[c] != NULL)
            sw_nl_heap_mark_many(heap, w->patch[c], (size_t)w->n_patches);
    sw_nl_heap_mark(heap, w->subject);
    if (w->default_shape != NULL)
        sw_nl_heap_mark_many(heap, w->default_shape, e->program->n_turtle_breeds);
    if (w->default_link_shape != NULL)
        sw_nl_heap_mark_many(heap, w->default_link_shape, e->program->n_link_breeds);
}

static void
reclaim_pool(sw_nl_pool *pool)
{
    for (int32_t b = 0; b < pool->n_breeds; b++)
        if (pool->breed[b].dead > 0)
            order_compact(&pool->breed[b], pool->alive);
    // A slot on the free list is marked 2 so that it is not listed again.
    for (int32_t i = 0; i < pool->free_slots.n; i++)
        pool->mark[pool->free_slots.id[i]] = 2;
    for (int32_t i = 0; i < pool->n; i++) {
        if (!pool->alive[i] && pool->mark[i] == 0)
            pool->free_slots.id[pool->free_slots.n++] = i;
        pool->mark[i] = 0;
    }
}

void
sw_nl_world_reclaim(sw_nl_engine *e)
{
    reclaim_pool(&e->world.turtles);
    reclaim_pool(&e->world.links);
}

// ---- Patches ------------------------------------------------------------------------------------

static void
patches_new(sw_nl_engine *e)
{
    sw_nl_world *w = &e->world;
    size_t n = (size_t)w->width * (size_t)w->height;
    w->n_patches = (int32_t)n;
    for (int32_t c = 0; c < w->n_patch_columns; c++)
        w->patch[c] = grow(e, NULL, 0, n * sizeof(sw_nl_v));
    w->first_turtle = grow(e, NULL, 0, n * 4);
    w->last_turtle = grow(e, NULL, 0, n * 4);
    e->visited = grow(e, NULL, 0, n * 4);
    e->visit = 0;
    sw_nl_v empty = sw_nl_string_new(e, "", 0);
    for (size_t i = 0; i < n; i++) {
        w->patch[P_XCOR][i] = sw_nl_number(w->min_x + (double)(i % (size_t)w->width));
        w->patch[P_YCOR][i] = sw_nl_number(w->max_y - (double)(i / (size_t)w->width));
        w->patch[P_LABEL][i] = empty;
        w->patch[P_LABEL_COLOR][i] = sw_nl_number(9.9);
        w->first_turtle[i] = w->last_turtle[i] = -1;
    }
}

static void
patches_free(sw_nl_engine *e)
{
    sw_nl_world *w = &e->world;
    for (int32_t c = 0; c < w->n_patch_columns && w->patch != NULL; c++) {
        free(w->patch[c]);
        w->patch[c] = NULL;
    }
    free(w->first_turtle);
    free(w->last_turtle);
    free(e->visited);
    w->first_turtle = w->last_turtle = NULL;
    e->visited = NULL;
    sw_nl_heap_discharge(e->heap, (size_t)w->n_patches * (8 * (size_t)w->n_patch_columns + 12));
    w->n_patches = 0;
}

void
sw_nl_clear_patches(sw_nl_engine *e)
{
    sw_nl_world *w = &e->world;
    sw_nl_v empty = sw_nl_string_new(e, "", 0);
    for (int32_t c = P_COLOR; c < w->n_patch_columns; c++)
        for (int32_t i = 0; i < w->n_patches; i++)
            w->patch[c][i] = c == P_LABEL         ? empty
                             : c == P_LABEL_COLOR ? sw_nl_number(9.9)
                                                  : sw_nl_number(0);
}

void
sw_nl_world_resize(sw_nl_engine *e, int32_t min_x, int32_t max_x, int32_t min_y, int32_t max_y)
{
    sw_nl_world *w = &e->world;
    int64_t width = (int64_t)max_x - min_x + 1, height = (int64_t)max_y - min_y + 1;
    if (width * height > MAX_WORLD_PATCHES)
        sw_nl_limit(e, "The world would have more patches than the limit of 20000000.");
    e->world_resized = w->n_patches > 0;
    sw_nl_clear_turtles(e);
    sw_nl_clear_links(e);
    patches_free(e);
    w->min_x = min_x;
    w->max_x = max_x;
    w->min_y = min_y;
    w->max_y = max_y;
    w->width = (int32_t)width;
    w->height = (int32_t)height;
    patches_new(e);
}

// ---- Whole --------------------------------------------------------------------------------------

static void
trigonometry(sw_nl_engine *e)
{
    sw_nl_world *w = &e->world;
    w->sine = grow(e, NULL, 0, 360 * sizeof(double));
    w->cosine = grow(e, NULL, 0, 360 * sizeof(double));
    for (int i = 0; i < 360; i++) {
        double radians = i * 0.017453292519943295;
        w->sine[i] = sw_nl_sin(radians);
        w->cosine[i] = sw_nl_cos(radians);
        if (fabs(w->sine[i]) < 3.2e-15)
            w->sine[i] = 0;
        if (fabs(w->cosine[i]) < 3.2e-15)
            w->cosine[i] = 0;
    }
}

void
sw_nl_world_init(sw_nl_engine *e)
{
    sw_nl_world *w = &e->world;
    const sw_nl_program *p = e->program;
    const sw_nl_view *view = &e->file->view;
    w->ticks = -1;
    w->subject = SW_NL_NOBODY;
    w->wrap_x = view->wrap_x;
    w->wrap_y = view->wrap_y;
    w->patch_size = view->patch_size;
    w->turtle_shape = (const char **)e->file->turtle_shapes;
    w->n_turtle_shapes = e->file->n_turtle_shapes;
    w->link_shape = (const char **)e->file->link_shapes;
    w->n_link_shapes = e->file->n_link_shapes;
    trigonometry(e);
    pool_init(e, &w->turtles, p->n_turtle_vars, p->n_turtle_breeds);
    pool_init(e, &w->links, p->n_link_vars, p->n_link_breeds);
    w->default_shape = grow(e, NULL, 0, p->n_turtle_breeds * sizeof(sw_nl_v));
    w->default_link_shape = grow(e, NULL, 0, p->n_link_breeds * sizeof(sw_nl_v));
    for (size_t i = 0; i < p->n_turtle_breeds; i++)
        w->default_shape[i] = SW_NL_NOTHING;
    for (size_t i = 0; i < p->n_link_breeds; i++)
        w->default_link_shape[i] = SW_NL_NOTHING;
    w->n_patch_columns = (int32_t)p->n_patch_vars;
    w->patch = grow(e, NULL, 0, p->n_patch_vars * sizeof *w->patch);
    w->min_x = view->min_pxcor;
    w->max_x = view->max_pxcor;
    w->min_y = view->min_pycor;
    w->max_y = view->max_pycor;
    sw_nl_world_resize(e, w->min_x, w->max_x, w->min_y, w->max_y);
}

void
sw_nl_world_fini(sw_nl_engine *e)
{
    sw_nl_world *w = &e->world;
    for (int32_t i = 0; i < w->turtle_extra && w->turtle_links != NULL; i++)
        free(w->turtle_links[i].id);
    patches_free(e);
    free(w->patch);
    pool_fini(&w->turtles);
    pool_fini(&w->links);
    free(w->next_turtle);
    free(w->previous_turtle);
    free(w->turtle_patch);
    free(w->turtle_who);
    free(w->turtle_links);
    free(w->who_slot);
    free(w->default_shape);
    free(w->default_link_shape);
    free(w->sine);
    free(w->cosine);
}
