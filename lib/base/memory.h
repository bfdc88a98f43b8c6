// SPDX-License-Identifier: Apache-2.0
// The memory policy: small fixed allocations abort with a message when memory is out; any size
// that comes from a request or a file is checked against a limit before it gets here.
// Also: clean-up bound to scope, for the folders that do I/O.
#ifndef SWEEPD_BASE_MEMORY_H
#define SWEEPD_BASE_MEMORY_H

#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// As malloc, calloc, realloc, strdup, strndup; abort with a message instead of returning NULL.
void *sw_malloc(size_t size);
void *sw_calloc(size_t n, size_t size);
void *sw_realloc(void *p, size_t size);
char *sw_strdup(const char *s);
char *sw_strndup(const char *s, size_t n);

// printf into a fresh string that the caller frees.
char *sw_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Room for one more element in an array that doubles: returns the (possibly moved) array.
void *sw_grow(void *array, size_t n, size_t *capacity, size_t element_size);

// As memmove, but n = 0 is allowed with pointers to nothing: arrays that never grew.
static inline void
sw_move(void *to, const void *from, size_t n)
{
    if (n)
        memmove(to, from, n);
}

static inline void
sw_cleanup_free(void *p)
{
    free(*(void **)p);
}

static inline void
sw_cleanup_json(json_t **p)
{
    json_decref(*p);
}

// sw_auto(json) json_t *x = NULL;  sw_auto(free) char *s = NULL;
#define sw_auto(kind) __attribute__((cleanup(sw_cleanup_##kind)))

#define sw_countof(array) (sizeof(array) / sizeof((array)[0]))

#endif
