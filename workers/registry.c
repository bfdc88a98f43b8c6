// SPDX-License-Identifier: Apache-2.0
// The list of families, and models made from the files of a folder.
#include "workers/registry.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/study/descriptor.h"
#include "models/external/external.h"
#include "models/power/power.h"
#include "models/testfunctions/testfunctions.h"

#include <dirent.h>
#include <stdio.h>

enum { SOURCE_MAX = 16 << 20 };

// Which family makes a model of a file with this ending. A NULL ending: built-in models only.
static const struct {
    const sw_family *family;
    const char *ending;
} families[] = {
    {&sw_testfunctions_family, NULL},
    {&sw_power_family, NULL},
    {&sw_external_family, ".json"},
};

typedef struct loaded {
    const sw_family *family;
    sw_model *model;
} loaded;

struct sw_registry {
    const sw_model **models;
    size_t n, capacity;
    loaded *loaded;
    size_t n_loaded, loaded_capacity;
};

static void
add(sw_registry *r, const sw_model *model)
{
    r->models = sw_grow(r->models, r->n, &r->capacity, sizeof *r->models);
    r->models[r->n++] = model;
}

static char *
read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return NULL;
    char *bytes = sw_malloc(SOURCE_MAX + 1);
    *n = fread(bytes, 1, SOURCE_MAX + 1, f);
    bool good = !ferror(f) && *n <= SOURCE_MAX;
    fclose(f);
    if (!good) {
        free(bytes);
        return NULL;
    }
    return sw_realloc(bytes, *n + 1);
}

static void
load(sw_registry *r, const sw_family *family, const char *dir, const char *file, size_t stem)
{
    sw_auto(free) char *path = sw_format("%s/%s", dir, file);
    sw_auto(free) char *name = sw_format("%s/%.*s", family->name, (int)stem, file);
    size_t n;
    sw_auto(free) char *bytes = read_file(path, &n);
    if (!bytes) {
        sw_warn("worker", "%s: can not be read, or is larger than %d bytes", path, SOURCE_MAX);
        return;
    }
    sw_source source = {.name = name, .bytes = bytes, .n = n, .dir = dir};
    sw_source_error error = {0};
    sw_model *model = NULL;
    if (family->load(&source, &model, &error) != 0) {
        sw_warn("worker", "%s:%zu:%zu: %s", path, error.line, error.column, error.message);
        return;
    }
    r->loaded = sw_grow(r->loaded, r->n_loaded, &r->loaded_capacity, sizeof *r->loaded);
    r->loaded[r->n_loaded++] = (loaded){family, model};
    add(r, model);
}

static void
load_file(sw_registry *r, const char *dir, const char *file)
{
    size_t n = strlen(file);
    for (size_t f = 0; f < sw_countof(families); f++) {
        const char *ending = families[f].ending;
        size_t e = ending ? strlen(ending) : 0;
        if (e && n > e && strcmp(file + n - e, ending) == 0)
            load(r, families[f].family, dir, file, n - e);
    }
}

sw_registry *
sw_registry_new(const char *models_dir)
{
    sw_registry *r = sw_calloc(1, sizeof *r);
    for (size_t f = 0; f < sw_countof(families); f++) {
        const sw_model *const *model = families[f].family->models;
        while (model && *model)
            add(r, *model++);
    }
    struct dirent **entries = NULL;
    int n = models_dir ? scandir(models_dir, &entries, NULL, alphasort) : 0;
    if (n < 0)
        sw_warn("worker", "%s: no such folder of models", models_dir);
    for (int i = 0; i < n; i++) {
        load_file(r, models_dir, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return r;
}

void
sw_registry_free(sw_registry **registry)
{
    sw_registry *r = *registry;
    if (!r)
        return;
    for (size_t i = 0; i < r->n_loaded; i++)
        r->loaded[i].family->unload(r->loaded[i].model);
    free(r->loaded);
    free(r->models);
    free(r);
    *registry = NULL;
}

const sw_model *
sw_registry_find(const sw_registry *r, const char *name, const char *version)
{
    for (size_t i = 0; i < r->n; i++) {
        const sw_model *m = r->models[i];
        if (strcmp(m->name, name) == 0 && (!version || strcmp(m->version, version) == 0))
            return m;
    }
    return NULL;
}

json_t *
sw_registry_describe(const sw_registry *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->n; i++)
        json_array_append_new(list, sw_descriptor_of_model(r->models[i]));
    return list;
}
