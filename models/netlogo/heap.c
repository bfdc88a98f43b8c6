// SPDX-License-Identifier: Apache-2.0
// The garbage-collected heap of an engine: size classes in aligned chunks, mark and sweep, the C
// stack scanned conservatively. A run that makes short-lived sets and lists by the million stays
// flat, and no primitive has to say what it holds.
#include "models/netlogo/value.h"

#include <assert.h>
#include <stdlib.h>

#define CHUNK ((size_t)1 << 16)
#define CHUNK_HEAD 64
#define N_CLASSES 24
#define LARGEST_CELL ((size_t)8192)
#define FIRST_COLLECTION ((size_t)4 << 20)
#define N_SPARE 16
#define LARGEST_SPARE ((size_t)1 << 20)

// Sizes of cells; anything larger has chunks of its own.
static const uint16_t class_size[N_CLASSES] = {16,  32,  48,  64,   80,   96,   112,  128,
                                               160, 192, 224, 256,  320,  384,  448,  512,
                                               640, 768, 896, 1024, 1536, 2048, 4096, 8192};

typedef struct chunk {
    struct chunk *next;
    size_t cell;  // bytes of one cell; for a large object all of it
    size_t cells; // 1 for a large object
    size_t span;  // bytes reserved
} chunk;

typedef struct free_cell {
    sw_nl_object o;
    struct free_cell *next;
} free_cell;

struct sw_nl_heap {
    chunk *chunks, *large;
    chunk *spare[N_SPARE]; // large chunks not in use, kept because the next set needs one
    int n_spare;
    free_cell *free[N_CLASSES];
    uint8_t class_of[LARGEST_CELL / 16 + 1];
    uintptr_t *page; // open hash of chunk-sized pages in use
    chunk **page_chunk;
    size_t n_pages, page_capacity;
    uintptr_t low, high;
    size_t used, since, trigger, limit, outside, peak_live;
    sw_nl_object **gray;
    size_t n_gray, gray_capacity;
    const void *base;
    void *self;
    sw_nl_mark_fn *roots, *done;
    sw_nl_agent_fn *agent;
    sw_nl_full_fn *full;
    bool collecting;
};

static size_t
page_place(const sw_nl_heap *h, uintptr_t page)
{
    size_t mask = h->page_capacity - 1;
    size_t i = (size_t)((page >> 16) * 0x9E3779B97F4A7C15ull >> 20) & mask;
    while (h->page[i] != 0 && h->page[i] != page)
        i = (i + 1) & mask;
    return i;
}

static void
page_put(sw_nl_heap *h, uintptr_t page, chunk *c)
{
    size_t i = page_place(h, page);
    h->page[i] = page;
    h->page_chunk[i] = c;
    if (page < h->low)
        h->low = page;
    if (page + CHUNK > h->high)
        h->high = page + CHUNK;
}

static void
pages_rebuild(sw_nl_heap *h, size_t capacity)
{
    free(h->page);
    free(h->page_chunk);
    h->page = calloc(capacity, sizeof *h->page);
    h->page_chunk = calloc(capacity, sizeof(chunk *));
    if (h->page == NULL || h->page_chunk == NULL)
        abort();
    h->page_capacity = capacity;
    h->n_pages = 0;
    for (int large = 0; large < 2; large++)
        for (chunk *c = large ? h->large : h->chunks; c != NULL; c = c->next)
            for (size_t at = 0; at < c->span; at += CHUNK, h->n_pages++)
                page_put(h, (uintptr_t)c + at, c);
}

// A spare chunk of just this size, or fresh memory.
static void *
chunk_memory(sw_nl_heap *h, size_t span)
{
    for (int i = 0; i < h->n_spare; i++)
        if (h->spare[i]->span == span) {
            chunk *c = h->spare[i];
            h->spare[i] = h->spare[--h->n_spare];
            return c;
        }
    return aligned_alloc(CHUNK, span);
}

static void
chunk_drop(sw_nl_heap *h, chunk *c)
{
    if (c->span > LARGEST_SPARE || h->n_spare == N_SPARE)
        free(c);
    else
        h->spare[h->n_spare++] = c;
}

static chunk *
chunk_new(sw_nl_heap *h, size_t cell, size_t span, chunk **list)
{
    chunk *c = chunk_memory(h, span);
    if (c == NULL) {
        h->full(h->self);
        __builtin_unreachable(); // it does not return
    }
    *c = (chunk){.next = *list, .cell = cell, .span = span};
    c->cells = list == &h->large ? 1 : (span - CHUNK_HEAD) / cell;
    *list = c;
    size_t pages = span / CHUNK;
    if ((h->n_pages + pages) * 2 > h->page_capacity) {
        size_t capacity = h->page_capacity;
        while ((h->n_pages + pages) * 2 > capacity)
            capacity *= 2;
        pages_rebuild(h, capacity);
    } else {
        for (size_t at = 0; at < span; at += CHUNK)
            page_put(h, (uintptr_t)c + at, c);
        h->n_pages += pages;
    }
    return c;
}

sw_nl_heap *
sw_nl_heap_new(size_t limit, void *self, sw_nl_mark_fn *roots, sw_nl_agent_fn *agent,
               sw_nl_mark_fn *done, sw_nl_full_fn *full)
{
    sw_nl_heap *h = calloc(1, sizeof *h);
    if (h == NULL)
        abort();
    h->limit = limit;
    h->self = self;
    h->roots = roots;
    h->agent = agent;
    h->done = done;
    h->full = full;
    h->trigger = FIRST_COLLECTION;
    h->low = UINTPTR_MAX;
    for (size_t size = 0, k = 0; size <= LARGEST_CELL; size += 16) {
        while (class_size[k] < size)
            k++;
        h->class_of[size / 16] = (uint8_t)k;
    }
    pages_rebuild(h, 64);
    return h;
}

void
sw_nl_heap_free(sw_nl_heap **heap)
{
    sw_nl_heap *h = *heap;
    if (h == NULL)
        return;
    for (int large = 0; large < 2; large++)
        for (chunk *c = large ? h->large : h->chunks, *next; c != NULL; c = next) {
            next = c->next;
            free(c);
        }
    for (int i = 0; i < h->n_spare; i++)
        free(h->spare[i]);
    free(h->page);
    free(h->page_chunk);
    free(h->gray);
    free(h);
    *heap = NULL;
}

void
sw_nl_heap_base(sw_nl_heap *heap, const void *base)
{
    heap->base = base;
}

size_t
sw_nl_heap_bytes(const sw_nl_heap *heap)
{
    return heap->used + heap->outside;
}

// ---- Marking ------------------------------------------------------------------------------------

static void
push_gray(sw_nl_heap *h, sw_nl_object *o)
{
    if (o->mark || o->kind == SW_NL_FREE_CELL)
        return;
    o->mark = 1;
    if (o->kind == SW_NL_STRING || o->kind == SW_NL_RAW || o->kind == SW_NL_SYMBOL)
        return;
    if (h->n_gray == h->gray_capacity) {
        h->gray_capacity = h->gray_capacity ? h->gray_capacity * 2 : 256;
        h->gray = realloc(h->gray, h->gray_capacity * sizeof *h->gray);
        if (h->gray == NULL)
            abort();
    }
    h->gray[h->n_gray++] = o;
}

void
sw_nl_heap_mark(sw_nl_heap *h, sw_nl_v v)
{
    unsigned tag = SW_NL_TAG(v);
    if (tag == SW_NL_TAG_HEAP)
        push_gray(h, sw_nl_pointer(v));
    else if (tag == SW_NL_TAG_TURTLE || tag == SW_NL_TAG_LINK)
        h->agent(h->self, v);
}

void
sw_nl_heap_mark_many(sw_nl_heap *h, const sw_nl_v *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i] >= SW_NL_BOX(SW_NL_TAG_TURTLE, 0))
            sw_nl_heap_mark(h, v[i]);
}

static void
mark_children(sw_nl_heap *h, sw_nl_object *o)
{
    switch ((sw_nl_object_kind)o->kind) {
    case SW_NL_LIST:
        push_gray(h, &((sw_nl_list *)o)->buffer->o);
        break;
    case SW_NL_BUFFER:
        sw_nl_heap_mark_many(h, ((sw_nl_buffer *)o)->item, o->n);
        break;
    case SW_NL_AGENTSET:
        if (o->flags != SW_NL_P)
            for (uint32_t i = 0; i < o->n; i++)
                h->agent(h->self, sw_nl_agent(o->flags, ((sw_nl_agentset *)o)->id[i]));
        break;
    case SW_NL_LAMBDA:
        sw_nl_heap_mark_many(h, ((sw_nl_lambda *)o)->cell, o->n);
        break;
    case SW_NL_CELL:
        sw_nl_heap_mark(h, ((sw_nl_cell *)o)->value);
        break;
    case SW_NL_TABLE: {
        sw_nl_table *t = (sw_nl_table *)o;
        if (t->pairs != NULL)
            push_gray(h, &t->pairs->o);
        if (t->index != NULL)
            push_gray(h, &t->index->o);
        break;
    }
    case SW_NL_ARRAY:
        if (((sw_nl_array *)o)->buffer != NULL)
            push_gray(h, &((sw_nl_array *)o)->buffer->o);
        break;
    case SW_NL_MATRIX:
        if (((sw_nl_matrix *)o)->data != NULL)
            push_gray(h, &((sw_nl_matrix *)o)->data->o);
        break;
    default:
        break;
    }
}

// Any word that points into a cell keeps it; a tagged agent keeps its slot.
static void
mark_word(sw_nl_heap *h, uint64_t word)
{
    unsigned tag = SW_NL_TAG(word);
    if (tag == SW_NL_TAG_TURTLE || tag == SW_NL_TAG_LINK) {
        h->agent(h->self, word);
        return;
    }
    if (tag != 0 && tag != SW_NL_TAG_HEAP)
        return;
    uintptr_t at = (uintptr_t)SW_NL_PAYLOAD(word);
    if (at < h->low || at >= h->high)
        return;
    size_t i = page_place(h, at & ~(uintptr_t)(CHUNK - 1));
    if (h->page[i] == 0)
        return;
    chunk *c = h->page_chunk[i];
    uintptr_t first = (uintptr_t)c + CHUNK_HEAD;
    if (at < first)
        return;
    size_t k = (at - first) / c->cell;
    if (k < c->cells)
        push_gray(h, (sw_nl_object *)(first + k * c->cell));
}

__attribute__((no_sanitize("address"), noinline)) static void
mark_stack(sw_nl_heap *h)
{
    __builtin_unwind_init(); // spills the registers that callers may hold values in
    const uint64_t *at = __builtin_frame_address(0);
    for (; (const void *)at < h->base; at++)
        mark_word(h, *at);
}

static void
drain(sw_nl_heap *h)
{
    while (h->n_gray > 0)
        mark_children(h, h->gray[--h->n_gray]);
}

// ---- Sweeping -----------------------------------------------------------------------------------

static void
sweep_small(sw_nl_heap *h)
{
    memset(h->free, 0, sizeof h->free);
    for (chunk *c = h->chunks; c != NULL; c = c->next) {
        unsigned k = h->class_of[(c->cell + 15) / 16];
        char *at = (char *)c + CHUNK_HEAD;
        for (size_t i = 0; i < c->cells; i++, at += c->cell) {
            sw_nl_object *o = (sw_nl_object *)at;
            if (o->mark) {
                o->mark = 0;
                h->used += c->cell;
                continue;
            }
            o->kind = SW_NL_FREE_CELL;
            ((free_cell *)o)->next = h->free[k];
            h->free[k] = (free_cell *)o;
        }
    }
}

static void
sweep_large(sw_nl_heap *h)
{
    bool freed = false;
    for (chunk **link = &h->large; *link != NULL;) {
        chunk *c = *link;
        sw_nl_object *o = (sw_nl_object *)((char *)c + CHUNK_HEAD);
        if (o->mark) {
            o->mark = 0;
            h->used += c->span;
            link = &c->next;
        } else {
            *link = c->next;
            chunk_drop(h, c);
            freed = true;
        }
    }
    if (freed)
        pages_rebuild(h, h->page_capacity);
}

void
sw_nl_heap_collect(sw_nl_heap *h)
{
    assert(!h->collecting);
    h->collecting = true;
    if (h->base != NULL)
        mark_stack(h);
    h->roots(h->self, h);
    drain(h);
    h->done(h->self, h);
    h->used = 0;
    sweep_small(h);
    sweep_large(h);
    h->since = 0;
    // The next one when as much is made anew as this one kept and a third of the agents' columns,
    // which it had to look through: so collecting takes a bounded share of a run.
    size_t next = h->used + h->outside / 3;
    h->trigger = next > FIRST_COLLECTION ? next : FIRST_COLLECTION;
    h->collecting = false;
}

static void
maybe_collect(sw_nl_heap *h, size_t bytes)
{
    h->since += bytes;
    bool over = h->used + h->outside + bytes > h->limit;
    if (h->collecting || (h->since < h->trigger && !over))
        return;
    sw_nl_heap_collect(h);
    if (h->used + h->outside + bytes > h->limit)
        h->full(h->self);
}

void
sw_nl_heap_charge(sw_nl_heap *h, size_t bytes)
{
    if (h->used + h->outside + bytes > h->limit)
        h->full(h->self);
    h->outside += bytes;
}

void
sw_nl_heap_discharge(sw_nl_heap *h, size_t bytes)
{
    h->outside = bytes > h->outside ? 0 : h->outside - bytes;
}

static void
refill(sw_nl_heap *h, unsigned k)
{
    size_t size = class_size[k];
    chunk *c = chunk_new(h, size, CHUNK, &h->chunks);
    char *at = (char *)c + CHUNK_HEAD;
    for (size_t i = 0; i < c->cells; i++, at += size) {
        free_cell *f = (free_cell *)at;
        f->o = (sw_nl_object){.kind = SW_NL_FREE_CELL};
        f->next = h->free[k];
        h->free[k] = f;
    }
}

// A cell for an object of a size class, or one of its own when it is larger than all of them.
static sw_nl_object *
cell_for(sw_nl_heap *h, size_t bytes)
{
    if (bytes <= LARGEST_CELL) {
        unsigned k = h->class_of[(bytes + 15) / 16];
        maybe_collect(h, class_size[k]);
        if (h->free[k] == NULL)
            refill(h, k);
        sw_nl_object *o = &h->free[k]->o;
        h->free[k] = h->free[k]->next;
        h->used += class_size[k];
        return o;
    }
    size_t span = (bytes + CHUNK_HEAD + CHUNK - 1) & ~(CHUNK - 1);
    maybe_collect(h, span);
    chunk *c = chunk_new(h, span - CHUNK_HEAD, span, &h->large);
    h->used += span;
    return (sw_nl_object *)((char *)c + CHUNK_HEAD);
}

void *
sw_nl_heap_alloc(sw_nl_heap *h, sw_nl_object_kind kind, size_t bytes)
{
    sw_nl_object *o = cell_for(h, bytes);
    // The numbers of a set count only as far as its n says.
    memset(o, 0, kind == SW_NL_AGENTSET ? sizeof *o : bytes);
    o->kind = (uint8_t)kind;
    return o;
}
