// SPDX-License-Identifier: Apache-2.0
// The files of a run, and the primitives that read and write them. A file's first use decides
// whether it is read or written; it is read as a whole then, so that its end is known.
#include "models/netlogo/files.h"

#include "models/netlogo/numbers/text.h"
#include "models/netlogo/prims.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum mode { UNUSED, READING, WRITING };
enum { MAX_PATH = 1024 };

typedef struct open_file {
    char path[MAX_PATH]; // beneath the folders
    enum mode mode;
    char *text; // of a file that is read
    size_t n, at;
    FILE *out;
} open_file;

struct sw_nl_files {
    int scratch, data; // −1: none
    char at[MAX_PATH];
    open_file *file[SW_NL_MAX_OPEN_FILES];
    int n;
    open_file *current;
    size_t written;
};

// ---- Folders ------------------------------------------------------------------------------------

static int
open_beneath(int folder, const char *path, int flags)
{
    struct open_how how = {.flags = (uint64_t)flags | O_CLOEXEC,
                           .mode = flags & O_CREAT ? 0600 : 0,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    if (folder < 0) {
        errno = ENOENT;
        return -1;
    }
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

// Makes the folders along a path of the scratch folder.
static void
make_folders(struct sw_nl_files *f, const char *path)
{
    char part[MAX_PATH];
    for (size_t i = 0; i < sizeof part - 1; i++) {
        part[i] = 0;
        if (i > 0 && (path[i] == '/' || path[i] == 0))
            mkdirat(f->scratch, part, 0700);
        if (path[i] == 0)
            return;
        part[i] = path[i];
    }
}

int
sw_nl_files_open(sw_nl_engine *e, const char *scratch, const char *data, const char *at)
{
    struct sw_nl_files *f = calloc(1, sizeof *f);
    if (f == NULL)
        abort();
    f->scratch = scratch == NULL ? -1 : open(scratch, O_PATH | O_DIRECTORY | O_CLOEXEC);
    f->data = data == NULL ? -1 : open(data, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int length = snprintf(f->at, sizeof f->at, "%s%s", at, at[0] != 0 ? "/" : "");
    sw_nl_files_fini(e);
    e->files = f;
    if (f->scratch >= 0)
        make_folders(f, at);
    bool failed = (scratch != NULL && f->scratch < 0) || (data != NULL && f->data < 0) ||
                  length >= (int)sizeof f->at;
    if (failed)
        sw_nl_files_fini(e);
    return failed ? -1 : 0;
}

static void
close_file(open_file *file)
{
    assert(file != NULL);
    if (file->out != NULL)
        fclose(file->out);
    free(file->text);
    free(file);
}

void
sw_nl_files_fini(sw_nl_engine *e)
{
    struct sw_nl_files *f = e->files;
    if (f == NULL)
        return;
    for (int i = 0; i < f->n; i++)
        close_file(f->file[i]);
    if (f->scratch >= 0)
        close(f->scratch);
    if (f->data >= 0)
        close(f->data);
    free(f);
    e->files = NULL;
}

static struct sw_nl_files *
folders(sw_nl_engine *e, const sw_nl_node *n)
{
    if (e->files == NULL)
        sw_nl_fail(e, n, "This run has no folder for files.");
    return e->files;
}

static void
locate(sw_nl_engine *e, const sw_nl_node *n, const char *path, char out[MAX_PATH])
{
    struct sw_nl_files *f = folders(e, n);
    if (path[0] == '/')
        sw_nl_fail(e, n, "The path %.200s is not within the folder of this run.", path);
    if (snprintf(out, MAX_PATH, "%s%s", f->at, path) >= MAX_PATH)
        sw_nl_fail(e, n, "This path is too long.");
}

// Opens for reading, in the scratch folder or else the data; −1 when there is no such file.
static int
open_to_read(struct sw_nl_files *f, const char *path)
{
    int fd = open_beneath(f->scratch, path, O_RDONLY | O_NONBLOCK);
    if (fd < 0)
        fd = open_beneath(f->data, path, O_RDONLY | O_NONBLOCK);
    struct stat s;
    if (fd >= 0 && (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static char *
read_text(sw_nl_engine *e, const sw_nl_node *n, const char *path, size_t *length)
{
    int fd = open_to_read(e->files, path);
    if (fd < 0)
        sw_nl_fail(e, n, "The file %.300s cannot be found", path);
    struct stat s;
    size_t size = fstat(fd, &s) == 0 ? (size_t)s.st_size : SIZE_MAX;
    char *text = size <= SW_NL_MAX_READ_BYTES ? malloc(size + 1) : NULL;
    *length = 0;
    for (ssize_t got = 1; text != NULL && *length < size && got > 0;) {
        got = read(fd, text + *length, size - *length);
        *length += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    if (text == NULL)
        sw_nl_fail(e, n, "The file %.300s is too large to be read.", path);
    text[*length] = 0;
    return text;
}

static FILE *
open_to_write(sw_nl_engine *e, const sw_nl_node *n, const char *path, bool append)
{
    int fd = open_beneath(e->files->scratch, path,
                          O_WRONLY | O_CREAT | O_NONBLOCK | (append ? O_APPEND : O_TRUNC));
    FILE *out = fd < 0 ? NULL : fdopen(fd, append ? "a" : "w");
    if (out == NULL) {
        if (fd >= 0)
            close(fd);
        sw_nl_fail(e, n, "The file %.300s cannot be written.", path);
    }
    return out;
}

static void
count_written(sw_nl_engine *e, size_t bytes)
{
    e->files->written += bytes;
    if (e->files->written > SW_NL_MAX_WRITTEN_BYTES)
        sw_nl_limit(e, "The model has written more to files than it may.");
}

const char *
sw_nl_file_read_all(sw_nl_engine *e, const sw_nl_node *n, const char *path, size_t *length)
{
    char where[MAX_PATH];
    locate(e, n, path, where);
    char *text = read_text(e, n, where, length);
    sw_nl_raw *copy = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *copy + *length + 1);
    memcpy(copy->byte, text, *length + 1);
    free(text);
    return copy->byte;
}

void
sw_nl_file_write_all(sw_nl_engine *e, const sw_nl_node *n, const char *path, const char *text,
                     size_t length)
{
    char where[MAX_PATH];
    locate(e, n, path, where);
    count_written(e, length);
    FILE *out = open_to_write(e, n, where, false);
    bool whole = fwrite(text, 1, length, out) == length;
    if (fclose(out) != 0 || !whole)
        sw_nl_fail(e, n, "The file %.300s cannot be written.", path);
}

// ---- Open files ---------------------------------------------------------------------------------

static open_file *
find_open(struct sw_nl_files *f, const char *path)
{
    for (int i = 0; i < f->n; i++)
        if (strcmp(f->file[i]->path, path) == 0)
            return f->file[i];
    return NULL;
}

EXEC(file_open)
{
    char path[MAX_PATH];
    locate(e, n, sw_nl_arg_string(e, n, 0)->text, path);
    struct sw_nl_files *f = e->files;
    f->current = find_open(f, path);
    if (f->current != NULL)
        return SW_NL_NEXT;
    if (f->n == SW_NL_MAX_OPEN_FILES)
        sw_nl_fail(e, n, "At most %d files can be open.", SW_NL_MAX_OPEN_FILES);
    f->current = calloc(1, sizeof *f->current);
    if (f->current == NULL)
        sw_nl_limit(e, "Out of memory.");
    memcpy(f->current->path, path, sizeof path);
    f->file[f->n++] = f->current;
    return SW_NL_NEXT;
}

EXEC(file_close)
{
    (void)n;
    struct sw_nl_files *f = e->files;
    for (int i = 0; f != NULL && i < f->n; i++)
        if (f->file[i] == f->current) {
            close_file(f->current);
            f->file[i] = f->file[--f->n];
            f->current = NULL;
        }
    return SW_NL_NEXT;
}

EXEC(file_close_all)
{
    (void)n;
    struct sw_nl_files *f = e->files;
    for (int i = 0; f != NULL && i < f->n; i++)
        close_file(f->file[i]);
    if (f != NULL) {
        f->n = 0;
        f->current = NULL;
    }
    return SW_NL_NEXT;
}

EXEC(file_flush)
{
    (void)n;
    if (e->files != NULL && e->files->current != NULL && e->files->current->out != NULL)
        fflush(e->files->current->out);
    return SW_NL_NEXT;
}

EVAL(file_exists)
{
    char path[MAX_PATH];
    locate(e, n, sw_nl_arg_string(e, n, 0)->text, path);
    int fd = open_to_read(e->files, path);
    if (fd >= 0)
        close(fd);
    return sw_nl_bool(fd >= 0);
}

EXEC(file_delete)
{
    char path[MAX_PATH];
    locate(e, n, sw_nl_arg_string(e, n, 0)->text, path);
    if (find_open(e->files, path) != NULL)
        sw_nl_fail(e, n, "You need to close the file before deletion");
    // Opened first, since unlinkat would follow links on the way.
    int fd = open_beneath(e->files->scratch, path, O_RDONLY | O_NONBLOCK);
    struct stat s;
    bool gone = fd >= 0 && fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && strstr(path, "..") == NULL &&
                unlinkat(e->files->scratch, path, 0) == 0;
    if (fd >= 0)
        close(fd);
    if (!gone)
        sw_nl_fail(e, n, "You cannot delete a non-existent file.");
    return SW_NL_NEXT;
}

EXEC(mkdir)
{
    char path[MAX_PATH];
    locate(e, n, sw_nl_arg_string(e, n, 0)->text, path);
    if (strstr(path, "..") != NULL || e->files->scratch < 0)
        sw_nl_fail(e, n, "The folder %.300s cannot be made.", path);
    make_folders(e->files, path);
    return SW_NL_NEXT;
}

// ---- Reading ------------------------------------------------------------------------------------

static open_file *
current(sw_nl_engine *e, const sw_nl_node *n)
{
    if (e->files == NULL || e->files->current == NULL)
        sw_nl_fail(e, n, "No file has been opened.");
    return e->files->current;
}

static open_file *
reading(sw_nl_engine *e, const sw_nl_node *n)
{
    open_file *file = current(e, n);
    if (file->mode == WRITING)
        sw_nl_fail(e, n, "You can only use WRITING primitives with this file");
    if (file->mode == UNUSED) {
        file->text = read_text(e, n, file->path, &file->n);
        file->mode = READING;
    }
    return file;
}

static open_file *
before_end(sw_nl_engine *e, const sw_nl_node *n)
{
    open_file *file = reading(e, n);
    if (file->at >= file->n)
        sw_nl_fail(e, n, "The end of file has been reached");
    return file;
}

EVAL(file_at_end)
{
    const open_file *file = reading(e, n);
    return sw_nl_bool(file->at >= file->n);
}

EVAL(file_read_line)
{
    open_file *file = before_end(e, n);
    const char *start = file->text + file->at;
    const char *end = memchr(start, '\n', file->n - file->at);
    size_t length = end != NULL ? (size_t)(end - start) : file->n - file->at;
    file->at += length + (end != NULL);
    return sw_nl_string_new(e, start,
                            length > 0 && start[length - 1] == '\r' ? length - 1 : length);
}

EVAL(file_read_characters)
{
    double count = sw_nl_num(e, n, 0);
    open_file *file = before_end(e, n);
    size_t start = file->at;
    for (double i = 0; i < count && file->at < file->n; i++)
        do
            file->at++;
        while (file->at < file->n && ((unsigned char)file->text[file->at] & 0xC0) == 0x80);
    return sw_nl_string_new(e, file->text + start, file->at - start);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
skip_blanks(open_file *file)
{
    while (file->at < file->n && is_blank(file->text[file->at]))
        file->at++;
}

// Where the literal ends that begins at `at`: a string, a list, or a word.
static size_t
literal_end(const open_file *file, size_t at)
{
    const char *s = file->text;
    int depth = 0;
    bool quoted = false;
    for (; at < file->n; at++) {
        if (quoted) {
            at += s[at] == '\\' && at + 1 < file->n;
            quoted = s[at] != '"' || s[at - 1] == '\\';
        } else if (s[at] == '"') {
            quoted = true;
            continue;
        } else if (s[at] == '[' || s[at] == ']') {
            depth += s[at] == '[' ? 1 : -1;
        } else if (depth == 0 && is_blank(s[at])) {
            return at;
        } else {
            continue;
        }
        if (!quoted && depth <= 0)
            return at + 1;
    }
    return at;
}

// Reads the literal; an error says where in the file it is.
static sw_nl_v
read_here(sw_nl_engine *e, const sw_nl_node *n, const open_file *file, size_t end)
{
    jmp_buf here, *outer = e->catcher;
    sw_nl_activation *activation = e->activation;
    int depth = e->carefully_depth;
    if (setjmp(here) == 0) {
        e->catcher = &here;
        sw_nl_v v = sw_nl_read_literal(e, n, file->text + file->at, end - file->at);
        e->catcher = outer;
        return v;
    }
    e->catcher = outer;
    e->activation = activation;
    e->carefully_depth = depth;
    if (e->error.kind == SW_NL_LIMIT_ERROR)
        longjmp(*outer, 1);
    size_t line = 1, column = 1;
    for (size_t i = 0; i < file->at; i++) {
        column = file->text[i] == '\n' ? 1 : column + 1;
        line += file->text[i] == '\n';
    }
    char message[512];
    snprintf(message, sizeof message, "%.400s", e->error.message);
    sw_nl_fail(e, n, "%s (line number %zu, character %zu)", message, line, column);
}

EVAL(file_read)
{
    open_file *file = reading(e, n);
    skip_blanks(file);
    before_end(e, n);
    size_t end = literal_end(file, file->at);
    sw_nl_v v = read_here(e, n, file, end);
    file->at = end;
    skip_blanks(file);
    return v;
}

// ---- Writing ------------------------------------------------------------------------------------

static int
put(sw_nl_engine *e, const sw_nl_node *n, bool readable, bool show, const char *before,
    const char *after)
{
    open_file *file = current(e, n);
    if (file->mode == READING)
        sw_nl_fail(e, n, "You can only use READING primitives with this file");
    sw_nl_v v = EV(0);
    sw_nl_text t = {.e = e};
    sw_nl_text_put(&t, before);
    if (show) {
        sw_nl_dump(&t, sw_nl_self(e), false, false);
        sw_nl_text_put(&t, ": ");
    }
    sw_nl_dump(&t, v, readable, false);
    sw_nl_text_put(&t, after);
    count_written(e, t.n);
    if (file->mode == UNUSED) {
        file->out = open_to_write(e, n, file->path, true);
        file->mode = WRITING;
    }
    if (fwrite(sw_nl_text_end(&t), 1, t.n, file->out) != t.n)
        sw_nl_fail(e, n, "The file %.300s cannot be written.", file->path);
    return SW_NL_NEXT;
}

EXEC(file_print)
{
    return put(e, n, false, false, "", "\n");
}
EXEC(file_show)
{
    return put(e, n, true, true, "", "\n");
}
EXEC(file_type)
{
    return put(e, n, false, false, "", "");
}
EXEC(file_write)
{
    return put(e, n, true, false, " ", "");
}

// ---- Worlds -------------------------------------------------------------------------------------

EXEC(export_world)
{
    const char *path = sw_nl_arg_string(e, n, 0)->text;
    sw_nl_text t = {.e = e};
    sw_nl_text_put(&t, "\"export-world data (NetLogo 7.0.4)\"\n\"model\"\n\"\"\n\n");
    sw_nl_export_world(e, &t);
    const char *text = sw_nl_text_end(&t);
    sw_nl_file_write_all(e, n, path, text, t.n);
    return SW_NL_NEXT;
}

EXEC(import_world)
{
    size_t length;
    const char *text = sw_nl_file_read_all(e, n, sw_nl_arg_string(e, n, 0)->text, &length);
    sw_nl_import_world(e, n, text, length);
    return SW_NL_NEXT;
}

// What would need the drawing or an image.
EXEC(no_image)
{
    char upper[64];
    sw_nl_upper(n->name, upper, sizeof upper);
    sw_nl_fail(e, n, "%s needs an image, which is not available here.", upper);
}
