// SPDX-License-Identifier: Apache-2.0
// Reads PSS/E power flows (raw, revisions 32 and 33): three lines of heading, then sections of
// records, one a line (transformers: four or five), each section ended by a line that begins with
// 0. What the power flow here has no equation for is refused by name rather than left out.
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
    size_t n_order;
    double last_number; // the highest, star points included
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
    r->n_order = r->c->n_buses;
    qsort(r->order, r->n_order, sizeof *r->order, by_number);
    r->last_number = r->n_order ? r->order[r->n_order - 1].number : 0;
}

static sw_power_bus *
bus_of(raw *r, double number)
{
    place key = {.number = fabs(number)};
    const place *hit = bsearch(&key, r->order, r->n_order, sizeof key, by_number);
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

// A transformer as its records say; impedances in pu of the system, between windings 1-2, 2-3, 3-1.
typedef struct transformer {
    size_t windings;
    double number[3], base_kv[3]; // of its buses
    double cw, cz, status, g, s;
    double r[3], x[3];
    double vm, va; // of the star point
    double ratio[3], angle[3];
} transformer;

static bool
refuse_transformer(raw *r, const transformer *t, const char *what, double value)
{
    return refuse(r, "transformer %.0f-%.0f: %s %g is not read", t->number[0], t->number[1], what,
                  value);
}

static bool
read_transformer_heading(raw *r, transformer *t)
{
    double cm = figure(r, 6, 1);
    *t = (transformer){.windings = figure(r, 2, 0) != 0 ? 3 : 2,
                       .cw = figure(r, 4, 1),
                       .cz = figure(r, 5, 1),
                       .g = figure(r, 7, 0),
                       .s = figure(r, 8, 0),
                       .status = figure(r, 11, 1)};
    for (size_t k = 0; k < t->windings; k++) {
        const sw_power_bus *b = bus_of(r, figure(r, k, NAN));
        if (!b)
            return false;
        t->number[k] = b->number;
        t->base_kv[k] = b->base_kv;
        if (t->cw != 1 && !(b->base_kv > 0))
            return refuse_transformer(r, t, "a winding in kV at a bus with BASKV", b->base_kv);
    }
    if (t->cw != 1 && t->cw != 2 && t->cw != 3)
        return refuse_transformer(r, t, "CW", t->cw);
    if (t->cz != 1 && t->cz != 2)
        return refuse_transformer(r, t, "CZ", t->cz);
    if (cm != 1 && (t->g != 0 || t->s != 0))
        return refuse_transformer(r, t, "CM", cm);
    double most = t->windings == 3 ? 4 : 1;
    return (t->status >= 0 && t->status <= most && t->status == floor(t->status)) ||
           refuse_transformer(r, t, "STAT", t->status);
}

static bool
read_impedances(raw *r, transformer *t)
{
    if (!sw_power_fields_next(&r->f))
        return false;
    for (size_t k = 0; k < (t->windings == 3 ? 3 : 1); k++) {
        double base = figure(r, 3 * k + 2, r->c->base_mva);
        double scale = t->cz == 2 ? r->c->base_mva / base : 1;
        t->r[k] = figure(r, 3 * k, 0) * scale;
        t->x[k] = figure(r, 3 * k + 1, 0) * scale;
    }
    t->vm = figure(r, 9, 1);
    t->va = figure(r, 10, 0);
    return true;
}

// A winding's ratio in pu, by how its voltage is given (CW).
static bool
read_winding(raw *r, transformer *t, size_t k)
{
    if (!sw_power_fields_next(&r->f))
        return false;
    double kv = t->base_kv[k], v = figure(r, 0, t->cw == 2 ? kv : 1), nominal = figure(r, 1, 0);
    t->ratio[k] = t->cw == 1 ? v : t->cw == 2 ? v / kv : nominal != 0 ? v * nominal / kv : v;
    t->angle[k] = figure(r, 2, 0);
    return figure(r, 13, 0) == 0 ||
           refuse_transformer(r, t, "the impedance correction TAB", figure(r, 13, 0));
}

// Ideal ratios t1 and t2 at both ends of z are those of t1 / t2 at the first end of z t2^2.
static bool
add_two_windings(raw *r, const transformer *t)
{
    sw_power_branch *l = sw_power_add_branch(r->c);
    if (!l)
        return full(r);
    *l = (sw_power_branch){.from_number = t->number[0],
                           .to_number = t->number[1],
                           .r = t->r[0] * t->ratio[1] * t->ratio[1],
                           .x = t->x[0] * t->ratio[1] * t->ratio[1],
                           .ratio = t->ratio[0] / t->ratio[1],
                           .angle = t->angle[0],
                           .status = t->status};
    return true;
}

// A bus for the star point, numbered after all buses, and a branch from each winding's bus to it.
// STAT 2, 3, 4: the second, third, first winding alone is out of service.
static bool
add_star(raw *r, const transformer *t)
{
    static const double out[3] = {4, 2, 3};
    double area = bus_of(r, t->number[0])->area;
    sw_power_bus *star = sw_power_add_bus(r->c);
    if (!star)
        return full(r);
    *star = (sw_power_bus){.number = ++r->last_number,
                           .kind = SW_POWER_PQ,
                           .area = area,
                           .vm = t->vm,
                           .va = t->va,
                           .base_kv = 1};
    for (size_t k = 0; k < 3; k++) {
        size_t after = (k + 1) % 3, before = (k + 2) % 3;
        sw_power_branch *l = sw_power_add_branch(r->c);
        if (!l)
            return full(r);
        *l = (sw_power_branch){.from_number = t->number[k],
                               .to_number = r->last_number,
                               .r = (t->r[k] + t->r[before] - t->r[after]) / 2,
                               .x = (t->x[k] + t->x[before] - t->x[after]) / 2,
                               .ratio = t->ratio[k],
                               .angle = t->angle[k],
                               .status = t->status != out[k]};
    }
    return true;
}

// Four lines, or five with three windings.
static bool
read_transformer(raw *r)
{
    transformer t;
    if (!read_transformer_heading(r, &t) || !read_impedances(r, &t))
        return false;
    for (size_t k = 0; k < t.windings; k++)
        if (!read_winding(r, &t, k))
            return false;
    if (t.status != 0)
        add_shunt(r, bus_of(r, t.number[0]), t.g, t.s);
    if (t.windings == 2)
        return add_two_windings(r, &t);
    return t.status == 0 || add_star(r, &t);
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
    bool first = sw_power_fields_skip_line(&r->f); // of two lines of remarks
    return first && sw_power_fields_skip_line(&r->f);
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
