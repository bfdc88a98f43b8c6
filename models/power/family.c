// SPDX-License-Identifier: Apache-2.0
// The family: one model over the systems that ship with the product, and one for every case that is
// registered.
#include "models/power/power.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/power/case.h"
#include "models/power/descriptor.h"
#include "models/power/memory.h"
#include "models/power/model.h"

enum { BESIDE_MAX = 16 << 20, LINE_TEXT = 48, DOC_TEXT = 256 };

// A registered case's model and all that its descriptor points to.
typedef struct own {
    sw_model model;
    sw_power_case *c;
    char *name, *system, version[48], line[LINE_TEXT], doc[DOC_TEXT];
    const char *systems[2];
    sw_parameter parameters[P_COUNT];
} own;

// ---- files ----

static bool
ends_with(const char *text, const char *ending)
{
    size_t n = strlen(text), e = strlen(ending);
    return n > e && strcmp(text + n - e, ending) == 0;
}

// The name of the file in dir that has the main file's name but this ending, or else is the only
// one with it, freed by the caller; NULL if there is none, and a fault if there are several.
static char *
beside(const char *dir, const char *file, const char *ending, sw_power_fault_of_case *fault)
{
    char *found = NULL, path[4400], same[300];
    snprintf(same, sizeof same, "%.*s%s", (int)(strrchr(file, '.') - file), file, ending);
    snprintf(path, sizeof path, "%s/%s", dir ? dir : "", same);
    if (dir && access(path, R_OK) == 0)
        return strdup(same);
    DIR *d = dir ? opendir(dir) : NULL;
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        if (!ends_with(e->d_name, ending))
            continue;
        if (found) {
            snprintf(fault->message, sizeof fault->message, "both %.100s and %.100s end in %s",
                     found, e->d_name, ending);
            break;
        }
        found = strdup(e->d_name);
    }
    if (d)
        closedir(d);
    return found;
}

static char *
read_file(const char *dir, const char *name, size_t *n)
{
    char path[4400];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "re");
    if (!f)
        return NULL;
    char *bytes = sw_power_alloc(BESIDE_MAX + 1, 1);
    *n = fread(bytes, 1, BESIDE_MAX + 1, f);
    bool good = !ferror(f) && *n <= BESIDE_MAX;
    fclose(f);
    if (good)
        return bytes;
    free(bytes);
    return NULL;
}

// ---- formats ----

typedef bool dynamics_reader(sw_power_case *c, const char *bytes, size_t n,
                             sw_power_fault_of_case *fault);

static const struct format {
    const char *ending;
    sw_power_case *(*read)(const char *bytes, size_t n, sw_power_fault_of_case *fault);
    const char *dynamics; // ending of the file beside it; NULL: all in one
    dynamics_reader *read_dynamics;
} formats[] = {
    {".json", sw_power_case_from_json, NULL, NULL},
    {".m", sw_power_case_from_matpower, ".json", sw_power_case_read_dynamics},
    {".raw", sw_power_case_from_psse, ".dyr", sw_power_case_read_dyr},
};

static const struct format *
format_of(const char *file)
{
    for (size_t k = 0; file && k < sizeof formats / sizeof *formats; k++)
        if (ends_with(file, formats[k].ending))
            return &formats[k];
    return NULL;
}

// Reads the file with the dynamic data; its name goes before its faults.
static bool
add_dynamics(const sw_source *source, const struct format *f, sw_power_case *c,
             sw_power_fault_of_case *fault)
{
    size_t n = 0;
    char *name = beside(source->dir, source->file, f->dynamics, fault);
    bool good = name && !fault->message[0];
    if (!name)
        snprintf(fault->message, sizeof fault->message,
                 "the case has no dynamic data: register a folder with a %s file beside it",
                 f->dynamics);
    char *bytes = good ? read_file(source->dir, name, &n) : NULL;
    if (good && !bytes)
        snprintf(fault->message, sizeof fault->message, "%.100s can not be read", name);
    sw_power_fault_of_case why;
    good = bytes != NULL;
    if (good && !f->read_dynamics(c, bytes, n, &why)) {
        *fault = why;
        snprintf(fault->message, sizeof fault->message, "%.100s: %.280s", name, why.message);
        good = false;
    }
    if (good)
        sw_power_case_add_hash(c, bytes, n);
    free(bytes);
    free(name);
    return good;
}

static sw_power_case *
read_case(const sw_source *source, sw_power_fault_of_case *fault)
{
    const struct format *f = format_of(source->file);
    if (!f || !source->bytes) {
        snprintf(fault->message, sizeof fault->message,
                 "a case is a .json file, or a folder with a .m and a .json or a .raw and a .dyr");
        return NULL;
    }
    sw_power_case *c = f->read(source->bytes, source->n, fault);
    if (!c || !f->dynamics)
        return c;
    sw_power_case_set_hash(c, source->bytes, source->n);
    if (!add_dynamics(source, f, c, fault) || !sw_power_case_check(c, fault))
        sw_power_case_free(&c);
    return c;
}

// ---- models ----

// A line that may be opened, for the defaults; the first branch if there is none.
static const sw_power_branch *
default_line(const sw_power_case *c)
{
    for (size_t k = 0; k < c->n_branches && k < 200; k++) {
        const sw_power_branch *l = &c->branch[k];
        if (l->status != 0 && l->ratio == 0 && sw_power_case_is_connected(c, 1, &k))
            return l;
    }
    return &c->branch[0];
}

// What was simplified must be seen wherever the model is.
static void
write_doc(const sw_power_case *c, char doc[DOC_TEXT])
{
    int n = snprintf(doc, DOC_TEXT,
                     "Rotor-angle stability and critical clearing times of a registered case: %zu "
                     "buses, %zu machines",
                     c->n_buses, c->n_machines);
    if (c->n_simplified)
        snprintf(doc + n, DOC_TEXT - (size_t)n,
                 ", %zu of them without their subtransients and saturation.", c->n_simplified);
    else
        snprintf(doc + n, DOC_TEXT - (size_t)n, ".");
}

static void
describe(own *o)
{
    const sw_power_branch *l = default_line(o->c);
    write_doc(o->c, o->doc);
    snprintf(o->line, sizeof o->line, "%.0f-%.0f", l->from_number, l->to_number);
    snprintf(o->version, sizeof o->version, "%s+%s", SW_POWER_ALGORITHM, o->c->hash);
    o->systems[0] = o->system;
    memcpy(o->parameters, sw_power_parameters, sizeof o->parameters);
    o->parameters[P_SYSTEM].text = o->systems[0];
    o->parameters[P_SYSTEM].choices = o->systems;
    o->parameters[P_LINE].text = o->line;
    o->parameters[P_FAULT_BUS].value = l->from_number;
    o->model = sw_power_rotor_angle;
    o->model.name = o->name;
    o->model.version = o->version;
    o->model.doc = o->doc;
    o->model.parameters = o->parameters;
    o->model.self = o->c;
}

// Bytes of a file may be anything; what is shown of them is ASCII.
static void
copy_text(char *to, size_t size, const char *from)
{
    size_t n = 0;
    for (; *from && n + 1 < size; from++)
        to[n++] = *from >= ' ' && *from <= '~' ? *from : '?';
    to[n] = '\0';
}

static bool
has_data(const sw_power_case *c, size_t generator)
{
    for (size_t k = 0; k < c->n_machines; k++)
        if (c->machine[k].generator == generator)
            return true;
    return false;
}

// Names the generators that have no dynamic data, and what to do about it.
static void
say_missing(const sw_power_case *c, const char *file, sw_power_fault_of_case *fault)
{
    char *m = fault->message;
    size_t size = sizeof fault->message, listed = 0;
    size_t n = (size_t)snprintf(m, size, "two machines with H and x'd are needed; at the buses");
    for (size_t k = 0; k < c->n_generators && listed < 10; k++)
        if (c->generator[k].status > 0 && !has_data(c, k))
            n += (size_t)snprintf(m + n, size - n, "%s %.0f", listed++ ? "," : "",
                                  c->generator[k].bus_number);
    snprintf(m + n, size - n, "%s are generators without: %s", listed == 10 ? " ..." : "",
             file && ends_with(file, ".raw")
                 ? "the .dyr file needs records GENCLS, GENROU or GENSAL for them"
                 : "give them rows in the table machine, or \"machine_defaults\": "
                   "{\"H\": 4, \"xdp\": 0.3} for all that have none");
}

static int
power_load(const sw_source *source, sw_model **model, sw_source_error *error)
{
    sw_power_fault_of_case fault = {0};
    *error = (sw_source_error){0};
    sw_power_case *c = read_case(source, &fault);
    if (c && c->n_machines < 2) {
        say_missing(c, source->file, &fault);
        sw_power_case_free(&c);
    }
    if (!c) {
        *error = (sw_source_error){.line = fault.line, .column = fault.column};
        copy_text(error->message, sizeof error->message, fault.message);
        return -1;
    }
    own *o = sw_power_alloc(1, sizeof *o);
    const char *stem = strrchr(source->name, '/');
    o->c = c;
    o->name = strdup(source->name);
    o->system = strdup(stem ? stem + 1 : source->name);
    if (!o->name || !o->system)
        abort();
    copy_text(c->name, sizeof c->name, o->system);
    describe(o);
    *model = &o->model;
    return 0;
}

static void
power_unload(sw_model *model)
{
    own *o = (own *)model; // its first member
    sw_power_case_free(&o->c);
    free(o->name);
    free(o->system);
    free(o);
}

static const sw_model *const models[] = {&sw_power_rotor_angle, NULL};

const sw_family sw_power_family = {
    .name = "power",
    .doc = "Transient rotor-angle stability of power systems.",
    .models = models,
    .load = power_load,
    .unload = power_unload,
};
