// SPDX-License-Identifier: Apache-2.0
// A growing byte buffer, with writers for numbers and JSON strings.
#ifndef SWEEPD_BASE_BUFFER_H
#define SWEEPD_BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

// Zero-initialise. `data` is not NUL-terminated unless sw_buffer_text was called.
typedef struct sw_buffer {
    char *data;
    size_t n;
    size_t capacity;
} sw_buffer;

// Makes room for `more` bytes and returns where they go; the caller adds to n what it wrote.
char *sw_buffer_room(sw_buffer *b, size_t more);
void sw_buffer_add(sw_buffer *b, const void *bytes, size_t n);
void sw_buffer_str(sw_buffer *b, const char *s);
void sw_buffer_char(sw_buffer *b, char c);
void sw_buffer_printf(sw_buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The shortest decimal text that reads back as the same double ("0.1", "1e+300", "-0.0" as "-0").
// NaN and infinities become `odd` ("null" in JSON, "" or "NaN" in CSV).
void sw_buffer_number(sw_buffer *b, double v, const char *odd);
void sw_buffer_u64(sw_buffer *b, uint64_t v);

// A quoted JSON string; bytes below 0x20 are escaped.
void sw_buffer_json_string(sw_buffer *b, const char *s, size_t n);

// NUL-terminates (the NUL does not count) and returns data; the buffer keeps ownership.
char *sw_buffer_text(sw_buffer *b);

void sw_buffer_clear(sw_buffer *b); // keeps the memory
void sw_buffer_fini(sw_buffer *b);

enum { SW_NUMBER_TEXT_MAX = 32 };

// The text of sw_buffer_number for a finite v into out; returns its length. No NUL is written.
size_t sw_number_text(double v, char out[SW_NUMBER_TEXT_MAX]);

#endif
