// SPDX-License-Identifier: Apache-2.0
// Kron reduction with one sparse factorisation a topology: the ordering is found once for the
// pattern, the pivots anew for each matrix, so that a result never depends on earlier ones.
#include "models/power/reduce.h"

#include <stdlib.h>
#include <string.h>
#include <suitesparse/klu.h>

#include "models/power/memory.h"

struct sw_power_reducer {
    const sw_power_network *net;
    klu_common common;
    klu_symbolic *symbolic;
    double complex *fixed, *y, *column; // branches and shunts; with loads and changes; one solution
    bool *grounded;
};

sw_power_reducer *
sw_power_reducer_new(const sw_power_network *net)
{
    sw_power_reducer *r = sw_power_alloc(1, sizeof *r);
    size_t entries = (size_t)sw_power_network_entries(net);
    r->net = net;
    klu_defaults(&r->common);
    r->symbolic = klu_analyze(net->n, net->ap, net->ai, &r->common);
    r->fixed = sw_power_alloc(entries, sizeof *r->fixed);
    r->y = sw_power_alloc(entries, sizeof *r->y);
    r->column = sw_power_alloc((size_t)net->n, sizeof *r->column);
    r->grounded = sw_power_alloc((size_t)net->n, sizeof *r->grounded);
    sw_power_network_fill(net, r->fixed);
    return r;
}

void
sw_power_reducer_free(sw_power_reducer **r)
{
    if (!*r)
        return;
    klu_free_symbolic(&(*r)->symbolic, &(*r)->common);
    free((*r)->fixed);
    free((*r)->y);
    free((*r)->column);
    free((*r)->grounded);
    free(*r);
    *r = NULL;
}

// Empties the row and the column of a bus but for a 1 on the diagonal: its voltage is then zero.
static void
ground(const sw_power_network *net, int bus, double complex *y, bool *grounded)
{
    for (int col = 0; col < net->n; col++)
        for (int s = net->ap[col]; s < net->ap[col + 1]; s++)
            if (col == bus || net->ai[s] == bus)
                y[s] = 0;
    y[net->diagonal[bus]] = 1;
    grounded[bus] = true;
}

static void
replace_block(const sw_power_network *net, size_t branch, const double complex *by,
              double complex *y)
{
    double complex old[4];
    if (net->c->branch[branch].status == 0)
        return;
    sw_power_branch_block(&net->c->branch[branch], old);
    for (int s = 0; s < 4; s++)
        y[net->slot[branch][s]] += (by ? by[s] : 0) - old[s];
}

void
sw_power_topology_apply(const sw_power_network *net, const sw_power_topology *t, double complex *y,
                        bool *grounded)
{
    memset(grounded, 0, (size_t)net->n * sizeof *grounded);
    for (size_t k = 0; k < t->n; k++) {
        const sw_power_change *ch = &t->change[k];
        if (ch->kind == SW_POWER_OPEN)
            replace_block(net, ch->index, NULL, y);
        else if (ch->kind == SW_POWER_BLOCK)
            replace_block(net, ch->index, ch->y, y);
        else if (ch->kind == SW_POWER_SHUNT)
            y[net->diagonal[ch->index]] += ch->y[0];
    }
    for (size_t k = 0; k < t->n; k++)
        if (t->change[k].kind == SW_POWER_GROUND)
            ground(net, (int)t->change[k].index, y, grounded);
}

// y times (1 - y Z_bb), for a source at bus b, from column b of Z = Y^-1 and without the difference
// of two nearly equal numbers that a small reactance would make: row b of Y Z = 1 says
// 1 - y Z_bb = (Y_bb - y) Z_bb + sum over j != b of Y_bj Z_jb.
static double complex
own_admittance(const sw_power_reducer *r, const sw_power_source *s)
{
    const sw_power_network *net = r->net;
    int b = (int)s->bus;
    double complex sum = 0;
    // The pattern is symmetric: row b has its entries in the columns that column b has as rows.
    for (int k = net->ap[b]; k < net->ap[b + 1]; k++) {
        int j = net->ai[k];
        for (int m = net->ap[j]; m < net->ap[j + 1]; m++)
            if (net->ai[m] == b)
                sum += (j == b ? r->y[m] - s->y : r->y[m]) * r->column[j];
    }
    return s->y * sum;
}

static bool
solve_column(sw_power_reducer *r, klu_numeric *numeric, size_t bus)
{
    memset(r->column, 0, (size_t)r->net->n * sizeof *r->column);
    r->column[bus] = 1;
    return klu_z_solve(r->symbolic, numeric, r->net->n, 1, (double *)r->column, &r->common);
}

static bool
reduce_all(sw_power_reducer *r, klu_numeric *numeric, size_t n, const sw_power_source *source,
           double complex *out)
{
    for (size_t j = 0; j < n; j++) {
        size_t b = source[j].bus;
        if (r->grounded[b]) {
            for (size_t i = 0; i < n; i++)
                out[i * n + j] = i == j ? source[j].y : 0;
            continue;
        }
        if (!solve_column(r, numeric, b))
            return false;
        for (size_t i = 0; i < n; i++)
            if (!r->grounded[source[i].bus])
                out[i * n + j] = -source[i].y * r->column[source[i].bus] * source[j].y;
            else
                out[i * n + j] = 0;
        out[j * n + j] = own_admittance(r, &source[j]);
    }
    return true;
}

bool
sw_power_reduce(sw_power_reducer *r, const double complex *load, size_t n,
                const sw_power_source *source, const sw_power_topology *topology,
                double complex *out)
{
    const sw_power_network *net = r->net;
    memcpy(r->y, r->fixed, (size_t)sw_power_network_entries(net) * sizeof *r->y);
    for (int i = 0; i < net->n; i++)
        r->y[net->diagonal[i]] += load[i];
    for (size_t k = 0; k < n; k++)
        r->y[net->diagonal[source[k].bus]] += source[k].y;
    sw_power_topology_apply(net, topology, r->y, r->grounded);
    klu_numeric *numeric = klu_z_factor(net->ap, net->ai, (double *)r->y, r->symbolic, &r->common);
    bool ok = numeric && reduce_all(r, numeric, n, source, out);
    klu_z_free_numeric(&numeric, &r->common);
    return ok;
}
