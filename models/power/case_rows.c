// SPDX-License-Identifier: Apache-2.0
// Tables that grow by doubling, up to the limits of a case.
#include "models/power/case_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/memory.h"

sw_power_case *
sw_power_case_new(void)
{
    sw_power_case *c = sw_power_alloc(1, sizeof *c);
    strcpy(c->name, "unnamed");
    c->base_mva = 100;
    return c;
}

// Makes room for one more row; NULL at the limit. The room is the next power of two.
static void *
grown(void *rows, size_t *n, size_t limit, size_t size)
{
    if (*n >= limit)
        return NULL;
    if ((*n & (*n - 1)) == 0) {
        rows = realloc(rows, (*n ? 2 * *n : 1) * size);
        if (!rows) {
            fputs("power: out of memory\n", stderr);
            abort();
        }
    }
    memset((char *)rows + *n * size, 0, size);
    (*n)++;
    return rows;
}

#define ADD(type, plural, limit)                                                                   \
    sw_power_##type *sw_power_add_##type(sw_power_case *c)                                         \
    {                                                                                              \
        sw_power_##type *rows = grown(c->type, &c->n_##plural, limit, sizeof *rows);               \
        if (!rows)                                                                                 \
            return NULL;                                                                           \
        c->type = rows;                                                                            \
        return &rows[c->n_##plural - 1];                                                           \
    }

ADD(bus, buses, SW_POWER_MAX_BUSES)
ADD(generator, generators, SW_POWER_MAX_GENERATORS)
ADD(branch, branches, SW_POWER_MAX_BRANCHES)

ADD(machine, machines, SW_POWER_MAX_MACHINES)
ADD(exciter, exciters, 4 * SW_POWER_MAX_MACHINES)
ADD(governor, governors, SW_POWER_MAX_MACHINES)
ADD(stabiliser, stabilisers, SW_POWER_MAX_MACHINES)
