// SPDX-License-Identifier: Apache-2.0
// Records: appended whole, then made visible by one store, so that a crash in between leaves only
// complete ones.
#include "workers/host.h"

#include "lib/base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int64_t
sw_recorder_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static bool
resize(sw_recorder *r, size_t size)
{
    if (ftruncate(r->memory, (off_t)size) != 0)
        return false;
    r->file_size = size;
    return true;
}

bool
sw_recorder_add(sw_recorder *r, sw_record_type type, size_t index, size_t k, const void *bytes,
                size_t n)
{
    sw_shared *s = r->shared;
    size_t used = s->arena_used, padded = (n + 7) & ~(size_t)7;
    if (n > SW_ARENA_MAX || used + sizeof(sw_record) + padded > SW_ARENA_MAX)
        return false;
    size_t end = s->arena_at + used + sizeof(sw_record) + padded;
    if (end > r->file_size && !resize(r, end + SW_ARENA_STEP))
        return false;
    char *at = (char *)s + s->arena_at + used;
    sw_record head = {(uint32_t)type, (uint32_t)index, (uint32_t)k, (uint32_t)n};
    memcpy(at, &head, sizeof head);
    if (n)
        memcpy(at + sizeof head, bytes, n);
    atomic_store_explicit(&s->arena_used, used + sizeof head + padded, memory_order_release);
    return true;
}

static void
refuse(sw_recorder *r, size_t index, const char *what)
{
    r->refused[index] = true;
    sw_recorder_add(r, SW_RECORD_FAIL, index, 0, what, strlen(what));
}

// ---- the functions that models call ----

static sw_recorder *
recorder(const sw_host *host)
{
    return host->self;
}

static void
host_mark(const sw_host *host, size_t i)
{
    sw_recorder *r = recorder(host);
    sw_shared *s = r->shared;
    s->mark = (uint32_t)(r->offset + i);
    s->mark_n = (uint32_t)(r->batch - i);
    s->mark_ns = sw_recorder_now();
}

static void
host_series(const sw_host *host, size_t i, size_t k, const double *values, size_t n)
{
    sw_recorder *r = recorder(host);
    if (n > SW_ARENA_MAX / sizeof *values ||
        !sw_recorder_add(r, SW_RECORD_SERIES, r->offset + i, k, values, n * sizeof *values))
        refuse(r, r->offset + i, "a series output is larger than a chunk may hold");
}

// True for well-formed UTF-8 without NUL.
static bool
is_text(const char *s, size_t n)
{
    sw_auto(json) json_t *probe = memchr(s, '\0', n) ? NULL : json_stringn(s, n);
    return probe != NULL;
}

static void
host_text(const sw_host *host, size_t i, size_t k, const char *text, size_t n)
{
    sw_recorder *r = recorder(host);
    if (!is_text(text, n))
        refuse(r, r->offset + i, "a text output is not UTF-8");
    else if (!sw_recorder_add(r, SW_RECORD_TEXT, r->offset + i, k, text, n))
        refuse(r, r->offset + i, "a text output is larger than a chunk may hold");
}

static void
host_artifact(const sw_host *host, size_t i, size_t k, const char *media_type, const void *bytes,
              size_t n)
{
    sw_recorder *r = recorder(host);
    size_t head = strlen(media_type) + 1;
    if (n > SW_ARENA_MAX) {
        refuse(r, r->offset + i, "an artifact is larger than a chunk may hold");
        return;
    }
    char *both = sw_malloc(head + n);
    memcpy(both, media_type, head);
    memcpy(both + head, bytes, n);
    if (!sw_recorder_add(r, SW_RECORD_ARTIFACT, r->offset + i, k, both, head + n))
        refuse(r, r->offset + i, "an artifact is larger than a chunk may hold");
    free(both);
}

// A formatted line, with bytes that are not UTF-8 replaced: messages quote foreign output.
static void
add_line(sw_recorder *r, sw_record_type type, size_t index, const char *format, va_list args)
{
    char text[SW_LOG_MAX];
    int n = vsnprintf(text, sizeof text, format, args);
    size_t size = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    if (!is_text(text, size)) {
        for (size_t c = 0; c < size; c++) {
            if ((unsigned char)text[c] >= 0x80)
                text[c] = '?';
        }
    }
    sw_recorder_add(r, type, index, 0, text, size);
}

static void
host_fail(const sw_host *host, size_t i, const char *format, ...)
{
    sw_recorder *r = recorder(host);
    va_list args;
    va_start(args, format);
    add_line(r, SW_RECORD_FAIL, r->offset + i, format, args);
    va_end(args);
}

static void
host_log(const sw_host *host, size_t i, const char *format, ...)
{
    sw_recorder *r = recorder(host);
    va_list args;
    va_start(args, format);
    add_line(r, SW_RECORD_LOG, r->offset + i, format, args);
    va_end(args);
}

static bool
host_cancelled(const sw_host *host)
{
    (void)host;
    return false; // A supervisor that wants a run to end kills its executor.
}

// ---- set up ----

void
sw_recorder_attach(sw_recorder *r, int memory, sw_shared *shared)
{
    *r = (sw_recorder){.memory = memory, .shared = shared};
    struct stat file;
    if (fstat(memory, &file) == 0)
        r->file_size = (size_t)file.st_size;
    r->host = (sw_host){host_mark, host_series, host_text,      host_artifact,
                        host_fail, host_log,    host_cancelled, r};
}

void
sw_recorder_init(sw_recorder *r, int memory)
{
    void *map = mmap(NULL, SW_SHARED_MAPPING, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    if (map == MAP_FAILED) {
        perror("sweep-worker: shared memory");
        abort();
    }
    // A successor finds what the executor before it left of the chunk.
    sw_recorder_attach(r, memory, map);
}

void
sw_recorder_begin(sw_recorder *r, size_t n_columns)
{
    size_t arena_at = (size_t)((char *)sw_shared_column(r->shared, n_columns) - (char *)r->shared);
    if (!resize(r, arena_at + SW_ARENA_STEP)) {
        perror("sweep-worker: shared memory");
        abort();
    }
    sw_shared *s = r->shared;
    s->arena_at = arena_at;
    s->arena_used = 0;
    memset(r->refused, 0, sizeof r->refused);
}

void
sw_recorder_mark(sw_recorder *r, size_t offset, size_t batch)
{
    r->offset = offset;
    r->batch = batch;
    host_mark(&r->host, 0);
}
