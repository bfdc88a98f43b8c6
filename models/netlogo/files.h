// SPDX-License-Identifier: Apache-2.0
// The files of a run: where its model may read and write. Nothing outside of two folders can be
// named, whatever path a model gives: neither by an absolute path, nor by .., nor by a link.
#ifndef SW_NETLOGO_FILES_H
#define SW_NETLOGO_FILES_H

#include "models/netlogo/engine.h"

// One file for reading may have this many bytes, and all files written by a run together.
#define SW_NL_MAX_READ_BYTES ((size_t)64 << 20)
#define SW_NL_MAX_WRITTEN_BYTES ((size_t)256 << 20)
#define SW_NL_MAX_OPEN_FILES 64

// Opens the folders: `scratch` is read and written, `data` only read; either may be NULL. Paths
// start at `at` within each ("" for the folder itself). Returns 0, or −1 when one can't be opened.
__attribute__((warn_unused_result)) int sw_nl_files_open(sw_nl_engine *e, const char *scratch,
                                                         const char *data, const char *at);

// The bytes of a file, on the heap, or an error of the model.
const char *sw_nl_file_read_all(sw_nl_engine *e, const sw_nl_node *n, const char *path,
                                size_t *length);
// Replaces a file of the scratch folder, or an error of the model.
void sw_nl_file_write_all(sw_nl_engine *e, const sw_nl_node *n, const char *path, const char *text,
                          size_t length);

#endif
