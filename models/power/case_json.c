// SPDX-License-Identifier: Apache-2.0
// Reads a case from sweepd's JSON: tables of named columns and rows, as MATPOWER names them, plus
// dynamic data. One list of columns a table says where each figure goes.
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/case.h"
#include "models/power/case_rows.h"
#include "models/power/memory.h"

typedef enum need { NEEDED, OPTIONAL, TEXT } need;

typedef struct column {
    const char *name;
    size_t offset;
    need need;
    double otherwise; // the value of an optional column that is absent or null
} column;

#define IN(type, field, name, need, otherwise)                                                     \
    {                                                                                              \
        name, offsetof(sw_power_##type, field), need, otherwise                                    \
    }

static const column bus_columns[] = {
    IN(bus, number, "bus_i", NEEDED, 0),
    IN(bus, kind, "type", NEEDED, 0),
    IN(bus, pd, "Pd", NEEDED, 0),
    IN(bus, qd, "Qd", NEEDED, 0),
    IN(bus, gs, "Gs", OPTIONAL, 0),
    IN(bus, bs, "Bs", OPTIONAL, 0),
    IN(bus, area, "area", OPTIONAL, 1),
    IN(bus, vm, "Vm", OPTIONAL, 1),
    IN(bus, va, "Va", OPTIONAL, 0),
    IN(bus, base_kv, "baseKV", OPTIONAL, 0),
    {0},
};

static const column generator_columns[] = {
    IN(generator, bus_number, "bus", NEEDED, 0),
    IN(generator, pg, "Pg", NEEDED, 0),
    IN(generator, qg, "Qg", OPTIONAL, 0),
    IN(generator, qmax, "Qmax", OPTIONAL, INFINITY),
    IN(generator, qmin, "Qmin", OPTIONAL, -INFINITY),
    IN(generator, vg, "Vg", NEEDED, 0),
    IN(generator, mbase, "mBase", OPTIONAL, 100),
    IN(generator, status, "status", OPTIONAL, 1),
    IN(generator, pmax, "Pmax", OPTIONAL, INFINITY),
    IN(generator, pmin, "Pmin", OPTIONAL, -INFINITY),
    {0},
};

static const column branch_columns[] = {
    IN(branch, from_number, "fbus", NEEDED, 0),
    IN(branch, to_number, "tbus", NEEDED, 0),
    IN(branch, r, "r", NEEDED, 0),
    IN(branch, x, "x", NEEDED, 0),
    IN(branch, b, "b", OPTIONAL, 0),
    IN(branch, ratio, "ratio", OPTIONAL, 0),
    IN(branch, angle, "angle", OPTIONAL, 0),
    IN(branch, status, "status", OPTIONAL, 1),
    {0},
};

static const column machine_columns[] = {
    IN(machine, bus_number, "bus", NEEDED, 0),
    IN(machine, unit, "unit", OPTIONAL, 1),
    IN(machine, mbase, "mBase", NEEDED, 0),
    IN(machine, h, "H", NEEDED, 0),
    IN(machine, d, "D", OPTIONAL, 0),
    IN(machine, ra, "ra", OPTIONAL, 0),
    IN(machine, xd, "xd", OPTIONAL, NAN),
    IN(machine, xq, "xq", OPTIONAL, NAN),
    IN(machine, xdp, "xdp", NEEDED, 0),
    IN(machine, xqp, "xqp", OPTIONAL, NAN),
    IN(machine, td0p, "Td0p", OPTIONAL, NAN),
    IN(machine, tq0p, "Tq0p", OPTIONAL, NAN),
    {0},
};

static const column exciter_columns[] = {
    IN(exciter, bus_number, "bus", NEEDED, 0),
    IN(exciter, model, "model", TEXT, 0),
    IN(exciter, tr, "TR", OPTIONAL, 0),
    IN(exciter, ka, "KA", OPTIONAL, NAN),
    IN(exciter, ta, "TA", OPTIONAL, NAN),
    IN(exciter, tb, "TB", OPTIONAL, 0),
    IN(exciter, tc, "TC", OPTIONAL, 0),
    IN(exciter, vrmax, "VRmax", OPTIONAL, NAN),
    IN(exciter, vrmin, "VRmin", OPTIONAL, NAN),
    IN(exciter, ke, "KE", OPTIONAL, NAN),
    IN(exciter, te, "TE", OPTIONAL, NAN),
    IN(exciter, kf, "KF", OPTIONAL, NAN),
    IN(exciter, tf, "TF", OPTIONAL, NAN),
    IN(exciter, saturation, "satform", TEXT, 0),
    IN(exciter, aex, "Aex", OPTIONAL, NAN),
    IN(exciter, bex, "Bex", OPTIONAL, NAN),
    IN(exciter, e1, "E1", OPTIONAL, NAN),
    IN(exciter, se1, "SE1", OPTIONAL, NAN),
    IN(exciter, e2, "E2", OPTIONAL, NAN),
    IN(exciter, se2, "SE2", OPTIONAL, NAN),
    {0},
};

static const column governor_columns[] = {
    IN(governor, bus_number, "bus", NEEDED, 0),
    IN(governor, model, "model", TEXT, 0),
    IN(governor, r, "R", NEEDED, 0),
    IN(governor, t1, "T1", NEEDED, 0),
    IN(governor, t2, "T2", NEEDED, 0),
    IN(governor, t3, "T3", NEEDED, 0),
    IN(governor, vmax, "Vmax", OPTIONAL, NAN),
    IN(governor, vmin, "Vmin", OPTIONAL, NAN),
    IN(governor, dt, "Dt", OPTIONAL, 0),
    {0},
};

static const column stabiliser_columns[] = {
    IN(stabiliser, bus_number, "bus", NEEDED, 0),
    IN(stabiliser, model, "model", TEXT, 0),
    IN(stabiliser, ks, "Ks", NEEDED, 0),
    IN(stabiliser, tw, "Tw", NEEDED, 0),
    IN(stabiliser, t1, "T1", OPTIONAL, 0),
    IN(stabiliser, t2, "T2", OPTIONAL, 0),
    IN(stabiliser, t3, "T3", OPTIONAL, 0),
    IN(stabiliser, t4, "T4", OPTIONAL, 0),
    IN(stabiliser, vsmax, "Vsmax", OPTIONAL, NAN),
    IN(stabiliser, vsmin, "Vsmin", OPTIONAL, NAN),
    {0},
};

typedef struct table {
    const char *name;
    const column *columns;
    size_t row_size, limit;
    size_t count_at, rows_at; // where in the case they go
    bool needed;
} table;

#define TABLE(name, type, plural, limit, needed)                                                   \
    {                                                                                              \
        name, type##_columns, sizeof(sw_power_##type), limit, offsetof(sw_power_case, n_##plural), \
            offsetof(sw_power_case, type), needed                                                  \
    }

// The first table of dynamic data; they are the last ones.
enum { MACHINES = 3 };

static const table tables[] = {
    TABLE("bus", bus, buses, SW_POWER_MAX_BUSES, true),
    TABLE("gen", generator, generators, SW_POWER_MAX_GENERATORS, true),
    TABLE("branch", branch, branches, SW_POWER_MAX_BRANCHES, true),
    TABLE("machine", machine, machines, SW_POWER_MAX_MACHINES, false),
    TABLE("exciter", exciter, exciters, 4 * SW_POWER_MAX_MACHINES, false),
    TABLE("governor", governor, governors, SW_POWER_MAX_MACHINES, false),
    TABLE("pss", stabiliser, stabilisers, SW_POWER_MAX_MACHINES, false),
};

static bool __attribute__((format(printf, 2, 3)))
refuse(sw_power_fault_of_case *fault, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
    return false;
}

// Position of a named column in the document's list, or SIZE_MAX.
static size_t
position_of(const json_t *names, const char *name)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *s = json_string_value(json_array_get(names, i));
        if (s && strcmp(s, name) == 0)
            return i;
    }
    return SIZE_MAX;
}

static bool
read_cell(const table *t, const column *c, const json_t *cell, size_t row, char *into,
          sw_power_fault_of_case *fault)
{
    if (c->need == TEXT) {
        const char *s = json_string_value(cell);
        snprintf(into + c->offset, SW_POWER_MODEL_NAME, "%s", s ? s : "none");
        return true;
    }
    double v = c->otherwise;
    if (json_is_number(cell))
        v = json_number_value(cell);
    else if (c->need == NEEDED || (cell && !json_is_null(cell)))
        return refuse(fault, "table %s, row %zu: %s is not a number", t->name, row + 1, c->name);
    memcpy(into + c->offset, &v, sizeof v);
    return true;
}

static bool
read_rows(const table *t, const json_t *names, const json_t *rows, char *into,
          sw_power_fault_of_case *fault)
{
    for (const column *c = t->columns; c->name; c++) {
        size_t at = position_of(names, c->name);
        if (at == SIZE_MAX && c->need == NEEDED)
            return refuse(fault, "table %s has no column %s", t->name, c->name);
        for (size_t i = 0; i < json_array_size(rows); i++) {
            const json_t *cell =
                at == SIZE_MAX ? NULL : json_array_get(json_array_get(rows, i), at);
            if (!read_cell(t, c, cell, i, into + i * t->row_size, fault))
                return false;
        }
    }
    return true;
}

static bool
read_table(const table *t, const json_t *all, sw_power_case *c, sw_power_fault_of_case *fault)
{
    const json_t *one = json_object_get(all, t->name);
    const json_t *names = json_object_get(one, "columns"), *rows = json_object_get(one, "rows");
    if (!one && !t->needed)
        return true;
    if (!json_is_array(names) || !json_is_array(rows))
        return refuse(fault, "tables/%s needs the arrays columns and rows", t->name);
    if (json_array_size(rows) > t->limit)
        return refuse(fault, "table %s has %zu rows; %zu are allowed", t->name,
                      json_array_size(rows), t->limit);
    size_t room = 1; // a power of two, as case_rows.h wants it
    while (room < json_array_size(rows))
        room *= 2;
    char *into = sw_power_alloc(room, t->row_size);
    *(char **)((char *)c + t->rows_at) = into;
    *(size_t *)((char *)c + t->count_at) = json_array_size(rows);
    return read_rows(t, names, rows, into, fault);
}

// Figures for the generators in service that have no machine, by the names of the table's columns.
static bool
read_defaults(const json_t *defaults, sw_power_case *c, sw_power_fault_of_case *fault)
{
    const table *t = &tables[MACHINES];
    const char *name;
    json_t *value;
    if (!defaults)
        return true;
    if (!json_is_object(defaults))
        return refuse(fault, "machine_defaults is not an object");
    json_object_foreach ((json_t *)defaults, name, value) {
        const column *k = t->columns;
        while (k->name && strcmp(k->name, name) != 0)
            k++;
        if (!k->name || strcmp(name, "bus") == 0 || strcmp(name, "unit") == 0)
            return refuse(fault, "machine_defaults/%.40s is not known", name);
    }
    size_t listed = c->n_machines;
    for (size_t g = 0; g < c->n_generators; g++) {
        size_t same = 0, taken = 0;
        for (size_t k = 0; k <= g; k++)
            same += c->generator[k].bus_number == c->generator[g].bus_number &&
                    c->generator[k].status > 0;
        for (size_t k = 0; k < listed; k++)
            taken += c->machine[k].bus_number == c->generator[g].bus_number;
        if (!(c->generator[g].status > 0) || same <= taken)
            continue;
        sw_power_machine *m = sw_power_add_machine(c);
        if (!m)
            return refuse(fault, "more than %d machines", SW_POWER_MAX_MACHINES);
        for (const column *k = t->columns; k->name; k++) {
            const json_t *cell = json_object_get(defaults, k->name);
            bool own = strcmp(k->name, "bus") == 0 || strcmp(k->name, "unit") == 0 ||
                       (strcmp(k->name, "mBase") == 0 && !cell);
            if (!own && !read_cell(t, k, cell, g, (char *)m, fault))
                return false;
        }
        m->bus_number = c->generator[g].bus_number;
        m->unit = (double)same;
        if (m->mbase == 0)
            m->mbase = c->generator[g].mbase;
    }
    return true;
}

static json_t *
parse(const char *bytes, size_t n, sw_power_fault_of_case *fault)
{
    json_error_t error;
    json_t *root = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &error);
    if (root)
        return root;
    fault->line = error.line > 0 ? (size_t)error.line : 0;
    fault->column = error.column > 0 ? (size_t)error.column : 0;
    refuse(fault, "not JSON: %s", error.text);
    return NULL;
}

bool
sw_power_case_read_dynamics(sw_power_case *c, const char *bytes, size_t n,
                            sw_power_fault_of_case *fault)
{
    *fault = (sw_power_fault_of_case){0};
    json_t *root = parse(bytes, n, fault);
    if (!root)
        return false;
    const json_t *all = json_object_get(root, "tables"), *freq = json_object_get(root, "freq_hz");
    bool good = json_is_number(freq) || refuse(fault, "freq_hz is missing, or not a number");
    c->freq_hz = json_number_value(freq);
    for (size_t i = MACHINES; good && i < sizeof tables / sizeof *tables; i++)
        good = read_table(&tables[i], all, c, fault);
    good = good && read_defaults(json_object_get(root, "machine_defaults"), c, fault);
    json_decref(root);
    return good;
}

static bool
read_case(const json_t *root, sw_power_case *c, sw_power_fault_of_case *fault)
{
    const char *name = json_string_value(json_object_get(root, "name"));
    snprintf(c->name, sizeof c->name, "%s", name ? name : "unnamed");
    c->base_mva = json_number_value(json_object_get(root, "baseMVA"));
    c->freq_hz = json_number_value(json_object_get(root, "freq_hz"));
    const json_t *all = json_object_get(root, "tables");
    if (!json_is_object(all))
        return refuse(fault, "no object named tables");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (!read_table(&tables[i], all, c, fault))
            return false;
    return sw_power_case_check(c, fault);
}

sw_power_case *
sw_power_case_from_json(const char *bytes, size_t n, sw_power_fault_of_case *fault)
{
    *fault = (sw_power_fault_of_case){0};
    json_t *root = parse(bytes, n, fault);
    if (!root)
        return NULL;
    sw_power_case *c = sw_power_alloc(1, sizeof *c);
    if (!read_case(root, c, fault))
        sw_power_case_free(&c);
    else
        sw_power_case_set_hash(c, bytes, n);
    json_decref(root);
    return c;
}
