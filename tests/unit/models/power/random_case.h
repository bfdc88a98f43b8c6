// SPDX-License-Identifier: Apache-2.0
// Small random power systems: a ring of buses with chords, machines at some, loads at the others.
#ifndef SW_TESTS_POWER_RANDOM_CASE_H
#define SW_TESTS_POWER_RANDOM_CASE_H

#include <math.h>
#include <string.h>

#include "models/power/case.h"
#include "models/power/memory.h"

static inline double
uniform(uint64_t *state, double low, double high)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * (double)(*state >> 11) * 0x1p-53;
}

static inline sw_power_branch
random_line(uint64_t *r, size_t from, size_t to)
{
    double x = uniform(r, 0.05, 0.15);
    return (sw_power_branch){.from_number = (double)from + 1,
                             .to_number = (double)to + 1,
                             .r = x * uniform(r, 0.05, 0.2),
                             .x = x,
                             .b = uniform(r, 0.02, 0.2),
                             .status = 1};
}

static inline void
random_machine(uint64_t *r, sw_power_case *c, size_t bus, double pg)
{
    double number = (double)bus + 1, xdp = uniform(r, 0.08, 0.2);
    c->generator[c->n_generators++] = (sw_power_generator){.bus_number = number,
                                                           .pg = pg,
                                                           .vg = uniform(r, 1, 1.04),
                                                           .mbase = 100,
                                                           .status = 1,
                                                           .qmax = 999,
                                                           .qmin = -999,
                                                           .pmax = 4 * pg};
    c->machine[c->n_machines++] = (sw_power_machine){.bus_number = number,
                                                     .unit = 1,
                                                     .mbase = 100,
                                                     .h = uniform(r, 3, 9),
                                                     .xdp = xdp,
                                                     .xqp = xdp * uniform(r, 1, 1.6),
                                                     .xd = xdp + uniform(r, 0.4, 1),
                                                     .xq = xdp + uniform(r, 0.4, 0.9),
                                                     .td0p = uniform(r, 4, 9),
                                                     .tq0p = uniform(r, 0.4, 1.5)};
    sw_power_governor g = {.bus_number = number, .r = 0.05, .t1 = 0.4, .t2 = 1, .t3 = 4};
    g.vmax = pg / 25;
    strcpy(g.model, "TGOV1");
    c->governor[c->n_governors++] = g;
}

// n_buses buses, numbered from 1, of which the first n_machines have machines of two axes with
// governors; without exciters (SW_POWER_EXCITER_SEXS puts typical ones). Room for one more branch,
// and for one more generator a machine. Areas 1 and 2. The caller frees it.
static inline sw_power_case *
random_case(uint64_t seed, size_t n_buses, size_t n_machines)
{
    uint64_t r = seed * 977 + 5;
    double load = 0;
    sw_power_case *c = sw_power_alloc(1, sizeof *c);
    *c = (sw_power_case){.name = "random", .base_mva = 100, .freq_hz = 50, .n_buses = n_buses};
    c->bus = sw_power_alloc(n_buses, sizeof *c->bus);
    c->branch = sw_power_alloc(2 * n_buses + 1, sizeof *c->branch);
    c->generator = sw_power_alloc(2 * n_machines, sizeof *c->generator);
    c->machine = sw_power_alloc(n_machines, sizeof *c->machine);
    c->governor = sw_power_alloc(n_machines, sizeof *c->governor);
    for (size_t i = 0; i < n_buses; i++) {
        bool machine = i < n_machines;
        c->bus[i] = (sw_power_bus){.number = (double)i + 1,
                                   .kind = i == 0    ? SW_POWER_SLACK
                                           : machine ? SW_POWER_PV
                                                     : SW_POWER_PQ,
                                   .pd = machine ? 0 : uniform(&r, 20, 80),
                                   .qd = machine ? 0 : uniform(&r, 0, 25),
                                   .area = i % 2 == 0 ? 1 : 2,
                                   .vm = 1,
                                   .base_kv = 230};
        load += c->bus[i].pd;
    }
    // A ring with chords: opening a line never islands a bus.
    for (size_t i = 0; i < n_buses; i++) {
        c->branch[c->n_branches++] = random_line(&r, i, (i + 1) % n_buses);
        if (i % 2 == 0)
            c->branch[c->n_branches++] = random_line(&r, i, (i + n_buses / 2) % n_buses);
    }
    for (size_t k = 0; k < n_machines; k++)
        random_machine(&r, c, k, load / (double)n_machines);
    return c;
}

#endif
