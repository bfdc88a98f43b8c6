// SPDX-License-Identifier: Apache-2.0
// A flood over a grid with a margin of one voxel, so that no neighbour needs a check of bounds.
#include "models/fmri/image/clusters.h"

#include <assert.h>
#include <string.h>

#include "models/fmri/common.h"

struct sw_fmri_lattice {
    sw_fmri_grid grid;
    size_t n;
    uint32_t *voxel;  // index in the grid
    uint32_t *place;  // index in the grid with its margin
    int32_t *at;      // by place: the number within the mask, -1 outside
    int32_t step[26]; // to the neighbours: 6 by faces, then 12 by edges, then 8 by corners
};

static void
make_steps(sw_fmri_lattice *l)
{
    int32_t row = l->grid.n[0] + 2, plane = row * (l->grid.n[1] + 2);
    int found = 0;
    for (int apart = 1; apart <= 3; apart++) {
        for (int s = 0; s < 27; s++) {
            int x = s % 3 - 1, y = s / 3 % 3 - 1, z = s / 9 - 1;
            if (abs(x) + abs(y) + abs(z) == apart)
                l->step[found++] = x + y * row + z * plane;
        }
    }
}

sw_fmri_lattice *
sw_fmri_lattice_new(const sw_fmri_grid *grid, size_t n, const uint32_t *voxel)
{
    sw_fmri_lattice *l = sw_fmri_alloc(1, sizeof *l);
    uint32_t nx = (uint32_t)grid->n[0], ny = (uint32_t)grid->n[1], nz = (uint32_t)grid->n[2];
    size_t padded = (size_t)(nx + 2) * (ny + 2) * (nz + 2);
    l->grid = *grid;
    l->n = n;
    l->voxel = sw_fmri_alloc(n, sizeof *l->voxel);
    l->place = sw_fmri_alloc(n, sizeof *l->place);
    l->at = sw_fmri_alloc(padded, sizeof *l->at);
    memset(l->at, -1, padded * sizeof *l->at);
    for (size_t v = 0; v < n; v++) {
        uint32_t x = voxel[v] % nx, y = voxel[v] / nx % ny, z = voxel[v] / nx / ny;
        l->voxel[v] = voxel[v];
        l->place[v] = x + 1 + (nx + 2) * (y + 1 + (ny + 2) * (z + 1));
        l->at[l->place[v]] = (int32_t)v;
    }
    make_steps(l);
    return l;
}

void
sw_fmri_lattice_free(sw_fmri_lattice **lattice)
{
    sw_fmri_lattice *l = *lattice;
    if (!l)
        return;
    free(l->voxel);
    free(l->place);
    free(l->at);
    free(l);
    *lattice = NULL;
}

// Marks the cluster of `seed` and leaves its voxels on the stack; returns how many.
static size_t
flood(const sw_fmri_lattice *l, int neighbours, const uint8_t *active, uint8_t *mark,
      uint32_t *stack, uint32_t seed)
{
    size_t n = 0;
    stack[n++] = seed;
    mark[seed] = 1;
    for (size_t next = 0; next < n; next++) {
        uint32_t place = l->place[stack[next]];
        for (int k = 0; k < neighbours; k++) {
            int32_t v = l->at[(int32_t)place + l->step[k]];
            if (v >= 0 && active[v] && !mark[v]) {
                mark[v] = 1;
                stack[n++] = (uint32_t)v;
            }
        }
    }
    return n;
}

size_t
sw_fmri_clusters_largest(const sw_fmri_lattice *l, int neighbours, const uint8_t *active,
                         uint8_t *mark, uint32_t *stack)
{
    size_t largest = 0;
    memset(mark, 0, l->n);
    for (size_t v = 0; v < l->n; v++) {
        size_t size =
            active[v] && !mark[v] ? flood(l, neighbours, active, mark, stack, (uint32_t)v) : 0;
        largest = size > largest ? size : largest;
    }
    return largest;
}

// ---- the list ----

typedef struct found {
    sw_fmri_cluster cluster;
    uint32_t first;
    int32_t label; // while searching
} found;

static uint32_t
peak_of(size_t n, const uint32_t *voxels, const double *value)
{
    uint32_t peak = voxels[0];
    for (size_t i = 1; i < n; i++) {
        uint32_t v = voxels[i];
        if (value[v] > value[peak] || (value[v] == value[peak] && v < peak))
            peak = v;
    }
    return peak;
}

static int
larger_first(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->cluster.size != y->cluster.size)
        return x->cluster.size < y->cluster.size ? 1 : -1;
    return x->first < y->first ? -1 : 1;
}

// Labels in order of size instead of that of discovery.
static void
renumber(size_t n, found *list, size_t n_voxels, sw_fmri_clusters *c)
{
    int32_t *rank = sw_fmri_alloc(n + 1, sizeof *rank);
    qsort(list, n, sizeof *list, larger_first);
    c->n = n;
    c->v = sw_fmri_alloc(n, sizeof *c->v);
    for (size_t k = 0; k < n; k++) {
        c->v[k] = list[k].cluster;
        rank[list[k].label] = (int32_t)k + 1;
    }
    for (size_t v = 0; v < n_voxels; v++)
        c->label[v] = rank[c->label[v]];
    free(rank);
}

sw_fmri_clusters
sw_fmri_clusters_find(const sw_fmri_lattice *l, int neighbours, const uint8_t *active,
                      const double *value, size_t least)
{
    assert(neighbours == 6 || neighbours == 18 || neighbours == 26);
    sw_fmri_clusters c = {.label = sw_fmri_alloc(l->n, sizeof *c.label)};
    uint8_t *mark = sw_fmri_alloc(l->n, 1);
    uint32_t *stack = sw_fmri_alloc(l->n, sizeof *stack);
    size_t n = 0, room = 64;
    found *list = sw_fmri_alloc(room, sizeof *list);
    for (size_t v = 0; v < l->n; v++) {
        if (!active[v] || mark[v])
            continue;
        size_t size = flood(l, neighbours, active, mark, stack, (uint32_t)v);
        if (size < least)
            continue;
        if (n == room)
            list = sw_fmri_grow(list, &room, sizeof *list);
        uint32_t peak = peak_of(size, stack, value);
        list[n] = (found){{size, peak}, (uint32_t)v, (int32_t)n + 1};
        n++;
        for (size_t i = 0; i < size; i++)
            c.label[stack[i]] = (int32_t)n;
    }
    renumber(n, list, l->n, &c);
    free(list);
    free(stack);
    free(mark);
    return c;
}

void
sw_fmri_clusters_fini(sw_fmri_clusters *c)
{
    free(c->v);
    free(c->label);
    *c = (sw_fmri_clusters){0};
}

// ---- peaks ----

typedef struct candidate {
    sw_fmri_peak peak;
    double value;
} candidate;

static bool
is_local_maximum(const sw_fmri_lattice *l, const sw_fmri_clusters *c, const double *value, size_t v)
{
    for (int k = 0; k < 26; k++) {
        int32_t other = l->at[(int32_t)l->place[v] + l->step[k]];
        if (other >= 0 && c->label[other] == c->label[v] && value[other] > value[v])
            return false;
    }
    return true;
}

static int
by_cluster_and_value(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->peak.cluster != y->peak.cluster)
        return x->peak.cluster < y->peak.cluster ? -1 : 1;
    if (x->value != y->value)
        return x->value < y->value ? 1 : -1;
    return x->peak.voxel < y->peak.voxel ? -1 : 1;
}

static bool
is_apart(const sw_fmri_lattice *l, uint32_t a, uint32_t b, double apart)
{
    double at_a[3], at_b[3], squares = 0;
    sw_fmri_grid_mm(&l->grid, l->voxel[a], at_a);
    sw_fmri_grid_mm(&l->grid, l->voxel[b], at_b);
    for (int d = 0; d < 3; d++)
        squares += (at_a[d] - at_b[d]) * (at_a[d] - at_b[d]);
    return squares >= apart * apart;
}

// The accepted peaks of the cluster that candidate p belongs to are the last ones of the list.
static bool
is_accepted(const sw_fmri_lattice *l, size_t n, const sw_fmri_peak *list, sw_fmri_peak p,
            double apart, size_t most)
{
    size_t same = 0;
    while (same < n && list[n - 1 - same].cluster == p.cluster) {
        if (!is_apart(l, list[n - 1 - same].voxel, p.voxel, apart))
            return false;
        same++;
    }
    return same < most;
}

size_t
sw_fmri_peaks_find(const sw_fmri_lattice *l, const sw_fmri_clusters *c, const double *value,
                   double apart, size_t most, sw_fmri_peak **peaks)
{
    size_t n_list = 0, n = 0;
    candidate *list = sw_fmri_alloc(l->n, sizeof *list);
    for (size_t v = 0; v < l->n; v++) {
        if (c->label[v] && is_local_maximum(l, c, value, v))
            list[n_list++] = (candidate){{(uint32_t)v, c->label[v]}, value[v]};
    }
    qsort(list, n_list, sizeof *list, by_cluster_and_value);
    *peaks = sw_fmri_alloc(n_list, sizeof **peaks);
    for (size_t i = 0; i < n_list; i++) {
        if (is_accepted(l, n, *peaks, list[i].peak, apart, most))
            (*peaks)[n++] = list[i].peak;
    }
    free(list);
    return n;
}
