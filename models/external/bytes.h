// SPDX-License-Identifier: Apache-2.0
// A growing buffer of bytes, always NUL-terminated, and the tail of a log that keeps its end only.
#ifndef SW_MODELS_EXTERNAL_BYTES_H
#define SW_MODELS_EXTERNAL_BYTES_H

#include <stddef.h>

typedef struct sw_external_bytes {
    char *at; // NULL until the first byte
    size_t n, room;
} sw_external_bytes;

// Appends; aborts with a message when there is no memory, so callers keep a limit on what they add.
void sw_external_append(sw_external_bytes *b, const void *bytes, size_t n);
void sw_external_append_text(sw_external_bytes *b, const char *text);

// The shortest of 15, 16 and 17 digits that reads back as the same double.
void sw_external_append_number(sw_external_bytes *b, double value);

// Removes the first n bytes.
void sw_external_drop(sw_external_bytes *b, size_t n);
void sw_external_bytes_fini(sw_external_bytes *b);

// "" instead of NULL.
static inline const char *
sw_external_text_of(const sw_external_bytes *b)
{
    return b->at ? b->at : "";
}

enum { SW_EXTERNAL_TAIL = 8192 };

// The last SW_EXTERNAL_TAIL bytes of what was put in.
typedef struct sw_external_tail {
    size_t n;
    char bytes[2 * SW_EXTERNAL_TAIL];
} sw_external_tail;

void sw_external_tail_put(sw_external_tail *t, const char *bytes, size_t n);

#endif
