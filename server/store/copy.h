// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's binary COPY format, written into a buffer.
#ifndef SWEEPD_STORE_COPY_H
#define SWEEPD_STORE_COPY_H

#include "lib/base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

void sw_copy_begin(sw_buffer *b);
void sw_copy_row(sw_buffer *b, int n_fields);
void sw_copy_null(sw_buffer *b);
void sw_copy_int4(sw_buffer *b, int32_t v);
void sw_copy_int8(sw_buffer *b, int64_t v);
void sw_copy_float8(sw_buffer *b, double v);
void sw_copy_bytes(sw_buffer *b, const void *bytes, size_t n); // text and bytea
void sw_copy_float8s(sw_buffer *b, const double *v, size_t n);
void sw_copy_int4s(sw_buffer *b, const int32_t *v, size_t n);
void sw_copy_texts(sw_buffer *b, const char *const *v, size_t n); // NULL entries are SQL NULL
void sw_copy_end(sw_buffer *b);

// Reading the same array forms out of binary results. Each returns how many there are and sets
// *values to a fresh array (NULL for none), or -1 if the bytes are not such an array.
long sw_copy_read_float8s(const char *bytes, size_t n, double **values);
long sw_copy_read_int4s(const char *bytes, size_t n, int32_t **values);
long sw_copy_read_texts(const char *bytes, size_t n, char ***values);
int64_t sw_copy_read_int8(const char *bytes);

#endif
