// SPDX-License-Identifier: Apache-2.0
// The Wolf benchmark written by hand: what its code does, with the same random draws in the same
// order and the same arithmetic, and nothing of a language in between. It is the limit that an
// interpreter of the model can be held against.
#ifndef SW_BENCH_WOLF_EXACT_H
#define SW_BENCH_WOLF_EXACT_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/netlogo/numbers/random.h"
#include "models/netlogo/numbers/strict.h"
#include "models/netlogo/numbers/text.h"

enum { WOLF_SIDE = 41, WOLF_PATCHES = WOLF_SIDE * WOLF_SIDE, WOLF_ROOM = 65536 };

typedef struct bench_wolf_count {
    int sheep, wolves, brown;
    uint32_t draw; // the next random word, which tells whether all draws were the same
} bench_wolf_count;

typedef struct wolf_animal {
    double x, y, heading, energy;
    int32_t patch, next, previous; // of the sheep of a patch, in order of arrival
    bool alive, sheep;
} wolf_animal;

typedef struct wolf_world {
    sw_nl_random r;
    wolf_animal animal[WOLF_ROOM];
    int32_t sheep[WOLF_ROOM], wolves[WOLF_ROOM], n_sheep, n_wolves; // in order of birth
    int32_t order[WOLF_ROOM];
    int32_t unused[WOLF_ROOM], n_unused;
    int32_t first[WOLF_PATCHES], last[WOLF_PATCHES];
    double countdown[WOLF_PATCHES];
    bool brown[WOLF_PATCHES];
    double sine[360], cosine[360];
} wolf_world;

static int32_t
wolf_patch(double x, double y)
{
    return (20 - (int32_t)floor(y + 0.5)) * WOLF_SIDE + (int32_t)floor(x + 0.5) + 20;
}

static double
wolf_wrap(double v)
{
    if (v >= 20.5)
        return -20.5 + fmod(v - 20.5, 41);
    if (v < -20.5) {
        double inside = 20.5 - fmod(-20.5 - v, 41);
        return inside < 20.5 ? inside : -20.5;
    }
    return v;
}

static void
wolf_enter(wolf_world *w, int32_t id, int32_t patch)
{
    wolf_animal *a = &w->animal[id];
    a->patch = patch;
    if (!a->sheep)
        return;
    a->previous = w->last[patch];
    a->next = -1;
    if (a->previous >= 0)
        w->animal[a->previous].next = id;
    else
        w->first[patch] = id;
    w->last[patch] = id;
}

static void
wolf_leave(wolf_world *w, int32_t id)
{
    const wolf_animal *a = &w->animal[id];
    if (!a->sheep)
        return;
    if (a->previous >= 0)
        w->animal[a->previous].next = a->next;
    else
        w->first[a->patch] = a->next;
    if (a->next >= 0)
        w->animal[a->next].previous = a->previous;
    else
        w->last[a->patch] = a->previous;
}

static void
wolf_place(wolf_world *w, int32_t id, double x, double y)
{
    wolf_animal *a = &w->animal[id];
    a->x = wolf_wrap(x);
    a->y = wolf_wrap(y);
    int32_t patch = wolf_patch(a->x, a->y);
    if (patch == a->patch)
        return;
    wolf_leave(w, id);
    wolf_enter(w, id, patch);
}

static void
wolf_turn_and_step(wolf_world *w, int32_t id, double turn)
{
    wolf_animal *a = &w->animal[id];
    double h = a->heading + turn;
    if (h < 0 || h >= 360)
        h = fmod(fmod(h, 360) + 360, 360);
    a->heading = h;
    int whole = (int)h;
    bool table = h == whole;
    double radians = h * 0.017453292519943295;
    double dx = table ? w->sine[whole] : sw_nl_sin(radians);
    double dy = table ? w->cosine[whole] : sw_nl_cos(radians);
    wolf_place(w, id, a->x + dx, a->y + dy);
}

static double
wolf_random(wolf_world *w, int64_t n)
{
    return (double)sw_nl_random_long(&w->r, n, SW_NL_DIALECT_7);
}

static void
wolf_move(wolf_world *w, int32_t id)
{
    double right = wolf_random(w, 50), left = wolf_random(w, 50);
    wolf_turn_and_step(w, id, right - left);
}

static int32_t
wolf_slot(wolf_world *w, int32_t *used)
{
    if (w->n_unused > 0)
        return w->unused[--w->n_unused];
    if (*used == WOLF_ROOM)
        abort();
    return (*used)++;
}

static void
wolf_reproduce(wolf_world *w, int32_t id, double percent, int32_t *used)
{
    if (!(sw_nl_random_double(&w->r) * 100 < percent))
        return;
    wolf_animal *parent = &w->animal[id];
    parent->energy = sw_nl_round(parent->energy / 2, SW_NL_DIALECT_7);
    int32_t child = wolf_slot(w, used);
    w->animal[child] = *parent;
    wolf_enter(w, child, parent->patch);
    if (parent->sheep)
        w->sheep[w->n_sheep++] = child;
    else
        w->wolves[w->n_wolves++] = child;
    wolf_turn_and_step(w, child, wolf_random(w, 360));
}

static void
wolf_death(wolf_world *w, int32_t id)
{
    if (!(w->animal[id].energy < 0))
        return;
    w->animal[id].alive = false;
    wolf_leave(w, id);
}

// The shuffle of `ask`: the next is drawn before the present one runs.
static int32_t
wolf_draw(wolf_world *w, int32_t *ids, int32_t n, int32_t i)
{
    if (i >= n - 1)
        return i < n ? ids[i] : -1;
    int32_t k = i + sw_nl_random_int(&w->r, n - i), id = ids[k];
    ids[k] = ids[i];
    return id;
}

static void
wolf_bury(wolf_world *w, int32_t *ids, int32_t *n)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < *n; i++)
        if (w->animal[ids[i]].alive)
            ids[kept++] = ids[i];
        else
            w->unused[w->n_unused++] = ids[i];
    *n = kept;
}

static void
wolf_sheep_step(wolf_world *w, int32_t id, int32_t *used)
{
    wolf_animal *a = &w->animal[id];
    wolf_move(w, id);
    a->energy -= 1;
    if (!w->brown[a->patch]) {
        w->brown[a->patch] = true;
        a->energy += 4;
    }
    wolf_reproduce(w, id, 4, used);
    wolf_death(w, id);
}

static void
wolf_wolf_step(wolf_world *w, int32_t id, int32_t *used)
{
    wolf_animal *a = &w->animal[id];
    wolf_move(w, id);
    a->energy -= 1;
    int32_t n = 0;
    for (int32_t s = w->first[a->patch]; s >= 0; s = w->animal[s].next)
        n++;
    if (n > 0) {
        int32_t k = sw_nl_random_int(&w->r, n), prey = w->first[a->patch];
        while (k-- > 0)
            prey = w->animal[prey].next;
        w->animal[prey].energy = -1;
        a->energy += 20;
    }
    wolf_reproduce(w, id, 5, used);
    wolf_death(w, id);
}

static void
wolf_ask_animals(wolf_world *w, const int32_t *ids, int32_t n, int32_t *used, bool sheep)
{
    memcpy(w->order, ids, (size_t)n * sizeof *ids);
    int32_t i = 0, next = wolf_draw(w, w->order, n, i++);
    while (next >= 0) {
        int32_t id = next;
        next = wolf_draw(w, w->order, n, i++);
        if (sheep)
            wolf_sheep_step(w, id, used);
        else
            wolf_wolf_step(w, id, used);
    }
}

static void
wolf_all_patches(wolf_world *w)
{
    for (int32_t i = 0; i < WOLF_PATCHES; i++)
        w->order[i] = i;
}

static void
wolf_grow(wolf_world *w)
{
    wolf_all_patches(w);
    for (int32_t i = 0; i < WOLF_PATCHES; i++) {
        int32_t p = wolf_draw(w, w->order, WOLF_PATCHES, i);
        if (!w->brown[p])
            continue;
        if (w->countdown[p] <= 0) {
            w->brown[p] = false;
            w->countdown[p] = 30;
        } else {
            w->countdown[p] -= 1;
        }
    }
}

static void
wolf_setup_patches(wolf_world *w)
{
    wolf_all_patches(w);
    for (int32_t i = 0; i < WOLF_PATCHES; i++)
        wolf_draw(w, w->order, WOLF_PATCHES, i);
    wolf_all_patches(w);
    int32_t i = 0, next = wolf_draw(w, w->order, WOLF_PATCHES, i++);
    while (next >= 0) {
        int32_t p = next;
        next = wolf_draw(w, w->order, WOLF_PATCHES, i++);
        w->countdown[p] = wolf_random(w, 30);
        w->brown[p] = wolf_random(w, 2) == 0;
    }
}

static void
wolf_setup_animals(wolf_world *w, int32_t *ids, int32_t n, int32_t from, bool sheep, double energy)
{
    for (int32_t i = 0; i < n; i++) {
        ids[i] = from + i;
        w->animal[from + i] =
            (wolf_animal){.alive = true, .sheep = sheep, .heading = 360.0 * i / n};
        wolf_enter(w, from + i, wolf_patch(0, 0));
    }
    memcpy(w->order, ids, (size_t)n * sizeof *ids);
    int32_t i = 0, next = wolf_draw(w, w->order, n, i++);
    while (next >= 0) {
        int32_t id = next;
        next = wolf_draw(w, w->order, n, i++);
        w->animal[id].energy = sw_nl_random_double(&w->r) * energy;
        double x = wolf_random(w, WOLF_SIDE), y = wolf_random(w, WOLF_SIDE);
        wolf_place(w, id, x, y);
    }
}

static void
wolf_tables(wolf_world *w)
{
    for (int i = 0; i < 360; i++) {
        w->sine[i] = sw_nl_sin(i * 0.017453292519943295);
        w->cosine[i] = sw_nl_cos(i * 0.017453292519943295);
        if (fabs(w->sine[i]) < 3.2e-15)
            w->sine[i] = 0;
        if (fabs(w->cosine[i]) < 3.2e-15)
            w->cosine[i] = 0;
    }
    memset(w->first, 0xFF, sizeof w->first);
    memset(w->last, 0xFF, sizeof w->last);
}

static bench_wolf_count
bench_wolf_exact(int64_t seed, int ticks)
{
    wolf_world *w = calloc(1, sizeof *w);
    if (w == NULL)
        abort();
    wolf_tables(w);
    sw_nl_random_seed(&w->r, seed);
    wolf_setup_patches(w);
    int32_t used = 131;
    w->n_sheep = 82;
    w->n_wolves = 49;
    wolf_setup_animals(w, w->sheep, 82, 0, true, 8);
    wolf_setup_animals(w, w->wolves, 49, 82, false, 40);
    for (int t = 0; t < ticks; t++) {
        wolf_ask_animals(w, w->sheep, w->n_sheep, &used, true);
        wolf_ask_animals(w, w->wolves, w->n_wolves, &used, false);
        wolf_grow(w);
        wolf_bury(w, w->sheep, &w->n_sheep);
        wolf_bury(w, w->wolves, &w->n_wolves);
    }
    bench_wolf_count c = {.sheep = w->n_sheep, .wolves = w->n_wolves};
    for (int32_t i = 0; i < WOLF_PATCHES; i++)
        c.brown += w->brown[i];
    c.draw = sw_nl_random_word(&w->r);
    free(w);
    return c;
}

#endif
