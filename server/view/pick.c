// SPDX-License-Identifier: Apache-2.0
// A heap of the first places.
#include "server/view/pick.h"

#include "lib/base/memory.h"

#include <math.h>
#include <stdlib.h>

#define SIGN (UINT64_C(1) << 63)

uint64_t
sw_place_key(double value, bool descending)
{
    if (isnan(value))
        return UINT64_MAX;
    if (value == 0)
        value = 0; // of either sign
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t rising = bits & SIGN ? ~bits : bits | SIGN;
    return descending ? ~rising : rising;
}

void
sw_picks_init(sw_picks *p, size_t most, const sw_place *after)
{
    *p = (sw_picks){.most = most, .begun = after != NULL};
    p->places = sw_calloc(most, sizeof *p->places);
    if (after)
        p->after = *after;
}

void
sw_picks_fini(sw_picks *p)
{
    free(p->places);
    *p = (sw_picks){0};
}

static void
swap(sw_place *a, sw_place *b)
{
    sw_place t = *a;
    *a = *b;
    *b = t;
}

static void
rise(sw_place *v, size_t i)
{
    for (size_t up; i > 0 && sw_place_before(v[up = (i - 1) / 2], v[i]); i = up)
        swap(&v[up], &v[i]);
}

static void
sink(sw_place *v, size_t n)
{
    for (size_t i = 0, down; (down = 2 * i + 1) < n; i = down) {
        if (down + 1 < n && sw_place_before(v[down], v[down + 1]))
            down++;
        if (!sw_place_before(v[i], v[down]))
            return;
        swap(&v[i], &v[down]);
    }
}

void
sw_picks_add(sw_picks *p, sw_place place)
{
    p->seen++;
    if (p->begun && !sw_place_before(p->after, place))
        return;
    if (p->n < p->most) {
        p->places[p->n] = place;
        rise(p->places, p->n++);
    } else if (sw_place_before(place, p->places[0])) {
        p->places[0] = place;
        sink(p->places, p->n);
    }
}

static int
in_order(const void *a, const void *b)
{
    const sw_place *x = a, *y = b;
    return sw_place_before(*x, *y) ? -1 : sw_place_before(*y, *x);
}

void
sw_picks_finish(sw_picks *p)
{
    qsort(p->places, p->n, sizeof *p->places, in_order);
}
