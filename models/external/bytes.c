// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "models/external/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
reserve(sw_external_bytes *b, size_t n)
{
    size_t need = b->n + n + 1;
    if (need <= b->room)
        return;
    size_t room = b->room * 2 > need ? b->room * 2 : need + 64;
    char *at = realloc(b->at, room);
    if (!at) {
        fprintf(stderr, "external: no memory for %zu bytes\n", room);
        abort();
    }
    b->at = at;
    b->room = room;
}

void
sw_external_append(sw_external_bytes *b, const void *bytes, size_t n)
{
    reserve(b, n);
    if (n)
        memcpy(b->at + b->n, bytes, n);
    b->n += n;
    b->at[b->n] = '\0';
}

void
sw_external_append_text(sw_external_bytes *b, const char *text)
{
    sw_external_append(b, text, strlen(text));
}

void
sw_external_append_number(sw_external_bytes *b, double value)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    sw_external_append_text(b, text);
}

void
sw_external_drop(sw_external_bytes *b, size_t n)
{
    if (n == 0)
        return;
    memmove(b->at, b->at + n, b->n - n + 1);
    b->n -= n;
}

void
sw_external_bytes_fini(sw_external_bytes *b)
{
    free(b->at);
    *b = (sw_external_bytes){0};
}

void
sw_external_tail_put(sw_external_tail *t, const char *bytes, size_t n)
{
    if (n > SW_EXTERNAL_TAIL) {
        bytes += n - SW_EXTERNAL_TAIL;
        n = SW_EXTERNAL_TAIL;
    }
    if (t->n + n > sizeof t->bytes) {
        size_t keep = SW_EXTERNAL_TAIL - n;
        memmove(t->bytes, t->bytes + t->n - keep, keep);
        t->n = keep;
    }
    memcpy(t->bytes + t->n, bytes, n);
    t->n += n;
}
