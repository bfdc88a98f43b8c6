// SPDX-License-Identifier: Apache-2.0
// A small cache of sorted places.
#include "server/api/ahead.h"

#include "lib/base/memory.h"

#include <pthread.h>

enum { TABLES = 16 };

typedef struct table {
    char *key; // NULL: free
    sw_picks found;
    uint64_t used;
} table;

struct sw_ahead {
    pthread_mutex_t lock;
    table tables[TABLES];
    uint64_t clock;
};

sw_ahead *
sw_ahead_new(void)
{
    sw_ahead *a = sw_calloc(1, sizeof *a);
    pthread_mutex_init(&a->lock, NULL);
    return a;
}

static void
drop(table *t)
{
    free(t->key);
    sw_picks_fini(&t->found);
    *t = (table){0};
}

void
sw_ahead_free(sw_ahead **slot)
{
    if (!*slot)
        return;
    for (size_t i = 0; i < TABLES; i++)
        drop(&(*slot)->tables[i]);
    pthread_mutex_destroy(&(*slot)->lock);
    free(*slot);
    *slot = NULL;
}

// Where the places after `after` begin; SIZE_MAX if some before the first one known do.
static size_t
begin_of(const sw_picks *f, const sw_place *after)
{
    if (!after)
        return f->begun ? SIZE_MAX : 0;
    if (f->begun && sw_place_before(*after, f->after))
        return SIZE_MAX;
    size_t low = 0, high = f->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sw_place_before(*after, f->places[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool
find_in(const sw_picks *f, const sw_place *after, size_t limit, sw_place *places, size_t *n)
{
    size_t from = begin_of(f, after);
    bool complete = f->n < f->most;
    if (from == SIZE_MAX || (!complete && f->n - from < limit))
        return false;
    *n = f->n - from < limit ? f->n - from : limit;
    memcpy(places, f->places + from, *n * sizeof *places);
    return true;
}

bool
sw_ahead_find(sw_ahead *a, const char *key, const sw_place *after, size_t limit, sw_place *places,
              size_t *n, uint64_t *seen)
{
    bool found = false;
    pthread_mutex_lock(&a->lock);
    for (size_t i = 0; i < TABLES && !found; i++) {
        table *t = &a->tables[i];
        if (!t->key || strcmp(t->key, key) != 0)
            continue;
        found = find_in(&t->found, after, limit, places, n);
        if (found) {
            *seen = t->found.seen;
            t->used = ++a->clock;
        }
    }
    pthread_mutex_unlock(&a->lock);
    return found;
}

void
sw_ahead_keep(sw_ahead *a, const char *key, const sw_picks *found)
{
    pthread_mutex_lock(&a->lock);
    table *t = &a->tables[0];
    for (size_t i = 1; i < TABLES; i++) {
        if (a->tables[i].used < t->used)
            t = &a->tables[i];
    }
    drop(t);
    *t = (table){.key = sw_strdup(key), .found = *found, .used = ++a->clock};
    t->found.places = sw_malloc((found->n + 1) * sizeof *found->places);
    sw_move(t->found.places, found->places, found->n * sizeof *found->places);
    pthread_mutex_unlock(&a->lock);
}
