// SPDX-License-Identifier: Apache-2.0
// sweep data: registers models and data sets from files. A folder travels as a tar archive whose
// bytes depend on names and contents alone, so that the same data always is the same version.
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

enum { UPLOAD_MAX = 256 << 20, DEPTH_MAX = 16 };

// Which family a file or folder is for, where its name or contents tell.
static const struct {
    const char *ending, *family;
} endings[] = {
    {".nlogo", "netlogo"}, {".nlogox", "netlogo"}, {".m", "power"},
    {".raw", "power"},     {".json", "power"},     {".umbridge", "umbridge"},
};

static bool
read_whole(const char *path, sw_buffer *b)
{
    FILE *f = fopen(path, "rbe");
    char block[65536];
    size_t got;
    while (f && (got = fread(block, 1, sizeof block, f)) > 0 && b->n <= UPLOAD_MAX)
        sw_buffer_add(b, block, got);
    bool good = f && !ferror(f) && b->n <= UPLOAD_MAX;
    if (!good)
        fprintf(stderr, "sweep: %s: %s\n", path, f ? "larger than 256 MiB" : strerror(errno));
    if (f)
        fclose(f);
    return good;
}

// ---- folders ----

static la_ssize_t
take(struct archive *a, void *context, const void *bytes, size_t n)
{
    (void)a;
    sw_buffer_add(context, bytes, n);
    return (la_ssize_t)n;
}

static bool
add_file(struct archive *a, const char *path, const char *name)
{
    sw_buffer b = {0};
    bool good = read_whole(path, &b);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)b.n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 0, 0);
    good = good && archive_write_header(a, entry) == ARCHIVE_OK &&
           archive_write_data(a, b.data ? b.data : "", b.n) == (la_ssize_t)b.n;
    archive_entry_free(entry);
    sw_buffer_fini(&b);
    return good;
}

static bool
add_folder(struct archive *a, const char *path, const char *prefix, int depth)
{
    struct dirent **entries = NULL;
    int n = depth < DEPTH_MAX ? scandir(path, &entries, NULL, alphasort) : -1;
    bool good = n >= 0;
    if (!good)
        fprintf(stderr, "sweep: %s: %s\n", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        sw_auto(free) char *below = sw_format("%s/%s", path, name);
        sw_auto(free) char *inside = sw_format("%s%s", prefix, name);
        sw_auto(free) char *deeper = sw_format("%s/", inside);
        struct stat info;
        if (good && name[0] != '.' && stat(below, &info) == 0)
            good = S_ISDIR(info.st_mode)   ? add_folder(a, below, deeper, depth + 1)
                   : S_ISREG(info.st_mode) ? add_file(a, below, inside)
                                           : true;
        free(entries[i]);
    }
    free(entries);
    return good;
}

static bool
pack(const char *dir, sw_buffer *b)
{
    struct archive *a = archive_write_new();
    archive_write_set_format_pax_restricted(a);
    archive_write_set_bytes_per_block(a, 0);
    bool good = archive_write_open(a, b, NULL, take, NULL) == ARCHIVE_OK &&
                add_folder(a, dir, "", 0) && archive_write_close(a) == ARCHIVE_OK;
    archive_write_free(a);
    if (good && b->n > UPLOAD_MAX)
        fprintf(stderr, "sweep: %s: larger than 256 MiB\n", dir);
    return good && b->n <= UPLOAD_MAX;
}

// ---- what it is called ----

// The last part of a path without a slash at its end.
static char *
base_of(const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    size_t first = n;
    while (first > 0 && path[first - 1] != '/')
        first--;
    return sw_strndup(path + first, n - first);
}

static const char *
ending_family(const char *base)
{
    const char *dot = strrchr(base, '.');
    for (size_t i = 0; dot && i < sw_countof(endings); i++) {
        if (strcmp(dot, endings[i].ending) == 0)
            return endings[i].family;
    }
    return NULL;
}

// A folder's family: that of a file in it, or fmri where its participants are listed.
static const char *
folder_family(const char *path)
{
    const char *family = NULL;
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, "participants.tsv") == 0) {
            family = "fmri";
            break;
        }
        if (!family)
            family = ending_family(e->d_name);
    }
    if (dir)
        closedir(dir);
    return family;
}

static int
put(const sw_invocation *in, const char *family, const char *name, const char *file,
    const sw_buffer *b)
{
    sw_auto(free) char *f = sw_client_escape(family);
    sw_auto(free) char *m = sw_client_escape(name);
    sw_auto(free) char *at = sw_client_escape(file);
    sw_auto(free) char *path = sw_format("/api/v1/models/%s/%s?file=%s", f, m, at);
    sw_response r = sw_client_upload(&in->client, path, b->data ? b->data : "", b->n);
    int code = sw_client_check(&in->client, &r);
    if (code == 0 && in->options.json)
        sw_print_json(r.json);
    else if (code == 0)
        printf("%s/%s version %s: %zu parameters, %zu outputs\n", family, name,
               json_string_value(json_object_get(r.json, "version")),
               json_array_size(json_object_get(r.json, "parameters")),
               json_array_size(json_object_get(r.json, "outputs")));
    sw_response_fini(&r);
    return code;
}

static int
add(const sw_invocation *in, const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        fprintf(stderr, "sweep: %s: %s\n", path, strerror(errno));
        return 64;
    }
    bool folder = S_ISDIR(info.st_mode);
    sw_auto(free) char *base = base_of(path);
    const char *family = in->options.family ? in->options.family
                         : folder           ? folder_family(path)
                                            : ending_family(base);
    if (!family) {
        fprintf(stderr, "sweep: %s: --family must say what it is\n", path);
        return 64;
    }
    const char *dot = folder ? NULL : strrchr(base, '.');
    sw_auto(free) char *stem = sw_strndup(base, dot ? (size_t)(dot - base) : strlen(base));
    sw_auto(free) char *file = folder ? sw_format("%s.tar", base) : sw_strdup(base);
    sw_buffer b = {0};
    bool good = folder ? pack(path, &b) : read_whole(path, &b);
    int code = good ? put(in, family, in->options.name ? in->options.name : stem, file, &b) : 71;
    sw_buffer_fini(&b);
    return code;
}

static int
delete_model(const sw_invocation *in, const char *model)
{
    sw_auto(free) char *path = sw_client_model_path(model);
    sw_response r = sw_client_request(&in->client, "DELETE", path, NULL, NULL);
    int code = sw_client_check(&in->client, &r);
    sw_response_fini(&r);
    return code;
}

int
sw_command_data(const sw_invocation *in)
{
    if (strcmp(in->words[0], "add") == 0)
        return add(in, in->words[1]);
    if (strcmp(in->words[0], "delete") == 0)
        return delete_model(in, in->words[1]);
    fprintf(stderr, "sweep data: must be add PATH or delete NAME, not \"%s\"\n", in->words[0]);
    return 64;
}
