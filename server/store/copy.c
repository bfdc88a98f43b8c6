// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's binary COPY format: big-endian, each field led by its length (see "COPY", File
// Formats, in the PostgreSQL manual; arrays as array_send writes them).
#include "server/store/copy.h"

#include "lib/base/memory.h"

#include <endian.h>

enum { OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701, ARRAY_HEAD = 20 };

static char *
put32(char *at, uint32_t v)
{
    v = htobe32(v);
    memcpy(at, &v, 4);
    return at + 4;
}

static char *
put64(char *at, uint64_t v)
{
    v = htobe64(v);
    memcpy(at, &v, 8);
    return at + 8;
}

static uint32_t
get32(const char *at)
{
    uint32_t v;
    memcpy(&v, at, 4);
    return be32toh(v);
}

static uint64_t
get64(const char *at)
{
    uint64_t v;
    memcpy(&v, at, 8);
    return be64toh(v);
}

static void
add32(sw_buffer *b, uint32_t v)
{
    put32(sw_buffer_room(b, 4), v);
    b->n += 4;
}

void
sw_copy_begin(sw_buffer *b)
{
    static const char signature[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
    sw_buffer_add(b, signature, sizeof signature);
}

void
sw_copy_row(sw_buffer *b, int n_fields)
{
    uint16_t n = htobe16((uint16_t)n_fields);
    sw_buffer_add(b, &n, 2);
}

void
sw_copy_null(sw_buffer *b)
{
    add32(b, UINT32_MAX);
}

void
sw_copy_int4(sw_buffer *b, int32_t v)
{
    add32(b, 4);
    add32(b, (uint32_t)v);
}

void
sw_copy_int8(sw_buffer *b, int64_t v)
{
    char *at = put32(sw_buffer_room(b, 12), 8);
    put64(at, (uint64_t)v);
    b->n += 12;
}

void
sw_copy_float8(sw_buffer *b, double v)
{
    int64_t bits;
    memcpy(&bits, &v, 8);
    sw_copy_int8(b, bits);
}

void
sw_copy_bytes(sw_buffer *b, const void *bytes, size_t n)
{
    add32(b, (uint32_t)n);
    sw_buffer_add(b, bytes, n);
}

// The head of a one-dimensional array without NULLs of n elements, `size` bytes in all; of an
// empty array (no dimension) when n is 0.
static char *
array_head(char *at, size_t size, bool nulls, uint32_t oid, size_t n)
{
    at = put32(at, (uint32_t)(n ? size : 12));
    at = put32(at, n ? 1 : 0);
    at = put32(at, nulls);
    at = put32(at, oid);
    if (n) {
        at = put32(at, (uint32_t)n);
        at = put32(at, 1);
    }
    return at;
}

void
sw_copy_float8s(sw_buffer *b, const double *v, size_t n)
{
    size_t size = ARRAY_HEAD + 12 * n;
    char *start = sw_buffer_room(b, 4 + size);
    char *at = array_head(start, size, false, OID_FLOAT8, n);
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &v[i], 8);
        at = put64(put32(at, 8), bits);
    }
    b->n += (size_t)(at - start);
}

void
sw_copy_int4s(sw_buffer *b, const int32_t *v, size_t n)
{
    size_t size = ARRAY_HEAD + 8 * n;
    char *start = sw_buffer_room(b, 4 + size);
    char *at = array_head(start, size, false, OID_INT4, n);
    for (size_t i = 0; i < n; i++)
        at = put32(put32(at, 4), (uint32_t)v[i]);
    b->n += (size_t)(at - start);
}

void
sw_copy_texts(sw_buffer *b, const char *const *v, size_t n)
{
    size_t size = ARRAY_HEAD;
    for (size_t i = 0; i < n; i++)
        size += 4 + (v[i] ? strlen(v[i]) : 0);
    char *start = sw_buffer_room(b, 4 + size);
    char *at = array_head(start, size, true, OID_TEXT, n);
    for (size_t i = 0; i < n; i++) {
        size_t length = v[i] ? strlen(v[i]) : 0;
        at = put32(at, v[i] ? (uint32_t)length : UINT32_MAX);
        memcpy(at, v[i] ? v[i] : "", length);
        at += length;
    }
    b->n += (size_t)(at - start);
}

void
sw_copy_end(sw_buffer *b)
{
    sw_buffer_add(b, "\377\377", 2);
}

// How many elements an array of this type has; -1 if the head is not one.
static long
read_head(const char *bytes, size_t n, uint32_t oid)
{
    if (n < 12 || get32(bytes) > 1 || get32(bytes + 8) != oid)
        return -1;
    if (get32(bytes) == 0)
        return 0;
    return n < ARRAY_HEAD ? -1 : (long)get32(bytes + 12);
}

long
sw_copy_read_float8s(const char *bytes, size_t n, double **values)
{
    *values = NULL;
    long count = read_head(bytes, n, OID_FLOAT8);
    if (count <= 0 || n != ARRAY_HEAD + 12 * (size_t)count)
        return count == 0 ? 0 : -1;
    double *v = sw_malloc((size_t)count * sizeof *v);
    for (long i = 0; i < count; i++) {
        uint64_t bits = get64(bytes + ARRAY_HEAD + 12 * i + 4);
        memcpy(&v[i], &bits, 8);
    }
    *values = v;
    return count;
}

long
sw_copy_read_int4s(const char *bytes, size_t n, int32_t **values)
{
    *values = NULL;
    long count = read_head(bytes, n, OID_INT4);
    if (count <= 0 || n != ARRAY_HEAD + 8 * (size_t)count)
        return count == 0 ? 0 : -1;
    int32_t *v = sw_malloc((size_t)count * sizeof *v);
    for (long i = 0; i < count; i++)
        v[i] = (int32_t)get32(bytes + ARRAY_HEAD + 8 * i + 4);
    *values = v;
    return count;
}

long
sw_copy_read_texts(const char *bytes, size_t n, char ***values)
{
    *values = NULL;
    long count = read_head(bytes, n, OID_TEXT);
    if (count <= 0)
        return count;
    char **v = sw_calloc((size_t)count, sizeof *v);
    size_t at = ARRAY_HEAD;
    long i = 0;
    for (; i < count && at + 4 <= n; i++) {
        uint32_t length = get32(bytes + at);
        at += 4;
        if (length == UINT32_MAX)
            continue;
        if (length > n - at)
            break;
        v[i] = sw_strndup(bytes + at, length);
        at += length;
    }
    *values = v;
    return i == count ? count : -1;
}

int64_t
sw_copy_read_int8(const char *bytes)
{
    return (int64_t)get64(bytes);
}
