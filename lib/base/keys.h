// SPDX-License-Identifier: Apache-2.0
// Keys of the encrypted wire (CurveZMQ, ZeroMQ RFC 26): 32 bytes, written as 40 characters of Z85
// (ZeroMQ RFC 32). In files a key stands at the beginning of a line, a name may follow it after a
// space; empty lines and lines that begin with "# " do not count.
#ifndef SWEEPD_BASE_KEYS_H
#define SWEEPD_BASE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum { SW_KEY_BYTES = 32, SW_KEY_TEXT = 41 };

// The text of a key, with a NUL.
void sw_key_text(const unsigned char key[SW_KEY_BYTES], char text[SW_KEY_TEXT]);

// The key at the beginning of a line: 1 and its text, 0 if the line does not count, -1 if it holds
// something else.
int sw_key_of_line(const char *line, char text[SW_KEY_TEXT]);

// The first key of a file; false and a sentence in why.
bool sw_key_read(const char *path, char text[SW_KEY_TEXT], char *why, size_t why_size);

#endif
