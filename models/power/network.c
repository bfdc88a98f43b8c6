// SPDX-License-Identifier: Apache-2.0
// Pattern and values of the bus admittance matrix.
#include "models/power/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/memory.h"

typedef struct entry {
    int row, col;
} entry;

static int
by_column(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    return x->col != y->col ? (x->col > y->col) - (x->col < y->col)
                            : (x->row > y->row) - (x->row < y->row);
}

static int
slot_of(const sw_power_network *net, int row, int col)
{
    int low = net->ap[col], high = net->ap[col + 1] - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (net->ai[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The diagonal and both off-diagonals of each branch, sorted by column, without repeats.
static size_t
list_entries(const sw_power_case *c, entry *e)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < c->n_buses; i++)
        e[n++] = (entry){(int)i, (int)i};
    for (size_t k = 0; k < c->n_branches; k++) {
        e[n++] = (entry){(int)c->branch[k].from, (int)c->branch[k].to};
        e[n++] = (entry){(int)c->branch[k].to, (int)c->branch[k].from};
    }
    qsort(e, n, sizeof *e, by_column);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || by_column(&e[i], &e[kept - 1]) != 0)
            e[kept++] = e[i];
    return kept;
}

static void
find_slots(sw_power_network *net)
{
    const sw_power_case *c = net->c;
    for (int i = 0; i < net->n; i++)
        net->diagonal[i] = slot_of(net, i, i);
    for (size_t k = 0; k < c->n_branches; k++) {
        int f = (int)c->branch[k].from, t = (int)c->branch[k].to;
        net->slot[k][0] = net->diagonal[f];
        net->slot[k][1] = slot_of(net, f, t);
        net->slot[k][2] = slot_of(net, t, f);
        net->slot[k][3] = net->diagonal[t];
    }
}

sw_power_network *
sw_power_network_new(const sw_power_case *c)
{
    sw_power_network *net = sw_power_alloc(1, sizeof *net);
    entry *e = sw_power_alloc(c->n_buses + 2 * c->n_branches, sizeof *e);
    size_t entries = list_entries(c, e);
    net->c = c;
    net->n = (int)c->n_buses;
    net->ap = sw_power_alloc(c->n_buses + 1, sizeof *net->ap);
    net->ai = sw_power_alloc(entries, sizeof *net->ai);
    net->diagonal = sw_power_alloc(c->n_buses, sizeof *net->diagonal);
    net->slot = sw_power_alloc(c->n_branches, sizeof *net->slot);
    for (size_t i = 0; i < entries; i++) {
        net->ai[i] = e[i].row;
        net->ap[e[i].col + 1] = (int)i + 1;
    }
    free(e);
    find_slots(net);
    return net;
}

void
sw_power_network_free(sw_power_network **net)
{
    if (!*net)
        return;
    free((*net)->ap);
    free((*net)->ai);
    free((*net)->diagonal);
    free((*net)->slot);
    free(*net);
    *net = NULL;
}

int
sw_power_network_entries(const sw_power_network *net)
{
    return net->ap[net->n];
}

void
sw_power_branch_block(const sw_power_branch *l, double complex block[4])
{
    double square = l->r * l->r + l->x * l->x;
    double complex series = CMPLX(l->r / square, -l->x / square);
    double complex end = series + CMPLX(0, l->b / 2);
    double ratio = l->ratio == 0 ? 1 : l->ratio, angle = l->angle * M_PI / 180;
    double complex tap = CMPLX(ratio * cos(angle), ratio * sin(angle));
    block[0] = end / (ratio * ratio);
    block[1] = -series / conj(tap);
    block[2] = -series / tap;
    block[3] = end;
}

void
sw_power_network_fill(const sw_power_network *net, double complex *y)
{
    const sw_power_case *c = net->c;
    memset(y, 0, (size_t)sw_power_network_entries(net) * sizeof *y);
    for (size_t k = 0; k < c->n_branches; k++) {
        double complex block[4];
        if (c->branch[k].status == 0)
            continue;
        sw_power_branch_block(&c->branch[k], block);
        for (int s = 0; s < 4; s++)
            y[net->slot[k][s]] += block[s];
    }
    for (size_t i = 0; i < c->n_buses; i++) {
        const sw_power_bus *b = &c->bus[i];
        y[net->diagonal[i]] +=
            b->kind == SW_POWER_ISOLATED ? 1 : CMPLX(b->gs / c->base_mva, b->bs / c->base_mva);
    }
}
