// SPDX-License-Identifier: Apache-2.0
// Reads PSS/E power flows (raw, revisions 32 and 33): three lines of heading, then sections of
// records, one a line (transformers: four), each section ended by a line that begins with 0. What
// the power flow here has no equation for is refused by name rather than left out.
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/case.h"
#include "models/power/case_rows.h"
#include "models/power/fields.h"
#include "models/power/memory.h"

typedef struct place {
    double number;
    size_t bus;
} place;

typedef struct raw {
    sw_power_fields f;
    sw_power_case *c;
    double revision;
    const char *section; // its name
    place *order;        // the buses by number, once all are read
} raw;

static bool __attribute__((format(printf, 2, 3))) refuse(raw *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->f.fault->message, sizeof r->f.fault->message, format, args);
    va_end(args);
    r->f.fault->line = r->f.line;
    r->f.fault->column = 0;
    return false;
}

static bool
full(raw *r)
{
    return refuse(r, "%s: more rows than are allowed", r->section);
}

// Figure k (from 0) of the record, `otherwise` where it is left out.
static double
figure(const raw *r, size_t k, double otherwise)
{
    return sw_power_field_number(&r->f, k, otherwise);
}

static int
by_number(const void *a, const void *b)
{
    double x = ((const place *)a)->number, y = ((const place *)b)->number;
    return (x > y) - (x < y);
}

static void
order_buses(raw *r)
{
    r->order = sw_power_alloc(r->c->n_buses, sizeof *r->order);
    for (size_t i = 0; i < r->c->n_buses; i++)
        r->order[i] = (place){r->c->bus[i].number, i};
    qsort(r->order, r->c->n_buses, sizeof *r->order, by_number);
}

static sw_power_bus *
bus_of(raw *r, double number)
{
    place key = {.number = fabs(number)};
    const place *hit = bsearch(&key, r->order, r->c->n_buses, sizeof key, by_number);
    if (hit && hit->number == key.number)
        return &r->c->bus[hit->bus];
    refuse(r, "%s: there is no bus %.0f", r->section, fabs(number));
    return NULL;
}

// ---- records ----

static bool
read_bus(raw *r)
{
    sw_power_bus *b = sw_power_add_bus(r->c);
    if (!b)
        return full(r);
    *b = (sw_power_bus){.number = figure(r, 0, NAN),
                        .base_kv = figure(r, 2, 0),
                        .kind = figure(r, 3, 1),
                        .area = figure(r, 4, 1),
                        .vm = figure(r, 7, 1),
                        .va = figure(r, 8, 0)};
    return isfinite(b->number) || refuse(r, "a bus has no number");
}

static bool
read_load(raw *r)
{
    sw_power_bus *b = bus_of(r, figure(r, 0, NAN));
    if (!b || figure(r, 2, 1) == 0)
        return b;
    if (figure(r, 7, 0) != 0 || figure(r, 8, 0) != 0)
        return refuse(r, "load at bus %.0f: parts of constant current (IP, IQ) are not read",
                      b->number);
    b->pd += figure(r, 5, 0);
    b->qd += figure(r, 6, 0);
    b->gs += figure(r, 9, 0);
    b->bs += figure(r, 10, 0);
    return true;
}

static bool
read_fixed_shunt(raw *r)
{
    sw_power_bus *b = bus_of(r, figure(r, 0, NAN));
    if (b && figure(r, 2, 1) != 0) {
        b->gs += figure(r, 3, 0);
        b->bs += figure(r, 4, 0);
    }
    return b;
}

static bool
read_generator(raw *r)
{
    if (!bus_of(r, figure(r, 0, NAN)))
        return false;
    if (figure(r, 7, 0) != 0 && figure(r, 7, 0) != figure(r, 0, NAN))
        return refuse(r, "generator at bus %.0f: it holds the voltage of another bus (IREG %.0f)",
                      figure(r, 0, NAN), figure(r, 7, 0));
    if (figure(r, 11, 0) != 0 || figure(r, 12, 0) != 0)
        return refuse(
            r,
            "generator at bus %.0f: a step-up transformer within it (RT, XT) is not read; "
            "it needs a bus of its own",
            figure(r, 0, NAN));
    sw_power_generator *g = sw_power_add_generator(r->c);
    if (!g)
        return full(r);
    *g = (sw_power_generator){.bus_number = figure(r, 0, NAN),
                              .pg = figure(r, 2, 0),
                              .qg = figure(r, 3, 0),
                              .qmax = figure(r, 4, 9999),
                              .qmin = figure(r, 5, -9999),
                              .vg = figure(r, 6, 1),
                              .mbase = figure(r, 8, r->c->base_mva),
                              .status = figure(r, 14, 1),
                              .pmax = figure(r, 16, 9999),
                              .pmin = figure(r, 17, -9999),
                              .unit = {0},
                              .zr = figure(r, 9, 0),
                              .zx = figure(r, 10, 1)};
    sw_power_field_text(&r->f, 1, g->unit, sizeof g->unit);
    return true;
}

static void
add_shunt(raw *r, sw_power_bus *b, double g, double s)
{
    b->gs += g * r->c->base_mva;
    b->bs += s * r->c->base_mva;
}

static bool
read_branch(raw *r)
{
    sw_power_bus *from = bus_of(r, figure(r, 0, NAN)), *to = bus_of(r, figure(r, 1, NAN));
    if (!from || !to)
        return false;
    sw_power_branch *l = sw_power_add_branch(r->c);
    if (!l)
        return full(r);
    *l = (sw_power_branch){.from_number = from->number,
                           .to_number = to->number,
                           .r = figure(r, 3, 0),
                           .x = figure(r, 4, 0),
                           .b = figure(r, 5, 0),
                           .status = figure(r, 13, 1)};
    if (l->status != 0) {
        add_shunt(r, from, figure(r, 9, 0), figure(r, 10, 0));
        add_shunt(r, to, figure(r, 11, 0), figure(r, 12, 0));
    }
    return true;
}

// A transformer's winding ratio in pu, by how its voltages are given (CW).
static double
ratio_of(const raw *r, double cw, const sw_power_bus *b, double nominal)
{
    double v = figure(r, 0, cw == 2 ? b->base_kv : 1);
    return cw == 1 ? v : cw == 2 ? v / b->base_kv : v * (nominal != 0 ? nominal / b->base_kv : 1);
}

// Two windings: four lines. Ideal ratios t1 and t2 at both ends of z are those of t1 / t2 at the
// first end of z t2^2.
static bool
read_transformer(raw *r)
{
    sw_power_bus *from = bus_of(r, figure(r, 0, NAN)), *to = bus_of(r, figure(r, 1, NAN));
    double cw = figure(r, 4, 1), cz = figure(r, 5, 1), cm = figure(r, 6, 1);
    double g = figure(r, 7, 0), s = figure(r, 8, 0), status = figure(r, 11, 1);
    if (!from || !to)
        return false;
    if (figure(r, 2, 0) != 0)
        return refuse(r, "transformer %.0f-%.0f has three windings; two are read", from->number,
                      to->number);
    if ((cw != 1 && cw != 2 && cw != 3) || (cz != 1 && cz != 2) || (cm != 1 && (g != 0 || s != 0)))
        return refuse(
            r, "transformer %.0f-%.0f: CW %.0f, CZ %.0f, CM %.0f; 1 to 3, 1 to 2 and 1 are read",
            from->number, to->number, cw, cz, cm);
    if ((cw == 2 || cw == 3) && !(from->base_kv > 0 && to->base_kv > 0))
        return refuse(r, "transformer %.0f-%.0f: its windings are in kV, but a bus has no BASKV",
                      from->number, to->number);
    if (!sw_power_fields_next(&r->f))
        return false;
    double x = figure(r, 1, 0), re = figure(r, 0, 0), base = figure(r, 2, r->c->base_mva);
    if (cz == 2) {
        re *= r->c->base_mva / base;
        x *= r->c->base_mva / base;
    }
    if (!sw_power_fields_next(&r->f))
        return false;
    double t1 = ratio_of(r, cw, from, figure(r, 1, 0)), angle = figure(r, 2, 0);
    if (figure(r, 13, 0) != 0)
        return refuse(r, "transformer %.0f-%.0f: impedance correction (TAB %.0f) is not read",
                      from->number, to->number, figure(r, 13, 0));
    if (!sw_power_fields_next(&r->f))
        return false;
    double t2 = ratio_of(r, cw, to, figure(r, 1, 0));
    sw_power_branch *l = sw_power_add_branch(r->c);
    if (!l)
        return full(r);
    if (status != 0 && status != 1)
        return refuse(r, "transformer %.0f-%.0f: STAT is %g; 0 and 1 are read", from->number,
                      to->number, status);
    *l = (sw_power_branch){.from_number = from->number,
                           .to_number = to->number,
                           .r = re * t2 * t2,
                           .x = x * t2 * t2,
                           .ratio = t1 / t2,
                           .angle = angle,
                           .status = status};
    if (status != 0)
        add_shunt(r, from, g, s);
    return true;
}

static bool
read_switched_shunt(raw *r)
{
    sw_power_bus *b = bus_of(r, figure(r, 0, NAN));
    if (b && figure(r, 3, 1) != 0)
        b->bs += figure(r, 9, 0);
    return b;
}

// For sections that say nothing about the flow.
static bool
leave_out(raw *r)
{
    (void)r;
    return true;
}

static bool
not_read(raw *r)
{
    return refuse(r, "a record of the section \"%s\" is not read", r->section);
}

// ---- sections ----

static const struct section {
    const char *name;
    bool (*read)(raw *r);
} sections[] = {
    {"bus", read_bus},
    {"load", read_load},
    {"fixed shunt", read_fixed_shunt},
    {"generator", read_generator},
    {"branch", read_branch},
    {"transformer", read_transformer},
    {"area", leave_out},
    {"two-terminal DC", not_read},
    {"voltage source converter DC", not_read},
    {"impedance correction", leave_out},
    {"multi-terminal DC", not_read},
    {"multi-section line", leave_out},
    {"zone", leave_out},
    {"inter-area transfer", leave_out},
    {"owner", leave_out},
    {"FACTS device", not_read},
    {"switched shunt", read_switched_shunt},
    {"GNE device", not_read},
    {"induction machine", not_read},
};

static bool
read_heading(raw *r)
{
    r->section = "heading";
    if (!sw_power_fields_next(&r->f))
        return false;
    r->c->base_mva = figure(r, 1, NAN);
    r->revision = figure(r, 2, NAN);
    r->c->freq_hz = figure(r, 5, NAN);
    if (r->revision != 32 && r->revision != 33)
        return refuse(r, "the revision (third figure) is %g; 32 and 33 are read", r->revision);
    return sw_power_fields_skip_line(&r->f) && sw_power_fields_skip_line(&r->f);
}

static bool
read_sections(raw *r)
{
    for (size_t k = 0; k < sizeof sections / sizeof *sections; k++) {
        r->section = sections[k].name;
        if (k == 1)
            order_buses(r);
        for (;;) {
            // Files end early where all later sections are empty; the network's must be there.
            if (sw_power_fields_at_end(&r->f))
                return k > 5 || refuse(r, "the file ends in the section \"%s\"", r->section);
            if (!sw_power_fields_next(&r->f))
                return false;
            if (sw_power_field_is(&r->f, 0, "Q"))
                return k > 5 || refuse(r, "the file ends in the section \"%s\"", r->section);
            if (sw_power_field_is(&r->f, 0, "0"))
                break;
            if (!sections[k].read(r))
                return false;
        }
    }
    return true;
}

sw_power_case *
sw_power_case_from_psse(const char *bytes, size_t n, sw_power_fault_of_case *fault)
{
    *fault = (sw_power_fault_of_case){0};
    raw r = {.c = sw_power_case_new()};
    sw_power_fields_init(&r.f, bytes, n, fault);
    if (!read_heading(&r) || !read_sections(&r)) {
        if (!fault->message[0])
            refuse(&r, "the file ends in the section \"%s\"", r.section);
        sw_power_case_free(&r.c);
    }
    free(r.order);
    return r.c;
}
