// SPDX-License-Identifier: Apache-2.0
// Unpacking by libarchive, within bounds: an archive comes from a user.
#include "workers/bundle.h"

#include "lib/base/memory.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool
sw_bundle_is_archive(const char *file)
{
    size_t n = strlen(file);
    return n > 4 && strcmp(file + n - 4, ".tar") == 0;
}

// A relative path none of whose parts leads upwards.
static bool
is_inside(const char *path)
{
    if (!*path || *path == '/')
        return false;
    for (const char *part = path; part; part = strchr(part, '/')) {
        part += *part == '/';
        size_t n = strcspn(part, "/");
        if (n == 2 && part[0] == '.' && part[1] == '.')
            return false;
    }
    return true;
}

// Makes the folders above a path below dir.
static void
make_parents(char *path, size_t dir_n)
{
    for (char *slash = strchr(path + dir_n + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

static bool
write_file(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wbe");
    bool good = f && fwrite(bytes, 1, n, f) == n;
    return f && fclose(f) == 0 && good;
}

// Copies the entry that the reader stands at; *room is what may still be written.
static bool
copy_entry(struct archive *a, const char *path, size_t *room)
{
    char block[65536];
    FILE *f = fopen(path, "wbe");
    bool good = f != NULL;
    la_ssize_t got = 0;
    while (good && (got = archive_read_data(a, block, sizeof block)) > 0) {
        good = (size_t)got <= *room && fwrite(block, 1, (size_t)got, f) == (size_t)got;
        *room -= good ? (size_t)got : 0;
    }
    return f && fclose(f) == 0 && good && got == 0;
}

static bool
unpack_entry(struct archive *a, struct archive_entry *entry, const char *dir, size_t *room,
             char *why, size_t why_size)
{
    const char *name = archive_entry_pathname(entry);
    while (name && name[0] == '.' && name[1] == '/')
        name += 2;
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return true; // Made when a file in it comes.
    if (!name || !is_inside(name) || archive_entry_filetype(entry) != AE_IFREG ||
        archive_entry_hardlink(entry)) {
        snprintf(why, why_size, "the archive holds \"%.200s\", which is not a plain file inside it",
                 name ? name : "");
        return false;
    }
    sw_auto(free) char *path = sw_format("%s/%s", dir, name);
    make_parents(path, strlen(dir));
    if (copy_entry(a, path, room))
        return true;
    snprintf(why, why_size, "the archive can not be unpacked: \"%.200s\" is damaged or too large",
             name);
    return false;
}

static bool
unpack_archive(const void *bytes, size_t n, const char *dir, char *why, size_t why_size)
{
    struct archive *a = archive_read_new();
    archive_read_support_format_tar(a);
    bool good = archive_read_open_memory(a, bytes, n) == ARCHIVE_OK;
    size_t room = SW_BUNDLE_BYTES_MAX, files = 0;
    struct archive_entry *entry;
    int next = ARCHIVE_OK;
    if (!good)
        snprintf(why, why_size, "it is not a tar archive");
    while (good && (next = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
        good = ++files <= SW_BUNDLE_FILES_MAX;
        if (!good)
            snprintf(why, why_size, "the archive holds more than %d files", SW_BUNDLE_FILES_MAX);
        good = good && unpack_entry(a, entry, dir, &room, why, why_size);
    }
    if (good && (next != ARCHIVE_EOF || files == 0)) {
        snprintf(why, why_size,
                 files ? "the archive is cut off or damaged" : "the archive is empty");
        good = false;
    }
    archive_read_free(a);
    return good;
}

bool
sw_bundle_unpack(const void *bytes, size_t n, const char *file, const char *dir, char *why,
                 size_t why_size)
{
    if (sw_bundle_is_archive(file))
        return unpack_archive(bytes, n, dir, why, why_size);
    sw_auto(free) char *path = sw_format("%s/%s", dir, file);
    if (is_inside(file) && !strchr(file, '/') && write_file(path, bytes, n))
        return true;
    snprintf(why, why_size, "\"%.200s\" can not be written: %s", file, strerror(errno));
    return false;
}

static int
remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info, (void)type, (void)where;
    return remove(path) == 0 ? 0 : -1;
}

void
sw_bundle_remove(const char *dir)
{
    nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
