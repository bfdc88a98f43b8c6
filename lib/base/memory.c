// SPDX-License-Identifier: Apache-2.0
// Allocation that does not fail: see the policy in memory.h.
#include "lib/base/memory.h"

#include <stdarg.h>
#include <stdio.h>

static void *
or_abort(void *p, size_t size)
{
    if (p || size == 0)
        return p;
    fprintf(stderr, "sweepd: out of memory: %zu bytes\n", size);
    abort();
}

void *
sw_malloc(size_t size)
{
    return or_abort(malloc(size ? size : 1), size);
}

void *
sw_calloc(size_t n, size_t size)
{
    return or_abort(calloc(n ? n : 1, size ? size : 1), n * size);
}

void *
sw_realloc(void *p, size_t size)
{
    return or_abort(realloc(p, size ? size : 1), size);
}

char *
sw_strdup(const char *s)
{
    return or_abort(strdup(s), strlen(s) + 1);
}

char *
sw_strndup(const char *s, size_t n)
{
    return or_abort(strndup(s, n), n + 1);
}

char *
sw_format(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    return or_abort(n < 0 ? NULL : text, 1);
}

void *
sw_grow(void *array, size_t n, size_t *capacity, size_t element_size)
{
    if (n < *capacity)
        return array;
    *capacity = *capacity ? 2 * *capacity : 8;
    return sw_realloc(array, *capacity * element_size);
}
