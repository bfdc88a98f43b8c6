// SPDX-License-Identifier: Apache-2.0
// A short list, searched by hash: a run looks seven times.
#include "models/fmri/cache.h"

#include <string.h>

typedef struct entry {
    uint64_t hash, used;
    char *record;
    void *value;
    size_t bytes;
    void (*drop)(void *);
} entry;

struct sw_fmri_cache {
    size_t limit, bytes, n, room;
    uint64_t clock, start, puts;
    entry *v;
};

// 64-bit FNV-1a.
static uint64_t
hash_of(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325;
    while (*text)
        hash = (hash ^ (unsigned char)*text++) * 0x100000001b3;
    return hash;
}

sw_fmri_cache *
sw_fmri_cache_new(size_t limit)
{
    sw_fmri_cache *c = sw_fmri_alloc(1, sizeof *c);
    c->limit = limit;
    c->room = 32;
    c->v = sw_fmri_alloc(c->room, sizeof *c->v);
    return c;
}

static void
drop(sw_fmri_cache *c, size_t i)
{
    c->bytes -= c->v[i].bytes;
    c->v[i].drop(c->v[i].value);
    free(c->v[i].record);
    c->v[i] = c->v[--c->n];
}

void
sw_fmri_cache_free(sw_fmri_cache **cache)
{
    sw_fmri_cache *c = *cache;
    if (!c)
        return;
    while (c->n)
        drop(c, c->n - 1);
    free(c->v);
    free(c);
    *cache = NULL;
}

void
sw_fmri_cache_start(sw_fmri_cache *c)
{
    c->start = ++c->clock;
}

void *
sw_fmri_cache_get(sw_fmri_cache *c, const char *record)
{
    uint64_t hash = hash_of(record);
    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].hash == hash && strcmp(c->v[i].record, record) == 0) {
            c->v[i].used = ++c->clock;
            return c->v[i].value;
        }
    }
    return NULL;
}

// Makes room, as far as what this run uses allows.
static void
shrink(sw_fmri_cache *c, size_t bytes)
{
    while (c->bytes + bytes > c->limit) {
        size_t oldest = c->n;
        for (size_t i = 0; i < c->n; i++) {
            if (c->v[i].used < c->start && (oldest == c->n || c->v[i].used < c->v[oldest].used))
                oldest = i;
        }
        if (oldest == c->n)
            return;
        drop(c, oldest);
    }
}

void
sw_fmri_cache_put(sw_fmri_cache *c, const char *record, void *value, size_t bytes,
                  void (*how)(void *))
{
    shrink(c, bytes);
    if (c->n == c->room)
        c->v = sw_fmri_grow(c->v, &c->room, sizeof *c->v);
    char *copy = strdup(record);
    if (!copy)
        abort();
    c->v[c->n++] = (entry){hash_of(record), ++c->clock, copy, value, bytes, how};
    c->bytes += bytes;
    c->puts++;
}

uint64_t
sw_fmri_cache_puts(const sw_fmri_cache *c)
{
    return c->puts;
}
