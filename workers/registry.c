// SPDX-License-Identifier: Apache-2.0
// The list of families, and models made from the files of a folder.
#include "workers/registry.h"

#include "lib/base/buffer.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/study/descriptor.h"
#include "models/external/external.h"
#include "models/fmri/fmri.h"
#include "models/netlogo/netlogo.h"
#include "models/power/power.h"
#include "models/testfunctions/testfunctions.h"
#include "models/umbridge/umbridge.h"
#include "workers/bundle.h"

#include <dirent.h>
#include <stdio.h>

enum { SOURCE_MAX = 16 << 20 };

enum { ENDINGS_MAX = 4 };

// Which files a family makes models of: in the worker's own folder of models, and of those that
// users upload. An archive's main file is its only one with the first ending that occurs in it.
// External programs are the operator's to offer, never a user's.
static const struct {
    const sw_family *family;
    const char *local[ENDINGS_MAX], *uploaded[ENDINGS_MAX];
    bool folders; // an archive without a main file is a model too
} families[] = {
    {&sw_testfunctions_family, {NULL}, {NULL}, false},
    {&sw_power_family, {NULL}, {".raw", ".m", ".json"}, false},
    {&sw_external_family, {".json"}, {NULL}, false},
    {&sw_netlogo_family, {".nlogo", ".nlogox"}, {".nlogox", ".nlogo"}, false},
    {&sw_fmri_family, {NULL}, {NULL}, true},
    {&sw_umbridge_family, {".umbridge"}, {".umbridge"}, false},
};

typedef struct loaded {
    const sw_family *family;
    sw_model *model;
} loaded;

typedef struct upload {
    sw_upload u; // its texts are the registry's
    char *name, *version, *file, *dir;
} upload;

// A file of the folder that makes no model.
typedef struct left_out {
    char *name; // of the model that it would be
    char *why;
} left_out;

struct sw_registry {
    const sw_model **models;
    size_t n, capacity;
    upload *uploads;
    size_t n_uploads, uploads_capacity;
    loaded *loaded;
    size_t n_loaded, loaded_capacity;
    left_out *left_out;
    size_t n_left_out, left_out_capacity;
};

static void
add(sw_registry *r, const sw_model *model)
{
    r->models = sw_grow(r->models, r->n, &r->capacity, sizeof(sw_model *));
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

static const sw_model *
load(sw_registry *r, const sw_family *family, const sw_source *source, sw_source_error *error)
{
    sw_model *model = NULL;
    if (family->load(source, &model, error) != 0)
        return NULL;
    r->loaded = sw_grow(r->loaded, r->n_loaded, &r->loaded_capacity, sizeof *r->loaded);
    r->loaded[r->n_loaded++] = (loaded){family, model};
    return model;
}

// Reads dir/file and makes its model; file NULL: of the folder as a whole.
static const sw_model *
load_path(sw_registry *r, const sw_family *family, const char *name, const char *dir,
          const char *file, sw_source_error *error)
{
    sw_auto(free) char *path = sw_format("%s/%s", dir, file ? file : "");
    size_t n = 0;
    sw_auto(free) char *bytes = file ? read_file(path, &n) : NULL;
    sw_source source = {.name = name, .file = file, .bytes = bytes, .n = n, .dir = dir};
    if (!file || bytes)
        return load(r, family, &source, error);
    snprintf(error->message, sizeof error->message,
             "\"%.200s\" can not be read, or is larger than %d bytes", file, SOURCE_MAX);
    return NULL;
}

static bool
ends_with(const char *text, const char *ending)
{
    size_t n = strlen(text), e = strlen(ending);
    return n > e && strcmp(text + n - e, ending) == 0;
}

static void
add_shipped(sw_registry *r, const sw_family *family)
{
    for (const sw_source *s = family->shipped; s && s->name; s++) {
        sw_source_error error = {0};
        const sw_model *model = load(r, family, s, &error);
        if (model)
            add(r, model);
        else
            sw_warn("worker", "%s: %s", s->name, error.message);
    }
}

static void
leave_out(sw_registry *r, const char *name, const char *dir, const char *file,
          const sw_source_error *error)
{
    r->left_out = sw_grow(r->left_out, r->n_left_out, &r->left_out_capacity, sizeof *r->left_out);
    left_out *l = &r->left_out[r->n_left_out++];
    l->name = sw_strdup(name);
    l->why = sw_format("%s/%s:%zu:%zu: %s", dir, file, error->line, error->column, error->message);
    sw_warn("worker", "%s", l->why);
}

// A file of the worker's folder of models.
static void
load_file(sw_registry *r, const char *dir, const char *file)
{
    for (size_t f = 0; f < sw_countof(families); f++) {
        for (size_t e = 0; e < ENDINGS_MAX && families[f].local[e]; e++) {
            if (!ends_with(file, families[f].local[e]))
                continue;
            size_t stem = strlen(file) - strlen(families[f].local[e]);
            sw_auto(free) char *name =
                sw_format("%s/%.*s", families[f].family->name, (int)stem, file);
            sw_source_error error = {0};
            const sw_model *model = load_path(r, families[f].family, name, dir, file, &error);
            if (model)
                add(r, model);
            else
                leave_out(r, name, dir, file, &error);
        }
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
        add_shipped(r, families[f].family);
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
    for (size_t i = 0; i < r->n_uploads; i++) {
        upload *u = &r->uploads[i];
        char *texts[] = {u->name, u->version, u->file, u->dir};
        for (size_t t = 0; t < sw_countof(texts); t++)
            free(texts[t]);
        json_decref((json_t *)u->u.descriptor);
    }
    for (size_t i = 0; i < r->n_left_out; i++) {
        free(r->left_out[i].name);
        free(r->left_out[i].why);
    }
    free(r->left_out);
    free(r->uploads);
    free(r->loaded);
    free(r->models);
    free(r);
    *registry = NULL;
}

const char *
sw_registry_left_out(const sw_registry *r, const char *name)
{
    for (size_t i = 0; i < r->n_left_out; i++) {
        if (strcmp(r->left_out[i].name, name) == 0)
            return r->left_out[i].why;
    }
    return NULL;
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

// ---- uploads ----

void
sw_registry_put(sw_registry *r, const sw_upload *u)
{
    if (sw_registry_upload(r, u->name, u->version))
        return;
    upload copy = {.name = sw_strdup(u->name),
                   .version = sw_strdup(u->version),
                   .file = sw_strdup(u->file),
                   .dir = sw_strdup(u->dir)};
    copy.u = (sw_upload){copy.name, copy.version, copy.file, copy.dir,
                         json_incref((json_t *)u->descriptor)};
    r->uploads = sw_grow(r->uploads, r->n_uploads, &r->uploads_capacity, sizeof *r->uploads);
    r->uploads[r->n_uploads++] = copy;
}

const sw_upload *
sw_registry_upload(const sw_registry *r, const char *name, const char *version)
{
    for (size_t i = 0; i < r->n_uploads; i++) {
        const sw_upload *u = &r->uploads[i].u;
        if (strcmp(u->name, name) == 0 && strcmp(u->version, version) == 0)
            return u;
    }
    return NULL;
}

// The only file of the folder with this ending; *n how many there are.
static char *
only_file(const char *dir, const char *ending, size_t *n)
{
    char *found = NULL;
    DIR *d = opendir(dir);
    for (struct dirent *entry; d && (entry = readdir(d)) != NULL;) {
        if (!ends_with(entry->d_name, ending))
            continue;
        if ((*n)++ == 0)
            found = sw_strdup(entry->d_name);
    }
    if (d)
        closedir(d);
    return found;
}

// The main file of an unpacked upload; NULL without one, *clear false where it is not clear.
static char *
main_file(size_t family, const char *file, const char *dir, bool *clear)
{
    const char *const *endings = families[family].uploaded;
    *clear = true;
    for (size_t e = 0; e < ENDINGS_MAX && endings[e]; e++) {
        if (!sw_bundle_is_archive(file)) {
            if (ends_with(file, endings[e]))
                return sw_strdup(file);
            continue;
        }
        size_t n = 0;
        char *found = only_file(dir, endings[e], &n);
        *clear = n < 2;
        if (n > 0)
            return found;
    }
    *clear = families[family].folders && sw_bundle_is_archive(file);
    return NULL;
}

static size_t
find_family(const char *name)
{
    size_t n = strcspn(name, "/"), f = 0;
    while (f < sw_countof(families) &&
           (strncmp(families[f].family->name, name, n) != 0 || families[f].family->name[n] != '\0'))
        f++;
    return f;
}

static bool
takes_uploads(size_t f)
{
    return f < sw_countof(families) && (families[f].uploaded[0] || families[f].folders);
}

const sw_model *
sw_registry_load(sw_registry *r, const char *name, const char *file, const char *dir,
                 sw_source_error *error)
{
    size_t f = find_family(name);
    bool clear = false;
    sw_auto(free) char *first = takes_uploads(f) ? main_file(f, file, dir, &clear) : NULL;
    if (clear) {
        const sw_model *model = load_path(r, families[f].family, name, dir, first, error);
        if (model)
            add(r, model);
        return model;
    }
    sw_buffer endings = {0};
    for (size_t e = 0; f < sw_countof(families) && e < ENDINGS_MAX; e++) {
        if (families[f].uploaded[e])
            sw_buffer_printf(&endings, "%s%s", e ? ", " : "", families[f].uploaded[e]);
    }
    if (takes_uploads(f) && first)
        snprintf(error->message, sizeof error->message,
                 "the archive holds several models; one main file (%s) at its top is needed",
                 sw_buffer_text(&endings));
    else if (takes_uploads(f))
        snprintf(error->message, sizeof error->message,
                 "\"%.100s\" is no model of this family, whose files end with %s", file,
                 endings.n ? sw_buffer_text(&endings) : ".tar");
    else
        snprintf(error->message, sizeof error->message, "this family takes no uploads");
    sw_buffer_fini(&endings);
    return NULL;
}

static const sw_source *
shipped_source(const sw_family *family, const char *name)
{
    for (const sw_source *s = family->shipped; s && s->name; s++) {
        if (strcmp(s->name, name) == 0)
            return s;
    }
    return NULL;
}

int
sw_registry_session(const char *name, const char *file, const char *dir, sw_source_error *error)
{
    size_t f = find_family(name);
    const sw_family *family = f < sw_countof(families) ? families[f].family : NULL;
    const sw_source *shipped = family && !*file ? shipped_source(family, name) : NULL;
    bool clear = false;
    if (!family || !family->session || (!*file && !shipped)) {
        snprintf(error->message, sizeof error->message, "this model has no interactive sessions");
        return -1;
    }
    if (shipped) {
        family->session(shipped, stdin, stdout);
        return 0;
    }
    sw_auto(free) char *first = main_file(f, file, dir, &clear);
    sw_auto(free) char *path = sw_format("%s/%s", dir, first ? first : "");
    size_t n = 0;
    sw_auto(free) char *bytes = first ? read_file(path, &n) : NULL;
    sw_source source = {.name = name, .file = first, .bytes = bytes, .n = n, .dir = dir};
    family->session(&source, stdin, stdout);
    return 0;
}

json_t *
sw_registry_families(void)
{
    json_t *list = json_array();
    for (size_t f = 0; f < sw_countof(families); f++) {
        if (takes_uploads(f))
            json_array_append_new(list, json_string(families[f].family->name));
    }
    return list;
}
