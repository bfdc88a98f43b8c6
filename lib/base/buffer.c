// SPDX-License-Identifier: Apache-2.0
// A growing byte buffer.
#include "lib/base/buffer.h"

#include "lib/base/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

char *
sw_buffer_room(sw_buffer *b, size_t more)
{
    if (b->capacity - b->n < more) {
        size_t capacity = b->capacity ? b->capacity : 256;
        while (capacity - b->n < more)
            capacity *= 2;
        b->data = sw_realloc(b->data, capacity);
        b->capacity = capacity;
    }
    return b->data + b->n;
}

void
sw_buffer_add(sw_buffer *b, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    memcpy(sw_buffer_room(b, n), bytes, n);
    b->n += n;
}

void
sw_buffer_str(sw_buffer *b, const char *s)
{
    sw_buffer_add(b, s, strlen(s));
}

void
sw_buffer_char(sw_buffer *b, char c)
{
    *sw_buffer_room(b, 1) = c;
    b->n++;
}

void
sw_buffer_printf(sw_buffer *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        vsnprintf(sw_buffer_room(b, (size_t)n + 1), (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

static size_t
whole_text(double v, char *out)
{
    char digits[20];
    size_t n = 0, at = 0;
    uint64_t u = (uint64_t)fabs(v);
    if (signbit(v))
        out[at++] = '-';
    do {
        digits[n++] = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    while (n)
        out[at++] = digits[--n];
    return at;
}

size_t
sw_number_text(double v, char out[SW_NUMBER_TEXT_MAX])
{
    if (fabs(v) < 1e15 && v == (double)(int64_t)v)
        return whole_text(v, out);
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(out, SW_NUMBER_TEXT_MAX, "%.*g", digits, v);
        if (digits == 17 || strtod(out, NULL) == v)
            break;
    }
    return (size_t)n;
}

void
sw_buffer_number(sw_buffer *b, double v, const char *odd)
{
    if (isfinite(v))
        b->n += sw_number_text(v, sw_buffer_room(b, SW_NUMBER_TEXT_MAX));
    else
        sw_buffer_str(b, odd);
}

void
sw_buffer_u64(sw_buffer *b, uint64_t v)
{
    sw_buffer_printf(b, "%llu", (unsigned long long)v);
}

void
sw_buffer_json_string(sw_buffer *b, const char *s, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    sw_buffer_char(b, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\') {
            sw_buffer_char(b, '\\');
            sw_buffer_char(b, (char)c);
        } else if (c == '\n') {
            sw_buffer_add(b, "\\n", 2);
        } else if (c < 0x20) {
            char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            sw_buffer_add(b, escape, sizeof escape);
        } else {
            sw_buffer_char(b, (char)c);
        }
    }
    sw_buffer_char(b, '"');
}

char *
sw_buffer_text(sw_buffer *b)
{
    *sw_buffer_room(b, 1) = '\0';
    return b->data;
}

void
sw_buffer_clear(sw_buffer *b)
{
    b->n = 0;
}

void
sw_buffer_fini(sw_buffer *b)
{
    free(b->data);
    *b = (sw_buffer){0};
}
