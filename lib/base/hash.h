// SPDX-License-Identifier: Apache-2.0
// Content hashes: SHA-256 in lower-case hexadecimal.
#ifndef SWEEPD_BASE_HASH_H
#define SWEEPD_BASE_HASH_H

#include <stddef.h>

enum { SW_HASH_TEXT = 65 };

// The SHA-256 of n bytes as 64 hexadecimal digits and a NUL.
void sw_hash(const void *bytes, size_t n, char out[SW_HASH_TEXT]);

#endif
