// SPDX-License-Identifier: Apache-2.0
// Reads PSS/E dynamic data (dyr): records BUS 'MODEL' UNIT figures / for the models that the
// simulation has; others are refused by name, since a missing control changes every answer.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/case.h"
#include "models/power/case_rows.h"
#include "models/power/fields.h"
#include "models/power/memory.h"

enum { RECORDS_MAX = 20000 };

typedef struct dyr {
    sw_power_fields f;
    sw_power_case *c;
    char model[SW_POWER_MODEL_NAME], unit[SW_POWER_UNIT_NAME];
    double bus;
} dyr;

static bool __attribute__((format(printf, 2, 3))) refuse(dyr *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(d->f.fault->message, sizeof d->f.fault->message, format, args);
    va_end(args);
    d->f.fault->line = d->f.line;
    return false;
}

// Figure k (from 1, as the manual counts) of the model.
static double
figure(const dyr *d, size_t k)
{
    return sw_power_field_number(&d->f, k + 2, NAN);
}

static const sw_power_generator *
generator_of(const dyr *d)
{
    for (size_t k = 0; k < d->c->n_generators; k++) {
        const sw_power_generator *g = &d->c->generator[k];
        if (g->bus_number == d->bus && strcmp(g->unit, d->unit) == 0)
            return g;
    }
    return NULL;
}

// ---- models ----

static bool
add_machine(dyr *d, sw_power_machine m)
{
    const sw_power_generator *g = generator_of(d);
    size_t index = (size_t)(g - d->c->generator);
    for (size_t k = 0; k < d->c->n_machines; k++)
        if (d->c->machine[k].generator == index)
            return refuse(d, "%s: generator '%s' at bus %.0f has a machine already", d->model,
                          d->unit, d->bus);
    sw_power_machine *row = sw_power_add_machine(d->c);
    if (!row)
        return refuse(d, "more than %d machines", SW_POWER_MAX_MACHINES);
    *row = m;
    row->bus_number = d->bus;
    row->unit = 1;
    row->mbase = g->mbase;
    row->ra = g->zr;
    row->generator = index;
    if (isnan(m.xdp)) // classical: behind the impedance of the power flow's generator
        row->xdp = g->zx;
    else
        d->c->n_simplified++;
    return true;
}

static bool
gencls(dyr *d)
{
    return add_machine(d, (sw_power_machine){.h = figure(d, 1),
                                             .d = figure(d, 2),
                                             .xd = NAN,
                                             .xq = NAN,
                                             .xdp = NAN,
                                             .xqp = NAN,
                                             .td0p = NAN,
                                             .tq0p = NAN});
}

static bool
genrou(dyr *d)
{
    return add_machine(d, (sw_power_machine){.td0p = figure(d, 1),
                                             .tq0p = figure(d, 3),
                                             .h = figure(d, 5),
                                             .d = figure(d, 6),
                                             .xd = figure(d, 7),
                                             .xq = figure(d, 8),
                                             .xdp = figure(d, 9),
                                             .xqp = figure(d, 10)});
}

static bool
gensal(dyr *d)
{
    return add_machine(d, (sw_power_machine){.td0p = figure(d, 1),
                                             .tq0p = NAN,
                                             .h = figure(d, 4),
                                             .d = figure(d, 5),
                                             .xd = figure(d, 6),
                                             .xq = figure(d, 7),
                                             .xdp = figure(d, 8),
                                             .xqp = figure(d, 7)});
}

static bool
sexs(dyr *d)
{
    sw_power_exciter *e = sw_power_add_exciter(d->c);
    double share = figure(d, 1), tb = figure(d, 2);
    if (e)
        *e = (sw_power_exciter){.bus_number = d->bus,
                                .model = "SEXS",
                                .tc = share * tb,
                                .tb = tb,
                                .ka = figure(d, 3),
                                .te = figure(d, 4),
                                .vrmin = figure(d, 5),
                                .vrmax = figure(d, 6),
                                .saturation = "none"};
    return e;
}

static bool
ieeet1(dyr *d)
{
    sw_power_exciter *e = sw_power_add_exciter(d->c);
    double ke = figure(d, 6), se2 = figure(d, 14);
    if (figure(d, 4) == 0)
        return refuse(d, "IEEET1 at bus %.0f: VRMAX is 0 (to be computed), which is not read",
                      d->bus);
    if (!e)
        return false;
    *e = (sw_power_exciter){.bus_number = d->bus,
                            .model = "IEEET1",
                            .tr = figure(d, 1),
                            .ka = figure(d, 2),
                            .ta = figure(d, 3),
                            .vrmax = figure(d, 4),
                            .vrmin = figure(d, 5),
                            .ke = ke == 0 ? NAN : ke, // 0: such that VR starts at 0
                            .te = figure(d, 7),
                            .kf = figure(d, 8),
                            .tf = figure(d, 9),
                            .e1 = figure(d, 11),
                            .se1 = figure(d, 12),
                            .e2 = figure(d, 13),
                            .se2 = se2};
    strcpy(e->saturation, se2 > 0 ? "quad2pt" : "none");
    return true;
}

// As IEEET1, with a lead and a lag before the regulator.
static bool
ieeex1(dyr *d)
{
    sw_power_exciter *e = sw_power_add_exciter(d->c);
    double ke = figure(d, 8), se2 = figure(d, 16);
    if (figure(d, 6) == 0)
        return refuse(d, "IEEEX1 at bus %.0f: VRMAX is 0 (to be computed), which is not read",
                      d->bus);
    if (!e)
        return false;
    *e = (sw_power_exciter){.bus_number = d->bus,
                            .model = "IEEEX1",
                            .tr = figure(d, 1),
                            .ka = figure(d, 2),
                            .ta = figure(d, 3),
                            .tb = figure(d, 4),
                            .tc = figure(d, 5),
                            .vrmax = figure(d, 6),
                            .vrmin = figure(d, 7),
                            .ke = ke == 0 ? NAN : ke,
                            .te = figure(d, 9),
                            .kf = figure(d, 10),
                            .tf = figure(d, 11),
                            .e1 = figure(d, 13),
                            .se1 = figure(d, 14),
                            .e2 = figure(d, 15),
                            .se2 = se2};
    strcpy(e->saturation, se2 > 0 ? "quad2pt" : "none");
    return true;
}

static bool
tgov1(dyr *d)
{
    sw_power_governor *g = sw_power_add_governor(d->c);
    if (g)
        *g = (sw_power_governor){.bus_number = d->bus,
                                 .model = "TGOV1",
                                 .r = figure(d, 1),
                                 .t1 = figure(d, 2),
                                 .vmax = figure(d, 3),
                                 .vmin = figure(d, 4),
                                 .t2 = figure(d, 5),
                                 .t3 = figure(d, 6),
                                 .dt = figure(d, 7)};
    return g;
}

// K s / (1 + T s) (1 + T1 s) / (1 + T3 s) (1 + T2 s) / (1 + T4 s) of the speed, given as K/T, T,
// T1/T3, T3, T2/T4, T4.
static bool
stab1(dyr *d)
{
    sw_power_stabiliser *p = sw_power_add_stabiliser(d->c);
    double limit = figure(d, 7);
    if (p)
        *p = (sw_power_stabiliser){.bus_number = d->bus,
                                   .model = "STAB1",
                                   .ks = figure(d, 1),
                                   .tw = figure(d, 2),
                                   .t1 = figure(d, 3) * figure(d, 4),
                                   .t2 = figure(d, 4),
                                   .t3 = figure(d, 5) * figure(d, 6),
                                   .t4 = figure(d, 6),
                                   .vsmax = limit,
                                   .vsmin = -limit};
    return p;
}

// Of the machine's own speed (1), without filters (A1 to A6) and voltage limits (VCU, VCL):
// KS s T5 / (1 + T6 s) after two leads and lags.
static bool
ieeest(dyr *d)
{
    bool plain = figure(d, 1) == 1 && figure(d, 18) == 0 && figure(d, 19) == 0;
    for (size_t k = 3; k <= 8; k++)
        plain = plain && figure(d, k) == 0;
    if (!plain || !(figure(d, 14) > 0))
        return refuse(d,
                      "IEEEST at bus %.0f is read for input 1, A1 to A6, VCU and VCL of 0 and a "
                      "positive T6 only",
                      d->bus);
    sw_power_stabiliser *p = sw_power_add_stabiliser(d->c);
    if (p)
        *p = (sw_power_stabiliser){.bus_number = d->bus,
                                   .model = "IEEEST",
                                   .t1 = figure(d, 9),
                                   .t2 = figure(d, 10),
                                   .t3 = figure(d, 11),
                                   .t4 = figure(d, 12),
                                   .ks = figure(d, 15) * figure(d, 13) / figure(d, 14),
                                   .tw = figure(d, 14),
                                   .vsmax = figure(d, 16),
                                   .vsmin = figure(d, 17)};
    return p;
}

static const struct known {
    const char *name;
    size_t figures;
    bool (*read)(dyr *d);
} known[] = {
    {"GENCLS", 2, gencls}, {"GENROU", 14, genrou}, {"GENSAL", 12, gensal},
    {"SEXS", 6, sexs},     {"IEEET1", 14, ieeet1}, {"IEEEX1", 16, ieeex1},
    {"TGOV1", 7, tgov1},   {"STAB1", 7, stab1},    {"IEEEST", 19, ieeest},
};

static bool
read_record(dyr *d)
{
    d->bus = sw_power_field_number(&d->f, 0, NAN);
    sw_power_field_text(&d->f, 1, d->model, sizeof d->model);
    sw_power_field_text(&d->f, 2, d->unit, sizeof d->unit);
    const struct known *k = known, *end = known + sizeof known / sizeof *known;
    while (k < end && strcmp(k->name, d->model) != 0)
        k++;
    if (k == end)
        return refuse(d,
                      "bus %.0f has the model '%s', which is not known; GENCLS, GENROU, GENSAL, "
                      "SEXS, IEEET1, IEEEX1, TGOV1, STAB1 and IEEEST are",
                      d->bus, d->model);
    for (size_t i = 1; i <= k->figures; i++)
        if (!isfinite(figure(d, i)))
            return refuse(d, "%s at bus %.0f: figure %zu of %zu is missing or no number", d->model,
                          d->bus, i, k->figures);
    if (d->f.n > k->figures + 3)
        return refuse(d, "%s at bus %.0f has more than %zu figures; is a \"/\" missing?", d->model,
                      d->bus, k->figures);
    const sw_power_generator *g = generator_of(d);
    if (!g)
        return refuse(d, "%s: bus %.0f has no generator '%s'", d->model, d->bus, d->unit);
    if (!(g->status > 0))
        return true; // out of service, and its controls with it
    return k->read(d) || d->f.fault->message[0] || refuse(d, "more %s than are allowed", d->model);
}

// ---- several machines at a bus ----

static int
by_generator(const void *a, const void *b)
{
    size_t x = ((const sw_power_machine *)a)->generator;
    size_t y = ((const sw_power_machine *)b)->generator;
    return (x > y) - (x < y);
}

// The k-th machine of a bus belongs to the bus's k-th generator: machines go in the order of their
// generators, and generators without a machine after those with one.
static void
put_in_order(sw_power_case *c)
{
    sw_power_generator *sorted = sw_power_alloc(c->n_generators, sizeof *sorted);
    bool *has = sw_power_alloc(c->n_generators, sizeof *has);
    size_t n = 0;
    if (c->n_machines)
        qsort(c->machine, c->n_machines, sizeof *c->machine, by_generator);
    for (size_t k = 0; k < c->n_machines; k++) {
        has[c->machine[k].generator] = true;
        sorted[n++] = c->generator[c->machine[k].generator];
    }
    for (size_t k = 0; k < c->n_generators; k++)
        if (!has[k])
            sorted[n++] = c->generator[k];
    if (n)
        memcpy(c->generator, sorted, n * sizeof *sorted);
    free(has);
    free(sorted);
}

// Rows of controls begin with the bus. All machines of a bus have the control, or none: the tables
// hold one a bus.
static bool
is_shared(const sw_power_case *c, const void *rows, size_t n, size_t size, size_t k)
{
    const char *row = (const char *)rows + k * size;
    double bus, other;
    size_t alike = 0, machines = 0;
    memcpy(&bus, row, sizeof bus);
    for (size_t i = 0; i < n; i++) {
        memcpy(&other, (const char *)rows + i * size, sizeof other);
        alike += other == bus && memcmp(row, (const char *)rows + i * size, size) == 0;
    }
    for (size_t i = 0; i < c->n_machines; i++)
        machines += c->machine[i].bus_number == bus;
    return alike == machines || machines == 0; // without machines: sw_power_case_check says so
}

static bool
check_shared(dyr *d, const char *what, const void *rows, size_t n, size_t size)
{
    for (size_t k = 0; k < n; k++) {
        double bus;
        memcpy(&bus, (const char *)rows + k * size, sizeof bus);
        if (!is_shared(d->c, rows, n, size, k))
            return refuse(d,
                          "the machines at bus %.0f have different %ss, or some have none; "
                          "one a bus is read: give the machines buses of their own",
                          bus, what);
    }
    return true;
}

static bool
finish(dyr *d)
{
    sw_power_case *c = d->c;
    put_in_order(c);
    d->f.line = 0;
    return check_shared(d, "exciter", c->exciter, c->n_exciters, sizeof *c->exciter) &&
           check_shared(d, "governor", c->governor, c->n_governors, sizeof *c->governor) &&
           check_shared(d, "stabiliser", c->stabiliser, c->n_stabilisers, sizeof *c->stabiliser);
}

bool
sw_power_case_read_dyr(sw_power_case *c, const char *bytes, size_t n, sw_power_fault_of_case *fault)
{
    *fault = (sw_power_fault_of_case){0};
    dyr d = {.c = c};
    sw_power_fields_init(&d.f, bytes, n, fault);
    for (size_t records = 0; !sw_power_fields_at_end(&d.f); records++) {
        if (records == RECORDS_MAX)
            return refuse(&d, "more than %d records", RECORDS_MAX);
        bool there = sw_power_fields_next_slashed(&d.f);
        if (!there && !fault->message[0])
            break; // comments alone were left
        if (!there || !read_record(&d) || fault->message[0])
            return false;
    }
    return finish(&d);
}
