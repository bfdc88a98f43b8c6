// SPDX-License-Identifier: Apache-2.0
// A folder of files, read once at the start: a request never touches the file system, so that no
// path can leave the folder. A file NAME.br or NAME.gz beside NAME is the same, compressed when the
// folder was made.
#include "server/http/static.h"

#include "lib/base/hash.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_MAX = 512, FILE_MAX_BYTES = 32 << 20 };

typedef struct file {
    char *name;
    char *bytes;
    size_t n;
    char hash[SW_HASH_TEXT];
} file;

struct sw_static {
    size_t n, capacity;
    file *files; // by name
};

static const struct {
    const char *suffix, *type;
} media_types[] = {
    {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},   {".svg", "image/svg+xml"},
    {".json", "application/json"},         {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},         {".gz", "application/gzip"},
};

static bool
ends_with(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n >= m && strcmp(text + n - m, suffix) == 0;
}

static const char *
media_type_of(const char *name)
{
    for (size_t i = 0; i < sw_countof(media_types); i++) {
        if (ends_with(name, media_types[i].suffix))
            return media_types[i].type;
    }
    return "application/octet-stream";
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const file *)a)->name, ((const file *)b)->name);
}

static const file *
find(const sw_static *s, const char *name)
{
    const file key = {.name = (char *)(uintptr_t)name};
    return s->n ? bsearch(&key, s->files, s->n, sizeof key, by_name) : NULL;
}

static bool
read_file(const char *path, file *out)
{
    struct stat info;
    FILE *f = fopen(path, "re");
    bool good = f && fstat(fileno(f), &info) == 0 && S_ISREG(info.st_mode) &&
                info.st_size <= FILE_MAX_BYTES;
    if (good) {
        out->n = (size_t)info.st_size;
        out->bytes = sw_calloc(1, out->n + 1);
        good = fread(out->bytes, 1, out->n, f) == out->n;
        sw_hash(out->bytes, out->n, out->hash);
    }
    if (f)
        fclose(f);
    return good;
}

// Adds the regular files of dir, their names after `prefix`; what starts with a dot is left out.
static void
add_folder(sw_static *s, const char *dir, const char *prefix)
{
    DIR *d = opendir(dir);
    for (struct dirent *e; d && s->n < FILES_MAX && (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        sw_auto(free) char *path = sw_format("%s/%s", dir, e->d_name);
        file f = {0};
        if (read_file(path, &f)) {
            f.name = sw_format("%s%s", prefix, e->d_name);
            s->files = sw_grow(s->files, s->n, &s->capacity, sizeof *s->files);
            s->files[s->n++] = f;
        } else {
            free(f.bytes);
        }
    }
    if (d)
        closedir(d);
}

sw_static *
sw_static_load(const char *dir)
{
    sw_static *s = sw_calloc(1, sizeof *s);
    sw_auto(free) char *assets = sw_format("%s/assets", dir);
    add_folder(s, dir, "");
    add_folder(s, assets, "assets/");
    if (s->n)
        qsort(s->files, s->n, sizeof *s->files, by_name);
    if (find(s, "index.html"))
        return s;
    sw_static_free(&s);
    return NULL;
}

void
sw_static_free(sw_static **slot)
{
    sw_static *s = *slot;
    for (size_t i = 0; s && i < s->n; i++) {
        free(s->files[i].name);
        free(s->files[i].bytes);
    }
    if (s)
        free(s->files);
    free(s);
    *slot = NULL;
}

// Whether a coding is among those of Accept-Encoding; "gzip;q=0" is the one way to say no.
static bool
accepts(const sw_request *r, const char *coding)
{
    const char *header = sw_request_header(r, "Accept-Encoding");
    const char *at = header ? strstr(header, coding) : NULL;
    if (!at)
        return false;
    at += strlen(coding);
    return strncmp(at, ";q=0", 4) != 0 || at[4] == '.';
}

// The smallest form of a file that the client takes.
static const file *
choose(const sw_static *s, const sw_request *r, const file *plain, const char **coding)
{
    static const char *const codings[][2] = {{"br", ".br"}, {"gzip", ".gz"}};
    for (size_t i = 0; i < sw_countof(codings); i++) {
        sw_auto(free) char *name = sw_format("%s%s", plain->name, codings[i][1]);
        const file *f = accepts(r, codings[i][0]) ? find(s, name) : NULL;
        *coding = codings[i][0];
        if (f)
            return f;
    }
    *coding = NULL;
    return plain;
}

bool
sw_static_answer(const sw_static *s, sw_request *r, const char *name)
{
    const file *plain = s ? find(s, name) : NULL;
    if (!plain)
        return false;
    const char *coding;
    const file *f = choose(s, r, plain, &coding);
    bool hashed = strncmp(name, "assets/", 7) == 0;
    sw_answer_header(r, "Vary", "Accept-Encoding");
    if (hashed)
        sw_answer_header(r, "Cache-Control", "public, max-age=31536000, immutable");
    if (sw_answer_unchanged(r, f->hash))
        return true;
    if (coding)
        sw_answer_header(r, "Content-Encoding", coding);
    sw_buffer b = {0};
    sw_buffer_add(&b, f->bytes, f->n);
    sw_answer(r, 200, media_type_of(name), &b);
    return true;
}
